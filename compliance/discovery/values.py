"""Tests of single values: is this text an e-mail address, a card number, a street?

All patterns mind that East Asian text has no blanks, so none of them relies on word boundaries.
"""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Sequence

from stdnum import ean, iban, imei, isbn, luhn

from compliance.discovery.types import data
from compliance.discovery.wordlists import folded, names, plain, raw_words, words

_IBAN_LIKE = re.compile(r"[A-Za-z]{2}\d{2}[ A-Za-z0-9]{11,38}$", re.ASCII)
_EMAIL = re.compile(r"[^\s@<>\"',;:()\[\]\\]{1,64}@(?:[^\W_][\w-]*\.)+[^\W\d_]{2,24}")
_URL = re.compile(r"(?:https?|ftp)://\S+|www\.[^\s/]+\.[a-z]{2,}\S*", re.IGNORECASE)
_DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,24}")
_HANDLE = re.compile(r"@[A-Za-z0-9_.]{2,30}")
_HEX_KEY = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
_MAC = re.compile(r"[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}", re.IGNORECASE)
_WALLET = re.compile(
    r"bc1[02-9ac-hj-np-z]{11,71}|[13][1-9A-HJ-NP-Za-km-z]{25,34}|0x[0-9a-fA-F]{40}"
)
_VIN = re.compile(r"(?=.*\d)(?=.*[A-Z])[A-HJ-NPR-Z0-9]{17}")
_AGENT = re.compile(r"(?:Mozilla|Opera|Dalvik|curl|okhttp)/\d|AppleWebKit|Gecko/")
_COORDINATES = re.compile(r"\(?-?\d{1,3}\.\d{2,}\s*[,; ]\s*-?\d{1,3}\.\d{2,}\)?")
_PHONE_LIKE = re.compile(r"\+?[\d\s().\-/–]+(?:(?:x|ext\.?|#)\s*\d{1,6})?", re.IGNORECASE)
_SHORTEST_NATIONAL = 9  # digits; shorter ones are as often something else
_CARD_BRANDS = re.compile(
    r"4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"
    r"|3[47]\d{13}|6(?:011|5\d\d|4[4-9]\d)\d{12}|62\d{14,17}|35(?:2[89]|[3-8]\d)\d{12}"
    r"|3(?:0[0-5]|[68]\d)\d{11}",
    re.ASCII,
)
_BLOOD = re.compile(
    r"(?:a|b|ab|o|0)\s*(?:[+-]|pos(?:itive)?|neg(?:ative)?|rh[+-]|[型형])", re.IGNORECASE
)
_POSTAL = re.compile(r"(?=.*\d)[A-Z0-9][A-Z0-9 -]{1,9}", re.IGNORECASE)
_AGE_BAND = re.compile(r"\D{0,12}?(\d{1,3})(?:\D{1,6}(\d{1,3}))?\D{0,12}")
_DATE_TEXT = re.compile(
    r"\d{1,4}\s*[-/.年년]\s*\d{1,2}(?:\s*[-/.月월]\s*\d{1,4}[日일]?)?(?:[ T].*)?"
    r"|\d{1,2}[ -]?[^\W\d_]{3,9}\.?[ ,-]*\d{2,4}"
    r"|[^\W\d_]{3,9}\.?[ -]?\d{1,2}(?:st|nd|rd|th)?,?[ -]*\d{2,4}"
    r"|[^\W\d_]{3}-\d{2}|\d{1,2} \d{1,2},? \d{4}"
)
_LATIN_NAME = re.compile(r"[^\W\d_][^\W\d_'’.\-]*(?:[ ,.'’\-]+[^\W\d_'’.\-]+)*\.?")
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_HAN = re.compile(r"[\u3400-\u9fff々]{2,6}")
_HANGUL = re.compile(r"[\uac00-\ud7af]{2,4}")


def is_email(value: str) -> bool:
    return _EMAIL.fullmatch(value) is not None


def has_email(value: str) -> bool:
    return "@" in value and _EMAIL.search(value) is not None


def is_url(value: str) -> bool:
    return _URL.fullmatch(value) is not None


def is_domain(value: str) -> bool:
    """An internet domain; a file name with a usual ending is none."""
    if not _DOMAIN.fullmatch(value) or value.count(".") > 4:
        return False
    return value.rsplit(".", 1)[-1].lower() not in words("file_endings")


def is_ip_address(value: str) -> bool:
    if value.count(".") != 3 and value.count(":") < 2:
        return False
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


def has_large_part(value: str) -> bool:
    """Of four numbers with dots between, whether one of the first three is above 31."""
    if ":" in value:
        return True
    return any(part.isdecimal() and int(part) > 31 for part in value.split(".")[:3])


def is_device_id(value: str) -> bool:
    """A MAC address, or an IMEI with its check digit."""
    if _MAC.fullmatch(value):
        return True
    # Cards of American Express have fifteen digits and the same check digit.
    is_number = value.isascii() and value.isdecimal() and value[:2] not in ("34", "37")
    return is_number and len(value) == 15 and bool(imei.is_valid(value))


def is_handle(value: str) -> bool:
    return _HANDLE.fullmatch(value) is not None


def is_opaque_key(value: str) -> bool:
    """A UUID, or a hash in hexadecimal digits."""
    return _UUID.fullmatch(value) is not None or _HEX_KEY.fullmatch(value) is not None


def is_wallet(value: str) -> bool:
    return _WALLET.fullmatch(value) is not None and not value.isdecimal()


def is_vehicle_id(value: str) -> bool:
    return _VIN.fullmatch(value) is not None


def is_licence_plate(value: str) -> bool:
    """A Chinese licence plate; other countries' plates look like any other code."""
    provinces = raw_words("plates")[0]
    return (
        re.fullmatch(
            rf"[{provinces}][A-Z][·. ]?[A-HJ-NP-Z0-9]{{4,5}}[A-HJ-NP-Z0-9挂学警港澳]", value
        )
        is not None
    )


def is_user_agent(value: str) -> bool:
    return _AGENT.search(value) is not None


def is_credit_card(value: str) -> bool:
    """A number of one of the card networks, with its check digit."""
    digits = re.sub(r"[ -]", "", value)
    return _CARD_BRANDS.fullmatch(digits) is not None and bool(luhn.is_valid(digits))


def is_card_like(value: str) -> bool:
    """As many digits as a card has; some may be hidden by stars."""
    return re.fullmatch(r"[\d*xX•]{12,19}", re.sub(r"[ -]", "", value)) is not None


def is_iban(value: str) -> bool:
    return _IBAN_LIKE.match(value) is not None and bool(iban.is_valid(value))


def is_product_number(value: str) -> bool:
    """An EAN, UPC or ISBN with its check digit."""
    bare = value.replace("-", "")
    if len(bare) not in (10, 12, 13) or not bare.isascii():
        return False
    return bool(isbn.is_valid(bare) if len(bare) == 10 else ean.is_valid(bare))


def is_phone_like(value: str) -> bool:
    """Six to fifteen digits, and only what people write between the digits of a phone number."""
    digits = sum(map(str.isdecimal, re.split(r"(?:x|ext|#)", value.lower())[0]))
    return 6 <= digits <= 15 and _PHONE_LIKE.fullmatch(value) is not None


def phone_share(values: Sequence[str]) -> float:
    """The share of valid phone numbers: with a country code, or all of one country."""
    if not values:
        return 0.0
    regions = [region.upper() for region in raw_words("phone_regions")]
    # All countries are tried on a few values; the likeliest one on all of them.
    few = values[:30]
    region = max(regions, key=lambda r: sum(_is_phone(value, r) for value in few))
    return sum(_is_phone(value, region) for value in values) / len(values)


def is_chinese_mobile(value: str) -> bool:
    return re.fullmatch(r"(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}", value) is not None


def is_written_phone(value: str) -> bool:
    """A number that is valid in one of the countries, and written as people write phone numbers.

    With a country code, as a Chinese mobile number, or in the groups of one of the countries.
    """
    if is_chinese_mobile(value):
        return True
    if value.startswith("+"):
        return _is_phone(value, "ZZ")
    if value.isdecimal() or sum(map(str.isdecimal, value)) < _SHORTEST_NATIONAL:
        return False
    return any(
        _is_phone(value, region)
        for shape, regions in _phone_forms()
        if shape.fullmatch(value)
        for region in regions
    )


@functools.cache
def _phone_forms() -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    forms = data("phones")["forms"]
    return tuple((re.compile(f["shape"], re.ASCII), tuple(f["regions"])) for f in forms)


def is_public_ip(value: str) -> bool:
    """An IP address that is no version number, no mask, and none that every machine has."""
    if not is_ip_address(value) or not has_large_part(value):
        return False
    address = ipaddress.ip_address(value)
    return not (address.is_loopback or address.is_multicast or address.is_unspecified)


def is_coordinates(value: str) -> bool:
    return _COORDINATES.fullmatch(value) is not None


def is_postal_code(value: str) -> bool:
    return _POSTAL.fullmatch(value) is not None and sum(map(str.isdecimal, value)) <= 9


def is_street_address(value: str) -> bool:
    """A number together with a word for a street; in East Asian text a sign for one."""
    if _EAST_ASIAN.search(value):
        signs = sum(sign in value for sign in raw_words("street_signs"))
        return len(value) >= 6 and (signs >= 2 or (signs == 1 and _has_digit(value)))
    text = folded(value)
    tokens = text.split()
    streets = words("streets")
    endings = raw_words("street_endings")
    has_street = any(token in streets or token.endswith(endings) for token in tokens)
    is_box = "po box" in text or "p o box" in text
    return _has_digit(value) and len(tokens) >= 2 and (has_street or is_box)


def is_address_like(value: str) -> bool:
    """Several words, or a word and a number."""
    if _EAST_ASIAN.search(value):
        return len(value) >= 4
    return len(value.split()) >= 2 and any(c.isalpha() for c in value) and not is_email(value)


def is_full_name(value: str) -> bool:
    """Two to five words that may be a person's name, whatever they are."""
    if _EAST_ASIAN.search(value):
        return is_east_asian_name(value)
    parts = value.replace(",", " ").split()
    return 2 <= len(parts) <= 5 and _LATIN_NAME.fullmatch(value) is not None and value[0].isupper()


def has_common_name(value: str) -> bool:
    """A full name in which a given or family name of our list stands."""
    if _EAST_ASIAN.search(value):
        return is_east_asian_name(value)
    listed = names("given") | names("family")
    return any(part in listed for part in plain(value).replace(",", " ").replace(".", " ").split())


def is_common_full_name(value: str) -> bool:
    """A full name in which a name of our list stands."""
    return is_full_name(value) and has_common_name(value)


def is_given_name(value: str) -> bool:
    return any(part in names("given") for part in re.split(r"[ -]", plain(value))[:2])


def is_family_name(value: str) -> bool:
    bare = plain(value).replace("'", "").replace(" ", "")
    return (
        bare in names("family")
        or bare in names("chinese_family")
        or bare in names("korean_family")
        or bare in names("japanese_family")
    )


def is_east_asian_name(value: str) -> bool:
    """A Chinese, Japanese or Korean name that starts with a common family name."""
    bare = value.replace(" ", "").replace("\u3000", "").replace("·", "")
    if _HANGUL.fullmatch(bare):
        return bare[0] in names("korean_family") and len(bare) >= 2
    if not _HAN.fullmatch(bare):
        return False
    is_chinese = len(bare) <= 4 and (
        bare[0] in names("chinese_family") or bare[:2] in names("chinese_family")
    )
    is_japanese = len(bare) >= 3 and any(bare[:n] in names("japanese_family") for n in (1, 2, 3))
    return is_chinese or is_japanese


def is_age_band(value: str) -> bool:
    """A range of ages such as 25-34, 65+ or [20, 30[, or a word for an age."""
    match = _AGE_BAND.fullmatch(value)
    if match:
        return all(int(number) <= 120 for number in match.groups() if number)
    return folded(value) in words("ages")


def is_date_text(value: str) -> bool:
    return _DATE_TEXT.fullmatch(value) is not None


def is_blood_type(value: str) -> bool:
    return _BLOOD.fullmatch(value) is not None


def is_yes_or_no(value: str) -> bool:
    text = folded(value)
    return text in words("affirmative") or text in words("negative") or text in words("unsure")


def is_in_first_person(value: str) -> bool:
    """A text in which somebody speaks of themselves, or leaves an e-mail address."""
    if _EAST_ASIAN.search(value):
        return any(sign in value for sign in raw_words("own_signs")) or has_email(value)
    tokens = folded(value.replace("'", "").replace("’", "")).split()
    return any(token in words("own") for token in tokens) or has_email(value)


def is_mostly_letters(value: str) -> bool:
    letters = sum(c.isalpha() for c in value)
    return letters >= 0.7 * len(value.replace(" ", "")) > 0


def _is_phone(value: str, region: str) -> bool:
    if not is_phone_like(value):
        return False
    import phonenumbers  # only discovery needs it, and every command would load it

    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(value, region))
    except phonenumbers.NumberParseException:
        return False


def _has_digit(value: str) -> bool:
    return any(c.isdecimal() for c in value)
