"""A dataset as it is anonymised: its rows, its labels, and what becomes of each column."""

from __future__ import annotations

from dataclasses import dataclass, replace

from compliance.anonymise.nouns import (
    Criterion,
    Model,
    Plan,
    Treatment,
    TreatmentKind,
)
from compliance.anonymise.nouns.problem import Codes32
from compliance.anonymise.telling import most_alone, share_alone
from compliance.dataset import Table
from compliance.dataset.nouns import (
    ColumnName,
    Dataset,
)
from compliance.discovery import discover
from compliance.discovery.nouns import IdentifierClass, Label
from compliance.workspace.data import datasets, labels
from compliance.workspace.desk import Desk
from compliance.workspace.usage import usable

_STAYS = (IdentifierClass.NONE, IdentifierClass.SENSITIVE)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Subject:
    """A dataset as it is anonymised.

    Attributes:
        dataset, table: the version and its rows.
        labels: what its columns hold, in their order.
        population: the people that it was drawn from, where the plan names them.
        left: what an erasure had left of the version when it was read; see `datasets.left_of`.
    """

    dataset: Dataset
    table: Table
    labels: tuple[Label, ...]
    population: Table | None = None
    left: str = ""

    @property
    def whose(self) -> Codes32 | None:
        """Per row, whose it is; None where nobody says so, and every row is somebody."""
        unit = self.dataset.description.unit
        return None if unit is None else self.table.codes(unit).codes

    @property
    def repeats_people(self) -> bool:
        """Whether a person may have several rows."""
        unit = self.dataset.description.unit
        return unit is not None and self.dataset.column(unit).distinct < self.table.rows


def subject(desk: Desk, name: str, population: str = "", *, is_handed_on: bool = False) -> Subject:
    """Dataset `name` with its labels; where nobody has looked for personal data, it is done now.

    Args:
        population: the dataset of all people that these were drawn from.
        is_handed_on: an output is made of it, so only of rows that may be; see `usage`.

    Raises:
        NotUsableError: none may.
    """
    with desk.database.reading() as connection:
        dataset = datasets.find(connection, name)
        if is_handed_on:
            dataset, _ = usable.required(desk, connection, dataset, is_handed_on=True)
        discovery = labels.latest(connection, dataset)
        left = datasets.left_of(connection, dataset.id)
        people = datasets.find(connection, population) if population else None
    table = desk.table(dataset)
    return Subject(
        dataset=dataset,
        table=table,
        labels=discovery.labels if discovery else discover(table, dataset.columns),
        population=desk.table(people) if people else None,
        left=left,
    )


def counting_people(about: Subject, plan: Plan) -> Plan:
    """The plan with k asked of people too, where one may have several rows; what is searched for.

    Different people in a class are different values of the column that says whose a row is.
    """
    unit = about.dataset.description.unit
    if unit is None or not about.repeats_people or plan.k < 2 or unit in plan.columns:
        return plan
    people = Criterion(model=Model.DISTINCT_L, value=plan.k, column=unit)
    return replace(plan, criteria=(*plan.criteria, people))


def treatments_of(plan: Plan, found: tuple[Label, ...]) -> tuple[Treatment, ...]:
    """The plan's treatments, with the meaning of each column for those that go by it."""
    types = {label.column: label.semantic_type for label in found}
    by_type = (TreatmentKind.PSEUDONYM, TreatmentKind.VAULT, TreatmentKind.MASK)
    return tuple(
        replace(each, settings={"type": types[each.column], **each.settings})
        if each.kind in by_type and each.column in types
        else each
        for each in plan.treatments
    )


def left_out(about: Subject, plan: Plan) -> tuple[ColumnName, ...]:
    """The columns that the plan says nothing about and that are not handed on therefore."""
    return (*personal_left_out(about, plan), *telling_left_out(about, plan))


def personal_left_out(about: Subject, plan: Plan) -> tuple[ColumnName, ...]:
    """Of those: the ones that hold personal data."""
    return tuple(
        label.column
        for label in about.labels
        if label.column not in named(plan) and label.identifier_class not in _STAYS
    )


def telling_left_out(about: Subject, plan: Plan) -> tuple[ColumnName, ...]:
    """Of those: the others, not personal or sensitive, by which single people are found."""
    return tuple(
        label.column
        for label in about.labels
        if label.column not in named(plan)
        and label.identifier_class in _STAYS
        and share_alone(about.table.codes(label.column).codes, about.whose) > most_alone(plan.k)
    )


def named(plan: Plan) -> frozenset[ColumnName]:
    """The columns that the plan says something about."""
    asked = (criterion.column for criterion in plan.criteria if criterion.column)
    return frozenset((*plan.columns, *(each.column for each in plan.treatments), *asked))
