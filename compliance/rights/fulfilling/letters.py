"""Letters to people: what was done, why something was refused, and where to complain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from compliance.errors import LetterError
from compliance.i18n import mark
from compliance.rights.fulfilling.answers import complaint_under
from compliance.rights.nouns import Letter, LetterKind, Outcome, Request, Right, Sender, Step
from compliance.shipped import table

_Paragraphs = list[tuple[str, tuple[str, ...]]]
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_TELLS = (Right.RECTIFICATION, Right.ERASURE, Right.RESTRICTION, Right.OPT_OUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What a letter is about, beside the request.

    Attributes:
        law: as it is cited (“GDPR”).
        title, article: what the law calls the right, and where it stands.
        sender: who writes.
        ground, ground_article: of a refusal, in words; empty: none.
        kept: dataset → the exception in words, for which rows were kept.
        has_appeal: a refusal can be appealed to the controller.
        due: by when the answer is owed; None: the law names no time.
        rows: how many of the person's rows were found; None: nobody looked.
        recipients, told: how many have the data too, and were told or need not be.
    """

    law: str
    title: str
    article: str
    sender: Sender
    ground: str = ""
    ground_article: str = ""
    kept: Mapping[str, str] = field(default_factory=dict)
    has_appeal: bool = False
    due: date | None = None
    rows: int | None = None
    recipients: int = 0
    told: int = 0


def letter(kind: LetterKind, request: Request, matter: Matter, today: date) -> Letter:
    """The letter of that kind on `request`.

    Raises:
        LetterError: what it tells has not happened yet.
    """
    if reason := _too_early(kind, request, matter):
        raise LetterError(letter=_NAMES[kind], request=request.id, reason=reason)
    paragraphs: _Paragraphs = [("", (_filled("opening", request, matter),))]
    paragraphs += _BODIES[kind](request, matter)
    paragraphs.append(("", (str(_texts()["closing"]),)))
    return Letter(
        kind=kind,
        title=str(_texts()["titles"][kind.value]),
        request=request.id,
        law=matter.law,
        article=matter.article,
        sender=matter.sender,
        written_on=today,
        paragraphs=tuple(paragraphs),
        missing=tuple(_missing(request, matter)),
    )


def day(at: date) -> str:
    """`26 November 2026`."""
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


_NAMES = {
    LetterKind.ANSWER: "answer",
    LetterKind.EXTENSION: mark("notice of extension"),
    LetterKind.IDENTITY: mark("request for proof of identity"),
    LetterKind.RECEIPT: mark("confirmation of receipt"),
}


def _too_early(kind: LetterKind, request: Request, matter: Matter) -> str:
    match kind:
        case LetterKind.ANSWER if request.decision is None:
            return mark("nothing is decided yet")
        case LetterKind.ANSWER if request.step is Step.DECIDED and not request.is_refused:
            return mark("what was decided is not carried out yet")
        case LetterKind.EXTENSION if request.extension is None:
            return mark("it was not extended")
        case LetterKind.EXTENSION | LetterKind.RECEIPT if matter.due is None:
            return mark("no day is known by which it is answered")
        case LetterKind.IDENTITY if request.step not in (Step.RECEIVED, Step.IDENTITY_ASKED):
            return mark("it is clear already who asks")
    return ""


def _answer(request: Request, matter: Matter) -> _Paragraphs:
    outcome = request.decision.outcome if request.decision else Outcome.REFUSED
    found: _Paragraphs = []
    if outcome is not Outcome.FULFILLED:
        found.append((_heading("why"), tuple(_why(request, matter, outcome))))
    if outcome is not Outcome.REFUSED:
        found.insert(0, (_heading("what"), tuple(_what(request, matter))))
    found.append((_heading("rights"), tuple(_ways(request, matter, outcome))))
    return found


def _what(request: Request, matter: Matter) -> list[str]:
    texts = _texts()
    if matter.rows == 0 and request.right in (Right.ACCESS, Right.PORTABILITY):
        return [str(texts["nothing_found"]), str(texts["free"])]
    said = [_fill(text, request, matter) for text in texts["done"][request.right.value]]
    said = [text for text in said if text]
    if matter.kept:
        kept = "; ".join(f"{name} ({why})" for name, why in sorted(matter.kept.items()))
        said.append(str(texts["kept"]).format(kept=kept))
    if request.right in _TELLS:
        said.append(_told(matter))
    return [*said, str(texts["free"])] if not request.facts.get("fee_charged") else said


def _told(matter: Matter) -> str:
    if not matter.recipients:
        return str(_texts()["nobody_to_tell"])
    if matter.told >= matter.recipients:
        return str(_texts()["told_all"])
    return _filled_with("told", told=str(matter.told), recipients=str(matter.recipients))


def _why(request: Request, matter: Matter, outcome: Outcome) -> list[str]:
    opening = "refused" if outcome is Outcome.REFUSED else "partly"
    said = [str(_texts()[opening])]
    if matter.ground:
        said.append(_filled_with("ground", ground=matter.ground, article=matter.ground_article))
    if request.decision and request.decision.reason:
        reason = request.decision.reason.strip()
        said.append(reason[:1].upper() + reason[1:] + ("" if reason.endswith(".") else "."))
    return said


def _ways(request: Request, matter: Matter, outcome: Outcome) -> list[str]:
    said = []
    if matter.has_appeal and outcome is not Outcome.FULFILLED:
        said.append(str(_texts()["appeal"]))
    said += complaint_under(request.law, matter.sender.country)
    return said or [mark("You can write to us at any time.")]


def _extension(request: Request, matter: Matter) -> _Paragraphs:
    reason = request.extension.reason.strip().rstrip(".") if request.extension else ""
    due = day(matter.due) if matter.due else ""
    said = tuple(text.format(reason=reason, due=due) for text in _texts()["extension"])
    ways = tuple(complaint_under(request.law, matter.sender.country))
    return [("", said), *([(_heading("rights"), ways)] if ways else [])]


def _identity(request: Request, _: Matter) -> _Paragraphs:
    asked = request.facts.get("identity_doubt_reason")
    doubt = str(asked or (request.identity.doubt if request.identity else "")).strip().rstrip(".")
    said = [
        text.format(doubt=doubt) for text in _texts()["identity"] if doubt or "{doubt}" not in text
    ]
    return [("", tuple(said))]


def _receipt(_: Request, matter: Matter) -> _Paragraphs:
    due = day(matter.due) if matter.due else ""
    return [("", tuple(text.format(due=due) for text in _texts()["receipt"]))]


_BODIES = {
    LetterKind.ANSWER: _answer,
    LetterKind.EXTENSION: _extension,
    LetterKind.IDENTITY: _identity,
    LetterKind.RECEIPT: _receipt,
}


def _fill(text: str, request: Request, matter: Matter) -> str:
    effective = request.facts.get("effective_at")
    ids = request.changed or tuple(request.found)
    names = sorted({id_.rpartition("@")[0] for id_ in ids})
    outcome = request.facts.get("review_outcome")
    return text.format(
        received=day(request.received_on),
        law=matter.law,
        article=matter.article,
        title=matter.title[:1].lower() + matter.title[1:],
        request=request.id,
        datasets=", ".join(names) or mark("our data"),
        purpose=request.purpose.replace("_", " ") or mark("the purposes that you objected to"),
        effective=day(date.fromisoformat(str(effective)[:10])) if effective else "today",
        review=_texts()["review"].get(outcome, ""),
    )


def _filled(text: str, request: Request, matter: Matter) -> str:
    return _fill(str(_texts()[text]), request, matter)


def _filled_with(text: str, **words: str) -> str:
    return str(_texts()[text]).format(**words)


def _heading(name: str) -> str:
    return str(_texts()["headings"][name])


def _missing(request: Request, matter: Matter) -> list[str]:
    said = []
    if not matter.sender.name:
        said.append(mark("The organisation's name is not recorded."))
    if not matter.sender.contact:
        said.append(mark("How people reach the organisation is not recorded."))
    if not complaint_under(request.law, matter.sender.country):
        said.append(
            mark("Which authority is responsible is not known; record the organisation's country.")
        )
    return said


@cache
def _texts() -> Mapping[str, Any]:
    found: Mapping[str, Any] = table(__package__, "letters.yaml")
    return found
