"""The evidence, and the trail as it stood, as canonical JSON to be attached to a report."""

from __future__ import annotations

import hashlib
import math
from datetime import datetime
from typing import Any

import rfc8785

from compliance.plain import to_plain
from compliance.report.nouns import AnyEvidence
from compliance.trail.nouns import CHECKPOINT_KIND, Verification

_LARGEST_EXACT = 2**53 - 1  # RFC 8785 takes numbers as IEEE doubles


def to_evidence_json(evidence: AnyEvidence) -> bytes:
    """All that the report says, as canonical JSON (RFC 8785): same evidence, same bytes.

    Masked example values of labels are left out, and the published form of a disclosure, which
    is attached on its own. Numbers that a double cannot hold (not a number, infinite, whole ones
    beyond 2^53 − 1) are texts.
    """
    return rfc8785.dumps(to_evidence(evidence))


def to_evidence(evidence: AnyEvidence) -> dict[str, Any]:
    """The same before it is written, as plain values."""
    plain = to_plain(evidence)
    plain.pop("published", None)
    for dataset in plain.get("datasets", ()):
        for label in (dataset["discovery"] or {}).get("labels", ()):
            del label["examples"]
    exact: dict[str, Any] = _exact(plain)
    return exact


def hash_of(part: object) -> str:
    """SHA-256 of the canonical JSON of one part of the evidence, as `to_evidence` gives it."""
    return hashlib.sha256(rfc8785.dumps(part)).hexdigest()  # type: ignore[arg-type]


def to_checkpoint_json(trail: Verification, gathered_at: datetime) -> bytes:
    """The trail as the report saw it, in the form of the desk's own checkpoints.

    With it, a later export of the trail shows whether these entries are still the same.
    """
    if trail.checkpoint is not None:
        kept = to_plain(trail.checkpoint) | {"at": trail.checkpoint.at.isoformat()}  # as signed
        return rfc8785.dumps({"kind": CHECKPOINT_KIND, **kept})
    return rfc8785.dumps(
        {
            "kind": CHECKPOINT_KIND,
            "entries": trail.entries,
            "root": trail.root,
            "head": trail.head,
            "at": gathered_at.isoformat(),
        }
    )


def _exact(plain: Any) -> Any:
    if isinstance(plain, dict):
        return {str(key): _exact(value) for key, value in plain.items()}
    if isinstance(plain, list | tuple):
        return [_exact(value) for value in plain]
    if isinstance(plain, float) and not math.isfinite(plain):
        return "NaN" if math.isnan(plain) else "Infinity" if plain > 0 else "-Infinity"
    if isinstance(plain, int) and abs(plain) > _LARGEST_EXACT:
        return str(plain)
    return plain
