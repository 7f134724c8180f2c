"""What becomes of rows that an exception keeps, and which of their cells tell of a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from compliance.dataset.nouns import ColumnName
from compliance.discovery.nouns import Form, IdentifierClass, Label
from compliance.rights.nouns import Way
from compliance.shipped import table

_TELLING = (IdentifierClass.DIRECT, IdentifierClass.QUASI)


def way_of(exception: str) -> Way:
    """How rows are kept by an exception; as they are, where nobody said otherwise."""
    return Way.BLANKED if exception in _raw()["blanked"] else Way.KEPT


def blank_columns(labels: Iterable[Label], exceptions: Iterable[str]) -> tuple[ColumnName, ...]:
    """The columns whose cells tell who somebody is, or what special laws protect.

    Args:
        exceptions: for which rows are kept; what all of them need stays.
    """
    needed = [set(_raw()["blanked"].get(exception, ())) for exception in exceptions]
    stays = set.intersection(*needed) if needed else set()
    return tuple(
        label.column
        for label in labels
        if label.special_category
        or label.form is Form.FREE_TEXT
        or (label.identifier_class in _TELLING and label.semantic_type not in stays)
    )


def why_beyond(kind: str) -> str:
    """Why something of that kind cannot be undone, in one or two sentences."""
    return _beyond()[kind]


def mark() -> str:
    """What stands in a text for what went."""
    return str(_raw()["mark"])


@cache
def _raw() -> Mapping[str, Any]:
    return _read("ways.yaml")


@cache
def _beyond() -> Mapping[str, str]:
    return {kind: " ".join(text.split()) for kind, text in _read("beyond.yaml").items()}


def _read(name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = table(__package__, name)
    return found
