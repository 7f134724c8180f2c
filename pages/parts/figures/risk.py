"""Charts of risk: outcomes as dots, attacks before and after, tests, and all of an error."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from compliance.i18n import locales
from compliance.privacy import GroupError
from pages.parts.figures import (
    AMBER,
    GREY,
    PLUM,
    TEAL,
    WIDEST_BAR,
    framed,
    shortened,
)

MOST_GROUPS = 30  # in a chart of groups; the table beside it holds them all
HATCHED = "/"  # tells one bar from another without colour


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
            hovertemplate="%{x:,.6~g}<extra></extra>",
        )
    )
    figure.add_vline(x=value, line_dash="dash", line_color=AMBER)
    figure.update_xaxes(title=title)
    figure.update_yaxes(
        visible=False, range=[0.3, max(height for _, height in places) + 0.9], fixedrange=True
    )
    return framed(figure, height=230)


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
            text=[locales.share(share, 0 if share >= 0.01 else 2) for share in shares],
            textposition="outside",
            hovertemplate=f"%{{x}}: {locales.share_of('%{y:.3~g}')}<extra></extra>",
        )
    figure.add_scatter(
        x=[name for name, most in zip(names, at_most, strict=True) if most is not None],
        y=[100 * most for most in at_most if most is not None],
        name=words[2],
        mode="markers",
        marker={"symbol": "line-ew", "size": 44, "line": {"width": 3, "color": PLUM}},
        hovertemplate=f"%{{x}}: {locales.share_of('%{y:.3~g}')}<extra></extra>",
    )
    figure.update_yaxes(title="%", range=[0, 112])
    figure.update_layout(barmode="group", bargap=max(0.25, 1 - len(names) * 2 * WIDEST_BAR))
    return framed(figure, height=360)


def trade_off(
    points: Sequence[tuple[float, float]], axes: tuple[str, str], lines: tuple[str, str]
) -> go.Figure:
    """People found against people wrongly named, both 0–1, beside plain guessing."""
    wrong, right = locales.share_of("%{x:.3~g}"), locales.share_of("%{y:.3~g}")
    figure = go.Figure(
        go.Scatter(
            x=[100 * alarm for alarm, _ in points],
            y=[100 * found for _, found in points],
            name=lines[0],
            mode="lines",
            line={"width": 3, "color": TEAL},
            hovertemplate=f"{wrong}: {right}<extra></extra>",
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
    return framed(figure, height=340)


def error_stack(errors: Sequence[GroupError], title: str, words: tuple[str, str]) -> go.Figure:
    """Per group how far bounds shift a number, and on top of that the margin of its noise.

    Args:
        errors: of one statistic; the largest are shown.
        words: what the two parts are called, in this order.
    """
    largest = sorted(errors, key=lambda error: error.total, reverse=True)[:MOST_GROUPS]
    groups = [shortened(" · ".join((*e.keys, e.cell)).strip(" ·") or "all") for e in largest]
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
            hovertemplate="%{x}: %{y:,.6~g}<extra></extra>",
        )
    figure.update_yaxes(title=title)
    figure.update_layout(barmode="stack", bargap=max(0.2, 1 - len(largest) * WIDEST_BAR))
    return framed(figure, height=330)
