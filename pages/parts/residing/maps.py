"""The map of copies and movements, its words, and its table."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.rules.nouns import Copy, Flow, Judgement, Whereabouts
from compliance.workspace.governing.residing import worst
from pages.parts import outputs
from pages.parts.figures import residency as drawing
from pages.parts.figures import showing
from pages.parts.residing import words

_LISTED = 6  # lines in a hover, and countries in the words of a chart


def map_of(found: Whereabouts) -> None:
    """Where everything lies and goes."""
    bubbles, arcs = _bubbles(found.copies), _arcs(found.flows)
    showing.chart(
        drawing.where(bubbles, arcs),
        key="residency_map",
        alt=_said(bubbles, arcs),
    )
    with outputs.folded(
        _("Every copy as a table"), "residency_every_copy", icon=":material/table_rows:"
    ) as is_open:
        if not is_open:
            return
        outputs.table(
            [
                {
                    _("Dataset"): copy.dataset,
                    _("Country"): words.place(copy.country),
                    _("Who has it"): copy.holder or _("not recorded"),
                    _("What it holds"): _(str(copy.form)),
                    _("People"): copy.people,
                    _("Known from"): _(words.SOURCES.get(copy.source, copy.source)),
                }
                for copy in found.copies
            ],
            key="residency_copies",
            alt=_("Every copy with its dataset, country, holder and what it holds"),
        )


def _bubbles(copies: Sequence[Copy]) -> list[drawing.Bubble]:
    places: dict[str, list[Copy]] = {}
    for copy in copies:
        if copy.country:
            places.setdefault(copy.country, []).append(copy)
    return [
        drawing.Bubble(
            country=country,
            copies=len(there),
            says=words.shown(
                [
                    f"{words.place(country)}",
                    *(f"{copy.dataset}: {_(str(copy.form))}" for copy in there[:_LISTED]),
                    *_more(len(there)),
                ]
            ),
        )
        for country, there in places.items()
    ]


def _arcs(flows: Sequence[tuple[Flow, tuple[Judgement, ...]]]) -> list[drawing.Arc]:
    ways: dict[tuple[str, str], list[tuple[Flow, tuple[Judgement, ...]]]] = {}
    for flow, said in flows:
        if flow.origin != flow.destination:
            ways.setdefault((flow.origin, flow.destination), []).append((flow, said))
    return [
        drawing.Arc(
            origin=origin,
            destination=destination,
            answer=worst(one for _flow, said in moved for one in said),
            says=words.shown(
                [
                    f"{words.place(origin)} → {words.place(destination)}",
                    *(
                        f"{flow.dataset}, {_(str(flow.form))}: {_(str(worst(said)))}"
                        for flow, said in moved[:_LISTED]
                    ),
                    *_more(len(moved)),
                ]
            ),
        )
        for (origin, destination), moved in ways.items()
    ]


def _more(number: int) -> list[str]:
    left = number - _LISTED
    return [_("and {number} more").format(number=left)] if left > 0 else []


def _said(bubbles: Sequence[drawing.Bubble], arcs: Sequence[drawing.Arc]) -> str:
    """What the map shows, in words."""
    lying = locales.joined(
        (f"{words.place(b.country)} {b.copies}" for b in bubbles[:_LISTED]), "words"
    )
    going = "; ".join(
        f"{words.place(a.origin)} → {words.place(a.destination)}: {_(str(a.answer))}"
        for a in arcs[:_LISTED]
    )
    return _("Copies by country: {lying}. Movements: {going}.").format(
        lying=lying or _("none"), going=going or _("none")
    )
