"""From a table with one row per purchase to baskets, and back to a table of the same shape."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pyarrow as pa

from compliance.anonymise.baskets.nouns import Baskets
from compliance.anonymise.nouns.problem import Codes32, Ints
from compliance.dataset.nouns import ColumnName
from compliance.dataset.table import Table


def gather_baskets(table: Table, person: ColumnName, item: ColumnName) -> Baskets:
    """Who has which items, from a table with a row per purchase.

    Rows without a person or without an item are nobody’s purchase and are left out. What was
    bought twice counts once. Items stand in the order of their names, not of the rows.
    """
    people, items = table.codes(person), table.codes(item)
    known = (people.codes >= 0) & (items.codes >= 0)
    names, place = np.unique(np.array(items.texts(), dtype=object), return_inverse=True)
    return baskets_of(
        people.codes[known], place[items.codes[known]], len(people.labels), names.tolist()
    )


def baskets_of(
    person: Codes32 | Ints, item: Codes32 | Ints, persons: int, names: Sequence[str]
) -> Baskets:
    """Baskets from codes in any order, with repeats."""
    width = max(len(names), 1)
    pairs = np.unique(person.astype(np.int64) * width + item)
    return Baskets(
        persons=persons,
        items=tuple(names),
        person=(pairs // width).astype(np.int32),
        item=(pairs % width).astype(np.int32),
    )


def write_baskets(baskets: Baskets, person: ColumnName, item: ColumnName) -> pa.Table:
    """A row per person and item name, in the columns that the purchases came in.

    People are numbered anew, from 1, by what they show: two people with equal baskets could
    change places, so the numbers tell nothing of who was who. How often a name was bought is not
    shown: it was not counted when the baskets were made safe.
    """
    names, place = np.unique(np.array(baskets.items, dtype=object), return_inverse=True)
    sorted_ = baskets_of(baskets.person, place[baskets.item], baskets.persons, names.tolist())
    number = _numbers(sorted_)[sorted_.person]
    order = np.lexsort((sorted_.item, number))
    shown = names[sorted_.item[order]]
    return pa.table({person: pa.array(number[order] + 1), item: pa.array(shown, pa.string())})


def _numbers(baskets: Baskets) -> Ints:
    """A number for each person, in the order of the items that they show; −1 without any."""
    starts = np.searchsorted(baskets.person, np.arange(baskets.persons + 1))
    shown = [tuple(baskets.item[a:b].tolist()) for a, b in pairwise(starts)]
    order = sorted(range(baskets.persons), key=shown.__getitem__)
    has_some = [person for person in order if shown[person]]
    numbers = np.full(baskets.persons, -1, dtype=np.int64)
    numbers[has_some] = np.arange(len(has_some))
    return numbers
