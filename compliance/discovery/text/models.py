"""A language model that the user has installed, asked beside our own tagger; nothing is fetched."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable, Sequence
from pathlib import Path
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
    """The language model that the user has: of spaCy by its name, or of transformers by its folder.

    Returns:
        None where the library or the model is not installed. Nothing is downloaded.
    """
    if importlib.util.find_spec("spacy") is not None:
        spacy: Any = importlib.import_module("spacy")
        if spacy.util.is_package(name):
            return _SpacyModel(spacy.load(name))
    if Path(name).is_dir() and importlib.util.find_spec("transformers") is not None:
        transformers: Any = importlib.import_module("transformers")
        return _TokenClassifier(transformers, name)
    return None


class _SpacyModel:
    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline

    def __call__(self, texts: Sequence[str]) -> list[list[Span]]:
        return [_told(document.ents) for document in self._pipeline.pipe(texts)]


class _TokenClassifier:
    """A token classifier of transformers in a folder of this machine."""

    def __init__(self, transformers: Any, folder: str) -> None:
        here = {"local_files_only": True}  # else the library would ask a host for missing files
        self._pipeline = transformers.pipeline(
            "token-classification",
            model=transformers.AutoModelForTokenClassification.from_pretrained(folder, **here),
            tokenizer=transformers.AutoTokenizer.from_pretrained(folder, **here),
            aggregation_strategy="simple",
        )

    def __call__(self, texts: Sequence[str]) -> list[list[Span]]:
        return [
            [
                Span(
                    start=int(found["start"]),
                    end=int(found["end"]),
                    type=_TYPES[found["entity_group"]],
                    score=min(1.0, max(0.0, float(found["score"]))),
                )
                for found in entities
                if found["entity_group"] in _TYPES and found["end"] > found["start"]
            ]
            for entities in self._pipeline(list(texts))
        ]


def _told(entities: Iterable[Any]) -> list[Span]:
    return [
        Span(start=e.start_char, end=e.end_char, type=_TYPES[e.label_], score=_SCORE)
        for e in entities
        if e.label_ in _TYPES and e.end_char > e.start_char
    ]
