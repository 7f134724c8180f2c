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

import argparse
import base64
import hashlib
import io
import json
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, NamedTuple, TextIO

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

    @property
    def leaf(self) -> bytes:
        """The leaf of the tree that the entry is."""
        return leaf_of(self.body)


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

    @classmethod
    def of(cls, size: int, node: Node) -> Tree:
        """The tree over the first `size` leaves, to grow on."""
        tree, start = cls(), 0
        for height in reversed(range(size.bit_length())):
            if size >> height & 1:
                tree._peaks.append(node(height, start >> height))
                start += 1 << height
        tree.size = size
        return tree

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
    _, _, said = key.split("+", 2)
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


# --- Entries -------------------------------------------------------------------------------------


class Run(NamedTuple):
    """Lines that follow one another unbroken; a line that does not fit is a run of its own."""

    at: int  # which line the first is, in the order read, from 1
    place: int
    first: int
    last: int
    previous: str
    actual: str
    fault: str = ""


class Reading:
    """Lines as they are read one by one, and what does not fit; memory does not grow with them.

    `heads` tells the root and the last hash after each of the sizes that were asked for.
    """

    def __init__(self, sizes: Collection[int] = ()) -> None:
        self.tree, self.head, self.leaf = Tree(), START, b""
        self.heads = {0: (self.tree.root().hex(), START)}
        self.rotations: list[tuple[int, dict[str, Any]]] = []
        self.set_back: list[int] = []
        self._sizes = frozenset(sizes)
        self._moment: datetime | None = None
        self._runs: list[Run] = []
        self._run = Run(0, 0, 0, 0, "", START)
        self._number, self._place = 0, 0

    def go_on(self, tree: Tree, head: str) -> None:
        """Go on behind what `tree` is over, whose last hash is `head`; others have read it."""
        self.tree, self.head = tree, head
        self._number = self._place = tree.size
        self._run = Run(0, tree.size, tree.size, tree.size, "", head)

    def add(self, line: Line) -> dict[str, Any] | None:
        """Read the next line; what it says, and None where it cannot be read or was changed."""
        data, said = _bytes(line.body), _said(line.body)
        actual = hashlib.sha256(data).hexdigest()
        self.leaf = hashlib.sha256(b"\x00" + data).digest()
        self.tree.add(self.leaf)
        if self.tree.size in self._sizes:
            self.heads[self.tree.size] = (self.tree.root().hex(), actual)
        if (
            said is not None
            and actual == line.hash
            and said["previous"] == self.head
            and said["number"] == self._number + 1
            and line.place == self._place + 1
            and not self._run.fault
        ):
            self._number, self._place, self.head = said["number"], line.place, actual
        else:
            self._break(line, said, actual)
        if said is None or actual != line.hash:
            return None
        self._notice(said)
        return said

    @property
    def is_whole(self) -> bool:
        """Whether every line so far follows on the one before."""
        return not self._runs

    def problems(self, head: tuple[int, str] | None = None) -> list[str]:
        """One sentence for what was changed, removed, inserted or moved; empty when whole.

        Args:
            head: how many entries there should be, and the hash of the last, as noted elsewhere.
        """
        runs = [*self._runs, self._ended()]
        fitting = sorted((r for r in runs if not r.fault), key=lambda r: (r.first, r.at))
        told = [r.fault for r in runs if r.fault] + _missing(runs, head)
        inserted, strangers = _inserted(fitting)
        told += inserted or _moved(runs)
        told += _unlinked([r for r in fitting if r not in strangers])
        if not told:
            told += [_moved_to(r) for r in runs if r.place != r.first]
        if head is not None and not told:
            told += self._against_head(*head)
        if len(runs) > _MOST_BREAKS:
            told.append(f"More than {_MOST_BREAKS} places are broken; the rest is not told.")
        return told

    def warnings(self) -> list[str]:
        """What is odd without being a change: entries written while the clock was set back."""
        return [
            f"Entry {number} says an earlier time than entry {number - 1}: the clock was set back."
            for number in self.set_back
        ]

    def against(self, seen: Seen) -> list[str]:
        """What contradicts a checkpoint whose size was asked for."""
        if self.tree.size < seen.entries:
            now = f"now there are {self.tree.size}: some are missing"
            return [f"The checkpoint saw {seen.entries} entries, {now}, the newest first."]
        root, head = self.heads[seen.entries]
        if root != seen.root or seen.head not in ("", head):
            what = "are not those that the checkpoint saw: history was written anew"
            return [f"The first {seen.entries} entries {what}."]
        return []

    def _notice(self, said: dict[str, Any]) -> None:
        if said.get("act") == ROTATION and len(self.rotations) < _MOST_BREAKS:
            self.rotations.append((said["number"], said.get("facts") or {}))
        moment = _moment(said.get("at"))
        is_earlier = moment and self._moment and moment < self._moment
        if is_earlier and len(self.set_back) < _MOST_BREAKS:
            self.set_back.append(said["number"])
        self._moment = moment or self._moment

    def _break(self, line: Line, said: dict[str, Any] | None, actual: str) -> None:
        if len(self._runs) <= _MOST_BREAKS:
            self._runs.append(self._ended())
        number, fault = self._number + 1, ""
        if said is None:
            fault = f"Entry {line.place} was changed: it cannot be read any more."
        elif actual != line.hash:
            claimed = said["number"] if said["number"] == line.place else number
            fault = f"Entry {claimed} was changed after it was written: its hash does not fit."
        else:
            number = said["number"]
        previous = said["previous"] if said else ""
        self._run = Run(self.tree.size, line.place, number, number, previous, actual, fault)
        self._number, self._place, self.head = number, line.place, actual

    def _ended(self) -> Run:
        return self._run._replace(last=self._number, actual=self.head)

    def _against_head(self, size: int, last: str) -> list[str]:
        if self.tree.size > size:
            return [f"{_entries(size + 1, self.tree.size)} inserted at the end."]
        if self.head != last:
            return [f"Entry {self.tree.size} was replaced together with its hash."]
        return []


def problems_of(lines: Iterable[Line], head: tuple[int, str] | None = None) -> list[str]:
    """What does not fit in `lines`, in the order in which they are stored; see `Reading`."""
    reading = Reading()
    for line in lines:
        reading.add(line)
    return reading.problems(head)


def _missing(runs: Sequence[Run], head: tuple[int, str] | None) -> list[str]:
    last = max([r.last for r in runs] + [head[0] if head else 0])
    told, reached = [], 0
    for first, end in [*sorted((r.first, r.last) for r in runs), (last + 1, last + 1)]:
        if first - reached - 1 > _MOST_TOLD:
            told.append(f"Entries {reached + 1} to {first - 1} are missing: they were removed.")
        else:
            gap = range(reached + 1, first)
            told += [f"Entry {number} is missing: it was removed." for number in gap]
        reached = max(reached, end)
    return told


def _inserted(fitting: Sequence[Run]) -> tuple[list[str], list[Run]]:
    """Runs that claim numbers which others have that are better linked."""
    followed = {r.previous for r in fitting}
    told, strangers, before = [], [], fitting[0]
    for run in fitting[1:]:
        first, last = run.first, min(run.last, before.last)
        if first <= last:
            is_left = before.last == last and before.actual not in followed
            is_older = is_left and (run.last > last or run.actual in followed)
            stranger = before if is_older else run
            place = stranger.place + first - stranger.first
            what = f"An entry was inserted as number {first}, at place {place}."
            if last > first:
                what = f"Entries were inserted as numbers {first} to {last}, from place {place} on."
            told.append(what)
            strangers += [stranger] if stranger.first >= first else []
        if run.last > before.last:
            before = run
    return told, strangers


def _moved(runs: Sequence[Run]) -> list[str]:
    told, should = [], 0
    for run in sorted(runs, key=lambda r: (r.first, r.at)):
        if run.at != should and not run.fault:
            told.append(_moved_to(run))
        should += run.last - run.first + 1
    return told


def _moved_to(run: Run) -> str:
    stands = "it stands at" if run.first == run.last else "they stand from"
    return f"{_entries(run.first, run.last)} moved: {stands} place {run.place}."


def _unlinked(fitting: Sequence[Run]) -> list[str]:
    """Entries that do not follow the one before, though both look untouched."""
    return [
        f"Entry {max(run.first - 1, 1)} or {run.first} was replaced: "
        f"entry {run.first} was not written after entry {run.first - 1}."
        for before, run in pairwise(fitting)
        if before.last + 1 == run.first and run.previous != before.actual
    ]


def _entries(first: int, last: int) -> str:
    return f"Entry {first} was" if first == last else f"Entries {first} to {last} were"


def _said(body: str) -> dict[str, Any] | None:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or type(said.get("number")) is not int:
        return None
    return said if isinstance(said.get("previous"), str) and said["number"] > 0 else None


def _moment(at: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(at) if isinstance(at, str) else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


# --- Files, and the verdict on them --------------------------------------------------------------


class NotReadableError(ValueError):
    """A file is not what it was given as; says so in a sentence."""


@dataclass
class Verdict:
    """What was found, one sentence each.

    Attributes:
        problems: what does not fit.
        warnings: what is odd, and what an older file does not hold.
        unchecked: what could not be checked here.
        entries, root, head: the end of the export; None where none was read.
        seen: every checkpoint met, each with the file that it stood in.
    """

    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    entries: int | None = None
    root: str = ""
    head: str = ""
    seen: list[tuple[str, Seen]] = field(default_factory=list)

    @property
    def code(self) -> int:
        """How the command ends."""
        return 2 if self.problems else 3 if self.unchecked else 0


@dataclass(frozen=True)
class Whose:
    """Whose trail it is, and its public keys, oldest first; empty where nobody said."""

    origin: str = ""
    keys: Sequence[str] = ()


def examine(
    export: Path | None = None,
    checkpoint: Path | None = None,
    proof: Path | None = None,
    whose: Whose | None = None,
) -> Verdict:
    """The verdict on files that were handed out.

    Args:
        whose: what is known for sure of the trail that they are said to be of.

    Raises:
        NotReadableError: a file is not what it was given as.
    """
    verdict, given = Verdict(), whose or Whose()
    if checkpoint:
        verdict.seen += [("checkpoint", seen) for seen in _checkpoints_in(checkpoint)]
    if proof:
        check_proof(_object_in(proof, "a proof"), verdict, proof.name)
    if export:
        given = _check_export(export, verdict, given)
    elif checkpoint and not proof:
        verdict.unchecked.append("A checkpoint alone says nothing of the entries: give an export.")
    else:
        _compare(verdict)
    for what, seen in verdict.seen:
        check_signature(seen, verdict, what)
        check_whose(seen, given, verdict, what)
    return verdict


def check_signature(seen: Seen, verdict: Verdict, what: str = "checkpoint") -> None:
    """Whether a checkpoint says what was signed, by the key that it names."""
    if not seen.note:
        verdict.warnings.append(f"The {what} is not signed.")
        return
    text = text_of(seen.origin, seen.entries, seen.root, seen.at, seen.head) + "\n"
    try:
        public = base64.b64decode(seen.key.split("+", 2)[2], validate=True)[1:]
        signature = base64.b64decode(seen.note[len(text) :].split()[2], validate=True)[4:]
        line = signature_line(seen.origin, public, signature)
        if seen.note != text + line or seen.key != key_text(seen.origin, public):
            raise ValueError
        is_signed = is_signed_by(seen.key, text[:-1], signature)
    except (ValueError, IndexError):
        verdict.problems.append(f"The {what} was changed: it does not say what was signed.")
        return
    if is_signed is None:
        _unsigned(verdict)
    elif not is_signed:
        verdict.problems.append(f"The signature of the {what} is not by the key that it names.")


def check_whose(seen: Seen, whose: Whose, verdict: Verdict, what: str = "checkpoint") -> None:
    """Whether a checkpoint is of the trail that is known, by one of its keys."""
    if whose.origin and seen.origin and seen.origin != whose.origin:
        said = f"The {what} is of another desk, {seen.origin[:60]}; this trail is of"
        verdict.problems.append(f"{said} {whose.origin[:60]}.")
    elif whose.keys and seen.key and seen.key not in whose.keys:
        verdict.problems.append(f"The {what} has a wrong key: it is none of this trail's.")


def check_keys(whose: Whose, reading: Reading, verdict: Verdict) -> None:
    """Whether each key was handed over by the one before, in an entry, and signed in its time."""
    handed = [(facts.get("before"), facts.get("key")) for _, facts in reading.rotations]
    if list(pairwise(whose.keys)) != handed or not whose.keys:
        verdict.problems.append("The keys of this trail are not those that its entries hand over.")
        return
    for number, facts in reading.rotations:
        try:
            text = rotation_text(whose.origin, facts["before"], facts["key"])
            is_signed = is_signed_by(facts["before"], text, bytes.fromhex(facts["signature"]))
        except (ValueError, KeyError, TypeError):
            is_signed = False
        if is_signed is None:
            _unsigned(verdict)
        elif not is_signed:
            said = f"Entry {number} names a new key, but the key before did not sign it."
            verdict.problems.append(said)
    for what, seen in verdict.seen:
        in_force = whose.keys[sum(number <= seen.entries for number, _ in reading.rotations)]
        if seen.key != in_force and seen.key in whose.keys:
            verdict.problems.append(f"The {what} was signed with a key that was not in force.")


def check_proof(said: dict[str, Any], verdict: Verdict, name: str = "the file") -> None:
    """Whether a proof holds under the checkpoint that it carries, which `verdict.seen` then has.

    Raises:
        NotReadableError: it is none.
    """
    try:
        seen, path = to_seen(said["checkpoint"]), [bytes.fromhex(each) for each in said["path"]]
        if said["kind"] == INCLUSION:
            told = _check_inclusion(seen, path, int(said["index"]), said["body"])
        elif said["kind"] == CONSISTENCY:
            before = to_seen(said["from"])
            verdict.seen.append(("proof's older checkpoint", before))
            told = _check_consistency(before, seen, path)
        else:
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NotReadableError(f"{name} is not a proof.") from None
    verdict.seen.append(("proof's checkpoint", seen))
    verdict.problems += told
    if not seen.note:
        verdict.unchecked.append("The proof's checkpoint is not signed: nobody vouches for it.")


def _check_inclusion(seen: Seen, path: list[bytes], index: int, body: str) -> list[str]:
    said = _said(body)
    if said is None or said["number"] != index + 1:
        return ["The entry in the proof was changed: it is not the one that the proof names."]
    if is_included(leaf_of(body), index, seen.entries, path, bytes.fromhex(seen.root)):
        return []
    return [f"The proof does not hold: entry {index + 1} is not what the checkpoint saw."]


def _check_consistency(before: Seen, seen: Seen, path: list[bytes]) -> list[str]:
    if before.origin and before.origin != seen.origin:
        return ["The proof's two checkpoints are of different desks."]
    was, now = bytes.fromhex(before.root), bytes.fromhex(seen.root)
    if is_consistent(before.entries, was, seen.entries, now, path):
        return []
    return ["The proof does not hold: the trail does not begin as the older checkpoint saw it."]


def _compare(verdict: Verdict) -> None:
    """The checkpoint that was kept against those of a proof, without the entries between."""
    kept = [seen for what, seen in verdict.seen if what == "checkpoint"]
    proofs = [seen for what, seen in verdict.seen if what != "checkpoint"]
    for seen in kept:
        for other in proofs:
            check_whose(other, Whose(seen.origin), verdict, "proof's checkpoint")
            if other.entries == seen.entries and other.root != seen.root:
                said = (
                    "The checkpoint and the proof saw different entries: there are two histories."
                )
                verdict.problems.append(said)
        if all(other.entries != seen.entries for other in proofs):
            said = (
                "The checkpoint is of another size than the proof's: a consistency proof is needed."
            )
            verdict.unchecked.append(said)


def _check_export(path: Path, verdict: Verdict, given: Whose) -> Whose:
    """Whose the export is, by its own words where it says so."""
    with path.open(encoding="utf-8-sig") as stream:  # \r and \r\n end lines, too; U+2028 does not
        rows = _rows(stream, path.name)
        top = next(rows, None)
        whose, end = _header(top, path.name)
        if end:
            verdict.seen.insert(0, ("export's checkpoint", end))
        reading = Reading([seen.entries for _, seen in verdict.seen])
        _read(rows if end else chain([top], rows), reading, verdict, path.name)
    verdict.problems += reading.problems()
    verdict.warnings += reading.warnings()
    verdict.entries, verdict.root = reading.tree.size, reading.tree.root().hex()
    verdict.head = reading.head
    for _, seen in verdict.seen:
        verdict.problems += reading.against(seen)
    vouched = max((seen.entries for _, seen in verdict.seen), default=None)
    if vouched is None:
        said = "The export holds no signed checkpoint: entries removed at its end do not show."
        verdict.unchecked.append(said)
    elif vouched < reading.tree.size:
        said = f"No checkpoint vouches for the entries behind number {vouched}."
        (verdict.problems if end else verdict.warnings).append(said)
    if not end:
        return given
    check_keys(whose, reading, verdict)
    if given.origin not in ("", whose.origin) or not set(given.keys) <= set(whose.keys):
        said = (
            f"The export is of another desk, {whose.origin[:60]}, or says keys that are not known."
        )
        verdict.problems.append(said)
    return whose


def _read(rows: Iterator[Any], reading: Reading, verdict: Verdict, name: str) -> None:
    broken, place = 0, 0
    for place, row in enumerate(rows, start=1):
        if isinstance(row, dict) and row.keys() == {"body", "hash"}:
            body, hash_ = row["body"], row["hash"]
            if isinstance(body, str) and isinstance(hash_, str):
                reading.add(Line(place, body, hash_))
                continue
        broken = place
        if len(verdict.problems) < _MOST_BREAKS:
            verdict.problems.append(f"Entry {place} in {name} cannot be read: it was changed.")
    if broken and broken == place:
        verdict.problems.append(f"{name} breaks off there: it was cut short.")


def _header(top: Any, name: str) -> tuple[Whose, Seen | None]:
    """Whose an export is and the checkpoint of its end; nobody's and none in older exports."""
    if top is None:
        raise NotReadableError(f"{name} is empty: it holds no trail.")
    if isinstance(top, dict) and top.keys() == {"body", "hash"}:
        return Whose(), None
    try:
        if top["kind"] != EXPORT or top.keys() != {"kind", "origin", "keys", "checkpoint"}:
            raise ValueError
        keys = [str(key) for key in top["keys"]]
        return Whose(str(top["origin"]), keys), to_seen(top["checkpoint"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NotReadableError(f"{name} is not an exported trail.") from None


def _rows(stream: TextIO, name: str) -> Iterator[Any]:
    """What the lines of a file hold; Ellipsis for one that is no JSON."""
    try:
        while row := stream.readline(_LONGEST_LINE):
            if len(row) == _LONGEST_LINE:
                raise NotReadableError(f"{name} is not an exported trail: a line never ends.")
            if row.strip():
                yield _parsed(row)
    except UnicodeDecodeError:
        raise NotReadableError(f"{name} is not an exported trail: it is no UTF-8 text.") from None


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return ...


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError  # two values for one name: others might read the other one
    return found


def _object_in(path: Path, what: str) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        text = ""
    found = _parsed(text)
    if not isinstance(found, dict):
        raise NotReadableError(f"{path.name} is not {what}.")
    return found


def _checkpoints_in(path: Path) -> list[Seen]:
    """The checkpoint in a file, or all those that an anchor wrote to it, a line each."""
    try:
        rows = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        rows = []
    said = [_parsed(row) for row in rows if row.strip()]
    try:
        if len(said) > 1 and all(isinstance(row, dict) for row in said):
            return [to_seen(row) for row in said]
        return [to_seen(_object_in(path, "a checkpoint"))]
    except ValueError:
        raise NotReadableError(f"{path.name} is not a checkpoint.") from None


def _unsigned(verdict: Verdict) -> None:
    said = "Signatures were not checked: the Python package “cryptography” is not installed here."
    if said not in verdict.unchecked:
        verdict.unchecked.append(said)


def main(arguments: Sequence[str]) -> int:
    """Print the verdict on files that were handed out; see the top of this file for the codes."""
    parser = argparse.ArgumentParser(prog="verify_trail.py", allow_abbrev=False)
    parser.add_argument("export", nargs="?", type=Path, help="the exported trail")
    parser.add_argument("--export", type=Path, dest="named", help="the same")
    parser.add_argument("--checkpoint", type=Path, help="a checkpoint kept before, or several")
    parser.add_argument("--proof", type=Path, help="a proof about an entry or between checkpoints")
    parser.add_argument(
        "--key", action="append", default=[], help="a public key known to be theirs"
    )
    asked = parser.parse_args(arguments)
    export = asked.export or asked.named
    if not (export or asked.proof or asked.checkpoint):
        parser.error("give an exported trail or a proof")
    try:
        verdict = examine(export, asked.checkpoint, asked.proof, Whose("", asked.key))
    except NotReadableError as error:
        print(error)  # noqa: T201
        return 2
    except OSError:
        print("A file cannot be opened.")  # noqa: T201
        return 2
    for told in told_by(verdict):
        print(told)  # noqa: T201
    return verdict.code


def told_by(verdict: Verdict) -> list[str]:
    """The verdict in sentences, the last of which sums up."""
    many, short = len(verdict.problems), verdict.unchecked and not verdict.problems
    said = [*verdict.problems[:SHOWN], *verdict.warnings[:SHOWN], *verdict.unchecked]
    beyond = ", as far as it could be checked" if short else ""
    if verdict.entries is None:
        return [*said, "It does not hold." if many else f"It holds{beyond}."]
    if verdict.entries == 0 and not many:
        said.append("The trail is empty: nothing has been done yet.")
    result = f"NOT whole ({many} problem{'s' if many > 1 else ''})" if many else f"whole{beyond}"
    return [*said, f"{verdict.entries} entries, root {verdict.root}: {result}"]


if __name__ == "__main__":
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal may lack a letter
    sys.exit(main(sys.argv[1:]))
