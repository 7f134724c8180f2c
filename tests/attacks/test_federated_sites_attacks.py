"""Attacks on federated learning with noise where whole sites are the unit: does a site show?

As in `test_federated_attacks`, but the victim is a site with all of its rows. Nothing about the
others may follow from it: neither their arithmetic, nor the order of their rows, nor who of them
answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from federated_buyers import HISTORY, purchases
from federated_buyers import PERSON as BUYER
from federated_cases import NOISE, PERSON, Store, plan, secrets, shop, silent

from compliance.dataset.nouns import ColumnName
from compliance.errors import MalformedPlanError
from compliance.federated import Problem, prepare, train
from compliance.federated.features import FloatArray
from compliance.federated.learners import learner_of
from compliance.federated.noising import UNITS_PER_CLIP, bounded
from compliance.federated.nouns import ModelKind, Plan, Task, Trouble
from compliance.privacy.nouns import PrivacyUnitKind
from compliance.workspace.federating.prices import check_theorem

SITES = replace(NOISE, unit=PrivacyUnitKind.SITE)


def _sent(problem: Problem, asked: Plan) -> dict[str, FloatArray]:
    """Per site what it finds before any clip, from a model that has learnt something or other."""
    learner = learner_of(problem, asked)
    model = np.random.default_rng(0).normal(0, 0.3, len(learner.initial()))
    models = np.broadcast_to(model, (len(problem.sites), len(model)))
    found = learner.contributions(problem.sites, models, 1)
    return dict(zip(problem.site_names, found, strict=True))


def _is_hidden(
    stored: Store,
    others: Mapping[str, Sequence[object]],
    victim: Mapping[str, Sequence[object]],
    asked: Plan,
    unit: ColumnName = PERSON,
) -> bool:
    """Whether the victim sends a clip at most, and all others what they send without it."""
    with_victim, known = stored(**{name: [*others[name], *victim[name]] for name in others})
    without, _ = stored(**others)
    found = _sent(prepare(with_victim, known, asked, unit=unit), asked)
    alone = _sent(prepare(without, known, asked, unit=unit), asked)
    own = found.pop(next(name for name in found if name.startswith("a ")))
    length = sum(number**2 for number in bounded(own[None], 1.0)[0].tolist())
    return (
        0 < length <= UNITS_PER_CLIP**2
        and found.keys() == alone.keys()
        and all(found[site].tobytes() == alone[site].tobytes() for site in found)
    )


@pytest.mark.parametrize("rows", [520, 937])
@pytest.mark.parametrize("model", [ModelKind.LOGISTIC, ModelKind.SOFTMAX, ModelKind.MLP])
def test_a_larger_site_than_all_others_changes_no_bit_of_what_they_send(
    stored: Store, rows: int, model: ModelKind
) -> None:
    victim = shop(rows, sites=1, seed=1) | {"site": ["a large one"] * rows}
    asked = plan(privacy=SITES, batch=1000, local_epochs=3, model=model, minimum_records=5)

    assert _is_hidden(stored, shop(1500), victim, asked)


@pytest.mark.parametrize("task", [Task.RECOMMEND, Task.PROFILE])
def test_a_site_changes_nothing_that_others_send_of_their_buyers(stored: Store, task: Task) -> None:
    model = ModelKind.SOFTMAX if task is Task.PROFILE else ModelKind.MATRIX_FACTORISATION
    asked = Plan(
        site_column=ColumnName("country"), task=task, model=model, history=HISTORY, privacy=SITES
    )
    victim = purchases(30, seed=4)
    victim["country"] = ["a land"] * len(victim["country"])

    assert _is_hidden(stored, purchases(60), victim, asked, BUYER)


def test_a_site_that_sold_before_all_others_changes_no_forecast_of_theirs(stored: Store) -> None:
    def sold(site: str, first: int, seed: int) -> dict[str, list[object]]:
        dice, days = np.random.default_rng(seed), [*range(first, 700, 2)]
        return {
            "country": [site] * len(days),
            "when": [datetime(2024, 1, 1) + timedelta(days=day) for day in days],
            "pieces": dice.poisson(20, len(days)).tolist(),
        }

    one, two = sold("one", 300, 1), sold("two", 300, 2)
    others = {name: one[name] + two[name] for name in one}
    asked = Plan(
        site_column=ColumnName("country"),
        task=Task.FORECAST,
        model=ModelKind.LINEAR,
        history=replace(HISTORY, item=None, price=None),
        privacy=SITES,
        batch=4,
        minimum_records=5,
    )

    assert _is_hidden(stored, others, sold("a zero", 0, 3), asked, ColumnName("country"))


@pytest.mark.parametrize("seed", range(5))
def test_who_else_answers_does_not_follow_from_a_site(stored: Store, seed: int) -> None:
    noise = replace(SITES, clip=1e-3)
    asked = plan(privacy=noise, seed=seed, trouble=Trouble(dropout=0.3, stragglers=0.3))
    victim = shop(60, sites=1, seed=1) | {"site": ["a first one"] * 60}
    others, sums = shop(600, sites=8), []
    for rows in (others, {name: [*others[name], *victim[name]] for name in others}):
        table, known = stored(**rows)
        problem = prepare(table, known, asked, unit=PERSON)
        first = next(train(problem, asked, secrets=secrets(1, silent)))
        sums.append(first.model * len(problem.sites))  # it was divided by that

    assert np.linalg.norm(sums[1] - sums[0]) <= noise.clip * (1 + 1e-6)


def test_noise_is_added_even_where_no_protected_site_answers(stored: Store) -> None:
    table, known = stored(**shop())
    asked = plan(privacy=SITES, trouble=Trouble(dropout=0.99), rounds=10)
    *_, run = train(prepare(table, known, asked, unit=PERSON), asked, secrets=secrets(1))

    assert any(done.silent == done.asked for done in run.rounds)
    assert not any(done.is_void for done in run.rounds)
    assert len({done.model_hash for done in run.rounds}) == 10


def test_masks_that_need_enough_answers_are_refused_where_sites_that_drop_out_are_protected() -> (
    None
):
    check_theorem(plan(privacy=SITES, secure=True))
    with pytest.raises(MalformedPlanError, match="secret"):
        check_theorem(plan(privacy=SITES, secure=True, trouble=Trouble(dropout=0.1)))
