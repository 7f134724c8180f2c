"""Which columns hold personal data: a verdict per column from its header, its values and the table.

How a verdict comes about:

1. The header is matched with phrases in nine languages (types.yaml, readings.yaml). A phrase
   counts only if the values have the shape that it promises.
2. A sample of the distinct values is checked (checks.py). Checks that are hard to pass by
   chance overrule the header; the others speak where the header says nothing.
3. The table as a whole decides what depends on it: a date is quasi-identifying beside the key of a
   person, and harmless beside a product (context.py).
"""

from __future__ import annotations

from collections.abc import Sequence

from compliance.dataset.nouns import Column
from compliance.dataset.table import Table
from compliance.discovery import evidence
from compliance.discovery.context import Reading, facts_of, in_context
from compliance.discovery.forms import form_of
from compliance.discovery.intervals import share_in_sample
from compliance.discovery.labels import masked_examples
from compliance.discovery.nouns import IdentifierClass, Label, Share
from compliance.discovery.profiles import Profile, profile
from compliance.discovery.reading import read

_SENTENCES = 4


def discover(table: Table, columns: Sequence[Column]) -> tuple[Label, ...]:
    """One label per column, in the order of `columns`.

    Deterministic: neither the order of rows nor chance plays a part. Only a sample of the
    distinct values is looked at, so a few odd values in a large column can go unseen. Evidence
    holds no value; examples are masked.

    Args:
        table: the stored table.
        columns: those to label; together they are the context of each.
    """
    profiles = [profile(column, table.codes(column.name)) for column in columns]
    # Headers such as “name” wait for what the other columns show, so the table is read twice.
    settled = facts_of(read(each, None) for each in profiles)
    readings = [read(each, settled) for each in profiles]
    facts = facts_of(readings)
    return tuple(
        _label(each, in_context(reading, facts))
        for each, reading in zip(profiles, readings, strict=True)
    )


def _matching(column: Profile, reading: Reading) -> Share | None:
    if reading.passed is None or not column.sample:
        return None
    return share_in_sample(reading.passed, len(column.sample), column.distinct)


def _label(column: Profile, reading: Reading) -> Label:
    form, parts = form_of(column, reading.row.id)
    said = (*reading.evidence, evidence.parts(parts)) if parts else reading.evidence
    is_personal = reading.identifier_class is not IdentifierClass.NONE
    return Label(
        column=column.name,
        semantic_type=reading.row.id,
        identifier_class=reading.identifier_class,
        confidence=round(reading.confidence, 2),
        evidence=said[-_SENTENCES:],
        examples=masked_examples(column.sample) if is_personal else (),
        special_category=is_personal and reading.row.special_category,
        legal_classes=reading.row.legal if is_personal else (),
        matching=_matching(column, reading),
        form=form,
        parts=parts,
    )
