"""Charts of how duties stand."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.i18n import locales, meant
from compliance.i18n import translate as _
from compliance.rules.nouns import Standing
from pages.parts.figures import TEAL, Drawn, in_frame


def trend(past: Sequence[Standing]) -> Drawn:
    """The score at each check, oldest first."""
    decided = [standing for standing in past if standing.score is not None]
    line: dict[str, object] = {
        "type": "scatter",
        "x": list(range(1, len(decided) + 1)),
        "y": [standing.score for standing in decided],
        "customdata": [locales.moment(standing.assessed_at) for standing in decided],
        "mode": "lines+markers",
        "line": {"width": 3, "color": TEAL},
        "marker": {"size": 8},
        "hovertemplate": "%{customdata}: %{y:g}<extra></extra>",
    }
    return in_frame(
        [line],
        x={"tickformat": "d", "dtick": max(1, len(decided) // 8), "tick0": 1},
        x_title=meant("in a row", "Check"),
        y={"range": [0, 102]},
        y_title=_("Score"),
        height=216,
    )
