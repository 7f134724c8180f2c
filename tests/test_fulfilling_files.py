"""Packages as files: nothing is computed by a spreadsheet, everything reads back, bytes repeat."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.dataset.nouns import ColumnName, ColumnType
from compliance.report import build_package
from compliance.rights.fulfilling import from_csv, to_csv, to_data, zipped
from compliance.rights.nouns import Element, Extract, Package, Right, Sender, ShownColumn, Value

AT = datetime(2026, 11, 26, 12, 0, 5, tzinfo=UTC)
FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "＋1",
    "－1",
    "＠1",
    "'=1",
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20).filter(bool)


def extract_of(values: dict[str, tuple[ColumnType, tuple[Value, ...]]], name: str = "d") -> Extract:
    return Extract(
        dataset_id=f"{name}@1",
        name=name,
        version=1,
        columns=tuple(ShownColumn(name=ColumnName(n), type=t) for n, (t, _) in values.items()),
        rows=max((len(column) for _, column in values.values()), default=0),
        values={ColumnName(n): column for n, (_, column) in values.items()},
    )


def package_of(*extracts: Extract) -> Package:
    return Package(
        request="R00001",
        law="EU_GDPR",
        right=Right.ACCESS,
        article="Art. 15",
        sender=Sender(name="Laden", contact="dpo@laden.example", country="DE"),
        made_at=AT,
        extracts=extracts,
        elements=(Element(id="purposes", title="Why", says=(), missing=("It is not recorded.",)),),
    )


@pytest.mark.parametrize("text", FORMULAS, ids=repr)
def test_no_cell_and_no_header_is_a_formula(text: str) -> None:
    extract = extract_of({text: (ColumnType.TEXT, (text, "plain"))})

    rows = list(csv.reader(io.StringIO(to_csv(extract).decode(), newline="")))

    assert rows == [[f"'{text}"], [f"'{text}"], ["plain"]]


@given(
    texts=st.lists(st.none() | TEXTS | st.sampled_from(FORMULAS), min_size=1, max_size=6),
    number=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    whole=st.none() | st.integers(-(2**62), 2**62),
    truth=st.none() | st.booleans(),
)
@settings(deadline=None)
def test_what_a_csv_says_reads_back_as_it_was(
    texts: list[str | None], number: float | None, whole: int | None, truth: bool | None
) -> None:
    count = len(texts)
    extract = extract_of(
        {
            "t": (ColumnType.TEXT, tuple(texts)),
            "n": (ColumnType.NUMBER, (number,) * count),
            "i": (ColumnType.INTEGER, (whole,) * count),
            "b": (ColumnType.BOOLEAN, (truth,) * count),
            "d": (ColumnType.DATE, ("2026-02-03",) * count),
        }
    )

    assert from_csv(to_csv(extract), extract.columns) == dict(extract.values)


def test_the_same_package_gives_the_same_bytes_and_a_manifest_of_all_files() -> None:
    extract = extract_of({"name": (ColumnType.TEXT, ("Zoë 🎁", "نور"))})
    package = package_of(extract, replace(extract, name="D"))
    pdf = build_package(package).pdf

    handed = zipped(package, pdf)
    with zipfile.ZipFile(io.BytesIO(handed.data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(files.pop("manifest.json"))

    assert handed == zipped(package, build_package(package).pdf)
    assert sorted(files) == ["data.json", "data/D (2).csv", "data/d.csv", "package.pdf"]
    assert manifest["sha256"] == {n: hashlib.sha256(f).hexdigest() for n, f in files.items()}
    assert handed.missing == ("It is not recorded.",)


def test_the_json_says_what_each_column_is_and_what_was_left_out() -> None:
    column = ShownColumn(
        name=ColumnName("friend"),
        type=ColumnType.TEXT,
        meaning="e-mail address",
        withheld=1,
        why="its name speaks of somebody else",
    )
    extract = Extract(
        dataset_id="d@3",
        name="d",
        version=3,
        columns=(column,),
        rows=1,
        values={column.name: (None,)},
    )
    package = replace(package_of(extract), doubtful={"d@3": 2}, excluded={"e": "why"})

    told = json.loads(to_data(package))

    assert told["datasets"][0]["schema"][0]["why_left_out"] == column.why
    assert told["datasets"][0]["rows"] == [{"friend": None}]
    assert told["left_out"]["other_peoples_data"] == {"d": 1}
    assert told["left_out"]["rows_taken_for_somebody_elses"] == {"d@3": 2}
    assert told["information"][0]["missing"] == ["It is not recorded."]


def test_values_are_left_out_of_what_is_shown_of_a_noun() -> None:
    extract = extract_of({"name": (ColumnType.TEXT, ("Quisling",))})
    handed = zipped(package_of(extract), b"%PDF Quisling")

    assert "Quisling" not in repr(extract)
    assert "Quisling" not in repr(handed)


def test_a_person_without_any_data_gets_a_package_that_says_so() -> None:
    package = package_of()

    handed = zipped(package, build_package(package).pdf)

    assert (handed.rows, handed.datasets) == (0, 0)
    assert handed.files == ("manifest.json", "data.json", "package.pdf")
