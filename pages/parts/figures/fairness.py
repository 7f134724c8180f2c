"""Charts of a federated run's sites and of the attacks on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from compliance.federated import worst_tenth
from compliance.federated.nouns import Membership, MembershipTest, Reconstruction, SiteResult
from compliance.i18n import locales
from pages.parts.figures import (
    AMBER,
    GREY,
    PLUM,
    TEAL,
    WIDEST_BAR,
    Drawn,
    framed,
    in_frame,
    shortened,
)
from pages.parts.figures.risk import HATCHED
from pages.parts.ink import INK

MOST_NAMED = 30  # sites with their names on the axis; with more they are numbered by size
GUESSING = 0.5


def sites(
    results: Sequence[SiteResult], axes: tuple[str, str], words: tuple[str, str, str]
) -> Drawn:
    """Each site's metric by the common model and alone, largest sites first; the worst tenth
    stands out by colour and shape. Sites that cannot be measured are not drawn.

    Args:
        axes: what the sites and their metric are called.
        words: what the common model, the worst tenth and a site's own are called.
    """
    measured = sorted(
        (site for site in results if site.metric_federated is not None),
        key=lambda site: (-site.rows, site.site),
    )
    by_metric = sorted(range(len(measured)), key=lambda at: measured[at].metric_federated or 0.0)
    worst = set(by_metric[: worst_tenth(len(measured))])
    others = [at for at in range(len(measured)) if at not in worst]
    traces = [
        {
            **_dots(measured, list(range(len(measured))), words[2], is_alone=True),
            "marker": {"size": 9, "symbol": "circle-open", "color": GREY, "line": {"width": 2}},
        },
        {
            **_dots(measured, others, words[0]),
            "marker": {"size": 10, "symbol": "circle", "color": TEAL},
        },
        {
            **_dots(measured, sorted(worst), words[1]),
            "marker": {"size": 12, "symbol": "diamond", "color": AMBER},
        },
    ]
    x: dict[str, object] = {"range": [0.5, max(len(measured), 1) + 0.5]}
    if len(measured) <= MOST_NAMED:
        names = [shortened(site.site) for site in measured]
        x |= {"tickvals": list(range(1, len(names) + 1)), "ticktext": names}
    return in_frame(traces, x=x, x_title=axes[0], y_title=axes[1], height=360)


def memberships(
    found: Sequence[Membership],
    names: Mapping[MembershipTest, str],
    words: tuple[str, str, str, str],
    title: str,
) -> go.Figure:
    """Per test how well people are told apart, without protection and with, with 95 % intervals;
    a mark for what the guarantee allows, a dashed line at guessing.

    Args:
        names: what the tests are called.
        words: what the two bars, the mark and the line are called, in this order.
        title: of the axis.
    """
    figure = go.Figure()
    for is_protected, word, colour, pattern in (
        (False, words[0], AMBER, ""),
        (True, words[1], TEAL, HATCHED),
    ):
        those = [one for one in found if one.is_protected is is_protected]
        figure.add_bar(
            x=[names[one.test] for one in those],
            y=[one.auc for one in those],
            name=word,
            marker={"color": colour, "pattern": {"shape": pattern}},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [one.high - one.auc for one in those],
                "arrayminus": [one.auc - one.low for one in those],
                "thickness": 2,
                "color": INK,
            },
            hovertemplate="%{x}: %{y:.3f}<extra></extra>",
        )
    bound = [one for one in found if one.at_most is not None]
    figure.add_scatter(
        x=[names[one.test] for one in bound],
        y=[one.at_most for one in bound],
        name=words[2],
        mode="markers",
        marker={"symbol": "line-ew", "size": 44, "line": {"width": 3, "color": PLUM}},
        hovertemplate="%{x}: %{y:.3f}<extra></extra>",
    )
    line = {"dash": "dash", "color": GREY}
    figure.add_hline(y=GUESSING, line=line, name=words[3], showlegend=True)
    figure.update_yaxes(title=title, range=[0, 1.08])
    figure.update_layout(barmode="group", bargap=max(0.25, 1 - len(names) * 2 * WIDEST_BAR))
    return framed(figure, height=360)


def reconstructions(
    found: Sequence[Reconstruction], names: Sequence[str], titles: tuple[str, str]
) -> go.Figure:
    """Per protection the share of attacked sites of which a row was computed exactly, in percent;
    the median error stands over each bar.

    Args:
        names: of each attempt.
        titles: of the axis, and of the error.
    """
    figure = go.Figure(
        go.Bar(
            x=list(names),
            y=[100 * one.exact / max(one.tries, 1) for one in found],
            marker={
                "color": [AMBER if one.exact else TEAL for one in found],
                "pattern": {"shape": ["" if one.exact else HATCHED for one in found]},
            },
            text=[f"{titles[1]} {locales.formatted(one.error, '.1g')}" for one in found],
            textposition="outside",
            hovertemplate=f"%{{x}}: {locales.share_of('%{y:.3~g}')}<extra></extra>",
        )
    )
    figure.update_yaxes(title=titles[0], range=[0, 115])
    figure.update_layout(bargap=max(0.25, 1 - len(names) * WIDEST_BAR))
    return framed(figure, height=330)


def _dots(
    measured: Sequence[SiteResult], chosen: Sequence[int], name: str, *, is_alone: bool = False
) -> dict[str, object]:
    """One dot per chosen site, at its place by size, counted from 1."""
    shown = [measured[at] for at in chosen]
    return {
        "type": "scatter",
        "x": [at + 1 for at in chosen],
        "y": [one.metric_local if is_alone else one.metric_federated for one in shown],
        "customdata": [[one.site, one.rows] for one in shown],
        "name": name,
        "mode": "markers",
        "hovertemplate": "%{customdata[0]} (%{customdata[1]:,}): %{y:.3f}<extra></extra>",
    }
