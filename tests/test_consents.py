"""Consents: read from files, hashed, and how people stand at a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.errors import ConsentFileError
from compliance.register import kind_of, laws
from compliance.rights.consents import (
    EVENTS,
    HASH,
    Lookup,
    Pairs,
    applying,
    barrier_order,
    counts,
    events_of,
    expiring,
    forgotten,
    hash_of,
    hashes_in,
    merged,
    methods,
    news,
    normalised,
    read_consents,
    read_events,
    renamed,
    scores,
    standing,
    summed_up,
    write_events,
)
from compliance.rights.consents.states import STATES
from compliance.rights.nouns import (
    Barred,
    Barrier,
    ConsentState,
    ConsentText,
    IdentifierKind,
    Purpose,
)

KEY = b"k" * 32
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
START = datetime(2024, 1, 1)
NEWS = Purpose(id="news", title="Letters")
KNOWN = {"news": "news", "letters": "news"}

PEOPLE = [bytes([n]) * 16 for n in range(6)]


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def event(person: int = 0, **fields: object) -> dict[str, object]:
    return {"person": PEOPLE[person], "purpose": "news", **fields}


def state_of(*rows: dict[str, object], purpose: Purpose = NEWS, at: datetime = NOW) -> ConsentState:
    found = standing(events_of(rows), purpose, at)
    return STATES[int(found.states[0])]


events = st.lists(
    st.builds(
        lambda person, given, withdrawn, ends: event(
            person,
            given_at=None if given is None else day(given),
            withdrawn_at=None if withdrawn is None else day(withdrawn),
            expires_at=None if ends is None or given is None else day(given + ends),
        ),
        st.integers(0, 5),
        st.integers(0, 900),
        st.none() | st.integers(0, 900),
        st.none() | st.integers(0, 900),
    ),
    max_size=14,
)


def holding(rows: list[dict[str, object]]) -> set[bytes]:
    """Who agrees now."""
    found = standing(events_of(rows), NEWS, NOW)
    people = found.lookup.people.to_pylist()
    return {p for p, state in zip(people, found.states, strict=True) if state == 0}


# How people stand


@given(events, st.integers(0, 5), st.integers(0, 1_000))
def test_a_withdrawal_never_lets_anybody_in(
    rows: list[dict[str, object]], person: int, when: int
) -> None:
    after = holding([*rows, event(person, withdrawn_at=day(when))])

    assert after <= holding(rows)


@given(events, st.randoms(use_true_random=False))
def test_the_order_of_events_does_not_matter(
    rows: list[dict[str, object]], random: np.random.Generator
) -> None:
    mixed = list(rows)
    random.shuffle(mixed)

    assert holding(mixed) == holding(rows)


@given(events, st.integers(0, 14))
def test_files_may_come_in_any_order_and_twice(rows: list[dict[str, object]], cut: int) -> None:
    first, second = events_of(rows[:cut]), events_of(rows[cut:])

    one = merged(merged(first, second), first)
    other = merged(second, merged(EVENTS.empty_table(), first))

    assert one.equals(other)
    assert write_events(one) == write_events(other)
    assert news(one, first).num_rows == 0


@given(events, st.integers(0, 5))
def test_who_is_forgotten_leaves_no_hash_and_nobody_else_changes(
    rows: list[dict[str, object]], person: int
) -> None:
    left = forgotten(events_of(rows), [PEOPLE[person]])

    assert PEOPLE[person] not in left["person"].to_pylist()
    assert PEOPLE[person] not in write_events(left)
    assert holding(left.to_pylist()) == holding(rows) - {PEOPLE[person]}


def test_the_last_event_wins() -> None:
    given, gone = event(given_at=day(1)), event(withdrawn_at=day(2))

    assert state_of(given) is ConsentState.GIVEN
    assert state_of(given, gone) is ConsentState.WITHDRAWN
    assert state_of(given, gone, event(given_at=day(3))) is ConsentState.GIVEN
    assert state_of(event(given_at=day(1), withdrawn_at=day(2))) is ConsentState.WITHDRAWN


def test_a_withdrawal_before_or_with_the_consent_of_the_same_event_is_a_withdrawal() -> None:
    assert state_of(event(given_at=day(5), withdrawn_at=day(1))) is ConsentState.WITHDRAWN
    assert state_of(event(given_at=day(5)), event(withdrawn_at=day(5))) is ConsentState.WITHDRAWN


def test_a_consent_ends_by_itself_and_not_a_moment_before() -> None:
    ends = event(given_at=day(1), expires_at=day(10))

    assert state_of(ends, at=day(10) - timedelta(microseconds=1)) is ConsentState.GIVEN
    assert state_of(ends, at=day(10)) is ConsentState.EXPIRED


def test_a_consent_lasts_as_many_months_as_its_purpose_says_to_the_end_of_a_short_one() -> None:
    lasts = Purpose(id="news", title="Letters", lasts_months=1)
    given = event(given_at=datetime(2024, 1, 31, 8))

    end = datetime(2024, 2, 29, 8)
    assert state_of(given, purpose=lasts, at=end - timedelta(seconds=1)) is ConsentState.GIVEN
    assert state_of(given, purpose=lasts, at=end) is ConsentState.EXPIRED


def test_who_agreed_to_a_text_that_asked_for_less_is_asked_again() -> None:
    texts = (
        ConsentText(version="v1", sha256="", at=day(0)),
        ConsentText(version="v2", sha256="", at=day(10), is_material=True),
        ConsentText(version="v3", sha256="", at=day(20)),
    )
    asked = Purpose(id="news", title="Letters", texts=texts)

    def state(**fields: object) -> ConsentState:
        return state_of(event(**fields), purpose=asked)

    assert state(given_at=day(30), text_version="v1") is ConsentState.ASK_AGAIN
    assert state(given_at=day(5)) is ConsentState.ASK_AGAIN
    assert state(given_at=day(15), text_version="v2") is ConsentState.GIVEN
    assert state(given_at=day(5), text_version="v3") is ConsentState.GIVEN


def test_what_lies_later_than_the_moment_asked_about_does_not_count_yet() -> None:
    rows = (event(given_at=day(1)), event(withdrawn_at=day(9)))

    assert state_of(*rows, at=day(8)) is ConsentState.GIVEN
    assert standing(events_of(rows), NEWS, day(8)).until == np.datetime64(day(9), "us").astype(int)


def test_numbers_are_summed_up_without_anybody() -> None:
    table = events_of(
        [
            event(0, given_at=day(1), method="checkbox", text_version="v1"),
            event(1, given_at=day(2), method="checkbox", expires_at=NOW.replace(tzinfo=None)),
            event(2, withdrawn_at=day(3)),
        ]
    )

    found = summed_up(table, NEWS, NOW, 4)

    assert found.people == 3
    assert (found.of(ConsentState.GIVEN), found.of(ConsentState.EXPIRED)) == (1, 1)
    assert found.methods == {"checkbox": 2, "": 1}
    assert (found.first_given, found.last_withdrawn) == (day(1).date(), day(3).date())
    assert found.used_after == 4
    before = NOW - timedelta(days=3)
    assert expiring(standing(table, NEWS, before), before, 30) == 1
    assert counts(standing(table, NEWS, NOW))[ConsentState.WITHDRAWN] == 1


def test_events_are_read_back_as_they_were_written() -> None:
    table = events_of([event(0, given_at=day(1), proof="=1+1"), event(1, withdrawn_at=day(2))])

    assert read_events(write_events(table)).equals(table)


# Hashes


def test_the_same_address_is_one_however_it_is_written() -> None:
    kind = IdentifierKind.EMAIL
    one = hash_of(KEY, kind, " Anna@Shop.Example ")

    assert one == hash_of(KEY, kind, "anna@shop.example")
    assert one != hash_of(KEY, kind, "hanna@shop.example")
    assert one != hash_of(b"j" * 32, kind, "anna@shop.example")
    assert one is not None
    assert b"anna" not in one


@pytest.mark.parametrize(
    "written", ["+49 171 5550123", "0049 171 5550123", "0171-5550123", "+49 (0)171 5550123"]
)
def test_the_same_telephone_is_one_however_it_is_written(written: str) -> None:
    assert normalised(IdentifierKind.PHONE, written, "49") == "491715550123"


def test_a_number_of_a_customer_is_one_among_its_own_people_only() -> None:
    kind = IdentifierKind.PERSON_KEY

    assert hash_of(KEY, kind, "17", "shop") == hash_of(KEY, kind, " 17.0 ", "shop")
    assert hash_of(KEY, kind, "17", "shop") != hash_of(KEY, kind, "17", "clinic")
    assert hash_of(KEY, kind, "17", "shop") != hash_of(KEY, kind, "017", "shop")


def test_what_names_nobody_has_no_hash() -> None:
    assert hashes_in(KEY, IdentifierKind.EMAIL, ["", "nobody", "  "]) == [None, None, None]
    assert hash_of(KEY, IdentifierKind.PHONE, "12") is None


def test_what_is_known_of_an_address_reaches_the_number_that_it_goes_with() -> None:
    number, address, other = PEOPLE[0], PEOPLE[1], PEOPLE[2]
    pair = Pairs(keys=pa.array([number], HASH), contacts=pa.array([address], HASH))
    known = Lookup(people=pa.array([address], HASH), scores=np.array([7]))

    assert scores(known, pa.array([number, other], HASH), [pair]).tolist() == [7, -1]
    assert scores(known, pa.array([number], HASH)).tolist() == [-1]
    assert renamed(pa.array([number, other], HASH), known.people, pair).to_pylist() == [
        address,
        other,
    ]


# Wishes


def wish(barrier: Barrier, *purposes: str) -> Barred:
    return Barred(request="R", barrier=barrier, people=("00",), purposes=purposes, since=NOW)


@pytest.mark.parametrize(
    ("one", "names", "is_handed_on", "stands"),
    [
        (wish(Barrier.RESTRICTED), {"orders"}, False, True),
        (wish(Barrier.OBJECTED), {"orders"}, False, True),
        (wish(Barrier.OBJECTED, "direct_marketing"), {"orders"}, False, False),
        (wish(Barrier.OBJECTED, "Direct_Marketing"), {"news", "direct_marketing"}, False, True),
        (wish(Barrier.OBJECTED, "direct_marketing"), set(), False, True),
        (wish(Barrier.OPTED_OUT), {"orders"}, False, False),
        (wish(Barrier.OPTED_OUT), {"orders"}, True, True),
        (wish(Barrier.OPTED_OUT), {"direct_marketing"}, False, True),
        (wish(Barrier.OPTED_OUT), set(), False, True),
    ],
)
def test_a_wish_stands_against_the_uses_that_it_is_about(
    one: Barred, names: set[str], is_handed_on: bool, stands: bool
) -> None:
    found = applying([one], names, is_handed_on=is_handed_on)

    assert found == ({one.barrier: ("00",)} if stands else {})


def test_the_rules_name_every_barrier_and_methods_are_those_of_the_register() -> None:
    assert sorted(barrier_order()) == sorted(Barrier)
    field = kind_of("consent").field("method")
    assert field is not None
    assert set(methods()) == set(field.choices)


# Files


def read(text: str, name: str = "c.csv", asked: str = "") -> tuple[object, ...]:
    return read_consents(text, name, KNOWN, tuple(laws()), NOW, asked)


def test_csv_and_json_say_the_same() -> None:
    table = (
        "E-Mail;Purpose;given at;withdrawn_at;method;Proof;note\n"
        "a@x.example;Letters;2026-01-02;;checkbox;=HYPERLINK(1);x\n"
    )
    listed = (
        '{"consents": [{"email": "a@x.example", "purpose": "news", "given_at": "2026-01-02",'
        ' "method": "checkbox", "proof": "=HYPERLINK(1)", "other": null}]}'
    )

    assert read(table) == read(listed, "c.json")
    assert len(read(table)) == 1


def test_a_moment_with_a_time_zone_is_the_same_moment() -> None:
    (one,) = read("customer_id,given_at\n7,2026-01-02T01:30:00+02:00\n", asked="news")

    assert one.row["given_at"] == datetime(2026, 1, 1, 23, 30)  # type: ignore[attr-defined]


def test_what_is_read_shows_nobody() -> None:
    (one,) = read("email,given_at\nanna@x.example,2026-01-02\n", asked="news")

    assert "anna" not in repr(one)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (",news,2026-01-01,,", "row 2 names nobody: a signal of a browser"),
        ("nobody,news,2026-01-01,,", "row 2 names nobody"),
        ("a@x.example,ads,2026-01-01,,", "row 2 names no purpose that is on record"),
        ("a@x.example,news,2026-11-27,,", "row 2 has a given_at that lies in the future"),
        ("a@x.example,news,,2027-01-01,", "row 2 has a withdrawn_at that lies in the future"),
        ("a@x.example,news,2026-02-30,,", "row 2 has a given_at that is no date"),
        ("a@x.example,news,=TODAY(),,", "row 2 has a given_at that is no date"),
        ("a@x.example,news,1969-12-31,,", "row 2 has a given_at before 1970"),
        ("a@x.example,news,,,", "row 2 says neither when it was given nor when it was withdrawn"),
        ("a@x.example,news,2026-01-01,,telepathy", "row 2 has a method that is none of"),
        (f"a@x.example,news,2026-01-01,,{'x' * 400}", "row 2 has a cell of more than 300"),
    ],
)
def test_a_row_that_cannot_be_is_named_by_its_number_and_not_by_its_values(
    row: str, why: str
) -> None:
    with pytest.raises(ConsentFileError) as refused:
        read(f"email,purpose,given_at,withdrawn_at,method\n{row}\n")

    assert why in str(refused.value)
    assert "x.example" not in str(refused.value)
    assert "ads" not in str(refused.value).split()


@pytest.mark.parametrize(
    ("text", "name", "why"),
    [
        ("", "c.csv", "it is empty"),
        ("email,given_at\n", "c.csv", "it holds no row"),
        ("signal,purpose\ngpc,news\n", "c.csv", "tells nobody"),
        ('[{"signal": "gpc", "purpose": "news"}]', "c.json", "row 1 names nobody"),
        ("email,e-mail\na@x,b@x\n", "c.csv", "two of its columns say the same"),
        ("email\na@x,b,c\n", "c.csv", "row 2 has more cells"),
        ("{", "c.json", "it is no JSON"),
        ('[{"email": "a@x", "email": "b@x"}]', "c.json", "names a field twice"),
        ("{}", "c.json", "it holds no list"),
        ('[{"email": ["a@x"]}]', "c.json", "row 1 has a field that is no text"),
        ("[7]", "c.json", "row 1 is no object"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(text: str, name: str, why: str) -> None:
    with pytest.raises(ConsentFileError, match=why):
        read(text, name)


def test_of_many_wrong_rows_the_first_are_named_and_the_others_counted() -> None:
    rows = "\n".join(["nobody,2026-01-01"] * 20)

    with pytest.raises(ConsentFileError, match="and 12 more"):
        read(f"email,given_at\n{rows}\n", asked="news")
