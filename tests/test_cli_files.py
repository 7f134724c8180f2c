"""Whatever lies in a file, and whatever it is called: a dataset, or one plain line and no trace."""

from __future__ import annotations

import csv
import gzip
import io
import random
import shutil
import zipfile
from functools import reduce
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.cli_cases import PLAN, QUERY, filled, refused, run, written
from tests.conftest import CANARY_COUNTRY as CANARY


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, orders_csv: bytes) -> Path:
    """One workspace for all refusals: each leaves it as it was."""
    return filled(tmp_path_factory.mktemp("refusals"), orders_csv)


@pytest.fixture
def own(home: Path, tmp_path: Path) -> Path:
    """A copy of it, for what does change something."""
    shutil.copytree(home, tmp_path / "own")
    return tmp_path / "own"


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.csv", data)
    return buffer.getvalue()


def parquet(**columns: object) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


def packed(times: int) -> bytes:
    return reduce(lambda data, _: gzip.compress(data), range(times), b"a,b\n1,2\n")


WIDE = ",".join(f"c{i}" for i in range(10_000)) + "\n" + ",".join([CANARY] * 10_000) + "\n"
PROSE = f"Dear officer we met {CANARY} in the shop and would like to tell you of it\n" * 9
JSON = f'{{"a": "{CANARY}"}}\n'
FILES = [
    pytest.param("t.csv", b"\x89PNG\r\n\x1a\n" + CANARY.encode() * 9, "a picture", id="picture"),
    pytest.param("t.csv", b"%PDF-1.7\n" + CANARY.encode(), "a PDF document", id="pdf"),
    pytest.param("t.csv", random.Random(7).randbytes(9_999), "binary data", id="random bytes"),
    pytest.param("t.csv", f"<html><p>{CANARY}</p></html>", "web page", id="web page"),
    pytest.param("t.csv", PROSE, "no columns", id="prose"),
    pytest.param("t.csv", b"", "is empty", id="empty"),
    pytest.param("t.csv", f"{CANARY[:3]},b\n", "no rows", id="header only"),
    pytest.param("t.csv", WIDE, "10,000 columns; at most 2,000", id="10,000 columns"),
    pytest.param("t.csv", f'a,b\n1,x\n2,"{CANARY}\n3,y\n', "on line 3", id="open quote"),
    pytest.param("t.csv", zipped(t=f"a,b\n1,{CANARY}".encode()), "ZIP archive", id="zip as csv"),
    pytest.param("t.zip", zipped(), "is empty", id="empty zip"),
    pytest.param("t.zip", zipped(a=b"a\n1", b=b"b\n2"), "a.csv, b.csv", id="zip of two"),
    pytest.param("t.zip", zipped(a=b"a\n1")[:-30], "damaged", id="torn zip"),
    pytest.param("t.csv.gz", packed(5), "packed too many times", id="gzip in gzip"),
    pytest.param("t.jsonl", JSON + '{"a": ', "no valid JSON", id="torn json"),
    pytest.param("t.jsonl", "{}\n{}\n", "no rows", id="objects without fields"),
    pytest.param("t.jsonl", '{"a":' * 2_000 + "1" + "}" * 2_000, "too deeply", id="deep json"),
    pytest.param("t.parquet", f"PAR1{CANARY}PAR1", "damaged", id="torn parquet"),
    pytest.param("t.parquet", parquet(a=pa.array([], pa.int8())), "no rows", id="empty parquet"),
    pytest.param("t.db", b"SQLite format 3\x00" + bytes(99), "damaged", id="torn sqlite"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "why"), FILES)
def test_a_file_that_is_no_table_is_refused(
    home: Path, tmp_path: Path, name: str, content: bytes, why: str
) -> None:
    path = written(tmp_path, name, content)

    said = refused(home, "dataset", "add", path, "--name", "new")

    assert why in said
    assert "t." in said


def test_a_file_of_endless_cells_is_refused(home: Path, tmp_path: Path) -> None:
    """The limit itself is 2 GB; a lower one stands for it."""

    path = written(tmp_path, "t.csv", 'a,b\n1,"' + "x" * 200_000 + '"\n')
    before = csv.field_size_limit(100_000)
    try:
        said = refused(home, "dataset", "add", path, "--name", "new")
    finally:
        csv.field_size_limit(before)

    assert "endless" in said


@pytest.mark.anywhere
def test_300_megabytes_of_rows_are_loaded(own: Path, tmp_path: Path) -> None:
    rows = b"".join(b"%d,%s,%d.50\n" % (n, b"shop " * 40, n % 90) for n in range(1_000))
    path = tmp_path / "big.csv"
    with path.open("wb") as stream:
        stream.write(b"customer,note,amount\n")
        for _ in range(300 * 2**20 // len(rows) + 1):
            stream.write(rows)

    added = run(own, "--json", "dataset", "add", path, "--name", "big")

    assert path.stat().st_size > 300 * 2**20
    assert added.code == 0
    assert added.document["rows"] == (300 * 2**20 // len(rows) + 1) * 1_000
    path.unlink()


def test_300_megabytes_of_nothing_are_refused(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "sparse.csv"
    with path.open("wb") as stream:
        stream.truncate(300 * 2**20)

    assert "is empty" in refused(home, "dataset", "add", path, "--name", "new")


def test_a_file_over_the_limit_is_refused_before_it_is_read(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "sparse.csv"
    with path.open("wb") as stream:
        stream.truncate(5 * 2**30)

    assert "larger than 4 GB" in refused(home, "dataset", "add", path, "--name", "new")


NAMES = [
    pytest.param('a"b', id="quotation mark"),
    pytest.param("a'b", id="apostrophe"),
    pytest.param("../x", id="way up"),
    pytest.param("/etc/x", id="absolute"),
    pytest.param("a\0b", id="nul"),
    pytest.param("a\nb", id="line break"),
    pytest.param("x" * 10_000, id="very long"),
    pytest.param("", id="empty"),
    pytest.param(" ", id="blank"),
    pytest.param("-rf", id="like an option"),
    pytest.param("$(id)", id="shell"),
    pytest.param("\x1b[31m", id="colours"),
]


@pytest.mark.parametrize("name", NAMES)
def test_a_dataset_cannot_be_called_what_could_do_harm(
    home: Path, tmp_path: Path, name: str
) -> None:
    path = written(tmp_path, "t.csv", f"a,b\n1,{CANARY}\n")

    assert "That name cannot be used" in refused(home, "dataset", "add", path, f"--name={name}")


VERBS_ON_A_DATASET = [
    *(["dataset", "show"], ["dataset", "describe"], ["discover"], ["assess"], ["budget"]),
    *(["label", "--column", "a"], ["lineage", "show"]),
    *(["preview", "--query", "q.yaml"], ["release", "--query", "q.yaml", "--epsilon", "1"]),
    ["federate", "--plan", "p.yaml"],
    *(["report", "audit", "--out", "r.pdf"], ["audit", "--out", "a.pdf"]),
]


@pytest.mark.parametrize("verb", VERBS_ON_A_DATASET, ids=" ".join)
@pytest.mark.parametrize("name", [NAMES[0], NAMES[2], NAMES[4], NAMES[5], NAMES[6]])
def test_an_unknown_dataset_is_named_with_the_known_ones(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: list[str], name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, "q.yaml", QUERY)
    written(tmp_path, "p.yaml", PLAN)

    said = refused(home, *verb, "--", name)

    assert "no dataset named" in said
    assert "Known: orders" in said
    assert len(said) < 200
    assert sorted(p.name for p in tmp_path.iterdir()) == ["p.yaml", "q.yaml"]


HARMFUL_FILES = ["a\"b'c.csv", "a\nb\x1b[2J.csv", "..;rm -rf.csv", "$(id).csv", "%s{0}.csv"]


@pytest.mark.parametrize("name", HARMFUL_FILES, ids=repr)
def test_a_file_may_be_called_anything(own: Path, tmp_path: Path, name: str) -> None:
    written(tmp_path, name, b"a,b\n1,2\n")
    (tmp_path / "sub").mkdir()

    added = run(own, "dataset", "add", tmp_path / "sub" / ".." / name, "--name", "new")

    shown = "".join(c if c.isprintable() else "\ufffd" for c in name)
    assert added.code == 0
    assert sum(shown in line for line in added.out.splitlines()) == 1
    assert "\x1b" not in added.out
    assert str(tmp_path) not in added.out


@pytest.mark.parametrize("name", HARMFUL_FILES, ids=repr)
def test_a_refusal_of_such_a_file_stays_one_line(home: Path, tmp_path: Path, name: str) -> None:
    said = refused(home, "dataset", "add", written(tmp_path, name, b"%PDF-1"), "--name", "new")

    assert said.isprintable()


def test_a_file_whose_name_is_no_text_can_come_in_through_its_folder(
    own: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    try:
        written(folder, "\udcff.csv", b"a,b\n1,2\n")
    except OSError:
        pytest.skip("this disk takes only names that are text")

    added = run(own, "--json", "dataset", "add", folder, "--name", "new")

    assert added.document["sources"][0]["name"] == "\ufffd.csv"


PLACES = [
    pytest.param("nowhere.csv", "no file at nowhere.csv", id="no file"),
    pytest.param("x" * 5_000, "no file at xxx", id="longer than any name"),
    pytest.param("hollow", "no file at hollow", id="empty folder"),
    pytest.param("/dev/null", "no file at null", id="device"),
    pytest.param("sqlite:///nowhere.db", "no such SQLite file", id="no database"),
    pytest.param("sqlite://", "no such SQLite file", id="no database named"),
    pytest.param("postgresql://u:Xanthippe@h:port/x", "address", id="bad port"),
    pytest.param("nonsense://x", "address", id="unknown database"),
]


@pytest.mark.parametrize(("place", "why"), PLACES)
def test_a_place_that_holds_no_table_is_refused(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, why: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hollow").mkdir()

    said = refused(home, "dataset", "add", place, "--name", "new")

    assert why in said
    assert "Xanthippe" not in said
    assert len(said) < 300
    assert [p.name for p in tmp_path.iterdir()] == ["hollow"]


DESCRIPTIONS = [
    pytest.param(["--unit", "nobody"], "no column “nobody”", id="unit"),
    pytest.param(["--region", "zz"], "cannot be “zz”", id="region"),
    pytest.param(["--retention-months", "-1"], "cannot be “-1”", id="negative retention"),
    pytest.param(["--retention-months", "9" * 30], "1 to 1,200", id="eternal retention"),
]


@pytest.mark.parametrize(("typed", "why"), DESCRIPTIONS)
@pytest.mark.parametrize("verb", ["add", "describe"])
def test_a_description_that_cannot_be_leaves_no_file_behind(
    home: Path, tmp_path: Path, verb: str, typed: list[str], why: str
) -> None:
    path = written(tmp_path, "t.csv", f"a,b\n1,{CANARY}\n")
    asked = {"add": ["add", path, "--name", "new"], "describe": ["describe", "orders"]}[verb]

    assert why in refused(home, "dataset", *asked, *typed)


def test_the_same_table_under_another_name_is_refused(
    home: Path, tmp_path: Path, orders_csv: bytes
) -> None:
    path = written(tmp_path, "orders.csv", orders_csv)

    assert "“orders”" in refused(home, "dataset", "add", path, "--name", "second")


LABELS = [
    pytest.param(["--column", "nobody"], "no column “nobody”", id="column"),
    pytest.param(["--column", "region", "--type", "shoe size"], "“shoe size”", id="type"),
]


@pytest.mark.parametrize(("typed", "why"), LABELS)
def test_a_label_of_what_is_not_there_is_refused(home: Path, typed: list[str], why: str) -> None:
    assert why in refused(home, "label", "orders", *typed)


def test_a_column_without_any_value_is_taken_and_found_but_has_no_sum(
    own: Path, tmp_path: Path
) -> None:
    rows = "\n".join(f"{n},NaN" for n in range(50))
    path = written(tmp_path, "t.csv", f"who,amount\n{rows}\n")
    query = written(
        tmp_path, "q.yaml", "unit: who\nstatistics: [{sum: {column: amount, lower: 0, upper: 9}}]"
    )

    added = run(own, "--json", "dataset", "add", path, "--name", "t").document
    found = run(own, "--json", "discover", "t").document

    assert [(c["missing"], c["distinct"]) for c in added["columns"]] == [(0, 50), (50, 0)]
    assert found["columns"][1]["semantic_type"] == "empty"
    for verb in (["preview"], ["release", "--epsilon", "1"]):
        assert "no value in any row" in refused(own, *verb, "t", "--query", query)


def test_numbers_with_gaps_are_summed_over_the_rest(own: Path, tmp_path: Path) -> None:
    data = parquet(who=pa.array(range(3_000)), amount=pa.array([float("nan"), 2.5, None] * 1_000))
    query = written(
        tmp_path,
        "q.yaml",
        "unit: who\nstatistics: [{sum: {column: amount, lower: 0, upper: 9, unit: cents}}]",
    )
    run(own, "dataset", "add", written(tmp_path, "t.parquet", data), "--name", "t")

    asked = ("release", "t", "--query", query, "--epsilon", "1")
    (value,) = run(own, "--json", *asked).document["values"]

    assert abs(value["value"] - 2_500) < 6 * value["margin"]
