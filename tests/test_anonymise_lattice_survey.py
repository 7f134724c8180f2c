"""Every node at every k, against the definitions, and what a slider over k needs of it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from anonymise_lattice_cases import (
    Plainly,
    adult,
    all_levels,
    k_is,
    ladder,
    last,
    problems,
)
from hypothesis import given
from hypothesis import strategies as st

from compliance.anonymise.lattice import coding, counting, frontier, search, survey, surveying
from compliance.anonymise.nouns import Curve, Ladder, LossKind, Problem
from compliance.errors import TooManyNodesError

KS = st.lists(st.integers(1, 9), min_size=1, max_size=4, unique=True).map(sorted)


@given(problems(), KS)
def test_every_node_has_the_figures_of_the_definitions(problem: Problem, ks: list[int]) -> None:
    curve = survey(problem, ks)

    assert [tuple(node) for node in curve.levels.tolist()] == list(all_levels(problem))
    for at, k in enumerate(ks):
        only_k = dataclasses.replace(problem, criteria=(k_is(k),), suppression_limit=1.0)
        for node, levels in enumerate(all_levels(problem)):
            plain = Plainly(only_k, levels)
            assert curve.suppressed[node, at] == plain.suppressed
            for kind in LossKind:
                found = curve.losses[kind.value][node, at]
                assert found == pytest.approx(plain.cost(kind), rel=1e-9, abs=1e-9)
            assert curve.granularity[node, at] == pytest.approx(1 - np.mean(plain.lost()))
            left = problem.rows - plain.suppressed
            risk = len(plain.kept) / left if left else 0
            assert curve.mean_risk[node, at] == pytest.approx(risk)


@given(problems(), KS)
def test_batches_and_narrow_keys_change_nothing(problem: Problem, ks: list[int]) -> None:
    whole = survey(problem, ks)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coding, "WORD_BITS", 6)
        patch.setattr(counting, "BATCH_CELLS", 1)
        patch.setattr(coding, "LOOKUP_BITS", 1)
        pieces = survey(problem, ks)

    assert np.array_equal(whole.suppressed, pieces.suppressed)
    assert np.array_equal(whole.levels, pieces.levels)
    for kind in LossKind:
        assert np.allclose(whole.losses[kind.value], pieces.losses[kind.value], atol=1e-9)


@given(problems(), st.sampled_from(LossKind))
def test_no_node_beats_one_of_the_frontier(problem: Problem, kind: LossKind) -> None:
    curve = survey(problem, [2])
    rows, lost = curve.suppressed[:, 0], curve.losses[kind.value][:, 0]

    front = frontier(curve, 2, kind)

    for node in range(len(rows)):
        better = (rows <= rows[node]) & (lost <= lost[node])
        is_beaten = bool((better & ((rows < rows[node]) | (lost < lost[node]))).any())
        if node in front:
            assert not is_beaten
        else:
            assert is_beaten or any(rows[f] == rows[node] and lost[f] == lost[node] for f in front)


def test_progress_counts_the_nodes_that_are_done() -> None:
    column = ladder(range(8), [range(8), [v // 2 for v in range(8)], [0] * 8])
    problem = problem_of([column] * 3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "BATCH_CELLS", 80)
        done = list(surveying(problem, [2]))

    assert done == sorted(done)
    assert len(done) > 2
    assert done[-1] <= 27


def test_a_lattice_too_large_to_show_is_refused_before_anything_is_counted() -> None:
    column = ladder([0], [[0]] * 10)

    with pytest.raises(TooManyNodesError, match="10,000,000,000 choices"):
        surveying(problem_of([column] * 10), [2])


@pytest.mark.parametrize("ks", [[], [0, 2], [3, 2], [2, 2]])
def test_ks_must_ascend_from_one(ks: list[int]) -> None:
    with pytest.raises(ValueError, match="ascend"):
        surveying(problem_of([ladder([0], [[0]])]), ks)


@pytest.mark.realdata
def test_the_curve_of_adult_holds_the_optimum_of_every_k(shared_data: Path) -> None:
    columns = ("sex", "age", "race", "marital-status", "education")
    curve = survey(adult(shared_data, 0.02, LossKind.LOSS, columns=columns), [3, 10])

    for at, k in enumerate(curve.ks):
        for kind in LossKind:
            found = last(search(adult(shared_data, 0.02, kind, k=k, columns=columns)))
            cost = getattr(found.losses, kind.value)
            assert best(curve, at, kind, limit=603) == pytest.approx(cost, rel=1e-9)


def best(curve: Curve, at: int, kind: LossKind, *, limit: int) -> float:
    allowed = curve.suppressed[:, at] <= limit
    return float(curve.losses[kind.value][allowed, at].min())


def problem_of(columns: list[Ladder]) -> Problem:
    return Problem(
        ladders=tuple(columns),
        sensitive=(),
        criteria=(k_is(2),),
        suppression_limit=1.0,
        loss=LossKind.LOSS,
    )
