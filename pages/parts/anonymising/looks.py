"""What the plan's hierarchies look like on the dataset: a summary small enough to be kept."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from compliance.anonymise import MOST_CELLS, Prepared
from compliance.anonymise.nouns import ALL, Hierarchy, Ladder, Plan
from compliance.dataset.nouns import ColumnName, Dataset
from compliance.discovery import masked
from compliance.workspace import Workspace
from pages.parts.anonymising import drafts
from pages.parts.anonymising.drafts import Draft

PREVIEWED = 8
_UNMAPPED_SHOWN = 12
_DOT = "•"
_JOINER, _AND_MORE = " / ", " and "  # how groups are called after their commonest values
# CPU seconds per group of rows that one choice of levels makes; measured on Adult and the shop.
_SECONDS_PER_GROUP = 1.2e-7
_SECONDS_PER_CHOICE = 2e-5


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnLook:
    """One column's hierarchy on the dataset.

    Attributes:
        sizes: how many groups there are at each level, from level 0.
        spreads: to how many equally large groups they come, by their entropy.
        rows: a few values with their names at each level; those of level 0 masked.
        unmapped, unmapped_rows: values that the hierarchy did not hold, and their rows.
        examples: a few of them, masked.
    """

    sizes: tuple[int, ...]
    spreads: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]
    unmapped: int = 0
    unmapped_rows: int = 0
    examples: tuple[str, ...] = ()

    @property
    def height(self) -> int:
        return len(self.sizes) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """All hierarchies of a plan on its dataset.

    Attributes:
        columns: by quasi-identifier, in the plan's order.
        rows: of the dataset.
        notes: what building and completing did.
    """

    columns: Mapping[ColumnName, ColumnLook]
    rows: int
    notes: tuple[str, ...] = ()

    def choices(self, plan: Plan) -> int:
        """How many ways there are to choose a level for each column."""
        return math.prod(last - first + 1 for _name, first, last in self._allowed(plan))

    def seconds(self, plan: Plan) -> float | None:
        """About how long looking at all of them takes; None where they are too many.

        Every choice is as much work as it makes groups of rows; these are about as many as if the
        columns had nothing to do with each other.
        """
        if self.choices(plan) > MOST_CELLS:
            return None
        groups = np.ones(1)
        for name, first, last in self._allowed(plan):
            spread = self.columns[name].spreads[first : last + 1]
            groups = np.minimum(np.outer(groups, spread).ravel(), self.rows)
        return float(_SECONDS_PER_CHOICE * len(groups) + _SECONDS_PER_GROUP * groups.sum())

    def _allowed(self, plan: Plan) -> Iterator[tuple[ColumnName, int, int]]:
        """Per column the lowest and the highest level that may be used."""
        for quasi in plan.quasi_identifiers:
            height = self.columns[quasi.column].height
            last = height if quasi.highest is None else min(quasi.highest, height)
            yield quasi.column, min(quasi.lowest, last), last


def look(workspace: Workspace, dataset: Dataset, draft: Draft) -> Look:
    """How the draft's hierarchies look; kept until another one is chosen.

    Raises:
        HierarchyError: one cannot be built, or was not given.
    """
    plan = _only_hierarchies(draft)
    builds = tuple((q.column, repr(q.hierarchy)) for q in plan.quasi_identifiers)
    files = tuple((name, given.id) for name, given in draft.given.items())
    return drafts.kept(
        "look", (dataset.id, builds, files), lambda: _looked(workspace, dataset, draft, plan)
    )


def _only_hierarchies(draft: Draft) -> Plan:
    """The plan without what does not change how hierarchies look."""
    bare = [replace(q, lowest=0, highest=None, weight=1.0) for q in draft.plan.quasi_identifiers]
    return Plan(quasi_identifiers=tuple(bare), criteria=())


def _looked(workspace: Workspace, dataset: Dataset, draft: Draft, plan: Plan) -> Look:
    prepared = workspace.anonymisation.prepared(dataset.name, plan, draft.hierarchies)
    return Look(
        columns={
            ladder.column: _column(workspace, dataset, draft, prepared, ladder)
            for ladder in prepared.problem.ladders
        },
        rows=prepared.problem.rows,
        notes=prepared.notes,
    )


def _column(
    workspace: Workspace, dataset: Dataset, draft: Draft, prepared: Prepared, ladder: Ladder
) -> ColumnLook:
    column = ladder.column
    lacking: tuple[str, ...] = ()
    if column in prepared.unmapped and column in draft.hierarchies:
        lacking = workspace.anonymisation.unmapped(dataset.name, draft.hierarchies[column])
    return ColumnLook(
        sizes=ladder.sizes,
        spreads=tuple(_spread(ladder, level) for level in range(len(ladder.maps))),
        rows=preview(prepared.hierarchies[column]),
        unmapped=prepared.unmapped.get(column, 0),
        unmapped_rows=prepared.unmapped_rows.get(column, 0),
        examples=tuple(dict.fromkeys(masked(text) for text in lacking[:_UNMAPPED_SHOWN])),
    )


def _spread(ladder: Ladder, level: int) -> float:
    """How many groups of one size would be as hard to guess from."""
    rows = np.bincount(ladder.maps[level][ladder.codes])
    shares = rows[rows > 0] / max(1, len(ladder.codes))
    return float(np.exp(-(shares * np.log(shares)).sum()))


def preview(hierarchy: Hierarchy) -> tuple[tuple[str, ...], ...]:
    """A value of each of some groups of level 1, with its names at every level.

    Values are personal, so they are masked, and so are groups' names, or parts of them, that are
    values themselves.
    """
    values = frozenset(hierarchy.values)
    level = hierarchy.levels[min(1, hierarchy.height)]
    firsts = list({name: at for at, name in _backwards(level)}.values())
    places = firsts[::-1] if len(firsts) >= PREVIEWED else range(len(hierarchy.values))
    few = np.linspace(0, len(places) - 1, min(PREVIEWED, len(places))).astype(int)
    return tuple(
        tuple(_shown(level[places[at]], values) for level in hierarchy.levels)
        for at in np.unique(few)
    )


def _backwards(names: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The names with their places, last first, so that a dict keeps the first place of each."""
    return ((at, names[at]) for at in range(len(names) - 1, -1, -1))


def _shown(name: str, values: frozenset[str]) -> str:
    if name == ALL:
        return name
    parts = [name] if name in values else name.split(_JOINER)
    whole = (parts[-1], "", "")
    last, found, more = whole if parts[-1] in values else parts[-1].partition(_AND_MORE)
    shown = [_masked(part) if part in values else part for part in (*parts[:-1], last)]
    return _JOINER.join(shown) + found + more


def _masked(value: str) -> str:
    return masked(value) if len(value) > 1 else _DOT
