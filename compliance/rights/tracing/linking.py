"""From what a request says to all rows that are the person's, hop by hop.

given ──fit──▶ people with a key ──their rows──▶ more identifiers ──fit──▶ …
                                                   └─▶ rows of which no key tells whose they are
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from compliance.i18n import mark
from compliance.rights.nouns import IdentifierKind, Match, Via
from compliance.rights.tracing import normalising
from compliance.rights.tracing.columns import Rows
from compliance.rights.tracing.kinds import certain_from, data, kinds
from compliance.rights.tracing.knowing import Knowledge, Known, trust
from compliance.rights.tracing.resolving import (
    Candidate,
    Fits,
    Person,
    candidates,
    contradicted,
    contradictions,
    fit_of,
    fitting,
    way_of,
)
from compliance.rights.tracing.views import View

Code = Callable[[str], str]
_LEARNT = tuple(kind for kind in IdentifierKind if kind is not IdentifierKind.OTHER)
_MOST_HOPS = 8
CODE_LENGTH = 8  # of what tells people apart within one trace


@dataclass(slots=True, kw_only=True)
class Linked:
    """Who the person is, as far as keys tell; it grows hop by hop.

    Attributes:
        knowledge: all that is known of the person.
        accepted: the people with a key who are the person: in each population one, or several
            accounts that an officer took for the same person's.
        doubtful: those who may be; an officer decides.
        fits: by person, what of the knowledge is true of them.
        records: by population, the keys of the person's own rows, such as order numbers.
    """

    knowledge: Knowledge
    accepted: dict[Person, Candidate] = field(default_factory=dict)
    doubtful: dict[Person, Candidate] = field(default_factory=dict)
    fits: Fits = field(default_factory=dict)
    records: dict[str, set[str]] = field(default_factory=dict)

    @property
    def placed(self) -> set[Known]:
        """What was given, and is the person's in one population; it says nothing in others."""
        return {one for person in self.accepted for one in self.fits.get(person, ())}

    def shared(self, space: str) -> set[Known]:
        """What is known of the person and true of others, too.

        Others of any population, where it means the same in all of them: a telephone number.
        """
        return {
            one
            for person, fits in self.fits.items()
            if person not in self.accepted
            for one in fits
            if person.space == space or kinds()[one.kind].travels
        }

    def bearers(self, space: str, known: Collection[Known]) -> list[Person]:
        """The others of whom all of `known` is true, too."""
        return [
            person
            for person, fits in self.fits.items()
            if person not in self.accepted
            and fits.issuperset(known)
            and (person.space == space or all(kinds()[one.kind].travels for one in known))
        ]

    def others(self, space: str, kinds_: Iterable[IdentifierKind]) -> set[Person]:
        """The people of a population, other than the person, whom the same identifiers fit."""
        wanted = set(kinds_)
        return {
            person
            for person, fits in self.fits.items()
            if person.space == space
            and person not in self.accepted
            and wanted <= {one.kind for one in fits}
        }


def link(
    views: Sequence[View], given: Knowledge, code: Code, said: Callable[[str], bool | None]
) -> Linked:
    """Find who the person is.

    Args:
        code: makes the keyed hash of a person.
        said: what an officer said of the person with such a code.
    """
    linked = Linked(knowledge=Knowledge(given))
    linked.fits = fitting(views, linked.knowledge)
    for candidate in candidates(views, given, linked.fits):
        _place(linked, candidate, said(code_of(candidate.person, code)))
    done: set[Person] = set()
    for _ in range(_MOST_HOPS):
        fresh = [person for person in linked.accepted if person not in done]
        if not fresh:
            break
        done.update(fresh)
        learn(views, linked, fresh)
        _hop(views, linked, code, said)
    return linked


def code_of(person: Person, code: Code) -> str:
    """The short code of a person."""
    return code(f"{person.space}\x1f{person.key}")[:CODE_LENGTH]


def learn(views: Iterable[View], linked: Linked, people: Iterable[Person]) -> None:
    """Add what the rows of `people` say of them to what is known."""
    views = tuple(views)
    for person in people:
        sure = linked.accepted[person].confidence
        origin = _origin(views, person, linked.accepted[person])
        linked.knowledge.learn(
            Known(
                kind=IdentifierKind.PERSON_KEY,
                value=person.key,
                from_=origin,
                space=person.space,
                confidence=sure,
            )
        )
        for view in views:
            if view.space == person.space:
                rows = view.of_person(person.key)
                _learn_rows(view, rows, sure, linked.knowledge)
                keys = linked.records.setdefault(person.space, set())
                for name in view.layout.records if len(rows) else ():
                    column = view.column((name,), IdentifierKind.OTHER)
                    keys.update(normalising.folded(text) for text in column.texts_at(rows))


def _learn_rows(view: View, rows: Rows, sure: float, knowledge: Knowledge) -> None:
    if not len(rows):
        return
    for kind in _LEARNT:
        if kind is IdentifierKind.PERSON_KEY:
            continue
        for value in view.values(kind, rows):
            confidence = sure * trust(kind, value)
            knowledge.learn(
                Known(
                    kind=kind, value=value, from_=view.id, space=view.space, confidence=confidence
                )
            )


def _hop(
    views: Sequence[View], linked: Linked, code: Code, said: Callable[[str], bool | None]
) -> None:
    """Look for further people's records by what was learnt: other populations, second accounts."""
    linked.fits = fitting(views, linked.knowledge)
    found = [_hopped(views, linked, person) for person in linked.fits]
    by_space: dict[str, list[Candidate]] = {}
    for candidate in found:
        if candidate is not None:
            by_space.setdefault(candidate.person.space, []).append(candidate)
    for rivals in by_space.values():
        for candidate in rivals:
            _place(linked, _among(candidate, len(rivals)), said(code_of(candidate.person, code)))


def _hopped(views: Sequence[View], linked: Linked, person: Person) -> Candidate | None:
    """Somebody who was not met before, if what is known leads there."""
    fits = frozenset(one for one in linked.fits[person] if _leads(one, person.space))
    found = way_of(fits, may_hop=True)
    is_met = person in linked.accepted or person in linked.doubtful
    if is_met or found is None or found[1] < certain_from():
        return None
    agreed, doubt = fit_of(found[0].kinds), ""
    if any(other.space == person.space for other in linked.accepted):
        doubt = mark(
            "{agreed} another person's record too; it may be a second one of the same person."
        ).format(agreed=agreed)
    elif denied := contradictions(views, linked.knowledge, person, fits, linked.placed):
        doubt = contradicted(agreed, denied)
    confidence = found[1] * (data()["contradicted"] if doubt else 1)
    return Candidate(
        person=person,
        fits=fits,
        confidence=confidence,
        doubt=doubt,
        people=2 if doubt else 1,
    )


def _leads(one: Known, space: str) -> bool:
    """A key that was given says nothing in a population in which it was not confirmed."""
    return kinds()[one.kind].travels or one.space == space


def _among(candidate: Candidate, rivals: int) -> Candidate:
    if rivals == 1 or candidate.doubt:
        return candidate
    doubt = mark("{fits} {rivals:,} people.").format(
        fits=fit_of(one.kind for one in candidate.fits), rivals=rivals
    )
    confidence = candidate.confidence / rivals
    return replace(candidate, doubt=doubt, people=rivals, confidence=confidence)


def _place(linked: Linked, candidate: Candidate, said: bool | None) -> None:  # noqa: FBT001
    """Among those accepted, or those whom an officer has to decide about."""
    if candidate.is_certain or said:
        linked.accepted[candidate.person] = candidate
    else:
        linked.doubtful[candidate.person] = candidate


def _origin(views: Iterable[View], person: Person, candidate: Candidate) -> str:
    """The dataset version whose row gave the person's key; empty where it was given."""
    if any(one.kind is IdentifierKind.PERSON_KEY for one in candidate.fits):
        return ""
    for view in views:
        rows = view.of_person(person.key) if view.space == person.space else ()
        if len(rows) and any(view.fitting(one.kind, one.value) for one in candidate.fits):
            return view.id
    return ""


def matches_of(views: Sequence[View], candidate: Candidate, who: str) -> list[Match]:
    """The rows of one person with a key, in every version of the datasets of that population."""
    found = []
    origin = _origin(views, candidate.person, candidate)
    for view in views:
        if view.space != candidate.person.space or not len(
            rows := view.of_person(candidate.person.key)
        ):
            continue
        found.append(
            Match(
                dataset_id=view.id,
                rows=tuple(rows.tolist()),
                via=_ways_in(view, rows, candidate, origin),
                confidence=candidate.confidence,
                is_doubtful=bool(candidate.doubt),
                people=candidate.people,
                who=who,
                doubt=candidate.doubt,
            )
        )
    return found


def _ways_in(view: View, rows: Rows, candidate: Candidate, origin: str) -> tuple[Via, ...]:
    """How `rows` are tied to the person: by what fits right here, and by the key."""
    here = set(rows.tolist())
    found = {
        Via(column=holder.title, kind=one.kind, from_=one.from_)
        for one in candidate.fits
        for holder, fit in view.fitting(one.kind, one.value)
        if one.kind is not IdentifierKind.PERSON_KEY and here.intersection(fit.tolist())
    }
    by_key = Via(column=view.owner_title, kind=IdentifierKind.PERSON_KEY, from_=origin)
    order = list(kinds())
    rest = sorted(found, key=lambda via: (order.index(via.kind), via.column, via.from_))
    return (by_key, *rest)
