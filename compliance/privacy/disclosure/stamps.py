"""The desk's audit of itself, in one line."""

from __future__ import annotations

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
        says=(
            f"{kept:,} of {counted(len(audit.checks), 'check')} passed, with "
            f"{counted(audit.draws, 'number')} drawn; sound noise fails one of them with a chance "
            f"of 1 in {1 / audit.alarm:,.0f}" + (f". Failed: {listed(told)}" if told else "")
        ),
        desk_version=audit.desk_version,
        libraries=dict(audit.libraries),
    )
