"""The words that people read, in their language.

`translate("English words")` gives them in the language chosen, and English where a catalogue lacks
them. The English words are the key: they stand in the code, and each room has a catalogue of its
own, `<language>/<room>.po`. All are compiled together into `<language>/LC_MESSAGES/desk.mo`, which
is what the app reads. `make messages` gathers the words anew; `sources.yaml` says from where.

    translate("The trail is whole.")
    translate("{name} holds {rows}.").format(name=name, rows=rows)
    plural("{n} value was left out", "{n} values were left out", n).format(n=n)
    meant("of a duty", "met")                      # one English word for two things
    TITLES = {"audit": mark("Privacy audit report")}   # translated where it is shown

Only literal words can be gathered: a sentence with facts in it is a template with named blanks,
never an f-string. A sentence that was put together long before it is shown, such as a verdict, is
recognised by its template (`recognising.py`): there, `mark("…{blank}…").format(…)` is enough.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from compliance.i18n.recognising import Recogniser

FOLDER = Path(__file__).parent
DOMAIN = "desk"
COUNTED = "counted"  # the context of units behind a number
FIELD = "field"  # of names of fields in results of the command line
HELP = "help"  # of what the command line is explained with
FINISHED = "finished"  # that of templates whose sentences were put together before they are shown
ENGLISH = "en"
# The names are the languages' own; `languages.yaml` says how dates and numbers are written in them.
LANGUAGES = {"en": "English", "zh": "简体中文"}
LANGUAGE: ContextVar[str] = ContextVar("language", default=ENGLISH)


def translate(words: str) -> str:
    """`words` in the language chosen for this session."""
    language = LANGUAGE.get()
    if language == ENGLISH or not words:  # the catalogue's own head has empty words as its key
        return words
    found = exactly(words)
    return found if found is not words else _recogniser(language).said(words, exactly) or words


def plural(one: str, many: str, number: int) -> str:
    """`one` or `many`, whichever goes with `number`; its blanks are filled by the caller."""
    return _catalogue(LANGUAGE.get()).ngettext(one, many, number)


def meant(context: str, words: str) -> str:
    """`words` as they are meant in `context`, where another language has several words for them."""
    return _catalogue(LANGUAGE.get()).pgettext(context, words)


def counted(unit: str, units: str, number: int) -> str:
    """The word that stands behind a count: `rows` for 3, with its measure word in Chinese."""
    return _catalogue(LANGUAGE.get()).npgettext(COUNTED, unit, units, number)


def mark(words: str) -> str:
    """`words` as they are: they are gathered here, and translated where they are shown."""
    return words


def of_locale(locale: str | None) -> str:
    """The desk's language for a locale such as `zh-CN` or `zh_CN.UTF-8`; English for others."""
    spoken = (locale or "").replace("_", "-").split("-")[0].lower()
    return spoken if spoken in LANGUAGES else ENGLISH


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """All words in `language` for as long as this lasts; left empty, in what is spoken already.

    Raises:
        KeyError: there is no such language.
    """
    chosen = language or LANGUAGE.get()
    if chosen not in LANGUAGES:
        raise KeyError(chosen)
    before = LANGUAGE.set(chosen)
    try:
        yield
    finally:
        LANGUAGE.reset(before)


def exactly(words: str) -> str:
    """What the catalogue says instead of just these `words`; else the words.

    What is a sentence may have another first letter there, and an end.
    """
    forms = [words] if words else []
    if " " in words:  # a sentence, which may stand within another one
        forms.append(words[0].swapcase() + words[1:])
    for form in forms:
        found = _catalogue(LANGUAGE.get()).gettext(form)
        if found is not form:
            return found
    if ". " in words:  # several, the last without its end
        found = _catalogue(LANGUAGE.get()).gettext(f"{words}.")
        return words if found == f"{words}." else found.rstrip(".。")
    return words


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, FOLDER, [language], fallback=True)


@cache
def _recogniser(language: str) -> Recogniser:
    """Of all templates that were only marked, and of all units of counts."""
    from babel.messages.mofile import read_mo

    from compliance.i18n.locales import conventions, places

    shape, units, templates, known = str(conventions(language)["count"]), {}, [], []
    with (FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as file:
        for message in read_mo(file):
            words, said = _first(message.id), _first(message.string)
            context = _text(message.context)
            if context == COUNTED:
                units[words] = shape.format(number="{number}", unit=said)
            elif context == FINISHED:
                templates.append(words)
            elif not context:
                known.append(words)
    return Recogniser(templates, units, known, places(language))


def _first(forms: str | Sequence[str] | None) -> str:
    return forms if isinstance(forms, str) else forms[0] if forms else ""


def _text(context: str | bytes | None) -> str:
    """A context as it is read from a compiled file, where it comes as bytes."""
    return context.decode() if isinstance(context, bytes) else context or ""
