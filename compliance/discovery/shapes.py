"""What values must look like for a header to be believed. Shapes refuse; they prove nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from compliance.dataset.nouns import ColumnType
from compliance.discovery import values
from compliance.discovery.checks import share_of
from compliance.discovery.profiles import Profile
from compliance.discovery.wordlists import folded, words
from compliance.i18n import mark

_FEW = 60
_MANY = 20
_TELLING, _NOW_AND_THEN = 50, 0.03
_YEARS = range(1890, 2031)
_PICTURE = re.compile(
    r"(?:https?://|/|data:image).+|.+\.(?:jpe?g|png|gif|webp|svg|bmp|heic)", re.IGNORECASE
)
_AMOUNT = re.compile(
    r"[^\d\w]{0,3}[A-Z]{0,3}\s?[-+]?\d[\d.,' ]*\s?(?:%|[^\d\s]{1,3})?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a column's values look like.

    Attributes:
        wanted: such values, in the plural, for “the values do not look like …”.
        fits: whether a column's values do.
    """

    wanted: str
    fits: Callable[[Profile], bool]


def fits(name: str, profile: Profile) -> bool:
    """Whether the values of the column have shape `name`."""
    return SHAPES[name].fits(profile)


def _most(test: Callable[[str], bool], least: float) -> Callable[[Profile], bool]:
    """At least the share `least` of sampled values pass the named function `test`."""
    return lambda profile: profile.share(test.__name__, test) >= least


def _tells_apart(profile: Profile) -> bool:
    """More than two different values, unless the table is that small."""
    return profile.distinct > 2 or profile.is_unique


def _is_code_column(profile: Profile) -> bool:
    if profile.type is ColumnType.NUMBER:
        return profile.share("whole", str.isdecimal) > 0.9
    return profile.type in (ColumnType.TEXT, ColumnType.INTEGER)


def _is_key(profile: Profile) -> bool:
    is_short = profile.mean_length <= 64 and profile.mean_words <= 2
    return _is_code_column(profile) and _tells_apart(profile) and is_short


def _is_many(profile: Profile) -> bool:
    return _is_key(profile) and (profile.distinct >= _MANY or profile.distinct > 0.3 * profile.rows)


def _is_unique(profile: Profile) -> bool:
    return _is_key(profile) and profile.is_unique


def _is_sequence(profile: Profile) -> bool:
    """Whole numbers that count the rows without a gap."""
    has_no_gap = profile.high - profile.low + 1 == profile.rows
    return profile.type is ColumnType.INTEGER and profile.is_unique and has_no_gap


def _is_flag(profile: Profile) -> bool:
    if profile.type is ColumnType.BOOLEAN:
        return True
    return profile.distinct <= 3 and profile.share("yes or no", values.is_yes_or_no) == 1.0


def _is_few(profile: Profile) -> bool:
    return profile.distinct <= _FEW or profile.distinct <= 0.01 * profile.rows


def _is_category(profile: Profile) -> bool:
    is_word = profile.mean_words <= 6 and profile.mean_length <= 60
    return is_word and not profile.is_date and profile.type is not ColumnType.NUMBER


def _is_number(profile: Profile) -> bool:
    if profile.is_number:
        return True
    amount = profile.share("amount", lambda value: _AMOUNT.fullmatch(value) is not None)
    return profile.is_text and amount >= 0.8


def _is_number_or_band(profile: Profile) -> bool:
    digits = profile.share("digit", lambda value: any(map(str.isdecimal, value)))
    return profile.is_number or digits >= 0.5 or (profile.is_text and _is_few(profile))


def _is_age(profile: Profile) -> bool:
    if profile.is_number:
        return profile.share("human age", lambda v: 0 <= float(v) <= 120) >= 0.95
    return profile.is_text and share_of("age", profile) >= 0.6


def _is_date(profile: Profile) -> bool:
    if profile.is_date:
        return True
    if profile.type is ColumnType.INTEGER:
        return profile.share("date number", _is_date_number) >= 0.95
    return profile.is_text and profile.share("date text", values.is_date_text) >= 0.6


def _is_date_number(value: str) -> bool:
    """20240131, or seconds or milliseconds since 1970."""
    if re.fullmatch(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", value):
        return True
    return value.isdecimal() and (5e8 < int(value) < 3e9 or 5e11 < int(value) < 3e12)


def _is_month(profile: Profile) -> bool:
    if profile.is_number:
        return profile.low >= 1 and profile.high <= 12
    return profile.is_date or share_of("month", profile) >= 0.5 or _is_date(profile)


def _is_birth_date(profile: Profile) -> bool:
    return _is_date(profile) and (not profile.is_date or profile.low >= _YEARS.start)


def _is_birth_year(profile: Profile) -> bool:
    if profile.is_date:
        return True
    return profile.share("year", lambda v: v.isdecimal() and int(v) in _YEARS) >= 0.95


def _is_position(profile: Profile) -> bool:
    if profile.is_number:
        return profile.low >= -180 and profile.high <= 180
    return share_of("coordinates", profile) >= 0.5


def _is_postal_code(profile: Profile) -> bool:
    return _tells_apart(profile) and profile.share("postal", values.is_postal_code) >= 0.6


def _is_phone_like(profile: Profile) -> bool:
    like = profile.share("phone like", values.is_phone_like)
    return _tells_apart(profile) and not profile.is_date and like >= 0.6


def _is_email_like(profile: Profile) -> bool:
    hidden = max(profile.share("has @", lambda v: "@" in v), share_of("opaque_key", profile))
    return share_of("email", profile) >= 0.3 or hidden >= 0.5


def _is_ip_like(profile: Profile) -> bool:
    cut = profile.share("dotted", lambda v: v.count(".") == 3 or v.count(":") >= 2)
    return max(share_of("ip_address", profile), cut, share_of("opaque_key", profile)) >= 0.5


def _is_id_code(profile: Profile) -> bool:
    codes = profile.share("id code", _is_long_code)
    return _tells_apart(profile) and not profile.is_date and codes >= 0.5


def _is_long_code(value: str) -> bool:
    return 4 <= len(value) <= 40 and any(map(str.isdecimal, value)) and value.count(" ") <= 6


def _is_picture(value: str) -> bool:
    return _PICTURE.fullmatch(value) is not None


def _is_iban_like(value: str) -> bool:
    return re.fullmatch(r"[A-Za-z]{2}[\d*xX].{8,}", value) is not None


def _is_address(profile: Profile) -> bool:
    return profile.is_text and profile.share("address", values.is_address_like) >= 0.5


def _is_words(profile: Profile) -> bool:
    letters = profile.share("letters", values.is_mostly_letters)
    return profile.is_text and letters >= 0.8 and profile.mean_words <= 6 and not _is_flag(profile)


def _is_names(profile: Profile) -> bool:
    """Words among which common names turn up now and then, where there are enough to tell."""
    known = profile.share("common name", values.has_common_name)
    is_likely = len(profile.sample) < _TELLING or known >= _NOW_AND_THEN
    return _is_words(profile) and profile.mean_words <= 4 and is_likely


def _is_place(profile: Profile) -> bool:
    if profile.is_number:
        return profile.type is ColumnType.INTEGER and profile.distinct <= 10_000
    status = profile.share("status", lambda value: folded(value) in words("status"))
    is_long = profile.mean_words > 6
    return profile.is_text and not is_long and status < 0.3 and not _is_flag(profile)


def _is_gender(profile: Profile) -> bool:
    return profile.distinct <= 4 or share_of("gender", profile) >= 0.3


def _is_sentences(profile: Profile) -> bool:
    return profile.is_text and (profile.mean_words >= 3 or profile.mean_length >= 20)


def _is_short(profile: Profile) -> bool:
    return profile.mean_words <= 2.5 and profile.mean_length <= 40


SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        "any": Shape(wanted=mark("that"), fits=lambda _: True),
        "text": Shape(wanted=mark("texts"), fits=lambda p: p.is_text),
        "words": Shape(wanted=mark("names"), fits=_is_words),
        "names": Shape(wanted=mark("names of people"), fits=_is_names),
        "phrases": Shape(
            wanted=mark("short texts"),
            fits=lambda p: p.is_text and (p.mean_words >= 2 or p.mean_length >= 10),
        ),
        "sentences": Shape(wanted=mark("texts that people write"), fits=_is_sentences),
        "short_text": Shape(wanted=mark("short texts"), fits=lambda p: p.is_text and _is_short(p)),
        "short_text_or_number": Shape(
            wanted=mark("short codes"), fits=lambda p: _is_short(p) and not p.is_date
        ),
        "key": Shape(wanted=mark("keys"), fits=_is_key),
        "many": Shape(wanted=mark("keys"), fits=_is_many),
        "unique": Shape(wanted=mark("keys"), fits=_is_unique),
        "sequence": Shape(wanted=mark("a count of the rows"), fits=_is_sequence),
        "id_code": Shape(wanted=mark("identity numbers"), fits=_is_id_code),
        "few": Shape(wanted=mark("a few kinds"), fits=_is_few),
        "category": Shape(wanted=mark("kinds of something"), fits=_is_category),
        "flag": Shape(wanted=mark("yes and no"), fits=_is_flag),
        "number": Shape(wanted=mark("numbers"), fits=_is_number),
        "number_or_band": Shape(wanted=mark("amounts or bands"), fits=_is_number_or_band),
        "age": Shape(wanted=mark("ages"), fits=_is_age),
        "gender": Shape(wanted=mark("genders"), fits=_is_gender),
        "date": Shape(wanted=mark("dates"), fits=_is_date),
        "month": Shape(wanted=mark("months"), fits=_is_month),
        "birth_date": Shape(wanted=mark("birth dates"), fits=_is_birth_date),
        "birth_year": Shape(wanted=mark("birth years"), fits=_is_birth_year),
        "place": Shape(wanted=mark("places"), fits=_is_place),
        "position": Shape(wanted=mark("geographic positions"), fits=_is_position),
        "postal_code": Shape(wanted=mark("postal codes"), fits=_is_postal_code),
        "address_like": Shape(wanted=mark("addresses"), fits=_is_address),
        "phone_like": Shape(wanted=mark("telephone numbers"), fits=_is_phone_like),
        "email": Shape(wanted=mark("e-mail addresses"), fits=_is_email_like),
        "ip_address": Shape(wanted=mark("IP addresses"), fits=_is_ip_like),
        "iban": Shape(wanted=mark("IBANs"), fits=_most(_is_iban_like, 0.5)),
        "card_like": Shape(wanted=mark("card numbers"), fits=_most(values.is_card_like, 0.6)),
        "picture": Shape(wanted=mark("pictures"), fits=_most(_is_picture, 0.5)),
    }
)
