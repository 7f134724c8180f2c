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
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

_BLANK = re.compile(r"\{([a-z_0-9]+)(?:![rs])?(?::[^}]*)?\}")
_COUNT = re.compile(r"(?P<number>[\d,]+)[ \N{NO-BREAK SPACE}](?P<unit>\D[^.;:()]{0,40})")
_LONGEST = 2_000  # letters of a sentence; what is longer is somebody's own text
_LEAST = 4  # letters that a template must say itself, or its facts must all be words that are known
_REMEMBERED = 4096
_TRIED = 6  # places at which words are taken apart


@dataclass(frozen=True, slots=True)
class _Joint:
    """How sentences or words are joined, as a template.

    Attributes:
        is_list: it joins words, each of which must be known or be a name.
        is_close: it joins words, each of which must be known.
    """

    words: str
    is_list: bool = False
    is_close: bool = False

    def split(self, words: str) -> Iterator[dict[str, str]]:
        """The parts, taken apart at one place after the other."""
        first, *rest = _BLANK.finditer(self.words)
        end = self.words[rest[-1].end() if rest else first.end() :]
        if not words.endswith(end):
            return
        body = words[: len(words) - len(end)]
        if not rest:
            yield {first[1]: body}
            return
        between = self.words[first.end() : rest[0].start()]
        at = body.find(between, 1)
        for _ in range(_TRIED):
            if at < 0 or at + len(between) >= len(body):
                return
            yield {first[1]: body[:at], rest[0][1]: body[at + len(between) :]}
            at = body.find(between, at + 1)

    def allows(self, unknown: Sequence[str]) -> bool:
        """Whether these parts may be words that nobody knows, such as names."""
        return not self.is_close and not (self.is_list and any(" " in part for part in unknown))


# Those first that join most.
_JOINTS = (
    _Joint("{first}; {rest}"),
    _Joint("{sentence}. {rest}"),
    _Joint("{sentence}."),
    _Joint("{words} ({note})"),
    _Joint("{title}: {words}"),
    _Joint("{first}, {rest}", is_list=True),
    _Joint("{first} and {rest}", is_list=True),
    _Joint("{first} or {rest}", is_list=True),
    _Joint("{law} {article}", is_close=True),
)


@dataclass(frozen=True, slots=True)
class _Template:
    words: str
    pattern: re.Pattern[str]
    own: int  # letters that are not blanks


class Recogniser:
    """Finds the template of a sentence, and says the sentence by the template's translation."""

    def __init__(
        self, templates: Iterable[str], units: dict[str, str], known: Iterable[str] = ()
    ) -> None:
        """
        Args:
            templates: all words that have a translation and blanks.
            units: of a count, in singular and plural, with what is said instead, whose blank
                `{number}` is the number.
            known: all words that have a translation, which may be the same word.
        """
        self._known = frozenset(known)
        self._joints = [joint for joint in _JOINTS if joint.words in self._known]
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
                if template.own >= _LEAST or all(
                    self._is_known(fact, facts[name]) or not any(map(str.isalpha, fact))
                    for name, fact in found.groupdict().items()
                ):
                    return _filled(translated(template.words), facts)
        return self._taken_apart(words, translated)

    def _taken_apart(self, words: str, translated: Callable[[str], str]) -> str | None:
        """`words` that were joined, by the translation of what joins them and of their parts."""
        for joint in self._joints:
            template = translated(joint.words)
            best: dict[str, str] | None = None
            for parts in joint.split(words):
                said = {name: translated(part) for name, part in parts.items()}
                unknown = [
                    part for name, part in parts.items() if not self._is_known(part, said[name])
                ]
                if not unknown:
                    return _filled(template, said)
                if best is None and len(unknown) < len(parts) and joint.allows(unknown):
                    best = said
            if best is not None:
                return _filled(template, best)
        return None

    def _is_known(self, words: str, said: str) -> bool:
        return said != words or words in self._known

    def _fitting(self, words: str) -> Iterator[_Template]:
        starts = (*self._by_start.get(_start(words), ()), *self._by_start.get("", ()))
        yield from sorted(starts, key=lambda one: -one.own)


def has_blanks(words: str) -> bool:
    """Whether words are a template."""
    return _BLANK.search(words) is not None


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
