"""How long what is wrong may stay so, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from compliance.plain import from_plain
from compliance.rules.nouns import Severity
from compliance.shipped import table


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the desk asks of findings.

    Attributes:
        due_days: from the opening of a finding, by its severity.
        longest_waiver_days: how far away the end of a waiver may be.
        longest_reason: characters of a reason or comment.
        source, as_of: where that stands, and since when.
    """

    due_days: Mapping[Severity, int]
    longest_waiver_days: int
    longest_reason: int
    source: str
    as_of: str


@cache
def policy() -> Policy:
    """The policy that comes with the desk."""
    raw = table("compliance.rules.findings", "policy.yaml")
    return from_plain(Policy, raw)
