"""Surrogates: invented values that keep a text readable, one for one value under a key."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from compliance.discovery.text.dates import moved
from compliance.discovery.text.keyed import (
    SHORTEST_KEY,
    card_like,
    chosen,
    iban_like,
    in_same_form,
    keyed_number,
)
from compliance.discovery.text.nouns import Span, SpanType
from compliance.discovery.text.redaction import replaced
from compliance.discovery.wordlists import countries, folded, names, words

if TYPE_CHECKING:
    from faker import Faker

LOCALES = ("en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "pt_BR", "pt_PT", "zh_CN", "ja_JP",
           "ko_KR")  # fmt: skip

_LONGEST_SHIFT_DAYS = 183
_TRIES = 20
_OF_AGE = 18
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SCRIPTS = (
    ("ja_JP", "[\u3040-\u30ff]"),
    ("ko_KR", "[\uac00-\ud7af]"),
    ("zh_CN", "[\u4e00-\u9fff]"),
)
# Networks for documentation: RFC 5737 and RFC 3849.
_NETWORKS = ("192.0.2.", "198.51.100.", "203.0.113.")


def pseudonymise(text: str, spans: Iterable[Span], key: bytes, locale: str = "en_US") -> str:
    """`text` with every span replaced by an invented value of its kind.

    See `Surrogates`, which serves many texts in less time.
    """
    return Surrogates(key, locale).applied(text, spans)


class Surrogates:
    """Invented values under one key.

    The same value has the same surrogate in every text; of a name each word has its own, so that
    “Ann Lee” and later “Ms Lee” stay one person. Nothing of a value is left but what makes the
    text readable: a phone's country, a card's first digit, the grouping and length of numbers, a
    name's gender and script where they are known, on which side of 18 an age lies, and titles as
    they are. All dates move by one number of days, so that the time between two stays. Card and
    account numbers fail their checks on purpose, and addresses of machines and mails are of ranges
    and domains kept for documentation: none can be somebody's.

    Who holds the key can test guesses: it is kept like the data.
    """

    def __init__(self, key: bytes, locale: str = "en_US") -> None:
        if len(key) < SHORTEST_KEY:
            raise ValueError(f"the key needs {SHORTEST_KEY} bytes or more")
        if locale not in LOCALES:
            raise ValueError("locale is one of LOCALES")
        self._key, self._locale = key, locale
        span = 2 * _LONGEST_SHIFT_DAYS
        # Never zero: a date that stays is no surrogate.
        days = keyed_number(key, "days") % span - _LONGEST_SHIFT_DAYS
        self._days = days + 1 if days >= 0 else days

    def applied(self, text: str, spans: Iterable[Span]) -> str:
        """`text` with its `spans` replaced.

        Raises:
            ValueError: spans overlap, or reach beyond the text.
        """
        return replaced(text, spans, lambda span, value: self.surrogate(span.type, value))

    def surrogate(self, kind: SpanType, value: str) -> str:
        """What stands for `value`."""
        makers: dict[SpanType, Callable[[str], str]] = {
            SpanType.PERSON: self._person,
            SpanType.EMAIL: self._email,
            SpanType.PHONE: self._phone,
            SpanType.ADDRESS: self._address,
            SpanType.LOCATION: self._location,
            SpanType.ORGANIZATION: lambda v: self._invented("organization", v, "company"),
            SpanType.DATE: lambda v: moved(v, self._days) or "[DATE]",
            SpanType.AGE: self._age,
            SpanType.NATIONALITY: self._nationality,
            SpanType.TITLE: lambda v: v,
            SpanType.CREDIT_CARD: lambda v: card_like(v, self._key),
            SpanType.IBAN: lambda v: iban_like(v, self._key),
            SpanType.IP_ADDRESS: self._ip_address,
            SpanType.MAC_ADDRESS: self._mac_address,
            SpanType.URL: self._url,
            SpanType.USERNAME: self._username,
            SpanType.NATIONAL_ID: self._national_id,
        }
        make = makers.get(kind)
        return make(value) if make else in_same_form(value, self._key, kind.value)

    def _invented(self, kind: str, value: str, *providers: str, locale: str = "") -> str:
        """What Faker makes of the value's number; drawn again while it holds the value itself."""
        bare = folded(value)
        new = ""
        for count in range(_TRIES):
            faker = _faker(locale or _locale_of(value) or self._locale)
            faker.seed_instance(keyed_number(self._key, kind, bare, str(count)))
            # Faker breaks some addresses into lines; the text around it need not.
            new = " ".join(", ".join(str(getattr(faker, p)()) for p in providers).split())
            if not bare or bare not in folded(new):
                return _in_case_of(new, value)
        return f"[{kind.upper()}]"

    def _person(self, value: str) -> str:
        script = _locale_of(value)
        if script:
            return self._invented("person", value, "name", locale=script)
        found = list(_WORD.finditer(value))
        text, done = "", 0
        for place, word in enumerate(found):
            is_last = place == len(found) - 1 and (len(found) > 1 or not _is_given(word[0]))
            text += value[done : word.start()] + self._name(word[0], is_family=is_last)
            done = word.end()
        return text + value[done:] if found else "[PERSON]"

    def _name(self, word: str, *, is_family: bool) -> str:
        if len(word) == 1:
            return in_same_form(word, self._key, "initial")
        if is_family:
            return self._invented("family_name", word, "last_name")
        return self._invented("given_name", word, _given_name_provider(folded(word)))

    def _email(self, value: str) -> str:
        return self._invented("email", value, "ascii_safe_email", locale="en_US")

    def _username(self, value: str) -> str:
        sign = "@" if value.startswith("@") else ""
        return sign + self._invented("username", value.removeprefix("@"), "user_name",
                                     locale="en_US")  # fmt: skip

    def _url(self, value: str) -> str:
        scheme = re.match(r"[a-z]+://", value, re.IGNORECASE)
        word = self._invented("url", value, "domain_word", locale="en_US").lower()
        return f"{scheme[0] if scheme else ''}{word}.example"

    def _phone(self, value: str) -> str:
        return in_same_form(value, self._key, "phone", kept=_country_part(value))

    def _national_id(self, value: str) -> str:
        # No American number starts with 9 and has 00 in the middle, and few others do.
        new = in_same_form(value, self._key, "national_id")
        is_american = re.fullmatch(r"[0-9]{3}([- ]?)[0-9]{2}\1[0-9]{4}", value)
        return f"9{new[1:3]}{is_american[1]}00{is_american[1]}{new[-4:]}" if is_american else new

    def _address(self, value: str) -> str:
        if value.isdecimal():
            return in_same_form(value, self._key, "address")
        has_place = "," in value or "\n" in value
        return self._invented("address", value, "street_address", *(["city"] if has_place else []))

    def _location(self, value: str) -> str:
        is_country = folded(value) in countries()
        return self._invented("location", value, "country" if is_country else "city")

    def _age(self, value: str) -> str:
        match = re.search("[0-9]+", value)
        if match is None:
            return "[AGE]"
        age = int(match[0])
        near = [age + n for n in (-3, -2, -1, 1, 2, 3) if age + n > 0]
        alike = [n for n in near if (n < _OF_AGE) == (age < _OF_AGE)]
        new = chosen([str(n) for n in alike or near], keyed_number(self._key, "age", match[0]))
        return value[: match.start()] + new + value[match.end() :]

    def _nationality(self, value: str) -> str:
        others = sorted(w for w in words("peoples") if w.isascii() and w != folded(value))
        new = chosen(others, keyed_number(self._key, "nationality", folded(value)))
        return _in_case_of(new.title(), value)

    def _ip_address(self, value: str) -> str:
        number = keyed_number(self._key, "ip_address", value)
        if ":" in value:
            return f"2001:db8::{number % 0xFFFF:x}:{number // 0xFFFF % 0xFFFF:x}"
        return f"{_NETWORKS[number % 3]}{number // 3 % 254 + 1}"

    def _mac_address(self, value: str) -> str:
        between = "-" if "-" in value else ":"
        number = keyed_number(self._key, "mac_address", value.upper())
        # The second bit marks an address that no maker gave out (IEEE 802).
        return between.join(["02", *(f"{number >> 8 * n & 255:02x}" for n in range(5))])


@functools.cache
def _faker(locale: str) -> Faker:
    from faker import Faker  # half a second, for those who need it

    return Faker(locale, use_weighting=False)


@functools.cache
def _given_name_provider(word: str) -> str:
    for gender in ("female", "male"):
        for provider in _faker("en_US").get_providers():
            listed = getattr(provider, f"first_names_{gender}", None)
            if listed and any(folded(name) == word for name in listed):
                return f"first_name_{gender}"
    return "first_name"


def _is_given(word: str) -> bool:
    return folded(word) in names("given")


def _locale_of(value: str) -> str:
    return next((locale for locale, script in _SCRIPTS if re.search(script, value)), "")


def _country_part(value: str) -> int:
    """How many characters of a phone number say which country it is of."""
    if not value.startswith("+"):
        return 0
    import phonenumbers  # only numbers with a country code need it

    try:
        code = str(phonenumbers.parse(value).country_code)
    except phonenumbers.NumberParseException:
        return 1
    seen = 0
    for place, character in enumerate(value):
        seen += character.isdecimal()
        if seen == len(code):
            return place + 1
    return 1


def _in_case_of(new: str, like: str) -> str:
    if like.isupper() and len(like) > 1:
        return new.upper()
    return new.lower() if like.islower() else new
