"""What is known, as the subjects and facts that rules look at."""

from __future__ import annotations

from compliance.rules.facts.desk import (
    dataset_subject,
    organisation_subject,
    population_subject,
    run_subject,
    trail_subject,
)
from compliance.rules.nouns import Knowledge, Subject

__all__ = ["run_subject", "subjects"]


def subjects(known: Knowledge) -> tuple[Subject, ...]:
    """Everything that rules look at, with its facts; the organisation first."""
    found = [organisation_subject(known.organisation)]
    for holding in known.holdings:
        about = dataset_subject(holding)
        found += [about, *(run_subject(run, about) for run in holding.runs)]
    found += [population_subject(budget) for budget in known.budgets]
    found.append(trail_subject(known.trail.problems))
    return tuple(found)
