"""Gauges: what they come to together, and those that a measurement proposes."""

from __future__ import annotations

from compliance.anonymise.nouns.record import Anonymised
from compliance.discovery.nouns import IdentifierClass
from compliance.i18n import mark
from compliance.impact.method import method
from compliance.impact.nouns import (
    FearedEvent,
    Gauge,
    Impact,
    Origin,
    Reading,
    RiskLevel,
)
from compliance.impact.scope import Scope
from compliance.impact.words import listed, of_dataset
from compliance.rules.nouns import Holding

ACCESS = "access"


def level(severity: Gauge, likelihood: Gauge) -> RiskLevel:
    """What severity and likelihood come to together."""
    return method().levels[severity][likelihood.rank]


def level_before(event: FearedEvent) -> RiskLevel | None:
    """The risk of an event without its measures; None where it is not gauged."""
    return _together(event.severity, event.likelihood)


def level_after(event: FearedEvent) -> RiskLevel | None:
    """The risk of an event with its measures; None where it is not gauged."""
    return _together(event.severity_after, event.likelihood_after)


def residual(impact: Impact) -> RiskLevel | None:
    """The highest risk that is left; None where an event is not gauged yet, or there is none."""
    left = [level_after(event) for event in impact.events]
    known = [one for one in left if one is not None]
    if not known or len(known) < len(left):
        return None
    return max(known, key=lambda one: one.rank)


def likelihood_of(risk: float) -> Gauge:
    """How likely it is that somebody is recognised, at the highest measured risk `risk` (0–1)."""
    for gauge, most in method().upper.items():
        if risk <= most:
            return gauge
    return Gauge.MAXIMUM


def severity_drawn(scope: Scope) -> Reading | None:
    """How severe illegitimate access would be, by what the columns hold; None before discovery."""
    if not scope.is_discovered:
        return None
    found = [(h, h.discovery) for h in scope.holdings if h.discovery is not None]
    facts = tuple(f"labels:{holding.dataset.id}" for holding, _ in found)
    columns = [label for _, discovery in found for label in discovery.personal]
    special = [str(label.column) for label in columns if label.special_category]
    private = [
        str(label.column)
        for label in columns
        if label.identifier_class is IdentifierClass.SENSITIVE
    ]
    if special or private:
        why = mark("Very personal data in {special}.").format(
            special=listed(list(dict.fromkeys(special + private)))
        )
        return _drawn(Gauge.IMPORTANT, why, facts)
    if columns:
        return _drawn(
            Gauge.LIMITED, mark("Personal data, none of which was found sensitive."), facts
        )
    return _drawn(Gauge.NEGLIGIBLE, mark("No personal column was found."), facts)


def likelihood_drawn(scope: Scope) -> Reading | None:
    """How likely it is that whoever gets at the rows as they are recognises somebody.

    Direct identifiers need no guessing; else the risk measured when the rows were anonymised.
    None where neither is known. How likely it is that somebody gets at them is not in it.
    """
    named = [(h, _direct(h)) for h in scope.holdings if _direct(h)]
    if named:
        told = [f"{h.dataset.name} ({listed(columns)})" for h, columns in named]
        why = mark("Columns that point to people directly need no guessing: {told}.").format(
            told="; ".join(told)
        )
        return _drawn(Gauge.MAXIMUM, why, tuple(f"labels:{h.dataset.id}" for h, _ in named))
    worst = max(_measured(scope), key=lambda one: one.proof.before.prosecutor.max, default=None)
    if worst is None:
        return None
    risk = worst.proof.before.prosecutor.max
    why = mark(
        "The highest risk of recognising somebody, measured on the rows as they are: {risk:.1%}."
    ).format(risk=risk)
    return _drawn(likelihood_of(risk), why, (f"anonymised:{worst.id}",))


def likelihood_after_drawn(scope: Scope) -> Reading | None:
    """The same with what was anonymised in place of the rows; None where nothing was measured.

    Every dataset concerned must be an anonymised output or have one, else rows remain.
    """
    outputs = _measured(scope)
    if not outputs or not _all_have_output(scope):
        return None
    short = [h for h in (*scope.outputs, *scope.holdings) if h.k_missing]
    if short:
        names = listed([str(h.dataset.name) for h in short])
        why = mark("{names} falls short of what was promised when it was anonymised.").format(
            names=names
        )
        return _drawn(Gauge.MAXIMUM, why, tuple(of_dataset(h.dataset) for h in short))
    worst = max(outputs, key=lambda one: one.proof.after.prosecutor.max)
    risk = worst.proof.after.prosecutor.max
    why = mark(
        "The highest risk measured on the anonymised rows: {risk:.1%}. It holds "
        "where only they are used and handed on."
    ).format(risk=risk)
    return _drawn(likelihood_of(risk), why, (f"anonymised:{worst.id}",))


def _together(severity: Reading | None, likelihood: Reading | None) -> RiskLevel | None:
    if severity is None or likelihood is None:
        return None
    return level(severity.gauge, likelihood.gauge)


def _direct(holding: Holding) -> list[str]:
    found = holding.discovery
    return [] if found is None else [*map(str, found.columns_of(IdentifierClass.DIRECT))]


def _measured(scope: Scope) -> list[Anonymised]:
    """What was anonymised from these datasets, or made them."""
    every = [h.anonymised for h in (*scope.outputs, *scope.holdings)]
    found = {done.id: done for done in every if done is not None}
    return list(found.values())


def _all_have_output(scope: Scope) -> bool:
    covered = {done.dataset_id.rpartition("@")[0] for done in _measured(scope)}
    return all(h.anonymised is not None or h.dataset.name in covered for h in scope.holdings)


def _drawn(gauge: Gauge, why: str, facts: tuple[str, ...]) -> Reading:
    return Reading(gauge=gauge, why=why, origin=Origin.DRAWN, facts=facts)
