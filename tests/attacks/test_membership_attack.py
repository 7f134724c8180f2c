"""Membership: the attacker knows a person's values and asks whether they were in the data.

distance to the nearest released row ──▶ small: “was in”, large: “was not” ──▶ right?
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.anonymise.attacks import attack
from compliance.anonymise.attacks.judging import how_often, interval, listed
from compliance.anonymise.attacks.membership import _auc, tell_members
from compliance.anonymise.nouns import Attack, AttackKind
from compliance.dataset.nouns import ColumnName
from compliance.errors import AttackError
from tests.siege_cases import KNOWN, coarser, people, scene

RNG = np.random.default_rng


def test_members_of_the_original_are_told() -> None:
    done = tell_members(scene(people(), people()), RNG(1), 400)

    assert done.risk > 0.7
    assert done.details["auc"] > 0.85


def test_members_of_large_classes_are_not_told() -> None:
    """A coin is right 200 times of 400; six standard deviations more are 260."""
    done = tell_members(scene(people(), coarser(people())), RNG(1), 400)

    assert done.successes < 260
    assert done.details["auc"] == pytest.approx(0.5, abs=0.05)


def test_invented_rows_that_copy_people_give_them_away_and_fresh_ones_do_not() -> None:
    lists = people()
    out = np.arange(1200) >= 600
    copied = {name: values[:600] for name, values in lists.items()}
    leaky = tell_members(scene(lists, copied, aligned=False, held_out=out), RNG(1), 400)
    fresh = scene(lists, people(600, seed=99), aligned=False, held_out=out)
    safe = tell_members(fresh, RNG(1), 400)

    assert leaky.risk > 0.7
    assert safe.details["auc"] == pytest.approx(0.5, abs=0.13)
    assert safe.risk < 0.35


def test_a_threshold_that_fits_by_chance_does_not_count() -> None:
    """The threshold is set by one half and tried on the other, so noise gives one half."""
    lists = people(400)
    out = RNG(5).random(400) < 0.5
    done = tell_members(scene(lists, people(50, seed=4), aligned=False, held_out=out), RNG(1), 400)

    assert abs(done.share - 0.5) < 6 * np.sqrt(0.25 / done.attempts)


def test_too_few_people_are_not_assessed() -> None:
    with pytest.raises(AttackError, match="at least 20"):
        tell_members(scene(people(10), people(10)), RNG(0), 100)


def test_all_attacks_are_carried_out_and_the_worst_is_named() -> None:
    before = attack(scene(people(), people()), RNG(1), 200)
    after = attack(scene(people(), coarser(people())), RNG(1), 200)

    assert [each.kind for each in before.attacks] == list(AttackKind)
    assert before.not_tried == {}
    assert before.worst is not None
    assert after.worst is not None
    assert before.worst.risk > 0.7 > 0.3 > after.worst.risk


def test_the_same_draws_give_the_same_siege() -> None:
    seen = scene(people(), coarser(people()))

    assert attack(seen, RNG(3), 100) == attack(seen, RNG(3), 100)


def test_no_value_stands_in_a_sentence() -> None:
    siege = attack(scene(people(), people()), RNG(1), 100)
    told = " ".join(each.sentence for each in siege.attacks)

    assert not any(word in told for word in ("asthma", "gout", "530"))


@given(st.lists(st.integers(0, 6), min_size=1), st.lists(st.integers(0, 6), min_size=1))
def test_the_auc_counts_pairs(near_in: list[int], near_out: list[int]) -> None:
    pairs = [(a < b) + (a == b) / 2 for a in near_in for b in near_out]

    found = _auc(np.array(near_in, dtype=float), np.array(near_out, dtype=float))
    assert found == pytest.approx(np.mean(pairs))


@pytest.mark.parametrize(
    ("successes", "attempts", "low", "high"),
    [
        pytest.param(0, 100, 0.0, 1 - 0.025 ** (1 / 100), id="none: closed form"),
        pytest.param(100, 100, 0.025 ** (1 / 100), 1.0, id="all: closed form"),
        pytest.param(10, 100, 0.0490, 0.1762, id="a published table"),
    ],
)
def test_the_interval_is_clopper_and_pearsons(
    successes: int, attempts: int, low: float, high: float
) -> None:
    assert interval(successes, attempts) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "0 of 100"),
        (1.0, "100 of 100"),
        (0.999, "99 of 100"),
        (0.12, "12 of 100"),
        (0.004, "1 of 250"),
        (1 / 30_162, "1 of 30,162"),
    ],
)
def test_shares_are_said_as_so_many_of_so_many(share: float, words: str) -> None:
    assert how_often(share) == words


def test_columns_are_listed_as_people_do() -> None:
    assert listed(KNOWN[:1]) == "“age”"
    assert listed(KNOWN) == "“age”, “postcode” and “sex”"
    assert listed(tuple(ColumnName(c) for c in "abcdef")) == "“a”, “b”, “c”, “d” and 2 more"


def test_a_risk_is_what_is_added_to_the_baseline() -> None:
    def of(successes: int, baseline: float) -> Attack:
        return Attack(
            kind=AttackKind.LINKAGE,
            known=KNOWN,
            attempts=100,
            successes=successes,
            low=0,
            high=1,
            baseline=baseline,
            baseline_is="guessing",
            sentence="",
        )

    assert of(60, 0.2).risk == pytest.approx(0.5)
    assert of(10, 0.2).risk == 0
    assert of(100, 1).risk == 0
