"""Assessments begun from facts: what is drawn, what is only proposed, what stays empty."""

from __future__ import annotations

from dataclasses import replace

import impact_cases as cases
import pytest
import report_samples as samples

from compliance.dataset.nouns import Description
from compliance.errors import UnknownImpactError
from compliance.impact import begun, level, measures, method, screened, templates, weighed
from compliance.impact.drawing import DRAWINGS
from compliance.impact.gauging import likelihood_of
from compliance.impact.nouns import (
    Criterion,
    Gauge,
    Impact,
    ImpactKind,
    Need,
    Origin,
    RiskLevel,
    Scale,
)
from compliance.register import kinds as register_kinds
from compliance.register.nouns import Record
from compliance.rules.facts.screening import Activity, screen
from compliance.rules.facts.screening import data as rules_screening
from compliance.rules.nouns import Knowledge, TrailKnown

DRAWN_IN_FULL = (
    *("scope", "responsibilities", "data_kinds", "special", "recipients", "life_cycle"),
    *("purposes", "basis", "retention", "processors", "transfers", "measures_security"),
)


@pytest.mark.parametrize("question", DRAWN_IN_FULL)
def test_what_is_on_record_answers_by_itself_and_says_from_where(question: str) -> None:
    answer = cases.begun_one().answers[question]

    assert answer.origin is Origin.DRAWN
    assert answer.counts
    assert answer.facts


@pytest.mark.parametrize(
    ("question", "says", "fact"),
    [
        ("scope", "12,000 people", "dataset:patients@1"),
        ("data_kinds", "birth_year", "labels:patients@1"),
        ("special", "illness", "labels:patients@1"),
        ("purposes", "recommend products", "activity:advice"),
        ("basis", "contract", "activity:advice"),
        ("retention", "24 months", "dataset:patients@1"),
        ("recipients", "Mailer", "processor:mailer"),
        ("processors", "bound by a contract", "processor:mailer"),
        ("transfers", "nothing leaves", "activity:advice"),
        ("measures_security", "access by role", "activity:advice"),
        ("interest", "not the basis", "activity:advice"),
        ("responsibilities", "The organisation acts as controller", "activity:advice"),
    ],
)
def test_an_answer_holds_the_fact_that_it_names(question: str, says: str, fact: str) -> None:
    answer = cases.begun_one().answers[question]

    assert says in answer.text
    assert fact in answer.facts


def test_nothing_is_answered_where_nobody_looked_at_the_data() -> None:
    known = cases.knowledge(cases.holding(discovery=None))
    impact = cases.begun_one(known, template="")

    for question in ("data_kinds", "special"):
        assert not impact.answers[question].counts
        assert "nobody has looked" in impact.answers[question].drawn.lower()
    assert impact.events[0].severity is None


@pytest.mark.parametrize(
    ("question", "change"),
    [
        ("purposes", {"purposes": None}),
        ("recipients", {"recipients": []}),
        ("transfers", {}),
    ],
)
def test_what_is_not_recorded_is_no_answer(question: str, change: dict[str, object]) -> None:
    record = cases.activity(**change)
    record = replace(record, values={k: v for k, v in record.values.items() if k != question})
    bare = replace(cases.patients(), description=Description())
    known = cases.knowledge(cases.holding(dataset=bare))
    known = replace(known, register=replace(known.register, records=(record,)))

    assert not cases.begun_one(known, template="", datasets=["patients"]).answers[question].counts


def test_another_basis_than_the_data_were_collected_on_asks_for_compatibility() -> None:
    other = cases.activity(lawful_basis="consent")
    assessed = cases.activity(lawful_basis="consent", compatibility_assessment_id="C-1")
    open_, settled = (
        cases.begun_one(cases.knowledge(register=cases.register(one))).answers["basis"]
        for one in (other, assessed)
    )

    assert not open_.counts
    assert "Art. 6(4)" in open_.drawn
    assert settled.counts


def test_a_processor_without_a_contract_leaves_the_question_open() -> None:
    known = cases.knowledge(register=cases.register(cases.processor(contract_id=None)))
    answer = cases.begun_one(known, template="").answers["processors"]

    assert not answer.counts
    assert "No contract that is in force is recorded for Mailer" in answer.drawn


def test_a_templates_proposal_does_not_count_until_somebody_takes_it_over() -> None:
    impact = cases.begun_one()

    assert impact.answers["description"].origin is Origin.TEMPLATE
    assert not impact.answers["description"].counts


def test_a_system_or_recipient_of_another_activity_is_none_of_this_one() -> None:
    datasets = {"datasets": ["patients"], "solely_automated": True, "significant_effect": True}
    system = Record(kind="adm_system", id="score", name="Score", values=datasets)
    other = Record(kind="recipient", id="bank", name="Bank", values={"datasets": ["patients"]})
    known = cases.knowledge(register=cases.register(system, other))

    assert screened(known, "advice").criteria["automated_decision_legal_effect"].holds is None
    assert "Bank" not in cases.begun_one(known).answers["recipients"].text
    assert "Bank" in begun_on_data(known).answers["recipients"].text


def begun_on_data(known: Knowledge) -> Impact:
    return cases.begun_one(known, activity="", datasets=["patients"])


def test_a_transfer_counts_by_its_data_until_it_has_ended() -> None:
    values = {"datasets": ["patients"], "destination": "US", "mechanism": "scc"}
    open_ = Record(kind="transfer", id="us", name="Cloud", values=values)
    over = replace(open_, values={**values, "ended_at": "2026-11-01"})
    answers = [
        cases.begun_one(cases.knowledge(register=cases.register(one))).answers["transfers"].text
        for one in (open_, over)
    ]

    assert "Cloud goes to US under scc" in answers[0]
    assert "nothing leaves" in answers[1]


def test_measures_on_the_data_are_drawn_with_their_numbers() -> None:
    shop = samples.retail().datasets[0]
    held = cases.holding(runs=(cases.run(),), releases=shop.releases[:1])
    known = cases.knowledge(held, cases.output())
    answer = cases.begun_one(known).answers["measures_data"]

    assert "highest measured risk of recognising somebody is 20.0%" in answer.text
    assert "statistic with noise" in answer.text
    assert "without noise; the server saw" in answer.text
    assert {"anonymised:anonymised-1", f"run:{cases.run().id}"} <= set(answer.facts)


def test_a_trail_that_is_not_whole_is_no_measure() -> None:
    whole = cases.begun_one().events[0].measures
    known = cases.knowledge(trail=TrailKnown(problems=("entry 3 was changed",)))

    assert "logs" in whole
    assert "logs" not in cases.begun_one(known).events[0].measures


def test_direct_identifiers_make_recognising_certain_before_measures() -> None:
    access = cases.begun_one().event("access")

    assert access is not None
    assert access.likelihood is not None
    assert access.likelihood.gauge is Gauge.MAXIMUM
    assert "name" in access.likelihood.why
    assert access.severity is not None
    assert access.severity.gauge is Gauge.IMPORTANT
    assert access.likelihood_after is None


def test_the_measured_risk_of_the_output_gauges_the_likelihood_after() -> None:
    access = cases.begun_one(cases.knowledge(cases.holding(), cases.output())).event("access")

    assert access is not None
    assert access.likelihood_after is not None
    assert access.likelihood_after.gauge is Gauge.LIMITED
    assert "20.0%" in access.likelihood_after.why
    assert access.likelihood_after.facts == ("anonymised:anonymised-1",)


def test_an_output_that_falls_short_protects_nobody() -> None:
    known = cases.knowledge(cases.holding(), cases.output(k_missing=2))
    access = cases.begun_one(known).event("access")

    assert access is not None
    assert access.likelihood_after is not None
    assert access.likelihood_after.gauge is Gauge.MAXIMUM


def test_a_dataset_without_an_output_leaves_the_likelihood_after_open() -> None:
    known = cases.knowledge(cases.holding(), cases.named("clicks"), cases.output())
    impact = cases.begun_one(known, activity="", datasets=["patients", "clicks"])
    access = impact.event("access")

    assert access is not None
    assert access.likelihood_after is None


@pytest.mark.parametrize(
    ("risk", "gauge"),
    [
        (0.0, Gauge.NEGLIGIBLE),
        (0.09, Gauge.NEGLIGIBLE),
        (0.0901, Gauge.LIMITED),
        (0.2, Gauge.LIMITED),
        (1 / 3, Gauge.IMPORTANT),
        (0.5, Gauge.MAXIMUM),
        (1.0, Gauge.MAXIMUM),
    ],
)
def test_a_measured_risk_has_its_gauge(risk: float, gauge: Gauge) -> None:
    assert likelihood_of(risk) is gauge


def test_the_risk_level_never_falls_when_a_gauge_rises() -> None:
    for severity in Gauge:
        for likelihood in Gauge:
            here = level(severity, likelihood).rank
            if severity is not Gauge.MAXIMUM:
                assert level(list(Gauge)[severity.rank + 1], likelihood).rank >= here
            if likelihood is not Gauge.MAXIMUM:
                assert level(severity, list(Gauge)[likelihood.rank + 1]).rank >= here
    assert level(Gauge.MAXIMUM, Gauge.MAXIMUM) is RiskLevel.HIGH
    assert level(Gauge.NEGLIGIBLE, Gauge.NEGLIGIBLE) is RiskLevel.LOW


def test_nobody_can_assess_what_is_not_there() -> None:
    for change, says in (
        ({"activity": "gone"}, "There is no activity “gone”. Known are advice."),
        ({"activity": "", "datasets": ["gone"]}, "There is no dataset “gone”"),
        ({"activity": ""}, "Name an activity or datasets"),
        ({"template": "gone"}, "There is no template “gone”"),
    ):
        with pytest.raises(UnknownImpactError, match=says):
            cases.begun_one(**change)


# ----------------------------------------------------------------------------- screening


def criteria(**held: bool | None) -> dict[str, Criterion]:
    """All criteria said by an officer not to hold, but for those given."""
    found = {one.id: False for one in method().criteria} | held
    return {id_: Criterion(holds=h, why="x", origin=Origin.TYPED) for id_, h in found.items()}


@pytest.mark.parametrize(
    ("held", "need"),
    [
        ({}, Need.NOT_SHOWN),
        ({"large_scale": True}, Need.NOT_SHOWN),
        ({"large_scale": True, "evaluation_scoring": True}, Need.PRESUMED),
        ({"systematic_extensive_evaluation_with_significant_effect": True}, Need.REQUIRED),
        ({"large_scale_public_monitoring": None}, Need.UNKNOWN),
        ({"large_scale": True, "evaluation_scoring": None}, Need.UNKNOWN),
        ({"evaluation_scoring": None}, Need.NOT_SHOWN),
    ],
    ids=["none", "one", "two of nine", "article", "article open", "one and one open", "one open"],
)
def test_criteria_come_to_a_need(held: dict[str, bool | None], need: Need) -> None:
    assert weighed(criteria(**held)).need is need


def test_a_template_may_call_for_an_assessment_but_never_spare_one() -> None:
    said = criteria()
    off = {id_: replace(one, origin=Origin.TEMPLATE) for id_, one in said.items()}
    on = off | {
        id_: Criterion(holds=True, why="x", origin=Origin.TEMPLATE)
        for id_ in ("evaluation_scoring", "systematic_monitoring")
    }

    assert weighed(off).need is Need.UNKNOWN
    assert weighed(on).need is Need.PRESUMED


def test_special_categories_of_many_people_require_an_assessment() -> None:
    found = screened(cases.knowledge(), "advice")

    assert found.need is Need.REQUIRED
    assert {"large_scale_special_or_criminal", "sensitive_data", "large_scale"} <= set(
        found.triggers
    )
    assert "12,000 people" in found.criteria["large_scale"].why


def test_an_unknown_number_of_people_is_not_a_small_one() -> None:
    held = cases.holding(people=None)
    said = replace(held.dataset.description, data_subjects="customers")
    held = replace(held, dataset=replace(held.dataset, description=said))
    found = screened(cases.knowledge(held), "advice")

    assert found.criteria["large_scale"].holds is None
    assert found.need is Need.UNKNOWN


def test_federated_profiling_is_evaluation() -> None:
    found = screened(cases.knowledge(cases.holding(runs=(cases.run(),))), "advice")

    assert found.criteria["evaluation_scoring"].holds is True
    assert found.criteria["evaluation_scoring"].facts == (f"run:{cases.run().id}",)


def test_what_an_officer_recorded_of_the_activity_settles_the_screening() -> None:
    triggers = ["systematic_monitoring"]
    known = cases.knowledge(register=cases.register(cases.activity(dpia_trigger=triggers)))
    found = screened(known, "advice")

    assert found.criteria["systematic_monitoring"].holds is True
    assert found.criteria["systematic_monitoring"].facts == ("activity:advice",)
    assert found.criteria["large_scale_public_monitoring"].holds is False
    assert found.criteria["sensitive_data"].holds is True  # the data say so, whatever is recorded


@pytest.mark.parametrize(
    ("alone", "effect", "holds"),
    [
        (True, True, True),
        (True, False, False),
        (False, None, False),
        (True, None, None),
        (None, None, None),
    ],
)
def test_systems_on_record_tell_whether_a_machine_decides(
    alone: bool | None, effect: bool | None, holds: bool | None
) -> None:
    said = {"datasets": ["patients"], "solely_automated": alone, "significant_effect": effect}
    system = Record(kind="adm_system", id="score", name="Score", values=said)
    uses = cases.activity(automated_decisions=["score"])
    found = screened(cases.knowledge(register=cases.register(system, uses)), "advice")

    assert found.criteria["automated_decision_legal_effect"].holds is holds
    assert found.criteria["prevents_right_or_service"].holds is holds
    assert found.criteria["evaluation_scoring"].holds is True


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"dpia_trigger": []},
        {"dpia_trigger": ["systematic_monitoring", "evaluation_scoring"]},
        {"purpose_type": "recommendation"},
        {"purpose_type": "order_fulfilment", "automated_decisions": None},
        {"is_secondary_use": True},
        {"categories_of_subjects": ["children"]},
    ],
    ids=str,
)
@pytest.mark.parametrize("people", [None, 900, 12_000])
@pytest.mark.parametrize("looked", [True, False])
def test_the_screening_agrees_with_that_of_the_rules(
    change: dict[str, object], people: int | None, looked: bool
) -> None:
    held = cases.holding(people=people)
    held = held if looked else replace(held, discovery=None)
    record = cases.activity(**change)
    known = cases.knowledge(held, register=cases.register(record))
    activity = Activity(record=record, holdings=(held,), systems=(), is_whole=True)
    ours, theirs = screened(known, "advice"), screen(activity)

    wanted = {True: (Need.REQUIRED, Need.PRESUMED), False: (Need.NOT_SHOWN,), None: (Need.UNKNOWN,)}
    assert ours.need in wanted[theirs.needs]
    if theirs.needs:
        assert set(ours.triggers) == set(theirs.criteria)


def test_what_shows_a_criterion_is_what_rules_have() -> None:
    rules, ours = rules_screening(), method()
    groups = {"article": "always", "criterion": "two_of"}

    for group, theirs in groups.items():
        assert [one.id for one in ours.criteria if one.group == group] == list(rules[theirs])
    assert ours.large_scale_people == rules["large_scale_people"]
    assert list(ours.traces) == rules["traces"]
    assert list(ours.profiling) == rules["profiling"]
    assert list(ours.vulnerable) == rules["vulnerable"]


def test_the_fields_that_outdate_are_fields_of_the_register() -> None:
    kinds = {id_: {f.id for f in kind.fields} for id_, kind in register_kinds().items()}

    for kind, fields in method().counted.items():
        assert set(fields) <= kinds[kind], kind


def test_datasets_of_different_sources_are_matched() -> None:
    other = cases.named("clicks")
    said = replace(other.dataset.description, source="pages", purpose="care")
    other = replace(other, dataset=replace(other.dataset, description=said))
    register = cases.register(cases.activity(datasets=["patients", "clicks"]))
    found = screened(cases.knowledge(cases.holding(), other, register=register), "advice")

    assert found.criteria["matching_combining"].holds is True


# ----------------------------------------------------------------------------- the files


def test_every_question_draws_by_what_there_is() -> None:
    for kind in ImpactKind:
        for question in method().questions(kind):
            assert question.draws == "none" or question.draws in DRAWINGS, question.id


def test_every_drawing_is_asked_for() -> None:
    asked = {q.draws for kind in ImpactKind for q in method().questions(kind)}

    assert set(DRAWINGS) <= asked


def test_ids_are_unique_and_sources_named() -> None:
    said = method()
    for kind in ImpactKind:
        ids = [question.id for question in said.questions(kind)]
        assert len(ids) == len(set(ids))
    assert {one.source for one in said.criteria} <= set(said.sources)
    assert {one.source for one in said.events} <= set(said.sources)
    assert len([one for one in said.criteria if one.group == "criterion"]) == 9
    assert len([one for one in said.criteria if one.group == "article"]) == 3
    assert set(said.meanings) == set(Scale)
    assert all(set(meanings) == set(Gauge) for meanings in said.meanings.values())


def test_contents_name_questions_that_exist() -> None:
    questions = {question.id for question in method().questions(ImpactKind.DPIA)}

    assert {id_ for content in method().contents for id_ in content.questions} <= questions


@pytest.mark.parametrize("template", templates(), ids=lambda one: one.id)
def test_a_template_proposes_only_what_the_method_asks(template: object) -> None:
    found = next(one for one in templates() if one is template)
    events = {event.id for event in method().events}

    assert set(found.screening) <= {one.id for one in method().criteria}
    for kind in ImpactKind:
        assert set(found.answers[kind]) <= {question.id for question in method().questions(kind)}
    assert set(found.events) <= events
    known = {one.id for one in measures()}
    for event in found.events.values():
        assert set(event["measures"]) <= known
        assert all(event[field] for field in ("impacts", "threats", "sources"))


@pytest.mark.parametrize("template", [one.id for one in templates()])
@pytest.mark.parametrize("kind", ImpactKind)
def test_with_a_template_no_required_question_is_left_without_a_proposal(
    kind: ImpactKind, template: str
) -> None:
    known = cases.knowledge(cases.holding(runs=(cases.run(),)), cases.output())
    impact = begun(kind, template, known, id_="x-1", activity="advice")
    empty = [
        question.id
        for question in method().questions(kind)
        if question.required and not impact.answers[question.id].text
    ]

    assert empty == (["less"] if kind is ImpactKind.LIA else [])


def test_every_measure_reduces_events_of_the_method() -> None:
    events = {event.id for event in method().events}

    for one in measures():
        assert set(one.reduces) <= events, one.id
        assert one.lowers
    assert {event for one in measures() for event in one.reduces} == events
