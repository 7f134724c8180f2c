"""What comes in: typed, from a file or from a browser's signal, checked before it counts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from compliance.countries import is_country
from compliance.errors import RequestInputError
from compliance.i18n import mark
from compliance.rights.nouns import Identifier, IdentifierKind, Right
from compliance.rights.requests.laws import oldest_years, provision_of
from compliance.rules.nouns import LawId

CHANNELS = ("form", "e-mail", "letter", "phone", "agent", "signal", "file")
MOST_IDENTIFIERS = 20
LONGEST_VALUE = 200
LONGEST_TEXT = 600
_LEAST_DIGITS = 7  # of a number that stands in a text
_NO_DIGIT = re.compile(r"[^0-9]")
_NUMBERS = (IdentifierKind.PHONE, IdentifierKind.CARD, IdentifierKind.NATIONAL_ID)
_UNSHOWABLE = ("Cc", "Cs", "Co", "Cf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A request as it comes in; nothing of it is checked yet.

    Attributes:
        law, right: as typed.
        received_on: the day on which it came.
        channel: the way in which it came.
        country: whose holidays count; empty: that of the organisation.
        purpose: what is objected to; empty: everything.
        identifiers: who it is about.
        place: where it stands in a file; empty: it was typed.
    """

    law: LawId
    right: Right
    received_on: date
    channel: str = "form"
    country: str = ""
    purpose: str = ""
    identifiers: tuple[Identifier, ...] = field(default=(), repr=False)
    place: str = ""


def check(draft: Draft, laws: Sequence[LawId], today: date) -> None:
    """Refuse what cannot be so.

    Args:
        laws: those in scope.
        today: the latest day that has begun anywhere.

    Raises:
        RequestInputError: with the first thing that is wrong; it never repeats what was typed.
    """
    provision = provision_of(draft.law, draft.right)
    if draft.law not in laws:
        known = ", ".join(laws) or mark("none yet")
        problem = mark(
            "is not in scope of the organisation; in scope: {known}. Add it under “Laws "
            "in scope” in the register if people may rely on it"
        ).format(known=known)
        raise RequestInputError(field=mark("The law {law}").format(law=draft.law), problem=problem)
    _check_day(draft.received_on, today)
    if draft.channel not in CHANNELS:
        problem = mark("is one of {channels}").format(channels=", ".join(CHANNELS))
        raise RequestInputError(field=mark("The way in which it came"), problem=problem)
    if draft.country and not is_country(draft.country):
        problem = mark("is a two-letter code of ISO 3166 such as DE")
        raise RequestInputError(field=mark("The country"), problem=problem)
    check_text(mark("The purpose"), draft.purpose, is_needed=False)
    if not draft.identifiers and draft.right is not Right.COMPLAINT:
        problem = mark(
            "are missing; give at least one, such as an e-mail address or a customer number"
        )
        raise RequestInputError(field=mark("Identifiers of the person"), problem=problem)
    if provision.kind == "complaint" and draft.right is not Right.COMPLAINT:
        raise RequestInputError(field=mark("The right"), problem=mark("is no complaint"))


def check_text(name: str, text: str, *, is_needed: bool = True) -> str:
    """`text` without blanks around it.

    Raises:
        RequestInputError: it is missing, too long, or holds what cannot be shown.
    """
    plain = text.strip()
    if is_needed and not plain:
        raise RequestInputError(field=name, problem=mark("is missing"))
    if len(plain) > LONGEST_TEXT:
        raise RequestInputError(
            field=name,
            problem=mark("takes {longest_text} characters at most").format(
                longest_text=LONGEST_TEXT
            ),
        )
    if any(unicodedata.category(c) in _UNSHOWABLE and c not in "\n\t" for c in plain):
        raise RequestInputError(field=name, problem=mark("holds a character that cannot be shown"))
    return plain


def check_unsaid(name: str, text: str, identifiers: Iterable[Identifier]) -> str:
    """`text`, unless it says who the person is: it stays on record for longer than that may.

    Raises:
        RequestInputError: it repeats an identifier.
    """
    folded = _folded(text)
    for one in identifiers:
        if _says(folded, one):
            problem = mark("says who the person is; write it without names, numbers and addresses")
            raise RequestInputError(field=name, problem=problem)
    return text


def _says(folded: str, one: Identifier) -> bool:
    """Whether a text holds an identifier: as it is, or a number written in another way."""
    value = _folded(one.value)
    digits = _NO_DIGIT.sub("", value)
    is_number = one.kind in _NUMBERS and len(digits) >= _LEAST_DIGITS
    is_in = len(value) >= 4 and value in folded
    return is_in or (is_number and digits[-_LEAST_DIGITS:] in _NO_DIGIT.sub("", folded))


def to_identifiers(given: Iterable[tuple[str, object]]) -> tuple[Identifier, ...]:
    """What somebody is known by, from kinds and values as typed; empty values say nothing.

    Raises:
        RequestInputError: a kind that does not exist, or a value that cannot be one.
    """
    found = []
    for kind, value in given:
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        if isinstance(value, bool) or not isinstance(value, str | int):
            problem = mark("is a text or a whole number")
            raise RequestInputError(
                field=mark("An identifier ({kind})").format(kind=_kind(kind).value),
                problem=problem,
            )
        text = unicodedata.normalize("NFC", str(value).strip())
        if len(text) > LONGEST_VALUE:
            problem = mark("takes {longest_value} characters at most").format(
                longest_value=LONGEST_VALUE
            )
            raise RequestInputError(
                field=mark("An identifier ({kind})").format(kind=_kind(kind).value),
                problem=problem,
            )
        if any(unicodedata.category(c) in ("Cc", "Cs") for c in text):
            problem = mark("holds a character that cannot be shown")
            raise RequestInputError(
                field=mark("An identifier ({kind})").format(kind=_kind(kind).value),
                problem=problem,
            )
        found.append(Identifier(kind=_kind(kind), value=text))
    if len(found) > MOST_IDENTIFIERS:
        problem = mark("are {most_identifiers} at most").format(most_identifiers=MOST_IDENTIFIERS)
        raise RequestInputError(field=mark("Identifiers of the person"), problem=problem)
    return tuple(dict.fromkeys(found))


def to_draft(row: Mapping[str, Any], place: str = "") -> Draft:
    """A draft from the names and values of a row or a form.

    Raises:
        RequestInputError: a value cannot be read, or a name means nothing.
    """
    plain = {str(name).strip().lower(): value for name, value in row.items()}
    if len(plain) < len(row):
        raise RequestInputError(field=mark("A field"), problem=mark("is named twice"))
    about = {name: plain.pop(name, None) for name in _ABOUT}
    return Draft(
        law=_said(about["law"]).upper(),
        right=to_right(_said(about["right"])),
        received_on=to_day(mark("The day of receipt (received_on)"), _said(about["received_on"])),
        channel=_said(about["channel"]).lower() or "file",
        country=_said(about["country"]).upper(),
        purpose=_said(about["purpose"]),
        identifiers=to_identifiers(plain.items()),
        place=place,
    )


_ABOUT = ("law", "right", "received_on", "channel", "country", "purpose")


def once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """An object of a JSON file, in which no field may be named twice.

    Raises:
        RequestInputError: one is.
    """
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise RequestInputError(field=mark("A field"), problem=mark("is named twice"))
        found[name] = value
    return found


def to_right(said: str) -> Right:
    """The right, by its name or its value.

    Raises:
        RequestInputError: there is none of that name.
    """
    plain = said.strip().casefold().replace("_", " ").replace("-", " ")
    for right in Right:
        if plain in (right.value, right.name.casefold().replace("_", " ")):
            return right
    known = ", ".join(one.name.lower() for one in Right)
    raise RequestInputError(
        field=mark("The right"), problem=mark("is one of: {known}").format(known=known)
    )


def to_day(name: str, said: str) -> date:
    """The day in ISO 8601.

    Raises:
        RequestInputError: it is none.
    """
    try:
        return date.fromisoformat(said.strip())
    except ValueError:
        raise RequestInputError(field=name, problem=mark("is a day such as 2026-11-26")) from None


def _check_day(received: date, today: date) -> None:
    if received > today:
        raise RequestInputError(
            field=mark("The day of receipt"), problem=mark("lies in the future")
        )
    if received.year < today.year - oldest_years():
        problem = mark("lies more than {oldest_years} years back; is the year right?").format(
            oldest_years=oldest_years()
        )
        raise RequestInputError(field=mark("The day of receipt"), problem=problem)


def _kind(said: str) -> IdentifierKind:
    plain = said.strip().casefold().replace("_", " ").replace("-", " ")
    plain = "email" if plain == "e mail" else plain
    for kind in IdentifierKind:
        if plain in (kind.value, kind.name.casefold().replace("_", " ")):
            return kind
    known = ", ".join(one.name.lower() for one in IdentifierKind)
    raise RequestInputError(
        field=mark("A kind of identifier"), problem=mark("is one of: {known}").format(known=known)
    )


def _said(value: object) -> str:
    if isinstance(value, Mapping | list):
        raise RequestInputError(
            field=mark("A field"), problem=mark("is a list or an object, not a text")
        )
    return "" if value is None else str(value).strip()


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
