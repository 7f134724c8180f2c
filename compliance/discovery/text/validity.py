"""Checks behind the patterns: how many characters of a find, from the left, hold."""

from __future__ import annotations

import functools
import importlib
import ipaddress
import re
from collections.abc import Callable
from datetime import date

from stdnum import iban, luhn

from compliance.discovery.ids import (
    is_chinese_id,
    is_hong_kong_id,
    is_singapore_id,
    is_taiwan_id,
)
from compliance.discovery.text.patterns import settings
from compliance.discovery.values import is_credit_card, is_wallet

Check = Callable[[str], int]

_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_OLDEST = 120
_CARD_LENGTHS = range(12, 20)
_PHONE_DIGITS = range(7, 16)
_GROUP = re.compile(r"[0-9]+")
_EXTENSION = re.compile(r" ?(?:x|ext\.?|#) ?[0-9]{1,6}$")
# Names of files and shorthand that look like domains.
_ENDINGS_OF_SENTENCES = frozenset(
    {"is", "it", "in", "me", "so", "no", "at", "be", "us", "my", "to"}
)


@functools.cache
def check(name: str) -> Check:
    """The check of that name: one of this module, or `is_valid` of a module of python-stdnum.

    Returns:
        a function from a value to the number of its characters that hold, 0 for none.
    """
    own = _OWN.get(name)
    return own if own is not None else _whole(importlib.import_module(f"stdnum.{name}").is_valid)


def _whole(is_valid: Callable[[str], bool]) -> Check:
    return lambda value: len(value) if is_valid(value) else 0


def _bare(value: str) -> str:
    return value.replace(" ", "").replace("-", "")


def _is_luhn(value: str) -> bool:
    digits = _bare(value)
    return len(digits) in _CARD_LENGTHS and len(set(digits)) > 1 and bool(luhn.is_valid(digits))


def _is_card(value: str) -> bool:
    """Of a known network, and with its check digit."""
    return len(set(_bare(value))) > 1 and (is_credit_card(value) or _is_old_card(_bare(value)))


def _is_old_card(digits: str) -> bool:
    """Maestro of twelve digits and JCB of fifteen, which shops still see."""
    is_maestro = len(digits) in _CARD_LENGTHS and digits[:2] in ("50", "56", "57", "58", "63", "67")
    is_jcb = len(digits) == 15 and digits[:4] in ("2131", "1800")
    return (is_maestro or is_jcb) and bool(luhn.is_valid(digits))


def _is_half_hidden(value: str) -> bool:
    digits = sum(c.isdecimal() for c in value)
    hidden = sum(c in "*xX•" for c in value)
    return hidden >= 4 and 8 <= digits + hidden <= 19


def _iban(value: str) -> int:
    """As long as the country's numbers are: what stands behind may be the next word."""
    length = _iban_length(value)
    return length if length and iban.is_valid(value[:length].upper()) else 0


def _iban_length(value: str) -> int:
    wanted = settings()["iban_lengths"].get(value[:2].upper(), 0)
    if not wanted or len(_bare(value)) < wanted:
        return 0
    count = 0
    for place, character in enumerate(value):
        count += character not in " -"
        if count == wanted:
            is_end = place + 1 == len(value) or value[place + 1] in " -"
            return place + 1 if is_end else 0
    return 0


def _is_ip(value: str) -> bool:
    # “::” and “a::b” of programs are no addresses of anybody.
    if ":" in value and (value.count(":") < 3 or not any(c.isdecimal() for c in value)):
        return False
    try:
        return not ipaddress.ip_address(value).is_unspecified
    except ValueError:
        return False


def _is_domain(value: str) -> bool:
    labels = value.split("/")[0].split(".")
    # “end.is it” lacks a blank; a domain under such an ending has no capital inside.
    return labels[-1].lower() not in _ENDINGS_OF_SENTENCES or (
        value.islower() and len(labels[0]) > 1
    )


def _is_us_ssn(value: str) -> bool:
    digits = re.sub(r"[^0-9]", "", value)
    return (
        digits[:3] not in ("000", "666")
        and digits[0] != "9"
        and digits[3:5] != "00"
        and digits[5:] != "0000"
    )


def _is_spanish_id(value: str) -> bool:
    bare = _bare(value).upper()
    name = "es.nie" if bare[0] in "XYZ" else "es.dni"
    return check(name)(bare) > 0


def _phone(value: str) -> int:
    """Seven to fifteen digits, not counting an extension."""
    bare = _EXTENSION.sub("", value)
    return len(value) if sum(c.isdecimal() for c in bare) in _PHONE_DIGITS else 0


def _phone_groups(value: str) -> int:
    """Digits in groups as in phone numbers, not as in dates, years, prices or page ranges."""
    bare = _EXTENSION.sub("", value)
    groups = _GROUP.findall(bare)
    digits = sum(map(len, groups))
    if digits not in _PHONE_DIGITS or len(groups) < 2:
        return 0
    is_range = len(groups) == 2 and len(groups[0]) == len(groups[1]) == 4 and "-" in bare
    is_decimal = len(groups) == 2 and "." in bare
    is_short = len(groups) == 2 and max(map(len, groups)) < 4
    is_zip = [len(g) for g in groups] == [5, 4] or [len(g) for g in groups] == [5, 3]
    is_date = bool(_day_first(bare) or _year_first(bare))
    is_dotted = bare.count(".") == 3 == len(groups) - 1 and max(map(len, groups)) < 4
    is_ssn = [len(g) for g in groups] == [3, 2, 4] and bare.count("-") == 2
    is_thin = len(groups) > digits / 2 or len(groups[-1]) < 2
    # Two groups with a blank between are as often a house and a postal code: a row of its own.
    is_pair = len(groups) == 2 and " " in bare and not re.search("[-/().]", bare)
    is_else = (is_pair, is_range, is_decimal, is_short, is_zip, is_dotted, is_ssn, is_date, is_thin)
    return 0 if any(is_else) else len(value)


def _phone_digits(value: str) -> int:
    digits = re.split("[xX]", value)[0]
    is_day = len(digits) == 8 and _compact_date(digits) > 0
    return 0 if len(set(digits)) < 3 or is_day else len(value)


def _has_date(year: int, month: int, day: int) -> bool:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return False
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _year_first(value: str) -> int:
    numbers = [int(n) for n in _GROUP.findall(value)[:3]]
    return len(value) if len(numbers) == 3 and _has_date(*numbers) else 0


def _day_first(value: str) -> int:
    """Day and month in either order, then a year of two or four digits."""
    numbers = [int(n) for n in _GROUP.findall(value)[:3]]
    if len(numbers) < 3:
        return 0
    first, second, year = numbers
    year += 2000 if year < 100 else 0
    return len(value) if _has_date(year, first, second) or _has_date(year, second, first) else 0


def _compact_date(value: str) -> int:
    year, month, day = int(value[:4]), int(value[4:6]), int(value[6:8])
    return len(value) if _has_date(year, month, day) else 0


def _is_month_year(value: str) -> bool:
    return 1 <= int(value[:2]) <= 12


def _is_year(value: str) -> bool:
    return _FIRST_YEAR <= int(value) <= _LAST_YEAR


def _is_age(value: str) -> bool:
    return 0 < float(value) <= _OLDEST


def _is_time(value: str) -> bool:
    parts = [int(n) for n in _GROUP.findall(value)]
    return parts[0] <= 24 and all(part < 60 for part in parts[1:])


def _is_postal(value: str) -> bool:
    return 3 <= len(_bare(value)) <= 9 and any(c.isdecimal() for c in value)


def _is_handle_like(value: str) -> bool:
    """A name people choose: not an ordinary word in small letters, unless it is glued."""
    return len(value) >= 3 and not (value.isalpha() and value.islower() and len(value) < 6)


def _chinese_address(value: str) -> int:
    signs = sum(value.count(sign) for sign in "省市区县路街巷弄号室栋镇村道")
    return len(value) if signs >= 2 else 0


def _has_digit(value: str) -> bool:
    return any(c.isdecimal() for c in value)


def _has_both(value: str) -> bool:
    return _has_digit(value) and any(c.isalpha() for c in value)


_OWN: dict[str, Check] = {
    "luhn": _whole(_is_luhn),
    "card": _whole(_is_card),
    "half_hidden": _whole(_is_half_hidden),
    "iban": _iban,
    "iban_length": _iban_length,
    "ip": _whole(_is_ip),
    "domain": _whole(_is_domain),
    "wallet": _whole(is_wallet),
    "us_ssn": _whole(_is_us_ssn),
    "cn_id": _whole(is_chinese_id),
    "tw_id": _whole(is_taiwan_id),
    "hk_id": _whole(is_hong_kong_id),
    "sg_nric": _whole(is_singapore_id),
    "es_id": _whole(_is_spanish_id),
    "phone": _phone,
    "phone_groups": _phone_groups,
    "phone_digits": _phone_digits,
    "date_year_first": _year_first,
    "date_day_first": _day_first,
    "date_compact": _compact_date,
    "month_year": _whole(_is_month_year),
    "year": _whole(_is_year),
    "age": _whole(_is_age),
    "time": _whole(_is_time),
    "postal": _whole(_is_postal),
    "handle_like": _whole(_is_handle_like),
    "cn_address": _chinese_address,
    "has_digit": _whole(_has_digit),
    "has_both": _whole(_has_both),
}
