"""What previews and releases share: cross tables, and how much of a table is sent or drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeVar

import pandas as pd
import streamlit as st

from compliance.i18n import translate as _
from compliance.privacy.nouns.question import Query, Statistic, StatisticKind
from pages.parts import outputs

MOST_ROWS = 500  # of a table
MOST_BARS = 30  # of a picture of groups
MOST_CELLS = 200  # of a histogram
MOST_COLUMNS = 40  # of a cross table
MOST_CROSSED = 200  # its rows

_Row = TypeVar("_Row")


def titles(query: Query) -> dict[str, str]:
    """What each statistic of the query is called, by its name."""
    return {statistic.name: _(statistic.title) for statistic in query.statistics}


def crossed(cells: Mapping[tuple[str, str], str], query: Query, key: str, alt: str) -> None:
    """A contingency table: the first column of groups downwards, the second across."""
    down = list(dict.fromkeys(keys[0] for keys in cells))
    across = list(dict.fromkeys(keys[1] for keys in sorted(cells, key=lambda keys: keys[1])))
    rows = [
        [one, *(cells.get((one, other), "") for other in across[:MOST_COLUMNS])]
        for one in down[:MOST_CROSSED]
    ]
    frame = pd.DataFrame(rows, columns=[str(query.by[0]), *across[:MOST_COLUMNS]])
    height: Literal["content"] | int = "content" if len(rows) <= 12 else 420
    st.dataframe(frame, hide_index=True, key=key, alt=alt, height=height)
    cut_short(len(down), MOST_CROSSED)
    if len(across) > MOST_COLUMNS:
        outputs.remark(
            _("The first {n} of {all} columns are shown.").format(n=MOST_COLUMNS, all=len(across))
        )


def to_draw(
    rows: Sequence[_Row], sizes: Sequence[float], statistic: Statistic, query: Query
) -> list[_Row]:
    """The rows that a picture shows: in their order where they have one, else largest first."""
    if statistic.kind is StatisticKind.HISTOGRAM:
        return list(rows[:MOST_CELLS])
    places = list(range(len(rows)))
    if not query.coarse:
        places.sort(key=lambda place: -sizes[place])
    if len(places) > MOST_BARS:
        outputs.remark(
            _("The picture shows {n} of {all} groups.").format(
                n=MOST_BARS, all=outputs.count(len(places))
            )
        )
    return [rows[place] for place in places[:MOST_BARS]]


def cut_short(rows: int, most: int = MOST_ROWS) -> None:
    """Say so, where not all rows were sent to the browser."""
    if rows > most:
        outputs.remark(
            _("The first {n} of {all} lines are shown; what is said above counts them all.").format(
                n=most, all=outputs.count(rows)
            )
        )
