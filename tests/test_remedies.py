"""The catalogue of remedies, what they change, and the order that is explained."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from compliance.rules import desk_pack, remedies
from compliance.rules.findings import opened
from compliance.rules.nouns import (
    DOES_NOT_END,
    Assessment,
    Finding,
    Remedy,
    RemedyKind,
    Risk,
    Severity,
    State,
    Verdict,
)
from compliance.workspace import Workspace
from tests.mending_shop import finding_of, open_shop

AT = datetime(2026, 11, 26, 9, tzinfo=UTC)


def verdict(rule: str, state: State, subject: str = "orders") -> Verdict:
    return Verdict(
        rule=rule,
        law="EU_GDPR",
        article="Art. 5",
        title=f"Duty {rule}",
        subject=subject,
        state=state,
        evidence="",
        severity=Severity.HIGH,
        remedy="",
        page="datasets",
        stage=1,
        entity="dataset",
        subject_id=subject,
    )


def assessment(*verdicts: Verdict, score: float = 50) -> Assessment:
    return Assessment(verdicts=verdicts, score=score, assessed_at=AT)


BEFORE = assessment(
    verdict("A", State.NOT_MET), verdict("B", State.NOT_MET), verdict("C", State.MET)
)


def finding() -> Finding:
    return next(f for f in opened((), BEFORE, by="x") if f.rule == "A")


def remedy(id_: str, *after: Verdict, can_apply: bool = True, **of: object) -> Remedy:
    """A remedy after which these verdicts stand; `of` is more of its effect."""
    effect = remedies.effect(BEFORE, assessment(*after), **of)  # type: ignore[arg-type]
    return Remedy(
        id=id_,
        kind=RemedyKind.DROP,
        what="Do it",
        target="orders",
        parameters={},
        asks={},
        predicted=effect,
        reasons=(),
        can_apply=can_apply,
    )


MENDED = (verdict("A", State.MET), verdict("B", State.NOT_MET), verdict("C", State.MET))
BOTH = (verdict("A", State.MET), verdict("B", State.MET), verdict("C", State.MET))


def test_a_turn_is_told_of_every_verdict_that_changes_and_of_no_other() -> None:
    found = remedies.effect(BEFORE, assessment(*MENDED))

    assert [(t.rule, t.before, t.after) for t in found.turns] == [("A", State.NOT_MET, State.MET)]


def test_a_subject_that_is_gone_turns_to_not_applicable_and_a_new_one_from_it() -> None:
    new = verdict("A", State.NOT_MET, subject="other")
    found = remedies.effect(BEFORE, assessment(verdict("B", State.NOT_MET), new))

    turns = {(t.rule, t.subject): (t.before, t.after) for t in found.turns}
    assert turns["A", "orders"] == (State.NOT_MET, State.NOT_APPLICABLE)
    assert turns["A", "other"] == (State.NOT_APPLICABLE, State.NOT_MET)
    assert [t.subject for t in remedies.worsened(found)] == ["other"]


def test_what_can_no_longer_be_assessed_has_not_ended() -> None:
    found = remedies.effect(BEFORE, assessment(verdict("A", State.NOT_ASSESSED)))

    assert "A" not in [turn.rule for turn in remedies.mended(found)]
    assert not remedies.ends(found, finding())


def order(*offered: Remedy) -> list[str]:
    return [one.id for one in remedies.ranked(offered, finding(), BEFORE)]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        pytest.param(
            remedy("b", *MENDED), remedy("a", *BEFORE.verdicts), id="ends it before all others"
        ),
        pytest.param(
            remedy("b", *MENDED), remedy("a", *BOTH, can_apply=False), id="the desk can apply it"
        ),
        pytest.param(
            remedy("b", *MENDED),
            remedy("a", *MENDED[:2], verdict("C", State.NOT_MET)),
            id="begins no other",
        ),
        pytest.param(remedy("b", *MENDED, kept=0.9), remedy("a", *BOTH, kept=0.5), id="keeps more"),
        pytest.param(remedy("b", *BOTH), remedy("a", *MENDED), id="ends more others"),
        pytest.param(
            remedy("b", *MENDED),
            replace(remedy("a", *MENDED), asks={"x": "y"}),
            id="asks nobody",
        ),
    ],
)
def test_the_order_of_remedies_is_what_it_says(better: Remedy, worse: Remedy) -> None:
    assert order(worse, better) == order(better, worse) == ["b", "a"]


def test_the_reasons_say_in_words_what_the_order_stands_on() -> None:
    before, after = Risk(highest=1.0, personal_columns=4), Risk(highest=0.2, personal_columns=2)
    offered = remedy("a", *BOTH, risk_before=before, risk_after=after, kept=0.75)
    offered = replace(
        offered, predicted=replace(offered.predicted, lost={"rows lost": "1 of 4 (25.0%)"})
    )

    (found,) = remedies.ranked([offered], finding(), BEFORE)

    assert found.reasons == (
        "turns 2 of 2 findings on orders",
        "risk falls from 100% to 20%",
        "columns with personal data fall from 4 to 2",
        "keeps 75% of what the rows say",
        "rows lost: 1 of 4 (25.0%)",
    )


def test_a_remedy_that_mends_something_else_says_so_first() -> None:
    other = (verdict("A", State.NOT_MET), verdict("B", State.MET), verdict("C", State.NOT_MET))

    (found,) = remedies.ranked([remedy("a", *other)], finding(), BEFORE)

    assert found.reasons[0] == DOES_NOT_END
    assert "opens a finding: Duty C (orders)" in found.reasons


@pytest.mark.parametrize(
    ("share", "said"), [(0, "0%"), (0.0001, "under 1%"), (0.006, "1%"), (0.2, "20%"), (1, "100%")]
)
def test_a_small_risk_is_not_told_as_none(share: float, said: str) -> None:
    assert remedies.percent(share) == said


def test_many_new_findings_are_counted_and_not_listed() -> None:
    new = [verdict(f"N{i}", State.NOT_MET) for i in range(6)]

    (found,) = remedies.ranked([remedy("a", *BOTH, *new)], finding(), BEFORE)

    assert [reason for reason in found.reasons if reason.startswith("opens")] == [
        "opens a finding: Duty N0 (orders)",
        "opens a finding: Duty N1 (orders)",
        "opens 4 findings more",
    ]


def test_every_row_of_the_catalogue_fits_a_duty_in_force() -> None:
    """A row that no rule can reach would be a promise that is never kept."""
    rules = [
        (
            rule.entity,
            frozenset(str(t[0]) for t in (*rule.when, *rule.asserts)),
            frozenset(str(t[0]) for t in rule.asserts),
        )
        for rule in desk_pack().rules
    ]
    reached = {fit for rule in rules for fit in map(repr, remedies.fitting(*rule))}

    assert [f.what for f in remedies.catalogue().remedies if repr(f) not in reached] == []


def test_the_catalogue_names_its_source_and_day() -> None:
    found = remedies.catalogue()

    assert found.source
    assert found.as_of >= "2026"
    for fit in found.remedies:
        fit.what.format(target="x", columns="y", k=5, months=3, fields="z")


def test_statistics_or_updates_instead_of_rows_say_cost_error_and_what_laws_would_say(
    tmp_path: Path,
) -> None:
    desk = open_shop(tmp_path / "desk")
    _with_transfer(desk)
    id_ = finding_of(desk, "GDPR-44").id

    offered = {one.id: one for one in desk.governance.mending.remedies(id_)}

    release, federate = offered["release"], offered["federate"]
    assert not release.can_apply
    assert any(reason.startswith("costs ε = 1 of") for reason in release.reasons)
    assert (
        "± " in release.predicted.lost["expected error of a count by marketing_consent of accounts"]
    )
    assert any("becomes" in reason for reason in release.reasons)
    assert "not measured" in federate.predicted.lost["accuracy of accounts"]


def _with_transfer(desk: Workspace) -> None:
    """Accounts that go to a country without an adequacy decision, on no ground."""
    desk.governance.register.record(
        "transfer",
        "support",
        {
            "origin": "DE",
            "destination": "IN",
            "origin_regime": "EU_GDPR",
            "datasets": "accounts",
            "form": "rows",
            "mechanism": "(none)",
        },
        name="Support in India",
    )
    desk.assess()


def test_a_checkpoint_is_tried_and_left_to_people(tmp_path: Path) -> None:
    desk = open_shop(tmp_path / "desk")
    finding_ = finding_of(desk, "POL-AUDIT-ANCHOR")

    (offered,) = desk.governance.mending.remedies(finding_.id)

    assert not offered.can_apply
    assert remedies.ends(offered.predicted, finding_)
