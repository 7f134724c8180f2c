"""How the desk fared over time."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.workspace.governing.outlooks import Point
from pages.parts.figures import AMBER, INDIGO, TEAL, Drawn

_HEIGHT = 250
_FULL = 100


def trend(points: Sequence[Point]) -> Drawn:
    """The score and what is left of the budget, and the findings that were open."""
    at = [one.at.isoformat(timespec="seconds") for one in points]
    left = [None if one.spent is None else _FULL * (1 - one.spent) for one in points]
    traces = [
        _line(at, [one.score for one in points], _("Score"), TEAL, "solid", "circle"),
        _line(at, left, _("Budget left, %"), INDIGO, "dash", "square"),
        {
            **_line(
                at,
                [one.open for one in points],
                _("Duties not met (right)"),
                AMBER,
                "dot",
                "diamond",
            ),
            "yaxis": "y2",
        },
    ]
    most = max((one.open for one in points), default=0)
    axis = {"fixedrange": True}
    return Drawn(
        traces,
        {
            "xaxis": {**axis, **_days(points)},
            "yaxis": {**axis, "range": [0, 1.04 * _FULL]},
            "yaxis2": {
                **axis,
                "overlaying": "y",
                "side": "right",
                "range": [0, max(1.2 * most, 4)],
                "showgrid": False,
                "tickformat": "d",
            },
            "height": _HEIGHT,
            "margin": {"l": 42, "r": 42, "t": 84, "b": 56},
            "legend": {"y": 1.02, "yanchor": "bottom", "x": 0},
        },
    )


def _days(points: Sequence[Point]) -> dict[str, object]:
    """The first check and the last, as the language writes days; their times on one day."""
    ends = [points[0].at, points[-1].at]
    days = [locales.day(at.date()) for at in ends]
    if days[0] == days[1]:
        days = [f"{day}<br>{at:%H:%M}" for day, at in zip(days, ends, strict=True)]
    return {
        "type": "date",
        "tickvals": [at.isoformat(timespec="seconds") for at in ends],
        "ticktext": days,
    }


def _line(
    at: Sequence[str],
    values: Sequence[float | None],
    name: str,
    colour: str,
    dash: str,
    symbol: str,
) -> dict[str, object]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": list(at),
        "y": list(values),
        "name": name,
        "line": {"color": colour, "dash": dash, "width": 3},
        "marker": {"symbol": symbol, "size": 8},
        "hovertemplate": "%{x}: %{y:.4~g}<extra></extra>",
    }
