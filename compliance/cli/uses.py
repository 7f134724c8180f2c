"""Which rows may be used, and which were left out, as plain fields."""

from __future__ import annotations

from collections.abc import Iterable

from compliance.cli.results import Result
from compliance.rights.nouns import Usable, Used


def usable(told: Usable) -> Result:
    """What of a dataset may be used, as plain fields."""
    return {
        "dataset": told.dataset_id,
        "purpose": told.purpose,
        "rows": told.rows,
        "people": told.people,
        "left_out": {str(barrier): rows for barrier, rows in told.left_out.items()},
        "people_left_out": told.people_left_out,
        "blocked": told.is_blocked,
        "why": told.why,
    }


def not_used(left: Iterable[Usable | Used]) -> Result:
    """Which rows were left out and why; nothing where none were."""
    found = [
        {
            "dataset": one.dataset_id,
            "rows": {str(barrier): rows for barrier, rows in one.left_out.items()},
            "people": one.people_left_out,
        }
        for one in left
        if one.left_out
    ]
    return {"not_used": found} if found else {}
