"""Rare but present: personal data in a few values of a column that is something else.

Every distinct value is looked at, not a sample of them. A prefilter in one pass of a linear-time
pattern engine leaves the few values in which something could stand; only these are checked.
"""

from __future__ import annotations

import functools
import math
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
from compliance.discovery.sampling import hashes_of, rows_of
from compliance.discovery.types import data
from compliance.plain import from_plain

LARGEST = 4_000_000  # distinct values of a column; beyond, every n-th is looked at
_FIRST = 200  # of one shape in one column; enough to see that hardly any passes
_CHECKED = 20_000  # of one shape in one column; a shape that common is the column's own
_Places = npt.NDArray[np.int64]
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
        shaped = _shaped(kind, texts, left)
        is_known = kind.type in known or bool(kind.within & known)
        # What the column is anyway explains its values: they are taken out, and not said.
        found = shaped if is_known else _passing_any(kind, texts, shaped)
        left = np.setdiff1d(left, found, assume_unique=True)
        if len(found) and not is_known:
            yield RareFinding(
                column=label.column,
                semantic_type=kind.type,
                count=len(found),
                rows=int(rows_of(codes)[looked_at[found]].sum()),
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


def _shaped(kind: Kind, texts: pa.StringArray, left: _Places) -> _Places:
    """Which of the places `left` hold something of this kind's shape."""
    wide = kind.shape or "|".join(_plain(scheme.shape) for scheme in ids.strict_schemes())
    return _those_with(wide, texts, left)


def _those_with(shape: str, texts: pa.StringArray, places: _Places) -> _Places:
    if not len(places):
        return places
    return places[_matching(texts.take(pa.array(places)), f"{_BEFORE}(?:{shape}){_AFTER}")]


def _passing_any(kind: Kind, texts: pa.StringArray, shaped: _Places) -> _Places:
    """Which of `shaped` pass the kind's check, unless chance explains them."""
    if kind.shape:
        return _passing(texts, shaped, kind.shape, getattr(values, kind.check), kind.chance)
    hits = [_of_scheme(scheme, texts, shaped) for scheme in ids.strict_schemes()]
    return np.unique(np.concatenate(hits))


def _of_scheme(scheme: ids.Scheme, texts: pa.StringArray, shaped: _Places) -> _Places:
    own = _those_with(_plain(scheme.shape), texts, shaped)
    return _passing(texts, own, scheme.shape, lambda v: ids.is_valid(scheme, v), scheme.chance)


def _passing(
    texts: pa.StringArray,
    shaped: _Places,
    shape: str,
    test: Callable[[str], bool],
    chance: float,
) -> _Places:
    file = data("rare")
    inside = re.compile(_INSIDE.format(f"(?:{shape})"), re.ASCII)

    def passes(places: _Places) -> npt.NDArray[np.bool_]:
        held = texts.take(pa.array(places)).to_pylist()
        return np.array([any(map(test, inside.findall(text))) for text in held], dtype=bool)

    is_common = len(shaped) > _FIRST and chance > file["strict"]
    # Where so few of so many pass, half of all cannot.
    if is_common and passes(_some(texts, shaped, _FIRST)).mean() < file["enough"] / 2:
        return shaped[:0]
    some = _some(texts, shaped, _CHECKED)
    passed = passes(some)
    return some[passed] if _is_more_than_chance(int(passed.sum()), len(some), chance) else some[:0]


def _some(texts: pa.StringArray, places: _Places, most: int) -> _Places:
    """Up to `most` of the places, which the values there choose, in order."""
    if len(places) <= most:
        return places
    held = texts.take(pa.array(places)).to_numpy(zero_copy_only=False)
    return np.sort(places[np.argpartition(hashes_of(held), most)[:most]])


def _is_more_than_chance(passed: int, of: int, chance: float) -> bool:
    """Whether so many pass that something else than chance must be at work; see rare.yaml."""
    file = data("rare")
    if passed >= file["enough"] * of:
        return passed > 0
    is_strict, share = chance <= file["strict"], passed / of
    if not is_strict or share <= chance:
        return False
    # Chernoff's bound on the binomial tail, by the divergence of the two shares.
    apart = share * math.log(share / chance) + (1 - share) * math.log((1 - share) / (1 - chance))
    return bool(math.exp(-of * apart) < file["unlikely"])


def _plain(shape: str) -> str:
    """`shape` without what looks ahead, for an engine that cannot."""
    return re.sub(r"\(\?[=!][^)]*\)", "", shape)
