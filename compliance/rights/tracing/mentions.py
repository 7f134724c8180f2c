"""The person in the texts, lists and references of rows that are about others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from compliance.dataset.nouns import ColumnName
from compliance.rights.nouns import IdentifierKind, Mention
from compliance.rights.tracing import normalising
from compliance.rights.tracing.columns import PARTS
from compliance.rights.tracing.knowing import Known
from compliance.rights.tracing.linking import Linked
from compliance.rights.tracing.namesakes import Namesakes, is_of_list, names_in
from compliance.rights.tracing.prose import Place, Prose
from compliance.rights.tracing.resolving import Person
from compliance.rights.tracing.views import View

_SHORTEST_KEY, _NAMED_WITHIN = 5, 24

Found = tuple[Place, IdentifierKind, bool]  # where, what, and whether it is doubtful
Span = tuple[int, int, int]  # text, start, end


def mentions_of(
    view: View, linked: Linked, taken: Collection[int], namesakes: Namesakes
) -> list[Mention]:
    """Where the person is mentioned in rows of `view` other than those `taken`."""
    known = [one for one in linked.knowledge if one.is_of_use_in(view.space)]
    found = [*_references(view, known, linked)]
    for column in view.layout.texts:
        holds = {h.kind for h in view.layout.holders if column in h.columns}
        prose = view.prose(column)
        if not prose.is_read:
            continue
        in_prose = _in_prose(view, prose, known, holds, namesakes, linked)
        named = _records(prose, linked.records.get(view.space, frozenset()))
        for span, (kind, doubt) in _overlapped((*in_prose, *named)).items():
            found += _of_rows(view, column, span, kind, is_doubtful=doubt)
    return [one for one in found if one.row not in taken]


def _of_rows(
    view: View, column: ColumnName, span: Span, kind: IdentifierKind, *, is_doubtful: bool
) -> Iterator[Mention]:
    """The same text may stand in several rows."""
    text, start, end = span
    for row in view.column((column,), IdentifierKind.OTHER).rows([text]).tolist():
        yield Mention(
            dataset_id=view.id,
            row=row,
            column=column,
            start=start,
            end=end,
            kind=kind,
            is_doubtful=is_doubtful,
        )


def _records(prose: Prose, keys: AbstractSet[str]) -> Iterator[Found]:
    """Where the person's own records are named: orders, tickets. A bare number may be anything."""
    for key in keys & prose.by_code.keys() if keys else ():
        for span in prose.by_code[key]:
            yield prose.place(*span), IdentifierKind.OTHER, key.isdigit()


def _references(view: View, known: Iterable[Known], linked: Linked) -> Iterator[Mention]:
    """Cells that name the person by key: who referred somebody, to whom somebody reports."""
    kind = IdentifierKind.PERSON_KEY
    for one in known:
        if one.kind is not kind:
            continue
        is_sure = Person(view.space, normalising.key(one.value)) in linked.accepted
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
                        is_doubtful=not is_sure,
                    )


def _overlapped(
    found: Iterable[Found],
) -> Mapping[tuple[int, int, int], tuple[IdentifierKind, bool]]:
    """One finding for each place: the longest, and of equals the surest."""
    order = sorted(found, key=lambda f: (f[0].text, f[0].start, -f[0].end, f[2]))
    kept: dict[Span, tuple[IdentifierKind, bool]] = {}
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
    linked: Linked,
) -> Iterator[Found]:
    shared = linked.shared(view.space)
    is_here = any(person.space == view.space for person in linked.accepted)
    for one in known:
        places = _LOOKED_FOR.get(one.kind)
        if one.kind is IdentifierKind.NAME:
            found = names_in(view.space, prose, one.value, namesakes, is_in_space=is_here)
            for place, doubt in found:
                # A cell with one name is somebody's own.
                if one.kind not in holds or is_of_list(prose, place):
                    yield place, one.kind, doubt
        elif places is not None:
            for place, doubt in places(view, prose, one):
                if not (one.kind in holds and _is_whole(prose, place)):
                    yield place, one.kind, doubt or one in shared


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
    name = normalising.folded(view.layout.key or "")
    for place in prose.codes(normalising.key(one.value)):
        before = normalising.folded(prose.texts[place.text][: place.start])[-_NAMED_WITHIN:]
        is_named = bool(name) and name in before
        if is_named or len(one.value) >= _SHORTEST_KEY:
            yield place, not is_named


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


def _is_whole(prose: Prose, place: Place) -> bool:
    """Whether the cell holds nothing else: then it was looked at as what it is."""
    text = prose.texts[place.text]
    return not any(char.isalnum() for char in text[: place.start] + text[place.end :])
