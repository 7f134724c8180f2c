"""What speaks for a find of the tagger beside the tagger: its words, and what is known of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from compliance.discovery.text.languages import Family, titles
from compliance.discovery.text.lexicon import FIELDS, known
from compliance.discovery.text.nouns import SpanType

Rows = NDArray[np.uint32]

_GIVEN, _FAMILY, _PLACE = (FIELDS.index(name) for name in ("given", "family", "place"))
_CAPITAL, _ENGLISH = FIELDS.index("capital"), FIELDS.index("frequency")
_USED = {Family.GERMAN: FIELDS.index("german"), Family.ROMANCE: FIELDS.index("romance")}
# Steps of the lexicon: an English word in common use, and one that is mostly written small.
_COMMON, _SMALL = 2, 2
# The highest level that is tried for thresholds in training.
_LIKELY = 0.6
# From here on a name in small letters needs no list in English; of 0.7 to 0.95 the least that told
# hardly any more persons in reviews of clothes, by the development part of WNUT-17.
_SURE = 0.9


def is_supported(
    words: Sequence[str], before: str, kind: SpanType, score: float, language: Family
) -> bool:
    """Whether a find may stand: not if it holds nothing but ordinary words of its language.

    A title before it supports a person, and so does a word known as a given name; outside English
    a person without either must be likelier, a single word known as a family name, and a list with
    commas is none. Two words with capitals support it in Romance
    languages, where other words have none. In small letters a person needs a known name, or in
    English to be all but certain. One
    ordinary word alone is no place and no address.

    Args:
        words: of the find.
        before: the word before it; empty where there is none.
        score: how likely the tagger finds it, 0-1.
    """
    letters = [word for word in words if word[0].isalnum()]
    if kind is SpanType.ORGANIZATION or not all(word[0].isalpha() for word in letters):
        return True
    rows = known([word.casefold() for word in letters])
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
    if all(word.islower() for word in words):
        is_named = bool(rows[:, [_GIVEN, _FAMILY]].any())
        is_sure = language is Family.ENGLISH and score >= _SURE
        return (is_named or is_sure) and not _are_ordinary(rows, language)
    if language not in _USED or rows[:, _GIVEN].any():
        return True
    if is_list:
        return False
    if len(words) > 1 and language is Family.ROMANCE and all(w[0].isupper() for w in words):
        return True
    is_known = len(words) > 1 or bool(rows[:, _FAMILY].any())
    return score >= _LIKELY and is_known and not _are_ordinary(rows, language)


def _are_ordinary(rows: Rows, language: Family) -> bool:
    if language in _USED:
        return bool((rows[:, _USED[language]] > 0).all())
    return bool(((rows[:, _ENGLISH] >= _COMMON) & (rows[:, _CAPITAL] <= _SMALL)).all())
