"""Charts on the page, in one look for light and dark.

Streamlit can lay its theme over a chart, but does so once it is drawn, so that each is drawn twice.
Here a chart comes with its look; see `ink` for how the same look does in the dark.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import plotly.graph_objects as go
import streamlit as st

from pages.parts import ink
from pages.parts.figures import PLAIN, Drawn
from pages.parts.guiding import stage

_CLEAR, _GRID = "rgba(0,0,0,0)", "rgba(127,127,127,0.2)"
_FONT = '"Source Sans", sans-serif'
_SIZE_PX, _LARGER_PX = 12, 15  # of type, and of that for an audience
_WITH_AXES = {"bar", "scatter"}
_AXES: Mapping[str, Mapping[str, object]] = {
    "xaxis": {"showgrid": False, "zeroline": False},
    "yaxis": {"zerolinecolor": _GRID},
}


def chart(
    figure: Drawn | go.Figure,
    *,
    key: str,
    alt: str,
    config: Mapping[str, object] = PLAIN,
    on_select: Callable[[], None] | Literal["ignore"] = "ignore",
) -> None:
    """Draw one.

    Args:
        key: its name on the page.
        alt: what it shows, in words.
        config: Plotly's, of what can be done with it.
        on_select: called when one of its points is chosen.
    """
    st.plotly_chart(
        _dressed(figure.to_dict()),
        key=key,
        alt=alt,
        config=dict(config),
        theme=None,
        on_select=on_select,
        selection_mode="points",
    )


def _dressed(asked: Mapping[str, Any]) -> Drawn:
    """What a figure asks for, and for the rest the look of the page."""
    layout = {name: said for name, said in asked["layout"].items() if name != "template"}
    type_ = {"family": _FONT, "size": _LARGER_PX if stage.is_on() else _SIZE_PX}
    look: dict[str, object] = {
        "font": {**type_, "color": ink.INK},
        "paper_bgcolor": _CLEAR,
        "plot_bgcolor": _CLEAR,
        "margin": {"pad": 8},
        "hoverlabel": {
            "bgcolor": ink.PAPER,
            "bordercolor": ink.EDGE,
            "font": {**type_, "color": ink.SAID},
        },
        # Streamlit has each chart looked at for changes once it is drawn; its data are the same.
        "datarevision": "as drawn",
    }
    if any(trace.get("type", "scatter") in _WITH_AXES for trace in asked["data"]):
        axes = ["xaxis", "yaxis", *(name for name in layout if name[1:].startswith("axis"))]
        look |= {name: _axis(name) for name in axes}
    return Drawn(asked["data"], _over(look, layout))


def _axis(name: str) -> dict[str, object]:
    return {
        "automargin": True,
        "gridcolor": _GRID,
        **_AXES[name[:5]],
        "title": {"standoff": 20 if name.startswith("x") else 24},
    }


def _over(look: Mapping[str, object], asked: Mapping[str, object]) -> dict[str, object]:
    """`look` where `asked` says nothing."""
    merged = {**look, **asked}
    for name in look.keys() & asked.keys():
        mine, theirs = look[name], asked[name]
        if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
            merged[name] = _over(mine, theirs)
    return merged
