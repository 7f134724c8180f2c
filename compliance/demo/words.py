"""The word lists and settings of the demo shop, read from its data files."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from compliance.dataset.nouns import Description
from compliance.demo.nouns import Company, ShopBudget
from compliance.plain import from_plain
from compliance.shipped import table

COUNTRIES = ("germany", "france", "united_kingdom", "united_states", "china")

# As German names are spelt in e-mail addresses, and letters that do not decompose.
_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ı": "i"})


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """A city, the part of it that addresses name, and the pattern of its postal codes."""

    name: str
    postal_code: str
    district: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """How people of a country are called, live and are reached.

    Attributes:
        name: English, as in the tables.
        language: of its reviews.
        is_eu: in which of the two customer files its people stand.
        share: of all customers, 0–1.
        currency, median_income: of the yearly income.
        given: by gender, each name with its spelling in e-mail addresses.
        family: likewise.
        street, address, full_name: how the parts are put together.
        identity: the kind of national number, if any, and for which share of the people.
        birth_places: the codes that such numbers hold.
    """

    name: str
    language: str
    is_eu: bool
    share: float
    currency: str
    median_income: int
    given: Mapping[str, Mapping[str, str]]
    family: Mapping[str, str]
    street: str
    address: str
    street_stems: tuple[str, ...]
    street_endings: tuple[str, ...]
    house_numbers: tuple[str, ...]
    cities: tuple[City, ...]
    phones: tuple[str, ...]
    full_name: str = "{given} {family}"
    identity: str = ""
    identity_share: float = 0.0
    birth_places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """Days of the year on which people buy `factor` times as much; `country` empty: everywhere."""

    name: str
    from_day: str
    to_day: str
    factor: float
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """Goods: their share of orders (times `more_in` a country), prices in cents, what they are."""

    name: str
    share: float
    price: int
    spread: float
    more_in: Mapping[str, float]
    nouns: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopWords:
    """What the shop is, says of its tables, and sells when.

    Attributes:
        weekdays: how busy they are, from Monday on.
        hours: likewise, from midnight on.
        wholesale_one_in: one in so many customers buys for resale …
        wholesale_share: … and makes up this share of all orders.
        canary_country, rare_category: a combination that occurs once.
        payments: by country, how often each way is chosen.
    """

    organisation: Company
    budget: ShopBudget
    descriptions: Mapping[str, Description]
    orders_from: date
    orders_to: date
    registered_from: date
    weekdays: tuple[float, ...]
    hours: tuple[float, ...]
    seasons: tuple[Season, ...]
    wholesale_one_in: int
    wholesale_share: float
    products_per_category: int
    canary_country: str
    rare_category: str
    categories: tuple[Category, ...]
    payments: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A country shop: whose people visit, and how it differs from the others.

    Attributes:
        share: of all sessions, 0–1.
        countries: where its visitors are customers.
        middles, own: added to the common middles and to the common purchase model.
        device, traffic_source: weights in the order of the purchase model's.
        spread: how far visits there differ from each other; 1 is the common spread.
    """

    name: str
    share: float
    countries: tuple[str, ...]
    middles: Mapping[str, float]
    own: Mapping[str, float]
    device: tuple[float, ...]
    traffic_source: tuple[float, ...]
    spread: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseModel:
    """The log odds of a purchase: what each feature, device and source of a visit adds."""

    intercept: float
    pages: float
    minutes: float
    bounce: float
    cart: float
    returning: float
    device: Mapping[str, float]
    traffic_source: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClickWords:
    """How visitors behave."""

    session_share: float
    signed_in_share: float
    middles: Mapping[str, float]
    model: PurchaseModel
    sites: tuple[Site, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """Sentences of one language, by mood, and how lengths and weights are written."""

    between: str
    height: str
    weight: str
    openings: Mapping[str, tuple[str, ...]]
    details: Mapping[str, tuple[str, ...]]
    personal: tuple[str, ...]
    signature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewWords:
    """What reviews are made of.

    Attributes:
        review_share: of orders, 0–1.
        personal_share, detail_share: of reviews with such a sentence.
        more_share: of those with a detail that add a second one.
        signed_share: of the personal ones that end with the writer's name.
        kinds: of mention, by blank; a blank that is not here is not personal.
        stars: how often one to five are given.
        moods: of the sentences for one to five stars.
    """

    review_share: float
    personal_share: float
    signed_share: float
    detail_share: float
    more_share: float
    kinds: Mapping[str, str]
    stars: tuple[float, ...]
    moods: tuple[str, ...]
    languages: Mapping[str, Language]


@cache
def countries() -> tuple[Country, ...]:
    """The five countries, in the order of `COUNTRIES`."""
    return tuple(_country(plain_words(name)) for name in COUNTRIES)


@cache
def shop_words() -> ShopWords:
    """The company, its goods and its seasons."""
    return from_plain(ShopWords, plain_words("shop"))


@cache
def click_words() -> ClickWords:
    """The country shops and their visitors."""
    return from_plain(ClickWords, plain_words("clicks"))


@cache
def review_words() -> ReviewWords:
    """The sentences of reviews."""
    return from_plain(ReviewWords, plain_words("reviews"))


def plain_words(name: str) -> dict[str, Any]:
    """What stands in a data file of the demo."""
    plain: dict[str, Any] = table("compliance.demo", f"data/{name}.yaml")
    return plain


def _country(plain: dict[str, Any]) -> Country:
    given = {gender: _spelt(names) for gender, names in plain["given"].items()}
    return from_plain(Country, plain | {"given": given, "family": _spelt(plain["family"])})


def _spelt(names: list[str] | dict[str, str]) -> dict[str, str]:
    """Each name with its spelling in plain lower-case letters."""
    if isinstance(names, dict):
        return names
    return {name: _latin(name) for name in names}


def _latin(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    return "".join(letter for letter in letters if letter.isascii() and letter.isalpha())
