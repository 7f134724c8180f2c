"""What the ledger holds of a release or a run, in words."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from decimal import Decimal

from compliance.dataset.nouns import ColumnName
from compliance.privacy.nouns import (
    Event,
    GaussianEvent,
    LaplaceEvent,
    RandomisedResponseEvent,
    SampledGaussianEvent,
    SelectionEvent,
    SynthesisEvent,
    ThresholdEvent,
)
from compliance.privacy.nouns.question import Statistic, StatisticKind
from compliance.report import wording
from compliance.report.tables import Fill, Plain, heading, table
from compliance.report.wording import count, measured

_KEYS = "keys"
_LARGEST = re.compile(r"top_(\d+)_(rows|units)")
_QUANTILE = re.compile(r"(median|quantile_0\.\d+)_(.+)")
_PARTS = {
    "value": "",
    "centred_sum": ": sum of the distances from the middle of the bounds",
    "centred_squares": ": sum of the squares of those distances",
    "present_rows": ": number of values",
    "choice": "",
    "choice_low": ": lower end of the interval",
    "choice_high": ": upper end of the interval",
}


def to_events(events: Sequence[Event]) -> Plain | None:
    """One row per event; scales are in steps of the statistic."""
    headings = [
        heading("In the ledger", 1.6),
        heading("Of", 3.4, Fill.NAME),
        heading("One person moves it by", 2.6),
        heading("Noise", 2.6),
    ]
    return table(headings, [_row(event) for event in events])


def in_words(event: Event) -> str:
    """One event as one line."""
    match event:
        case SampledGaussianEvent(sampling_rate=rate, noise_multiplier=noise, rounds=rounds):
            drawn = "all in each" if rate == 1 else f"each in a round with probability {rate:.4g}"
            return (
                f"Gaussian noise on model updates, {noise:g} times what one protected unit can "
                f"change, in {count(rounds, 'round')}; {drawn}"
            )
        case _:
            kind, of, _, amount = _row(event)
            return f"{kind} on the {of}: {amount}"


def _row(event: Event) -> tuple[str, str, str, str]:
    match event:
        case GaussianEvent(statistic=name, sensitivity_squared=squared, scale=scale):
            by = f"at most {measured(math.sqrt(squared))} (L2)"
            return (
                "Gaussian noise",
                _of(name),
                by,
                f"standard deviation {measured(scale)}",
            )
        case LaplaceEvent(statistic=name, sensitivity=sensitivity, scale=scale):
            by = f"at most {count(sensitivity)} (L1)"
            return ("Laplace noise", _of(name), by, f"scale {measured(scale)}")
        case SelectionEvent(statistic=name, sensitivity=sensitivity, scale=scale, draws=draws):
            by = f"each score by at most {count(sensitivity)}"
            amount = f"Gumbel noise of scale {measured(scale)}, {count(draws, 'draw')}"
            return ("Choice", _of(name), by, amount)
        case RandomisedResponseEvent(statistic=name, categories=categories, probability=truth):
            amount = f"kept with probability {truth:.6g}, of {count(categories)} answers"
            return ("Changed answers", _of(name), "their own answer", amount)
        case SynthesisEvent(rho=rho):
            amount = f"ρ = {wording.loss_up(rho)} under zCDP"
            return ("Invented rows", "tables of counts", "its own rows", amount)
        case ThresholdEvent(threshold=threshold, delta=delta):
            amount = f"shown above {count(threshold)} people, δ = {wording.loss_up(delta)}"
            return ("Threshold", "groups that are shown", "1 group or more", amount)
        case SampledGaussianEvent(sampling_rate=rate, noise_multiplier=noise, rounds=rounds):
            amount = f"{noise:g} times that, {count(rounds, 'round')}"
            by = f"the clip; taken with probability {rate:.4g}"
            return ("Gaussian noise", "model updates", by, amount)


def _of(name: str) -> str:
    """What the noise was added to: the ledger's `sum_Amount:value` as “sum of Amount”."""
    if name == _KEYS:
        return "number of people per group"
    statistic, _, part = name.rpartition(":")
    if part not in _PARTS:
        statistic, part = name, "value"
    return wording.abridged(_title(statistic)) + _PARTS[part]


def _title(statistic: str) -> str:
    if found := _LARGEST.fullmatch(statistic):
        return Statistic(
            kind=StatisticKind.TOP, largest=int(found[1]), of_units=found[2] == "units"
        ).title
    if found := _QUANTILE.fullmatch(statistic):
        at = Decimal("0.5") if found[1] == "median" else Decimal(found[1].split("_")[1])
        return Statistic(kind=StatisticKind.QUANTILE, column=ColumnName(found[2]), at=at).title
    for kind in StatisticKind:
        if statistic == kind:
            return Statistic(kind=kind).title
        if statistic.startswith(f"{kind}_"):
            column = ColumnName(statistic.removeprefix(f"{kind}_"))
            return Statistic(kind=kind, column=column).title
    return statistic
