"""Tables that previews and releases share."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from compliance.i18n import translate as _
from compliance.privacy.nouns.question import Query
from pages.parts import outputs

MOST_COLUMNS = 40  # of a cross table
MOST_CROSSED = 200  # its rows


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
    height = "content" if len(rows) <= 12 else 420
    st.dataframe(frame, hide_index=True, key=key, alt=alt, height=height)
    cut_short(len(down), MOST_CROSSED)
    if len(across) > MOST_COLUMNS:
        outputs.remark(
            _("The first {n} of {all} columns are shown.").format(n=MOST_COLUMNS, all=len(across))
        )


def cut_short(rows: int, most: int) -> None:
    """Say so, where not all rows were sent to the browser."""
    if rows > most:
        outputs.remark(
            _("The first {n} of {all} lines are shown; what is said above counts them all.").format(
                n=most, all=outputs.count(rows)
            )
        )
