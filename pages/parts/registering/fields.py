"""The fields of a record as widgets: each can also say “not recorded” and “there is none”."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.register import ABSENT, laws, to_cell
from compliance.register.nouns import Field, FieldType, Register
from pages.parts import wording

UNKNOWN = ""
_ONE = (FieldType.CHOICE, FieldType.COUNTRY, FieldType.RECORD, FieldType.DATASET)
_MANY = (FieldType.CHOICES, FieldType.COUNTRIES, FieldType.RECORDS, FieldType.DATASETS)
_HOW = {
    FieldType.TEXTS: "Several entries, parted by semicolons.",
    FieldType.NUMBER: "A whole number.",
    FieldType.DATE: "As 2026-11-26.",
    FieldType.MOMENT: "With the distance from UTC, as 2026-11-26T09:30+01:00.",
    FieldType.PAUSES: "As 2026-11-01/2026-11-08/identity awaited; parted by semicolons.",
}
_EXAMPLES = {
    FieldType.DATE: "2026-11-26",
    FieldType.MOMENT: "2026-11-26T09:30+01:00",
    FieldType.PAUSES: "2026-11-01/2026-11-08/identity awaited",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a form makes of a record: fields recorded, and fields of which nothing is known."""

    values: Mapping[str, object]
    forget: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What widgets need to know: what can be named, and which fields nobody typed.

    Attributes:
        register: whose records can be named.
        datasets: whose names can be named.
        drawn: the fields that follow from what the desk knows.
        key: begins the key of every widget.
    """

    register: Register
    datasets: Sequence[str]
    drawn: frozenset[str]
    key: str


def ask(fields: Sequence[Field], values: Mapping[str, object], about: Asking) -> Change:
    """Widgets for `fields`, two beside one another; what was changed in them."""
    changed: dict[str, object] = {}
    forget = []
    for place in range(0, len(fields), 2):
        for column, field in zip(st.columns(2), fields[place : place + 2], strict=False):
            with column:
                shown = _shown(field, values)
                given = _widget(field, shown, about)
            if given == shown:
                continue
            if given in (UNKNOWN, []):
                forget.append(field.id)
            else:
                changed[field.id] = given
    return Change(values=changed, forget=tuple(forget))


def recorded(
    fields: Sequence[Field], values: Mapping[str, object], about: Asking
) -> list[dict[str, str]]:
    """What is on record, a row per field; fields of which nothing is known are left out."""
    return [
        {
            _("Field"): _(field.label),
            _("On record"): _in_words(field, values, about),
            _("Known from"): _("filled in") if field.id in about.drawn else _("what was recorded"),
        }
        for field in fields
        if field.id in values
    ]


def _in_words(field: Field, values: Mapping[str, object], about: Asking) -> str:
    shown, called = _shown(field, values), _called(options(field, about))
    return (
        locales.joined(map(called, shown), "words")
        if isinstance(shown, list)
        else called(str(shown))
    )


def options(field: Field, about: Asking) -> Mapping[str, str]:
    """What can be chosen for a field, value → label."""
    if field.type in (FieldType.COUNTRY, FieldType.COUNTRIES):
        return {code: wording.country(code) for code in wording.countries()}
    if field.type in (FieldType.RECORD, FieldType.RECORDS):
        return {record.id: record.name for record in about.register.of(field.of)}
    if field.type in (FieldType.DATASET, FieldType.DATASETS):
        return {name: name for name in about.datasets}
    if field.type is FieldType.YES_NO:
        return {"yes": _("yes"), "no": _("no")}
    return {value: _(label) for value, label in field.choices.items()}


def _shown(field: Field, values: Mapping[str, object]) -> object:
    """What the widget shows of the value on record."""
    if field.id not in values:
        return [] if field.type in _MANY else UNKNOWN
    value = values[field.id]
    if field.type in _MANY:
        return list(value) if isinstance(value, (list, tuple)) else [ABSENT]
    return to_cell(field, value)


def _widget(field: Field, shown: object, about: Asking) -> object:
    key, help_ = f"{about.key}_{field.id}", _help(field)
    label = _(field.label) + (f" :gray[{_('(filled in)')}]" if field.id in about.drawn else "")
    choices = options(field, about)
    called = _called(choices)
    if field.type in _MANY and isinstance(shown, list):
        offered = [*dict.fromkeys([*choices, *shown]), *([] if ABSENT in shown else [ABSENT])]
        return st.multiselect(
            label, offered, shown, format_func=called, key=key, help=help_, placeholder=called("")
        )
    if choices or field.type in _ONE:
        offered = list(dict.fromkeys([UNKNOWN, ABSENT, *choices, str(shown)]))
        place = offered.index(str(shown))
        return st.selectbox(label, offered, place, format_func=called, key=key, help=help_)
    example = _EXAMPLES.get(field.type)
    if field.type is FieldType.TEXT and len(str(shown)) > 60:
        return st.text_area(label, str(shown), key=key, help=help_)
    return st.text_input(label, str(shown), key=key, help=help_, placeholder=example)


def _called(choices: Mapping[str, str]) -> Callable[[str], str]:
    ours = {UNKNOWN: _("not recorded"), ABSENT: _("there is none")}
    return lambda value: ours.get(value) or choices.get(value, value)


def _help(field: Field) -> str:
    said = [_(field.help)] if field.help else []
    if field.type in _HOW:
        said.append(_(_HOW[field.type]))
    if field.laws:
        said.append(
            _("Asked for by {laws}.").format(
                laws=locales.joined((_(laws()[law]) for law in field.laws), "words")
            )
        )
    if field.type not in (*_ONE, *_MANY, FieldType.YES_NO):
        said.append(_("“{none}” says that there is none.").format(none=ABSENT))
    return " ".join(said)
