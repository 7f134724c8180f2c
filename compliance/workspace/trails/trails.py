"""The trail of the desk's own records: read, verified, signed, proved, taken outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import msgspec
from sqlalchemy import Connection

from compliance.errors import (
    BrokenTrailError,
    FileMissingError,
    NoSuchEntryError,
    NotProvableError,
    TrailError,
)
from compliance.storage import records, tiles
from compliance.trail import (
    ROTATION,
    NotReadableError,
    Seen,
    Verdict,
    Whose,
    check_signature,
    check_whose,
    consistency_path,
    examine,
    hand_over,
    inclusion_path,
    read_checkpoint,
    root_of,
    sign,
    to_checkpoint,
    to_consistency,
    to_entry,
    to_export,
    to_inclusion,
    to_verification,
)
from compliance.trail.nouns import Checkpoint, Entry, Signer, Verification
from compliance.workspace.anchoring.outside import Outside, compared, lately, sizes
from compliance.workspace.desk import Desk
from compliance.workspace.trails import keys as trail_keys
from compliance.workspace.trails.checks import Checked


def newest(connection: Connection, count: int) -> tuple[Entry, ...]:
    """The last `count` entries, newest first."""
    return tuple(to_entry(line) for line in records.lines_of(connection, newest=count))


def verify(connection: Connection) -> Verification:
    """Whether the trail is whole: every entry, tile of its tree and record, read once through."""
    return Checked().read_on(connection)


def verify_outside(desk: Desk, connection: Connection, held: Outside) -> Verification:
    """The same, and whether it fits what was taken outside."""
    checked = Checked(sizes(held))
    return compared(desk, checked.read_on(connection), checked.reading, held)


def verify_signed(desk: Desk, connection: Connection, at: datetime) -> Verification:
    """The same with a checkpoint signed as of `at`: what a report says of the trail."""
    found = verify_outside(desk, connection, lately(desk, at))
    return replace(found, checkpoint=signed(desk, connection, at))


def verify_since(desk: Desk, connection: Connection, seen: Seen) -> Verification:
    """Whether the trail is whole, and whether a checkpoint that was handed out still fits it."""
    by, verdict = trail_keys.signer_of(desk, connection), Verdict()
    check_signature(seen, verdict)
    check_whose(seen, Whose(by.origin, by.keys), verdict)
    checked = Checked([seen.entries])
    found = checked.read_on(connection)
    problems = (*found.problems, *verdict.problems, *checked.reading.against(seen))
    return replace(found, problems=problems)


def verify_files(
    desk: Desk,
    connection: Connection,
    *,
    checkpoint: Path | None = None,
    export: Path | None = None,
    proof: Path | None = None,
    held: Outside = (),
) -> Verification:
    """Whether the trail is whole, and whether what was handed out of it before still fits it.

    Args:
        held: what anchors hold.

    Raises:
        FileMissingError, TrailError: a file cannot be read.
    """
    by, verdict = trail_keys.known_signer(desk, connection), Verdict()
    whose = Whose(by.origin, by.keys) if by else Whose("nobody yet: nothing was ever signed here")
    if checkpoint is not None:
        for seen in _checkpoints_in(checkpoint):
            verdict.seen.append(("checkpoint", seen))
            check_signature(seen, verdict)
            check_whose(seen, whose, verdict)
    for path, kind in ((export, "export"), (proof, "proof")):
        if path is not None:
            with _readable(path, kind):
                _add(verdict, examine(whose=whose, **{kind: path}), path.name)
    checked = Checked({seen.entries for _, seen in verdict.seen} | sizes(held))
    found = compared(desk, checked.read_on(connection), checked.reading, held)
    against = [
        told
        for _, seen in verdict.seen
        if seen.origin in ("", whose.origin)  # else it is told that it is another desk's
        for told in checked.reading.against(seen)
    ]
    problems = dict.fromkeys([*found.problems, *verdict.problems, *against])
    warnings = (*found.warnings, *verdict.warnings, *verdict.unchecked)
    return to_verification(checked.reading, problems, dict.fromkeys(warnings))


def signed(desk: Desk, connection: Connection, at: datetime | None = None) -> Checkpoint:
    """Where the trail ends, signed; read from few rows, however long the trail is.

    It says nothing of whether the entries are as they were written: that is for `verify`. Where
    rows are missing that the tree is read from, the checkpoint is of the last hash alone and not
    signed.

    Args:
        at: the moment to sign; else now.
    """
    head, by = records.head_of(connection), trail_keys.signer_of(desk, connection)
    moment = desk.clock() if at is None else at
    try:
        root = root_of(head.entries, tiles.node_in(connection, head.entries)).hex()
    except BrokenTrailError:
        whose = {"origin": by.origin, "key": by.key, "note": ""}
        return Checkpoint(entries=head.entries, root="", head=head.hash, at=moment, **whose)
    return sign(by, entries=head.entries, root=root, head=head.hash, at=moment)


def checkpoint(desk: Desk) -> str:
    """A signed checkpoint of the trail, including the entry that says it was taken, as JSON.

    Raises:
        BrokenTrailError: rows are missing that it is read from.
    """
    with desk.act("trail.checkpoint", "trail"):
        pass
    with desk.database.reading() as connection:
        return to_text(to_checkpoint(_signed(desk, connection)))


def export(desk: Desk) -> Iterator[str]:
    """The whole trail as JSON lines, including the entry that says it was exported."""
    with desk.act("trail.export", "trail"):
        pass
    with desk.database.reading() as connection:
        by = trail_keys.signer_of(desk, connection)
        end = signed(desk, connection)
        yield from to_export(records.lines_after(connection, 0), end, by.keys)


def prove(desk: Desk, number: int) -> str:
    """The proof that entry `number` is in the trail, under a signed checkpoint, as JSON.

    Raises:
        NoSuchEntryError: there is none.
        BrokenTrailError: rows are missing that it is read from.
    """
    with desk.act("trail.prove", "trail") as act:
        if not 0 < number < act.entry:
            raise NoSuchEntryError(number=number, entries=act.entry - 1)
        act.facts["proved"] = number
    with desk.database.reading() as connection:
        end, line = _signed(desk, connection), records.line(connection, number)
        if line is None:
            raise BrokenTrailError()
        node = tiles.node_in(connection, end.entries)
        path = inclusion_path(number - 1, end.entries, node)
        return to_text(to_inclusion(line, path, end))


def prove_since(desk: Desk, before: Path) -> str:
    """The proof that the trail still begins as the checkpoint in `before` saw it, as JSON.

    Raises:
        FileMissingError, TrailError: the checkpoint cannot be read.
        NotProvableError: the trail does not begin so.
        BrokenTrailError: rows are missing that it is read from.
    """
    seen = _checkpoint_in(before)
    with desk.act("trail.prove", "trail") as act:
        _check_begins(desk, act.connection, seen)
        act.facts["since"] = seen.entries
    with desk.database.reading() as connection:
        end = _signed(desk, connection)
        node = tiles.node_in(connection, end.entries)
        path = consistency_path(seen.entries, end.entries, node)
        kept = msgspec.json.decode(before.read_bytes().removeprefix(b"\xef\xbb\xbf"))
        return to_text(to_consistency(kept, path, end))


def rotate_key(desk: Desk) -> Signer:
    """A new key that signs from now on; the one before says so in an entry, and is destroyed."""
    with desk.act(ROTATION, "trail") as act:
        before, after = trail_keys.prepare(desk, act.connection)
        act.facts |= {"before": before.key, "key": after.key}
        act.facts["signature"] = hand_over(before, after.key)
    with desk.database.reading() as connection:
        return trail_keys.signer_of(desk, connection)


def to_text(plain: dict[str, object]) -> str:
    """A checkpoint or a proof as the text of its file."""
    return msgspec.json.format(msgspec.json.encode(plain)).decode() + "\n"


def _signed(desk: Desk, connection: Connection) -> Checkpoint:
    found = signed(desk, connection)
    if not found.is_signed:
        raise BrokenTrailError()
    return found


def _check_begins(desk: Desk, connection: Connection, seen: Seen) -> None:
    whose, verdict = trail_keys.signer_of(desk, connection), Verdict()
    check_signature(seen, verdict)
    check_whose(seen, Whose(whose.origin, whose.keys), verdict)
    if verdict.problems:
        raise NotProvableError(reason=verdict.problems[0])
    entries = records.head_of(connection).entries
    if seen.entries > entries:
        said = f"The checkpoint saw {seen.entries} entries, now there are {entries}."
        raise NotProvableError(reason=said)
    root = root_of(seen.entries, tiles.node_in(connection, seen.entries))
    if root.hex() != seen.root:
        raise NotProvableError(reason="The checkpoint saw other entries.")


def _add(verdict: Verdict, of_file: Verdict, name: str) -> None:
    verdict.problems += of_file.problems
    verdict.warnings += of_file.warnings
    verdict.unchecked += of_file.unchecked
    verdict.seen += of_file.seen
    if of_file.entries is not None:
        end = Seen(of_file.entries, of_file.root, of_file.head, "", "", "", "")
        verdict.seen.append((name, end))


def _checkpoints_in(path: Path) -> list[Seen]:
    """The checkpoint in a file, or all those that an anchor wrote to it, a line each."""
    with _readable(path, "checkpoint"):
        rows = [r for r in path.read_text(encoding="utf-8-sig").split("\n") if r.strip()]
        if len(rows) < 2 or not all(row.startswith('{"') for row in rows):
            return [_checkpoint_in(path)]
        return [read_checkpoint(path.name, row) for row in rows]


def _checkpoint_in(path: Path) -> Seen:
    with _readable(path, "checkpoint"):
        return read_checkpoint(path.name, path.read_text(encoding="utf-8-sig"))


@contextmanager
def _readable(path: Path, kind: str) -> Iterator[None]:
    try:
        yield
    except (NotReadableError, UnicodeDecodeError):
        raise TrailError(name=path.name, kind=kind) from None
    except (OSError, ValueError):
        raise FileMissingError(name=path.name) from None
