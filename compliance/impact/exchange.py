"""One assessment as a document, and back: the round trip loses nothing."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import msgspec

from compliance.errors import ImpactInputError
from compliance.i18n import mark
from compliance.impact.nouns import Impact
from compliance.plain import from_plain, to_plain

DOCUMENT_KIND = "privacy-desk-impact"
LARGEST_BYTES = 2**22
LONGEST_TITLE = 200
_ID = re.compile(r"(dpia|lia)-[0-9a-z-]{1,60}")


def to_document(impact: Impact) -> dict[str, Any]:
    """The assessment as plain values, with its kind."""
    return {"kind": DOCUMENT_KIND, "impact": to_plain(impact)}


def checked_title(title: str) -> str:
    """`title`, if it can be one.

    Raises:
        ImpactInputError: it is too long, or more than one line.
    """
    if len(title) > LONGEST_TITLE or not title.isprintable():
        reason = mark("it is one line of {longest_title} characters at most").format(
            longest_title=LONGEST_TITLE
        )
        raise ImpactInputError(field=mark("The title"), given=f"{title[:20]}…", reason=reason)
    return title.strip()


def from_document(data: bytes, today: date) -> Impact:
    """The assessment that a document holds.

    Raises:
        ImpactInputError: it is no such document, or says what cannot be on that day.
    """
    field, given = mark("The document"), mark("{data:,} bytes").format(data=len(data))
    if len(data) > LARGEST_BYTES:
        raise ImpactInputError(field=field, given=given, reason=mark("it is larger than 4 MB"))
    try:
        read = json.loads(data)
    except (ValueError, RecursionError):
        raise ImpactInputError(field=field, given=given, reason=mark("it is no JSON")) from None
    if not isinstance(read, dict) or read.get("kind") != DOCUMENT_KIND:
        reason = mark("it is no exported impact assessment")
        raise ImpactInputError(field=field, given=given, reason=reason)
    try:
        return _sound(from_plain(Impact, read.get("impact")), today)
    except (msgspec.ValidationError, UnicodeEncodeError):  # such as half of a character
        reason = mark("a part of it is missing or of another kind")
        raise ImpactInputError(field=field, given=given, reason=reason) from None


def _sound(impact: Impact, today: date) -> Impact:
    if not _ID.fullmatch(impact.id):
        reason = mark("its id is none that a desk gives")
        raise ImpactInputError(
            field=mark("The document"), given=f"{impact.id[:20]}…", reason=reason
        )
    checked_title(impact.title)
    for day in (impact.consulted_at, *(opinion.at for opinion in impact.opinions)):
        if day is not None and day > today:
            reason = mark("it is in the future")
            raise ImpactInputError(field=mark("A day"), given=f"{day}", reason=reason)
    return impact
