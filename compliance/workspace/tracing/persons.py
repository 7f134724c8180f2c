"""Looking for one person everywhere, as the workspace offers it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from sqlalchemy import Connection

from compliance.errors import TooManyPeopleError, UnknownMatchError, UnknownRequestError
from compliance.plain import to_json
from compliance.rights.nouns import Identifier, Match, Request, Trace
from compliance.rights.tracing import Namesakes, find, may_be_decided
from compliance.storage import records, tables
from compliance.workspace.desk import Act, Desk
from compliance.workspace.guarding import guarded
from compliance.workspace.requesting import sealing
from compliance.workspace.tracing.views import gathered

Versions = Literal["newest", "kept", "all"]


class Index:
    """All that is searched, gathered once: many people are found in it quickly.

    It holds what was stored when it was made; make a new one after anything was written. What was
    worked out of a column stays with the desk, so the next one is made quickly.
    """

    def __init__(self, desk: Desk, connection: Connection, versions: Versions = "all") -> None:
        self._desk = desk
        self._views, self._skipped = gathered(desk, connection, versions)
        self._namesakes = Namesakes(self._views)

    def trace(
        self, identifiers: Sequence[Identifier], decided: Mapping[str, bool] | None = None
    ) -> Trace:
        """Where the person with `identifiers` is found; see `trace`."""
        secret = hmac.digest(self._desk.key, to_json(tuple(identifiers)).encode(), "sha256")

        def code(said: str) -> str:
            # Keyed by what was given, too: with the identifiers destroyed it is of nobody.
            return hmac.new(secret, said.encode(), hashlib.sha256).hexdigest()

        said = decided or {}
        return find(self._views, identifiers, said, code, self._skipped, self._namesakes)


def trace(
    desk: Desk,
    connection: Connection,
    identifiers: Sequence[Identifier],
    *,
    versions: Versions = "all",
    decided: Mapping[str, bool] | None = None,
) -> Trace:
    """Where the person with `identifiers` is found; nothing is stored.

    Args:
        versions: of each dataset, the newest only, or all that are stored; or of these the ones
            that keep all rows, for one without restricted rows holds nothing else.
        decided: by the id of a doubtful match or mention, what an officer said of it.

    Raises:
        NothingToLookForError: no identifier is one that can be looked for.
    """
    return Index(desk, connection, versions).trace(identifiers, decided)


@guarded
class Tracing:
    """Where one person is found, in every version of every dataset."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def look(self, request: str, versions: Versions = "all") -> Trace:
        """Where the person of a request is found, for somebody who looked before; not an act.

        Raises:
            UnknownRequestError, SealedError, NothingToLookForError: it cannot be looked for.
        """
        identifiers = sealing.unseal(self._desk, request)
        with self._desk.database.reading() as connection:
            said = decided(_request(connection, request))
            return trace(self._desk, connection, identifiers, versions=versions, decided=said)

    def trace_request(self, request: str, versions: Versions = "all") -> Trace:
        """Look for the person of a request; that it was done, and what it came to, is on record.

        The entry holds counts only.

        Raises:
            UnknownRequestError, SealedError, NothingToLookForError: it cannot be looked for.
        """
        found = self.look(request, versions)
        with self._desk.act("request.search", request) as act:
            act.facts |= told(found)
        return found

    def decide(self, request: str, match: str, *, is_person: bool) -> Trace:
        """Say of a doubtful match whether it is the person who asks; what is found then.

        What is said of somebody in one dataset holds of them in all others.

        Raises:
            UnknownRequestError, SealedError: the request cannot be read.
            UnknownMatchError: there is no such doubtful match any more.
            TooManyPeopleError: so many people fit that none of them can be meant.
        """
        doubtful = {one.id: one for one in self.look(request).matches if one.is_doubtful}
        if match not in doubtful:
            raise UnknownMatchError(request=request)
        if not may_be_decided(doubtful[match]):
            raise TooManyPeopleError(people=doubtful[match].people)
        with self._desk.act("match.decide", request) as act:
            _keep(act, request, same_person(doubtful, doubtful[match]), is_person=is_person)
        return self.look(request)


def decided(request: Request) -> dict[str, bool]:
    """What officers said of doubtful matches and mentions of a request, by their ids."""
    every = {**request.doubts, **request.mentions}
    return {id_: said for id_, said in every.items() if said is not None}


def told(found: Trace) -> dict[str, object]:
    """What a trail may say of a search: counts."""
    return {
        "datasets": len(found.searched),
        "skipped": len(found.skipped),
        "rows": sum(len(match.rows) for match in found.settled),
        "mentions": len(found.mentions),
        "doubtful": sum(match.is_doubtful for match in found.matches),
        "open": len(found.open_doubts),
        "doubtful_mentions": len({one.id for one in found.mentions if one.is_doubtful}),
        "open_mentions": len({one.id for one in found.open_mentions}),
    }


def same_person(doubtful: Mapping[str, Match], match: Match) -> list[str]:
    """The doubtful matches of the same person."""
    return [
        id_ for id_, one in doubtful.items() if one is match or (match.who and one.who == match.who)
    ]


def _keep(act: Act, request: str, matches: Sequence[str], *, is_person: bool) -> None:
    before = _request(act.connection, request)
    doubts = {**before.doubts, **dict.fromkeys(matches, is_person)}
    act.store(tables.REQUEST, replace(before, doubts=doubts), id=request)
    act.facts |= {"matches": len(matches), "is_person": is_person}


def _request(connection: Connection, id_: str) -> Request:
    found = records.latest(connection, tables.REQUEST, Request, id=id_)
    if found is None:
        raise UnknownRequestError(request=id_[:40])
    return found
