"""The readable part of a package: tagged, escaped, whole; and a person with very many rows."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from io import BytesIO

import pikepdf
import pypdfium2
import pytest

from compliance.dataset.nouns import ColumnName, ColumnType
from compliance.report import build_package
from compliance.report.sections.packages import MOST_ROWS_PRINTED
from compliance.rights.fulfilling import zipped
from compliance.rights.nouns import (
    Copy,
    CopyKind,
    Element,
    Excerpt,
    Extract,
    Package,
    Right,
    Sender,
    ShownColumn,
    Value,
)
from tests.report_pages import squeezed
from tests.test_fulfilling_files import AT

HOSTILE = {
    "formula": '=HYPERLINK("http://evil.example","click")',
    "markup": '#eval("1") *bold* $x$ @label <b>html</b> `raw` \\ // /* */',
    "right to left": "נועה לוי نور الهدى",
    "emoji": "Zoë 🎁👩‍👩‍👧",
    "spoof": "Ada\u202egnp.exe",
    "long": "Donaudampfschifffahrtsgesellschaft" * 40,
    "nothing": "",
}


def package_with(
    values: dict[str, tuple[Value, ...]], *, name: str = "d", right: Right = Right.ACCESS
) -> Package:
    columns = tuple(
        ShownColumn(name=ColumnName(n), type=ColumnType.TEXT, meaning="free text") for n in values
    )
    extract = Extract(
        dataset_id=f"{name}@1",
        name=name,
        version=1,
        columns=columns,
        rows=max((len(column) for column in values.values()), default=0),
        values={ColumnName(n): column for n, column in values.items()},
    )
    return Package(
        request="R00001",
        law="EU_GDPR",
        right=right,
        article="Art. 15",
        sender=Sender(name="Laden", contact="dpo@laden.example", country="DE"),
        made_at=AT,
        extracts=(extract,),
    )


def text_of(pdf: bytes) -> str:
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


@pytest.mark.parametrize("rows", [1, 30], ids=["as records", "as a table"])
def test_markup_in_names_is_shown_and_never_carried_out(rows: int) -> None:
    package = package_with({k: (v,) * rows for k, v in HOSTILE.items()})

    text = squeezed(text_of(build_package(package).pdf))

    assert squeezed(HOSTILE["formula"]) in text
    assert squeezed(HOSTILE["markup"]) in text
    assert "\u202e" not in text
    assert "novalue" in text


def test_hostile_names_of_columns_and_datasets_are_shown_as_they_are() -> None:
    package = package_with({v or "x": ("1",) * 9 for v in HOSTILE.values()}, name="d #x *y*")

    document = build_package(package)

    assert squeezed("d #x *y* (version 1)") in squeezed(text_of(document.pdf))


def test_the_pdf_is_tagged_archival_and_in_a_language() -> None:
    document = build_package(package_with({"a": ("1",)}))

    with pikepdf.open(BytesIO(document.pdf)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in pdf.Root
        assert str(pdf.Root.Lang).startswith("en")
        assert pdf.docinfo["/Title"] == "The data about you – Laden"
        assert not pdf.attachments


def test_a_gap_stands_as_not_recorded_and_left_out_data_are_counted() -> None:
    column = ShownColumn(
        name=ColumnName("friend"),
        type=ColumnType.TEXT,
        withheld=2,
        why="its name speaks of somebody else",
    )
    plain = package_with({"friend": (None, None)})
    extract = replace(plain.extracts[0], columns=(column,))
    copy = Copy(
        dataset_id="d@0", kind=CopyKind.OLDER, of="d@1", rows=2, differing=1, extract=extract
    )
    package = replace(
        plain,
        extracts=(extract,),
        copies=(copy,),
        excerpts=(Excerpt(dataset_id="e@1", column=ColumnName("note"), text="Ada was here"),),
        elements=(
            Element(id="purposes", title="Why", says=("a",), missing=("It is not recorded.",)),
        ),
        doubtful={"d@1": 3},
        doubtful_mentions=1,
        skipped={"z@1": "It is invented."},
    )

    text = squeezed(text_of(build_package(package).pdf))

    for said in (
        "It is not recorded.",
        "friend: 2 values, because its name speaks of somebody else.",
        "older version",
        "left out",
        "Ada was here",
        "3 rows that fit you",
        "z@1 was not searched",
    ):
        assert squeezed(said) in text


def test_portability_has_a_title_of_its_own() -> None:
    package = package_with({"a": ("1",)}, right=Right.PORTABILITY)

    assert "The data that you gave us" in text_of(build_package(package).pdf)


def test_of_ten_thousand_rows_the_first_are_printed_and_all_are_in_the_files() -> None:
    count = 10_000
    package = package_with({c: tuple(f"{c}{n}" for n in range(count)) for c in "abcdefghij"})

    document = build_package(package)
    handed = zipped(package, document.pdf)
    text = text_of(document.pdf)

    assert f"{count - MOST_ROWS_PRINTED} more rows are in data.json" in text
    assert handed.rows == count
    assert document.pages < 40
