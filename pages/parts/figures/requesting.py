"""How requests of a period stand, by right and by what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from compliance.i18n import translate as _
from pages.parts.figures import AMBER, GREY, INDIGO, PLUM, TEAL, framed

# Each has a pattern, so that none stands on its colour alone.
_LOOKS = {
    "fulfilled": (TEAL, ""),
    "partly refused": (INDIGO, "/"),
    "refused": (PLUM, "x"),
    "withdrawn": (GREY, "."),
    "open": (AMBER, "\\"),
}
_ROW_PX, _AROUND_PX = 44, 96


def by_right(rights: Sequence[str], counts: Mapping[str, Sequence[int]]) -> go.Figure:
    """One bar per right, its parts what became of the requests.

    Args:
        rights: for people, the first on top.
        counts: by outcome, one number per right.
    """
    figure = go.Figure(
        [
            go.Bar(
                y=list(rights),
                x=list(counts[outcome]),
                name=_(outcome),
                orientation="h",
                marker={"color": colour, "pattern": {"shape": shape, "solidity": 0.35}},
                hovertemplate="%{y}: %{x} " + _(outcome) + "<extra></extra>",
            )
            for outcome, (colour, shape) in _LOOKS.items()
            if any(counts.get(outcome, ()))
        ]
    )
    framed(figure, _AROUND_PX + _ROW_PX * len(rights))
    figure.update_layout(barmode="stack", bargap=0.35)
    figure.update_yaxes(autorange="reversed", type="category")
    figure.update_xaxes(title={"text": _("Requests")}, dtick=1 if _most(counts) <= 10 else None)
    return figure


def _most(counts: Mapping[str, Sequence[int]]) -> int:
    """The longest bar."""
    return max((sum(parts) for parts in zip(*counts.values(), strict=True)), default=0)
