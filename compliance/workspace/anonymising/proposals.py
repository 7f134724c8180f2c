"""A plan that fits a dataset, from what its columns hold; an officer goes on from there."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.anonymise.hierarchies import propose
from compliance.anonymise.nouns import (
    Criterion,
    Method,
    Model,
    Plan,
    QuasiIdentifier,
    Treatment,
    TreatmentKind,
)
from compliance.dataset.nouns import ColumnName
from compliance.discovery.nouns import IdentifierClass
from compliance.workspace.anonymising.subjects import Subject

K = 5
LIMIT = 0.05
L = 2
_MOST_SECRETS = 50


def propose_plan(about: Subject) -> Plan:
    """The plan: every quasi-identifier with the hierarchy that fits it, k of 5, a suppression limit
    of 5 %, at least two values of each sensitive column in every class, pseudonyms for the column
    that tells people apart, and no other direct identifier.

    Without a quasi-identifier the plan has none, and cannot be run before one is chosen.
    """
    return Plan(
        quasi_identifiers=tuple(_quasi(about)),
        criteria=(Criterion(model=Model.K_ANONYMITY, value=K), *_secrets(about)),
        suppression_limit=LIMIT,
        method=Method.FULL_DOMAIN,
        treatments=tuple(_treatments(about)),
    )


def quasi(about: Subject, column: ColumnName) -> QuasiIdentifier:
    """One column as a quasi-identifier, with the hierarchy that fits it."""
    label = next(label for label in about.labels if label.column == column)
    found = about.dataset.column(column)
    return QuasiIdentifier(
        column=column, hierarchy=propose(about.table, found, label, about.labels)
    )


def lookable(about: Subject) -> tuple[ColumnName, ...]:
    """The columns of which it is not clear beforehand that they tell people apart."""
    return tuple(
        label.column
        for label in about.labels
        if label.identifier_class is not IdentifierClass.DIRECT
    )


def _quasi(about: Subject) -> Iterator[QuasiIdentifier]:
    for label in about.labels:
        if label.identifier_class is IdentifierClass.QUASI:
            yield quasi(about, label.column)


def _secrets(about: Subject) -> Iterator[Criterion]:
    for label in about.labels:
        values = about.dataset.column(label.column).distinct
        is_secret = label.identifier_class is IdentifierClass.SENSITIVE
        if is_secret and L <= values <= _MOST_SECRETS:
            yield Criterion(model=Model.DISTINCT_L, value=L, column=label.column)


def _treatments(about: Subject) -> Iterator[Treatment]:
    unit = about.dataset.description.unit
    for label in about.labels:
        if label.column == unit:
            yield Treatment(column=label.column, kind=TreatmentKind.PSEUDONYM)
        elif label.identifier_class is IdentifierClass.DIRECT:
            yield Treatment(column=label.column, kind=TreatmentKind.DROP)
