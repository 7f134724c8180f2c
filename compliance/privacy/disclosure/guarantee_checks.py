"""Hazards at the top: whose privacy, how large ε and δ are."""

from __future__ import annotations

import math
from decimal import Decimal

from compliance.i18n import mark
from compliance.privacy.disclosure.findings import Finding, Row, exposed, guarded, not_known
from compliance.privacy.disclosure.parameters import stated
from compliance.privacy.disclosure.words import loss, size, standing
from compliance.privacy.nouns import Release
from compliance.privacy.nouns.disclosure import Surroundings
from compliance.privacy.nouns.question import StatisticKind
from compliance.privacy.preview import attacker_percent


def unit(release: Release, around: Surroundings, _: Row) -> Finding:
    """Whether the unit is the column that an officer recorded as telling people apart."""
    asked, recorded = release.query.unit, around.dataset.description.unit
    if recorded is None:
        return not_known(
            mark(
                "Asked with {column}; nobody recorded which column tells people apart in {dataset}"
            ).format(column=asked, dataset=around.dataset.name)
        )
    if recorded != asked:
        return exposed(
            mark("Asked with {column}, but people are told apart by {other_name}").format(
                column=asked, other_name=recorded
            )
        )
    return guarded(
        mark("Asked with {column}, recorded as the column that tells people apart").format(
            column=asked
        )
    )


def large_epsilon(release: Release, around: Surroundings, row: Row) -> Finding:
    """Whether the ε of the release is at most the limit."""
    epsilon, limit = stated(release).epsilon, Decimal(row["limit"])
    percent = math.ceil(10 * attacker_percent(float(epsilon))) / 10
    evidence = mark(
        "ε = {epsilon}, where {limit} is the limit: who starts from 50 % can become "
        "at most {percent:g} % sure that a person is in the data. All about these "
        "people so far: {standing}"
    ).format(epsilon=loss(epsilon), limit=limit, percent=percent, standing=standing(around.budget))
    return guarded(evidence) if epsilon <= limit else exposed(evidence)


def large_delta(release: Release, around: Surroundings, row: Row) -> Finding:
    """Whether δ times the number of people is small; that number from what may be published."""
    delta = stated(release).delta or Decimal(0)
    limit = float(row["limit"])
    if delta == 0:
        return guarded("δ is 0")
    at_most, at_least = around.dataset.rows, _people_at_least(release)
    most, least = float(delta) * at_most, float(delta) * at_least
    if most <= limit:
        return guarded(
            mark(
                "δ = {delta} times the number of people is at most {most}, because there are "
                "{at_most:,} rows; {limit:g} is the limit"
            ).format(delta=loss(delta), most=size(most), at_most=at_most, limit=limit)
        )
    evidence = mark(
        "δ = {delta} times the number of people lies from {least} (at least "
        "{at_least:,}, from what was published) to {most} (at most {at_most:,}, the "
        "rows); {limit:g} is the limit"
    ).format(
        delta=loss(delta),
        least=size(least),
        at_least=at_least,
        most=size(most),
        at_most=at_most,
        limit=limit,
    )
    return exposed(evidence) if least > limit else not_known(evidence)


def _people_at_least(release: Release) -> int:
    """The largest published number of people of one group, less its margin."""
    found = [
        value.value - value.margin
        for value in release.values
        if value.statistic == StatisticKind.COUNT_UNITS and value.margin is not None
    ]
    return max((math.floor(number) for number in found if math.isfinite(number)), default=0)
