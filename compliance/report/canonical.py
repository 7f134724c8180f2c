"""The evidence, and the trail as it stood, as canonical JSON to be attached to a report."""

from __future__ import annotations

import dataclasses
import hashlib
import math
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

import msgspec
import rfc8785

from compliance.plain import to_plain
from compliance.report.nouns import AnyEvidence
from compliance.trail.nouns import CHECKPOINT_KIND, Verification

Noun = TypeVar("Noun")

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


def in_order(noun: Noun) -> Noun:
    """`noun` with every mapping in the order of its canonical JSON.

    So pages made of it depend on nothing but what is attached to them.
    """
    settled: Noun = _in_order(noun)
    return settled


def _in_order(value: Any) -> Any:
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: str(name).encode("utf-16-be"))
        return {name: _in_order(value[name]) for name in names}
    if isinstance(value, tuple | list):
        found = [_in_order(each) for each in value]
        same = all(new is old for new, old in zip(found, value, strict=True))
        return value if same else type(value)(found)
    if isinstance(value, msgspec.Struct):
        return _replaced(value, value.__struct_fields__, msgspec.structs.replace)
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value)]
        return _replaced(value, names, dataclasses.replace)
    return value


def _replaced(noun: Any, names: Iterable[str], replace: Callable[..., Any]) -> Any:
    old = {name: getattr(noun, name) for name in names}
    new = {name: _in_order(value) for name, value in old.items()}
    changed = {name: value for name, value in new.items() if value is not old[name]}
    return replace(noun, **changed) if changed else noun


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
