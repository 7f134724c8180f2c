"""Lists of words that values are compared with: names, countries, and what words.yaml holds."""

from __future__ import annotations

import functools
import re
import unicodedata

from babel import Locale

from compliance.discovery.types import data

_LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "zh", "ja", "ko")
_NOT_LETTERS = re.compile(r"[\W_]+")


def plain(text: str) -> str:
    """`text` in small letters, Latin letters without accents; other scripts as they are."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(c for c in parts if not "\u0300" <= c <= "\u036f")
    return unicodedata.normalize("NFC", kept)


def folded(text: str) -> str:
    """`text` in small letters, without accents, with single blanks for all punctuation."""
    return _NOT_LETTERS.sub(" ", plain(text)).strip()


@functools.cache
def words(name: str) -> frozenset[str]:
    """The list `name` of words.yaml."""
    return frozenset(folded(word) for word in data("words")[name].split(";"))


@functools.cache
def raw_words(name: str) -> tuple[str, ...]:
    """The list `name` of words.yaml as it is written there."""
    return tuple(word.strip() for word in data("words")[name].split(";"))


@functools.cache
def names(name: str) -> frozenset[str]:
    """The list `name` of names.yaml."""
    return frozenset(plain(word) for word in data("names")[name].split())


@functools.cache
def countries() -> frozenset[str]:
    """Names of countries in nine languages.

    Source: Unicode CLDR as shipped with Babel, and words.yaml.
    """
    found = {
        folded(name)
        for language in _LANGUAGES
        for code, name in Locale(language).territories.items()
        if len(str(code)) == 2
    }
    return frozenset(found) | words("countries")


@functools.cache
def origins() -> frozenset[str]:
    """Names of languages in nine languages, and of peoples; in many tongues the two are one word.

    Source: Unicode CLDR as shipped with Babel, and words.yaml.
    """
    found = {folded(str(n)) for code in _LANGUAGES for n in Locale(code).languages.values()}
    return frozenset(found) | words("peoples")


@functools.cache
def country_codes() -> frozenset[str]:
    """ISO 3166-1 codes in small letters: all of two letters, the common ones of three."""
    known = map(str, Locale("en").territories)
    two = {code.lower() for code in known if re.fullmatch("[A-Z]{2}", code)}
    return frozenset(two) | words("country_codes")


def are_tokens_in(text: str, list_name: str) -> bool:
    """Whether any word of `text` stands in the list `list_name` of words.yaml."""
    listed = words(list_name)
    whole = folded(text)
    return whole in listed or any(word in listed for word in whole.split())
