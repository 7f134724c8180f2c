"""Rounds without noise: the engine against a plain loop, and what a run promises."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from federated_cases import NOISE, PERSON, Store, plan, secrets, shop, those
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.dataset import Table
from compliance.dataset.cleaning import clean
from compliance.dataset.nouns import Column
from compliance.dataset.readers import RawFile, read
from compliance.dataset.table import to_parquet
from compliance.errors import DivergedError
from compliance.federated import Problem, Training, finish, prepare, to_plan, train
from compliance.federated.averaging import cohort
from compliance.federated.engine import local_models, shuffled
from compliance.federated.features import FloatArray
from compliance.federated.models import LinearModel
from compliance.federated.nouns import Plan
from compliance.federated.problem import Clients
from compliance.federated.strategies import averaging_weights
from compliance.privacy import loss_of, price_of
from compliance.privacy.nouns import SampledGaussianEvent

ONE_SITE_EMPTY = np.array([0, 5, 16, 17, 64, 1])


def price(rounds: int) -> float:
    event = SampledGaussianEvent(sampling_rate=0.1, noise_multiplier=1.0, rounds=rounds)
    return float(price_of(loss_of([event]), Decimal("1e-5")).epsilon)


def plain_loop(
    problem: Problem, clients: Clients, models: FloatArray, plan: Plan, round_: int
) -> FloatArray:
    """What `local_models` promises, as one would first write it."""
    trained = models.copy()
    for client in range(len(clients)):
        size, key = int(clients.sizes[client]), int(clients.keys[client])
        for epoch in range(plan.local_epochs):
            order = np.arange(size)
            if size > plan.batch:
                order = shuffled(size, seed=plan.seed, round_=round_, epoch=epoch, key=key)
            for first in range(0, size, plan.batch):
                rows = clients.starts[client] + order[first : first + plan.batch]
                inputs, yes = problem.inputs[rows], problem.answers[rows] > 0
                chance = 1 / (1 + np.exp(-inputs @ trained[client]))
                gradient = inputs.T @ (chance - yes) / len(rows)
                trained[client] -= plan.learning_rate * gradient
    return trained


def logistic(problem: Problem) -> LinearModel:
    return LinearModel(inputs=problem.inputs.shape[1])


def whole_run(problem: Problem, plan: Plan) -> Training:
    *_, last = train(problem, plan)
    return last


@pytest.fixture
def problem(stored: Store) -> Problem:
    table, known = stored(**shop())
    return prepare(table, known, plan(), unit=PERSON)


@pytest.mark.parametrize("batch", [1, 7, 16, 64, 5000])
@pytest.mark.parametrize("epochs", [1, 3])
def test_training_all_clients_at_once_equals_a_plain_loop(
    problem: Problem, batch: int, epochs: int
) -> None:
    starts = np.array([300, 0, 100, 60, 200, 299])
    clients = Clients(
        starts=starts,
        sizes=ONE_SITE_EMPTY,
        keys=np.arange(6, dtype=np.uint64) + np.uint64(2**63),
        most=64,
    )
    models = np.random.default_rng(0).normal(0, 1, (6, problem.inputs.shape[1]))
    asked = plan(batch=batch, local_epochs=epochs)

    at_once = local_models(logistic(problem), problem, clients, models, asked, 3)

    assert np.abs(at_once - plain_loop(problem, clients, models, asked, 3)).max() < 1e-12
    assert (at_once[0] == models[0]).all()


def test_rows_are_shuffled_anew_for_each_client_epoch_round_and_seed() -> None:
    moments = [
        {"seed": seed, "round_": round_, "epoch": epoch, "key": key}
        for seed in (0, 1)
        for round_ in (1, 2)
        for epoch in (0, 1)
        for key in (0, 2**64 - 1)
    ]
    orders = {tuple(shuffled(30, **moment).tolist()) for moment in moments}

    assert len(orders) == 16
    assert all(sorted(order) == list(range(30)) for order in orders)
    assert shuffled(30, **moments[3]).tolist() == shuffled(30, **moments[3]).tolist()


def test_whole_runs_equal_a_plain_loop(problem: Problem) -> None:
    asked = plan(fraction=0.5, server_rate=1.5, rounds=3)
    size = problem.inputs.shape[1]
    model, alone, pooled = np.zeros(size), np.zeros((4, size)), np.zeros((1, size))
    for round_ in (1, 2, 3):
        clients = problem.sites.some(cohort(4, asked, round_))
        locals_ = plain_loop(problem, clients, np.tile(model, (2, 1)), asked, round_)
        average = sum(
            size * local for size, local in zip(clients.sizes, locals_, strict=True)
        ) / sum(clients.sizes)
        model = model + 1.5 * (average - model)
        alone = plain_loop(problem, problem.sites, alone, asked, round_)
        pooled = plain_loop(problem, problem.everybody, pooled, asked, round_)

    run = whole_run(problem, asked)

    assert np.abs(run.model - model).max() < 1e-12
    assert np.abs(run.models_alone - alone).max() < 1e-12
    assert np.abs(run.model_pooled - pooled[0]).max() < 1e-12


@pytest.mark.parametrize(("batch", "most"), [(4, 64), (16, 20), (1, 1)])
def test_a_clients_model_does_not_depend_on_who_else_takes_part(
    problem: Problem, batch: int, most: int
) -> None:
    dice = np.random.default_rng(1)
    clients = Clients(
        starts=dice.integers(0, 300, 200),
        sizes=dice.integers(0, most + 1, 200),
        keys=dice.integers(0, 2**63, 200).astype(np.uint64),
        most=most,
    )
    models = dice.normal(0, 1, (200, problem.inputs.shape[1]))
    together = local_models(logistic(problem), problem, clients, models, plan(batch=batch), 1)

    for some in (np.arange(7), np.arange(1, 200, 3), np.array([5]), dice.permutation(200)):
        alone = local_models(
            logistic(problem), problem, clients.some(some), models[some], plan(batch=batch), 1
        )

        assert alone.tobytes() == together[some].tobytes()


def test_baselines_make_a_hundred_passes_at_most(problem: Problem) -> None:
    runs = list(train(problem, plan(rounds=7, local_epochs=20)))
    pooled = [run.model_pooled.tobytes() for run in runs]
    alone = [run.models_alone.tobytes() for run in runs]

    assert len(set(pooled)) == len(set(alone)) == 5
    assert pooled[4] == pooled[6]
    assert len({run.model.tobytes() for run in runs}) == 7


def test_the_same_seed_gives_the_same_run_bit_for_bit(problem: Problem) -> None:
    one, other = whole_run(problem, plan()), whole_run(problem, plan())

    assert finish(problem, plan(), one) == finish(problem, plan(), other)
    assert one.model.tobytes() == other.model.tobytes()


def test_another_seed_gives_another_run(problem: Problem) -> None:
    one, other = whole_run(problem, plan(seed=1)), whole_run(problem, plan(seed=2))

    assert (one.model != other.model).any()


def test_the_order_of_rows_in_the_file_changes_no_bit_of_a_run(stored: Store) -> None:
    order = np.random.default_rng(9).permutation(600).tolist()
    outcomes = []
    for columns in (shop(), those(shop(), order)):
        table, known = stored(**columns)
        ready = prepare(table, known, plan(), unit=PERSON)
        outcomes.append(finish(ready, plan(), whole_run(ready, plan())))

    assert outcomes[0] == outcomes[1]


def test_a_run_stopped_after_two_rounds_is_the_beginning_of_the_whole_run(
    problem: Problem,
) -> None:
    whole = finish(problem, plan(), whole_run(problem, plan()))
    *_, stopped_run = islice(train(problem, plan()), 2)
    stopped = finish(problem, plan(), stopped_run)
    short = finish(problem, plan(rounds=2), whole_run(problem, plan(rounds=2)))

    assert stopped.rounds == whole.rounds[:2]
    assert stopped.is_stopped
    assert not whole.is_stopped
    assert replace(stopped, is_stopped=False) == short


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=50).filter(any))
def test_the_weights_of_the_average_sum_to_one(sizes: list[int]) -> None:
    weights = averaging_weights(np.array(sizes))

    assert weights.sum() == pytest.approx(1, abs=1e-12)
    assert (weights >= 0).all()


def test_sites_count_by_their_rows() -> None:
    assert averaging_weights(np.array([30, 10])).tolist() == [0.75, 0.25]


@settings(deadline=None)
@given(st.integers(1, 200), st.floats(1e-4, 1), st.integers(1, 1000))
def test_a_cohort_is_the_asked_share_of_different_sites(
    sites: int, fraction: float, round_: int
) -> None:
    chosen = cohort(sites, plan(fraction=fraction), round_)

    assert len(set(chosen.tolist())) == len(chosen) == max(1, round(fraction * sites))
    assert set(chosen.tolist()) <= set(range(sites))
    assert chosen.tolist() == cohort(sites, plan(fraction=fraction), round_).tolist()


def test_cohorts_change_from_round_to_round() -> None:
    cohorts = {tuple(cohort(20, plan(fraction=0.2), round_).tolist()) for round_ in range(1, 20)}

    assert len(cohorts) > 15


def test_only_models_travel_and_only_to_the_cohort(problem: Problem) -> None:
    asked = plan(fraction=0.5)
    outcome = finish(problem, asked, whole_run(problem, asked))
    model_bytes = 8 * problem.inputs.shape[1]

    assert all(done.clients == 2 for done in outcome.rounds)
    assert all(done.bytes_up == done.bytes_down == 2 * model_bytes for done in outcome.rounds)
    assert sum(site.bytes_up for site in outcome.sites) == 4 * 2 * model_bytes
    assert sum(site.rows for site in outcome.sites) == 600


def test_a_server_rate_of_a_half_goes_half_the_way(problem: Problem) -> None:
    whole = whole_run(problem, plan(rounds=1)).model
    half = whole_run(problem, plan(rounds=1, server_rate=0.5)).model

    assert half == pytest.approx(whole / 2, abs=1e-15)


def test_the_model_learns(problem: Problem) -> None:
    asked = plan(rounds=15)
    outcome = finish(problem, asked, whole_run(problem, asked))

    assert outcome.baselines is not None
    assert outcome.rounds[-1].metric > 0.75
    assert outcome.baselines.centralised > 0.75
    assert outcome.rounds[-1].loss < outcome.rounds[0].loss < np.log(2)
    assert outcome.features == ("seconds", "discount", "channel", "weekend")


def test_a_site_that_holds_out_one_answer_only_has_no_metric(stored: Store) -> None:
    columns = shop()
    columns["bought"] = [
        "no" if site == "shop 1" else answer
        for site, answer in zip(columns["site"], columns["bought"], strict=True)
    ]
    table, known = stored(**columns)
    ready = prepare(table, known, plan())
    sites = finish(ready, plan(), whole_run(ready, plan())).sites

    assert [site.metric_federated is None for site in sites] == [False, True, False, False]
    assert [site.metric_local is None for site in sites] == [False, True, False, False]


def test_local_and_common_models_are_told_apart(problem: Problem) -> None:
    sites = finish(problem, plan(), whole_run(problem, plan())).sites

    assert any(site.metric_federated != site.metric_local for site in sites)


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_a_model_that_is_no_longer_a_number_ends_the_run(problem: Problem) -> None:
    broken = np.full_like(problem.inputs, np.inf)

    with pytest.raises(DivergedError, match="round 1"):
        whole_run(replace(problem, inputs=broken), plan())


def test_a_plan_with_noise_needs_secrets(stored: Store) -> None:
    table, known = stored(**shop())
    ready = prepare(table, known, plan(privacy=NOISE))

    with pytest.raises(ValueError, match="needs secrets"):
        train(ready, plan(privacy=NOISE))
    with pytest.raises(ValueError, match="another plan"):
        train(ready, plan())


@pytest.fixture(scope="module")
def shoppers(
    shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Table, tuple[Column, ...]]:
    file = shared_data / "online_shoppers" / "online_shoppers_intention.csv"
    cleaned = clean(read(RawFile(name=file.name, data=file.read_bytes())).table)
    path = tmp_path_factory.mktemp("shoppers") / "table.parquet"
    path.write_bytes(to_parquet(cleaned.table))
    return Table(path), cleaned.columns


Shoppers = tuple[Table, tuple[Column, ...]]
RAW = {"sites": {"column": "Region"}, "target": "Revenue"}


@pytest.mark.realdata
def test_regions_together_learn_as_much_as_one_place_would(shoppers: Shoppers) -> None:
    asked = to_plan({**RAW, "rounds": 10})
    ready = prepare(*shoppers, asked)
    outcome = finish(ready, asked, whole_run(ready, asked))

    assert outcome.baselines is not None
    assert len(outcome.sites) == 9
    assert outcome.rounds[-1].metric > 0.9
    assert abs(outcome.rounds[-1].metric - outcome.baselines.centralised) < 0.02


@pytest.mark.realdata
def test_with_noise_the_default_plan_still_learns(shoppers: Shoppers) -> None:
    asked = to_plan({**RAW, "privacy": {"noise_multiplier": 1.0}})
    ready = prepare(*shoppers, asked)
    *_, run = train(ready, asked, secrets=secrets(3), price=price)

    assert run.latest.metric > 0.89
    assert run.latest.epsilon == pytest.approx(4.848, abs=0.01)
