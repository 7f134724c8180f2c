"""Charts of anonymisation: all choices of levels, and attacks before and after."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from compliance.anonymise.nouns import Attack
from compliance.i18n import locales
from pages.parts.figures import AMBER, GREY, PLUM, TEAL, framed
from pages.parts.ink import INK

_Percent = Sequence[float] | npt.NDArray[np.float64]


def choices(
    cloud: tuple[_Percent, _Percent],
    best: tuple[_Percent, _Percent],
    chosen: tuple[float, float] | None,
    limit: float,
    words: tuple[str, str, str],
    axes: tuple[str, str],
) -> go.Figure:
    """Rows left out against detail kept, both in percent; a dot per choice of levels.

    The picture ends well behind the limit, so that the same choices stand at the same place for
    every k, and those that matter are told apart.

    Args:
        cloud: some of all choices.
        best: those that no other beats.
        chosen: the best one within the limit.
        limit: the rows that may be left out, in percent; a dashed line stands there.
        words: what best, cloud and chosen are called.
        axes: what the axes are called.
    """
    farthest = widest(limit)
    faint = {"size": 5, "color": GREY, "opacity": 0.35}
    white = {"width": 2, "color": "white"}
    marked = {"size": 17, "symbol": "diamond", "color": AMBER, "line": white}
    traces = [
        _dots(cloud, words[1], faint) | {"hoverinfo": "skip"},
        _dots(best, words[0], {"size": 9, "color": TEAL}),
    ]
    if chosen is not None:
        traces.append(_dots(([chosen[0]], [chosen[1]]), words[2], marked))
    line = {"type": "line", "x0": limit, "x1": limit, "yref": "y domain", "y0": 0, "y1": 1}
    figure = go.Figure(
        data=traces,
        layout={"shapes": [{**line, "line": {"dash": "dot", "color": AMBER}}]},
    )
    figure.update_xaxes(title=axes[0], range=[-0.01 * farthest, farthest])
    figure.update_yaxes(title=axes[1], range=[-2, 102])
    return framed(figure, height=380)


def widest(limit: float) -> float:
    """How many percent of rows left out the picture of all choices shows at most."""
    return min(100.0, max(20.0, 2 * limit))


def _dots(
    places: tuple[_Percent, _Percent], name: str, marker: dict[str, object]
) -> dict[str, object]:
    across, upwards = locales.share_of("%{x:.1f}"), locales.share_of("%{y:.1f}")
    return {
        "type": "scatter",
        "x": places[0],
        "y": places[1],
        "name": name,
        "mode": "markers",
        "marker": marker,
        "hovertemplate": f"{across} / {upwards}<extra></extra>",
    }


def attacks(
    names: Sequence[str],
    before: Sequence[Attack | None],
    after: Sequence[Attack | None],
    words: tuple[str, str, str],
    axis: str,
) -> go.Figure:
    """Per attack the share of right tries with its 95 % interval, before and after, and guessing.

    Args:
        names: of the attacks; where one was not carried out, it is None.
        words: what before, after and the baseline are called.
        axis: what the axis of shares is called.
    """
    figure = go.Figure()
    for tried, word, colour, symbol in (
        (before, words[0], AMBER, "circle"),
        (after, words[1], TEAL, "diamond"),
    ):
        done = [(n, one) for n, one in zip(names, tried, strict=True) if one is not None]
        figure.add_scatter(
            x=[name for name, _ in done],
            y=[100 * one.share for _, one in done],
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [100 * (one.high - one.share) for _, one in done],
                "arrayminus": [100 * (one.share - one.low) for _, one in done],
                "thickness": 2,
                "width": 6,
                "color": INK,
            },
            name=word,
            mode="markers",
            offsetgroup=word,
            marker={
                "size": 13,
                "color": colour,
                "symbol": symbol,
                "line": {"width": 1, "color": "white"},
            },
            hovertemplate=f"%{{x}}: {locales.share_of('%{y:.2f}')}<extra></extra>",
        )
        figure.add_scatter(
            x=[name for name, _ in done],
            y=[100 * one.baseline for _, one in done],
            name=words[2],
            mode="markers",
            offsetgroup=word,
            showlegend=tried is after,
            marker={"symbol": "line-ew", "size": 18, "line": {"width": 3, "color": PLUM}},
            hovertemplate=f"%{{x}}: {locales.share_of('%{y:.2f}')}<extra></extra>",
        )
    figure.update_layout(scattermode="group")
    figure.update_xaxes(type="category")
    figure.update_yaxes(title=axis, range=[-4, 104])
    return framed(figure, height=360)
