"""Restricted rows moved out of what is used, and back: a new version of every dataset concerned.

    kept (all rows, only stored) ──restricted──▶ used (without the restricted rows)

Every version without rows is made of the version that keeps all of them, whoever stands restricted
then. So it does not matter who was restricted first and whose restriction is lifted first, and
with nobody left the rows are what they were.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

import pyarrow as pa

from compliance.dataset import Intake
from compliance.dataset.nouns import Dataset, Sha256
from compliance.dataset.part import Mask
from compliance.dataset.table import to_parquet
from compliance.errors import FulfilmentError
from compliance.lineage.nouns import Edge, NodeKind
from compliance.rights.erasing import columns_of
from compliance.rights.nouns import Barred
from compliance.storage import records, tables
from compliance.workspace import barriers, datasets, labels
from compliance.workspace.desk import Act, Desk
from compliance.workspace.usage_rows import known_by, restricted


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A version made because of restrictions.

    Attributes:
        id: of the version that is used from now on.
        kept: of the version that keeps all rows.
        rows: how many were moved out of it.
    """

    id: str
    kept: str
    rows: int


def moved(
    desk: Desk, act: Act, undo: ExitStack, step: str = datasets.RESTRICTED
) -> tuple[Made, ...]:
    """Make every dataset hold what may be used of it now, as part of `act`.

    Args:
        undo: takes files away again where the act does not come to its end.
        step: how the lineage calls it.
    """
    newest = datasets.newest(act.connection)
    found = (_moved(desk, act, undo, step, dataset) for dataset in newest)
    made = tuple(one for one in found if one is not None)
    if made:
        act.facts["moved_out"] = {one.id: one.rows for one in made}
    return made


def _moved(desk: Desk, act: Act, undo: ExitStack, step: str, used: Dataset) -> Made | None:
    """The next version of one dataset; None where it holds what it has to, or nothing tells."""
    kept = datasets.whole(act.connection, used)
    is_out = restricted(desk, act.connection, kept)
    if is_out is None or (kept is used and not is_out.any()):
        return None
    intake = _without(desk, kept, is_out)
    if intake.sha256 == used.sha256:
        return None
    path = desk.datasets_folder / f"{intake.sha256}.parquet"
    if not path.exists():
        undo.callback(path.unlink, missing_ok=True)
    stored = datasets.store(desk, act, intake, used.name, used.description)
    act.link(datasets.dataset_node(kept), datasets.dataset_node(stored), step)
    if (known := labels.latest(act.connection, kept)) is not None:
        labels.keep(act, stored, replace(known, dataset_id=stored.id, discovered_at=act.at))
    return Made(id=stored.id, kept=kept.id, rows=kept.rows - stored.rows)


def _without(desk: Desk, kept: Dataset, is_out: Mask) -> Intake:
    """The other rows, in their order, ready to be stored."""
    if not is_out.any():
        columns, data = kept.columns, (desk.datasets_folder / f"{kept.sha256}.parquet").read_bytes()
        rows = kept.rows
    else:
        content = desk.table(kept).whole().filter(pa.array(~is_out)).combine_chunks()
        columns, data = columns_of(content, kept.columns), to_parquet(content)
        rows = content.num_rows
    return Intake(
        rows=rows,
        columns=columns,
        cleaning=kept.cleaning,
        sources=kept.sources,
        parquet=data,
        sha256=Sha256(hashlib.sha256(data).hexdigest()),
    )


def stuck(act: Act, made: Iterable[Made]) -> tuple[str, ...]:
    """Datasets whose rows stay where they are kept: what is used was made into something else.

    A version that was masked, say, after rows were moved out of it takes no plain rows back.

    Args:
        made: what `moved` made.
    """
    done = {one.id.rpartition("@")[0] for one in made}
    return tuple(
        str(dataset.name)
        for dataset in datasets.newest(act.connection)
        if dataset.name not in done and _was_made_of_less(act, dataset)
    )


def _was_made_of_less(act: Act, dataset: Dataset) -> bool:
    """Whether rows had been moved out of a version that this one was made of."""
    at, seen = dataset.id, set[str]()
    while at not in seen:
        seen.add(at)
        edges = records.every(act.connection, tables.EDGE, Edge, made=f"{NodeKind.DATASET}:{at}")
        steps = [e for e in edges if e.origin.id.rpartition("@")[0] == dataset.name]
        if not steps:
            return False
        if steps[0].step in (datasets.RESTRICTED, datasets.LIFTED):
            before = datasets.version(act.connection, at)
            return at != dataset.id and datasets.whole(act.connection, before) is not before
        at = steps[0].origin.id
    return False


def reached(
    desk: Desk,
    act: Act,
    request: str,
    people: Collection[str],
    found: Sequence[tuple[Dataset, Sequence[int]]],
) -> tuple[str, ...]:
    """`people` with what else a person is known by in rows that they do not reach.

    Args:
        people: keyed hashes; see `barriers.people_of`.
        found: versions with the rows that are settled to be the person's.

    Raises:
        FulfilmentError: nothing in a row tells whose it is, so that it could not be left out.
    """
    every = dict.fromkeys(people)
    for dataset, rows in found:
        known = known_by(desk, act.connection, dataset, rows)
        for one in known:
            if one.isdisjoint(every):
                every |= dict.fromkeys(sorted(one))
        nameless = sum(not one for one in known)
        if nameless and any(known):
            reason = (
                f"nothing in {nameless:,} of the person’s rows of {dataset.name} tells whose they "
                f"are; name a column that does (describe {dataset.name} --unit COLUMN)"
            )
            raise FulfilmentError(request=request, reason=reason)
    return tuple(every)


@dataclass(frozen=True, slots=True, kw_only=True)
class Barring:
    """A wish with the rows of a version that it reaches, before they are rewritten."""

    wish: Barred
    rows: tuple[int, ...]


def barring(desk: Desk, act: Act, dataset: Dataset, rows: Sequence[int]) -> tuple[Barring, ...]:
    """Which wishes reach which of these rows."""
    known = dict(zip(rows, known_by(desk, act.connection, dataset, rows), strict=True))
    return tuple(
        Barring(wish=wish, rows=hit)
        for wish in barriers.wishes(act.connection)
        if (hit := tuple(row for row in rows if not known[row].isdisjoint(wish.people)))
    )


def follow(desk: Desk, act: Act, dataset: Dataset, before: Iterable[Barring]) -> None:
    """Let wishes reach their rows when these say something else, as part of `act`.

    Args:
        dataset: the new version, with its rows in the same places.
        before: what `barring` said of the version before.
    """
    for one in before:
        wish = next(w for w in barriers.wishes(act.connection) if _is_same(w, one.wish))
        people = dict.fromkeys(wish.people)
        for known in known_by(desk, act.connection, dataset, one.rows):
            if known.isdisjoint(people):
                people |= dict.fromkeys(sorted(known))
        if len(people) > len(wish.people):
            after = replace(wish, people=tuple(people))
            act.store(tables.BARRIER, after, request=wish.request)


def _is_same(one: Barred, other: Barred) -> bool:
    return (one.request, one.barrier) == (other.request, other.barrier)
