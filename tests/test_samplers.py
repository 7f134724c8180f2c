"""Draws that fit pass, others are caught, and the false alarm is the one written down."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from msgspec import structs
from scipy import stats

from compliance.privacy import mechanisms, selfaudit
from compliance.privacy.calibration import NoiseEvent
from compliance.privacy.distributions import quantile
from compliance.privacy.samplers import LEAST_EXPECTED, SHAPE_ALARM, expected_cells, fit

SAMPLERS = [
    pytest.param(event, id=f"{type(event).__name__} {event.scale:g}")
    for event in selfaudit._SAMPLERS
]
CHECKS = 16  # of the self-audit; each has this share of its false alarm
ALARM = selfaudit.ALARM / CHECKS
DRAWS = 20_000


def drawn(event: NoiseEvent) -> npt.NDArray[np.int64]:
    return mechanisms.add_noise(np.zeros(DRAWS, dtype=np.int64), event)


@pytest.mark.parametrize("event", SAMPLERS)
def test_true_noise_passes(event: NoiseEvent) -> None:
    """A false alarm comes less often than once in fifteen million tests."""
    found = fit(event, drawn(event))

    assert found.passed(ALARM)
    assert found.variance == pytest.approx(found.expected_variance, rel=0.15)


@pytest.mark.parametrize("event", SAMPLERS)
def test_cells_hold_every_draw_and_none_too_few(event: NoiseEvent) -> None:
    cells = expected_cells(event, DRAWS)

    assert cells.sum() == pytest.approx(DRAWS)
    assert cells.min() >= LEAST_EXPECTED
    assert len(cells) % 2 == 1


BROKEN: list[Any] = [
    pytest.param(lambda d: d // 2, "spread", id="half the noise"),
    pytest.param(lambda d: np.abs(d), "symmetry", id="never negative"),
    pytest.param(lambda d: d - (d == 1) * 3, "symmetry", id="one number pushed below 0"),
    pytest.param(lambda d: np.zeros_like(d), "spread", id="no noise"),
    pytest.param(lambda d: d // 4 * 4, "shape", id="a coarse grid"),
]


@pytest.mark.parametrize("event", [p for n, p in enumerate(SAMPLERS) if n % 3 == 1])
@pytest.mark.parametrize(("broken", "caught_by"), BROKEN)
def test_noise_that_is_something_else_is_caught(
    event: NoiseEvent, broken: Any, caught_by: str
) -> None:
    found = fit(event, np.asarray(broken(drawn(event)), dtype=np.int64))

    assert not found.passed(ALARM)
    assert getattr(found, caught_by) < (SHAPE_ALARM if caught_by == "shape" else ALARM / 3)


@pytest.mark.parametrize("event", SAMPLERS)
def test_noise_a_tenth_too_narrow_is_caught(event: NoiseEvent) -> None:
    narrow = structs.replace(event, scale=0.9 * event.scale)

    assert not fit(event, drawn(narrow)).passed(ALARM)


@pytest.mark.parametrize("event", SAMPLERS)
def test_the_false_alarm_of_the_shape_is_what_is_written_down(event: NoiseEvent) -> None:
    """A bound from the cells themselves, for χ² is only near the truth in so far a tail.

    Draws into cells are Poisson counts, given that they add up. What is unlikely for free counts is
    at most 1/P(they add up) ≈ √(2πn) times as likely for these. Each cell's part of Pearson's sum
    is rounded up, and parts are added by convolution.
    """
    cells = expected_cells(event, DRAWS)
    limit = stats.chi2.isf(SHAPE_ALARM, len(cells) - 1)

    free = _tail_of_poisson_cells(cells, limit)

    assert math.sqrt(2 * math.pi * DRAWS) * math.exp(1 / (12 * DRAWS)) * free <= ALARM / 3


def _tail_of_poisson_cells(cells: npt.NDArray[np.float64], limit: float) -> float:
    """P(Σ (x − e)²/e ≥ limit) for independent Poisson x, at most."""
    step = limit / 20_000
    size = 20_001
    sum_of_parts = np.zeros(size)
    sum_of_parts[0] = 1
    beyond = 0.0
    for mean in cells:
        counts = np.arange(0, int(mean + 14 * math.sqrt(mean) + 60))
        chances = stats.poisson.pmf(counts, mean)
        beyond += stats.poisson.sf(counts[-1], mean)
        steps = np.ceil((counts - mean) ** 2 / mean / step).astype(int)
        within = steps < size
        beyond += float(chances[~within].sum())
        part = np.bincount(steps[within], weights=chances[within], minlength=size)
        both = np.fft.irfft(np.fft.rfft(sum_of_parts, 2 * size) * np.fft.rfft(part, 2 * size))
        beyond += float(np.maximum(both[size - len(cells) :], 0).sum())
        sum_of_parts = np.maximum(both[:size], 0)
        sum_of_parts[size - len(cells) :] = 0
    return beyond


@pytest.mark.parametrize("event", SAMPLERS)
def test_the_bound_on_the_spread_is_a_bound_and_not_a_loose_one(event: NoiseEvent) -> None:
    """Nothing is drawn: the noise's own quantiles, of which some are pushed outwards.

    They are moved until the mean of squares is four standard deviations too large, which the
    normal curve allows in 1 of 31,574 tests on this side.
    """
    even = np.array([quantile(event, (n + 0.5) / DRAWS) for n in range(DRAWS)])
    squares = even.astype(np.float64) ** 2
    wanted = 4 * squares.std() / math.sqrt(DRAWS) + fit(event, even).expected_variance
    by_size = np.argsort(np.abs(even), kind="stable")
    outwards = max(round(2 * event.scale), 1)
    gained = np.cumsum(outwards**2 - squares[by_size])
    count = int(np.searchsorted(gained, (wanted - squares.mean()) * DRAWS))
    moved = even.copy()
    moved[by_size[:count]] = outwards

    found = fit(event, moved)

    assert found.variance == pytest.approx(wanted, rel=1e-3)
    assert stats.norm.sf(4) <= found.spread <= 0.02
    assert fit(event, even).spread == pytest.approx(1, abs=0.2)
