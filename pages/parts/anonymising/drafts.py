"""The plan in hand: proposed by the desk, changed by the officer, kept for the session."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import streamlit as st

from compliance.anonymise.nouns import (
    Criterion,
    Hierarchy,
    Model,
    Plan,
    QuasiIdentifier,
    Treatment,
)
from compliance.dataset.nouns import ColumnName, Dataset
from compliance.discovery.nouns import Discovery, IdentifierClass
from pages.parts import session

_DRAFTS_KEPT = 20
_MOST_SECRETS = 50
_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A hierarchy that was uploaded.

    Attributes:
        file: what its file is called.
        id: tells one upload from another.
        hierarchy: as read.
        notes: what was repaired.
    """

    file: str
    id: str
    hierarchy: Hierarchy
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A plan that is being made.

    Attributes:
        place: where it is kept: the dataset's version, and how its columns are labelled.
        plan: as it stands; without a quasi-identifier it cannot be run.
        sensitive: the columns that count as sensitive, whether a criterion is about them or not.
        given: the hierarchies that were uploaded, by column.
        edition: counts up when all of it is replaced, so that its widgets begin anew.
    """

    place: str
    plan: Plan
    sensitive: tuple[ColumnName, ...]
    given: Mapping[ColumnName, Given] = field(default_factory=dict)
    edition: int = 0

    @property
    def hierarchies(self) -> dict[ColumnName, Hierarchy]:
        """Those that the plan reads from files."""
        read = [q.column for q in self.plan.quasi_identifiers if isinstance(q.hierarchy, str)]
        others = [c.column for c in self.plan.criteria if c.column and isinstance(c.hierarchy, str)]
        return {name: self.given[name].hierarchy for name in (*read, *others) if name in self.given}

    def of(self, column: ColumnName) -> QuasiIdentifier:
        """The quasi-identifier of that column, which the plan has."""
        return next(q for q in self.plan.quasi_identifiers if q.column == column)

    def treatments(self, column: ColumnName) -> tuple[Treatment, ...]:
        """What the plan does to another column, in order."""
        return tuple(each for each in self.plan.treatments if each.column == column)

    def asked(self, column: ColumnName) -> tuple[Criterion, ...]:
        """What the plan asks of a sensitive column."""
        return tuple(each for each in self.plan.criteria if each.column == column)


def held(dataset: Dataset, found: Discovery) -> Draft:
    """The draft about `dataset`; at first, and after other labels, what the desk proposes."""
    drafts, place = _drafts(), _place(dataset, found)
    if place not in drafts:
        plan = session.workspace().anonymisation.propose(dataset.name)
        put(Draft(place=place, plan=plan, sensitive=_secrets(plan, found)))
    return drafts[place]


def put(draft: Draft) -> None:
    """Keep `draft`; of many, those begun last."""
    drafts = _drafts()
    drafts[draft.place] = draft
    while len(drafts) > _DRAFTS_KEPT:
        drafts.pop(next(iter(drafts)))


def anew(old: Draft, dataset: Dataset, found: Discovery, plan: Plan | None = None) -> None:
    """Begin again, from `plan` or from what the desk proposes."""
    plan = plan or session.workspace().anonymisation.propose(dataset.name)
    secrets = tuple(name for name in _secrets(plan, found) if name not in plan.columns)
    put(replace(old, plan=plan, sensitive=secrets, edition=old.edition + 1))


def with_columns(draft: Draft, dataset: Dataset, quasi: Sequence[str]) -> Draft:
    """The draft with these quasi-identifiers; new ones with the hierarchy that fits them."""
    kept = [q for q in draft.plan.quasi_identifiers if q.column in quasi]
    known = {q.column for q in kept}
    ask = session.workspace().anonymisation.quasi
    new = [ask(dataset.name, ColumnName(name)) for name in quasi if name not in known]
    plan = replace(
        draft.plan,
        quasi_identifiers=(*kept, *new),
        criteria=tuple(c for c in draft.plan.criteria if c.column not in quasi),
        treatments=tuple(t for t in draft.plan.treatments if t.column not in quasi),
    )
    secrets = tuple(name for name in draft.sensitive if name not in quasi)
    return replace(draft, plan=plan, sensitive=secrets)


def with_sensitive(draft: Draft, dataset: Dataset, names: Sequence[str]) -> Draft:
    """The draft with these sensitive columns; of new ones two values are asked in every group."""
    gone = {name for name in draft.sensitive if name not in names}
    criteria = [c for c in draft.plan.criteria if c.column not in gone]
    for name in names:
        is_new = name not in draft.sensitive and not draft.asked(ColumnName(name))
        if is_new and 2 <= dataset.column(name).distinct <= _MOST_SECRETS:
            criteria.append(Criterion(model=Model.DISTINCT_L, value=2, column=ColumnName(name)))
    plan = replace(draft.plan, criteria=tuple(criteria))
    return replace(draft, plan=plan, sensitive=tuple(ColumnName(name) for name in names))


def with_quasi(draft: Draft, quasi: QuasiIdentifier) -> Draft:
    """The draft with another hierarchy, limits or weight for one column."""
    all_ = tuple(quasi if q.column == quasi.column else q for q in draft.plan.quasi_identifiers)
    return replace(draft, plan=replace(draft.plan, quasi_identifiers=all_))


def with_k(draft: Draft, k: int) -> Draft:
    """The draft with another k."""
    others = [c for c in draft.plan.criteria if c.model is not Model.K_ANONYMITY]
    ours = Criterion(model=Model.K_ANONYMITY, value=k)
    return replace(draft, plan=replace(draft.plan, criteria=(ours, *others)))


def kept(name: str, place: Hashable, make: Callable[[], _Made]) -> _Made:
    """What was made last under `name`, if it was made for the same `place`; else made now."""
    key = f"anonymise_kept_{name}"
    at, made = st.session_state.get(key, (None, None))
    if at != place:
        made = make()
        st.session_state[key] = (place, made)
    found: _Made = made
    return found


def _secrets(plan: Plan, found: Discovery) -> tuple[ColumnName, ...]:
    labelled = [
        label.column
        for label in found.labels
        if label.identifier_class is IdentifierClass.SENSITIVE
    ]
    asked = [c.column for c in plan.criteria if c.column]
    return tuple(dict.fromkeys((*asked, *labelled)))


def _place(dataset: Dataset, found: Discovery) -> str:
    return f"{dataset.id} {hash(tuple((la.column, la.identifier_class) for la in found.labels))}"


def _drafts() -> dict[str, Draft]:
    drafts: dict[str, Draft] = st.session_state.setdefault("anonymise_drafts", {})
    return drafts
