"""Section 6: federated runs, round by round and site by site."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from compliance.dataset.nouns import Dataset
from compliance.federated.nouns import MOST_ROWS_PER_PERSON, Outcome, Plan, Run
from compliance.report import wording
from compliance.report.nouns import Evidence
from compliance.report.sections.quality import (
    MOST_SITES_PRINTED,
    comparison_in_words,
    to_comparison,
    to_curves,
    to_sites,
    to_sites_chart,
)
from compliance.report.tables import Fill, Plain, fact
from compliance.report.wording import count, loss_up

MOST_FEATURES_PRINTED = 40
_METHODS = {"fedavg": "federated averaging", "logistic": "logistic regression"}


def to_runs(evidence: Evidence) -> list[Plain]:
    """One block per run: per dataset, oldest first."""
    runs = [(run, e.dataset) for e in evidence.datasets for run in _in_order(e.runs)]
    return [_one(number, run, dataset) for number, (run, dataset) in enumerate(runs, start=1)]


def title_of(run: Run) -> str:
    """What was learnt, where, and whether noise protects it."""
    noise = "with noise" if run.plan.privacy else "without noise"
    target, sites = wording.abridged(run.plan.subject), wording.abridged(run.plan.sites_from)
    return f"{target} across {sites}, {noise}"


def _in_order(runs: Sequence[Run]) -> list[Run]:
    return sorted(runs, key=lambda run: wording.to_utc(run.started_at))


def _one(number: int, run: Run, dataset: Dataset) -> Plain:
    outcome = run.outcome
    return {
        "title": f"Run {number}: {title_of(run)} ({dataset.name})",
        "facts": _facts(run),
        "plan": _plan(run.plan, outcome),
        "comparison": to_comparison(outcome),
        "comparison_says": comparison_in_words(run),
        "curves": to_curves(outcome),
        "sites": to_sites(outcome.sites),
        "sites_left": max(len(outcome.sites) - MOST_SITES_PRINTED, 0),
        "sites_chart": to_sites_chart(outcome.sites),
        "home": _home(outcome),
        "privacy": _privacy(run, dataset.population),
        "dropped": _dropped(outcome),
        "has_noise": run.plan.privacy is not None,
    }


def _facts(run: Run) -> list[Plain]:
    outcome = run.outcome
    asked, done = run.plan.rounds, len(outcome.rounds)
    end = "stopped early" if outcome.is_stopped else "finished"
    return [
        fact("Started", f"{wording.when(run.started_at)}, by {run.actor}", fill=Fill.NAME),
        fact("Reference", run.id, fill=Fill.NAME),
        fact("Learnt from", run.dataset_id, fill=Fill.NAME),
        fact("Rounds", f"{count(done)} of {count(asked)} asked, {end}", missing=outcome.is_stopped),
        fact("Sites", _sites_in_words(run.plan, outcome)),
    ]


def _sites_in_words(plan: Plan, outcome: Outcome) -> str:
    # With noise no site is too small: that would tell of the one person that it lacks.
    why = "none of their rows counts"
    if plan.privacy is None:
        why = f"they hold fewer than {count(plan.minimum_records, 'record')}"
    left = f"{count(outcome.sites_left_out)} left out because {why}"
    took = count(len(outcome.sites))
    return f"{took} took part, {left if outcome.sites_left_out else 'none was left out'}"


def _plan(plan: Plan, outcome: Outcome) -> list[Plain]:
    share = "chance of each person to be in a round" if plan.privacy else "share of sites per round"
    whose = "person" if plan.privacy else "site"
    return [
        fact("Question", f"which value {plan.subject} has", fill=Fill.NAME),
        fact("Sites are the values of", plan.sites_from, fill=Fill.NAME),
        fact("Learnt from columns", _features(outcome), fill=Fill.NAME),
        fact("Model and strategy", f"{_METHODS[plan.model]}, {_METHODS[plan.strategy]}"),
        fact(
            "Training",
            f"{count(plan.local_epochs, 'pass', plural='passes')} over the rows of each {whose} "
            f"per round, {count(plan.batch, 'row')} per step, learning rate "
            f"{plan.learning_rate:g}",
        ),
        fact("Server", f"rate {plan.server_rate:g}; {100 * plan.fraction:g} % {share}"),
        fact("Seed", str(plan.seed)),
    ]


def _features(outcome: Outcome) -> str:
    names = [wording.abridged(name) for name in outcome.features[:MOST_FEATURES_PRINTED]]
    if more := len(outcome.features) - len(names):
        names.append(f"and {count(more)} more, in evidence.json")
    return wording.recorded(", ".join(names))


def _home(outcome: Outcome) -> str:
    up = sum(s.bytes_up for s in outcome.sites)
    down = sum(s.bytes_down for s in outcome.sites)
    home = sum(s.bytes_home for s in outcome.sites)
    return (
        f"Rows of {wording.size(home)} stayed at their sites. {wording.size(up)} of model "
        f"parameters were sent and {wording.size(down)} received, over all rounds and sites."
    )


def _privacy(run: Run, population: str) -> list[Plain]:
    plan, outcome = run.plan, run.outcome
    if plan.privacy is None:
        return []
    spent = [r.epsilon for r in outcome.rounds if r.epsilon is not None]
    epsilon = f"ε = {loss_up(Decimal(str(spent[-1])))}" if spent else f"ε {wording.NOT_RECORDED}"
    return [
        fact("Unit of privacy", _unit(outcome), missing=outcome.unit_is_row),
        fact("Spent by this run", f"{epsilon} at δ = {loss_up(plan.privacy.delta)}"),
        fact("Paid from the budget of", population, fill=Fill.NAME),
        fact("Noise", f"{plan.privacy.noise_multiplier:g} times what one person can change"),
        fact("Clip", f"L2 norm of one person's update at most {plan.privacy.clip:g}"),
        fact(
            "Contribution bounds",
            "each person counts at one site only, with at most "
            f"{count(1 if outcome.unit_is_row else MOST_ROWS_PER_PERSON, 'row')}",
        ),
    ]


def _unit(outcome: Outcome) -> str:
    if outcome.unit_is_row:
        return (
            "one row: no column tells people apart, so somebody with several rows is protected "
            "only row by row"
        )
    return "one person: adding or removing all of a person's rows"


def _dropped(outcome: Outcome) -> list[Plain]:
    left_out = outcome.left_out
    reasons = {
        "they hold no answer": left_out.without_answer,
        "they name no site": left_out.without_site,
        "their site is too small": left_out.at_small_sites,
        "they name no person": left_out.without_person,
        "their person counts at another site": left_out.at_other_sites,
        "their person has more rows than may count": left_out.over_limit,
    }
    told = [f"{count(number)} because {why}" for why, number in reasons.items() if number]
    because = f": {wording.listed(told)}" if told else ""
    return [fact("Rows left out", count(left_out.rows, "row") + because)]
