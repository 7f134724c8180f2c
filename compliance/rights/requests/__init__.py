"""Requests: what each law gives people, and the steps from intake to answer."""

from compliance.rights.requests.laws import (
    LEVELS,
    Ground,
    Provision,
    Retention,
    Telling,
    provision_of,
    provisions,
    retention_of,
)
from compliance.rights.requests.machine import (
    MOVES,
    Action,
    check,
    is_forged,
    is_paused,
    missing,
    moved,
    possible,
)

__all__ = [
    "LEVELS",
    "MOVES",
    "Action",
    "Ground",
    "Provision",
    "Retention",
    "Telling",
    "check",
    "is_forged",
    "is_paused",
    "missing",
    "moved",
    "possible",
    "provision_of",
    "provisions",
    "retention_of",
]
