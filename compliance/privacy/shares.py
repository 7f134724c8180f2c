"""A share that was counted, with the interval in which the true one lies."""

from __future__ import annotations

from dataclasses import dataclass

from compliance.privacy.nouns import CONFIDENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How often something came true.

    Attributes:
        hits: how often.
        tries: of how many tries; 0 where nothing could be tried.
    """

    hits: int
    tries: int

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= self.tries:
            raise ValueError("hits lie from 0 to the number of tries")

    @property
    def share(self) -> float:
        return self.hits / self.tries if self.tries else 0.0

    def interval(self, alarm: float = 1 - CONFIDENCE) -> tuple[float, float]:
        """Where the true share lies, but for a chance of `alarm`.

        Source: Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404.
        """
        from scipy.stats import beta  # slow to load; only attacks and audits need it

        low = beta.ppf(alarm / 2, self.hits, self.tries - self.hits + 1) if self.hits else 0.0
        missed = self.tries - self.hits
        high = beta.isf(alarm / 2, self.hits + 1, missed) if missed else 1.0
        return float(low), float(high)
