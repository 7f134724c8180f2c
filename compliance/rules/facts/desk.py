"""Facts from what the desk itself keeps: budgets, runs, the trail."""

from __future__ import annotations

from collections.abc import Mapping

from compliance.federated.nouns import Run, Sight
from compliance.i18n import mark
from compliance.privacy.nouns import BudgetState
from compliance.rules.nouns import Subject, TrailKnown

PROVIDED: Mapping[str, frozenset[str]] = {
    "population": frozenset({"budget_decided", "share_spent"}),
    "run": frozenset(
        {
            *("sites_left_out", "smallest_site", "has_noise", "leaves_site", "bytes_left_sites"),
            *("is_protected", "rows_readable", "contains_personal_data"),
        }
    ),
    "trail": frozenset(
        {"trail_whole", "lineage_dangling", "second_person_asked", "acts_unapproved"}
    ),
}


def population_subject(budget: BudgetState) -> Subject:
    """The people who share a privacy budget."""
    return Subject(
        entity="population",
        name=budget.population,
        facts={"budget_decided": budget.is_decided, "share_spent": float(budget.share_spent)},
    )


def run_subject(run: Run, dataset: Subject) -> Subject:
    """A federated run, with what is known of the data that it learnt from."""
    facts: dict[str, object] = {
        "sites_left_out": run.outcome.sites_left_out,
        "smallest_site": min((site.rows for site in run.outcome.sites), default=None),
        "has_noise": run.plan.privacy is not None,
        **_left_sites(run),
    }
    if "contains_personal_data" in dataset.facts:
        facts["contains_personal_data"] = dataset.facts["contains_personal_data"]
    name = mark("{what} model of {name}, {started_at:%Y-%m-%d %H:%M}").format(
        what=run.plan.subject, name=dataset.name, started_at=run.started_at
    )
    return Subject(entity="run", name=name, facts=facts, id=run.id)


def _left_sites(run: Run) -> dict[str, object]:
    """What left the sites: its names, how much, and of how many sites a row could be read.

    Unknown where the run is of an earlier version; rows also where that was not looked at.
    """
    up = [one for done in run.outcome.rounds for one in done.sent if one.is_up]
    if not up:
        return {}
    facts: dict[str, object] = {
        "leaves_site": sorted({one.name for one in up}),
        "bytes_left_sites": sum(one.bytes * one.copies for one in up),
        "is_protected": Sight.of(run.plan) not in (Sight.EACH_UPDATE, Sight.EACH_SUM),
    }
    looked = [done.readable for done in run.outcome.rounds if done.readable is not None]
    return facts | {"rows_readable": max(looked)} if looked else facts


def trail_subject(trail: TrailKnown, dangling: int) -> Subject:
    """The trail itself: what it shows, and edges of the lineage that name what is not there."""
    facts: dict[str, object] = {
        "trail_whole": not trail.problems,
        "lineage_dangling": dangling,
        "second_person_asked": trail.is_second_person_asked,
        "acts_unapproved": trail.unapproved,
    }
    return Subject(entity="trail", name=mark("The trail"), facts=facts)
