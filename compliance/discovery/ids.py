"""National identity numbers: which scheme a column's values follow, if any."""

from __future__ import annotations

import functools
import importlib
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from compliance.discovery.types import data
from compliance.plain import from_plain

# A scheme is believed without a header when its being chance is less likely than 1 in 10^6.
_DECADES = 6.0
_ENOUGH = 0.8

_LETTERS_FROM_10 = "ABCDEFGHJKLMNPQRSTUVXYWZIO"  # Taiwan's own order of letters


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """One row of national_ids.yaml; what its fields mean stands at the top of that file."""

    id: str
    title: str
    shape: str
    check: str
    chance: float
    alone: bool
    source: str
    as_of: str


@functools.cache
def schemes() -> tuple[Scheme, ...]:
    """All schemes, in the order of the file."""
    file = data("national_ids")
    common = {**file["defaults"], "as_of": file["as_of"]}
    return tuple(from_plain(Scheme, {**common, **row}) for row in file["schemes"])


def best_scheme(values: Sequence[str], *, alone: bool) -> tuple[Scheme, float] | None:
    """The scheme that most of `values` follow, and their share; None where none is convincing.

    Args:
        values: distinct values of one column.
        alone: whether nothing but the values speaks for it. Then only schemes are tried that
            few other codes satisfy, and enough values must follow them.
    """
    found = []
    for scheme in schemes():
        share = _share(scheme, values) if scheme.alone or not alone else 0.0
        if share >= _ENOUGH and (not alone or _decades(scheme, share * len(values)) >= _DECADES):
            found.append((scheme, share))
    return min(found, key=lambda hit: (-hit[1], hit[0].chance)) if found else None


def known_share(values: Sequence[str]) -> float:
    """The share of `values` that follow any scheme which few other codes satisfy.

    For columns that mix the numbers of several countries, where a header says what they are.
    """
    return sum(map(is_strictly_valid, values)) / len(values) if values else 0.0


def is_strictly_valid(value: str) -> bool:
    """Whether `value` follows any scheme which few other codes satisfy."""
    is_possible = 8 <= len(value) <= 22 and sum(map(str.isdecimal, value)) >= 4
    return is_possible and any(is_valid(scheme, value) for scheme in strict_schemes())


@functools.cache
def strict_schemes() -> tuple[Scheme, ...]:
    """The schemes by which a value may be told without any word in a header."""
    return tuple(scheme for scheme in schemes() if scheme.alone)


def is_valid(scheme: Scheme, value: str) -> bool:
    """Whether `value` has the scheme's shape and passes its check."""
    if not _shape(scheme.shape).fullmatch(value):
        return False
    return not scheme.check or _check(scheme.check)(value)


@functools.cache
def _shape(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


def is_chinese_id(value: str) -> bool:
    """Province, county, birth date, serial number and a check character modulo 11.

    Counties are not looked up: many were renamed, and an old number stays valid.
    """
    weighted = sum(int(d) * pow(2, 17 - place, 11) for place, d in enumerate(value[:17]))
    try:
        born = date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return False
    is_plausible = 1900 <= born.year <= 2099 and 11 <= int(value[:2]) <= 83
    return is_plausible and "10X98765432"[weighted % 11] == value[17].upper()


def is_taiwan_id(value: str) -> bool:
    """Letter, sex digit, seven digits and a check digit over all of them."""
    letter = 10 + _LETTERS_FROM_10.index(value[0])
    digits = [letter // 10, letter % 10, *map(int, value[1:])]
    weights = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)
    return sum(d * w for d, w in zip(digits, weights, strict=True)) % 10 == 0


def is_hong_kong_id(value: str) -> bool:
    """One or two letters, six digits, and a check character modulo 11 in brackets."""
    bare = re.sub(r"[ ()]", "", value).rjust(9)
    numbers = [36 if c == " " else int(c, 36) for c in bare]
    return sum(n * w for n, w in zip(numbers, range(9, 0, -1), strict=True)) % 11 == 0


def is_singapore_id(value: str) -> bool:
    """A letter for the series, seven digits, and a check letter modulo 11."""
    total = sum(int(d) * w for d, w in zip(value[1:8], (2, 7, 6, 5, 4, 3, 2), strict=True))
    offset = 4 if value[0] in "TG" else 0
    letters = "JZIHGFEDCBA" if value[0] in "ST" else "XWUTRQPNMLK"
    return letters[(total + offset) % 11] == value[8]


_OWN: dict[str, Callable[[str], bool]] = {
    "is_chinese_id": is_chinese_id,
    "is_taiwan_id": is_taiwan_id,
    "is_hong_kong_id": is_hong_kong_id,
    "is_singapore_id": is_singapore_id,
}


@functools.cache
def _check(name: str) -> Callable[[str], bool]:
    if name.startswith("own."):
        return _OWN[name.removeprefix("own.")]
    module: Callable[[str], bool] = importlib.import_module(f"stdnum.{name}").is_valid
    return module


def _share(scheme: Scheme, values: Sequence[str]) -> float:
    shape = _shape(scheme.shape)
    shaped = [value for value in values if shape.fullmatch(value)]
    # Checks cost a hundred times what the shape costs, so most schemes end here.
    if not values or len(shaped) < _ENOUGH * len(values):
        return 0.0
    return sum(is_valid(scheme, value) for value in shaped) / len(values)


def _decades(scheme: Scheme, followers: float) -> float:
    return followers * -math.log10(scheme.chance)
