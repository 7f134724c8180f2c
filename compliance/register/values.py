"""What may stand in a field: from a cell, a form or JSON to a plain value, and back to a cell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from compliance.countries import is_country
from compliance.errors import RecordFieldError
from compliance.i18n import mark
from compliance.register.nouns import Field, FieldType

ABSENT = "(none)"  # how a cell says that something was recorded as absent
LONGEST_TEXT = 4_000
LONGEST_ENTRY = 400
MOST_ENTRIES = 400
SEVERAL = (
    *(FieldType.TEXTS, FieldType.CHOICES, FieldType.COUNTRIES),
    *(FieldType.RECORDS, FieldType.DATASETS),
)
_YES, _NO = ("yes", "true", "y"), ("no", "false", "n")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"\d{1,12}", re.ASCII)
_LARGEST = 10**12 - 1
_BREAKS = re.compile(r"(?<!\\)(?:\\\\)*[;|]")


def to_value(field: Field, given: object) -> object:
    """`given` as the plain value that the field holds; None where it was recorded as absent.

    Args:
        given: a text as typed or as it stands in a cell, or a plain value.

    Raises:
        RecordFieldError: the field cannot hold that.
    """
    if isinstance(given, str):
        given = _clean(field, given)
    if given is None or given == ABSENT:
        return None
    if field.type in SEVERAL:
        return _several(field, given) or None
    return _ONE[field.type](field, given)


def to_cell(field: Field, value: object) -> str:
    """`value` as a text that `to_value` reads back as the same value."""
    if value is None:
        return ABSENT
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field.type is FieldType.PAUSES and isinstance(value, (list, tuple)):
        return "; ".join(_escaped(_pause_text(pause)) for pause in value)
    if isinstance(value, (list, tuple)):
        return "; ".join(_escaped(str(entry)) for entry in value)
    return str(value)


def refuse(field: Field, problem: str) -> RecordFieldError:
    """That the field cannot hold what was given: names the field, not what was given."""
    return RecordFieldError(field=f"“{field.label}” ({field.id})", problem=problem)


def _clean(field: Field, text: str) -> str:
    """`text` without blanks around it and with one kind of line break."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in text):
        raise refuse(field, mark("holds a character that cannot be shown"))
    return text


def _several(field: Field, given: object) -> tuple[object, ...]:
    entries = _split(given) if isinstance(given, str) else given
    if not isinstance(entries, Sequence):
        raise refuse(field, mark("takes several entries, parted by semicolons"))
    if len(entries) > MOST_ENTRIES:
        raise refuse(
            field, mark("takes {most_entries} entries at most").format(most_entries=MOST_ENTRIES)
        )
    one = _ONE[_SINGLE[field.type]]
    cleaned = [_clean(field, entry) if isinstance(entry, str) else entry for entry in entries]
    if any(isinstance(entry, str) and len(entry) > LONGEST_ENTRY for entry in cleaned):
        raise refuse(
            field,
            mark("takes entries of {longest_entry} characters at most").format(
                longest_entry=LONGEST_ENTRY
            ),
        )
    kept = (entry for entry in cleaned if entry not in ("", ABSENT))
    return tuple(dict.fromkeys(one(field, entry) for entry in kept))


def _split(text: str) -> list[str]:
    """The entries of a text, parted by `;` or `|`; a backslash takes the meaning from either."""
    entries, start = [], 0
    for found in _BREAKS.finditer(text):
        entries.append(text[start : found.end() - 1])
        start = found.end()
    entries.append(text[start:])
    return [re.sub(r"\\(.)", r"\1", entry.strip(), flags=re.DOTALL) for entry in entries]


def _escaped(entry: str) -> str:
    return re.sub(r"([\\;|])", r"\\\1", entry)


def _text(field: Field, given: object) -> str:
    if not isinstance(given, str):
        raise refuse(field, mark("takes a text"))
    if not given:
        raise refuse(
            field, mark("is empty; write “{absent}” for what does not exist").format(absent=ABSENT)
        )
    if len(given) > LONGEST_TEXT:
        raise refuse(
            field,
            mark("takes {longest_text:,} characters at most").format(longest_text=LONGEST_TEXT),
        )
    return given


def _number(field: Field, given: object) -> int:
    if isinstance(given, str) and _NUMBER.fullmatch(given):
        given = int(given)
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= _LARGEST:
        raise refuse(field, mark("takes a whole number, not below 0"))
    if field.choices and str(given) not in field.choices:
        raise refuse(field, mark("may be: {choices}").format(choices=", ".join(field.choices)))
    return given


def _yes_no(field: Field, given: object) -> bool:
    if isinstance(given, bool):
        return given
    word = given.casefold() if isinstance(given, str) else ""
    if word not in (*_YES, *_NO):
        raise refuse(field, mark("takes yes or no"))
    return word in _YES


def _day(field: Field, given: object) -> str:
    text = given if isinstance(given, str) else ""
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        day = date.fromisoformat(text)
    except ValueError:
        raise refuse(field, mark("takes a date such as 2026-11-26")) from None
    return day.isoformat()


def _moment(field: Field, given: object) -> str:
    try:
        moment = datetime.fromisoformat(given if isinstance(given, str) else "")
        if moment.utcoffset() is None or moment.year < 1900:
            raise ValueError
    except ValueError:
        problem = mark("takes a time with its distance from UTC, such as 2026-11-26T09:30+01:00")
        raise refuse(field, problem) from None
    return moment.isoformat(timespec="seconds")


def _choice(field: Field, given: object) -> str:
    """The choice that is named by its id or, as people write it, by its label."""
    if isinstance(given, str):
        if given in field.choices:
            return given
        named = [c for c, label in field.choices.items() if label.casefold() == given.casefold()]
        if len(named) == 1:
            return named[0]
    raise refuse(field, mark("may be: {choices}").format(choices=", ".join(field.choices)))


def _country(field: Field, given: object) -> str:
    code = given.upper() if isinstance(given, str) else ""
    if not is_country(code):
        raise refuse(field, mark("takes a country's code of two letters, such as DE, GB or CN"))
    return code


def _pauses(field: Field, given: object) -> tuple[Mapping[str, object], ...]:
    entries = _split(given) if isinstance(given, str) else given
    if not isinstance(entries, Sequence) or len(entries) > MOST_ENTRIES:
        raise refuse(field, mark("takes pauses such as 2026-11-01/2026-11-08/identity awaited"))
    return tuple(_pause(field, entry) for entry in entries if entry != "")


def _pause(field: Field, given: object) -> Mapping[str, object]:
    if isinstance(given, str):
        parts = [part.strip() for part in given.split("/", 2)]
        given = dict(zip(("since", "until", "reason"), (*parts, "", ""), strict=False))
    if not isinstance(given, Mapping) or not given.keys() <= {"since", "until", "reason"}:
        raise refuse(field, mark("takes pauses such as 2026-11-01/2026-11-08/identity awaited"))
    until = given.get("until") or None
    since, until = _day(field, given.get("since")), until and _day(field, until)
    reason = given.get("reason") or ""
    if until is not None and until < since:
        raise refuse(field, mark("has a pause that ends before it begins"))
    if not isinstance(reason, str) or len(reason) > LONGEST_ENTRY:
        raise refuse(
            field,
            mark("takes reasons of {longest_entry} characters at most").format(
                longest_entry=LONGEST_ENTRY
            ),
        )
    return {"since": since, "until": until, "reason": _clean(field, reason)}


def _pause_text(pause: object) -> str:
    parts = pause if isinstance(pause, Mapping) else {}
    return "/".join(str(parts.get(name) or "") for name in ("since", "until", "reason"))


_SINGLE = {
    FieldType.TEXTS: FieldType.TEXT,
    FieldType.CHOICES: FieldType.CHOICE,
    FieldType.COUNTRIES: FieldType.COUNTRY,
    FieldType.RECORDS: FieldType.RECORD,
    FieldType.DATASETS: FieldType.DATASET,
}
_ONE: Mapping[FieldType, Callable[[Field, object], object]] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.YES_NO: _yes_no,
    FieldType.DATE: _day,
    FieldType.MOMENT: _moment,
    FieldType.CHOICE: _choice,
    FieldType.COUNTRY: _country,
    FieldType.RECORD: _text,
    FieldType.DATASET: _text,
    FieldType.PAUSES: _pauses,
}
