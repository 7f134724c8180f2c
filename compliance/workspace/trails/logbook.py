"""The trail as a log that others can check: verified, signed, proved, exported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

import msgspec

from compliance.errors import TrailError
from compliance.privacy.disclosure.looks import does
from compliance.storage import acts
from compliance.trail import CONSISTENCY, EXPORT, INCLUSION, to_entry
from compliance.trail.nouns import CHECKPOINT_KIND, Checkpoint, Entry, TrailState, Verification
from compliance.workspace.anchoring.outside import outside
from compliance.workspace.desk import Desk
from compliance.workspace.guarding import guarded
from compliance.workspace.lineage.lineages import entry_at
from compliance.workspace.trails import keys as trail_keys
from compliance.workspace.trails import memory, trails


@guarded
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
        return memory.state(self._desk, is_whole=is_whole)

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

    def verify_upload(self, data: bytes, name: str) -> tuple[str, Verification]:
        """Which kind of file was handed over, and whether the trail fits it; nothing is kept.

        Returns:
            export, checkpoint or proof; and what verifying found.

        Raises:
            TrailError: it is none of these.
        """
        kind = _kind_of(data, name)
        with TemporaryDirectory() as folder:
            path = Path(folder) / (PurePath(name).name or kind)
            path.write_bytes(data)
            given = {"checkpoint": None, "export": None, "proof": None} | {kind: path}
            return kind, self.verify(**given)

    def find(
        self,
        *,
        act: str = "",
        actor: str = "",
        since: date | None = None,
        until: date | None = None,
        count: int = 500,
    ) -> tuple[Entry, ...]:
        """The newest entries of one act, of one person, of some days; newest first.

        Args:
            since, until: the first and the last day, UTC.
            count: so many at most.
        """
        with self._desk.database.reading() as connection:
            lines = acts.found(
                connection,
                act=act,
                actor=actor,
                after=entry_at(connection, since - timedelta(days=1)) if since else 0,
                until=entry_at(connection, until) if until else None,
                count=count,
            )
            return tuple(to_entry(line) for line in lines)

    def acts(self) -> Mapping[str, str]:
        """Every act that was ever done: by name, what it does in words."""
        with self._desk.database.reading() as connection:
            return {name: does(name) for name in acts.acts_done(connection)}

    def known_keys(self) -> tuple[str, tuple[str, ...]] | None:
        """The same as `keys`, where nothing is to be made; None: nothing was ever signed."""
        with self._desk.database.reading() as connection:
            by = trail_keys.known_signer(self._desk, connection)
        return None if by is None else (by.origin, by.keys)

    def keys(self) -> tuple[str, tuple[str, ...]]:
        """The origin of the trail, and its public keys, oldest first; the last signs."""
        with self._desk.database.reading() as connection:
            by = trail_keys.signer_of(self._desk, connection)
        return by.origin, by.keys

    def rotate_key(self) -> str:
        """The public key that signs from now on; the one before hands over in an entry."""
        return trails.rotate_key(self._desk).key


def _kind_of(data: bytes, name: str) -> str:
    """What a file says that it is, in its first line or as a whole."""
    text = data.removeprefix(b"\xef\xbb\xbf")
    for part in (text, text.split(b"\n", 1)[0]):
        try:
            said = msgspec.json.decode(part)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
        kind = said.get("kind") if isinstance(said, dict) else None
        if kind == CHECKPOINT_KIND:
            return "checkpoint"
        if kind in (INCLUSION, CONSISTENCY):
            return "proof"
        if kind == EXPORT or (isinstance(said, dict) and said.keys() == {"body", "hash"}):
            return "export"
    raise TrailError(name=name, kind="export, checkpoint or proof")
