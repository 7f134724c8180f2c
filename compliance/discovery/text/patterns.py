"""The patterns of patterns.yaml, ready to search with."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from compliance.discovery.text.nouns import SpanType
from compliance.shipped import table

_LATIN = "0-9A-Za-z"
_LEFT = f"(?<![{_LATIN}].)"
_RIGHT = f"(?![{_LATIN}])"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One row of patterns.yaml; what its fields mean stands at the top of that file."""

    id: str
    type: SpanType
    needs: re.Pattern[str]
    shape: re.Pattern[str]
    check: str
    score: float
    context: re.Pattern[str] | None
    score_with: float
    source: str
    as_of: str

    @property
    def group(self) -> str | int:
        """The group of `shape` that is the span."""
        return "v" if "v" in self.shape.groupindex else 0


@functools.cache
def settings() -> Mapping[str, Any]:
    """The whole of patterns.yaml as plain values."""
    loaded: Mapping[str, Any] = table(__package__, "patterns.yaml")
    return loaded


@functools.cache
def patterns() -> tuple[Pattern, ...]:
    """All patterns, in the order of the file."""
    return tuple(_pattern(row) for row in settings()["patterns"])


def _pattern(row: Mapping[str, Any]) -> Pattern:
    words = [word for name in row.get("context", ()) for word in settings()["words"][name]]
    return Pattern(
        id=row["id"],
        type=SpanType(row["type"]),
        needs=re.compile(row["needs"]),
        shape=re.compile(_spelt_out(row["shape"])),
        check=row.get("check", ""),
        score=row["score"],
        context=_whole_words(tuple(words)) if words else None,
        score_with=row.get("with", row["score"]),
        source=row.get("source", settings()["source"]),
        as_of=row.get("as_of", settings()["as_of"]),
    )


def _spelt_out(shape: str) -> str:
    """`shape` with its signs and lists replaced by what they stand for."""
    shape = re.sub(r"\{\^([a-z_]+)\}", lambda m: _by_initial(m[1]), shape)
    shape = re.sub(r"\{([a-z_]+)\}", lambda m: settings()["lists"][m[1]], shape)
    return shape.replace("‹", _LEFT).replace("›", _RIGHT)


@functools.cache
def _by_initial(name: str) -> str:
    """One of the words of a list, in any case, at the left edge of a word.

    Written as a set of first letters and what follows each of them: a search skips quickly to
    letters of a set, but tries an alternative of words at every place.
    """
    rests: dict[str, list[str]] = {}
    for word in settings()["lists"][name].split("|"):
        rests.setdefault(word[0], []).append(re.escape(word[1:]))
    initials = "".join(sorted({letter for c in rests for letter in (c, c.upper())}))
    branches = (
        f"(?<={initial})(?:{'|'.join(sorted(found, key=len, reverse=True))})"
        for initial, found in rests.items()
    )
    return f"[{initials}]‹(?i:{'|'.join(branches)})"


@functools.cache
def _whole_words(words: tuple[str, ...]) -> re.Pattern[str]:
    """Any of `words`, unless a Latin letter stands beside it: “lic” is not in “duplicate”."""
    longest_first = sorted(set(words), key=lambda word: (-len(word), word))
    listed = "|".join(map(re.escape, longest_first))
    return re.compile(rf"(?<![A-Za-zÀ-ÿ])(?:{listed})(?![A-Za-zÀ-ÿ])", re.IGNORECASE)
