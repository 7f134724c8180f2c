"""An entry of the trail, and what verifying it found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

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
