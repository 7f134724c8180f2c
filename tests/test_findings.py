"""Findings: opened by a test, worked on by people, closed by a test and by nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.errors import FindingError
from compliance.rules import findings
from compliance.rules.nouns import Assessment, Finding, Severity, State, Status, Verdict

AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
LATER = AT + timedelta(days=3)
BY = "officer"


def verdict(state: State = State.NOT_MET, **changes: object) -> Verdict:
    plain = Verdict(
        rule="R-1",
        law="EU_GDPR",
        article="Art. 5",
        title="Purpose is specified",
        subject="orders",
        state=state,
        evidence="purpose: not recorded.",
        severity=Severity.HIGH,
        remedy="",
        page="datasets",
        stage=1,
        entity="dataset",
        subject_id="orders",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def assessed(*verdicts: Verdict, at: datetime = AT) -> Assessment:
    return Assessment(verdicts=verdicts, score=None, assessed_at=at)


def first() -> Finding:
    (found,) = findings.opened((), assessed(verdict()), by=BY)
    return found


def retested(finding: Finding, *verdicts: Verdict, at: datetime = LATER) -> Finding:
    (found,) = findings.opened((finding,), assessed(*verdicts, at=at), by=BY)
    return found


def test_an_unmet_duty_opens_a_finding_that_is_due_by_its_severity() -> None:
    for severity, days in (("critical", 7), ("high", 30), ("medium", 90), ("low", 180)):
        unmet = verdict(severity=Severity(severity))
        (found,) = findings.opened((), assessed(unmet), by=BY)

        assert found.status is Status.OPEN
        assert found.due == AT.date() + timedelta(days=days)
        assert found.evidence == "purpose: not recorded."


def test_an_organisation_may_ask_for_other_days() -> None:
    days = dict.fromkeys(Severity, 3)

    (found,) = findings.opened((), assessed(verdict()), by=BY, due_days=days)

    assert found.due == AT.date() + timedelta(days=3)


@pytest.mark.parametrize(
    "state", [State.MET, State.NOT_ASSESSED, State.NOT_APPLICABLE, State.WAIVED]
)
def test_nothing_but_an_unmet_duty_opens_a_finding(state: State) -> None:
    assert findings.opened((), assessed(verdict(state)), by=BY) == ()


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_the_id_of_a_finding_is_the_same_for_ever(rule: str, entity: str, subject: str) -> None:
    unmet = verdict(rule=rule, entity=entity, subject_id=subject)
    (one,) = findings.opened((), assessed(unmet), by=BY)
    (other,) = findings.opened((), assessed(unmet, at=LATER), by="somebody else")

    assert one.id == other.id == findings.finding_id(rule, entity, subject)
    assert len(one.id) == 11


def test_different_duties_have_findings_of_different_names() -> None:
    ids = {
        findings.finding_id(*key)
        for key in (("a", "b", "c"), ("ab", "", "c"), ("a", "bc", ""), ("", "a", "bc"))
    }

    assert len(ids) == 4


@pytest.mark.parametrize("state", [State.MET, State.NOT_APPLICABLE])
def test_a_test_that_no_longer_finds_it_closes_a_finding(state: State) -> None:
    found = retested(first(), verdict(state))

    assert (found.status, found.closed_at, found.closed_by) == (Status.CLOSED, LATER, BY)


def test_a_finding_whose_subject_is_gone_is_closed_by_a_test_of_everything_only() -> None:
    whole = findings.opened((first(),), assessed(at=LATER), by=BY)
    part = findings.opened((first(),), assessed(at=LATER), by=BY, is_whole=False)

    assert [finding.status for finding in whole] == [Status.CLOSED]
    assert part == (first(),)


@pytest.mark.parametrize(
    ("state", "status", "says"),
    [
        (State.NOT_APPLICABLE, Status.CLOSED, "no longer applies"),
        (State.NOT_ASSESSED, Status.OPEN, "could not say"),
    ],
)
def test_a_duty_that_looked_at_nothing_closes_a_finding_only_where_it_does_not_apply(
    state: State, status: Status, says: str
) -> None:
    after = retested(first(), verdict(state, subject_id="-"))

    assert after.status is status
    assert says in after.history[-1].text


def test_a_test_that_cannot_say_leaves_a_finding_open_with_one_note() -> None:
    once = retested(first(), verdict(State.NOT_ASSESSED))
    twice = retested(once, verdict(State.NOT_ASSESSED), at=LATER + timedelta(days=1))

    assert once.status is Status.OPEN
    assert len(once.history) == 2
    assert twice == once


def test_a_closed_finding_that_is_found_again_is_reopened_with_its_history() -> None:
    closed = retested(first(), verdict(State.MET))
    again = retested(closed, verdict(), at=LATER + timedelta(days=10))

    assert again.id == first().id
    assert again.status is Status.OPEN
    assert again.closed_at is None
    assert again.due == (LATER + timedelta(days=40)).date()
    assert [note.text for note in again.history][-1] == "Found unmet again."
    assert len(again.history) == 3


def test_nothing_that_people_do_closes_a_finding() -> None:
    """Every verb of people, in any order; the finding stays open."""
    found = first()
    found = findings.assigned(found, "Anna", at=AT, by=BY)
    found = findings.started(found, at=AT, by=BY)
    found = findings.commented(found, "Looks done to me", at=AT, by=BY)
    found = findings.due_on(found, date(2026, 12, 24), at=AT, by=BY)
    found = findings.with_waiver(found, "Shop closes", date(2026, 12, 31), at=AT, by=BY)
    found = findings.without_waiver(found, at=AT, by=BY)

    assert found.status is Status.IN_PROGRESS
    assert found.closed_at is None
    assert (found.owner, found.due) == ("Anna", date(2026, 12, 24))
    assert len(found.history) == 7


def test_work_goes_on_through_a_test_that_finds_the_duty_unmet() -> None:
    begun = findings.started(findings.assigned(first(), "Anna", at=AT, by=BY), at=AT, by=BY)

    found = retested(begun, verdict(evidence="purpose: still not recorded."))

    assert (found.status, found.owner) == (Status.IN_PROGRESS, "Anna")
    assert found.evidence == "purpose: still not recorded."


def test_a_waiver_ends_with_its_last_day_and_the_finding_says_so() -> None:
    until = date(2026, 12, 10)
    waived = findings.with_waiver(first(), "Shop closes", until, at=AT, by=BY)
    after = assessed(verdict(), at=datetime(2026, 12, 11, tzinfo=UTC))

    (ended,) = findings.opened((waived,), after, by=BY)

    assert findings.is_waived(waived, until)
    assert not findings.is_waived(waived, until + timedelta(days=1))
    assert ended.waiver is None
    assert ended.history[-1].text.startswith("The waiver ended")


def test_a_waived_finding_stays_open_through_tests() -> None:
    waived = findings.with_waiver(first(), "Shop closes", date(2026, 12, 31), at=AT, by=BY)

    assert retested(waived, verdict()) == waived
    assert retested(waived, verdict(State.WAIVED)) == waived


@pytest.mark.parametrize(
    ("until", "why", "says"),
    [
        pytest.param(date(2026, 11, 25), "x", "that day is past", id="past"),
        pytest.param(date(2027, 11, 28), "x", "within a year", id="too far"),
        pytest.param(date(2026, 12, 1), "  ", "needs a reason", id="no reason"),
        pytest.param(date(2026, 12, 1), "x" * 1001, "characters", id="too long"),
    ],
)
def test_a_waiver_without_reason_or_within_no_year_is_refused(
    until: date, why: str, says: str
) -> None:
    with pytest.raises(FindingError, match=says):
        findings.with_waiver(first(), why, until, at=AT, by=BY)


def test_a_closed_finding_can_be_neither_waived_nor_worked_on() -> None:
    closed = retested(first(), verdict(State.MET))

    with pytest.raises(FindingError, match="nothing to waive"):
        findings.with_waiver(closed, "x", date(2026, 12, 1), at=AT, by=BY)
    with pytest.raises(FindingError, match="re-test"):
        findings.started(closed, at=AT, by=BY)
    with pytest.raises(FindingError, match="not waived"):
        findings.without_waiver(closed, at=AT, by=BY)


def test_a_due_day_in_the_past_and_a_nameless_owner_are_refused() -> None:
    with pytest.raises(FindingError, match="is past"):
        findings.due_on(first(), date(2026, 11, 25), at=AT, by=BY)
    with pytest.raises(FindingError, match="who is to mend"):
        findings.assigned(first(), " ", at=AT, by=BY)
    with pytest.raises(FindingError, match="empty"):
        findings.commented(first(), "\n", at=AT, by=BY)


@given(st.lists(st.sampled_from(list(State)), min_size=1, max_size=12))
def test_a_finding_is_closed_exactly_when_the_last_test_that_could_say_found_it_so(
    states: list[State],
) -> None:
    found: tuple[Finding, ...] = ()
    last = None
    for day, state in enumerate(states):
        found = findings.opened(found, assessed(verdict(state), at=AT + timedelta(days=day)), by=BY)
        if state is State.NOT_MET or (found and state is State.WAIVED):
            last = Status.OPEN
        elif last and state in (State.MET, State.NOT_APPLICABLE):
            last = Status.CLOSED

    assert [finding.status for finding in found] == ([last] if last else [])
