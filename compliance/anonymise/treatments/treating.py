"""The door of the treatments: columns in, treated columns and notes out."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from compliance.anonymise.nouns import (
    Keys,
    Noise,
    Note,
    Transition,
    Treated,
    Treatment,
    TreatmentKind,
    VaultRows,
)
from compliance.anonymise.treatments.coding import cut_off, noisy, rare_blanked, rounded
from compliance.anonymise.treatments.dates import shifted
from compliance.anonymise.treatments.drawing import changed_at_random, swapped
from compliance.anonymise.treatments.formats import encrypted
from compliance.anonymise.treatments.grouping import averaged
from compliance.anonymise.treatments.job import Job, Outcome
from compliance.anonymise.treatments.kinds import kinds, settings_of
from compliance.anonymise.treatments.masking import masked
from compliance.anonymise.treatments.pseudonyms import pseudonymised, vaulted
from compliance.dataset.nouns import Column, ColumnName
from compliance.dataset.table import Table
from compliance.errors import TreatmentError
from compliance.i18n import mark

_DOING: Mapping[TreatmentKind, Callable[[Job], Outcome]] = {
    TreatmentKind.KEEP: lambda job: Outcome(arrays=job.arrays),
    TreatmentKind.DROP: lambda _: Outcome(arrays=()),
    TreatmentKind.MASK: masked,
    TreatmentKind.PSEUDONYM: pseudonymised,
    TreatmentKind.VAULT: vaulted,
    TreatmentKind.FORMAT_PRESERVING: encrypted,
    TreatmentKind.SHIFT_DATES: shifted,
    TreatmentKind.TOP_BOTTOM: cut_off,
    TreatmentKind.ROUND: rounded,
    TreatmentKind.MICROAGGREGATE: averaged,
    TreatmentKind.NOISE: noisy,
    TreatmentKind.SWAP: swapped,
    TreatmentKind.PRAM: changed_at_random,
    TreatmentKind.SUPPRESS_CELLS: rare_blanked,
}


def treat(
    table: Table,
    columns: Sequence[Column],
    treatments: Sequence[Treatment],
    keys: Keys,
    rng: np.random.Generator,
    *,
    noise: Noise | None = None,
    unit: ColumnName | None = None,
) -> Treated:
    """The treated columns; several treatments of one column follow upon each other.

    Columns without a treatment are not in the result. Treatments that share a kind and a group
    name are done together, at the place of the first.

    Args:
        table: the original.
        columns: its columns.
        treatments: what is done, in order.
        keys: the secrets that the treatments need.
        rng: draws for swapping and PRAM.
        noise: draws noise, on whole numbers; needed by that treatment only.
        unit: the column that tells one person from another, for date shifts. They follow its
            original values, also where it is treated itself.

    Raises:
        TreatmentError: a treatment does not fit its column, or its settings or keys are amiss.
        MissingGroupError: a treatment needs a library that is not installed.
    """
    by_name = {column.name: column for column in columns}
    done = _Done(table, by_name)
    for group in _groups(treatments):
        settings = _shared_settings(group)
        done.check(group)
        job = Job(
            kind=group[0].kind,
            columns=tuple(by_name[each.column] for each in group),
            arrays=tuple(done.arrays[each.column] for each in group),
            settings=settings,
            keys=keys,
            rng=rng,
            noise=noise,
            people=functools.partial(done.people, unit=unit, column=group[0].column),
        )
        done.take(job, _DOING[job.kind](job))
    return done.treated(treatments)


class _Done:
    """The columns as they are so far."""

    def __init__(self, table: Table, columns: Mapping[ColumnName, Column]) -> None:
        self._table, self._columns = table, columns
        self.arrays: dict[ColumnName, Any] = {}
        self._dropped: dict[ColumnName, None] = {}
        self._notes: dict[tuple[TreatmentKind, ColumnName, int], Note] = {}
        self._transitions: dict[ColumnName, Transition] = {}
        self._vault: dict[ColumnName, VaultRows] = {}

    def check(self, group: Sequence[Treatment]) -> None:
        """Reads the columns of `group`; refuses those that are not there, or not any more."""
        for each in group:
            if each.column not in self._columns:
                raise TreatmentError(column=each.column, reason="the table has no such column")
            if each.column in self._dropped:
                raise TreatmentError(column=each.column, reason="it was left out before")
            if each.column not in self.arrays:
                self.arrays[each.column] = self._original(each.column)

    def people(self, named: str, *, unit: ColumnName | None, column: ColumnName) -> Any:
        """The original values of the column that tells people apart: the named one, or the unit."""
        name = named or unit
        if not name or name not in self._columns:
            reason = "say which column tells one person from another (“person”)"
            raise TreatmentError(column=column, reason=reason)
        return self._original(ColumnName(name))

    def take(self, job: Job, outcome: Outcome) -> None:
        """Puts the outcome in the place of the columns."""
        for place, column in enumerate(job.columns):
            before = self.arrays[column.name]
            if outcome.arrays:
                self.arrays[column.name] = outcome.arrays[place]
            else:
                del self.arrays[column.name]
                self._dropped[column.name] = None
            after = self.arrays.get(column.name)
            self._note(job, column.name, before, after, outcome.remark if place == 0 else "")
        if outcome.transition:
            self._transitions[job.name] = outcome.transition
        if outcome.vault:
            self._vault[job.name] = outcome.vault

    def treated(self, treatments: Sequence[Treatment]) -> Treated:
        """All of it, notes in the order of `treatments`."""
        order = {(t.kind, t.column): at for at, t in reversed(list(enumerate(treatments)))}
        notes = sorted(self._notes.values(), key=lambda note: order[note.kind, note.column])
        return Treated(
            columns=dict(self.arrays),
            dropped=tuple(self._dropped),
            notes=tuple(notes),
            transitions=self._transitions,
            vault=self._vault,
        )

    def _note(self, job: Job, column: ColumnName, before: Any, after: Any, remark: str) -> None:
        rows = len(before) - before.null_count
        changed = rows if after is None else _changed(before, after)
        title = kinds()[job.kind].title
        said = mark("{title}: {changed:,} of {rows:,} values of “{column}” changed.")
        parts = [said.format(title=title, changed=changed, rows=rows, column=column), remark]
        key = job.kind, column, len(self._notes)
        self._notes[key] = Note(
            column=column,
            kind=job.kind,
            rows=rows,
            changed=changed,
            sentence=" ".join(part for part in parts if part),
        )

    def _original(self, column: ColumnName) -> Any:
        whole = self._table.arrow([column]).column(column)
        return whole.combine_chunks()


def _groups(treatments: Sequence[Treatment]) -> Iterator[tuple[Treatment, ...]]:
    """The treatments one by one; those of one kind and group together, at the first's place."""
    groups: dict[tuple[object, ...], list[Treatment]] = {}
    for place, each in enumerate(treatments):
        name = each.settings.get("group", "")
        groups.setdefault((each.kind, name) if name else (place,), []).append(each)
    for group in groups.values():
        yield tuple(group)


def _shared_settings(group: Sequence[Treatment]) -> dict[str, Any]:
    """The settings, which must be the same for all columns of a group."""
    first = settings_of(group[0])
    for each in group[1:]:
        if settings_of(each) != first:
            reason = f"its settings differ from those of “{group[0].column}” in the same group"
            raise TreatmentError(column=each.column, reason=reason)
    if len({each.column for each in group}) < len(group):
        raise TreatmentError(column=group[0].column, reason="it stands twice in its group")
    return first


def _changed(before: Any, after: Any) -> int:
    """How many values are not what they were; values that were missing do not count."""
    if before.type != after.type:
        before, after = before.cast(pa.string()), after.cast(pa.string())
    same = pc.fill_null(pc.equal(before, after), False)  # noqa: FBT003 - as pyarrow has it
    return int(pc.sum(pc.and_(before.is_valid(), pc.invert(same))).as_py() or 0)
