"""What was made from what, left to right, with how each thing stands to personal data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from unicodedata import east_asian_width

import plotly.graph_objects as go

from compliance.i18n import translate as _
from pages.parts.figures import AMBER, GREY, TEAL, shortened
from pages.parts.figures.residency import RED
from pages.parts.ink import INK
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
_LINE_CELLS, _CELL_PX = 20, 7.5  # of a name beside the last column; a Chinese sign takes two cells
_GAP_PX = 14  # from the middle of a sign to its name


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
    last, is_named = max((b.column for b in shown.boxes), default=0), len(boxes) <= _NAMED
    for mark in Mark:
        some_boxes = [box for box in shown.boxes if box.mark is mark]
        if some_boxes:
            figure.add_scatter(**_boxes(some_boxes, mark, last if is_named else None))
    rings = [box for box in shown.boxes if chosen in box.members]
    if rings:
        figure.add_scatter(**_rings(rings))
    rows = [box.row for box in shown.boxes] or [0.0]
    beside = [box for box in shown.boxes if is_named and _is_beside(box, last)]
    room = max((_cells(line) for box in beside for line in _lines(box.title)), default=0)
    figure.update_layout(
        height=min(max(_LEAST_PX, _ROW_PX * (max(rows) - min(rows) + 3)), _MOST_PX),
        margin={"l": 8, "r": round(_GAP_PX + _CELL_PX * room) if room else 8, "t": 44, "b": 8},
        font={"size": 13},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "itemclick": False},
        xaxis={"visible": False, "range": [-0.6, last + (0.1 if room else 0.6)]},
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


def _is_beside(box: Box, last: int) -> bool:
    """Whether a name stands to the right of its sign, where no arrow goes."""
    return box.column == last > 0


def _lines(title: str) -> list[str]:
    """A name in at most two lines, each of as many cells as there is room for."""
    lines: list[str] = []
    rest = title
    while rest and len(lines) < 2:
        fits = next((n for n in range(1, len(rest)) if _cells(rest[: n + 1]) > _LINE_CELLS), 0)
        at = rest.rfind(" ", 1, fits + 1) if fits and rest.isascii() else fits
        line = rest[: at if at > 0 else fits] if fits else rest
        lines.append(line)
        rest = rest[len(line) :].lstrip()
    return [*lines[:-1], lines[-1][:-1] + "…"] if rest else lines


def _cells(words: str) -> int:
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in words)


def _boxes(boxes: Sequence[Box], mark: Mark, last: int | None) -> dict[str, object]:
    """The signs of one mark.

    Args:
        last: the last column, whose names stand beside their signs; None: no name is shown.
    """
    colour, sign = MARKS[mark]
    is_named, beside = last is not None, [last is not None and _is_beside(b, last) for b in boxes]
    return {
        "x": [box.column for box in boxes],
        "y": [box.row for box in boxes],
        "name": _(str(mark)),
        "customdata": [[box.key] for box in boxes],
        "mode": "markers+text" if is_named else "markers",
        "text": [
            "<br>".join(_lines(box.title)) if is_beside else shortened(box.title)
            for box, is_beside in zip(boxes, beside, strict=True)
        ],
        # Names of neighbours would run into each other in a narrow window.
        "textposition": [
            "middle right" if is_beside else "top center" if box.column % 2 else "bottom center"
            for box, is_beside in zip(boxes, beside, strict=True)
        ],
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
