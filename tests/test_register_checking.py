"""What cannot be is refused in a plain sentence that names field and row, never what was typed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from compliance.errors import RecordsRefusedError
from compliance.register import checked, merged
from compliance.register.nouns import Draft, Record, Register

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
DATASETS = frozenset({"orders"})
REGISTER = Register(records=(Record(kind="recipient", id="post", name="Post", values={}),))
TYPED = "Zaphod-4711"


def refusal(kind: str, id_: str = "x", **values: object) -> str:
    draft = Draft(kind=kind, id=id_, values=values, place="row 7")
    with pytest.raises(RecordsRefusedError) as refused:
        checked(draft, REGISTER, DATASETS, AT)
    return str(refused.value)


CASES = [
    ("an unknown kind", "procesor", {}, "there is no such kind"),
    ("an unknown field", "processor", {"contract": "x"}, "close to it: contact, contract_id"),
    ("a text for a number", "org", {"employees": TYPED}, "takes a whole number"),
    ("a number below zero", "org", {"employees": -1}, "takes a whole number"),
    ("half a person", "org", {"employees": 1.5}, "takes a whole number"),
    ("yes for a number", "org", {"employees": True}, "takes a whole number"),
    ("a number for a text", "processor", {"contract_id": 7}, "takes a text"),
    ("perhaps", "processor", {"contract_expired": TYPED}, "takes yes or no"),
    ("an unknown choice", "transfer", {"mechanism": TYPED}, "may be: adequacy, scc"),
    ("a module that is none", "transfer", {"scc_module": 5}, "may be: 1, 2, 3, 4"),
    ("one unknown of several", "processor", {"clauses": ["audit_information", TYPED]}, "may be"),
    ("a country that does not exist", "recipient", {"country": "QQ"}, "code of two letters"),
    ("a group of countries", "recipient", {"country": "EU"}, "code of two letters"),
    ("a country in words", "recipient", {"country": "Germany"}, "code of two letters"),
    ("a day in the future", "request", {"received_at": "2031-01-01"}, "lies in the future"),
    ("a moment in the future", "breach", {"aware_at": "2026-11-26T14:01+01:00"}, "in the future"),
    ("a moment without an offset", "breach", {"aware_at": "2026-11-20T10:00"}, "from UTC"),
    ("a day that does not exist", "request", {"received_at": "2026-02-30"}, "takes a date"),
    ("another way to write a day", "request", {"received_at": "26/11/2026"}, "takes a date"),
    ("a day long ago", "request", {"received_at": "0001-01-01"}, "from 1900 to 2199"),
    (
        "a pause that ends before it begins",
        "request",
        {"pauses": "2026-11-05/2026-11-01/x"},
        "ends",
    ),
    ("a pause in the future", "request", {"pauses": "2027-01-01//x"}, "lies in the future"),
    ("a pause in words", "request", {"pauses": TYPED}, "takes a date"),
    (
        "a dataset that is not there",
        "activity",
        {"datasets": ["orders", TYPED]},
        "dataset that is",
    ),
    ("a record that is not there", "activity", {"recipients": "post; bank"}, "is not on record"),
    ("a control character", "processor", {"contract_id": "a\x00b"}, "cannot be shown"),
    ("a very long text", "processor", {"contract_id": "a" * 5_000}, "4,000 characters at most"),
    ("a very long list", "activity", {"purposes": ["a"] * 401}, "400 entries at most"),
    ("a mapping for a list", "activity", {"purposes": {"a": 1}}, "several entries"),
]


@pytest.mark.parametrize(
    ("kind", "values", "says"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_what_cannot_be_is_refused(kind: str, values: dict[str, object], says: str) -> None:
    told = refusal(kind, "org" if kind == "org" else "x", **values)

    assert says in told
    assert "ow 7: " in told
    assert TYPED not in told


@pytest.mark.parametrize("id_", ["", " x", "a/b", 'a"b', "a\nb", "-x", "x" * 81])
def test_an_id_that_cannot_be_one_is_refused(id_: str) -> None:
    assert "an id starts with" in refusal("processor", id_)


def test_a_dataset_has_a_record_only_where_it_is_stored() -> None:
    assert "is the name of a dataset" in refusal("dataset", "ordres")


def test_the_organisation_is_one_record() -> None:
    assert "its id is “org”" in refusal("org", "we")


def test_all_that_is_wrong_is_said_at_once() -> None:
    told = refusal("request", received_at="x", fee_charged=-1, country="QQ")

    assert told.count("row 7") + told.count("Row 7") == 3


def test_an_import_is_all_or_nothing_and_lists_the_first_twenty_problems() -> None:
    good = Draft(kind="processor", id="good", place="row 2")
    bad = [
        Draft(kind="processor", id=f"p{n}", values={"country": "QQ"}, place=f"row {n}")
        for n in range(3, 33)
    ]

    with pytest.raises(RecordsRefusedError) as refused:
        merged([good, *bad], REGISTER, DATASETS, AT)

    assert str(refused.value).count("row") == 20 - 1  # the first begins with a capital letter
    assert str(refused.value).endswith("; and 10 more.")
    assert len(refused.value.facts["every"]) == 30  # type: ignore[arg-type]


def test_the_same_record_twice_in_one_file_is_refused() -> None:
    twice = [Draft(kind="processor", id="p", place=f"row {n}") for n in (2, 3)]

    with pytest.raises(RecordsRefusedError, match="Row 3: the same record stands there twice"):
        merged(twice, REGISTER, DATASETS, AT)


def test_a_day_that_has_begun_somewhere_is_not_in_the_future() -> None:
    late = datetime(2026, 11, 26, 23, tzinfo=UTC)  # the 27th in Shanghai, Tokyo, Berlin
    draft = Draft(kind="request", id="r", values={"received_at": "2026-11-27"})

    assert checked(draft, REGISTER, DATASETS, late).values == {"received_at": "2026-11-27"}


def test_a_deadline_may_lie_in_the_future() -> None:
    draft = Draft(kind="processor", id="p", values={"contract_ends_at": "2030-01-01"})

    assert checked(draft, REGISTER, DATASETS, AT).values == {"contract_ends_at": "2030-01-01"}
