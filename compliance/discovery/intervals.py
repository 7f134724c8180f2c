"""How well a sample tells a share."""

from __future__ import annotations

import math

from compliance.discovery.nouns import Share

_NORMAL_95 = 1.959963984540054  # 97.5th percentile of the standard normal distribution


def share_in_sample(passed: int, looked_at: int, of: int) -> Share:
    """The share `passed` of `looked_at`, drawn without replacement from `of`, with its interval.

    Wilson's score interval at 95 %, with the sample size corrected for a finite population: where
    everything was looked at, the interval is the share itself. For a stratified sample with
    proportional allocation it is a little wider than needed.

    Args:
        passed: at most `looked_at`.
        looked_at: at least 1, at most `of`.
        of: the size of the population.

    Source: Wilson 1927, doi:10.1080/01621459.1927.10502953; Cochran 1977, Sampling Techniques,
        section 2.6 (finite population).
    """
    share = passed / looked_at
    if looked_at >= of:
        return Share(passed=passed, looked_at=looked_at, low=share, high=share)
    effective = looked_at * (of - 1) / (of - looked_at)
    weight = _NORMAL_95**2 / effective
    centre = (share + weight / 2) / (1 + weight)
    half = math.sqrt(weight * share * (1 - share) + weight**2 / 4) / (1 + weight)
    # Rounding must not put the share itself outside.
    low, high = max(0.0, min(centre - half, share)), min(1.0, max(centre + half, share))
    return Share(passed=passed, looked_at=looked_at, low=low, high=high)
