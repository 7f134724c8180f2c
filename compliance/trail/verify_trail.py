"""Check an exported trail without the desk: one file, Python's standard library only.

    python verify_trail.py trail.jsonl [--checkpoint F] [--proof F] [--key K]
    python verify_trail.py --proof proof.json [--checkpoint F] [--key K]

It ends with 0 when all is well, with 2 when something does not fit or cannot be read, and with 3
when nothing contradicts but something could not be checked: a signature without the Python package
`cryptography`, or the end of a trail that no checkpoint vouches for.

An export begins with a line that says whose it is, by which keys it is signed, and the signed
checkpoint of its end; older exports lack it. Then one line per entry: {"body": "...", "hash":
"..."}. The body is the canonical JSON of the entry (RFC 8785), so its SHA-256 can be taken as it
stands; it holds the entry's number and the hash of the entry before. The bodies are the leaves of
the Merkle tree of RFC 6962 and RFC 9162. A checkpoint is signed as text in the form of
https://c2sp.org/tlog-checkpoint and https://c2sp.org/signed-note with Ed25519.

The desk makes and verifies its own records with the same functions.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

START = "0" * 64
SHOWN = 20
CHECKPOINT, EXPORT = "privacy-desk-checkpoint", "privacy-desk-trail"
INCLUSION, CONSISTENCY = "privacy-desk-inclusion-proof", "privacy-desk-consistency-proof"
ROTATION = "trail.rotate_key"

_ED25519 = b"\x01"  # the kind of key, in the form of signed notes
_MOST_BREAKS = 10_000  # where a trail is broken more often, only the first breaks are told
_MOST_TOLD = 5  # so many missing entries in a row are told one by one
_LONGEST_LINE = 2**26

Node = Callable[[int, int], bytes]  # the hash of the `place`-th perfect subtree of 2^height leaves


class Line(NamedTuple):
    """One stored entry: where it stands, its canonical JSON, and the hash stored with it."""

    place: int
    body: str
    hash: str


# --- The tree: RFC 9162, section 2.1 -------------------------------------------------------------


def hash_of(body: str) -> str:
    """SHA-256 of an entry's canonical JSON, in hex."""
    return hashlib.sha256(_bytes(body)).hexdigest()


def leaf_of(body: str) -> bytes:
    """The leaf of the tree that an entry is."""
    return hashlib.sha256(b"\x00" + _bytes(body)).digest()


def parent_of(left: bytes, right: bytes) -> bytes:
    """The node above two nodes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def merkle_root(bodies: Iterable[str]) -> str:
    """The Merkle tree head over `bodies`, in hex."""
    tree = Tree()
    for body in bodies:
        tree.add(leaf_of(body))
    return tree.root().hex()


class Tree:
    """A tree that grows leaf by leaf; it holds one hash per perfect subtree, largest first."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Append a leaf."""
        size, peaks = self.size, self._peaks
        while size & 1:
            leaf = parent_of(peaks.pop(), leaf)
            size >>= 1
        peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The tree head over all leaves so far."""
        if not self._peaks:
            return hashlib.sha256(b"").digest()
        *others, root = self._peaks
        for peak in reversed(others):
            root = parent_of(peak, root)
        return root


def root_of(size: int, node: Node) -> bytes:
    """The tree head over the first `size` leaves of the tree that `node` knows."""
    return _over(0, size, node)


def inclusion_path(index: int, size: int, node: Node) -> list[bytes]:
    """The proof that leaf `index`, from 0, is among the first `size`."""
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_over(middle, end, node))
            end = middle
        else:
            path.append(_over(start, middle, node))
            start = middle
    return path[::-1]


def consistency_path(old: int, size: int, node: Node) -> list[bytes]:
    """The proof that the tree of `size` leaves begins with the one of `old` leaves."""
    path, start, end, is_whole = [], 0, size, True
    while 0 < old < end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_over(middle, end, node))
            end = middle
        else:
            path.append(_over(start, middle, node))
            start, is_whole = middle, False
    if not is_whole:
        path.append(_over(start, end, node))
    return path[::-1]


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether `path` proves that `leaf` is number `index`, from 0, of `size` under `root`."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = parent_of(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = parent_of(found, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(old: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> bool:
    """Whether `path` proves that the tree of `size` leaves begins with the one of `old`."""
    if old in (0, size):
        start = root if old else hashlib.sha256(b"").digest()
        return not path and 0 <= old <= size and old_root == start
    if not 0 < old < size or not path:
        return False
    steps = list(path) if old & (old - 1) else [old_root, *path]
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    was = now = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            was, now = parent_of(step, was), parent_of(step, now)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            now = parent_of(now, step)
        place, last = place >> 1, last >> 1
    return last == 0 and was == old_root and now == root


def _over(start: int, end: int, node: Node) -> bytes:
    size = end - start
    if size == 0:
        return hashlib.sha256(b"").digest()
    if size & (size - 1) == 0:
        return node(size.bit_length() - 1, start // size)
    middle = start + _split(size)
    return parent_of(_over(start, middle, node), _over(middle, end, node))


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def _bytes(body: str) -> bytes:
    return body.encode("utf-8", "surrogatepass")  # half a character fits no hash that was written


@dataclass(frozen=True)
class Written:
    """What a line says of itself."""

    place: int
    number: int
    previous: str
    stored: str
    actual: str


# --- Signed checkpoints --------------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """A checkpoint as it was read; `note` is empty where it is not signed."""

    entries: int
    root: str
    head: str
    at: str
    origin: str
    key: str
    note: str


def text_of(origin: str, entries: int, root: str, at: str, head: str) -> str:
    """What the desk signs of a checkpoint: origin, size, root, time and last hash."""
    top = base64.b64encode(bytes.fromhex(root)).decode()
    return f"{origin}\n{entries}\n{top}\ntime {at}\nhead {head}\n"


def rotation_text(origin: str, before: str, key: str) -> str:
    """What the key that goes signs of the one that comes."""
    return f"{origin}\nkey {before}\nfollowed by {key}\n"


def key_id(origin: str, public: bytes) -> bytes:
    """The four bytes by which a signature names its key."""
    return hashlib.sha256(origin.encode() + b"\n" + _ED25519 + public).digest()[:4]


def key_text(origin: str, public: bytes) -> str:
    """A public key in the form of signed notes: name+id+key."""
    said = base64.b64encode(_ED25519 + public).decode()
    return f"{origin}+{key_id(origin, public).hex()}+{said}"


def signature_line(origin: str, public: bytes, signature: bytes) -> str:
    """The last line of a signed note."""
    said = base64.b64encode(key_id(origin, public) + signature).decode()
    return f"\u2014 {origin} {said}\n"


def to_seen(said: object) -> Seen:
    """The checkpoint that a file held.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(said, dict) or said.get("kind") != CHECKPOINT:
        raise ValueError
    size, names = said.get("entries"), ("root", "head", "at", "origin", "key", "note")
    texts = {name: said.get(name, "") for name in names}
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise ValueError
    if not all(isinstance(text, str) for text in texts.values()):
        raise ValueError
    if len(bytes.fromhex(texts["root"])) != 32:
        raise ValueError
    return Seen(entries=size, **texts)


def is_signed_by(key: str, text: str, signature: bytes) -> bool | None:
    """Whether `key` signed `text`; None where that cannot be checked here.

    Raises:
        ValueError: `key` is none.
    """
    _, _, said = key.split("+")
    kind_and_key = base64.b64decode(said, validate=True)
    if kind_and_key[:1] != _ED25519:
        raise ValueError
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return None
    try:
        Ed25519PublicKey.from_public_bytes(kind_and_key[1:]).verify(signature, text.encode())
    except InvalidSignature:
        return False
    return True


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
