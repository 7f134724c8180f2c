"""Which of several tables in one file is meant."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.errors import ChooseTableError, EmptyFileError, UnknownTableError

SHOWN = 30


def chosen(name: str, tables: Sequence[str], wanted: str | None) -> str:
    """`wanted`, or the only one of `tables`.

    Raises:
        UnknownTableError: `wanted` is not there.
        EmptyFileError: there is none.
        ChooseTableError: nothing is wanted and there are several.
    """
    listed = ", ".join(tables[:SHOWN]) + (" …" if len(tables) > SHOWN else "")
    if wanted is not None:
        if wanted not in tables:
            raise UnknownTableError(name=name, table=wanted[:80], tables=listed or "no tables")
        return wanted
    if not tables:
        raise EmptyFileError(name=name)
    if len(tables) > 1:
        raise ChooseTableError(name=name, tables=listed, choices=tuple(tables))
    return tables[0]
