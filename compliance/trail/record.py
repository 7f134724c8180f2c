"""Acts to entries, and back: canonical bytes, chained by their hashes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import rfc8785

from compliance.errors import TrailError
from compliance.plain import from_plain, to_json, to_plain
from compliance.trail.nouns import CHECKPOINT_KIND, Checkpoint, Entry, Verification
from compliance.trail.verify_trail import (
    CONSISTENCY,
    EXPORT,
    INCLUSION,
    START,
    Line,
    Reading,
    Seen,
    hash_of,
    to_seen,
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
    text = _canonical(body)
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
    lines: Iterable[Line], head: Head, checkpoint: Mapping[str, object] | None = None
) -> Verification:
    """Whether `lines` are what was written, and what a checkpoint taken earlier saw."""
    seen = None if checkpoint is None else to_seen(checkpoint)
    reading = Reading([] if seen is None else [seen.entries])
    for line in lines:
        reading.add(line)
    told = reading.problems((head.entries, head.hash))
    return to_verification(reading, told + (reading.against(seen) if seen else []))


def to_verification(
    reading: Reading, problems: Iterable[str], warnings: Iterable[str] | None = None
) -> Verification:
    """What was read, with the problems found; `warnings`: else those of the reading."""
    return Verification(
        entries=reading.tree.size,
        root=reading.tree.root().hex(),
        head=reading.head,
        problems=tuple(problems),
        warnings=tuple(reading.warnings() if warnings is None else warnings),
    )


def to_checkpoint(checkpoint: Checkpoint) -> dict[str, object]:
    """What to keep outside the desk, so that later removals at the end show as well."""
    kept: dict[str, object] = {"kind": CHECKPOINT_KIND, **to_plain(checkpoint)}
    return kept | {"at": checkpoint.at.isoformat()}  # as it was signed


def read_checkpoint(name: str, text: str) -> Seen:
    """The checkpoint in `text`.

    Raises:
        TrailError: it is none.
    """
    try:
        return to_seen(msgspec.json.decode(text.removeprefix("\ufeff")))
    except (ValueError, RecursionError):
        raise TrailError(name=name, kind="checkpoint") from None


def to_export(lines: Iterable[Line], checkpoint: Checkpoint, keys: Sequence[str]) -> Iterator[str]:
    """The trail as JSON lines, for `verify_trail.py`: whose it is and its end, then the entries.

    Args:
        keys: the public keys of the desk, oldest first.
    """
    top = {"kind": EXPORT, "origin": checkpoint.origin, "keys": list(keys)}
    yield to_json(top | {"checkpoint": to_checkpoint(checkpoint)}) + "\n"
    for line in lines:
        yield msgspec.json.encode({"body": line.body, "hash": line.hash}).decode() + "\n"


def to_inclusion(line: Line, path: Sequence[bytes], checkpoint: Checkpoint) -> dict[str, object]:
    """The proof that an entry is among those that a checkpoint saw; it needs nothing else."""
    proof: dict[str, object] = {"kind": INCLUSION, "index": line.place - 1, "body": line.body}
    return proof | {"path": [h.hex() for h in path], "checkpoint": to_checkpoint(checkpoint)}


def to_consistency(
    before: Mapping[str, object], path: Sequence[bytes], checkpoint: Checkpoint
) -> dict[str, object]:
    """The proof that what an older checkpoint saw is how the trail of a newer one begins."""
    proof: dict[str, object] = {
        "kind": CONSISTENCY,
        "from": dict(before),
        "path": [h.hex() for h in path],
    }
    return proof | {"checkpoint": to_checkpoint(checkpoint)}


def _canonical(body: dict[str, Any]) -> str:
    """`body` as RFC 8785 has it.

    Sorted by code points, as msgspec does it fast, and by UTF-16, as the standard asks, names may
    stand in another order, but not those in ASCII.
    """
    quick = msgspec.json.encode(body, order="sorted")
    if quick.isascii():
        return quick.decode()
    text: str = rfc8785.dumps(body).decode()
    return text


def _without_floats(plain: Any) -> Any:
    """Numbers that other tools might print otherwise become text, so that hashes stay the same."""
    if isinstance(plain, dict):
        return {str(key): _without_floats(value) for key, value in plain.items()}
    if isinstance(plain, (list, tuple)):
        return [_without_floats(value) for value in plain]
    if isinstance(plain, float) or (isinstance(plain, int) and abs(plain) >= 2**53):
        return repr(plain)
    return plain
