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
from compliance.rights.nouns import Barrier, Usable, Used
from compliance.storage import records, tables
from compliance.workspace.consenting.barriers import bar, lift, people_of, wishes
from compliance.workspace.data import datasets
from compliance.workspace.desk import Act, Desk
from compliance.workspace.usage.rows import Seen, looked_at
from compliance.workspace.usage.rules import use_of

__all__ = [
    "as_used",
    "bar",
    "check_still",
    "forget",
    "left_out_of",
    "lift",
    "note",
    "people_of",
    "required",
    "told",
    "usable",
    "used",
    "wishes",
]


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
    said, is_in = _looked(desk, connection, dataset, purpose, is_handed_on=is_handed_on)
    found = dataset if is_in is None else _part(desk, dataset, is_in)
    _told(desk).pop(found.sha256, None)
    if said.left_out or is_in is not None:
        _told(desk)[found.sha256] = said
    return found, said


def told(
    desk: Desk,
    connection: Connection,
    dataset: Dataset,
    purpose: str = "",
    *,
    is_handed_on: bool = False,
) -> Usable:
    """As `usable`, but only what would be left out; nothing is kept of it."""
    return _looked(desk, connection, dataset, purpose, is_handed_on=is_handed_on)[0]


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
    found, said = usable(desk, connection, dataset, purpose, is_handed_on=is_handed_on)
    if said.is_blocked:
        raise NotUsableError(dataset=dataset.name, reason=said.why)
    if not said.rows and (dataset.rows or said.left_out):
        raise NotUsableError(dataset=dataset.name, reason=f"no row is left; {said.why}")
    return found, said


def note(desk: Desk, act: Act, made: str, *found: Dataset) -> None:
    """Say in `act` which rows were left out when `made` was made of these datasets, if any were.

    Args:
        made: its id.
        found: as `required` gave them.
    """
    left = [(one, some) for one in found if (some := _told(desk).get(one.sha256))]
    for dataset, one in left:
        is_part = (desk.usable_folder / f"{dataset.sha256}.npz").exists()
        used_ = Used(
            made=made,
            dataset_id=dataset.id,
            sha256=dataset.sha256 if is_part else Sha256(""),
            purpose=one.purpose,
            left_out=one.left_out,
            people_left_out=one.people_left_out,
        )
        act.store(tables.USED, used_, made=made)
    if left:
        act.facts["left_out"] = {
            dataset.name: {str(barrier): rows for barrier, rows in one.left_out.items()}
            for dataset, one in left
        }
        act.facts["people_left_out"] = max(one.people_left_out for _, one in left)


def left_out_of(desk: Desk, dataset: Dataset) -> Usable | None:
    """What was left out of these rows; None where `dataset` is the whole of its version.

    Args:
        dataset: as `usable` or `required` gave it.
    """
    return _told(desk).get(dataset.sha256)


def used(connection: Connection, made: str) -> tuple[Used, ...]:
    """Of which rows `made` was made, by dataset; only where some were left out."""
    return records.every(connection, tables.USED, Used, made=made)


def as_used(desk: Desk, connection: Connection, dataset: Dataset, made: str) -> Dataset:
    """The rows of `dataset` of which `made` was made.

    Raises:
        NotUsableError: the table was rewritten since, so that they are not there any more.
    """
    found = [one for one in used(connection, made) if one.dataset_id == dataset.id]
    if not found or not found[-1].sha256:
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
    now, said = required(desk, connection, dataset, is_handed_on=True)
    if not said.left_out:
        return
    then = as_used(desk, connection, dataset, made)
    was_in = _mask(desk, then)
    gone = int(np.count_nonzero(was_in & ~_mask(desk, now)))
    if gone:
        rows = "one row that may" if gone == 1 else f"{gone:,} rows that may"
        reason = f"it was made with {rows} not be handed on now ({said.why}); make it again"
        raise NotUsableError(dataset=f"The output of {dataset.name}", reason=reason)


def forget(desk: Desk, sha256: str) -> None:
    """Throw away which rows of the table with that hash were used; it was rewritten."""
    for path in desk.usable_folder.glob("*.npz"):
        if read_mask(path)[0] == sha256:
            path.unlink(missing_ok=True)


def _looked(
    desk: Desk, connection: Connection, dataset: Dataset, purpose: str, *, is_handed_on: bool
) -> tuple[Usable, Mask | None]:
    """What may be used, and which rows; None: all of them."""
    use = use_of(desk, connection, dataset, purpose, is_handed_on=is_handed_on)
    whole = _whole(connection, dataset, use.purpose)
    if use.is_free:
        return whole, None
    if dataset.kept is not None:
        reason = (
            "it is kept elsewhere, where rows of people who stand against a use cannot be left out"
        )
        raise NotUsableError(dataset=dataset.name, reason=reason)
    seen = Seen(refusal=use.refusal) if use.refusal else looked_at(desk, connection, dataset, use)
    if seen.refusal:
        nothing = replace(
            whole, rows=0, people=None, left_out={}, people_left_out=0, is_blocked=True
        )
        return replace(nothing, why=seen.refusal), np.zeros(dataset.rows, dtype=np.bool_)
    if not seen.left_out:
        return replace(whole, people=seen.people), None
    left_out = dict(whole.left_out)
    for barrier, rows in seen.left_out.items():
        left_out[barrier] = left_out.get(barrier, 0) + rows
    people = whole.people_left_out + seen.people_left_out
    some = replace(
        whole,
        rows=dataset.rows - sum(seen.left_out.values()),
        people=seen.people,
        left_out=left_out,
        people_left_out=people,
        why=_sentence(left_out, people),
    )
    return some, seen.is_in


def _whole(connection: Connection, dataset: Dataset, purpose: str) -> Usable:
    """All rows of a version; those that were moved out of it are left out all the same."""
    unit, kept = dataset.description.unit, datasets.whole(connection, dataset)
    rows = kept.rows - dataset.rows
    people = None if unit is None else dataset.column(unit).distinct
    all_ = None if unit is None or not rows else kept.column(unit).distinct
    gone = 0 if all_ is None or people is None else all_ - people
    return Usable(
        dataset_id=dataset.id,
        purpose=purpose,
        rows=dataset.rows,
        people=people,
        left_out={Barrier.RESTRICTED: rows} if rows else {},
        people_left_out=gone,
        why=_sentence({Barrier.RESTRICTED: rows}, gone) if rows else "",
    )


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
    return desk.kept("usable", dict[str, Usable])


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
