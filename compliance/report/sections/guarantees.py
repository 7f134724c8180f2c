"""What the guarantee of a release rests on, and what it means in plain words."""

from __future__ import annotations

import math
from decimal import Decimal

from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.privacy.nouns import Accountant, Release, SelectionEvent, ThresholdEvent
from compliance.privacy.nouns.question import Mechanism, Query
from compliance.report import wording
from compliance.report.tables import Fill, Plain, fact
from compliance.report.wording import count, loss_up

_NOISE = {
    Mechanism.GAUSSIAN: mark("Gaussian noise on whole numbers, accounted under zCDP"),
    Mechanism.LAPLACE: mark("Laplace noise on whole numbers"),
    Mechanism.RANDOMISED_RESPONSE: mark("each person's answer changed by chance before counting"),
}
_ACCOUNTANTS = {
    Accountant.PURE: mark("plain sums of ε"),
    Accountant.ZCDP: mark("sums of ρ"),
    Accountant.RENYI: mark("Rényi curves"),
    Accountant.PLD: mark("loss distributions"),
}
_CHOICES = mark("; quantiles and the largest groups are chosen with Gumbel noise")


def to_guarantee(release: Release) -> list[Plain]:
    """Unit, bounds, keys, mechanism and (ε, δ), one fact each."""
    query = release.query
    facts = [
        fact(_("Unit of privacy"), _unit(query), fill=Fill.NAME),
        fact(_("Contribution bounds"), _bounds(query)),
        fact(_("Group keys"), _keys(release)),
        fact(_("Mechanism"), _mechanism(release)),
    ]
    if query.shares:
        facts.append(fact(_("The loss is divided"), _shares(query), fill=Fill.NAME))
    facts.append(fact(_("Asked"), _loss(release.asked.epsilon, release.asked.delta)))
    facts.append(fact(_("Costs on its own"), _cost(release)))
    return facts + _other_prices(release)


def in_plain_words(release: Release) -> str:
    """What (ε, δ) means to somebody who is in the data."""
    epsilon, delta = release.price.epsilon, release.price.delta
    if release.query.mechanism is Mechanism.RANDOMISED_RESPONSE:
        return _(
            "In plain words: an attacker who hesitates between two answers of a person, 50 % "
            "for each, can become at most {percent} % sure by this release (ε = "
            "{epsilon}, δ = {delta})."
        ).format(
            percent=wording.number(attacker_percent(epsilon), 1),
            epsilon=loss_up(epsilon),
            delta=loss_up(delta),
        )
    apart = (
        _(", apart from a chance of at most δ = {delta}").format(delta=loss_up(delta))
        if delta
        else ""
    )
    return _(
        "In plain words: an attacker who starts from 50 % on whether a person is in the "
        "data can become at most {percent} % sure by this release (ε = "
        "{epsilon}){apart}."
    ).format(
        percent=wording.number(attacker_percent(epsilon), 1),
        epsilon=loss_up(epsilon),
        apart=apart,
    )


def attacker_percent(epsilon: Decimal) -> float:
    """How sure of one person's presence an attacker can become at most, who starts from 50 %.

    By Bayes' rule under pure ε: e^ε / (1 + e^ε), in percent, rounded up to a tenth. Under
    (ε, δ) it holds except in cases that have probability δ.
    """
    return math.ceil(1000 / (1 + math.exp(-float(epsilon)))) / 10


def _cost(release: Release) -> str:
    rho = release.price.rho
    in_zcdp = _(" (ρ = {rho} under zCDP)").format(rho=loss_up(rho)) if rho is not None else ""
    return _loss(release.price.epsilon, release.price.delta) + in_zcdp


def _other_prices(release: Release) -> list[Plain]:
    """What every accountant says of the same release, where its record has that."""
    prices = release.prices
    if prices is None:
        return []
    return [
        fact(
            _("By {accountant}").format(accountant=_(_ACCOUNTANTS[quote.accountant])),
            wording.sentence(_(quote.reason))
            if quote.epsilon is None
            else _loss(quote.epsilon, prices.delta),
        )
        for quote in prices.quotes
    ]


def _unit(query: Query) -> str:
    if query.mechanism is Mechanism.RANDOMISED_RESPONSE:
        return _(
            "the answer of one person, as told apart by the column {unit}; how many people "
            "there are is not hidden"
        ).format(unit=query.unit)
    elsewhere = "".join(
        _(", and by {unit} in {dataset}").format(unit=join.unit, dataset=join.dataset)
        for join in query.join
    )
    return _(
        "one person, as told apart by the column {unit}{elsewhere}; adding or removing "
        "all of a person's rows is what the noise hides"
    ).format(unit=query.unit, elsewhere=elsewhere)


def _mechanism(release: Release) -> str:
    chooses = any(isinstance(event, SelectionEvent) for event in release.events)
    return _(_NOISE[release.query.mechanism]) + (_(_CHOICES) if chooses else "")


def _shares(query: Query) -> str:
    titles = {s.name: wording.abridged(_(s.title)) for s in query.statistics}
    told = [
        _("{share} for {what}").format(
            share=wording.percent(float(share), 1),
            what=titles.get(name, _("the search for groups")),
        )
        for name, share in query.shares.items()
    ]
    left = len(titles) + (not query.has_public_keys) - len(query.shares)
    return wording.listed(told) + (_(", what is left evenly for the others") if left else "")


def _bounds(query: Query) -> str:
    rows = count(query.max_rows_per_group, "row")
    if not query.by:
        return _("each person counts with at most {rows}; further rows are left out").format(
            rows=rows
        )
    groups, period = count(query.max_groups, "group"), query.period
    if period is None:
        return _(
            "each person counts in at most {groups}, with at most {rows} per group; further "
            "rows are left out"
        ).format(groups=groups, rows=rows)
    return _(
        "each person counts in at most {most} of {column}, in at most {groups} of each "
        "{per}, with at most {rows} per group; further rows are left out"
    ).format(
        most=count(period.most, str(period.per)),
        column=period.column,
        groups=groups,
        per=_(str(period.per)),
        rows=rows,
    )


def _keys(release: Release) -> str:
    query = release.query
    if not query.by:
        return _("none: one total")
    if query.has_public_keys:
        return _("listed beforehand; they reveal nothing unless they were copied from the data")
    thresholds = [event for event in release.events if isinstance(event, ThresholdEvent)]
    if not thresholds:
        return _("found in the data; threshold not recorded")
    event = thresholds[0]
    return _(
        "found in the data; shown only where the noisy number of people is above "
        "{threshold}, which fails with probability at most δ = {delta}"
    ).format(threshold=count(event.threshold), delta=loss_up(event.delta))


def _loss(epsilon: Decimal, delta: Decimal) -> str:
    return _("ε = {epsilon}, δ = {delta}").format(epsilon=loss_up(epsilon), delta=loss_up(delta))
