"""What became of many runs that differ in one setting."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from compliance.federated.nouns.run import Metric

MOST_RUNS = 200  # of one sweep, all values and seeds together


class Axis(StrEnum):
    """The setting that a sweep varies."""

    NOISE_MULTIPLIER = "noise_multiplier"
    CLIP = "clip"
    FRACTION = "fraction"
    ROUNDS = "rounds"
    LOCAL_EPOCHS = "local_epochs"
    DROPOUT = "dropout"
    ALPHA = "alpha"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What the runs with one value of the setting came to, one run per seed.

    Metrics are exact, even with noise: for the officer, not for publication.

    Attributes:
        axis, value: the setting, and what it was set to.
        epsilon: what one such run would cost; None where it has no noise or nobody priced it.
        metric: what was measured, after the last round, on held-out rows of all sites.
        measured: one number for each seed whose run ended well.
        bytes_up: sent by all sites in a run, on average; 0 where none ended well.
        failed: seeds whose run did not.
        reason: why the first of those did not; empty where all ended well.
    """

    axis: Axis
    value: float
    epsilon: float | None
    metric: Metric
    measured: tuple[float, ...]
    bytes_up: int
    failed: int = 0
    reason: str = ""

    @property
    def mean(self) -> float | None:
        """Over seeds; None where no run ended well."""
        return math.fsum(self.measured) / len(self.measured) if self.measured else None

    @property
    def standard_error(self) -> float | None:
        """Of the mean; None with fewer than two runs, which do not tell."""
        count, mean = len(self.measured), self.mean
        if count < 2 or mean is None:
            return None
        return math.sqrt(
            math.fsum((one - mean) ** 2 for one in self.measured) / (count - 1) / count
        )

    @property
    def lowest(self) -> float | None:
        """Of all seeds."""
        return min(self.measured, default=None)

    @property
    def highest(self) -> float | None:
        """Of all seeds."""
        return max(self.measured, default=None)
