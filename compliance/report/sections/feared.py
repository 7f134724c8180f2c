"""The feared events: impacts, threats, sources, measures, gauges, and the map of them."""

from __future__ import annotations

from compliance.i18n import translate as _
from compliance.impact.nouns import Answer, FearedEvent, Gauge, Reading, RiskLevel, Scale
from compliance.report import wording
from compliance.report.nouns import ImpactEvidence
from compliance.report.sections.impacts import LEVEL_TONES, text_of
from compliance.report.tables import Cell, Fill, Plain, fact, heading, stacked, table, toned
from compliance.report.wording import count

_PER_ROW = 4  # marks beside each other in a cell of the map


def to_feared(evidence: ImpactEvidence) -> Plain | None:
    """Every event, the map and what the gauges mean; None where nothing is gauged at all."""
    events = evidence.impact.events
    if not events:
        return None
    return {
        "table": _table(evidence),
        "map": _map(evidence),
        "events": [_event(evidence, event) for event in events],
        "meanings": [_meanings(evidence, scale) for scale in Scale],
    }


def _table(evidence: ImpactEvidence) -> Plain | None:
    headings = [
        heading(_("No."), fill=Fill.NUMBER),
        heading(_("Feared event"), 3),
        heading(_("Severity"), 1.6),
        heading(_("Likelihood"), 1.6),
        heading(_("Risk before"), 1.1),
        heading(_("Risk after"), 1.1),
    ]
    rows: list[list[Cell]] = [
        [
            count(number),
            _(event.title),
            _pair(event.severity, event.severity_after),
            _pair(event.likelihood, event.likelihood_after),
            *(_level(level) for level in evidence.levels[event.id]),
        ]
        for number, event in enumerate(evidence.impact.events, start=1)
    ]
    return table(headings, rows)


def _event(evidence: ImpactEvidence, event: FearedEvent) -> Plain:
    known = evidence.method.feared(event.id)
    named = [_(evidence.measures.get(id_, id_)) for id_ in event.measures]
    facts = [
        fact(_("What it would do"), *_text(event.impacts)),
        fact(_("How it could happen"), *_text(event.threats)),
        fact(_("Who or what"), *_text(event.sources)),
        fact(_("Measures"), wording.listed(named, _("none named"))),
    ]
    return {
        "title": _(event.title),
        "means": _(known.means) if known else "",
        "facts": facts,
        "gauges": _gauges(event),
    }


def _gauges(event: FearedEvent) -> Plain | None:
    headings = [
        heading(_("Gauge"), 1.6),
        heading(_("Without measures"), 2.6),
        heading(_("With measures"), 2.6),
    ]
    rows: list[list[Cell]] = [
        [_("Severity"), _reading(event.severity), _reading(event.severity_after)],
        [_("Likelihood"), _reading(event.likelihood), _reading(event.likelihood_after)],
    ]
    return table(headings, rows)


def _reading(reading: Reading | None) -> Cell:
    if reading is None:
        return toned(_("not gauged"), "warn")
    said = [_(reading.why)] if reading.why else []
    if reading.facts:
        said.append(_("Drawn from {facts}.").format(facts=wording.listed(list(reading.facts))))
    return stacked(_(str(reading.gauge)), wording.run_on(said))


def _text(answer: Answer) -> tuple[str]:
    if not answer.text:
        return (_(wording.NOT_RECORDED),)
    return (
        text_of(answer)
        if answer.counts
        else _("Only proposed by a template: {text}").format(text=_(answer.text)),
    )


def _meanings(evidence: ImpactEvidence, scale: Scale) -> Plain:
    meanings = evidence.method.meanings[scale]
    return {
        "title": wording.capital(_(str(scale))),
        "facts": [fact(_(str(gauge)), _(meanings[gauge])) for gauge in Gauge],
    }


def _map(evidence: ImpactEvidence) -> Plain | None:
    """The grid of levels and where each event stands; positions go from 0 to 4."""
    events = evidence.impact.events
    before = _places([(e.likelihood, e.severity) for e in events], is_after=False)
    after = _places([(e.likelihood_after, e.severity_after) for e in events], is_after=True)
    if not any(before) and not any(after):
        return None
    marks = [
        {"number": str(number), "at": place, "full": full}
        for places, full in ((before, False), (after, True))
        for number, place in enumerate(places, start=1)
        if place
    ]
    arrows = [[was, is_] for was, is_ in zip(before, after, strict=True) if was and is_]
    return {
        "words": [_(str(gauge)) for gauge in Gauge],
        "cells": [
            [
                {"word": _(str(level)), "tone": LEVEL_TONES[level]}
                for level in _row(evidence, severity)
            ]
            for severity in Gauge
        ],
        "marks": marks,
        "arrows": arrows,
        "alt": _alt(evidence),
        "caption": (
            _(
                "The risk map: likelihood to the right, severity upwards. An open circle stands "
                "before measures, a full one after; numbers as in the table."
            )
        ),
    }


def _row(evidence: ImpactEvidence, severity: Gauge) -> tuple[RiskLevel, ...]:
    return evidence.method.levels[severity]


def _places(
    gauges: list[tuple[Reading | None, Reading | None]], *, is_after: bool
) -> list[list[float] | None]:
    """Where each event stands; those of one cell beside each other, before above after."""
    seen: dict[tuple[int, int], int] = {}
    found: list[list[float] | None] = []
    for likelihood, severity in gauges:
        if likelihood is None or severity is None:
            found.append(None)
            continue
        x, y = likelihood.gauge.rank, severity.gauge.rank
        place = seen.get((x, y), 0)
        seen[(x, y)] = place + 1
        across, down = place % _PER_ROW, place // _PER_ROW
        height = (0.24 if is_after else 0.6) - 0.1 * down
        found.append([round(x + 0.16 + 0.22 * across, 3), round(y + height, 3)])
    return found


def _alt(evidence: ImpactEvidence) -> str:
    told = []
    for number, event in enumerate(evidence.impact.events, start=1):
        was, is_ = (_(str(level or "not gauged")) for level in evidence.levels[event.id])
        told.append(
            _("{number} {title}: {was} before, {now} after").format(
                number=number, title=_(event.title), was=was, now=is_
            )
        )
    return _("Risk map. {told}.").format(told=wording.joined(told))


def _pair(before: Reading | None, after: Reading | None) -> str:
    return " → ".join(_(str(one.gauge)) if one else _("not gauged") for one in (before, after))


def _level(level: RiskLevel | None) -> Plain:
    return toned(_(str(level)), LEVEL_TONES[level]) if level else toned(_("not gauged"), "warn")
