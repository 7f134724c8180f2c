"""Section 6: federated runs, round by round and site by site."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from compliance.dataset.nouns import Dataset
from compliance.federated.nouns import NoisePlan, Outcome, Plan, Run
from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.privacy.nouns import PrivacyUnitKind
from compliance.report import wording
from compliance.report.nouns import Evidence
from compliance.report.sections.plans import (
    UNITS,
    bounds_in_words,
    is_row_instead,
    noiser_in_words,
    title_of,
    to_plan_facts,
    unit_in_words,
)
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


def to_runs(evidence: Evidence) -> list[Plain]:
    """One block per run: per dataset, oldest first."""
    runs = [(run, e.dataset) for e in evidence.datasets for run in _in_order(e.runs)]
    return [_one(number, run, dataset) for number, (run, dataset) in enumerate(runs, start=1)]


def _in_order(runs: Sequence[Run]) -> list[Run]:
    return sorted(runs, key=lambda run: wording.to_utc(run.started_at))


def _one(number: int, run: Run, dataset: Dataset) -> Plain:
    outcome = run.outcome
    return {
        "title": _("Run {number}: {title} ({dataset})").format(
            number=number, title=title_of(run.plan), dataset=dataset.name
        ),
        "facts": to_run_facts(run),
        "plan": to_plan_facts(run.plan, outcome),
        "comparison": to_comparison(run),
        "comparison_says": comparison_in_words(run),
        "curves": to_curves(outcome),
        "sites": to_sites(outcome),
        "sites_left": sites_left(outcome),
        "sites_chart": to_sites_chart(outcome),
        "home": home_in_words(outcome),
        "privacy": _privacy(run, dataset.population),
        "dropped": to_dropped(outcome),
        "has_noise": run.plan.privacy is not None,
    }


def to_run_facts(run: Run) -> list[Plain]:
    """When, by whom, from what, how many rounds and sites."""
    outcome = run.outcome
    return [
        fact(
            _("Started"),
            _("{when}, by {actor}").format(when=wording.when(run.started_at), actor=run.actor),
            fill=Fill.NAME,
        ),
        fact(_("Reference"), run.id, fill=Fill.NAME),
        fact(_("Learnt from"), run.dataset_id, fill=Fill.NAME),
        fact(_("Rounds"), rounds_in_words(run), missing=outcome.is_stopped),
        fact(_("Sites"), _sites_in_words(run.plan, outcome)),
        *_silence(outcome),
    ]


def rounds_in_words(run: Run) -> str:
    """How many rounds of those asked were run, and why no more."""
    outcome = run.outcome
    end = _("stopped early") if outcome.is_stopped else _("finished")
    if outcome.is_over_budget:
        end = _("stopped before the privacy budget would have broken")
    void = sum(r.is_void for r in outcome.rounds)
    nothing = (
        _("; {n} changed nothing, because too few sites answered").format(n=count(void))
        if void
        else ""
    )
    return _("{n} of {all} asked, {end}{nothing}").format(
        n=count(len(outcome.rounds)), all=count(run.plan.rounds), end=end, nothing=nothing
    )


def _silence(outcome: Outcome) -> list[Plain]:
    """What sites did not do, over all rounds; nothing where all went well."""
    reasons = {
        mark("asked and silent"): sum(r.silent for r in outcome.rounds),
        mark("slow, with one pass only"): sum(r.slow for r in outcome.rounds),
        mark("refused, because they sent no numbers"): sum(r.refused for r in outcome.rounds),
    }
    told = [
        _("{times} {what}").format(times=count(times, "time"), what=_(what))
        for what, times in reasons.items()
        if times
    ]
    return [fact(_("Of the sites"), wording.listed(told))] if told else []


def _sites_in_words(plan: Plan, outcome: Outcome) -> str:
    # With noise for people no site is too small: that would tell of the one person that it lacks.
    why = _("none of their rows counts")
    if plan.privacy is None or plan.privacy.unit is PrivacyUnitKind.SITE:
        why = _("they hold fewer than {records}").format(
            records=count(plan.minimum_records, "record")
        )
    left = _("{n} left out because {why}").format(n=count(outcome.sites_left_out), why=why)
    took = count(len(outcome.sites))
    return _("{n} took part, {others}").format(
        n=took, others=left if outcome.sites_left_out else _("none was left out")
    )


def sites_left(outcome: Outcome) -> int:
    """How many sites the table leaves to the evidence."""
    return max(len(outcome.sites) - MOST_SITES_PRINTED, 0)


def home_in_words(outcome: Outcome) -> str:
    """How much stayed at the sites, and how much travelled."""
    up = sum(s.bytes_up for s in outcome.sites)
    down = sum(s.bytes_down for s in outcome.sites)
    home = sum(s.bytes_home for s in outcome.sites)
    return _(
        "Rows of {size} stayed at their sites. {up} of numbers were sent and {down} "
        "received, over all rounds and sites."
    ).format(size=wording.size(home), up=wording.size(up), down=wording.size(down))


def _privacy(run: Run, population: str) -> list[Plain]:
    plan, outcome = run.plan, run.outcome
    if plan.privacy is None:
        return []
    epsilon = spent(outcome)
    said = f"ε = {loss_up(epsilon)}" if epsilon is not None else _("ε not recorded")
    return [
        fact(
            _("Unit of privacy"),
            unit_in_words(plan, outcome),
            fill=Fill.NAME,
            missing=is_row_instead(plan, outcome),
        ),
        fact(
            _("Spent by this run"),
            _("{epsilon} at δ = {delta}").format(epsilon=said, delta=loss_up(plan.privacy.delta)),
        ),
        fact(_("Paid from the budget of"), population, fill=Fill.NAME),
        fact(_("Noise"), noise_in_words(plan.privacy)),
        fact(_("Added by"), noiser_in_words(plan)),
        fact(_("Clip"), clip_in_words(plan.privacy, outcome)),
        fact(_("Contribution bounds"), bounds_in_words(plan, outcome)),
    ]


def spent(outcome: Outcome) -> Decimal | None:
    """The ε of all rounds, as it was shown while they ran; None where none was."""
    shown = [r.epsilon for r in outcome.rounds if r.epsilon is not None]
    return Decimal(str(shown[-1])) if shown else None


def noise_in_words(privacy: NoisePlan) -> str:
    """How much noise there is."""
    return _("standard deviation {times} times the clip, in every number").format(
        times=wording.formatted(privacy.noise_multiplier, "g")
    )


def clip_in_words(privacy: NoisePlan, outcome: Outcome) -> str:
    """The largest norm of an update, and whether it moved."""
    whose = _("L2 norm of the update of {unit} at most").format(unit=_(UNITS[privacy.unit][0]))
    clip = wording.formatted(privacy.clip, "g")
    if privacy.quantile is None:
        return f"{whose} {clip}"
    clips = [r.clip for r in outcome.rounds if r.clip is not None]
    last = wording.formatted(clips[-1], ".4g") if clips else ""
    now = _(", {clip} in the last round").format(clip=last) if clips else ""
    share = wording.exact_percent(privacy.quantile)
    return _(
        "{whose} {clip} at first{now}; it follows the {percent} quantile of the "
        "updates, as told by a noisy count"
    ).format(whose=whose, clip=clip, now=now, percent=share)


def to_dropped(outcome: Outcome) -> list[Plain]:
    """The rows that took no part, by reason."""
    left_out = outcome.left_out
    reasons = {
        mark("they hold no answer"): left_out.without_answer,
        mark("they name no site"): left_out.without_site,
        mark("their site is too small"): left_out.at_small_sites,
        mark("they name no person"): left_out.without_person,
        mark("their person counts at another site"): left_out.at_other_sites,
        mark("their person has more rows than may count"): left_out.over_limit,
    }
    told = [
        _("{n} because {why}").format(n=count(number), why=_(why))
        for why, number in reasons.items()
        if number
    ]
    said = count(left_out.rows, "row")
    if told:
        said = _("{rows}: {told}").format(rows=said, told=wording.listed(told))
    return [fact(_("Rows left out"), said)]
