"""Rounds with noise: who is drawn, how much one may add, and what the server does."""

from __future__ import annotations

import math
from itertools import islice

import numpy as np
import pytest
from federated_cases import NOISE, PERSON, Store, coins, plan, secrets, shop, silent
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.federated import Problem, Secrets, finish, prepare, train
from compliance.federated.features import FloatArray, IntArray
from compliance.federated.learners import learner_of
from compliance.federated.noising import (
    UNITS_PER_CLIP,
    Cohort,
    bounded,
    expected,
    sampled,
    summed,
)
from compliance.federated.nouns import NoisePlan, Strategy
from compliance.privacy.nouns.units import NoisePlace

numbers = st.floats(allow_nan=False, allow_infinity=False)
vectors = st.lists(numbers, min_size=1, max_size=12).map(lambda row: np.array([row]))
clips = st.floats(1e-6, 1e6)


def nobody(size: int) -> bytes:
    """Coins by which nobody is drawn, unless everybody is."""
    return b"\xff" * size


def one_clip_more(scale: float, total: IntArray) -> IntArray:
    return total + UNITS_PER_CLIP


@pytest.fixture
def problem(stored: Store) -> Problem:
    table, known = stored(**shop())
    return prepare(table, known, plan(privacy=NOISE), unit=PERSON)


@settings(deadline=None)
@given(vectors, clips)
def test_a_bounded_update_is_never_longer_than_the_clip(update: FloatArray, clip: float) -> None:
    whole = bounded(update, clip)[0].tolist()

    assert sum(number * number for number in whole) <= UNITS_PER_CLIP**2


@settings(deadline=None)
@given(vectors, clips)
def test_bounding_makes_no_entry_larger_and_turns_none_round(
    update: FloatArray, clip: float
) -> None:
    given_, whole = update[0], bounded(update, clip)[0]

    assert (whole * np.sign(given_) >= 0).all()
    assert (np.abs(whole) * (clip / UNITS_PER_CLIP) * (1 - 1e-12) <= np.abs(given_)).all()


@settings(deadline=None)
@given(st.lists(st.floats(-0.1, 0.1), min_size=1, max_size=12))
def test_a_short_update_is_kept_up_to_the_grid(row: list[float]) -> None:
    whole = bounded(np.array([row]), 1.0)[0]

    assert np.abs(whole / UNITS_PER_CLIP - row).max() <= 1 / UNITS_PER_CLIP


@settings(deadline=None)
@given(st.integers(1, 40), st.floats(1e-300, 1e300), clips)
def test_equal_entries_reach_the_bound_and_do_not_pass_it(
    entries: int, size: float, clip: float
) -> None:
    whole = bounded(np.full((1, entries), size), clip)[0]

    assert int((whole * whole).sum()) <= UNITS_PER_CLIP**2


def test_an_update_of_zeros_adds_nothing() -> None:
    assert not bounded(np.zeros((2, 3)), 1.0).any()


@pytest.mark.parametrize("entry", [np.nan, np.inf, -np.inf])
def test_an_update_that_is_no_number_adds_nothing_and_harms_nobody(entry: float) -> None:
    whole = bounded(np.array([[entry, 0.5], [0.5, 0.5]]), 1.0)

    assert whole.tolist() == [[0, 0], [UNITS_PER_CLIP // 2] * 2]


def test_each_person_is_drawn_with_the_asked_probability() -> None:
    for rate in (0.01, 0.1, 0.5):
        times = sum(len(sampled(1000, rate, coins(seed))) for seed in range(1000))

        # Hoeffding over a million coins: a false alarm has probability 2·exp(-2·1e6·t²) < 1e-6.
        assert abs(times / 1e6 - rate) < 0.0028


def test_everybody_is_drawn_equally_often() -> None:
    times = np.zeros(50)
    for seed in range(4000):
        times[sampled(50, 0.1, coins(seed))] += 1

    # Hoeffding per person, times 50 people: below 1e-6.
    assert np.abs(times / 4000 - 0.1).max() < 0.05


def test_with_probability_one_everybody_is_drawn() -> None:
    assert sampled(100, 1.0, lambda size: b"\xff" * size).tolist() == list(range(100))


def test_coins_decide_and_not_the_seed(problem: Problem) -> None:
    asked = plan(privacy=NOISE, fraction=0.3)

    def drawn(seed: int) -> list[int]:
        run = train(problem, asked, secrets=secrets(seed, silent))
        return [training.latest.clients for training in run]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_too_few_coins_are_a_slip() -> None:
    with pytest.raises(ValueError, match="number of bytes"):
        sampled(10, 0.5, lambda size: b"\x00" * (size - 8))


def test_what_leaves_a_site_is_one_sum_over_its_people(problem: Problem) -> None:
    units, learner = problem.units, learner_of(problem, plan(privacy=NOISE))
    assert units is not None
    everybody = np.arange(len(units.clients))

    def sums_of(drawn: IntArray) -> IntArray:
        cohort = Cohort(drawn=drawn, sites=np.arange(4))
        return summed(learner, np.zeros(problem.inputs.shape[1]), cohort, 1.0, (1, 0))

    sums = sums_of(everybody)

    assert sums.dtype == np.int64
    assert (sums == sum(sums_of(np.array([one])) for one in everybody)).all()
    assert np.abs(sums[2]).sum() > 0
    assert not sums_of(everybody[units.sites != 2])[2].any()


def test_people_at_a_site_that_does_not_answer_add_nothing(problem: Problem) -> None:
    learner, model = learner_of(problem, plan(privacy=NOISE)), np.zeros(problem.inputs.shape[1])
    units = problem.units
    assert units is not None
    everybody, some = np.arange(len(units.clients)), np.array([0, 3])

    sums = summed(learner, model, Cohort(drawn=everybody, sites=some), 1.0, (1, 0))

    assert sums[[0, 3]].any(axis=1).all()
    assert not sums[[1, 2]].any()


def test_noise_is_asked_for_once_a_round_with_the_right_scale(problem: Problem) -> None:
    asked, scales = plan(privacy=NOISE, fraction=0.5), []

    def add_noise(scale: float, total: IntArray) -> IntArray:
        assert total.shape == (problem.inputs.shape[1],)
        assert total.dtype == np.int64
        scales.append(scale)
        return total

    list(train(problem, asked, secrets=secrets(1, add_noise)))

    assert scales == [NOISE.noise_multiplier * UNITS_PER_CLIP] * 4


def test_where_sites_add_the_noise_each_adds_as_much(problem: Problem) -> None:
    noise, scales = NoisePlan(noise_multiplier=2.0, place=NoisePlace.SITE), []

    def add_noise(scale: float, total: IntArray) -> IntArray:
        scales.append(scale)
        return total

    next(train(problem, plan(privacy=noise), secrets=secrets(1, add_noise)))

    assert scales == [2.0 * UNITS_PER_CLIP] * 4


def test_where_people_add_the_noise_each_adds_it_to_the_own_update(
    problem: Problem,
) -> None:
    noise, scales = NoisePlan(noise_multiplier=2.0, place=NoisePlace.LOCAL), []
    units = problem.units
    assert units is not None

    def add_noise(scale: float, part: IntArray) -> IntArray:
        scales.append(scale)
        return part

    next(train(problem, plan(privacy=noise), secrets=secrets(1, add_noise)))

    assert scales == [2.0 * UNITS_PER_CLIP] * len(units.clients)


def test_every_number_of_the_model_is_hidden_by_noise(problem: Problem) -> None:
    asked = plan(privacy=NOISE, fraction=0.5)
    quiet = next(train(problem, asked, secrets=secrets(1, silent))).model
    loud = next(train(problem, asked, secrets=secrets(1))).model

    assert (quiet != loud).all()


def test_the_server_moves_by_the_noisy_sum_over_a_constant_and_keeps_momentum(
    problem: Problem,
) -> None:
    units = problem.units
    assert units is not None
    asked = plan(
        privacy=NOISE, fraction=0.5, server_rate=2.0, strategy=Strategy.FEDAVGM, momentum=0.75
    )
    step = 2.0 / expected(len(units.clients), 0.5)

    run = train(
        problem, asked, secrets=Secrets(draw=nobody, masks=coins(1), add_noise=one_clip_more)
    )
    first, second = islice(run, 2)

    assert first.latest.clients == 0
    assert first.model == pytest.approx(step)
    assert second.model == pytest.approx(step + 1.75 * step)


def test_rounds_in_which_nobody_is_drawn_are_fine(problem: Problem) -> None:
    empty_coins = Secrets(draw=nobody, masks=coins(1), add_noise=silent)
    run = train(problem, plan(privacy=NOISE), secrets=empty_coins)
    empty = train(problem, plan(privacy=NOISE, fraction=0.5), secrets=empty_coins)

    assert next(run).latest.clients > 0  # a fraction of 1 takes everybody whatever the coins say
    assert [training.latest.clients for training in empty] == [0] * 4


@settings(deadline=None)
@given(st.integers(1, 10**7), st.floats(1e-4, 1))
def test_the_constant_is_the_expected_number_rounded_up_to_two_digits(
    people: int, rate: float
) -> None:
    constant = expected(people, rate)

    assert rate * people * (1 - 1e-9) <= constant <= rate * people * 1.1 * (1 + 1e-9)
    digits = constant / 10 ** (math.floor(math.log10(constant)) - 1)
    assert digits == pytest.approx(round(digits))


def test_every_site_sends_a_sum_in_every_round(problem: Problem) -> None:
    asked = plan(privacy=NOISE, fraction=0.01)
    *_, run = train(problem, asked, secrets=secrets(5))
    outcome = finish(problem, asked, run)

    assert {done.bytes_up for done in outcome.rounds} == {4 * 8 * problem.inputs.shape[1]}
    assert {site.bytes_up for site in outcome.sites} == {4 * 8 * problem.inputs.shape[1]}


def test_epsilon_is_shown_for_the_rounds_so_far(problem: Problem) -> None:
    run = train(
        problem,
        plan(privacy=NOISE),
        secrets=secrets(1, silent),
        price=lambda rounds: 10.0 * rounds,
    )

    assert [training.latest.epsilon for training in run] == [10, 20, 30, 40]


def test_without_noise_there_is_no_epsilon(stored: Store) -> None:
    table, known = stored(**shop())
    run = train(prepare(table, known, plan()), plan(), price=lambda rounds: 1.0)

    assert next(run).latest.epsilon is None


def test_a_stopped_run_with_noise_has_drawn_noise_for_its_rounds_only(problem: Problem) -> None:
    calls = []
    asked = plan(privacy=NOISE)
    run = train(problem, asked, secrets=secrets(1, lambda _, total: calls.append(1) or total))
    *_, stopped = islice(run, 2)

    assert len(calls) == 2
    assert finish(problem, asked, stopped).is_stopped
