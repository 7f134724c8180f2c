"""A query file says who is protected and how far, or is refused with the place and the reason."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest
import yaml
from hypothesis import assume, given, settings
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
from compliance.privacy.statistics import to_statistic
from tests.conftest import ROOT

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


QUERY = {"unit": "id", "by": ["city"], "statistics": [{"count": "units"}]}
MONTH = {"column": "day", "per": "month"}
ANSWERS = {"public_keys": {"city": ["a"]}, "mechanism": "randomised_response"}
NEWER = [
    pytest.param({"unit": False}, "unit.*quotes", id="unit is a word for no"),
    pytest.param({"by": 7.5}, "by", id="groups are a number"),
    pytest.param({"by": False}, "by", id="groups are a word for no"),
    pytest.param({"by": [["city"]]}, "by", id="a list of lists"),
    pytest.param({"by": list("abcde")}, "at most 4", id="too many columns"),
    pytest.param({"by": [{"column": "day"}]}, "one of them", id="neither stretch nor edges"),
    pytest.param({"by": [MONTH | {"edges": [0, 1]}]}, "one of them", id="both of them"),
    pytest.param({"by": [MONTH | {"per": "week"}]}, "by.per", id="no such stretch"),
    pytest.param({"by": [{"per": "day"}]}, "by.column", id="stretch of no column"),
    pytest.param({"by": [MONTH | {"most": 1}]}, "by.most", id="unknown setting of a group"),
    pytest.param({"by": [MONTH, "day"]}, "twice", id="the same column coarse and fine"),
    pytest.param({"by": [{"column": "a", "edges": [1]}]}, "2 to 1,001", id="one edge"),
    pytest.param({"where": False}, "where", id="condition is a word for no"),
    pytest.param({"public_keys": False}, "public_keys", id="keys are a word for no"),
    pytest.param({"public_keys": {"city": []}}, "at least one key", id="no key"),
    pytest.param({"public_keys": {"city": [False]}}, "in quotes", id="Norway"),
    pytest.param({"public_keys": {False: ["a"]}}, "in quotes", id="a column named no"),
    pytest.param({"public_keys": {"city": {"a": 1}}}, "list of names", id="keys as settings"),
    pytest.param({"public_keys": {"city": [["a"]]}}, "it is a name", id="a list for a key"),
    pytest.param(
        {"by": [{"column": "age", "edges": [0, 9]}], "public_keys": {"age": ["0 to 9"]}},
        "its keys already",
        id="bars typed as keys",
    ),
    pytest.param({"period": "month"}, "period", id="a period without settings"),
    pytest.param({"period": MONTH}, "period.most", id="a period without a limit"),
    pytest.param({"period": MONTH | {"most": 0}}, "period.most", id="a period of none"),
    pytest.param({"period": MONTH | {"most": 2}}, "group by", id="a period not grouped by"),
    pytest.param(
        {"by": [MONTH | {"per": "year"}], "period": MONTH | {"most": 2}},
        "group by",
        id="a period grouped by another stretch",
    ),
    pytest.param(
        {"by": [MONTH], "period": MONTH | {"most": 10**6}, "max_groups": 2},
        "so many groups",
        id="a period of too many groups",
    ),
    pytest.param({"period": MONTH | {"most": 1, "from": 1}}, "period.from", id="unknown in period"),
    pytest.param({"join": "profiles"}, "join", id="a join without settings"),
    pytest.param({"join": ["profiles"]}, "join", id="a list of names joined"),
    pytest.param({"join": False}, "join", id="join is a word for no"),
    pytest.param({"join": {"dataset": "p"}}, "join.unit", id="a join without a unit"),
    pytest.param({"join": {"dataset": "p", "on": "id"}}, "join.on", id="unknown in a join"),
    pytest.param({"join": [{"dataset": "p", "unit": "i"}] * 2}, "twice", id="joined twice"),
    pytest.param(
        {"join": [{"dataset": "p", "unit": "i"}, {"dataset": "p.x", "unit": "i"}]},
        "named like a column",
        id="joined datasets that could be mistaken",
    ),
    pytest.param(
        {"join": {"dataset": "p", "unit": "i"}, "by": ["p.i"]},
        "would publish people",
        id="groups of the other unit",
    ),
    pytest.param(
        {"join": {"dataset": "p", "unit": "i"}, "unit": "p.i"}, "dataset itself", id="their unit"
    ),
    pytest.param({"shares": [0.5]}, "shares", id="shares in a list"),
    pytest.param({"shares": {"count_rows": 0.5}}, "not among", id="a share of what is not asked"),
    pytest.param({"shares": {"count_units": 0}}, "above 0", id="a share of none"),
    pytest.param({"shares": {"count_units": 1.5}}, "at most 1", id="more than all"),
    pytest.param({"shares": {"count_units": True}}, "above 0", id="a share that is true"),
    pytest.param({"shares": {"count_units": "half"}}, "above 0", id="a share in words"),
    pytest.param({"shares": {"count_units": float("nan")}}, "above 0", id="a share of nothing"),
    pytest.param({"shares": {"count_units": 1}}, "leave some", id="nothing left for the groups"),
    pytest.param(
        {"shares": {"count_units": 0.6, "keys": 0.5}}, "leave some", id="more than all together"
    ),
    pytest.param({"by": [], "shares": {"keys": 0.5}}, "not among", id="a share for no search"),
    pytest.param({"by": [], "statistics": [{"top": {"groups": 2}}]}, "no largest", id="of one"),
    pytest.param(ANSWERS | {"max_groups": 2}, "randomised response", id="two answers"),
    pytest.param(ANSWERS | {"public_keys": {}}, "randomised response", id="answers unknown"),
    pytest.param(ANSWERS | {"by": []} | {"public_keys": {}}, "randomised", id="no answer"),
    pytest.param(
        ANSWERS | {"statistics": [{"count": "rows"}]}, "randomised response", id="rows changed"
    ),
    pytest.param(
        ANSWERS | {"statistics": [{"count": "units"}, {"count": "rows"}]},
        "randomised response",
        id="answers and more",
    ),
    pytest.param(
        ANSWERS
        | {"by": [MONTH], "public_keys": {"day": ["2024-01"]}, "period": MONTH | {"most": 1}},
        "randomised response",
        id="answers per month",
    ),
]


@pytest.mark.parametrize(("change", "says"), NEWER)
def test_what_cannot_be_grouped_joined_or_divided_so_is_refused(
    change: dict[str, object], says: str
) -> None:
    with pytest.raises((MalformedQueryError, BadBoundsError), match=says):
        to_query({**QUERY, **change})


COARSE_MISFITS = [
    pytest.param({"column": "Country", "per": "day"}, "dates or times", id="days of words"),
    pytest.param({"column": "When", "edges": [0, 1]}, "not numbers", id="bars of moments"),
    pytest.param({"column": "Where", "per": "day"}, "Where", id="days of nothing"),
]


@pytest.mark.parametrize(("by", "says"), COARSE_MISFITS)
def test_groups_that_do_not_fit_their_column_are_refused(by: dict[str, object], says: str) -> None:
    query = to_query({**FULL, "by": [by], "public_keys": {}})

    with pytest.raises((MalformedQueryError, UnknownColumnError), match=says):
        check_query(query, COLUMNS)


def test_settings_left_empty_are_as_if_not_there() -> None:
    empty = dict.fromkeys(("public_keys", "period", "join", "shares", "where", "mechanism"))

    assert to_query({**QUERY, **empty}) == to_query(QUERY)


def test_every_example_of_a_query_in_the_docs_is_read() -> None:
    chapter = (ROOT / "docs" / "files.md").read_text().split("## A query")[1]
    examples = re.findall(r"```yaml\n(.*?)```", chapter.split("## A federated plan")[0], re.DOTALL)
    usual = {"unit": "CustomerID", "by": ["Country"], "statistics": [{"count": "rows"}]}

    kinds = {s.kind for text in examples for s in to_query(usual | yaml.safe_load(text)).statistics}

    assert len(examples) == 7
    assert kinds == set(StatisticKind)


YAML = """
unit: 7
by: [Plan, {column: day, per: day}, size]
public_keys: {Plan: ["no", 'yes'], day: [2024-02-29], size: [1, 2.5]}
statistics:
  - count: rows
  - quantile: {column: x, lower: -1e3, upper: 1_000, at: .9}
max_groups: 2
"""


def test_a_query_file_may_say_dates_and_numbers_without_quotes() -> None:
    query = to_query(yaml.safe_load(YAML))

    assert query.unit == "7"
    assert query.public_keys == {
        "Plan": ("no", "yes"),
        "day": ("2024-02-29",),
        "size": ("1", "2.5"),
    }
    assert query.statistics[1].lower == -1000


# --------------------------------------------------------------------- written out and read back

NAMES = st.one_of(
    st.sampled_from(
        ["who", "no", "yes", "1", "01", "2024-01-01", "12:30", "~", "a.b", "null", "x y"]
    ),
    st.sampled_from(
        ["a and b", 'say "hi"', "O'Brien", "back`tick", "ß=ss", "<3", "#", "- x", "k: v"]
    ),
    st.text(min_size=1, max_size=8),
)
BOUNDS = st.decimals(-(10**10), 10**10, places=3)


@st.composite
def edges(draw: st.DrawFn) -> list[str]:
    return [str(edge) for edge in sorted(draw(st.sets(BOUNDS, min_size=2, max_size=6)))]


@st.composite
def statistics(draw: st.DrawFn) -> dict[str, object]:
    kinds = ["sum", "mean", "variance", "standard_deviation", "median", "quantile", "histogram"]
    kind = draw(st.sampled_from(["count", "top", *kinds]))
    if kind == "count":
        return {kind: draw(st.sampled_from(["rows", "units"]))}
    if kind == "top":
        counted = draw(st.sampled_from(["rows", "units"]))
        return {kind: {"groups": draw(st.integers(1, 1000)), "of": counted}}
    unit = draw(st.sampled_from(["whole", "cents"]))
    about: dict[str, object] = {"column": draw(NAMES), "unit": unit}
    if kind == "histogram" and draw(st.booleans()):
        return {kind: about | {"edges": draw(edges())}}
    lower = draw(BOUNDS)
    upper = min(lower + draw(st.decimals(2, 10**9, places=3)), Decimal(10) ** 10)
    lower = min(lower, upper - 2)
    about |= {"lower": str(lower), "upper": draw(st.sampled_from([str(upper), float(upper)]))}
    if kind == "quantile":
        about["at"] = draw(st.integers(1, 999).map(lambda n: n / 1000))
    return {kind: about}


@st.composite
def groups(draw: st.DrawFn) -> list[object]:
    columns = draw(st.lists(NAMES, max_size=3, unique=True))
    ways: list[object] = [None, "edges", "day", "month", "quarter", "year"]
    by: list[object] = []
    for column in columns:
        how = draw(st.sampled_from(ways))
        if how is None:
            by.append(column)
        elif how == "edges":
            by.append({"column": column, "edges": draw(edges())})
        else:
            by.append({"column": column, "per": how})
    return by


def _quoted(text: str) -> str:
    return f'"{text}"' if "'" in text else f"'{text}'"


@st.composite
def conditions(draw: st.DrawFn) -> str:
    said = []
    for _ in range(draw(st.integers(0, 3))):
        column, value = draw(NAMES), draw(NAMES)
        if {"'", '"'} <= set(value) or "`" in column:
            continue  # no quotation mark is left to put around it
        sign = draw(st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "<>", "=="]))
        said.append(f"`{column}` {sign} {_quoted(value)}")
    return draw(st.sampled_from([" and ", "  AND "])).join(said)


@st.composite
def queries(draw: st.DrawFn) -> dict[str, object]:
    by = draw(groups())
    plain = [b for b in by if isinstance(b, str)]
    stretches = [b for b in by if isinstance(b, dict) and "per" in b]
    asked = draw(
        st.lists(statistics(), min_size=1, max_size=4, unique_by=lambda s: to_statistic(s).name)
    )
    names = [to_statistic(statistic).name for statistic in asked]
    raw: dict[str, object] = {
        "unit": draw(NAMES.filter(lambda name: name not in str(by))),
        "by": by,
        "max_groups": draw(st.integers(1, 1000)),
        "max_rows_per_group": draw(st.integers(1, 10**6)),
        "public_keys": {c: draw(st.lists(NAMES, min_size=1, max_size=3)) for c in plain[:1]},
        "statistics": asked,
        "mechanism": draw(st.sampled_from(["gaussian", "laplace"])),
        "where": draw(conditions()),
        "shares": {name: draw(st.integers(1, 200)) / 1000 for name in names[:2]},
    }
    if stretches and draw(st.booleans()):
        raw["period"] = {**stretches[0], "most": draw(st.integers(1, 1000))}
    if draw(st.booleans()):
        raw["join"] = [{"dataset": "profiles", "unit": draw(NAMES)}]
    return raw


@settings(max_examples=300)
@given(raw=queries())
def test_every_query_written_out_is_read_back_the_same(raw: dict[str, object]) -> None:
    try:
        query = to_query(raw)
    except MalformedQueryError:
        assume(False)  # such as the largest of no groups, or a share of all
    written = from_query(query)

    assert to_query(written) == query
    assert to_query(yaml.safe_load(yaml.safe_dump(written))) == query
    assert to_query(json.loads(json.dumps(written))) == query


CONDITIONS = [
    pytest.param("", [], id="none"),
    pytest.param("a > 1", [("a", ">", "1")], id="one"),
    pytest.param("a>=1 and b != 'x and y'", [("a", ">=", "1"), ("b", "!=", "x and y")], id="and"),
    pytest.param("`Unit Price` == 2", [("Unit Price", "=", "2")], id="quoted column"),
    pytest.param('"Day of week" = "Mon"', [("Day of week", "=", "Mon")], id="double quotes"),
    pytest.param("Land <> Köln", [("Land", "!=", "Köln")], id="other sign"),
    pytest.param('name = "O\'Brien"', [("name", "=", "O'Brien")], id="a quotation mark inside"),
    pytest.param("`a and b` = 1 and c = 2", [("a and b", "=", "1"), ("c", "=", "2")], id="and in"),
    pytest.param("""`say "hi"` = '"x"'""", [('say "hi"', "=", '"x"')], id="one pair is taken off"),
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
