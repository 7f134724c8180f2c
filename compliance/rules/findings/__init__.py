"""Findings: what is not met, as work that only a re-test ends.

* `opened`: the findings after an assessment: new, found again, closed, or as they were.
* `is_waived`: whether somebody decided to leave one so, for a time that is not over.
* `assigned`, `commented`, `due_on`, `started`, `with_waiver`, `without_waiver`: what people do.
"""

from __future__ import annotations

from compliance.rules.findings.opening import finding_id, is_waived, opened
from compliance.rules.findings.policy import Policy, policy
from compliance.rules.findings.working import (
    assigned,
    commented,
    due_on,
    started,
    with_waiver,
    without_waiver,
)

__all__ = [
    "Policy",
    "assigned",
    "commented",
    "due_on",
    "finding_id",
    "is_waived",
    "opened",
    "policy",
    "started",
    "with_waiver",
    "without_waiver",
]
