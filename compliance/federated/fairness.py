"""How evenly a common model serves its sites, and what travelled for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from compliance.federated.features import FloatArray
from compliance.federated.nouns import Economy, Fairness, Outcome, SiteResult

_SAME = 1e-9  # metrics nearer to each other differ by rounding


def fairness(outcome: Outcome) -> Fairness | None:
    """How evenly the sites are served; None where no site could be measured.

    Nothing is drawn, and nothing is protected: see `Fairness`.
    """
    measured = [site for site in outcome.sites if site.metric_federated is not None]
    if not measured:
        return None
    metrics = np.array([site.metric_federated for site in measured], dtype=np.float64)
    rows = np.array([site.rows for site in measured], dtype=np.float64)
    mean, spread = _moments(metrics, np.ones(len(metrics)))
    weighted_mean, weighted_spread = _moments(metrics, rows)
    gains = _gains(measured)
    return Fairness(
        measure=outcome.metric,
        measured=len(measured),
        unmeasured=len(outcome.sites) - len(measured),
        mean=mean,
        spread=spread,
        weighted_mean=weighted_mean,
        weighted_spread=weighted_spread,
        lowest=float(metrics.min()),
        highest=float(metrics.max()),
        median=float(np.median(metrics)),
        worst_decile=float(np.sort(metrics)[: worst_tenth(len(metrics))].mean()),
        worst=measured[int(metrics.argmin())].site,
        gain=int((gains > _SAME).sum()),
        lose=int((gains < -_SAME).sum()),
        same=int((np.abs(gains) <= _SAME).sum()),
        uncompared=len(measured) - len(gains),
        mean_gain=float(gains.mean()) if len(gains) else None,
    )


def worst_tenth(sites: int) -> int:
    """How many sites a tenth is, rounded up; at least one."""
    return max(1, -(-sites // 10))


def economy(outcome: Outcome) -> Economy:
    """What travelled, against the rows that stayed."""
    return Economy(
        bytes_up=sum(done.bytes_up for done in outcome.rounds),
        bytes_down=sum(done.bytes_down for done in outcome.rounds),
        bytes_home=sum(site.bytes_home for site in outcome.sites),
    )


def _moments(metrics: FloatArray, weights: FloatArray) -> tuple[float, float]:
    """Mean and standard deviation, of these sites and not of others that they stand for."""
    if not weights.any():
        weights = np.ones(len(metrics))
    mean = float(np.average(metrics, weights=weights))
    return mean, float(np.sqrt(np.average((metrics - mean) ** 2, weights=weights)))


def _gains(sites: Sequence[SiteResult]) -> FloatArray:
    """How much better than alone, for those that can be compared."""
    return np.array(
        [
            site.metric_federated - site.metric_local
            for site in sites
            if site.metric_federated is not None and site.metric_local is not None
        ],
        dtype=np.float64,
    )
