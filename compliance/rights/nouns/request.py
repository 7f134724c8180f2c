"""What somebody asks for, step by step; no step is skipped and none is taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from compliance.rules.nouns import LawId, Pause


class Right(StrEnum):
    """What can be asked for. Each law's own name of it is data (`rights.yaml`)."""

    ACCESS = "access"
    PORTABILITY = "portability"
    RECTIFICATION = "rectification"
    ERASURE = "erasure"
    RESTRICTION = "restriction"
    OBJECTION = "objection"
    OPT_OUT = "opt out"  # of sale or sharing, Global Privacy Control included
    REVIEW = "review of an automated decision"
    COMPLAINT = "complaint"


class Step(StrEnum):
    """Where a request stands."""

    RECEIVED = "received"
    IDENTITY_ASKED = "identity asked"
    IDENTIFIED = "identified"
    SEARCHED = "searched"
    DECIDED = "decided"
    CARRIED_OUT = "carried out"
    ANSWERED = "answered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class IdentityLevel(StrEnum):
    """How sure the desk is of who asks."""

    NONE = "not checked"
    CONTACT = "reached at a known contact"
    KNOWLEDGE = "knew what only that person knows"
    ACCOUNT = "signed in to the account"
    DOCUMENT = "showed a document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """How it was checked who asks. What was shown is never kept.

    Attributes:
        level: how sure.
        checked: what was compared, in words without values.
        by, at: who checked it, and when, UTC.
        doubt: why more was asked for; empty: nothing was.
        agent: on whose behalf an agent asks was shown how; empty: no agent.
    """

    level: IdentityLevel
    checked: str
    by: str
    at: datetime
    doubt: str = ""
    agent: str = ""


class Rejection(StrEnum):
    """Why what was shown to prove an identity was not taken."""

    FORGED = "forged"  # the request cannot go on
    MISMATCH = "does not match what is on record"
    EXPIRED = "expired"
    UNREADABLE = "cannot be read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A proof of identity that was not taken. What was shown is never kept.

    Attributes:
        level: what it was to reach.
        why: why not.
        by, at: who looked at it, and when, UTC.
    """

    level: IdentityLevel
    why: Rejection
    by: str
    at: datetime


class Outcome(StrEnum):
    """What was decided."""

    FULFILLED = "fulfilled"
    PARTLY_REFUSED = "partly refused"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided, and on what ground.

    Attributes:
        outcome: fulfilled, in part, refused.
        ground: the law's ground for refusing, or for erasing; an id of `rights.yaml`.
        reason: in words; never about the person.
        kept: dataset → the exception for which rows of it are kept.
        by, at: who, and when, UTC.
    """

    outcome: Outcome
    ground: str
    reason: str
    by: str
    at: datetime
    kept: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """A longer time to answer.

    Attributes:
        reason: why.
        told_at: when the person was told.
    """

    reason: str
    told_at: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened to a request.

    Attributes:
        at, by: when, UTC, and who.
        what: in words, without values.
        step: where the request stood afterwards.
    """

    at: datetime
    by: str
    what: str
    step: Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request.

    Attributes:
        id: short; the number that people are given.
        law: under which it is answered.
        right: what is asked for.
        received_on: the day that starts the clock.
        channel: form, e-mail, letter, phone, agent, signal, file.
        country: whose holidays count.
        step: where it stands.
        purpose: for objections and opt-outs, the purpose objected to; empty: all.
        confirmed_on: the day on which receipt was confirmed.
        identity, decision, extension, pauses: None or empty until there is one.
        rejected: proofs of identity that were not taken.
        searched_on: the day of the last search; None: nobody has looked.
        found: rows that are certainly about the person, by dataset version.
        doubts: by a doubtful match's id, what an officer said of it; None: nothing yet.
        mentions: the same of doubtful mentions in texts, by the mention's id.
        same_as: an earlier request of the same person for the same thing.
        answered_on: the day on which the answer left.
        changed: the dataset versions that carrying it out made.
        told_recipients, recipients: how many of the recipients concerned were told.
        holds: legal holds that stand against carrying it out, by id.
        facts: what else rules ask for, by fact.
        history: oldest first.
    """

    id: str
    law: LawId
    right: Right
    received_on: date
    channel: str
    country: str
    step: Step = Step.RECEIVED
    purpose: str = ""
    confirmed_on: date | None = None
    identity: Identity | None = None
    decision: Decision | None = None
    extension: Extension | None = None
    pauses: tuple[Pause, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    searched_on: date | None = None
    found: Mapping[str, int] = field(default_factory=dict)
    doubts: Mapping[str, bool | None] = field(default_factory=dict)
    mentions: Mapping[str, bool | None] = field(default_factory=dict)
    same_as: str = ""
    answered_on: date | None = None
    changed: tuple[str, ...] = ()
    recipients: int = 0
    told_recipients: int = 0
    holds: tuple[str, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)
    history: tuple[Event, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether an answer is still owed."""
        return self.step not in (Step.ANSWERED, Step.CLOSED, Step.WITHDRAWN)

    @property
    def is_refused(self) -> bool:
        """Whether all of it was refused."""
        return self.decision is not None and self.decision.outcome is Outcome.REFUSED

    @property
    def open_doubts(self) -> tuple[str, ...]:
        """Doubtful matches that nobody has decided yet, by id."""
        return tuple(id_ for id_, said in self.doubts.items() if said is None)

    @property
    def open_mentions(self) -> tuple[str, ...]:
        """Doubtful mentions in texts that nobody has decided yet, by id."""
        return tuple(id_ for id_, said in self.mentions.items() if said is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A duty to keep data although somebody asks to erase them.

    Attributes:
        id: names it.
        why: the proceedings or law, in words without names.
        datasets: which; empty: all.
        until: the last day; None: until it is lifted.
        by, at: who decided it, and when, UTC.
        is_lifted: it does not stand any more.
    """

    id: str
    why: str
    datasets: tuple[str, ...]
    by: str
    at: datetime
    until: date | None = None
    is_lifted: bool = False
