"""Accounts: who may sign in, and with which roles."""

from __future__ import annotations

from dataclasses import replace

from compliance.access.nouns import Account, Identity
from compliance.errors import SignInError
from compliance.storage import records, tables
from compliance.workspace.desk import Desk


class Accounts:
    """Who may sign in."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def of(self, identity: Identity) -> Account:
        """The account of whoever signed in; it is theirs for good from the first time on.

        Raises:
            SignInError: nobody has one for them.
        """
        with self._desk.database.reading() as connection:
            known = records.newest_by(connection, tables.ACCOUNT, Account, "id").values()
        for account in known:
            whom = (account.issuer, account.subject)
            if account.is_active and whom == (identity.issuer, identity.subject):
                return account
        for account in known:
            if account.is_active and not account.subject and account.email == identity.email:
                if not identity.is_email_verified:
                    raise SignInError(reason="the provider has not verified your e-mail address")
                bound = replace(account, issuer=identity.issuer, subject=identity.subject)
                with self._desk.act("account.keep", account.name) as act:
                    act.store(tables.ACCOUNT, bound, id=account.id)
                return bound
        raise SignInError(reason="there is no account for you; ask an administrator")
