"""What the guarantee of a release rests on, and what it means in plain words."""

from __future__ import annotations

import math
from decimal import Decimal

from compliance.privacy.nouns import Release, ThresholdEvent
from compliance.privacy.nouns.question import Mechanism, Query
from compliance.report import wording
from compliance.report.tables import Fill, Plain, fact
from compliance.report.wording import count, loss_up

_NOISE = {
    Mechanism.GAUSSIAN: "Gaussian noise on whole numbers, accounted under zCDP",
    Mechanism.LAPLACE: "Laplace noise on whole numbers",
    Mechanism.RANDOMISED_RESPONSE: "each person's answer changed by chance before counting",
}


def to_guarantee(release: Release) -> list[Plain]:
    """Unit, bounds, keys, mechanism and (ε, δ), one fact each."""
    query = release.query
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
        fact("Costs on its own", _cost(release)),
    ]


def in_plain_words(release: Release) -> str:
    """What (ε, δ) means to somebody who is in the data."""
    epsilon, delta = release.price.epsilon, release.price.delta
    apart = f", apart from a chance of at most δ = {loss_up(delta)}" if delta else ""
    return (
        "In plain words: an attacker who starts from 50 % on whether a person is in the data can "
        f"become at most {wording.number(attacker_percent(epsilon), 1)} % sure by this release "
        f"(ε = {loss_up(epsilon)}){apart}."
    )


def attacker_percent(epsilon: Decimal) -> float:
    """How sure of one person's presence an attacker can become at most, who starts from 50 %.

    By Bayes' rule under pure ε: e^ε / (1 + e^ε), in percent, rounded up to a tenth. Under
    (ε, δ) it holds except in cases that have probability δ.
    """
    return math.ceil(1000 / (1 + math.exp(-float(epsilon)))) / 10


def _cost(release: Release) -> str:
    rho = release.price.rho
    in_zcdp = f" (ρ = {loss_up(rho)} under zCDP)" if rho is not None else ""
    return _loss(release.price.epsilon, release.price.delta) + in_zcdp


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
