"""What was made from what, left to right, with how each thing stands to personal data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import plotly.graph_objects as go

from compliance.i18n import translate as _
from pages.parts.figures import AMBER, GREY, INK, TEAL, shortened
from pages.parts.figures.residency import RED
from pages.parts.tracing.graph import Arrow, Box, Mark, Picture

# Each mark has a colour and a sign, so that none stands on its colour alone.
MARKS: Mapping[Mark, tuple[str, str]] = {
    Mark.LOST: (RED, "x"),
    Mark.PERSONAL: (AMBER, "diamond"),
    Mark.STOPPED: (TEAL, "square"),
    Mark.NONE: (GREY, "circle"),
}
ZOOMED = {
    "scrollZoom": True,
    "displaylogo": False,
    "displayModeBar": False,
    "doubleClick": "reset",
}
_LINE = "rgba(127,145,150,0.6)"
_NAMED = 160  # boxes; of more, names are shown when pointed at
_ROW_PX, _LEAST_PX, _MOST_PX = 46, 260, 1800
_CLEAR = 0.06  # of a column's width that an arrow stays away from a box


def graph(shown: Picture, chosen: str = "") -> go.Figure:
    """The picture; the chosen box has a ring.

    Args:
        chosen: the key of a box, or of something put together in it.
    """
    boxes = {box.key: box for box in shown.boxes}
    figure = go.Figure()
    for is_loose, dash in ((False, "solid"), (True, "dot")):
        some = [arrow for arrow in shown.arrows if arrow.is_loose is is_loose]
        if some:
            figure.add_scatter(**_arrows(some, boxes), line={"color": _LINE, "dash": dash})
    figure.add_scatter(**_steps(shown.arrows, boxes))
    for mark in Mark:
        some_boxes = [box for box in shown.boxes if box.mark is mark]
        if some_boxes:
            is_named = len(boxes) <= _NAMED
            figure.add_scatter(**_boxes(some_boxes, mark, is_named=is_named))
    rings = [box for box in shown.boxes if chosen in box.members]
    if rings:
        figure.add_scatter(**_rings(rings))
    rows = [box.row for box in shown.boxes] or [0.0]
    columns = max((box.column for box in shown.boxes), default=0)
    figure.update_layout(
        height=min(max(_LEAST_PX, _ROW_PX * (max(rows) - min(rows) + 3)), _MOST_PX),
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        font={"size": 13, "color": INK},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "itemclick": False},
        xaxis={"visible": False, "range": [-0.6, columns + 0.6]},
        yaxis={"visible": False, "range": [max(rows) + 0.8, min(rows) - 0.8]},
        dragmode="pan",
        hovermode="closest",
        clickmode="event+select",
    )
    return figure


def _arrows(arrows: Sequence[Arrow], boxes: Mapping[str, Box]) -> dict[str, object]:
    """All arrows as one line with gaps, which is drawn much faster than one line each."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    for arrow in arrows:
        origin, made = boxes[arrow.origin], boxes[arrow.made]
        xs += [origin.column + _CLEAR, made.column - _CLEAR, None]
        ys += [origin.row, made.row, None]
    return {
        "x": xs,
        "y": ys,
        "mode": "lines+markers",
        "marker": {
            "symbol": "arrow",
            "angleref": "previous",
            "size": [0, 9, 0] * len(arrows),
            "color": _LINE,
        },
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _steps(arrows: Sequence[Arrow], boxes: Mapping[str, Box]) -> dict[str, object]:
    """What each arrow means, in the middle of it, when pointed at."""
    return {
        "x": [(boxes[a.origin].column + boxes[a.made].column) / 2 for a in arrows],
        "y": [(boxes[a.origin].row + boxes[a.made].row) / 2 for a in arrows],
        "mode": "markers",
        "marker": {"size": 12, "opacity": 0},
        "text": ["<br>".join(_each(arrow.steps)) for arrow in arrows],
        "hovertemplate": "%{text}<extra></extra>",
        "showlegend": False,
    }


def _each(steps: Sequence[str]) -> Iterator[str]:
    yield from (shortened(_(step)) for step in steps[:6])
    if len(steps) > 6:
        yield "…"


def _boxes(boxes: Sequence[Box], mark: Mark, *, is_named: bool) -> dict[str, object]:
    colour, sign = MARKS[mark]
    return {
        "x": [box.column for box in boxes],
        "y": [box.row for box in boxes],
        "name": _(str(mark)),
        "customdata": [[box.key] for box in boxes],
        "mode": "markers+text" if is_named else "markers",
        "text": [shortened(box.title) for box in boxes],
        # Names of neighbours would run into each other in a narrow window.
        "textposition": [("top" if b.column % 2 else "bottom") + " center" for b in boxes],
        "textfont": {"color": INK},
        "cliponaxis": False,
        "hovertext": [f"{box.title}<br>{_(str(box.kind))}: {_(str(mark))}" for box in boxes],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": {
            "symbol": sign,
            "size": 15,
            "color": colour,
        },
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 1}},
    }


def _rings(boxes: Sequence[Box]) -> dict[str, object]:
    return {
        "x": [box.column for box in boxes],
        "y": [box.row for box in boxes],
        "mode": "markers",
        "marker": {"symbol": "circle-open", "size": 26, "color": INK, "line": {"width": 2}},
        "hoverinfo": "skip",
        "showlegend": False,
    }
