"""Names in running text: a conditional random field over words, trained by us.

The probability that a token belongs to a name follows from its features (features.py) and from
its neighbours' tags (Lafferty, McCallum and Pereira 2001). In English texts networks that read the
whole text (network.py) are asked too, and the mean counts. How both were trained, on what, and how
well they do stands in tagger.md.
"""

from __future__ import annotations

import functools
import importlib.resources
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compliance.discovery.text.features import feature_columns
from compliance.discovery.text.languages import Family, families, is_function_word
from compliance.discovery.text.network import networks, tag_scores
from compliance.discovery.text.nouns import Span, SpanType
from compliance.discovery.text.posts import is_post
from compliance.discovery.text.support import is_ordinary, is_supported
from compliance.discovery.text.tokens import Piece, pieces

# In the order of the model's tags: outside, then first and later tokens of each kind.
KINDS = ("person", "location", "organization", "address", "other")
TAGS = ("O", *(f"{part}-{kind}" for kind in KINDS for part in "BI"))
_FILE = "tagger.npz"
_TOKENS_AT_ONCE = 50_000
_NEVER = frozenset({"http", "@user", "'s", "’s"})
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_STOPS, _LONGEST_SHORTENED = frozenset(".!?"), 3
_LAST_KIND_TOLD = 4  # titles of works, products: learnt to tell them from names, not told
# The networks have learnt English; what is too short to tell its language may be that.
_READ = frozenset({Family.ENGLISH, Family.UNKNOWN})
# In posts from here on a person is told and needs no other support: a miss weighs most, and names
# there are mostly new. The lowest that cost hardly any F2 in comments: see tagger.md.
_LIKELY_IN_POSTS = 0.05
# In other English texts from here on a person needs no support of what is known of its words.
_LIKELY_IN_ENGLISH = 0.7

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of features and of one tag after another, and from where on a kind is told.

    Attributes:
        weights: one row per feature, one column per tag.
        steps: from the tag of the row to the tag of the column.
        first: of the tag of the first token.
        thresholds: one per kind, 0-1.
    """

    weights: Floats
    steps: Floats
    first: Floats
    thresholds: Floats


@functools.cache
def model() -> Model:
    """The model that stands beside this module."""
    file = importlib.resources.files(__package__) / _FILE
    with file.open("rb") as opened, np.load(opened, allow_pickle=False) as stored:
        weights = np.zeros((int(stored["size"]), len(TAGS)), dtype=np.float32)
        weights[stored["rows"]] = stored["weights"].astype(np.float32) * stored["scale"]
        return Model(weights, stored["steps"], stored["first"], stored["thresholds"])


def name_spans(texts: Sequence[str]) -> list[list[Span]]:
    """Persons, places, organisations and addresses in each of `texts`, without overlaps."""
    found: list[list[Span]] = [[] for _ in texts]
    are_posts = [is_post(text) for text in texts]
    for batch in _batches(texts):
        parts = [piece for _, piece in batch]
        spoken = families([piece.words for piece in parts])
        for (text, piece), language, odds in zip(
            batch, spoken, _probabilities(parts, spoken), strict=True
        ):
            is_of_post = language in _READ and are_posts[text]
            found[text] += told(piece, language, odds, model().thresholds, is_of_post=is_of_post)
    return found


def _probabilities(parts: Sequence[Piece], spoken: Sequence[Family]) -> list[Floats]:
    """The probability of every tag at every token, of all that can read the language."""
    found = marginals(parts, model())
    order = sorted(
        (n for n, language in enumerate(spoken) if language in _READ),
        key=lambda n: -len(parts[n].words),
    )
    if order:
        theirs = [
            forward_backward(
                tag_scores([parts[n].words for n in order], by), by["steps"], by["first"]
            )
            for by in networks()
        ]
        for place, n in enumerate(order):
            mean = np.mean([odds[place] for odds in theirs], axis=0)
            found[n] = ((found[n] + mean) / 2).astype(np.float32)
    return found


def marginals(parts: Sequence[Piece], by: Model) -> list[Floats]:
    """The probability of every tag at every token: one array per piece, one row per token."""
    words = [piece.words for piece in parts]
    lengths = np.array([len(w) for w in words])
    scores = np.zeros((int(lengths.sum()), len(TAGS)), dtype=np.float32)
    for column in feature_columns(words):
        scores += by.weights[column]
    ends = np.cumsum(lengths)
    order = np.argsort(-lengths, kind="stable")
    sorted_scores = [scores[ends[n] - lengths[n] : ends[n]] for n in order]
    found = forward_backward(sorted_scores, by.steps, by.first)
    back = np.argsort(order, kind="stable")
    return [found[n] for n in back]


def forward_backward(scores: Sequence[Floats], steps: Floats, first: Floats) -> list[Floats]:
    """Probabilities of tags by the forward-backward algorithm, for many sequences at once.

    Args:
        scores: one array per sequence, one row per token; the longest sequence first.
        steps, first: as in `Model`.

    Source: Rabiner 1989, doi:10.1109/5.18626 (scaled).
    """
    lengths = np.array([len(s) for s in scores])
    padded = np.zeros((len(scores), int(lengths[0]), len(first)), dtype=np.float32)
    for row, s in zip(padded, scores, strict=True):
        row[: len(s)] = s
    likely = np.exp(padded - padded.max(axis=2, keepdims=True))
    moves = np.exp(steps)
    alive = [int((lengths > t).sum()) for t in range(padded.shape[1])]
    ahead = np.zeros_like(padded)  # what stands behind a sequence must be a number too
    ahead[:, 0] = _scaled(likely[:, 0] * np.exp(first - first.max()))
    for t in range(1, padded.shape[1]):
        n = alive[t]
        ahead[:n, t] = _scaled((ahead[:n, t - 1] @ moves) * likely[:n, t])
    behind = np.ones_like(padded)
    for t in range(padded.shape[1] - 2, -1, -1):
        n = alive[t + 1]
        behind[:n, t] = _scaled((behind[:n, t + 1] * likely[:n, t + 1]) @ moves.T)
    both = ahead * behind
    return [_scaled(row[:length]) for row, length in zip(both, lengths, strict=True)]


def _scaled(values: Floats) -> Floats:
    total: Floats = values / np.maximum(values.sum(axis=-1, keepdims=True), 1e-30)
    return total


def _batches(texts: Sequence[str]) -> Iterator[list[tuple[int, Piece]]]:
    batch: list[tuple[int, Piece]] = []
    tokens = 0
    for number, text in enumerate(texts):
        for piece in pieces(text):
            batch.append((number, piece))
            tokens += len(piece.words)
            if tokens >= _TOKENS_AT_ONCE:
                yield batch
                batch, tokens = [], 0
    if batch:
        yield batch


def told(
    piece: Piece, language: Family, odds: Floats, thresholds: Floats, *, is_of_post: bool = False
) -> Iterator[Span]:
    """The finds in a piece whose probabilities reach the thresholds and that have support.

    Args:
        is_of_post: whether the text is a post or a chat message, where persons need less.
    """
    if is_of_post:
        thresholds = np.array([_LIKELY_IN_POSTS, *thresholds[1:]], dtype=np.float32)
    by_kind = np.minimum(odds[:, 1::2] + odds[:, 2::2], 1)
    # The likeliest of the kinds that reach their thresholds.
    reached = np.where(by_kind >= thresholds, by_kind, 0)
    kinds, best = reached.argmax(axis=1), reached.max(axis=1)
    reaches = (best > 0) & (kinds < _LAST_KIND_TOLD)
    if any(_EAST_ASIAN.match(word) for word in piece.words):
        # It has learnt no such text: there it is believed on words in Latin letters only.
        reaches &= [word[0].isalpha() and not _EAST_ASIAN.search(word) for word in piece.words]
    token = 0
    while token < len(kinds):
        end = token + 1
        if reaches[token] and _can_be_named(piece, token):
            kind = kinds[token]
            while end < len(kinds) and reaches[end] and kinds[end] == kind:
                if odds[end, 1 + 2 * kind] > odds[end, 2 + 2 * kind]:
                    break
                if kind == 0 and _ends_a_sentence(piece, end):
                    break
                end += 1
            last = _trimmed(piece, token, end, language)
            kind_told, score = SpanType(KINDS[kind]), round(float(best[token:end].max()), 3)
            words, before = piece.words[token:last], _word_before(piece, token)
            needs_none = kind == 0 and (is_of_post or _is_sure(language, score))
            if needs_none or is_supported(words, before, kind_told, score, language):
                start, stop = piece.places[token][0], piece.places[last - 1][1]
                yield Span(start=start, end=stop, type=kind_told, score=score)
        token = end


def _is_sure(language: Family, score: float) -> bool:
    return language is Family.ENGLISH and score >= _LIKELY_IN_ENGLISH


def _can_be_named(piece: Piece, token: int) -> bool:
    """Not a sign, a link or a user name; East Asian names are found by patterns."""
    word = piece.words[token]
    return word[-1].isalnum() and word not in _NEVER and not _EAST_ASIAN.match(word)


def _ends_a_sentence(piece: Piece, token: int) -> bool:
    """A full stop that stands for no shortened word."""
    return piece.words[token] in _STOPS and len(piece.words[token - 1]) > _LONGEST_SHORTENED


def _word_before(piece: Piece, token: int) -> str:
    """The word before `token`, over a full stop that may follow a title."""
    place = token - 1 - (token > 1 and piece.words[token - 1] == ".")
    return piece.words[place] if place >= 0 else ""


def _trimmed(piece: Piece, start: int, end: int, language: Family) -> int:
    """`end` without punctuation and function words at the end of a name.

    “Brinkmann von der Hotline” is no noble name: what is behind “der” is an ordinary word.
    """
    words = piece.words
    if (
        end > start + 2
        and is_function_word(words[end - 2])
        and is_ordinary(words[end - 1], language)
    ):
        end -= 1
    while end > start + 1 and (
        not _can_be_named(piece, end - 1) or is_function_word(piece.words[end - 1])
    ):
        end -= 1
    return end
