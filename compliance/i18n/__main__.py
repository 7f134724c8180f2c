"""`make messages`: gathers all words anew, and brings every catalogue up to date with them."""

from __future__ import annotations

import sys

from compliance.i18n import ENGLISH, LANGUAGES
from compliance.i18n.catalogues import gone, is_waiting, translations, write
from compliance.i18n.gathering import gather, sources


def main() -> None:
    """Writes the catalogues and tells what is missing and what nobody says any more."""
    gathered = gather()
    say = sys.stdout.write
    for language in LANGUAGES.keys() - {ENGLISH}:
        for message in gone(language, gathered):
            say(f"gone: {message.id!r} was {message.string!r}\n")
        write(language, gathered)
        known = translations(language)
        for room, messages in gathered.items():
            missing = [key for key in messages if is_waiting(known[key])]
            is_complete = room in sources()["complete"]
            note = ", which should be complete" if missing and is_complete else ""
            say(f"{language} {room}: {len(messages)} words, {len(missing)} missing{note}\n")


if __name__ == "__main__":
    main()
