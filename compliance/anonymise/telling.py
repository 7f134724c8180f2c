"""Columns that stay as they are and, known by themselves, lead to single people.

k-anonymity of some columns is worth nothing beside an order number that only one row has: who knows
it from elsewhere finds the row, and in it all the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from compliance.anonymise.nouns import Plan, TreatmentKind
from compliance.anonymise.nouns.problem import Codes32, Ints
from compliance.anonymise.nouns.record import Check
from compliance.dataset.nouns import ColumnName
from compliance.i18n import mark

SHOWING = {TreatmentKind.KEEP, TreatmentKind.TOP_BOTTOM, TreatmentKind.ROUND}
"""Treatments after which a value that was told apart may still be."""

_NAMED = 8


def share_alone(values: Codes32, people: Codes32 | None = None) -> float:
    """The share of rows whose value no other person has, 0–1; missing values are nobody's.

    Args:
        values: per row, a code; −1 for none.
        people: per row, whose it is; None where every row is another person.
    """
    if not len(values):
        return 0.0
    seen = values
    if people is not None:
        ends = int(people.max(initial=-1)) + 2  # one number per pair: far faster than pairs
        seen = np.unique(values.astype(np.int64) * ends + people + 1) // ends
    others = np.bincount(seen[seen >= 0], minlength=int(values.max()) + 1)
    return float((others[values[values >= 0]] == 1).sum() / len(values))


def most_alone(k: int) -> float:
    """The share up to which a column may stay unasked: what classes of k, at least 2, allow."""
    return 1 / max(k, 2)


def shown_as_it_was(plan: Plan, columns: Collection[ColumnName]) -> tuple[ColumnName, ...]:
    """Those of `columns` in which a person's own value still stands, apart from the plan's
    quasi-identifiers."""
    hidden = {each.column for each in plan.treatments if each.kind not in SHOWING}
    return tuple(name for name in columns if name not in hidden and name not in plan.columns)


def kept_check(alone: Mapping[ColumnName, float], asked: Collection[ColumnName], k: int) -> Check:
    """That no column stays unasked by which alone people are found.

    Args:
        alone: per column that shows its values, the share of rows that it singles out.
        asked: the columns of which the plan says that they stay.
    """
    most = most_alone(k)
    telling = [name for name, share in alone.items() if share > most]
    unasked = [name for name in telling if name not in asked]
    if not telling:
        said = mark(
            "No column that stays singles out more than {most:.1%} of the rows by itself."
        ).format(most=most)
        return Check(name="kept_columns", holds=True, says=said)
    listed = ", ".join(f"“{name}” {alone[name]:.1%}" for name in (unasked or telling)[:_NAMED])
    said = mark(
        "By a value that nobody else has, a column that stays singles out rows: {columns}."
    ).format(columns=listed)
    more = (
        mark("Classes of {k} allow {most:.1%}; name these columns in the plan.")
        if unasked
        else mark("The plan says that it stays: whoever knows such a value finds the row.")
    )
    more = more.format(k=k, most=most)
    return Check(name="kept_columns", holds=not unasked, says=f"{said} {more}")


def share_alone_by_rows(classes: Ints, people: Codes32) -> float:
    """The share of people whose rows stand in a set of classes that nobody else's do, 0–1.

    Where a pseudonym links the rows of one person, it is found by all of them together, though
    each row by itself is one of k.
    """
    pairs = np.unique(np.stack((people[people >= 0], classes[people >= 0])), axis=1)
    starts = np.flatnonzero(np.diff(pairs[0], prepend=-1))
    if not len(starts):
        return 0.0
    sets = Counter(part.tobytes() for part in np.split(pairs[1], starts[1:]))
    return sum(count == 1 for count in sets.values()) / len(starts)


def together_note(columns: Sequence[ColumnName], share: float) -> str:
    """What the columns that stay tell together, in words."""
    return mark(
        "Together, the {n} columns that stay beside the quasi-identifiers single out {share:.1%} "
        "of the rows: classes are formed without them, so whoever knows them all of a person finds "
        "the row."
    ).format(n=len(columns), share=share)


def linked_note(column: ColumnName, share: float) -> str:
    """What a column tells that links the rows of one person, in words."""
    return mark(
        "“{column}” links the rows of one person: {share:.1%} of the people are the only ones "
        "whose rows stand in their classes. Whoever knows all rows of a person finds them; leave "
        "the column out where rows need not be linked."
    ).format(column=column, share=share)
