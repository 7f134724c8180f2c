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

import numpy as np
import pytest
from federated_cases import NOISE, PERSON, Store, plan, shop, those

from compliance.dataset import Table
from compliance.dataset.nouns import Column, ColumnName
from compliance.federated import prepare
from compliance.federated.features import IntArray
from compliance.federated.learners import learner_of
from compliance.federated.noising import UNITS_PER_CLIP, Cohort, summed
from compliance.federated.nouns import Plan

VICTIM = "the victim"
WILD = (0.0, -1e308, 1e308, 5e-324, 1e6, -3.5)


def _sum_of_all(
    table: Table, known: Sequence[Column], asked: Plan, unit: ColumnName | None, seed: int
) -> IntArray:
    """The integer sum over everybody, for a model that has learnt something or other."""
    problem = prepare(table, known, asked, unit=unit)
    assert problem.units is not None
    model = np.random.default_rng(seed).normal(0, 3, problem.inputs.shape[1])
    everybody = Cohort(
        drawn=np.arange(len(problem.units.clients)), sites=np.arange(len(problem.sites))
    )
    return summed(learner_of(problem, asked), model, everybody, 1.0, (1, 0)).sum(axis=0)


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
