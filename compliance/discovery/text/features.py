"""What the tagger looks at: hashed features of words and of the words around them.

Every feature is a number below `SIZE`, made from hashes of words; no word is kept. Everything is
computed for all tokens of many pieces at once: first a row of hashes for each different word, then
columns of the rows of a token and its neighbours, mixed with each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from compliance.discovery.text.languages import Family, families
from compliance.discovery.text.lexicon import FIELDS, known, word_hash

BITS = 21
SIZE = 1 << BITS

Numbers = NDArray[np.uint32]

_FIRST, _SECOND, _LAST = np.uint32(0x85EBCA6B), np.uint32(0xC2B2AE35), np.uint32(0x9E3779B1)
_SHIFT = np.uint32(32 - BITS)
_RUN = re.compile(r"(.)\1+")
_EDGE = "\x03"
_CLASSES = (
    *("lower", "shape", "prefix2", "prefix3", "suffix1", "suffix2", "suffix3", "suffix4"),
    *("given", "family", "place", "frequency", "capital"),
    *("cluster", "cluster_lower", "cluster4", "cluster6", "cluster10"),
    *("company64", "company512", "company2048", "names", "kind"),
)
_COLUMN = {name: place for place, name in enumerate(_CLASSES)}

# (names of columns and how many tokens away each is looked at)
_BESIDE = (
    *("lower", "shape", "suffix3", "names", "cluster", "cluster_lower", "kind", "capital"),
    *("cluster6", "cluster10", "company64", "company512", "company2048"),
)
_FARTHER = ("lower", "shape", "cluster_lower", "cluster10", "names", "company64", "company512")
_SINGLE = (
    *((name, 0) for name in _CLASSES),
    *((name, distance) for distance in (-1, 1) for name in _BESIDE),
    *((name, distance) for distance in (-2, 2) for name in _FARTHER),
    ("lower", -3),
    ("lower", 3),
)
_JOINT: tuple[tuple[tuple[str, int], ...], ...] = (
    (("lower", -1), ("lower", 0)),
    (("lower", 0), ("lower", 1)),
    (("lower", -1), ("lower", 1)),
    (("lower", -2), ("lower", -1)),
    (("lower", 1), ("lower", 2)),
    (("shape", -1), ("shape", 0), ("shape", 1)),
    (("lower", -1), ("shape", 0)),
    (("lower", 1), ("shape", 0)),
    (("lower", -1), ("names", 0)),
    (("lower", 1), ("names", 0)),
    (("lower", -1), ("kind", 0)),
    (("lower", -2), ("lower", -1), ("kind", 0)),
    (("names", 0), ("names", 1)),
    (("names", -1), ("names", 0)),
    (("names", -1), ("names", 0), ("names", 1)),
    (("kind", -1), ("kind", 0), ("kind", 1)),
    (("cluster10", -1), ("cluster10", 0)),
    (("cluster10", 0), ("cluster10", 1)),
    (("cluster6", -1), ("cluster6", 0), ("cluster6", 1)),
    (("cluster10", -1), ("cluster10", 1), ("kind", 0)),
    (("cluster_lower", -1), ("cluster", 0)),
    (("cluster", 0), ("cluster_lower", 1)),
    (("cluster_lower", -1), ("kind", 0)),
    (("cluster_lower", 1), ("kind", 0)),
    (("cluster_lower", -1), ("kind", 0), ("cluster_lower", 1)),
    (("cluster_lower", -2), ("cluster_lower", -1), ("kind", 0)),
    (("company64", -1), ("company64", 0), ("company64", 1)),
    (("company512", -1), ("company512", 0)),
    (("company512", 0), ("company512", 1)),
    (("company512", -1), ("kind", 0)),
    (("company512", 1), ("kind", 0)),
    (("company512", -1), ("kind", 0), ("company512", 1)),
    (("company64", -2), ("company64", -1), ("kind", 0), ("company64", 1)),
    (("company64", -1), ("kind", 0), ("company64", 1), ("company64", 2)),
    (("company2048", 0), ("shape", 0)),
    (("company512", 0), ("shape", 0)),
    (("company64", 0), ("kind", 0)),
    (("names", 0), ("shape", 0)),
    (("capital", 0), ("shape", 0)),
    (("frequency", 0), ("shape", 0)),
    (("kind", 0), ("suffix3", 0)),
    (("kind", 0), ("kind", 1), ("lower", 2)),
    (("kind", 0), ("kind", -1), ("lower", -2)),
)
_WITH_CASING = ("kind", "shape", "names", "capital", "lower")
_WITH_START = ("kind", "shape", "lower", "capital")
_WITH_LANGUAGE = ("kind", "shape", "names", "frequency", "capital", "suffix2", "suffix3")


def feature_columns(pieces: Sequence[Sequence[str]]) -> Iterator[Numbers]:
    """One feature of every token after the other: arrays of `len` = number of all tokens.

    Args:
        pieces: words of each piece, none empty.
    """
    languages = np.array(families(pieces), dtype=np.int64)
    table, ids, lengths = _rows(pieces, languages)
    starts = np.repeat(np.cumsum(lengths) - lengths, lengths)
    ends = np.repeat(np.cumsum(lengths), lengths)
    tokens = np.arange(len(ids))

    def column(name: str, distance: int) -> Numbers:
        at = tokens + distance
        inside = (at >= starts) & (at < ends)
        here = ids[np.where(inside, at, 0)]
        # Row 0 is the edge of a piece.
        found: Numbers = table[np.where(inside, here, 0), _COLUMN[name]]
        return found

    salt = 0
    for name, distance in _SINGLE:
        salt += 1
        yield _mixed(column(name, distance), salt)
    for parts in _JOINT:
        salt += 1
        yield _mixed(_joined([column(name, distance) for name, distance in parts]), salt)
    casings = np.repeat([casing(words) for words in pieces], lengths).astype(np.uint32)
    start = (tokens == starts).astype(np.uint32)
    language = np.repeat(languages, lengths).astype(np.uint32)
    for names, of_piece in (
        (_WITH_CASING, casings),
        (_WITH_START, start),
        (_WITH_LANGUAGE, language),
    ):
        for name in names:
            salt += 1
            yield _mixed(_joined([column(name, 0), of_piece]), salt)


def _mixed(values: Numbers, salt: int) -> Numbers:
    spread = (values ^ np.uint32(salt * 0x27D4EB2F & 0xFFFFFFFF)) * _LAST
    found: Numbers = ((spread ^ (spread >> np.uint32(15))) * _FIRST) >> _SHIFT
    return found


def _joined(columns: Sequence[Numbers]) -> Numbers:
    total = columns[0]
    for column in columns[1:]:
        total = (total * _FIRST) ^ ((column + np.uint32(1)) * _SECOND) ^ (total >> np.uint32(13))
    return total


def _rows(
    pieces: Sequence[Sequence[str]], languages: NDArray[np.int64]
) -> tuple[Numbers, NDArray[np.int64], NDArray[np.int64]]:
    """A row of hashes per different word, the row of each token, and the tokens of each piece.

    The same word in another language has a row of its own.
    """
    places: dict[tuple[str, int], int] = {(_EDGE, 0): 0}
    ids = np.array(
        [
            places.setdefault((word, language), len(places))
            for words, language in zip(pieces, languages.tolist(), strict=True)
            for word in words
        ],
        dtype=np.int64,
    )
    lengths = np.array([len(words) for words in pieces], dtype=np.int64)
    words, spoken = zip(*places, strict=True)
    return _word_table(words, np.array(spoken)), ids, lengths


def _word_table(words: Sequence[str], languages: NDArray[np.int64]) -> Numbers:
    lower = [_lower(word) for word in words]
    shapes = [_shape(word) for word in words]
    # Clusters are of words as they are written; the one of the small word stands beside it.
    small = _at_home(_facts(known(lower)), languages)
    cased = _at_home(_facts(known(words)), languages)["cluster"]
    cluster = np.where(cased > 0, cased, small["cluster"])
    columns = [
        _hashes(lower),
        _hashes(shapes),
        *(_hashes([w[:n] for w in lower]) for n in (2, 3)),
        *(_hashes([w[-n:] for w in lower]) for n in (1, 2, 3, 4)),
        *(small[name] for name in ("given", "family", "place", "frequency", "capital")),
        cluster,
        small["cluster"],
        # The bits of a cluster are its path in a tree, the root first: few bits, a wider class.
        *(cluster & np.uint32(2**n - 1) for n in (4, 6, 10)),
        *(small[f"company{n}"] for n in (64, 512, 2048)),
    ]
    names = small["given"] * 64 + small["family"] * 16 + small["place"] * 4
    names += np.minimum(small["frequency"] // 2, 3)
    first = np.array([ord(shape[:1] or "?") for shape in shapes], dtype=np.uint32)
    kind = names * np.uint32(1024) + small["capital"] * np.uint32(128) + first
    return np.stack([*columns, names, kind], axis=1).astype(np.uint32)


def _facts(rows: Numbers) -> dict[str, Numbers]:
    return {name: rows[:, place] for place, name in enumerate(FIELDS)}


def _at_home(facts: dict[str, Numbers], languages: NDArray[np.int64]) -> dict[str, Numbers]:
    """What is known of words in the languages of their texts.

    How English uses a word says nothing of it in German, unless it is a name in both.
    """
    is_named = (facts["given"] + facts["family"] + facts["place"]) > 0
    found = dict(facts)
    for language, name in ((Family.GERMAN, "german"), (Family.ROMANCE, "romance")):
        here, common = languages == language, facts[name]
        found["frequency"] = np.where(here, common, found["frequency"])
        plain = here & ~is_named
        found["capital"] = np.where(plain, common > 0, found["capital"]).astype(np.uint32)
        for field in ("cluster", "company64", "company512", "company2048"):
            found[field] = np.where(plain, 0, found[field]).astype(np.uint32)
    return found


def _hashes(words: Sequence[str]) -> Numbers:
    return np.array([word_hash(word) for word in words], dtype=np.uint32)


def _lower(word: str) -> str:
    return re.sub("[0-9]", "0", word.casefold()) if not word.isalpha() else word.casefold()


def _shape(word: str) -> str:
    signs = "".join(
        "X" if c.isupper() else "x" if c.isalpha() else "0" if c.isdecimal() else c for c in word
    )
    return _RUN.sub(r"\1\1", signs)[:12]


def casing(words: Sequence[str]) -> int:
    """How a piece is written: all small, ordinary, many capitals, all capitals."""
    letters = [word for word in words if word[0].isalpha()]
    capitals = sum(word[0].isupper() for word in letters)
    if not capitals:
        return 0
    if all(word.isupper() for word in letters):
        return 3
    return 2 if capitals > 0.6 * len(letters) and len(letters) > 3 else 1
