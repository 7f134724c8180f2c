"""Vaults: sealed originals behind pseudonyms, and each look into one in the trail."""

from __future__ import annotations

import hashlib
import io
import secrets
from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Connection

from compliance.anonymise.nouns import VaultRows
from compliance.anonymise.nouns.record import Vault
from compliance.anonymise.treatments import open_vault
from compliance.dataset.nouns import ColumnName, Dataset, Sha256
from compliance.errors import VaultError
from compliance.storage import tables
from compliance.workspace.data import datasets
from compliance.workspace.desk import Act, Desk
from compliance.workspace.keys import key_in
from compliance.workspace.storing import store_bytes

SHORTEST_REASON = 5


def store(desk: Desk, act: Act, dataset: Dataset, sealed: Mapping[ColumnName, VaultRows]) -> None:
    """Keep the sealed originals behind pseudonyms of `dataset`, as part of `act`."""
    for column, rows in sealed.items():
        data = to_file(rows)
        sha256 = Sha256(hashlib.sha256(data).hexdigest())
        store_bytes(desk.vaults_folder / f"{sha256}.parquet", data)
        vault = Vault(
            id=f"vault-{secrets.token_hex(6)}",
            dataset_id=dataset.id,
            column=column,
            type=rows.type,
            rows=len(rows.pseudonyms),
            sha256=sha256,
        )
        act.store(tables.VAULT, vault, id=vault.id, dataset_id=dataset.id)
    if sealed:
        act.facts["vault_rows"] = {column: len(rows.pseudonyms) for column, rows in sealed.items()}


def of(connection: Connection, dataset: Dataset) -> tuple[Vault, ...]:
    """The vaults behind any version of `dataset`, newest first."""
    found = datasets.of_any_version(connection, tables.VAULT, Vault, dataset, "dataset_id")
    return tuple(sorted(found, key=lambda vault: int(vault.dataset_id.rpartition("@")[2]))[::-1])


def reveal(
    desk: Desk, name: str, column: str, pseudonyms: Sequence[str], reason: str
) -> dict[str, str]:
    """The originals behind pseudonyms in `column` of dataset `name`; who asked is in the trail.

    The entry is written before anything is shown, and holds neither pseudonyms nor originals. A
    try that fails has its entry too. Vaults of earlier versions are looked into as well.

    Raises:
        VaultError: there is no such vault or pseudonym, or no reason is given.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise VaultError(reason="say why it is opened; the reason is kept in the trail")
    facts = {
        "column": column,
        "pseudonyms": len(set(pseudonyms)),
        "reason": reason.strip()[:200],
    }
    with desk.database.reading() as connection:
        datasets.find(connection, name).column(column)
    try:
        with desk.act("vault.open", name) as act:
            dataset = datasets.find(act.connection, name)
            kept = [vault for vault in of(act.connection, dataset) if vault.column == column]
            opened, used = _opened(desk, kept, column, pseudonyms)
            act.facts |= {**facts, "vault": [vault.id for vault in used]}
    except VaultError:
        with desk.act("vault.refuse", name) as act:
            act.facts |= facts
        raise
    return opened


def _opened(
    desk: Desk, kept: Sequence[Vault], column: str, pseudonyms: Sequence[str]
) -> tuple[dict[str, str], list[Vault]]:
    """The originals, each from the newest vault that has it, and the vaults that were opened."""
    if not kept:
        raise VaultError(reason=f"none is kept for “{column}”")
    key = key_in(desk.settings.home / "vault.key")
    left, used = set(pseudonyms), []
    opened: dict[str, str] = {}
    for vault in kept:
        if not left:
            break
        rows = rows_of(desk, vault)
        if here := sorted(left.intersection(rows.pseudonyms)):
            opened |= open_vault(rows, here, key)
            used.append(vault)
            left -= opened.keys()
    if left:
        reason = f"{len(left)} of {len(set(pseudonyms))} pseudonyms are not in it"
        raise VaultError(reason=reason)
    return opened, used


def to_file(rows: VaultRows) -> bytes:
    """The bytes under whose hash the rows of a vault are kept."""
    sink = io.BytesIO()
    made = pa.table(
        {"pseudonym": pa.array(rows.pseudonyms), "sealed": pa.array(rows.sealed, pa.binary())}
    )
    pq.write_table(made, sink, compression="zstd")
    return sink.getvalue()


def rows_of(desk: Desk, vault: Vault) -> VaultRows:
    """The sealed rows of a vault.

    Raises:
        VaultError: its file is missing or damaged.
    """
    try:
        found = pq.read_table(desk.vaults_folder / f"{vault.sha256}.parquet")
    except (OSError, pa.ArrowException):
        raise VaultError(reason="its file is missing or damaged; restore it") from None
    return VaultRows(
        type=vault.type,
        pseudonyms=tuple(found.column("pseudonym").to_pylist()),
        sealed=tuple(found.column("sealed").to_pylist()),
    )
