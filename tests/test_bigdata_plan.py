"""One plan, three engines and memory: the same integers, whatever the cells hold."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from compliance.anonymise.models import measure_table
from compliance.dataset.kept.engines import Room, opened
from compliance.dataset.nouns import Column, ColumnName, ColumnType, Description, Engine
from compliance.privacy import to_query
from compliance.privacy.nouns.question import Query
from compliance.privacy.relational import aggregate_elsewhere
from compliance.settings import Settings
from compliance.workspace import Workspace
from compliance.workspace.data import elsewhere
from tests.bigdata_cases import (
    KEY,
    QUIET,
    SCHEMA,
    Engines,
    by_numpy,
    choices,
    in_memory,
    many,
    plain,
)
from tests.postgresql import Server

pytestmark = QUIET

TYPES = {
    "who": ColumnType.TEXT,
    "id": ColumnType.INTEGER,
    "city": ColumnType.TEXT,
    "day": ColumnType.DATE,
    "at": ColumnType.TIMESTAMP,
    "seen": ColumnType.TIMESTAMP,
    "amount": ColumnType.NUMBER,
    "price": ColumnType.NUMBER,
    "small": ColumnType.INTEGER,
    "yes": ColumnType.BOOLEAN,
}
COLUMNS = tuple(Column(name=ColumnName(n), type=t) for n, t in TYPES.items())

# What collations, case folding and normal forms take for one, and what the desk says itself.
TEXTS = ["", "a", "A", "ä", "a\u0308", "ß", "SS", "İ", "i\u0307", "é", "é ", " é", "\\x41", "o'x"]
TEXTS += ['"', "(no value)", "北京", "🙂", "a,b", "0", "-0", "NULL", "%", "\t"]
FLOATS = [0.0, -0.0, 0.5, 1.5, 2.5, 0.005, 0.015, 1.005, -2.5, 1e300, -1e300, 49.995, 7.0]
FLOATS += [float("nan"), float("inf"), float("-inf"), 2.0**53, 0.1 + 0.2]
MOMENTS = st.datetimes(dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31, 23, 59, 59)) | st.datetimes(
    dt.datetime(1969, 12, 30), dt.datetime(1970, 1, 3)
)
CENTS = st.integers(-(10**11), 10**11) | st.integers(-500, 9_000)


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "who": maybe(st.sampled_from(TEXTS)),
            "id": maybe(st.sampled_from([0, -1, 7, 2**63 - 1, -(2**63)])),
            "city": maybe(st.sampled_from(TEXTS)),
            "day": maybe(MOMENTS.map(dt.datetime.date)),
            "at": maybe(MOMENTS),
            "seen": maybe(MOMENTS.map(lambda at: at.replace(tzinfo=dt.UTC))),
            "amount": maybe(st.sampled_from(FLOATS) | st.floats(-100, 100)),
            "price": maybe(CENTS.map(lambda n: Decimal(n) / 100)),
            "small": maybe(st.integers(-(2**15), 2**15 - 1)),
            "yes": maybe(st.booleans()),
        }
    ),
    min_size=1,
    max_size=40,
)
BYS: list[dict[str, Any]] = [
    {},
    {"by": ["city"]},
    {"by": ["city", "yes"], "public_keys": {"city": ["a", "A", "İ", "(no value)"]}},
    {"by": ["yes", "city"], "public_keys": {"city": ["ß", "SS"], "yes": ["True", "False"]}},
    {"by": ["day"]},
    {"by": ["at"]},
    {"by": ["seen", "small"]},
    {"by": [{"column": "amount", "edges": [-10, 0, "0.5", 50]}, "yes"]},
    {"by": [{"column": "at", "per": "quarter"}, {"column": "small", "edges": [-5, 0, 100]}]},
    {
        "by": ["yes", {"column": "seen", "per": "year"}],
        "period": {"column": "seen", "per": "year", "most": 2},
    },
    {
        "by": [{"column": "day", "per": "month"}, "city"],
        "period": {"column": "day", "per": "month", "most": 1},
    },
]
WHERES = ["", "amount > 0.1 and yes = true", "city != 'a'", "who = 'A' and id >= -1"]
WHERES += ["at < 1970-01-01", "day >= '1969-12-31'", "seen > '2000-01-01T12:00'", "price <= 12.34"]
STATISTICS: list[dict[str, Any]] = [
    {"count": "rows"},
    {"count": "units"},
    {"sum": {"column": "amount", "lower": 0, "upper": 50, "unit": "cents"}},
    {"sum": {"column": "price", "lower": -5, "upper": 90, "unit": "cents"}},
    {"sum": {"column": "id", "lower": -3, "upper": 10}},
    {"mean": {"column": "amount", "lower": -3, "upper": 4}},
    {"mean": {"column": "yes", "lower": 0, "upper": 1}},
    {"variance": {"column": "small", "lower": -1000, "upper": 99_999}},
    {"standard_deviation": {"column": "price", "lower": 0, "upper": 100_000, "unit": "cents"}},
    {"median": {"column": "amount", "lower": -5, "upper": 50, "step": 7, "unit": "cents"}},
    {"quantile": {"column": "small", "lower": -9, "upper": 9, "step": 1, "at": 0.25}},
    {"histogram": {"column": "amount", "edges": [-50, 0, 1, 49]}},
    {"top": {"groups": 2, "of": "units"}},
]
QUERIES = st.builds(
    lambda unit, by, where, statistics, groups, rows: to_query(
        {"unit": unit, "max_groups": groups, "max_rows_per_group": rows, "where": where}
        | by
        | {"statistics": [s for s in statistics if by or "top" not in s] or STATISTICS[:1]}
    ),
    st.sampled_from(["who", "id"]),
    st.sampled_from(BYS),
    st.sampled_from(WHERES),
    st.lists(st.sampled_from(STATISTICS), min_size=1, max_size=4, unique_by=str),
    st.integers(1, 3),
    st.integers(1, 3),
)


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Engines:
    return Engines(folder=tmp_path_factory.mktemp("kept"))


def check_equal(engines: Engines, engine: Engine, rows: list[dict[str, Any]], query: Query) -> None:
    table = pa.Table.from_pylist(rows, schema=SCHEMA)
    found = engines.answer(engines.keep(table, engine), query)
    expected = by_numpy(table, query, COLUMNS)

    assert plain(found, query) == plain(expected, query)
    assert choices(found, query) == choices(expected, query)


def law(examples: int) -> Any:
    # Smaller examples of a failure would take minutes where each starts jobs in an engine.
    return settings(
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


@law(60)
@given(rows=ROWS, query=QUERIES)
def test_duckdb_finds_what_memory_does(
    engines: Engines, rows: list[dict[str, Any]], query: Query
) -> None:
    check_equal(engines, Engine.DUCKDB, rows, query)


def test_what_does_not_fit_into_memory_is_put_aside_and_thrown_away(tmp_path: Path) -> None:
    place = Engines(folder=tmp_path).keep(many(200_000, 100_000), Engine.DUCKDB)
    query = to_query({"unit": "who", "by": ["city"], "statistics": STATISTICS[:3]})
    answers = []
    for memory_gb in (1.0, 0.06):
        room = Room(folder=tmp_path / "spill", memory_gb=memory_gb)
        with opened(place, {}, room) as found:
            exact = aggregate_elsewhere(found.cells, query, COLUMNS, KEY, found.ask)
            answers.append(plain(exact, query))

    assert answers[0] == answers[1]
    assert not list((tmp_path / "spill").iterdir())


@law(40)
@given(rows=ROWS, query=QUERIES)
def test_postgresql_finds_what_memory_does_whatever_its_collation(
    engines: Engines, postgresql: Server, rows: list[dict[str, Any]], query: Query
) -> None:
    if engines.server is None:
        engines.start(postgresql)

    check_equal(engines, Engine.POSTGRESQL, rows, query)


@law(3)
@given(rows=ROWS, query=QUERIES)
def test_spark_finds_what_memory_does(
    engines: Engines, rows: list[dict[str, Any]], query: Query
) -> None:
    check_equal(engines, Engine.SPARK, rows, query)


def test_a_workspace_discovers_measures_and_releases_on_spark(
    engines: Engines, tmp_path: Path
) -> None:
    table = many(2_000, 200)
    place = engines.keep(table, Engine.SPARK)
    environment = {"PRIVACY_DESK_WAREHOUSES": f"lake={engines.spark}"}
    workspace = Workspace(Settings.from_environment(environment, home=tmp_path / "desk"))
    said = Description(unit=ColumnName("who"))
    query = to_query({"unit": "who", "by": ["city"], "statistics": STATISTICS[:3]})

    dataset = workspace.keeping.add(f"lake:{place.table}", "orders", said)

    exact = elsewhere.aggregate(dataset, query, workspace.settings, KEY)
    risk = workspace.anonymisation.risk("orders", [ColumnName("city"), ColumnName("yes")])
    assert plain(exact, query) == plain(by_numpy(table, query, COLUMNS), query)
    assert (dataset.rows, dataset.column("city").distinct) == (2_000, 8)
    assert workspace.discover("orders").sampled_rows == 2_000
    assert (
        risk.sizes
        == measure_table(
            in_memory(table), [ColumnName("city"), ColumnName("yes")], unit=said.unit
        ).sizes
    )
