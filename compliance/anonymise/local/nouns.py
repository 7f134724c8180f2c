"""What local recoding works on: distinct rows, and the place that each has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from compliance.anonymise.nouns.problem import Bools, Codes32, Floats, Ints, Ladder

Levels = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a local recoding has come.

    Attributes:
        step: what is being done, as one word: “placing”, “splitting”, “joining”.
        share: 0–1, of that step.
        placed_rows: rows that have a class.
    """

    step: str
    share: float
    placed_rows: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Records:
    """The distinct rows of a table, by quasi-identifiers and sensitive values.

    Attributes:
        ladders: the quasi-identifiers; their codes are per row of the table, not per record.
        leaves: record × quasi-identifier.
        sensitive: per sensitive column, the value of each record.
        counts: rows per record; 0 for a record of the population.
        people: people of the population per record; 0 for a record of the table.
        of_row: the record of each row of the table.
        prices: per quasi-identifier, level × leaf: what one row loses by showing that level.
            Rises with the level.
        whole: what one suppressed row loses.
    """

    ladders: Sequence[Ladder]
    leaves: Codes32
    sensitive: Sequence[Codes32]
    counts: Ints
    people: Ints
    of_row: Ints
    prices: Sequence[Floats]
    whole: Floats

    @property
    def size(self) -> int:
        """How many records there are, those of the population with them."""
        return len(self.counts)


@dataclass(slots=True, kw_only=True, eq=False)
class Places:
    """Where each record stands. Changed in place while a recoding is made.

    Attributes:
        levels: record × quasi-identifier: the level that it shows.
        placed: which records are in a class that meets all criteria.
    """

    levels: Levels
    placed: Bools
