"""One form for all the ways in which the same identifier is written.

Every function gives "" (or nothing) where the text is no such identifier, and gives a form back
unchanged. Nothing is guessed: dots and tags of e-mail addresses stay, for only some providers
ignore them.

Sources: RFC 5321 (e-mail; the local part is compared without case, as all known providers do),
ITU-T E.164 through phonenumbers, Unicode UAX 15 and the CLDR's names of months through Babel.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date

from compliance.rights.tracing.kinds import data, words

_EMAIL = re.compile(r"[^@\s<>()\[\],;:\"]+@[^@\s<>()\[\],;:\"]+\.[^@\s<>()\[\],;:\".]+")
_PLAIN_EMAIL = re.compile(r"[a-z0-9][a-z0-9._+-]*@(?:[a-z0-9-]+\.)+[a-z]+")
_PLAIN_NAME = re.compile(r"[a-z]+(?: [a-z]+)*")
_TOKEN = re.compile(r"[^\W_]+")
_APOSTROPHES = dict.fromkeys(map(ord, "'’`´ʼ."), None)
_SHORTEST_CODE, _SHORTEST_PHONE = 4, 6
_DECIMAL = re.compile(r"(-?\d+)\.0+")
_OLDEST = 1880
_SEPARATED = re.compile(r"(\d{1,4})\s*([-./ ])\s*(\d{1,2})\s*\2\s*(\d{1,4})(?:[T ].*)?")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]00:00:00)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_EAST_ASIAN = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]?")
_RUN = re.compile(r"\d+")


# Letters that are letters of their own to Unicode, and an accent's worth apart to people.
_PLAIN = {
    "ı": "i",
    "ł": "l",
    "ø": "o",
    "đ": "d",
    "ð": "d",
    "ħ": "h",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
}


class _Folds(dict[int, str]):
    """Each character without case, accents and width; learnt as characters come."""

    def __missing__(self, code: int) -> str:
        parts = unicodedata.normalize("NFKD", chr(code)).casefold()
        parts = unicodedata.normalize("NFKD", "".join(_PLAIN.get(c, c) for c in parts)).casefold()
        kept = "".join(c for c in parts if not unicodedata.combining(c))
        # Syllables of Hangul fall into letters; composed again they are what people write.
        found = unicodedata.normalize("NFC", " " if kept.isspace() else kept)
        self[code] = found
        return found


FOLDS = _Folds()


def folded(text: str) -> str:
    """`text` without case, accents and width, character by character."""
    if text.isascii():
        return text.lower().translate(_BLANKS)
    return unicodedata.normalize("NFC", text).translate(FOLDS)


_BLANKS = dict.fromkeys(map(ord, "\t\n\r\x0b\x0c\x1c\x1d\x1e\x1f"), " ")


def is_nothing(text: str) -> bool:
    plain = " ".join(folded(text).split())
    return not plain or plain in words("nothing")


def email(text: str) -> str:
    """The e-mail address, without case, its domain in ASCII."""
    if _PLAIN_EMAIL.fullmatch(lower := text.lower()):
        return lower
    plain = _compatible(text).strip().casefold().removeprefix("mailto:")
    plain = _compatible(plain.strip(" <>.,;\"'"))
    if not _EMAIL.fullmatch(plain):
        return ""
    local, _, domain = plain.rpartition("@")
    return f"{local}@{_ascii_domain(domain)}"


def _compatible(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def emails_in(text: str) -> tuple[str, ...]:
    """Every e-mail address of a cell that may list several."""
    if "@" not in text and "\uff20" not in text:
        return ()
    whole = email(text)
    if whole:
        return (whole,)
    found = (email(part) for part in _EMAIL.findall(unicodedata.normalize("NFKC", text)))
    return tuple(dict.fromkeys(one for one in found if one))


def is_role_mailbox(form: str) -> bool:
    return form.partition("@")[0] in words("role_mailboxes")


def digits(text: str) -> str:
    """Only the digits, in ASCII."""
    if text.isascii():
        return "".join(filter(str.isdigit, text))
    return "".join(
        str(unicodedata.digit(c)) for c in text if unicodedata.digit(c, None) is not None
    )


@functools.lru_cache(maxsize=100_000)
def phones(text: str, regions: tuple[str, ...]) -> frozenset[str]:
    """The numbers in E.164 that `text` can be, dialled in any of `regions`.

    A number that nobody could dial there stands for itself, by its digits.
    """
    import phonenumbers  # slow to load

    plain = unicodedata.normalize("NFKC", text).strip()
    bare = digits(plain)
    if len(bare) < _SHORTEST_PHONE:
        return frozenset()
    plain = f"+{bare[2:]}" if bare.startswith("00") and not plain.startswith("+") else plain
    found = set()
    for region in (None,) if plain.startswith("+") else regions:
        try:
            number = phonenumbers.parse(plain, region)
        except phonenumbers.NumberParseException:
            continue
        # In some countries 011 and the like dial abroad: what follows is no number at home then.
        is_home = region is None or number.country_code == _dialled_abroad(region)
        if is_home and phonenumbers.is_possible_number(number):
            e164 = phonenumbers.PhoneNumberFormat.E164
            found.add(phonenumbers.format_number(number, e164))
    return frozenset(found) or frozenset({bare})


@functools.cache
def _dialled_abroad(region: str) -> int:
    import phonenumbers

    return int(phonenumbers.country_code_for_region(region))


@functools.lru_cache(maxsize=10_000)
def national_part(form: str) -> str:
    """Of a number in E.164 what everybody dials, also at home; of another its digits."""
    import phonenumbers

    if not form.startswith("+"):
        return form
    number = phonenumbers.parse(form, None)
    return str(phonenumbers.national_significant_number(number))


def name_words(text: str) -> tuple[str, ...]:
    """The words of a name without titles and, where enough is left, without initials.

    A name in Chinese or Japanese characters, or in Hangul, is one word.
    """
    plain = folded(text)
    if not _PLAIN_NAME.fullmatch(plain):
        plain = _without_cjk_titles(plain).translate(_APOSTROPHES)
    found = _TOKEN.findall(plain)
    kept = [word for word in found if word not in words("titles")] or found
    long = [word for word in kept if len(word) > 1 or is_east_asian(word)]
    kept = long if len(long) > 1 else kept
    if kept and all(map(is_east_asian, kept)):
        return ("".join(kept),)
    return tuple(kept)


def name(text: str) -> str:
    """The name in any order of its words, so that “Weiß, Anna” is “Anna Weiss”."""
    found = name_words(text)
    form = " ".join(sorted(found))
    has_letters = any(map(str.isalpha, form))
    return form if has_letters and form not in words("nothing") else ""


def spellings(text: str) -> tuple[str, ...]:
    """The name's form, and the form of the same name with ä, ö, ü written as ae, oe, ue."""
    composed = unicodedata.normalize("NFC", text)
    wide = "".join(_UMLAUTS.get(char, char) for char in composed)
    return tuple(dict.fromkeys(form for form in (name(text), name(wide)) if form))


_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}


def full_name(given: str, family: str) -> str:
    """The two parts of a name as one; in East Asian characters the family comes first."""
    if given and family and is_east_asian(given) and is_east_asian(family):
        return family.strip() + given.strip()
    return f"{given} {family}".strip()


def is_east_asian(text: str) -> bool:
    return any("\u2e80" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7af" for char in text)


def code(text: str) -> str:
    """A number or code by its letters and digits alone: identity numbers, cards, accounts."""
    plain = "".join(char for char in folded(text) if char.isalnum())
    has_digit = any(char.isdigit() for char in plain)
    return plain if len(plain) >= _SHORTEST_CODE and has_digit else ""


def username(text: str) -> str:
    """A user's name without case and without the @ before it."""
    plain = folded(text).strip().lstrip("@").strip()
    return "" if is_nothing(plain) or not any(c.isalnum() for c in plain) else plain


def key(text: str) -> str:
    """A person's key exactly as it is, save the “.0” that some systems put after whole numbers."""
    plain = text.strip() if text.isascii() else unicodedata.normalize("NFKC", text).strip()
    if plain.endswith("0") and (whole := _DECIMAL.fullmatch(plain)):
        plain = whole[1]
    if plain.lower() in words("nothing"):
        return ""
    return plain if plain.isalnum() or any(map(str.isalnum, plain)) else ""


def keys(texts: Sequence[str]) -> Sequence[str]:
    """The key of each text; at once where all are plain numbers and codes, as most are."""
    whole = "\n".join(texts)
    is_one_each = whole.count("\n") == len(texts) - 1
    if is_one_each and whole.isascii() and _PLAIN_KEYS.fullmatch(whole):
        return texts
    return [key(text) for text in texts]


# Each with a digit, so that none says that nothing is known, and without a point or a blank.
_PLAIN_KEYS = re.compile(r"(?:[A-Za-z_-]*+[0-9][0-9A-Za-z_-]*+(?:\n|\Z))*+")


def dates(text: str) -> frozenset[str]:
    """The days that `text` can be, as ISO dates: 04/05/1966 is two, 1966-05-04 is one."""
    if _ISO.fullmatch(text):
        return _day_of(text[:10])
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    for pattern in (_EAST_ASIAN, _COMPACT):
        if match := pattern.fullmatch(plain):
            return _days([match.groups()])
    if match := _SEPARATED.fullmatch(plain):
        return _separated(*match.groups())
    return _spelt(plain)


def address_words(text: str) -> frozenset[str]:
    """The words of an address, each in the one way that stands for its abbreviations."""
    return frozenset(_address_word(word) for word in _TOKEN.findall(folded(text)))


def joined(text: str) -> str:
    """The letters and digits alone: for addresses that are written without blanks."""
    return "".join(char for char in folded(text) if char.isalnum())


def numbers(text: str) -> frozenset[str]:
    """The runs of digits in a text, such as an address's house number."""
    return frozenset(_RUN.findall(text if text.isascii() else folded(text)))


def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def _without_cjk_titles(text: str) -> str:
    if text.isascii() or not is_east_asian(text):
        return text
    plain = text.strip()
    for title in sorted(words("titles_cjk")):
        shorter = plain.removesuffix(folded(title)).strip()
        plain = shorter or plain
    return plain


def _address_word(word: str) -> str:
    short = data()["address_words"].get(word)
    if short is not None:
        return str(short)
    for end, stands in data()["address_ends"].items():
        if word.endswith(end) and len(word) > len(end):
            return word.removesuffix(end) + str(stands)
    return word


def _separated(first: str, sign: str, middle: str, last: str) -> frozenset[str]:
    if len(first) == 4:
        return _days([(first, middle, last)])
    if len(last) != 4:
        return frozenset()
    day_first, month_first = (last, middle, first), (last, first, middle)
    return _days([day_first] if sign == "." else [day_first, month_first])


def _spelt(text: str) -> frozenset[str]:
    months = {_months()[w] for w in _TOKEN.findall(folded(text)) if w in _months()}
    numbers = _RUN.findall(text.partition("T")[0])[:2]
    if len(months) != 1 or len(numbers) != 2:
        return frozenset()
    day, year = sorted(numbers, key=len)
    return _days([(year, str(months.pop()), day)]) if len(year) == 4 else frozenset()


def _day_of(iso: str) -> frozenset[str]:
    try:
        return frozenset({iso} if date.fromisoformat(iso).year >= _OLDEST else ())
    except ValueError:
        return frozenset()


def _days(readings: Iterable[tuple[str, ...]]) -> frozenset[str]:
    found = set()
    for year, month, day in readings:
        try:
            one = date(int(year), int(month), int(day))
        except ValueError:
            continue
        if one.year >= _OLDEST:
            found.add(one.isoformat())
    return frozenset(found)


@functools.cache
def _months() -> dict[str, int]:
    from babel import Locale

    return {
        folded(str(called)).strip("."): number
        for language in data()["months"]
        for width in ("wide", "abbreviated")
        for number, called in Locale(language).months["format"][width].items()
    }
