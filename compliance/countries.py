"""The countries that a code can name, and what people call them.

Source: ISO 3166-1 alpha-2, and XK, by which the European Commission and CLDR name Kosovo; names
are those of the Unicode CLDR, through babel. As of 2026-11.
"""

from __future__ import annotations

import functools

_CODES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO
BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ
DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP
GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG
KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML
MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE
PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL
SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM
US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
"""
COUNTRIES = frozenset(_CODES.split())

# What people write besides: the code of the European Union for Greece, of mail for Britain.
_ALSO = {
    "uk": "GB",
    "el": "GR",
    "great britain": "GB",
    "england": "GB",
    "usa": "US",
    "united states of america": "US",
    "eire": "IE",
    "rsa": "ZA",
    "korea": "KR",
    "republic of korea": "KR",
    "czech republic": "CZ",
    "turkey": "TR",
    "hong kong": "HK",
    "macau": "MO",
    "the netherlands": "NL",
}


def is_country(code: object) -> bool:
    return isinstance(code, str) and code in COUNTRIES


def name_of(code: str, language: str = "en") -> str:
    """What people call the country `code`; the code itself where it names none."""
    return _names(language).get(code, code) if is_country(code) else code


def code_of(text: str) -> str | None:
    """The code of the country that `text` names, by code or English name in any case; or None."""
    asked = " ".join(text.split()).casefold()
    if is_country(asked.upper()):
        return asked.upper()
    return _ALSO.get(asked) or _codes().get(asked)


@functools.cache
def _names(language: str) -> dict[str, str]:
    from babel import Locale  # 30 ms that most commands do not need

    territories = Locale.parse(language).territories
    return {code: territories.get(code, code) for code in COUNTRIES}


@functools.cache
def _codes() -> dict[str, str]:
    return {name.casefold(): code for code, name in _names("en").items()}
