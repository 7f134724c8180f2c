"""Raw strings become typed columns; every change is told with the rows it touched."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.dataset import RawFile, Table, read, take_in
from compliance.dataset.cleaning import CleanTable, clean
from compliance.dataset.nouns import ColumnName, ColumnType
from compliance.dataset.table import to_parquet


def cleaned(*values: object) -> CleanTable:
    return clean(pa.table({"column": pa.array(values)}))


TYPES = [
    pytest.param(["1", "-2", ""], ColumnType.INTEGER, [1, -2, None], id="integers"),
    pytest.param(["1.5", "2", "-.5"], ColumnType.NUMBER, [1.5, 2, -0.5], id="decimals"),
    pytest.param(
        ["17850.0", "13047.0", ""], ColumnType.INTEGER, [17850, 13047, None], id="float ids"
    ),
    pytest.param(["01", "002"], ColumnType.TEXT, ["01", "002"], id="leading zeros are codes"),
    pytest.param(["1" * 19, "2"], ColumnType.TEXT, ["1" * 19, "2"], id="too long for a number"),
    pytest.param(["1,234", "5"], ColumnType.INTEGER, [1234, 5], id="thousands commas"),
    pytest.param(["1,234.5", "5"], ColumnType.NUMBER, [1234.5, 5], id="thousands and decimals"),
    pytest.param(["1,7", "2"], ColumnType.NUMBER, [1.7, 2], id="decimal comma"),
    pytest.param(["1.234,5", "2"], ColumnType.NUMBER, [1234.5, 2], id="dots and decimal comma"),
    pytest.param(["200.000.000", "1"], ColumnType.INTEGER, [200_000_000, 1], id="dots in groups"),
    pytest.param(["1 234,50", "7"], ColumnType.NUMBER, [1234.5, 7], id="blanks in groups"),
    pytest.param(["$90,000 ", "$5"], ColumnType.INTEGER, [90_000, 5], id="dollars"),
    pytest.param(["12,50 €", "3,00 €"], ColumnType.NUMBER, [12.5, 3], id="euros after"),
    pytest.param(["¥88", "¥1"], ColumnType.INTEGER, [88, 1], id="yuan"),
    pytest.param(["£"], ColumnType.TEXT, ["£"], id="a lone currency sign"),
    pytest.param(["-", "."], ColumnType.TEXT, [None, None], id="signs for nothing"),
    pytest.param(["$1", "2"], ColumnType.TEXT, ["$1", "2"], id="money mixed with numbers"),
    pytest.param(["TRUE", "false"], ColumnType.BOOLEAN, [True, False], id="truth values"),
    pytest.param(["yes", "no"], ColumnType.TEXT, ["yes", "no"], id="words stay words"),
    pytest.param(
        ["2024-02-29", "2023-1-5"],
        ColumnType.DATE,
        [dt.date(2024, 2, 29), dt.date(2023, 1, 5)],
        id="iso dates",
    ),
    pytest.param(
        ["5/14/1965", "04/08/1966"],
        ColumnType.DATE,
        [dt.date(1965, 5, 14), dt.date(1966, 4, 8)],
        id="month first, shown by a 14",
    ),
    pytest.param(
        ["14/5/1965", "04/08/1966"],
        ColumnType.DATE,
        [dt.date(1965, 5, 14), dt.date(1966, 8, 4)],
        id="day first, shown by a 14",
    ),
    pytest.param(
        ["04.08.1966", "05.08.1966"],
        ColumnType.DATE,
        [dt.date(1966, 8, 4), dt.date(1966, 8, 5)],
        id="dots mean day first",
    ),
    pytest.param(["04/08/1966"], ColumnType.TEXT, ["04/08/1966"], id="day or month unclear"),
    pytest.param(["2024-13-45", "x"], ColumnType.TEXT, ["2024-13-45", "x"], id="no dates"),
    pytest.param(["2024-02-30"], ColumnType.TEXT, ["2024-02-30"], id="a day that never was"),
    pytest.param(["2024年2月9日"], ColumnType.DATE, [dt.date(2024, 2, 9)], id="chinese dates"),
    pytest.param(["9 Feb 2024"], ColumnType.DATE, [dt.date(2024, 2, 9)], id="month names"),
    pytest.param(
        ["2010-12-01 08:26:00"],
        ColumnType.TIMESTAMP,
        [dt.datetime(2010, 12, 1, 8, 26)],
        id="moments",
    ),
    pytest.param(
        ["2024-01-01T10:00:00+02:00", "2024-01-01T10:00:00Z"],
        ColumnType.TIMESTAMP,
        [dt.datetime(2024, 1, 1, 8), dt.datetime(2024, 1, 1, 10)],
        id="zones become UTC",
    ),
    pytest.param(
        ["1/13/2024 1:05 PM"],
        ColumnType.TIMESTAMP,
        [dt.datetime(2024, 1, 13, 13, 5)],
        id="afternoon",
    ),
    pytest.param(
        ["2024-01-01 00:00:00"], ColumnType.DATE, [dt.date(2024, 1, 1)], id="midnight only"
    ),
    pytest.param(["", "NA", "null", "?"], ColumnType.TEXT, [None] * 4, id="nothing but missing"),
    pytest.param(["DE", "NA", "FR", "GB"], ColumnType.TEXT, ["DE", "NA", "FR", "GB"], id="Namibia"),
]


@pytest.mark.parametrize(("values", "type_", "expected"), TYPES)
def test_values_come_out_in_the_type_that_all_of_them_fit(
    values: list[str], type_: ColumnType, expected: list[object]
) -> None:
    result = cleaned(*values)

    assert result.columns[0].type is type_
    assert result.table["column"].to_pylist() == expected


STEPS = [
    pytest.param(
        ["17850.0", "17850.0", "3"],
        {"Whole numbers written with decimals (ids ending in .0) restored": 2},
        id="ids",
    ),
    pytest.param(["$1", "$1", "$2"], {"Money amounts read as numbers": 3}, id="money"),
    pytest.param([" a", "a", "b "], {"Blanks around values trimmed": 2}, id="blanks"),
    pytest.param(
        ["a", "N/A", "NULL", ""],
        {"Spellings of “no value” (NA, NULL, ? …) made missing": 2},
        id="missing spellings but not blanks",
    ),
    pytest.param(
        ["14/5/1965", "1/5/1965"], {"Dates read in the order day, month, year": 2}, id="dates"
    ),
    pytest.param(
        ["04/08/1966"],
        {"Dates left as text: no value tells the day from the month": 0},
        id="unclear dates",
    ),
    pytest.param(["1", "2", "3"], {}, id="plain numbers need no step"),
    pytest.param(
        [1.0, None, 2.0],
        {"Whole numbers written with decimals (ids ending in .0) restored": 2},
        id="typed float ids",
    ),
]


@pytest.mark.parametrize(("values", "expected"), STEPS)
def test_every_step_counts_the_rows_it_changed(
    values: list[object], expected: dict[str, int]
) -> None:
    steps = [step for step in cleaned(*values).steps if step.column]

    assert {step.step: step.rows_changed for step in steps} == expected


def test_copies_of_rows_are_counted_and_kept() -> None:
    result = clean(pa.table({"a": ["x", "x", "y"], "b": ["1", "1", "1"]}))

    assert result.table.num_rows == 3
    assert result.steps[-1].step == "1 rows are exact copies of an earlier row (kept)"


def test_columns_count_what_is_missing_and_what_is_different() -> None:
    column = cleaned("a", "b", "", "a").columns[0]

    assert (column.missing, column.distinct) == (1, 2)


@given(st.lists(st.text(max_size=8), min_size=1, max_size=30))
def test_cleaning_twice_is_cleaning_once(values: list[str]) -> None:
    once = clean(pa.table({"column": pa.array(values, pa.string())}))

    twice = clean(once.table)

    assert twice.table.equals(once.table)
    assert not [step for step in twice.steps if step.column]


@given(st.lists(st.text(max_size=8), min_size=1, max_size=30))
def test_no_row_is_lost_and_no_step_holds_a_value(values: list[str]) -> None:
    marked = [f"{value}§secret" for value in values]

    result = clean(pa.table({"column": pa.array(marked, pa.string())}))

    assert result.table.num_rows == len(values)
    assert not [step for step in result.steps if "§secret" in step.step]


def test_codes_and_numbers_of_a_stored_table(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    path.write_bytes(
        to_parquet(
            pa.table(
                {
                    "emp.var.rate": [1.5, None, 1.5],
                    "when": pa.array([dt.date(2020, 1, 2), None, dt.date(2020, 1, 1)]),
                    "who": ["b", "a", None],
                    "ok": [True, None, False],
                }
            )
        )
    )

    table = Table(path)

    assert table.codes("emp.var.rate").codes.tolist() == [0, -1, 0]
    assert table.codes("when").texts() == ["2020-01-02", "2020-01-01"]
    assert table.codes("who").codes.tolist() == [0, 1, -1]
    assert table.numbers("ok").values.tolist() == [1, 0, 0]
    assert table.numbers("emp.var.rate").present.tolist() == [True, False, True]


def test_texts_are_coded_in_the_order_of_rows_however_parquet_holds_them(tmp_path: Path) -> None:
    """Several row groups, each with codes of its own, which run over into plain text."""
    texts = [None if i % 7 == 0 else f"{'long ' * 9}{i * i % 31}" for i in range(200)]
    table = pa.table({"emp.var": texts, "none": pa.array([None] * 200, pa.string())})
    path = tmp_path / "t.parquet"
    pq.write_table(table, path, row_group_size=60, dictionary_pagesize_limit=256, data_page_size=64)

    stored = Table(path)

    coded = stored.codes(ColumnName("emp.var"))
    assert [coded.texts()[code] if code >= 0 else None for code in coded.codes] == texts
    assert coded.texts() == list(dict.fromkeys(text for text in texts if text))
    assert coded.codes.dtype == np.int32
    assert stored.codes(ColumnName("none")).codes.tolist() == [-1] * 200
    assert stored.arrow([ColumnName("emp.var")]).schema.field("emp.var").type == pa.string()


def test_the_same_content_has_the_same_hash_whatever_the_file_was_like() -> None:
    comma = read(RawFile(name="a.csv", data=b"id,city\n1,Bonn\n2,Trier\n"))
    semicolon = read(RawFile(name="b.csv", data="id;city\r\n1;Bonn\r\n2;Trier".encode("utf-16")))

    assert take_in([comma]).sha256 == take_in([semicolon]).sha256


@pytest.mark.realdata
def test_online_retail_comes_out_exactly(shared_data: Path) -> None:
    files = sorted((shared_data / "online_retail" / "by-day").glob("*.csv"))
    raws = [read(RawFile(name=path.name, data=path.read_bytes())) for path in files]

    intake = take_in(raws)

    columns = {column.name: column for column in intake.columns}
    assert len(files) == 305
    assert intake.rows == 541_909
    assert (columns["CustomerID"].distinct, columns["CustomerID"].missing) == (4372, 135_080)
    assert columns["CustomerID"].type is ColumnType.INTEGER
    assert columns["InvoiceDate"].type is ColumnType.TIMESTAMP
    assert columns["Country"].distinct == 38
    assert columns["InvoiceNo"].distinct == 25_900
    assert columns["StockCode"].distinct == 4070
    ids = [s for s in intake.cleaning if s.column == "CustomerID"]
    assert [(step.step, step.rows_changed) for step in ids] == [
        ("Whole numbers written with decimals (ids ending in .0) restored", 406_829)
    ]
    assert "5,268 rows are exact copies of an earlier row (kept)" in {
        step.step for step in intake.cleaning
    }


@pytest.mark.realdata
def test_adventureworks_money_and_dates_are_read(shared_data: Path) -> None:
    path = shared_data / "adventureworks" / "AdventureWorks_Customers.csv"

    intake = take_in([read(RawFile(name=path.name, data=path.read_bytes()))])

    types = {column.name: column.type for column in intake.columns}
    assert intake.rows == 18_148
    assert types["AnnualIncome"] is ColumnType.INTEGER
    assert types["BirthDate"] is ColumnType.DATE
