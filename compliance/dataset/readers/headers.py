"""Column names from a header row, repaired where they are blank, double or cannot be shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from compliance.dataset.nouns import CleaningStep
from compliance.i18n import mark

NAME_LIMIT = 120
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")


def names_from(header: Sequence[object], *, width: int) -> tuple[list[str], list[CleaningStep]]:
    """`width` different, non-blank names, and what was repaired.

    A blank or missing name becomes `column_3`; a name seen before gets `_2`, `_3` …; line
    breaks and control characters become single blanks.
    """
    raw = [str(cell) if cell is not None else "" for cell in header]
    tidy = [_tidied(cell) for cell in raw]
    names: list[str] = []
    for position in range(width):
        cell = tidy[position] if position < len(tidy) else ""
        names.append(_unused(cell or f"column_{position + 1}", names))
    if not header:
        return names, [
            CleaningStep(step=mark("No header row found: columns were numbered"), rows_changed=0)
        ]
    repairs = {
        mark("Column names tidied of blanks and control characters"): sum(
            a != b for a, b in zip(raw, tidy, strict=True)
        ),
        mark("Columns without a name numbered"): sum(not cell for cell in tidy) + width - len(raw),
        mark("Columns of the same name told apart by a number"): sum(
            bool(cell) and cell != name for cell, name in zip(tidy, names, strict=False)
        ),
    }
    return names, [
        CleaningStep(step=f"{step} ({count})", rows_changed=0)
        for step, count in repairs.items()
        if count
    ]


def _tidied(cell: str) -> str:
    shown = "".join(c for c in cell if unicodedata.category(c) != "Cf")
    return _BLANKS.sub(" ", shown).strip()[:NAME_LIMIT]


def _unused(name: str, taken: Sequence[str]) -> str:
    if name not in taken:
        return name
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"
