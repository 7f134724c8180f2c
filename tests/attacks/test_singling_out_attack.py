"""Singling out: the attacker describes somebody by the release alone.

a row that stands alone ──▶ “34, f” ──▶ does exactly one person in the data fit?
"""

from __future__ import annotations

import numpy as np
import pytest

from compliance.anonymise.attacks.singling_out import single_out
from compliance.anonymise.nouns import TreatmentKind
from tests.siege_cases import KNOWN, coarser, people, scene
from tests.treatment_cases import column, treated, treatment

RNG = np.random.default_rng


def test_rows_that_stand_alone_in_the_original_describe_one_person() -> None:
    done = single_out(scene(people(), people()), RNG(1), 300)

    assert done.share == 1
    assert done.risk > 0.5
    assert done.details["released_uniques"] > 800


def test_nobody_is_described_by_large_classes() -> None:
    done = single_out(scene(people(), coarser(people())), RNG(1), 300)

    assert done.successes == 0
    assert done.risk == 0
    assert done.details["people_who_fit"] > 200


def test_invented_people_describe_real_ones_no_better_than_chance() -> None:
    """Both draw from the same wide world: an invented row seldom fits just one real person."""
    invented = single_out(scene(people(), people(seed=99), aligned=False), RNG(1), 300)
    copied = single_out(scene(people(), people(), aligned=False), RNG(1), 300)

    assert invented.low <= invented.baseline + 0.1
    assert copied.share == 1


def test_swapping_breaks_descriptions_of_several_columns() -> None:
    lists = people()
    swapped = treated(lists, treatment("age", TreatmentKind.SWAP, percent=50))
    released = {**lists, "age": column(swapped, "age")}

    done = single_out(scene(lists, released), RNG(1), 300)

    assert done.risk < 0.3


def test_the_baseline_is_the_chance_of_a_description_of_that_weight() -> None:
    """Four people, two columns, all independent: weight 1/4, so 4 · ¼ · (¾)³ = 0.42."""
    square: dict[str, list[object]] = {
        "age": [20, 20, 60, 60],
        "postcode": ["53000", "53001", "53000", "53001"],
        "sex": ["f"] * 4,
        "illness": ["flu"] * 4,
    }
    done = single_out(scene(square, square, known=KNOWN[:2]), RNG(0), 4)

    assert done.share == 1
    assert done.baseline == pytest.approx(0.421875)
    assert done.risk == pytest.approx(1)


def test_people_held_out_do_not_count_as_described() -> None:
    lists = people(40)
    out = np.arange(40) >= 20
    released = {name: values[:20] for name, values in lists.items()}

    done = single_out(scene(lists, released, aligned=False, held_out=out), RNG(0), 20)

    assert done.share == 1


def test_a_column_without_any_value_fits_everybody() -> None:
    lists = people()
    empty: dict[str, list[object]] = {**lists, "sex": [None] * len(lists["sex"])}

    done = single_out(scene(empty, empty), RNG(1), 300)

    assert done.details["people_who_fit"] >= 1
