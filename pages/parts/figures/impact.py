"""The risk map: severity against likelihood, before measures and after."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.impact import level, level_after, level_before
from compliance.impact.nouns import FearedEvent, Gauge, Reading, RiskLevel
from pages.parts import wording
from pages.parts.figures import AMBER, PLUM, TEAL, framed
from pages.parts.ink import INK

LEVEL_COLOURS = {RiskLevel.LOW: TEAL, RiskLevel.MEDIUM: AMBER, RiskLevel.HIGH: PLUM}
_FAINT = {RiskLevel.LOW: 0.10, RiskLevel.MEDIUM: 0.20, RiskLevel.HIGH: 0.34}
_STEP = 0.22  # between events that share a cell
_PER_ROW = 4

_Place = tuple[float, float]


def risk_map(events: Sequence[FearedEvent]) -> go.Figure:
    """Each event by its number, hollow before measures, full after, an arrow between."""
    figure = go.Figure()
    _grid(figure)
    before = _places([(e.likelihood, e.severity) for e in events], up=True)
    after = _places([(e.likelihood_after, e.severity_after) for e in events], up=False)
    for was, is_ in zip(before, after, strict=True):
        if was and is_:
            figure.add_annotation(
                x=is_[0],
                y=is_[1],
                ax=was[0],
                ay=was[1],
                xref="x",
                yref="y",
                axref="x",
                ayref="y",
                text="",
                showarrow=True,
                arrowhead=3,
                arrowwidth=1.6,
                arrowcolor=INK,
                standoff=13,
                startstandoff=13,
                opacity=0.7,
            )
    for places, full, name in ((before, False, _("before")), (after, True, _("after"))):
        _marks(figure, events, places, name, full=full)
    words = [_(str(gauge)) for gauge in Gauge]
    axis = {"tickvals": list(range(4)), "ticktext": words, "range": [-0.5, 3.5], "showgrid": False}
    figure.update_xaxes(title=_("Likelihood"), zeroline=False, **axis)
    figure.update_yaxes(title=_("Severity"), zeroline=False, **axis)
    return framed(figure, height=460)


def alt(events: Sequence[FearedEvent]) -> str:
    """The finding of the map in words."""
    told = []
    for number, event in enumerate(events, start=1):
        was, is_ = level_before(event), level_after(event)
        words = [_(str(one)) if one else _("not gauged") for one in (was, is_)]
        change = wording.about(_(event.title), f"{words[0]} → {words[1]}")
        told.append(f"{number} {change}")
    return _("Risk map, before and after measures. {told}").format(
        told=locales.joined(told, "clauses")
    )


def _grid(figure: go.Figure) -> None:
    for severity in Gauge:
        for likelihood in Gauge:
            found = level(severity, likelihood)
            x, y = likelihood.rank, severity.rank
            figure.add_shape(
                type="rect",
                x0=x - 0.49,
                x1=x + 0.49,
                y0=y - 0.49,
                y1=y + 0.49,
                line_width=0,
                fillcolor=LEVEL_COLOURS[found],
                opacity=_FAINT[found],
                layer="below",
            )
            figure.add_annotation(
                x=x - 0.45,
                y=y + 0.45,
                text=_(str(found)),
                showarrow=False,
                xanchor="left",
                yanchor="top",
                font={"size": 12},
            )


def _marks(
    figure: go.Figure,
    events: Sequence[FearedEvent],
    places: Sequence[_Place | None],
    name: str,
    *,
    full: bool,
) -> None:
    shown = [(n, e, p) for n, (e, p) in enumerate(zip(events, places, strict=True), 1) if p]
    figure.add_scatter(
        x=[place[0] for *_rest, place in shown],
        y=[place[1] for *_rest, place in shown],
        text=[str(number) for number, *_rest in shown],
        name=name,
        showlegend=True,
        mode="markers+text",
        textfont={"size": 13, "color": "white" if full else INK},
        marker={
            "size": 25,
            "symbol": "circle" if full else "circle-open",
            "color": TEAL if full else INK,
            "line": {"width": 2, "color": "white" if full else INK},
        },
        customdata=[_(event.title) for _number, event, _place in shown],
        hovertemplate="%{customdata}<extra>" + name + "</extra>",
    )


def _places(
    gauges: Sequence[tuple[Reading | None, Reading | None]], *, up: bool
) -> list[_Place | None]:
    """Where each event stands; those of one cell beside each other, before above after."""
    seen: dict[tuple[int, int], int] = {}
    found: list[_Place | None] = []
    for likelihood, severity in gauges:
        if likelihood is None or severity is None:
            found.append(None)
            continue
        x, y = likelihood.gauge.rank, severity.gauge.rank
        place = seen.get((x, y), 0)
        seen[(x, y)] = place + 1
        across, down = place % _PER_ROW, place // _PER_ROW
        height = (0.08 if up else -0.28) - 0.12 * down
        found.append((x - 0.33 + _STEP * across, y + height))
    return found
