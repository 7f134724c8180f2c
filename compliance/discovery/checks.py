"""What values show by themselves: per check, the share of sampled values that pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from compliance.dataset.nouns import ColumnType
from compliance.discovery import ids, values
from compliance.discovery.profiles import Profile
from compliance.discovery.wordlists import (
    are_tokens_in,
    countries,
    country_codes,
    folded,
    origins,
    words,
)
from compliance.i18n import mark

_MIN_BIRTH_YEAR, _MAX_BIRTH_YEAR = 1900, 2020
_SPREAD_OF_AGES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that values can show.

    Attributes:
        says: what passing values are, in the plural, for “98 % of 400 sampled values are …”.
        share: 0–1, of the sampled values, where the header speaks for it too.
        alone: the same where nothing but the values speaks for it; stricter for some.
        enough: the share from which a column counts as this without a header.
        least: how many different values must pass for that.
    """

    says: str
    share: Callable[[Profile], float]
    alone: Callable[[Profile], float] | None = None
    enough: float = 0.8
    least: int = 3


def share_of(name: str, profile: Profile) -> float:
    """The share of sampled values that pass check `name`; 0 where it cannot apply."""
    return CHECKS[name].share(profile)


def share_alone(name: str, profile: Profile) -> float:
    """The same, where that is enough to believe check `name` without a header; else 0."""
    check = CHECKS[name]
    share = (check.alone or check.share)(profile)
    is_enough = share >= check.enough and round(share * len(profile.sample)) >= check.least
    return share if is_enough else 0.0


def _texts(test: Callable[[str], bool]) -> Callable[[Profile], float]:
    """The share in text columns; 0 in others."""
    return lambda profile: profile.share(test.__name__, test) if profile.is_text else 0.0


def _codes(test: Callable[[str], bool]) -> Callable[[Profile], float]:
    """The share in columns of text or whole numbers, as which codes are stored; 0 in others."""
    kinds = (ColumnType.TEXT, ColumnType.INTEGER)
    return lambda profile: profile.share(test.__name__, test) if profile.type in kinds else 0.0


def _listed(name: str) -> Callable[[Profile], float]:
    """The share of texts that stand in list `name` of words.yaml."""
    return lambda profile: (
        profile.share(f"listed {name}", lambda value: folded(value) in words(name))
        if profile.is_text
        else 0.0
    )


def _with_word_from(name: str) -> Callable[[Profile], float]:
    """The share of texts in which a word of list `name` of words.yaml stands."""
    return lambda profile: (
        profile.share(f"word from {name}", lambda value: are_tokens_in(value, name))
        if profile.is_text
        else 0.0
    )


def _gender(profile: Profile) -> float:
    """Words for men and women; both must be there, or “M” might mean married, “F” false."""
    found = {folded(value) for value in profile.sample}
    both = found & words("male") and found & words("female")
    known = words("male") | words("female") | words("other_gender")
    if not profile.is_text or not both:
        return 0.0
    return profile.share("gender", lambda value: folded(value) in known)


def _country(profile: Profile) -> float:
    if not profile.is_text:
        return 0.0
    return max(
        profile.share("country", lambda value: folded(value) in countries()),
        profile.share("country code", _is_country_code),
    )


def _origin(profile: Profile) -> float:
    known = countries() | origins()
    return profile.share("origin", lambda value: folded(value) in known) if profile.is_text else 0.0


def _origin_alone(profile: Profile) -> float:
    """The same, where at least half are no names of countries: those say where, not who."""
    peoples = profile.share("people", lambda value: folded(value) in origins())
    return _origin(profile) if peoples >= 0.5 else 0.0


def _is_country_code(value: str) -> bool:
    return value.lower() in country_codes()


def _national_id(profile: Profile) -> float:
    """The share that follows one country's scheme, or any of the strict ones."""
    if not _may_be_ids(profile):
        return 0.0

    def share() -> float:
        best = ids.best_scheme(profile.sample, alone=False)
        return max(best[1] if best else 0.0, ids.known_share(profile.sample))

    return profile.once("national id", share)


def _national_id_alone(profile: Profile) -> float:
    def share() -> float:
        best = ids.best_scheme(profile.sample, alone=True)
        return best[1] if best else 0.0

    return profile.once("national id alone", share) if _may_be_ids(profile) else 0.0


def _may_be_ids(profile: Profile) -> bool:
    kinds = (ColumnType.TEXT, ColumnType.INTEGER)
    return profile.type in kinds and 6 <= profile.mean_length <= 22


def _ip_alone(profile: Profile) -> float:
    """IP addresses whose parts are not all small, as those of version numbers are."""
    share = _texts(values.is_ip_address)(profile)
    return share if profile.share("large part", values.has_large_part) >= 0.5 else 0.0


def _phone(profile: Profile) -> float:
    if profile.share("phone like", values.is_phone_like) <= 0.5:
        return 0.0
    return profile.once("phone", lambda: values.phone_share(profile.sample))


def _phone_alone(profile: Profile) -> float:
    """Numbers written as phone numbers; bare digits only where they are Chinese mobile numbers."""
    if not profile.is_text and profile.type is not ColumnType.INTEGER:
        return 0.0
    if profile.share("digits", str.isdecimal) < 0.5:
        return _phone(profile)
    # Numbers given out one after the other would share their first digits.
    starts = {value[:5] for value in profile.sample}
    mobile = profile.share("Chinese mobile", values.is_chinese_mobile)
    return mobile if len(starts) >= min(5, profile.distinct) else 0.0


def _person_name(profile: Profile) -> float:
    """Full names by their look, where our list knows at least a fifth of them."""
    if not profile.is_text or profile.mean_words > 5:
        return 0.0
    known = profile.share("common name", values.has_common_name)
    looks = profile.share("full name", values.is_full_name)
    return looks if known >= 0.2 and looks >= 0.5 else min(known, looks)


def _person_name_alone(profile: Profile) -> float:
    """The same without a header: where our list knows under half, the small model must agree."""
    known = profile.share("common name", values.has_common_name)
    share = _person_name(profile)
    return share if known >= 0.5 or share < 0.5 or profile.guess else min(known, share)


def _modelled_name(profile: Profile) -> float:
    """What the small model sees in columns that it takes for names of people."""
    names = ("person_name", "given_name", "family_name")
    found = profile.guess
    return found.agreeing / len(profile.sample) if found and found.type in names else 0.0


def _single_words(test: Callable[[str], bool]) -> Callable[[Profile], float]:
    inner = _texts(test)
    return lambda profile: inner(profile) if profile.mean_words < 2 else 0.0


def _age(profile: Profile) -> float:
    if profile.is_number:
        return profile.share("age", lambda value: value.isdecimal() and int(value) <= 120)
    return _texts(values.is_age_band)(profile)


def _birth_date(profile: Profile) -> float:
    """1 for dates that lie as birth dates do: in plausible years, and spread over twenty."""
    first, last = profile.low, profile.high
    is_plausible = profile.is_date and first >= _MIN_BIRTH_YEAR and last <= _MAX_BIRTH_YEAR
    return float(is_plausible and last - first >= _SPREAD_OF_AGES)


def _own_words(profile: Profile) -> float:
    if not profile.is_text or profile.mean_words < 6:
        return 0.0
    return profile.share("first person", values.is_in_first_person)


CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "email": Check(says=mark("valid e-mail addresses"), share=_texts(values.is_email)),
        "phone": Check(says=mark("valid telephone numbers"), share=_phone, alone=_phone_alone),
        "credit_card": Check(
            says=mark("card numbers with a right check digit"),
            share=_codes(values.is_credit_card),
            least=5,
        ),
        "iban": Check(says=mark("IBANs with right check digits"), share=_texts(values.is_iban)),
        "national_id": Check(
            says=mark("identity numbers that pass their country's check"),
            share=_national_id,
            alone=_national_id_alone,
        ),
        "ip_address": Check(
            says=mark("IP addresses"), share=_texts(values.is_ip_address), alone=_ip_alone
        ),
        "device_id": Check(
            says=mark("device numbers (MAC or IMEI)"), share=_codes(values.is_device_id), least=5
        ),
        "url": Check(says=mark("web addresses"), share=_texts(values.is_url)),
        "domain_name": Check(says=mark("internet domains"), share=_texts(values.is_domain)),
        "user_agent": Check(says=mark("browser names"), share=_texts(values.is_user_agent)),
        "social_handle": Check(
            says=mark("names that start with @"), share=_texts(values.is_handle)
        ),
        "crypto_wallet": Check(says=mark("wallet addresses"), share=_texts(values.is_wallet)),
        "opaque_key": Check(says=mark("UUIDs or hashes"), share=_texts(values.is_opaque_key)),
        "licence_plate": Check(says=mark("licence plates"), share=_texts(values.is_licence_plate)),
        "vehicle_id": Check(
            says=mark("vehicle identification numbers"),
            share=_texts(values.is_vehicle_id),
            enough=0.9,
        ),
        "product_number": Check(
            says=mark("article numbers (EAN, UPC, ISBN)"),
            share=_codes(values.is_product_number),
            enough=0.9,
            least=5,
        ),
        "coordinates": Check(says=mark("positions"), share=_texts(values.is_coordinates)),
        "street_address": Check(
            says=mark("a number together with a street"),
            share=_texts(values.is_street_address),
            enough=0.6,
            least=5,
        ),
        "person_name": Check(
            says=mark("full names of people"), share=_person_name, alone=_person_name_alone, least=5
        ),
        "modelled_name": Check(
            says=mark("taken for data of people by a small model"), share=_modelled_name
        ),
        "given_name": Check(
            says=mark("common given names"),
            share=_single_words(values.is_given_name),
            enough=0.5,
            least=5,
        ),
        "family_name": Check(
            says=mark("common family names"),
            share=_single_words(values.is_family_name),
            enough=0.4,
            least=5,
        ),
        "age": Check(says=mark("ages"), share=_age),
        "birth_date": Check(says=mark("plausible as birth dates"), share=_birth_date),
        "gender": Check(says=mark("words for a gender"), share=_gender, least=2),
        "marital_status": Check(says=mark("words for a marital status"), share=_listed("marital")),
        "person_title": Check(says=mark("forms of address"), share=_listed("titles"), least=2),
        "family_role": Check(says=mark("roles in a family"), share=_listed("family")),
        "education_level": Check(says=mark("words for an education"), share=_listed("education")),
        "religion": Check(says=mark("religions"), share=_listed("religion")),
        "ethnicity": Check(says=mark("words for an ethnic origin"), share=_listed("ethnicity")),
        "occupation": Check(
            says=mark("words for a job"), share=_with_word_from("job"), enough=0.6, least=5
        ),
        "health_condition": Check(
            says=mark("words for an illness"), share=_with_word_from("disease"), enough=0.6
        ),
        "blood_type": Check(says=mark("blood types"), share=_texts(values.is_blood_type), least=4),
        "country": Check(says=mark("countries"), share=_country),
        "country_code": Check(
            says=mark("country codes"),
            share=_texts(_is_country_code),
        ),
        "origin": Check(
            says=mark("languages or nationalities"), share=_origin, alone=_origin_alone, least=4
        ),
        "card_type": Check(says=mark("card brands"), share=_listed("card_types"), least=2),
        "month": Check(says=mark("months"), share=_listed("months")),
        "weekday": Check(says=mark("weekdays"), share=_listed("weekdays")),
        "own_words": Check(
            says=mark("texts in which people speak of themselves"),
            share=_own_words,
            enough=0.25,
            least=5,
        ),
    }
)
