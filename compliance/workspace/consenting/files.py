"""The register of consents on disk: one file per state, named by its hash, and its record."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa
from sqlalchemy import Connection

from compliance.dataset.nouns import Sha256
from compliance.errors import WorkspaceError
from compliance.rights.consents import EVENTS, read_events, summed_up, write_events
from compliance.rights.nouns import ConsentFile, Purpose
from compliance.storage import records, tables
from compliance.workspace.desk import Act, Desk
from compliance.workspace.keys import key_in
from compliance.workspace.recent import Recent
from compliance.workspace.storing import store_bytes

_KEPT_BYTES = 2**28


def consent_key(desk: Desk) -> bytes:
    """The secret under which people are hashed; it opens nothing else."""
    return key_in(desk.settings.home / "consent.key")


def newest(connection: Connection) -> ConsentFile | None:
    """The register as it stands; None where nobody has ever recorded anything."""
    return records.latest(connection, tables.CONSENTS, ConsentFile)


def history(connection: Connection) -> tuple[ConsentFile, ...]:
    """What the register held after each change, oldest first: counts only."""
    return records.every(connection, tables.CONSENTS, ConsentFile)


def purposes(connection: Connection) -> dict[str, Purpose]:
    """Every purpose by id, in the order in which they first came."""
    return records.newest_by(connection, tables.PURPOSE, Purpose, "id")


def events(desk: Desk, kept: ConsentFile | None) -> pa.Table:
    """The events of the register.

    Raises:
        WorkspaceError: its file is missing or damaged.
    """
    if kept is None:
        return EVENTS.empty_table()
    return _read_of(desk).get((kept.sha256,), lambda: _read(desk, kept.sha256))


def store(
    desk: Desk,
    act: Act,
    found: pa.Table,
    source: str,
    used_after: Mapping[str, int] = MappingProxyType({}),
    *,
    keep_last: bool = True,
) -> ConsentFile:
    """Keep `found` as the register from now on, as part of `act`.

    Args:
        source: where the last events came from; never a person.
        used_after: by purpose, people whose rows had been used again by then; see `ConsentCounts`.
        keep_last: that the file before stays until the next change, for whoever is reading it.
    """
    data = write_events(found)
    sha256 = Sha256(hashlib.sha256(data).hexdigest())
    before = newest(act.connection)
    _folder(desk).mkdir(mode=0o700, exist_ok=True)
    store_bytes(_folder(desk) / f"{sha256}.parquet", data)
    kept = ConsentFile(
        version=(before.version if before else 0) + 1,
        sha256=sha256,
        rows=found.num_rows,
        people=len(found["person"].unique()),
        purposes={
            one.id: summed_up(
                found, one, act.at, _used_after(before, one.id) + used_after.get(one.id, 0)
            )
            for one in purposes(act.connection).values()
        },
        at=act.at,
        actor=act.actor,
        source=source,
    )
    act.store(tables.CONSENTS, kept, version=str(kept.version))
    wanted = {sha256} | ({before.sha256} if before and keep_last else set())
    for path in _folder(desk).glob("*.parquet"):
        if path.stem not in wanted:
            path.unlink(missing_ok=True)
    return kept


def _used_after(before: ConsentFile | None, purpose: str) -> int:
    found = before.purposes.get(purpose) if before else None
    return found.used_after if found else 0


def _folder(desk: Desk) -> Path:
    return desk.settings.home / "consents"


def _read(desk: Desk, sha256: str) -> pa.Table:
    try:
        return read_events((_folder(desk) / f"{sha256}.parquet").read_bytes())
    except (OSError, pa.ArrowException):
        reason = "the register of consents is missing or damaged; restore it from its backup"
        raise WorkspaceError(home=desk.settings.home, reason=reason) from None


def _read_of(desk: Desk) -> Recent[pa.Table]:
    return desk.kept("consents", lambda: Recent(_KEPT_BYTES, lambda table: int(table.nbytes)))
