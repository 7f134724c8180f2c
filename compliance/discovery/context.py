"""What a table shows as a whole, and what that makes of its single columns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from compliance.discovery.nouns import IdentifierClass
from compliance.discovery.types import TypeRow

Facts = frozenset[str]
_PERSONAL = frozenset(("people", "key", "trace"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one column was read as.

    Attributes:
        row: the type.
        identifier_class: the type's own unless the header or the table says otherwise.
        confidence: 0–1; see `compliance.discovery.columns`.
        evidence: sentences without any value.
        passed: how many sampled values pass the type's check; None where it was not asked.
        is_own_class: whether the type's own class holds, so that the table may still change it.
    """

    row: TypeRow
    identifier_class: IdentifierClass
    confidence: float
    evidence: tuple[str, ...]
    passed: int | None = None
    is_own_class: bool = True


def facts_of(readings: Iterable[Reading]) -> Facts:
    """What the columns together show: people, a key of theirs, traces of devices, goods …

    A column whose class was overruled shows nothing: the member of staff who served a
    customer does not make the table one about staff.
    """
    facts = frozenset[str]().union(*(r.row.shows for r in readings if r.is_own_class))
    if "goods" in facts and not facts & (_PERSONAL | {"orders"}):
        facts |= {"only_goods"}
    return facts


def in_context(reading: Reading, facts: Facts) -> Reading:
    """`reading` with the class that it has in a table which shows `facts`.

    A place or a moment points to people only where the table holds people; among goods it is
    the place of a warehouse or the date of a price list.
    """
    row = reading.row
    if not reading.is_own_class:
        return reading
    is_alone = bool(row.only_with) and not row.only_with & facts
    if is_alone or row.unless in facts:
        said, given = row.otherwise, IdentifierClass.NONE
    else:
        said, given = row.together, reading.identifier_class
    sentences = (*reading.evidence, said) if said else reading.evidence
    return replace(reading, identifier_class=given, evidence=sentences)
