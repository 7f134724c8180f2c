"""The language of a few words, told by the function words among them and by the others."""

from __future__ import annotations

import functools
import importlib.resources
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from compliance.discovery.text.lexicon import FIELDS, known

_NAMES = 3  # the first fields tell names


class Family(IntEnum):
    """Languages whose ordinary words the lexicon knows apart; the values are features."""

    UNKNOWN = 0
    ENGLISH = 1
    GERMAN = 2
    ROMANCE = 3


_FAMILIES = {
    "english": Family.ENGLISH,
    "german": Family.GERMAN,
    "french": Family.ROMANCE,
    "spanish": Family.ROMANCE,
    "italian": Family.ROMANCE,
    "portuguese": Family.ROMANCE,
}
_FIELDS = {Family.ENGLISH: "frequency", Family.GERMAN: "german", Family.ROMANCE: "romance"}
# A function word says as much as a word of the highest frequency; as much more than the others
# must the best family have.
_FUNCTION_WORD, _MARGIN = 5, 1.15


def families(pieces: Sequence[Sequence[str]]) -> list[Family]:
    """The family whose language the words of each piece belong to.

    Function words weigh most; where there are few, as in notes, how common the others are tells.

    Returns:
        one per piece: `UNKNOWN` where no word tells it, or two families are told alike.
    """
    words = [[word.casefold() for word in piece] for piece in pieces]
    places: dict[str, int] = {}
    for piece in words:
        for word in piece:
            places.setdefault(word, len(places))
    rows = _votes(list(places))
    return [_best(rows[[places[word] for word in piece]].sum(axis=0)) for piece in words]


def _best(votes: NDArray[np.int64]) -> Family:
    second, first = np.sort(votes)[-2:]
    return Family(int(votes.argmax())) if first > _MARGIN * second else Family.UNKNOWN


def _votes(words: Sequence[str]) -> NDArray[np.int64]:
    """One row per word, one column per family: how much the word speaks for it."""
    facts = known(words).astype(np.int64)
    is_named = facts[:, :_NAMES].any(axis=1)
    found = np.zeros((len(words), len(Family)), dtype=np.int64)
    for language, field in _FIELDS.items():
        found[:, language] = np.where(is_named, 0, facts[:, FIELDS.index(field)])
    functions = _function_words()
    for row, word in enumerate(words):
        for language in functions.get(word, ()):
            found[row, language] = _FUNCTION_WORD + found[row].max()
    return found


def is_function_word(word: str) -> bool:
    """Whether `word`, of more than one letter and written small, is a function word somewhere."""
    return len(word) > 1 and word.islower() and word in _function_words()


@functools.cache
def titles() -> frozenset[str]:
    """Words that stand before a person's name, in small letters and without full stops."""
    return frozenset(_file()["titles"])


@functools.cache
def _function_words() -> Mapping[str, frozenset[Family]]:
    found: dict[str, frozenset[Family]] = {}
    for language, words in _file()["words"].items():
        for word in words:
            found[word] = found.get(word, frozenset()) | {_FAMILIES[language]}
    return found


@functools.cache
def _file() -> Mapping[str, Any]:
    text = (importlib.resources.files(__package__) / "languages.yaml").read_text("utf-8")
    # The base loader reads “no” and “on” as words, not as truth values.
    loaded: Mapping[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  # nosec B506
    return loaded
