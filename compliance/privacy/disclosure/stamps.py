"""The desk's audit of itself, in one line."""

from __future__ import annotations

from compliance.i18n import mark
from compliance.privacy.disclosure.words import counted, listed
from compliance.privacy.nouns.disclosure import AuditStamp
from compliance.privacy.selfaudit import SelfAudit


def to_stamp(audit: SelfAudit) -> AuditStamp:
    """How `audit` ended; of checks that failed, what was claimed and what was seen."""
    failed = [check for check in audit.checks if not check.passed]
    kept = len(audit.checks) - len(failed)
    told = [f"{c.name} (claimed: {c.claimed}; seen: {c.measured})" for c in failed]
    return AuditStamp(
        at=audit.audited_at,
        passed=audit.passed,
        says=mark(
            "{kept:,} of {checks} passed, with {numbers} drawn; sound noise fails one of them with "
            "a chance of 1 in {rare:,.0f}"
        ).format(
            kept=kept,
            checks=counted(len(audit.checks), "check"),
            numbers=counted(audit.draws, "number"),
            rare=1 / audit.alarm,
        )
        + (". " + mark("Failed: {told}").format(told=listed(told)) if told else ""),
        desk_version=audit.desk_version,
        libraries=dict(audit.libraries),
    )
