"""Sentences of six languages, most without any name, from which the tagger learns what is none.

Two kinds: those of text_ordinary.yaml, and runs of ordinary words drawn by how common they are,
which mean nothing but hold the words, endings and capitals of the language.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from benchmarks import text_lexicon as lexicon
from benchmarks import text_sentences as other

HERE = Path(__file__).resolve().parent
SHARES = {
    "english": 0.34, "german": 0.22, "french": 0.14, "spanish": 0.1, "italian": 0.1,
    "portuguese": 0.1,
}  # fmt: skip
CODES = dict(zip(SHARES, ("en", "de", "fr", "es", "it", "pt"), strict=True))
WITHOUT, RUNS, RUNS_WITH_NAMES = 0.62, 0.3, 0.12
_COMMON, _FUNCTION_WORDS, _MISTYPED = 3_000, 0.45, 0.012

Sentence = other.Sentence


def sentences(
    count: int, generator: np.random.Generator, part: tuple[int, int] = (0, 1)
) -> Iterator[Sentence]:
    """`count` texts with labelled spans (start, end, kind).

    Args:
        part: (n, of how many) of the sentences without names; by these, folds are kept apart.
    """
    for _ in range(count):
        language = str(generator.choice(list(SHARES), p=list(SHARES.values())))
        drawn = generator.random()
        if drawn < RUNS:
            yield other.cased(_run(language, generator), generator)
        else:
            yield other.cased(_mistyped(_review(language, generator, part), generator), generator)


def ordinary(
    count: int, generator: np.random.Generator, part: tuple[int, int] = (0, 1)
) -> Iterator[Sentence]:
    """`count` texts of two sentences without names, of all languages alike."""
    for number in range(count):
        language = list(SHARES)[number % len(SHARES)]
        yield other.cased(_joined([_without(language, generator, part) for _ in "ab"]), generator)


def _review(language: str, generator: np.random.Generator, part: tuple[int, int]) -> Sentence:
    rows = [_without(language, generator, part) for _ in range(generator.integers(0, 3))]
    if not rows or generator.random() > WITHOUT:
        named = _file()[language]["with"]
        rows.append(_filled(named[generator.integers(len(named))], language, generator))
    return _joined(rows)


def _mistyped(sentence: Sentence, generator: np.random.Generator) -> Sentence:
    """`sentence` with two letters of some words exchanged, as people type."""
    text, marks = sentence
    letters = list(text)
    places = [
        n for n in range(1, len(text) - 1) if text[n : n + 2].isalpha() and text[n - 1].isalpha()
    ]
    for place in places:
        if generator.random() < _MISTYPED and not any(
            a <= place + 1 and place < b for a, b, _ in marks
        ):
            letters[place], letters[place + 1] = letters[place + 1], letters[place]
    return "".join(letters), marks


def _without(language: str, generator: np.random.Generator, part: tuple[int, int]) -> Sentence:
    rows = _file()[language]["without"][part[0] :: part[1]]
    return _filled(rows[generator.integers(len(rows))], language, generator)


def _filled(template: str, language: str, generator: np.random.Generator) -> Sentence:
    for slot in ("thing", "trait", "time"):
        words = _file()[language][slot]
        while f"{{{slot}}}" in template:
            word = words[generator.integers(len(words))]
            template = template.replace(f"{{{slot}}}", word, 1)
    return other.filled(template[0].upper() + template[1:], generator)


def _joined(rows: list[Sentence]) -> Sentence:
    text, marks = "", []
    for row, found in rows:
        start = len(text) + bool(text)
        text = f"{text} {row}" if text else row
        marks += [(a + start, b + start, kind) for a, b, kind in found]
    return text, tuple(marks)


def _run(language: str, generator: np.random.Generator) -> Sentence:
    """Ordinary words after each other, here and there a name."""
    # Notes have few function words.
    share = _FUNCTION_WORDS if generator.random() < 0.6 else 0.0
    rows: list[Sentence] = [
        (_word(language, share, generator), ()) for _ in range(generator.integers(3, 13))
    ]
    rows[0] = (rows[0][0].capitalize(), ())
    if generator.random() < RUNS_WITH_NAMES:
        rows.insert(int(generator.integers(len(rows) + 1)), other.filled("{person}", generator))
    text, marks = _joined(rows)
    return text + (".", "!", "", ".")[generator.integers(4)], marks


def _word(language: str, share: float, generator: np.random.Generator) -> str:
    functions = _function_words()[language]
    if generator.random() < share:
        return functions[generator.integers(len(functions))]
    words = lexicon.ranked_words(CODES[language])
    limit = _COMMON if generator.random() < 0.5 else len(words)
    sign = "," if generator.random() < 0.12 else ""
    return words[generator.integers(limit)] + sign


@functools.cache
def _file() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = yaml.safe_load((HERE / "text_ordinary.yaml").read_text("utf-8"))
    return loaded


@functools.cache
def _function_words() -> Mapping[str, list[str]]:
    place = HERE.parent / "compliance" / "discovery" / "text" / "languages.yaml"
    # The base loader reads “no” and “on” as words, not as truth values.
    loaded = yaml.load(place.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    found: Mapping[str, list[str]] = loaded["words"]
    return found
