"""What a released table is still good for: a classifier, and the four worked examples of a shop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from compliance.anonymise.nouns import Hierarchy, Roles, UseKind, Utility
from compliance.anonymise.nouns.problem import Ints
from compliance.anonymise.utility.predicting import predicted, trial
from compliance.anonymise.utility.shop import forecast, profiled, recommended
from compliance.dataset.nouns import Column, ColumnName, ColumnType
from compliance.dataset.table import Table
from compliance.discovery.nouns import IdentifierClass, Label

__all__ = ["roles_of", "utility"]

_PEOPLE = ("customer_id", "person_id", "account_number", "email", "username")
_PRODUCTS = ("product_id", "product_name", "description", "category")
_MOST_CLASSES = 50


def utility(
    original: Table,
    released: Table,
    roles: Roles,
    rng: np.random.Generator,
    *,
    hierarchies: Mapping[ColumnName, Hierarchy] | None = None,
    rows: Ints | None = None,
) -> tuple[Utility, ...]:
    """One result per kind of use, in the order of `UseKind`; those that do not apply say why.

    Args:
        original: what it is judged by.
        released: what is judged.
        roles: which columns play which part.
        rng: sets aside the people who are tested.
        hierarchies: what coarser names of features stand for.
        rows: per released row its original row, so that nobody is tested who was learnt from;
            None where rows are invented.
    """
    tried = trial(original, released, hierarchies or {}, rows, rng)
    return (
        predicted(UseKind.CLASSIFIER, tried, roles, rng),
        profiled(original, released, roles),
        recommended(original, released, roles),
        forecast(original, released, roles),
        predicted(UseKind.RESPONSE, tried, roles, rng),
    )


def roles_of(
    labels: Sequence[Label],
    columns: Sequence[Column],
    *,
    unit: ColumnName | None = None,
    target: ColumnName | None = None,
) -> Roles:
    """The roles that discovery's labels suggest; the target is the caller's choice.

    The target is told from every column that does not point to a person by itself.
    """
    types = {column.name: column.type for column in columns}
    dates = [
        name for name, kind in types.items() if kind in (ColumnType.DATE, ColumnType.TIMESTAMP)
    ]
    born = {label.column for label in labels if label.semantic_type == "birth_date"}
    features = tuple(
        label.column
        for label in labels
        if label.identifier_class is not IdentifierClass.DIRECT and label.column != target
    )
    return Roles(
        target=target,
        features=features,
        person=unit or _first(labels, _PEOPLE),
        product=_first(labels, _PRODUCTS),
        date=next((name for name in dates if name not in born), None),
        amount=_first(labels, ("money_amount",)),
        quantity=_first(labels, ("quantity",)),
    )


def _first(labels: Sequence[Label], types: Sequence[str]) -> ColumnName | None:
    """The first column of the first of `types` that there is."""
    for wanted in types:
        for label in labels:
            if label.semantic_type == wanted:
                return label.column
    return None
