"""Accounts, roles, visits and second persons."""

from __future__ import annotations

from compliance.errors.base import ComplianceError

__all__ = [
    "AccessError",
    "AccountError",
    "ApprovalError",
    "ApprovalNeededError",
    "ElsewhereError",
    "NotPermittedError",
    "SignInError",
    "SignInNotReadyError",
    "UnknownAccountError",
    "UnknownApprovalError",
    "VisitOverError",
]


class AccessError(ComplianceError):
    """Somebody may not do this, or not so."""


class NotPermittedError(AccessError):
    sentence = "Your role does not allow this; it is for: {needed}."


class AccountError(AccessError):
    sentence = "This account cannot be kept so: {reason}."


class UnknownAccountError(AccessError):
    sentence = "There is no account “{given}”. `account list` shows them."


class SignInError(AccessError):
    sentence = "You are not signed in: {reason}."


class SignInNotReadyError(AccessError):
    sentence = (
        "Nobody can sign in yet, so nobody is let in: {setting} is missing or cannot be used. "
        "docs/signing-in.md says how it is set."
    )


class ElsewhereError(AccessError):
    sentence = (
        "Nobody signs in here, so the desk serves only a browser on its own machine, and {reason}. "
        "Set PRIVACY_DESK_SIGN_IN to have people sign in; docs/signing-in.md says how."
    )


class VisitOverError(SignInError):
    """They were let in, and are not any more."""


class ApprovalNeededError(AccessError):
    sentence = "A second person must approve this first: {because}. {stands}. Ask {how}."


class ApprovalError(AccessError):
    sentence = "This cannot be approved so: {reason}."


class UnknownApprovalError(AccessError):
    sentence = "There is no approval “{given}”. `approval list` shows them."
