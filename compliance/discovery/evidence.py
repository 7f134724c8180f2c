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
from compliance.i18n import mark

_DISAGREE = mark("Header and values disagree: the header says “{phrase_name}”, but {said}")
_KINDS = {
    ColumnType.TEXT: mark("texts"),
    ColumnType.INTEGER: mark("whole numbers"),
    ColumnType.NUMBER: mark("numbers"),
    ColumnType.DATE: mark("dates"),
    ColumnType.TIMESTAMP: mark("moments"),
    ColumnType.BOOLEAN: mark("answers, yes or no"),
}


def header(phrase: str) -> str:
    """What the column's name says."""
    return mark("The header says “{phrase_name}”.").format(phrase_name=phrase)


def share(column: Profile, check: str, passed: float) -> str:
    """How many of the sampled values pass `check`."""
    percent = math.floor(passed * 100 + 1e-9)
    count = len(column.sample)
    text = (
        mark("{percent} % of {count} sampled values are {kind}.")
        if count < column.distinct
        else mark("{percent} % of {count} different values are {kind}.")
    )
    return text.format(percent=percent, count=count, kind=CHECKS[check].says)


def guess(column: Profile, found: Guess) -> str:
    """What the small model makes of the values."""
    percent, count = math.floor(found.agreeing / len(column.sample) * 100), len(column.sample)
    return mark(
        "By their letters, {percent} % of {count} values look like data of people, and all "
        "together like “{kind}”: the word of a small model."
    ).format(percent=percent, count=count, kind=type_rows()[found.type].title)


def parts(found: Sequence[Part]) -> str:
    """What stands beside what in a mixed column."""
    types = type_rows()
    said = [f"{math.floor(p.share.share * 100)} % {types[p.semantic_type].title}" for p in found]
    return mark("The values are of several kinds: {kinds}.").format(kinds=", ".join(said))


def description(column: Profile) -> str:
    """What the values look like to somebody who may not read them."""
    if column.distinct == 1:
        return mark("There is only one value.")
    return mark("There are {n:,} different {kind}.").format(
        n=column.distinct, kind=_KINDS[column.type]
    )


def repetition(column: Profile) -> str:
    """On how many rows a value stands."""
    rows = column.rows / column.distinct
    if rows < 1.5:
        return mark("Hardly any value stands on more than one row.")
    return mark("Each value stands on {n:,.0f} rows on average.").format(n=rows)


def overruled(phrase: str, said: str) -> str:
    """The header against what the values show, in one sentence."""
    return _DISAGREE.format(phrase_name=phrase, said=said)


def refused(match: Match | None, column: Profile) -> list[str]:
    """Why a header that speaks of people was not believed; nothing for other headers."""
    if match is None:
        return []
    option = match.options[0]
    if type_rows()[option.type].identifier_class is IdentifierClass.NONE:
        return []
    if column.distinct <= 5:
        reason = mark("there are only {n} different values").format(n=column.distinct)
        reason = mark("there is only one value") if column.distinct == 1 else reason
    else:
        reason = mark("the values do not look like {kind}").format(kind=SHAPES[option.shape].wanted)
    return [_DISAGREE.format(phrase_name=match.phrase, said=f"{reason}.")]
