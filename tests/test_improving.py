"""The loop of improvement is counted from what is on record, and says nothing it cannot know."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from compliance.anonymise.nouns.record import Anonymised
from compliance.dataset import RawFile
from compliance.dataset.nouns import Description
from compliance.impact.nouns import Impact, ImpactKind
from compliance.impact.nouns import Status as ImpactStatus
from compliance.rules import improvement
from compliance.rules.nouns import (
    Assessment,
    Finding,
    Severity,
    Standing,
    State,
    Status,
    Verdict,
    Waiver,
)
from compliance.rules.nouns.improvement import Decided, Improvement
from compliance.settings import Settings
from compliance.storage import tables
from compliance.workspace import Workspace
from tests.anonymised_people import ended, people, plan

AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
BEFORE = AT - timedelta(days=10)


def verdict(stage: int, state: State, number: int = 1, due: date | None = None) -> Verdict:
    return Verdict(
        rule=f"R-{stage}-{number}",
        law="POLICY",
        article="",
        title=f"Duty {stage}-{number}",
        subject="orders",
        state=state,
        evidence="",
        severity=Severity.HIGH,
        remedy="",
        page="",
        stage=stage,
        entity="dataset",
        subject_id="orders",
        due=due,
    )


def finding(stage: int, number: int = 1, **changes: object) -> Finding:
    plain = Finding(
        id=f"F{stage}{number}",
        rule=f"R-{stage}-{number}",
        entity="dataset",
        subject_id="orders",
        subject="orders",
        title=f"Duty {stage}-{number}",
        severity=Severity.HIGH,
        stage=stage,
        status=Status.OPEN,
        opened_at=BEFORE,
        due=AT.date() + timedelta(days=5),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def standing(days_ago: int, third: float | None, whole: float | None = 50.0) -> Standing:
    scores = [None, None, third, *[None] * 7]
    return Standing(
        assessed_at=AT - timedelta(days=days_ago),
        score=whole,
        counts={},
        stages=tuple(scores),
        pack="desk",
    )


def loop(
    *verdicts: Verdict,
    findings: tuple[Finding, ...] = (),
    standings: tuple[Standing, ...] = (),
    since: datetime | None = BEFORE,
) -> Improvement:
    found = Assessment(verdicts=verdicts, score=None, assessed_at=AT)
    return improvement(found, standings, findings, (), since=since, at=AT)


def test_duties_are_counted_in_their_stage() -> None:
    states = (State.MET, State.MET, State.MET, State.NOT_MET, State.NOT_ASSESSED)
    found = loop(*(verdict(3, state, n) for n, state in enumerate(states)))

    third = found.stages[2]
    assert (third.number, third.score) == (3, 75.0)
    assert third.duties[State.NOT_ASSESSED] == 1
    assert found.stages[3].score is None
    assert found.whole.score == 75.0


def test_a_desk_that_was_never_assessed_has_no_score() -> None:
    found = improvement(None, (), (), (), since=None, at=AT)

    assert (found.assessed_at, found.whole.score, found.whole.open) == (None, None, 0)
    assert len(found.stages) == 10


def test_without_findings_on_record_each_unmet_duty_is_one_that_nobody_has() -> None:
    found = loop(verdict(3, State.NOT_MET))

    assert (found.stages[2].open, found.stages[2].owned) == (1, 0)


def test_findings_are_counted_as_they_stand() -> None:
    waived = Waiver(by="Ada", why="for now", until=AT.date(), at=BEFORE)
    ended_waiver = replace(waived, until=AT.date() - timedelta(days=1))
    gone = {"status": Status.CLOSED, "closed_at": AT - timedelta(days=1)}
    third = loop(
        findings=(
            finding(3, 1, owner="Ben"),
            finding(3, 2, due=AT.date() - timedelta(days=1)),
            finding(3, 3, waiver=waived),
            finding(3, 4, waiver=ended_waiver),
            finding(3, 5, **gone),
            finding(3, 6, **{**gone, "closed_at": BEFORE - timedelta(days=1)}),
            finding(4, 1),
        )
    ).stages[2]

    assert (third.open, third.owned, third.overdue, third.closed) == (3, 1, 1, 1)


def test_the_score_is_held_against_the_last_audit() -> None:
    past = (standing(30, 40.0), standing(12, 50.0), standing(3, 90.0))
    third = loop(verdict(3, State.MET), standings=past).stages[2]

    assert (third.score, third.before, third.change) == (100.0, 50.0, 50.0)
    assert [score for _, score in third.scores] == [40.0, 50.0, 90.0]


def test_without_an_audit_it_is_held_against_the_check_before() -> None:
    past = (standing(30, None), standing(3, 90.0))
    found = loop(verdict(3, State.MET), standings=past, since=None)

    assert found.since == AT - timedelta(days=30)
    assert found.stages[2].change is None
    assert loop(standings=past[:1], since=None).since is None


def test_what_is_due_next_comes_first_and_each_duty_once() -> None:
    tomorrow = AT.date() + timedelta(days=1)
    found = loop(
        verdict(3, State.NOT_MET, 1, due=tomorrow),
        verdict(3, State.NOT_ASSESSED, 2, due=tomorrow),
        verdict(3, State.MET, 3, due=AT.date() - timedelta(days=9)),
        verdict(3, State.NOT_APPLICABLE, 4, due=tomorrow),
        verdict(3, State.NOT_MET, 5, due=AT.date() - timedelta(days=9)),
        findings=(finding(3, 1, owner="Ben"),),
    )

    assert [(one.what, one.owner, one.is_late) for one in found.upcoming] == [
        ("Duty 3-5", "", True),
        ("Duty 3-1", "Ben", False),
        ("Duty 3-2", "", False),
    ]
    assert found.upcoming[1].day == tomorrow < finding(3).due


def test_movements_that_do_not_meet_a_duty_are_named_once() -> None:
    unmet = replace(verdict(4, State.NOT_MET), entity="transfer", subject="Orders to the US")
    met = replace(verdict(4, State.MET), entity="transfer", subject="Orders to Ireland")

    assert loop(unmet, replace(unmet, rule="R"), met).transfers == ("Orders to the US",)


# Decisions that a refreshed file overtakes


@pytest.fixture
def refreshed(tmp_path: Path) -> Workspace:
    """People were anonymised, a recipe kept, labels confirmed; then a file with one more column."""
    desk = Workspace(Settings.from_environment({}, home=tmp_path))
    desk.add_files([RawFile(name="p.csv", data=people())], "people", Description(region="DE"))
    confirm(desk)
    done: Anonymised = ended(desk.anonymisation.anonymise("people", plan(), {}))
    desk.anonymisation.keep_recipe(done, "monthly")
    desk.add_files([RawFile(name="p.csv", data=with_phones())], "people")
    return desk


def confirm(desk: Workspace) -> None:
    found = desk.discover("people")
    said = {la.column: (la.semantic_type, la.identifier_class) for la in found.labels}
    desk.decide_labels("people", said)


def with_phones() -> bytes:
    head, *lines = people().decode().strip().split("\n")
    added = [f"{line},+49 30 {1_000_000 + n}" for n, line in enumerate(lines)]
    return "\n".join([f"{head},phone", *added, ""]).encode()


def kinds(desk: Workspace) -> list[Decided]:
    return [one.kind for one in desk.governance.improving.reopened("people")]


def test_a_file_that_nobody_looked_at_has_no_decisions_of_its_own(refreshed: Workspace) -> None:
    (found,) = refreshed.governance.improving.reopened("people")

    assert (found.kind, found.page) == (Decided.LABELS, "discovery")
    assert "has not been looked at" in found.says


def test_a_new_kind_of_data_reopens_labels_and_recipe_until_they_are_decided_anew(
    refreshed: Workspace,
) -> None:
    refreshed.discover("people")
    labels, recipe = refreshed.governance.improving.reopened("people")

    assert labels.says == "people: confirm what “phone” now holds."
    assert recipe.kind is Decided.RECIPE
    assert "“monthly” was kept before “phone” came" in recipe.says
    confirm(refreshed)
    assert kinds(refreshed) == [Decided.RECIPE]
    done = ended(refreshed.anonymisation.anonymise("people", plan(), {}, "again"))
    refreshed.anonymisation.keep_recipe(done, "monthly")
    assert kinds(refreshed) == []


def test_assessments_and_waivers_from_before_are_to_be_decided_again(refreshed: Workspace) -> None:
    confirm(refreshed)
    dataset = refreshed.dataset("people")
    early, late = (dataset.added_at + timedelta(days=days) for days in (-1, 1))

    def decided(at: datetime) -> None:
        impact = Impact(
            id="I",
            kind=ImpactKind.DPIA,
            title="Marketing",
            datasets=("people",),
            status=ImpactStatus.VALIDATED,
            validated_at=at,
        )
        waiver = Waiver(by="Ada", why="for now", until=date(2099, 1, 1), at=at)
        waived = finding(3, subject_id="people", waiver=waiver)
        with refreshed._desk.act("label.decide", "people") as act:
            act.store(tables.IMPACT, impact, id="I")
            act.store(tables.FINDING, waived, id=waived.id)

    decided(early)
    assert kinds(refreshed) == [Decided.RECIPE, Decided.IMPACT, Decided.WAIVER]
    decided(late)
    assert kinds(refreshed) == [Decided.RECIPE]


def test_the_same_columns_again_reopen_nothing(tmp_path: Path) -> None:
    desk = Workspace(Settings.from_environment({}, home=tmp_path))
    desk.add_files([RawFile(name="p.csv", data=people())], "people")
    confirm(desk)
    desk.add_files([RawFile(name="p.csv", data=people().replace(b"\n1", b"\n2"))], "people")
    desk.discover("people")

    assert kinds(desk) == []
    assert desk.governance.improving.stands().reopened == ()
