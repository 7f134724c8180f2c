"""Linkage: the attacker knows some values of a person and looks for that person's row.

age 34, 53012, f ──▶ released rows by distance ──▶ nearest ones, one by lot ──▶ the right person?
"""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from compliance.anonymise.attacks import attack, scene_of_recoding, scene_of_tables
from compliance.anonymise.attacks.linkage import link
from compliance.anonymise.nouns import (
    AttackKind,
    Ladder,
    LossKind,
    Problem,
    Recoding,
    TreatmentKind,
)
from compliance.dataset import RawFile, Table, read, take_in
from compliance.dataset.nouns import ColumnName
from compliance.errors import AttackError
from tests.siege_cases import KNOWN, coarser, of_kind, people, scene, table
from tests.treatment_cases import column, treated, treatment

RNG = np.random.default_rng


def test_people_are_found_in_the_original() -> None:
    done = link(scene(people(), people()), RNG(1), 400)

    assert done.share > 0.8
    assert done.risk > 0.8
    assert "finds the right person" in done.sentence


def test_people_are_hardly_ever_found_in_large_classes() -> None:
    """~300 people in each class: a false alarm of 12 among 400 tries is one in 10⁷."""
    done = link(scene(people(), coarser(people())), RNG(1), 400)

    assert done.share < 12 / 400
    assert done.details["rows_that_fit"] > 200


def test_the_attack_knows_less_and_finds_fewer() -> None:
    all_known = link(scene(people(), people()), RNG(1), 400)
    few_known = link(scene(people(), people(), known=KNOWN[2:]), RNG(1), 400)

    assert few_known.share < 0.05 < all_known.share


def test_near_numbers_are_found_although_none_is_equal() -> None:
    """Noise alone does not hide somebody whose values together are far from everybody's."""
    lists = people(200)
    noisy = {**lists, "age": [int(str(age)) + 1 for age in lists["age"]]}
    lists.pop("postcode")
    noisy.pop("postcode")
    lists["pay"] = noisy["pay"] = [1000.5 * n for n in range(200)]

    names = [ColumnName(name) for name in ("age", "pay", "sex")]
    found = link(
        scene_of_tables(table(lists), table(noisy), names, rows=np.arange(200)), RNG(0), 200
    )
    assert found.share > 0.95


def test_averaging_over_groups_of_k_leaves_one_in_k() -> None:
    """Binomial with p = 1/5 and 400 tries: above 130 once in 10⁸."""
    lists = people()
    kind = TreatmentKind.MICROAGGREGATE
    numbers = {"age": lists["age"], "pay": [float(n % 977) + 0.5 for n in range(len(lists["age"]))]}
    done = treated(numbers, *(treatment(c, kind, k=5, group="g") for c in numbers))
    averaged = {c: column(done, c) for c in numbers}

    names = [ColumnName(c) for c in numbers]
    rows = np.arange(len(lists["age"]))
    before = scene_of_tables(table(numbers), table(numbers), names, rows=rows)
    after = scene_of_tables(table(numbers), table(averaged), names, rows=rows)
    assert link(before, RNG(0), 400).share > 0.9
    assert link(after, RNG(0), 400).successes <= 130


def test_a_suppressed_person_is_not_found() -> None:
    original = people(100)
    released = {name: values[:50] for name, values in original.items()}

    done = link(scene(original, released), RNG(2), 100)

    assert done.attempts == 100
    assert done.successes <= 50


def test_invented_rows_belong_to_nobody() -> None:
    with pytest.raises(AttackError, match="invented"):
        link(scene(people(), people(), aligned=False), RNG(0), 10)


def test_what_cannot_be_tried_is_said_and_not_passed() -> None:
    siege = attack(scene(people(), people(seed=8), aligned=False), RNG(0), 50)

    assert set(siege.not_tried) == {AttackKind.LINKAGE, AttackKind.MEMBERSHIP}
    assert of_kind(siege, AttackKind.SINGLING_OUT).attempts == 50


def two_halves(first: str, second: str) -> tuple[Problem, Recoding]:
    """Eight values below two groups; the first half is shown as `first`, the other one as is."""
    names = (tuple("abcdefgh"), (first,) * 4 + (second,) * 4)
    maps = (np.arange(8, dtype=np.int32), np.repeat(np.array([0, 1], dtype=np.int32), 4))
    ladder = Ladder(
        column=KNOWN[0],
        codes=np.arange(8, dtype=np.int32),
        maps=maps,
        names=(names[0], (first, second)),
        shares=(np.full(8, 1 / 8), np.full(2, 1 / 2)),
    )
    problem = Problem(
        ladders=(ladder,), sensitive=(), criteria=(), suppression_limit=0.0, loss=LossKind.LOSS
    )
    shown = (first, *"efgh")
    recoding = Recoding(
        columns=(KNOWN[0],),
        codes=(np.array([0, 0, 0, 0, 1, 2, 3, 4], dtype=np.int32),),
        names=(shown,),
        shares=(np.array([0.5, *[1 / 8] * 4]),),
        suppressed=np.array([False] * 7 + [True]),
        levels=None,
    )
    return problem, recoding


def test_cells_of_several_levels_are_read_by_the_ladder() -> None:
    problem, recoding = two_halves("left", "right")
    seen = scene_of_recoding(problem, recoding)
    (facet,) = seen.facets

    all_values, all_shown = facet.original, facet.released
    holds = facet.holds(all_values, all_shown)

    assert holds[:4, :4].all()
    assert not holds[:4, 4:].any()
    assert (holds[4:7, 4:] == np.eye(3, dtype=bool)).all()
    assert not holds[7].any()


def test_many_different_rows_are_attacked_in_fewer_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compliance.anonymise.attacks.nearest._MOST_PAIRS", 100_000)
    siege = attack(scene(people(), people()), RNG(0), 500)

    assert of_kind(siege, AttackKind.LINKAGE).attempts == 100


def test_columns_of_many_values_are_attacked_in_little_memory() -> None:
    """A table of every value against every name shown would take 30,000² bytes."""
    rows = 30_000
    names = [f"v{n}" for n in range(rows)]
    lines = "\n".join(["id", *names]).encode()
    intake = take_in([read(RawFile(name="t.csv", data=lines))])
    table = Table(Path(), intake.parquet)
    scene = scene_of_tables(table, table, [ColumnName("id")], rows=np.arange(rows))

    tracemalloc.start()
    siege = attack(scene, np.random.default_rng(1), 100)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert next(a for a in siege.attacks if a.kind == "linkage").share == 1
    assert most < 200_000_000
