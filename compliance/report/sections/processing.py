"""The record of processing activities (GDPR Art. 30), activity by activity."""

from __future__ import annotations

from compliance.i18n import translate as _
from compliance.register import Ropa
from compliance.report import wording
from compliance.report.nouns import ProcessingEvidence
from compliance.report.sections.traceability import to_traceability
from compliance.report.tables import Cell, Fill, Plain, fact, heading, stacked, table, tile
from compliance.report.texts import texts
from compliance.report.wording import NOT_RECORDED, count

_ALWAYS_SHOWN = ("purposes", "lawful_basis", "processing", "reviewed")
_NAMED = "activity"


def to_processing(evidence: ProcessingEvidence) -> Plain:
    """Who is accountable, both records as an overview, and each activity with all that is known."""
    return {
        "cover": _cover(evidence),
        "tiles": _tiles(evidence),
        "as_controller": _record(evidence.as_controller),
        "as_processor": _record(evidence.as_processor),
        "trail": to_traceability((), evidence.trail, evidence.gathered_at),
    }


def _cover(evidence: ProcessingEvidence) -> Plain:
    who, told = evidence.organisation, dict(evidence.as_controller.header)
    named = {
        _("Organisation"): who.name,
        _("Country"): who.country,
        _("Data-protection officer"): who.officer,
        _("Contact"): who.contact,
        _("Representative in the EU"): told.get("Representative in the EU", ""),
    }
    return {
        "facts": [
            *(_known(name, value) for name, value in named.items()),
            fact(_("Date"), wording.when(evidence.gathered_at)),
            fact(_("Version"), _("entry {n} of the trail").format(n=evidence.version)),
            fact(_("Filter"), _filter(evidence), fill=Fill.NAME),
            fact(_("Privacy Desk version"), evidence.desk_version),
            *(
                fact(name, _hash(record), fill=Fill.CODE)
                for name, record in (
                    (_("SHA-256, as controller"), evidence.as_controller),
                    (_("SHA-256, as processor"), evidence.as_processor),
                )
                if record.rows
            ),
        ],
        "is": texts()["ropa"]["is"],
        "is_not": texts()["ropa"]["is_not"],
    }


def _known(name: str, value: str) -> Plain:
    is_missing = value.strip() in ("", NOT_RECORDED)
    return fact(name, _(NOT_RECORDED) if is_missing else value, fill=Fill.NAME, missing=is_missing)


def _filter(evidence: ProcessingEvidence) -> str:
    if not evidence.only:
        return _("all activities")
    return _("activities that use {datasets}").format(datasets=wording.listed(evidence.only))


def _hash(record: Ropa) -> str:
    """Of the table as CSV, as the register exports it."""
    return record.header[-1][1]


def _tiles(evidence: ProcessingEvidence) -> list[Plain]:
    both = (evidence.as_controller, evidence.as_processor)
    gaps = sum(cell == NOT_RECORDED for record in both for row in record.rows for cell in row)
    unseen = sum(
        _cell(record, row, "reviewed") == NOT_RECORDED for record in both for row in record.rows
    )
    return [
        tile(_("As controller"), count(len(both[0].rows)), _("activities, Art. 30(1)")),
        tile(_("As processor"), count(len(both[1].rows)), _("activities, Art. 30(2)")),
        tile(_("Not recorded"), count(gaps), _("entries"), tone="warn" if gaps else ""),
        tile(_("Never reviewed"), count(unseen), _("activities"), tone="warn" if unseen else ""),
    ]


def _record(record: Ropa) -> Plain:
    return {
        "overview": _overview(record),
        "activities": [_activity(record, r) for r in record.rows],
    }


def _overview(record: Ropa) -> Plain | None:
    shown = [column for column in record.columns if column.id in _ALWAYS_SHOWN]
    headings = [
        heading(_("Activity"), 2, Fill.NAME),
        *(heading(_(column.label), 2) for column in shown),
        heading(_("Not recorded"), fill=Fill.NUMBER),
    ]
    rows: list[list[Cell]] = [
        [
            row[0],
            *(_words(_cell(record, row, column.id)) for column in shown),
            count(sum(cell == NOT_RECORDED for cell in row)),
        ]
        for row in record.rows
    ]
    return table(headings, rows)


def _activity(record: Ropa, row: tuple[str, ...]) -> Plain:
    """One activity with every column of the record; the article stands below what it asks for."""
    rows: list[list[Cell]] = [
        [
            stacked(_(column.label), _(column.ref)) if column.ref else _(column.label),
            {"text": _words(cell), "tone": "warn", "below": "", "below_tone": ""}
            if cell == NOT_RECORDED
            else _words(cell),
        ]
        for column, cell in zip(record.columns, row, strict=True)
        if column.id != _NAMED
    ]
    headings = [heading(_("What"), 1), heading(_("Recorded"), 2.6, Fill.NAME)]
    return {"title": row[0], "table": table(headings, rows)}


def _cell(record: Ropa, row: tuple[str, ...], id_: str) -> str:
    at = next((n for n, column in enumerate(record.columns) if column.id == id_), None)
    return "" if at is None else row[at]


def _words(cell: str) -> str:
    """A cell in the language chosen: its choices have words there, and what was typed has none."""
    return wording.joined(_(part) for part in cell.split("; "))
