"""A column's value, row by row: does this visit end in a purchase, does this customer answer?"""

from __future__ import annotations

import numpy as np

from compliance.dataset.nouns import ColumnName, ColumnType
from compliance.dataset.table import Table
from compliance.errors import TargetError
from compliance.federated.features import FloatArray, choices_of, choose_features, encode
from compliance.federated.nouns import ModelKind
from compliance.federated.records import BoolArray, records_of, sites_of
from compliance.federated.tasks.examples import Examples, Source

MOST_CLASSES = 50
_SIGNED = (ModelKind.LOGISTIC, ModelKind.TREES)
_NUMERIC = (ColumnType.INTEGER, ColumnType.NUMBER)


def responses(source: Source) -> Examples:
    """Each row as it stands.

    Raises:
        UnknownColumnError, MalformedPlanError, NoFeaturesError: see `choose_features`.
        TargetError: the target has too few or too many values for the model.
        TooManySitesError: there are more sites than are taken.
    """
    plan, table = source.plan, source.table
    features = choose_features(source.columns, plan, source.labels, source.person, source.unit)
    answers, has_answer, known = answers_of(source)
    names, site = sites_of(table, plan.site_column)
    return Examples(
        features=tuple(feature.column for feature in features),
        records=records_of(table, source.row_keys, site=site, unit=source.unit, seed=plan.seed),
        answers=answers,
        has_answer=has_answer,
        answers_known=known,
        site_names=names,
        inputs_at=lambda rows: encode(table, features, rows),
        choices=choices_of(features),
    )


def answers_of(source: Source) -> tuple[FloatArray, BoolArray, int]:
    """Per row the target's value as the model wants it, whether there is one, and how many."""
    plan, table = source.plan, source.table
    target = plan.target
    if target is None:
        raise ValueError("a response has a target")
    kind = next(column.type for column in source.columns if column.name == target)
    if plan.model is ModelKind.LINEAR:
        return _numbers(table, target, kind)
    if plan.model in _SIGNED:
        return _signs(table, target)
    return _classes(table, target)


def _signs(table: Table, target: ColumnName) -> tuple[FloatArray, BoolArray, int]:
    """+1 for the value that sorts last, -1 for the other."""
    coded = table.codes(target)
    found = len(coded.labels)
    if found != 2:
        raise TargetError(column=target, reason=_how_many(found), needed="exactly two values")
    values = coded.labels.tolist()
    signs = np.array([1.0, -1.0, 0.0] if values[0] > values[1] else [-1.0, 1.0, 0.0])
    return signs[coded.codes], coded.codes >= 0, 2  # code -1 picks the last


def _classes(table: Table, target: ColumnName) -> tuple[FloatArray, BoolArray, int]:
    """The place of each value among all, in their order."""
    coded = table.codes(target)
    found = len(coded.labels)
    if not 2 <= found <= MOST_CLASSES:
        needed = f"2 to {MOST_CLASSES} different values"
        raise TargetError(column=target, reason=_how_many(found), needed=needed)
    values = coded.labels.tolist()
    order = sorted(range(found), key=values.__getitem__)
    places = np.zeros(found + 1)
    places[order] = np.arange(found)
    return places[coded.codes], coded.codes >= 0, found


def _numbers(
    table: Table, target: ColumnName, kind: ColumnType
) -> tuple[FloatArray, BoolArray, int]:
    """sign(x)·log(1 + |x|)/2, like inputs."""
    if kind not in _NUMERIC:
        raise TargetError(column=target, reason="holds no numbers", needed="numbers")
    numbers = table.numbers(target)
    values = numbers.values.astype(np.float64)
    is_there = numbers.present & np.isfinite(values)
    values[~is_there] = 0
    if len(np.unique(values[is_there])) < 2:
        raise TargetError(column=target, reason="holds one number at most", needed="numbers")
    return np.sign(values) * np.log1p(np.abs(values)) / 2, is_there, 0


def _how_many(found: int) -> str:
    return (
        f"has {found:,} different value{'' if found == 1 else 's'}" if found else "holds no values"
    )
