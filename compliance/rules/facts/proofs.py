"""What the desk did and found itself, as rules see it: releases, the trail, findings."""

from __future__ import annotations

from collections.abc import Mapping

from compliance.i18n import mark
from compliance.privacy.nouns import BudgetState, Release
from compliance.rules.nouns import Holding, Knowledge, Subject
from compliance.rules.nouns.finding import Status

PROVIDED: Mapping[str, frozenset[str]] = {
    "release": frozenset(
        {"technique", "epsilon_spent_over_budget", "budget_approval_id", "disclosure_fields"}
    ),
    "audit_log": frozenset(
        {
            *("last_verified_at", "verification_result", "last_anchored_at"),
            *("anchors_failing", "last_watched_at", "open_alarms"),
        }
    ),
    "finding": frozenset({"open", "without_owner", "overdue", "closed", "closed_by_owner"}),
}


def release_subjects(holding: Holding, known: Knowledge) -> tuple[Subject, ...]:
    """The statistics that were published from a dataset; all of them carry noise."""
    return tuple(_release(release, holding, known) for release in holding.releases)


def _release(release: Release, holding: Holding, known: Knowledge) -> Subject:
    facts: dict[str, object] = {
        "technique": "differential_privacy",
        "disclosure_fields": disclosed(release, holding),
    }
    unknown: dict[str, str] = {}
    budget = next((b for b in known.budgets if b.population == release.population), None)
    if budget is None:
        why = mark("the budget of its people was not looked at")
        unknown = dict.fromkeys(("epsilon_spent_over_budget", "budget_approval_id"), why)
    else:
        facts["epsilon_spent_over_budget"] = is_over(budget)
        # The decision is in the trail under the name of the people whom it is about.
        facts["budget_approval_id"] = budget.population if budget.is_decided else None
    return Subject(
        entity="release",
        name=mark("Release from {name}, {released_at:%Y-%m-%d %H:%M}").format(
            name=holding.dataset.name, released_at=release.released_at
        ),
        facts=facts,
        id=release.id,
        unknown=unknown,
    )


def is_over(budget: BudgetState) -> bool:
    """Whether more was spent than an officer decided."""
    return budget.spent.epsilon > budget.total.epsilon


def disclosed(release: Release, holding: Holding) -> tuple[str, ...]:
    """What can be told of a release, of what NIST SP 800-226 asks to tell."""
    query = release.query
    is_there: Mapping[str, object] = {
        "epsilon": release.asked.epsilon,
        "delta": release.asked.delta is not None,
        "unit_of_privacy": query.unit,
        "neighbouring_relation": query.unit,  # one person more or fewer, in every release
        "mechanism": query.mechanism,
        "contribution_bounds": query.max_groups and query.max_rows_per_group,
        "clamping": all(
            one.column is None or one.lower is not None or one.edges or one.largest
            for one in query.statistics
        ),
        "budget_before_after": release.events,
        "data_version_hash": holding.dataset.sha256,
        "code_version": release.libraries,
        "random_source": release.libraries,
        "accuracy_statement": release.values is not None,
        "approver": release.actor,
    }
    return tuple(field for field, found in is_there.items() if found)


def log_subject(known: Knowledge) -> Subject:
    """The trail, as something that is verified, taken outside, and watched over."""
    trail = known.trail
    facts: dict[str, object] = {
        "last_verified_at": trail.verified_at,
        "verification_result": "failed" if trail.problems else "ok",
        "last_anchored_at": trail.anchored_at,
        "anchors_failing": trail.anchors_failing,
    }
    if trail.watched_at is None:
        nobody = mark("nobody has looked for unusual acts yet")
        unknown = {"last_watched_at": nobody, "open_alarms": nobody}
        return Subject(entity="audit_log", name=mark("The trail"), facts=facts, unknown=unknown)
    facts |= {"last_watched_at": trail.watched_at, "open_alarms": trail.open_alarms}
    return Subject(entity="audit_log", name=mark("The trail"), facts=facts)


def findings_subject(known: Knowledge) -> Subject:
    """The findings on record, all together: how they are worked on is one duty, not one for each.

    Those that are waived for now, and those about findings themselves, do not count.
    """
    found = [one for one in known.findings if one.entity != "finding"]
    today = known.at.date()
    open_ = [
        one
        for one in found
        if one.status is not Status.CLOSED and not (one.waiver and one.waiver.until >= today)
    ]
    closed = [one for one in found if one.status is Status.CLOSED]
    by_owner = [one for one in closed if one.owner and one.owner == one.closed_by]
    return Subject(
        entity="finding",
        name=mark("The findings on record"),
        id="findings",
        facts={
            "open": len(open_),
            "without_owner": sum(not one.owner for one in open_),
            "overdue": sum(one.due < today for one in open_),
            "closed": len(closed),
            "closed_by_owner": len(by_owner),
        },
    )
