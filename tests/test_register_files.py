"""Records leave as files and come back the same; nothing half-read comes in."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.errors import RecordFileError
from compliance.register import Shape, checked, kinds, merged, read_records, write_records
from compliance.register.nouns import Draft, Field, FieldType, Record, Register

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
DATASETS = ("orders", "people; all", "a.b")
REGISTER = Register(
    records=tuple(
        Record(kind=kind, id=f"{kind} {n}", name=f"The {n}", values={})
        for kind in kinds()
        if not (kinds()[kind].is_single or kinds()[kind].is_of_dataset)
        for n in (1, 2)
    )
)
TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cs")) | st.sampled_from("=+-@;|\\'\n\t"))
DAYS = st.dates(date(1950, 1, 1), AT.date()).map(str)
ENTRIES = TEXTS.map(lambda text: text[:40])


def value_of(field: Field) -> st.SearchStrategy[Any]:
    """What may be given for a field."""
    named = [record.id for record in REGISTER.of(field.of)]
    moments = st.datetimes(datetime(1950, 1, 1), datetime(2026, 11, 25), timezones=st.just(UTC))
    pauses = st.fixed_dictionaries({"since": DAYS, "reason": TEXTS.map(lambda t: t[:40])})
    one = {
        FieldType.TEXT: TEXTS,
        FieldType.TEXTS: st.lists(ENTRIES, max_size=4),
        FieldType.NUMBER: st.sampled_from([1, 2]) if field.choices else st.integers(0, 10**9),
        FieldType.YES_NO: st.booleans(),
        FieldType.DATE: DAYS,
        FieldType.MOMENT: moments.map(lambda at: at.isoformat()),
        FieldType.CHOICE: st.sampled_from([*field.choices, None]),
        FieldType.CHOICES: st.lists(st.sampled_from([*field.choices, ""])),
        FieldType.COUNTRY: st.sampled_from(["DE", "gb", "CN"]),
        FieldType.COUNTRIES: st.lists(st.sampled_from(["DE", "GB", "CN"])),
        FieldType.RECORD: st.sampled_from([*named, None]),
        FieldType.RECORDS: st.lists(st.sampled_from([*named, ""])),
        FieldType.DATASET: st.sampled_from(DATASETS),
        FieldType.DATASETS: st.lists(st.sampled_from(DATASETS)),
        FieldType.PAUSES: st.lists(pauses, max_size=3),
    }
    return st.none() | one[field.type]


def test_a_kind_with_a_field_called_kind_is_not_taken_for_another() -> None:
    (draft,) = read_records("id,kind\ns,Sale\n", "sharing.csv")
    (other,) = read_records("id,kind\ns,sharing\n", "any.csv")

    assert checked(draft, REGISTER, DATASETS, AT).values == {"kind": "sale"}
    assert other.kind == "sharing"


@st.composite
def records(draw: st.DrawFn) -> Record:
    """A record that was checked."""
    kind = draw(st.sampled_from(list(kinds().values())))
    fields = draw(st.lists(st.sampled_from(kind.fields), unique_by=lambda f: f.id, max_size=8))
    values = {field.id: draw(value_of(field)) for field in fields}
    values = {f: v for f, v in values.items() if not isinstance(v, str) or v.strip()}
    id_ = kind.id if kind.is_single else draw(st.sampled_from(["orders", "a.b"]))
    name = draw(st.sampled_from(["A name", "=2+3", "'quoted", "Überweisung; ja"]))
    return checked(Draft(kind=kind.id, id=id_, name=name, values=values), REGISTER, DATASETS, AT)


def back(data: bytes, name: str) -> tuple[Record, ...]:
    drafts = read_records(data.decode("utf-8-sig"), name)
    return tuple(checked(draft, REGISTER, DATASETS, AT) for draft in drafts)


@given(records())
def test_what_is_written_as_csv_reads_back_as_the_same_record(record: Record) -> None:
    assert back(write_records([record], Shape.CSV, record.kind), "any.csv") == (record,)


@given(st.lists(records(), min_size=1, max_size=3))
def test_what_is_written_as_json_reads_back_as_the_same_records(found: list[Record]) -> None:
    assert back(write_records(found, Shape.JSON), "any.json") == tuple(found)


@given(records())
def test_no_cell_of_the_csv_is_a_formula(record: Record) -> None:
    data = write_records([record], Shape.CSV, record.kind).decode("utf-8-sig")

    cells = [cell for row in csv.reader(io.StringIO(data, newline="")) for cell in row]
    assert [cell for cell in cells if cell[:1] in "=+-@\t\r" and cell] == []


@given(records())
def test_checking_what_was_checked_changes_nothing(record: Record) -> None:
    again = Draft(kind=record.kind, id=record.id, name=record.name, values=record.values)

    assert checked(again, REGISTER, DATASETS, AT) == record


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_of_any_usual_delimiter_is_read(delimiter: str) -> None:
    out = io.StringIO(newline="")
    rows = [["id", "name", "country", "receives"], ["p1", "Post", "de", "addresses; names"]]
    csv.writer(out, delimiter=delimiter).writerows(rows)

    (draft,) = read_records(out.getvalue(), "recipient.csv")

    record = checked(draft, REGISTER, DATASETS, AT)
    assert record.kind == "recipient"
    assert record.values == {"country": "DE", "receives": ("addresses", "names")}


def test_an_empty_cell_says_nothing_and_none_says_that_there_is_none() -> None:
    (draft,) = read_records("id,contract_id,contact\np1,(none),\n", "processor.csv")

    assert checked(draft, REGISTER, DATASETS, AT).values == {"contract_id": None}


def test_a_choice_may_be_named_as_people_see_it() -> None:
    (draft,) = read_records("id,mechanism\nt,Standard contractual clauses\n", "transfer.csv")

    assert checked(draft, REGISTER, DATASETS, AT).values == {"mechanism": "scc"}


def test_columns_that_a_spreadsheet_left_empty_and_empty_rows_are_passed_over() -> None:
    drafts = read_records("id,country,,\r\np1,DE,,\r\n,,,\r\n", "processor.csv")

    assert [(draft.id, draft.place) for draft in drafts] == [("p1", "row 2")]


def test_json_may_be_a_plain_list_of_flat_records() -> None:
    text = json.dumps([{"kind": "complaint", "id": "c1", "received_at": "2026-11-01"}])

    (draft,) = read_records(text, "anything.txt")

    assert checked(draft, REGISTER, DATASETS, AT).day("received_at") == date(2026, 11, 1)


def test_records_of_one_file_may_name_one_another() -> None:
    text = json.dumps(
        [
            {"kind": "processor", "id": "a", "values": {"subprocessors": ["b"]}},
            {"kind": "processor", "id": "b", "values": {}},
        ]
    )

    found = merged(read_records(text, "x.json"), Register(), DATASETS, AT)

    assert [record.id for record in found] == ["a", "b"]


BROKEN = [
    ("", "x.csv", "it is empty"),
    ("name,country\nx,DE\n", "processor.csv", "one of them is “id”"),
    ("id,id\nx,y\n", "processor.csv", "must name each field once"),
    ("id,country\nx,DE,more\n", "processor.csv", "row 2 has more cells"),
    ('id,country\nx,"DE\n', "processor.csv", "cannot be told apart"),
    ("id,country\nx,DE\n", "mine.csv", "of which kind"),
    ("id,country\n", "processor.csv", "it holds no record"),
    ("{", "x.json", "it is no JSON"),
    ('{"records": [{"kind": "org", "kind": "org", "id": "org"}]}', "x.json", "it is no JSON"),
    ('[{"kind": "org", "id": "org", "values": {"employees": NaN}}]', "x.json", "it is no JSON"),
    ("[" * 100_000, "x.json", "it is no JSON"),
    ('{"records": 3}', "x.json", "no list of records"),
    ("[3]", "x.json", "record 1 is no object"),
    ('[{"kind": "org", "id": 3}]', "x.json", "are texts"),
    ('[{"kind": "org", "id": "org", "values": 3}]', "x.json", "are no object"),
    ('{"format": "another", "records": []}', "x.json", "another format"),
    ("[]", "x.json", "it holds no record"),
    ("id\n" + "x\n" * 10_001, "processor.csv", "more than 10,000 records"),
]


@pytest.mark.parametrize(("text", "name", "says"), BROKEN, ids=[says for *_, says in BROKEN])
def test_a_file_that_cannot_be_records_is_refused(text: str, name: str, says: str) -> None:
    with pytest.raises(RecordFileError, match=says):
        read_records(text, name)


def test_a_moment_keeps_its_distance_from_utc() -> None:
    given_ = "2026-11-25T09:30:00+01:00"
    (draft,) = read_records(f"id,aware_at\nb,{given_}\n", "breach.csv")

    record = checked(draft, REGISTER, DATASETS, AT)

    assert record.values["aware_at"] == given_
    moment = record.moment("aware_at")
    assert moment is not None
    assert moment.utcoffset() == timedelta(hours=1)
