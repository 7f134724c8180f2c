"""Requests of invented people, for tests."""

from __future__ import annotations

from datetime import date, timedelta

from compliance.rights.nouns import Identifier, IdentifierKind, IdentityLevel, Right
from compliance.workspace import Workspace
from compliance.workspace.requesting.requests import Requesting

TODAY = date(2026, 11, 26)
ADA = (
    Identifier(kind=IdentifierKind.EMAIL, value="ada.quisling@mail.example"),
    Identifier(kind=IdentifierKind.NAME, value="Ada Quisling"),
)
BO = (Identifier(kind=IdentifierKind.PHONE, value="+49 30 901820"),)
ALL_LAWS = (
    *("EU_GDPR", "UK_GDPR", "CCPA", "US_VA_VCDPA", "CN_PIPL"),
    *("BR_LGPD", "IN_DPDP", "JP_APPI", "KR_PIPA", "SG_PDPA"),
)


def in_scope(workspace: Workspace, *laws: str) -> Requesting:
    """The requests of a workspace with these laws in scope; all where none is named."""
    workspace.governance.register.record("org", "org", {"laws_in_scope": laws or ALL_LAWS})
    return workspace.rights.requests


def opened(
    requests: Requesting,
    right: Right = Right.ACCESS,
    law: str = "EU_GDPR",
    *,
    days_ago: int = 3,
    who: tuple[Identifier, ...] = ADA,
    channel: str = "form",
    country: str = "DE",
) -> str:
    """The id of a request that came in some days ago."""
    received = today(requests) - timedelta(days=days_ago)
    found = requests.open(law, right, received, who, channel=channel, country=country)
    return found.id


def identified(requests: Requesting, *, right: Right = Right.ACCESS, law: str = "EU_GDPR") -> str:
    """The id of a request of somebody who was identified."""
    id_ = opened(requests, right, law)
    requests.steps.identify(id_, IdentityLevel.DOCUMENT, "name and birth date compared")
    return id_


def today(requests: Requesting) -> date:
    return requests._desk.clock().date()
