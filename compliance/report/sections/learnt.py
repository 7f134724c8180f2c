"""The summary of a federated report: the verdict, key figures, and the run in plain words."""

from __future__ import annotations

from decimal import Decimal

from compliance.federated.nouns import Outcome, Plan, Run, Task
from compliance.privacy.nouns import NoisePlace, PrivacyUnitKind
from compliance.report import wording
from compliance.report.nouns import FederatedEvidence
from compliance.report.sections.coverage import how_it_ran, what_is_open
from compliance.report.sections.fairness import spread_of
from compliance.report.sections.plans import (
    UNITS,
    is_row_instead,
    model_in_words,
    noiser_in_words,
    question,
    sites_in_words,
    troubles_in_words,
    unit_in_words,
)
from compliance.report.sections.quality import comparison_in_words, is_no_gain, measured
from compliance.report.sections.runs import rounds_in_words
from compliance.report.sections.theorems import counts_on_sampling, reported_epsilon
from compliance.report.sections.travelled import most_readable
from compliance.report.tables import Fill, Plain, fact, tile
from compliance.report.texts import texts
from compliance.report.wording import count, loss_up, size

_TRAIL_SECTION = 10
_NOTHING = "Nothing is open. Judge the run again after the next one on the same people."


def to_federated_summary(evidence: FederatedEvidence) -> Plain:
    """Verdict, key figures, the run in plain words and the next steps."""
    return {
        "verdict": _verdict(evidence),
        "tiles": _tiles(evidence),
        "words": _words(evidence),
        "next": _next(evidence) or [_NOTHING],
    }


def _verdict(evidence: FederatedEvidence) -> Plain:
    """How things stand: never good where no theorem protects a person."""
    plan, outcome = evidence.run.plan, evidence.run.outcome
    if not evidence.trail.ok:
        return {"tone": "bad", "says": f"The trail is not whole; see section {_TRAIL_SECTION}."}
    if plan.privacy is None and most_readable(outcome.rounds):
        return {"tone": "bad", "says": "Rows could be read off what the sites sent."}
    if plan.privacy is None:
        return {
            "tone": "warn",
            "says": "Rows stayed at their sites, but no noise protects anybody.",
        }
    epsilon = reported_epsilon(evidence)
    if epsilon is None or evidence.spend is None:
        return {"tone": "bad", "says": "Noise was asked for, but the ledger does not vouch for it."}
    if counts_on_sampling(evidence):
        return {"tone": "bad", "says": "The price counts on sampling that does not hold here."}
    price = f"ε = {loss_up(epsilon)} at δ = {loss_up(plan.privacy.delta)}"
    if plan.privacy.unit is PrivacyUnitKind.ROW or is_row_instead(plan, outcome):
        return {"tone": "warn", "says": f"Noise hides single rows, not people: {price}."}
    if epsilon > _bound("weak_epsilon"):
        return {"tone": "warn", "says": f"There is noise, but it hides little: {price}."}
    tone = "good" if epsilon <= _bound("strong_epsilon") else "calm"
    whom = UNITS[plan.privacy.unit][0]
    return {"tone": tone, "says": f"Noise hides whether {whom} was learnt from: {price}."}


def _bound(name: str) -> Decimal:
    return Decimal(texts()["theorem"][name])


def _tiles(evidence: FederatedEvidence) -> list[Plain]:
    run, outcome = evidence.run, evidence.run.outcome
    rounds, name = outcome.rounds, outcome.metric.written
    last = measured(rounds[-1].metric) if rounds else "none"
    home = sum(site.bytes_home for site in outcome.sites)
    trail = evidence.trail
    return [
        tile(name, last, "on held-out rows of all sites"),
        _epsilon_tile(evidence),
        _protected_tile(evidence),
        tile("Sites", count(len(outcome.sites)), f"{count(outcome.sites_left_out)} left out"),
        tile("Rounds", f"{count(len(rounds))} of {count(run.plan.rounds)}", _end(outcome)),
        tile("Sent by sites", size(sum(r.bytes_up for r in rounds)), f"{size(home)} stayed"),
        _worst_tile(outcome),
        tile(
            "Trail",
            "whole" if trail.ok else "broken",
            count(trail.entries, "entry", plural="entries"),
            tone="" if trail.ok else "bad",
        ),
    ]


def _end(outcome: Outcome) -> str:
    if outcome.is_over_budget:
        return "stopped by the budget"
    return "stopped early" if outcome.is_stopped else "all that were asked"


def _epsilon_tile(evidence: FederatedEvidence) -> Plain:
    privacy, epsilon = evidence.run.plan.privacy, reported_epsilon(evidence)
    if privacy is None:
        return tile("ε of this run", "none", "no noise, no guarantee", tone="warn")
    figure = "not known" if epsilon is None else loss_up(epsilon)
    return tile("ε of this run", figure, f"at δ = {loss_up(privacy.delta)}")


def _protected_tile(evidence: FederatedEvidence) -> Plain:
    plan, outcome = evidence.run.plan, evidence.run.outcome
    if plan.privacy is None:
        return tile("Protected by noise", "nobody", "see section 7", tone="warn")
    is_row = plan.privacy.unit is PrivacyUnitKind.ROW or is_row_instead(plan, outcome)
    unit = "row" if is_row else UNITS[plan.privacy.unit][1]
    tone = "warn" if is_row else ""
    return tile("Protected by noise", count(outcome.protected), f"each {unit} alone", tone=tone)


def _worst_tile(outcome: Outcome) -> Plain:
    spread = spread_of(outcome)
    if spread is None:
        return tile("Worst tenth of sites", "not assessed", "too few sites can tell")
    name = outcome.metric.written
    note = f"{name}, mean of {count(spread.sites_in_tenth, 'site')}"
    return tile("Worst tenth of sites", measured(spread.worst_tenth), note)


def _words(evidence: FederatedEvidence) -> list[Plain]:
    """Six questions that a person asks first."""
    run, outcome = evidence.run, evidence.run.outcome
    plan = run.plan
    return [
        fact(
            "What was learnt",
            f"{question(plan)}, by {model_in_words(plan)}; rounds: {rounds_in_words(run)}",
            fill=Fill.NAME,
        ),
        _whose(evidence),
        fact(
            "At which sites",
            f"{sites_in_words(plan)}; {count(len(outcome.sites), 'site')} took part. "
            f"{how_it_ran(evidence)}",
            fill=Fill.NAME,
        ),
        fact("What left them", _left(evidence)),
        fact("Who is protected", _protected(evidence), fill=Fill.NAME),
        fact("How good it is", _good(run)),
        fact("What is not protected", wording.sentence(what_is_open(plan))),
        *_trouble(run),
    ]


def _whose(evidence: FederatedEvidence) -> Plain:
    dataset, outcome = evidence.dataset, evidence.run.outcome
    subjects = dataset.description.data_subjects.strip()
    plan, used = evidence.run.plan, sum(site.rows for site in outcome.sites)
    whose = subjects or f"data subjects {wording.NOT_RECORDED}"
    noun, made_of = ("row", "") if plan.target else ("example", " made of the rows")
    held_out = "a fifth of them"
    if plan.task is Task.FORECAST:
        held_out = f"those of the last {count(plan.history.horizon_days, 'day')}"
    return fact(
        "From whose rows",
        f"{whose}: {count(used, noun)}{made_of} of {dataset.name}, version {dataset.version}, "
        f"{held_out} held out for testing; {count(outcome.left_out.rows, noun)} left out",
        fill=Fill.NAME,
        missing=not subjects,
    )


def _left(evidence: FederatedEvidence) -> str:
    plan, rounds = evidence.run.plan, evidence.run.outcome.rounds
    what = "numbers of the model" if plan.privacy is None else "sums over the drawn units"
    if plan.privacy and plan.privacy.place is not NoisePlace.CENTRAL:
        what = "sums with noise"
    masked = ", masked" if plan.secure else ""
    up = size(sum(r.bytes_up for r in rounds))
    rows = "no row"
    if most := most_readable(rounds):
        rows = f"a row of {count(most, 'site')} could be read off it"
    return f"{what}{masked}, {up} in all; {rows} (section 5)"


def _protected(evidence: FederatedEvidence) -> str:
    plan, outcome = evidence.run.plan, evidence.run.outcome
    if plan.privacy is None:
        return "nobody: no noise was added"
    epsilon = reported_epsilon(evidence)
    price = "ε not known" if epsilon is None else f"ε = {loss_up(epsilon)}"
    return (
        f"{unit_in_words(plan, outcome)}. {price} at δ = {loss_up(plan.privacy.delta)}: noise "
        f"multiplier {plan.privacy.noise_multiplier:g}, clip {plan.privacy.clip:g}, sampling "
        f"probability {plan.fraction:g}; noise added by {noiser_in_words(plan)}"
    )


def _good(run: Run) -> str:
    rounds, name = run.outcome.rounds, run.outcome.metric.written
    if not rounds:
        return comparison_in_words(run)
    return f"{name} {measured(rounds[-1].metric)}. {comparison_in_words(run)}"


def _trouble(run: Run) -> list[Plain]:
    said = troubles_in_words(run.plan)
    return [fact("Wrong on purpose", wording.sentence("; ".join(said)))] if said else []


def _next(evidence: FederatedEvidence) -> list[str]:
    """What to do, the most pressing first."""
    plan, outcome, steps = evidence.run.plan, evidence.run.outcome, []
    if not evidence.trail.ok:
        steps.append(f"Find out why the trail is not whole; see section {_TRAIL_SECTION}.")
    if most_readable(outcome.rounds):
        steps.append("Raise the least number of records of a site, mask what sites send, or both.")
    steps += _against_use(plan, outcome)
    if plan.privacy is None:
        steps.append("Treat the model as personal data, or run again with “privacy” in the plan.")
    if (epsilon := reported_epsilon(evidence)) is not None and epsilon > _bound("weak_epsilon"):
        steps.append("Take more noise, fewer rounds or a smaller share: the ε protects little.")
    if counts_on_sampling(evidence):
        steps.append("Do not hand out this model under the ε that the ledger holds.")
    if is_row_instead(plan, outcome):
        steps.append("Name the column that tells people apart on Datasets, and run again.")
    if not evidence.dataset.description.data_subjects.strip():
        steps.append("Record on Datasets whose data these are.")
    if plan.privacy is not None and not evidence.budget.is_decided:
        steps.append("Decide the privacy budget of these people: the default holds.")
    return steps


def _against_use(plan: Plan, outcome: Outcome) -> list[str]:
    """Why the model should not be used, whatever protects the people."""
    steps = []
    if is_no_gain(outcome):
        better = "less noise, more rounds" if plan.privacy else "more rounds, another model"
        steps.append(f"Do not use this model: as much is told without one. Try {better}.")
    if plan.trouble.poisoned:
        steps.append("Do not use this model: sites were poisoned on purpose.")
    return steps
