"""The catalogues of a language: read, brought up to date with the words there are, compiled.

The files are written in one order and without dates or line numbers, so that the same words and
translations give the same bytes and two people's work can be joined.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from compliance.i18n import DOMAIN, FINISHED, FOLDER
from compliance.i18n.gathering import Gathered, Key
from compliance.i18n.recognising import has_blanks

_MARKED = "recognised in finished sentences"


class _Bare(Catalog):
    """A catalogue whose head says only what a reader needs, and nothing of when or by what."""

    def _get_mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Language", str(self.locale_identifier)),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", self.plural_forms),
        ]

    mime_headers: Any = property(_get_mime_headers, lambda self, headers: None)  # noqa: ARG005


def translations(language: str) -> dict[Key, Message]:
    """All that is translated or waits to be, by its words; from the files of the language."""
    found = {}
    for path in sorted((FOLDER / language).glob("*.po")):
        for message in _read(path, language):
            if message.id:
                found[_key(message)] = message
    return found


def updated(language: str, gathered: Gathered) -> dict[str, bytes]:
    """The file of each room: the words gathered, with the translations that there are."""
    known = translations(language)
    return {room: _written(language, room, messages, known) for room, messages in gathered.items()}


def gone(language: str, gathered: Gathered) -> list[Message]:
    """Translations of words that nobody says any more."""
    said = {key for messages in gathered.values() for key in messages}
    return [message for key, message in translations(language).items() if key not in said]


def compiled(language: str, files: Iterable[bytes]) -> bytes:
    """One catalogue of all rooms as the app reads it; what is fuzzy or missing is left out.

    A plural is a key of its own as well, and a template that is only marked has a second one, so
    that they are recognised in a finished sentence.
    """
    whole = _Bare(locale=language, fuzzy=False)
    messages = [m for file in files for m in read_po(io.BytesIO(file), locale=language) if m.id]
    for message in messages:
        if is_waiting(message):
            continue
        whole.add(message.id, message.string, context=message.context)
        if isinstance(message.id, tuple | list) and len(set(message.id)) > 1:
            whole.add(message.id[1], strings(message)[-1], context=message.context)
        if _MARKED in message.auto_comments:
            whole.add(message.id, message.string, context=FINISHED)
    written = io.BytesIO()
    write_mo(written, whole)
    return written.getvalue()


def write(language: str, gathered: Gathered) -> None:
    """Brings the files of a language up to date and compiles them."""
    files = updated(language, gathered)
    for path in (FOLDER / language).glob("*.po"):
        if path.stem not in files:
            path.unlink()
    for room, file in files.items():
        (FOLDER / language / f"{room}.po").write_bytes(file)
    target = compiled_path(language)
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(compiled(language, files.values()))


def compiled_path(language: str) -> Path:
    """Where the app finds the compiled catalogue."""
    return FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.mo"


def _read(path: Path, language: str) -> Iterator[Message]:
    with path.open("rb") as file:
        yield from read_po(file, locale=language)


def _key(message: Message) -> Key:
    words = message.id if isinstance(message.id, str) else message.id[0]
    return Key(words, message.context or "")


def _written(language: str, room: str, messages: Any, known: dict[Key, Message]) -> bytes:
    catalog = _Bare(
        locale=language, header_comment=f"# The words of the room “{room}”.", fuzzy=False
    )
    for key in sorted(messages):
        message = messages[key]
        old = known.get(key)
        catalog.add(
            (key.words, message.many) if message.many else key.words,
            _string(old, is_plural=bool(message.many)),
            locations=[(file, 0) for file in sorted(message.files)],
            flags=["fuzzy"] if old and old.fuzzy else [],
            auto_comments=[_MARKED] if message.is_marked and has_blanks(key.words) else [],
            user_comments=old.user_comments if old else [],
            context=key.context or None,
        )
    for message in catalog:  # what Babel guesses of formats, such as of “95 % of”, is wrong here
        message.flags &= {"fuzzy"} if message.id else set()
    written = io.BytesIO()
    write_po(written, catalog, width=0, include_lineno=False, sort_output=False)
    return written.getvalue()


def _string(old: Message | None, *, is_plural: bool) -> Any:
    said = strings(old) if old else ("",)
    return said if is_plural else said[0]


def strings(message: Message) -> tuple[str, ...]:
    """All forms of a translation; Chinese has one for all numbers, other languages several."""
    string = message.string or ""
    return (string,) if isinstance(string, str) else tuple(string)


def is_waiting(message: Message) -> bool:
    """Whether a translation is missing or doubtful."""
    return message.fuzzy or not all(strings(message))
