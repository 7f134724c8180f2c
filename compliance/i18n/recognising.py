"""Sentences that were put together before anybody knew for whom: their template is recognised.

Verdicts, findings and the like are kept as English sentences with facts in them, some of them in
records of years ago. Shown in another language, such a sentence is held against the templates
there are, its facts are read off and put into the translation. Of several templates the one that
says most itself is taken. A fact that is a word is translated as well, unless its blank is called
as in `NAMES`: what people named stays as they named it. Several sentences, clauses or listed words
are recognised one by one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

_BLANK = re.compile(r"\{([a-z_0-9]+)(?:![rs])?(?::[^}]*)?\}")
_COUNT = re.compile(r"(?P<number>[\d,]+)[ \N{NO-BREAK SPACE}](?P<unit>\D[^.;:()]{0,40})")
# Blanks that hold what people named; an ending in _name says the same.
NAMES = frozenset(
    {
        *(
            "activity",
            "actor",
            "actors",
            "column",
            "columns",
            "dataset",
            "datasets",
            "file",
            "files",
        ),
        *("id", "ids", "key", "name", "names", "named", "of", "person", "population", "processor"),
        *("recipient", "recipients", "subject", "subjects", "table", "tables", "target", "text"),
        *("unit", "value", "values", "vendor"),
    }
)
_SENTENCES = re.compile(r"(?<=[.!?]) (?=[A-Z])")
_CLAUSES = re.compile(r"; ")
_WORDS = re.compile(r", | and ")
_LONGEST = 2_000  # letters of a sentence; what is longer is somebody's own text
_LEAST = 4  # letters that a template must say itself, or it would fit too much
_REMEMBERED = 4096
_ANY = ""  # the start of a template that begins with a blank


@dataclass(frozen=True, slots=True)
class _Template:
    words: str
    pattern: re.Pattern[str]
    own: int  # letters that are not blanks
    longest: str  # piece between blanks: a sentence without it need not be held against the rest


class Recogniser:
    """Finds the template of a sentence, and says the sentence by the template's translation."""

    def __init__(
        self, templates: Iterable[str], units: Mapping[str, str], marks: Mapping[str, str]
    ) -> None:
        """
        Args:
            templates: all words that have a translation and blanks.
            units: of a count, in singular and plural, with what is said instead, whose blank
                `{number}` is the number.
            marks: what stands between `sentences`, `clauses` and `words`, and at the `end`.
        """
        self._units, self._marks = units, marks
        self._by_start: dict[str, list[_Template]] = {}
        for words in templates:
            template = _template(words)
            if template.own >= _LEAST:
                self._by_start.setdefault(_start(words), []).append(template)
        anywhere = self._by_start.setdefault(_ANY, [])
        for start, group in self._by_start.items():
            group.extend(anywhere if start != _ANY else ())
            group.sort(key=lambda one: -one.own)
        self.said = lru_cache(_REMEMBERED)(self._said)

    def _said(self, words: str, translated: Callable[[str], str]) -> str | None:
        """`words` by the translation of their template; None where there is none."""
        if (counted := _COUNT.fullmatch(words)) and counted["unit"] in self._units:
            return self._units[counted["unit"]].replace("{number}", counted["number"])
        if len(words) > _LONGEST:
            return None
        fitting = self._match(words)
        if fitting and not any(map(_has_parts, fitting[1].values())):
            return _filled(translated(fitting[0]), fitting[1], translated)
        said = self._in_parts(words, translated) or self._bare(words, translated)
        if said is None and fitting:
            return _filled(translated(fitting[0]), fitting[1], translated)
        return said

    def _match(self, words: str) -> tuple[str, dict[str, str]] | None:
        """The template that says most of `words` itself, and the facts in its blanks."""
        for template in self._by_start.get(_start(words), self._by_start[_ANY]):
            if template.longest in words and (found := template.pattern.fullmatch(words)):
                return template.words, found.groupdict()
        return None

    def _in_parts(self, words: str, translated: Callable[[str], str]) -> str | None:
        """Sentences or clauses of which some are known, or listed words that are known all."""
        for pattern, mark, least in ((_SENTENCES, "sentences", 1), (_CLAUSES, "clauses", 1)):
            if (said := _split(pattern, words, translated, least)) is not None:
                return self._marks[mark].join(said)
        if (said := _split(_WORDS, words, translated, 0)) is not None:
            return self._marks["words"].join(said)
        return None

    def _bare(self, words: str, translated: Callable[[str], str]) -> str | None:
        """A clause that was made a sentence, by its capital or its end."""
        end = "." if words.endswith(".") else ""
        clause = words.removesuffix(".")
        for bare in (clause, clause[:1].lower() + clause[1:]):
            if bare != words and (said := translated(bare)) != bare:
                return said + (self._marks["end"] if end else "")
        return None


def has_blanks(words: str) -> bool:
    """Whether words are a template."""
    return _BLANK.search(words) is not None


def _split(
    pattern: re.Pattern[str], words: str, translated: Callable[[str], str], least: int
) -> list[str] | None:
    """The parts of `words`, said; None where fewer than `least` (0: all) of them are known."""
    parts = pattern.split(words)
    if len(parts) == 1:
        return None
    said = [translated(part) for part in parts]
    known = sum(one != part for one, part in zip(said, parts, strict=True))
    return said if known >= (least or len(parts)) else None


def _is_name(blank: str) -> bool:
    return blank in NAMES or blank.endswith("_name")


def _has_parts(fact: str) -> bool:
    """Whether a fact goes over the end of a clause, so that it may have swallowed another."""
    return _SENTENCES.search(fact) is not None or _CLAUSES.search(fact) is not None


def _filled(template: str, facts: Mapping[str, str], translated: Callable[[str], str]) -> str:
    def fact(blank: re.Match[str]) -> str:
        return facts[blank[1]] if _is_name(blank[1]) else translated(facts[blank[1]])

    return _BLANK.sub(fact, template)


def _start(words: str) -> str:
    """The first word, if it has no blank: by it most templates are told apart."""
    first = words.split(" ", 1)[0]
    return _ANY if "{" in first else first


def _template(words: str) -> _Template:
    pieces, at, seen = [], 0, set[str]()
    for blank in _BLANK.finditer(words):
        pieces.append(re.escape(words[at : blank.start()]))
        name, at = blank[1], blank.end()
        pieces.append(f"(?P={name})" if name in seen else f"(?P<{name}>.+?)")
        seen.add(name)
    pieces.append(re.escape(words[at:]))
    between = _BLANK.sub("\n", words).split("\n")
    return _Template(
        words=words,
        pattern=re.compile("".join(pieces), re.DOTALL),
        own=sum(sign.isalpha() for piece in between for sign in piece),
        longest=max(between, key=len),
    )
