"""A language model that the user has installed, asked beside our own tagger; nothing is fetched."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from compliance.discovery.text.nouns import Span, SpanType

# Labels of spaCy's models (OntoNotes and WikiNER) and of most token classifiers.
_TYPES = {
    "PERSON": SpanType.PERSON,
    "PER": SpanType.PERSON,
    "GPE": SpanType.LOCATION,
    "LOC": SpanType.LOCATION,
    "FAC": SpanType.LOCATION,
    "ORG": SpanType.ORGANIZATION,
    "NORP": SpanType.NATIONALITY,
}
_SCORE = 0.8  # spaCy says no score


class Recogniser(Protocol):
    """Anything that finds names: given texts, one list of spans each."""

    def __call__(self, texts: Sequence[str]) -> list[list[Span]]: ...


def installed_model(name: str) -> Recogniser | None:
    """The spaCy model of that name, if it is installed.

    Returns:
        None where the library or the model is not installed. Nothing is downloaded.
    """
    if importlib.util.find_spec("spacy") is not None:
        spacy: Any = importlib.import_module("spacy")
        if spacy.util.is_package(name):
            return _SpacyModel(spacy.load(name))
    return None


class _SpacyModel:
    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline

    def __call__(self, texts: Sequence[str]) -> list[list[Span]]:
        return [_told(document.ents) for document in self._pipeline.pipe(texts)]


def _told(entities: Iterable[Any]) -> list[Span]:
    return [
        Span(start=e.start_char, end=e.end_char, type=_TYPES[e.label_], score=_SCORE)
        for e in entities
        if e.label_ in _TYPES and e.end_char > e.start_char
    ]
