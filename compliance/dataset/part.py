"""Some rows of a stored table, as a table of their own; nothing is written or copied for it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from compliance.dataset.nouns import Column, ColumnName
from compliance.dataset.table import Codes, Numbers, Table

Mask = npt.NDArray[np.bool_]


class Part(Table):
    """The rows of `whole` that `is_in` marks, in their order.

    Values that only other rows hold do not appear in it, not even as labels.
    """

    def __init__(self, whole: Table, is_in: Mask) -> None:
        if len(is_in) != whole.rows:
            raise ValueError("a part marks every row of its table")
        self._whole, self._is_in = whole, is_in
        self._codes: dict[str, Codes] = {}
        self._numbers: dict[str, Numbers] = {}

    @property
    def is_in(self) -> Mask:
        """Per row of the whole table, whether it is in this part."""
        return self._is_in

    @property
    def rows(self) -> int:
        return int(np.count_nonzero(self._is_in))

    @property
    def column_names(self) -> list[ColumnName]:
        return self._whole.column_names

    @property
    def nbytes(self) -> int:
        return super().nbytes + self._is_in.nbytes

    def codes(self, column: ColumnName) -> Codes:
        if column not in self._codes:
            self._codes[column] = _narrowed(self._whole.codes(column), self._is_in)
        return self._codes[column]

    def numbers(self, column: ColumnName) -> Numbers:
        if column not in self._numbers:
            all_ = self._whole.numbers(column)
            self._numbers[column] = Numbers(
                values=all_.values[self._is_in], present=all_.present[self._is_in]
            )
        return self._numbers[column]

    def arrow(self, columns: Sequence[ColumnName]) -> pa.Table:
        return self._whole.arrow(columns).filter(pa.array(self._is_in))

    def counted(self, columns: Sequence[Column]) -> tuple[Column, ...]:
        """`columns` of the whole with what is missing and distinct in this part."""
        return tuple(_counted(column, self.codes(column.name)) for column in columns)


def write_mask(path: Path, origin: str, is_in: Mask) -> None:
    """Keep which rows of the table with hash `origin` a part has: numbers of rows, no values."""
    with path.open("wb") as stream:
        np.savez(stream, origin=np.array(origin), rows=len(is_in), bits=np.packbits(is_in))


def read_mask(path: Path) -> tuple[str, Mask]:
    """The hash of the whole table, and which of its rows the part has."""
    with np.load(path, allow_pickle=False) as kept:
        bits = np.unpackbits(kept["bits"], count=int(kept["rows"])).astype(np.bool_)
        return str(kept["origin"]), bits


def _narrowed(all_: Codes, is_in: Mask) -> Codes:
    """Codes anew, in the order in which the remaining rows first show their values."""
    kept = all_.codes[is_in]
    size = len(all_.labels)
    first = np.full(size + 1, len(kept), dtype=np.int64)  # the last one: no value
    first[kept[::-1]] = np.arange(len(kept) - 1, -1, -1)  # the first row of a value is written last
    order = np.argsort(first[:size], kind="stable")
    order = order[first[order] < len(kept)]
    anew = np.full(size + 1, -1, dtype=np.int32)
    anew[order] = np.arange(len(order), dtype=np.int32)
    return Codes(codes=anew[kept], labels=all_.labels[order])


def _counted(column: Column, codes: Codes) -> Column:
    missing = int(np.count_nonzero(codes.codes < 0))
    return Column(name=column.name, type=column.type, missing=missing, distinct=len(codes.labels))
