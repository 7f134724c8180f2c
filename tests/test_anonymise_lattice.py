"""The proven optimum of a lattice, against trying every node, and against what ARX found."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest
from anonymise_lattice_cases import (
    OCCUPATION,
    Plainly,
    adult,
    adult_of_occupations,
    all_levels,
    best_by_trying_all,
    k_is,
    ladder,
    last,
    problems,
)
from hypothesis import given, settings

from compliance.anonymise.lattice import coding, recode, search, searching, tables
from compliance.anonymise.nouns import Criterion, LossKind, Model, Problem
from compliance.errors import HierarchyError, NothingAllowedError


@settings(max_examples=300)
@given(problems())
def test_the_search_finds_what_trying_every_node_finds(problem: Problem) -> None:
    best = best_by_trying_all(problem)
    if best is None:
        with pytest.raises(NothingAllowedError):
            last(search(problem))
        return

    found = last(search(problem))

    plain = Plainly(problem, found.levels)
    assert plain.is_allowed
    assert getattr(found.losses, problem.loss.value) == pytest.approx(best[0], rel=1e-8, abs=1e-9)
    assert sum(found.levels) == best[1]
    assert found.optimal
    assert found.bound == pytest.approx(best[0], rel=1e-8, abs=1e-9)
    assert (found.classes, found.suppressed) == (len(plain.kept), plain.suppressed)
    assert found.nodes == len(list(all_levels(problem)))


@given(problems())
def test_a_search_that_runs_out_of_time_still_bounds_every_node(problem: Problem) -> None:
    best = best_by_trying_all(problem)
    ticks = iter(range(1_000_000))
    try:
        found = last(search(problem, time_limit_s=2, clock=lambda: next(ticks)))
    except NothingAllowedError:
        return

    assert best is not None
    rounding = 1e-9 + 1e-8 * abs(best[0])
    assert found.bound <= best[0] + rounding
    cost = getattr(found.losses, problem.loss.value)
    assert cost >= best[0] - rounding
    assert not found.optimal or cost == pytest.approx(best[0], rel=1e-8, abs=1e-9)


@given(problems())
def test_looking_around_the_best_node_changes_nothing_but_the_way(problem: Problem) -> None:
    best = best_by_trying_all(problem)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searching, "STEPS_PER_LOOK", 1)
        if best is not None:
            found = last(search(problem))
            assert found.optimal
            assert sum(found.levels) == best[1]
            cost = getattr(found.losses, problem.loss.value)
            assert cost == pytest.approx(best[0], rel=1e-8, abs=1e-9)


@given(problems())
def test_keys_that_need_several_words_change_nothing(problem: Problem) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coding, "WORD_BITS", 6)
        try:
            narrow = last(search(problem))
        except NothingAllowedError:
            narrow = None
    if narrow is not None:
        assert narrow == last(search(problem))


@given(problems())
def test_recoding_shows_the_groups_and_suppresses_the_classes_that_fail(problem: Problem) -> None:
    for levels in list(all_levels(problem))[-4:]:
        found, plain = recode(problem, levels), Plainly(problem, levels)

        shown = [np.array(n)[c] for n, c in zip(found.names, found.codes, strict=True)]
        for row, cell in enumerate(plain.cells):
            names = [
                each.names[level][group]
                for each, level, group in zip(problem.ladders, levels, cell, strict=True)
            ]
            assert [column[row] for column in shown] == names
            assert found.suppressed[row] == (cell in plain.gone)


def test_recoding_refuses_a_level_that_may_not_be_used() -> None:
    column = ladder([0, 1], [[0, 1], [0, 0]], lowest=1)
    problem = Problem(
        ladders=(column,),
        sensitive=(),
        criteria=(k_is(1),),
        suppression_limit=0,
        loss=LossKind.LOSS,
    )

    with pytest.raises(ValueError, match="may be used"):
        recode(problem, [0])


def test_rows_that_are_all_alone_are_put_together_and_not_lost() -> None:
    column = ladder(range(64), [range(64), [v // 8 for v in range(64)], [0] * 64])
    problem = Problem(
        ladders=(column, column),
        sensitive=(),
        criteria=(k_is(8),),
        suppression_limit=0.0,
        loss=LossKind.LOSS,
    )

    found = last(search(problem))

    assert found.levels == (1, 1)
    assert (found.classes, found.suppressed) == (8, 0)


def test_a_hierarchy_that_divides_too_often_is_refused() -> None:
    leaves = 2**7
    column = ladder(range(leaves), [[v >> at for v in range(leaves)] for at in range(8)])
    problem = Problem(
        ladders=(column,),
        sensitive=(),
        criteria=(k_is(2),),
        suppression_limit=0.5,
        loss=LossKind.LOSS,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coding, "WORD_BITS", 6)
        with pytest.raises(HierarchyError, match="“column” cannot be used: its levels"):
            last(search(problem))


def test_a_table_smaller_than_k_is_refused_with_the_way_out() -> None:
    column = ladder([0], [[0], [0]])
    problem = Problem(
        ladders=(column,),
        sensitive=(),
        criteria=(k_is(2),),
        suppression_limit=0.5,
        loss=LossKind.LOSS,
    )

    with pytest.raises(NothingAllowedError, match="Allow more suppression"):
        last(search(problem))


def test_keys_of_several_words_that_mix_alike_are_still_told_apart() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coding, "WORD_BITS", 3)
        patch.setattr(tables, "_ODD", np.int64(0))
        column = ladder([0, 1, 0, 1, 5, 5], [range(6), [0] * 6])
        other = ladder([3, 2, 3, 2, 1, 0], [range(6), [0] * 6])
        problem = Problem(
            ladders=(column, other),
            sensitive=(),
            criteria=(k_is(2),),
            suppression_limit=0.5,
            loss=LossKind.LOSS,
        )

        found = last(search(problem))

    assert found == last(search(problem))
    assert (found.levels, found.classes, found.suppressed) == ((0, 0), 2, 2)


def test_a_search_reports_how_far_it_is() -> None:
    column = ladder(range(64), [[v // 2**at for v in range(64)] for at in range(7)])
    problem = Problem(
        ladders=(column, column, column, column),
        sensitive=(),
        criteria=(k_is(8),),
        suppression_limit=0.0,
        loss=LossKind.CLASS_SIZE,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searching, "NODES_PER_REPORT", 1)
        steps = list(search(problem))

    assert {step.nodes for step in steps} == {7**4}
    bounds = [step.bound for step in steps]
    checked = [step.nodes_checked for step in steps]
    assert bounds == sorted(bounds)
    assert checked == sorted(checked)
    assert all(step.best is None or step.best >= step.bound for step in steps)


ARX = [
    (0.0, LossKind.LOSS, (0, 4, 1, 1, 3, 2, 2, 1, 0), 0.5731509655590044, 24, 0),
    (0.0, LossKind.ENTROPY, (1, 2, 1, 1, 3, 2, 2, 1, 1), 407289.5388925293, 48, 0),
    (0.0, LossKind.DISCERNIBILITY, (1, 1, 1, 2, 3, 2, 2, 1, 1), 33627534.0, 45, 0),
    (0.0, LossKind.CLASS_SIZE, (1, 2, 1, 1, 3, 2, 2, 1, 1), 628.375, 48, 0),
    (0.05, LossKind.LOSS, (0, 3, 0, 0, 2, 1, 1, 2, 0), 0.2419323650662908, 397, 1346),
    (0.05, LossKind.ENTROPY, (0, 0, 1, 1, 2, 2, 2, 1, 1), 264341.93830412335, 998, 1285),
    (0.05, LossKind.DISCERNIBILITY, (0, 0, 1, 2, 3, 2, 2, 1, 1), 7220555.0, 356, 105),
    (1.0, LossKind.LOSS, (0, 3, 0, 0, 2, 1, 1, 1, 0), 0.22041192847984292, 602, 2553),
    (1.0, LossKind.ENTROPY, (0, 0, 1, 1, 3, 2, 2, 0, 0), 249855.10868148197, 1623, 3659),
]


@pytest.mark.realdata
def test_the_smallest_classes_go_until_the_average_risk_holds_as_in_arx(shared_data: Path) -> None:
    """ARX's own test of its average risk at 1 %, with 4 % suppression."""
    risk = Criterion(model=Model.MEAN_RISK, value=0.01)
    problem = adult(shared_data, 0.04, LossKind.ENTROPY)

    found = last(search(dataclasses.replace(problem, criteria=(risk,))))

    assert found.levels == (1, 0, 1, 1, 3, 2, 2, 1, 1)
    assert math.isclose(found.losses.entropy, 314637.8461904862, rel_tol=1e-9)


@pytest.mark.realdata
@pytest.mark.parametrize(("limit", "loss", "levels", "cost", "classes", "suppressed"), ARX)
def test_the_optimum_of_adult_is_that_of_arx(
    shared_data: Path,
    limit: float,
    loss: LossKind,
    levels: tuple[int, ...],
    cost: float,
    classes: int,
    suppressed: int,
) -> None:
    found = last(search(adult(shared_data, limit, loss)))

    assert found.optimal
    assert found.levels == levels
    assert math.isclose(getattr(found.losses, loss.value), cost, rel_tol=1e-9)
    assert (found.classes, found.suppressed) == (classes, suppressed)
    assert found.nodes == 12_960


def of_occupation(model: Model, value: float) -> Criterion:
    return Criterion(model=model, value=value, column=OCCUPATION)


PUBLISHED = [
    (0.04, LossKind.ENTROPY, of_occupation(Model.ENTROPY_L, 5), 228878.2039109519),
    (0.0, LossKind.ENTROPY, of_occupation(Model.ENTROPY_L, 5), 324620.5269918695),
    (0.0, LossKind.DISCERNIBILITY, of_occupation(Model.EQUAL_T, 0.2), 456853172.0),
    (0.0, LossKind.ENTROPY, of_occupation(Model.HIERARCHICAL_T, 0.2), 398400.0741806447),
    (0.4, LossKind.LOSS, of_occupation(Model.BETA_LIKENESS, 5), 0.23350465152356303),
    (1.0, LossKind.LOSS, of_occupation(Model.ENHANCED_BETA_LIKENESS, 10), 0.3419039849540606),
]


@pytest.mark.realdata
@pytest.mark.parametrize(("limit", "loss", "criterion", "cost"), PUBLISHED)
def test_sensitive_models_lose_what_the_tests_of_arx_say(
    shared_data: Path, limit: float, loss: LossKind, criterion: Criterion, cost: float
) -> None:
    found = last(search(adult_of_occupations(shared_data, limit, loss, criterion)))

    assert found.optimal
    assert math.isclose(getattr(found.losses, loss.value), cost, rel_tol=1e-9)


@pytest.mark.realdata
def test_more_kinds_of_occupation_than_there_are_is_refused(shared_data: Path) -> None:
    criterion = of_occupation(Model.ENTROPY_L, 100)

    with pytest.raises(NothingAllowedError):
        last(search(adult_of_occupations(shared_data, 0.04, LossKind.ENTROPY, criterion)))
