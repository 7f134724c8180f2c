"""The area under the curve and the log loss, against their definitions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.federated.measures import auc, log_loss

# Few distinct scores, so that ties are frequent.
scored = st.lists(
    st.tuples(st.sampled_from([-1.0, 1.0]), st.integers(-5, 5).map(float)), min_size=2, max_size=30
).filter(lambda rows: len({answer for answer, _ in rows}) == 2)


def _split(rows: list[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([answer for answer, _ in rows]), np.array([score for _, score in rows])


@settings(deadline=None)
@given(scored)
def test_auc_is_how_often_a_yes_outranks_a_no(rows: list[tuple[float, float]]) -> None:
    answers, scores = _split(rows)
    yes, no = scores[answers > 0], scores[answers < 0]
    wins = (yes[:, None] > no).mean() + (yes[:, None] == no).mean() / 2

    assert auc(answers, scores) == pytest.approx(wins, abs=1e-12)


@settings(deadline=None)
@given(scored, st.sampled_from([np.exp, np.arctan, lambda x: 3 * x - 7, lambda x: x**3]))
def test_auc_depends_on_the_order_of_scores_only(rows, rise) -> None:  # type: ignore[no-untyped-def]
    answers, scores = _split(rows)

    assert auc(answers, rise(scores)) == auc(answers, scores)


@settings(deadline=None)
@given(scored)
def test_auc_of_the_opposite_question_is_the_rest_to_one(rows: list[tuple[float, float]]) -> None:
    answers, scores = _split(rows)
    area = auc(answers, scores)

    assert area is not None
    assert auc(-answers, scores) == pytest.approx(1 - area, abs=1e-12)
    assert auc(answers, -scores) == pytest.approx(1 - area, abs=1e-12)


@pytest.mark.parametrize("answers", [[], [1.0], [-1.0, -1.0]], ids=["none", "one", "only no"])
def test_auc_of_one_answer_only_does_not_exist(answers: list[float]) -> None:
    assert auc(np.array(answers), np.zeros(len(answers))) is None


def test_log_loss_of_guessing_is_log_2() -> None:
    assert log_loss(np.array([1.0, -1.0]), np.zeros(2)) == pytest.approx(math.log(2))


def test_log_loss_of_a_sure_error_stays_a_number() -> None:
    assert log_loss(np.array([-1.0]), np.array([1e6])) == pytest.approx(1e6)
