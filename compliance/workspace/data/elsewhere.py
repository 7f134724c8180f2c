"""What the desk has computed on tables that are kept elsewhere, and what it fetches of them.

Only aggregates and samples of a set size come back. Who asks is decided by callers; nothing here
writes records.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from compliance.anonymise.nouns import Measures
from compliance.dataset import Table
from compliance.dataset.kept.places import to_warehouses
from compliance.dataset.nouns import Column, ColumnName, Dataset, Engine, Place
from compliance.errors import NoEngineError, SourceChangedError
from compliance.privacy import Aggregate
from compliance.privacy.nouns.question import Query
from compliance.settings import Settings

if TYPE_CHECKING:  # loads ibis, which few need
    from compliance.dataset.kept.engines import Opened

SAMPLE_ROWS = 50_000
_HELD_S = 600  # an answer is asked for again after that: rows elsewhere come and go


@contextmanager
def at(place: Place, settings: Settings) -> Iterator[Opened]:
    """The table at `place`, opened in its engine.

    Raises:
        KeptError, FileMissingError: it cannot be used.
    """
    try:
        from compliance.dataset.kept.engines import Room, opened
    except ModuleNotFoundError as missing:
        raise NoEngineError(package=missing.name or "ibis") from None
    room = Room(folder=settings.home / "spill", memory_gb=settings.engine_memory_gb)
    with opened(place, to_warehouses(settings.warehouses), room) as found:
        yield found


def aggregate(dataset: Dataset, query: Query, settings: Settings, key: bytes) -> Aggregate:
    """The exact answer to `query`; secret, see `Aggregate`.

    Raises:
        KeptError, QueryError: it cannot be had.
    """
    with _as_registered(dataset, settings) as found:
        from compliance.privacy.relational import aggregate_elsewhere

        return aggregate_elsewhere(found.cells, query, dataset.columns, key, found.ask)


def sample(dataset: Dataset, settings: Settings, key: bytes) -> Table:
    """At most `SAMPLE_ROWS` rows, in memory alone; the same each time while the table stays.

    Raises:
        KeptError: they cannot be had.
    """
    with _as_registered(dataset, settings) as found:
        from compliance.dataset.kept.sampling import drawn

        return Table.in_memory(drawn(found.cells, SAMPLE_ROWS, _key(key, dataset), found.ask))


def risk(
    dataset: Dataset,
    quasi: Sequence[ColumnName],
    settings: Settings,
    key: bytes,
    sampling_fraction: float | None,
) -> Measures:
    """How well it protects the people in it, by all of its rows.

    Raises:
        KeptError: it cannot be measured.
    """
    with _as_registered(dataset, settings) as found:
        from compliance.anonymise.models.elsewhere import measure_elsewhere

        return measure_elsewhere(
            found.cells,
            quasi,
            _key(key, dataset),
            found.ask,
            unit=dataset.description.unit,
            sampling_fraction=sampling_fraction,
        )


def counted(place: Place, settings: Settings) -> tuple[str, int, tuple[Column, ...], list[str]]:
    """What lies at `place`: its hash, rows, columns, and names of columns of unknown kinds.

    Raises:
        KeptError, FileMissingError: it cannot be used.
    """
    with at(place, settings) as found:
        from compliance.dataset.kept.sampling import counted as count

        rows, columns = count(found.cells, found.ask)
        return found.sha256, rows, columns, list(found.unused)


def moment(dataset: Dataset, now: datetime) -> tuple[str, ...]:
    """What tells an answer about rows elsewhere from a later one; nothing where rows are here."""
    return () if dataset.kept is None else (str(int(now.timestamp()) // _HELD_S),)


@contextmanager
def _as_registered(dataset: Dataset, settings: Settings) -> Iterator[Opened]:
    """The table behind `dataset`, refused where its columns or files are not what they were."""
    if dataset.kept is None:
        raise ValueError(f"{dataset.name} is not kept elsewhere")
    with at(dataset.kept, settings) as found:
        if found.sha256 != dataset.sha256:
            what = "files" if dataset.kept.engine is Engine.DUCKDB else "columns"
            raise SourceChangedError(dataset=dataset.name, reason=f"its {what} have changed")
        yield found


def _key(key: bytes, dataset: Dataset) -> str:
    """A key of this table alone, as hexadecimal digits."""
    return hmac.new(key, f"kept\n{dataset.name}".encode(), hashlib.sha256).hexdigest()[:32]
