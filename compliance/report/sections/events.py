"""What the ledger holds of a release or a run, in words."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from decimal import Decimal

from compliance.dataset.nouns import ColumnName
from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.privacy.nouns import (
    Event,
    GaussianEvent,
    LaplaceEvent,
    RandomisedResponseEvent,
    SampledGaussianEvent,
    SelectionEvent,
    SynthesisEvent,
    ThresholdEvent,
)
from compliance.privacy.nouns.question import Statistic, StatisticKind
from compliance.report import wording
from compliance.report.tables import Fill, Plain, heading, table
from compliance.report.wording import count, formatted, measured

_KEYS = "keys"
_LARGEST = re.compile(r"top_(\d+)_(rows|units)")
_QUANTILE = re.compile(r"(median|quantile_0\.\d+)_(.+)")
_PARTS = {
    "value": "",
    "centred_sum": mark(": sum of the distances from the middle of the bounds"),
    "centred_squares": mark(": sum of the squares of those distances"),
    "present_rows": mark(": number of values"),
    "choice": "",
    "choice_low": mark(": lower end of the interval"),
    "choice_high": mark(": upper end of the interval"),
}


def to_events(events: Sequence[Event]) -> Plain | None:
    """One row per event; scales are in steps of the statistic."""
    headings = [
        heading(_("In the ledger"), 1.6),
        heading(_("Of"), 3.4, Fill.NAME),
        heading(_("One person moves it by"), 2.6),
        heading(_("Noise"), 2.6),
    ]
    return table(headings, [_row(event) for event in events])


def in_words(event: Event) -> str:
    """One event as one line."""
    match event:
        case SampledGaussianEvent(sampling_rate=rate, noise_multiplier=noise, rounds=rounds):
            drawn = (
                _("all in each")
                if rate == 1
                else _("each in a round with probability {rate}").format(
                    rate=formatted(rate, ".4g")
                )
            )
            return _(
                "Gaussian noise on model updates, {noise} times what one protected unit can "
                "change, in {rounds}; {drawn}"
            ).format(noise=formatted(noise, "g"), rounds=count(rounds, "round"), drawn=drawn)
        case other:
            kind, of, __, amount = _row(other)
            return _("{kind} on the {of}: {amount}").format(kind=kind, of=of, amount=amount)


def _row(event: Event) -> tuple[str, str, str, str]:
    match event:
        case GaussianEvent(statistic=name, sensitivity_squared=squared, scale=scale):
            by = _("at most {size} (L2)").format(size=measured(math.sqrt(squared)))
            return (
                _("Gaussian noise"),
                _of(name),
                by,
                _("standard deviation {scale}").format(scale=measured(scale)),
            )
        case LaplaceEvent(statistic=name, sensitivity=sensitivity, scale=scale):
            by = _("at most {size} (L1)").format(size=count(sensitivity))
            return (
                _("Laplace noise"),
                _of(name),
                by,
                _("scale {scale}").format(scale=measured(scale)),
            )
        case SelectionEvent(statistic=name, sensitivity=sensitivity, scale=scale, draws=draws):
            by = _("each score by at most {size}").format(size=count(sensitivity))
            amount = _("Gumbel noise of scale {scale}, {draws}").format(
                scale=measured(scale), draws=count(draws, "draw")
            )
            return (_("Choice"), _of(name), by, amount)
        case RandomisedResponseEvent(statistic=name, categories=categories, probability=truth):
            amount = _("kept with probability {truth}, of {categories} answers").format(
                truth=formatted(truth, ".6g"), categories=count(categories)
            )
            return (_("Changed answers"), _of(name), _("their own answer"), amount)
        case SynthesisEvent(rho=rho):
            amount = _("ρ = {rho} under zCDP").format(rho=wording.loss_up(rho))
            return (_("Invented rows"), _("tables of counts"), _("its own rows"), amount)
        case ThresholdEvent(threshold=threshold, delta=delta):
            amount = _("shown above {threshold} people, δ = {delta}").format(
                threshold=count(threshold), delta=wording.loss_up(delta)
            )
            return (_("Threshold"), _("groups that are shown"), _("1 group or more"), amount)
        case SampledGaussianEvent(sampling_rate=rate, noise_multiplier=noise, rounds=rounds):
            amount = _("{noise} times that, {rounds}").format(
                noise=formatted(noise, "g"), rounds=count(rounds, "round")
            )
            by = _("the clip; taken with probability {rate}").format(rate=formatted(rate, ".4g"))
            return (_("Gaussian noise"), _("model updates"), by, amount)


def _of(name: str) -> str:
    """What the noise was added to: the ledger's `sum_Amount:value` as “sum of Amount”."""
    if name == _KEYS:
        return _("number of people per group")
    statistic, __, part = name.rpartition(":")
    if part not in _PARTS:
        statistic, part = name, "value"
    return wording.abridged(_(_title(statistic))) + _(_PARTS[part])


def _title(statistic: str) -> str:
    if found := _LARGEST.fullmatch(statistic):
        return Statistic(
            kind=StatisticKind.TOP, largest=int(found[1]), of_units=found[2] == "units"
        ).title
    if found := _QUANTILE.fullmatch(statistic):
        at = Decimal("0.5") if found[1] == "median" else Decimal(found[1].split("_")[1])
        return Statistic(kind=StatisticKind.QUANTILE, column=ColumnName(found[2]), at=at).title
    for kind in StatisticKind:
        if statistic == kind:
            return Statistic(kind=kind).title
        if statistic.startswith(f"{kind}_"):
            column = ColumnName(statistic.removeprefix(f"{kind}_"))
            return Statistic(kind=kind, column=column).title
    return statistic
