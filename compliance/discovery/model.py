"""A small model for columns of texts on which neither the header nor any check decides.

Logistic regression on hashed character n-grams, averaged over the sampled values of a column.
What it learnt from, and how well it does, stands in model.yaml. It knows no value: its weights
belong to hashes of a few characters.
"""

from __future__ import annotations

import functools
import importlib.resources
import io
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from compliance.discovery.types import data
from compliance.discovery.wordlists import plain

BUCKETS = 1 << 14
_LONGEST = 48  # characters of a value that are read
_FEW, _MANY = 2, 4  # characters in an n-gram of letters
_SCRIPTS = (
    (re.compile(r"[\u3400-\u9fff\uf900-\ufaff々]"), "H"),
    (re.compile(r"[\u3040-\u30ff]"), "K"),
    (re.compile(r"[\uac00-\ud7af]"), "G"),
    (re.compile(r"[0-9]"), "0"),
    (re.compile(r"[^\W\d_]"), "a"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """What the model takes a column for.

    Attributes:
        type: the likeliest semantic type among those about people.
        confidence: 0–1, that the column is about people at all.
        agreeing: how many of the values look so, each by itself.
        needs_people: whether this is too little in a table that holds nobody.
    """

    type: str
    confidence: float
    agreeing: int
    needs_people: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Model:
    """The weights.

    Attributes:
        types: what the model can say; `OTHER` is one of them.
        weights: one row per bucket, one column per type.
        bias: per type.
    """

    types: tuple[str, ...]
    weights: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]


OTHER = "other"


def guess(values: Sequence[str]) -> Guess | None:
    """What `values`, distinct texts of one column, look like; None where the model is unsure.

    Deterministic. How sure it must be stands in model.yaml.
    """
    card, model = data("model"), _model()
    if len(values) < card["least_values"]:
        return None
    rows = features(values)
    column = _shares(column_features(rows), model)
    is_other = model.types.index(OTHER)
    others = _shares(rows, model).argmax(axis=1) == is_other
    confidence, agreeing = 1 - float(column[is_other]), int((~others).sum())
    column[is_other] = 0
    best = model.types[int(column.argmax())]
    if confidence < card["sure"] or agreeing < card["agreeing"] * len(values):
        return None
    needs_people = best in card["single_words"] and agreeing < card["agreeing_alone"] * len(values)
    return Guess(
        type=best,
        confidence=min(confidence, 1.0),
        agreeing=agreeing,
        needs_people=needs_people,
    )


def features(values: Sequence[str]) -> npt.NDArray[np.float32]:
    """One row of `BUCKETS` numbers per value, each row of length one.

    Per bucket, how many of the value's n-grams fall into it; n-grams are pieces of its letters,
    without case and accents, and of its outline (capitals, digits, scripts).
    """
    rows = np.zeros((len(values), BUCKETS), dtype=np.float32)
    for place, value in enumerate(values):
        found = [zlib.crc32(gram.encode()) % BUCKETS for gram in _grams(value[:_LONGEST])]
        rows[place] = np.bincount(found, minlength=BUCKETS)
    lengths = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
    unit: npt.NDArray[np.float32] = rows / np.maximum(lengths, np.float32(1))
    return unit


def column_features(rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The values' features together: their mean, brought to length one."""
    mean: npt.NDArray[np.float32] = rows.mean(axis=0, dtype=np.float32)
    unit: npt.NDArray[np.float32] = mean / np.float32(max(float(np.linalg.norm(mean)), 1e-9))
    return unit


def _grams(value: str) -> Iterator[str]:
    text = f"^{plain(value)}$"
    for size in range(_FEW, _MANY + 1):
        for start in range(len(text) - size + 1):
            yield text[start : start + size]
    outline = _outline(value)
    yield f"#{outline}"
    for start in range(len(outline) - 2):
        yield f"#{outline[start : start + 3]}"
    yield f"words {min(value.count(' '), 6)}"
    yield f"length {min(len(value) // 3, 10)}"


def _outline(value: str) -> str:
    """`value` with a sign for each kind of character; runs of letters are one sign."""
    signs = [_sign(char) for char in value]
    return "".join(
        sign for n, sign in enumerate(signs) if sign in "0H" or n == 0 or sign != signs[n - 1]
    )


def _sign(char: str) -> str:
    if char.isupper():
        return "A"
    return next((sign for script, sign in _SCRIPTS if script.match(char)), char)


def _shares(rows: npt.NDArray[np.float32], model: _Model) -> npt.NDArray[np.float64]:
    """Per type how likely it is; sums to 1 along the last axis."""
    scores = (rows @ model.weights + model.bias).astype(np.float64)
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: npt.NDArray[np.float64] = raised / raised.sum(axis=-1, keepdims=True)
    return shares


@functools.cache
def _model() -> _Model:
    packed = importlib.resources.files(__package__).joinpath("model.npz").read_bytes()
    with np.load(io.BytesIO(packed), allow_pickle=False) as file:
        scale = file["scale"].astype(np.float32)
        return _Model(
            types=tuple(map(str, file["types"])),
            weights=file["weights"].astype(np.float32) * scale,
            bias=file["bias"].astype(np.float32),
        )
