"""What an officer says of doubtful matches and mentions of a request."""

from __future__ import annotations

from collections.abc import Mapping

from compliance.errors import RequestStepError, TooManyPeopleError, UnknownMatchError
from compliance.i18n import mark
from compliance.rights.nouns import Request, Step, Trace
from compliance.rights.requests import Action
from compliance.rights.tracing import may_be_decided
from compliance.workspace.requesting import sealing
from compliance.workspace.requesting.step import Stepping, counted
from compliance.workspace.tracing.persons import decided, same_person, trace


def told_apart(step: Stepping, said: Mapping[str, bool | None]) -> Request:
    """Keep what was said of matches and mentions; see `Steps.doubts`."""
    request = step.request.id
    who, before = sealing.unseal(step.desk, request), decided(step.request)
    found = trace(step.desk, step.act.connection, who, decided=before)
    in_texts = said_of_mentions(found, said)
    of_people = {match: one for match, one in said.items() if match not in in_texts}
    matches = said_of_people(request, found, of_people)
    stood = {one: is_it for one, is_it in step.request.doubts.items() if is_it is not None}
    if step.request.step is Step.DECIDED and any(
        matches.get(m, stood[m]) != stood[m] for m in stood
    ):
        raise RequestStepError(
            request=request,
            wanted=Action.DOUBT.value,
            reason="it was decided; only what came to light since can still be told apart",
        )
    every = {**before, **matches, **in_texts}
    widened = {one: is_it for one, is_it in every.items() if is_it is not None}
    found = trace(step.desk, step.act.connection, who, decided=widened)
    step.act.facts |= {"decided": len(of_people), "mentions_decided": len(in_texts)}
    told = [counted(len(of_people), "doubtful match", "doubtful matches")] if of_people else []
    told += [counted(len(in_texts), "doubtful mention")] if in_texts else []
    return step.advance(
        Action.DOUBT,
        "; ".join(mark("{what} decided").format(what=one) for one in told),
        doubts={**step.request.doubts, **matches},
        mentions=doubted(found, widened)[1],
        found=rows_of(found),
    )


def rows_of(found: Trace) -> dict[str, int]:
    """How many rows are certainly about the person, by dataset version."""
    rows: dict[str, set[int]] = {}
    for match in found.settled:
        rows.setdefault(match.dataset_id, set()).update(match.rows)
    return {id_: len(numbers) for id_, numbers in rows.items()}


def doubted(
    found: Trace, said: Mapping[str, bool]
) -> tuple[dict[str, bool | None], dict[str, bool | None]]:
    """The doubtful matches and the doubtful mentions, each with what was said of it."""
    matches = {m.id: said.get(m.id) for m in found.matches if m.is_doubtful}
    mentions = {m.id: said.get(m.id) for m in found.mentions if m.is_doubtful}
    return matches, mentions


def said_of_mentions(found: Trace, said: Mapping[str, bool | None]) -> dict[str, bool | None]:
    """What was said of doubtful mentions, of all that was said."""
    known = {one.id for one in found.mentions if one.is_doubtful}
    return {id_: is_person for id_, is_person in said.items() if id_ in known}


def said_of_people(
    id_: str, found: Trace, said: Mapping[str, bool | None]
) -> dict[str, bool | None]:
    """What was said of matches, as what is said of all matches of the same people.

    Raises:
        UnknownMatchError: there is no such doubtful match.
        TooManyPeopleError: so many people fit that none of them can be meant.
    """
    doubtful = {one.id: one for one in found.matches if one.is_doubtful}
    widened: dict[str, bool | None] = {}
    for match, is_person in said.items():
        if match not in doubtful:
            raise UnknownMatchError(request=id_)
        if is_person and not may_be_decided(doubtful[match]):
            raise TooManyPeopleError(people=doubtful[match].people)
        widened |= dict.fromkeys(same_person(doubtful, doubtful[match]), is_person)
    return widened
