"""Restricted rows moved out of what is used, and back: a new version of every dataset concerned.

    kept (all rows, only stored) ──restricted──▶ used (without the restricted rows)

Every version without rows is made of the version that keeps all of them, whoever stands restricted
then. So it does not matter who was restricted first and whose restriction is lifted first, and
with nobody left the rows are what they were.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
import pyarrow as pa

from compliance.dataset import Intake
from compliance.dataset.nouns import Dataset, Sha256
from compliance.dataset.part import Mask
from compliance.dataset.table import to_parquet
from compliance.rights.erasing import columns_of
from compliance.rights.nouns import Barred
from compliance.storage import tables
from compliance.workspace.consenting import barriers
from compliance.workspace.data import datasets, labels
from compliance.workspace.desk import Act, Desk
from compliance.workspace.lineage import steps as lineage_steps
from compliance.workspace.restricting.back import RETURNED, behind, with_them
from compliance.workspace.restricting.rows import Places, Restricted, places
from compliance.workspace.usage.rows import known_by
from compliance.workspace.usage.rules import tells_nobody


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What came of restrictions.

    Attributes:
        made: the versions that are used from now on, and those made on the way.
        stuck: datasets whose rows stay where they are kept: what is used was made into something
            else meanwhile, and plain rows do not belong in it.
    """

    made: tuple[Made, ...]
    stuck: tuple[str, ...]

    @property
    def versions(self) -> tuple[str, ...]:
        """The ids of the versions."""
        return tuple(one.id for one in self.made)


def moved(
    desk: Desk,
    act: Act,
    undo: ExitStack,
    lifted: Collection[Barred] = (),
    carried: Mapping[str, Places] = MappingProxyType({}),
) -> Moved:
    """Make every dataset hold what may be used of it now, as part of `act`.

    Args:
        undo: takes files away again where the act does not come to its end.
        lifted: restrictions that have just ended.
        carried: by dataset, the rows of a newest version with all rows that have to stay out of
            use: they had been moved out of the version before.
    """
    rows = Restricted(desk, act.connection, lifted)
    step = datasets.LIFTED if lifted else datasets.RESTRICTED
    making = _Making(desk=desk, act=act, undo=undo, rows=rows, step=step, carried=carried)
    held = (dataset for dataset in datasets.newest(act.connection) if dataset.kept is None)
    found = [making.moved(dataset) for dataset in held]
    made = tuple(one for each in found for one in each)
    if made:
        act.facts["moved_out"] = {one.id: one.rows for one in made}
    return Moved(made=made, stuck=tuple(making.stuck))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Making:
    """New versions as part of an act; see `moved`."""

    desk: Desk
    act: Act
    undo: ExitStack
    rows: Restricted
    step: str
    carried: Mapping[str, Places]
    stuck: list[str] = field(default_factory=list)

    def moved(self, used: Dataset) -> Sequence[Made]:
        """The next versions of one dataset; none where it holds what it has to."""
        # What was anonymised keeps its rows, so that its classes do not shrink.
        if tells_nobody(self.act.connection, used):
            return ()
        kept = datasets.whole(self.act.connection, used)
        at = self.carried.get(used.name)
        if at is None or kept is not used:
            at = places(self.desk, self.act.connection, used)
        made = []
        if self.step == datasets.LIFTED and (back := self._back(kept, at)) is not None:
            kept, at = back
            used = kept
            made.append(Made(id=kept.id, kept=kept.id, rows=0))
        is_out = self.rows.stay_out(kept, at)
        if is_out.any() or kept is not used:
            intake = _without(self.desk, kept, is_out)
            if intake.sha256 != used.sha256:
                stored = self._stored(kept, intake, self.step)
                made.append(Made(id=stored.id, kept=kept.id, rows=kept.rows - stored.rows))
        return made

    def _back(self, kept: Dataset, at: Places) -> tuple[Dataset, Places] | None:
        """The version with rows that stayed behind, and which of its rows are out of use."""
        found = behind(self.desk, self.act.connection, kept)
        if found is None:
            return None
        still = self.rows.stay_out(found.kept, found.places)[found.places]
        if still.all():
            return None
        content = with_them(self.desk, kept, found)
        if content is None:
            self.stuck.append(str(kept.name))
            return None
        stored = self._stored(kept, _intake(kept, content), RETURNED)
        node, how = datasets.dataset_node, lineage_steps.restricted(found.kept, stored)
        self.act.link(node(found.kept), node(stored), RETURNED, how)
        return stored, np.concatenate([at, kept.rows + np.flatnonzero(still)])

    def _stored(self, kept: Dataset, intake: Intake, step: str) -> Dataset:
        desk, act = self.desk, self.act
        path = desk.datasets_folder / f"{intake.sha256}.parquet"
        if not path.exists():
            self.undo.callback(path.unlink, missing_ok=True)
        stored = datasets.store(desk, act, intake, kept.name, kept.description)
        how = lineage_steps.restricted(kept, stored)
        act.link(datasets.dataset_node(kept), datasets.dataset_node(stored), step, how)
        if (known := labels.known(act.connection, kept)) is not None:
            labels.keep(act, stored, replace(known, dataset_id=stored.id, discovered_at=act.at))
        return stored


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
    people: Collection[str],
    found: Sequence[tuple[Dataset, Sequence[int]]],
) -> tuple[str, ...]:
    """`people` with what else a person is known by in rows that they do not reach.

    Args:
        people: keyed hashes; see `barriers.people_of`.
        found: versions with the rows that are settled to be the person's.
    """
    every = dict.fromkeys(people)
    for dataset, rows in found:
        for one in known_by(desk, act.connection, dataset, rows):
            if one.isdisjoint(every):
                every |= dict.fromkeys(sorted(one))
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
