"""What each row shows at one node."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from compliance.anonymise.lattice.coding import coded
from compliance.anonymise.lattice.judging import judged
from compliance.anonymise.lattice.tables import bottom, found_in, rolled
from compliance.anonymise.nouns import Ladder, Problem, Recoding
from compliance.anonymise.nouns.problem import Codes32, Floats


def recode(problem: Problem, levels: Sequence[int]) -> Recoding:
    """The rows of a problem at one level per column; rows that fail the criteria are suppressed.

    Args:
        levels: of the hierarchies, one per column. How many rows go is not limited here.

    Raises:
        ValueError: a level is not one that may be used.
    """
    ladders = problem.ladders
    for level, ladder in zip(levels, ladders, strict=True):
        if not ladder.lowest <= level <= ladder.highest:
            raise ValueError("a level is not one that may be used")
    coding = coded(problem)
    masks = coding.masks(
        [level - ladder.lowest for level, ladder in zip(levels, ladders, strict=True)]
    )
    table = rolled(bottom(problem, coding), masks)
    gone = judged(problem, table).gone
    columns = [_column(ladder, level) for level, ladder in zip(levels, ladders, strict=True)]
    return Recoding(
        columns=tuple(ladder.column for ladder in ladders),
        codes=tuple(codes for codes, _, _ in columns),
        names=tuple(names for _, names, _ in columns),
        shares=tuple(shares for _, _, shares in columns),
        suppressed=gone[found_in(table, coding.keys & masks)],
        levels=tuple(levels),
    )


def _column(ladder: Ladder, level: int) -> tuple[Codes32, tuple[str | None, ...], Floats]:
    """Codes, names and shares of one column; groups that no row is in are left out."""
    groups, codes = np.unique(ladder.maps[level][ladder.codes], return_inverse=True)
    names = tuple(ladder.names[level][group] for group in groups)
    return codes.astype(np.int32), names, ladder.shares[level][groups]
