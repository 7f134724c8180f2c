"""Every chart on screen, with Plotly; each has its words beside it.

Fills and lines stand out from a light and from a dark ground. Text, and lines that are read with
it, are in `INK`, for which the browser puts the colour of the page's text; `showing` puts a chart
on the page and says how all of them look.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle

import plotly.graph_objects as go
from plotly.basedatatypes import BaseFigure

from compliance.federated.nouns import Baselines, Metric, Round
from compliance.i18n import locales, meant
from compliance.i18n import translate as _
from compliance.privacy.nouns import CurvePoint
from compliance.rules.nouns import Progress, Stage
from pages.parts.ink import INK

TEAL, AMBER, GREY, INDIGO, PLUM, OLIVE = (
    "#0b8280",
    "#b4690e",
    "#6d7c82",
    "#5673b8",
    "#8b5c94",
    "#6b7f2a",
)
# Lines, each told from the others by how it is drawn as well as by its colour.
LINES = ((TEAL, "solid"), (INDIGO, "dash"), (PLUM, "dashdot"), (OLIVE, "longdash"))
PROGRESS_COLOURS = {Progress.DONE: TEAL, Progress.OPEN: AMBER, Progress.WAITING: GREY}
PLAIN = {"displayModeBar": False}
WIDEST_BAR = 0.12  # of the chart's width, so that two bars are bars and not walls
_WRITTEN_OUT = {"exponentformat": "none", "separatethousands": True}
MOST_TICKS = 12  # rounds that are each named on the axis
SMALLEST_SPAN = 0.03  # of an AUC axis, so that small differences look small


def ring(stages: Sequence[Stage], centre: str) -> go.Figure:
    """The ten stages as a ring, clockwise from the top; `centre` stands in the middle."""
    figure = go.Figure(
        go.Pie(
            values=[1] * len(stages),
            labels=[f"{stage.number} {_(stage.title)}" for stage in stages],
            text=[f"{stage.number}" for stage in stages],
            textinfo="text",
            textfont={"size": 15, "color": "white"},
            hovertext=[f"{_(stage.title)}: {_(stage.says)}" for stage in stages],
            hoverinfo="text",
            hole=0.62,
            sort=False,
            direction="clockwise",
            marker={
                "colors": [PROGRESS_COLOURS[stage.progress] for stage in stages],
                "line": {"color": "rgba(127,127,127,0.35)", "width": 2},
            },
        )
    )
    figure.update_layout(
        showlegend=False,
        height=330,
        margin={"l": 4, "r": 4, "t": 4, "b": 4},
        annotations=[{"text": centre, "showarrow": False, "font": {"size": 21}}],
    )
    return figure


class Drawn(BaseFigure):  # type: ignore[misc]  # Plotly has no types
    """A figure that is what it was drawn from.

    Plotly's own checks every attribute and copies all of it each time it is asked, which takes a
    third of a slider's move. What is drawn here is checked by a test instead.
    """

    def __init__(
        self, traces: Sequence[Mapping[str, object]], layout: Mapping[str, object]
    ) -> None:
        self._drawn: dict[str, object] = {
            "data": [dict(trace) for trace in traces],
            "layout": {"separators": locales.separators(), **layout},
        }

    def to_dict(self) -> dict[str, object]:
        """The figure as it goes to the browser."""
        return self._drawn


def error_curve(points: Sequence[CurvePoint], titles: dict[str, str], chosen: float) -> Drawn:
    """The margin against ε for each statistic, both on log scales, with the chosen ε marked.

    The error is relative to the middle group where there is one, absolute otherwise.
    """
    is_relative = any(point.relative is not None for point in points)
    shown = locales.share_of("%{y:.3~g}") if is_relative else "%{y:.3~g}"
    traces: list[dict[str, object]] = []
    for (name, title), (colour, dash) in zip(titles.items(), cycle(LINES), strict=False):
        line = [p for p in points if p.statistic == name]
        errors = [_error(p, is_relative=is_relative) for p in line]
        here = [e for p, e in zip(line, errors, strict=True) if p.epsilon == chosen]
        traces.append(
            {
                "type": "scatter",
                "x": [p.epsilon for p in line],
                "y": errors,
                "name": title,
                "mode": "lines",
                "line": {"width": 3, "color": colour, "dash": dash},
                "hovertemplate": f"ε = %{{x:.2f}}: ± {shown}",
            }
        )
        traces.append(
            {
                "type": "scatter",
                "x": [chosen] * len(here),
                "y": here,
                "mode": "markers",
                "marker": {"size": 13, "color": AMBER, "line": {"width": 2, "color": "white"}},
                "showlegend": False,
                "hoverinfo": "skip",
            }
        )
    mark = {"dash": "dot", "color": AMBER}
    across = {"type": "line", "x0": chosen, "x1": chosen, "yref": "y domain", "y0": 0, "y1": 1}
    return in_frame(
        traces,
        x={"type": "log", "dtick": 1},
        y={"type": "log", "dtick": 1},
        x_title=_("ε  (left: stronger privacy, right: more accuracy)"),
        y_title=_("Margin, % of the middle group") if is_relative else _("Margin ±"),
        shapes=[{**across, "line": mark}],
    )


def bars(
    labels: Sequence[str],
    values: Sequence[float],
    margins: Sequence[float],
    title: str,
    *,
    is_histogram: bool = False,
) -> Drawn:
    """Numbers as bars with their noise margins as whiskers; the bars of a histogram touch."""
    trace = {
        "type": "bar",
        "x": list(labels),
        "y": list(values),
        "error_y": {"type": "data", "array": list(margins), "thickness": 2, "color": INK},
        "marker": {"color": TEAL, "line": {"color": "rgba(127,127,127,0.35)", "width": 1}},
        "hovertemplate": "%{x}: %{y:,.6~g} ± %{error_y.array:,.4~g}<extra></extra>",
    }
    gap = 0.02 if is_histogram else max(0.2, 1 - len(values) * WIDEST_BAR)
    return in_frame([trace], x={"type": "category"}, y_title=title, bargap=gap)


def intervals(
    labels: Sequence[str],
    values: Sequence[float],
    lows: Sequence[float],
    highs: Sequence[float],
    title: str,
) -> Drawn:
    """Numbers as points, beside the intervals that hold the exact ones with 95 %.

    The ends are choices of their own, so that a point may lie outside its interval.
    """
    span = {
        "type": "scatter",
        "x": list(labels),
        "y": [(low + high) / 2 for low, high in zip(lows, highs, strict=True)],
        "mode": "markers",
        "marker": {"size": 1, "color": INK},
        "error_y": {
            "type": "data",
            "array": [(high - low) / 2 for low, high in zip(lows, highs, strict=True)],
            "thickness": 3,
            "width": 8,
            "color": INK,
        },
        "hoverinfo": "skip",
        "showlegend": False,
    }
    points = {
        "type": "scatter",
        "x": list(labels),
        "y": list(values),
        "mode": "markers",
        "marker": {"size": 11, "color": TEAL, "line": {"color": "white", "width": 1}},
        "customdata": list(zip(lows, highs, strict=True)),
        "hovertemplate": "%{x}: "
        + _("{number}, from {low} to {high}").format(
            number="%{y:,.6~g}", low="%{customdata[0]:,.6~g}", high="%{customdata[1]:,.6~g}"
        )
        + "<extra></extra>",
        "showlegend": False,
    }
    return in_frame([span, points], x={"type": "category"}, y_title=title)


def rounds(
    done: Sequence[Round],
    planned: int,
    baselines: Baselines | None,
    metric: Metric | None = None,
) -> Drawn:
    """The common model's quality round by round, with the baselines where they are known."""
    name_of = _(metric.written) if metric else _("quality")
    round_ = _("round {n}: {metric} {value}").format(n="%{x}", metric=name_of, value="%{y:.3f}")
    seen = [r.metric for r in done]
    traces: list[dict[str, object]] = [
        {
            "type": "scatter",
            "x": [r.round for r in done],
            "y": list(seen),
            "name": _("Federated"),
            "mode": "lines+markers",
            "line": {"width": 3, "color": TEAL},
            "hovertemplate": f"{round_}<extra></extra>",
        }
    ]
    if baselines is not None:
        for value, name, colour, dash in (
            (baselines.centralised, _("All rows in one place"), INDIGO, "dash"),
            (baselines.local, _("Each site alone"), AMBER, "dot"),
        ):
            if value is None:
                continue
            seen.append(value)
            traces.append(
                {
                    "type": "scatter",
                    "x": [1, max(planned, 2)],
                    "y": [value, value],
                    "name": name,
                    "mode": "lines",
                    "line": {"width": 2, "color": colour, "dash": dash},
                    "hovertemplate": f"{name}: {name_of} %{{y:.3f}}<extra></extra>",
                }
            )
    middle, span = (min(seen) + max(seen)) / 2, max(max(seen) - min(seen), SMALLEST_SPAN)
    named = {"dtick": 1, "tick0": 1} if planned <= MOST_TICKS else {}
    return in_frame(
        traces,
        x={"range": [0.5, max(planned, 2) + 0.5], "tickformat": "d", **named},
        x_title=meant("of training", "Round"),
        y={"range": [middle - 0.6 * span, min(middle + 0.6 * span, 1.005)]},
        y_title=_("{metric} on held-out rows").format(metric=name_of),
    )


def in_frame(
    traces: Sequence[Mapping[str, object]],
    *,
    x: Mapping[str, object],
    y_title: str,
    y: Mapping[str, object] | None = None,
    x_title: str = "",
    height: int = 340,
    **layout: object,
) -> Drawn:
    """A framed figure in one go: each later update would cost more than drawing it."""
    return Drawn(
        traces,
        {
            "xaxis": {**x, **({"title": {"text": x_title}} if x_title else {})},
            "yaxis": {**(y or {}), "title": {"text": y_title}, **_WRITTEN_OUT},
            **_frame(height, is_titled=bool(x_title), is_keyed=len(traces) > 1),
            **layout,
        },
    )


def framed(figure: go.Figure, height: int) -> go.Figure:
    figure.update_yaxes(**_WRITTEN_OUT)
    figure.update_layout(**_frame(height, is_titled=True, is_keyed=len(figure.data) > 1))
    return figure


def _frame(height: int, *, is_titled: bool, is_keyed: bool) -> dict[str, object]:
    """Where a chart lies. Its margins are those that its words need as a rule: where they need
    more, Plotly makes room and draws all of it once more.
    """
    return {
        "height": height,
        "margin": {"l": 90, "r": 20, "t": 48 if is_keyed else 24, "b": 70 if is_titled else 40},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "hovermode": "closest",
        "separators": locales.separators(),
    }


def _error(point: CurvePoint, *, is_relative: bool) -> float | None:
    if not is_relative:
        return point.margin
    return None if point.relative is None else 100 * point.relative


def shortened(title: str) -> str:
    return title if len(title) <= 32 else title[:31] + "…"
