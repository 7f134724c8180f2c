"""Restricted rows moved out of what is used into versions that keep them, and back."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.anonymise import to_plan
from compliance.dataset import RawFile
from compliance.dataset.nouns import Dataset, Description
from compliance.errors import (
    FulfilmentError,
    NotUsableError,
)
from compliance.lineage.nouns import Edge
from compliance.rights.nouns import (
    Barrier,
    Correction,
    Identifier,
    IdentifierKind,
    IdentityLevel,
    Outcome,
    Right,
    Seen,
)
from compliance.storage import records, tables
from compliance.workspace import Workspace
from compliance.workspace.consenting import barriers
from compliance.workspace.data import datasets
from compliance.workspace.fulfilling import barring
from compliance.workspace.restricting import versions
from tests.conftest import Begin
from tests.consent_cases import PEOPLE, by_number, looked_at, wish
from tests.consent_cases import workspace as visited
from tests.fulfilling_cases import (
    CUSTOMERS,
    NOA,
    ORDERS,
    STRANGER_EMAIL,
    STRANGER_ID,
    csv_of,
    decided,
    files_in,
    filled,
)
from tests.request_cases import today

COARSE = to_plan({"quasi_identifiers": {"country": {"build": "suppress"}}, "k": 2})
STRANGER = (Identifier(kind=IdentifierKind.EMAIL, value=STRANGER_EMAIL),)


@pytest.fixture
def shop(begin: Begin) -> Workspace:
    return begin("fulfilling-plain", lambda workspace: filled(workspace, with_referrer=False))


def rows(workspace: Workspace, name: str, id_: str = "") -> list[tuple[object, ...]]:
    """The rows of the newest version, or of another."""
    desk = workspace._desk
    with desk.database.reading() as connection:
        found = datasets.version(connection, id_) if id_ else datasets.find(connection, name)
    content = desk.table(found).whole().to_pydict()
    return list(zip(*content.values(), strict=True))


def ids(workspace: Workspace, name: str, place: int = 0, id_: str = "") -> list[object]:
    return [row[place] for row in rows(workspace, name, id_)]


def restrict(workspace: Workspace, who: tuple[Identifier, ...] = NOA) -> str:
    id_ = decided(workspace, Right.RESTRICTION, who=who)
    workspace.rights.fulfilling.restrict(id_)
    return id_


def lift(workspace: Workspace, id_: str) -> tuple[str, ...]:
    day = today(workspace.rights.requests)
    return workspace.rights.fulfilling.lift(id_, day).changed


def upload(workspace: Workspace, lines: list[list[str]], name: str = "customers") -> Dataset:
    file = RawFile(name=f"{name}-new.csv", data=csv_of([row[:6] for row in lines]))
    found = workspace.add_files([file], name)
    workspace.discover(name)
    return found


def seen_of(workspace: Workspace, id_: str, column: str) -> Seen:
    every = workspace.rights.fulfilling.seen(id_)
    return next(s for s in every if (s.dataset, s.column) == ("customers", column))


def right(seen: Seen, value: str) -> Correction:
    return Correction(dataset=seen.dataset, column=seen.column, seen=seen.hash, value=value)


# A version without the rows, and one that keeps them


def test_restriction_makes_a_version_without_the_rows_of_every_dataset(shop: Workspace) -> None:
    before = {name: rows(shop, name) for name in ("customers", "orders")}

    id_ = restrict(shop)
    request = shop.rights.requests.find(id_).request
    entry = next(e for e in shop.entries(5) if e.act == "request.restrict")

    assert request.changed == ("customers@2", "orders@2")
    assert "made customers@2, orders@2" in request.history[-1].what
    assert entry.facts["made"] == ["customers@2", "orders@2"]
    assert entry.facts["moved_out"] == {"customers@2": 1, "orders@2": 2}
    assert rows(shop, "customers") == [r for r in before["customers"] if r[0] != 901]
    assert rows(shop, "orders") == [r for r in before["orders"] if r[1] != 901]
    assert rows(shop, "customers", "customers@1") == before["customers"]
    assert shop.dataset("customers").column("customer_id").distinct == len(CUSTOMERS) - 2
    assert shop.discovery("customers") is not None
    assert shop.verify_trail().ok


def test_the_version_comes_from_the_one_that_keeps_the_rows(shop: Workspace) -> None:
    restrict(shop)
    lift(shop, restrict(shop, STRANGER))

    with shop._desk.database.reading() as connection:
        edges = records.every(connection, tables.EDGE, Edge)
    made = [f"dataset:customers@{n}" for n in (2, 3, 4)]
    steps = [
        (edge.origin.id, edge.made.id, edge.step)
        for edge in edges
        if f"{edge.made.kind}:{edge.made.id}" in made
    ]

    assert steps == [
        ("customers@1", "customers@2", "restricted"),
        ("customers@1", "customers@3", "restricted"),
        ("customers@1", "customers@4", "restriction lifted"),
    ]


def test_lifting_brings_back_the_very_same_rows_in_a_new_version(shop: Workspace) -> None:
    first = shop.dataset("customers")
    id_ = restrict(shop)

    changed = lift(shop, id_)
    now = shop.dataset("customers")

    assert changed == ("customers@2", "orders@2", "customers@3", "orders@3")
    assert (now.id, now.sha256, now.rows) == ("customers@3", first.sha256, first.rows)
    assert now.columns == first.columns
    said = shop.rights.requests.find(id_).request.history[-1].what
    assert "made customers@3, orders@3" in said


def test_who_is_restricted_twice_comes_back_when_both_have_ended(shop: Workspace) -> None:
    one, other = restrict(shop), restrict(shop)

    assert shop.rights.requests.find(other).request.changed == ()
    assert lift(shop, one) == ("customers@2", "orders@2")
    assert 901 not in ids(shop, "customers")
    assert lift(shop, other) == ("customers@3", "orders@3")
    assert 901 in ids(shop, "customers")


def test_who_is_in_no_dataset_changes_none(shop: Workspace) -> None:
    who = (Identifier(kind=IdentifierKind.EMAIL, value="nobody@here.example"),)

    id_ = restrict(shop, who)

    assert shop.rights.requests.find(id_).request.changed == ()
    assert shop.dataset("customers").version == 1


def test_where_everybody_is_restricted_nothing_is_used(tmp_path: Path) -> None:
    made = visited(tmp_path / "desk")
    act_on(made, "R-1", set(range(PEOPLE)))

    assert made.dataset("accounts").rows == 0
    found, told = looked_at(made._desk, "accounts")
    assert (found.rows, told.left_out) == (0, {Barrier.RESTRICTED: PEOPLE})
    with pytest.raises(NotUsableError, match="no row is left"):
        list(made.anonymisation.anonymise("accounts", COARSE, {}))


def test_a_failure_leaves_no_version_and_no_file(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = decided(shop, Right.RESTRICTION)
    files = set(shop._desk.datasets_folder.iterdir())

    def broken(*_args: object, **_named: object) -> None:
        raise FulfilmentError(request=id_, reason="the light went out")

    monkeypatch.setattr(barring, "finished", broken)
    with pytest.raises(FulfilmentError, match="light"):
        shop.rights.fulfilling.restrict(id_)

    assert set(shop._desk.datasets_folder.iterdir()) == files
    assert shop.dataset("customers").version == 1
    with shop._desk.database.reading() as connection:
        assert barriers.wishes(connection) == ()


def leads(workspace: Workspace, email: str) -> str:
    """A restriction of somebody who is in a table without keys, and the table."""
    lines = [["full_name", "birth_date", "email"]]
    lines += [[f"Lead Nummer{n}", f"19{n}-01-01", f"l{n}@x.example"] for n in range(60, 80)]
    lines += [["Selma Einzig", "1971-02-03", email]]
    file = RawFile(name="leads.csv", data=csv_of(lines))
    workspace.add_files([file], "leads", Description(population="leads"))
    workspace.discover("leads")
    who = {
        IdentifierKind.NAME: "Selma Einzig",
        IdentifierKind.BIRTH_DATE: "1971-02-03",
        IdentifierKind.EMAIL: "selma@x.example",
    }
    return decided_as(workspace, tuple(Identifier(kind=k, value=v) for k, v in who.items()))


def test_a_row_in_which_only_the_name_tells_is_moved_out_and_comes_back(shop: Workspace) -> None:
    id_ = leads(shop, "")

    shop.rights.fulfilling.restrict(id_)
    restrict(shop)  # whoever comes next does not bring it back
    assert "Selma Einzig" not in ids(shop, "leads")

    lift(shop, id_)
    assert "Selma Einzig" in ids(shop, "leads")


def test_another_address_in_a_row_of_the_person_is_the_persons_too(shop: Workspace) -> None:
    shop.rights.fulfilling.restrict(leads(shop, "old@x.example"))

    assert "Selma Einzig" not in ids(shop, "leads")
    assert shop.dataset("leads").rows == 20


def decided_as(workspace: Workspace, who: tuple[Identifier, ...]) -> str:
    """A restriction of somebody of whom every doubtful match is that person."""
    requests = workspace.rights.requests
    found = requests.open("EU_GDPR", Right.RESTRICTION, today(requests), who, country="DE")
    requests.steps.identify(found.id, IdentityLevel.DOCUMENT, "compared")
    if doubts := requests.steps.search(found.id).doubts:
        requests.steps.doubts(found.id, dict.fromkeys(doubts, True))
    requests.steps.decide(found.id, Outcome.FULFILLED)
    return found.id


def test_rows_that_only_lead_to_the_person_are_moved_out_too(shop: Workspace) -> None:
    paid = [["payment_id", "order_id", "amount"]]
    paid += [[f"P-{n}", line[0], line[2]] for n, line in enumerate(ORDERS[1:])]
    file = RawFile(name="payments.csv", data=csv_of(paid))
    shop.add_files([file], "payments", Description(population="customers"))
    shop.discover("payments")
    id_ = decided(shop, Right.RESTRICTION)

    shop.rights.fulfilling.restrict(id_)

    assert {"B-1", "B-2"}.isdisjoint(ids(shop, "payments", 1))
    assert len(rows(shop, "payments")) == len(paid) - 3
    lift(shop, id_)
    assert len(rows(shop, "payments")) == len(paid) - 1


def test_nobody_is_moved_out_for_a_shared_number(shop: Workspace) -> None:
    lines = [[*line[:6]] for line in CUSTOMERS]
    lines[2][3] = lines[1][3]  # two at one telephone
    upload(shop, lines)
    who = (*NOA, Identifier(kind=IdentifierKind.PHONE, value=lines[1][3]))

    shop.rights.fulfilling.restrict(decided(shop, Right.RESTRICTION, who=who))

    assert {901, STRANGER_ID} & set(ids(shop, "customers")) == {STRANGER_ID}


# In any order


def act_on(workspace: Workspace, request: str, people: set[int]) -> tuple[str, ...]:
    """Restrict these people in one act, as the request would."""
    desk = workspace._desk
    wish(desk, [by_number(n) for n in people], request=request)
    with ExitStack() as undo, desk.act("request.restrict", request) as act:
        made = versions.moved(desk, act, undo)
        undo.pop_all()
    return made.versions


def end(workspace: Workspace, request: str) -> None:
    desk = workspace._desk
    with ExitStack() as undo, desk.act("request.lift", request) as act:
        versions.moved(desk, act, undo, barriers.lift(act, request))
        undo.pop_all()


PEOPLE_OF = st.sets(st.integers(0, 7), min_size=1, max_size=3)
STEPS = st.lists(
    st.one_of(st.tuples(st.just("restrict"), PEOPLE_OF), st.tuples(st.just("lift"), st.integers())),
    max_size=7,
)


@settings(max_examples=25)
@given(STEPS)
def test_rows_are_never_lost_never_doubled_and_never_used_while_restricted(
    steps: list[tuple[str, object]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = visited(Path(folder) / "desk")
        first = {name: rows(made, name) for name in ("accounts", "visits")}
        place = {"accounts": 0, "visits": 1}
        standing: dict[str, set[int]] = {}
        for number, (kind, said) in enumerate(steps):
            if kind == "restrict" and isinstance(said, set):
                standing[f"R-{number}"] = said
                act_on(made, f"R-{number}", said)
            elif kind == "lift" and isinstance(said, int) and standing:
                id_ = sorted(standing)[said % len(standing)]
                end(made, id_)
                del standing[id_]
            out = {f"C{n:03d}" for people in standing.values() for n in people}
            for name, before in first.items():
                left = [row for row in before if row[place[name]] not in out]
                assert rows(made, name) == left
        for id_ in list(standing):
            end(made, id_)
        for name, before in first.items():
            assert rows(made, name) == before
            assert made.dataset(name).columns == visited_columns(made, name)
        assert made.verify_trail().ok


def visited_columns(made: Workspace, name: str) -> object:
    with made._desk.database.reading() as connection:
        return datasets.version(connection, f"{name}@1").columns


# While somebody is restricted


def test_a_newer_file_with_the_persons_rows_is_used_without_them(shop: Workspace) -> None:
    id_ = restrict(shop)
    lines = [*CUSTOMERS, ["903", "Neu Kunde", "neu@mail.example", "", "1990-01-01", "Ulm"]]

    found = upload(shop, lines)
    _, told = looked_at(shop._desk, "customers")

    assert (found.id, told.left_out) == ("customers@3", {Barrier.RESTRICTED: 1})
    assert lift(shop, id_)[2:] == ("orders@3",)  # of the newer file nothing had been moved out
    assert sorted(ids(shop, "customers")) == sorted(int(line[0]) for line in lines[1:])
    assert looked_at(shop._desk, "customers")[1].left_out == {}


def test_the_same_file_again_is_what_is_kept_already(shop: Workspace) -> None:
    restrict(shop)

    found = upload(shop, [row[:6] for row in CUSTOMERS])

    assert found.id == "customers@2"
    assert 901 not in ids(shop, "customers")


def test_the_next_restriction_moves_all_out_of_a_newer_file(shop: Workspace) -> None:
    restrict(shop)
    upload(shop, [*CUSTOMERS, ["903", "Neu Kunde", "neu@mail.example", "", "1990-01-01", "Ulm"]])

    other = restrict(shop, STRANGER)

    assert shop.rights.requests.find(other).request.changed == ("customers@4", "orders@3")
    assert {901, STRANGER_ID}.isdisjoint(ids(shop, "customers"))
    assert 903 in ids(shop, "customers")


def test_a_restricted_value_is_put_right_and_stays_out_of_use(shop: Workspace) -> None:
    restriction = restrict(shop)
    id_ = decided(shop, Right.RECTIFICATION)

    done = shop.rights.fulfilling.rectify(id_, [right(seen_of(shop, id_, "city"), "Neustadt")])
    cities = [row[5] for row in rows(shop, "customers", "customers@3")]

    assert done.made == ("customers@3", "customers@4")
    assert "Neustadt" in cities
    assert 901 not in ids(shop, "customers")
    assert rows(shop, "customers") == rows(shop, "customers", "customers@2")
    lift(shop, restriction)
    assert "Neustadt" in [row[5] for row in rows(shop, "customers")]


def test_somebody_elses_value_is_put_right_in_both_versions(shop: Workspace) -> None:
    restriction = restrict(shop)
    id_ = decided(shop, Right.RECTIFICATION, who=STRANGER)

    done = shop.rights.fulfilling.rectify(id_, [right(seen_of(shop, id_, "city"), "Neustadt")])

    assert done.made == ("customers@3", "customers@4")
    assert shop.rights.requests.find(id_).request.changed == done.made
    used = {row[0]: row[5] for row in rows(shop, "customers")}
    assert (used[STRANGER_ID], 901 in used) == ("Neustadt", False)
    lift(shop, restriction)
    now = {row[0]: row[5] for row in rows(shop, "customers")}
    assert (now[901], now[STRANGER_ID], len(now)) == ("Mühldorf", "Neustadt", len(CUSTOMERS) - 1)


def test_a_person_is_still_kept_out_by_an_address_that_was_put_right(shop: Workspace) -> None:
    people = [["email", "city"], ["noa.levi@mail.example", "Bonn"]]
    people += [[f"x{n}@mail.example", "Ulm"] for n in range(12)]
    shop.add_files(
        [RawFile(name="news.csv", data=csv_of(people))], "news", Description(population="readers")
    )
    shop.discover("news")
    restrict(shop)
    id_ = decided(shop, Right.RECTIFICATION)
    every = shop.rights.fulfilling.seen(id_)
    seen = next(s for s in every if (s.dataset, s.column) == ("news", "email"))

    shop.rights.fulfilling.rectify(id_, [right(seen, "noa@new.example")])

    assert "noa@new.example" not in ids(shop, "news")
    assert "noa@new.example" in ids(shop, "news", id_="news@3")


def test_access_shows_restricted_rows_and_says_that_they_are(shop: Workspace) -> None:
    restrict(shop)
    id_ = decided(shop, Right.ACCESS)

    files = files_in(shop.rights.fulfilling.package(id_))
    told = {one["name"]: one for one in json.loads(files["data.json"])["datasets"]}

    assert {n: (one["restricted_rows"], len(one["rows"])) for n, one in told.items()} == {
        "customers": (1, 1),
        "orders": (2, 2),
    }
    assert json.loads(files["data.json"])["older_versions_and_copies"] == []


def test_nothing_is_told_twice_to_somebody_else(shop: Workspace) -> None:
    restrict(shop)
    id_ = decided(shop, Right.ACCESS, who=STRANGER)

    package = shop.rights.fulfilling.outline(id_)

    assert [(one.name, one.rows, one.restricted) for one in package.extracts] == [
        ("customers", 1, 0),
        ("orders", 1, 0),
    ]
    assert package.copies == ()


def test_erasing_reaches_the_rows_that_are_only_stored(shop: Workspace) -> None:
    restriction = restrict(shop)
    requests = shop.rights.requests
    found = requests.open("EU_GDPR", Right.ERASURE, today(requests), NOA, country="DE")
    requests.steps.identify(found.id, IdentityLevel.DOCUMENT, "compared")
    if doubts := requests.steps.search(found.id).doubts:
        requests.steps.doubts(found.id, dict.fromkeys(doubts, False))
    requests.steps.decide(found.id, Outcome.FULFILLED, ground="consent_withdrawn")

    for _ in shop.rights.erasing.erase([found.id]):
        pass

    for version in ("customers@1", "customers@2"):
        assert 901 not in ids(shop, "customers", id_=version)
    lift(shop, restriction)
    assert 901 not in ids(shop, "customers")
    assert len(rows(shop, "customers")) == len(CUSTOMERS) - 2
    assert shop.verify_trail().ok


def test_the_newest_versions_are_searched_with_the_rows_that_are_kept(shop: Workspace) -> None:
    id_ = restrict(shop)

    found = shop.rights.tracing.look(id_, "newest")

    assert sorted(match.dataset_id for match in found.settled) == ["customers@1", "orders@1"]


def test_what_is_made_says_how_many_rows_were_left_out(shop: Workspace) -> None:
    restrict(shop)

    found, told = looked_at(shop._desk, "customers")

    assert found == shop.dataset("customers")
    assert (told.left_out, told.people_left_out) == ({Barrier.RESTRICTED: 1}, 1)
    assert told.rows == found.rows
    assert told.why == "1 row of 1 person left out: restriction (1)"


# What was made of it meanwhile


def mended(workspace: Workspace, change: object) -> None:
    """The next version of the customers, as a remedy would make it."""
    from compliance.workspace.mending.rows import taken_in

    desk = workspace._desk
    with desk.act("remedy.apply", "F-1") as act:
        before = datasets.find(act.connection, "customers")
        content = change(desk.table(before).whole())  # type: ignore[operator]
        made = datasets.store(desk, act, taken_in(content, before), "customers", before.description)
        act.link(datasets.dataset_node(before), datasets.dataset_node(made), "mended")


def test_rows_come_back_with_the_columns_that_are_left(shop: Workspace) -> None:
    id_ = restrict(shop)
    mended(shop, lambda content: content.drop_columns(["phone", "birth_date"]).slice(1))
    shop.discover("customers")
    before = rows(shop, "customers")

    changed = lift(shop, id_)

    assert changed[2:] == ("customers@4", "orders@3")
    assert rows(shop, "customers")[:-1] == before
    assert rows(shop, "customers")[-1][0] == 901
    assert len(rows(shop, "customers")[-1]) == 4


def test_rows_come_back_one_after_another_into_what_was_made_meanwhile(shop: Workspace) -> None:
    one = restrict(shop)
    mended(shop, lambda content: content.drop_columns(["phone"]))
    shop.discover("customers")
    other = restrict(shop, STRANGER)

    lift(shop, one)
    assert {901, STRANGER_ID} & set(ids(shop, "customers")) == {901}
    lift(shop, other)

    counts = Counter(ids(shop, "customers"))
    assert counts == Counter(int(line[0]) for line in CUSTOMERS[1:])


def test_plain_rows_are_not_put_into_masked_values_and_it_is_said(shop: Workspace) -> None:
    import pyarrow as pa

    id_ = restrict(shop)
    mended(
        shop,
        lambda content: content.set_column(5, "city", pa.array(["***"] * content.num_rows)),
    )

    lift(shop, id_)

    said = shop.rights.requests.find(id_).request.history[-1].what
    assert said.endswith("rows stay apart of what was made into something else: customers")
    assert 901 not in ids(shop, "customers")
    assert 901 in ids(shop, "customers", id_="customers@1")
