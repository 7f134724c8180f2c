"""The evidence, and the trail as it stood, as canonical JSON to be attached to the report."""

from __future__ import annotations

import math
from typing import Any

import rfc8785

from compliance.plain import to_plain
from compliance.report.nouns import Evidence
from compliance.trail.nouns import CHECKPOINT_KIND

_LARGEST_EXACT = 2**53 - 1  # RFC 8785 takes numbers as IEEE doubles


def to_evidence_json(evidence: Evidence) -> bytes:
    """All that the report says, as canonical JSON (RFC 8785): same evidence, same bytes.

    Masked example values of labels are left out. Numbers that a double cannot hold (not a
    number, infinite, whole ones beyond 2^53 − 1) are texts.
    """
    plain = to_plain(evidence)
    for dataset in plain["datasets"]:
        for label in (dataset["discovery"] or {}).get("labels", ()):
            del label["examples"]
    return rfc8785.dumps(_exact(plain))


def to_checkpoint_json(evidence: Evidence) -> bytes:
    """The trail as the report saw it, in the form of the desk's own checkpoints.

    With it, a later export of the trail shows whether these entries are still the same.
    """
    trail = evidence.trail
    return rfc8785.dumps(
        {
            "kind": CHECKPOINT_KIND,
            "entries": trail.entries,
            "root": trail.root,
            "head": trail.head,
            "at": evidence.gathered_at.isoformat(),
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
