"""Assessments that stand on facts: changed, validated, outdated, redrawn, exported."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import anonymisation_report_cases as anonymised
import impact_cases as cases
import pytest
import report_samples as samples
from hypothesis import given
from hypothesis import strategies as st

from compliance.dataset.nouns import Column, ColumnName, ColumnType
from compliance.discovery.nouns import IdentifierClass
from compliance.errors import (
    ConsultationError,
    ImpactIncompleteError,
    ImpactInputError,
    ImpactOutdatedError,
    UnknownImpactError,
)
from compliance.impact import (
    answered,
    changes,
    decided,
    facts_of,
    feared,
    fingerprint,
    from_document,
    gauged,
    hash_of,
    level_after,
    missing_in,
    opined,
    outdated,
    planned,
    progress,
    redrawn,
    residual,
    screened_by_hand,
    shielded,
    standing,
    submitted,
    suggested,
    to_document,
    validated,
)
from compliance.impact.nouns import (
    Decision,
    Gauge,
    Impact,
    ImpactKind,
    Measure,
    Opinion,
    Origin,
    Outcome,
    RiskLevel,
    Status,
    Voice,
)
from compliance.rules.nouns import Knowledge

KNOWN = cases.knowledge(cases.holding(), cases.output())


def signed(known: Knowledge = KNOWN, **change: Any) -> Impact:
    return validated(cases.complete(known, **change), known, by="A. Officer", at=cases.AT)


# ----------------------------------------------------------------------------- validating


def test_a_complete_assessment_is_validated_on_the_facts_as_they_are() -> None:
    impact = signed()

    assert impact.status is Status.VALIDATED
    assert impact.residual is RiskLevel.LOW
    assert impact.validated_by == "A. Officer"
    assert impact.stands_on == fingerprint(KNOWN, impact)
    assert standing(impact, KNOWN) is Status.VALIDATED


def test_what_was_just_begun_lists_all_that_is_missing() -> None:
    with pytest.raises(ImpactIncompleteError) as refusal:
        validated(cases.begun_one(KNOWN), KNOWN, by="x", at=cases.AT)

    said = str(refusal.value)
    for part in (
        "only proposed by the template",
        "Unwanted change of data: severity",
        "opinion of the data protection officer",
        "views of people, or why they were not sought",
        "the decision",
    ):
        assert part in said


REMOVALS: dict[str, Callable[[Impact], Impact]] = {
    "an answer": lambda one: answered(one, "necessity", " "),
    "a gauge": lambda one: replace(
        one, events=(replace(one.events[0], severity=None), *one.events[1:])
    ),
    "threats": lambda one: answered(one, "change.threats", ""),
    "the officer": lambda one: replace(
        one, opinions=tuple(o for o in one.opinions if o.of is not Voice.OFFICER)
    ),
    "people": lambda one: replace(
        one, opinions=tuple(o for o in one.opinions if o.of is not Voice.PEOPLE)
    ),
    "the decision": lambda one: replace(one, decision=None),
    "the screening": lambda one: screened_by_hand(
        replace(one, screening={id_: replace(c, holds=False) for id_, c in one.screening.items()}),
        "large_scale_public_monitoring",
        holds=None,
        why="",
    ),
}


@pytest.mark.parametrize("removal", REMOVALS)
def test_one_missing_part_is_enough_to_refuse(removal: str) -> None:
    impact = cases.complete(KNOWN)
    assert missing_in(impact) == ()

    lacking = REMOVALS[removal](impact)

    assert len(missing_in(lacking)) == 1
    with pytest.raises(ImpactIncompleteError):
        validated(lacking, KNOWN, by="x", at=cases.AT)


def test_facts_that_changed_since_drawing_have_to_be_looked_at_first() -> None:
    now = cases.knowledge(cases.holding(runs=(cases.run(),)), cases.output())

    with pytest.raises(ImpactOutdatedError, match="new federated runs in patients"):
        validated(cases.complete(KNOWN), now, by="x", at=cases.AT)


def high(impact: Impact) -> Impact:
    for after in (False, True):
        impact = gauged(
            impact, "access", severity=Gauge.MAXIMUM, likelihood=Gauge.MAXIMUM, after=after
        )
    return impact


def test_high_risk_that_is_left_asks_for_prior_consultation() -> None:
    impact = high(cases.complete(KNOWN))

    with pytest.raises(ConsultationError, match=r"Illegitimate access.*Art\. 36"):
        validated(impact, KNOWN, by="x", at=cases.AT)


def test_after_consulting_or_when_waiting_high_risk_can_be_signed() -> None:
    impact = high(cases.complete(KNOWN))
    consulted = decided(impact, cases.TODAY, consulted_at=cases.TODAY)
    waiting = decided(impact, cases.TODAY, decision=Decision.CONSULT)

    for one in (consulted, waiting):
        done = validated(one, KNOWN, by="x", at=cases.AT)
        assert done.residual is RiskLevel.HIGH
        assert facts_of(done, KNOWN)["residual_risk"] == "high"


def test_a_legitimate_interest_assessment_is_signed_with_its_outcome() -> None:
    impact = cases.complete(KNOWN, kind=ImpactKind.LIA)
    without = replace(impact, outcome=None)

    done = validated(impact, KNOWN, by="x", at=cases.AT)
    assert facts_of(done, KNOWN) == {
        "lia_id": "dpia-1",
        "lia_outcome": "pass",
        "lia_signed_at": "2026-11-24",
    }
    assert missing_in(without) == ("the outcome of the balancing",)


def test_a_change_after_validating_has_to_be_validated_again() -> None:
    impact = answered(signed(), "necessity", "Otherwise.")

    assert impact.status is Status.DRAFT
    assert impact.stands_on


def test_what_is_not_gauged_leaves_no_residual_risk() -> None:
    assert residual(cases.begun_one(KNOWN)) is None
    assert residual(cases.complete(KNOWN)) is RiskLevel.LOW


# ----------------------------------------------------------------------------- outdated


def with_column() -> Knowledge:
    held = cases.holding()
    extra = Column(name=ColumnName("phone"), type=ColumnType.TEXT)
    made = replace(held.dataset, columns=(*held.dataset.columns, extra))
    return cases.knowledge(replace(held, dataset=made), cases.output())


def with_kind() -> Knowledge:
    held = cases.holding()
    assert held.discovery is not None
    labels = (*held.discovery.labels, cases.label("note", "phone", IdentifierClass.DIRECT))
    found = replace(held.discovery, labels=labels)
    return cases.knowledge(replace(held, discovery=found), cases.output())


def described(**change: Any) -> Knowledge:
    held = cases.holding()
    said = replace(held.dataset.description, **change)
    made = replace(held, dataset=replace(held.dataset, description=said))
    return cases.knowledge(made, cases.output())


def recorded(*records: Any) -> Knowledge:
    return replace(KNOWN, register=cases.register(*records))


CHANGES: dict[str, tuple[Callable[[], Knowledge], str]] = {
    "a new column": (with_column, "new columns in patients: phone"),
    "a new kind": (with_kind, "new kinds of personal data in patients: note (phone)"),
    "another purpose": (
        lambda: described(purpose=cases.CANARY),
        "the purpose of patients changed",
    ),
    "no basis": (
        lambda: described(legal_basis=None),
        "no longer recorded: the legal basis of patients",
    ),
    "longer retention": (
        lambda: described(retention_months=60),
        "the retention of patients changed",
    ),
    "another region": (lambda: described(region="US"), "the region of patients changed"),
    "another purpose on record": (
        lambda: recorded(cases.activity(purposes=[cases.CANARY])),
        "the purposes of activity advice changed",
    ),
    "a new processor": (
        lambda: recorded(cases.processor("cloud")),
        "new processors: Cloud",
    ),
    "a processor elsewhere": (
        lambda: recorded(cases.processor(country="US")),
        "the country of processor mailer changed",
    ),
    "a new transfer": (
        lambda: recorded(
            replace(cases.processor("us"), kind="transfer", values={"datasets": ["patients"]})
        ),
        "new transfers: Us",
    ),
    "a new run": (
        lambda: cases.knowledge(cases.holding(runs=(cases.run(),)), cases.output()),
        "new federated runs in patients",
    ),
    "a new release": (
        lambda: cases.knowledge(
            cases.holding(releases=samples.retail().datasets[0].releases[:1]), cases.output()
        ),
        "new releases in patients",
    ),
    "k fell": (
        lambda: cases.knowledge(cases.holding(), cases.output(k_missing=2)),
        "k of patients-anonymised fell from 5 to 3",
    ),
    "many more people": (
        lambda: cases.knowledge(cases.holding(people=20_000), cases.output()),
        "patients now holds 20,000 people instead of 12,000",
    ),
    "the dataset is gone": (
        lambda: cases.knowledge(cases.output()),
        "datasets no longer there: patients",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_facts_outdates_and_is_said_without_any_typed_text(name: str) -> None:
    change, says = CHANGES[name]
    impact, now = signed(), change()

    told = outdated(impact, now)
    assert any(says in one for one in told), told
    assert not any(cases.CANARY in one for one in told)
    assert standing(impact, now) is Status.OUTDATED
    facts = facts_of(impact, now)
    assert facts["processing_changed_since_approval"] is True
    assert str(facts["reviewed_at"]) <= str(facts["last_change_at"])


SAME: dict[str, Knowledge] = {
    "nothing": KNOWN,
    "a few more people": cases.knowledge(cases.holding(people=13_000), cases.output()),
    "a better k": cases.knowledge(
        cases.holding(),
        cases.output(
            anonymised=anonymised.done(after=replace(anonymised.AFTER, k=9)),
        ),
    ),
    "a later day": replace(KNOWN, at=cases.AT + timedelta(days=90)),
    "an assessment on record": recorded(cases.activity(dpia_id="dpia-1", dpia_required="yes")),
    "another dataset": cases.knowledge(cases.holding(), cases.output(), cases.named("clicks")),
}


@pytest.mark.parametrize("name", SAME)
def test_what_does_not_matter_outdates_nothing(name: str) -> None:
    assert outdated(signed(), SAME[name]) == ()
    assert facts_of(signed(), SAME[name])["processing_changed_since_approval"] is False


def test_a_draft_is_never_outdated_but_says_what_changed_since_it_was_drawn() -> None:
    impact = cases.begun_one(KNOWN)

    assert outdated(impact, with_column()) == ()
    assert standing(impact, with_column()) is Status.DRAFT


FACTS = st.dictionaries(
    st.sampled_from(["dataset/a/columns", "dataset/a/purpose", "scope//processors"]),
    st.lists(st.sampled_from("uvwxyz"), min_size=1, max_size=4, unique=True).map(
        lambda found: tuple(sorted(found))
    ),
)


@given(FACTS, FACTS)
def test_facts_change_exactly_when_their_hash_does(
    before: dict[str, tuple[str, ...]], after: dict[str, tuple[str, ...]]
) -> None:
    assert bool(changes(before, after)) == (hash_of(before) != hash_of(after))


# ----------------------------------------------------------------------------- redrawing


def test_redrawing_keeps_an_officers_words_and_shows_what_the_desk_would_say() -> None:
    impact = answered(signed(), "retention", "As short as we can.")
    made, differences = redrawn(impact, described(retention_months=60))

    assert made.answers["retention"].text == "As short as we can."
    assert made.answers["retention"].origin is Origin.TYPED
    assert "60 months" in made.answers["retention"].drawn
    (kept,) = [one for one in differences if one.is_kept and "60 months" in one.after]
    assert "24 months" in kept.before


def test_redrawing_replaces_what_was_drawn_and_asks_for_advice_again() -> None:
    made, differences = redrawn(signed(), described(retention_months=60))

    assert "60 months" in made.answers["retention"].text
    assert made.status is Status.DRAFT
    assert made.opinion(Voice.OFFICER) is None
    assert made.opinion(Voice.PEOPLE) is not None
    assert made.decision is None
    assert made.validated_at == cases.AT
    assert [one.is_kept for one in differences if "60 months" in one.after] == [False, False]


def test_redrawing_gauges_anew_what_was_drawn_and_leaves_an_officers_gauge() -> None:
    impact = cases.begun_one(KNOWN)
    typed = gauged(impact, "access", likelihood=Gauge.NEGLIGIBLE, after=True)
    now = cases.knowledge(cases.holding(), cases.output(k_missing=2))

    fresh, _ = redrawn(impact, now)
    kept, differences = redrawn(typed, now)

    assert fresh.events[0].likelihood_after is not None
    assert fresh.events[0].likelihood_after.gauge is Gauge.MAXIMUM
    assert kept.events[0].likelihood_after is not None
    assert kept.events[0].likelihood_after.gauge is Gauge.NEGLIGIBLE
    assert any(one.is_kept and "falls short" in one.after for one in differences)


def test_redrawing_twice_changes_nothing_the_second_time() -> None:
    once, _ = redrawn(cases.complete(KNOWN), with_column())
    twice, differences = redrawn(once, with_column())

    assert differences == ()
    assert twice == once


def test_a_redrawn_assessment_can_be_validated_again() -> None:
    now = described(retention_months=60)
    made, _ = redrawn(signed(), now)
    officer = Opinion(of=Voice.OFFICER, by="A. Officer", text="Still fine.")
    made = decided(opined(made, officer, cases.TODAY), cases.TODAY, decision=Decision.GO)

    again = validated(made, now, by="B", at=cases.AT + timedelta(days=1))
    assert standing(again, now) is Status.VALIDATED


# ----------------------------------------------------------------------------- changing


def test_taking_over_a_proposal_makes_it_an_officers_word() -> None:
    impact = cases.begun_one(KNOWN)
    taken = answered(impact, "description")

    assert taken.answers["description"].counts
    assert taken.answers["description"].text == impact.answers["description"].text
    assert progress(taken, "context")[0] == progress(impact, "context")[0] + 1


def test_measures_do_not_make_a_risk_larger() -> None:
    impact = gauged(
        cases.begun_one(KNOWN), "change", severity=Gauge.LIMITED, likelihood=Gauge.LIMITED
    )

    with pytest.raises(ImpactInputError, match="measures do not raise it"):
        gauged(impact, "change", severity=Gauge.MAXIMUM, after=True)


def test_a_measure_of_the_knowledge_base_brings_the_events_that_it_reduces() -> None:
    impact = planned(cases.begun_one(KNOWN), Measure(what="backups", owner="IT"))
    typed = planned(impact, Measure(what="Move the server", events=("disappearance",)))
    done = planned(typed, replace(typed.measures[0], is_done=True), place=0)

    assert impact.measures[0].what == "Tested back-ups"
    assert impact.measures[0].events == ("disappearance", "change")
    assert [one.is_done for one in done.measures] == [True, False]


def test_own_feared_events_are_gauged_like_the_three() -> None:
    impact = feared(cases.begun_one(KNOWN), "Stalking by a former partner")
    impact = feared(impact, "", id_="linkability")
    own = "own-stalking-by-a-former-partner"
    impact = gauged(impact, own, severity=Gauge.IMPORTANT, likelihood=Gauge.LIMITED, after=True)
    impact = shielded(impact, own, ["access_rights", "A word of one's own"])

    found = impact.event(own)
    assert found is not None
    assert level_after(found) is RiskLevel.MEDIUM
    assert found.measures == ("access_rights", "A word of one's own")
    assert impact.event("linkability") is not None
    with pytest.raises(ImpactInputError, match="no other event has"):
        feared(impact, "", id_="linkability")


def test_bad_input_is_refused_in_one_sentence() -> None:
    impact = cases.begun_one(KNOWN)
    lia = cases.begun_one(KNOWN, kind=ImpactKind.LIA)
    tomorrow = cases.TODAY + timedelta(days=1)
    refused: tuple[tuple[Callable[[], Impact], type[Exception]], ...] = (
        (lambda: answered(impact, "nonsense", "x"), UnknownImpactError),
        (lambda: answered(impact, "access.nonsense", "x"), UnknownImpactError),
        (lambda: answered(impact, "gone.threats", "x"), UnknownImpactError),
        (lambda: answered(impact, "necessity", "x" * 30_000), ImpactInputError),
        (lambda: gauged(impact, "gone", severity=Gauge.LIMITED), UnknownImpactError),
        (lambda: screened_by_hand(impact, "gone", holds=True, why="x"), UnknownImpactError),
        (lambda: screened_by_hand(impact, "large_scale", holds=True, why=" "), ImpactInputError),
        (lambda: planned(impact, Measure(what=" ")), ImpactInputError),
        (lambda: planned(impact, Measure(what="x", events=("gone",))), UnknownImpactError),
        (lambda: planned(impact, Measure(what="x"), place=5), ImpactInputError),
        (lambda: opined(impact, Opinion(of=Voice.PEOPLE), cases.TODAY), ImpactInputError),
        (
            lambda: opined(impact, Opinion(of=Voice.OFFICER, reason="busy"), cases.TODAY),
            ImpactInputError,
        ),
        (
            lambda: opined(impact, Opinion(of=Voice.OFFICER, text="x", at=tomorrow), cases.TODAY),
            ImpactInputError,
        ),
        (lambda: decided(impact, cases.TODAY, decision=Decision.GO), ImpactInputError),
        (
            lambda: decided(impact, cases.TODAY, because="x", consulted_at=tomorrow),
            ImpactInputError,
        ),
        (lambda: feared(lia, "Anything"), UnknownImpactError),
        (lambda: submitted(impact), ImpactIncompleteError),
    )
    for call, error in refused:
        with pytest.raises(error) as refusal:
            call()
        assert str(refusal.value).endswith(".")


def test_a_newer_opinion_of_the_same_person_takes_the_place_of_the_old() -> None:
    first = Opinion(of=Voice.OFFICER, by="A", text="No.")
    impact = opined(cases.begun_one(KNOWN), first, cases.TODAY)
    impact = opined(impact, replace(first, text="Yes."), cases.TODAY)

    assert [one.text for one in impact.opinions] == ["Yes."]
    assert impact.opinions[0].at == cases.TODAY


def test_handed_on_for_review_when_all_is_answered_and_gauged() -> None:
    impact = submitted(cases.complete(KNOWN))

    assert impact.status is Status.REVIEW


# ----------------------------------------------------------------------------- facts, exchange


def test_the_facts_of_an_assessment_are_those_that_rules_ask_for() -> None:
    facts = facts_of(signed(), KNOWN)

    assert facts["sections"] == (
        "systematic_description_and_purposes",
        "legitimate_interest_if_any",
        "necessity_and_proportionality",
        "risks_to_rights_and_freedoms",
        "measures_safeguards_and_demonstration",
    )
    assert facts["dpo_advice_recorded"] is True
    assert facts["views_sought_or_reason"] == "reason recorded"
    assert facts["residual_risk"] == "low"
    assert facts["dpia_completed_at"] == "2026-11-24"
    assert facts["prior_consultation_at"] is None


def test_a_draft_is_not_completed_and_lacks_sections() -> None:
    facts = facts_of(cases.begun_one(KNOWN), KNOWN)

    assert facts["dpia_completed_at"] is None
    assert "risks_to_rights_and_freedoms" not in facts["sections"]  # type: ignore[operator]
    assert facts["views_sought_or_reason"] == ""
    assert "residual_risk" not in facts


def test_facts_hold_no_text_that_somebody_typed() -> None:
    impact = answered(signed(), "necessity", cases.CANARY)
    impact = decided(impact, cases.TODAY, because=cases.CANARY)

    assert cases.CANARY not in json.dumps(facts_of(impact, KNOWN))


@pytest.mark.parametrize("kind", ImpactKind)
def test_an_exported_assessment_reads_in_as_it_was(kind: ImpactKind) -> None:
    impact = signed(kind=kind)
    impact = replace(impact, measures=(Measure(what="x", due=cases.TODAY),), actor="A", at=cases.AT)

    assert from_document(json.dumps(to_document(impact)).encode(), cases.TODAY) == impact


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b'{"kind": "privacy-desk-impact"}', b'{"kind": "x", "impact": {}}'],
)
def test_what_is_no_exported_assessment_is_refused(data: bytes) -> None:
    with pytest.raises(ImpactInputError, match="The document cannot be"):
        from_document(data, cases.TODAY)


def test_an_id_that_no_desk_gives_is_not_read_in() -> None:
    document = to_document(signed())
    document["impact"]["id"] = "../dpia-1"

    with pytest.raises(ImpactInputError, match="none that a desk gives"):
        from_document(json.dumps(document).encode(), cases.TODAY)


def test_a_gauge_that_does_not_exist_is_not_read_in() -> None:
    document = to_document(signed())
    document["impact"]["events"][0]["severity"]["gauge"] = "huge"

    with pytest.raises(ImpactInputError, match="of another kind"):
        from_document(json.dumps(document).encode(), cases.TODAY)


def test_the_template_is_suggested_by_what_the_purpose_says() -> None:
    assert suggested(["Recommend products"]) == "recommendation"
    assert suggested(["monthly NEWSLETTER"]) == "marketing"
    assert suggested(["bookkeeping"]) == ""
    assert Outcome.PASSED == "pass"
