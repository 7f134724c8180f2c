"""Attacks on federated learning with noise: does one person's presence show?

The attacker knows the rows of everybody else, the model, the plan and its seed, may choose the
victim's rows, and sees the sums before any noise. Noise is scaled to what one person can change;
so the attack succeeds, and the promised ε is void, as soon as the sums with and without the
victim differ by more than that anywhere:

    everybody else ─────────────┐
                                ├─ sum ──┐
    everybody else + victim ────┴─ sum ──┴─ difference longer than the clip?
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from federated_buyers import HISTORY, START, purchases, weeks
from federated_buyers import PERSON as BUYER
from federated_cases import NOISE, PERSON, Store, plan, shop, those

from compliance.dataset import Table
from compliance.dataset.nouns import Column, ColumnName
from compliance.federated import prepare
from compliance.federated.features import FloatArray, IntArray
from compliance.federated.learners import Learner, TreeLearner, learner_of
from compliance.federated.noising import UNITS_PER_CLIP, Cohort, summed
from compliance.federated.nouns import ModelKind, NoisePlan, Plan, Task
from compliance.privacy.nouns import PrivacyUnitKind

VICTIM = "the victim"
CLIP = 0.01  # short, so that nearly all are cut to it
WILD = (0.0, -1e308, 1e308, 5e-324, 1e6, -3.5)


def _sum_of_all(
    table: Table, known: Sequence[Column], asked: Plan, unit: ColumnName | None, seed: int
) -> IntArray:
    """The integer sum over everybody, for a model that has learnt something or other."""
    problem = prepare(table, known, asked, unit=unit)
    assert problem.units is not None
    learner = learner_of(problem, asked)
    model = _some_model(learner, np.random.default_rng(seed))
    everybody = Cohort(
        drawn=np.arange(len(problem.units.clients)), sites=np.arange(len(problem.sites))
    )
    moment = (asked.rounds, learner.exchanges - 1)
    counts = asked.privacy is not None and asked.privacy.quantile is not None
    return summed(learner, model, everybody, CLIP, moment, counts_within=counts).sum(axis=0)


def _some_model(learner: Learner, dice: np.random.Generator) -> FloatArray:
    """One that has learnt something or other; of trees, any that split by any inputs."""
    if not isinstance(learner, TreeLearner):
        return dice.normal(0, 3, len(learner.initial()))
    model, forest = learner.initial(), learner.forest
    for tree in range(forest.trees):
        forest.inputs(model, tree)[:] = dice.integers(1, learner.bins.shape[1], forest.nodes)
        forest.thresholds(model, tree)[:] = dice.integers(0, 8, forest.nodes)
        forest.leaves(model, tree)[:] = dice.normal(0, 1, forest.nodes + 1)
    return model


def _differences(
    stored: Store,
    others: Mapping[str, Sequence[object]],
    victim: Mapping[str, Sequence[object]],
    asked: Plan,
    unit: ColumnName | None = PERSON,
) -> list[int]:
    """Squared lengths of what the victim changes, for several models and seeds.

    The list of columns with what is known of each is public, so both sides use the same.
    """
    both = {name: [*values, *victim[name]] for name, values in others.items()}
    with_victim, known = stored(**both)
    without, _ = stored(**others)
    lengths = []
    for seed in range(6):
        now = replace(asked, seed=seed)
        change = _sum_of_all(with_victim, known, now, unit, seed) - _sum_of_all(
            without, known, now, unit, seed
        )
        lengths.append(sum(int(number) ** 2 for number in change))
    return lengths


def _victim(rows: int, dice: np.random.Generator, sites: Sequence[str]) -> dict[str, list[object]]:
    return {
        "site": dice.choice(sites, rows).tolist(),
        "person": [VICTIM] * rows,
        "seconds": dice.choice(WILD, rows).tolist(),
        "discount": dice.choice(WILD, rows).tolist(),
        "channel": dice.choice(["mail", "search", "carrier pigeon"], rows).tolist(),
        "weekend": (dice.random(rows) < 0.5).tolist(),
        "bought": dice.choice(["yes", "no"], rows).tolist(),
    }


SITES = ["shop 0", "shop 1", "shop 2", "shop 3"]


@pytest.mark.parametrize(
    ("rows", "sites"),
    [
        pytest.param(1, SITES[:1], id="one row"),
        pytest.param(15, SITES[:1], id="fifteen rows at one site"),
        pytest.param(400, SITES[:1], id="four hundred rows at one site"),
        pytest.param(400, SITES, id="four hundred rows all over"),
        pytest.param(3, ["a new shop"], id="a site of one's own"),
        pytest.param(40, [*SITES, "a new shop", "another"], id="old and new sites"),
    ],
)
@pytest.mark.parametrize("batch", [2, 32], ids=["small batches", "one batch"])
def test_one_person_changes_the_sum_by_at_most_the_clip(
    stored: Store, rows: int, sites: list[str], batch: int
) -> None:
    dice = np.random.default_rng(rows)
    asked = plan(privacy=NOISE, batch=batch, local_epochs=3, learning_rate=10)
    lengths = _differences(stored, shop(400), _victim(rows, dice, sites), asked)

    assert max(lengths) <= UNITS_PER_CLIP**2
    assert max(lengths) > 0  # held out under some seeds, learnt from under others


@pytest.mark.parametrize("attempt", range(8))
def test_a_victim_who_copies_the_rows_of_others_gains_nothing(stored: Store, attempt: int) -> None:
    others = shop(300, seed=attempt)
    dice = np.random.default_rng(attempt)
    copied = those(others, dice.integers(0, 300, 30).tolist()) | {"person": [VICTIM] * 30}
    lengths = _differences(stored, others, copied, plan(privacy=NOISE, batch=4))

    assert max(lengths) <= UNITS_PER_CLIP**2


@pytest.mark.parametrize("attempt", range(8))
def test_one_row_changes_the_sum_by_at_most_the_clip_where_rows_are_people(
    stored: Store, attempt: int
) -> None:
    others = shop(300, seed=attempt)
    dice = np.random.default_rng(attempt)
    # Half of the attempts repeat a row that is there already.
    row = those(others, [attempt]) if attempt % 2 else _victim(1, dice, SITES)
    lengths = _differences(stored, others, row, plan(privacy=NOISE), unit=None)

    assert max(lengths) <= UNITS_PER_CLIP**2


def test_a_person_who_lifts_a_site_over_the_minimum_changes_no_more(stored: Store) -> None:
    others = shop(300)
    others["site"][:19] = ["kiosk"] * 19
    victim = _victim(1, np.random.default_rng(0), ["kiosk"])
    lengths = _differences(stored, others, victim, plan(privacy=NOISE, minimum_records=20))

    assert max(lengths) <= UNITS_PER_CLIP**2


def test_without_the_bound_the_attack_would_succeed(stored: Store) -> None:
    """The same victim, whose rows name a new person each, moves the sum much further."""
    victim = _victim(400, np.random.default_rng(400), SITES)
    victim["person"] = [f"mask {index}" for index in range(400)]
    lengths = _differences(stored, shop(400), victim, plan(privacy=NOISE, learning_rate=10))

    assert min(lengths) > (10 * UNITS_PER_CLIP) ** 2


# --- every kind of model, task and unit -----------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 20, 300])
@pytest.mark.parametrize("depth", [1, 3])
def test_one_person_changes_the_sums_of_a_tree_by_at_most_the_clip(
    stored: Store, rows: int, depth: int
) -> None:
    victim = _victim(rows, np.random.default_rng(rows), SITES)
    asked = plan(privacy=NOISE, model=ModelKind.TREES, depth=depth)
    lengths = _differences(stored, shop(400), victim, asked)

    assert 0 < max(lengths) <= UNITS_PER_CLIP**2


@pytest.mark.parametrize("model", [ModelKind.SOFTMAX, ModelKind.MLP])
def test_one_person_changes_larger_models_by_at_most_the_clip(
    stored: Store, model: ModelKind
) -> None:
    victim = _victim(50, np.random.default_rng(5), SITES)
    lengths = _differences(stored, shop(400), victim, plan(privacy=NOISE, model=model, batch=4))

    assert 0 < max(lengths) <= UNITS_PER_CLIP**2


def test_one_person_changes_a_following_clip_s_sum_and_count_by_no_more_than_is_priced(
    stored: Store,
) -> None:
    """The count, which comes last, by half a clip; the rest by a clip."""
    asked = plan(privacy=NoisePlan(noise_multiplier=1.0, quantile=0.5))
    victim = _victim(50, np.random.default_rng(5), SITES)
    lengths = _differences(stored, shop(400), victim, asked)

    assert 0 < max(lengths) <= UNITS_PER_CLIP**2 + (UNITS_PER_CLIP // 2) ** 2


def _buyer(rows: int, sites: Sequence[str], seed: int) -> dict[str, list[object]]:
    """A buyer of known products, before the last day that others know."""
    dice = np.random.default_rng(seed)
    days = dice.integers(-4000, 360, rows).tolist()
    return {
        "customer": [VICTIM] * rows,
        "country": dice.choice(sites, rows).tolist(),
        "when": [START + timedelta(days=day) for day in days],
        "product": [f"p{number}" for number in dice.integers(0, 40, rows)],
        "pieces": dice.choice([-7, 1, 3, 10**9], rows).tolist(),
        "price": dice.choice([0.0, 4.5, 1e300, -2.0], rows).tolist(),
    }


@pytest.mark.parametrize(
    ("rows", "sites"),
    [
        pytest.param(1, ["land 0"], id="one thing"),
        pytest.param(300, ["land 0", "land 1", "land 2"], id="everything everywhere"),
        pytest.param(60, ["land 1", "a new land"], id="old and new sites"),
    ],
)
@pytest.mark.parametrize("task", [Task.RECOMMEND, Task.PROFILE])
def test_one_buyer_changes_the_sum_by_at_most_the_clip(
    stored: Store, rows: int, sites: list[str], task: Task
) -> None:
    model = ModelKind.SOFTMAX if task is Task.PROFILE else ModelKind.MATRIX_FACTORISATION
    asked = Plan(
        site_column=ColumnName("country"), task=task, model=model, history=HISTORY, privacy=NOISE
    )
    lengths = _differences(stored, purchases(90), _buyer(rows, sites, rows), asked, BUYER)

    assert max(lengths) <= UNITS_PER_CLIP**2
    assert max(lengths) > 0 or rows == 1


DEVICES = NoisePlan(noise_multiplier=1.0, unit=PrivacyUnitKind.DEVICE, column=ColumnName("device"))
ROWS = NoisePlan(noise_multiplier=1.0, unit=PrivacyUnitKind.ROW)


@pytest.mark.parametrize("model", [ModelKind.LOGISTIC, ModelKind.TREES])
def test_one_device_of_many_people_changes_the_sum_by_at_most_the_clip(
    stored: Store, model: ModelKind
) -> None:
    dice = np.random.default_rng(1)
    others = shop(400) | {"device": [f"d{number}" for number in dice.integers(0, 90, 400)]}
    victim = _victim(200, dice, SITES) | {"device": [VICTIM] * 200}
    victim["person"] = [f"person {number}" for number in range(200)]
    lengths = _differences(stored, others, victim, plan(privacy=DEVICES, model=model))

    assert 0 < max(lengths) <= UNITS_PER_CLIP**2


@pytest.mark.parametrize("attempt", range(4))
def test_one_row_of_somebody_changes_the_sum_by_at_most_the_clip_where_rows_are_protected(
    stored: Store, attempt: int
) -> None:
    others = shop(300, seed=attempt)
    # Of somebody with rows already; half of the attempts repeat one of them.
    row = _victim(1, np.random.default_rng(attempt), SITES) | {"person": [others["person"][0]]}
    row = those(others, [0]) if attempt % 2 else row
    lengths = _differences(stored, others, row, plan(privacy=ROWS))

    assert 0 < max(lengths) <= UNITS_PER_CLIP**2


@pytest.mark.parametrize("model", [ModelKind.LINEAR, ModelKind.TREES])
@pytest.mark.parametrize("attempt", range(2))
def test_one_product_changes_the_sum_by_at_most_the_clip_where_rows_are_protected(
    stored: Store, model: ModelKind, attempt: int
) -> None:
    """One row makes many examples here; half of the attempts repeat a row that is there."""
    others = weeks(periods=12) | {"shop": [f"shop {number % 3}" for number in range(60)]}
    victim = those(others, [4]) if attempt else {name: [10**9] for name in others}
    victim |= {"code": others["code"][4:5], "shop": ["shop 1"]}
    asked = Plan(
        site_column=ColumnName("shop"),
        task=Task.FORECAST,
        model=model,
        history=replace(HISTORY, time=None, steps=3, horizon_days=21),
        privacy=ROWS,
    )
    lengths = _differences(stored, others, victim, asked)

    assert 0 < max(lengths) <= UNITS_PER_CLIP**2
