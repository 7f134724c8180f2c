"""Charts of how duties stand."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from compliance.i18n import locales, meant
from compliance.i18n import translate as _
from compliance.rules.nouns import Standing
from pages.parts.figures import TEAL, framed


def trend(past: Sequence[Standing]) -> go.Figure:
    """The score at each check, oldest first."""
    decided = [standing for standing in past if standing.score is not None]
    figure = go.Figure(
        go.Scatter(
            x=list(range(1, len(decided) + 1)),
            y=[standing.score for standing in decided],
            customdata=[locales.moment(standing.assessed_at) for standing in decided],
            mode="lines+markers",
            line={"width": 3, "color": TEAL},
            marker={"size": 8},
            hovertemplate="%{customdata}: %{y:g}<extra></extra>",
        )
    )
    step = max(1, len(decided) // 8)
    figure.update_xaxes(title=meant("in a row", "Check"), tickformat="d", dtick=step, tick0=1)
    figure.update_yaxes(title=_("Score"), range=[0, 102])
    return framed(figure, height=210)
