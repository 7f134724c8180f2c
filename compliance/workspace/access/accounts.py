"""Accounts: who may sign in, and with which roles."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from compliance.access import check_account, check_administered, folded, identified
from compliance.access.nouns import Account, Identity, Role, Visit
from compliance.errors import AccountError, UnknownAccountError
from compliance.i18n import mark
from compliance.storage import acts, preferences, records, tables
from compliance.workspace.desk import Act, Desk
from compliance.workspace.guarding import guarded


@guarded
class Accounts:
    """Who may sign in.

    Ids and names are never used again: by the name the trail tells who acted, and budgets are
    capped. What changes here ends the visits of whom it is about.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def every(self) -> tuple[Account, ...]:
        """All accounts as they stand, those that were removed among them, oldest first."""
        with self._desk.database.reading() as connection:
            return every(connection)

    def find(self, name: str) -> Account:
        """The account of that name.

        Raises:
            UnknownAccountError: there is none.
        """
        with self._desk.database.reading() as connection:
            return _named(connection, name)

    def last_visits(self) -> Mapping[str, datetime]:
        """When each account last signed in, UTC, by its id."""
        with self._desk.database.reading() as connection:
            found = records.newest_by(connection, tables.VISIT, Visit, "account")
        return {id_: visit.began for id_, visit in found.items()}

    def keep(self, name: str, email: str, roles: Collection[Role]) -> Account:
        """Let somebody sign in, or change e-mail address and roles of who has that name.

        The address matters until the first sign-in; from then on the account is that person's,
        whatever address is kept.

        Raises:
            AccountError: it cannot be kept so; nothing was changed.
        """
        name, email = name.strip(), email.strip()
        with self._desk.act("account.keep", name[:200]) as act:
            accounts = every(act.connection)
            before = next((one for one in accounts if folded(one.name) == folded(name)), None)
            if before is not None and not before.is_active:
                reason = mark("it was removed, and names are not used again; take another name")
                raise AccountError(reason=reason)
            draft = Account(
                id=before.id if before else f"account-{secrets.token_hex(4)}",
                name=before.name if before else name,
                email=email,
                roles=tuple(role for role in Role if role in roles),
                issuer=before.issuer if before else "",
                subject=before.subject if before else "",
                at=act.at,
                by=act.actor,
            )
            others = [one for one in accounts if one.id != draft.id]
            check_account(draft, others, () if before else self._acted(act, accounts))
            if before is not None:
                self._check_change(before, draft, others)
            act.store(tables.ACCOUNT, draft, id=draft.id)
            act.facts |= {"account": draft.id, "roles": list(draft.roles), "new": before is None}
        return draft

    def remove(self, name: str) -> Account:
        """Let somebody sign in no more.

        Raises:
            UnknownAccountError: there is no such account.
            AccountError: it is that of the last administrator.
        """
        with self._desk.act("account.remove", name[:200]) as act:
            before = _named(act.connection, name)
            if not before.is_active:
                raise UnknownAccountError(given=name[:80])
            gone = replace(before, is_active=False, at=act.at, by=act.actor)
            if Role.ADMINISTRATOR in before.roles:
                others = (one for one in every(act.connection) if one.id != gone.id)
                check_administered((*others, gone))
            act.store(tables.ACCOUNT, gone, id=gone.id)
            act.facts["account"] = gone.id
            preferences.forget(act.connection, gone.id)
        return gone

    def of(self, identity: Identity) -> Account:
        """Whose account it is that a provider means; the first sign-in makes it that person's.

        Raises:
            SignInError: nobody's.
        """
        with self._desk.database.reading() as connection:
            found = identified(every(connection), identity)
        if found.subject:
            return found
        with self._desk.by_itself().act("account.bind", found.name) as act:
            found = identified(every(act.connection), identity)
            bound = replace(found, issuer=identity.issuer, subject=identity.subject)
            if found != bound:  # else somebody was faster, with the same sign-in
                act.store(tables.ACCOUNT, bound, id=bound.id)
            act.facts |= {"account": bound.id, "issuer": bound.issuer}
        return bound

    def _check_change(self, before: Account, draft: Account, others: Collection[Account]) -> None:
        mine = self._desk.actor.account
        if mine == draft.id and set(before.roles) != set(draft.roles):
            reason = mark("nobody changes their own roles; ask another administrator")
            raise AccountError(reason=reason)
        if Role.ADMINISTRATOR in before.roles:
            check_administered((*others, draft))

    def _acted(self, act: Act, accounts: Collection[Account]) -> set[str]:
        """Who acted without an account, and whoever has the machine in hand."""
        acted = acts.actors(act.connection) | {self._desk.settings.actor}
        return acted - {one.name for one in accounts}


def every(connection: Connection) -> tuple[Account, ...]:
    """All accounts as they stand, oldest first."""
    return tuple(records.newest_by(connection, tables.ACCOUNT, Account, "id").values())


def _named(connection: Connection, name: str) -> Account:
    for one in every(connection):
        if folded(one.name) == folded(name):
            return one
    raise UnknownAccountError(given=name[:80])
