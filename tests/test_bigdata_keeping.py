"""A table that is kept elsewhere joins the normal flow, and no row of it comes to lie here."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from compliance.anonymise.models import measure_table
from compliance.dataset import RawFile
from compliance.dataset.kept.places import to_place, to_warehouses
from compliance.dataset.nouns import ColumnName, Dataset, Description, Engine, Place
from compliance.errors import (
    AlreadyStoredError,
    FileMissingError,
    JoinError,
    KeptElsewhereError,
    MalformedQueryError,
    SourceChangedError,
    TakenNameError,
    UnknownWarehouseError,
    WarehouseError,
    WorkspaceError,
)
from compliance.privacy import to_query
from compliance.privacy.nouns import Budget
from compliance.rights.nouns import Identifier, IdentifierKind
from compliance.settings import Settings
from compliance.workspace import Workspace
from compliance.workspace.data import elsewhere
from compliance.workspace.tracing.persons import trace
from tests.bigdata_cases import QUIET, Engines, by_numpy, in_memory, many, plain
from tests.postgresql import Server

pytestmark = QUIET

SAID = Description(
    unit=ColumnName("who"), population="customers", region="DE", data_subjects="customers"
)
QUERY = to_query(
    {
        "unit": "who",
        "by": ["city"],
        "max_groups": 2,
        "max_rows_per_group": 2,
        "statistics": [
            {"count": "rows"},
            {"sum": {"column": "amount", "lower": 0, "upper": 300, "unit": "cents"}},
        ],
    }
)
ALL = to_query({"unit": "who", "statistics": [{"count": "units"}]})
ASKED = Budget(epsilon=Decimal(1), delta=Decimal("1e-6"))


@pytest.fixture
def orders() -> pa.Table:
    return many(3_000, 300)


@pytest.fixture
def path(tmp_path: Path, orders: pa.Table) -> Path:
    """A folder of two Parquet files."""
    folder = tmp_path / "lake" / "orders"
    folder.mkdir(parents=True)
    pq.write_table(orders.slice(0, 1_000), folder / "a.parquet")
    pq.write_table(orders.slice(1_000), folder / "b.parquet")
    return folder


@pytest.fixture
def kept(workspace: Workspace, path: Path) -> Dataset:
    return workspace.keeping.add(str(path), "orders", SAID)


def test_a_kept_table_is_a_dataset_like_others_but_no_row_is_copied(
    workspace: Workspace, kept: Dataset, path: Path
) -> None:
    found = workspace.dataset("orders")

    assert found == kept
    assert (found.rows, [c.name for c in found.columns][:3]) == (3_000, ["who", "id", "city"])
    assert found.kept == Place(engine=Engine.DUCKDB, table=str(path))
    assert found.sources[0].name == "orders"
    assert not list((workspace.settings.home / "datasets").iterdir())
    assert not list((workspace.settings.home / "spill").iterdir())


def test_a_release_pays_and_is_told_as_ever(workspace: Workspace, kept: Dataset) -> None:
    query = replace(QUERY, public_keys={ColumnName("city"): ("Bonn", "Ulm", "北京")})
    seen = workspace.preview("orders", query, ASKED)
    published = workspace.release("orders", query, Decimal(1))

    exact = {row.keys: row.size for row in seen.rows if row.statistic == "count_rows"}
    drawn = {v.keys: v.value for v in published.values if v.statistic == "count_rows"}
    assert exact.keys() == drawn.keys()
    assert all(abs(drawn[key] - exact[key]) < 500 for key in exact)
    assert workspace.budget("customers").spends
    assert published.dropped == seen.dropped
    acts = [entry.act for entry in workspace.entries()]
    assert acts[:2] == ["release.publish", "release.reserve"]
    assert acts[-1] == "dataset.keep"
    assert workspace.verify_trail().ok
    assert workspace.disclosure("orders", published.id)


def test_the_exact_answer_is_that_of_memory(
    workspace: Workspace, kept: Dataset, orders: pa.Table
) -> None:
    settings, key = workspace.settings, b"k" * 32

    found = elsewhere.aggregate(kept, QUERY, settings, key)

    assert plain(found, QUERY) == plain(by_numpy(orders, QUERY, kept.columns), QUERY)


def test_discovery_looks_at_the_same_sample_each_time_and_says_so(
    workspace: Workspace, kept: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elsewhere, "SAMPLE_ROWS", 500)

    first, again = (workspace.discover("orders") for _ in range(2))

    assert first.sampled_rows == 500
    assert first.labels == again.labels
    assert not first.rare
    assert [la.column for la in first.labels] == [c.name for c in kept.columns]
    assert workspace.entries(1)[0].facts["sampled_rows"] == 500


def test_rows_that_are_alike_are_drawn_one_by_one(workspace: Workspace, tmp_path: Path) -> None:
    values = ["x"] * 9_000 + ["y"] * 1_000
    pq.write_table(pa.table({"a": values}), tmp_path / "two.parquet")
    dataset = workspace.keeping.add(str(tmp_path / "two.parquet"), "two")
    settings, key = workspace.settings, b"k" * 32
    drawn = elsewhere.SAMPLE_ROWS

    try:
        elsewhere.SAMPLE_ROWS = 2_000
        codes = elsewhere.sample(dataset, settings, key).codes(ColumnName("a"))
    finally:
        elsewhere.SAMPLE_ROWS = drawn

    share = np.mean([codes.texts()[code] == "x" for code in codes.codes])
    # Fixed by the key: five standard deviations of 0.6 points around nine tenths.
    assert 0.87 < share < 0.93


@pytest.mark.parametrize("unit", [None, "who"])
@pytest.mark.parametrize("quasi", [["city"], ["city", "yes", "small"], ["day", "amount"]])
def test_risk_is_that_of_all_rows(
    workspace: Workspace, path: Path, orders: pa.Table, quasi: list[str], unit: str | None
) -> None:
    said = replace(SAID, unit=ColumnName(unit) if unit else None)
    workspace.keeping.add(str(path), "orders", said)
    columns = [ColumnName(name) for name in quasi]

    found = workspace.anonymisation.risk("orders", columns, sampling_fraction=0.1)

    expected = measure_table(in_memory(orders), columns, unit=said.unit, sampling_fraction=0.1)
    assert found.prosecutor.mean == pytest.approx(expected.prosecutor.mean, abs=1e-12)
    assert (
        replace(
            found,
            prosecutor=expected.prosecutor,
            journalist=expected.journalist,
            marketer=expected.marketer,
        )
        == expected
    )


def _refused(workspace: Workspace) -> dict[str, Callable[[], object]]:
    who = ColumnName("who")
    return {
        "attack": lambda: workspace.probing.try_attacks("orders", QUERY, ASKED),
        "bounds": lambda: workspace.propose_bounds("orders", QUERY, [ColumnName("amount")], ASKED),
        "error": lambda: workspace.probing.compare_error("orders", QUERY, ASKED, "orders"),
        "l and t": lambda: workspace.anonymisation.risk(
            "orders", [ColumnName("city")], [ColumnName("small")]
        ),
        "singling out": lambda: workspace.anonymisation.singling_out("orders"),
        "propose": lambda: workspace.anonymisation.propose("orders"),
        "quasi": lambda: workspace.anonymisation.quasi("orders", who),
    }


@pytest.mark.parametrize("verb", _refused(None))  # type: ignore[arg-type]
def test_what_needs_the_rows_here_is_refused_in_one_sentence(
    workspace: Workspace, kept: Dataset, verb: str
) -> None:
    with pytest.raises(KeptElsewhereError, match=r"orders is kept elsewhere, so its rows are not"):
        _refused(workspace)[verb]()


def test_what_engines_do_not_do_alike_is_refused(workspace: Workspace, kept: Dataset) -> None:
    raw: dict[str, Any] = {"unit": "who", "statistics": [{"count": "units"}]}
    with pytest.raises(MalformedQueryError, match="divide it by edges"):
        workspace.preview("orders", to_query(raw | {"by": ["amount"]}), ASKED)
    with pytest.raises(MalformedQueryError, match="texts or whole numbers tell people apart"):
        workspace.preview("orders", to_query(raw | {"unit": "price"}), ASKED)


def test_a_kept_table_is_not_joined(workspace: Workspace, kept: Dataset) -> None:
    people = b"who,age\n" + b"".join(b"P%07d,%d\n" % (n, 20 + n % 50) for n in range(50))
    workspace.add_files([RawFile(name="people.csv", data=people)], "people", SAID)
    raw = {"unit": "who", "statistics": [{"count": "units"}]}
    here = to_query(raw | {"by": ["people.age"], "join": [{"dataset": "people", "unit": "who"}]})
    there = to_query(raw | {"by": ["orders.city"], "join": [{"dataset": "orders", "unit": "who"}]})

    with pytest.raises(MalformedQueryError, match="are not joined"):
        workspace.preview("orders", here, ASKED)
    with pytest.raises((KeptElsewhereError, JoinError)):
        workspace.preview("people", there, ASKED)


def test_changed_files_are_refused_until_they_are_registered_again(
    workspace: Workspace, kept: Dataset, path: Path, orders: pa.Table
) -> None:
    pq.write_table(orders.slice(0, 10), path / "c.parquet")

    with pytest.raises(SourceChangedError, match="its files have changed"):
        workspace.release("orders", QUERY, Decimal(1))
    again = workspace.keeping.add(str(path), "orders")

    assert (again.version, again.rows, again.description) == (2, 3_010, kept.description)
    assert workspace.preview("orders", QUERY, ASKED)
    assert workspace.keeping.add(str(path), "orders") == again


def test_a_name_is_either_kept_or_held(workspace: Workspace, kept: Dataset, path: Path) -> None:
    with pytest.raises(TakenNameError):
        workspace.add_files([RawFile(name="o.csv", data=b"a\n1\n")], "orders")
    workspace.add_files([RawFile(name="o.csv", data=b"a\n1\n")], "other")
    pq.write_table(many(10, 5), path.parent / "more.parquet")
    with pytest.raises(TakenNameError):
        workspace.keeping.add(str(path.parent / "more.parquet"), "other")
    with pytest.raises(AlreadyStoredError):
        workspace.keeping.add(str(path), "third")


def test_duties_are_assessed_and_people_are_told_that_it_was_not_searched(
    workspace: Workspace, kept: Dataset
) -> None:
    workspace.discover("orders")
    assessed = workspace.assess()
    desk = workspace._desk
    with desk.database.reading() as connection:
        given = [Identifier(kind=IdentifierKind.PERSON_KEY, value="P0000001")]
        found = trace(desk, connection, given)

    assert {v.subject for v in assessed.verdicts} & {"orders"}
    assert found.skipped["orders@1"].startswith("It is kept elsewhere, so its rows are not here")


def test_columns_of_kinds_without_use_are_left_out_and_named(
    workspace: Workspace, tmp_path: Path
) -> None:
    table = pa.table({"who": ["a", "b"], "tags": [["x"], []], "raw": [b"1", b"2"]})
    pq.write_table(table, tmp_path / "lists.parquet")

    dataset = workspace.keeping.add(str(tmp_path / "lists.parquet"), "lists")

    assert dataset.column_names == ("who",)
    assert [step.column for step in dataset.cleaning] == ["tags", "raw"]


def test_places_are_read_and_no_address_is_shown() -> None:
    said = "sales=postgresql://me:secret@host/shop?a=b lake=spark://host:7077 here=local[2]"
    warehouses = to_warehouses(said)

    assert {n: str(w.engine) for n, w in warehouses.items()} == {
        "sales": "postgresql",
        "lake": "spark",
        "here": "spark",
    }
    assert warehouses["sales"].address == "postgresql://me:secret@host/shop?a=b"
    assert "secret" not in repr(warehouses)
    place = to_place("sales:public.orders", warehouses)
    assert (place.warehouse, place.table) == ("sales", "public.orders")
    assert to_place("lake:s3a://bucket/orders", warehouses).table == "s3a://bucket/orders"


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("sales:orders; drop table x", WarehouseError),
        ('sales:"orders"', WarehouseError),
        ("sales:a.b.c", WarehouseError),
        ("nowhere:orders", UnknownWarehouseError),
        ("/no/such/file.parquet", FileMissingError),
        ("", FileMissingError),
    ],
)
def test_a_place_that_is_none_is_refused(
    typed: str, error: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error):
        to_place(typed, to_warehouses("sales=postgresql://me:secret@host/shop"))


@pytest.mark.parametrize("said", ["postgresql://x", "a=mysql://me:secret@x", "a=local a=local"])
def test_a_setting_that_names_no_warehouse_is_refused_without_repeating_it(said: str) -> None:
    with pytest.raises(WarehouseError) as refused:
        to_warehouses(said)
    assert "secret" not in str(refused.value)


def test_the_memory_of_the_engine_is_a_whole_number(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="PRIVACY_DESK_ENGINE_MEMORY_GB"):
        Settings.from_environment({"PRIVACY_DESK_ENGINE_MEMORY_GB": "2GB"}, home=tmp_path)


@pytest.fixture
def there(postgresql: Server, tmp_path: Path, orders: pa.Table) -> tuple[Engines, Place, Workspace]:
    """The orders in a PostgreSQL, and a workspace that knows it as `sales`."""
    engines = Engines(folder=tmp_path)
    engines.start(postgresql)
    place = engines.keep(orders, Engine.POSTGRESQL)
    address = postgresql.address(engines.database).replace("postgres@", "postgres:s3cr3t@")
    environment = {"PRIVACY_DESK_WAREHOUSES": f"sales={address}"}
    return engines, place, Workspace(Settings.from_environment(environment, home=tmp_path / "desk"))


def test_a_table_of_postgresql_stays_there_and_its_address_is_in_no_record(
    there: tuple[Engines, Place, Workspace], orders: pa.Table
) -> None:
    _, place, workspace = there
    dataset = workspace.keeping.add(f"sales:{place.table}", "orders", SAID)
    workspace.discover("orders")
    published = workspace.release("orders", QUERY, Decimal(1))

    exact = elsewhere.aggregate(dataset, QUERY, workspace.settings, b"k" * 32)
    assert plain(exact, QUERY) == plain(by_numpy(orders, QUERY, dataset.columns), QUERY)
    assert published.values
    written = (workspace.settings.home / "records.sqlite").read_bytes()
    written += b"".join(p.read_bytes() for p in workspace.settings.home.glob("records.sqlite-*"))
    assert b"s3cr3t" not in written
    assert b"P0000001" not in written


def test_nothing_is_ever_written_in_a_warehouse(
    there: tuple[Engines, Place, Workspace],
) -> None:
    _, place, workspace = there

    with elsewhere.at(place, workspace.settings) as found, pytest.raises(psycopg.Error):
        found.cells.table.get_backend().raw_sql("delete from " + place.table)  # noqa: S608


def test_a_column_that_is_gone_is_refused_and_a_new_row_is_not(
    there: tuple[Engines, Place, Workspace], postgresql: Server
) -> None:
    engines, place, workspace = there
    workspace.keeping.add(f"sales:{place.table}", "orders", SAID)
    with postgresql.connection(engines.database) as connection:
        added = f"insert into {place.table} (who, city) values ('new', 'Ulm')"  # noqa: S608
        connection.execute(added)  # type: ignore[arg-type]
    assert workspace.preview("orders", QUERY, ASKED)
    with postgresql.connection(engines.database) as connection:
        connection.execute(f"alter table {place.table} drop column yes")  # type: ignore[arg-type]

    with pytest.raises(SourceChangedError, match="its columns have changed"):
        workspace.release("orders", ALL, Decimal(1))


def test_a_warehouse_that_refuses_is_told_in_words_without_its_own(
    there: tuple[Engines, Place, Workspace], postgresql: Server
) -> None:
    engines, _, workspace = there
    with postgresql.connection(engines.database) as connection:
        fails = "1 / (random() * 0)::int as n"
        view = f"create view bad as select 'Canary'::text as who, {fails}"
        connection.execute(view)  # type: ignore[arg-type]

    for table in ("nothing", "bad"):
        with pytest.raises(WarehouseError) as refused:
            workspace.keeping.add(f"sales:{table}", "orders")
        assert "Canary" not in str(refused.value)
        assert refused.value.__cause__ is None


def test_a_database_without_utf8_is_refused(postgresql: Server, tmp_path: Path) -> None:
    name = postgresql.new_database(encoding="'LATIN1'", locale="'C'")
    environment = {"PRIVACY_DESK_WAREHOUSES": f"old={postgresql.address(name)}"}
    workspace = Workspace(Settings.from_environment(environment, home=tmp_path / "desk"))

    with pytest.raises(WarehouseError, match="does not store texts as UTF-8"):
        workspace.keeping.add("old:orders", "orders")


def test_facts_of_the_act_name_no_folder(workspace: Workspace, kept: Dataset, path: Path) -> None:
    (entry,) = (e for e in workspace.entries() if e.act == "dataset.keep")

    assert entry.facts["engine"] == "duckdb"
    assert str(path.parent) not in json.dumps(entry.facts, default=str)
