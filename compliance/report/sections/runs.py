"""Section 6: federated runs, round by round and site by site."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from compliance.federated.nouns import Outcome, Plan, Round, Run, SiteResult
from compliance.report import charts, wording
from compliance.report.nouns import Evidence
from compliance.report.tables import Fill, Plain, fact, heading, table
from compliance.report.wording import count, loss_up

MOST_SITES_PRINTED = 200
_AUC_PLACES = 3
_METHODS = {"fedavg": "federated averaging", "logistic": "logistic regression"}


def to_runs(evidence: Evidence) -> list[Plain]:
    """One block per run."""
    return [_one(run, e.dataset.name) for e in evidence.datasets for run in e.runs]


def _one(run: Run, dataset: str) -> Plain:
    outcome = run.outcome
    return {
        "title": f"{wording.capital(run.plan.target)} by {run.plan.site_column}, on {dataset}",
        "facts": _facts(run),
        "plan": _plan(run.plan, outcome),
        "comparison": _comparison(outcome),
        "comparison_says": _comparison_says(outcome),
        "curves": _curves(outcome),
        "sites": _sites(outcome.sites),
        "sites_left": max(len(outcome.sites) - MOST_SITES_PRINTED, 0),
        "sites_chart": _sites_chart(outcome.sites),
        "home": _home(outcome),
        "privacy": _privacy(run.plan, outcome),
        "has_noise": run.plan.privacy is not None,
    }


def _facts(run: Run) -> list[Plain]:
    outcome = run.outcome
    asked, done = run.plan.rounds, len(outcome.rounds)
    end = "stopped early" if outcome.is_stopped else "finished"
    left = outcome.sites_left_out
    return [
        fact("Started", f"{wording.when(run.started_at)}, by {run.actor}", fill=Fill.NAME),
        fact("Reference", run.id, fill=Fill.NAME),
        fact("Learnt from", run.dataset_id, fill=Fill.NAME),
        fact("Rounds", f"{count(done)} of {count(asked)} asked, {end}", missing=outcome.is_stopped),
        fact(
            "Sites",
            f"{count(len(outcome.sites))} took part, {count(left)} left out for having fewer than "
            f"{count(run.plan.minimum_records, 'record')}",
        ),
    ]


def _plan(plan: Plan, outcome: Outcome) -> list[Plain]:
    share = "chance of each person to be in a round" if plan.privacy else "share of sites per round"
    return [
        fact("Question", f"which of its two values {plan.target} has", fill=Fill.NAME),
        fact("Sites are the values of", plan.site_column, fill=Fill.NAME),
        fact("Learnt from columns", wording.recorded(", ".join(outcome.features)), fill=Fill.NAME),
        fact("Model and strategy", f"{_METHODS[plan.model]}, {_METHODS[plan.strategy]}"),
        fact(
            "Training at a site",
            f"{count(plan.local_epochs, 'pass', plural='passes')} over its rows per round, "
            f"{count(plan.batch, 'row')} per step, learning rate {plan.learning_rate:g}",
        ),
        fact("Server", f"rate {plan.server_rate:g}; {100 * plan.fraction:g} % {share}"),
        fact("Seed", str(plan.seed)),
    ]


def _comparison(outcome: Outcome) -> Plain | None:
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


def _comparison_says(outcome: Outcome) -> str:
    if not outcome.rounds:
        return "No round was completed, so there is nothing to compare."
    if outcome.baselines is None:
        return "The run was stopped before the comparison was computed: not assessed."
    ours, base = outcome.rounds[-1].metric, outcome.baselines
    return (
        f"Federated learning reached {_gap(ours - base.centralised)} the centralised model and "
        f"{_gap(ours - base.local)} the local ones."
    )


def _gap(difference: float) -> str:
    if not math.isfinite(difference):
        return "an AUC that cannot be compared with"
    if abs(difference) < 0.5 * 10**-_AUC_PLACES:
        return "the same AUC as"
    size = wording.number(abs(difference), _AUC_PLACES)
    return f"{size} {'more' if difference > 0 else 'less'} AUC than"


def _curves(outcome: Outcome) -> Plain | None:
    if len(outcome.rounds) < 2:
        return None
    rounds = outcome.rounds
    aucs = [_line("Federated", "main", rounds, [r.metric for r in rounds])]
    if outcome.baselines:
        flat = ((rounds[0].round, rounds[-1].round), outcome.baselines)
        ends, base = flat
        for name, role, level in (
            ("Centralised", "second", base.centralised),
            ("Local only", "third", base.local),
        ):
            points = tuple((float(x), level) for x in ends)
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


def _sites(sites: Sequence[SiteResult]) -> Plain | None:
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


def _sites_chart(sites: Sequence[SiteResult]) -> Plain | None:
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
    return charts.is_finite(site.metric_federated) and charts.is_finite(site.metric_local)


def _home(outcome: Outcome) -> str:
    up = sum(s.bytes_up for s in outcome.sites)
    down = sum(s.bytes_down for s in outcome.sites)
    home = sum(s.bytes_home for s in outcome.sites)
    return (
        f"Rows of {wording.size(home)} stayed at their sites. {wording.size(up)} of model "
        f"parameters were sent and {wording.size(down)} received, over all rounds and sites."
    )


def _privacy(plan: Plan, outcome: Outcome) -> list[Plain]:
    if plan.privacy is None:
        return []
    spent = [r.epsilon for r in outcome.rounds if r.epsilon is not None]
    epsilon = f"ε = {loss_up(Decimal(str(spent[-1])))}" if spent else f"ε {wording.NOT_RECORDED}"
    return [
        fact("Unit of privacy", "one person: adding or removing all of a person's rows"),
        fact("Spent by this run", f"{epsilon} at δ = {loss_up(plan.privacy.delta)}"),
        fact("Noise", f"{plan.privacy.noise_multiplier:g} times what one person can change"),
        fact("Clip", f"L2 norm of one person's update at most {plan.privacy.clip:g}"),
    ]


def _auc(metric: float | None) -> str:
    return "not assessed" if metric is None else wording.number(metric, _AUC_PLACES)
