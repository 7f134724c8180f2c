"""A column at a glance: counts, range, and a sample of its distinct values."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from statistics import fmean
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from compliance.dataset.nouns import Column, ColumnName, ColumnType
from compliance.dataset.table import Codes
from compliance.discovery.model import Guess, guess
from compliance.discovery.sampling import sampled

_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


_Found = TypeVar("_Found")


@dataclass(frozen=True, kw_only=True, eq=False)
class Profile:
    """One column, as far as discovery looks at it.

    Attributes:
        name: its header.
        type: what its values are.
        rows: rows that hold a value.
        distinct: how many different values there are.
        sample: some of them as people write them, as `sampled` chooses them. Which ones depends
            on this column alone, and not on the order of rows.
        low, middle, high: of the distinct numbers, or of the years of dates; 0 for text.
    """

    name: ColumnName
    type: ColumnType
    rows: int
    distinct: int
    sample: tuple[str, ...]
    low: float = 0.0
    middle: float = 0.0
    high: float = 0.0
    _found: dict[str, Any] = field(default_factory=dict)

    @property
    def is_text(self) -> bool:
        return self.type is ColumnType.TEXT

    @property
    def is_number(self) -> bool:
        return self.type in (ColumnType.INTEGER, ColumnType.NUMBER)

    @property
    def is_date(self) -> bool:
        return self.type in (ColumnType.DATE, ColumnType.TIMESTAMP)

    @property
    def is_unique(self) -> bool:
        """Every row that has a value has one of its own."""
        return self.distinct == self.rows

    @cached_property
    def mean_length(self) -> float:
        """Characters of a sampled value on average."""
        return fmean(map(len, self.sample)) if self.sample else 0.0

    @cached_property
    def mean_words(self) -> float:
        """Words of a sampled value on average; two East Asian characters count as one word."""
        return fmean(map(_word_count, self.sample)) if self.sample else 0.0

    @cached_property
    def guess(self) -> Guess | None:
        """What the small model takes sampled texts for; None for other columns, or if unsure."""
        return guess(self.sample) if self.is_text else None

    def share(self, name: str, test: Callable[[str], bool]) -> float:
        """The share of sampled values that pass `test`; asked once per `name`."""
        count = len(self.sample)
        return self.once(name, lambda: sum(map(test, self.sample)) / count if count else 0.0)

    def once(self, name: str, compute: Callable[[], _Found]) -> _Found:
        """What `compute` says; asked once per `name`, because several types ask the same."""
        if name not in self._found:
            self._found[name] = compute()
        found: _Found = self._found[name]
        return found


def profile(column: Column, codes: Codes) -> Profile:
    """The profile of `column`, whose values are `codes`."""
    labels = codes.labels
    numbers = _numbers(labels)
    return Profile(
        name=column.name,
        type=column.type,
        rows=int(np.count_nonzero(codes.codes >= 0)),
        distinct=len(labels),
        sample=_texts(sampled(codes)),
        low=float(numbers.min()),
        middle=float(np.median(numbers)),
        high=float(numbers.max()),
    )


def _texts(labels: npt.NDArray[np.generic]) -> tuple[str, ...]:
    if labels.dtype.kind == "f":
        whole = (int(n) if float(n).is_integer() else n for n in labels.tolist())
        return tuple(map(str, whole))
    return tuple(Codes(codes=np.empty(0, dtype=np.int32), labels=labels).texts())


def _numbers(labels: npt.NDArray[np.generic]) -> npt.NDArray[np.float64]:
    """Numbers as they are, dates as years, and a single 0 for everything else."""
    if labels.dtype.kind == "M":
        labels = labels.astype("datetime64[Y]").astype(np.int64) + 1970
    if labels.dtype.kind not in "iuf" or not len(labels):
        return np.zeros(1)
    return labels.astype(np.float64)


def _word_count(text: str) -> float:
    east_asian = len(_EAST_ASIAN.findall(text))
    return east_asian / 2 + len(_EAST_ASIAN.sub(" ", text).split())
