"""One triple on one subject: what it asks, whether it holds, and how that reads."""

from compliance.rules.checking.check import Check, Seen, asked, checks_of
from compliance.rules.checking.operators import OPERATORS, Operator, Wanted

__all__ = ["OPERATORS", "Check", "Operator", "Seen", "Wanted", "asked", "checks_of"]
