"""One person, looked for in all that is kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from compliance.errors import NothingToLookForError
from compliance.i18n import mark
from compliance.rights.nouns import Identifier, Match, Trace
from compliance.rights.tracing.copies import pseudonymous
from compliance.rights.tracing.keyless import ownerless
from compliance.rights.tracing.kinds import told_apart
from compliance.rights.tracing.knowing import given
from compliance.rights.tracing.linking import Linked, code_of, link, matches_of
from compliance.rights.tracing.mentions import mentions_of
from compliance.rights.tracing.namesakes import Namesakes
from compliance.rights.tracing.resolving import Candidate, told
from compliance.rights.tracing.views import View

Code = Callable[[str], str]


def find(
    views: Sequence[View],
    identifiers: Sequence[Identifier],
    decided: Mapping[str, bool],
    code: Code,
    skipped: Mapping[str, str],
    namesakes: Namesakes | None = None,
) -> Trace:
    """Where the person with `identifiers` is found in `views`.

    Args:
        views: oldest first; a copy after what it was made from.
        decided: by the id of a match or mention, what an officer said of it. What was said of
            somebody in one dataset holds of that person in all.
        code: makes a keyed hash, to tell people and texts apart without telling what they are.
        skipped: what is not among `views`, with why.
        namesakes: of `views`, where many people are looked for in them.

    Raises:
        NothingToLookForError: no identifier is one that can be looked for.
    """
    known, unfit = given(identifiers)
    if not tuple(known):
        raise NothingToLookForError(kinds=told(unfit) if unfit else "anything")
    said = _by_person(decided)
    linked = link(views, known, code, said.get)
    matches = _matches(views, linked, code)
    answers = {m.id: said[m.who] for m in matches if m.is_doubtful and said.get(m.who) is not None}
    answers |= {m.id: decided[m.id] for m in matches if m.is_doubtful and m.id in decided}
    answers = {m.id: answers[m.id] for m in matches if m.id in answers and may_be_decided(m)}
    taken = _taken(matches, answers)
    called = namesakes or Namesakes(views)
    mentions = [
        m for view in views for m in mentions_of(view, views, linked, taken[view.id], called, code)
    ]
    answers |= {m.id: decided[m.id] for m in mentions if m.is_doubtful and m.id in decided}
    unread = {
        mark("{kind} given").format(kind=kind): mark("It is empty or no such identifier.")
        for kind in unfit
    }
    return Trace(
        matches=tuple(matches),
        mentions=tuple(mentions),
        searched={view.id: view.searched for view in views},
        skipped={**skipped, **unread},
        decided=answers,
        remarks=_remarks(linked),
    )


def may_be_decided(match: Match) -> bool:
    """Whether an officer can say of a match that it is the person, or is not.

    Not where so many people fit that they are shown together: then most of them are not.
    """
    return bool(match.who) or match.people <= told_apart()


def _by_person(decided: Mapping[str, bool]) -> dict[str, bool]:
    """What was said, by the code of whom it was said of; a no outweighs a yes."""
    found: dict[str, bool] = {}
    for id_, is_person in decided.items():
        who = id_.rpartition(":")[2]
        if "~" not in who:
            found[who] = is_person and found.get(who, True)
    return found


def _matches(views: Sequence[View], linked: Linked, code: Code) -> list[Match]:
    found: list[Match] = []
    for candidate in linked.accepted.values():
        who = "" if candidate.is_certain else code_of(candidate.person, code)
        found += matches_of(views, candidate, who)
    doubtful: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in linked.doubtful.values():
        doubtful[candidate.person.space].append(candidate)
    for rivals in doubtful.values():
        if len(rivals) > told_apart():
            found += _together(views, rivals)
            continue
        for candidate in rivals:
            found += matches_of(views, candidate, code_of(candidate.person, code))
    for view in views:
        found += ownerless(view, linked, code)
    by_id = {view.id: view for view in views}
    for view in views:
        if view.copy is not None:
            origin = by_id.get(view.copy.origin)
            of_origin = [match for match in found if match.dataset_id == view.copy.origin]
            found += pseudonymous(view, view.copy, origin, of_origin, linked)
    order = {view.id: nth for nth, view in enumerate(views)}
    return sorted(_told_once(found), key=lambda m: (order[m.dataset_id], m.is_doubtful, m.id))


def _together(views: Sequence[View], rivals: Sequence[Candidate]) -> list[Match]:
    """So many people that nobody could say who of them it is, as one match per dataset."""
    first = rivals[0]
    rows: dict[str, set[int]] = defaultdict(set)
    for view in views:
        if view.space == first.person.space and view.is_of_people:
            for candidate in rivals:
                rows[view.id].update(view.of_person(candidate.person.key).tolist())
    made = {m.dataset_id: m for m in matches_of(views, first, "")}
    return [
        Match(
            dataset_id=id_,
            rows=tuple(sorted(found)),
            via=made[id_].via,
            confidence=first.confidence,
            is_doubtful=True,
            people=len(rivals),
            doubt=first.doubt,
        )
        for id_, found in rows.items()
        if id_ in made
    ]


def _told_once(matches: Sequence[Match]) -> list[Match]:
    """A row that is certain in one way is not asked about in another."""
    certain: dict[str, set[int]] = defaultdict(set)
    for match in matches:
        if not match.is_doubtful:
            certain[match.dataset_id].update(match.rows)
    found: dict[str, Match] = {}
    for match in matches:
        if match.is_doubtful and certain[match.dataset_id].issuperset(match.rows):
            continue
        found.setdefault(match.id, match)
    return list(found.values())


def _taken(matches: Sequence[Match], answers: Mapping[str, bool]) -> Mapping[str, set[int]]:
    """By dataset version, the rows that are the person's, or may be."""
    found: dict[str, set[int]] = defaultdict(set)
    for match in matches:
        if answers.get(match.id, True):
            found[match.dataset_id].update(match.rows)
    return found


def _remarks(linked: Linked) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.doubt for one in linked.doubtful.values()))
