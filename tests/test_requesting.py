"""Requests in a workspace: taken in, led on step by step, judged, counted; nobody is named."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import yaml

from compliance.dataset import RawFile
from compliance.errors import (
    HeldError,
    HoldError,
    RequestFileError,
    RequestInputError,
    RequestStepError,
    SignalError,
    UnknownHoldError,
    UnknownRequestError,
    WorkspaceError,
)
from compliance.register import Shape
from compliance.register.nouns import Organisation, Origin
from compliance.rights.nouns import (
    Identifier,
    IdentifierKind,
    IdentityLevel,
    Outcome,
    Rejection,
    Right,
    Step,
)
from compliance.rights.requests import Action, provision_of
from compliance.rules.nouns import Running, State
from compliance.storage import records, tables
from compliance.workspace import Workspace
from compliance.workspace.requesting import sealing
from compliance.workspace.requesting.requests import Requesting, advance, one
from tests.conftest import ROOT
from tests.request_cases import ADA, BO, identified, in_scope, opened, today

SECRETS = ("quisling", "ada.q", "901820")
FORMULA = '=HYPERLINK("http://evil.example","click") <b>now</b>'


@pytest.fixture
def requests(shop: Workspace) -> Requesting:
    shop.set_organisation(Organisation(name="Shop", contact="dpo@shop.example", country="DE"))
    return in_scope(shop)


def written(workspace: Workspace) -> str:
    """Everything on record, and the trail."""
    desk = workspace.rights.requests._desk
    with desk.database.reading() as connection:
        rows = [str(row) for t in tables.RECORDS for row in connection.execute(t.select())]
        return "\n".join([*rows, *(str(line) for line in records.lines_of(connection))])


def test_who_asks_is_sealed_and_stands_nowhere_else(requests: Requesting, shop: Workspace) -> None:
    id_ = identified(requests)
    requests.steps.search(id_)

    assert sealing.unseal(requests._desk, id_) == ADA
    assert not [secret for secret in SECRETS if secret in written(shop).lower()]
    assert not [secret for secret in SECRETS if secret in repr(ADA).lower()]
    for path in (requests._desk.settings.home / "sealed").iterdir():
        assert b"quisling" not in path.read_bytes().lower()
        assert path.stat().st_mode & 0o077 == 0


def test_where_nothing_can_be_written_a_request_is_refused_in_a_sentence(
    requests: Requesting, shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    before = len(shop.entries())
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(WorkspaceError, match="free space"):
            opened(requests)

    assert len(shop.entries()) == before
    assert opened(requests)


@pytest.mark.parametrize(
    ("days", "says"),
    [(-3, "lies in the future"), (365 * 7, "lies more than 5 years back")],
)
def test_a_day_of_receipt_that_cannot_be_is_refused(
    requests: Requesting, days: int, says: str
) -> None:
    received = today(requests) - timedelta(days=days)

    with pytest.raises(RequestInputError, match=f"The day of receipt {says}"):
        requests.open("EU_GDPR", Right.ACCESS, received, ADA)
    assert requests.requests() == ()
    assert list((requests._desk.settings.home / "sealed").glob("*")) == []


def test_a_law_that_is_not_in_scope_is_refused(shop: Workspace) -> None:
    requests = in_scope(shop, "EU_GDPR")

    with pytest.raises(RequestInputError, match="CCPA is not in scope"):
        opened(requests, Right.ACCESS, "CCPA")
    assert requests.laws() == ("EU_GDPR",)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"country": "XX"}, "The country is a two-letter code"),
        ({"channel": "pigeon"}, "The way in which it came is one of"),
        ({"identifiers": ()}, "Identifiers of the person are missing"),
        ({"law": "MARS"}, "The law is one of"),
        ({"right": Right.OPT_OUT}, "The right is under EU_GDPR one of"),
        ({"purpose": "mail to Ada.Quisling@mail.example"}, "says who the person is"),
        ({"purpose": "a\x00b"}, "holds a character that cannot be shown"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(
    requests: Requesting, changes: dict[str, object], says: str
) -> None:
    plain: dict[str, object] = {"law": "EU_GDPR", "right": Right.ACCESS, "identifiers": ADA}
    plain |= {"received_on": today(requests), **changes}

    with pytest.raises(RequestInputError, match=says) as refused:
        requests.open(**plain)  # type: ignore[arg-type]
    assert "quisling" not in str(refused.value).lower()


def test_a_request_that_does_not_exist_is_refused(requests: Requesting) -> None:
    with pytest.raises(UnknownRequestError, match="There is no request R77777"):
        requests.find("R77777")


def test_the_whole_way_of_a_request_is_one_act_a_step(requests: Requesting) -> None:
    id_ = opened(requests, law="UK_GDPR", country="GB")
    steps = requests.steps
    steps.confirm(id_)
    steps.ask_identity(id_, "the address is not on record")
    steps.identify(id_, IdentityLevel.ACCOUNT, "signed in, name compared")
    steps.search(id_)
    steps.decide(id_, Outcome.FULFILLED)
    carried_out(requests, id_)
    steps.answer(id_)
    closed = steps.close(id_)

    assert closed.step is Step.CLOSED
    assert [event.step for event in closed.history] == [
        *(Step.RECEIVED, Step.RECEIVED, Step.IDENTITY_ASKED, Step.IDENTIFIED, Step.SEARCHED),
        *(Step.DECIDED, Step.CARRIED_OUT, Step.ANSWERED, Step.CLOSED),
    ]
    assert [(pause.reason, pause.until) for pause in closed.pauses] == [
        ("identity_awaited", today(requests))
    ]


def carried_out(requests: Requesting, id_: str) -> None:
    """What fulfilling and erasing do when they are done."""
    desk = requests._desk
    with desk.act("request.carry_out", id_) as act:
        advance(act, one(act.connection, id_), Action.CARRY_OUT, "carried out")


def test_the_clock_stands_still_for_identity_only_where_the_law_lets_it(
    requests: Requesting,
) -> None:
    british = opened(requests, law="UK_GDPR", country="GB")
    german = opened(requests, law="EU_GDPR", who=BO)
    for id_ in (british, german):
        requests.steps.ask_identity(id_, "the address is not on record")

    assert requests.find(british).request.pauses
    assert requests.find(german).request.pauses == ()
    with pytest.raises(RequestInputError, match="does not let the clock stand still"):
        requests.steps.pause(german, "clarification_awaited")


def test_more_proof_is_asked_for_only_with_a_reason(requests: Requesting) -> None:
    with pytest.raises(RequestInputError, match="The reason for the doubt is missing"):
        requests.steps.ask_identity(opened(requests), "  ")


def test_a_level_of_identity_below_what_is_needed_is_refused(requests: Requesting) -> None:
    id_ = opened(requests)

    with pytest.raises(RequestInputError, match="is not enough"):
        requests.steps.identify(id_, IdentityLevel.CONTACT, "reached by e-mail")
    assert requests.find(id_).request.step is Step.RECEIVED


def test_a_level_that_is_lowered_after_a_rejected_proof_is_refused(requests: Requesting) -> None:
    id_ = opened(requests)
    requests.steps.reject_proof(id_, IdentityLevel.DOCUMENT, Rejection.EXPIRED)

    with pytest.raises(RequestInputError, match="was lowered after a proof was not taken"):
        requests.steps.identify(id_, IdentityLevel.KNOWLEDGE, "knew the last order")
    requests.steps.identify(id_, IdentityLevel.DOCUMENT, "a valid one was shown")


def test_a_forged_document_is_recorded_and_ends_in_a_refusal(requests: Requesting) -> None:
    id_ = opened(requests)
    requests.steps.reject_proof(id_, IdentityLevel.DOCUMENT, Rejection.FORGED)

    with pytest.raises(RequestStepError, match="a forged proof is on record"):
        requests.steps.identify(id_, IdentityLevel.DOCUMENT, "another one was shown")
    with pytest.raises(RequestStepError, match="cannot be searched now: it is identity asked"):
        requests.steps.search(id_)
    requests.steps.decide(
        id_, Outcome.REFUSED, ground="identity_unproven", reason="proof not taken"
    )
    requests.steps.answer(id_, told=("complaint", "court"))
    found = requests.find(id_).request
    assert found.identity is None
    assert [one.why for one in found.rejected] == [Rejection.FORGED]


def test_an_agent_without_proof_gets_nothing(requests: Requesting) -> None:
    id_ = opened(requests, channel="agent")

    with pytest.raises(RequestInputError, match="The proof of the agent is missing"):
        requests.steps.identify(id_, IdentityLevel.DOCUMENT, "the agent showed a passport")
    done = requests.steps.identify(
        id_, IdentityLevel.DOCUMENT, "passport compared", agent="signed power of attorney seen"
    )
    assert done.identity is not None
    assert done.identity.agent == "signed power of attorney seen"


def test_what_officers_write_never_says_who_the_person_is(requests: Requesting) -> None:
    id_ = opened(requests)

    for name in ("Ada Quisling showed it", "wrote from ADA.QUISLING@mail.example"):
        with pytest.raises(RequestInputError, match="says who the person is"):
            requests.steps.identify(id_, IdentityLevel.DOCUMENT, name)


def test_an_extension_needs_a_law_a_reason_and_to_be_told_in_time(requests: Requesting) -> None:
    late = opened(requests, days_ago=50)
    with pytest.raises(RequestInputError, match="it is too late for that"):
        requests.steps.extend(late, "many systems")
    brazilian = opened(requests, law="BR_LGPD", who=BO, country="BR")
    with pytest.raises(RequestInputError, match="possible: LGPD gives none"):
        requests.steps.extend(brazilian, "many systems")
    young = opened(requests, days_ago=10)
    with pytest.raises(RequestInputError, match="The reason for the longer time is missing"):
        requests.steps.extend(young, " ")
    before = requests.find(young).due
    requests.steps.extend(young, "many systems")
    after = requests.find(young).due
    assert before is not None
    assert after is not None
    assert after.effective == before.extended
    with pytest.raises(RequestStepError, match="it was extended already"):
        requests.steps.extend(young, "again")


def test_a_refusal_needs_a_ground_of_the_law_and_tells_what_it_must(requests: Requesting) -> None:
    id_ = identified(requests)

    with pytest.raises(RequestInputError, match="and GDPR knows for this: identity_unproven"):
        requests.steps.decide(id_, Outcome.REFUSED, ground="too_busy", reason="no time")
    with pytest.raises(RequestInputError, match="The reason is missing"):
        requests.steps.decide(id_, Outcome.REFUSED, ground="excessive")
    requests.steps.decide(id_, Outcome.REFUSED, ground="excessive", reason="forty in a month")
    with pytest.raises(RequestInputError, match="the way to court is open"):
        requests.steps.answer(id_, told=("complaint",))
    done = requests.steps.answer(id_, told=("complaint", "court"))
    assert done.facts["told_judicial_remedy"] is True


def test_erasing_needs_a_ground(requests: Requesting) -> None:
    id_ = identified(requests, right=Right.ERASURE)
    requests.steps.search(id_)

    with pytest.raises(RequestInputError, match="A ground is needed"):
        requests.steps.decide(id_, Outcome.FULFILLED)
    done = requests.steps.decide(id_, Outcome.FULFILLED, ground="consent_withdrawn")
    assert done.step is Step.DECIDED


def test_in_california_erasing_needs_no_ground(requests: Requesting) -> None:
    id_ = identified(requests, right=Right.ERASURE, law="CCPA")
    requests.steps.search(id_)

    assert requests.steps.decide(id_, Outcome.FULFILLED).step is Step.DECIDED


def test_rows_are_kept_only_for_an_exception_and_then_it_is_a_refusal_in_part(
    requests: Requesting,
) -> None:
    id_ = identified(requests, right=Right.ERASURE)
    requests.steps.search(id_)
    decide = requests.steps.decide

    with pytest.raises(RequestInputError, match="are kept only for an exception"):
        decide(
            id_,
            Outcome.PARTLY_REFUSED,
            ground="consent_withdrawn",
            reason="books",
            kept={"orders": "we like it"},
        )
    with pytest.raises(RequestInputError, match="so it is refused in part"):
        decide(
            id_,
            Outcome.FULFILLED,
            ground="consent_withdrawn",
            kept={"orders": "legal_obligation_or_public_task"},
        )


def found_in_orders(requests: Requesting, id_: str, shop: Workspace) -> None:
    """As if the search had found rows of the person in the orders."""
    desk, rows = requests._desk, {shop.dataset("orders").id: 2}
    with desk.act("request.search", id_) as act:
        request = one(act.connection, id_)
        advance(act, request, Action.SEARCH, "searched", found=rows, searched_on=act.at.date())


def test_a_hold_stops_erasing_until_it_is_lifted_and_nothing_else(
    requests: Requesting, shop: Workspace
) -> None:
    hold = requests.holding.place("proceedings before a court", ("orders",))
    erasing, reading = identified(requests, right=Right.ERASURE), identified(requests)
    for id_ in (erasing, reading):
        found_in_orders(requests, id_, shop)

    with pytest.raises(RequestInputError, match=f"are kept by legal hold {hold.id}"):
        requests.steps.decide(erasing, Outcome.FULFILLED, ground="consent_withdrawn")
    requests.steps.decide(reading, Outcome.FULFILLED)
    carried_out(requests, reading)
    requests.holding.lift(hold.id)
    requests.steps.decide(erasing, Outcome.FULFILLED, ground="consent_withdrawn")
    again = requests.holding.place("another one")
    with pytest.raises(HeldError, match=again.id):
        carried_out(requests, erasing)
    requests.holding.lift(again.id)
    carried_out(requests, erasing)
    assert requests.find(erasing).request.step is Step.CARRIED_OUT


def test_a_hold_needs_a_reason_a_day_ahead_and_to_stand(requests: Requesting) -> None:
    with pytest.raises(HoldError, match="missing"):
        requests.holding.place(" ")
    with pytest.raises(HoldError, match="lies in the past"):
        requests.holding.place("a reason", until=date(2020, 1, 1))
    with pytest.raises(UnknownHoldError):
        requests.holding.lift("H-none")
    hold = requests.holding.place("a reason")
    requests.holding.lift(hold.id)
    with pytest.raises(UnknownHoldError):
        requests.holding.lift(hold.id)
    assert requests.holding.standing() == ()


def test_the_same_person_asking_again_is_shown_and_counted_but_not_refused(
    requests: Requesting,
) -> None:
    first = opened(requests, law="CCPA", days_ago=60)
    written_otherwise = (
        Identifier(kind=IdentifierKind.EMAIL, value=" ADA.Quisling@Mail.example "),
    )
    second = opened(requests, law="CCPA", who=written_otherwise)
    other = opened(requests, law="CCPA", who=BO)
    another_right = opened(requests, Right.ERASURE, law="CCPA")

    again = requests.find(second).request
    assert again.same_as == first
    assert again.facts["prior_requests_12m"] == 1
    assert again.step is Step.RECEIVED
    assert "asked for the same before" in again.history[0].what
    for id_ in (other, another_right):
        assert requests.find(id_).request.same_as == ""


def test_closing_an_erasure_destroys_what_was_sealed(requests: Requesting) -> None:
    id_ = identified(requests, right=Right.ERASURE)
    requests.steps.search(id_)
    requests.steps.decide(id_, Outcome.FULFILLED, ground="consent_withdrawn")
    carried_out(requests, id_)
    requests.steps.answer(id_)
    requests.steps.close(id_)

    assert not requests.can_be_read(id_)
    assert not list((requests._desk.settings.home / "sealed").glob(f"{id_}*"))


def test_what_was_only_looked_at_stays_readable_when_closed(requests: Requesting) -> None:
    id_ = opened(requests)
    requests.steps.withdraw(id_)
    requests.steps.close(id_)

    assert requests.can_be_read(id_)


def test_a_signal_with_an_identity_is_an_opt_out_done_at_once(requests: Requesting) -> None:
    request = requests.open_signal(ADA[:1])

    assert (request.law, request.right, request.channel) == ("CCPA", Right.OPT_OUT, "signal")
    assert request.step is Step.ANSWERED
    found = requests.find(request.id)
    assert found.due is not None
    assert found.due.state.value == "met"


def test_only_reviews_and_complaints_are_noted_as_carried_out_by_people(
    requests: Requesting,
) -> None:
    complaint = opened(requests, Right.COMPLAINT, "UK_GDPR", country="GB")
    opt_out = opened(requests, Right.OPT_OUT, "CCPA", country="US")
    for id_ in (complaint, opt_out):
        requests.steps.decide(id_, Outcome.FULFILLED)

    requests.steps.carry_out(complaint, "looked into, and put right")
    with pytest.raises(RequestStepError, match="the desk carries it out on the data itself"):
        requests.steps.carry_out(opt_out, "said so")


def test_a_signal_without_identity_is_counted_and_asked_about(requests: Requesting) -> None:
    for _ in range(2):
        with pytest.raises(SignalError, match="does not say whose browser"):
            requests.open_signal(())

    assert requests.requests() == ()
    assert requests.statistics(date(2020, 1, 1), today(requests)).signals == 2


def test_a_pause_that_begins_when_the_time_has_run_out_is_none(requests: Requesting) -> None:
    late = opened(requests, law="UK_GDPR", country="GB", days_ago=70)
    with pytest.raises(RequestInputError, match="the time for the answer ran out on"):
        requests.steps.pause(late, "identity_awaited")
    requests.steps.ask_identity(late, "the address is not on record")

    found = requests.find(late)
    assert found.request.pauses == ()
    assert found.due is not None
    assert found.due.state is Running.OVERDUE


def test_an_appeal_comes_after_the_refusal_and_its_answer_after_the_appeal(
    requests: Requesting,
) -> None:
    day = today(requests)
    id_ = opened(requests, law="US_VA_VCDPA", days_ago=20)
    requests.steps.identify(id_, IdentityLevel.DOCUMENT, "birth date compared")
    requests.steps.decide(id_, Outcome.REFUSED, ground="excessive", reason="third this year")
    requests.steps.answer(id_, day - timedelta(days=5), told=("reason", "appeal"))
    with pytest.raises(RequestInputError, match="The day of the appeal lies before"):
        requests.steps.appeal(id_, day - timedelta(days=6))
    requests.steps.appeal(id_, day - timedelta(days=3))
    with pytest.raises(RequestInputError, match="The day of the answer to the appeal lies before"):
        requests.steps.answer_appeal(id_, day - timedelta(days=4), is_granted=True)


@pytest.mark.parametrize("said", ["call 030/90 18 20", "+49-30-901820 was dialled", "4930901820"])
def test_a_number_is_known_however_it_is_written(requests: Requesting, said: str) -> None:
    who = (Identifier(kind=IdentifierKind.PHONE, value="+49 30 901820"),)
    id_ = opened(requests, who=who)
    with pytest.raises(RequestInputError, match="says who the person is"):
        requests.steps.identify(id_, IdentityLevel.DOCUMENT, said)
    requests.steps.identify(id_, IdentityLevel.DOCUMENT, "on 2026-11-20 the last digits, 2 of 10")


def test_what_was_sealed_for_a_request_that_never_came_to_be_goes(requests: Requesting) -> None:
    id_ = opened(requests)
    for never in ("R00002", "R00009"):
        sealing.seal(requests._desk, never, BO)
        sealing.mark(requests._desk, never, ["aa"])
    other = opened(requests, who=BO)
    assert sealing.unseal(requests._desk, id_) == ADA
    names = {
        path.name.partition(".")[0] for path in (requests._desk.settings.home / "sealed").iterdir()
    }
    assert names == {id_, other}


def test_the_name_of_a_file_is_kept_and_says_nobody(requests: Requesting) -> None:
    row = f"EU_GDPR,access,{today(requests)},DE,ada@mail.example,\n"
    with pytest.raises(RequestFileError, match="the name of the file says who"):
        requests.import_(f"{HEADER}{row}".encode(), "from ADA@mail.example.csv")


def test_virginia_lets_people_appeal(requests: Requesting) -> None:
    id_ = identified(requests, law="US_VA_VCDPA")
    requests.steps.decide(id_, Outcome.REFUSED, ground="excessive", reason="third this year")
    requests.steps.answer(id_, told=("reason", "appeal"))
    requests.steps.appeal(id_)
    with pytest.raises(RequestStepError, match="an appeal is not answered yet"):
        requests.steps.close(id_)
    requests.steps.answer_appeal(id_, is_granted=False)

    assert requests.steps.close(id_).facts["appeal_answered_at"] == today(requests).isoformat()


# ------------------------------------------------------------------------------------- files

ONE_JSON = '[{"law": "CCPA", "right": "access", "received_on": "2026-11-20", "phone": %s}]'
HEADER = "law,right,received_on,country,email,name\n"


def test_a_file_opens_all_its_requests(requests: Requesting) -> None:
    day = today(requests).isoformat()
    text = f"{HEADER}EU_GDPR,access,{day},DE,ada@mail.example,\nCCPA,erasure,{day},US,,Bo Low\n"
    plain = [{"law": "EU_GDPR", "right": "access", "received_on": day, "phone": "030 90"}]

    opened_ = requests.import_(text.encode(), "requests.csv")
    more = requests.import_(json.dumps({"requests": plain}).encode(), "requests.json")

    assert [one.right for one in (*opened_, *more)] == [Right.ACCESS, Right.ERASURE, Right.ACCESS]
    assert sealing.unseal(requests._desk, opened_[1].id)[0].value == "Bo Low"
    assert [one.id for one in (*opened_, *more)] == ["R00001", "R00002", "R00003"]


def test_a_file_with_one_bad_row_opens_nothing_and_names_the_rows(requests: Requesting) -> None:
    day, later = today(requests).isoformat(), (today(requests) + timedelta(days=9)).isoformat()
    good = f"EU_GDPR,access,{day},DE,ada@mail.example,\n"
    unreadable = f"{HEADER}{good}EU_GDPR,dance,{day},DE,bo@mail.example,\n"
    impossible = f"{HEADER}{good}EU_GDPR,access,{later},DE,bo@mail.example,\n{good}".encode()

    with pytest.raises(RequestFileError, match="Row 3: the right is one of"):
        requests.import_(unreadable.encode(), "requests.csv")
    with pytest.raises(RequestFileError, match="Row 3: the day of receipt lies in the future"):
        requests.import_(impossible, "requests.csv")
    assert requests.requests() == ()
    assert list((requests._desk.settings.home / "sealed").glob("*")) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "The file is empty"),
        ("[1]", "Request 1 is no object"),
        ("{", "It is no JSON"),
        ('{"a": 1}', "It holds no list of requests"),
        (HEADER, "It holds no request"),
        ("email,email\na,b\n", "Its first row names a column twice"),
        (f"{HEADER}a,b,c,d,e,f,g\n", "Row 2 has more cells than the first"),
        (f"{HEADER}EU_GDPR,access,soon,DE,a@b.example,\n", "Row 2: the day of receipt"),
        ('[{"law": "EU_GDPR", "law": "CCPA"}]', "A field is named twice"),
        ('[{"law": "CCPA", "identifiers": {"law": "EU_GDPR"}}]', "Request 1: a field is named"),
        ('[{"law": "CCPA", "right": "access", "Right": "erasure"}]', "a field is named twice"),
        ('[{"law": ["CCPA"]}]', "Request 1: a field is a list or an object"),
        (ONE_JSON % '{"a": 1}', "is a text or a whole number"),
        (ONE_JSON % "true", "is a text or a whole number"),
        (ONE_JSON % "1e999", "is a text or a whole number"),
        ("law,right,received_on,shoe\nEU_GDPR,access,2026-11-20,44\n", "a kind of identifier is"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(requests: Requesting, text: str, says: str) -> None:
    with pytest.raises(RequestFileError, match=says):
        requests.import_(text.encode(), "requests")


# ------------------------------------------------------------------------- clocks and numbers


def test_the_board_shows_what_is_due_first_and_how_much_time_is_used(requests: Requesting) -> None:
    ages = {"fresh": 1, "half": 17, "late": 60, "most": 26}
    ids = {name: opened(requests, days_ago=age) for name, age in ages.items()}

    board = requests.board()

    assert [one.request.id for one in board] == [
        ids[name] for name in ("late", "most", "half", "fresh")
    ]
    assert [one.alert for one in board] == [100, 80, 50, 0]
    assert board[0].days_left is not None
    assert board[0].days_left < 0
    assert all(one.next is Action.IDENTIFY for one in board)


def test_a_request_without_a_clock_in_the_law_has_one_of_the_desk(requests: Requesting) -> None:
    found = requests.find(opened(requests, law="JP_APPI", country="JP"))

    assert found.is_own
    assert found.rule == ""
    tokyo = datetime.now(ZoneInfo("Asia/Tokyo")).date()  # the day may have changed there already
    assert found.days_left == 14 - (tokyo - found.request.received_on).days


def test_confirming_has_a_clock_of_its_own_in_california(requests: Requesting) -> None:
    found = requests.find(opened(requests, law="CCPA", country="US"))

    assert found.confirm is not None
    assert found.next is Action.CONFIRM
    assert requests.find(opened(requests, law="EU_GDPR")).confirm is None


def test_numbers_count_what_came_in_a_period(requests: Requesting) -> None:
    done = identified(requests)
    requests.steps.decide(done, Outcome.REFUSED, ground="unfounded", reason="a joke")
    requests.steps.answer(done, told=("complaint", "court"))
    requests.steps.withdraw(opened(requests, Right.ERASURE))
    opened(requests, law="CCPA", days_ago=400)
    opened(requests, days_ago=60)
    day = today(requests)

    found = requests.statistics(day - timedelta(days=90), day)

    assert found.received == 3
    assert found.by_law == {"EU_GDPR": 3}
    assert found.by_outcome == {"refused": 1, "withdrawn": 1, "open": 1}
    assert found.median_days == 3
    assert (found.in_time, found.due, found.share_in_time) == (1, 2, 0.5)
    with pytest.raises(RequestInputError, match="ends before it begins"):
        requests.statistics(day, day - timedelta(days=1))


def test_the_log_names_nobody_and_holds_no_formula(requests: Requesting) -> None:
    id_ = identified(requests)
    requests.steps.decide(id_, Outcome.REFUSED, ground="unfounded", reason=FORMULA)
    day = today(requests)
    since = day - timedelta(days=730)

    rows = list(
        csv.DictReader(io.StringIO(requests.log(Shape.CSV, since, day).decode("utf-8-sig")))
    )
    plain = json.loads(requests.log(Shape.JSON, since, day))

    assert rows[0]["reason"] == f"'{FORMULA}"
    assert rows[0]["ground"] == "unfounded"
    assert plain["requests"][0]["request"] == id_
    assert not [secret for secret in SECRETS if secret in str([rows, plain]).lower()]


# --------------------------------------------------------------------------------- the register


def test_a_request_is_a_record_of_the_register_until_an_officer_types_over_it(
    requests: Requesting, shop: Workspace
) -> None:
    id_ = opened(requests, law="CCPA", country="US")
    register = shop.governance.register

    drawn = register.find("request", id_)
    register.record("request", id_, {"fee_charged": 20})
    typed = register.find("request", id_)

    assert drawn.origin is Origin.DRAWN
    assert drawn.values["right"] == "know"
    assert typed.values["fee_charged"] == 20
    assert typed.values["right"] == "know"


def test_a_complaint_is_a_complaint_of_the_register(requests: Requesting, shop: Workspace) -> None:
    id_ = opened(requests, Right.COMPLAINT, "UK_GDPR", who=(), country="GB")
    requests.steps.confirm(id_)

    record = shop.governance.register.find("complaint", id_)

    assert record.values["acknowledged_at"] == today(requests).isoformat()
    assert record.values["outcome_told_at"] is None


Judged = Callable[[str, str], State]


@pytest.fixture
def judged(shop: Workspace) -> Judged:
    def state(id_: str, rule: str) -> State:
        found = shop.assess()
        return next(v.state for v in found.verdicts if v.rule == rule and v.subject_id == id_)

    return state


def test_rules_judge_a_request_that_is_late(requests: Requesting, judged: Judged) -> None:
    late, fresh = opened(requests, days_ago=60), opened(requests, days_ago=2, who=BO)

    assert judged(late, "GDPR-12-3") is State.NOT_MET
    assert judged(fresh, "GDPR-12-3") is State.NOT_ASSESSED


def test_rules_judge_a_refusal_that_was_told_as_the_law_asks(
    requests: Requesting, judged: Judged
) -> None:
    id_ = identified(requests)
    requests.steps.decide(id_, Outcome.REFUSED, ground="excessive", reason="forty in a month")
    requests.steps.answer(id_, told=("complaint", "court"))

    assert judged(id_, "GDPR-12-3") is State.MET
    assert judged(id_, "GDPR-12-4") is State.MET
    assert judged(id_, "GDPR-12-6") is State.NOT_APPLICABLE


def test_the_log_of_california_is_met(requests: Requesting, judged: Judged) -> None:
    assert judged(opened(requests, law="CCPA", country="US"), "CCPA-7101") is State.MET


def test_a_third_question_in_california_may_be_refused(
    requests: Requesting, judged: Judged
) -> None:
    for days in (200, 100):
        opened(requests, law="CCPA", country="US", days_ago=days)
    id_ = identified(requests, law="CCPA")
    requests.steps.decide(id_, Outcome.REFUSED, ground="frequency", reason="third this year")
    requests.steps.answer(id_, told=("basis",))

    assert judged(id_, "CCPA-130-B") is State.MET


def test_every_step_is_an_act_that_disclosures_know() -> None:
    known = yaml.safe_load(
        (ROOT / "compliance/privacy/disclosure/acts.yaml").read_text(encoding="utf-8")
    )
    acts = {row["act"] for row in known["acts"]}
    source = (ROOT / "compliance/workspace/requesting/steps.py").read_text(encoding="utf-8")
    verbs = {line.split('"')[1] for line in source.splitlines() if "self._step(" in line}

    assert len(verbs) == 16
    assert {f"request.{verb}" for verb in verbs} <= acts


def test_the_level_that_is_needed_is_named_in_the_refusal(requests: Requesting) -> None:
    needed = provision_of("EU_GDPR", Right.ERASURE).level

    with pytest.raises(RequestInputError, match=needed.value):
        requests.steps.identify(
            opened(requests, Right.ERASURE), IdentityLevel.CONTACT, "reached by e-mail"
        )


DOUBLES = (
    b"customer,full_name,email\n"
    b"1,Ada Quisling,ada@a.example\n2,Ada Quisling,ada@b.example\n3,Bo Low,bo@c.example\n"
)


def test_doubtful_matches_are_shown_masked_and_decided_before_anything_goes_on(
    requests: Requesting, shop: Workspace
) -> None:
    shop.add_files([RawFile(name="people.csv", data=DOUBLES)], "people")
    shop.discover("people")
    name = (Identifier(kind=IdentifierKind.NAME, value="Ada Quisling"),)
    id_ = opened(requests, who=name)
    requests.steps.identify(id_, IdentityLevel.DOCUMENT, "card compared")
    found = requests.steps.search(id_)
    examples = requests.examples(requests.look(id_))

    assert found.open_doubts
    assert examples.keys() == found.doubts.keys()
    assert "Quisling" not in str(examples)
    with pytest.raises(RequestStepError, match="doubtful matches are open"):
        requests.steps.decide(id_, Outcome.FULFILLED)
    first, *others = found.open_doubts
    said = {first: True} | dict.fromkeys(others, False)
    settled = requests.steps.doubts(id_, said)
    assert settled.open_doubts == ()
    assert sum(settled.found.values()) == 1
    assert requests.steps.decide(id_, Outcome.FULFILLED).step is Step.DECIDED
