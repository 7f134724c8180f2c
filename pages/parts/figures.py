"""Every chart on screen, with Plotly; each has its words beside it.

Fills and lines stand out from a light and from a dark ground. Text is in `INK`, for which the
browser puts the theme's own colour: Plotly's usual grey is too faint to read on a light ground.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import cycle

import plotly.graph_objects as go
from streamlit.elements.lib.streamlit_plotly_theme import GRAY_90 as INK

from compliance.federated.nouns import Baselines, Round
from compliance.lineage.nouns import Node, NodeKind, Step
from compliance.privacy import GroupError
from compliance.privacy.nouns import CurvePoint, Release
from compliance.rules.nouns import Progress, Stage

TEAL, AMBER, GREY, INDIGO, PLUM, OLIVE = (
    "#0b8280",
    "#b4690e",
    "#6d7c82",
    "#5673b8",
    "#8b5c94",
    "#6b7f2a",
)
LINES = (TEAL, INDIGO, PLUM, OLIVE)
PROGRESS_COLOURS = {Progress.DONE: TEAL, Progress.OPEN: AMBER, Progress.WAITING: GREY}
NODE_COLOURS = {
    NodeKind.SOURCE: GREY,
    NodeKind.DATASET: TEAL,
    NodeKind.LABELS: INDIGO,
    NodeKind.RELEASE: AMBER,
    NodeKind.RUN: PLUM,
    NodeKind.REPORT: OLIVE,
}
PLAIN = {"displayModeBar": False}
WIDEST_BAR = 0.12  # of the chart's width, so that two bars are bars and not walls
MOST_GROUPS = 30  # in a chart of groups; the table beside it holds them all
HATCHED = "/"  # tells one bar from another without colour
SMALLEST_SPAN = 0.03  # of an AUC axis, so that small differences look small


def ring(stages: Sequence[Stage], centre: str) -> go.Figure:
    """The ten stages as a ring, clockwise from the top; `centre` stands in the middle."""
    figure = go.Figure(
        go.Pie(
            values=[1] * len(stages),
            labels=[f"{stage.number} {stage.title}" for stage in stages],
            text=[f"{stage.number}" for stage in stages],
            textinfo="text",
            textfont={"size": 15, "color": "white"},
            hovertext=[f"{stage.title}: {stage.says}" for stage in stages],
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
        annotations=[{"text": centre, "showarrow": False, "font": {"size": 21, "color": INK}}],
    )
    return figure


def error_curve(points: Sequence[CurvePoint], titles: dict[str, str], chosen: float) -> go.Figure:
    """The margin against ε for each statistic, both on log scales, with the chosen ε marked.

    The error is relative to the middle group where there is one, absolute otherwise.
    """
    is_relative = any(point.relative is not None for point in points)
    figure = go.Figure()
    for (name, title), colour in zip(titles.items(), cycle(LINES), strict=False):
        line = [p for p in points if p.statistic == name]
        errors = [100 * p.relative if p.relative is not None else None for p in line]
        figure.add_scatter(
            x=[p.epsilon for p in line],
            y=errors if is_relative else [p.margin for p in line],
            name=title,
            mode="lines",
            line={"width": 3, "color": colour},
            hovertemplate="ε = %{x:.2f}: ± %{y:.3g}" + (" %" if is_relative else ""),
        )
        here = [(p.epsilon, e) for p, e in zip(line, errors, strict=True) if p.epsilon == chosen]
        figure.add_scatter(
            x=[x for x, _ in here],
            y=[y for _, y in here]
            if is_relative
            else [p.margin for p in line if p.epsilon == chosen],
            mode="markers",
            marker={"size": 13, "color": AMBER, "line": {"width": 2, "color": "white"}},
            showlegend=False,
            hoverinfo="skip",
        )
    figure.add_vline(x=chosen, line_dash="dot", line_color=AMBER)
    title = "Margin, % of the middle group" if is_relative else "Margin ±"
    figure.update_xaxes(
        type="log", dtick=1, title="ε  (left: stronger privacy, right: more accuracy)"
    )
    figure.update_yaxes(type="log", dtick=1, title=title)
    return _framed(figure, height=340)


def released_bars(release: Release, statistic: str, title: str) -> go.Figure:
    """The published values of one statistic with their margins, largest first, at most 30."""
    values = [v for v in release.values if v.statistic == statistic]
    values = sorted(values, key=lambda v: v.value, reverse=True)[:30]
    figure = go.Figure(
        go.Bar(
            x=[" · ".join(v.keys) or "all" for v in values],
            y=[v.value for v in values],
            error_y={
                "type": "data",
                "array": [v.margin for v in values],
                "thickness": 2,
                "color": INK,
            },
            marker_color=TEAL,
            hovertemplate="%{x}: %{y:,.6g}<extra></extra>",
        )
    )
    figure.update_yaxes(title=title)
    figure.update_layout(bargap=max(0.2, 1 - len(values) * WIDEST_BAR))
    return _framed(figure, height=330)


def dots(places: Sequence[tuple[float, int]], value: float, title: str) -> go.Figure:
    """Equally likely outcomes, one dot each, in columns; a dashed line stands at the number itself.

    Args:
        places: per dot, where it stands and how high in its column, counted from 1.
    """
    figure = go.Figure(
        go.Scatter(
            x=[at for at, _ in places],
            y=[height for _, height in places],
            mode="markers",
            marker={"size": 15, "color": TEAL, "line": {"width": 1, "color": "white"}},
            hovertemplate="%{x:,.6g}<extra></extra>",
        )
    )
    figure.add_vline(x=value, line_dash="dash", line_color=AMBER)
    figure.update_xaxes(title=title)
    figure.update_yaxes(
        visible=False, range=[0.3, max(height for _, height in places) + 0.9], fixedrange=True
    )
    return _framed(figure, height=230)


def before_and_after(
    names: Sequence[str],
    before: Sequence[float],
    after: Sequence[float],
    at_most: Sequence[float | None],
    words: tuple[str, str, str],
) -> go.Figure:
    """Per attack how often it came true, 0–1, in two bars, and what the guarantee allows.

    Args:
        words: what the two bars and the mark are called, in this order.
    """
    figure = go.Figure()
    for shares, word, colour, pattern in (
        (before, words[0], AMBER, ""),
        (after, words[1], TEAL, HATCHED),
    ):
        figure.add_bar(
            x=list(names),
            y=[100 * share for share in shares],
            name=word,
            marker={"color": colour, "pattern": {"shape": pattern}},
            text=[f"{share:.0%}" if share >= 0.01 else f"{share:.2%}" for share in shares],
            textposition="outside",
            textfont={"color": INK},
            hovertemplate="%{x}: %{y:.3g} %<extra></extra>",
        )
    figure.add_scatter(
        x=[name for name, most in zip(names, at_most, strict=True) if most is not None],
        y=[100 * most for most in at_most if most is not None],
        name=words[2],
        mode="markers",
        marker={"symbol": "line-ew", "size": 44, "line": {"width": 3, "color": PLUM}},
        hovertemplate="%{x}: %{y:.3g} %<extra></extra>",
    )
    figure.update_yaxes(title="%", range=[0, 112])
    figure.update_layout(barmode="group", bargap=max(0.25, 1 - len(names) * 2 * WIDEST_BAR))
    return _framed(figure, height=360)


def trade_off(
    points: Sequence[tuple[float, float]], axes: tuple[str, str], lines: tuple[str, str]
) -> go.Figure:
    """People found against people wrongly named, both 0–1, beside plain guessing."""
    figure = go.Figure(
        go.Scatter(
            x=[100 * alarm for alarm, _ in points],
            y=[100 * found for _, found in points],
            name=lines[0],
            mode="lines",
            line={"width": 3, "color": TEAL},
            hovertemplate="%{x:.3g} %: %{y:.3g} %<extra></extra>",
        )
    )
    figure.add_scatter(
        x=[0, 100],
        y=[0, 100],
        name=lines[1],
        mode="lines",
        line={"width": 2, "color": GREY, "dash": "dot"},
        hoverinfo="skip",
    )
    figure.update_xaxes(title=axes[0], range=[0, 100])
    figure.update_yaxes(title=axes[1], range=[0, 102])
    return _framed(figure, height=340)


def error_stack(errors: Sequence[GroupError], title: str, words: tuple[str, str]) -> go.Figure:
    """Per group how far bounds shift a number, and on top of that the margin of its noise.

    Args:
        errors: of one statistic; the largest are shown.
        words: what the two parts are called, in this order.
    """
    largest = sorted(errors, key=lambda error: error.total, reverse=True)[:MOST_GROUPS]
    groups = [_shortened(" · ".join((*e.keys, e.cell)).strip(" ·") or "all") for e in largest]
    figure = go.Figure()
    for parts, word, colour, pattern in (
        ([abs(error.bias) for error in largest], words[0], AMBER, ""),
        ([error.margin for error in largest], words[1], TEAL, HATCHED),
    ):
        figure.add_bar(
            x=groups,
            y=parts,
            name=word,
            marker={"color": colour, "pattern": {"shape": pattern}},
            hovertemplate="%{x}: %{y:,.6g}<extra></extra>",
        )
    figure.update_yaxes(title=title)
    figure.update_layout(barmode="stack", bargap=max(0.2, 1 - len(largest) * WIDEST_BAR))
    return _framed(figure, height=330)


def rounds(done: Sequence[Round], planned: int, baselines: Baselines | None) -> go.Figure:
    """The common model's AUC round by round, with the two baselines where they are known."""
    figure = go.Figure(
        go.Scatter(
            x=[r.round for r in done],
            y=[r.metric for r in done],
            name="Federated",
            mode="lines+markers",
            line={"width": 3, "color": TEAL},
            hovertemplate="round %{x}: AUC %{y:.3f}<extra></extra>",
        )
    )
    if baselines is not None:
        for value, name, colour, dash in (
            (baselines.centralised, "All rows in one place", INDIGO, "dash"),
            (baselines.local, "Each site alone", AMBER, "dot"),
        ):
            figure.add_scatter(
                x=[1, max(planned, 2)],
                y=[value, value],
                name=name,
                mode="lines",
                line={"width": 2, "color": colour, "dash": dash},
                hovertemplate=f"{name}: AUC %{{y:.3f}}<extra></extra>",
            )
    figure.update_xaxes(title="Round", range=[0.5, max(planned, 2) + 0.5])
    seen = [r.metric for r in done]
    seen += [baselines.centralised, baselines.local] if baselines else []
    middle, span = (min(seen) + max(seen)) / 2, max(max(seen) - min(seen), SMALLEST_SPAN)
    figure.update_yaxes(
        title="AUC on held-out rows", range=[middle - 0.6 * span, min(middle + 0.6 * span, 1.005)]
    )
    return _framed(figure, height=340)


def lineage(steps: Sequence[Step]) -> go.Figure:
    """What was made from what, left to right; the files of one dataset are one thing."""
    links = [
        (origin, step)
        for step in steps
        for origin in (step.origins[:1] if _is_of_files(step) else step.origins)
    ]
    others = {_place(step.origins[0]): step.others for step in steps if _is_of_files(step)}
    nodes = {_place(node): node for origin, step in links for node in (origin, step.made)}
    number = {place: i for i, place in enumerate(nodes)}
    figure = go.Figure(
        go.Sankey(
            node={
                "label": [_shortened(n.title) + others.get(at, "") for at, n in nodes.items()],
                "color": [NODE_COLOURS[node.kind] for node in nodes.values()],
                "pad": 18,
                "thickness": 14,
                "hovertemplate": "%{label}<extra></extra>",
            },
            link={
                "source": [number[_place(origin)] for origin, _ in links],
                "target": [number[_place(step.made)] for _, step in links],
                "value": [1] * len(links),
                "customdata": [step.step for _, step in links],
                "hovertemplate": "%{customdata}<extra></extra>",
                "color": "rgba(127,145,150,0.28)",
            },
        )
    )
    figure.update_layout(
        height=max(320, 34 * math.ceil(len(nodes) / 2)),
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        font={"size": 13, "color": INK},
    )
    return figure


def _is_of_files(step: Step) -> bool:
    return step.origins[0].kind is NodeKind.SOURCE


def _place(node: Node) -> tuple[NodeKind, str]:
    return node.kind, node.id


def _framed(figure: go.Figure, height: int) -> go.Figure:
    text = {"tickfont": {"color": INK}, "title": {"font": {"color": INK}}}
    figure.update_xaxes(**text)
    figure.update_yaxes(**text, exponentformat="none", separatethousands=True)
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 24, "b": 8},
        legend={"orientation": "h", "y": 1.12, "x": 0},
        hovermode="closest",
    )
    return figure


def _shortened(title: str) -> str:
    return title if len(title) <= 32 else title[:31] + "…"
