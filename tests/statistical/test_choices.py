"""Choices, and answers changed by chance, follow the distributions that are priced and promised.

Each test fixes its sample size and raises a false alarm with probability at most 1e-6.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from scipy import stats

from compliance.privacy import aggregate, calibrate, mechanisms, publish, to_query
from compliance.privacy.nouns import RandomisedResponseEvent, SelectionEvent
from compliance.privacy.selections import rivals
from tests.privacy_cases import KEY, budget, highest, table_of

ALARM = 1e-7  # at most ten cases a test
DRAWS = 10_000
SCORES = np.array([-9, -4, -2, 0, 0, -1, -3, -7])
ORDERS = pa.schema([("who", pa.int64()), ("city", pa.string())])


def choice(scale: float, draws: int = 1) -> SelectionEvent:
    return SelectionEvent(
        statistic="x", sensitivity=1, scale=scale, draws=draws, is_monotonic=draws > 1
    )


def distance(seen: npt.NDArray[np.int64], expected: npt.NDArray[np.float64]) -> float:
    """Pearson's χ² between counts and the expected ones, as a share of the limit of ALARM."""
    is_common = expected >= 10
    cells = np.append(expected[is_common], expected[~is_common].sum())
    counts = np.append(seen[is_common], seen[~is_common].sum())
    terms = (counts - cells)[cells > 0] ** 2 / cells[cells > 0]
    return float(terms.sum() / stats.chi2.isf(ALARM, max(len(terms) - 1, 1)))


def distance_of_choices(choose: Callable[..., list[int]], scale: float) -> float:
    """How far choices are from the exponential mechanism: P(c) in proportion to e^(score/scale).

    Source: McSherry and Talwar 2007, doi:10.1109/FOCS.2007.66.
    """
    chosen = [choose(SCORES, choice(scale))[0] for _ in range(DRAWS)]
    weights = np.exp(SCORES / scale)
    return distance(np.bincount(chosen, minlength=len(SCORES)), DRAWS * weights / weights.sum())


@pytest.mark.parametrize("scale", [0.8, 2.5, 40.0])
def test_a_choice_is_the_exponential_mechanism(scale: float) -> None:
    assert distance_of_choices(mechanisms.choose, scale) < 1


@pytest.mark.parametrize(
    "choose",
    [
        pytest.param(highest, id="no noise"),
        pytest.param(lambda scores, event: mechanisms.choose(2 * scores, event), id="half of it"),
    ],
)
def test_choices_with_less_noise_are_found_out(choose: Callable[..., list[int]]) -> None:
    assert distance_of_choices(choose, 2.5) > 1


def test_the_order_of_several_choices_is_that_of_choosing_one_after_the_other() -> None:
    """All ordered pairs of four groups, each taken without the one before."""
    counts, event = np.array([6, 3, 5, 0]), choice(2.0, draws=2)
    pairs = [tuple(mechanisms.choose(counts, event)) for _ in range(DRAWS)]
    weights = np.exp(counts / event.scale)
    places = [(a, b) for a in range(4) for b in range(4) if a != b]
    whole = weights.sum()
    expected = [weights[a] / whole * weights[b] / (whole - weights[a]) for a, b in places]

    seen = np.array([pairs.count(place) for place in places])

    assert distance(seen, DRAWS * np.array(expected)) < 1


def changed_share(change: Callable[..., Any], truth: float) -> float:
    """χ² of where 10,000 equal answers go: kept with `truth`, all others alike."""
    event = RandomisedResponseEvent(statistic="x", categories=4, probability=truth)
    changed = change(np.full(DRAWS, 2, dtype=np.int64), event)
    expected = np.full(4, (1 - truth) / 3)
    expected[2] = truth
    return distance(np.bincount(changed, minlength=4), DRAWS * expected)


@pytest.mark.parametrize("truth", [0.3, 0.85])
def test_an_answer_is_kept_as_often_as_said_and_else_any_other(truth: float) -> None:
    assert changed_share(mechanisms.change_answers, truth) < 1


def test_answers_that_nobody_changed_are_found_out() -> None:
    assert changed_share(lambda answers, event: answers, 0.85) > 1


@pytest.mark.parametrize("mechanism", ["gaussian", "laplace"])
def test_of_groups_that_lie_far_apart_the_largest_are_named_in_order(
    tmp_path: Path, mechanism: str
) -> None:
    """Neighbours are 40 scales apart: the wrong order has a probability below 1e-15."""
    sizes = {"a": 2_000, "b": 8_000, "c": 5_000, "d": 12, "e": 4}
    cities = [city for city, size in sizes.items() for _ in range(size)]
    table, columns = table_of(tmp_path, ORDERS, list(enumerate(cities)))
    query = to_query(
        {
            "unit": "who",
            "by": ["city"],
            "statistics": [{"top": {"groups": 3, "of": "units"}}],
            "mechanism": mechanism,
        }
    )
    exact, calibration = aggregate(table, query, columns, KEY), calibrate(query, budget(2))
    (event,) = (event for _, event in calibration.parts)
    assert isinstance(event, SelectionEvent)
    assert 40 * event.scale < 2_000

    for _ in range(20):
        values = publish(exact, query, calibration, mechanisms)

        assert {v.keys[0]: (v.value, v.margin) for v in values} == {
            "b": (1, None),
            "c": (2, None),
            "a": (3, None),
        }


def test_rivals_are_the_groups_that_noise_can_turn_round() -> None:
    """At the edge of the band the order turns in 2.5 of 100 draws: on both sides together in 5."""
    event = choice(5.0)
    edge = next(d for d in range(99) if not rivals(np.array([0, d]), 0, event))
    turned = sum(mechanisms.choose(np.array([0, edge]), event) == [0] for _ in range(DRAWS))

    one_less = 1 / (1 + np.exp((edge - 1) / event.scale))
    beyond = 1 / (1 + np.exp(edge / event.scale))
    assert beyond < 0.025 <= one_less
    assert stats.binom.ppf(ALARM, DRAWS, beyond) <= turned <= stats.binom.isf(ALARM, DRAWS, beyond)
    assert rivals(np.array([50, 49, 51, 50 + edge, 0, 50]), 0, event) == 3
