"""Acts to entries, and back: canonical bytes, chained by their hashes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import rfc8785

from compliance.errors import TrailError
from compliance.plain import from_plain, to_plain
from compliance.trail.nouns import CHECKPOINT_KIND, Entry, Verification
from compliance.trail.verify_trail import (
    START,
    Line,
    against_checkpoint,
    hash_of,
    merkle_root,
    problems_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where the trail ends: how many entries, and the hash of the last."""

    entries: int
    hash: str


BEGINNING = Head(entries=0, hash=START)


def record(
    head: Head, *, at: datetime, actor: str, act: str, subject: str, facts: Mapping[str, object]
) -> Line:
    """The line that follows `head`: its number, its canonical JSON and its hash.

    Facts may hold names, counts and parameters, never a cell value. Decimals are kept as text.
    """
    body = {
        "number": head.entries + 1,
        "at": at.isoformat(),
        "actor": actor,
        "act": act,
        "subject": subject,
        "facts": _without_floats(to_plain(facts)),
        "previous": head.hash,
    }
    text = rfc8785.dumps(body).decode()
    return Line(head.entries + 1, text, hash_of(text))


def commitment(hashes: Iterable[str]) -> str:
    """One hash for all that an act stored, in whatever order; its entry holds it as `records`."""
    return hash_of("\n".join(sorted(hashes)))


def to_entry(line: Line) -> Entry:
    """The entry that a line holds.

    Raises:
        msgspec.DecodeError: it holds none; `verify` says which line that is.
    """
    said = msgspec.json.decode(line.body, type=dict[str, Any])
    entry: Entry = from_plain(Entry, {**said, "hash": line.hash})
    return entry


def verify(
    lines: Sequence[Line], head: Head, checkpoint: Mapping[str, object] | None = None
) -> Verification:
    """Whether `lines` are what was written, and what a checkpoint taken earlier saw."""
    problems = problems_of(lines, (head.entries, head.hash))
    if checkpoint is not None:
        problems += against_checkpoint(lines, dict(checkpoint))
    return Verification(
        entries=len(lines),
        root=merkle_root(line.body for line in lines),
        head=lines[-1].hash if lines else START,
        problems=tuple(problems),
    )


def to_checkpoint(verification: Verification, at: datetime) -> dict[str, object]:
    """What to keep outside the desk, so that later removals at the end show as well."""
    return {
        "kind": CHECKPOINT_KIND,
        "entries": verification.entries,
        "root": verification.root,
        "head": verification.head,
        "at": at.isoformat(),
    }


def read_checkpoint(name: str, text: str) -> dict[str, object]:
    """The checkpoint in `text`.

    Raises:
        TrailError: it is none.
    """
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        raise TrailError(name=name, kind="checkpoint") from None
    if not isinstance(found, dict) or found.get("kind") != CHECKPOINT_KIND:
        raise TrailError(name=name, kind="checkpoint")
    return found


def to_export(lines: Sequence[Line]) -> str:
    """The trail as JSON lines, for `verify_trail.py`."""
    rows = (msgspec.json.encode({"body": line.body, "hash": line.hash}) for line in lines)
    return "".join(row.decode() + "\n" for row in rows)


def _without_floats(plain: Any) -> Any:
    """Numbers that other tools might print otherwise become text, so that hashes stay the same."""
    if isinstance(plain, dict):
        return {str(key): _without_floats(value) for key, value in plain.items()}
    if isinstance(plain, (list, tuple)):
        return [_without_floats(value) for value in plain]
    if isinstance(plain, float) or (isinstance(plain, int) and abs(plain) >= 2**53):
        return repr(plain)
    return plain
