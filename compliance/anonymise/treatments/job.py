"""What one treatment works on, and columns as texts, numbers and moments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from compliance.anonymise.nouns import Keys, Noise, Transition, TreatmentKind, VaultRows
from compliance.anonymise.nouns.problem import Bools, Codes32, Floats
from compliance.dataset.nouns import Column, ColumnName
from compliance.errors import TreatmentError

_DAY_US = 86_400_000_000
_LARGEST_WHOLE = 2.0**62


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Job:
    """One treatment of one column, or of the columns of one group together.

    Attributes:
        kind: what is done.
        columns: which, in the treatments' order.
        arrays: their values, as Arrow arrays.
        settings: checked, the same for all of them.
        keys: the secrets.
        rng: what draws, unless it is noise.
        noise: draws noise; None where none was passed.
        people: the values of another column by its name, or of the unit where it is “”.
    """

    kind: TreatmentKind
    columns: tuple[Column, ...]
    arrays: tuple[Any, ...]
    settings: dict[str, Any]
    keys: Keys
    rng: np.random.Generator
    noise: Noise | None
    people: Callable[[str], Any]

    @property
    def name(self) -> ColumnName:
        """The column, or the first of the group."""
        return self.columns[0].name

    def refusal(self, reason: str) -> TreatmentError:
        """The error that says why this cannot be done."""
        return TreatmentError(column=self.name, reason=reason)

    def key(self, name: str) -> bytes:
        """The key of that name.

        Raises:
            TreatmentError: there is none.
        """
        secret: bytes = getattr(self.keys, name)
        if not secret:
            raise self.refusal(f"the key for {name} is missing")
        return secret


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """What a treatment made of its columns; no arrays where they leave the table.

    Attributes:
        arrays: in the job's order.
        remark: more to say than how many values changed; a whole sentence, or nothing.
        transition, vault: see `Treated`.
    """

    arrays: tuple[Any, ...]
    remark: str = ""
    transition: Transition | None = None
    vault: VaultRows | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Texts:
    """A column as texts.

    Attributes:
        codes: per row, a place in `texts`; -1 where there is no value.
        texts: the distinct values, in the order in which rows first show them.
    """

    codes: Codes32
    texts: tuple[str, ...]

    def replaced(self, new: Sequence[str | None]) -> Any:
        """The column with `new[i]` for each `texts[i]`; None means missing."""
        indices = pa.array(self.codes, mask=self.codes < 0)
        return pa.array(new, type=pa.string()).take(indices)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measured:
    """A column as numbers: days for dates, microseconds for times.

    Attributes:
        values: per row; 0 where there is none.
        present: per row, whether there is a value.
        unit: how many of the numbers are one of the units in which people think: 1, or a day.
        type: the Arrow type that it came from.
    """

    values: Floats
    present: Bools
    unit: float
    type: Any = field(repr=False)

    def replaced(self, values: Floats, present: Bools | None = None) -> Any:
        """The column with other numbers; whole numbers and moments are rounded to such."""
        mask = ~(self.present if present is None else present)
        if pa.types.is_floating(self.type):
            return pa.array(values, mask=mask)
        kept = np.where(mask, 0, values)
        if np.abs(kept).max(initial=0) > _LARGEST_WHOLE:
            return pa.array(values, mask=mask)
        whole = pa.array(np.rint(kept).astype(np.int64), mask=mask)
        if pa.types.is_integer(self.type):
            return whole
        if pa.types.is_date(self.type):
            return whole.cast(pa.int32()).cast(pa.date32())
        return whole.cast(pa.timestamp("us", tz=self.type.tz))


def texts_of(array: Any) -> Texts:
    """`array` as texts; whole numbers are written without decimals."""
    encoded = array.dictionary_encode() if not pa.types.is_dictionary(array.type) else array
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    labels = encoded.dictionary.to_pylist()
    return Texts(codes=codes, texts=tuple(_written(label) for label in labels))


def measured(job: Job, place: int = 0) -> Measured:
    """The job's column at `place` as numbers.

    Raises:
        TreatmentError: it holds neither numbers nor dates.
    """
    array = job.arrays[place]
    kind, unit = array.type, 1.0
    if pa.types.is_timestamp(kind):
        array, unit = array.cast(pa.timestamp("us", tz=kind.tz)).cast(pa.int64()), float(_DAY_US)
    elif pa.types.is_date(kind):
        array = array.cast(pa.date32()).cast(pa.int32())
    elif not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        reason = "this needs numbers or dates, and it holds something else"
        raise TreatmentError(column=job.columns[place].name, reason=reason)
    present = array.is_valid().to_numpy(zero_copy_only=False)
    values = array.fill_null(0).to_numpy(zero_copy_only=False).astype(np.float64)
    finite = np.isfinite(values)
    return Measured(
        values=np.where(finite, values, 0.0), present=present & finite, unit=unit, type=kind
    )


def is_moment(measured: Measured) -> bool:
    return bool(pa.types.is_date(measured.type) or pa.types.is_timestamp(measured.type))


def _written(label: object) -> str:
    is_whole = isinstance(label, float) and label.is_integer()
    return str(int(label)) if is_whole else str(label)  # type: ignore[call-overload]
