"""Train the networks that read English texts for names, and write network.npz and vectors.npz.

Run with `python benchmarks/text_network.py`, after text_training.py; about seven minutes of one
processor. With `--choose` one learns from the tweets only, and what it tells in the comments is
printed by threshold: by that the settings here were chosen. The test part of WNUT-17 is not read.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import text_training as training
from benchmarks.peers import peer_python

PLACE = training.PLACE
SEEDS = (31, 32, 33)
GENERATED, ORDINARY, POOL, COPIES = 4_000, 2_000, 8, 2
ROUNDS, SMALL = 16, 0.12
KEPT_WORDS, PART, CENTRES, FROM_WORDS, STEPS = 150_000, 4, 256, 60_000, 10
LENGTH = 3.0  # of every vector, so that its numbers are of the size of the others

Row = tuple[list[int], Sequence[int], int]


def main() -> None:
    """Write the vectors, then the networks; or choose."""
    sys.path += map(
        str, peer_python("text-training", training.PINS).parent.parent.glob("lib/*/site-packages")
    )
    if "--choose" in sys.argv:
        _choose()
        return
    write_vectors(PLACE / "vectors.npz", np.random.default_rng(training.SEED))
    data = Data((training.TWEETS, training.COMMENTS), np.random.default_rng(training.SEED))
    write_networks(PLACE / "network.npz", [_trained(data, seed) for seed in SEEDS])


def write_vectors(path: Path, generator: np.random.Generator) -> None:
    """The commonest words' vectors in the form that vectors.py reads."""
    from benchmarks.text_vectors import word_vectors
    from compliance.discovery.text.lexicon import word_hash

    words, rows = word_vectors()
    rows = rows[:KEPT_WORDS]
    unit = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9) * LENGTH
    codes, centres = [], []
    for start in range(0, unit.shape[1], PART):
        part = unit[:, start : start + PART]
        found = _centres(part[:FROM_WORDS], generator)
        codes.append(_nearest(part, found))
        centres.append(found)
    keys = np.array([word_hash(word) for word in words[:KEPT_WORDS]], dtype=np.uint32)
    keys, first = np.unique(keys, return_index=True)
    np.savez_compressed(path, keys=keys, codes=np.stack(codes, axis=1)[first],
                        centres=np.stack(centres).astype(np.float16))  # fmt: skip
    print(f"vectors: {len(keys)} words, {path.stat().st_size / 1e6:.1f} MB")


def _centres(rows: Any, generator: np.random.Generator) -> Any:
    """Lloyd's algorithm, begun at rows drawn by chance."""
    found = rows[generator.choice(len(rows), CENTRES, replace=False)].copy()
    for _ in range(STEPS):
        nearest = _nearest(rows, found)
        counts = np.maximum(np.bincount(nearest, minlength=CENTRES), 1)
        for n in range(rows.shape[1]):
            found[:, n] = np.bincount(nearest, rows[:, n], CENTRES) / counts
    return found


def _nearest(rows: Any, centres: Any, at_once: int = 50_000) -> Any:
    half = (centres**2).sum(axis=1) / 2
    parts = [rows[n : n + at_once] @ centres.T - half for n in range(0, len(rows), at_once)]
    return np.concatenate([part.argmax(axis=1) for part in parts]).astype(np.uint8)


class Data:
    """Sentences as numbers of words and tags, and what is drawn from them for a round."""

    def __init__(self, names: Sequence[str], generator: np.random.Generator) -> None:
        from benchmarks.text_sentences import renamed

        self.places: dict[str, int] = {}
        self.generated = self._rows(training.generated(training.GENERATED, generator))
        self.ordinary = self._rows(training.ordinary(training.ORDINARY, generator))
        noisy = [sentence for name in names for sentence in training.wnut(name)]
        self.noisy = self._rows(row for sentence in noisy for row in training.tagged(sentence))
        self.copies = [
            [
                self._rows(training.tagged(renamed(sentence, generator)))
                for _ in range(POOL)
            ]
            for sentence in noisy
            if any(mark[2] in ("person", "location") for mark in sentence[1])
        ]  # fmt: skip
        words = list(self.places)
        self.small = [self.places.setdefault(word.lower(), len(self.places)) for word in words]

    def _rows(self, tagged: Any) -> list[Row]:
        from compliance.discovery.text.features import casing

        return [
            ([self.places.setdefault(w, len(self.places)) for w in words], tags, casing(words))
            for words, tags in tagged
        ]

    def round(self, generator: np.random.Generator) -> Iterator[Row]:
        """What is learnt from in one round; some of it in small letters."""
        rows = [*self.noisy]
        for copies in self.copies:
            for n in generator.choice(POOL, COPIES, replace=False):
                rows += copies[n]
        for kind, count in ((self.generated, GENERATED), (self.ordinary, ORDINARY)):
            rows += [kind[n] for n in generator.choice(len(kind), count, replace=False)]
        for ids, tags, casing in rows:
            is_small = generator.random() < SMALL
            yield ([self.small[n] for n in ids], tags, 0) if is_small else (ids, tags, casing)


def _trained(data: Data, seed: int) -> dict[str, Any]:
    from benchmarks.text_network_fit import fit

    return fit(list(data.places), data.round, ROUNDS, seed)


def write_networks(path: Path, fitted: Sequence[dict[str, Any]]) -> None:
    """The networks in the form that network.py reads, 16 bits a number."""
    np.savez_compressed(
        path, **{name: np.stack([one[name] for one in fitted]).astype(np.float16)
                 for name in fitted[0]},
    )  # fmt: skip
    print(f"networks: {len(fitted)}, {path.stat().st_size / 1e6:.1f} MB")


def _choose() -> None:
    """Print precision, recall and F2 of persons' words in the comments, by threshold."""
    from compliance.discovery.text.network import tag_scores
    from compliance.discovery.text.tagger import forward_backward

    weights = _trained(Data((training.TWEETS,), np.random.default_rng(training.SEED)), SEEDS[0])
    rows = [row for s in training.wnut(training.COMMENTS) for row in training.tagged(s)]
    rows.sort(key=lambda row: -len(row[0]))
    scores = tag_scores([words for words, _ in rows], weights)
    odds = forward_backward(scores, weights["steps"], weights["first"])
    told = np.concatenate([row[:, 1] + row[:, 2] for row in odds])
    true = np.isin(np.concatenate([np.array(tags) for _, tags in rows]), (1, 2))
    for level in (0.03, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4):
        right = (true & (told >= level)).sum()
        p, r = right / (told >= level).sum(), right / true.sum()
        print(f"  from {level:.2f}: P {p:.3f} R {r:.3f} F2 {5 * p * r / (4 * p + r):.3f}")


if __name__ == "__main__":
    main()
