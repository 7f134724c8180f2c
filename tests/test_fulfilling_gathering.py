"""What is gathered of a person: hers whole, nobody else's, older versions where they differ."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from compliance.dataset import Table
from compliance.dataset.nouns import (
    Column,
    ColumnName,
    ColumnType,
    Dataset,
    DatasetName,
    Description,
    Sha256,
)
from compliance.discovery.nouns import Form, IdentifierClass, Label
from compliance.discovery.nouns.text import Span, SpanType
from compliance.rights.fulfilling import Gathered, OnRecord, Stored, gathered, others_columns
from compliance.rights.nouns import (
    CopyKind,
    Identifier,
    IdentifierKind,
    Match,
    Mention,
    Trace,
    Via,
)

AT = datetime(2026, 11, 26, tzinfo=UTC)
TYPES = {
    "id": "customer_id",
    "name": "person_name",
    "email": "email",
    "other_email": "email",
    "backup_mail": "email",
    "served_by": "email",
    "city": "city",
    "friend_city": "city",
    "note": "free_text",
}
WHO = (Identifier(kind=IdentifierKind.EMAIL, value="ada@x.example"),)


def stored(
    name: str,
    columns: dict[str, list[object]],
    *,
    version: int = 1,
    is_newest: bool = True,
    origin: str = "",
) -> Stored:
    """A dataset version whose columns mean what they are called."""
    content = pa.table(columns)
    kinds = {pa.int64(): ColumnType.INTEGER, pa.string(): ColumnType.TEXT}
    unit = ColumnName("id") if "id" in columns else None
    dataset = Dataset(
        id=f"{name}@{version}",
        name=DatasetName(name),
        version=version,
        sha256=Sha256("0"),
        rows=content.num_rows,
        columns=tuple(
            Column(name=ColumnName(f.name), type=kinds.get(f.type, ColumnType.TEXT))
            for f in content.schema
        ),
        cleaning=(),
        sources=(),
        description=Description(unit=unit),
        added_at=AT,
    )
    labels = {
        column: Label(
            column=ColumnName(column),
            semantic_type=TYPES.get(column, "category"),
            identifier_class=_class(column),
            confidence=1.0,
            evidence=("said",),
            form=Form.FREE_TEXT if column == "note" else Form.SINGLE,
        )
        for column in columns
    }
    return Stored(
        dataset=dataset,
        labels=labels,
        table=Table.in_memory(content),
        is_newest=is_newest,
        origin=origin,
    )


def _class(column: str) -> IdentifierClass:
    if column in ("city", "friend_city"):
        return IdentifierClass.QUASI
    if column == "note":
        return IdentifierClass.SENSITIVE
    return IdentifierClass.DIRECT if column in TYPES else IdentifierClass.NONE


def match(id_: str, *rows: int, column: str = "id", doubtful: bool = False) -> Match:
    way = Via(column=column, kind=IdentifierKind.PERSON_KEY)
    return Match(dataset_id=id_, rows=rows, via=(way,), confidence=0.9, is_doubtful=doubtful)


def trace_of(*matches: Match, mentions: Sequence[Mention] = ()) -> Trace:
    return Trace(matches=matches, mentions=tuple(mentions), searched={})


def names_in(texts: Sequence[str]) -> list[tuple[Span, ...]]:
    """Finds “Bo Quisling” wherever it stands."""
    found = []
    for text in texts:
        at = text.find("Bo Quisling")
        span = Span(start=at, end=at + 11, type=SpanType.PERSON, score=1.0) if at >= 0 else None
        found.append((span,) if span else ())
    return found


def gather(trace: Trace, *tables: Stored, shown: Sequence[tuple[str, str]] = ()) -> Gathered:
    return gathered(trace, tables, WHO, {"email": "e-mail address"}, names_in, shown)


def people(**more: list[object]) -> Stored:
    return stored("p", {"id": [1, 2], "email": ["ada@x.example", "bo@x.example"], **more})


def test_only_settled_rows_are_gathered_and_the_others_counted() -> None:
    found = gather(trace_of(match("p@1", 0), match("p@1", 0, 1, doubtful=True)), people())

    assert found.extracts[0].values["email"] == ("ada@x.example",)
    assert found.doubtful == {"p@1": 1}


def test_an_empty_trace_gives_nothing() -> None:
    found = gather(trace_of(), people())

    assert (found.extracts, found.copies, found.excerpts, found.doubtful) == ((), (), (), {})


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        pytest.param("other_email", "bo@x.example", None, id="the header speaks of somebody else"),
        pytest.param("friend_city", "Bonn", None, id="also where it does not name a person"),
        pytest.param("backup_mail", "cy@x.example", None, id="a second column of its kind"),
        pytest.param("backup_mail", "ADA@x.example", "ADA@x.example", id="known to be her own"),
        pytest.param("city", "Bonn", "Bonn", id="her own city"),
    ],
)
def test_a_column_about_somebody_else_is_left_out(
    column: str, value: str, expected: str | None
) -> None:
    found = gather(trace_of(match("p@1", 0)), people(**{column: [value, "x"]}))
    shown = {c.name: c for c in found.extracts[0].columns}

    assert found.extracts[0].values[ColumnName(column)] == (expected,)
    assert bool(shown[ColumnName(column)].withheld) == (expected is None)
    assert bool(shown[ColumnName(column)].why) == (expected is None)


def test_a_column_that_an_officer_knows_to_be_her_own_is_shown() -> None:
    table = people(backup_mail=["cy@x.example", "x"])

    found = gather(trace_of(match("p@1", 0)), table, shown=[("p", "backup_mail")])

    assert found.extracts[0].values[ColumnName("backup_mail")] == ("cy@x.example",)
    assert found.extracts[0].withheld == 0


def test_the_address_of_a_clerk_who_serves_many_is_nobodys_own() -> None:
    table = stored("o", {"id": list(range(9)), "served_by": ["c@x.example"] * 9})

    assert "stands with many other people" in others_columns(table, [3], ("id",))["served_by"]
    few = stored("o", {"id": list(range(9)), "served_by": [f"c{n}@x.example" for n in range(9)]})
    assert others_columns(few, [3], ("id",)) == {}


def test_of_a_row_that_is_about_somebody_else_only_her_own_value_is_shown() -> None:
    table = stored("p", {"id": [2], "email": ["bo@x.example"], "other_email": ["ada@x.example"]})

    found = gather(trace_of(match("p@1", 0, column="other_email")), table)

    assert found.extracts[0].values["other_email"] == ("ada@x.example",)
    assert found.extracts[0].values["email"] == (None,)


def test_names_of_others_are_taken_out_of_texts_and_her_own_stays() -> None:
    note = "Ada Lee met Bo Quisling"
    table = stored("p", {"id": [1], "name": ["Bo Quisling"], "note": ["I am Bo Quisling"]})
    other = stored("q", {"id": [1], "note": [note]})
    trace = trace_of(match("q@1", 0))

    her_own = gather(trace_of(match("p@1", 0)), table).extracts[0]
    taken = gather(trace, other).extracts[0]

    assert her_own.values["note"] == ("I am Bo Quisling",)
    assert taken.values["note"] == ("Ada Lee met [name of somebody else]",)
    assert taken.withheld == 1


def test_a_mention_is_told_with_its_words_and_without_the_rest_of_the_row() -> None:
    text = "Please tell Ada Lee that Bo Quisling called"
    table = stored("q", {"id": [2], "note": [text]})
    sure = Mention(
        dataset_id="q@1",
        row=0,
        column="note",
        start=12,
        end=19,
        kind=IdentifierKind.NAME,
        is_doubtful=False,
    )

    found = gather(trace_of(mentions=[sure]), table)

    assert [e.text for e in found.excerpts] == [
        "Please tell Ada Lee that [name of somebody else] called"
    ]


def test_a_doubtful_mention_is_left_out_and_counted() -> None:
    table = stored("q", {"id": [2], "note": ["Ada Lee"]})
    unsure = Mention(
        dataset_id="q@1",
        row=0,
        column="note",
        start=0,
        end=7,
        kind=IdentifierKind.NAME,
        is_doubtful=True,
    )

    found = gather(trace_of(mentions=[unsure]), table)

    assert (found.excerpts, found.doubtful_mentions) == ((), 1)


def test_an_older_version_is_shown_only_where_it_says_something_else() -> None:
    old = stored("p", {"id": [1, 1], "city": ["Bonn", "Köln"]}, version=1, is_newest=False)
    new = stored("p", {"id": [1, 1], "city": ["Bonn", "Ulm"]}, version=2)
    same = stored("p", {"id": [1, 1], "city": ["Ulm", "Bonn"]}, version=3, is_newest=False)
    trace = trace_of(match("p@1", 0, 1), match("p@2", 0, 1), match("p@3", 0, 1))

    found = gather(trace, old, new, same)
    first, third = found.copies

    assert [e.version for e in found.extracts] == [2]
    assert (first.kind, first.of, first.rows, first.differing) == (CopyKind.OLDER, "p@2", 2, 1)
    assert first.extract is not None
    assert first.extract.values["city"] == ("Köln",)
    assert (third.differing, third.extract) == (0, None)


def test_what_was_made_of_a_dataset_is_a_copy_of_it() -> None:
    made = stored("q", {"id": [1], "city": ["Bonn"]}, origin="p@1")
    whole = stored("p", {"id": [1], "city": ["Bonn"]})

    found = gather(trace_of(match("p@1", 0), match("q@1", 0)), whole, made)

    assert [e.name for e in found.extracts] == ["p"]
    assert (found.copies[0].kind, found.copies[0].of) == (CopyKind.DERIVED, "p@1")
    assert found.copies[0].extract is None


def test_ten_thousand_rows_are_gathered_whole() -> None:
    count = 10_000
    table = stored("o", {"id": [1] * count, "city": [f"c{n}" for n in range(count)]})

    found = gather(trace_of(match("o@1", *range(count))), table)

    assert found.extracts[0].rows == count
    assert found.extracts[0].values["city"][-1] == "c9999"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Krüger, UWE aus dem Dienst", "Uwe Krüger"),
        ("Frage an Uwe Kruger bitte", "Uwe Krüger"),
        ("请联系欧阳娜娜女士", "欧阳娜娜"),
        ("mit Anna-Lena O’Brien dort", "Anna Lena O’Brien"),
    ],
)
def test_a_name_on_record_is_found_where_no_context_tells_it(text: str, name: str) -> None:
    spans = OnRecord([name, "Single"]).beside(text, ())

    assert len(spans) == 1
    assert spans[0].type is SpanType.PERSON


def test_a_single_word_and_what_was_found_before_are_left_alone() -> None:
    before = Span(start=0, end=10, type=SpanType.PERSON, score=0.9)

    assert OnRecord(["Single", "Uwe Krüger"]).beside("Uwe Krüger, Single", [before]) == (before,)
