"""Bytes of every usual kind become raw tables, or a sentence that says what to do."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from compliance.dataset import RawFile, read, read_database_table
from compliance.dataset.readers import stack
from compliance.errors import (
    ArchiveNamedAsTableError,
    BrokenQuotingError,
    ChooseTableError,
    DatabaseError,
    EmptyFileError,
    FileError,
    HeadersDifferError,
    NoRowsError,
    NotATableError,
    TooManyColumnsError,
    UnknownTableError,
)
from compliance.settings import MAX_COLUMNS


def rows_of(
    data: bytes, name: str = "table.csv", table: str | None = None
) -> list[dict[str, object]]:
    found: list[dict[str, object]] = read(RawFile(name=name, data=data), table).table.to_pylist()
    return found


ENCODED = [
    pytest.param("city,note\nKöln,a\nZürich,b\n", "utf-8", id="utf-8"),
    pytest.param("city,note\nKöln,a\nZürich,b\n", "utf-8-sig", id="utf-8 with mark"),
    pytest.param("city,note\nKöln,a\nZürich,b\n", "utf-16", id="utf-16 with mark"),
    pytest.param("city,note\nKoeln,a\nZuerich,b\n", "utf-16-le", id="utf-16 without mark"),
    pytest.param("city,price\nKöln,12 €\nOrléans,3 €\n", "cp1252", id="cp1252"),
    pytest.param("客户编号,姓名,城市\n1001,张伟,北京\n1002,王芳,上海\n", "gbk", id="gbk"),
    pytest.param("订单号,收货地址\nA1,北京市朝阳区建国路88号\n", "gb18030", id="gb18030"),
    pytest.param("客戶編號,姓名,城市\n1001,張偉,臺北\n1002,王芳,高雄\n", "big5", id="big5"),
    pytest.param("顧客番号,氏名,都市\n1001,山田太郎,東京\n", "shift_jis", id="shift-jis"),
    pytest.param("Имя,Город\nИван,Москва\nОльга,Казань\n", "cp1251", id="cyrillic"),
]


def rows_or_refusal(name: str, data: bytes) -> tuple[int, str]:
    """The number of rows read, or the sentence that refuses the file."""
    try:
        return read(RawFile(name=name, data=data)).table.num_rows, ""
    except FileError as refusal:
        return 0, str(refusal)


@pytest.mark.parametrize(("text", "encoding"), ENCODED)
def test_text_is_read_in_the_encoding_that_its_bytes_show(text: str, encoding: str) -> None:
    header, *lines = text.strip().split("\n")

    rows = rows_of(text.encode(encoding))

    assert [list(row) for row in rows[:1]] == [header.split(",")]
    assert [list(row.values()) for row in rows] == [line.split(",") for line in lines]


DELIMITED = [
    pytest.param(b"a,b\n1,x\n2,y\n", id="comma"),
    pytest.param(b"a;b\n1;x\n2;y\n", id="semicolon"),
    pytest.param(b"a\tb\n1\tx\n2\ty\n", id="tab"),
    pytest.param(b"a|b\n1|x\n2|y\n", id="pipe"),
    pytest.param(b"a,b\r\n1,x\r\n2,y\r\n", id="windows line ends"),
    pytest.param(b"a,b\r1,x\r2,y\r", id="old mac line ends"),
    pytest.param(b'"a","b"\n"1","x"\n"2","y"\n', id="all quoted"),
    pytest.param(b"\n\n\na,b\n1,x\n2,y\n\n\n", id="blank lines around"),
    pytest.param(b"# made on a day\na,b\n1,x\n# half way\n2,y\n", id="comments"),
]


@pytest.mark.parametrize("data", DELIMITED)
def test_delimiter_line_ends_and_frame_do_not_matter(data: bytes) -> None:
    assert rows_of(data) == [{"a": "1", "b": "x"}, {"a": "2", "b": "y"}]


HEADERS = [
    pytest.param(b"id,,age\n1,x,3\n", ["id", "column_2", "age"], id="blank name"),
    pytest.param(b"id,name,id\n1,x,3\n", ["id", "name", "id_2"], id="same name twice"),
    pytest.param(b'" a\n b ",c\n1,2\n', ["a b", "c"], id="line break in a name"),
    pytest.param(b"1,2,3\n4,5,6\n", ["column_1", "column_2", "column_3"], id="no header"),
    pytest.param(b"1,english\n2,german\n", ["column_1", "column_2"], id="no header, mixed"),
    pytest.param(b"shop,2019,2020\nA,5,6\nB,7,8\n", ["shop", "2019", "2020"], id="years on top"),
]


@pytest.mark.parametrize(("data", "names"), HEADERS)
def test_headers_are_made_usable(data: bytes, names: list[str]) -> None:
    assert read(RawFile(name="t.csv", data=data)).table.column_names == names


def test_repairs_are_counted() -> None:
    raw = read(RawFile(name="t.csv", data=b"a,b,c\n1,2\n\n1,2,3,4\n1,2,3\n"))

    assert raw.table.num_rows == 4
    assert {step.step: step.rows_changed for step in raw.steps} == {
        "Rows shorter than the header filled with missing values": 1,
        "Cells beyond the header cut off": 1,
        "Empty lines kept as rows without values": 1,
    }


REFUSED = [
    pytest.param("t.csv", b"", EmptyFileError, id="empty"),
    pytest.param("t.csv", b" \n\n", EmptyFileError, id="only blanks"),
    pytest.param("t.csv", b"\xef\xbb\xbf", EmptyFileError, id="only a mark"),
    pytest.param("t.csv", b"a,b,c\n", NoRowsError, id="header only"),
    pytest.param("t.csv", b"\x89PNG\r\n\x1a\n" + bytes(99), NotATableError, id="picture"),
    pytest.param("t.csv", b"%PDF-1.7 ...", NotATableError, id="pdf"),
    pytest.param("t.csv", b"<!DOCTYPE html><html></html>", NotATableError, id="web page"),
    pytest.param("t.csv", bytes(range(1, 32)) * 99, NotATableError, id="binary"),
    pytest.param(
        "t.csv", b"Dear officer we write to you about our shop\n" * 9, NotATableError, id="prose"
    ),
    pytest.param("t.csv", b'a,b\n1,"open\n2,y\n3,z\n', BrokenQuotingError, id="open quote"),
    pytest.param("t.csv", b'a,b\n1,"open', BrokenQuotingError, id="open quote at the end"),
    pytest.param("t.parquet", b"PAR1 but broken", NotATableError, id="broken parquet"),
    pytest.param("t.jsonl", b'{"a": 1}\n{"a": ', NotATableError, id="broken json"),
    pytest.param("t.jsonl", b"[1, 2]", NotATableError, id="json without objects"),
    pytest.param("t.db", b"SQLite format 3\x00" + bytes(50), NotATableError, id="broken sqlite"),
    pytest.param("t.csv.gz", b"\x1f\x8b broken", NotATableError, id="broken gzip"),
]


@pytest.mark.parametrize(("name", "data", "error"), REFUSED)
def test_what_is_no_table_is_refused_in_a_sentence(
    name: str, data: bytes, error: type[FileError]
) -> None:
    with pytest.raises(error) as refusal:
        read(RawFile(name=name, data=data))

    assert name in str(refusal.value)
    assert str(refusal.value).endswith(".")


def test_the_line_of_an_open_quote_is_named() -> None:
    with pytest.raises(BrokenQuotingError, match="line 3"):
        read(RawFile(name="t.csv", data=b'a,b\n1,x\n2,"open\n3,z\n'))


SWALLOWED = [
    pytest.param(b'7,a\n8,"open\n9,b\n10,"open\n11,c\n', 9, id="two marks that were never closed"),
    pytest.param(b'7,a\n8,"open\n9,b\n10,in "the" middle\n', 9, id="closed inside another cell"),
]


@pytest.mark.parametrize(
    "around", [b"1,x\n" * 6, b'1,"x\ny"\n' * 3], ids=["plain", "lines in cells"]
)
@pytest.mark.parametrize(("rows", "line"), SWALLOWED)
def test_a_quotation_mark_that_swallows_rows_is_refused_with_its_line(
    rows: bytes, line: int, around: bytes
) -> None:
    with pytest.raises(BrokenQuotingError, match=f"line {line} "):
        read(RawFile(name="t.csv", data=b"a,b\n" + around + rows))


def test_lines_within_well_quoted_cells_are_kept() -> None:
    rows = rows_of(b'a,b\n1,"two\nlines, ""quoted"""\n2,"x"\n3,5" tape\n')

    assert [row["b"] for row in rows] == ['two\nlines, "quoted"', "x", '5" tape']


def test_too_many_columns_are_refused_with_both_numbers() -> None:
    header = ",".join(f"c{i}" for i in range(10_000))
    data = f"{header}\n{','.join('1' * 10_000)}\n".encode()

    with pytest.raises(TooManyColumnsError, match="10,000"):
        read(RawFile(name="wide.csv", data=data))

    assert MAX_COLUMNS < 10_000


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__DOT__", "."), data)
    return buffer.getvalue()


def test_a_damaged_workbook_is_not_taken_for_an_archive_of_tables() -> None:
    buffer = io.BytesIO()
    openpyxl.Workbook().save(buffer)

    with pytest.raises(NotATableError, match="no readable workbook"):
        read(RawFile(name="orders.xlsx", data=buffer.getvalue()[:200]))


def test_the_line_that_is_no_json_is_named() -> None:
    with pytest.raises(NotATableError, match="line 3 is no valid JSON"):
        read(RawFile(name="t.jsonl", data=b'{"a": 1}\n\n{"a": \n{"a": 2}\n'))


def test_a_zip_under_another_name_is_refused() -> None:
    with pytest.raises(ArchiveNamedAsTableError):
        read(RawFile(name="t.csv", data=zipped(a__DOT__csv=b"a,b\n1,2\n")))


def test_a_zip_with_one_table_is_read_whatever_else_is_in_it() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("orders/t.csv", b"a,b\n1,2\n")
        archive.writestr("__MACOSX/orders/._t.csv", b"junk")
        archive.writestr("orders/.DS_Store", b"junk")
        archive.writestr("readme.md", b"hello")

    assert rows_of(buffer.getvalue(), "t.zip") == [{"a": "1", "b": "2"}]


def test_a_zip_with_several_tables_asks_which() -> None:
    data = zipped(a__DOT__csv=b"a,b\n1,2\n", b__DOT__csv=b"c,d\n3,4\n")

    with pytest.raises(ChooseTableError) as question:
        read(RawFile(name="t.zip", data=data))

    assert question.value.facts["choices"] == ("a.csv", "b.csv")
    assert rows_of(data, "t.zip", "b.csv") == [{"c": "3", "d": "4"}]


def test_gzip_is_unpacked() -> None:
    assert rows_of(gzip.compress(b"a,b\n1,2\n"), "t.csv.gz") == [{"a": "1", "b": "2"}]


def workbook(**sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_the_only_filled_sheet_is_read_with_whole_numbers() -> None:
    data = workbook(empty=[], orders=[[None], ["id", "price"], [1, 2.5], [2, 3.0]])

    assert rows_of(data, "t.xlsx") == [{"id": 1, "price": 2.5}, {"id": 2, "price": 3.0}]


def test_several_sheets_ask_which_and_an_unknown_one_is_named() -> None:
    data = workbook(a=[["x"], [1]], b=[["y"], [2]])

    with pytest.raises(ChooseTableError, match="a, b"):
        read(RawFile(name="t.xlsx", data=data))
    with pytest.raises(UnknownTableError, match="“c”"):
        read(RawFile(name="t.xlsx", data=data), "c")
    assert rows_of(data, "t.xlsx", "b") == [{"y": 2}]


def test_parquet_keeps_its_types() -> None:
    buffer = io.BytesIO()
    pq.write_table(pa.table({"a": [1, None], "b": ["x", "y"]}), buffer)

    raw = read(RawFile(name="t.parquet", data=buffer.getvalue()))

    assert raw.table.to_pylist() == [{"a": 1, "b": "x"}, {"a": None, "b": "y"}]


def test_nested_values_of_parquet_become_json_and_bytes_a_remark() -> None:
    columns = {
        "who": pa.array([{"city": "Köln"}, None]),
        "tags": pa.array([[1, 2], []]),
        "old": pa.array([b"text", None], pa.binary()),
        "raw": pa.array([b"\xff", None], pa.binary()),
    }
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)

    assert rows_of(buffer.getvalue(), "t.parquet") == [
        {"who": '{"city": "Köln"}', "tags": "[1, 2]", "old": "text", "raw": "(binary)"},
        {"who": None, "tags": "[]", "old": None, "raw": None},
    ]


def test_half_a_character_in_json_becomes_a_question_mark() -> None:
    assert rows_of(b'{"a": "x\\ud800", "\\udfff": 1}', "t.jsonl") == [{"a": "x?", "?": 1}]


def test_json_lines_flatten_nested_objects() -> None:
    lines = [{"id": 1, "who": {"city": "Köln"}, "tags": [1, 2]}, {"id": 2}]
    data = "\n".join(json.dumps(line) for line in lines).encode()

    assert rows_of(data, "t.jsonl") == [
        {"id": 1, "who.city": "Köln", "tags": "[1, 2]"},
        {"id": 2, "who.city": None, "tags": None},
    ]


def sqlite_file(tmp_path: Path, *statements: str) -> bytes:
    path = tmp_path / "shop.db"
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path.read_bytes()


def test_sqlite_tables_are_read_by_name_even_with_quotes_in_it(tmp_path: Path) -> None:
    data = sqlite_file(
        tmp_path,
        'create table "od""d" (a integer, b text)',
        'insert into "od""d" values (1, \'x\'), (2, null)',
        "create table other (c)",
    )

    with pytest.raises(ChooseTableError):
        read(RawFile(name="shop.db", data=data))
    assert rows_of(data, "shop.db", 'od"d') == [{"a": 1, "b": "x"}, {"a": 2, "b": None}]


def test_an_sqlite_file_that_keeps_a_log_is_read_as_well(tmp_path: Path) -> None:
    data = sqlite_file(
        tmp_path,
        "pragma journal_mode=wal",
        "create table t (a integer, b text)",
        "insert into t values (1, cast(x'4bf66c6e' as text))",
    )

    assert data[18:20] == b"\x02\x02"
    assert rows_of(data, "shop.db") == [{"a": 1, "b": "K\ufffdln"}]


def test_a_database_at_an_address_gets_usable_column_names(tmp_path: Path) -> None:
    sqlite_file(tmp_path, 'create table t (" a\n", "")', "insert into t values (1, 2)")

    raw = read_database_table(f"sqlite:///{tmp_path / 'shop.db'}")

    assert raw.table.to_pylist() == [{"a": 1, "column_2": 2}]
    assert raw.source.name == "sqlite:shop.db.t"


def test_looking_for_a_database_makes_none(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="no such SQLite file"):
        read_database_table(f"sqlite:///{tmp_path / 'new.db'}")

    assert list(tmp_path.iterdir()) == []


def test_a_database_is_sent_no_credentials_back_in_a_refusal() -> None:
    with pytest.raises(DatabaseError) as refusal:
        read_database_table("postgresql://officer:Xanthippe@host:port/shop")

    assert "Xanthippe" not in str(refusal.value)


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["unix", "windows"])
def test_rows_are_the_same_where_a_long_text_is_cut_into_blocks(end: str) -> None:
    """An uneven row sends the text the careful way, block by block; a cell holds line ends."""
    cell = f"x{end}y" * 40
    rows = [[str(n), cell] for n in range(9_000)]
    lines = [f'{n},"{text}"' for n, text in rows]
    text = end.join(["id,note", *lines, "9000"]) + end

    found = read(RawFile(name="t.csv", data=text.encode())).table

    assert len(text) > 2**20
    assert found.num_rows == 9_001
    assert [list(row.values()) for row in found.slice(0, 9_000).to_pylist()] == rows


def test_a_file_name_is_kept_on_one_line() -> None:
    raw = read(RawFile(name="a\nb\x1b[2J\udcff.csv", data=b"a,b\n1,2\n"))

    assert raw.source.name == "a\ufffdb\ufffd[2J\ufffd.csv"


def test_files_of_one_header_become_one_table_whatever_the_order_of_columns() -> None:
    first = read(RawFile(name="a.csv", data=b"a,b\n1,x\n"))
    second = read(RawFile(name="b.csv", data=b"b,a\ny,2\n"))

    assert stack([first, second]).table.to_pylist() == [{"a": "1", "b": "x"}, {"a": "2", "b": "y"}]


def test_files_of_other_headers_are_refused_and_the_difference_named() -> None:
    first = read(RawFile(name="a.csv", data=b"a,b\n1,x\n"))
    second = read(RawFile(name="b.csv", data=b"a,c\n1,x\n"))

    with pytest.raises(HeadersDifferError, match="b, c"):
        stack([first, second])


CELLS = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00\r", exclude_categories=["Cc", "Cs"]),
    max_size=12,
).map(str.strip)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=20))
def test_what_a_csv_writer_wrote_is_read_back(rows: list[tuple[str, str, str]]) -> None:
    import csv

    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    writer.writerow(["alpha", "beta", "gamma"])
    writer.writerows(rows)

    found = rows_of(buffer.getvalue().encode())

    assert [tuple(row.values()) for row in found] == rows


@given(st.binary(max_size=300))
def test_no_bytes_whatever_cause_anything_but_a_table_or_a_refusal(data: bytes) -> None:
    rows, refusal = rows_or_refusal("any.csv", data)

    assert rows > 0 or refusal.startswith("any.csv")


@pytest.mark.realdata
def test_hostile_files_load_as_their_truth_says(shared_data: Path) -> None:
    folder = shared_data / "csv_hostile_shared"
    cases = yaml.safe_load((folder / "truth.yaml").read_text(encoding="utf-8"))["cases"]
    shapes = {}
    for case in cases:
        path = folder / case["file"]
        table = read(RawFile(name=path.name, data=path.read_bytes())).table
        shapes[case["file"]] = (table.num_rows, table.num_columns)

    assert shapes == {case["file"]: (case["data_rows"], case["columns"]) for case in cases}


@pytest.mark.realdata
def test_csv_spectrum_cells_are_read_as_its_authors_expect(shared_data: Path) -> None:
    folder = shared_data / "csv_hostile_shared" / "csv-spectrum"
    for path in sorted((folder / "csvs").glob("*.csv")):
        expected = json.loads((folder / "json" / f"{path.stem}.json").read_text(encoding="utf-8"))
        # The stored newlines_crlf.csv holds plain line feeds, its expectation carriage returns.
        wanted = json.loads(json.dumps(expected).replace("\\r\\n", "\\n"))

        assert rows_of(path.read_bytes(), path.name) == wanted, path.name


@pytest.mark.realdata
def test_every_hostile_file_is_a_table_or_a_sentence(shared_data: Path) -> None:
    files = [p for p in (shared_data / "csv_hostile_shared").rglob("*") if p.is_file()]
    for path in files:
        rows, refusal = rows_or_refusal(path.name, path.read_bytes())

        assert rows > 0 or refusal.startswith(path.name), path.name

    assert len(files) > 200


@pytest.mark.parametrize(
    ("address", "why"),
    [
        pytest.param("postgresql+psycopg://officer@127.0.0.1:1/shop", "not answer", id="no server"),
        pytest.param("mysql+pymysql://127.0.0.1/shop", "driver is not installed", id="no driver"),
    ],
)
def test_a_database_that_cannot_be_reached_is_refused_in_a_sentence(address: str, why: str) -> None:
    with pytest.raises(DatabaseError, match=why):
        read_database_table(address, "orders")
