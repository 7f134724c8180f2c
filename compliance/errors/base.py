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

    def __reduce__(self) -> tuple[object, ...]:
        """With its facts, so that it can be refused in one process and shown in another."""
        return _again, (type(self), self.args), self.__dict__


def _again(kind: type[ComplianceError], args: tuple[object, ...]) -> ComplianceError:
    """The error as it was, without asking for its facts anew."""
    return kind.__new__(kind, *args)
