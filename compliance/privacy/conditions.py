"""`Quantity > 0 and Country = 'Germany'` to conditions, and conditions to rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

import numpy as np
import numpy.typing as npt

from compliance.dataset.nouns import Column, ColumnName, ColumnType
from compliance.errors import BadConditionError, UnknownColumnError
from compliance.privacy.nouns.question import Comparison, Condition
from compliance.privacy.rows import Rows

_COMPARISON = re.compile(
    r"""\s*(?P<column>`[^`]+`|"[^"]+"|[^<>=!'"`]+?)\s*
        (?P<sign><=|>=|!=|<>|==|=|<|>)\s*
        (?P<value>'[^']*'|"[^"]*"|[^<>=!'"`\s]+)
        (?:\s+and\s+(?=\S)|\s*\Z)""",
    re.VERBOSE | re.IGNORECASE,
)
_AROUND_COLUMNS, _AROUND_VALUES = '"`', "'\""
_SIGNS: Mapping[str, Comparison] = {
    **{comparison.value: comparison for comparison in Comparison},
    "==": Comparison.EQUAL,
    "<>": Comparison.NOT_EQUAL,
}
_ORDERED = (ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.DATE, ColumnType.TIMESTAMP)


def to_conditions(text: str) -> tuple[Condition, ...]:
    """The comparisons in `text`, which `and` joins; an empty text has none.

    Raises:
        BadConditionError: something is no comparison.
    """
    conditions, place = [], 0
    while text[place:].strip():
        found = _COMPARISON.match(text, place)
        if found is None:
            raise BadConditionError(reason="a part of it is no comparison")
        conditions.append(
            Condition(
                column=ColumnName(_unquoted(found["column"])),
                comparison=_SIGNS[found["sign"]],
                value=_unquoted(found["value"]),
            )
        )
        place = found.end()
    return tuple(conditions)


def from_conditions(conditions: Sequence[Condition]) -> str:
    """The text that `to_conditions` reads as `conditions`."""
    return " and ".join(
        f"{_quoted(c.column, _AROUND_COLUMNS)} {c.comparison} {_quoted(c.value, _AROUND_VALUES)}"
        for c in conditions
    )


def check_conditions(conditions: Sequence[Condition], columns: Sequence[Column]) -> None:
    """Refuse conditions that these columns cannot answer; nothing is read from the data.

    Raises:
        UnknownColumnError, BadConditionError: no such column, or its type cannot be compared so.
    """
    types = {column.name: column.type for column in columns}
    for condition in conditions:
        if condition.column not in types:
            known = ", ".join(list(types)[:12])
            raise UnknownColumnError(
                column=condition.column[:80], dataset="this dataset", known=known
            )
        comparable(condition, types[condition.column])


def matching(
    table: Rows, conditions: Sequence[Condition], columns: Sequence[Column]
) -> npt.NDArray[np.bool_]:
    """Per row, whether all `conditions` hold. A missing value never matches."""
    types = {column.name: column.type for column in columns}
    matches = np.ones(table.rows, dtype=np.bool_)
    for condition in conditions:
        coded = table.codes(condition.column)
        value = comparable(condition, types[condition.column])
        holds = _holds(coded.labels, condition.comparison, value)
        matches &= (coded.codes >= 0) & holds[coded.codes] if len(holds) else False
    return matches


def _unquoted(text: str) -> str:
    return text[1:-1] if text[0] in "'\"`" else text


def _quoted(text: str, signs: str) -> str:
    """`text` between two of the first of `signs` that is not in it."""
    sign = next(sign for sign in signs if sign not in text)
    return f"{sign}{text}{sign}"


def comparable(condition: Condition, type_: ColumnType) -> object:
    """The condition's value in the type of its column."""
    refusal = f"column “{condition.column}” holds {type_}"
    if type_ not in _ORDERED and condition.comparison not in (
        Comparison.EQUAL,
        Comparison.NOT_EQUAL,
    ):
        raise BadConditionError(reason=f"{refusal}, which has no order")
    try:
        if type_ is ColumnType.BOOLEAN:
            return {"true": True, "false": False}[condition.value.lower()]
        if type_ in (ColumnType.INTEGER, ColumnType.NUMBER):
            return float(Decimal(condition.value))
        if type_ in (ColumnType.DATE, ColumnType.TIMESTAMP):
            return np.datetime64(condition.value, "us")
    except (KeyError, InvalidOperation, ValueError, OverflowError):
        raise BadConditionError(reason=f"{refusal}; the value does not fit that") from None
    return condition.value


def _holds(
    labels: npt.NDArray[np.generic], comparison: Comparison, value: object
) -> npt.NDArray[np.bool_]:
    compare = {
        Comparison.EQUAL: np.equal,
        Comparison.NOT_EQUAL: np.not_equal,
        Comparison.LESS: np.less,
        Comparison.LESS_OR_EQUAL: np.less_equal,
        Comparison.GREATER: np.greater,
        Comparison.GREATER_OR_EQUAL: np.greater_equal,
    }[comparison]
    return np.asarray(compare(labels, value), dtype=np.bool_)  # type: ignore[call-overload]
