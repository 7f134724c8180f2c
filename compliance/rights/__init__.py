"""Rights: what people may ask for, carried out on the data."""

from compliance.rights.requests import (
    LEVELS,
    Action,
    Ground,
    Provision,
    alerts,
    is_forged,
    outcome_of,
    possible,
    provision_of,
    provisions,
    signal_law,
    to_identifiers,
)

__all__ = [
    "LEVELS",
    "Action",
    "Ground",
    "Provision",
    "alerts",
    "is_forged",
    "outcome_of",
    "possible",
    "provision_of",
    "provisions",
    "signal_law",
    "to_identifiers",
]
