"""An entry of the trail, and what verifying it found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

CHECKPOINT_KIND = "privacy-desk-checkpoint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One act.

    Attributes:
        number: from 1, without gaps.
        at: when, UTC.
        actor: who.
        act: what, as `noun.verb` (`dataset.add`).
        subject: on what.
        facts: counts, names and parameters; never a cell value.
        previous: the hash of the entry before; 64 zeros for the first.
        hash: SHA-256 of the canonical JSON of all the above.
    """

    number: int
    at: datetime
    actor: str
    act: str
    subject: str
    facts: Mapping[str, object]
    previous: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Whether the trail is whole.

    Attributes:
        entries: how many there are.
        root: the Merkle tree head over all entries (RFC 6962), in hex.
        head: the hash of the last entry.
        problems: one sentence each; empty when all is well.
        warnings: what is odd without being a change, one sentence each, such as a clock set back.
        checkpoint: the same, signed; None where it was not asked for.
    """

    entries: int
    root: str
    head: str
    problems: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    checkpoint: Checkpoint | None = None

    @property
    def ok(self) -> bool:
        return not self.problems


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailState:
    """The trail as this process knows it: a long one is not read whole at every look.

    Attributes:
        verification: what was found.
        whole_at: when every entry, tile and record was read last.
        whole_entries: how many entries there were then; only what came after was read since.
    """

    verification: Verification
    whole_at: datetime
    whole_entries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """Where the trail ended at a moment, signed; to be kept outside the desk.

    Attributes:
        entries: how many there were.
        root: the Merkle tree head over them (RFC 6962), in hex.
        head: the hash of the last entry; 64 zeros where there is none.
        at: when it was taken, UTC.
        origin: whose trail it is: an id that the desk gave itself once.
        key: the public key that signed it, in the form of signed notes (name+id+key).
        note: what was signed, with the signature, in the form of C2SP checkpoints; empty where
            nothing was signed, for records are missing that the tree is read from.

    Source: https://c2sp.org/tlog-checkpoint.
    """

    entries: int
    root: str
    head: str
    at: datetime
    origin: str
    key: str
    note: str

    @property
    def is_signed(self) -> bool:
        return bool(self.note)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """The desk's own name and keys, by which its checkpoints are known.

    Attributes:
        origin: an id that the desk gave itself once.
        keys: its public keys in the form of signed notes, oldest first; the last signs.
        seed: the secret of the last, 32 bytes; never shown.
    """

    origin: str
    keys: tuple[str, ...]
    seed: bytes = field(repr=False)

    @property
    def key(self) -> str:
        return self.keys[-1]


class AnchorKind(StrEnum):
    """Where checkpoints are kept outside."""

    FILE = "file"
    GIT = "git"
    MAIL = "mail"
    TIME_STAMP = "time stamp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchored:
    """One time that a checkpoint was taken outside, or could not be.

    Attributes:
        at: when, UTC.
        entries, root: what the checkpoint saw.
        reason: why it did not get there, in words; empty where it did.
        stamped_by: who confirmed the time, and the SHA-256 of that certificate; of time stamps.
    """

    at: datetime
    entries: int
    root: str
    reason: str = ""
    stamped_by: str = ""
    certificate: str = ""

    @property
    def is_done(self) -> bool:
        return not self.reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A place outside to which checkpoints go by themselves.

    Attributes:
        name: names it.
        kind: what it is.
        to: a file or a folder, the folder of a git clone, or an address.
        every: how often: hour, day, week or month.
        pushes: of git: whether what was committed is sent on.
        made_at: when it was decided, UTC.
        claimed: the last moment it was due and taken up, UTC; so that two workers do not both.
        last: what became of it the last time; None: it never ran.
        last_done: the last time that a checkpoint got there; None: never.
        is_removed: it does not run any more.
    """

    name: str
    kind: AnchorKind
    to: str
    every: str
    pushes: bool = False
    made_at: datetime
    claimed: datetime | None = None
    last: Anchored | None = None
    last_done: Anchored | None = None
    is_removed: bool = False

    @property
    def can_be_read(self) -> bool:
        """Whether what was taken there can be read back."""
        return self.kind is not AnchorKind.MAIL

    @property
    def place(self) -> str:
        """Where it is, for others: of an address only the domain."""
        return self.to.rpartition("@")[2] if self.kind is AnchorKind.MAIL else self.to


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """One verification of the whole trail that is on record.

    Attributes:
        at: when, UTC.
        actor: who.
        is_scheduled: a schedule asked for it; else a person.
        entries, root: what was read.
        problems: the first of them, one sentence each; empty when all is well.
        count: how many there were.
        anchors: how many anchors it was compared with.
        unread: the names of those that could not be read back.
    """

    at: datetime
    actor: str
    is_scheduled: bool
    entries: int
    root: str
    problems: tuple[str, ...] = ()
    count: int = 0
    anchors: int = 0
    unread: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.count
