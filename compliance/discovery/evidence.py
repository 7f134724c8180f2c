"""The sentences that say why. They hold phrases of ours, counts and shares; never a value.

Counts have a comma from a thousand on, so that none of them is also the text of a number in the
column.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from compliance.dataset.nouns import ColumnType
from compliance.discovery.checks import CHECKS
from compliance.discovery.header import Match
from compliance.discovery.model import Guess
from compliance.discovery.nouns import IdentifierClass, Part
from compliance.discovery.profiles import Profile
from compliance.discovery.shapes import SHAPES
from compliance.discovery.types import type_rows

_KINDS = {
    ColumnType.TEXT: "texts",
    ColumnType.INTEGER: "whole numbers",
    ColumnType.NUMBER: "numbers",
    ColumnType.DATE: "dates",
    ColumnType.TIMESTAMP: "moments",
    ColumnType.BOOLEAN: "answers, yes or no",
}


def header(phrase: str) -> str:
    """What the column's name says."""
    return f"The header says “{phrase}”."


def share(column: Profile, check: str, passed: float) -> str:
    """How many of the sampled values pass `check`."""
    percent = math.floor(passed * 100 + 1e-9)
    count = len(column.sample)
    values = "sampled values" if count < column.distinct else "different values"
    return f"{percent} % of {count} {values} are {CHECKS[check].says}."


def guess(column: Profile, found: Guess) -> str:
    """What the small model makes of the values."""
    percent, count = math.floor(found.agreeing / len(column.sample) * 100), len(column.sample)
    return (
        f"By their letters, {percent} % of {count} values look like data of people, and all "
        f"together like “{type_rows()[found.type].title}”: the word of a small model."
    )


def parts(found: Sequence[Part]) -> str:
    """What stands beside what in a mixed column."""
    types = type_rows()
    said = [f"{math.floor(p.share.share * 100)} % {types[p.semantic_type].title}" for p in found]
    return f"The values are of several kinds: {', '.join(said)}."


def description(column: Profile) -> str:
    """What the values look like to somebody who may not read them."""
    if column.distinct == 1:
        return "There is only one value."
    return f"There are {column.distinct:,} different {_KINDS[column.type]}."


def repetition(column: Profile) -> str:
    """On how many rows a value stands."""
    rows = column.rows / column.distinct
    if rows < 1.5:
        return "Hardly any value stands on more than one row."
    return f"Each value stands on {rows:,.0f} rows on average."


def overruled(phrase: str, said: str) -> str:
    """The header against what the values show, in one sentence."""
    return f"Header and values disagree: the header says “{phrase}”, but {said}"


def refused(match: Match | None, column: Profile) -> list[str]:
    """Why a header that speaks of people was not believed; nothing for other headers."""
    if match is None:
        return []
    option = match.options[0]
    if type_rows()[option.type].identifier_class is IdentifierClass.NONE:
        return []
    if column.distinct <= 5:
        reason = f"there are only {column.distinct} different values"
        reason = "there is only one value" if column.distinct == 1 else reason
    else:
        reason = f"the values do not look like {SHAPES[option.shape].wanted}"
    return [f"Header and values disagree: the header says “{match.phrase}”, but {reason}."]
