"""One assessment as a document, and back: the round trip loses nothing."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

from compliance.errors import ImpactInputError
from compliance.impact.nouns import Impact
from compliance.plain import from_plain, to_plain

DOCUMENT_KIND = "privacy-desk-impact"
LARGEST_BYTES = 2**22
_ID = re.compile(r"(dpia|lia)-[0-9a-z-]{1,60}")


def to_document(impact: Impact) -> dict[str, Any]:
    """The assessment as plain values, with its kind."""
    return {"kind": DOCUMENT_KIND, "impact": to_plain(impact)}


def from_document(data: bytes) -> Impact:
    """The assessment that a document holds.

    Raises:
        ImpactInputError: it is no such document.
    """
    field, given = "The document", f"{len(data):,} bytes"
    if len(data) > LARGEST_BYTES:
        raise ImpactInputError(field=field, given=given, reason="it is larger than 4 MB")
    try:
        read = json.loads(data)
    except (ValueError, RecursionError):
        raise ImpactInputError(field=field, given=given, reason="it is no JSON") from None
    if not isinstance(read, dict) or read.get("kind") != DOCUMENT_KIND:
        reason = "it is no exported impact assessment"
        raise ImpactInputError(field=field, given=given, reason=reason)
    try:
        found = from_plain(Impact, read.get("impact"))
    except msgspec.ValidationError:
        reason = "a part of it is missing or of another kind"
        raise ImpactInputError(field=field, given=given, reason=reason) from None
    if not _ID.fullmatch(found.id):
        reason = "its id is none that a desk gives"
        raise ImpactInputError(field=field, given=given, reason=reason)
    return found
