"""Matrix factorisation: sums of sites against one plain loop over people and items."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from federated_buyers import HISTORY, PERSON, purchases
from federated_cases import NOISE, Store, secrets, silent

from compliance.errors import MalformedPlanError
from compliance.federated import Problem, finish, naive_metric, prepare, to_plan, train
from compliance.federated import learners as every_learner
from compliance.federated.features import FloatArray
from compliance.federated.learners import FactorisationLearner, learner_of
from compliance.federated.learners.factorisation import REGULARISATION, UNSEEN_WEIGHT
from compliance.federated.noising import UNITS_PER_CLIP, Cohort, summed
from compliance.federated.nouns import Metric, ModelKind, Plan, Split, Task


def plan(**changes: object) -> Plan:
    said = {
        "site_column": "country",
        "task": Task.RECOMMEND,
        "model": ModelKind.MATRIX_FACTORISATION,
        "history": HISTORY,
        "rounds": 5,
        "rank": 4,
    }
    return Plan(**{**said, **changes})  # type: ignore[arg-type]


@pytest.fixture
def problem(stored: Store) -> Problem:
    return prepare(*stored(**purchases()), plan(), unit=PERSON)


def bought(problem: Problem) -> list[list[int]]:
    """The items of each training person, in the order of the rows."""
    people: dict[int, list[int]] = {}
    for row in range(problem.training_rows):
        people.setdefault(int(problem.person[row]), []).append(int(problem.inputs[row, 0]))
    return list(people.values())


def plain_loop(problem: Problem, items: FloatArray, rounds: int) -> FloatArray:
    """Alternating least squares as one would first write it."""
    people, rank = bought(problem), items.shape[1]
    for _ in range(rounds):
        tastes = np.zeros((len(people), rank))
        for person, own in enumerate(people):
            matrix = UNSEEN_WEIGHT * items.T @ items + REGULARISATION * np.eye(rank)
            for item in own:
                matrix += np.outer(items[item], items[item])
            tastes[person] = np.linalg.solve(matrix, items[own].sum(axis=0))
        fresh = np.zeros_like(items)
        for item in range(len(items)):
            buyers = [person for person, own in enumerate(people) if item in own]
            matrix = UNSEEN_WEIGHT * tastes.T @ tastes + REGULARISATION * np.eye(rank)
            matrix += tastes[buyers].T @ tastes[buyers]
            fresh[item] = np.linalg.solve(matrix, tastes[buyers].sum(axis=0))
        items = fresh
    return items


def test_sites_sums_give_what_one_place_would_find(problem: Problem) -> None:
    learner = learner_of(problem, plan())
    *_, run = train(problem, plan())

    expected = plain_loop(problem, learner.initial().reshape(-1, 4), 5)

    assert len(problem.site_names) == 3
    assert np.abs(run.model.reshape(-1, 4) - expected).max() < 1e-9
    assert np.abs(run.model_pooled - run.model).max() < 1e-9


def test_what_sites_send_adds_up_to_what_everybody_would(problem: Problem) -> None:
    learner = learner_of(problem, plan())
    model = learner.initial()[None]
    apart = learner.contributions(problem.sites, np.tile(model, (3, 1)), 1)
    together = learner.contributions(problem.everybody, model, 1)

    assert apart.sum(axis=0) == pytest.approx(together[0], abs=1e-9)
    assert not np.isclose(apart[0], apart[1]).all()


@pytest.mark.parametrize("privacy", [None, NOISE], ids=["without noise", "with noise"])
def test_what_a_client_sends_does_not_depend_on_who_else_is_asked(
    stored: Store, privacy: object
) -> None:
    asked = plan(privacy=NOISE)
    problem = prepare(*stored(**purchases()), asked, unit=PERSON)
    assert problem.units is not None
    learner = FactorisationLearner(problem=problem, plan=replace(asked, privacy=privacy))
    people = problem.units.clients
    model = learner.initial()
    together = learner.contributions(people, np.tile(model, (len(people), 1)), 1)

    for some in (np.array([5]), np.arange(3, 90, 7), np.arange(20)[::-1]):
        alone = learner.contributions(people.some(some), np.tile(model, (len(some), 1)), 1)

        assert alone.tobytes() == together[some].tobytes()


def test_the_length_of_a_message_is_that_of_the_whole_matrices(problem: Problem) -> None:
    learner = learner_of(problem, plan())
    model = np.random.default_rng(1).normal(size=len(learner.initial()))
    one = problem.everybody
    one = replace(one, sizes=np.array([len(bought(problem)[0])]))
    message = learner.contributions(one, model[None], 1)[0]
    items, own = model.reshape(-1, 4), bought(problem)[0]
    matrix = UNSEEN_WEIGHT * items.T @ items + items[own].T @ items[own]
    taste = np.linalg.solve(matrix + REGULARISATION * np.eye(4), items[own].sum(axis=0))
    square = np.outer(taste, taste)

    expected = len(own) * (taste @ taste + (square**2).sum()) + (square**2).sum()

    assert message @ message == pytest.approx(expected, rel=1e-9)


def test_an_item_that_nobody_bought_gets_zeros(stored: Store) -> None:
    columns = purchases()
    columns["product"][0], columns["pieces"][0] = "returned only", -1
    problem = prepare(*stored(**columns), plan(), unit=PERSON)
    *_, run = train(problem, plan())
    is_zero = ~run.model.reshape(-1, 4).any(axis=1)

    assert problem.answers_known == 41
    assert is_zero.sum() == 1
    assert is_zero[-1]  # its name sorts last


def test_ranks_are_those_among_all_items_that_were_not_given(problem: Problem) -> None:
    learner = learner_of(problem, plan())
    *_, run = train(problem, plan())
    rows = problem.held_out_rows
    ranks = learner.predicted(run.model, rows)
    items, people = run.model.reshape(-1, 4), problem.person[rows]
    place = problem.inputs[rows, 0].astype(int)

    asked = 0
    for person in dict.fromkeys(people.tolist()):
        own = np.flatnonzero(people == person)
        given = place[own[1:]]
        matrix = UNSEEN_WEIGHT * items.T @ items + items[given].T @ items[given]
        taste = np.linalg.solve(matrix + REGULARISATION * np.eye(4), items[given].sum(axis=0))
        scores = items @ taste
        others = [item for item in range(len(items)) if item not in given]
        better = sum(scores[item] > scores[place[own[0]]] for item in others)

        assert ranks[own[0]] == 1 + better
        assert np.isnan(ranks[own[1:]]).all()
        asked += 1
    assert asked > 30
    assert learner.quality(ranks, rows).metric == pytest.approx(
        (ranks[~np.isnan(ranks)] <= 10).mean()
    )


def test_items_that_nobody_can_tell_apart_share_their_ranks(problem: Problem) -> None:
    learner = learner_of(problem, plan())
    ranks = learner.predicted(np.zeros(len(learner.initial())), problem.held_out_rows)
    found = ranks[~np.isnan(ranks)]
    owned = np.bincount(np.unique(problem.person[problem.held_out_rows], return_inverse=True)[1])

    assert sorted(found) == sorted(1 + (40 - owned) / 2)


def test_recommendations_beat_best_sellers_and_sites_of_few_people_alone(stored: Store) -> None:
    asked = plan(rounds=10, site_column=None, split=Split.IID, site_count=24)
    problem = prepare(*stored(**purchases()), asked, unit=PERSON)
    *_, run = train(problem, asked)
    outcome = finish(problem, asked, run)
    naive = naive_metric(problem, asked)

    assert outcome.metric is Metric.HIT_RATE
    assert outcome.baselines is not None
    assert naive is not None
    assert run.latest.metric > naive + 0.1
    assert run.latest.metric > outcome.baselines.local + 0.1
    assert run.latest.metric == pytest.approx(outcome.baselines.centralised, abs=1e-12)
    assert run.latest.loss < run.rounds[0].loss


def test_a_person_at_two_sites_is_two_people(stored: Store) -> None:
    columns = purchases()
    columns["customer"] = [int(name[1:]) // 2 for name in columns["customer"]]  # type: ignore[index]
    problem = prepare(*stored(**columns), plan(), unit=PERSON)
    learner = learner_of(problem, plan())
    model = learner.initial()[None]
    apart = learner.contributions(problem.sites, np.tile(model, (3, 1)), 1)

    together = learner.contributions(problem.everybody, model, 1)

    assert len(np.unique(problem.person)) < 125
    assert apart.sum(axis=0) == pytest.approx(together[0], abs=1e-9)


def test_a_recommender_has_no_strategy_to_choose() -> None:
    raw = {"task": "recommend", "sites": {"column": "country"}, "history": {"item": "product"}}

    assert to_plan(raw).model is ModelKind.MATRIX_FACTORISATION
    assert to_plan({**raw, "privacy": {"noise_multiplier": 1}}).fraction == 1
    with pytest.raises(MalformedPlanError, match="sites send sums"):
        to_plan({**raw, "strategy": "median"})


def test_more_sums_than_memory_holds_are_refused(
    problem: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(every_learner, "_MOST_NUMBERS", 100)

    with pytest.raises(MalformedPlanError, match="3 sites with sums for 40 items"):
        learner_of(problem, plan())


def test_a_site_that_does_not_answer_is_survived(problem: Problem) -> None:
    asked = plan(trouble=replace(plan().trouble, dropout=0.5))
    *_, run = train(problem, asked)

    assert sum(done.silent for done in run.rounds) > 0
    assert run.latest.metric > 0.3


def test_with_noise_nobody_adds_more_than_the_clip_and_fewer_numbers_travel(
    stored: Store,
) -> None:
    asked = plan(privacy=NOISE)
    problem = prepare(*stored(**purchases()), asked, unit=PERSON)
    learner = learner_of(problem, asked)
    assert problem.units is not None
    for person in range(0, len(problem.units.clients), 10):
        cohort = Cohort(drawn=np.array([person]), sites=np.arange(3))
        part = summed(learner, learner.initial(), cohort, 1.0, (1, 0)).sum(axis=0)

        assert 0 < part @ part <= UNITS_PER_CLIP**2
    assert [tensor.shape for tensor in learner.messages] == [(40, 4), (10,)]
    assert [tensor.shape for tensor in learner_of(problem, plan()).messages][2] == (40, 10)


def test_noise_leaves_a_model_of_numbers_that_still_recommends(stored: Store) -> None:
    asked = plan(privacy=replace(NOISE, noise_multiplier=0.5), rounds=3)
    problem = prepare(*stored(**purchases()), asked, unit=PERSON)
    *_, run = train(problem, asked, secrets=secrets(4))
    *_, quiet = train(problem, asked, secrets=secrets(4, silent))
    *_, loud = train(
        problem,
        plan(privacy=replace(NOISE, noise_multiplier=100.0), rounds=3),
        secrets=secrets(4),
    )

    assert np.isfinite(run.model).all()
    assert np.isfinite(loud.model).all()
    assert 0.3 < run.latest.metric <= quiet.latest.metric + 0.1
