"""Requests, people looked for, erasures, consents."""

from __future__ import annotations

from compliance.errors.base import ComplianceError


class RightsError(ComplianceError):
    """A request or a consent cannot be dealt with so."""


class SealedError(RightsError):
    """It cannot be read any more who a request is about."""

    sentence = (
        "It cannot be read any more who request {request} is about: its key was destroyed when it "
        "was closed, or its file is missing. Open a new request if the person asks again."
    )
