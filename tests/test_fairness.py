"""How evenly sites are served, what travelled, and what rules see of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from federated_cases import NOISE, PERSON, Store, plan, secrets, shop

from compliance.federated import finish, prepare, train
from compliance.federated.fairness import economy, fairness, worst_tenth
from compliance.federated.nouns import (
    LeftOut,
    Metric,
    NoisePlan,
    Outcome,
    Plan,
    Round,
    Run,
    SiteResult,
)
from compliance.privacy.nouns import NoisePlace
from compliance.rules.facts import run_subject
from compliance.rules.nouns import Subject


def site(name: str, rows: int, federated: float | None, local: float | None) -> SiteResult:
    return SiteResult(
        site=name,
        rows=rows,
        bytes_up=8,
        bytes_down=16,
        bytes_home=100 * rows,
        metric_federated=federated,
        metric_local=local,
    )


def outcome(*sites: SiteResult, rounds: tuple[Round, ...] = ()) -> Outcome:
    return Outcome(
        rounds=rounds,
        sites=sites,
        sites_left_out=0,
        left_out=LeftOut(),
        unit_is_row=True,
        baselines=None,
        features=(),
        metric=Metric.AUC,
    )


def test_spread_counts_sites_alike_and_by_their_rows() -> None:
    found = fairness(outcome(site("a", 30, 0.9, 0.8), site("b", 10, 0.5, 0.6)))

    assert found is not None
    assert found.range == pytest.approx(0.4)
    assert (found.mean, found.spread) == (pytest.approx(0.7), pytest.approx(0.2))
    assert found.weighted_mean == pytest.approx(0.8)
    assert found.weighted_spread == pytest.approx((0.75 * 0.01 + 0.25 * 0.09) ** 0.5)
    assert (found.lowest, found.highest, found.median) == (0.5, 0.9, 0.7)
    assert (found.worst, found.gain, found.lose) == ("b", 1, 1)
    assert found.mean_gain == pytest.approx(0.0)
    assert found.measure is Metric.AUC


def test_sites_without_a_metric_are_counted_and_left_out() -> None:
    sites = [
        site("a", 30, 0.9, None),
        site("b", 10, None, 0.6),
        site("c", 10, None, None),
        site("d", 5, 0.8, 0.8),
    ]
    found = fairness(outcome(*sites))

    assert found is not None
    assert (found.measured, found.unmeasured, found.uncompared) == (2, 2, 1)
    assert (found.gain, found.lose, found.same) == (0, 0, 1)
    assert found.lowest == 0.8
    assert found.worst == "d"


def test_where_no_site_can_be_measured_nothing_is_said() -> None:
    assert fairness(outcome(site("a", 30, None, 0.5))) is None
    assert fairness(outcome()) is None


def test_without_models_of_their_own_nobody_gains_or_loses() -> None:
    found = fairness(outcome(site("a", 30, 0.9, None)))

    assert found is not None
    assert (found.gain, found.lose, found.same, found.uncompared) == (0, 0, 0, 1)
    assert found.mean_gain is None


@pytest.mark.parametrize(
    ("sites", "tenth"), [(1, 1), (9, 1), (10, 1), (11, 2), (20, 2), (1000, 100)]
)
def test_the_worst_tenth_is_rounded_up(sites: int, tenth: int) -> None:
    assert worst_tenth(sites) == tenth


def test_the_worst_decile_is_the_mean_of_the_worst_tenth() -> None:
    found = fairness(outcome(*(site(f"{n:02}", 10, n / 20, None) for n in range(20))))

    assert found is not None
    assert found.worst_decile == pytest.approx(0.025)


def test_what_travelled_is_set_against_the_rows_that_stayed() -> None:
    done = Round(round=1, loss=1, metric=1, clients=2, bytes_up=300, bytes_down=500)
    found = economy(outcome(site("a", 3, 1, 1), site("b", 1, 1, 1), rounds=(done, done)))

    assert (found.bytes_up, found.bytes_down, found.bytes_home) == (600, 1000, 400)
    assert found.ratio == 4
    assert economy(outcome()).ratio is None


def trained(stored: Store, asked: Plan) -> Run:
    table, known = stored(**shop())
    problem = prepare(table, known, asked, unit=PERSON)
    *_, last = train(problem, asked, secrets=secrets(1))
    return Run(
        id="run-1",
        dataset_id="shop@1",
        plan=asked,
        outcome=finish(problem, asked, last),
        started_at=datetime(2026, 11, 23, tzinfo=UTC),
        actor="officer",
    )


DATASET = Subject(entity="dataset", name="shop", facts={})


@pytest.mark.parametrize(
    ("changes", "is_protected", "readable"),
    [
        pytest.param({}, False, 0, id="each update is seen"),
        pytest.param({"secure": True}, True, 0, id="the sum is seen"),
        pytest.param({"privacy": NOISE}, False, None, id="the server adds the noise"),
        pytest.param(
            {"privacy": NoisePlan(noise_multiplier=1, place=NoisePlace.SITE)},
            True,
            None,
            id="sites do",
        ),
    ],
)
def test_rules_see_what_left_the_sites(
    stored: Store, changes: dict[str, object], is_protected: bool, readable: int | None
) -> None:
    run = trained(stored, plan(**changes))
    facts = run_subject(run, DATASET).facts

    assert "weights" in facts["leaves_site"]
    assert facts["bytes_left_sites"] == economy(run.outcome).bytes_up > 0
    assert facts["is_protected"] is is_protected
    assert facts.get("rows_readable") == readable


def test_of_a_run_of_an_earlier_version_it_is_unknown_what_left() -> None:
    done = Round(round=1, loss=1, metric=1, clients=2, bytes_up=300, bytes_down=500)
    run = Run(
        id="run-1",
        dataset_id="shop@1",
        plan=plan(),
        outcome=outcome(site("a", 3, 1, 1), rounds=(done,)),
        started_at=datetime(2026, 11, 23, tzinfo=UTC),
        actor="officer",
    )
    facts = run_subject(run, DATASET).facts

    assert not {"leaves_site", "bytes_left_sites", "is_protected", "rows_readable"} & set(facts)
