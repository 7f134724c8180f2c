"""What a site does with its own rows: prepare them, and answer each round with a bounded array.

Nothing here knows Flower. The rows are the site's file; what is public of all sites together
(columns, classes, the catalogue, the first and last day, the largest site) came with the plan in
`site.json` and `known.parquet`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa

from compliance.dataset.nouns import Column, ColumnName
from compliance.dataset.table import Codes, Table
from compliance.discovery.nouns import Label
from compliance.errors import ComplianceError
from compliance.federated.exchange import answered, draws_at_sites
from compliance.federated.flower.parcels import ParcelError, packed, unpacked
from compliance.federated.keys import KeyArray
from compliance.federated.learners import Learner, learner_of
from compliance.federated.noising import Secrets
from compliance.federated.nouns import Plan
from compliance.federated.preparing import prepared_at_site, source_of
from compliance.federated.problem import Problem, Totals
from compliance.federated.tasks import Span
from compliance.plain import from_json

SITE_FILE = "site.json"
ANSWERS_FILE = "answers.txt"  # how many noisy sums a site has given
NO_ANSWER = b""

_KEY = ColumnName("key")

# Whatever goes wrong at a site is told as “no answer”: a message could quote a row.
_TROUBLE = (
    ArithmeticError,
    AttributeError,
    ComplianceError,
    ImportError,
    LookupError,
    MemoryError,
    OSError,
    ParcelError,
    RuntimeError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """What a site knows of the federation that it is part of; nothing of other sites' rows.

    Attributes:
        site: its name, as the column of the sites writes it.
        plan: what is learnt.
        columns: of the table, as all sites together have them; public.
        labels: what discovery says of the columns.
        unit: the column that tells one person from another.
        most_rows: no site trains on more; public.
        totals: how many sites and protected units there are in all; public.
        span: the days over which the rows of all sites reach, where the task counts from them;
            public.
        rows: the site's file with its rows, Parquet, in the site's folder.
        known: the file beside it with the values that a class may have, or the catalogue, of all
            sites; public.
        keys: the file beside it with a key per row, at sites that are made up: equal rows may lie
            at several of them. None at sites that come from a column.
    """

    site: str
    plan: Plan
    columns: tuple[Column, ...]
    labels: tuple[Label, ...]
    unit: ColumnName | None
    most_rows: int
    totals: Totals
    span: Span | None = None
    rows: str = "rows.parquet"
    known: str = "known.parquet"
    keys: str | None = None


class Site:
    """A site's folder, and its rows once they are asked for."""

    def __init__(self, folder: Path, secrets_of: Callable[[Plan], Secrets] | None = None) -> None:
        """The site whose folder this is; `secrets_of` gives what it draws, where it draws noise."""
        self._folder, self._secrets_of = folder, secrets_of

    def answer(self, asked: bytes) -> bytes:
        """The packed answer to a packed question; `NO_ANSWER` where there can be none."""
        try:
            return packed(answered(self._learner, unpacked(asked), self._secrets()))
        except _TROUBLE:
            return NO_ANSWER

    def _secrets(self) -> Secrets | None:
        """What one answer may draw; None where a site draws nothing.

        The server need not be trusted then, so the site itself counts its answers, in its folder,
        and gives no more than the plan has: each is another noisy sum over the same people.

        Raises:
            PermissionError: the plan has been carried out.
        """
        plan = self._learner.plan
        if self._secrets_of is None or not draws_at_sites(plan):
            return None
        place = self._folder / ANSWERS_FILE
        given = int(place.read_text(encoding="ascii")) if place.exists() else 0
        if given >= plan.rounds * plan.exchanges:
            raise PermissionError("all answers of the plan have been given")
        new = place.with_suffix(".new")
        new.write_text(f"{given + 1}\n", encoding="ascii")
        new.replace(place)
        return self._secrets_of(plan)

    @cached_property
    def _learner(self) -> Learner:
        text = (self._folder / SITE_FILE).read_text(encoding="utf-8")
        membership = from_json(Membership, text)
        rows = RowsAtSite(self._folder / membership.rows, self._folder / membership.known)
        keys = None if membership.keys is None else keys_in(self._folder / membership.keys)
        return learner_of(prepared(rows, membership, keys), membership.plan)


def keys_as_table(keys: KeyArray) -> pa.Table:
    """Keys of rows as they are stored beside them."""
    return pa.table({_KEY: keys})


def keys_in(place: Path) -> KeyArray:
    """The keys in that file."""
    return Table(place).numbers(_KEY).values.astype(np.uint64)


class RowsAtSite(Table):
    """A site's rows, with the values of a class or of the catalogue as all sites have them.

    Otherwise the number of one would hang on which of them a site has met, and in what order.
    """

    def __init__(self, rows: Path, known: Path) -> None:
        """The rows in the file `rows`; `known` has columns with the values that all sites know."""
        super().__init__(rows)
        self._known = Table(known)
        self._classes = set(self._known.column_names)

    def codes(self, column: ColumnName) -> Codes:
        """The column as codes into the values that all sites know; -1 for any other."""
        own = super().codes(column)
        if column not in self._classes:
            return own
        labels = self._known.codes(column).labels
        place = {value: at for at, value in enumerate(labels.tolist())}
        places = np.array([place.get(value, -1) for value in own.labels.tolist()] + [-1])
        return Codes(codes=places[own.codes].astype(np.int32), labels=labels)


def prepared(rows: Table, membership: Membership, keys: KeyArray | None = None) -> Problem:
    """The site's part of the problem that `compliance.federated.prepare` makes of all sites.

    Args:
        keys: of the rows, where `membership` tells of a file of them.
    """
    plan, unit = membership.plan, membership.unit
    source = source_of(rows, membership.columns, plan, membership.labels, unit=unit)
    source = replace(source, span=membership.span, keys=keys)
    return prepared_at_site(source, membership.site, membership.most_rows, membership.totals)
