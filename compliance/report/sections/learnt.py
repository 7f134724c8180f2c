"""The summary of a federated report: the verdict, key figures, and the run in plain words."""

from __future__ import annotations

from decimal import Decimal

from compliance.federated.nouns import Outcome, Plan, Run, Task
from compliance.i18n import mark
from compliance.i18n import translate as _
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
_NOTHING = mark("Nothing is open. Judge the run again after the next one on the same people.")


def to_federated_summary(evidence: FederatedEvidence) -> Plain:
    """Verdict, key figures, the run in plain words and the next steps."""
    return {
        "verdict": _verdict(evidence),
        "tiles": _tiles(evidence),
        "words": _words(evidence),
        "next": _next(evidence) or [_(_NOTHING)],
    }


def _verdict(evidence: FederatedEvidence) -> Plain:
    """How things stand: never good where no theorem protects a person."""
    plan, outcome = evidence.run.plan, evidence.run.outcome
    if not evidence.trail.ok:
        return {
            "tone": "bad",
            "says": _("The trail is not whole; see section {section}.").format(
                section=_TRAIL_SECTION
            ),
        }
    if plan.privacy is None and most_readable(outcome.rounds):
        return {"tone": "bad", "says": _("Rows could be read off what the sites sent.")}
    if plan.privacy is None:
        return {
            "tone": "warn",
            "says": _("Rows stayed at their sites, but no noise protects anybody."),
        }
    epsilon = reported_epsilon(evidence)
    if epsilon is None or evidence.spend is None:
        return {
            "tone": "bad",
            "says": _("Noise was asked for, but the ledger does not vouch for it."),
        }
    if counts_on_sampling(evidence):
        return {"tone": "bad", "says": _("The price counts on sampling that does not hold here.")}
    price = _("ε = {epsilon} at δ = {delta}").format(
        epsilon=loss_up(epsilon), delta=loss_up(plan.privacy.delta)
    )
    if plan.privacy.unit is PrivacyUnitKind.ROW or is_row_instead(plan, outcome):
        return {
            "tone": "warn",
            "says": _("Noise hides single rows, not people: {price}.").format(price=price),
        }
    if epsilon > _bound("weak_epsilon"):
        return {
            "tone": "warn",
            "says": _("There is noise, but it hides little: {price}.").format(price=price),
        }
    tone = "good" if epsilon <= _bound("strong_epsilon") else "calm"
    whom = _(UNITS[plan.privacy.unit][0])
    return {
        "tone": tone,
        "says": _("Noise hides whether {whom} was learnt from: {price}.").format(
            whom=whom, price=price
        ),
    }


def _bound(name: str) -> Decimal:
    return Decimal(texts()["theorem"][name])


def _tiles(evidence: FederatedEvidence) -> list[Plain]:
    run, outcome = evidence.run, evidence.run.outcome
    rounds, name = outcome.rounds, _(outcome.metric.written)
    last = measured(rounds[-1].metric) if rounds else _("none")
    home = sum(site.bytes_home for site in outcome.sites)
    trail = evidence.trail
    return [
        tile(name, last, _("on held-out rows of all sites")),
        _epsilon_tile(evidence),
        _protected_tile(evidence),
        tile(
            _("Sites"),
            count(len(outcome.sites)),
            _("{n} left out").format(n=count(outcome.sites_left_out)),
        ),
        tile(
            _("Rounds"),
            _("{n} of {all}").format(n=count(len(rounds)), all=count(run.plan.rounds)),
            _end(outcome),
        ),
        tile(
            _("Sent by sites"),
            size(sum(r.bytes_up for r in rounds)),
            _("{size} stayed").format(size=size(home)),
        ),
        _worst_tile(outcome),
        tile(
            _("Trail"),
            _("whole") if trail.ok else _("broken"),
            count(trail.entries, "entry", plural="entries"),
            tone="" if trail.ok else "bad",
        ),
    ]


def _end(outcome: Outcome) -> str:
    if outcome.is_over_budget:
        return _("stopped by the budget")
    return _("stopped early") if outcome.is_stopped else _("all that were asked")


def _epsilon_tile(evidence: FederatedEvidence) -> Plain:
    privacy, epsilon = evidence.run.plan.privacy, reported_epsilon(evidence)
    if privacy is None:
        return tile(_("ε of this run"), _("none"), _("no noise, no guarantee"), tone="warn")
    figure = _("not known") if epsilon is None else loss_up(epsilon)
    return tile(
        _("ε of this run"), figure, _("at δ = {delta}").format(delta=loss_up(privacy.delta))
    )


def _protected_tile(evidence: FederatedEvidence) -> Plain:
    plan, outcome = evidence.run.plan, evidence.run.outcome
    if plan.privacy is None:
        return tile(_("Protected by noise"), _("nobody"), _("see section 7"), tone="warn")
    is_row = plan.privacy.unit is PrivacyUnitKind.ROW or is_row_instead(plan, outcome)
    unit = _("row") if is_row else _(UNITS[plan.privacy.unit][1])
    tone = "warn" if is_row else ""
    return tile(
        _("Protected by noise"),
        count(outcome.protected),
        _("each {unit} alone").format(unit=unit),
        tone=tone,
    )


def _worst_tile(outcome: Outcome) -> Plain:
    spread = spread_of(outcome)
    if spread is None:
        return tile(_("Worst tenth of sites"), _("not assessed"), _("too few sites can tell"))
    name = _(outcome.metric.written)
    note = _("{name}, mean of {sites}").format(
        name=name, sites=count(spread.sites_in_tenth, "site")
    )
    return tile(_("Worst tenth of sites"), measured(spread.worst_tenth), note)


def _words(evidence: FederatedEvidence) -> list[Plain]:
    """Six questions that a person asks first."""
    run, outcome = evidence.run, evidence.run.outcome
    plan = run.plan
    return [
        fact(
            _("What was learnt"),
            _("{question}, by {model}; rounds: {rounds}").format(
                question=question(plan), model=model_in_words(plan), rounds=rounds_in_words(run)
            ),
            fill=Fill.NAME,
        ),
        _whose(evidence),
        fact(
            _("At which sites"),
            _("{where}; {sites} took part. {how}").format(
                where=sites_in_words(plan),
                sites=count(len(outcome.sites), "site"),
                how=how_it_ran(evidence),
            ),
            fill=Fill.NAME,
        ),
        fact(_("What left them"), _left(evidence)),
        fact(_("Who is protected"), _protected(evidence), fill=Fill.NAME),
        fact(_("How good it is"), _good(run)),
        fact(_("What is not protected"), wording.sentence(what_is_open(plan))),
        *_trouble(run),
    ]


def _whose(evidence: FederatedEvidence) -> Plain:
    dataset, outcome = evidence.dataset, evidence.run.outcome
    subjects = dataset.description.data_subjects.strip()
    plan, used = evidence.run.plan, sum(site.rows for site in outcome.sites)
    whose = subjects or _("data subjects not recorded")
    noun, made_of = ("row", "") if plan.target else ("example", _(" made of the rows"))
    held_out = _("a fifth of them")
    if plan.task is Task.FORECAST:
        held_out = _("those of the last {days}").format(
            days=count(plan.history.horizon_days, "day")
        )
    return fact(
        _("From whose rows"),
        _(
            "{whose}: {used}{made_of} of {dataset}, version {version}, {held_out} held out "
            "for testing; {rows} left out"
        ).format(
            whose=whose,
            used=count(used, noun),
            made_of=made_of,
            dataset=dataset.name,
            version=dataset.version,
            held_out=held_out,
            rows=count(outcome.left_out.rows, noun),
        ),
        fill=Fill.NAME,
        missing=not subjects,
    )


def _left(evidence: FederatedEvidence) -> str:
    plan, rounds = evidence.run.plan, evidence.run.outcome.rounds
    what = _("numbers of the model") if plan.privacy is None else _("sums over the drawn units")
    if plan.privacy and plan.privacy.place is not NoisePlace.CENTRAL:
        what = _("sums with noise")
    masked = _(", masked") if plan.secure else ""
    up = size(sum(r.bytes_up for r in rounds))
    rows = _("no row")
    if most := most_readable(rounds):
        rows = _("a row of {sites} could be read off it").format(sites=count(most, "site"))
    return _("{what}{masked}, {size} in all; {rows} (section 5)").format(
        what=what, masked=masked, size=up, rows=rows
    )


def _protected(evidence: FederatedEvidence) -> str:
    plan, outcome = evidence.run.plan, evidence.run.outcome
    if plan.privacy is None:
        return _("nobody: no noise was added")
    epsilon = reported_epsilon(evidence)
    price = _("ε not known") if epsilon is None else f"ε = {loss_up(epsilon)}"
    return _(
        "{unit}. {price} at δ = {delta}: noise multiplier {noise_multiplier}, clip "
        "{clip}, sampling probability {fraction}; noise added by {noiser}"
    ).format(
        unit=unit_in_words(plan, outcome),
        price=price,
        delta=loss_up(plan.privacy.delta),
        noise_multiplier=wording.formatted(plan.privacy.noise_multiplier, "g"),
        clip=wording.formatted(plan.privacy.clip, "g"),
        fraction=wording.formatted(plan.fraction, "g"),
        noiser=noiser_in_words(plan),
    )


def _good(run: Run) -> str:
    rounds, name = run.outcome.rounds, _(run.outcome.metric.written)
    if not rounds:
        return comparison_in_words(run)
    return _("{name} {metric}. {comparison}").format(
        name=name, metric=measured(rounds[-1].metric), comparison=comparison_in_words(run)
    )


def _trouble(run: Run) -> list[Plain]:
    said = troubles_in_words(run.plan)
    return [fact(_("Wrong on purpose"), wording.sentence(wording.joined(said)))] if said else []


def _next(evidence: FederatedEvidence) -> list[str]:
    """What to do, the most pressing first."""
    plan, outcome, steps = evidence.run.plan, evidence.run.outcome, []
    if not evidence.trail.ok:
        steps.append(
            _("Find out why the trail is not whole; see section {section}.").format(
                section=_TRAIL_SECTION
            )
        )
    if most_readable(outcome.rounds):
        steps.append(
            _("Raise the least number of records of a site, mask what sites send, or both.")
        )
    steps += _against_use(plan, outcome)
    if plan.privacy is None:
        steps.append(
            _("Treat the model as personal data, or run again with “privacy” in the plan.")
        )
    if (epsilon := reported_epsilon(evidence)) is not None and epsilon > _bound("weak_epsilon"):
        steps.append(_("Take more noise, fewer rounds or a smaller share: the ε protects little."))
    if counts_on_sampling(evidence):
        steps.append(_("Do not hand out this model under the ε that the ledger holds."))
    if is_row_instead(plan, outcome):
        steps.append(_("Name the column that tells people apart on Datasets, and run again."))
    if not evidence.dataset.description.data_subjects.strip():
        steps.append(_("Record on Datasets whose data these are."))
    if plan.privacy is not None and not evidence.budget.is_decided:
        steps.append(_("Decide the privacy budget of these people: the default holds."))
    return steps


def _against_use(plan: Plan, outcome: Outcome) -> list[str]:
    """Why the model should not be used, whatever protects the people."""
    steps = []
    if is_no_gain(outcome):
        better = _("less noise, more rounds") if plan.privacy else _("more rounds, another model")
        steps.append(
            _("Do not use this model: as much is told without one. Try {better}.").format(
                better=better
            )
        )
    if plan.trouble.poisoned:
        steps.append(_("Do not use this model: sites were poisoned on purpose."))
    return steps
