"""A hierarchy as ARX's CSV."""

from __future__ import annotations

from compliance.anonymise.nouns import Hierarchy

_NEEDS_QUOTES = frozenset(';,\t|"\r\n')


def write_hierarchy(hierarchy: Hierarchy) -> bytes:
    """The file that `read_hierarchy` and ARX read as `hierarchy`: UTF-8, “;”, one row per value.

    Blanks around a name do not come back: whoever reads such a file trims them.
    """
    rows = zip(*hierarchy.levels, strict=True)
    return "".join(";".join(map(_cell, row)) + "\n" for row in rows).encode()


def _cell(name: str) -> str:
    """`name`, in quotes where it holds what a reader could take for the end of a cell."""
    if not _NEEDS_QUOTES.isdisjoint(name):
        return '"' + name.replace('"', '""') + '"'
    return name
