"""The person in the texts, lists and references of rows that are about others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from compliance.dataset.nouns import ColumnName
from compliance.i18n import mark
from compliance.rights.nouns import IdentifierKind, Mention
from compliance.rights.tracing import normalising
from compliance.rights.tracing.columns import PARTS
from compliance.rights.tracing.doubting import Finding, eased, id_of, shared_by
from compliance.rights.tracing.knowing import Known
from compliance.rights.tracing.linking import Code, Linked
from compliance.rights.tracing.namesakes import Namesakes, is_of_list, names_in
from compliance.rights.tracing.prose import Place, Prose
from compliance.rights.tracing.resolving import Person
from compliance.rights.tracing.views import View

_SHORTEST_KEY, _NAMED_WITHIN = 5, 24
_DESK = mark("The address is a desk's, not one person's.")
_BARE = mark("It is a bare number, which may stand for something else.")
_WORD = mark("It is a word that may stand for something else.")
_LIVED = mark("Others may live there, too.")
_ABROAD = mark("Somebody in another country has the same number, and no country code stands there.")
_UNSURE = mark("The key is of somebody who may be the person.")

_Doubted = Iterator[tuple[Place, str]]  # where, and why it is doubtful


def mentions_of(
    view: View,
    views: Sequence[View],
    linked: Linked,
    taken: Collection[int],
    namesakes: Namesakes,
    code: Code,
) -> list[Mention]:
    """Where the person is mentioned in rows of `view` other than those `taken`.

    Args:
        views: all that is searched.
        code: makes the keyed hash by which a doubtful mention is known again.
    """
    known = [one for one in linked.knowledge if one.is_of_use_in(view.space)]
    found = [*_references(view, known, linked, code)]
    for column in view.layout.texts:
        holds = {h.kind for h in view.layout.holders if column in h.columns}
        prose = view.prose(column)
        if not prose.is_read:
            continue
        in_prose = [*_in_prose(view, prose, known, holds, namesakes, linked)]
        named = _records(prose, linked.records.get(view.space, frozenset()))
        for one in _overlapped((*eased(view, views, prose, in_prose, linked), *named)):
            found += _of_rows(view, column, one, code)
    return [one for one in found if one.row not in taken]


def _of_rows(view: View, column: ColumnName, found: Finding, code: Code) -> Iterator[Mention]:
    """The same text may stand in several rows."""
    place = found.place
    for row in view.column((column,), IdentifierKind.OTHER).rows([place.text]).tolist():
        doubt = found.doubt and found.doubt_in(view.owner(row))
        yield Mention(
            dataset_id=view.id,
            row=row,
            column=column,
            start=place.start,
            end=place.end,
            kind=found.kind,
            is_doubtful=bool(doubt),
            doubt=doubt,
            id=id_of(view, column, row, found, code) if doubt else "",
        )


def _records(prose: Prose, keys: AbstractSet[str]) -> Iterator[Finding]:
    """Where the person's own records are named: orders, tickets. A bare number may be anything."""
    for key in keys & prose.by_code.keys() if keys else ():
        for span in prose.by_code[key]:
            doubt = _BARE if key.isdigit() else ""
            yield Finding(place=prose.place(*span), kind=IdentifierKind.OTHER, doubt=doubt)


def _references(
    view: View, known: Iterable[Known], linked: Linked, code: Code
) -> Iterator[Mention]:
    """Cells that name the person by key: who referred somebody, to whom somebody reports."""
    kind = IdentifierKind.PERSON_KEY
    for one in known:
        if one.kind is not kind:
            continue
        is_sure = Person(view.space, normalising.key(one.value)) in linked.accepted
        for name in view.layout.references:
            column = view.column((name,), kind)
            for text in column.holding(kind, one.value, ()):
                place = Place(text=text, start=0, end=len(column.texts[text]))
                doubt = "" if is_sure else _UNSURE
                found = Finding(place=place, kind=kind, doubt=doubt, known=one)
                yield from _of_rows(view, name, found, code)


def _overlapped(found: Iterable[Finding]) -> Iterator[Finding]:
    """One finding for each place: the longest, and of equals the surest."""
    order = sorted(found, key=_surest)
    last: Place | None = None
    for one in order:
        place = one.place
        if last is not None and last.text == place.text and place.end <= last.end:
            continue
        yield one
        last = place


def _surest(one: Finding) -> tuple[int, int, int, bool, bool]:
    place = one.place
    return place.text, place.start, -place.end, bool(one.doubt), one.unless_of is None


def _in_prose(
    view: View,
    prose: Prose,
    known: Iterable[Known],
    holds: Collection[IdentifierKind],
    namesakes: Namesakes,
    linked: Linked,
) -> Iterator[Finding]:
    shared = shared_by(linked, view.space)
    for one in known:
        is_name = one.kind is IdentifierKind.NAME
        for place, doubt in _places(view, prose, one, namesakes, linked):
            # A cell with one name, or nothing but the number, is somebody's own.
            is_own = not is_of_list(prose, place) if is_name else _is_whole(prose, place)
            if not (one.kind in holds and is_own):
                said = doubt if is_name else shared.get(one, "") or doubt
                yield Finding(place=place, kind=one.kind, doubt=said, known=one)


def _places(
    view: View, prose: Prose, one: Known, namesakes: Namesakes, linked: Linked
) -> Iterable[tuple[Place, str]]:
    """Where one identifier stands, and why it is doubtful that it is the person's."""
    if one.kind is IdentifierKind.NAME:
        is_here = any(person.space == view.space for person in linked.accepted)
        return names_in(view.space, prose, one.value, namesakes, is_in_space=is_here)
    if one.kind is IdentifierKind.PHONE:
        found = list(prose.phones(one.value, view.regions))
        strangers = _strangers(view, one, namesakes, linked) if found else ""
        return [(place, "" if is_whole else strangers) for place, is_whole in found]
    places = _LOOKED_FOR.get(one.kind)
    return places(view, prose, one) if places else ()


def _strangers(view: View, one: Known, namesakes: Namesakes, linked: Linked) -> str:
    """Why a number without its country code is doubtful; empty: nobody else has it anywhere."""
    own = {(person.space, person.key) for person in linked.accepted}
    return _ABROAD if namesakes.dialled_alike(one.value, view.regions) - own else ""


def _emails(_view: View, prose: Prose, one: Known) -> _Doubted:
    for form in normalising.emails_in(one.value):
        doubt = _DESK if normalising.is_role_mailbox(form) else ""
        yield from ((place, doubt) for place in prose.emails(form))


def _codes(_view: View, prose: Prose, one: Known) -> _Doubted:
    form = normalising.code(one.value)
    for spelling in dict.fromkeys((form, normalising.folded(one.value).strip())):
        yield from ((place, "") for place in prose.codes(spelling))
    if form.isdigit() and len(form) > _SHORTEST_KEY:
        yield from ((place, "") for place in prose.numbers(form))


def _keys(view: View, prose: Prose, one: Known) -> _Doubted:
    """A person's key is a number like others, unless it is said what it is."""
    name = normalising.folded(view.layout.key or "")
    for place in prose.codes(normalising.key(one.value)):
        before = normalising.folded(prose.texts[place.text][: place.start])[-_NAMED_WITHIN:]
        is_named = bool(name) and name in before
        if is_named or len(one.value) >= _SHORTEST_KEY:
            yield place, "" if is_named else _BARE


def _usernames(_view: View, prose: Prose, one: Known) -> _Doubted:
    form = normalising.username(one.value)
    if len(form) >= _SHORTEST_KEY:
        yield from ((place, _WORD) for place in prose.phrases(form))


def _addresses(_view: View, prose: Prose, one: Known) -> _Doubted:
    """Others live there too, so an officer has a look."""
    street = one.value.partition(PARTS)[0]
    if normalising.numbers(street) and len(street) > _SHORTEST_KEY:
        yield from ((place, _LIVED) for place in prose.phrases(street))


_LOOKED_FOR: Mapping[IdentifierKind, Callable[[View, Prose, Known], _Doubted]] = {
    IdentifierKind.EMAIL: _emails,
    IdentifierKind.NATIONAL_ID: _codes,
    IdentifierKind.CARD: _codes,
    IdentifierKind.OTHER: _codes,
    IdentifierKind.PERSON_KEY: _keys,
    IdentifierKind.USERNAME: _usernames,
    IdentifierKind.ADDRESS: _addresses,
}


def _is_whole(prose: Prose, place: Place) -> bool:
    """Whether the cell holds nothing else: then it was looked at as what it is."""
    text = prose.texts[place.text]
    return not any(char.isalnum() for char in text[: place.start] + text[place.end :])
