"""The trail as a log that others can check: verified, signed, proved, exported."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from compliance.trail.nouns import Checkpoint, TrailState, Verification
from compliance.workspace import trail_keys, trail_memory, trails
from compliance.workspace.anchoring_outside import outside
from compliance.workspace.desk import Desk


class Log:
    """The trail as a log that others can check."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def verify(
        self,
        *,
        checkpoint: Path | None = None,
        export: Path | None = None,
        proof: Path | None = None,
    ) -> Verification:
        """Whether the whole trail is as it was written, and fits what was handed out of it before.

        It is compared with all anchors that can be read back, too.

        Raises:
            FileMissingError, TrailError: a file cannot be read.
        """
        held = outside(self._desk)
        with self._desk.database.reading() as connection:
            if not (checkpoint or export or proof):
                return trails.verify_outside(self._desk, connection, held)
            return trails.verify_files(
                self._desk, connection, checkpoint=checkpoint, export=export, proof=proof, held=held
            )

    def state(self, *, is_whole: bool = False) -> TrailState:
        """What this process knows of the trail; a long one is read whole once an hour.

        Args:
            is_whole: read every entry now.
        """
        return trail_memory.state(self._desk, is_whole=is_whole)

    def signed(self) -> Checkpoint:
        """Where the trail ends, signed; it is no act, so not for handing out (`checkpoint`)."""
        with self._desk.database.reading() as connection:
            return trails.signed(self._desk, connection)

    def checkpoint(self) -> str:
        """A signed checkpoint, as JSON, to be kept outside the desk.

        Raises:
            BrokenTrailError: rows are missing that it is read from.
        """
        return trails.checkpoint(self._desk)

    def export(self) -> Iterator[str]:
        """The whole trail as JSON lines, for `verify_trail.py`, line by line."""
        return trails.export(self._desk)

    def prove(self, number: int) -> str:
        """The proof that entry `number` is in the trail, as JSON.

        Raises:
            NoSuchEntryError, BrokenTrailError: there is none, or rows are missing.
        """
        return trails.prove(self._desk, number)

    def prove_since(self, checkpoint: Path) -> str:
        """The proof that the trail still begins as a checkpoint saw it, as JSON.

        Raises:
            FileMissingError, TrailError: the checkpoint cannot be read.
            NotProvableError, BrokenTrailError: the trail does not begin so, or rows are missing.
        """
        return trails.prove_since(self._desk, checkpoint)

    def keys(self) -> tuple[str, tuple[str, ...]]:
        """The origin of the trail, and its public keys, oldest first; the last signs."""
        with self._desk.database.reading() as connection:
            by = trail_keys.signer_of(self._desk, connection)
        return by.origin, by.keys

    def rotate_key(self) -> str:
        """The public key that signs from now on; the one before hands over in an entry."""
        return trails.rotate_key(self._desk).key
