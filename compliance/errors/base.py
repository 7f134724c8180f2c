"""What every error of the desk is."""

from __future__ import annotations

from string import Formatter
from typing import ClassVar

__all__ = [
    "ComplianceError",
]


class ComplianceError(Exception):
    """The officer can act on it: one plain sentence that says what to do."""

    sentence: ClassVar[str] = "{reason}"

    def __init__(self, **facts: object) -> None:
        blanks = {name for _, name, _, _ in Formatter().parse(self.sentence) if name}
        if missing := blanks - facts.keys():
            raise TypeError(f"{type(self).__name__} needs {sorted(missing)}")
        self.facts = facts
        super().__init__(self.sentence.format(**facts))
