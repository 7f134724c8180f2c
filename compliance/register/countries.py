"""Countries and territories of ISO 3166-1."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

# What Unicode's list of territories has beside ISO 3166-1: groups, islands reserved for others,
# codes for tests, codes that users assign.
_NOT_ISO = frozenset(
    ("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ")
)


@cache
def countries() -> Mapping[str, str]:
    """The name of each country, by its code of two letters, in the order of the codes.

    Source: Unicode CLDR, through babel.
    """
    from babel import Locale  # only forms and records need it

    names = Locale("en").territories
    codes = (code for code in names if len(code) == 2 and code.isalpha())
    return {code: names[code] for code in sorted(codes) if code not in _NOT_ISO}


def is_country(code: str) -> bool:
    """Whether there is such a country."""
    return code in countries()


def country_name(code: str) -> str:
    """What the country is called; the code itself where there is none."""
    return countries().get(code, code)
