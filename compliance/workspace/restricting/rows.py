"""Which rows are restricted: those of the people who stand so, and those that were moved out.

The people are looked for as they are for access and erasure, so that rows which only lead to them
count, and rows of others who share something with them do not. Where nobody can be looked for any
more, what bars uses says whose rows they are.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sqlalchemy import Connection

from compliance.dataset.nouns import Dataset
from compliance.dataset.part import Mask
from compliance.errors import RightsError
from compliance.rights.nouns import Barred, Barrier, Request, Trace
from compliance.storage import records, tables
from compliance.workspace.consenting import barriers
from compliance.workspace.data import datasets
from compliance.workspace.desk import Desk
from compliance.workspace.requesting import sealing
from compliance.workspace.tracing.persons import Index, decided
from compliance.workspace.usage.rows import barred

Places = npt.NDArray[np.int64]


class Restricted:
    """Whose rows are only stored, as it stands when this is made.

    Args:
        lifted: restrictions that have just ended.
    """

    def __init__(self, desk: Desk, connection: Connection, lifted: Collection[Barred] = ()) -> None:
        self._desk, self._connection = desk, connection
        self._lifted = tuple(one for one in lifted if one.barrier is Barrier.RESTRICTED)
        wishes = barriers.wishes(connection)
        self._standing = tuple(one for one in wishes if one.barrier is Barrier.RESTRICTED)
        self._traces: dict[str, Trace | None] = {}

    def stay_out(self, kept: Dataset, places: Places) -> Mask:
        """Which rows of a version that keeps all of them are not to be used.

        What was moved out stays out until it is lifted, whoever it is found to be by now.

        Args:
            places: the rows that were moved out of it; see `places`.
        """
        out = np.zeros(kept.rows, dtype=np.bool_)
        if not self._standing:
            return out
        still = self._rows(kept, self._standing)
        out[places] = True
        if self._lifted and len(places):
            out &= ~self._rows(kept, self._lifted, is_wide=True)
        return out | still

    def _rows(self, dataset: Dataset, wishes: Sequence[Barred], *, is_wide: bool = False) -> Mask:
        """The rows of these people; with `is_wide` also those that are barred besides."""
        found = np.zeros(dataset.rows, dtype=np.bool_)
        for wish in wishes:
            trace = self._trace(wish.request)
            for match in trace.settled if trace else ():
                if match.dataset_id == dataset.id:
                    found[list(match.rows)] = True
            if trace is None or is_wide:
                found |= barred(self._desk, self._connection, dataset, wish.people)
        return found

    def _trace(self, id_: str) -> Trace | None:
        """Where the person of a request is; None where that cannot be looked for any more."""
        if id_ not in self._traces:
            request = records.latest(self._connection, tables.REQUEST, Request, id=id_)
            try:
                who = sealing.unseal(self._desk, id_)
                said = decided(request) if request else {}
                self._traces[id_] = self._index.trace(who, said)
            except RightsError:
                self._traces[id_] = None
        return self._traces[id_]

    @cached_property
    def _index(self) -> Index:
        return Index(self._desk, self._connection, "kept")


def places(desk: Desk, connection: Connection, used: Dataset) -> Places:
    """The rows that were moved out of a version, by their places in the one that keeps them."""
    kept = datasets.whole(connection, used)
    if kept is used:
        return np.zeros(0, dtype=np.int64)
    return missing(desk.table(kept).whole(), desk.table(used).whole())


def missing(all_: pa.Table, some: pa.Table) -> Places:
    """The places of rows that are in the one table and not in the other; of equals, the last."""
    number = np.zeros(all_.num_rows + some.num_rows, dtype=np.int64)
    for name in all_.column_names:
        both = pa.chunked_array([*all_.column(name).chunks, *some.column(name).chunks])
        codes = both.combine_chunks().dictionary_encode(null_encoding="encode").indices
        column = codes.to_numpy(zero_copy_only=False).astype(np.int64)
        number = number * (int(column.max(initial=0)) + 1) + column
        number = np.unique(number, return_inverse=True)[1]
    here, there = number[: all_.num_rows], number[all_.num_rows :]
    size = int(number.max(initial=0)) + 1
    order = np.argsort(here, kind="stable")
    first = np.searchsorted(here[order], np.arange(size))
    nth = np.empty(len(here), dtype=np.int64)
    nth[order] = np.arange(len(here)) - first[here[order]]
    return np.flatnonzero(nth >= np.bincount(there, minlength=size)[here])
