"""Who, of those that a dataset tells apart by keys, the person is.

Each identifier that is known fits some people. Whoever fits less than another, and nothing that the
other does not fit, is somebody who merely shares something: a telephone, a name. Where one is left,
that is the person; where several are, an officer decides.

Idea: Pareto order on the sets of agreeing fields, instead of one threshold on a summed weight
(Fellegi and Sunter 1969, doi:10.1080/01621459.1969.10501049): it can be said in a sentence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from compliance.i18n import mark
from compliance.rights.nouns import IdentifierKind
from compliance.rights.tracing.kinds import Way, certain_from, data, kinds, ways
from compliance.rights.tracing.knowing import Knowledge, Known, is_compatible
from compliance.rights.tracing.views import View


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a population's datasets tell apart by a key."""

    space: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A person who may be the one looked for.

    Attributes:
        person: who.
        fits: what is known and is true of that person.
        confidence: 0–1, of the surest way; nobody else counted.
        doubt: why an officer has to decide; empty: nobody has to.
        people: how many people the same fits.
    """

    person: Person
    fits: frozenset[Known]
    confidence: float
    doubt: str = ""
    people: int = 1

    @property
    def is_certain(self) -> bool:
        return not self.doubt


Fits = Mapping[Person, frozenset[Known]]


def fitting(views: Iterable[View], knowledge: Knowledge) -> Fits:
    """By person, what of `knowledge` is true of them; only of those who have a key."""
    found: dict[Person, set[Known]] = defaultdict(set)
    known = tuple(knowledge)
    for view in views:
        if view.owners is None:
            continue
        for one in known:
            if one.is_of_use_in(view.space):
                for _, rows in view.fitting(one.kind, one.value):
                    for key in view.people(rows):
                        found[Person(view.space, key)].add(one)
    return {person: frozenset(fits) for person, fits in found.items()}


def way_of(fits: Collection[Known], *, may_hop: bool = False) -> tuple[Way, float] | None:
    """The surest way in which `fits` tie somebody to the person, and its confidence.

    Args:
        may_hop: only ways that lead on from what was learnt.
    """
    best = None
    for way in ways():
        picked = [one for kind in way.kinds if (one := _best(kind, fits)) is not None]
        if len(picked) < len(way.kinds) or (may_hop and not way.may_hop):
            continue
        confidence = way.confidence * min(one.confidence for one in picked)
        if best is None or confidence > best[1]:
            best = (way, confidence)
    return best


def candidates(views: Sequence[View], knowledge: Knowledge, fits: Fits) -> list[Candidate]:
    """Who may be the person, by what was given; whoever merely shares something is left out."""
    tied = {person: found for person, found in fits.items() if way_of(found)}
    sets = {(person.space, found) for person, found in tied.items()}
    left = {p: found for p, found in tied.items() if not _is_outdone(p.space, found, sets)}
    by_space: dict[str, list[Person]] = defaultdict(list)
    for person in left:
        by_space[person.space].append(person)
    placed = {one for found in left.values() for one in found if len(found) > 1}
    denied = {
        person: contradictions(views, knowledge, person, found, placed)
        for person, found in left.items()
        if not _is_weak(found)
    }
    kept = [_without_the_weak(rivals, left, denied) for rivals in by_space.values()]
    return [
        _judged(person, left, rivals, denied.get(person, []), len(kept))
        for rivals in kept
        for person in rivals
    ]


def contradictions(
    views: Iterable[View],
    knowledge: Knowledge,
    person: Person,
    fits: Collection[Known],
    placed: Collection[Known] = (),
) -> list[IdentifierKind]:
    """The kinds of which that person's rows say something else than what is known.

    Args:
        placed: what is known to be the person's in one population; a key among it says nothing in
            the others.
    """
    agreed = {one.kind for one in fits}
    asked = [k for k in kinds().values() if k.contradicts and k.kind not in agreed]
    return [
        row.kind
        for row in asked
        if (
            known := [
                one
                for one in knowledge.of(row.kind)
                if one.is_of_use_in(person.space) and (row.travels or one not in placed)
            ]
        )
        and (said := _said(views, person, row.kind))
        and not any(is_compatible(row.kind, text, known) for text in said)
    ]


def told(kinds_: Iterable[IdentifierKind]) -> str:
    """Kinds of identifiers in a sentence."""
    names = sorted({mark("the {kind}").format(kind=kind) for kind in kinds_})
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + f" and {names[-1]}"


def fit_of(kinds_: Iterable[IdentifierKind]) -> str:
    """“The e-mail fits”, as the beginning of a sentence."""
    names = set(kinds_)
    said = told(names)
    fits = mark("{identifiers} fits") if len(names) == 1 else mark("{identifiers} fit")
    return fits.format(identifiers=f"{said[0].upper()}{said[1:]}")


def contradicted(agreed: str, denied: Collection[IdentifierKind]) -> str:
    """That something fits, and something else speaks against it."""
    says = mark("{agreed}, but {denied} are different.")
    if len(denied) == 1:
        says = mark("{agreed}, but {denied} is different.")
    return says.format(agreed=agreed, denied=told(denied))


def _judged(
    person: Person,
    tied: Fits,
    rivals: Sequence[Person],
    denied: Sequence[IdentifierKind],
    spaces: int,
) -> Candidate:
    fits = tied[person]
    found = way_of(fits)
    assert found is not None  # noqa: S101 - for mypy; only the tied are judged
    way, confidence = found
    agreed = fit_of(one.kind for one in fits)
    is_local = not any(kinds()[one.kind].travels for one in fits)
    doubt, people = "", len(rivals)
    if people > 1:
        others = {tied[other] for other in rivals}
        doubt = (
            mark("{agreed} {people:,} people.").format(agreed=agreed, people=people)
            if len(others) == 1
            else f"{agreed}; {_OTHERS}"
        )
        confidence /= people
    elif denied:
        doubt = contradicted(agreed, denied)
        confidence *= data()["contradicted"]
    elif spaces > 1 and is_local:
        doubt = mark(
            "{agreed} in {spaces} groups of people, where it means different people."
        ).format(agreed=agreed, spaces=spaces)
        people, confidence = spaces, confidence / spaces
    elif confidence < certain_from():
        doubt = mark("{kinds}, which alone is not enough.").format(kinds=fit_of(way.kinds))
    return Candidate(person=person, fits=fits, confidence=confidence, doubt=doubt, people=people)


_OTHERS = mark("what else was given fits somebody else.")


def _without_the_weak(
    rivals: Sequence[Person], tied: Fits, denied: Mapping[Person, Collection[IdentifierKind]]
) -> list[Person]:
    """`rivals` without those whom a name or address alone speaks for, where more speaks for others.

    They stay where that name is what speaks against the others.
    """
    strong = [person for person in rivals if person in denied]
    if not strong:
        return list(rivals)
    open_ = set.intersection(*(set(denied[person]) for person in strong))
    return [p for p in rivals if p in denied or open_ & {one.kind for one in tied[p]}]


def _is_outdone(
    space: str, mine: frozenset[Known], sets: Iterable[tuple[str, frozenset[Known]]]
) -> bool:
    """Whether somebody else fits all that this person fits, and more.

    In another population only where all that fits here tells nothing there: a key that another
    company gave, or a name alone.
    """
    is_weak = _is_weak(mine) or not any(kinds()[one.kind].travels for one in mine)
    return any(
        mine < theirs and (other == space or (is_weak and not _is_weak(theirs)))
        for other, theirs in sets
    )


def _is_weak(fits: Collection[Known]) -> bool:
    found = way_of(fits)
    return found is None or found[0].confidence < certain_from()


def _best(kind: IdentifierKind, fits: Collection[Known]) -> Known | None:
    of_kind = [one for one in fits if one.kind is kind]
    return max(of_kind, key=lambda one: (one.is_given, one.confidence), default=None)


def _said(views: Iterable[View], person: Person, kind: IdentifierKind) -> list[str]:
    if kind is IdentifierKind.PERSON_KEY:
        return [person.key]
    return [
        text
        for view in views
        if view.space == person.space and view.is_of_people
        for text in view.values(kind, view.of_person(person.key))
    ]
