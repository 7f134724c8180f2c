"""What the words of a header say: any common spelling, matched with the phrases that we know."""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from compliance.discovery.nouns import IdentifierClass
from compliance.discovery.types import data, filled, header_groups, type_rows
from compliance.discovery.wordlists import plain, words
from compliance.plain import from_plain

_CAMEL = re.compile(r"(?<=[a-zß-ÿ0-9])(?=[A-ZÀ-Þ])|(?<=[A-ZÀ-Þ])(?=[A-ZÀ-Þ][a-zß-ÿ])")
_WORDS = re.compile(r"[^\W\d_]+|\d+")
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ABSENT = re.compile(r"(column|unnamed|field|col|var|attr|spalte|v|x|f|c)?[\W_]*\d*")
# A phrase that is the whole header weighs half a word more than the same words found within;
# a weak one, such as “desc”, less than any other word.
_WHOLE, _WEAK = 0.5, 0.5
_SHORT_PIECES = frozenset(("id", "no", "nr", "of", "ip", "cc"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One thing that a header can mean, and on what conditions; see readings.yaml."""

    type: str
    shape: str = "any"
    validator: str = ""
    with_: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    identifier_class: IdentifierClass | None = None
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A phrase of ours that stands in a header.

    Attributes:
        phrase: as we write it; never other words of the header, which may be anybody's.
        options: what it can mean, likeliest first.
        weight: how much of the header it explains: words, or half of East Asian characters.
        end: where it ends; in most languages the last word says what a thing is.
    """

    phrase: str
    options: tuple[Option, ...]
    weight: float
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Phrase:
    """One phrase: “=” before it means the whole header, “~” only where nothing else is said."""

    shown: str
    options: tuple[Option, ...]
    is_whole: bool
    is_weak: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Index:
    within: Mapping[tuple[str, ...], _Phrase]
    whole: Mapping[tuple[str, ...], _Phrase]
    east_asian: Mapping[str, _Phrase]
    longest: int
    words: frozenset[str]


def is_absent(header: str) -> bool:
    """Whether the column has no header of its own, only a number."""
    return _ABSENT.fullmatch(header.strip().casefold()) is not None


def matches(header: str) -> list[Match]:
    """The phrases found in `header`: those that explain most of it first, then the last ones."""
    known, index = _known_words(words_of(header)), _index()
    found = [*_within(known, index), *_whole(known, index), *_east_asian(header, index)]
    return sorted(found, key=lambda match: (-match.weight, -match.end, match.phrase))


def words_of(header: str) -> tuple[str, ...]:
    """The words of `header` in small letters without accents; camelCase, dots and so on split."""
    text = unicodedata.normalize("NFKC", header).replace("'", "").replace("’", "")
    # Articles and prepositions of Romance and German headers are left out.
    found = tuple(map(plain, _WORDS.findall(_CAMEL.sub(" ", text))))
    return tuple(word for word in found if word not in words("small")) or found


def _within(known: tuple[str, ...], index: _Index) -> list[Match]:
    found = []
    for length in range(1, min(len(known), index.longest) + 1):
        for start in range(len(known) - length + 1):
            if hit := index.within.get(known[start : start + length]):
                weight = _WEAK if hit.is_weak else length
                found.append(_match(hit, weight, start + length))
    return found


def _whole(known: tuple[str, ...], index: _Index) -> list[Match]:
    letters = tuple(word for word in known if not word.isdigit())
    hit = index.whole.get(known) or index.whole.get(letters)
    return [_match(hit, len(known) + _WHOLE, len(known))] if hit else []


def _east_asian(header: str, index: _Index) -> list[Match]:
    if not _EAST_ASIAN.search(header):
        return []
    text = _squeezed(header)
    found = []
    for key, phrase in index.east_asian.items():
        at = text.rfind(key)
        if text == key:
            found.append(_match(phrase, len(key) / 2 + _WHOLE, len(key)))
        # One character is too little to look for inside a longer header.
        elif at >= 0 and len(key) > 1 and not phrase.is_whole:
            found.append(_match(phrase, len(key) / 2, at + len(key)))
    return found


def _match(phrase: _Phrase, weight: float, end: int) -> Match:
    return Match(phrase=phrase.shown, options=phrase.options, weight=weight, end=end)


def _squeezed(text: str) -> str:
    return re.sub(r"[\W_]+", "", plain(unicodedata.normalize("NFKC", text)))


def _known_words(found: tuple[str, ...]) -> tuple[str, ...]:
    """`found`, with plurals and words written together turned into those that we know."""
    return tuple(itertools.chain.from_iterable(map(_split, found)))


@functools.lru_cache(maxsize=4096)
def _split(word: str) -> tuple[str, ...]:
    vocabulary = _index().words
    if word in vocabulary or len(word) < 4:
        return (word,)
    for ending in ("s", "es", "n"):
        if word.endswith(ending) and (stem := word.removesuffix(ending)) in vocabulary:
            return (stem,)
    return _pieces(word, 3) or (word,)


def _pieces(word: str, at_most: int) -> tuple[str, ...]:
    """`word` as up to `at_most` known words in a row; () where it is none."""
    if _is_piece(word):
        return (word,)
    if at_most == 1:
        return ()
    for cut in range(len(word) - 2, 1, -1):
        if _is_piece(word[:cut]) and (rest := _pieces(word[cut:], at_most - 1)):
            return (word[:cut], *rest)
    return ()


def _is_piece(word: str) -> bool:
    # “age” is the end of too many words: postage, coverage, package.
    return word in _SHORT_PIECES or (len(word) > 2 and word != "age" and word in _index().words)


@functools.cache
def _index() -> _Index:
    within: dict[tuple[str, ...], _Phrase] = {}
    whole: dict[tuple[str, ...], _Phrase] = {}
    east_asian: dict[str, _Phrase] = {}
    # Where two say the same words, the first keeps them: the more particular come first.
    for phrase in _phrases():
        if _EAST_ASIAN.search(phrase.shown):
            east_asian.setdefault(_squeezed(phrase.shown), phrase)
        else:
            place = whole if phrase.is_whole else within
            place.setdefault(words_of(phrase.shown), phrase)
    used = {word for key in (*within, *whole) for word in key}
    groups = {plain(word) for group in header_groups().values() for word in group}
    return _Index(
        within=MappingProxyType(within),
        whole=MappingProxyType(whole),
        east_asian=MappingProxyType(east_asian),
        longest=max(map(len, within)),
        words=frozenset(word for word in used | groups if not word.isdigit()),
    )


def _phrases() -> Iterator[_Phrase]:
    """All phrases: those that need a second look, plain ones, and those with blanks filled."""
    for reading in data("readings")["readings"]:
        options = tuple(map(_option, reading["options"]))
        yield from (_phrase(text, options) for text in reading["header"])
    said = [
        (text, (Option(type=row.id, shape=row.shape),))
        for row in type_rows().values()
        for text in row.phrases
    ]
    yield from (_phrase(text, options) for text, options in said if "{" not in text)
    for template, options in said:
        if "{" in template:
            yield from (_phrase(text, options) for text in filled(template))


def _phrase(text: str, options: tuple[Option, ...]) -> _Phrase:
    return _Phrase(
        shown=text.lstrip("=~"),
        options=options,
        is_whole=text.startswith("="),
        is_weak=text.startswith("~"),
    )


def _option(row: dict[str, object]) -> Option:
    return from_plain(Option, {"with_" if key == "with" else key: row[key] for key in row})
