"""Letters, the log of requests and the certificate of an erasure: none of them names anybody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from compliance.i18n import translate as _
from compliance.report import wording
from compliance.report.nouns import CertificateEvidence, LetterEvidence, LogEvidence
from compliance.report.sections.traceability import to_traceability
from compliance.report.tables import Cell, Fill, Plain, fact, heading, table, tile
from compliance.report.wording import NOT_RECORDED, count
from compliance.rights.nouns import Beyond, Erasure, LogFigures, RequestLog

MOST_ENTRIES_PRINTED = 2_000
MOST_COMMITMENTS_PRINTED = 100


def to_letter(evidence: LetterEvidence) -> Plain:
    """A letter under its letterhead."""
    letter = evidence.letter
    return {
        "stamp": _day(letter.written_on),
        "footing": _("Request {request}").format(request=letter.request),
        "sender": wording.recorded(letter.sender.name),
        "contact": wording.recorded(letter.sender.contact),
        "written": _day(letter.written_on),
        "request": letter.request,
        "law": _("{law}, {article}").format(law=_(letter.law), article=_(letter.article)),
        "paragraphs": [
            {"heading": _(title), "says": [wording.sentence(_(text)) for text in texts]}
            for title, texts in letter.paragraphs
        ],
    }


def to_log(evidence: LogEvidence) -> Plain:
    """The log as a table, with its figures."""
    log = evidence.log
    answered = [e for e in log.entries if e.answered_on is not None]
    return {
        "cover": {
            "facts": [
                fact(_("Received from"), _day(log.since)),
                fact(_("Received until"), _day(log.until)),
                fact(_("Requests"), count(len(log.entries))),
                fact(_("Older requests on record"), count(log.older)),
                fact(_("Accountable"), wording.recorded(evidence.organisation.name)),
                fact(_("Data-protection officer"), wording.recorded(evidence.organisation.officer)),
                fact(_("Evidence gathered"), wording.when(evidence.gathered_at)),
                fact(_("Privacy Desk version"), evidence.desk_version),
            ],
        },
        "tiles": [
            tile(_("Received"), count(len(log.entries)), _("in these months")),
            tile(_("Answered"), count(len(answered)), _median(log)),
            tile(_("Open"), count(sum(f.open for f in log.figures)), _("not answered yet")),
            tile(
                _("Refused"),
                count(sum(f.refused + f.partly for f in log.figures)),
                _("in whole or part"),
            ),
        ],
        "figures": _figures(log.figures, evidence.laws),
        "entries": _entries(log, evidence.laws),
        "entries_left": max(len(log.entries) - MOST_ENTRIES_PRINTED, 0),
        "trail": to_traceability((), evidence.trail, evidence.gathered_at),
    }


def to_certificate(evidence: CertificateEvidence) -> Plain:
    """What was erased, what is left and why, and that nobody is found any more."""
    one = evidence.erasure
    is_clean = one.done_at is not None and not one.left
    return {
        "cover": {
            "facts": [
                fact(_("Request"), evidence.request),
                fact(_("Erasure"), one.id),
                fact(_("Begun"), wording.when(one.begun_at)),
                _moment(_("Finished"), one.done_at),
                fact(_("Erased by"), wording.recorded(evidence.organisation.name)),
                fact(_("Contact"), wording.recorded(evidence.organisation.contact)),
                fact(_("Certificate made"), wording.when(evidence.gathered_at)),
                fact(_("Privacy Desk version"), evidence.desk_version),
            ],
        },
        "verdict": {
            "tone": "good" if is_clean else "warn",
            "says": _verdict(one),
        },
        "tiles": _tiles(one),
        "versions": _versions(one),
        "beyond": _beyond(one),
        "again": [
            fact(_("Dataset versions looked at again"), count(one.rescanned)),
            fact(_("Rows and mentions found"), count(one.left), missing=bool(one.left)),
            fact(_("Rows kept for an exception or a hold"), count(one.kept)),
            fact(_("Requests erased together"), count(len(one.requests))),
        ],
        "key": _key(one),
        "commitments": [str(c) for c in one.commitments[:MOST_COMMITMENTS_PRINTED]],
        "commitments_left": max(len(one.commitments) - MOST_COMMITMENTS_PRINTED, 0),
        "trail": to_traceability(evidence.lineage, evidence.trail, evidence.gathered_at),
    }


def _verdict(one: Erasure) -> str:
    if one.done_at is None:
        return _("The erasure is not finished yet: old files may still lie there.")
    if one.left:
        return _("{found} were found again.").format(
            found=count(one.left, "row or mention", plural="rows or mentions")
        )
    kept = (
        _(", save {rows} that the law keeps").format(rows=count(one.kept, "row"))
        if one.kept
        else ""
    )
    return _("Looked for again in {versions}: nothing was found{kept}.").format(
        versions=count(one.rescanned, "dataset version"), kept=kept
    )


def _tiles(one: Erasure) -> list[Plain]:
    removed = sum(r.removed for r in one.rewritings)
    blanked = sum(r.blanked for r in one.rewritings)
    tone = "warn" if one.beyond else ""
    return [
        tile(_("Versions rewritten"), count(len(one.rewritings)), _("under their old names")),
        tile(_("Rows removed"), count(removed), _("in all versions")),
        tile(_("Rows blanked"), count(blanked), _("they stay without the person")),
        tile(_("Cannot be undone"), count(len(one.beyond)), _("named below"), tone=tone),
    ]


def _versions(one: Erasure) -> Plain | None:
    headings = [
        heading(_("Version"), 2, Fill.NAME),
        heading(_("Removed"), fill=Fill.NUMBER),
        heading(_("Blanked"), fill=Fill.NUMBER),
        heading(_("Kept"), fill=Fill.NUMBER),
        heading(_("Why kept"), 2),
        heading(_("SHA-256 now"), 2, Fill.CODE),
    ]
    rows: list[list[Cell]] = [
        [
            r.dataset_id,
            count(r.removed),
            count(r.blanked),
            count(r.kept),
            _(r.why_kept or "nothing was kept"),
            str(r.after),
        ]
        for r in one.rewritings
    ]
    return table(headings, rows)


def _beyond(one: Erasure) -> Plain | None:
    headings = [
        heading(_("What"), 1),
        heading(_("Which"), 2, Fill.NAME),
        heading(_("Why"), 4),
        heading(_("Until"), 1.2),
    ]
    rows: list[list[Cell]] = [
        [_(b.what), b.id, wording.sentence(_(b.why)), _until(b)] for b in one.beyond
    ]
    return table(headings, rows)


def _until(one: Beyond) -> str:
    if one.until is not None:
        return _day(one.until)
    return _("not recorded") if one.what == "backup" else _("for good")


def _key(one: Erasure) -> str:
    if one.key_destroyed_at is not None:
        return _(
            "The key was destroyed on {when}: nobody can read any more who this was about."
        ).format(when=wording.when(one.key_destroyed_at))
    return _("The key is destroyed when the request is closed.")


def _figures(figures: Sequence[LogFigures], laws: object) -> Plain | None:
    names = laws if isinstance(laws, dict) else {}
    numbers = (
        _("Received"),
        _("Fulfilled"),
        _("In part"),
        _("Refused"),
        _("Taken back"),
        _("Open"),
        _("Extended"),
    )
    headings = [
        heading(_("Law"), 1.2),
        heading(_("Right"), 2),
        *(heading(name, fill=Fill.NUMBER) for name in numbers),
        heading(_("Median days"), fill=Fill.NUMBER),
    ]
    rows: list[list[Cell]] = [
        [
            _(str(names.get(f.law, f.law))),
            wording.capital(_(f.right.value)),
            *map(
                count,
                (f.received, f.fulfilled, f.partly, f.refused, f.withdrawn, f.open, f.extended),
            ),
            "–" if f.median_days is None else wording.number(f.median_days, 1),
        ]
        for f in figures
    ]
    return table(headings, rows)


def _entries(log: RequestLog, laws: object) -> Plain | None:
    names = laws if isinstance(laws, dict) else {}
    headings = [
        heading(_("Request"), 1.4, Fill.NAME),
        heading(_("Received"), 1.3),
        heading(_("Law"), 1.1),
        heading(_("What was asked"), 1.8),
        heading(_("How"), 1),
        heading(_("Answered"), 1.3),
        heading(_("Days"), fill=Fill.NUMBER),
        heading(_("What came of it"), 1.6),
        heading(_("Ground of a refusal"), 2.2),
    ]
    rows: list[list[Cell]] = [
        [
            e.request,
            wording.day_stamp(e.received_on),
            _(str(names.get(e.law, e.law))),
            _(e.right.value),
            _(e.channel or NOT_RECORDED),
            wording.day_stamp(e.answered_on) if e.answered_on else _("not yet"),
            "–" if e.days is None else count(e.days),
            _(e.outcome),
            _(e.ground or "none"),
        ]
        for e in log.entries[:MOST_ENTRIES_PRINTED]
    ]
    return table(headings, rows)


def _median(log: RequestLog) -> str:
    days = sorted(e.days for e in log.entries if e.days is not None)
    if not days:
        return _("none yet")
    middle = (days[(len(days) - 1) // 2] + days[len(days) // 2]) / 2
    return _("in {days} days, median").format(
        days=wording.number(middle, 0 if middle.is_integer() else 1)
    )


def _moment(name: str, at: object) -> Plain:
    from datetime import datetime

    known = isinstance(at, datetime)
    said = wording.when(at) if isinstance(at, datetime) else _("not yet")
    return fact(name, said, missing=not known)


def _day(at: date) -> str:
    from datetime import UTC, datetime

    return wording.day(datetime(at.year, at.month, at.day, tzinfo=UTC))
