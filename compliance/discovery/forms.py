"""How the values of a column are written: all of one kind, of several kinds, or as sentences."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from compliance.discovery import ids, values
from compliance.discovery.intervals import share_in_sample
from compliance.discovery.nouns import Form, Part
from compliance.discovery.profiles import Profile
from compliance.discovery.types import data
from compliance.plain import from_plain

_REST = "text"
_WORDS_OF_A_SENTENCE, _WORDS_OF_A_NOTE = 8, 4
_WRITTEN = frozenset(("free_text", "review_text", "review_title", "description", "search_query"))
_ONE_THING = frozenset(("street_address", "user_agent", "url", "person_name", "coordinates"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One row of parts.yaml; what its fields mean stands at the top of that file."""

    type: str
    test: str
    least: float
    telling: bool


def form_of(column: Profile, semantic_type: str) -> tuple[Form, tuple[Part, ...]]:
    """How `column`, labelled `semantic_type`, is written, and its parts where it is mixed."""
    if not column.is_text or not column.sample:
        return Form.SINGLE, ()
    least = _WORDS_OF_A_NOTE if semantic_type in _WRITTEN else _WORDS_OF_A_SENTENCE
    if column.mean_words >= least and semantic_type not in _ONE_THING:
        return Form.FREE_TEXT, ()
    parts = parts_of(column)
    is_mixed = len(parts) > 1 and (len(parts) > 2 or not _is_explained(parts, semantic_type))
    return (Form.MIXED, parts) if is_mixed else (Form.SINGLE, ())


def parts_of(column: Profile) -> tuple[Part, ...]:
    """The kinds of data in a column of texts, largest first; () where none tells of people.

    Values of no kind are a part of their own, named “text”, where there are enough of them.
    """
    return column.once("parts", lambda: _parts(column)) if column.is_text else ()


def _parts(column: Profile) -> tuple[Part, ...]:
    counts = Counter(map(_kind_of, column.sample))
    size, file = len(column.sample), data("parts")
    found = {
        kind.type: counts[kind.type]
        for kind in _kinds()
        if counts[kind.type] >= max(file["fewest"], kind.least * size)
    }
    if not any(kind.telling and kind.type in found for kind in _kinds()):
        return ()
    rest = size - sum(found.values())
    if rest >= max(file["fewest"], file["rest"] * size):
        found[_REST] = rest
    return tuple(
        Part(semantic_type=type_, share=share_in_sample(count, size, column.distinct))
        for type_, count in sorted(found.items(), key=lambda item: (-item[1], item[0]))
    )


def _is_explained(parts: tuple[Part, ...], semantic_type: str) -> bool:
    """Whether the column is one kind, some of whose values fail its test."""
    return _REST in {part.semantic_type for part in parts} and semantic_type in _LOOSELY_WRITTEN


# Kinds that are written in more ways than any test knows.
_LOOSELY_WRITTEN = frozenset(
    ("phone", "street_address", "person_name", "national_id", "tax_id", "passport", "credit_card")
)


def _kind_of(value: str) -> str:
    # All numbers have digits, and all addresses on the net an “@” or a dot.
    has_sign = any(char.isdecimal() or char in "@." for char in value)
    kinds = _kinds() if has_sign else _kinds()[-1:]
    return next((kind.type for kind in kinds if _test(kind.test)(value)), _REST)


@functools.cache
def _kinds() -> tuple[Kind, ...]:
    return tuple(from_plain(Kind, row) for row in data("parts")["kinds"])


def _test(name: str) -> Callable[[str], bool]:
    found: Callable[[str], bool] = getattr(values, name) if name else ids.is_strictly_valid
    return found
