"""Section 4: every release, with what its guarantee rests on and what it does not cover."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from compliance.privacy.nouns import (
    Condition,
    Granularity,
    Mechanism,
    Query,
    Release,
    Statistic,
    ThresholdEvent,
)
from compliance.report import wording
from compliance.report.nouns import Evidence
from compliance.report.sections.events import to_events
from compliance.report.sections.values import (
    MOST_GROUPS_PRINTED,
    grouped,
    units,
    value_chart,
    value_table,
)
from compliance.report.tables import Fill, Plain, fact, heading, table
from compliance.report.wording import count, loss_up

_NOISE = {
    Mechanism.GAUSSIAN: "Gaussian noise on whole numbers, accounted under zCDP",
    Mechanism.LAPLACE: "Laplace noise on whole numbers",
}


def to_releases(evidence: Evidence) -> list[Plain]:
    """Per dataset that has any: its releases, in the order in which they were made."""
    return [
        {"dataset": e.dataset.name, "items": [_one(release) for release in e.releases]}
        for e in evidence.datasets
        if e.releases
    ]


def attacker_percent(epsilon: Decimal) -> float:
    """How sure of one person's presence an attacker can become at most, who starts from 50 %.

    By Bayes' rule under pure ε: e^ε / (1 + e^ε), in percent, rounded up to a tenth. Under
    (ε, δ) it holds except in cases that have probability δ.
    """
    return math.ceil(1000 / (1 + math.exp(-float(epsilon)))) / 10


def _one(release: Release) -> Plain:
    query, groups = release.query, grouped(release.values)
    return {
        "title": _title(query),
        "asked": _asked(query),
        "facts": _facts(release),
        "privacy": _privacy(release),
        "meaning": _meaning(release),
        "clamps": _clamps(query.statistics),
        "events": to_events(release.events),
        "values": value_table(query, groups),
        "values_left": max(len(groups) - MOST_GROUPS_PRINTED, 0),
        "units": units(query.statistics),
        "chart": value_chart(query, groups),
        "dropped": _dropped(release),
    }


def _title(query: Query) -> str:
    what = wording.listed([statistic.title for statistic in query.statistics])
    by = f" by {wording.listed(query.by)}" if query.by else ""
    return wording.capital(what + by)


def _asked(query: Query) -> str:
    what = wording.listed([f"the {statistic.title}" for statistic in query.statistics])
    each = f"for each value of {wording.listed(query.by)}" if query.by else "over the whole table"
    where = wording.listed([_condition(c) for c in query.where])
    only = f", only rows where {where}" if query.where else ""
    return wording.sentence(f"{what}, {each}{only}")


def _condition(condition: Condition) -> str:
    signs = {"!=": "≠", "<=": "≤", ">=": "≥"}
    sign = signs.get(condition.comparison.value, condition.comparison.value)
    return f"{condition.column} {sign} {condition.value}"


def _facts(release: Release) -> list[Plain]:
    libraries = [f"{name} {version}" for name, version in sorted(release.libraries.items())]
    return [
        fact(
            "Released", f"{wording.when(release.released_at)}, by {release.actor}", fill=Fill.NAME
        ),
        fact("Reference", release.id, fill=Fill.NAME),
        fact("Computed from", release.dataset_id, fill=Fill.NAME),
        fact("Paid from the budget of", release.population, fill=Fill.NAME),
        fact(
            "Noise drawn by",
            wording.recorded(", ".join(libraries)),
            fill=Fill.NAME,
            missing=not libraries,
        ),
    ]


def _privacy(release: Release) -> list[Plain]:
    query, rho = release.query, release.price.rho
    return [
        fact(
            "Unit of privacy",
            f"one person, as told apart by the column {query.unit}; adding or removing all of a "
            "person's rows is what the noise hides",
            fill=Fill.NAME,
        ),
        fact("Contribution bounds", _bounds(query)),
        fact("Group keys", _keys(release)),
        fact("Mechanism", _NOISE[query.mechanism]),
        fact("Asked", _loss(release.asked.epsilon, release.asked.delta)),
        fact("Costs on its own", _loss(release.price.epsilon, release.price.delta)),
        fact("In zCDP", f"ρ = {loss_up(rho)}" if rho is not None else "no ρ: pure ε accounting"),
    ]


def _bounds(query: Query) -> str:
    rows = count(query.max_rows_per_group, "row")
    if not query.by:
        return f"each person counts with at most {rows}; further rows are left out"
    return (
        f"each person counts in at most {count(query.max_groups, 'group')}, with at most {rows} "
        "per group; further rows are left out"
    )


def _keys(release: Release) -> str:
    query = release.query
    if not query.by:
        return "none: one total"
    if query.has_public_keys:
        return "listed beforehand, so they reveal nothing about the data"
    thresholds = [event for event in release.events if isinstance(event, ThresholdEvent)]
    if not thresholds:
        return "found in the data; threshold not recorded"
    event = thresholds[0]
    return (
        f"found in the data; shown only where the noisy number of people is above "
        f"{count(event.threshold)}, which fails with probability at most δ = {loss_up(event.delta)}"
    )


def _loss(epsilon: Decimal, delta: Decimal) -> str:
    return f"ε = {loss_up(epsilon)}, δ = {loss_up(delta)}"


def _meaning(release: Release) -> str:
    epsilon, delta = release.price.epsilon, release.price.delta
    apart = f", apart from a chance of at most δ = {loss_up(delta)}" if delta else ""
    return (
        "In plain words: an attacker who starts from 50 % on whether a person is in the data can "
        f"become at most {wording.number(attacker_percent(epsilon), 1)} % sure by this release "
        f"(ε = {loss_up(epsilon)}){apart}."
    )


def _clamps(statistics: Sequence[Statistic]) -> Plain | None:
    headings = [
        heading("Clamped before adding up", 4, Fill.NAME),
        heading("Step of the sum", 2),
        heading("From", fill=Fill.NUMBER),
        heading("To", fill=Fill.NUMBER),
    ]
    rows = [
        [s.title, _step(s.granularity), _decimal(s.lower), _decimal(s.upper)]
        for s in statistics
        if s.column is not None
    ]
    return table(headings, rows)


def _decimal(bound: Decimal | None) -> str:
    return wording.signed(f"{bound:,f}") if bound is not None else wording.NOT_RECORDED


def _step(granularity: Granularity) -> str:
    return "one hundredth" if granularity is Granularity.CENTS else "whole numbers"


def _dropped(release: Release) -> list[Plain]:
    dropped = release.dropped
    return [
        fact("Rows left out", count(dropped.rows, "row")),
        fact("People with rows left out", count(dropped.units, "person", plural="people")),
        fact("Rows that name no person", count(dropped.rows_without_unit, "row")),
    ]
