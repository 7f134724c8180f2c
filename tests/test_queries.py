"""A query file says who is protected and how far, or is refused with the place and the reason."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.dataset.nouns import Column, ColumnName, ColumnType
from compliance.errors import (
    BadBoundsError,
    BadConditionError,
    ComplianceError,
    MalformedQueryError,
    MissingUnitError,
    NotANumberColumnError,
    TooManyGroupsError,
    UnknownColumnError,
)
from compliance.privacy import check_query, from_query, to_query
from compliance.privacy.conditions import from_conditions, to_conditions
from compliance.privacy.nouns.question import Comparison, Condition, Mechanism, StatisticKind

NUMBERS = [str(i) for i in range(99_999)]
FULL = {
    "unit": "CustomerID",
    "max_groups": 3,
    "max_rows_per_group": 10,
    "by": ["Country"],
    "public_keys": {"Country": ["United Kingdom", "Germany", "France"]},
    "statistics": [
        {"count": "rows"},
        {"sum": {"column": "UnitPrice", "lower": 0, "upper": 50, "unit": "cents"}},
        {"mean": {"column": "Quantity", "lower": 0, "upper": 100}},
    ],
    "mechanism": "gaussian",
    "where": "Quantity > 0",
}
COLUMNS = tuple(
    Column(name=ColumnName(name), type=type_)
    for name, type_ in (
        ("CustomerID", ColumnType.INTEGER),
        ("Country", ColumnType.TEXT),
        ("UnitPrice", ColumnType.NUMBER),
        ("Quantity", ColumnType.INTEGER),
        ("When", ColumnType.TIMESTAMP),
    )
)


def test_the_documented_query_is_read_as_written() -> None:
    query = to_query(FULL)

    assert query.unit == "CustomerID"
    assert (query.max_groups, query.max_rows_per_group) == (3, 10)
    assert query.public_keys == {"Country": ("United Kingdom", "Germany", "France")}
    assert [s.kind for s in query.statistics] == [
        StatisticKind.COUNT_ROWS,
        StatisticKind.SUM,
        StatisticKind.MEAN,
    ]
    assert query.statistics[1].upper == Decimal(50)
    assert query.mechanism is Mechanism.GAUSSIAN
    assert query.where == (
        Condition(column=ColumnName("Quantity"), comparison=Comparison.GREATER, value="0"),
    )


def test_a_query_written_out_is_read_back_the_same() -> None:
    assert to_query(from_query(to_query(FULL))) == to_query(FULL)


MALFORMED = [
    pytest.param("text", MalformedQueryError, "the top", id="not a mapping"),
    pytest.param({**FULL, "epsilon": 1}, MalformedQueryError, "epsilon", id="unknown setting"),
    pytest.param({**FULL, "unit": ""}, MissingUnitError, "whose privacy", id="no unit"),
    pytest.param({**FULL, "max_groups": 0}, MalformedQueryError, "max_groups", id="no groups"),
    pytest.param({**FULL, "max_groups": True}, MalformedQueryError, "max_groups", id="truth"),
    pytest.param({**FULL, "max_rows_per_group": "x"}, MalformedQueryError, "max_rows", id="text"),
    pytest.param({**FULL, "by": ["CustomerID"]}, MalformedQueryError, "by", id="groups of one"),
    pytest.param({**FULL, "by": ["A", "A"]}, MalformedQueryError, "twice", id="a column twice"),
    pytest.param(
        {**FULL, "public_keys": {"City": ["x"]}}, MalformedQueryError, "City", id="keys of no group"
    ),
    pytest.param({**FULL, "statistics": []}, MalformedQueryError, "statistics", id="nothing asked"),
    pytest.param(
        {**FULL, "statistics": [{"mode": "x"}]}, MalformedQueryError, "known", id="no statistic"
    ),
    pytest.param(
        {**FULL, "statistics": [{"count": "rows"}, {"count": "rows"}]},
        MalformedQueryError,
        "twice",
        id="a statistic twice",
    ),
    pytest.param(
        {**FULL, "statistics": [{"sum": {"column": "UnitPrice"}}]},
        BadBoundsError,
        "lower and an upper",
        id="sum without bounds",
    ),
    pytest.param(
        {**FULL, "statistics": [{"sum": {"column": "UnitPrice", "lower": 5, "upper": 5}}]},
        BadBoundsError,
        "below",
        id="empty range",
    ),
    pytest.param(
        {**FULL, "statistics": [{"sum": {"column": "UnitPrice", "lower": 0, "upper": "abc"}}]},
        BadBoundsError,
        "not a number",
        id="bound is a word",
    ),
    pytest.param(
        {**FULL, "statistics": [{"sum": {"column": "UnitPrice", "lower": 0, "upper": "nan"}}]},
        BadBoundsError,
        "between",
        id="bound is not a number at all",
    ),
    pytest.param({**FULL, "mechanism": "magic"}, MalformedQueryError, "gaussian", id="mechanism"),
    pytest.param({**FULL, "where": "drop table"}, BadConditionError, "comparison", id="condition"),
    pytest.param(
        {**FULL, "by": ["A", "B"], "public_keys": {"A": list("abcdefghij"), "B": NUMBERS}},
        TooManyGroupsError,
        "999,990",
        id="too many public groups",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "error", "says"), MALFORMED)
def test_what_cannot_be_asked_is_refused_with_its_place(
    raw: object, error: type[ComplianceError], says: str
) -> None:
    with pytest.raises(error, match=says):
        to_query(raw)


MISFITS = [
    pytest.param({"unit": "Nobody"}, UnknownColumnError, "Nobody", id="unknown unit"),
    pytest.param(
        {"by": ["Continent"], "public_keys": {}}, UnknownColumnError, "Continent", id="by"
    ),
    pytest.param(
        {"statistics": [{"sum": {"column": "Country", "lower": 0, "upper": 1}}]},
        NotANumberColumnError,
        "text",
        id="sum of words",
    ),
    pytest.param({"where": "Nothing = 1"}, UnknownColumnError, "Nothing", id="unknown condition"),
    pytest.param(
        {"where": "Country > 'A'"}, BadConditionError, "no order", id="words have no order"
    ),
    pytest.param(
        {"where": "Quantity > many"}, BadConditionError, "does not fit", id="not a number"
    ),
    pytest.param({"where": "When > yesterday"}, BadConditionError, "does not fit", id="not a date"),
]


@pytest.mark.parametrize(("change", "error", "says"), MISFITS)
def test_a_query_that_does_not_fit_the_columns_is_refused(
    change: dict[str, object], error: type[ComplianceError], says: str
) -> None:
    query = to_query({**FULL, **change})

    with pytest.raises(error, match=says):
        check_query(query, COLUMNS)


CONDITIONS = [
    pytest.param("", [], id="none"),
    pytest.param("a > 1", [("a", ">", "1")], id="one"),
    pytest.param("a>=1 and b != 'x and y'", [("a", ">=", "1"), ("b", "!=", "x and y")], id="and"),
    pytest.param("`Unit Price` == 2", [("Unit Price", "=", "2")], id="quoted column"),
    pytest.param('"Day of week" = "Mon"', [("Day of week", "=", "Mon")], id="double quotes"),
    pytest.param("Land <> Köln", [("Land", "!=", "Köln")], id="other sign"),
]


@pytest.mark.parametrize(("text", "expected"), CONDITIONS)
def test_conditions_are_read(text: str, expected: list[tuple[str, str, str]]) -> None:
    found = to_conditions(text)

    assert [(c.column, c.comparison.value, c.value) for c in found] == expected
    assert to_conditions(from_conditions(found)) == found


@given(st.text(max_size=40))
def test_no_text_whatever_breaks_the_reader_of_conditions(text: str) -> None:
    try:
        conditions = to_conditions(text)
    except BadConditionError:
        return

    assert all(condition.column for condition in conditions)
