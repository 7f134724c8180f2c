"""What is still missing of a record, of what rules needed to know."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from compliance.register.kinds import kind_of
from compliance.register.nouns import Field, FieldId, KindId


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """How complete a record is.

    Attributes:
        asked: the fields that rules which apply, or may apply, looked at.
        missing: those of them that nobody knows, so that a rule could not be assessed.
    """

    asked: tuple[Field, ...] = ()
    missing: tuple[Field, ...] = ()

    @property
    def share(self) -> float:
        """0–1: the fields that are known, of those asked for; 1 where none is."""
        return 1 - len(self.missing) / len(self.asked) if self.asked else 1.0


def gaps(kind: KindId, asked: Collection[FieldId], missing: Collection[FieldId]) -> Gaps:
    """The gaps of a record of `kind`, in the order of its form.

    Args:
        asked, missing: facts; one that is no field is nothing that a person records.
    """
    fields = kind_of(kind).fields
    return Gaps(
        asked=tuple(field for field in fields if field.id in asked),
        missing=tuple(field for field in fields if field.id in missing),
    )
