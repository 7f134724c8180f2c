"""How the server joins what sites found: each strategy against its paper, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from federated_cases import PERSON, Store, plan, shop
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.federated import Problem, Training, finish, prepare, train
from compliance.federated.learners import learner_of
from compliance.federated.nouns import Plan, Strategy
from compliance.federated.strategies import corrected, fresh_server, joined, stepped

UPDATES = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0], [4.0, -900.0], [5.0, 50.0]])
SIZES = np.array([10, 10, 10, 10, 60])


@pytest.fixture
def problem(stored: Store) -> Problem:
    table, known = stored(**shop())
    return prepare(table, known, plan(), unit=PERSON)


def whole_run(problem: Problem, asked: Plan) -> Training:
    *_, last = train(problem, asked)
    return last


def test_averages_weigh_sites_by_their_rows() -> None:
    assert joined(plan(), UPDATES, SIZES) == pytest.approx([4.0, -54.0])


def test_the_median_is_taken_number_by_number() -> None:
    assert joined(plan(strategy=Strategy.MEDIAN), UPDATES, SIZES).tolist() == [3.0, 20.0]


def test_the_trimmed_mean_sets_the_extremes_aside() -> None:
    trimmed = joined(plan(strategy=Strategy.TRIMMED_MEAN, tolerated=0.2), UPDATES, SIZES)

    assert trimmed == pytest.approx([3.0, 20.0])


def test_krum_takes_the_site_that_others_are_near_to() -> None:
    chosen = joined(plan(strategy=Strategy.KRUM, tolerated=0.2), UPDATES, SIZES)

    # Without site 4, the two nearest of each: (1,2) 101+404, (2) 101+101, (3) 101+404 (5) 404+909.
    assert chosen.tolist() == [2.0, 20.0]


@pytest.mark.parametrize("strategy", [Strategy.MEDIAN, Strategy.TRIMMED_MEAN, Strategy.KRUM])
def test_robust_strategies_are_not_moved_by_one_liar(strategy: Strategy) -> None:
    asked = plan(strategy=strategy, tolerated=0.3)
    honest = np.random.default_rng(0).normal(1, 0.1, (7, 4))
    sizes = np.full(8, 10)
    for lie in (1e3, -1e12, 1e300):
        found = joined(asked, np.vstack([honest, np.full(4, lie)]), sizes)

        assert ((found >= honest.min(axis=0)) & (found <= honest.max(axis=0))).all()


@settings(deadline=None)
@given(st.integers(1, 6), st.sampled_from([*Strategy]), st.floats(0, 0.49))
def test_few_sites_are_joined_by_every_strategy(
    sites: int, strategy: Strategy, tolerated: float
) -> None:
    updates = np.arange(2.0 * sites).reshape(sites, 2)
    found = joined(plan(strategy=strategy, tolerated=tolerated), updates, np.full(sites, 3))

    assert np.isfinite(found).all()
    assert (found >= updates.min(axis=0) - 1e-9).all()
    assert (found <= updates.max(axis=0) + 1e-9).all()


def test_momentum_keeps_a_share_of_the_last_step() -> None:
    asked = plan(strategy=Strategy.FEDAVGM, momentum=0.5, server_rate=2.0)
    model, server = stepped(asked, np.zeros(1), np.ones(1), fresh_server(asked, 1, 3))
    model, _ = stepped(asked, model, np.ones(1), server)

    assert model.tolist() == [2.0 + (1.0 + 2.0)]


@pytest.mark.parametrize(
    ("strategy", "seconds"),
    [
        # v₀ = 10⁻⁶; Adam: 0.99·v + 0.01·Δ²; Yogi: v − 0.01·Δ²·sign(v − Δ²); Δ = 0.5 in each round.
        (Strategy.FEDADAM, (0.0025 + 0.99e-6, 0.0025 + 0.99 * (0.0025 + 0.99e-6))),
        (Strategy.FEDYOGI, (0.0025 + 1e-6, 0.005 + 1e-6)),
    ],
)
def test_adaptive_servers_step_by_the_papers_rule(
    strategy: Strategy, seconds: tuple[float, float]
) -> None:
    asked = plan(strategy=strategy, server_rate=0.1)
    model, server = np.zeros(1), fresh_server(asked, 1, 3)
    expected, first = 0.0, 0.0
    for second in seconds:
        model, server = stepped(asked, model, np.full(1, 0.5), server)
        first = 0.9 * first + 0.1 * 0.5
        expected += 0.1 * first / (np.sqrt(second) + 1e-3)

        assert server.second[0] == pytest.approx(second)
        assert model[0] == pytest.approx(expected)


def test_fedsgd_is_one_step_along_the_gradient_over_all_rows(problem: Problem) -> None:
    asked = plan(strategy=Strategy.FEDSGD, learning_rate=0.5, rounds=1, batch=7)
    inputs, yes = problem.inputs[: problem.training_rows], problem.answers[: problem.training_rows]
    gradient = -(yes / 2) @ inputs / problem.training_rows  # the model is zero: every chance a half

    assert whole_run(problem, asked).model == pytest.approx(-0.5 * gradient, abs=1e-12)


def test_fedprox_holds_sites_back_and_is_fedavg_without_its_pull(problem: Problem) -> None:
    free = whole_run(problem, plan(rounds=1)).model
    unheld = whole_run(problem, plan(rounds=1, strategy=Strategy.FEDPROX, proximal=0.0)).model
    held = whole_run(problem, plan(rounds=1, strategy=Strategy.FEDPROX, proximal=5.0)).model

    assert unheld.tobytes() == free.tobytes()
    assert np.linalg.norm(held) < 0.9 * np.linalg.norm(free)


def test_scaffolds_first_round_is_fedavgs_and_its_controls_sum_up(problem: Problem) -> None:
    scaffold, average = plan(rounds=1, strategy=Strategy.SCAFFOLD), plan(rounds=1)
    run = whole_run(problem, scaffold)

    assert run.model.tobytes() == whole_run(problem, average).model.tobytes()
    assert run.server.control == pytest.approx(run.server.controls.mean(axis=0))
    assert run.latest.bytes_up == 2 * whole_run(problem, average).latest.bytes_up


def test_scaffolds_controls_are_the_mean_gradients_that_sites_followed(problem: Problem) -> None:
    """With one batch per site and one pass, a site's control is exactly its gradient."""
    asked = plan(strategy=Strategy.SCAFFOLD, batch=5000, local_epochs=1, rounds=1)
    learner = learner_of(problem, asked)
    starts = np.zeros((len(problem.sites), problem.inputs.shape[1]))
    gradients = -learner.contributions(problem.sites, starts, 1) / asked.learning_rate

    assert whole_run(problem, asked).server.controls == pytest.approx(gradients, abs=1e-12)


def test_a_sites_control_changes_by_what_it_did_and_the_common_one_by_their_mean() -> None:
    asked = plan(strategy=Strategy.SCAFFOLD)
    server = replace(fresh_server(asked, 1, 4), control=np.array([1.0]))
    after = corrected(server, np.array([2]), np.array([[-6.0]]), np.array([3]), 0.5)

    assert after.controls[:, 0].tolist() == [0.0, 0.0, -1.0 + 6.0 / (3 * 0.5), 0.0]
    assert after.control.tolist() == [1.0 + 3.0 / 4]


def test_scaffold_corrects_drift_where_sites_differ(stored: Store) -> None:
    """Sites of one answer each: many local passes pull FedAvg off, SCAFFOLD less."""
    table, known = stored(**shop(1200))
    apart = {"site_column": None, "split": "shards", "site_count": 4, "local_epochs": 20}
    losses = {}
    for strategy in (Strategy.FEDAVG, Strategy.SCAFFOLD):
        asked = plan(strategy=strategy, rounds=30, learning_rate=0.3, **apart)
        run = whole_run(prepare(table, known, asked), asked)
        losses[strategy] = run.latest.loss

    assert losses[Strategy.SCAFFOLD] < losses[Strategy.FEDAVG]


@pytest.mark.parametrize("strategy", [*Strategy])
def test_every_strategy_learns(problem: Problem, strategy: Strategy) -> None:
    rates = {Strategy.FEDADAM: 0.1, Strategy.FEDYOGI: 0.1, Strategy.FEDAVGM: 0.3}
    asked = plan(strategy=strategy, rounds=20, server_rate=rates.get(strategy, 1.0))
    outcome = finish(problem, asked, whole_run(problem, asked))

    assert outcome.rounds[-1].metric > 0.7
    assert outcome.rounds[-1].loss < 0.69
