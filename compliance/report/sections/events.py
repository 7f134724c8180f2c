"""What the ledger holds of a release or a run, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from compliance.privacy.nouns import (
    Event,
    GaussianEvent,
    LaplaceEvent,
    SampledGaussianEvent,
    ThresholdEvent,
)
from compliance.report import wording
from compliance.report.tables import Fill, Plain, heading, table
from compliance.report.wording import count


def to_events(events: Sequence[Event]) -> Plain | None:
    """One row per event; scales are in steps of the statistic."""
    headings = [
        heading("In the ledger", 2.2),
        heading("Of", 2.6, Fill.NAME),
        heading("Per person (in steps)", 2.6),
        heading("Noise (in steps)", 2.6),
    ]
    return table(headings, [_row(event) for event in events])


def in_words(event: Event) -> str:
    """One event as one line."""
    kind, of, _, amount = _row(event)
    return f"{kind} of {of}: {amount}" if of else f"{kind}: {amount}"


def _row(event: Event) -> tuple[str, str, str, str]:
    match event:
        case GaussianEvent(statistic=name, sensitivity_squared=squared, scale=scale):
            by = f"at most {math.sqrt(squared):,.6g} (L2)"
            return ("Gaussian noise", name, by, f"standard deviation {scale:,.6g}")
        case LaplaceEvent(statistic=name, sensitivity=sensitivity, scale=scale):
            return (
                "Laplace noise",
                name,
                f"at most {count(sensitivity)} (L1)",
                f"scale {scale:,.6g}",
            )
        case ThresholdEvent(threshold=threshold, delta=delta):
            amount = f"above {count(threshold)} people, δ = {wording.loss_up(delta)}"
            return ("Threshold", "group keys", "1 key or more", amount)
        case SampledGaussianEvent(sampling_rate=rate, noise_multiplier=noise, rounds=rounds):
            amount = f"{noise:g} times that, {count(rounds, 'round')}"
            by = f"the clip; taken with probability {rate:.4g}"
            return ("Gaussian noise on samples", "model updates", by, amount)
