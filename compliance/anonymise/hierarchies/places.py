"""Places by the larger ones that they lie in: states, countries, regions, continents."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel import Locale
from babel.core import get_global

from compliance.anonymise.hierarchies.numbers import Level
from compliance.anonymise.nouns import ALL
from compliance.shipped import table

_LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "zh", "ja", "ko")
_NOT_LETTERS = re.compile(r"[\W_]+")
_MOST_PARENTS = 3
_KIND_OF_PROVINCE = re.compile(r"(壮族|回族|维吾尔)?(省|市|自治区|特别行政区)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of place that a column may hold.

    Attributes:
        steps: from a value to the names of the places it lies in, finest first; None where it is
            none of this kind.
        levels: how many names these are.
    """

    steps: Callable[[str], Sequence[str] | None]
    levels: int


def by_lists(values: Sequence[str], weights: Sequence[int]) -> list[Level] | None:
    """The levels by what our lists know; None where they know fewer than half of the rows' values.

    Countries become regions and continents; states of the United States divisions and regions;
    provinces of China its six regions. A value that is not in the lists is “*” from level 1 on.
    """
    total = sum(weights) or 1
    for kind in _KINDS:
        found = [kind.steps(value) for value in values]
        known = sum(weight for at, weight in zip(found, weights, strict=True) if at is not None)
        if 2 * known > total:
            rows = [at or (ALL,) * kind.levels for at in found]
            return [tuple(level) for level in zip(*rows, strict=True)]
    return None


def every_step() -> tuple[Callable[[str], str], ...]:
    """From a value to its larger place, for each kind of place and level; “*” where it is none."""
    return tuple(
        functools.partial(_at, kind=kind, level=level)
        for kind in _KINDS
        for level in range(kind.levels)
    )


def _at(value: str, kind: Kind, level: int) -> str:
    names = kind.steps(value)
    return ALL if names is None else names[level]


def by_columns(beside: Sequence[Sequence[Mapping[str, int]]]) -> list[Level]:
    """The levels by other columns of the table, finer first: what each value stands with there.

    A value that stands with several, such as a city's name that two countries have, carries all
    of them (up to three, then “*”): it must not claim one. Values without any are “*”.

    Args:
        beside: per other column, per value, how often it stands with each value there.
    """
    made: list[Level] = []
    groups: list[str] = [str(place) for place in range(len(beside[0]))]  # each value its own
    for column in beside:
        together: dict[str, dict[str, None]] = {}
        for group, counts in zip(groups, column, strict=True):
            together.setdefault(group, {}).update(dict.fromkeys(sorted(counts)))
        names = {group: _joined(sorted(parents)) for group, parents in together.items()}
        groups = [ALL if group == ALL else names[group] for group in groups]
        made.append(tuple(groups))
    return made


def continents_above(names: Sequence[str]) -> list[Level]:
    """Region and continent above a level of countries, of which names may join several."""
    made: list[Level] = []
    for step in range(2):
        level = []
        for name in names:
            places = [country(part) for part in name.split(" / ")]
            found = sorted({at[step] if at else ALL for at in places})
            level.append(ALL if ALL in found else _joined(found))
        made.append(tuple(level))
    return made


def country(value: str) -> tuple[str, str] | None:
    """The region and the continent of a country, by its name in nine languages or its code."""
    code = _codes().get(folded(value))
    return None if code is None else _regions().get(code)


def country_code(value: str) -> str | None:
    """The ISO 3166-1 alpha-2 code of a country, by its name in nine languages or its code."""
    return _codes().get(folded(value))


def state_code(value: str) -> str | None:
    """The postal code of a state of the United States, by its name or itself."""
    return _state_codes().get(folded(value))


def folded(text: str) -> str:
    """`text` in small letters, without accents, with single blanks for all punctuation."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(c for c in parts if not "\u0300" <= c <= "\u036f")
    return _NOT_LETTERS.sub(" ", unicodedata.normalize("NFC", kept)).strip()


def _joined(names: Sequence[str]) -> str:
    few = dict.fromkeys(part for name in names for part in name.split(" / "))
    return " / ".join(few) if 0 < len(few) <= _MOST_PARENTS and ALL not in few else ALL


@functools.cache
def _data() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = table("compliance.anonymise.hierarchies", "places.yaml")
    return loaded


@functools.cache
def _regions() -> Mapping[str, tuple[str, str]]:
    return {
        code: (region, continent)
        for continent, regions in _data()["regions"].items()
        for region, codes in regions.items()
        for code in codes.split()
    }


@functools.cache
def _codes() -> Mapping[str, str]:
    """Alpha-2 code by folded name or code."""
    known = _regions()
    codes = {code.lower(): code for code in known}
    for alias, (code, *_) in get_global("territory_aliases").items():
        if code in known and len(str(alias)) == 3 and str(alias).isalpha():
            codes[str(alias).lower()] = code
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if code in known:
                codes.setdefault(folded(name), str(code))
    for code, names in _data()["also_called"].items():
        codes.update({folded(name): code for name in names.split(";")})
    return codes


@functools.cache
def _states() -> Mapping[str, tuple[str, str, str]]:
    found = {}
    for region, divisions in _data()["states"].items():
        for division, states in divisions.items():
            for state in states.split(";"):
                name, code = state.strip().rsplit(" ", 1)
                found[folded(name)] = found[folded(code)] = (division, region, "United States")
    return found


@functools.cache
def _state_codes() -> Mapping[str, str]:
    found = {}
    for divisions in _data()["states"].values():
        for states in divisions.values():
            for state in states.split(";"):
                name, code = state.strip().rsplit(" ", 1)
                found[folded(name)] = found[folded(code)] = code
    return found


@functools.cache
def _provinces() -> Mapping[str, tuple[str, str]]:
    return {
        province: (region, "China")
        for region, provinces in _data()["provinces"].items()
        for province in provinces.split()
    }


def _state(value: str) -> tuple[str, str, str] | None:
    return _states().get(folded(value))


def _province(value: str) -> tuple[str, str] | None:
    return _provinces().get(_KIND_OF_PROVINCE.sub("", value.strip()))


_KINDS = (
    Kind(steps=country, levels=2),
    Kind(steps=_state, levels=3),
    Kind(steps=_province, levels=2),
)
