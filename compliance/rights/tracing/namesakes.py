"""Names and numbers in texts: of the person, or of somebody who has the same."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from compliance.i18n import mark
from compliance.rights.nouns import IdentifierKind
from compliance.rights.tracing import normalising
from compliance.rights.tracing.kinds import words
from compliance.rights.tracing.prose import Place, Prose
from compliance.rights.tracing.views import View

_REACH = 60  # characters around a word of a name in which its other words are looked for
_WORD = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*\.?")
_BETWEEN = re.compile(r"[\s,.\-\"':{}_]*")
_LIST = re.compile(r"\s*[;,/|&\n]\s*")


class Namesakes:
    """How many people bear a name, or a family name, in each population."""

    def __init__(self, views: Sequence[View]) -> None:
        self._views = views
        self._bearers: dict[tuple[str, str], int] = {}
        self._families: dict[str, dict[str, set[str]]] = {}
        self._alike: dict[tuple[str, tuple[str, ...]], frozenset[tuple[str, str]]] = {}

    def bearers(self, space: str, name: str) -> int:
        """How many people bear that full name; where the population has no names, anywhere."""
        place = (space, normalising.name(name))
        if place not in self._bearers:
            of_space = [view for view in self._views if view.space == space]
            has_names = [view for view in of_space if view.layout.of(IdentifierKind.NAME)]
            self._bearers[place] = _count(has_names or self._views, name)
        return self._bearers[place]

    def is_name(self, text: str) -> bool:
        """Whether somebody is called so."""
        return any(view.fitting(IdentifierKind.NAME, text) for view in self._views)

    def is_longer(self, form: Sequence[str], word: str) -> bool:
        """Whether somebody is called as `form` says, and `word` besides."""
        name = " ".join((*form, word))
        return normalising.name(name) != " ".join(form) and self.is_name(name)

    def relatives(self, space: str, family: str) -> int:
        """How many different full names with that family name there are."""
        if space not in self._families:
            found: dict[str, set[str]] = defaultdict(set)
            for view in self._views:
                if view.space == space:
                    for name in _names(view):
                        for word in name.split():
                            found[word].add(name)
            self._families[space] = found
        return len(self._families[space].get(family, ()))

    def dialled_alike(self, number: str, regions: tuple[str, ...]) -> frozenset[tuple[str, str]]:
        """Whose number is the same but for its country: population and key ("": of no key)."""
        place = (number, regions)
        if place not in self._alike:
            found = {one for view in self._views for one in _alike(view, number, regions)}
            self._alike[place] = frozenset(found)
        return self._alike[place]


def names_in(
    space: str, prose: Prose, name: str, namesakes: Namesakes, *, is_in_space: bool
) -> Iterator[tuple[Place, str]]:
    """Where a name stands, in any order of its words, and why others may be meant.

    Args:
        is_in_space: the person is one of the population; in others somebody else is so called.
    """
    for form in normalising.spellings(name):
        if normalising.is_east_asian(form):
            places = _unspaced(prose, form, namesakes)
        else:
            places = _spaced(prose, name, form.split(), namesakes)
        for place in places:
            bearers = namesakes.bearers(space, name)
            yield place, _doubt(bearers, mark("are called so"), is_in_space=is_in_space)
    for place, relatives in _titled(space, prose, name, namesakes):
        yield place, _doubt(relatives, mark("have that family name"), is_in_space=is_in_space)


def is_of_list(prose: Prose, place: Place) -> bool:
    """Whether it is one of several entries of a cell, and all of that entry."""
    text = prose.texts[place.text]
    entries = _LIST.split(text)
    here = normalising.name(text[place.start : place.end])
    is_split = len(entries) > 1 and normalising.name(text) != here
    return is_split and any(normalising.name(entry) == here for entry in entries)


def _unspaced(prose: Prose, form: str, namesakes: Namesakes) -> Iterator[Place]:
    """The name, unless it is a part of a longer one that somebody bears."""
    for place in prose.phrases(form) if len(form) > 1 else ():
        text = prose.texts[place.text]
        longer = (
            text[place.start - before : place.end + after]
            for before, after in ((1, 0), (0, 1), (0, 2), (1, 1))
            if place.start >= before and place.end + after <= len(text)
        )
        whole = (one for one in longer if all(map(normalising.is_east_asian, one)))
        if not any(map(namesakes.is_name, whole)):
            yield place


def _spaced(prose: Prose, name: str, form: Sequence[str], namesakes: Namesakes) -> Iterator[Place]:
    """All words of the name side by side, unless they are a part of a longer name."""
    if len(form) < 2:
        return
    written = normalising.folded(name)
    anchor = max(form, key=lambda word: (word in written, len(word)))
    for at in prose.words(anchor):
        around, first = prose.around(at, _REACH)
        spans = list(_WORD.finditer(around))
        plain = [_bare(span[0]) for span in spans]
        run = _side_by_side(around, spans, plain, at - first, form)
        if run is None:
            continue
        begin, end = run
        if around[spans[end - 1].end() :][:1] == "@":
            continue  # an e-mail address made of the name
        beside = (*plain[max(0, begin - 1) : begin], *plain[end : end + 1])
        if not any(namesakes.is_longer(form, word) for word in beside):
            yield prose.place(first + spans[begin].start(), first + spans[end - 1].end())


def _side_by_side(
    around: str,
    spans: Sequence[re.Match[str]],
    plain: Sequence[str],
    at: int,
    form: Sequence[str],
) -> tuple[int, int] | None:
    """The first and the last of the words around `at` that are the name; one initial between."""
    nth = next((n for n, span in enumerate(spans) if span.start() <= at < span.end()), None)
    if nth is None:
        return None
    wanted = sorted(form)
    for size in (len(form), len(form) + 1):
        for begin in range(max(0, nth - size + 1), min(nth, len(spans) - size) + 1):
            here = plain[begin : begin + size]
            inner = [word for word in here if len(word) > 1 or word in wanted]
            is_name = sorted(inner) == wanted and {here[0], here[-1]} <= set(wanted)
            if is_name and _is_run(around, spans[begin : begin + size]):
                return begin, begin + size
    return None


def _is_run(around: str, spans: Sequence[re.Match[str]]) -> bool:
    """Whether only blanks, commas and the like stand between the words."""
    return all(
        _BETWEEN.fullmatch(around, one.end(), other.start())
        for one, other in itertools.pairwise(spans)
    )


def _titled(
    space: str, prose: Prose, name: str, namesakes: Namesakes
) -> Iterator[tuple[Place, int]]:
    """“Frau Weiß”, and how many names of the population have that family name."""
    form = normalising.name_words(name)
    if len(form) < 2:
        return
    family = form[0] if "," in name else form[-1]
    relatives = namesakes.relatives(space, family)
    for at in prose.words(family) if relatives else ():
        around, first = prose.around(at, _REACH)
        before = around[: at - first].rstrip().rsplit(" ", 1)[-1].strip(".,;:()")
        after = _WORD.match(around, at - first + len(family) + 1)
        is_whole = after is not None and _bare(after[0]) in form
        if before in words("titles") and len(before) > 1 and not is_whole:
            yield prose.place(at, at + len(family)), relatives


def _doubt(people: int, what: str, *, is_in_space: bool) -> str:
    if not is_in_space:
        return mark(
            "The person is not known to be one of these people; somebody may be called the same."
        )
    return mark("{people:,} people {what}.").format(people=people, what=what) if people > 1 else ""


def _alike(view: View, number: str, regions: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    wanted = normalising.phones(number, regions)
    parts = {normalising.national_part(form) for form in wanted if form.startswith("+")}
    for holder in view.layout.of(IdentifierKind.PHONE) if parts else ():
        column = view.column(holder.columns, IdentifierKind.PHONE)
        for code in column.ending_as(parts):
            forms = normalising.phones(column.texts[code], view.regions)
            if forms & wanted or not parts & {normalising.national_part(form) for form in forms}:
                continue
            rows = column.rows([code])
            yield from ((view.space, key) for key in view.people(rows))
            if len(view.ownerless(rows)):
                yield view.dataset.name, ""


def _bare(word: str) -> str:
    return re.sub(r"['’.]", "", word)


def _count(views: Iterable[View], name: str) -> int:
    people: set[object] = set()
    for view in views:
        for _, rows in view.fitting(IdentifierKind.NAME, name):
            people |= {(view.space, key) for key in view.people(rows)}
            if len(view.ownerless(rows)):
                people.add((view.dataset.name, ""))
    return len(people)


def _names(view: View) -> Iterator[str]:
    for holder in view.layout.of(IdentifierKind.NAME):
        column = view.column(holder.columns, IdentifierKind.NAME)
        yield from column.by(IdentifierKind.NAME)
