"""Names in English text: a network that reads a text in both directions, trained by us.

Words (traits.py) go through two long short-term memories, one from the left and one from the right
(Hochreiter and Schmidhuber 1997), whose states score the tags of a conditional random field (Huang,
Xu and Yu 2015, arXiv:1508.01991; letters by convolution: Ma and Hovy 2016, arXiv:1603.01354).
Unlike tagger.py's features, it tells a name it has never seen by whom it stands beside. Several
networks that began at other numbers are asked, and their mean counts.
"""

from __future__ import annotations

import functools
import importlib.resources
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from compliance.discovery.text.features import casing
from compliance.discovery.text.traits import Traits, traits

_FILE = "network.npz"
CASINGS, WIDTH = 4, 3

Floats = NDArray[np.float32]
Weights = Mapping[str, Floats]


@functools.cache
def networks() -> tuple[Weights, ...]:
    """The networks that stand beside this module, each as named arrays."""
    file = importlib.resources.files(__package__) / _FILE
    with file.open("rb") as opened, np.load(opened, allow_pickle=False) as stored:
        arrays = {name: stored[name].astype(np.float32) for name in stored.files}
    count = len(arrays["first"])
    return tuple({name: array[n] for name, array in arrays.items()} for n in range(count))


def tag_scores(pieces: Sequence[Sequence[str]], by: Weights) -> list[Floats]:
    """What a network gives every tag at every word: one array per piece, one row per word.

    Args:
        pieces: words of each piece, none empty; the longest first.
        by: one of `networks`.
    """
    places: dict[str, int] = {}
    ids = [[places.setdefault(word, len(places)) for word in words] for words in pieces]
    looks = _looks(traits(list(places)), by)
    lengths = np.array([len(row) for row in ids])
    casings = np.array([casing(words) for words in pieces])
    padded = np.zeros((len(ids), int(lengths[0])), dtype=np.int64)
    backwards = np.zeros_like(padded)
    for row, (line, words) in enumerate(zip(padded, ids, strict=True)):
        line[: len(words)], backwards[row, : len(words)] = words, words[::-1]
    left = _read(looks, padded, casings, lengths, by, "left")
    right = _read(looks, backwards, casings, lengths, by, "right")
    states = [np.hstack([a[:n], b[:n][::-1]]) for a, b, n in zip(left, right, lengths, strict=True)]
    hidden = np.tanh(np.concatenate(states) @ by["hidden"] + by["hidden_base"])
    scores = hidden @ by["out"] + by["out_base"]
    return list(np.split(scores, np.cumsum(lengths)[:-1]))


def _looks(of: Traits, by: Weights) -> Floats:
    """A row per word: all that is looked at."""
    letters = by["letters"][of.letters] * (of.letters > 0)[:, :, None]
    beside = np.pad(letters, ((0, 0), (1, 1), (0, 0)))
    count = letters.shape[1]
    runs = np.concatenate([beside[:, n : n + count] for n in range(WIDTH)], axis=2)
    spelling = np.maximum(runs @ by["spelling"] + by["spelling_base"], 0).max(axis=1)
    paths = [by[f"path{n}"][of.paths[:, n]] for n in range(of.paths.shape[1])]
    return np.hstack([of.vectors, of.facts, *paths, spelling]).astype(np.float32)


def _read(
    looks: Floats, ids: NDArray[np.int64], casings: NDArray[np.int64],
    lengths: NDArray[np.int64], by: Weights, side: str,
) -> Floats:  # fmt: skip
    """The states of a long short-term memory: (pieces, words, numbers)."""
    size = len(by[f"{side}_again"])
    # A sigmoid is half a hyperbolic tangent of the half: so one call bends the gates and the news.
    half = np.repeat(np.array([0.5, 1], dtype=np.float32), [3 * size, size])
    weights, again, base = (by[f"{side}_{name}"] * half for name in ("in", "again", "base"))
    drive = looks @ weights[:-CASINGS] + base
    of_piece = weights[-CASINGS:][casings]
    states = np.zeros((*ids.shape, size), dtype=np.float32)
    state = np.zeros((len(ids), size), dtype=np.float32)
    memory = np.zeros_like(state)
    for t in range(ids.shape[1]):
        n = int((lengths > t).sum())
        bent = np.tanh(drive[ids[:n, t]] + of_piece[:n] + state[:n] @ again)
        gates = 0.5 + 0.5 * bent[:, : 3 * size]
        let_in, keep, out = (gates[:, k * size : (k + 1) * size] for k in range(3))
        memory = keep * memory[:n] + let_in * bent[:, 3 * size :]
        state = out * np.tanh(memory)
        states[:n, t] = state
    return states
