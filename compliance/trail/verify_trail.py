"""Check an exported trail without the desk: one file, Python's standard library only.

    python verify_trail.py trail.jsonl [--checkpoint checkpoint.json]

An export has one line per entry: {"body": "...", "hash": "..."}. The body is the canonical JSON
of the entry (RFC 8785), so its SHA-256 can be taken as it stands; it holds the entry's number
and the hash of the entry before. The root is the Merkle tree head of RFC 6962 over all bodies.

The desk verifies its own records with the same functions.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

START = "0" * 64
SHOWN = 20


class Line(NamedTuple):
    """One stored entry: where it stands, its canonical JSON, and the hash stored with it."""

    place: int
    body: str
    hash: str


@dataclass(frozen=True)
class Written:
    """What a line says of itself."""

    place: int
    number: int
    previous: str
    stored: str
    actual: str


def hash_of(body: str) -> str:
    """SHA-256 of an entry's canonical JSON, in hex."""
    return hashlib.sha256(body.encode()).hexdigest()


def merkle_root(bodies: Iterable[str]) -> str:
    """The Merkle tree head over `bodies`, in hex. Source: RFC 6962, section 2.1."""
    peaks: list[tuple[int, bytes]] = []  # perfect subtrees, largest first
    for body in bodies:
        size, node = 1, hashlib.sha256(b"\x00" + body.encode()).digest()
        while peaks and peaks[-1][0] == size:
            size, node = 2 * size, hashlib.sha256(b"\x01" + peaks.pop()[1] + node).digest()
        peaks.append((size, node))
    if not peaks:
        return hashlib.sha256(b"").hexdigest()
    root = peaks.pop()[1]
    while peaks:
        root = hashlib.sha256(b"\x01" + peaks.pop()[1] + root).digest()
    return root.hex()


def problems_of(lines: Sequence[Line], head: tuple[int, str] | None = None) -> list[str]:
    """One sentence per entry that was changed, removed, inserted or moved; empty when whole.

    Args:
        lines: in the order in which they are stored.
        head: how many entries there should be, and the hash of the last, as noted elsewhere.
    """
    entries, problems = _read(lines)
    problems += _changed(entries) + _missing(entries, head) + _inserted(entries) + _moved(entries)
    problems += _unlinked(entries)
    if head is not None and not problems:
        problems += _against_head(entries, head)
    return problems


def against_checkpoint(lines: Sequence[Line], checkpoint: dict[str, object]) -> list[str]:
    """What contradicts a checkpoint taken earlier: fewer entries, or other ones."""
    size = checkpoint.get("entries")
    if not isinstance(size, int) or not isinstance(checkpoint.get("root"), str):
        return ["The checkpoint file is not a checkpoint of a trail."]
    if len(lines) < size:
        return [f"The checkpoint saw {size} entries, now there are {len(lines)}: some are missing."]
    if merkle_root(line.body for line in lines[:size]) != checkpoint["root"]:
        return [f"The first {size} entries are not those that the checkpoint saw."]
    return []


def _read(lines: Sequence[Line]) -> tuple[list[Written], list[str]]:
    entries, problems = [], []
    for line in lines:
        try:
            said = json.loads(line.body)
            number, previous = int(said["number"]), str(said["previous"])
        except (ValueError, KeyError, TypeError):
            problems.append(f"Entry {line.place} was changed: it cannot be read any more.")
            continue
        entries.append(Written(line.place, number, previous, line.hash, hash_of(line.body)))
    return entries, problems


def _changed(entries: Sequence[Written]) -> list[str]:
    return [
        f"Entry {e.number} was changed after it was written: its hash does not fit."
        for e in entries
        if e.stored != e.actual
    ]


def _missing(entries: Sequence[Written], head: tuple[int, str] | None) -> list[str]:
    there = {e.number for e in entries} | {e.place for e in entries if e.stored != e.actual}
    last = max([*there, head[0] if head else 0], default=0)
    missing = [number for number in range(1, last + 1) if number not in there]
    return [f"Entry {number} is missing: it was removed." for number in missing]


def _inserted(entries: Sequence[Written]) -> list[str]:
    """Entries that claim a number which another, better linked one has."""
    counts = Counter(e.number for e in entries)
    followed = {e.previous for e in entries}
    problems = []
    for number in sorted(n for n, count in counts.items() if count > 1):
        same = [e for e in entries if e.number == number]
        genuine = [e for e in same if e.actual in followed] or same[:1]
        problems += [
            f"An entry was inserted as number {number}, at place {e.place}."
            for e in same
            if e is not genuine[0]
        ]
    return problems


def _moved(entries: Sequence[Written]) -> list[str]:
    if len({e.number for e in entries}) < len(entries):
        return []  # an inserted entry shifts the ones behind it; that has been told
    return [
        f"Entry {e.number} was moved: it stands at place {e.place}."
        for e in entries
        if e.number != e.place
    ]


def _unlinked(entries: Sequence[Written]) -> list[str]:
    """Entries that do not follow the one before, though both look untouched."""
    by_number = {e.number: e for e in entries}
    problems = []
    for number, entry in sorted(by_number.items()):
        before = by_number.get(number - 1)
        expected = START if number == 1 else before.actual if before else None
        is_told = entry.stored != entry.actual or (before and before.stored != before.actual)
        if expected is not None and entry.previous != expected and not is_told:
            problems.append(
                f"Entry {max(number - 1, 1)} or {number} was replaced: "
                f"entry {number} was not written after entry {number - 1}."
            )
    return problems


def _against_head(entries: Sequence[Written], head: tuple[int, str]) -> list[str]:
    size, last = head
    if len(entries) > size:
        return [f"Entry {e.number} was inserted at the end." for e in entries[size:]]
    if entries and entries[-1].actual != last:
        return [f"Entry {entries[-1].number} was replaced together with its hash."]
    return []


def read_export(text: str) -> list[Line]:
    """The lines of an export.

    Raises:
        ValueError: it is not one.
    """
    lines = []
    for place, row in enumerate(text.splitlines(), start=1):
        item = json.loads(row)
        if not isinstance(item, dict) or not {"body", "hash"} <= item.keys():
            raise ValueError(f"line {place} is not an exported entry")
        lines.append(Line(place, str(item["body"]), str(item["hash"])))
    return lines


def main(arguments: Sequence[str]) -> int:
    """Print the verdict on an export; 0 when it is whole, 2 when not."""
    if not arguments or len(arguments) not in (1, 3):
        print("usage: verify_trail.py EXPORT [--checkpoint FILE]")  # noqa: T201
        return 2
    try:
        lines = read_export(Path(arguments[0]).read_text(encoding="utf-8"))
        problems = problems_of(lines)
        if len(arguments) == 3:
            checkpoint = json.loads(Path(arguments[2]).read_text(encoding="utf-8"))
            problems += against_checkpoint(lines, checkpoint)
    except (OSError, ValueError, AttributeError):
        print("The files cannot be read as an export and a checkpoint.")  # noqa: T201
        return 2
    for problem in problems[:SHOWN]:
        print(problem)  # noqa: T201
    verdict = "whole" if not problems else f"NOT whole ({len(problems)} problems)"
    print(f"{len(lines)} entries, root {merkle_root(e.body for e in lines)}: {verdict}")  # noqa: T201
    return 2 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
