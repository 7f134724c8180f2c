"""Sentences that were put together before anybody knew for whom: their template is recognised.

Verdicts, findings and the like are kept as English sentences with facts in them, some of them in
records of years ago. Shown in another language, such a sentence is held against the templates
there are, its facts are read off and put into the translation. Of several templates the one that
says most itself is taken. A fact that is a word is translated as well, and what was joined from
several sentences or words is taken apart. A sentence may have got another first letter where it was
put into another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

_BLANK = re.compile(r"\{([a-z_0-9]+)(?:![rs])?(?::[^}]*)?\}")
_COUNT = re.compile(r"(?P<number>[\d,]+)[ \N{NO-BREAK SPACE}](?P<unit>\D[^.;:()]{0,40})")
_LONGEST = 2_000  # letters of a sentence; what is longer is somebody's own text
_LEAST = 4  # letters that a template must say itself, or its facts must all be words that are known
# How sentences and words are joined, those first that join most; each is a template by itself.
_JOINTS = (
    "{first}; {rest}",
    "{sentence}.",
    "{words} ({note})",
    "{title}: {words}",
    "{first}, {rest}",
    "{first} and {rest}",
)
_LISTING = _JOINTS[-2:]
_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class _Template:
    words: str
    pattern: re.Pattern[str]
    own: int  # letters that are not blanks


class Recogniser:
    """Finds the template of a sentence, and says the sentence by the template's translation."""

    def __init__(self, templates: Iterable[str], units: dict[str, str]) -> None:
        """
        Args:
            templates: all words that have a translation and blanks.
            units: of a count, in singular and plural, with what is said instead, whose blank
                `{number}` is the number.
        """
        self._units = units
        self._by_start: dict[str, list[_Template]] = {}
        for words in templates:
            template = _template(words)
            if template.own:
                self._by_start.setdefault(_start(words), []).append(template)
        for group in self._by_start.values():
            group.sort(key=lambda one: -one.own)
        self.said = lru_cache(_REMEMBERED)(self._said)

    def _said(self, words: str, translated: Callable[[str], str]) -> str | None:
        """`words` by the translation of their template; None where there is none."""
        if (counted := _COUNT.fullmatch(words)) and counted["unit"] in self._units:
            return self._units[counted["unit"]].replace("{number}", counted["number"])
        if len(words) > _LONGEST:
            return None
        for template in self._fitting(words):
            if found := template.pattern.fullmatch(words):
                facts = {name: translated(fact) for name, fact in found.groupdict().items()}
                if template.own >= _LEAST or _are_known(found.groupdict(), facts):
                    return _filled(translated(template.words), facts)
        return self._taken_apart(words, translated)

    def _taken_apart(self, words: str, translated: Callable[[str], str]) -> str | None:
        """`words` that were joined, by the translation of what joins them and of their parts."""
        for joint in _JOINTS:
            found = _joint(joint).fullmatch(words)
            if found is None or translated(joint) == joint:
                continue
            parts = found.groupdict()
            first, *rest = parts
            facts = {first: translated(parts[first])}
            if facts[first] == parts[first]:
                continue
            facts |= {name: translated(parts[name]) for name in rest}
            if joint in _LISTING and any(" " in parts[n] and facts[n] == parts[n] for n in rest):
                continue
            return _filled(translated(joint), facts)
        return None

    def _fitting(self, words: str) -> Iterator[_Template]:
        starts = (*self._by_start.get(_start(words), ()), *self._by_start.get("", ()))
        yield from sorted(starts, key=lambda one: -one.own)


def has_blanks(words: str) -> bool:
    """Whether words are a template."""
    return _BLANK.search(words) is not None


def _are_known(facts: dict[str, str], said: dict[str, str]) -> bool:
    """Whether all facts are words that have a translation, or numbers and the like."""
    return all(said[name] != fact or not any(map(str.isalpha, fact)) for name, fact in facts.items())


@cache
def _joint(words: str) -> re.Pattern[str]:
    return _template(words).pattern


def _filled(template: str, facts: dict[str, str]) -> str:
    return _BLANK.sub(lambda blank: facts[blank[1]], template)


def _start(words: str) -> str:
    """The first word, if it has no blank: by it most templates are told apart."""
    first = words.split(" ", 1)[0].lower()
    return "" if "{" in first else first


def _template(words: str) -> _Template:
    pieces, at, seen = [], 0, set[str]()
    for blank in _BLANK.finditer(words):
        pieces.append(re.escape(words[at : blank.start()]))
        name, at = blank[1], blank.end()
        pieces.append(f"(?P={name})" if name in seen else f"(?P<{name}>.+?)")
        seen.add(name)
    pieces.append(re.escape(words[at:]))
    if words[:1].isalpha():
        pieces[0] = f"(?i:{pieces[0][0]}){pieces[0][1:]}"
    own = sum(sign.isalpha() for sign in _BLANK.sub("", words))
    return _Template(words, re.compile("".join(pieces), re.DOTALL), own)
