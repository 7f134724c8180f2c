"""Mentions that may be of somebody else: when they are, and an officer's word on each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from compliance.errors import RequestStepError, UndecidedMentionsError, UnknownMatchError
from compliance.plain import to_json
from compliance.rights.erasing import MARK
from compliance.rights.nouns import (
    Correction,
    Erasure,
    Identifier,
    IdentifierKind,
    IdentityLevel,
    Mention,
    Outcome,
    Right,
    Step,
)
from compliance.workspace import Workspace
from compliance.workspace.data import datasets
from tests.cli_cases import refused, run, written
from tests.erasing_cases import ask, email, standing
from tests.request_cases import in_scope, opened
from tests.test_tracing import add, customers, find
from tests.tracing_shop import asked, csv_of
from tests.tracing_shop import said as described

DORA, EMIL = "family@blum.example", "emil@blum.example"  # one number: +49 171 3920016
NUMBER = "+49 171 3920016"
FILLER = "Asked about the delivery of the goods, was told to wait."


@pytest.fixture
def shop(workspace: Workspace) -> Workspace:
    """People of whom two have one telephone number."""
    add(workspace, "customers", customers(), "customer_id")
    return workspace


def notes(workspace: Workspace, *said: str, owners: Sequence[str] = ()) -> None:
    """Tickets of others with these notes, the first ones of these `owners`."""
    every = [*said, *[FILLER] * 20]
    of = [*owners, *(str(200 + n % 20) for n in range(len(every)))]
    rows = [
        {"ticket_id": f"T{7000 + n}", "customer_id": of[n], "note": note}
        for n, note in enumerate(every)
    ]
    workspace.add_files([csv_of("tickets.csv", rows)], "tickets", described("customer_id"))


def in_tickets(workspace: Workspace, mail: str) -> dict[int, Mention]:
    """The mentions of a number in tickets, by row."""
    found = find(workspace, asked(email=mail)).mentions
    return {one.row: one for one in found if one.kind == "phone"}


def test_a_number_of_two_people_is_doubtful_and_it_is_said_why(shop: Workspace) -> None:
    notes(shop, f"Left the number {NUMBER} of a neighbour.")

    (mention,) = in_tickets(shop, DORA).values()

    assert mention.is_doubtful
    assert mention.doubt == "Somebody else has the same phone."
    assert mention.id.startswith("m-")


@pytest.mark.parametrize(
    "note",
    [
        f"Ask Dora Blum, {NUMBER}, about the parcel.",
        "Call 0171/3920016 (Dora Blum) after six.",
        f"Write to {DORA} or call {NUMBER}.",
    ],
)
def test_beside_what_only_one_of_them_has_the_number_is_hers(shop: Workspace, note: str) -> None:
    notes(shop, note)

    assert not in_tickets(shop, DORA)[0].is_doubtful
    assert in_tickets(shop, EMIL)[0].is_doubtful


@pytest.mark.parametrize(
    "note",
    [
        f"Dora Blum and Emil share {NUMBER} at home.",
        f"Spoke to Dora Blum. Left the number {NUMBER} of a neighbour.",
        f"Dora Blum asked for it;\n{NUMBER} was somebody's number.",
        f"Dora Blum said that she would think about all of it and that the caller was {NUMBER}.",
    ],
)
def test_where_the_other_stands_or_another_sentence_begins_it_stays_doubtful(
    shop: Workspace, note: str
) -> None:
    notes(shop, note)

    assert in_tickets(shop, DORA)[0].is_doubtful


def test_in_a_row_of_the_other_bearer_it_stays_doubtful(shop: Workspace) -> None:
    note = f"Ask Dora Blum, {NUMBER}, about the parcel."
    notes(shop, note, note, owners=["106", "201"])

    found = in_tickets(shop, DORA)

    assert (found[0].is_doubtful, found[1].is_doubtful) == (True, False)


def test_without_its_country_a_number_is_doubtful_where_somebody_abroad_has_it(
    shop: Workspace,
) -> None:
    abroad = [
        {"staff_id": n, "name": f"Gael{n} Roux{n}", "phone": f"+43 171 392001{n % 10}"}
        for n in range(2, 30)
    ]
    add(shop, "staff", abroad, "staff_id", "staff")
    notes(shop, "Call 0171 3920013 please, he knows", "Call +49 171 3920013 please, he knows")

    found = in_tickets(shop, "bruno@mail.example")

    assert (found[0].is_doubtful, found[1].is_doubtful) == (True, False)


def contents(workspace: Workspace, id_: str) -> list[dict[str, object]]:
    with workspace._desk.database.reading() as connection:
        table = workspace._desk.table(datasets.version(connection, id_))
    rows: list[dict[str, object]] = table.whole().to_pylist()
    return rows


def erase(workspace: Workspace, *ids: str, takes: bool | None = None) -> Erasure:
    steps = workspace.rights.erasing.erase(ids, doubtful_mentions=takes)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            done: Erasure = end.value
            return done


def of(workspace: Workspace, request: str) -> dict[int, str]:
    """The ids of the doubtful mentions, by row of the tickets; the first is 0."""
    requests = workspace.rights.requests
    every = requests.doubtful_mentions(requests.look(request))
    return {place.row - 1: one.id for one in every for place in one.places}


TWO = (f"Left {NUMBER}, the one with the dog.", f"Left {NUMBER}, the one with the cat.")


def test_an_erasure_waits_until_each_mention_is_decided(shop: Workspace) -> None:
    in_scope(shop)
    notes(shop, *TWO)
    ask(shop, "R-1", [email(DORA)])
    before = contents(shop, "customers@1")
    with pytest.raises(UndecidedMentionsError, match="2 mentions in texts of request R-1"):
        erase(shop, "R-1")
    assert contents(shop, "customers@1") == before
    mentions = of(shop, "R-1")

    shop.rights.requests.steps.doubts("R-1", {mentions[0]: True})
    with pytest.raises(UndecidedMentionsError, match="1 mention in a text of request R-1"):
        erase(shop, "R-1")
    shop.rights.requests.steps.doubts("R-1", {mentions[1]: False})
    done = erase(shop, "R-1")

    now = [str(row["note"]) for row in contents(shop, "tickets@1")]
    assert MARK in now[0]
    assert NUMBER not in now[0]
    assert now[1] == TWO[1]
    assert (done.left, done.counts["mentions_doubtful"]) == (0, 1)
    assert not shop.verify_trail().problems


@pytest.mark.parametrize("takes", [True, False])
def test_all_that_are_undecided_go_or_stay_at_one_word(shop: Workspace, takes: bool) -> None:
    in_scope(shop)
    notes(shop, *TWO)
    ask(shop, "R-1", [email(DORA)])
    mentions = of(shop, "R-1")
    shop.rights.requests.steps.doubts("R-1", {mentions[0]: not takes})

    erase(shop, "R-1", takes=takes)

    gone = [MARK in str(row["note"]) for row in contents(shop, "tickets@1")[:2]]
    assert gone == [not takes, takes]


def test_a_decision_is_kept_as_a_keyed_hash_and_can_be_taken_back(shop: Workspace) -> None:
    in_scope(shop)
    notes(shop, *TWO)
    ask(shop, "R-1", [email(DORA)])
    mentions = of(shop, "R-1")

    after = shop.rights.requests.steps.doubts("R-1", {mentions[0]: True})
    assert after.mentions == {mentions[0]: True, mentions[1]: None}
    assert "3920016" not in to_json(standing(shop, "R-1")) + to_json(shop.entries()[0])
    taken_back = shop.rights.requests.steps.doubts("R-1", {mentions[0]: None})

    assert set(taken_back.open_mentions) == set(mentions.values())


def test_what_is_said_of_a_text_holds_in_its_other_versions_and_not_of_another_text(
    shop: Workspace,
) -> None:
    in_scope(shop)
    notes(shop, *TWO)
    rows = [dict(row) for row in contents(shop, "tickets@1")]
    rows[1]["note"] = f"{TWO[1]} And the bird."
    shop.add_files([csv_of("tickets.csv", rows[::-1])], "tickets")
    ask(shop, "R-1", [email(DORA)])

    every = shop.rights.requests.doubtful_mentions(shop.rights.requests.look("R-1"))

    places = {(p.version, p.row) for one in every for p in one.places if len(one.places) == 2}
    assert places == {(1, 1), (2, len(rows))}
    assert sorted(len(one.places) for one in every) == [1, 1, 2]


def test_a_decision_outlives_the_erasure_of_rows_before_it(shop: Workspace) -> None:
    in_scope(shop)
    notes(shop, "Hello, nothing else to be said here.", *TWO, owners=["102"])
    ask(shop, "R-1", [email(DORA)])
    ask(shop, "R-2", [email("bruno@mail.example")])
    mentions = of(shop, "R-1")
    shop.rights.requests.steps.doubts("R-1", {mentions[1]: True, mentions[2]: False})

    erase(shop, "R-2")
    erase(shop, "R-1")

    now = [str(row["note"]) for row in contents(shop, "tickets@1")[:2]]
    assert MARK in now[0]
    assert now[1] == TWO[1]


def test_a_mention_is_shown_masked_with_where_it_stands_and_why(shop: Workspace) -> None:
    notes(shop, f"Left {NUMBER} for Emil, he said.")
    ask(shop, "R-1", [email(DORA)])

    (one,) = shop.rights.requests.doubtful_mentions(shop.rights.requests.look("R-1"))

    (place,) = one.places
    assert (place.dataset, place.version, place.row, place.column) == ("tickets", 1, 1, "note")
    assert (one.kind, one.said) == ("phone", None)
    assert "3920016" not in one.shown + one.around
    assert "Emil" not in one.around
    assert "he said" in one.around


def test_an_unknown_mention_is_refused_and_a_decided_match_stands(shop: Workspace) -> None:
    in_scope(shop)
    notes(shop, *TWO)
    ask(shop, "R-1", [email(DORA)])

    with pytest.raises(UnknownMatchError):
        shop.rights.requests.steps.doubts("R-1", {"m-000000000000": True})
    ask(shop, "R-2", [Identifier(kind=IdentifierKind.NAME, value="Anna Weiß")])
    match = shop.rights.requests.look("R-2").open_doubts[0].id
    shop.rights.requests.steps.doubts("R-2", {match: True})
    with pytest.raises(RequestStepError, match="only what came to light since"):
        shop.rights.requests.steps.doubts("R-2", {match: False})


def test_a_package_holds_the_mentions_that_were_said_to_be_of_the_person(shop: Workspace) -> None:
    requests = in_scope(shop)
    notes(shop, *TWO)
    id_ = _searched(shop, Right.ACCESS)
    mentions = of(shop, id_)
    assert set(standing(shop, id_).open_mentions) == set(mentions.values())
    before = shop.rights.fulfilling.outline(id_)

    requests.steps.doubts(id_, {mentions[0]: True, mentions[1]: False})
    after = shop.rights.fulfilling.outline(id_)

    assert (len(before.excerpts), before.doubtful_mentions) == (0, 2)
    assert (len(after.excerpts), after.doubtful_mentions) == (1, 1)
    assert "dog" in after.excerpts[0].text


def test_a_correction_reaches_the_texts_that_were_said_to_mean_the_person(shop: Workspace) -> None:
    requests = in_scope(shop)
    notes(shop, *TWO)
    id_ = _searched(shop, Right.RECTIFICATION)
    mentions = of(shop, id_)
    requests.steps.doubts(id_, {mentions[0]: True, mentions[1]: False})
    requests.steps.decide(id_, Outcome.FULFILLED)
    (seen,) = [one for one in shop.rights.fulfilling.seen(id_) if one.column == "phone"]

    shop.rights.fulfilling.rectify(
        id_,
        [
            Correction(
                dataset="customers",
                column="phone",
                seen=seen.hash,
                value="+49 30 555 0100",
                is_in_texts=True,
            )
        ],
    )

    now = [str(row["note"]) for row in contents(shop, "tickets@2")[:2]]
    assert NUMBER not in now[0]
    assert now[1] == TWO[1]


def _searched(workspace: Workspace, right: Right) -> str:
    requests = workspace.rights.requests
    id_ = opened(requests, right, who=(email(DORA),))
    requests.steps.identify(id_, IdentityLevel.DOCUMENT, "birth date compared")
    assert requests.steps.search(id_).step is Step.SEARCHED
    return id_


def test_on_the_command_line_each_is_listed_masked_and_decided(tmp_path: Path) -> None:
    home, id_ = tmp_path / "desk", _on_the_command_line(tmp_path)
    listed = run(home, "--json", "request", "doubts", id_)
    assert "3920016" not in listed.out
    found: list[Mapping[str, object]] = listed.document["doubtful_mentions"]
    assert [one["said"] for one in found] == ["undecided", "undecided"]
    assert found[0]["places"] == [{"dataset": "tickets", "version": 1, "row": 1, "column": "note"}]
    for verb in (("erasure", "run"), ("request", "carry-out")):
        answer = run(home, *verb, id_)
        assert answer.code == 2
        assert "2 mentions in texts of request" in answer.err.splitlines()[-1]
    plan = run(home, "--json", "erasure", "plan", id_).document
    assert plan["undecided_mentions"] == {id_: 2}

    said = run(home, "--json", "request", "doubts", id_, "--no", str(found[0]["id"])).document
    assert [said["mentions"][one["id"]] for one in found] == [False, None]
    refused(home, "request", "doubts", id_, "--mentions", "yes", "--no", str(found[0]["id"]))
    run(home, "request", "doubts", id_, "--mentions", "yes")
    done = run(home, "--json", "erasure", "run", id_).document

    assert done["counts"]["mentions_redacted"] == 1
    assert done["counts"]["mentions_doubtful"] == 1


@pytest.mark.parametrize(
    ("option", "redacted"), [("--doubtful-mentions", 2), ("--no-doubtful-mentions", 0)]
)
def test_on_the_command_line_one_word_decides_all(
    tmp_path: Path, option: str, redacted: int
) -> None:
    home, id_ = tmp_path / "desk", _on_the_command_line(tmp_path)

    done = run(home, "--json", "erasure", "run", id_, option).document

    assert done["counts"]["mentions_redacted"] == redacted


def _on_the_command_line(folder: Path) -> str:
    """A request to erase Dora that was decided, with two doubtful mentions."""
    home = folder / "desk"
    people = written(folder, "customers.csv", csv_of("customers.csv", customers()).data)
    rows = [
        {"ticket_id": f"T{7000 + n}", "customer_id": 200 + n, "note": note}
        for n, note in enumerate((*TWO, *[FILLER] * 18))
    ]
    tickets = written(folder, "tickets.csv", csv_of("tickets.csv", rows).data)
    for name, path in (("customers", people), ("tickets", tickets)):
        options = ("--name", name, "--unit", "customer_id", "--population", "shop customers")
        added = run(home, "dataset", "add", path, *options, "--region", "DE")
        assert added.code == 0, added.err
    assert run(home, "record", "set", "org", "org", "laws_in_scope=EU_GDPR").code == 0
    person = written(folder, "person.txt", f"email: {DORA}\n".encode())
    answer = run(home, "--json", "request", "open", "EU_GDPR", "erasure", "--person", person)
    id_ = str(answer.document["id"])
    for step in (
        ("identify", id_, "--level", "account", "--checked", "signed in"),
        ("search", id_),
        ("decide", id_, "fulfilled", "--ground", "consent_withdrawn"),
    ):
        assert run(home, "request", *step).code == 0
    return id_
