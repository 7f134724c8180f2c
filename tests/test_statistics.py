"""What a statistic may say, what it means, and what it comes to on rows of hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.errors import BadBoundsError, ComplianceError, MalformedQueryError
from compliance.privacy import aggregate, calibrate, publish, to_query
from compliance.privacy.aggregates import middle, parts_of, reach, square_step
from compliance.privacy.answers import answers
from compliance.privacy.nouns import GaussianEvent
from compliance.privacy.nouns.question import Granularity, StatisticKind
from compliance.privacy.selections import candidates
from compliance.privacy.statistics import bars, from_statistic, to_statistic
from tests.privacy_cases import KEY, SILENCE, budget, summed, table_of

ABOUT = {"column": "x", "lower": 0, "upper": 100}
ROWS = pa.schema([("who", pa.int64()), ("x", pa.float64())])


READ = [
    pytest.param({"count": "rows"}, {"kind": StatisticKind.COUNT_ROWS}, "count_rows", id="rows"),
    pytest.param({"count": "units"}, {"kind": "count_units"}, "count_units", id="people"),
    pytest.param({"sum": ABOUT | {"unit": "cents"}}, {"granularity": "cents"}, "sum_x", id="sum"),
    pytest.param({"variance": ABOUT}, {"upper": Decimal(100)}, "variance_x", id="variance"),
    pytest.param(
        {"standard_deviation": ABOUT},
        {"granularity": Granularity.WHOLE},
        "standard_deviation_x",
        id="standard deviation",
    ),
    pytest.param({"median": ABOUT}, {"at": Decimal("0.5"), "step": 1}, "median_x", id="median"),
    pytest.param(
        {"quantile": ABOUT | {"at": "0.90", "step": 5}},
        {"at": Decimal("0.9"), "step": 5},
        "quantile_0.9_x",
        id="quantile",
    ),
    pytest.param({"quantile": ABOUT | {"at": 0.5}}, {"step": 1}, "median_x", id="quantile 0.5"),
    pytest.param({"quantile": ABOUT | {"at": 0.001}}, {}, "quantile_0.001_x", id="finest share"),
    pytest.param(
        {"histogram": {"column": "x", "edges": [0, 2.5, 10]}},
        {"edges": (0, Decimal("2.5"), 10), "lower": 0, "upper": 10},
        "histogram_x",
        id="histogram with edges",
    ),
    pytest.param(
        {"histogram": ABOUT | {"bins": 4}},
        {"edges": (0, 25, 50, 75, 100)},
        "histogram_x",
        id="histogram with bins",
    ),
    pytest.param(
        {"top": {"groups": 5}}, {"largest": 5, "of_units": False}, "top_5_rows", id="largest"
    ),
    pytest.param(
        {"top": {"groups": 1, "of": "units"}}, {"of_units": True}, "top_1_units", id="most people"
    ),
]


@pytest.mark.parametrize(("raw", "says", "name"), READ)
def test_a_statistic_is_read_as_written(
    raw: dict[str, object], says: dict[str, object], name: str
) -> None:
    found = to_statistic(raw)

    assert found.name == name
    assert {setting: getattr(found, setting) for setting in says} == says
    assert to_statistic(from_statistic(found)) == found


REFUSED = [
    pytest.param("count", "one of count, sum", id="no mapping"),
    pytest.param({"count": "rows", "sum": ABOUT}, "one of", id="two at once"),
    pytest.param({"mode": ABOUT}, "known are", id="unknown"),
    pytest.param({True: "rows"}, "known are", id="a truth value"),
    pytest.param({"count": "people"}, "“rows” or “units”", id="count of something else"),
    pytest.param({"count": ["rows"]}, "“rows” or “units”", id="count of a list"),
    pytest.param({"sum": "x"}, "it needs settings", id="sum of a name"),
    pytest.param({"sum": ABOUT | {"at": 0.5}}, "sum.at", id="a setting of another kind"),
    pytest.param({"median": ABOUT | {"at": 0.5}}, "median.at", id="median with a share"),
    pytest.param({"sum": {"lower": 0, "upper": 1}}, "needs a column", id="no column"),
    pytest.param({"sum": ABOUT | {"column": True}}, "needs a column", id="column is a truth"),
    pytest.param({"sum": ABOUT | {"unit": "tenths"}}, "whole or in cents", id="unknown unit"),
    pytest.param({"mean": ABOUT | {"upper": None}}, "a lower and an upper", id="no upper bound"),
    pytest.param({"mean": ABOUT | {"upper": 0}}, "lie below", id="an empty range"),
    pytest.param({"mean": ABOUT | {"upper": "many"}}, "not a number", id="a word for a bound"),
    pytest.param({"mean": ABOUT | {"upper": True}}, "not a number", id="a truth for a bound"),
    pytest.param({"mean": ABOUT | {"upper": float("inf")}}, "between ±", id="no end"),
    pytest.param({"mean": ABOUT | {"upper": 10**11}}, "between ±", id="too far"),
    pytest.param({"mean": ABOUT | {"upper": 0.4}}, "count in cents", id="no whole between"),
    pytest.param(
        {"sum": ABOUT | {"upper": 0.004, "unit": "cents"}}, "number of cents", id="no cent between"
    ),
    pytest.param({"median": ABOUT | {"upper": 0.4}}, "count in cents", id="median of nothing"),
    pytest.param({"median": ABOUT | {"step": 0}}, "multiple of 1,", id="no step"),
    pytest.param({"median": ABOUT | {"step": 0.5}}, "multiple of 1,", id="a step too fine"),
    pytest.param(
        {"median": ABOUT | {"unit": "cents", "step": "0.005"}}, "of 0.01", id="half a cent"
    ),
    pytest.param({"median": ABOUT | {"upper": 20_001, "step": 1}}, "20,000 steps", id="too many"),
    pytest.param({"quantile": ABOUT}, "“at” is a share", id="no share"),
    pytest.param({"quantile": ABOUT | {"at": 1}}, "“at” is a share", id="share of all"),
    pytest.param({"quantile": ABOUT | {"at": 0}}, "“at” is a share", id="share of none"),
    pytest.param({"quantile": ABOUT | {"at": 90}}, "“at” is a share", id="percent"),
    pytest.param({"quantile": ABOUT | {"at": 0.1234}}, "three decimals", id="four decimals"),
    pytest.param({"quantile": ABOUT | {"at": True}}, "“at” is a share", id="truth for a share"),
    pytest.param({"histogram": {"column": "x", "edges": [1]}}, "2 to 1,001", id="one edge"),
    pytest.param({"histogram": {"column": "x", "edges": "0-9"}}, "a list", id="edges in a text"),
    pytest.param({"histogram": {"column": "x", "edges": [0, 2, 2]}}, "above", id="equal edges"),
    pytest.param({"histogram": {"column": "x", "edges": [*range(1002)]}}, "2 to", id="too many"),
    pytest.param({"histogram": {"column": "x", "edges": [0, None]}}, "not a number", id="no edge"),
    pytest.param({"histogram": {"column": "x"}}, "a lower and an upper", id="no bars"),
    pytest.param({"histogram": {"edges": [0, 1]}}, "needs a column", id="bars of no column"),
    pytest.param({"histogram": ABOUT | {"bins": 0}}, "from 1 to 1,000", id="no bins"),
    pytest.param({"histogram": ABOUT | {"bins": True}}, "from 1 to 1,000", id="true bins"),
    pytest.param({"histogram": ABOUT | {"bins": 2.0}}, "from 1 to 1,000", id="broken bins"),
    pytest.param(
        {"histogram": ABOUT | {"edges": [0, 1]}}, "not both", id="edges and bounds at once"
    ),
    pytest.param(
        {"histogram": ABOUT | {"upper": "0.00001", "bins": 100}}, "above", id="bins too narrow"
    ),
    pytest.param({"top": 5}, "it needs settings", id="largest without a word"),
    pytest.param({"top": {"of": "rows"}}, "how many", id="largest without a number"),
    pytest.param({"top": {"groups": True}}, "how many", id="true groups"),
    pytest.param({"top": {"groups": 0}}, "1 to 1,000", id="no groups"),
    pytest.param({"top": {"groups": 1_001}}, "1 to 1,000", id="too many groups"),
    pytest.param({"top": {"groups": 3, "of": "cities"}}, "“rows” or of", id="largest of what"),
    pytest.param({"top": {"groups": 3, "by": "city"}}, "top.by", id="unknown setting of largest"),
]


@pytest.mark.parametrize(("raw", "says"), REFUSED)
def test_a_statistic_that_cannot_be_is_refused_in_words(raw: object, says: str) -> None:
    with pytest.raises((MalformedQueryError, BadBoundsError), match=says):
        to_statistic(raw)


@given(raw=st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["column", "lower", "upper", "unit", "at", "step", "edges", "bins"])
        | st.sampled_from(["count", "sum", "median", "quantile", "histogram", "top", "groups"]),
        inner,
        max_size=5,
    ),
    max_leaves=12,
))  # fmt: skip
def test_whatever_a_statistic_says_it_is_read_or_refused(raw: object) -> None:
    try:
        found = to_statistic(raw)
    except ComplianceError:
        return

    assert to_statistic(from_statistic(found)) == found


@given(lower=st.decimals(-(10**10), 10**10, places=2), width=st.decimals("0.5", 10**10, places=2))
def test_the_usual_step_leaves_about_a_thousand_values(lower: Decimal, width: Decimal) -> None:
    upper = min(lower + width, Decimal(10) ** 10)
    if upper - lower < Decimal("0.02"):
        return
    about = {"column": "x", "lower": lower, "upper": upper, "unit": "cents"}
    statistic = to_statistic({"median": about})

    places = candidates(statistic)

    assert 2 <= len(places) <= 1_003
    assert len(places) >= min((upper - lower) * 100, Decimal(200))
    assert (np.diff(places) >= 0).all()


def test_bars_are_named_by_their_edges() -> None:
    edges = tuple(Decimal(edge) for edge in ("-1E+1", "0", "0.50", "1000"))

    assert bars(edges) == ("-10 to 0", "0 to 0.5", "0.5 to 1000")


# ---------------------------------------------------------------------- what they come to


def asked(statistic: dict[str, object], **change: object) -> Any:
    raw = {"unit": "who", "max_rows_per_group": 1, "statistics": [statistic]}
    return to_query({**raw, **change})


def numbers_of(folder: Path, statistic: dict[str, object], values: list[float | None]) -> Any:
    """The answers without noise about people with one value each."""
    query = asked(statistic)
    table, columns = table_of(folder, ROWS, list(enumerate(values)))
    exact = aggregate(table, query, columns, KEY)
    return publish(exact, query, calibrate(query, budget()), SILENCE)  # type: ignore[arg-type]


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(st.decimals(-50, 200, places=2).map(float), min_size=1, max_size=30),
    unit=st.sampled_from(["whole", "cents"]),
)
def test_variance_and_deviation_are_those_of_the_clamped_values(
    tmp_path: Path, values: list[float], unit: str
) -> None:
    about = ABOUT | {"unit": unit}
    per_one = {"whole": 1, "cents": 100}[unit]
    clamped = np.rint(np.clip(np.array(values) * per_one, 0, 100 * per_one)) / per_one

    (variance,) = numbers_of(tmp_path, {"variance": about}, list(values))
    (deviation,) = numbers_of(tmp_path, {"standard_deviation": about}, list(values))

    assert variance.value == pytest.approx(clamped.var(), abs=0.02)
    assert deviation.value == pytest.approx(clamped.std(), abs=0.15)


@pytest.mark.parametrize("kind", ["mean", "variance", "standard_deviation"])
def test_a_margin_is_how_the_number_moves_with_each_of_its_sums(kind: str) -> None:
    """First order, against differences: 10,000 rows around 80, off the middle of the bounds."""
    (statistic,) = asked({kind: ABOUT}).statistics
    roles = {"centred_squares": 9_300_000, "centred_sum": 300_000, "present_rows": 10_000}
    parts = {f"{statistic.name}:{role}": np.array(n) for role, n in roles.items()}
    noise = {
        name: GaussianEvent(statistic=name, sensitivity_squared=1, scale=scale)
        for name, scale in zip(parts, (40_000.0, 1_000.0, 30.0), strict=True)
    }

    def value(**moved: int) -> float:
        changed = {name: n + moved.get(name.partition(":")[2], 0) for name, n in parts.items()}
        return answers(statistic, changed, noise)[0].value

    slopes = [(value(**{role: 1}) - value(**{role: -1})) / 2 for role in roles]

    (answer,) = answers(statistic, parts, noise)
    blurs = [slope * event.scale for slope, event in zip(slopes, noise.values(), strict=True)]
    assert answer.margin == pytest.approx(1.959964 * np.hypot.reduce(blurs), rel=1e-4)


def test_squares_are_of_coarser_steps_where_cents_would_not_fit() -> None:
    wide = asked({"variance": {"column": "x", "lower": 0, "upper": 10**10, "unit": "cents"}})
    (statistic,) = wide.statistics

    squares = parts_of(wide)[0]

    assert square_step(statistic) == -(-reach(statistic) // 2**15)
    assert (reach(statistic) / square_step(statistic)) ** 2 <= squares.per_row <= 2**30
    assert middle(statistic) == 10**12 // 2


@pytest.mark.parametrize(
    ("values", "counts"),
    [
        pytest.param([0.0, 0.29, 0.3, 0.59, 0.6, 1.0], [2, 2, 2], id="a bar holds its lower edge"),
        pytest.param([-5.0, 7.0, 1e300, -1e300], [2, 0, 2], id="outside belongs to the outer bars"),
        pytest.param([0.2, 0.4, None], [1, 1, 0], id="parts of a whole are told apart"),
        pytest.param([-0.0, 0.1 + 0.2], [1, 1, 0], id="binary fractions"),
        pytest.param([None, None], [0, 0, 0], id="no values"),
    ],
)
def test_a_histogram_counts_values_as_they_are(
    tmp_path: Path, values: list[float | None], counts: list[int]
) -> None:
    """Not as they are after rounding to whole steps, which would move them over an edge."""
    found = numbers_of(tmp_path, {"histogram": {"column": "x", "edges": [0, 0.3, 0.6, 1]}}, values)

    assert [v.value for v in found] == counts
    assert [v.cell for v in found] == ["0 to 0.3", "0.3 to 0.6", "0.6 to 1"]


def test_huge_values_are_clamped_without_a_warning(tmp_path: Path) -> None:
    (found,) = numbers_of(tmp_path, {"sum": ABOUT | {"unit": "cents"}}, [1.7e308, -1.7e308, 2.5])

    assert found.value == 102.5


# ---------------------------------------------------------------- groups by calendar and edges


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


CALENDAR = [
    pytest.param("day", ["1969-12-31", "1970-01-01", "2024-02-29", "2024-03-31"], id="day"),
    pytest.param("month", ["1969-12", "1970-01", "2024-02", "2024-03"], id="month"),
    pytest.param("quarter", ["1969-Q4", "1970-Q1", "2024-Q1"], id="quarter"),
    pytest.param("year", ["1969", "1970", "2024"], id="year"),
]


@pytest.mark.parametrize(("per", "keys"), CALENDAR)
def test_moments_are_grouped_by_the_calendar(tmp_path: Path, per: str, keys: list[str]) -> None:
    days = ["1969-12-31 23:59:59", "1970-01-01", "2024-02-29 12:00", "2024-03-31 23:00"]
    orders = [(f"p{i}", "a", moment(day), 1.0, 1) for i, day in enumerate(days)]
    orders.append(("nobody knows when", "a", None, 1.0, 1))

    exact = summed(tmp_path, asked({"count": "rows"}, by=[{"column": "day", "per": per}]), orders)

    assert sorted(key for (key,) in exact.keys) == ["(no value)", *keys]
    assert exact.parts["count_rows:value"].sum() == 5


def test_typed_stretches_of_time_are_found_written_with_or_without_quotes(tmp_path: Path) -> None:
    """YAML reads 2024-02-29 as a date and 2024 as a number."""
    orders = [("ann", "a", moment("2024-02-29 10:00"), 1.0, 1)]
    for per, typed in (("day", dt.date(2024, 2, 29)), ("day", "2024-02-29"), ("year", 2024)):
        query = asked(
            {"count": "rows"}, by=[{"column": "day", "per": per}], public_keys={"day": [typed]}
        )

        assert summed(tmp_path, query, orders).units.tolist() == [1]


def test_numbers_are_grouped_by_their_bars_and_the_outer_ones_take_the_rest(
    tmp_path: Path,
) -> None:
    amounts = [-7.0, 0.0, 9.99, 10.0, 99.0, None]
    orders = [(f"p{i}", "a", None, amount, 1) for i, amount in enumerate(amounts)]
    query = asked({"count": "rows"}, by=[{"column": "amount", "edges": [0, 10, 20]}])

    exact = summed(tmp_path, query, orders)

    assert exact.keys == (("0 to 10",), ("10 to 20",))
    assert exact.units.tolist() == [3, 2]


@pytest.mark.parametrize(
    ("one", "other", "key"),
    [
        pytest.param(
            "2024-01-05 10:00:00.1", "2024-01-05 10:00:00.2", "day", id="parts of seconds"
        ),
        pytest.param(None, "(no value)", "city", id="a word for nothing"),
    ],
)
def test_values_that_are_written_alike_are_one_group(
    tmp_path: Path, one: str | None, other: str, key: str
) -> None:
    orders = [
        (
            who,
            text if key == "city" else "a",
            moment(text) if key == "day" and text else None,
            1.0,
            1,
        )
        for who, text in (("ann", one), ("bob", other))
    ]

    exact = summed(tmp_path, asked({"count": "rows"}, by=[key]), orders)

    assert exact.units.tolist() == [2]
