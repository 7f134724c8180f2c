"""Inference: the attacker knows a person's other values and wants the illness.

34, 53012, f ──▶ nearest released rows ──▶ their commonest illness ──▶ the person's?
against: the same without the person's own row ──▶ what people like them tell
"""

from __future__ import annotations

import numpy as np

from compliance.anonymise.attacks.inference import infer
from compliance.anonymise.attacks.scenes import Scene
from compliance.anonymise.nouns import Attack
from tests.siege_cases import coarser, people, scene

RNG = np.random.default_rng


def inferred(seen: Scene, attempts: int = 400) -> Attack:
    return infer(seen, seen.secrets[0], RNG(1), attempts)


def test_illnesses_are_read_off_the_original() -> None:
    done = inferred(scene(people(), people()))

    assert done.share > 0.85
    assert done.baseline < 0.45
    assert done.risk > 0.75
    assert done.target == "illness"


def test_in_large_classes_the_own_row_tells_nearly_nothing() -> None:
    """Four illnesses, ~300 people in each class; 6 standard errors of the difference are 0.19."""
    done = inferred(scene(people(), coarser(people())))

    assert done.share < 0.25 + 0.19
    assert done.risk < 0.19
    assert done.details["all_agree"] == 0


def test_what_hangs_on_the_known_values_is_no_risk_of_taking_part() -> None:
    """All women have gout: the attacker tells it of each, with or without her row."""
    lists = people()
    lists["illness"] = ["gout" if sex == "f" else "cold" for sex in lists["sex"]]

    done = inferred(scene(lists, coarser(lists)))

    assert done.share == 1
    assert done.baseline == 1
    assert done.risk == 0
    assert done.details["all_agree"] == 1


def test_a_copy_of_people_is_told_from_people_alike() -> None:
    """Invented rows: the control group was held out when they were made."""
    lists = people()
    out = np.arange(1200) >= 600
    copied = {name: values[:600] for name, values in lists.items()}
    fresh = people(600, seed=99)

    leaky = inferred(scene(lists, copied, aligned=False, held_out=out))
    safe = inferred(scene(lists, fresh, aligned=False, held_out=out))

    assert leaky.risk > 0.7
    assert safe.risk < 0.19


def test_without_any_control_group_the_commonest_value_is_the_baseline() -> None:
    lists = people()
    lists["illness"] = ["cold"] * 900 + ["flu"] * 300
    done = inferred(scene(lists, people(seed=3), aligned=False), 1200)

    assert done.baseline_is == "by always saying the commonest value"
    assert done.baseline in (0, 0.25, 0.75)


def test_people_without_a_value_are_not_tried_and_blanks_do_not_vote() -> None:
    lists = people(60)
    lists["illness"] = ["flu", None, "gout"] * 20
    blanked = {**lists, "illness": ["flu", None, None] * 20}

    done = inferred(scene(lists, blanked))

    assert done.attempts == 40
    assert done.details["commonest"] == 0.5
    assert 0.4 < done.share <= 0.6


def test_numbers_are_told_by_twentieths() -> None:
    lists = people(400)
    lists["illness"] = [float(n) + 0.5 for n in range(400)]
    near = {**lists, "illness": [float(n) + 0.6 for n in range(400)]}

    done = inferred(scene(lists, near))

    assert done.share > 0.8
    assert "twentieth of “illness”" in done.sentence
