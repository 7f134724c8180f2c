"""Which rows of a dataset may be used for a purpose, and the dataset that they are.

What comes of it is a dataset like any other, with the rows that may be used and a hash of its own;
everything that is done with it stays as it is. Where nothing stands against any row, it is the
same dataset. Looking for people, tracing and erasing look at all rows and do not ask here.
"""

from __future__ import annotations

import hashlib
import secrets
import weakref
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from sqlalchemy import Connection

from compliance.dataset.nouns import Dataset, Sha256
from compliance.dataset.part import Mask, Part, read_mask, write_mask
from compliance.errors import NotUsableError, WorkspaceError
from compliance.rights.nouns import Barrier, Usable, Used
from compliance.storage import records, tables
from compliance.workspace.barriers import bar, lift, people_of, wishes
from compliance.workspace.desk import Act, Desk
from compliance.workspace.usage_rows import looked_at
from compliance.workspace.usage_rules import Use, use_of

__all__ = [
    "as_used",
    "bar",
    "check_still",
    "forget",
    "lift",
    "note",
    "people_of",
    "required",
    "usable",
    "used",
    "wishes",
]

_TOLD: weakref.WeakKeyDictionary[Desk, dict[str, Usable]] = weakref.WeakKeyDictionary()


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
    found = _part(desk, dataset, seen.is_in)
    _told(desk)[found.sha256] = told
    return found, told


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


def note(desk: Desk, act: Act, made: str, *found: Dataset) -> None:
    """Say in `act` which rows were left out when `made` was made of these datasets, if any were.

    Args:
        made: its id.
        found: as `required` gave them.
    """
    told = [(one, told) for one in found if (told := _told(desk).get(one.sha256))]
    for dataset, one in told:
        used_ = Used(
            made=made,
            dataset_id=dataset.id,
            sha256=dataset.sha256,
            purpose=one.purpose,
            left_out=one.left_out,
            people_left_out=one.people_left_out,
        )
        act.store(tables.USED, used_, made=made)
    if told:
        act.facts["left_out"] = {
            dataset.name: {str(barrier): rows for barrier, rows in one.left_out.items()}
            for dataset, one in told
        }
        act.facts["people_left_out"] = max(one.people_left_out for _, one in told)


def used(connection: Connection, made: str) -> tuple[Used, ...]:
    """Of which rows `made` was made, by dataset; only where some were left out."""
    return records.every(connection, tables.USED, Used, made=made)


def as_used(desk: Desk, connection: Connection, dataset: Dataset, made: str) -> Dataset:
    """The rows of `dataset` of which `made` was made.

    Raises:
        NotUsableError: the table was rewritten since, so that they are not there any more.
    """
    found = [one for one in used(connection, made) if one.dataset_id == dataset.id]
    if not found:
        return dataset
    path = desk.usable_folder / f"{found[-1].sha256}.npz"
    if not path.exists() or read_mask(path)[0] != dataset.sha256:
        reason = "the rows of which this was made were rewritten since; make it again"
        raise NotUsableError(dataset=dataset.name, reason=reason)
    return _as_part(desk, dataset, found[-1].sha256)


def check_still(desk: Desk, connection: Connection, dataset: Dataset, made: str) -> None:
    """Refuse to hand on what holds rows of people who stand against it now.

    Raises:
        NotUsableError: it was made before they did.
    """
    now, told = required(desk, connection, dataset, is_handed_on=True)
    if not told.left_out:
        return
    then = as_used(desk, connection, dataset, made)
    was_in = _mask(desk, then)
    gone = int(np.count_nonzero(was_in & ~_mask(desk, now)))
    if gone:
        rows = "one row that may" if gone == 1 else f"{gone:,} rows that may"
        reason = f"it was made with {rows} not be handed on now ({told.why}); make it again"
        raise NotUsableError(dataset=f"The output of {dataset.name}", reason=reason)


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
    return _as_part(desk, dataset, sha256)


def _as_part(desk: Desk, dataset: Dataset, sha256: Sha256) -> Dataset:
    found = replace(dataset, sha256=sha256)
    table = desk.table(found)
    if not isinstance(table, Part):  # a table of that hash is a part by how it was made
        raise TypeError("a stored table has the hash of a part")
    return replace(found, rows=table.rows, columns=table.counted(dataset.columns))


def _mask(desk: Desk, dataset: Dataset) -> Mask:
    table = desk.table(dataset)
    return table.is_in if isinstance(table, Part) else np.ones(dataset.rows, dtype=np.bool_)


def _told(desk: Desk) -> dict[str, Usable]:
    """What was left out of parts that were asked for in this process, by their hash."""
    return _TOLD.setdefault(desk, {})


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
