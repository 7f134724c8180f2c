"""Invented columns in nine languages: what the small model learns from, and what it never saw.

Names, streets, cities and jobs come from Faker's lists, everything else is drawn here. Each list
of values is cut in two by a hash: `Half.LEARN` trains the model, `Half.HELD_OUT` measures. Names
of people in the held-out half stand in no word list of discovery either, where the language
allows it (there are too few Chinese, Japanese and Korean family names).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import numpy as np
import yaml
from faker import Faker
from stdnum import luhn

from compliance.discovery.wordlists import names, plain

LANGUAGES = {
    "en": ("en_US", "en_GB"),
    "zh": ("zh_CN",),
    "de": ("de_DE",),
    "fr": ("fr_FR",),
    "es": ("es_ES", "es_MX"),
    "pt": ("pt_PT", "pt_BR"),
    "it": ("it_IT",),
    "ja": ("ja_JP",),
    "ko": ("ko_KR",),
}
WORDS = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
_EAST_ASIAN = ("zh", "ja", "ko")
_TRIES = 40
Draw = Callable[[], str]


class Half(Enum):
    """Which half of the value lists is drawn from."""

    LEARN = 0
    HELD_OUT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Invented:
    """One invented column.

    Attributes:
        language: which.
        type: the semantic type that it is.
        identifier_class: the class that is right for it in its table.
        header: as such a column is called in the language.
        values: one per row.
    """

    language: str
    type: str
    identifier_class: str
    header: str
    values: list[str]


def people(language: str, half: Half, rows: int, seed: int) -> list[Invented]:
    """The columns of a table about people."""
    return _table(language, half, rows, seed, _PEOPLE)


def orders(language: str, half: Half, rows: int, seed: int) -> list[Invented]:
    """The columns of a table about goods and orders, in which nothing is personal."""
    return _table(language, half, rows, seed, _ORDERS)


def draws(language: str, half: Half, seed: int, locale: str) -> dict[str, Draw]:
    """One source of values for each type, in one language as one country writes it."""
    fake = Faker(locale)
    fake.seed_instance(seed)
    rng = np.random.default_rng(seed)
    return _people_draws(language, half, fake, rng, locale) | _order_draws(language, rng)


def _table(
    language: str, half: Half, rows: int, seed: int, kinds: dict[str, str]
) -> list[Invented]:
    locales = LANGUAGES[language]
    sources = draws(language, half, seed, locales[seed % len(locales)])
    return [
        Invented(
            language=language,
            type=type_,
            identifier_class=class_,
            header=_header(type_, language, seed),
            values=[sources[type_]() for _ in range(rows)],
        )
        for type_, class_ in kinds.items()
        if type_ in sources
    ]


def _header(type_: str, language: str, seed: int) -> str:
    known = WORDS["headers"][type_][language]
    return str(known[seed % len(known)])


def _people_draws(
    language: str, half: Half, fake: Faker, rng: np.random.Generator, locale: str
) -> dict[str, Draw]:
    first = _halved(fake.first_name, half, _known_given)
    last = (
        fake.last_name if language in _EAST_ASIAN else _halved(fake.last_name, half, _known_family)
    )
    job = _halved(fake.job, half)
    street, city = _halved(fake.street_address, half), _halved(fake.city, half)
    found: dict[str, Draw] = {
        "person_name": lambda: (
            f"{last()}{first()}" if language in _EAST_ASIAN else f"{first()} {last()}"
        ),
        "given_name": first,
        "family_name": last,
        "email": fake.ascii_email,
        "phone": lambda: _phone(locale, rng),
        "street_address": fake.address if language in _EAST_ASIAN else street,
        "city": city,
        "postal_code": fake.postcode,
        "birth_date": lambda: fake.date_of_birth(minimum_age=18, maximum_age=90).isoformat(),
        "gender": lambda: WORDS["genders"][language][int(rng.integers(0, 2))],
        "occupation": job,
        "credit_card": lambda: _card(language, rng),
        "username": fake.user_name,
        "ip_address": fake.ipv4_public,
    }
    if id_ := _national_id(locale, fake, rng):
        found["national_id"] = id_
    if language in ("en", "de", "fr", "es", "pt", "it"):
        found["iban"] = fake.iban
    if language == "zh":
        found["licence_plate"] = lambda: _plate(rng)
    return {type_: _one_line(draw) for type_, draw in found.items()}


def _order_draws(language: str, rng: np.random.Generator) -> dict[str, Draw]:
    adjectives, nouns = WORDS["goods"][language]["adjectives"], WORDS["goods"][language]["nouns"]

    def pick(words: list[str]) -> str:
        return words[int(rng.integers(0, len(words)))]

    joint = "" if language in ("zh", "ja") else " "
    after = language in ("fr", "es", "pt", "it")

    def good() -> str:
        first, second = (
            (pick(nouns), pick(adjectives)) if after else (pick(adjectives), pick(nouns))
        )
        size = ("", "", f" {int(rng.integers(1, 90))} cm", f" {int(rng.integers(2, 12))}")
        return f"{first}{joint}{second}{size[int(rng.integers(0, 4))]}"

    count = [10_000 + int(rng.integers(0, 10**5))]

    def number() -> str:
        count[0] += int(rng.integers(1, 9))
        return f"A{count[0]}"

    return {
        "order_id": number,
        "product_name": good,
        "sku": lambda: (
            f"{pick(list('KLMNPQ'))}{pick(list('ABCDE'))}-{int(rng.integers(100, 9999))}"
        ),
        "quantity": lambda: str(int(rng.integers(1, 30))),
        "money_amount": lambda: f"{rng.gamma(2, 20):.2f}",
        "status": lambda: pick(WORDS["states"][language]),
        "category": lambda: pick(nouns),
        "description": lambda: f"{good()}, {good()}, {good()}",
        "row_number": lambda: str(int(rng.integers(10**6, 10**7))),
    }


def _halved(draw: Draw, half: Half, known: Callable[[str], bool] = lambda _: False) -> Draw:
    """`draw`, but only what falls into this half; unlisted values where it is held out."""

    def drawn() -> str:
        value = draw()
        for _ in range(_TRIES):
            is_mine = zlib.crc32(value.encode()) % 2 == half.value
            if is_mine and not (half is Half.HELD_OUT and known(value)):
                return value
            value = draw()
        return value

    return drawn


def _one_line(draw: Draw) -> Draw:
    return lambda: " ".join(draw().split()) if draw else ""


def _known_given(value: str) -> bool:
    return plain(value) in names("given")


def _known_family(value: str) -> bool:
    return plain(value) in names("family")


def _digits(rng: np.random.Generator, count: int) -> str:
    return "".join(map(str, rng.integers(0, 10, count)))


def _phone(locale: str, rng: np.random.Generator) -> str:
    """Numbers of a pattern that the country gives out, written as people write them."""
    patterns = WORDS["phones"][locale]
    pattern = str(patterns[int(rng.integers(0, len(patterns)))])
    lowest = {"#": 0, "@": 2}
    return "".join(str(rng.integers(lowest[c], 10)) if c in lowest else c for c in pattern)


def _card(language: str, rng: np.random.Generator) -> str:
    starts = ("62", "62", "4") if language == "zh" else ("4", "51", "55", "37")
    start = starts[int(rng.integers(0, len(starts)))]
    length = {"62": 19, "37": 15}.get(start, 16)
    body = start + _digits(rng, length - len(start) - 1)
    return body + luhn.calc_check_digit(body)


def _plate(rng: np.random.Generator) -> str:
    provinces, letters = "京沪粤浙苏川鲁", "ABCDEFGHJKLMNPQRSTUVWXYZ"
    tail = "".join((letters + "0123456789")[int(n)] for n in rng.integers(0, 34, 5))
    return f"{provinces[int(rng.integers(0, 7))]}{letters[int(rng.integers(0, 20))]}{tail}"


def _national_id(locale: str, fake: Faker, rng: np.random.Generator) -> Draw | None:
    if locale == "zh_CN":
        return lambda: _chinese_id(fake, rng)
    if locale == "pt_BR":
        return fake.cpf
    if locale == "es_ES":
        return fake.nif
    if locale == "es_MX":
        return fake.curp
    if locale == "ko_KR":
        return lambda: _korean_id(fake, rng)
    if locale in ("de_DE", "ja_JP", "pt_PT"):
        return None  # Faker's are none that an office there gives out
    if locale == "en_GB":
        return lambda: f"{'ABCEHJ'[rng.integers(0, 6)]}{'ABCEHJ'[rng.integers(0, 6)]} {_nino(rng)}"
    return fake.ssn


def _nino(rng: np.random.Generator) -> str:
    pairs = " ".join(_digits(rng, 2) for _ in range(3))
    return f"{pairs} {'ABCD'[rng.integers(0, 4)]}"


def _chinese_id(fake: Faker, rng: np.random.Generator) -> str:
    counties = ("110101", "310115", "440106", "330108", "510104", "320508", "610113", "420111")
    born = fake.date_of_birth(minimum_age=18, maximum_age=90)
    body = f"{counties[int(rng.integers(0, 8))]}{born:%Y%m%d}{_digits(rng, 3)}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def _korean_id(fake: Faker, rng: np.random.Generator) -> str:
    born = fake.date_of_birth(minimum_age=30, maximum_age=90)
    place = f"{rng.integers(1, 3)}{rng.integers(0, 9)}{rng.integers(0, 5)}"
    body = f"{born:%y%m%d}{place}{_digits(rng, 3)}"
    weights = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
    check = (11 - sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11) % 10
    return f"{body[:6]}-{body[6:]}{check}"


# In their tables. A name, a city or a date among goods would be something else.
_PEOPLE = {
    "person_name": "direct",
    "given_name": "direct",
    "family_name": "direct",
    "email": "direct",
    "phone": "direct",
    "street_address": "direct",
    "national_id": "direct",
    "credit_card": "direct",
    "iban": "direct",
    "licence_plate": "direct",
    "ip_address": "direct",
    "username": "direct",
    "city": "quasi",
    "postal_code": "quasi",
    "birth_date": "quasi",
    "gender": "quasi",
    "occupation": "quasi",
}
_ORDERS = dict.fromkeys(
    (
        "order_id",
        "product_name",
        "sku",
        "quantity",
        "money_amount",
        "status",
        "category",
        "description",
        "row_number",
    ),
    "none",
)
