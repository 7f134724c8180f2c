"""A sensitive column of a table as codes in the order of its values, with its hierarchy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from compliance.anonymise.nouns import Hierarchy, Sensitive
from compliance.anonymise.nouns.problem import Codes32
from compliance.dataset.nouns import ColumnName
from compliance.dataset.table import Table


def sensitive_of(table: Table, column: ColumnName, hierarchy: Hierarchy | None = None) -> Sensitive:
    """The column with its values in their natural order, a missing one last.

    Values that the hierarchy does not know, and a missing value, have no relatives below its root.
    """
    found = table.codes(column)
    order = np.argsort(found.labels, kind="stable")
    rank = np.empty(len(order) + 1, dtype=np.int32)
    rank[order] = np.arange(len(order))
    rank[-1] = len(order)  # the code of a missing value is -1
    codes = rank[found.codes]
    has_missing = bool((found.codes < 0).any())
    values = len(order) + has_missing
    maps: tuple[Codes32, ...] = ()
    if hierarchy is not None:
        texts = found.texts()
        names: list[str | None] = [*(texts[i] for i in order.tolist()), *[None] * has_missing]
        maps = _maps(hierarchy, names)
    return Sensitive(column=column, codes=codes, values=values, maps=maps)


def _maps(hierarchy: Hierarchy, values: Sequence[str | None]) -> tuple[Codes32, ...]:
    place = {value: i for i, value in enumerate(hierarchy.values)}
    known = [None if value is None else place.get(value) for value in values]
    maps = [np.arange(len(values), dtype=np.int32)]
    for names in hierarchy.levels[1:]:
        has_root = len(set(names)) == 1
        # A value without relatives stands for itself: by its number, which no name is.
        groups: list[str | int] = [
            names[0] if has_root else i if at is None else names[at] for i, at in enumerate(known)
        ]
        number = {group: i for i, group in enumerate(dict.fromkeys(groups))}
        maps.append(np.array([number[group] for group in groups], dtype=np.int32))
    return tuple(maps)
