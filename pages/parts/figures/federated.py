"""Charts of many federated runs side by side."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from compliance.federated import frontier
from compliance.federated.nouns import Point
from pages.parts.figures import AMBER, TEAL, framed
from pages.parts.ink import INK


def has_cost(points: Sequence[Point]) -> bool:
    """Whether the points of a sweep differ in ε, so that it is the axis to draw them on."""
    costs = {point.epsilon for point in points}
    return None not in costs and len(costs) > 1


def sweep(points: Sequence[Point], axes: tuple[str, str], words: tuple[str, str]) -> go.Figure:
    """Each value's mean metric with its standard error over seeds; against ε where that differs.

    Where it does, a line joins the points that no other beats in both. Values of which no run
    ended well are not drawn.

    Args:
        axes: what the axes are called; the first is ε or the setting, see `has_cost`.
        words: what the points and the line are called.
    """
    drawn = [point for point in points if point.mean is not None]
    figure = go.Figure()
    if is_cost := has_cost(drawn):
        best = frontier(drawn)
        figure.add_scatter(
            x=[point.epsilon for point in best],
            y=[point.mean for point in best],
            name=words[1],
            mode="lines",
            line={"width": 2, "color": AMBER, "dash": "dash"},
            hoverinfo="skip",
        )
    figure.add_scatter(
        x=[point.epsilon if is_cost else point.value for point in drawn],
        y=[point.mean for point in drawn],
        error_y={
            "type": "data",
            "array": [point.standard_error or 0 for point in drawn],
            "thickness": 2,
            "width": 5,
            "color": INK,
        },
        name=words[0],
        mode="markers",
        marker={"size": 11, "color": TEAL, "line": {"width": 1, "color": "white"}},
        customdata=[(point.value, point.lowest, point.highest) for point in drawn],
        hovertemplate="%{customdata[0]:g}: %{y:.3f} ± %{error_y.array:.3f}"
        " (%{customdata[1]:.3f} – %{customdata[2]:.3f})<extra></extra>",
    )
    figure.update_xaxes(title=axes[0])
    figure.update_yaxes(title=axes[1])
    return framed(figure, height=340)
