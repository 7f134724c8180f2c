"""Where copies lie and data go: from descriptions, the register, federated runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from unittest.mock import Mock

import pytest

from compliance.anonymise.nouns.record import Anonymised
from compliance.discovery.nouns import IdentifierClass
from compliance.errors import UnknownCountryError
from compliance.federated.nouns import NoisePlan, Outcome, Plan, Round, Run, SiteResult
from compliance.federated.nouns.plan import NoisePlace
from compliance.lineage.nouns import Edge, Node, NodeKind
from compliance.privacy.nouns import Budget, BudgetState, Price
from compliance.privacy.nouns.account import Spend
from compliance.register.nouns import Contradiction, Record
from compliance.rules.nouns import Answer, Form, Holding, Whereabouts
from compliance.rules.residency import (
    copies,
    countries_of,
    flows,
    may_go,
    transfer_facts,
    whereabouts,
    would_federate,
    would_move,
)
from tests.residency_cases import AT, anonymous, holding, knowing, label, transfer

PLAIN = Plan(site_column="site", target="bought")  # type: ignore[arg-type]


def run_of(name: str, *sites: str, plan: Plan = PLAIN, epsilon: float | None = None) -> Run:
    """A run over sites of 500 rows each."""
    results = tuple(
        SiteResult(
            site=site,
            rows=500,
            bytes_up=1,
            bytes_down=1,
            bytes_home=1,
            metric_federated=None,
            metric_local=None,
        )
        for site in sites
    )
    done = Round(
        round=1, loss=1.0, metric=0.5, clients=2, bytes_up=1, bytes_down=1, epsilon=epsilon
    )
    outcome = Mock(spec=Outcome, sites=results, rounds=(done,))
    return Mock(spec=Run, id=f"run of {name}", plan=plan, outcome=outcome, started_at=AT)


@pytest.mark.parametrize(
    ("held", "form"),
    [
        pytest.param(holding("a"), Form.ROWS, id="a direct identifier"),
        pytest.param(
            holding("a", labels=[label("age", IdentifierClass.QUASI)]),
            Form.PSEUDONYMS,
            id="people, and nobody by name",
        ),
        pytest.param(
            holding("a", labels=[label("colour", IdentifierClass.NONE)]),
            Form.NOT_PERSONAL,
            id="nothing personal",
        ),
        pytest.param(holding("a", labels=None), Form.UNKNOWN, id="nobody looked"),
        pytest.param(anonymous("a"), Form.ANONYMOUS, id="a proof that holds"),
        pytest.param(anonymous("a", k_missing=2), Form.CLAIMED_ANONYMOUS, id="a class too small"),
        pytest.param(
            anonymous("a", k_missing=None), Form.CLAIMED_ANONYMOUS, id="a proof not looked at"
        ),
        pytest.param(
            holding("a", k_missing=0), Form.CLAIMED_ANONYMOUS, id="no record of how it was made"
        ),
        pytest.param(holding("a", synthetic=True), Form.NOISY, id="invented under a budget"),
    ],
)
def test_a_copy_holds_what_was_measured(held: Holding, form: Form) -> None:
    (copy,) = copies(knowing(held))

    assert (copy.form, copy.country) == (form, "DE")


def test_a_failed_proof_is_no_proof() -> None:
    record = Mock(spec=Anonymised)
    record.proof.failed = ("k_anonymity",)

    (copy,) = copies(knowing(holding("a", k_missing=0, anonymised=record)))

    assert copy.form is Form.CLAIMED_ANONYMOUS


@pytest.mark.parametrize(
    ("said", "held", "form"),
    [
        pytest.param("anonymous rows", holding("a"), Form.CLAIMED_ANONYMOUS, id="a claim"),
        pytest.param("anonymous rows", anonymous("a"), Form.ANONYMOUS, id="a claim that holds"),
        pytest.param("no personal data", holding("a"), Form.ROWS, id="a wrong claim"),
        pytest.param("rows", anonymous("a"), Form.ANONYMOUS, id="rows that are anonymous"),
        pytest.param("statistics with noise", holding("a"), Form.NOISY, id="statistics"),
        pytest.param(None, holding("a"), Form.ROWS, id="nothing said"),
        pytest.param("rows", holding("a", labels=None), Form.ROWS, id="rows, and nobody looked"),
        pytest.param("no personal data", holding("a", labels=None), Form.UNKNOWN, id="a guess"),
    ],
)
def test_a_claim_on_record_never_makes_data_anonymous(
    said: str | None, held: Holding, form: Form
) -> None:
    record = transfer("T", datasets=("a",), destination="IN", form=said)

    (flow,) = flows(knowing(held, records=[record]))

    assert flow.form is form


def test_several_datasets_are_what_the_worst_of_them_is() -> None:
    record = transfer("T", datasets=("a", "b"), destination="IN")

    (flow,) = flows(knowing(holding("a"), anonymous("b"), records=[record]))

    assert (flow.form, flow.dataset) == (Form.ROWS, "a, b")


def test_a_transfer_from_two_countries_is_two_movements() -> None:
    record = transfer("T", datasets=("a", "b"), destination="IN")

    found = flows(knowing(holding("a", "DE"), holding("b", "CN"), records=[record]))

    assert [(flow.origin, flow.dataset) for flow in found] == [("DE", "a"), ("CN", "b")]


def test_a_contradiction_holds_for_each_movement_of_its_record() -> None:
    record = transfer("T", datasets=("a", "b"), destination="CH")
    against = Contradiction(kind="transfer", record="T", fields=("mechanism",), says="It cannot be")
    known = knowing(
        holding("a", "DE"), holding("b", "FR"), records=[record], contradictions=[against]
    )

    judged = [one for _, said in whereabouts(known).flows for one in said]
    assert {one.tier for one in judged} == {"unsound"}


def test_a_transfer_of_a_dataset_that_nobody_knows_is_of_unknown_form() -> None:
    (flow,) = flows(knowing(records=[transfer("T", datasets=("gone",), destination="IN")]))

    assert (flow.form, flow.origin) == (Form.UNKNOWN, "")


def test_a_copy_abroad_is_a_movement_unless_its_transfer_is_registered() -> None:
    copy = Record(kind="copy", id="C", name="C", values={"dataset": "a", "country": "US"})
    sent = transfer("T", datasets=("a",), destination="US")

    alone, together = (
        flows(knowing(holding("a"), records=records)) for records in ([copy], [copy, sent])
    )

    assert [flow.id for flow in alone] == ["copy C"]
    assert [flow.id for flow in together] == ["T"]


def test_a_processor_abroad_is_a_movement() -> None:
    values = {"country": "IN", "datasets": ("a", "b")}
    helper = Record(kind="processor", id="P", name="Helper", values=values)

    found = flows(knowing(holding("a"), holding("b", "IN"), records=[helper]))

    assert [(flow.dataset, flow.destination, flow.recipient) for flow in found] == [
        ("a", "IN", "Helper")
    ]


def test_what_leaves_sites_in_other_countries_is_a_movement() -> None:
    held = holding("a", runs=(run_of("a", "DE", "FR", "UK", "somewhere"),))

    known = knowing(held)

    assert [(flow.origin, flow.form) for flow in flows(known)] == [
        ("FR", Form.UPDATES),
        ("GB", Form.UPDATES),
        ("", Form.UPDATES),  # a site of which nobody can say where it is
    ]
    assert {copy.country for copy in copies(known)} == {"DE", "FR", "GB"}


def test_sites_that_are_no_countries_are_in_none() -> None:
    assert countries_of(["North", "South", "DE"]) is None
    assert countries_of(["Germany", "South"]) == {"Germany": "DE"}
    assert countries_of([]) is None
    assert flows(knowing(holding("a", runs=(run_of("a", "North", "South"),)))) == ()


@pytest.mark.parametrize(
    ("plan", "form", "has_noise"),
    [
        pytest.param(PLAIN, Form.UPDATES, False, id="bare"),
        pytest.param(replace(PLAIN, secure=True), Form.PROTECTED_UPDATES, False, id="masked"),
        pytest.param(
            replace(PLAIN, privacy=NoisePlan(noise_multiplier=1)),
            Form.UPDATES,
            False,
            id="noise at the server",
        ),
        pytest.param(
            replace(PLAIN, privacy=NoisePlan(noise_multiplier=1, place=NoisePlace.SITE)),
            Form.PROTECTED_UPDATES,
            True,
            id="noise at the site",
        ),
    ],
)
def test_only_noise_that_is_drawn_before_it_leaves_protects_an_update(
    plan: Plan, form: Form, *, has_noise: bool
) -> None:
    held = holding("a", runs=(run_of("a", "DE", "FR", plan=plan, epsilon=2.0),))

    (flow,) = flows(knowing(held))

    assert (flow.form, flow.facts["has_noise"]) == (form, has_noise)


def test_datasets_without_a_place_are_named() -> None:
    found = whereabouts(knowing(holding("a", ""), holding("b", "XX"), holding("c", "FR")))

    assert found.unplaced == ("a", "b")


def china(id_: str, people: int, name: str = "cn", **values: object) -> Record:
    return transfer(id_, datasets=(name,), destination="DE", people=people, **values)


def counted(*records: Record, at: datetime = AT, sensitive: bool = False) -> Whereabouts:
    labels = [label("id", IdentifierClass.DIRECT, sensitive=sensitive)]
    held = [holding(name, "CN", labels, people=None) for name in ("cn", "other")]
    return whereabouts(knowing(*held, records=records, at=at))


def test_the_same_data_count_once_and_different_data_add_up() -> None:
    found = counted(china("T1", 70_000), china("T2", 60_000), china("T3", 20_000, "other"))

    assert [(c.count, c.is_exact, c.limit) for c in found.counters] == [
        (90_000, False, 100_000),
        (0, True, 1),
    ]
    assert counted(china("T1", 70_000)).counters[0].is_exact


def test_what_comes_near_a_threshold_warns_from_eighty_percent_on() -> None:
    near, far = counted(china("T1", 80_000)), counted(china("T1", 79_999))

    assert near.counters[0].share == 0.8
    assert any("100,000" in w for _, said in near.flows for j in said for w in j.warnings)
    assert not any("100,000" in w for _, said in far.flows for j in said for w in j.warnings)


def test_exempt_movements_do_not_count() -> None:
    exempt = {"cn_mechanism": "exempt_2024_provisions", "exemption_ground": "contract_with_person"}

    found = counted(china("T1", 500_000, **exempt), china("T2", 5, "other"))

    assert found.counters[0].count == 5


def test_the_exemption_of_small_numbers_counts_itself() -> None:
    small = {
        "cn_mechanism": "exempt_2024_provisions",
        "exemption_ground": "under_100k_non_sensitive",
    }

    assert counted(china("T1", 500_000, **small)).counters[0].count == 500_000


def test_sensitive_people_count_apart_and_not_twice() -> None:
    found = counted(china("T1", 9_000, sensitive_people=9_000), sensitive=True)

    assert [c.count for c in found.counters] == [0, 9_000]


@pytest.mark.parametrize(
    ("at", "count"),
    [
        pytest.param(datetime(2026, 12, 31, 15, 59, tzinfo=UTC), 90_000, id="still the old year"),
        pytest.param(datetime(2026, 12, 31, 16, 0, tzinfo=UTC), 0, id="already 2027 in China"),
    ],
)
def test_a_new_year_begins_anew_when_it_begins_in_china(at: datetime, count: int) -> None:
    once = china("T1", 90_000, repetitive=False, since="2026-05-01")
    goes_on = china("T2", 10, "other", since="2026-05-01")

    found = counted(once, goes_on, at=at)

    assert found.counters[0].count == count + 10


def test_a_movement_that_ended_before_the_year_does_not_count() -> None:
    ended = china("T1", 90_000, since="2024-01-01", ended_at="2025-12-31")

    assert counted(ended, china("T2", 1, "other")).counters[0].count == 1


def test_people_whom_nobody_counted_count_as_many_as_there_are_rows() -> None:
    record = transfer("T1", datasets=("cn",), destination="DE")

    (people, sensitive) = counted(record).counters

    assert (people.count, people.is_exact, sensitive.count) == (1_000, False, 0)


FACTS = {"cii_operator": False, "important_data": False}


def facts_of(*records: Record, held: Holding | None = None, **org: object) -> dict[str, Any]:
    known = held or holding("cn", "CN", people=None)
    found = transfer_facts(knowing(known, records=records, org=FACTS | org))
    return {id_: dict(facts) for id_, facts in found.items()}


def test_the_facts_of_a_transfer_follow_from_where_it_goes() -> None:
    of_gb = facts_of(transfer("T", datasets=("a",), destination="GB"), held=holding("a"))["T"]

    assert of_gb == {
        "origin_regime": "EU_GDPR",
        "adequacy_expired": False,
        "scope_condition_met": True,
        "data_stored_in": "DE",
    }


@pytest.mark.parametrize(
    ("values", "met"),
    [({"dpf_status": "active"}, True), ({"dpf_status": "inactive"}, False), ({}, None)],
)
def test_the_scope_of_the_american_decision_follows_from_the_list(
    values: dict[str, object], met: bool | None
) -> None:
    record = transfer("T", datasets=("a",), destination="US", **values)

    assert facts_of(record, held=holding("a"))["T"].get("scope_condition_met") is met


def test_a_decision_that_is_over_is_said_to_have_expired() -> None:
    record = transfer("T", datasets=("a",), destination="GB", mechanism="adequacy")
    later = datetime(2032, 1, 1, tzinfo=UTC)

    found = transfer_facts(knowing(holding("a"), records=[record], at=later))

    assert found["T"]["adequacy_expired"] is True


def test_volumes_that_are_split_to_stay_below_a_threshold_are_seen() -> None:
    one = facts_of(china("T1", 600_000))["T1"]
    held = [holding(name, "CN", people=None) for name in ("cn", "other")]
    two = transfer_facts(
        knowing(*held, records=[china("T1", 600_000), china("T2", 600_000, "other")], org=FACTS)
    )

    assert (one["cn_tier"], one["volume_split_check"]) == (
        "standard_contract_or_certification",
        "pass",
    )
    assert (two["T1"]["cn_tier"], two["T1"]["volume_split_check"]) == (
        "security_assessment",
        "fail",
    )


def test_a_chinese_tier_that_cannot_be_told_is_not_said() -> None:
    found = transfer_facts(knowing(holding("cn", "CN"), records=[china("T1", 5)]))

    assert "cn_tier" not in found["T1"]


def test_a_movement_can_be_checked_before_it_happens() -> None:
    known = knowing(holding("a"))

    raw = would_move(known, ["a"], "IN")
    anonymised = would_move(known, ["a"], "IN", form=Form.ANONYMOUS)

    assert (raw.answer, raw.may_go) == (Answer.NEEDS, False)
    assert (anonymised.answer, anonymised.may_go) == (Answer.ALLOWED, True)


def test_a_check_counts_what_would_leave() -> None:
    held = [holding("cn", "CN", people=70_000), holding("other", "CN", people=40_000)]
    on_record = [china("T1", 70_000)]

    found = would_move(knowing(*held, records=on_record, org=FACTS), ["other"], "DE")

    assert found.counters[0].count == 110_000
    assert found.answer is Answer.NEEDS


def test_a_check_asks_for_what_nobody_recorded() -> None:
    found = would_move(knowing(holding("a")), ["a"], "US")

    assert found.answer is Answer.UNKNOWN
    assert "dpf_status" in found.asked


@pytest.mark.parametrize("destination", ["", "XX", "UK", "Narnia"])
def test_a_movement_to_a_country_that_does_not_exist_is_refused(destination: str) -> None:
    with pytest.raises(UnknownCountryError):
        would_move(knowing(holding("a")), ["a"], destination)


def test_nothing_that_stays_at_home_is_a_transfer() -> None:
    assert would_move(knowing(holding("a")), ["a"], "DE").answer is Answer.FREE


def test_no_law_at_all_is_no_leave() -> None:
    assert not may_go(())
    assert not would_move(knowing(holding("a", "CH")), ["a"], "IN").may_go


def test_a_federated_plan_says_which_updates_would_leave_which_country() -> None:
    rows = {"DE": 5, "CN": 7, "US": 9}

    found = would_federate(knowing(holding("a"), org=FACTS), "a", PLAIN, rows)

    assert [(flow.origin, flow.form) for flow, _ in found.flows] == [
        ("CN", Form.UPDATES),
        ("US", Form.UPDATES),
    ]
    assert not found.may_go


def test_noise_at_the_sites_lets_updates_go_from_europe() -> None:
    noisy = replace(PLAIN, privacy=NoisePlan(noise_multiplier=1, place=NoisePlace.SITE))
    known = knowing(holding("a", "US"))

    bare = would_federate(known, "a", PLAIN, {"DE": 5, "US": 5})
    told = would_federate(known, "a", noisy, {"DE": 5, "US": 5}, epsilon=Decimal("2"))

    assert (bare.may_go, told.may_go) == (False, True)


def test_since_is_a_day() -> None:
    (flow,) = flows(knowing(holding("a"), records=[transfer("T", datasets=("a",), since="x")]))

    assert flow.since is None
    (flow,) = flows(
        knowing(holding("a"), records=[transfer("T", datasets=("a",), since="2026-01-02")])
    )
    assert flow.since == date(2026, 1, 2)


def test_a_law_out_of_scope_is_asked_all_the_same_and_says_so() -> None:
    record = transfer("T", datasets=("a",), destination="IN")
    known = knowing(holding("a"), records=[record], org={"laws_in_scope": ("CN_PIPL",)})

    ((_, (said,)),) = whereabouts(known).flows

    assert (said.law, said.answer) == ("EU_GDPR", Answer.NEEDS)
    assert "not among those in scope" in said.warnings[0]


def spent(population: str, epsilon: str) -> BudgetState:
    """A budget of which something was spent."""
    price = Price(epsilon=Decimal(epsilon), delta=Decimal("1e-6"))
    whole = Budget(epsilon=Decimal(10), delta=Decimal("1e-6"))
    return BudgetState(
        population=population,
        total=whole,
        is_decided=True,
        spent=price,
        left=price,
        share_spent=0.5,
        spends=(Mock(spec=Spend),),
    )


def made(origin: str, result: str) -> Edge:
    ends = (Node(kind=NodeKind.DATASET, id=id_, title=id_) for id_ in (origin, result))
    first, second = ends
    return Edge(origin=first, made=second, step="made", entry=1, at=AT)


@pytest.mark.parametrize(
    ("epsilon", "answer"), [("2", Answer.ALLOWED), ("50", Answer.NEEDS), (None, Answer.UNKNOWN)]
)
def test_invented_rows_are_judged_by_what_was_spent_on_those_they_came_from(
    epsilon: str | None, answer: Answer
) -> None:
    known = replace(
        knowing(holding("a"), holding("twin", synthetic=True)),
        edges=(made("a@1", "b@1"), made("file", "twin@1"), made("b@1", "twin@1")),
        budgets=(spent("a", epsilon),) if epsilon else (),
    )

    assert would_move(known, ["twin"], "IN").answer is answer
