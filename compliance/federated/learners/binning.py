"""Inputs as whole numbers and as cells of a histogram, without looking at the data.

Inputs are squashed (see `features`), so one grid does for all numbers: fine near 0, where shares
and small counts lie, and coarser outwards; 0 itself has a bin of its own. An input that is 0 or 1
is its own bin.

A row counts once for each number and once for each choice: that is one *slot* of the row, and a
histogram has one *cell* for every bin of a number and one for every option of a choice. So a row
is `slots` ones among `cells` numbers, whatever it holds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from compliance.federated.features import FloatArray, IntArray
from compliance.federated.problem import Problem

FINE, COARSE = 4, 1  # edges per unit of `_edges_below`; noise asks for few

BinArray = npt.NDArray[np.uint8]
CellArray = npt.NDArray[np.int32]

_ABOVE, _BELOW = 12, 3  # bins above and below 0, times the fineness
_ROWS_AT_ONCE = 2**14


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layout:
    """Where in a histogram each input has its cells.

    Attributes:
        fineness: `FINE` or `COARSE`.
        choices: per input, -1 for a number; otherwise the choice of which it is an option. The
            last input, which is always 1, is a choice of its own.
        first: per input, its first cell: those of all numbers, then those of all options.
        widths: per input, how many: all bins of a number, or one.
    """

    fineness: int
    choices: IntArray
    first: IntArray
    widths: IntArray

    @property
    def bins(self) -> int:
        """Of each number."""
        return self.fineness * (_ABOVE + _BELOW) + 1

    @property
    def cells(self) -> int:
        """Of a histogram."""
        return int(self.widths.sum())

    @property
    def slots(self) -> int:
        """In how many cells one row counts, at most."""
        return int((self.choices < 0).sum()) + len(np.unique(self.choices[self.choices >= 0]))

    @property
    def is_number(self) -> npt.NDArray[np.bool_]:
        """Per input."""
        return self.choices < 0


def layout_of(problem: Problem, fineness: int) -> Layout:
    """The cells of the problem's inputs; it follows from their kinds alone."""
    inputs = problem.inputs.shape[1]
    choices = problem.choices.copy() if len(problem.choices) else np.full(inputs, -1)
    choices[-1] = choices.max() + 1
    is_number = choices < 0
    widths = np.where(is_number, fineness * (_ABOVE + _BELOW) + 1, 1)
    order = np.argsort(~is_number, kind="stable")
    first = np.empty(inputs, dtype=np.int64)
    first[order] = np.cumsum(widths[order]) - widths[order]
    return Layout(fineness=fineness, choices=choices, first=first, widths=widths)


def binned(inputs: FloatArray, layout: Layout) -> BinArray:
    """Rows × inputs: the bin of each number, from 0; an option's 0 or 1."""
    bins = np.empty(inputs.shape, dtype=np.uint8)
    for start in range(0, len(inputs), _ROWS_AT_ONCE):
        part = inputs[start : start + _ROWS_AT_ONCE]
        here = bins[start : start + _ROWS_AT_ONCE]
        here[:, layout.is_number] = _bin(part[:, layout.is_number], layout.fineness)
        here[:, ~layout.is_number] = part[:, ~layout.is_number] != 0
    return bins


def cells_of(bins: BinArray, layout: Layout) -> CellArray:
    """Rows × slots: the cell in which each row counts; `layout.cells` where in none."""
    numbers = np.flatnonzero(layout.is_number)
    cells = np.full((len(bins), layout.slots), layout.cells, dtype=np.int32)
    cells[:, : len(numbers)] = bins[:, numbers] + layout.first[numbers]
    options = np.flatnonzero(~layout.is_number)
    _, slot = np.unique(layout.choices[options], return_inverse=True)
    for input_, place in zip(options.tolist(), (len(numbers) + slot).tolist(), strict=True):
        cells[bins[:, input_] > 0, place] = layout.first[input_]
    return cells


def _bin(numbers: FloatArray, fineness: int) -> FloatArray:
    """Below 0 a bin is twice as wide as above."""
    sizes = np.abs(numbers)
    edges = np.where(numbers < 0, -fineness / 2, fineness) * _edges_below(sizes)
    places = np.sign(edges) * np.ceil(np.abs(edges))
    kept = np.clip(places, -_BELOW * fineness, _ABOVE * fineness)
    return np.asarray(kept + _BELOW * fineness, dtype=np.float64)


def _edges_below(sizes: FloatArray) -> FloatArray:
    """Grows with the logarithm of small sizes and in proportion to large ones; 12 at about 8."""
    return np.asarray(0.8 * sizes + np.log1p(50 * sizes))
