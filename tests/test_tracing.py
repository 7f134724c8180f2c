"""One person, looked for in small tables: who is found, who is asked about, who is left alone."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date

import pytest

from compliance.errors import (
    NothingToLookForError,
    SealedError,
    TooManyPeopleError,
    UnknownMatchError,
    UnknownRequestError,
)
from compliance.plain import to_json
from compliance.rights.nouns import Identifier, IdentifierKind, Match, Request, Right, Trace
from compliance.rules.nouns import LawId
from compliance.storage import tables
from compliance.workspace import Workspace
from compliance.workspace.requesting import sealing
from compliance.workspace.tracing.persons import Index, trace
from tests.conftest import Begin
from tests.tracing_shop import asked, csv_of, mentioned, said, settled

PEOPLE = [
    ("101", "Anna Weiß", "anna.weiss@mail.example", "+49 171 3920012", "1980-02-03"),
    ("102", "Bruno Keller", "bruno@mail.example", "+49 171 3920013", "1975-06-30"),
    ("103", "Clara Stein", "clara@mail.example", "+49 171 3920014", "1990-12-24"),
    ("104", "Anna Weiß", "a.weiss@other.example", "+49 171 3920015", "1961-01-01"),
    ("105", "Dora Blum", "family@blum.example", "+49 171 3920016", "1988-08-08"),
    ("106", "Emil Blum", "emil@blum.example", "+49 171 3920016", "1986-03-09"),
]
FIELDS = ("customer_id", "full_name", "email", "phone", "birth_date")

Rows = Sequence[Mapping[str, object]]


def customers() -> Rows:
    filler = [
        (str(200 + n), f"Person{chr(97 + n)} Surname{chr(97 + n)}", f"p{n}@mail.example")
        for n in range(20)
    ]
    rows = [dict(zip(FIELDS, person, strict=True)) for person in PEOPLE]
    return [
        *rows,
        *(
            {
                "customer_id": key,
                "full_name": name,
                "email": mail,
                "phone": f"+49 171 49900{key}",
                "birth_date": f"19{int(key) % 70 + 20}-05-17",
            }
            for key, name, mail in filler
        ),
    ]


@pytest.fixture
def shop(begin: Begin) -> Workspace:
    """Six people who matter and twenty who do not."""
    return begin("tracing", lambda empty: add(empty, "customers", customers(), "customer_id"))


def add(
    workspace: Workspace,
    name: str,
    rows: Rows,
    unit: str | None,
    population: str = "shop customers",
) -> None:
    workspace.add_files([csv_of(f"{name}.csv", rows)], name, said(unit, population))


def find(
    workspace: Workspace,
    identifiers: Sequence[Identifier],
    decided: Mapping[str, bool] | None = None,
    **rest: object,
) -> Trace:
    desk = workspace._desk
    with desk.database.reading() as connection:
        return trace(desk, connection, identifiers, decided=decided, **rest)  # type: ignore[arg-type]


def in_(trace_: Trace, dataset: str) -> list[Match]:
    return [match for match in trace_.matches if match.dataset_id == dataset]


def test_a_customer_key_is_followed_from_the_row_with_the_email_address(shop: Workspace) -> None:
    orders = [{"order_id": f"B{n:05d}", "customer_id": 101 + n % 6} for n in range(60)]
    add(shop, "orders", orders, "customer_id")

    found = find(shop, asked(email="ANNA.WEISS@mail.example"))

    assert settled(found) == {
        ("customers@1", 0),
        *(("orders@1", row) for row in range(0, 60, 6)),
    }
    (match,) = in_(found, "orders@1")
    assert [(via.column, via.kind, via.from_) for via in match.via] == [
        ("customer_id", IdentifierKind.PERSON_KEY, "customers@1")
    ]


def test_rows_that_point_to_an_order_are_of_whoever_ordered(shop: Workspace) -> None:
    orders = [{"order_id": f"B{n:05d}", "customer_id": 101 + n % 6} for n in range(60)]
    add(shop, "orders", orders, "customer_id")
    add(shop, "lines", [{"order_id": f"B{n // 2:05d}", "line": n % 2} for n in range(40)], None)

    found = find(shop, asked(email="bruno@mail.example"))

    assert {row for id_, row in settled(found) if id_ == "lines@1"} == {
        2,
        3,
        14,
        15,
        26,
        27,
        38,
        39,
    }


def test_keys_of_different_populations_are_different_people(shop: Workspace) -> None:
    others = [{"CustomerID": 101 + n, "city": "Bonn", "shoes": n} for n in range(40)]
    add(shop, "club", others, "CustomerID", "club members")

    found = find(shop, asked(email="anna.weiss@mail.example"))
    both = find(shop, asked(email="anna.weiss@mail.example", person_key=101))

    assert "club@1" in found.searched
    assert settled(found) == settled(both) == {("customers@1", 0)}
    assert both.open_doubts == ()


def test_a_key_that_several_populations_have_is_asked_about(shop: Workspace) -> None:
    others = [{"CustomerID": 101 + n, "city": "Bonn", "shoes": n} for n in range(40)]
    add(shop, "club", others, "CustomerID", "club members")

    found = find(shop, asked(person_key=101))

    assert settled(found) == set()
    assert {match.people for match in found.open_doubts} == {2}
    assert {match.dataset_id for match in found.open_doubts} == {"customers@1", "club@1"}


def test_a_name_that_two_people_bear_is_asked_about_and_told_apart(shop: Workspace) -> None:
    found = find(shop, asked(name="Weiss, Anna"))

    assert settled(found) == set()
    assert [match.people for match in found.open_doubts] == [2, 2]
    assert len({match.id for match in found.open_doubts}) == 2
    assert all("2 people" in match.doubt for match in found.open_doubts)


def test_a_name_and_a_birth_date_are_one_person(shop: Workspace) -> None:
    found = find(shop, asked(name="anna weiss", birth_date="3.2.1980"))

    assert settled(found) == {("customers@1", 0)}


def test_a_name_alone_is_asked_about_even_where_one_bears_it(shop: Workspace) -> None:
    found = find(shop, asked(name="Clara Stein"))

    assert settled(found) == set()
    (match,) = found.open_doubts
    assert match.rows == (2,)
    assert "alone" in match.doubt


def test_a_telephone_of_a_household_is_asked_about(shop: Workspace) -> None:
    found = find(shop, asked(phone="0171 3920016"))

    assert settled(found) == set()
    assert {match.rows for match in found.open_doubts} == {(4,), (5,)}


def test_whoever_shares_a_telephone_with_the_person_is_left_alone(shop: Workspace) -> None:
    found = find(shop, asked(email="emil@blum.example", phone="0171 3920016"))

    assert settled(found) == {("customers@1", 5)}
    assert found.open_doubts == ()


def test_identifiers_of_two_people_make_both_doubtful(shop: Workspace) -> None:
    found = find(shop, asked(email="bruno@mail.example", person_key=103))

    assert settled(found) == set()
    assert {match.rows for match in found.open_doubts} == {(1,), (2,)}
    assert any("somebody else" in remark for remark in found.remarks)


def test_an_email_address_under_another_name_is_asked_about(shop: Workspace) -> None:
    found = find(shop, asked(email="bruno@mail.example", name="Clara Stein"))

    assert settled(found) == set()
    assert {match.rows for match in found.open_doubts} == {(1,), (2,)}


def test_a_desks_mailbox_is_nobodys(workspace: Workspace) -> None:
    rows = [{"customer_id": n, "email": f"m{n}@x.example"} for n in range(100, 120)]
    rows.append({"customer_id": 120, "email": "info@x.example"})
    add(workspace, "customers", rows, "customer_id")

    found = find(workspace, asked(email="info@x.example"))

    assert settled(found) == set()
    assert [match.rows for match in found.open_doubts] == [(20,)]


def test_a_match_of_twenty_people_is_never_acted_on_by_itself(workspace: Workspace) -> None:
    rows = [
        {"customer_id": n, "full_name": "Wei Wang", "email": f"w{n}@x.example"}
        for n in range(100, 120)
    ]
    rows += [
        {"customer_id": n, "full_name": f"Otto Vogel{chr(n - 23)}", "email": f"z{n}@x.example"}
        for n in range(120, 150)
    ]
    add(workspace, "customers", rows, "customer_id")

    found = find(workspace, asked(name="Wang Wei"))

    assert settled(found) == set()
    assert len(found.open_doubts) == 20
    assert {match.people for match in found.open_doubts} == {20}
    chosen = found.open_doubts[3]
    assert settled(find(workspace, asked(name="Wang Wei"), {chosen.id: True})) == {
        ("customers@1", chosen.rows[0])
    }


def test_too_many_people_are_one_match_that_nobody_can_confirm(workspace: Workspace) -> None:
    rows = [
        {"customer_id": n, "full_name": "Wei Wang", "email": f"w{n}@x.example"}
        for n in range(100, 170)
    ]
    add(workspace, "customers", rows, "customer_id")

    (match,) = find(workspace, asked(name="Wang Wei")).open_doubts

    assert match.people == 70
    assert settled(find(workspace, asked(name="Wang Wei"), {match.id: True})) == set()


def test_what_is_said_of_a_person_holds_in_all_datasets(shop: Workspace) -> None:
    orders = [{"order_id": f"B{n:05d}", "customer_id": 101 + n % 6} for n in range(60)]
    add(shop, "orders", orders, "customer_id")
    doubt = in_(find(shop, asked(name="Anna Weiß")), "customers@1")
    first = next(match for match in doubt if match.rows == (0,))
    other = next(match for match in doubt if match.rows == (3,))

    found = find(shop, asked(name="Anna Weiß"), {first.id: True, other.id: False})

    assert settled(found) == {("customers@1", 0), *(("orders@1", row) for row in range(0, 60, 6))}
    assert found.open_doubts == ()


def test_no_outweighs_yes_where_both_were_said(shop: Workspace) -> None:
    orders = [{"order_id": f"B{n:05d}", "customer_id": 101 + n % 6} for n in range(60)]
    add(shop, "orders", orders, "customer_id")
    doubts = find(shop, asked(name="Clara Stein")).open_doubts

    found = find(shop, asked(name="Clara Stein"), {doubts[0].id: True, doubts[1].id: False})

    assert in_(found, doubts[1].dataset_id)[0].id not in {m.id for m in found.settled}


def test_a_second_account_with_the_same_address_is_asked_about(shop: Workspace) -> None:
    rows = [*customers(), {**customers()[1], "customer_id": "900", "full_name": "B. Keller"}]
    add(shop, "customers", rows, "customer_id")

    found = find(shop, asked(person_key=102))

    assert settled(found) == {("customers@1", 1), ("customers@2", 1)}
    assert [match.rows for match in found.open_doubts] == [(26,)]
    assert "second" in found.open_doubts[0].doubt


def test_rows_without_a_key_are_found_by_what_was_learnt(shop: Workspace) -> None:
    letters = [{"email": f"r{n}@x.example", "opened": n} for n in range(30)]
    letters += [{"email": "Clara@Mail.example", "opened": 4}]
    add(shop, "newsletter", letters, None)

    found = find(shop, asked(person_key=103))

    assert settled(found) == {("customers@1", 2), ("newsletter@1", 30)}
    (match,) = in_(found, "newsletter@1")
    assert match.via[0].from_ == "customers@1"


def test_rows_without_a_key_by_a_shared_telephone_are_asked_about(shop: Workspace) -> None:
    calls = [{"phone": f"+49 171 55500{n:02d}", "minutes": n} for n in range(30)]
    calls += [{"phone": "0171/3920016", "minutes": 4}]
    add(shop, "calls", calls, None)

    found = find(shop, asked(email="emil@blum.example"))

    assert settled(found) == {("customers@1", 5)}
    (match,) = found.open_doubts
    assert (match.dataset_id, match.rows, match.people) == ("calls@1", (30,), 2)


def test_rows_without_a_key_under_another_name_are_asked_about(shop: Workspace) -> None:
    rows = [
        {"full_name": f"Reader{chr(97 + n)} Some{chr(97 + n)}", "email": f"r{n}@x.example"}
        for n in range(20)
    ]
    rows += [{"full_name": "C. Stein", "email": "clara@mail.example"}]
    rows += [{"full_name": "Otto Vogel", "email": "clara@mail.example"}]
    add(shop, "newsletter", rows, None)

    found = find(shop, asked(email="clara@mail.example"))

    assert settled(found) == {("customers@1", 2), ("newsletter@1", 20)}
    assert [match.rows for match in found.open_doubts] == [(21,)]


def test_another_population_is_entered_by_what_is_the_persons_alone(shop: Workspace) -> None:
    rows = [{"member": 500 + n, "email": f"m{n}@x.example", "points": n} for n in range(30)]
    rows += [{"member": 530, "email": "clara@mail.example", "points": 1}]
    add(shop, "club", rows, "member", "club members")
    visits = [{"member": 500 + n % 31, "hour": n % 24} for n in range(93)]
    add(shop, "visits", visits, "member", "club members")

    found = find(shop, asked(person_key=103))

    assert ("club@1", 30) in settled(found)
    assert {row for id_, row in settled(found) if id_ == "visits@1"} == {30, 61, 92}


def test_a_namesake_in_another_population_is_left_alone(shop: Workspace) -> None:
    rows = [
        {"member": 500 + n, "full_name": f"Membera{chr(97 + n)} Clubb{chr(97 + n)}", "shoes": n}
        for n in range(20)
    ]
    rows += [{"member": 530, "full_name": "Clara Stein", "shoes": 1}]
    add(shop, "club", rows, "member", "club members")

    found = find(shop, asked(email="clara@mail.example", name="Clara Stein"))

    assert settled(found) == {("customers@1", 2)}
    assert found.open_doubts == ()


def test_every_version_is_searched_unless_the_newest_is_asked_for(shop: Workspace) -> None:
    add(shop, "customers", customers()[2:], "customer_id")

    everywhere = find(shop, asked(email="clara@mail.example"))
    newest = find(shop, asked(email="clara@mail.example"), versions="newest")

    assert settled(everywhere) == {("customers@1", 2), ("customers@2", 0)}
    assert settled(newest) == {("customers@2", 0)}


def notes(*texts: str) -> Rows:
    filler = [f"Nothing to tell about visit {n} on this long and quiet day" for n in range(20)]
    return [
        {"ticket_id": f"T{n:04d}", "customer_id": 200 + n % 20, "note": text}
        for n, text in enumerate([*filler, *texts])
    ]


@pytest.mark.parametrize(
    ("text", "is_certain"),
    [
        ("Please copy BRUNO@mail.example on this one", True),
        ('{"cc": ["bruno@mail.example", "x@y.example"]}', True),
        ("to:x@y.example,bruno@mail.example;z@y.example", True),
        ("请联系bruno@mail.example谢谢，快一点吧，我们很着急", True),
        ("His number is 0171 39200-13, ring before noon", True),
        ("Handed over to Bruno Keller, who was not at home", True),
        ("Handed over to KELLER, Bruno; he was not at home", True),
        ("Herr Keller was not at home when we rang the bell", True),
        ("Same household as customer_id 102, it seems to us", True),
        ("The total was 102 10 2 euros, which is too much", None),
        ("Handed over to Bruno Kellermann, who was not there", None),
        ("Wrote to bruno@mail.example.org, no answer as yet", None),
        ("Keller is what they call the cellar in Germany, no", None),
    ],
)
def test_the_person_is_found_in_notes_on_others(
    shop: Workspace,
    text: str,
    is_certain: bool | None,
) -> None:
    add(shop, "tickets", notes(text), "customer_id")

    found = find(shop, asked(email="bruno@mail.example"))

    rows = {("tickets@1", 20)}
    assert mentioned(found) == (set() if is_certain is None else rows)
    assert mentioned(found, certain_only=True) == (rows if is_certain else set())
    assert settled(found) == {("customers@1", 1)}


def test_a_mention_says_where_it_begins_and_ends(shop: Workspace) -> None:
    text = "Bitte an Straße 9, Bruno  Keller,\tund bruno@mail.example schreiben, danke sehr"
    add(shop, "tickets", notes(text), "customer_id")

    found = find(shop, asked(email="bruno@mail.example"))

    parts = {text[one.start : one.end] for one in found.mentions}
    assert parts == {"Bruno  Keller", "bruno@mail.example"}


def test_a_name_that_two_people_bear_is_a_doubtful_mention(shop: Workspace) -> None:
    add(shop, "tickets", notes("Handed over to Anna Weiss next door, as agreed"), "customer_id")

    found = find(shop, asked(email="anna.weiss@mail.example"))

    assert [one.is_doubtful for one in found.mentions] == [True]


def test_a_shared_telephone_is_a_doubtful_mention(shop: Workspace) -> None:
    add(shop, "tickets", notes("Ring 0171 3920016 before you come, said the dog"), "customer_id")

    found = find(shop, asked(email="emil@blum.example"))

    assert [one.is_doubtful for one in found.mentions] == [True]


def test_a_longer_chinese_name_is_another_person(workspace: Workspace) -> None:
    rows = [
        {"customer_id": 100 + n, "full_name": name, "email": f"c{n}@x.example"}
        for n, name in enumerate(
            ["王伟", "王伟明", "李娜", "张敏", "刘洋", "陈静", "杨勇", "赵磊"] * 1
        )
    ]
    add(workspace, "customers", rows, "customer_id")
    texts = ["昨天王伟明来过我们店里，说要退货退款", "昨天王伟来过我们店里，说要退货退款的"]
    rows_ = [{"customer_id": 103 + n % 5, "note": t} for n, t in enumerate(texts * 1)]
    add(workspace, "tickets", rows_, "customer_id")

    found = find(workspace, asked(email="c0@x.example"))

    assert mentioned(found) == {("tickets@1", 1)}


def test_who_referred_somebody_is_mentioned_by_key(shop: Workspace) -> None:
    rows = [
        {"customer_id": 200 + n % 20, "referrer_customer_id": 102 if n == 7 else 203}
        for n in range(40)
    ]
    add(shop, "referrals", rows, "customer_id")

    found = find(shop, asked(email="bruno@mail.example"))

    assert mentioned(found, certain_only=True) == {("referrals@1", 7)}


@pytest.mark.parametrize("typed", ["", " ", "*", "%", "?", "n/a", "_", "%@%", "'"])
def test_empty_values_and_wildcards_find_nobody(shop: Workspace, typed: str) -> None:
    for kind in IdentifierKind:
        with pytest.raises(NothingToLookForError) as refusal:
            find(shop, [Identifier(kind=kind, value=typed)])

        assert typed.strip() in ("", "?", "'", "_", "*", "%") or typed not in str(refusal.value)


def test_nothing_at_all_finds_nobody(shop: Workspace) -> None:
    with pytest.raises(NothingToLookForError):
        find(shop, [])


def test_one_identifier_that_is_none_is_told_and_left_out(shop: Workspace) -> None:
    found = find(shop, asked(email="bruno@mail.example", phone=""))

    assert settled(found) == {("customers@1", 1)}
    assert "phone given" in found.skipped


@pytest.mark.parametrize(
    "typed",
    ['=HYPERLINK("http://x","y")', "<script>alert(1)</script>", "Robert'); DROP TABLE", "a" * 5000],
)
def test_injected_text_is_looked_for_as_it_is(shop: Workspace, typed: str) -> None:
    add(shop, "tickets", notes(f"{typed} came by to say hello to the whole team"), "customer_id")

    found = find(shop, asked(name=typed, email="clara@mail.example"))

    assert ("customers@1", 2) in {(m.dataset_id, m.rows[0]) for m in found.matches}


def test_nothing_of_what_was_typed_is_told(shop: Workspace) -> None:
    found = find(shop, asked(email="bruno@mail.example", name="Clara Stein"))
    told = json.dumps(to_json(found))

    assert "bruno" not in told
    assert "Clara" not in told
    assert "102" not in re.findall(r"\w+", told)  # a short id hash may hold the figures
    assert "bruno" not in repr(asked(email="bruno@mail.example"))


def test_many_people_are_found_in_one_index_as_one_by_one(shop: Workspace) -> None:
    desk = shop._desk
    with desk.database.reading() as connection:
        index = Index(desk, connection)
        together = [index.trace(asked(email=person[2])) for person in PEOPLE]

    assert together == [find(shop, asked(email=person[2])) for person in PEOPLE]


def receive(workspace: Workspace, *, request: str = "R1", **values: object) -> None:
    with workspace._desk.act("request.open", request) as act:
        noun = Request(
            id=request,
            law=LawId("gdpr"),
            right=Right.ACCESS,
            received_on=date(2026, 11, 20),
            channel="form",
            country="DE",
        )
        act.store(tables.REQUEST, noun, id=request)
    sealing.seal(workspace._desk, request, asked(**values))


def test_a_search_is_on_record_with_counts_only(shop: Workspace) -> None:
    receive(shop, email="bruno@mail.example")

    found = shop.rights.tracing.trace_request("R1")

    entry = shop.entries()[0]
    assert settled(found) == {("customers@1", 1)}
    assert (entry.act, entry.subject) == ("request.search", "R1")
    assert entry.facts["rows"] == 1
    assert "bruno" not in to_json(entry)


def test_a_decision_is_kept_with_the_request(shop: Workspace) -> None:
    receive(shop, name="Clara Stein")
    (doubt,) = shop.rights.tracing.look("R1").open_doubts

    after = shop.rights.tracing.decide("R1", doubt.id, is_person=True)

    assert settled(after) == settled(shop.rights.tracing.look("R1")) == {("customers@1", 2)}
    assert "Clara" not in to_json(shop.entries()[0])
    assert not shop.verify_trail().problems


def test_a_decision_on_another_match_or_too_many_people_is_refused(workspace: Workspace) -> None:
    rows = [
        {"customer_id": n, "full_name": "Wei Wang", "email": f"w{n}@x.example"}
        for n in range(100, 170)
    ]
    add(workspace, "customers", rows, "customer_id")
    receive(workspace, name="Wang Wei")
    (match,) = workspace.rights.tracing.look("R1").open_doubts

    with pytest.raises(TooManyPeopleError):
        workspace.rights.tracing.decide("R1", match.id, is_person=True)
    with pytest.raises(UnknownMatchError):
        workspace.rights.tracing.decide("R1", "customers@1:email~email:deadbeef", is_person=True)


def test_codes_of_people_differ_from_request_to_request(shop: Workspace) -> None:
    one = find(shop, asked(name="Anna Weiß"))
    other = find(shop, asked(name="Anna Weiss"))

    assert {m.who for m in one.matches}.isdisjoint({m.who for m in other.matches})


def test_a_request_that_cannot_be_read_is_refused(shop: Workspace) -> None:
    receive(shop, email="bruno@mail.example")
    sealing.destroy(shop._desk, "R1")

    with pytest.raises(SealedError):
        shop.rights.tracing.look("R1")
    sealing.seal(shop._desk, "R9", asked(email="bruno@mail.example"))
    with pytest.raises(UnknownRequestError):
        shop.rights.tracing.look("R9")
