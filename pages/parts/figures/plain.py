"""Small drawings of few strokes: curves, bars, tiles and boxes with arrows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pages.parts.figures import Drawn

_HEIGHT = 230
_BARE = {"showgrid": False, "zeroline": False, "showticklabels": False, "fixedrange": True}


def curve(
    xs: Sequence[float], ys: Sequence[float], name: str, colour: str, dash: str
) -> dict[str, object]:
    """A line; its dash tells it from others without its colour."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": list(xs),
        "y": list(ys),
        "name": name,
        "line": {"color": colour, "dash": dash, "width": 3},
        "hoverinfo": "skip",
    }


def area(
    xs: Sequence[float], low: Sequence[float], high: Sequence[float], name: str, colour: str
) -> list[dict[str, object]]:
    """What lies between two lines."""
    edge = {**curve(xs, low, "", colour, "solid"), "showlegend": False, "line": {"width": 0}}
    fill = {**curve(xs, high, name, colour, "solid"), "fill": "tonexty", "line": {"width": 0}}
    return [edge, {**fill, "fillcolor": colour, "opacity": 0.6}]


def bars(
    xs: Sequence[str], ys: Sequence[float], name: str, colour: str, pattern: str = ""
) -> dict[str, object]:
    """Bars; a pattern tells them from others without their colour."""
    return {
        "type": "bar",
        "x": list(xs),
        "y": list(ys),
        "name": name,
        "marker": {"color": colour, "pattern": {"shape": pattern}},
        "hoverinfo": "skip",
    }


def drawn(traces: Sequence[Mapping[str, object]], *, x: str, y: str, **rest: object) -> Drawn:
    """Traces with named axes, small."""
    axis = {"fixedrange": True}
    return Drawn(
        traces,
        {
            "xaxis": {**axis, "title": {"text": x}},
            "yaxis": {
                **axis,
                "title": {"text": y},
                "rangemode": "tozero",
            },
            "height": _HEIGHT,
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
            **rest,
        },
    )


def tiles(lines: Mapping[str, int], colour_of: Callable[[int], str]) -> Drawn:
    """Named lines of squares, as many as each holds; the first on top."""
    traces: list[Mapping[str, object]] = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": list(range(1, size + 1)),
            "y": [name] * size,
            "marker": {"symbol": "square", "size": 16, "color": colour_of(size)},
            "hoverinfo": "skip",
            "showlegend": False,
        }
        for name, size in lines.items()
    ]
    return drawn(
        traces,
        x="",
        y="",
        xaxis=_BARE,
        yaxis={"autorange": "reversed", "fixedrange": True},
    )


def label(x: float, y: float, words: str, colour: str) -> dict[str, object]:
    """A box with words in it."""
    return {
        "x": x,
        "y": y,
        "text": words,
        "showarrow": False,
        "font": {"size": 12},
        "bordercolor": colour,
        "borderwidth": 2,
        "borderpad": 6,
    }


def layout(
    notes: Sequence[Mapping[str, object]],
    *,
    x: tuple[float, float],
    y: tuple[float, float],
    height: int,
) -> Drawn:
    """Boxes and arrows on a plane that has no axes."""
    return Drawn(
        [{"type": "scatter", "x": [], "y": []}],
        {
            "xaxis": {**_BARE, "range": list(x)},
            "yaxis": {**_BARE, "range": list(y)},
            "annotations": [dict(note) for note in notes],
            "height": height,
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
            "showlegend": False,
        },
    )
