"""Where personal data went: what they came to, where they stopped, and with which evidence."""

from __future__ import annotations

from compliance.i18n import mark, meant
from compliance.i18n import translate as _
from compliance.lineage.nouns import Standing
from compliance.report import wording
from compliance.report.nouns import Evidence
from compliance.report.tables import Cell, Fill, Plain, heading, stacked, table, toned
from compliance.report.wording import count

_MOST = 200
_NAMES_SHOWN = 8
_STANDINGS: dict[str, tuple[str, str]] = {
    Standing.HOLDS.value: (mark("holds"), "good"),
    Standing.VOID.value: (mark("no longer holds"), "bad"),
    Standing.SHORT.value: (mark("never was enough"), "bad"),
}


def to_tags(evidence: Evidence) -> Plain:
    """Three tables: where personal data came to, where they stopped, where without evidence."""
    travel = evidence.audited.travel
    return {
        "says": _says(evidence),
        "reached": _reached(evidence),
        "stopped": _stopped(evidence),
        "lost": _lost(evidence),
        "left": sum(
            max(len(some) - _MOST, 0) for some in (travel.reached, travel.stopped, travel.lost)
        ),
    }


def _says(evidence: Evidence) -> Plain:
    travel = evidence.audited.travel
    if travel.lost:
        said = _("Personal data stopped without evidence at {n}; each is a finding.")
        return {"tone": "bad", "says": said.format(n=count(len(travel.lost), "place"))}
    if travel.stopped:
        said = _("Wherever personal data stopped, something that was measured shows it.")
        return {"tone": "good", "says": said}
    if travel.reached:
        said = _("Personal data stopped nowhere: all that was made of them counts as personal.")
        return {"tone": "calm", "says": said}
    unseen = sum(held.discovery is None for held in evidence.datasets)
    if unseen or not evidence.datasets:
        said = _("Not assessed: nobody has looked for personal data in {n}.")
        return {"tone": "warn", "says": said.format(n=count(unseen, "dataset"))}
    return {"tone": "calm", "says": _("Nothing was made of personal columns.")}


def _reached(evidence: Evidence) -> Plain | None:
    headings = [
        heading(meant("by a step", "Made"), 3, Fill.NAME),
        heading(_("What came to it"), 4, Fill.NAME),
        heading(_("Columns"), fill=Fill.NUMBER),
    ]
    rows: list[list[Cell]] = [
        [
            stacked(wording.abridged(_(one.made)), _(one.kind)),
            _few(one.tags),
            count(one.columns),
        ]
        for one in evidence.audited.travel.reached[:_MOST]
    ]
    return table(headings, rows)


def _stopped(evidence: Evidence) -> Plain | None:
    headings = [
        heading(_("From"), 2.2, Fill.NAME),
        heading(_("Columns"), 2.2, Fill.NAME),
        heading(_("Stopped before"), 2.2, Fill.NAME),
        heading(_("Evidence"), 2.6, Fill.NAME),
        heading(_("How it stands"), 1.7),
    ]
    rows: list[list[Cell]] = []
    for one in evidence.audited.travel.stopped[:_MOST]:
        word, tone = _STANDINGS[one.standing]
        rows.append(
            [
                wording.abridged(_(one.origin)),
                _few(one.columns),
                wording.abridged(_(one.made)),
                stacked(_(one.what), one.evidence),
                toned(_(word), tone),
            ]
        )
    return table(headings, rows)


def _lost(evidence: Evidence) -> Plain | None:
    headings = [
        heading(meant("by a step", "Made"), 2.4, Fill.NAME),
        heading(_("Columns"), 2.4, Fill.NAME),
        heading(_("What came to it"), 2.4, Fill.NAME),
        heading(_("What is wrong"), 3.4),
    ]
    rows: list[list[Cell]] = [
        [
            wording.abridged(_(one.made)),
            _few(one.columns),
            _few(one.tags),
            wording.sentence(_(one.why)),
        ]
        for one in evidence.audited.travel.lost[:_MOST]
    ]
    return table(headings, rows)


def _few(names: tuple[str, ...]) -> str:
    """The first names, and how many more; nothing named is the whole of it."""
    shown = [wording.abridged(name) for name in names if name]
    if not shown:
        return _("all of it")
    more = len(shown) - _NAMES_SHOWN
    said = wording.enumerated(shown[:_NAMES_SHOWN])
    return _("{ids} and {more} more").format(ids=said, more=count(more)) if more > 0 else said
