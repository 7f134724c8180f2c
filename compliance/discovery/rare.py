"""Rare but present: personal data in a few values of a column that is something else.

Every distinct value is looked at, not a sample of them. A prefilter in one pass of a linear-time
pattern engine leaves the few values in which something could stand; only these are checked.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from compliance.dataset.nouns import Column, ColumnType
from compliance.dataset.table import Codes, Table
from compliance.discovery import ids, values
from compliance.discovery.intervals import share_in_sample
from compliance.discovery.nouns import Label, RareFinding
from compliance.discovery.sampling import rows_of
from compliance.discovery.types import data
from compliance.plain import from_plain

LARGEST = 4_000_000  # distinct values of a column; beyond, every n-th is looked at
_CHECKED = 20_000  # of one shape in one column; a shape that common is the column's own
_BEFORE, _AFTER = r"(?:^|[^0-9A-Za-z])", r"(?:$|[^0-9A-Za-z])"
_INSIDE = "(?<![0-9A-Za-z]){}(?![0-9A-Za-z])"
# What every shape has: an @, a Chinese plate's letter, or a run of digits with little between.
_ANYTHING = r"@|[0-9](?:[ .()/-]{0,2}[0-9A-Z]){6}|[A-Z]{5,6}[0-9]{2}|\p{Han}[A-Z][·. ]?[0-9A-Z]{4}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One row of rare.yaml; what its fields mean stands at the top of that file."""

    type: str
    chance: float
    shape: str = ""
    check: str = ""
    within: frozenset[str] = frozenset()


def rare_findings(
    table: Table, columns: Sequence[Column], labels: Sequence[Label]
) -> tuple[RareFinding, ...]:
    """Kinds of personal data in values of a column whose label says nothing of them.

    In the order of `columns`. Texts and whole numbers are searched, also inside longer texts.
    Where most values of a column have the shape of such data, those that pass its check by
    chance are no finding. No value leaves this function.

    Args:
        table: the stored table.
        columns: those to search.
        labels: what `discover` said of `columns`, in the same order.
    """
    return tuple(
        finding
        for column, label in zip(columns, labels, strict=True)
        if column.type in (ColumnType.TEXT, ColumnType.INTEGER)
        for finding in _in_column(label, table.codes(column.name))
    )


@functools.cache
def kinds() -> tuple[Kind, ...]:
    """What is looked for, in order: a value counts as the first that it holds."""
    return tuple(from_plain(Kind, row) for row in data("rare")["kinds"])


def _in_column(label: Label, codes: Codes) -> Iterator[RareFinding]:
    known = {label.semantic_type, *(part.semantic_type for part in label.parts)}
    looked_at = _looked_at(codes.labels)
    texts = _texts(codes.labels[looked_at])
    left = _matching(texts, _ANYTHING)
    for kind in kinds():
        if not len(left):
            return
        found = _found(kind, texts, left)
        # What the column is anyway still explains its values: it is taken out, and not said.
        left = np.setdiff1d(left, found, assume_unique=True)
        if len(found) and kind.type not in known and not kind.within & known:
            places = looked_at[found]
            yield RareFinding(
                column=label.column,
                semantic_type=kind.type,
                count=len(found),
                rows=int(rows_of(codes)[places].sum()),
                share=share_in_sample(len(found), len(looked_at), len(codes.labels)),
            )


def _looked_at(labels: npt.NDArray[np.generic]) -> npt.NDArray[np.int64]:
    step = -(-len(labels) // LARGEST) or 1
    return np.arange(0, len(labels), step)


def _texts(labels: npt.NDArray[np.generic]) -> pa.StringArray:
    if labels.dtype.kind == "O":
        return pa.array(labels, type=pa.string(), from_pandas=False)
    return pc.cast(pa.array(labels), pa.string())


def _matching(texts: pa.StringArray, pattern: str) -> npt.NDArray[np.int64]:
    """Where in `texts` `pattern` is found."""
    found = pc.match_substring_regex(texts, pattern)
    return np.flatnonzero(found.to_numpy(zero_copy_only=False))


def _found(kind: Kind, texts: pa.StringArray, left: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Which of the places `left` hold data of this kind, unless chance explains them."""
    schemes = ids.strict_schemes() if not kind.shape else ()
    wide = "|".join(_plain(s.shape) for s in schemes) or kind.shape
    shaped = left[_matching(texts.take(pa.array(left)), f"{_BEFORE}(?:{wide}){_AFTER}")]
    if not len(shaped):
        return shaped
    if kind.shape:
        test = getattr(values, kind.check)
        return _passing(texts, shaped, kind.shape, test, kind.chance)
    hits = [_of_scheme(scheme, texts, shaped) for scheme in schemes]
    return np.unique(np.concatenate(hits))


def _of_scheme(
    scheme: ids.Scheme, texts: pa.StringArray, shaped: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    pattern = f"{_BEFORE}(?:{_plain(scheme.shape)}){_AFTER}"
    own = shaped[_matching(texts.take(pa.array(shaped)), pattern)]
    return _passing(texts, own, scheme.shape, lambda v: ids.is_valid(scheme, v), scheme.chance)


def _passing(
    texts: pa.StringArray,
    shaped: npt.NDArray[np.int64],
    shape: str,
    test: Callable[[str], bool],
    chance: float,
) -> npt.NDArray[np.int64]:
    inside = re.compile(_INSIDE.format(f"(?:{shape})"), re.ASCII)
    some = shaped[:: -(-len(shaped) // _CHECKED) or 1]
    held = texts.take(pa.array(some)).to_pylist()
    passed = np.array([any(map(test, inside.findall(text))) for text in held], dtype=bool)
    return some[passed] if _is_more_than_chance(int(passed.sum()), len(some), chance) else some[:0]


def _is_more_than_chance(passed: int, of: int, chance: float) -> bool:
    file = data("rare")
    if passed == 0 or passed >= file["enough"] * of or chance > file["strict"]:
        return passed > 0 and passed >= file["enough"] * of
    from scipy.stats import binom  # slow to load, and seldom asked

    return bool(binom.sf(passed - 1, of, chance) < file["unlikely"])


def _plain(shape: str) -> str:
    """`shape` without what looks ahead, for an engine that cannot."""
    return re.sub(r"\(\?[=!][^)]*\)", "", shape)
