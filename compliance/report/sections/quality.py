"""How good a federated run is: against its baselines, round by round, site by site."""

from __future__ import annotations

import math
from collections.abc import Sequence

from compliance.federated.nouns import Outcome, Round, Run, SiteResult
from compliance.report import charts, wording
from compliance.report.axes import is_finite
from compliance.report.tables import Fill, Plain, heading, table
from compliance.report.wording import count

MOST_SITES_PRINTED = 200
_AUC_PLACES = 3


def to_comparison(outcome: Outcome) -> Plain | None:
    """Federated, centralised and local models on the same rows; None before the first round."""
    headings = [
        heading("Same model, same held-out rows", 4),
        heading("Rows leave their sites", 2.6),
        heading("AUC", fill=Fill.NUMBER),
    ]
    if not outcome.rounds:
        return None
    base = outcome.baselines
    centralised, local = (base.centralised, base.local) if base else (None, None)
    return table(
        headings,
        [
            ["Federated: one common model", "no", _auc(outcome.rounds[-1].metric)],
            ["Centralised: all rows in one place", "yes, all of them", _auc(centralised)],
            ["Local only: a model per site", "no", _auc(local)],
        ],
    )


def comparison_in_words(run: Run) -> str:
    """The same in one sentence."""
    outcome = run.outcome
    if not outcome.rounds:
        return "No round was completed, so there is nothing to compare."
    if outcome.baselines is None:
        return "The run was stopped before the comparison was computed: not assessed."
    ours, base = outcome.rounds[-1].metric, outcome.baselines
    noise = " The other two were trained without noise." if run.plan.privacy else ""
    return (
        f"Federated learning reached {_gap(ours - base.centralised)} the centralised model and "
        f"{_gap(ours - base.local)} the local ones.{noise}"
    )


def _gap(difference: float) -> str:
    if not math.isfinite(difference):
        return "an AUC that cannot be compared with"
    if abs(difference) < 0.5 * 10**-_AUC_PLACES:
        return "the same AUC as"
    size = wording.number(abs(difference), _AUC_PLACES)
    return f"{size} {'more' if difference > 0 else 'less'} AUC than"


def to_curves(outcome: Outcome) -> Plain | None:
    """AUC and loss per round; None where there are not two rounds to join."""
    if len(outcome.rounds) < 2:
        return None
    rounds = outcome.rounds
    aucs = [_line("Federated", "main", rounds, [r.metric for r in rounds])]
    if base := outcome.baselines:
        ends = (float(rounds[0].round), float(rounds[-1].round))
        for name, role, level in (
            ("Centralised", "second", base.centralised),
            ("Local only", "third", base.local),
        ):
            points = tuple((end, level) for end in ends)
            aucs.append(charts.Line(name=name, role=role, points=points))
    losses = [_line("Federated", "main", rounds, [r.loss for r in rounds])]
    first, last = rounds[0], rounds[-1]
    return {
        "panels": [
            charts.line_chart("AUC on held-out rows", "round", aucs),
            charts.line_chart("Mean log loss on held-out rows", "round", losses),
        ],
        "legend": [{"role": line.role, "text": line.name} for line in aucs],
        "alt": (
            f"AUC goes from {_auc(first.metric)} in round {first.round} to {_auc(last.metric)} in "
            f"round {last.round}; loss from {_auc(first.loss)} to {_auc(last.loss)}."
        ),
        "caption": "Quality per round. Left: AUC, higher is better. Right: loss, lower is better.",
    }


def _line(name: str, role: str, rounds: Sequence[Round], numbers: Sequence[float]) -> charts.Line:
    points = tuple((float(r.round), y) for r, y in zip(rounds, numbers, strict=True))
    return charts.Line(name=name, role=role, points=points)


def to_sites(sites: Sequence[SiteResult]) -> Plain | None:
    """One row per site, at most `MOST_SITES_PRINTED`."""
    headings = [
        heading("Site", 2.4, Fill.NAME),
        heading("Rows", 1.2, Fill.NUMBER),
        heading("Sent", 1.2, Fill.NUMBER),
        heading("Received", 1.2, Fill.NUMBER),
        heading("Stayed home", 1.3, Fill.NUMBER),
        heading("AUC federated", 1.3, Fill.NUMBER),
        heading("AUC local", 1.1, Fill.NUMBER),
    ]
    rows = [
        [
            s.site,
            count(s.rows),
            wording.size(s.bytes_up),
            wording.size(s.bytes_down),
            wording.size(s.bytes_home),
            _auc(s.metric_federated),
            _auc(s.metric_local),
        ]
        for s in sites[:MOST_SITES_PRINTED]
    ]
    return table(headings, rows)


def to_sites_chart(sites: Sequence[SiteResult]) -> Plain | None:
    """The common model against the site's own; None where fewer than two sites have both."""
    shown = [s for s in sites if _has_auc(s)]
    if len(shown) < 2:
        return None
    better = sum((s.metric_federated or 0) >= (s.metric_local or 0) for s in shown)
    shown_first = shown[: charts.MOST_GROUPS]
    return charts.pair_chart(
        [s.site for s in shown_first],
        "AUC on the site's own held-out rows",
        [(s.metric_federated, s.metric_local) for s in shown_first],
        ("common model", "trained alone"),
        alt=f"The common model is at least as good at {better} of {len(shown)} sites.",
        caption="What each site gains: the common model against one trained alone."
        + charts.only_first(len(shown), "sites"),
    )


def _has_auc(site: SiteResult) -> bool:
    return is_finite(site.metric_federated) and is_finite(site.metric_local)


def _auc(metric: float | None) -> str:
    return "not assessed" if metric is None else wording.number(metric, _AUC_PLACES)
