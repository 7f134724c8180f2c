"""The map of where data lie and go, and how near its thresholds a country's law is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import plotly.graph_objects as go

from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.rules.nouns import Answer, Counter
from compliance.workspace.governing.residing import world
from pages.parts.figures import AMBER, INDIGO, PLUM, TEAL, Drawn, framed
from pages.parts.ink import INK

RED = "#c0453c"
# Each answer has a colour, a kind of line and a sign, so that none stands on its colour alone.
ANSWER_LINES = {
    Answer.BLOCKED: (RED, "dot", "x"),
    Answer.NEEDS: (AMBER, "dash", "triangle-up"),
    Answer.UNKNOWN: (PLUM, "dashdot", "diamond"),
    Answer.ALLOWED: (TEAL, "solid", "circle"),
    Answer.FREE: (INDIGO, "solid", "circle-open"),
}
_LAND, _HELD = "rgba(127,145,150,0.28)", "rgba(11,130,128,0.42)"
_COAST = "rgba(127,145,150,0.55)"
_BEND = 0.18  # of its length that an arc leaves the straight line
_ARC_POINTS = 24
# The map in units of the projection, and how much of it is shown at least.
_WEST, _EAST, _SOUTH, _NORTH = -2.72, 2.72, -1.22, 1.36
_WIDEST, _LEAST_WIDTH = _EAST - _WEST, 1.2
_SHAPE = 2.11  # width by height
_ROUND = 3
_SIGN_SIZE, _ARROW_SIZE = 11, 12

# Šavrič, Patterson and Jenny 2018, doi:10.1080/13658816.2018.1504949, equation 1.
_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796

XY = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """The copies in one country.

    Attributes:
        country: its code.
        copies: how many.
        says: what lies there, in lines.
    """

    country: str
    copies: int
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arc:
    """The movements from one country to another.

    Attributes:
        origin, destination: their codes.
        answer: the one that weighs most.
        says: what moves and what is said of it, in lines.
    """

    origin: str
    destination: str
    answer: Answer
    says: str


def where(bubbles: Sequence[Bubble], arcs: Sequence[Arc]) -> Drawn:
    """Copies as bubbles, movements as arrows in the line of their answer, on outlines of our own.

    Countries of which no point is known are not drawn.
    """
    places = {code: _projected(*point) for code, point in world().points.items()}
    held = {bubble.country for bubble in bubbles}
    traces = [_land(frozenset()), _land(frozenset(held))]
    for answer in ANSWER_LINES:
        alike = [arc for arc in arcs if arc.answer is answer and _is_placed(arc, places)]
        if alike:
            traces += _arcs(alike, answer, places)
    drawn = [bubble for bubble in bubbles if bubble.country in places]
    if drawn:
        traces.append(_bubbles(drawn, places))
    seen = [places[b.country] for b in drawn]
    seen += [places[c] for a in arcs for c in (a.origin, a.destination) if c in places]
    return Drawn(traces, _window(seen))


def counters(found: Sequence[Counter], names: Mapping[str, str]) -> go.Figure:
    """How much of the next threshold is used, with a mark at 80 %.

    Args:
        names: how each counter is called, by its name.
    """
    shares = [min(counter.share, 1.0) * 100 for counter in found]
    colours = [_of_share(counter.share) for counter in found]
    figure = go.Figure(
        go.Bar(
            x=shares,
            y=[
                f"{names[counter.name]}<br>{locales.of(counter.count, counter.limit)}"
                for counter in found
            ],
            orientation="h",
            marker={"color": colours, "line": {"width": 1, "color": _COAST}},
            width=0.5,
            hovertemplate=f"{locales.share_of('%{x:.0f}')}<extra></extra>",
        )
    )
    for at, dash in ((80, "dash"), (100, "solid")):
        figure.add_vline(x=at, line={"color": INK, "width": 2, "dash": dash})
        figure.add_annotation(
            x=at,
            y=1.0,
            yref="paper",
            yanchor="bottom",
            text=locales.share(at / 100),
            showarrow=False,
        )
    figure.update_xaxes(range=[0, 112], title=_("% of the next threshold"), showgrid=False)
    figure.update_yaxes(autorange="reversed")
    return framed(figure, height=110 + 62 * len(found))


def _of_share(share: float) -> str:
    if share >= 1:
        return RED
    return AMBER if share >= 0.8 else TEAL


def _projected(longitude: float, latitude: float) -> XY:
    """A place on the paper, in the Equal Earth projection."""
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    square = theta * theta
    sixth = square**3
    x = (
        2 * math.sqrt(3) * math.radians(longitude) * math.cos(theta)
        / (3 * (9 * _A4 * sixth * square + 7 * _A3 * sixth + 3 * _A2 * square + _A1))
    )  # fmt: skip
    y = theta * (_A1 + _A2 * square + sixth * (_A3 + _A4 * square))
    return round(x, _ROUND), round(y, _ROUND)


@cache
def _land(only: frozenset[str]) -> dict[str, object]:
    """All land in one trace, or that of some countries; rings are parted by gaps."""
    found = world()
    rings = [
        ring
        for code, of_country in found.outlines.items()
        for ring in of_country
        if not only or code in only
    ]
    if not only:
        rings += found.land
    points = [point for ring in rings for point in (*_on_paper(ring), (None, None))]
    return {
        "type": "scatter",
        "x": [x for x, _y in points],
        "y": [y for _x, y in points],
        "mode": "lines",
        "fill": "toself" if rings else "none",
        "fillcolor": _HELD if only else _LAND,
        "line": {"width": 0.6, "color": _COAST},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _on_paper(ring: Iterable[XY]) -> list[XY]:
    return [_projected(*point) for point in ring]


def _is_placed(arc: Arc, places: Mapping[str, XY]) -> bool:
    return arc.origin in places and arc.destination in places


def _arcs(arcs: Sequence[Arc], answer: Answer, places: Mapping[str, XY]) -> list[dict[str, object]]:
    """The arcs of one answer: their lines with a sign in the middle, and the arrows' heads."""
    colour, dash, symbol = ANSWER_LINES[answer]
    xs: list[float | None] = []
    ys: list[float | None] = []
    sizes: list[int] = []
    texts: list[str] = []
    heads: list[tuple[XY, XY]] = []
    for arc in arcs:
        line = _curve(places[arc.origin], places[arc.destination])
        heads.append((line[-2], line[-1]))
        xs += [*(x for x, _y in line), None]
        ys += [*(y for _x, y in line), None]
        middle = len(line) // 2
        sizes += [_SIGN_SIZE if at == middle else 0 for at in range(len(line) + 1)]
        texts += [arc.says] * (len(line) + 1)
    lines: dict[str, object] = {
        "type": "scatter",
        "x": xs,
        "y": ys,
        "name": _(str(answer)),
        "legendgroup": str(answer),
        "mode": "lines+markers",
        "line": {"color": colour, "width": 2.5, "dash": dash},
        "marker": {"size": sizes, "symbol": symbol, "color": colour, "opacity": 1},
        "text": texts,
        "hovertemplate": "%{text}<extra></extra>",
    }
    pairs = [point for start, end in heads for point in (start, end, (None, None))]
    ends: dict[str, object] = {
        "type": "scatter",
        "x": [x for x, _y in pairs],
        "y": [y for _x, y in pairs],
        "mode": "markers",
        "legendgroup": str(answer),
        "showlegend": False,
        "marker": {
            "symbol": "arrow",
            "angleref": "previous",
            "size": [0, _ARROW_SIZE, 0] * len(heads),
            "color": colour,
            "opacity": 1,
        },
        "hoverinfo": "skip",
    }
    return [lines, ends]


def _curve(start: XY, end: XY) -> list[XY]:
    """Points of an arc to the left of the way, so that there and back do not lie on each other."""
    (x0, y0), (x1, y1) = start, end
    across, up = x1 - x0, y1 - y0
    bend_x, bend_y = (x0 + x1) / 2 - 2 * _BEND * up, (y0 + y1) / 2 + 2 * _BEND * across
    found = []
    for step in range(_ARC_POINTS + 1):
        t = step / _ARC_POINTS
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t**2
        found.append(
            (
                round(a * x0 + b * bend_x + c * x1, _ROUND + 1),
                round(a * y0 + b * bend_y + c * y1, _ROUND + 1),
            )
        )
    return found


def _bubbles(bubbles: Sequence[Bubble], places: Mapping[str, XY]) -> dict[str, object]:
    return {
        "type": "scatter",
        "x": [places[b.country][0] for b in bubbles],
        "y": [places[b.country][1] for b in bubbles],
        "name": _("copies"),
        "mode": "markers+text",
        "marker": {
            "size": [21 + 4 * math.sqrt(b.copies) for b in bubbles],
            "color": TEAL,
            "opacity": 1,
            "line": {"width": 1.5, "color": "white"},
        },
        "text": [b.country for b in bubbles],
        "textfont": {"size": 11, "color": "white", "weight": 700},
        "hovertext": [b.says for b in bubbles],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _within(value: float, low: float, high: float) -> float:
    return max(low, min(value, high))


def _window(seen: Sequence[XY]) -> dict[str, object]:
    """The part of the map where something lies, in a frame without axes."""
    xs, ys = [x for x, _y in seen] or [0.0], [y for _x, y in seen] or [0.2]
    wide = max(max(xs) - min(xs) + 0.7, (max(ys) - min(ys) + 0.5) * _SHAPE, _LEAST_WIDTH)
    wide = min(wide, _WIDEST)
    high = wide / _SHAPE
    left = _within((min(xs) + max(xs)) / 2 - wide / 2, _WEST, _EAST - wide)
    low = _within((min(ys) + max(ys)) / 2 - high / 2, _SOUTH, _NORTH - high)
    return {
        "xaxis": {"visible": False, "range": [left, left + wide]},
        # In a narrow window more of the map is seen: towards the equator, not beyond a pole.
        "yaxis": {
            "visible": False,
            "range": [low, low + high],
            "scaleanchor": "x",
            "scaleratio": 1,
            "constraintoward": "top" if low + high / 2 > 0 else "bottom",
        },
        "height": 460,
        "margin": {"l": 0, "r": 0, "t": 30, "b": 0},
        "legend": {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
        "hovermode": "closest",
        "hoverlabel": {"align": "left"},
        "dragmode": "pan",
    }
