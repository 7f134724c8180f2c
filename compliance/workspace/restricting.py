"""Restricted rows moved out of what is used, and back: a new version of every dataset concerned.

    kept (all rows, only stored) ──restricted──▶ used (without the restricted rows)

Every version without rows is made of the version that keeps all of them, whoever stands restricted
then. So it does not matter who was restricted first and whose restriction is lifted first, and
with nobody left the rows are what they were.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

import pyarrow as pa

from compliance.dataset import Intake
from compliance.dataset.nouns import Dataset, Sha256
from compliance.dataset.part import Mask
from compliance.dataset.table import to_parquet
from compliance.errors import FulfilmentError
from compliance.rights.erasing import columns_of
from compliance.rights.nouns import Barred
from compliance.storage import tables
from compliance.workspace import barriers, datasets, labels
from compliance.workspace.desk import Act, Desk
from compliance.workspace.restricting_back import RETURNED, behind
from compliance.workspace.usage_rows import known_by, restricted, tells


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
    making = _Making(desk=desk, act=act, undo=undo, step=step)
    made = tuple(
        one for dataset in datasets.newest(act.connection) for one in making.moved(dataset)
    )
    if made:
        act.facts["moved_out"] = {one.id: one.rows for one in made}
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class _Making:
    """New versions as part of an act; see `moved`."""

    desk: Desk
    act: Act
    undo: ExitStack
    step: str

    def moved(self, used: Dataset) -> Iterator[Made]:
        """The next versions of one dataset; none where it holds what it has to."""
        kept = datasets.whole(self.act.connection, used)
        if self.step == datasets.LIFTED:
            found = behind(self.desk, self.act.connection, kept)
            if found is not None and found.content is not None:
                intake = _intake(kept, found.content)
                kept = used = self._stored(kept, intake, RETURNED)
                node = datasets.dataset_node
                self.act.link(node(found.kept), node(kept), RETURNED)
                yield Made(id=kept.id, kept=kept.id, rows=0)
        is_out = restricted(self.desk, self.act.connection, kept)
        if is_out is None or (kept is used and not is_out.any()):
            return
        intake = _without(self.desk, kept, is_out)
        if intake.sha256 != used.sha256:
            stored = self._stored(kept, intake, self.step)
            yield Made(id=stored.id, kept=kept.id, rows=kept.rows - stored.rows)

    def _stored(self, kept: Dataset, intake: Intake, step: str) -> Dataset:
        desk, act = self.desk, self.act
        path = desk.datasets_folder / f"{intake.sha256}.parquet"
        if not path.exists():
            self.undo.callback(path.unlink, missing_ok=True)
        stored = datasets.store(desk, act, intake, kept.name, kept.description)
        act.link(datasets.dataset_node(kept), datasets.dataset_node(stored), step)
        if (known := labels.known(act.connection, kept)) is not None:
            labels.keep(act, stored, replace(known, dataset_id=stored.id, discovered_at=act.at))
        return stored


def stuck(desk: Desk, act: Act) -> tuple[str, ...]:
    """Datasets whose rows stay where they are kept: what is used was made into something else.

    A version that was masked, say, after rows were moved out of it takes no plain rows back.
    """
    kept = datasets.newest_whole(act.connection)
    return tuple(str(one.name) for one in kept if behind(desk, act.connection, one) is not None)


def _without(desk: Desk, kept: Dataset, is_out: Mask) -> Intake:
    """The other rows, in their order, ready to be stored."""
    content = desk.table(kept).whole()
    if is_out.any():
        content = content.filter(pa.array(~is_out)).combine_chunks()
    return _intake(kept, content)


def _intake(kept: Dataset, content: pa.Table) -> Intake:
    """Rows of a version as they are; they were cleaned when they came."""
    data = to_parquet(content)
    return Intake(
        rows=content.num_rows,
        columns=columns_of(content, kept.columns),
        cleaning=kept.cleaning,
        sources=kept.sources,
        parquet=data,
        sha256=Sha256(hashlib.sha256(data).hexdigest()),
    )


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
        # Of a dataset that never tells whose a row is nothing is used; see `usage`.
        if nameless and tells(act.connection, dataset):
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
