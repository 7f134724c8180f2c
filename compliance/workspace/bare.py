"""Records without the values in them, for whoever may not see rows, and for reports."""

from __future__ import annotations

from dataclasses import replace

from compliance.anonymise.nouns import Build, Builder
from compliance.anonymise.nouns.record import Anonymised
from compliance.discovery.nouns import Discovery
from compliance.rules.nouns import Knowledge
from compliance.workspace.desk import Desk

ROWS = "rows.see"


def without_examples(found: Discovery) -> Discovery:
    """Labels without masked examples of values."""
    labels = tuple(replace(label, examples=()) for label in found.labels)
    texts = {column: replace(one, examples={}) for column, one in found.texts.items()}
    return replace(found, labels=labels, texts=texts)


def without_values(done: Anonymised) -> Anonymised:
    """What was anonymised without the values that its plan puts in order."""
    plan = done.plan
    quasi = tuple(replace(q, hierarchy=_untold(q.hierarchy)) for q in plan.quasi_identifiers)
    criteria = tuple(
        replace(c, hierarchy=_untold(c.hierarchy)) if c.hierarchy else c for c in plan.criteria
    )
    return replace(done, plan=replace(plan, quasi_identifiers=quasi, criteria=criteria))


def labels_for(desk: Desk, found: Discovery | None) -> Discovery | None:
    """Labels as whoever acts may see them."""
    return found if found is None or desk.may(ROWS) else without_examples(found)


def knowledge_for(desk: Desk, found: Knowledge) -> Knowledge:
    """What is known, as whoever acts may see it."""
    if desk.may(ROWS):
        return found
    held = tuple(
        replace(
            one,
            discovery=one.discovery and without_examples(one.discovery),
            anonymised=one.anonymised and without_values(one.anonymised),
        )
        for one in found.holdings
    )
    return replace(found, holdings=held)


def _untold(hierarchy: str | Build) -> str | Build:
    if not isinstance(hierarchy, Build) or hierarchy.builder is not Builder.ORDER:
        return hierarchy
    told = {name: value for name, value in hierarchy.settings.items() if name != "order"}
    return replace(hierarchy, settings=told)
