"""Visits: from sign-in to sign-out.

A provider says who somebody is, once. From then on the desk itself decides whether they are still
here: the browser's cookie lives for a month, cannot be called back, and is never enough.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from compliance.access import by_itself
from compliance.access.nouns import Account, Actor, Ended, Identity, Visit
from compliance.errors import SignInError, VisitOverError
from compliance.i18n import mark
from compliance.plain import to_json
from compliance.storage import records, seen, tables
from compliance.workspace.access.accounts import Accounts
from compliance.workspace.access.present import Here
from compliance.workspace.desk import Desk
from compliance.workspace.guarding import guarded

_NAMES_A_SIGN_IN = ("iss", "sub", "iat", "nonce", "exp", "sid")
_SKEW = timedelta(minutes=5)  # how far the provider's clock may be ahead of ours
_LATE = timedelta(minutes=2)  # another process may know of an act that is not written down yet


@guarded
class Visits:
    """Who is signed in, since when, and until when."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._accounts = Accounts(desk)

    def identity(self, claims: Mapping[str, object]) -> Identity:
        """What the claims of an ID token say; whoever hands them over has verified it.

        Raises:
            SignInError: they do not name anybody.
        """
        issuer, subject, issued_at = (
            claims.get("iss"),
            claims.get("sub"),
            _moment(claims.get("iat")),
        )
        are_texts = isinstance(issuer, str) and isinstance(subject, str)
        if not (are_texts and issuer and subject and issued_at):
            raise SignInError(reason=mark("the provider does not say who signed in, or not when"))
        return Identity(
            issuer=str(issuer),
            subject=str(subject),
            email=str(claims.get("email") or ""),
            is_email_verified=claims.get("email_verified") is True,
            token=self._keyed("visit", [claims.get(name) for name in _NAMES_A_SIGN_IN]),
            issued_at=issued_at,
        )

    def check(self, identity: Identity, *, is_act: bool = True) -> Actor:
        """Whoever signed in so, if they are still here; a visit begins with the first check.

        Args:
            is_act: whether they did something just now; a page that looks by itself says no.

        Raises:
            SignInError: they may not come in.
            VisitOverError: their visit is over.
        """
        now = self._desk.clock()
        here = self._found(identity, now)
        if here is None:
            self.begin(identity)
            here = self._found(identity, now)
        if not isinstance(here, Here):
            why = here or Ended.SIGNED_OUT
            self._end(identity.token, why, by_itself())
            raise self._is_over(why)
        if is_act:
            here.seen = max(here.seen, now)
            self._note(now)
        return here.actor

    def confirm(self, identity: Identity) -> Actor:
        """Whoever signed in so, if they are still here; writes nothing.

        Raises:
            VisitOverError: they are not.
        """
        here = self._found(identity, self._desk.clock())
        if not isinstance(here, Here):
            raise self._is_over(here or Ended.SIGNED_OUT)
        return here.actor

    def begin(self, identity: Identity) -> Visit:
        """Let somebody in; a visit that began already goes on.

        Raises:
            SignInError: they may not come in; the trail tells so, without who it was.
        """
        try:
            self._check_age(identity)
            account = self._accounts.of(identity)
        except SignInError as refusal:
            self._refuse(identity, refusal)
            raise
        actor, now = actor_of(account), self._desk.clock()
        visit = Visit(id=identity.token, account=account.id, began=now)
        with (
            suppress(_AlreadyBegunError),
            self._desk.acting(actor).act("visit.begin", account.name) as act,
        ):
            if _visit(act.connection, visit.id) is not None:
                raise _AlreadyBegunError
            act.store(tables.VISIT, visit, id=visit.id, account=account.id)
            seen.begin(act.connection, visit.id, _seconds(now))
            act.facts["visit"] = _short(visit.id)
        return visit

    def end(self, identity: Identity) -> None:
        """Somebody signs out; their cookie is worth nothing from now on."""
        here = self._desk.present.get(identity.token)
        self._end(identity.token, Ended.SIGNED_OUT, here.actor if here else by_itself())

    def _found(self, identity: Identity, now: datetime) -> Here | Ended | None:
        """Who is here; why not, where that is not on record yet; None: the visit has not begun.

        Raises:
            VisitOverError: the visit is over, as is on record.
        """
        known = self._desk.present.get(identity.token)
        is_fresh = known is not None and known.is_fresh(now, self._desk.database.changes)
        here = known if is_fresh else self._look(identity, now)
        return (self._over(here, now) or here) if isinstance(here, Here) else here

    def _look(self, identity: Identity, now: datetime) -> Here | Ended | None:
        """What the database says of a visit; see `_found`."""
        changes = self._desk.database.changes
        with self._desk.database.reading() as connection:
            visit, account, last = seen.standing(connection, identity.token)
        if visit is None:
            return None
        if visit.why is not None or last is None:
            self._desk.present.forget(visit.id)
            raise self._is_over(visit.why or Ended.SIGNED_OUT)
        if account is None or not _is_theirs(account, identity):
            return Ended.ACCOUNT_CHANGED
        at = datetime.fromtimestamp(last, UTC)
        here = Here(
            visit=visit,
            actor=actor_of(account),
            seen=at,
            noted=at,
            looked_at=now,
            changes=changes,
        )
        self._desk.present.put(here)
        return here

    def _over(self, here: Here, now: datetime) -> Ended | None:
        """Why a visit is over now; None while it lasts."""
        if now - here.visit.began >= self._longest:
            return Ended.TOO_LONG
        return Ended.IDLE if now - here.seen >= self._idle else None

    def _end(self, visit_id: str, why: Ended, actor: Actor) -> None:
        """Write down that a visit is over, unless it already was."""
        self._desk.present.forget(visit_id)
        with self._desk.database.reading() as connection:
            visit, account, _ = seen.standing(connection, visit_id)
        if visit is None or visit.why is not None:
            return
        subject = account.name if account else visit.account
        with (
            suppress(_AlreadyBegunError),
            self._desk.acting(actor).act("visit.end", subject) as act,
        ):
            if (_visit(act.connection, visit_id) or visit).why is not None:
                raise _AlreadyBegunError
            over = replace(visit, ended=act.at, why=why)
            act.store(tables.VISIT, over, id=visit.id, account=visit.account)
            seen.end(act.connection, visit_id)
            act.facts.update(visit=_short(visit_id), why=why.value)

    def _note(self, now: datetime) -> None:
        """Once a minute, write down who was seen, and that those who left are gone.

        Whoever clicks does not wait for somebody else's writing; the next click is in time.
        """
        if self._desk.database.is_busy:
            return
        found = self._desk.present.to_note(now)
        if not found:
            return
        with self._desk.database.writing() as connection:
            seen.note(connection, {id_: _seconds(at) for id_, at in found.items()})
            gone = seen.before(connection, _seconds(now - self._idle - _LATE))
        self._desk.present.noted(found)
        for visit_id in gone:
            self._end(visit_id, Ended.IDLE, by_itself())

    def _check_age(self, identity: Identity) -> None:
        """A sign-in is good for as long as somebody may be idle after it.

        Raises:
            SignInError: it is older, or from the future.
        """
        age = self._desk.clock() - identity.issued_at
        if age < -_SKEW:
            raise SignInError(
                reason=mark("the clocks of the provider and of this machine disagree")
            )
        if age >= min(self._idle, self._longest):
            raise SignInError(reason=mark("you signed in too long ago; sign in again"))

    def _refuse(self, identity: Identity, refusal: SignInError) -> None:
        """Tell in the trail that somebody was turned away, now and then, and not who."""
        who = _short(self._keyed("stranger", [identity.issuer, identity.subject]))
        untold = self._desk.present.to_tell(who, self._desk.clock())
        if untold is None:
            return
        with self._desk.acting(by_itself()).act("visit.refuse", who) as act:
            reason = str(refusal.facts.get("reason", ""))
            if not identity.email or identity.email.casefold() not in reason.casefold():
                act.facts["why"] = reason
            if untold:
                act.facts["untold"] = untold

    def _is_over(self, why: Ended) -> VisitOverError:
        given = {
            Ended.SIGNED_OUT: mark("you signed out"),
            Ended.IDLE: mark("nothing was done for {minutes} minutes"),
            Ended.TOO_LONG: mark("you signed in {hours} hours ago"),
            Ended.ACCOUNT_CHANGED: mark("an administrator changed who may sign in"),
        }[why]
        sign_in = self._desk.settings.sign_in
        reason = given.format(minutes=sign_in.idle_minutes, hours=sign_in.visit_hours)
        return VisitOverError(reason=reason, why=why)

    def _keyed(self, purpose: str, said: list[object]) -> str:
        """A hash that says nothing to whoever has not the desk's key."""
        return hmac.new(
            self._desk.key, to_json([purpose, said]).encode(), hashlib.sha256
        ).hexdigest()

    @property
    def _idle(self) -> timedelta:
        return timedelta(minutes=self._desk.settings.sign_in.idle_minutes or 0)

    @property
    def _longest(self) -> timedelta:
        return timedelta(hours=self._desk.settings.sign_in.visit_hours or 0)


class _AlreadyBegunError(Exception):
    """Another click was faster; nothing is left to write."""


def actor_of(account: Account) -> Actor:
    """Who acts where this account signed in."""
    return Actor(name=account.name, roles=frozenset(account.roles), account=account.id)


def _is_theirs(account: Account, identity: Identity) -> bool:
    whom = (account.issuer, account.subject)
    return account.is_active and whom == (identity.issuer, identity.subject)


def _visit(connection: Connection, id_: str) -> Visit | None:
    return records.latest(connection, tables.VISIT, Visit, id=id_)


def _moment(claim: object) -> datetime | None:
    """A NumericDate (RFC 7519, section 2) as a moment; None where it is none."""
    if isinstance(claim, bool) or not isinstance(claim, int | float):
        return None
    with suppress(OverflowError, ValueError, OSError):
        return datetime.fromtimestamp(claim, UTC)
    return None


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _short(digest: str) -> str:
    """Enough to tell visits apart in the trail."""
    return digest[:16]
