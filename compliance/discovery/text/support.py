"""What speaks for a find of the tagger beside the tagger: its words, and what is known of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from compliance.discovery.text.languages import Family, titles
from compliance.discovery.text.lexicon import FIELDS, known
from compliance.discovery.text.nouns import SpanType

Rows = NDArray[np.uint32]

_GIVEN, _FAMILY, _PLACE = (FIELDS.index(name) for name in ("given", "family", "place"))
_LIKE = FIELDS.index("like_names")
_CAPITAL, _ENGLISH = FIELDS.index("capital"), FIELDS.index("frequency")
_ELIDED = re.compile("^(?:[cdjlmnst]|qu)[’']")
_USED = {Family.GERMAN: FIELDS.index("german"), Family.ROMANCE: FIELDS.index("romance")}
# Steps of the lexicon: an English word in common use, and one that is mostly written small.
_COMMON, _SMALL = 2, 2
# The highest level that is tried for thresholds in training.
_LIKELY = 0.6
# From here on a name in small letters needs no list in English; of 0.7 to 0.95 the least that told
# hardly any more persons in reviews of clothes, by the development part of WNUT-17.
_SURE = 0.9
# In German and Romance languages nobody of several words is told who is less likely.
_LEAST_ELSEWHERE = 0.36
# In small letters; of 0.6 and 0.7 the one that leaves reviews of clothes as they were.
_LEAST_SMALL = 0.7
# The same in English for what is nothing but ordinary words: “Bright colours”.
_LEAST_ORDINARY = 0.6
# Of the words in like company so many in a hundred are names: of 25, 35 and 50 the one that told
# more persons in the development part of WNUT-17 and no more in reviews of clothes.
_LIKE_NAMES = 35


def is_supported(
    words: Sequence[str], before: str, kind: SpanType, score: float, language: Family
) -> bool:
    """Whether a find may stand: not if it holds nothing but ordinary words of its language.

    A title before it supports a person, and so does a word known as a given name. Without a title
    single words outside English, words in small letters and, a little, ordinary words of English
    must be likelier; outside English so must a person without a given name, and a list with commas
    is none. Two words with capitals support it in Romance
    languages, where other words have none. In small letters a person needs a known name, or in
    English a word in the company of names, or to be all but certain. One ordinary word alone is no
    place and no address.

    Args:
        words: of the find.
        before: the word before it; empty where there is none.
        score: how likely the tagger finds it, 0-1.
    """
    letters = [word for word in words if word[0].isalnum()]
    if kind is SpanType.ORGANIZATION or not all(word[0].isalpha() for word in letters):
        return True
    rows = known([_bare(word.casefold(), language) for word in letters])
    if kind is SpanType.PERSON and _begins_with_article(letters[0].casefold(), language):
        return False
    if kind is SpanType.PERSON:
        return before.casefold() in titles() or _is_person(
            letters, rows, score, language, is_list="," in words
        )
    if kind is SpanType.ADDRESS and len(letters) > 1:
        return True
    return bool(rows[:, _PLACE].any()) or not _are_ordinary(rows, language)


def is_ordinary(word: str, language: Family) -> bool:
    """Whether `word` is an ordinary one of its language, or of English, and nobody's name."""
    rows = known([word.casefold()])
    is_used = _are_ordinary(rows, language) or _are_ordinary(rows, Family.ENGLISH)
    return is_used and not rows[:, [_GIVEN, _FAMILY, _PLACE]].any()


def _is_person(
    words: Sequence[str], rows: Rows, score: float, language: Family, *, is_list: bool
) -> bool:
    is_small = all(word.islower() for word in words)
    if score < _least(rows, language, is_small=is_small):
        return False
    if is_small:
        return _is_small_person(rows, score, language)
    if language not in _USED or rows[:, _GIVEN].any():
        return True
    if is_list:
        return False
    if len(words) > 1 and language is Family.ROMANCE and all(w[0].isupper() for w in words):
        return True
    is_known = len(words) > 1 or bool(rows[:, _FAMILY].any())
    return score >= _LIKELY and is_known and not _are_ordinary(rows, language)


def _least(rows: Rows, language: Family, *, is_small: bool) -> float:
    """How likely a person must be at least, by the words and the language."""
    if is_small:
        return _LEAST_SMALL
    if language in _USED and len(rows) == 1:
        return _LIKELY
    if language in _USED:
        return _LEAST_ELSEWHERE
    return _LEAST_ORDINARY if _are_ordinary(rows, language) else 0.0


def _is_small_person(rows: Rows, score: float, language: Family) -> bool:
    if _is_like_names(rows, language):
        return True
    is_sure = language is Family.ENGLISH and score >= _SURE
    is_named = is_sure or bool(rows[:, [_GIVEN, _FAMILY]].any())
    return is_named and not _are_ordinary(rows, language)


def _is_like_names(rows: Rows, language: Family) -> bool:
    """Whether an English word stands in the company of names: what is known is of English."""
    return language is Family.ENGLISH and bool((rows[:, _LIKE] >= _LIKE_NAMES).any())


def _bare(word: str, language: Family) -> str:
    """`word` without an article that has lost its vowel: “l'application”."""
    return _ELIDED.sub("", word) if language is Family.ROMANCE else word


def _begins_with_article(word: str, language: Family) -> bool:
    bare = _bare(word, language)
    return bare != word and is_ordinary(bare, language)


def _are_ordinary(rows: Rows, language: Family) -> bool:
    if language in _USED:
        return bool((rows[:, _USED[language]] > 0).all())
    return bool(((rows[:, _ENGLISH] >= _COMMON) & (rows[:, _CAPITAL] <= _SMALL)).all())
