"""The person in the texts, lists and references of rows that are about others."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from compliance.rights.nouns import IdentifierKind, Mention
from compliance.rights.tracing import normalising
from compliance.rights.tracing.columns import PARTS
from compliance.rights.tracing.kinds import words
from compliance.rights.tracing.knowing import Known
from compliance.rights.tracing.linking import Linked
from compliance.rights.tracing.prose import Place, Prose
from compliance.rights.tracing.views import View

_REACH = 60  # characters around a word of a name in which its other words are looked for
_WORD = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*\.?")
_BETWEEN = re.compile(r"[\s,.\-\"':{}_]*")
_LIST = re.compile(r"\s*[;,/|&\n]\s*")
_SHORTEST_KEY, _NAMED_WITHIN = 5, 24

Found = tuple[Place, IdentifierKind, bool]


class Namesakes:
    """How many people bear a name, or a family name, in each population."""

    def __init__(self, views: Sequence[View]) -> None:
        self._views = views
        self._bearers: dict[tuple[str, str], int] = {}
        self._families: dict[str, dict[str, set[str]]] = {}

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


def mentions_of(
    view: View, linked: Linked, taken: Collection[int], namesakes: Namesakes
) -> list[Mention]:
    """Where the person is mentioned in rows of `view` other than those `taken`."""
    known = [one for one in linked.knowledge if one.is_of_use_in(view.space)]
    found = [*_references(view, known)]
    for column in view.layout.texts:
        holds = {h.kind for h in view.layout.holders if column in h.columns}
        prose = view.prose(column)
        places = _overlapped(_in_prose(view, prose, known, holds, namesakes))
        if places:
            coded = view.column((column,), IdentifierKind.OTHER)
            for (text, start, end), (kind, doubt) in places.items():
                for row in coded.rows([text]).tolist():
                    found.append(
                        Mention(
                            dataset_id=view.id,
                            row=row,
                            column=column,
                            start=start,
                            end=end,
                            kind=kind,
                            is_doubtful=doubt,
                        )
                    )
    return [one for one in found if one.row not in taken]


def _references(view: View, known: Iterable[Known]) -> Iterator[Mention]:
    """Cells that name the person by key: who referred somebody, to whom somebody reports."""
    kind = IdentifierKind.PERSON_KEY
    for one in known:
        if one.kind is not kind:
            continue
        for name in view.layout.references:
            column = view.column((name,), kind)
            for code in column.holding(kind, one.value, ()):
                for row in column.rows([code]).tolist():
                    yield Mention(
                        dataset_id=view.id,
                        row=row,
                        column=name,
                        start=0,
                        end=len(column.texts[code]),
                        kind=kind,
                        is_doubtful=False,
                    )


def _overlapped(
    found: Iterable[Found],
) -> Mapping[tuple[int, int, int], tuple[IdentifierKind, bool]]:
    """One finding for each place: the longest, and of equals the surest."""
    order = sorted(found, key=lambda f: (f[0].text, f[0].start, -f[0].end, f[2]))
    kept: dict[tuple[int, int, int], tuple[IdentifierKind, bool]] = {}
    last: Place | None = None
    for place, kind, doubt in order:
        if last is not None and last.text == place.text and place.end <= last.end:
            continue
        kept[(place.text, place.start, place.end)] = (kind, doubt)
        last = place
    return kept


def _in_prose(
    view: View,
    prose: Prose,
    known: Iterable[Known],
    holds: Collection[IdentifierKind],
    namesakes: Namesakes,
) -> Iterator[Found]:
    for one in known:
        places = _LOOKED_FOR.get(one.kind)
        if one.kind is IdentifierKind.NAME:
            yield from _names_in(view, prose, one, holds, namesakes)
        elif places is not None:
            for place, doubt in places(view, prose, one):
                if not (one.kind in holds and _is_whole(prose, place)):
                    yield place, one.kind, doubt


def _emails(_view: View, prose: Prose, one: Known) -> Iterator[tuple[Place, bool]]:
    for form in normalising.emails_in(one.value):
        is_desk = normalising.is_role_mailbox(form)
        yield from ((place, is_desk) for place in prose.emails(form))


def _phones(view: View, prose: Prose, one: Known) -> Iterator[tuple[Place, bool]]:
    yield from ((place, False) for place in prose.phones(one.value, view.regions))


def _codes(_view: View, prose: Prose, one: Known) -> Iterator[tuple[Place, bool]]:
    form = normalising.code(one.value)
    for spelling in dict.fromkeys((form, normalising.folded(one.value).strip())):
        yield from ((place, False) for place in prose.codes(spelling))
    if form.isdigit() and len(form) > _SHORTEST_KEY:
        yield from ((place, False) for place in prose.numbers(form))


def _keys(view: View, prose: Prose, one: Known) -> Iterator[tuple[Place, bool]]:
    """A person's key is a number like others, unless it is said what it is."""
    if len(one.value) < _SHORTEST_KEY:
        return
    name = normalising.folded(view.layout.key or "")
    for place in prose.codes(normalising.key(one.value)):
        before = normalising.folded(prose.texts[place.text][: place.start])[-_NAMED_WITHIN:]
        yield place, not (name and name in before)


def _usernames(_view: View, prose: Prose, one: Known) -> Iterator[tuple[Place, bool]]:
    form = normalising.username(one.value)
    if len(form) >= _SHORTEST_KEY:
        yield from ((place, True) for place in prose.phrases(form))


def _addresses(_view: View, prose: Prose, one: Known) -> Iterator[tuple[Place, bool]]:
    """Others live there too, so an officer has a look."""
    street = one.value.partition(PARTS)[0]
    if normalising.numbers(street) and len(street) > _SHORTEST_KEY:
        yield from ((place, True) for place in prose.phrases(street))


_LOOKED_FOR: Mapping[
    IdentifierKind, Callable[[View, Prose, Known], Iterator[tuple[Place, bool]]]
] = {
    IdentifierKind.EMAIL: _emails,
    IdentifierKind.PHONE: _phones,
    IdentifierKind.NATIONAL_ID: _codes,
    IdentifierKind.CARD: _codes,
    IdentifierKind.OTHER: _codes,
    IdentifierKind.PERSON_KEY: _keys,
    IdentifierKind.USERNAME: _usernames,
    IdentifierKind.ADDRESS: _addresses,
}


def _names_in(
    view: View,
    prose: Prose,
    one: Known,
    holds: Collection[IdentifierKind],
    namesakes: Namesakes,
) -> Iterator[Found]:
    bearers: Callable[[], bool] = lambda: namesakes.bearers(view.space, one.value) > 1  # noqa: E731
    for form in normalising.spellings(one.value):
        if normalising.is_east_asian(form):
            places = _east_asian(prose, form, namesakes)
        else:
            places = _spaced(prose, form.split(), view.space, namesakes)
        for place, doubt in places:
            if IdentifierKind.NAME in holds and not _is_of_list(prose, place):
                continue  # a cell with one name is somebody's own
            yield place, IdentifierKind.NAME, doubt or bearers()


def _east_asian(prose: Prose, form: str, namesakes: Namesakes) -> Iterator[tuple[Place, bool]]:
    """The name, unless it is a part of a longer one that somebody bears."""
    if len(form) < 2:
        return
    for place in prose.phrases(form):
        text = prose.texts[place.text]
        longer = [
            text[place.start - before : place.end + after]
            for before, after in ((1, 0), (0, 1), (0, 2), (1, 1))
            if place.start >= before and place.end + after <= len(text)
        ]
        if not any(
            normalising.is_east_asian(t[0] + t[-1]) and namesakes.is_name(t) for t in longer
        ):
            yield place, False


def _spaced(
    prose: Prose, form: Sequence[str], space: str, namesakes: Namesakes
) -> Iterator[tuple[Place, bool]]:
    """All words of the name side by side in any order; or a title and the family name."""
    anchor = max(form, key=len)
    if len(form) > 1:
        for at in prose.words(anchor):
            found = _side_by_side(prose, at, form)
            if found is not None:
                start, end, before, after = found
                is_longer = any(
                    namesakes.is_name(" ".join((*extra_before, *form, *extra_after)))
                    for extra_before, extra_after in ((before, ()), ((), after))
                    if extra_before or extra_after
                )
                if not is_longer:
                    yield prose.place(start, end), False
        for word in form:
            yield from _titled(prose, word, form, space, namesakes)


def _side_by_side(
    prose: Prose, at: int, form: Sequence[str]
) -> tuple[int, int, tuple[str, ...], tuple[str, ...]] | None:
    """Where the words of a name stand around one of them, and the words beside them."""
    around, first = prose.around(at, _REACH)
    spans = list(_WORD.finditer(around))
    plain = [_bare(match[0]) for match in spans]
    nth = next(
        (n for n, match in enumerate(spans) if match.start() <= at - first < match.end()), None
    )
    if nth is None:
        return None
    wanted = sorted(form)
    for size in (len(form), len(form) + 1):
        for begin in range(max(0, nth - size + 1), nth + 1):
            end = begin + size
            if end > len(spans) or not _is_run(around, spans[begin:end]):
                continue
            here = plain[begin:end]
            inner = [word for word in here if len(word) > 1 or word in wanted]
            if sorted(inner) == wanted and {here[0], here[-1]} <= set(wanted):
                before = (
                    tuple(plain[begin - 1 : begin])
                    if _is_run(around, spans[begin - 1 : begin + 1]) and begin
                    else ()
                )
                after = (
                    tuple(plain[end : end + 1]) if _is_run(around, spans[end - 1 : end + 1]) else ()
                )
                return first + spans[begin].start(), first + spans[end - 1].end(), before, after
    return None


def _bare(word: str) -> str:
    return re.sub(r"['’.]", "", word)


def _is_run(around: str, spans: Sequence[re.Match[str]]) -> bool:
    """Whether only blanks, commas and the like stand between the words."""
    return all(
        _BETWEEN.fullmatch(around, one.end(), other.start())
        for one, other in itertools.pairwise(spans)
    )


def _titled(
    prose: Prose, word: str, form: Sequence[str], space: str, namesakes: Namesakes
) -> Iterator[tuple[Place, bool]]:
    """“Frau Weiß”: certain only where one person is called so."""
    if not namesakes.relatives(space, word):
        return
    for at in prose.words(word):
        around, first = prose.around(at, _REACH)
        before = around[: at - first].rstrip().rsplit(" ", 1)[-1].strip(".,;:()")
        if before in words("titles") and len(before) > 1:
            after = _WORD.match(around, at - first + len(word) + 1)
            if after is not None and _bare(after[0]) in form:
                continue  # the whole name stands there
            yield prose.place(at, at + len(word)), namesakes.relatives(space, word) > 1


def _is_whole(prose: Prose, place: Place) -> bool:
    """Whether the cell holds nothing else: then it was looked at as what it is."""
    text = prose.texts[place.text]
    return not any(char.isalnum() for char in text[: place.start] + text[place.end :])


def _is_of_list(prose: Prose, place: Place) -> bool:
    """Whether it is one of several entries of a cell, and all of that entry."""
    text = prose.texts[place.text]
    entries = _LIST.split(text)
    here = normalising.name(text[place.start : place.end])
    is_split = len(entries) > 1 and normalising.name(text) != here
    return is_split and any(normalising.name(entry) == here for entry in entries)


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
