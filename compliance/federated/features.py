"""From columns to the numbers that a model sees, without looking at the data.

A number x becomes sign(x)·log(1 + |x|)/2, a category one of 16 buckets by a fixed hash of its
text. No mean, scale or vocabulary is computed, so nothing but models need ever leave a site.
Halving brings typical counts, amounts and durations to the size of the buckets' ones, which
keeps one person's update short where noise asks for clipping.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from compliance.dataset.nouns import Column, ColumnName, ColumnType
from compliance.dataset.table import NO_VALUE, Table
from compliance.discovery.nouns import IdentifierClass, Label
from compliance.errors import MalformedPlanError, NoFeaturesError, UnknownColumnError
from compliance.federated.keys import label_keys
from compliance.federated.nouns import Plan

BUCKETS = 16
MOST_DISTINCT_TEXTS = 200

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_MOMENTS = (ColumnType.DATE, ColumnType.TIMESTAMP)
_NUMBERS = (ColumnType.INTEGER, ColumnType.NUMBER)
_CATEGORY_ENDINGS = ("_code", "_flag")
_CATEGORY_TYPES = ("category", "boolean", "date_month", "weekday")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One column as the model sees it.

    Attributes:
        column: which.
        is_category: hashed into buckets; otherwise a number.
        marks_missing: a number of which some rows have none, so that a mark says so.
    """

    column: ColumnName
    is_category: bool
    marks_missing: bool = False

    @property
    def width(self) -> int:
        """How many of the model's inputs it takes."""
        return BUCKETS if self.is_category else 1 + self.marks_missing


def choose_features(
    columns: Sequence[Column], plan: Plan, labels: Sequence[Label], *units: ColumnName | None
) -> tuple[Feature, ...]:
    """The columns to learn from, in the table's order: those the plan names, or all suitable ones.

    Suitable is what is neither the target nor the site column nor one of `units`, no direct
    identifier, no date, and no text with more than 200 different values. Sensitive columns are
    taken: the rows stay at home.

    Args:
        units: the columns that tell persons and devices apart.

    Raises:
        UnknownColumnError: the plan names a column that is not there.
        MalformedPlanError: it names one that cannot be learnt from.
        NoFeaturesError: nothing is left.
    """
    labelled = {label.column: label for label in labels}
    named = (plan.site_column, plan.target, *units, *plan.history.columns)
    check_known(columns, (*filter(None, named), *plan.features))
    if plan.features:
        _check_named(columns, plan, units)
        chosen = [column for column in columns if column.name in plan.features]
    else:
        aside = {plan.site_column, plan.target, *units}
        chosen = [
            column
            for column in columns
            if column.name not in aside and _is_suitable(column, labelled.get(column.name))
        ]
    if not chosen:
        raise NoFeaturesError
    return tuple(_feature(column, labelled.get(column.name)) for column in chosen)


def encode(table: Table, features: Sequence[Feature], rows: IntArray) -> FloatArray:
    """The model's inputs: one row per element of `rows`, then one row of zeros.

    The last input is always 1 (the intercept), except in the row of zeros, which stands for “no
    row” where batches are filled up.
    """
    inputs = np.zeros((len(rows) + 1, sum(f.width for f in features) + 1))
    at = 0
    for feature in features:
        block = inputs[:-1, at : at + feature.width]
        if feature.is_category:
            _fill_buckets(block, table, feature.column, rows)
        else:
            _fill_numbers(block, table, feature.column, rows)
        at += feature.width
    inputs[:-1, -1] = 1
    return inputs


def choices_of(features: Sequence[Feature]) -> IntArray:
    """Per input, -1 for a number; otherwise a number of the choice of which it is an option."""
    choices: list[int] = []
    for at, feature in enumerate(features):
        if feature.is_category:
            choices += [at] * BUCKETS
        else:
            choices += [-1, at][: feature.width]
    return np.array([*choices, len(features)])


def check_known(columns: Sequence[Column], wanted: Sequence[ColumnName]) -> None:
    """Raises UnknownColumnError where a column is not there."""
    names = [column.name for column in columns]
    for name in wanted:
        if name not in names:
            known = ", ".join(names[:12]) + (" …" if len(names) > 12 else "")
            raise UnknownColumnError(column=name[:80], dataset="this dataset", known=known)


def _check_named(
    columns: Sequence[Column], plan: Plan, units: Collection[ColumnName | None]
) -> None:
    for column in columns:
        if column.name not in plan.features:
            continue
        if column.name in units:
            raise MalformedPlanError(
                place="features", reason=f"“{column.name}” tells people apart; leave it out"
            )
        if column.name in (plan.target, plan.site_column):
            role = "target" if column.name == plan.target else "column of the sites"
            raise MalformedPlanError(
                place="features", reason=f"“{column.name}” is the {role}; leave it out"
            )
        if column.type in _MOMENTS:
            raise MalformedPlanError(
                place="features",
                reason=f"“{column.name}” holds dates; numbers and categories can be learnt from",
            )


def _is_suitable(column: Column, label: Label | None) -> bool:
    if label is not None and label.identifier_class is IdentifierClass.DIRECT:
        return False
    if column.type is ColumnType.TEXT:
        return column.distinct <= MOST_DISTINCT_TEXTS
    return column.type not in _MOMENTS


def _feature(column: Column, label: Label | None) -> Feature:
    meaning = label.semantic_type if label is not None else ""
    is_code = meaning in _CATEGORY_TYPES or meaning.endswith(_CATEGORY_ENDINGS)
    is_category = column.type not in _NUMBERS or (column.type is ColumnType.INTEGER and is_code)
    return Feature(
        column=column.name,
        is_category=is_category,
        marks_missing=not is_category and column.missing > 0,
    )


def _fill_buckets(block: FloatArray, table: Table, column: ColumnName, rows: IntArray) -> None:
    coded = table.codes(column)
    buckets = (label_keys([*coded.texts(), NO_VALUE]) % np.uint64(BUCKETS)).astype(np.int64)
    codes = coded.codes[rows]
    here = np.flatnonzero(codes >= 0)
    block[here, buckets[codes[here]]] = 1


def _fill_numbers(block: FloatArray, table: Table, column: ColumnName, rows: IntArray) -> None:
    numbers = table.numbers(column)
    values = numbers.values[rows].astype(np.float64)
    is_there = numbers.present[rows] & np.isfinite(values)
    values[~is_there] = 0
    block[:, 0] = np.sign(values) * np.log1p(np.abs(values)) / 2
    if block.shape[1] > 1:
        block[:, 1] = ~is_there
