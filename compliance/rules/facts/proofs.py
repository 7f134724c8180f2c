"""What the desk did and found itself, as rules see it: releases, the trail, findings."""

from __future__ import annotations

from collections.abc import Mapping

from compliance.privacy.nouns import BudgetState, Release
from compliance.rules.nouns import Finding, Holding, Knowledge, Subject
from compliance.rules.nouns.finding import Status

PROVIDED: Mapping[str, frozenset[str]] = {
    "release": frozenset(
        {"technique", "epsilon_spent_over_budget", "budget_approval_id", "disclosure_fields"}
    ),
    "audit_log": frozenset({"last_verified_at", "verification_result", "last_anchored_at"}),
    "finding": frozenset(
        {
            *("status", "owner", "due_at", "severity", "closed_by_differs_from_owner"),
            "closure_evidence_id",
        }
    ),
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
        why = "the budget of its people was not looked at"
        unknown = dict.fromkeys(("epsilon_spent_over_budget", "budget_approval_id"), why)
    else:
        facts["epsilon_spent_over_budget"] = is_over(budget)
        # The decision is in the trail under the name of the people whom it is about.
        facts["budget_approval_id"] = budget.population if budget.is_decided else None
    return Subject(
        entity="release",
        name=f"Release from {holding.dataset.name}, {release.released_at:%Y-%m-%d %H:%M}",
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
    """The trail, as something that is verified and taken outside."""
    trail = known.trail
    return Subject(
        entity="audit_log",
        name="The trail",
        facts={
            "last_verified_at": trail.verified_at,
            "verification_result": "failed" if trail.problems else "ok",
            "last_anchored_at": trail.anchored_at,
        },
    )


def finding_subject(finding: Finding) -> Subject:
    """A finding, as something that people have to work on."""
    facts: dict[str, object] = {
        "status": finding.status.value.replace(" ", "_"),
        "owner": finding.owner or None,
        "due_at": finding.due,
        "severity": finding.severity.value,
    }
    if finding.status is Status.CLOSED:
        is_known = bool(finding.owner and finding.closed_by)
        facts["closed_by_differs_from_owner"] = (
            finding.closed_by != finding.owner if is_known else None
        )
        facts["closure_evidence_id"] = finding.id if finding.evidence else None
    return Subject(
        entity="finding",
        name=f"{finding.title}: {finding.subject}",
        facts=facts,
        id=finding.id,
    )
