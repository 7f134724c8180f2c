"""Charts of how people stand to purposes."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

import plotly.graph_objects as go

from compliance.i18n import translate as _
from compliance.rights.nouns import ConsentState
from compliance.workspace.consenting.consents import Stands
from pages.parts.consenting.words import STATES
from pages.parts.figures import AMBER, GREY, PLUM, TEAL, framed

_LOOKS = {
    ConsentState.GIVEN: (TEAL, ""),
    ConsentState.ASK_AGAIN: (AMBER, "/"),
    ConsentState.EXPIRED: (GREY, "."),
    ConsentState.WITHDRAWN: (PLUM, "x"),
}
_ROW, _AROUND = 48, 120  # pixels
_WIDTH = 32  # characters of a line


def standing(found: Sequence[Stands]) -> go.Figure:
    """How many people stand how, a bar per purpose."""
    figure = go.Figure()
    titles = ["<br>".join(wrap(one.purpose.title, _WIDTH)) for one in found]
    for state, (colour, pattern) in _LOOKS.items():
        people = [one.states.get(state, 0) for one in found]
        if any(people):
            figure.add_trace(
                go.Bar(
                    x=people,
                    y=titles,
                    orientation="h",
                    name=_(STATES[state]),
                    marker={"color": colour, "pattern": {"shape": pattern}},
                    hovertemplate="%{y}: %{x:,}<extra>" + _(STATES[state]) + "</extra>",
                )
            )
    figure.update_layout(
        barmode="stack", legend={"orientation": "h", "y": 1.12, "traceorder": "normal"}
    )
    figure.update_xaxes(title=_("People"))
    figure.update_yaxes(autorange="reversed")
    return framed(figure, height=_AROUND + _ROW * len(found))
