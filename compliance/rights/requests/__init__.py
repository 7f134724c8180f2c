"""Requests: what each law gives people, and the steps from intake to answer."""

from compliance.rights.requests.counting import (
    LOG_COLUMNS,
    Statistics,
    days_taken,
    log_row,
    outcome_of,
    statistics,
)
from compliance.rights.requests.drawing import LOG_FIELDS, to_record
from compliance.rights.requests.files import read_requests
from compliance.rights.requests.files import refusal as file_refusal
from compliance.rights.requests.intake import (
    CHANNELS,
    Draft,
    check_text,
    check_unsaid,
    once,
    to_day,
    to_draft,
    to_identifiers,
    to_right,
)
from compliance.rights.requests.intake import check as check_draft
from compliance.rights.requests.laws import (
    LEVELS,
    Ground,
    Provision,
    Retention,
    Telling,
    alerts,
    provision_of,
    provisions,
    retention_of,
    signal_law,
)
from compliance.rights.requests.likeness import marks
from compliance.rights.requests.machine import (
    MOVES,
    Action,
    check,
    is_forged,
    is_known,
    is_paused,
    missing,
    moved,
    next_action,
    possible,
)

__all__ = [
    "CHANNELS",
    "LEVELS",
    "LOG_COLUMNS",
    "LOG_FIELDS",
    "MOVES",
    "Action",
    "Draft",
    "Ground",
    "Provision",
    "Retention",
    "Statistics",
    "Telling",
    "alerts",
    "check",
    "check_draft",
    "check_text",
    "check_unsaid",
    "days_taken",
    "file_refusal",
    "is_forged",
    "is_known",
    "is_paused",
    "log_row",
    "marks",
    "missing",
    "moved",
    "next_action",
    "once",
    "outcome_of",
    "possible",
    "provision_of",
    "provisions",
    "read_requests",
    "retention_of",
    "signal_law",
    "statistics",
    "to_day",
    "to_draft",
    "to_identifiers",
    "to_record",
    "to_right",
]
