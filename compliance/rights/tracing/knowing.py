"""What is known of the person looked for: given with the request, and learnt from rows found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from compliance.rights.nouns import Identifier, IdentifierKind
from compliance.rights.tracing import normalising
from compliance.rights.tracing.columns import PARTS, forms_of
from compliance.rights.tracing.kinds import data, kinds


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One identifier of the person.

    Attributes:
        kind, value: what; `repr` leaves the value out.
        from_: the dataset version whose row gave it; empty: the request.
        space: the population in which it was learnt; empty: it was given.
        confidence: 0–1, that it is the person's, and nobody else's.
    """

    kind: IdentifierKind
    value: str = field(repr=False)
    from_: str = ""
    space: str = ""
    confidence: float = 1.0

    @property
    def is_given(self) -> bool:
        return not self.from_

    def is_of_use_in(self, space: str) -> bool:
        return not self.space or self.space == space or kinds()[self.kind].travels


class Knowledge:
    """All that is known of one person; the same in other spelling is known once."""

    def __init__(self, known: Iterable[Known] = ()) -> None:
        self._known: dict[tuple[IdentifierKind, object, str], Known] = {}
        for one in known:
            self.learn(one)

    def __iter__(self) -> Iterator[Known]:
        return iter(tuple(self._known.values()))

    def of(self, kind: IdentifierKind) -> Sequence[Known]:
        """What is known of that kind."""
        return [one for one in self._known.values() if one.kind is kind]

    def learn(self, one: Known) -> bool:
        """Add what was learnt; whether it is news."""
        form = forms_of(one.kind, one.value)
        space = "" if kinds()[one.kind].travels or not one.space else one.space
        if not form or normalising.is_nothing(one.value.replace(PARTS, " ")):
            return False
        place = (one.kind, form, space)
        if place in self._known or (one.kind, form, "") in self._known:
            return False
        self._known[place] = one
        return True


def given(identifiers: Iterable[Identifier]) -> tuple[Knowledge, tuple[IdentifierKind, ...]]:
    """What a request says of the person, and the kinds of what cannot be looked for."""
    found, unfit = Knowledge(), []
    for one in identifiers:
        known = Known(kind=one.kind, value=one.value, confidence=trust(one.kind, one.value))
        if not forms_of(one.kind, one.value) or normalising.is_nothing(one.value):
            unfit.append(one.kind)
        else:
            found.learn(known)
    return found, tuple(unfit)


def trust(kind: IdentifierKind, value: str) -> float:
    """0–1: how far the identifier is one person's and not a desk's."""
    is_desk = kind is IdentifierKind.EMAIL and any(
        map(normalising.is_role_mailbox, normalising.emails_in(value))
    )
    return float(data()["role_mailbox"]) if is_desk else 1.0


def is_compatible(kind: IdentifierKind, text: str, known: Sequence[Known]) -> bool:
    """Whether a value of a row may be the person's.

    A name is where one has no word that the other has not, initials counted as words that begin
    so; everything else where it is the same.
    """
    if kind is IdentifierKind.NAME:
        here = normalising.name_words(text)
        return any(_may_be_one(here, normalising.name_words(one.value)) for one in known)
    forms = set(forms_of(kind, text))
    return any(forms & set(forms_of(kind, one.value)) for one in known)


def _may_be_one(one: Sequence[str], other: Sequence[str]) -> bool:
    short, long = sorted((one, other), key=len)
    if any(map(normalising.is_east_asian, (*one, *other))):
        return "".join(one) == "".join(other)
    is_in = all(any(_fits(word, each) for each in long) for word in short)
    return is_in and any(len(word) > 1 for word in short)


def _fits(one: str, other: str) -> bool:
    if 1 in (len(one), len(other)):
        return one[0] == other[0]
    return one == other
