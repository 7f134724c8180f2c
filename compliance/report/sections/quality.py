"""How good a federated run is: against its baselines, round by round, site by site."""

from __future__ import annotations

import math
from collections.abc import Sequence

from compliance.federated.nouns import Metric, Outcome, Round, Run, SiteResult, Task
from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.report import charts, wording
from compliance.report.axes import is_finite
from compliance.report.tables import Fill, Plain, heading, table
from compliance.report.wording import count

MOST_SITES_PRINTED = 200
_PLACES = 3


def to_comparison(run: Run) -> Plain | None:
    """Federated, centralised and local models on the same rows, and none; None before round 1."""
    outcome = run.outcome
    if not outcome.rounds:
        return None
    headings = [
        heading(_("Same model, same held-out rows"), 4),
        heading(_("Rows leave their sites"), 2.6),
        heading(_(outcome.metric.written), fill=Fill.NUMBER),
    ]
    base = outcome.baselines
    centralised, local = (base.centralised, base.local) if base else (None, None)
    return table(
        headings,
        [
            [_("Federated: one common model"), _("no"), measured(outcome.rounds[-1].metric)],
            [_("Centralised: all rows in one place"), _("yes, all of them"), measured(centralised)],
            [_("Local only: a model per site"), _("no"), measured(local)],
            *_without(run),
        ],
    )


def _without(run: Run) -> list[list[str]]:
    """What could be said without a model, where that is known."""
    base = run.outcome.baselines
    if base is None or base.naive is None:
        return []
    return [
        [
            _("Without a model: {what}").format(what=_said_without(run)),
            _("no"),
            measured(base.naive),
        ]
    ]


def _said_without(run: Run) -> str:
    if run.plan.task is Task.RECOMMEND:
        return _("the best sellers")
    if run.plan.task is Task.FORECAST:
        return _("the last period again")
    said = {Metric.AUC: mark("guessing"), Metric.R2: mark("the mean")}
    return _(said.get(run.outcome.metric, mark("the most frequent answer")))


def is_no_gain(outcome: Outcome) -> bool:
    """Whether the model tells no more than could be said without one."""
    naive = outcome.baselines.naive if outcome.baselines else None
    if naive is None or not outcome.rounds:
        return False
    return not outcome.rounds[-1].metric > naive  # what is no number tells nothing either


def comparison_in_words(run: Run) -> str:
    """The same in one sentence."""
    outcome = run.outcome
    if not outcome.rounds:
        return _("No round was completed, so there is nothing to compare.")
    if outcome.baselines is None and not run.plan.baselines:
        return _("The plan asked for no comparison with other ways of training: not assessed.")
    if outcome.baselines is None:
        return _("The run was stopped before the comparison was computed: not assessed.")
    ours, base, name = outcome.rounds[-1].metric, outcome.baselines, _(outcome.metric.written)
    noise = _(" The other two were trained without noise.") if run.plan.privacy else ""
    gain = _(" It tells no more than can be said without a model.") if is_no_gain(outcome) else ""
    return _(
        "Federated learning reached {centralised} the centralised model and {local} the local "
        "ones.{noise}{gain}"
    ).format(
        centralised=_gap(ours - _level(base.centralised), name),
        local=_gap(ours - _level(base.local), name),
        noise=noise,
        gain=gain,
    )


def _level(metric: float | None) -> float:
    return math.nan if metric is None else metric


def _gap(difference: float, name: str) -> str:
    name = name if name.isupper() else name.lower()  # AUC and R², but accuracy
    if not math.isfinite(difference):
        return _("a figure of {name} that cannot be compared with").format(name=name)
    if abs(difference) < 0.5 * 10**-_PLACES:
        return _("the same {name} as").format(name=name)
    size = wording.number(abs(difference), _PLACES)
    if difference > 0:
        return _("{size} more {name} than").format(size=size, name=name)
    return _("{size} less {name} than").format(size=size, name=name)


def to_curves(outcome: Outcome) -> Plain | None:
    """Metric and loss per round; None where there are not two rounds to join."""
    if len(outcome.rounds) < 2:
        return None
    rounds, name = outcome.rounds, _(outcome.metric.written)
    metrics = [_line(_("Federated"), "main", rounds, [r.metric for r in rounds])]
    if base := outcome.baselines:
        ends = (float(rounds[0].round), float(rounds[-1].round))
        for other, role, level in (
            (_("Centralised"), "second", base.centralised),
            (_("Local only"), "third", base.local),
        ):
            points = tuple((end, _level(level)) for end in ends)
            metrics.append(charts.Line(name=other, role=role, points=points))
    losses = [_line(_("Federated"), "main", rounds, [r.loss for r in rounds])]
    first, last = rounds[0], rounds[-1]
    return {
        "panels": [
            charts.line_chart(_("{name} on held-out rows").format(name=name), _("round"), metrics),
            charts.line_chart(_("Loss on held-out rows"), _("round"), losses),
        ],
        "legend": [{"role": line.role, "text": line.name} for line in metrics],
        "alt": (
            _(
                "{name} goes from {metric} in round {round} to {last} in round {last_round}; "
                "loss from {loss} to {last_loss}."
            ).format(
                name=name,
                metric=measured(first.metric),
                round=first.round,
                last=measured(last.metric),
                last_round=last.round,
                loss=measured(first.loss),
                last_loss=measured(last.loss),
            )
        ),
        "caption": _(
            "Quality per round. Left: {name}, higher is better. Right: loss, lower is better."
        ).format(name=name),
    }


def _line(name: str, role: str, rounds: Sequence[Round], numbers: Sequence[float]) -> charts.Line:
    points = tuple((float(r.round), y) for r, y in zip(rounds, numbers, strict=True))
    return charts.Line(name=name, role=role, points=points)


def to_sites(outcome: Outcome) -> Plain | None:
    """One row per site, at most `MOST_SITES_PRINTED`."""
    headings = [
        heading(_("Site"), 2.4, Fill.NAME),
        heading(_("Rows"), 1.2, Fill.NUMBER),
        heading(_("Sent"), 1.2, Fill.NUMBER),
        heading(_("Received"), 1.2, Fill.NUMBER),
        heading(_("Stayed home"), 1.3, Fill.NUMBER),
        heading(_("{metric} federated").format(metric=_(outcome.metric.written)), 1.3, Fill.NUMBER),
        heading(_("{metric} local").format(metric=_(outcome.metric.written)), 1.1, Fill.NUMBER),
    ]
    rows = [
        [
            s.site,
            count(s.rows),
            wording.size(s.bytes_up),
            wording.size(s.bytes_down),
            wording.size(s.bytes_home),
            measured(s.metric_federated),
            measured(s.metric_local),
        ]
        for s in outcome.sites[:MOST_SITES_PRINTED]
    ]
    return table(headings, rows)


def to_sites_chart(outcome: Outcome) -> Plain | None:
    """The common model against the site's own; None where fewer than two sites have both."""
    shown = [s for s in outcome.sites if has_both(s)]
    if len(shown) < 2:
        return None
    better = sum((s.metric_federated or 0) >= (s.metric_local or 0) for s in shown)
    shown_first = shown[: charts.MOST_GROUPS]
    return charts.pair_chart(
        [s.site for s in shown_first],
        _("{metric} on the site's own held-out rows").format(metric=_(outcome.metric.written)),
        [(s.metric_federated, s.metric_local) for s in shown_first],
        (_("common model"), _("trained alone")),
        alt=_("The common model is at least as good at {n} of {all} sites.").format(
            n=better, all=len(shown)
        ),
        caption=_("What each site gains: the common model against one trained alone.")
        + charts.only_first(len(shown), "sites"),
    )


def has_both(site: SiteResult) -> bool:
    return is_finite(site.metric_federated) and is_finite(site.metric_local)


def measured(metric: float | None) -> str:
    """A metric or a loss as it is printed."""
    return _("not assessed") if metric is None else wording.number(metric, _PLACES)
