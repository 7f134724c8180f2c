"""Countries by their codes."""

from __future__ import annotations

import pytest
from babel import Locale

from compliance.countries import COUNTRIES, code_of, is_country, name_of

# What CLDR names by two letters and ISO 3166-1 does not have: islands, unions, the unknown.
_CODES = "AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ"
NO_COUNTRIES = frozenset(_CODES.split())


def test_the_countries_are_those_that_cldr_names() -> None:
    named = {code for code in Locale("en").territories if len(code) == 2 and code.isalpha()}

    assert named - NO_COUNTRIES == COUNTRIES
    assert len(COUNTRIES) == 250


@pytest.mark.parametrize("code", ["XX", "ZZ", "EU", "UK", "de", "DEU", "", "D", None, 7])
def test_what_names_no_country_is_none(code: object) -> None:
    assert not is_country(code)


def test_a_country_is_called_what_people_call_it() -> None:
    assert (name_of("DE"), name_of("DE", "de"), name_of("XX")) == ("Germany", "Deutschland", "XX")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("de", "DE"),
        (" germany ", "DE"),
        ("United  Kingdom", "GB"),
        ("UK", "GB"),
        ("Narnia", None),
        ("", None),
    ],
)
def test_a_country_is_found_by_code_or_name(text: str, code: str | None) -> None:
    assert code_of(text) == code
