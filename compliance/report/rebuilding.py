"""The pages of a report made anew from the evidence inside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from compliance import __version__
from compliance.errors import ComplianceError
from compliance.i18n import LANGUAGES
from compliance.plain import from_plain
from compliance.report.building import build, stands_on
from compliance.report.canonical import to_evidence_json
from compliance.report.increments import adds_only_itself
from compliance.report.nouns import AnyEvidence, ReportKind
from compliance.report.nouns.signatures import Opened

_NO_JSON = ("NaN", "Infinity", "-Infinity")
_MOST_BYTES = 2**25  # of evidence: pages of more take minutes

# What evidence causes that is well formed, but says what no desk says.
_STUMBLES = (
    ComplianceError,
    *(ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RuntimeError),
)


def agrees(opened: Opened) -> bool | None:
    """Whether the pages are those that the evidence inside gives, to the byte.

    To be asked only of reports by somebody who is trusted: their evidence decides how much work
    this is.

    Returns:
        None where that cannot be told: the report is of another version of the desk, or its
        evidence does not come back as it was.
    """
    evidence = opened.attached["evidence.json"]
    if len(evidence) > _MOST_BYTES or opened.language not in LANGUAGES or not opened.unsigned:
        return None
    if not adds_only_itself(opened.report):
        return False
    pages, found = opened.report[: opened.unsigned], None
    for kind, noun in _read(evidence, opened.attached):
        try:
            found = build(kind, noun, opened.language).pdf == pages
        except _STUMBLES:
            continue
        if found:
            break
    return found


def _read(
    evidence: bytes, attached: Mapping[str, bytes]
) -> Iterator[tuple[ReportKind, AnyEvidence]]:
    """The evidence as every noun that writes it like this, with the reports made of such."""
    plain = msgspec.json.decode(evidence)
    if plain.get("desk_version") != __version__:
        return
    plain["published"] = attached.get("disclosure.json", b"").decode("utf-8", "replace")
    for kind in ReportKind:
        for form in (plain, _with_numbers(plain)):
            try:
                found = from_plain(stands_on(kind), form)
                if to_evidence_json(found) == evidence:
                    yield kind, found
                    break
            except _STUMBLES:
                continue


def _with_numbers(plain: Any) -> Any:
    """With the numbers that JSON has no form for, which evidence holds as texts."""
    if isinstance(plain, dict):
        return {name: _with_numbers(value) for name, value in plain.items()}
    if isinstance(plain, list):
        return [_with_numbers(value) for value in plain]
    return float(plain) if plain in _NO_JSON else plain
