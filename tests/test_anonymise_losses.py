"""What a recoding costs, by definition, against plain loops."""

from __future__ import annotations

import numpy as np
import pytest
from anonymise_lattice_cases import Plainly, all_levels, k_is, ladder, problems
from hypothesis import given

from compliance.anonymise.lattice import recode
from compliance.anonymise.losses import losses_of
from compliance.anonymise.nouns import LossKind, Problem, Recoding
from compliance.dataset.nouns import ColumnName


@given(problems())
def test_losses_are_those_of_the_definitions(problem: Problem) -> None:
    for levels in list(all_levels(problem))[:6]:
        plain, found = Plainly(problem, levels), losses_of(problem, recode(problem, levels))

        for kind in LossKind:
            assert getattr(found, kind.value) == pytest.approx(plain.cost(kind), abs=1e-9)
        assert found.granularity == pytest.approx(1 - np.mean(plain.lost()))
        assert found.suppressed_share == plain.suppressed / problem.rows


def problem_of_ages() -> Problem:
    ages = ladder([0, 0, 1, 2, 3, 3], [[0, 1, 2, 3], [0, 0, 1, 1], [0, 0, 0, 0]], name="age")
    return Problem(
        ladders=(ages,),
        sensitive=(),
        criteria=(k_is(2),),
        suppression_limit=1.0,
        loss=LossKind.LOSS,
    )


def local(problem: Problem, codes: list[int], shares: list[float], gone: list[int]) -> Recoding:
    hidden = np.isin(np.arange(problem.rows), gone)
    return Recoding(
        columns=(ColumnName("age"),),
        codes=(np.array(codes, dtype=np.int32),),
        names=(tuple("abcd"[: len(shares)]),),
        shares=(np.array(shares),),
        suppressed=hidden,
        levels=None,
    )


def test_a_cell_that_keeps_its_value_loses_nothing() -> None:
    problem = problem_of_ages()
    kept = local(problem, [0, 0, 1, 2, 3, 3], [0.25] * 4, [])

    found = losses_of(problem, kept)

    assert (found.loss, found.entropy, found.granularity) == (0.0, 0.0, 1.0)


def test_local_recoding_pays_only_for_the_cells_that_change() -> None:
    """Two rows show 20-40, and either value is as likely: one bit each."""
    problem = problem_of_ages()
    merged = local(problem, [0, 0, 1, 1, 2, 2], [0.25, 0.5, 0.25], [])

    found = losses_of(problem, merged)

    assert found.entropy == pytest.approx(2.0)
    assert found.loss == pytest.approx((2 / 6) * (0.5 - 0.25) / 0.75)
    assert found.discernibility == 12.0
    assert found.class_size == 2.0


def test_what_a_suppressed_row_would_have_shown_does_not_count() -> None:
    problem = problem_of_ages()
    one = local(problem, [0, 0, 1, 2, 3, 3], [0.25] * 4, [2, 3])
    other = local(problem, [0, 0, 3, 0, 3, 3], [0.25] * 4, [2, 3])

    assert losses_of(problem, one) == losses_of(problem, other)
    assert losses_of(problem, one).entropy == pytest.approx(2.0)
    assert losses_of(problem, one).granularity == pytest.approx(4 / 6)


def test_losing_every_row_is_the_most_that_can_be_lost() -> None:
    problem = problem_of_ages()

    found = losses_of(problem, local(problem, [0, 0, 1, 2, 3, 3], [0.25] * 4, list(range(6))))

    assert (found.loss, found.granularity) == (1.0, 0.0)
    assert (found.discernibility, found.class_size) == (36.0, 6.0)
