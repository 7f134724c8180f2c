"""What an account may be like, and whose it is: nothing is read or stored here."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Sequence

from compliance.access.nouns import Account, Identity, Role
from compliance.access.permitting import DESK
from compliance.errors import AccountError, SignInError
from compliance.i18n import mark
from compliance.plain import one_line

LONGEST_NAME = 80
LONGEST_EMAIL = 254  # RFC 5321, section 4.5.3.1.3, less its brackets


def folded(text: str) -> str:
    """What two names, or two addresses, have in common that people would take for the same."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def check(draft: Account, others: Iterable[Account], acted: Collection[str]) -> None:
    """Whether `draft` may be kept beside all other accounts.

    Args:
        others: all other accounts, those that were removed among them: names are not used again.
        acted: who acted on this desk without an account.

    Raises:
        AccountError: it may not.
    """
    _check_words(draft)
    if not draft.roles:
        raise AccountError(reason=mark("it needs a role"))
    name = folded(draft.name)
    if name in {folded(one.name) for one in others}:
        raise AccountError(reason=mark("another account has this name, or had it"))
    if name in {folded(one) for one in (DESK, *acted)}:
        reason = mark("somebody acted here by this name before there were accounts; take another")
        raise AccountError(reason=reason)
    mine = folded(draft.email)
    if any(one.is_active and folded(one.email) == mine for one in others):
        raise AccountError(reason=mark("another account has this e-mail address"))


def check_administered(accounts: Iterable[Account]) -> None:
    """Whether somebody may still decide who signs in.

    Args:
        accounts: all of them as they would be.

    Raises:
        AccountError: nobody may.
    """
    if not any(one.is_active and Role.ADMINISTRATOR in one.roles for one in accounts):
        reason = mark("this is the last administrator; let somebody else be one first")
        raise AccountError(reason=reason)


def identified(accounts: Sequence[Account], identity: Identity) -> Account:
    """Whose account a provider means.

    Issuer and subject together name one person for ever. Only where they name nobody yet does the
    e-mail count, once: it has to be verified, and that of one account that nobody has signed in to.

    Raises:
        SignInError: nobody's.

    Source: OpenID Connect Core 1.0, section 5.7.
    """
    who = (identity.issuer, identity.subject)
    if not all(who):
        raise SignInError(reason=mark("your provider does not say who you are"))
    known = [one for one in accounts if (one.issuer, one.subject) == who]
    found = known or _by_email(accounts, identity)
    if len(found) > 1:
        raise SignInError(reason=mark("several accounts have your e-mail address"))
    if not found:
        raise SignInError(reason=mark("you have no account here; ask an administrator for one"))
    if not found[0].is_active:
        raise SignInError(reason=mark("your account was removed"))
    if not known and found[0].subject:
        reason = mark("the account with your e-mail address belongs to another sign-in")
        raise SignInError(reason=reason)
    return found[0]


def _by_email(accounts: Iterable[Account], identity: Identity) -> list[Account]:
    email = folded(identity.email)
    if not email or not identity.is_email_verified:
        raise SignInError(reason=mark("your provider has not verified your e-mail address"))
    found = [one for one in accounts if folded(one.email) == email]
    return [one for one in found if one.is_active] or found[:1]


def _check_words(draft: Account) -> None:
    name, email = draft.name, draft.email
    if not name.strip() or len(name) > LONGEST_NAME or name != " ".join(one_line(name).split()):
        reason = mark("its name has 1 to {longest} characters in one line").format(
            longest=LONGEST_NAME
        )
        raise AccountError(reason=reason)
    user, at, host = email.partition("@")
    is_address = user and at and host and "@" not in host and len(email) <= LONGEST_EMAIL
    if not is_address or one_line(email) != email or any(map(str.isspace, email)):
        raise AccountError(reason=mark("its e-mail address is none"))
