"""Sentences that were put together before anybody knew for whom: their template is recognised.

Verdicts, findings and the like are kept as English sentences with facts in them, some of them in
records of years ago. Shown in another language, such a sentence is held against the templates
there are, its facts are read off and put into the translation. Of several readings the one is
taken that leaves the fewest letters untranslated, and of these the one of the longest template.
A fact that is a word is translated as well, unless its blank is called as in `NAMES`: what people
named stays as they named it. What was joined from several sentences or words is taken apart. A
sentence may have got another first letter where it was put into another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from typing import NamedTuple

Translated = Callable[[str], str]

_BLANK = re.compile(r"\{([a-z_0-9]+)(?:![rs])?(?::[^}]*)?\}")
# What stands in a blank whose format says that it is a number or a moment.
_NUMBER, _MOMENT = r"[\d.,%e+-]+(?: %)?", r"[\d.: -]+"
_COUNT = re.compile(r"(?P<number>[\d,]+)[ \N{NO-BREAK SPACE}](?P<unit>\D[^.;:()]{0,40})")
# Blanks that hold what people named; an ending in _name says the same.
NAMES = frozenset(
    [
        "activity",
        "actor",
        "actors",
        "column",
        "columns",
        "dataset",
        "datasets",
        "file",
        "files",
        "id",
        "ids",
        "key",
        "name",
        "names",
        "named",
        "of",
        "person",
        "population",
        "processor",
        "recipient",
        "recipients",
        "subject",
        "subjects",
        "table",
        "tables",
        "target",
        "text",
        "unit",
        "value",
        "values",
        "vendor",
    ]
)
# No sign of it can be read in two ways, or a long name would take for ever.
_NAME = re.compile(r"_*[^\W_]+(?:[_.@]+[^\W_]+)+_*")
_ENDS = re.compile(r"[.!?] (?=[A-Z])|; ")
_LONGEST = 2_000  # letters of a sentence; what is longer is somebody's own text
_SURE = 20  # letters from which on a template goes before lists that it may hold
_LEAST = 4  # letters that a template must say itself, or all of its facts must be known
_REMEMBERED = 2**14
_TRIED = 6  # places at which words are taken apart
# Where words can be taken apart at more places, the ways to do it are more than anybody can try:
# then sentences and clauses are read one by one, and lists stay as they are.
_BETWEEN = re.compile(r"; |\. |, | and | or |: | \(")
_MOST_PLACES = 12
_NO_NAMES = frozenset(["No", "Yes", "Not", "None"])  # words before a word, and no name of a law
# No sentence ends behind U.S. or the like.
_ENDED, _CLAUSED = re.compile(r"(?<!\.[A-Z])\. "), re.compile("; ")
_COMMAS = re.compile(r"(, and |, | and )")


@dataclass(frozen=True, slots=True)
class _Joint:
    """How sentences or words are joined, as a template.

    Attributes:
        is_list: it joins words, each of which must be known or be the name of a column or so.
        is_close: it joins words, of which the first is a title, and each must be known.
    """

    words: str
    is_list: bool = False
    is_close: bool = False

    def split(self, words: str) -> Iterator[dict[str, str]]:
        """The parts, taken apart at one place after the other."""
        first, *rest = _BLANK.finditer(self.words)
        start, end = self.words[: first.start()], self.words[(rest or [first])[-1].end() :]
        if not (words.startswith(start) and words.endswith(end)):
            return
        body = words[len(start) : len(words) - len(end)]
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
        """Whether these parts may be words that nobody knows."""
        return not (unknown and (self.is_list or self.is_close))


_SENTENCES = (_Joint("{first}; {rest}"), _Joint("{sentence}. {rest}"), _Joint("{sentence}."))
_LISTS = (
    _Joint("{law} {article}", is_close=True),
    _Joint("{first}, {rest}", is_list=True),
    _Joint("{first} and {rest}", is_list=True),
)
_OTHERS = (
    _Joint("“{words}”", is_close=True),
    _Joint("{words} ({note})"),
    _Joint("{title}: {words}"),
    _Joint("{first} or {rest}", is_list=True),
)


@dataclass(frozen=True, slots=True)
class _Template:
    words: str
    pattern: re.Pattern[str]
    own: int  # letters that are not blanks
    anchor: str  # its longest piece, which is quicker to look for than the whole


class _Reading(NamedTuple):
    """A way to understand a sentence: what it says, how many of its letters stay as they are."""

    says: str
    left: int


class Recogniser:
    """Finds the templates of a sentence, and says the sentence by their translations."""

    def __init__(
        self,
        templates: Iterable[str],
        units: Mapping[str, str],
        known: Iterable[str] = (),
        names: Mapping[str, str] | None = None,
    ) -> None:
        """
        Args:
            templates: all words that have a translation and blanks.
            units: of a count, in singular and plural, with what is said instead, whose blank
                `{number}` is the number.
            known: all words that have a translation, which may be the same words.
            names: of countries, with what they are called; they stand in no catalogue.
        """
        self._names = names or {}
        self._known = frozenset(known)
        self._units = units
        self._by_start: dict[str, list[_Template]] = {}
        joints = {joint.words for joint in (*_SENTENCES, *_LISTS, *_OTHERS)}
        for words in templates:
            template = _template(words)
            if template.own and words not in joints:
                self._by_start.setdefault(_start(words), []).append(template)
        self._read = lru_cache(_REMEMBERED)(self._reading)
        self._sorted = cache(self._sorting)

    def said(self, words: str, translated: Translated) -> str | None:
        """`words` by the translation of their template; None where there is none.

        Args:
            translated: what a catalogue says instead of words; the words where it lacks them.
        """
        found = self._read(words, translated)
        return found.says if found else None

    def _reading(self, words: str, translated: Translated) -> _Reading | None:
        """The best way to understand `words`: the one that leaves the fewest letters."""
        if (counted := _COUNT.fullmatch(words)) and counted["unit"] in self._units:
            said = self._units[counted["unit"]]
            return _Reading(said.replace("{number}", counted["number"]), 0)
        if words in self._names:
            return _Reading(self._names[words], 0)
        if len(words) > _LONGEST:
            return None
        if len(_BETWEEN.findall(words)) > _MOST_PLACES:
            return self._one_by_one(words, translated)
        best: _Reading | None = None
        sure, likely, short = self._fitting(words)
        readings = chain(
            self._apart(words, translated, _SENTENCES),
            self._by_template(sure, words, translated),
            self._apart(words, translated, _LISTS),
            self._by_template(likely, words, translated),
            self._apart(words, translated, _OTHERS),
            (one for one in self._by_template(short, words, translated) if not one.left),
        )
        for found in readings:
            if best is None or found.left < best.left:
                best = found
            if not best.left:
                break
        return best

    def _one_by_one(self, words: str, translated: Translated) -> _Reading | None:
        """What is too long to try all ways: by its template, else sentence by sentence."""
        best = next(iter(self._by_template(self._fitting(words)[0], words, translated)), None)
        for joint, between in ((_SENTENCES[1], _ENDED), (_SENTENCES[0], _CLAUSED)):
            if best is not None and not best.left:
                return best
            found = self._in_pieces(words, joint, between, translated)
            if found is not None and (best is None or found.left < best.left):
                best = found
        return best or self._whole_list(words, translated)

    def _in_pieces(
        self, words: str, joint: _Joint, between: re.Pattern[str], translated: Translated
    ) -> _Reading | None:
        """Piece by piece; None where there is one alone, or none that is known."""
        *pieces, last = between.split(words)
        if not pieces or joint.words not in self._known:
            return None
        first, rest = (blank[1] for blank in _BLANK.finditer(joint.words))
        whole = self._part(last, translated)
        is_known = self._is_known(last, whole)
        for piece in reversed(pieces):
            said = self._part(piece, translated)
            is_known = is_known or self._is_known(piece, said)
            whole = _joined(translated(joint.words), {first: said, rest: whole})
        return whole if is_known else None

    def _whole_list(self, words: str, translated: Translated) -> _Reading | None:
        """A long list of which each item is known; an item may itself hold a comma or “and”."""
        joint, *_ = _LISTS[1:]
        pieces = _COMMAS.split(words)
        items, at = [], 0
        while at < len(pieces):
            ends = range(len(pieces), at, -2)
            item = next(
                (i for e in ends if self._knows(i := "".join(pieces[at:e]), translated)), ""
            )
            if not item:
                return None
            items.append(translated(item))
            at += len(_COMMAS.split(item)) + 1
        if joint.words not in self._known:
            return None
        first, rest = (blank[1] for blank in _BLANK.finditer(joint.words))
        shape = translated(joint.words)
        between = shape.replace(f"{{{first}}}", "").replace(f"{{{rest}}}", "")
        return _Reading(between.join(items), 0)

    def _knows(self, words: str, translated: Translated) -> bool:
        return words in self._known or translated(words) != words

    def _by_template(
        self, templates: Iterable[_Template], words: str, translated: Translated
    ) -> Iterator[_Reading]:
        for template in templates:
            if template.anchor not in words:
                continue
            if found := template.pattern.fullmatch(words):
                costs = template.own < _SURE
                parts = self._parts(found.groupdict(), translated, names_cost=costs)
                yield _joined(translated(template.words), parts)

    def _apart(
        self, words: str, translated: Translated, joints: Iterable[_Joint]
    ) -> Iterator[_Reading]:
        """`words` that were joined, by the translation of what joins them and of their parts."""
        for joint in joints:
            if joint.words not in self._known:
                continue
            for pieces in joint.split(words):
                parts = self._parts(pieces, translated)
                unknown = [
                    piece
                    for name, piece in pieces.items()
                    if not self._is_known(piece, parts[name])
                ]
                if joint.is_close and not self._is_close(list(pieces.values()), translated):
                    continue
                if len(unknown) < len(parts) and joint.allows(unknown):
                    found = _joined(translated(joint.words), parts)
                    yield _Reading(found.says, found.left + len(unknown))

    def _is_close(self, pieces: Sequence[str], translated: Translated) -> bool:
        """Whether it is the name of a law, a request or the like, and what belongs to it."""
        return (
            pieces[0][:1].isupper()
            and pieces[0] not in _NO_NAMES
            and all(
                words in self._known or translated(words) != words or not _letters(words)
                for words in pieces
            )
        )

    def _is_known(self, words: str, found: _Reading) -> bool:
        return found.says != words or words in self._known or not found.left

    def _parts(
        self, pieces: Mapping[str, str], translated: Translated, *, names_cost: bool = True
    ) -> dict[str, _Reading]:
        return {
            name: _named(piece, costs=names_cost)
            if is_name(name)
            else self._part(piece, translated)
            for name, piece in pieces.items()
        }

    def _part(self, words: str, translated: Translated) -> _Reading:
        """A fact or a piece of a sentence; as it is, where nobody knows it."""
        said = translated(words)
        if said != words or words in self._known:
            return _Reading(said, 0)
        return self._read(words, translated) or _Reading(words, _letters(words))

    def _fitting(self, words: str) -> tuple[list[_Template], ...]:
        """The templates that may fit, by how much they say; those that say most first."""
        return self._sorted(start if (start := _start(words)) in self._by_start else "")

    def _sorting(self, start: str) -> tuple[list[_Template], ...]:
        every = (*(self._by_start.get(start, ()) if start else ()), *self._by_start.get("", ()))
        ordered = sorted(every, key=lambda one: -one.own)
        return (
            [one for one in ordered if one.own >= _SURE],
            [one for one in ordered if _SURE > one.own >= _LEAST],
            [one for one in ordered if one.own < _LEAST],
        )


def has_blanks(words: str) -> bool:
    """Whether words are a template."""
    return _BLANK.search(words) is not None


def _named(words: str, *, costs: bool) -> _Reading:
    """What people named, which hardly goes over the end of a sentence or clause."""
    ends = len(_ENDS.findall(words))
    return _Reading(words, _letters(words) * (costs or ends > 0) + 2 * ends)


def is_name(blank: str) -> bool:
    """Whether a blank holds what people named, which is never translated."""
    return blank in NAMES or blank.endswith("_name")


def _joined(template: str, parts: Mapping[str, _Reading]) -> _Reading:
    says = _BLANK.sub(lambda blank: parts[blank[1]].says, template)
    return _Reading(says, sum(part.left for part in parts.values()))


def _letters(words: str) -> int:
    """How many small letters there are, save in quoted names and in names of columns and files."""
    is_quoted = words.startswith("“") and words.endswith("”") and "”" not in words[:-1]
    is_name = is_quoted or _NAME.fullmatch(words) is not None
    return 0 if is_name else sum(sign.islower() for sign in words)


def _start(words: str) -> str:
    """The first word, if it has no blank: by it most templates are told apart."""
    first = words.split(" ", 1)[0].lower()
    return "" if "{" in first else first


def _template(words: str) -> _Template:
    pieces, at, seen = [], 0, set[str]()
    for blank in _BLANK.finditer(words):
        pieces.append(re.escape(words[at : blank.start()]))
        name, at = blank[1], blank.end()
        is_clung = words[blank.start() - 1 : blank.start()].isalpha()  # to a word: left out, often
        fact = _fact(blank[0]) if not is_clung else _fact(blank[0]).replace(".+?", ".*?")
        pieces.append(f"(?P={name})" if name in seen else f"(?P<{name}>{fact})")
        seen.add(name)
    pieces.append(re.escape(words[at:]))
    if words[:1].isalpha():
        pieces[0] = f"(?i:{pieces[0][0]}){pieces[0][1:]}"
    first, *others = _BLANK.split(words)[::2]  # the first letter may be another one
    return _Template(
        words,
        re.compile("".join(pieces), re.DOTALL),
        own=sum(sign.isalpha() for sign in _BLANK.sub("", words)),
        anchor=max((first[1:], *others), key=len),
    )


def _fact(blank: str) -> str:
    """What may stand in a blank."""
    if "%Y" in blank:
        return _MOMENT
    return _NUMBER if ":" in blank and "%" not in blank[:-2] else ".+?"
