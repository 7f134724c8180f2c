"""How evenly a common model serves the sites: spread, the worst tenth, who gains."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass

from compliance.federated.nouns import Outcome, SiteResult
from compliance.i18n import translate as _
from compliance.report import wording
from compliance.report.axes import is_finite
from compliance.report.sections.quality import has_both, measured
from compliance.report.tables import Fill, Plain, fact
from compliance.report.wording import count

_LEAST = 2  # sites with a metric, for there to be a spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """A metric over the sites that have one, each counting alike.

    Attributes:
        best, worst: sites at either end.
        deviation: standard deviation over the sites.
        worst_tenth: mean over the worst tenth of the sites, at least one.
        sites_in_tenth: how many these are.
    """

    best: SiteResult
    worst: SiteResult
    deviation: float
    worst_tenth: float
    sites_in_tenth: int


def spread_of(outcome: Outcome) -> Spread | None:
    """How far the sites lie apart; None where fewer than two have a metric."""
    known = [(s.metric_federated, n) for n, s in enumerate(outcome.sites)]
    ranked = sorted((metric, n) for metric, n in known if is_finite(metric))
    if len(ranked) < _LEAST:
        return None
    metrics = [metric for metric, __ in ranked]
    tenth = math.ceil(len(metrics) / 10)
    return Spread(
        best=outcome.sites[ranked[-1][1]],
        worst=outcome.sites[ranked[0][1]],
        deviation=statistics.pstdev(metrics),
        worst_tenth=statistics.fmean(metrics[:tenth]),
        sites_in_tenth=tenth,
    )


def to_fairness(outcome: Outcome) -> list[Plain]:
    """The spread over sites and who gains; one fact that says so where it cannot be told."""
    spread, name = spread_of(outcome), _(outcome.metric.written)
    if spread is None:
        reason = _("not assessed: fewer than two sites have enough held-out rows")
        return [fact(_("Spread over sites"), reason, missing=True)]
    unknown = sum(not is_finite(s.metric_federated) for s in outcome.sites)
    return [
        fact(_("Best site"), _site(spread.best, name), fill=Fill.NAME),
        fact(_("Worst site"), _site(spread.worst, name), fill=Fill.NAME),
        fact(
            _("Spread"),
            _("standard deviation {deviation} over sites, {apart} between best and worst").format(
                deviation=measured(spread.deviation), apart=measured(_apart(spread))
            ),
        ),
        fact(
            _("Worst tenth"),
            _("{name} {metric}, mean of {sites}").format(
                name=name,
                metric=measured(spread.worst_tenth),
                sites=count(spread.sites_in_tenth, "site"),
            ),
        ),
        *_gains(outcome),
        *([fact(_("Not assessed"), _too_few(unknown))] if unknown else []),
    ]


def _site(site: SiteResult, name: str) -> str:
    return _("{site}: {name} {metric}").format(
        site=wording.abridged(site.site),
        name=name,
        metric=measured(site.metric_federated),
    )


def _apart(spread: Spread) -> float:
    return (spread.best.metric_federated or 0.0) - (spread.worst.metric_federated or 0.0)


def _too_few(sites: int) -> str:
    return _("{sites} with too few, or too similar, held-out rows").format(
        sites=count(sites, "site")
    )


def _gains(outcome: Outcome) -> list[Plain]:
    """Who is better off with the common model than alone."""
    both = [s for s in outcome.sites if has_both(s)]
    if not both:
        return []
    gains = [(s.metric_federated or 0.0) - (s.metric_local or 0.0) for s in both]
    better = sum(gain >= 0 for gain in gains)
    said = _("{n} of {sites} are at least as well off as alone").format(
        n=count(better), sites=count(len(both), "site")
    )
    facts = [
        fact(
            _("Gain against alone"),
            _("{said}; {by} on average").format(said=said, by=_by(statistics.fmean(gains))),
        )
    ]
    worst = min(range(len(gains)), key=gains.__getitem__)
    if gains[worst] < 0:
        name = wording.abridged(both[worst].site)
        facts.append(
            fact(
                _("Loses most"),
                _("{name}: {by}").format(name=name, by=_by(gains[worst])),
                fill=Fill.NAME,
            )
        )
    return facts


def _by(gain: float) -> str:
    size = measured(abs(gain))
    return _("{size} more").format(size=size) if gain >= 0 else _("{size} less").format(size=size)
