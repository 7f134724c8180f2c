"""A hierarchy made from the values themselves, as a plan orders it."""

from __future__ import annotations

from collections.abc import Mapping

from compliance.anonymise.nouns import ALL, Build, Builder, Hierarchy
from compliance.dataset.nouns import Column
from compliance.errors import HierarchyError


def build_hierarchy(column: Column, counts: Mapping[str, int], build: Build) -> Hierarchy:
    """The hierarchy of `column` that `build` orders.

    Args:
        column: its name and type.
        counts: its values as people write them, with the rows that hold each.
        build: the builder and its settings.

    Raises:
        HierarchyError: a setting is unknown or out of range, or the values do not fit the builder.
    """
    values = tuple(counts)
    if build.builder is Builder.SUPPRESS:
        return Hierarchy(column=column.name, levels=(values, (ALL,) * len(values)))
    raise HierarchyError(column=column.name, reason=f"“{build.builder}” cannot be built yet")
