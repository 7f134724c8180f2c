"""Who is here now, as this process remembers: so that a look costs no question to the database."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from compliance.access.nouns import Actor, Visit

FRESH = timedelta(seconds=2)  # how long what another process changed may go unnoticed
NOTED = timedelta(minutes=1)  # how often it is written down who was seen
_HOUR = timedelta(hours=1)
_MOST_TOLD = 60  # refusals told in an hour, whoever knocks
_MOST_KNOWN = 10_000


@dataclass(slots=True, kw_only=True)
class Here:
    """Somebody who is here.

    Attributes:
        visit, actor: who it is.
        seen: when they last did something.
        noted: which of these moments the database knows.
        looked_at: when the database was last asked about them.
        changes: how many changes this process had made by then.
    """

    visit: Visit
    actor: Actor
    seen: datetime
    noted: datetime
    looked_at: datetime
    changes: int

    def is_fresh(self, now: datetime, changes: int) -> bool:
        """Whether nothing can have changed since the database was asked, but for seconds."""
        return self.changes == changes and timedelta() <= now - self.looked_at < FRESH


class Present:
    """Who is here now, and who was turned away of late. Safe to share between threads."""

    def __init__(self) -> None:
        self._here: dict[str, Here] = {}
        self._lock = threading.Lock()
        self._noted_at: datetime | None = None
        self._told_of: OrderedDict[str, datetime] = OrderedDict()
        self._told: deque[datetime] = deque()
        self._untold = 0

    def get(self, visit: str) -> Here | None:
        return self._here.get(visit)

    def put(self, here: Here) -> None:
        """Remember somebody; what was known of when they were last seen stays known."""
        with self._lock:
            before = self._here.get(here.visit.id)
            if before is not None:
                here.seen = max(here.seen, before.seen)
            self._here[here.visit.id] = here

    def forget(self, visit: str) -> None:
        self._here.pop(visit, None)

    def to_note(self, now: datetime) -> dict[str, datetime]:
        """Whom to write down as seen; nobody where that was done less than a minute ago."""
        with self._lock:
            since = None if self._noted_at is None else now - self._noted_at
            if since is not None and timedelta() <= since < NOTED:
                return {}
            self._noted_at = now
            return {id_: one.seen for id_, one in self._here.items() if one.seen > one.noted}

    def noted(self, seen: dict[str, datetime]) -> None:
        """The database knows of these."""
        for id_, at in seen.items():
            if here := self._here.get(id_):
                here.noted = at

    def to_tell(self, who: str, now: datetime) -> int | None:
        """Whether a refusal is to be told: how many were not since the last one; None: it is not.

        Of one person one in an hour is told, and of all together sixty, so that nobody who knocks
        again and again fills the trail.
        """
        with self._lock:
            while self._told and now - self._told[0] >= _HOUR:
                self._told.popleft()
            last = self._told_of.get(who)
            is_told = last is not None and now - last < _HOUR
            if is_told or len(self._told) >= _MOST_TOLD:
                self._untold += 1
                return None
            self._told.append(now)
            self._told_of[who] = now
            self._told_of.move_to_end(who)
            while len(self._told_of) > _MOST_KNOWN:
                self._told_of.popitem(last=False)
            untold, self._untold = self._untold, 0
            return untold
