"""What is still missing of a record, of what the laws in scope ask."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from compliance.register.kinds import kind_of
from compliance.register.nouns import Field, Kind, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """How complete a record is.

    Attributes:
        asked: how many fields the laws in scope ask for.
        missing: those of them that are not recorded, in the order of the form.
    """

    asked: int
    missing: tuple[Field, ...]

    @property
    def share(self) -> float:
        """0–1: the fields that are recorded, of those asked for; 1 where none is."""
        return 1 - len(self.missing) / self.asked if self.asked else 1.0


def asked_of(kind: Kind, laws: Collection[str]) -> tuple[Field, ...]:
    """The fields that these laws ask for."""
    return tuple(field for field in kind.fields if set(field.laws) & set(laws))


def gaps(record: Record, laws: Collection[str]) -> Gaps:
    """What is missing of `record`; a field recorded as absent is not.

    A rule may need only some of the fields: whether one is breached, assessing says.
    """
    asked = asked_of(kind_of(record.kind), laws)
    missing = tuple(field for field in asked if field.id not in record.values)
    return Gaps(asked=len(asked), missing=missing)
