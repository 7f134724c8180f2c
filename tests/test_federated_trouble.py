"""Sites that do not answer, are slow, or lie: survived, noted, and never counted silently."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from federated_cases import NOISE, PERSON, Store, plan, secrets, shop

from compliance.errors import DivergedError
from compliance.federated import Problem, Training, finish, prepare, train
from compliance.federated.averaging import poisoned_sites, turnout
from compliance.federated.nouns import ModelKind, Poison, Strategy, Trouble


@pytest.fixture
def problem(stored: Store) -> Problem:
    table, known = stored(**shop(1500, sites=10))
    return prepare(table, known, plan(), unit=PERSON)


def every(problem: Problem, **changes: object) -> Sequence[Training]:
    return list(train(problem, plan(**changes)))


def test_sites_fail_to_answer_as_often_as_said() -> None:
    asked = plan(trouble=Trouble(dropout=0.3, stragglers=0.5))
    silent = slow = 0
    for round_ in range(1, 201):
        here = turnout(np.arange(100), 100, asked, round_)
        silent += 100 - len(here.answering)
        slow += len(here.slow)
        assert set(here.slow) <= set(here.answering)

    # Hoeffding over 20,000 coins: 2·exp(−2·20,000·0.02²) < 1e-6.
    assert abs(silent / 20_000 - 0.3) < 0.02
    assert abs(slow / 20_000 - 0.35) < 0.02


def test_whether_a_site_answers_does_not_depend_on_who_else_is_asked() -> None:
    asked = plan(trouble=Trouble(dropout=0.5))
    all_ = set(turnout(np.arange(50), 50, asked, 3).answering)
    some = set(turnout(np.arange(0, 50, 7), 50, asked, 3).answering)

    assert some == all_ & set(range(0, 50, 7))


def test_silent_sites_are_noted_and_send_nothing(problem: Problem) -> None:
    runs = every(problem, trouble=Trouble(dropout=0.4), rounds=10)
    rounds = runs[-1].rounds

    assert any(done.silent for done in rounds)
    for done in rounds:
        assert done.asked == 10
        assert done.clients == done.asked - done.silent
        assert done.bytes_up * done.asked == done.bytes_down * done.clients
    assert runs[-1].times_taken.sum() == sum(done.clients for done in rounds)


def test_without_a_quorum_a_round_counts_for_nothing(problem: Problem) -> None:
    runs = every(problem, trouble=Trouble(dropout=0.5, quorum=0.6), rounds=20)
    void = [run.latest.is_void for run in runs]

    assert any(void)
    assert not all(void)
    for before, after in pairwise(runs):
        unchanged = before.model.tobytes() == after.model.tobytes()
        assert unchanged == after.latest.is_void


def test_slow_sites_make_one_pass(problem: Problem) -> None:
    slow = every(problem, trouble=Trouble(stragglers=1.0), local_epochs=5, rounds=1)[-1]
    one_pass = every(problem, local_epochs=1, rounds=1)[-1]

    assert slow.latest.slow == 10
    assert slow.model.tobytes() == one_pass.model.tobytes()


def test_poisoned_sites_are_the_same_in_every_round_and_as_many_as_said() -> None:
    asked = plan(trouble=Trouble(poisoned=3))

    assert len(set(poisoned_sites(10, asked).tolist())) == 3
    assert poisoned_sites(10, asked).tolist() == poisoned_sites(10, asked).tolist()


@pytest.mark.parametrize("poison", [Poison.FLIP, Poison.NOISE])
def test_poison_ruins_the_average_and_not_the_robust(problem: Problem, poison: Poison) -> None:
    trouble = Trouble(poisoned=2, poison=poison)
    honest = every(problem, rounds=10)[-1].latest
    ruined = every(problem, rounds=10, trouble=trouble)[-1].latest

    assert ruined.loss > 2 * honest.loss
    for strategy in (Strategy.MEDIAN, Strategy.TRIMMED_MEAN, Strategy.KRUM):
        kept = every(problem, rounds=10, trouble=trouble, strategy=strategy, tolerated=0.3)[-1]

        assert kept.latest.metric > honest.metric - 0.05
        assert kept.latest.loss < 1.2 * honest.loss


def test_updates_that_are_no_numbers_are_refused_and_noted(problem: Problem) -> None:
    trouble = Trouble(poisoned=2, poison=Poison.BROKEN)
    run = every(problem, rounds=5, trouble=trouble)[-1]

    assert np.isfinite(run.model).all()
    assert [done.refused for done in run.rounds] == [2] * 5
    assert [done.clients for done in run.rounds] == [8] * 5


def test_where_nobody_sends_a_number_the_run_ends_in_words(problem: Problem) -> None:
    with pytest.raises(DivergedError, match="round 1"):
        every(problem, trouble=Trouble(poisoned=10, poison=Poison.BROKEN))


def test_a_zero_update_is_taken_as_it_is(stored: Store) -> None:
    """A model that never learns: linear regression on an answer that is always what it says."""
    table, known = stored(**shop())
    asked = plan(model=ModelKind.LINEAR, target="seconds", learning_rate=1e-6, rounds=2)
    problem = prepare(table, known, asked)
    *_, run = train(problem, asked)

    assert np.isfinite(run.model).all()
    assert all(done.refused == 0 for done in run.rounds)


def test_with_noise_silent_sites_change_the_sum_and_not_the_denominator(stored: Store) -> None:
    table, known = stored(**shop(1500, sites=10))
    asked = plan(privacy=NOISE, trouble=Trouble(dropout=0.4), fraction=0.5, rounds=6)
    problem = prepare(table, known, asked, unit=PERSON)
    *_, run = train(problem, asked, secrets=secrets(1))

    assert any(done.silent for done in run.rounds)
    assert finish(problem, asked, run).rounds[-1].clients > 0
