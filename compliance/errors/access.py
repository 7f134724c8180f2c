"""Accounts, roles, visits and second persons."""

from __future__ import annotations

from compliance.errors.base import ComplianceError

__all__ = [
    "AccessError",
    "AccountError",
    "ApprovalError",
    "ApprovalNeededError",
    "NotPermittedError",
    "SignInError",
    "UnknownAccountError",
    "UnknownApprovalError",
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


class ApprovalNeededError(AccessError):
    sentence = "A second person must approve this first. Ask for it: {how}."


class ApprovalError(AccessError):
    sentence = "This cannot be approved so: {reason}."


class UnknownApprovalError(AccessError):
    sentence = "There is no approval “{given}”. `approval list` shows them."
