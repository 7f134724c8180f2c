"""Numbers made less exact: extremes cut off, rounding, noise; and rare values blanked."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from compliance.anonymise.nouns.problem import Bools, Floats, Ints
from compliance.anonymise.treatments.job import (
    Job,
    Measured,
    Outcome,
    is_moment,
    measured,
    texts_of,
)

_LARGEST_STEPS = 2.0**52
_DECIMAL_STEP = 0.01


def cut_off(job: Job) -> Outcome:
    """Values beyond a limit become that limit.

    Raises:
        TreatmentError: no limit is given, or they exclude each other, or it holds no numbers.
    """
    column = measured(job)
    lower, upper = (_limit(job, column, side) for side in ("lower", "upper"))
    if not any(limit is not None for limit in job.settings.values()):
        raise job.refusal("it needs a limit: “lower”, “upper”, or a share of either")
    if lower is not None and upper is not None and lower > upper:
        raise job.refusal("the lower limit is above the upper one")
    return Outcome(arrays=(column.replaced(np.clip(column.values, lower, upper)),))


def rounded(job: Job) -> Outcome:
    """Numbers become the nearest multiple of the base; halves go to the even multiple."""
    column = measured(job)
    if is_moment(column):
        raise job.refusal("dates are not rounded; make them coarser along a hierarchy instead")
    base = job.settings["base"]
    return Outcome(arrays=(column.replaced(np.rint(column.values / base) * base),))


def noisy(job: Job) -> Outcome:
    """Each number plus noise, on multiples of the step, within the bounds.

    Raises:
        TreatmentError: nothing was passed that draws noise, or numbers are too large for the step.
    """
    if job.noise is None:
        raise job.refusal("noise is drawn by the workspace only, and none was passed")
    column = measured(job)
    step = _step(job, column)
    steps = np.where(column.present, column.values / step, 0)
    if np.abs(steps).max(initial=0) > _LARGEST_STEPS:
        raise job.refusal("its numbers are too large for that step; choose a larger one")
    scale = job.settings["scale"] * column.unit / step
    whole = np.rint(steps).astype(np.int64)
    drawn = job.noise(whole, scale=scale, distribution=job.settings["distribution"])
    bounds = job.settings["lower"], job.settings["upper"]
    if is_moment(column) and bounds != (None, None):
        raise job.refusal("bounds are for numbers; cut dates off afterwards instead")
    if None not in bounds and bounds[0] > bounds[1]:
        raise job.refusal("the lower bound is above the upper one")
    return Outcome(arrays=(column.replaced(np.clip(drawn * step, *bounds)),))


def rare_blanked(job: Job) -> Outcome:
    """Cells whose value, or combination of values with the group's columns, is rare are missing.

    In a group the column with the most different values is blanked first, then the next, until
    no combination of values is rare; a blank counts as a value of its own.
    """
    fewest = job.settings["fewest"]
    texts = [texts_of(array) for array in job.arrays]
    codes = [column.codes.astype(np.int64) for column in texts]
    for place in sorted(range(len(codes)), key=lambda at: (-len(texts[at].texts), at)):
        codes[place] = np.where(_rare(codes, fewest), -1, codes[place])
    blanked = [(c < 0) & (t.codes >= 0) for c, t in zip(codes, texts, strict=True)]
    arrays = tuple(_blanked(a, gone) for a, gone in zip(job.arrays, blanked, strict=True))
    return Outcome(arrays=arrays)


def _rare(codes: list[Ints], fewest: int) -> Bools:
    """Rows whose combination of codes fewer than `fewest` rows have; all-missing ones never."""
    classes = np.zeros(len(codes[0]), dtype=np.int64)
    for column in codes:
        keys = classes * (int(column.max()) + 2) + column + 1
        _, classes, sizes = np.unique(keys, return_inverse=True, return_counts=True)
    something: Bools = np.any([column >= 0 for column in codes], axis=0)
    rare: Bools = sizes[classes] < fewest
    return rare & something


def _blanked(array: Any, gone: Bools) -> Any:
    return pc.if_else(pa.array(gone), pa.scalar(None, type=array.type), array)


def _step(job: Job, column: Measured) -> float:
    given = job.settings["step"]
    if given is not None:
        return float(given) * column.unit
    has_decimals = bool((column.values != np.rint(column.values)).any())
    return _DECIMAL_STEP if has_decimals else 1.0


def _limit(job: Job, column: Measured, side: str) -> float | None:
    number, day, share = (job.settings[side + end] for end in ("", "_date", "_share"))
    if [number, day, share].count(None) < 2:
        raise job.refusal(f"the {side} limit is given more than once")
    if share is not None:
        return _at_share(column.values[column.present], share, side)
    if is_moment(column) == (number is not None) and (number, day) != (None, None):
        reason = "dates are cut off at a day (“{0}_date”), numbers at a number (“{0}”)"
        raise job.refusal(reason.format(side))
    return _day_number(job, day, column) if day is not None else number


def _at_share(values: Floats, share: float, side: str) -> float | None:
    """The limit beyond which at most that share of the values lies."""
    if not len(values):
        return None
    if side == "lower":
        return float(np.quantile(values, share, method="lower"))
    return float(np.quantile(values, 1 - share, method="higher"))


def _day_number(job: Job, text: str, column: Measured) -> float:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise job.refusal("a day is written as 2026-12-31") from None
    return float((day - dt.date(1970, 1, 1)).days) * column.unit
