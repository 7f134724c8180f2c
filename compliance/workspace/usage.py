"""Which rows of a dataset may be used for a purpose, and the dataset that they are.

What comes of it is a dataset like any other, with the rows that may be used and a hash of its own;
everything that is done with it stays as it is. Where nothing stands against any row, it is the
same dataset. Looking for people, tracing and erasing look at all rows and do not ask here.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from sqlalchemy import Connection

from compliance.dataset.nouns import Dataset, Sha256
from compliance.dataset.part import Mask, Part, read_mask, write_mask
from compliance.errors import NotUsableError, WorkspaceError
from compliance.rights.nouns import Barrier, Usable
from compliance.workspace.barriers import bar, lift, people_of, wishes
from compliance.workspace.desk import Desk
from compliance.workspace.usage_rows import looked_at
from compliance.workspace.usage_rules import Use, use_of

__all__ = ["bar", "forget", "lift", "people_of", "required", "usable", "wishes"]


def usable(
    desk: Desk,
    connection: Connection,
    dataset: Dataset,
    purpose: str = "",
    *,
    is_handed_on: bool = False,
) -> tuple[Dataset, Usable]:
    """The rows of `dataset` that may be used, as a dataset; and what was left out, counted.

    Where nothing may be used, the dataset has no rows and `Usable.why` says why.

    Args:
        purpose: what for, by id or title; empty: what the dataset is for.
        is_handed_on: the rows, or what is made of each of them, leave for somebody else.
    """
    use = use_of(desk, connection, dataset, purpose, is_handed_on=is_handed_on)
    if use.is_free:
        return dataset, _all_of(dataset, use)
    if use.refusal:
        return _blocked(desk, dataset, use, use.refusal)
    seen = looked_at(desk, connection, dataset, use)
    if seen.refusal:
        return _blocked(desk, dataset, use, seen.refusal)
    if not seen.left_out:
        return dataset, replace(_all_of(dataset, use), people=seen.people)
    told = Usable(
        dataset_id=dataset.id,
        purpose=use.purpose,
        rows=dataset.rows - sum(seen.left_out.values()),
        people=seen.people,
        left_out=seen.left_out,
        people_left_out=seen.people_left_out,
        why=_sentence(seen.left_out, seen.people_left_out),
    )
    return _part(desk, dataset, seen.is_in), told


def required(
    desk: Desk,
    connection: Connection,
    dataset: Dataset,
    purpose: str = "",
    *,
    is_handed_on: bool = False,
) -> tuple[Dataset, Usable]:
    """As `usable`, where something has to be left of it.

    Raises:
        NotUsableError: nothing may be used.
    """
    found, told = usable(desk, connection, dataset, purpose, is_handed_on=is_handed_on)
    if told.is_blocked:
        raise NotUsableError(dataset=dataset.name, reason=told.why)
    if not told.rows and dataset.rows:
        raise NotUsableError(dataset=dataset.name, reason=f"no row is left; {told.why}")
    return found, told


def forget(desk: Desk, sha256: str) -> None:
    """Throw away which rows of the table with that hash were used; it was rewritten."""
    for path in desk.usable_folder.glob("*.npz"):
        if read_mask(path)[0] == sha256:
            path.unlink(missing_ok=True)


def _all_of(dataset: Dataset, use: Use) -> Usable:
    unit = dataset.description.unit
    people = None if unit is None else dataset.column(unit).distinct
    return Usable(dataset_id=dataset.id, purpose=use.purpose, rows=dataset.rows, people=people)


def _blocked(desk: Desk, dataset: Dataset, use: Use, why: str) -> tuple[Dataset, Usable]:
    told = Usable(
        dataset_id=dataset.id,
        purpose=use.purpose,
        rows=0,
        people=None,
        is_blocked=True,
        why=why,
    )
    return _part(desk, dataset, np.zeros(dataset.rows, dtype=np.bool_)), told


def _part(desk: Desk, dataset: Dataset, is_in: Mask) -> Dataset:
    """The marked rows as a dataset that the desk can read, now and after it was closed."""
    said = hashlib.sha256(f"part\n{dataset.sha256}\n".encode())
    said.update(is_in.tobytes())
    sha256 = Sha256(said.hexdigest())
    _keep(desk, dataset, sha256, is_in)
    found = desk.table(replace(dataset, sha256=sha256))
    if not isinstance(found, Part):  # a table of that hash is a part by how it was made
        raise TypeError("a stored table has the hash of a part")
    columns = found.counted(dataset.columns)
    return replace(dataset, sha256=sha256, rows=found.rows, columns=columns)


def _keep(desk: Desk, dataset: Dataset, sha256: Sha256, is_in: Mask) -> None:
    path = desk.usable_folder / f"{sha256}.npz"
    if path.exists():
        return
    partial = path.with_suffix(f".{secrets.token_hex(4)}.partial")
    try:
        write_mask(partial, dataset.sha256, is_in)
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        reason = "which rows may be used could not be written down; check the free space"
        raise WorkspaceError(home=desk.settings.home, reason=reason) from None


def _sentence(left_out: Mapping[Barrier, int], people: int) -> str:
    rows = sum(left_out.values())
    reasons = ", ".join(f"{barrier} ({count:,})" for barrier, count in left_out.items())
    whose = f" of {people:,} {'person' if people == 1 else 'people'}" if people else ""
    return f"{rows:,} {'row' if rows == 1 else 'rows'}{whose} left out: {reasons}"
