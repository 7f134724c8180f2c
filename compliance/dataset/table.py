"""The stored table behind a dataset, column by column, as integer codes and numbers."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from compliance.dataset.nouns import ColumnName
from compliance.errors import WorkspaceError

NO_VALUE = "(no value)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """One column as numbers into its distinct values.

    Attributes:
        codes: per row, the position of its value in `labels`; -1 where there is none. int32.
        labels: the distinct values, in the order in which rows first show them.
    """

    codes: npt.NDArray[np.int32]
    labels: npt.NDArray[np.generic]

    def texts(self) -> list[str]:
        """The labels as people write them: dates as ISO dates, whole numbers without decimals."""
        if self.labels.dtype.kind == "M":
            # By type, not by value: other moments must not change how this one is written.
            is_day = self.labels.dtype == np.dtype("datetime64[D]")
            shown = self.labels if is_day else self.labels.astype("datetime64[s]")
            return [str(moment).replace("T", " ") for moment in shown]
        return [str(label) for label in self.labels.tolist()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """One column as numbers.

    Attributes:
        values: per row; 0 where there is none. int64 or float64.
        present: per row, whether there is a value.
    """

    values: npt.NDArray[np.int64] | npt.NDArray[np.float64]
    present: npt.NDArray[np.bool_]


class Table:
    """A stored table. Columns are read when first asked for and kept in memory.

    Safe to share between threads: one of them reads at a time, for an open Parquet file crashes
    under two that read from it.

    Rows have no identity here: nothing that leaves a room may depend on their order.

    Raises:
        WorkspaceError: the file is not there, or is not what was stored; whenever it is read.
    """

    def __init__(self, path: Path, held: bytes | None = None) -> None:
        """The table at `path`; or, where its Parquet bytes are `held` in memory, at no place."""
        self._path = path
        self._one_reads = threading.Lock()
        with _in_words(path):
            place, again = (path if held is None else pa.BufferReader(held) for _ in range(2))
            self._file = pq.ParquetFile(place, memory_map=True)
            texts = [f.name for f in self._file.schema_arrow if pa.types.is_string(f.type)]
            # Parquet holds texts as codes into its distinct values already; they are taken as such.
            self._texts = pq.ParquetFile(
                again, memory_map=True, metadata=self._file.metadata, read_dictionary=texts
            )
        self._codes: dict[str, Codes] = {}
        self._numbers: dict[str, Numbers] = {}

    @classmethod
    def in_memory(cls, content: pa.Table) -> Table:
        """`content` as a table that is stored nowhere: an invented one."""
        return cls(Path(), to_parquet(content))

    @property
    def rows(self) -> int:
        return int(self._file.metadata.num_rows)

    @property
    def column_names(self) -> list[ColumnName]:
        """In their order."""
        return [ColumnName(name) for name in self._file.schema_arrow.names]

    @property
    def nbytes(self) -> int:
        """How much memory the columns read so far take."""
        codes, numbers = list(self._codes.values()), list(self._numbers.values())  # may grow
        coded = sum(c.codes.nbytes + c.labels.nbytes for c in codes)
        return coded + sum(n.values.nbytes + n.present.nbytes for n in numbers)

    def codes(self, column: ColumnName) -> Codes:
        """The column as codes into its distinct values."""
        if column not in self._codes:
            self._codes[column] = _coded(self._read(self._texts, column))
        return self._codes[column]

    def numbers(self, column: ColumnName) -> Numbers:
        """The column as numbers; it must hold integers, decimals or truth values."""
        if column not in self._numbers:
            array = self._read(self._file, column)
            present = array.is_valid().to_numpy(zero_copy_only=False)
            if pa.types.is_boolean(array.type):
                array = array.cast(pa.int64())
            values = array.fill_null(0).to_numpy(zero_copy_only=False)
            self._numbers[column] = Numbers(values=values, present=present)
        return self._numbers[column]

    def arrow(self, columns: Sequence[ColumnName]) -> pa.Table:
        """The columns as an Arrow table; not kept."""
        with _in_words(self._path), self._one_reads:
            return self._file.read(columns=list(columns))

    def whole(self) -> pa.Table:
        """All columns as an Arrow table; not kept."""
        with _in_words(self._path), self._one_reads:
            return self._file.read()

    def _read(self, file: pq.ParquetFile, column: ColumnName) -> pa.Array:
        # `columns=` takes dotted paths, so a column with a dot in its name is picked afterwards.
        with _in_words(self._path), self._one_reads:
            return file.read(columns=[column]).column(column).combine_chunks()


def to_parquet(table: pa.Table) -> bytes:
    """The bytes under whose hash a table is stored; the same table always gives the same bytes."""
    buffer = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(None), buffer, compression="zstd")
    return buffer.getvalue()


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """Failures to read a stored file as a sentence; `path` lies two levels below the workspace."""
    try:
        yield
    except (pa.ArrowException, OSError):
        reason = "a stored table is damaged; restore the folder from its backup"
        if not path.exists():
            reason = (
                "a stored table is missing; somebody may have been erased from it just now, so try "
                "once more, and restore the folder from its backup if it stays away"
            )
        raise WorkspaceError(home=path.parent.parent, reason=reason) from None


def _coded(array: pa.Array) -> Codes:
    if pa.types.is_dictionary(array.type):
        codes = array.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        labels = array.dictionary.to_numpy(zero_copy_only=False)
        return Codes(codes=codes.astype(np.int32, copy=False), labels=labels)
    is_date = pa.types.is_date(array.type)
    if is_date:
        array = array.cast(pa.int32())  # days since 1970
    from pandas import factorize  # slow to load; most commands do without

    found, labels = factorize(array.drop_null().to_numpy(zero_copy_only=False))
    if is_date:
        labels = labels.astype("datetime64[D]")
    codes = np.full(len(array), -1, dtype=np.int32)
    codes[array.is_valid().to_numpy(zero_copy_only=False)] = found
    return Codes(codes=codes, labels=np.asarray(labels))
