"""Accounts, their roles, visits, and acts that a second person approves.

The terms are those of role-based access control (ANSI INCITS 359) and of the four-eyes principle
(separation of duty in operations, ISO/IEC 27001:2022 A.5.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class Role(StrEnum):
    """A row of rights; somebody may have several."""

    OFFICER = "officer"  # decides: budgets, requests, rules, remedies, and all that analysts do
    ANALYST = "analyst"  # works on data: loads, discovers, anonymises, releases within the budget
    AUDITOR = "auditor"  # reads evidence, verifies, builds reports; sees no personal data
    ADMINISTRATOR = "administrator"  # accounts, keys, backups; neither data nor decisions


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who may sign in.

    Attributes:
        id: short, never used again.
        name: as the trail names who acted; one account has it.
        email: where the provider's word for who signs in is compared with at the first sign-in.
        roles: what this person may do.
        issuer, subject: whom the provider means, known from the first sign-in on (OpenID Connect
            Core 1.0, section 5.7: together they name one person for ever; an e-mail does not).
        is_active: whether this person may sign in.
        at, by: when this was decided, and who decided it.
    """

    id: str
    name: str
    email: str
    roles: tuple[Role, ...]
    issuer: str = ""
    subject: str = ""
    is_active: bool = True
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts now: an account that signed in, whoever has this machine in hand, or the desk.

    Attributes:
        name: as the trail names them.
        roles: what they may do.
        account: the account's id; empty where nobody signs in.
        rights: acts and looks beside those of the roles; only the desk itself has some.
    """

    name: str
    roles: frozenset[Role]
    account: str = ""
    rights: frozenset[str] = frozenset()

    @property
    def person(self) -> str:
        """By what one person is told from another: the account, or whoever is at this machine."""
        return self.account or "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a provider says of somebody who has just signed in.

    Attributes:
        issuer, subject: whom it means.
        email: theirs, and whether the provider has verified it.
        token: names this sign-in and no other; a keyed hash, never the token itself.
        issued_at: when they signed in.
    """

    issuer: str
    subject: str
    email: str
    is_email_verified: bool
    token: str
    issued_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Where a request comes from.

    Attributes:
        address: of who asks; empty where the server did not say.
        listens_on: the address that the server is told to listen on; empty for all.
        headers: of the request, by names in small letters.
    """

    address: str
    listens_on: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Ended(StrEnum):
    """Why a visit is over."""

    SIGNED_OUT = "signed out"
    IDLE = "idle too long"
    TOO_LONG = "lasted too long"
    ACCOUNT_CHANGED = "the account was changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """From a sign-in to its end.

    Attributes:
        id: the sign-in's token; see `Identity`.
        account: whose.
        began: when.
        ended, why: when and why it was over; None while it lasts.
    """

    id: str
    account: str
    began: datetime
    ended: datetime | None = None
    why: Ended | None = None


class Matter(StrEnum):
    """What a second person may have to approve."""

    RELEASE = "release"  # that spends more than an ε
    ERASURE = "erasure"
    TRANSFER = "transfer"  # to another country
    REQUIREMENT = "requirement"  # to ask for fewer second persons than before; always needs one


@dataclass(frozen=True, slots=True, kw_only=True)
class FourEyes:
    """What needs a second person; nothing does until an officer decides so.

    Attributes:
        epsilon: a release, federated run, synthesis or look for bounds that spends more needs one,
            and so does one with which the same person spends more on the same people within
            `days`; None: none does.
        matters: beside releases, what needs one.
        days: how long an approval may be used, and how far back small spends are added up.
        at, by: when this was decided, and who decided it; None before.
    """

    epsilon: Decimal | None = None
    matters: frozenset[Matter] = frozenset()
    days: int = 7
    at: datetime | None = None
    by: str = ""

    @property
    def is_any(self) -> bool:
        """Whether anything needs one."""
        return self.epsilon is not None or bool(self.matters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """One act as a second person approves it: nothing that it depends on is left out.

    Attributes:
        matter: what kind of act.
        subject: on what, as the trail names it.
        facts: all that the act depends on, as plain values: what is told of it comes from here, so
            nobody approves anything else than what is done. A condition of a question may hold a
            value, so they are shown to whoever approves and never told elsewhere.
    """

    matter: Matter
    subject: str
    facts: Mapping[str, object]


class Stand(StrEnum):
    """How far an approval is."""

    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"
    USED = "used"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"  # its days are over, or somebody of those two may not any more; never stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What somebody says of an act that another wants to do.

    Attributes:
        is_yes: whether it may be done.
        remark: why; may be empty.
        by, account: who says so.
        at: when.
    """

    is_yes: bool
    remark: str
    by: str
    account: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What others say of one act before it is done.

    Attributes:
        id: short.
        sought: the act.
        what: the act in words and numbers; never a cell value.
        digest: SHA-256 of `sought`; another ε is another act.
        why: the reason given; may be empty.
        stand: how far it is.
        asked_by, asker: who wants to act, and their account; no account where the machine's
            operator asked, who may be anybody: then two others must approve.
        asked_at: since when.
        words: what was said.
        used_at, used_for: when it was used, which it can be once, and for which entry of a ledger
            or erasure.
    """

    id: str
    sought: Sought
    what: str
    digest: str
    why: str
    stand: Stand
    asked_by: str
    asker: str
    asked_at: datetime
    words: tuple[Word, ...] = ()
    used_at: datetime | None = None
    used_for: str = ""

    @property
    def needed(self) -> int:
        """How many others must approve it."""
        return 1 if self.asker else 2

    @property
    def approved_by(self) -> tuple[str, ...]:
        """Who approved it so far."""
        return tuple(word.by for word in self.words if word.is_yes)

    @property
    def decided_at(self) -> datetime | None:
        """When the last word was said."""
        return self.words[-1].at if self.words else None
