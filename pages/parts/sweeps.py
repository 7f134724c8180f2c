"""Try a plan with several values of one setting, and see where privacy and quality meet."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

import streamlit as st

from compliance.federated import frontier
from compliance.federated.nouns import Axis, Plan, Point, Split
from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.workspace import Workspace
from pages.parts import outputs
from pages.parts.figures import federated as charts
from pages.parts.figures import showing
from pages.parts.runs import size

_WORDS = {
    Axis.NOISE_MULTIPLIER: "Noise",
    Axis.CLIP: "Clip",
    Axis.FRACTION: "Share taking part in a round",
    Axis.ROUNDS: "Rounds",
    Axis.LOCAL_EPOCHS: "Passes per round",
    Axis.DROPOUT: "Sites that fall silent",
    Axis.ALPHA: "How alike sites are (α)",
}
_VALUES: dict[Axis, list[float]] = {
    Axis.NOISE_MULTIPLIER: [0.5, 1, 2, 4, 8],
    Axis.CLIP: [0.05, 0.2, 0.5, 1, 2],
    Axis.FRACTION: [0.02, 0.05, 0.1, 0.2, 0.5],
    Axis.ROUNDS: [5, 10, 20, 40, 80],
    Axis.LOCAL_EPOCHS: [1, 2, 5, 10],
    Axis.DROPOUT: [0, 0.1, 0.3, 0.5, 0.7],
    Axis.ALPHA: [0.05, 0.2, 0.5, 2, 10],
}


def sweep(workspace: Workspace, name: str, plan: Plan) -> None:
    """Choose a setting, try it, and look at the points of the last try."""
    outputs.remark(
        _(
            "Runs the plan above again and again on all rows. Nothing is spent and nothing may be "
            "published: a setting chosen by it is chosen by looking at the data."
        )
    )
    left, right = st.columns([2, 1])
    axis = left.selectbox(
        _("Setting to try"),
        _axes(plan),
        format_func=lambda one: _(_WORDS[one]),
        key="federated_axis",
    )
    seeds = right.number_input(_("Runs per value"), 2, 10, 3, key="federated_seeds")
    values = st.multiselect(
        _("Values"),
        _VALUES[axis],
        _VALUES[axis],
        key=f"federated_values_{axis}",
        placeholder=_("none"),
    )
    if st.button(_("Try these"), key="federated_try", icon=":material/query_stats:"):
        with outputs.explained(_("Not tried")):
            points = _tried(workspace, name, plan, axis, values, int(seeds))
            st.session_state["federated_swept"] = (name, points)
    kept = st.session_state.get("federated_swept")
    if kept and kept[0] == name and kept[1]:
        _shown(kept[1])


def _tried(
    workspace: Workspace,
    name: str,
    plan: Plan,
    axis: Axis,
    values: Sequence[float],
    seeds: int,
) -> list[Point]:
    points: list[Point] = []
    bar = st.progress(0.0, text=_("Trying …"))
    with closing(
        workspace.federation.sweep(name, plan, axis, values, range(1, seeds + 1))
    ) as tried:
        for point in tried:
            points.append(point)
            bar.progress(
                len(points) / max(len(values), 1),
                text=f"{_(_WORDS[axis])}: {locales.formatted(point.value, 'g')}",
            )
    bar.empty()
    return points


def _axes(plan: Plan) -> list[Axis]:
    """Those that change anything in this plan."""
    idle = set() if plan.privacy else {Axis.NOISE_MULTIPLIER, Axis.CLIP}
    idle |= set() if plan.split is Split.DIRICHLET else {Axis.ALPHA}
    return [axis for axis in Axis if axis not in idle]


def _shown(points: Sequence[Point]) -> None:
    axis, metric = points[0].axis, points[0].metric.written
    by_cost = charts.has_cost(points)
    showing.chart(
        charts.sweep(
            points,
            (_("ε of one run") if by_cost else _(_WORDS[axis]), metric),
            (_("mean of the runs"), _("nothing is better in both")),
        ),
        key="federated_frontier",
        alt=_("Quality per value with its error over seeds, and the frontier"),
    )
    best = frontier(points) if by_cost else ()
    outputs.table(
        [
            {
                _(_WORDS[axis]): locales.formatted(point.value, "g"),
                "ε": "–" if point.epsilon is None else locales.formatted(point.epsilon, ".2f"),
                metric: "–" if point.mean is None else locales.formatted(point.mean, ".3f"),
                "±": "–"
                if point.standard_error is None
                else locales.formatted(point.standard_error, ".3f"),
                _("Sent in a run"): size(point.bytes_up),
                _("Not beaten"): _("yes") if point in best else "",
                _("Failed"): _(point.reason) if point.failed else "",
            }
            for point in points
        ],
        key="federated_points",
        alt=_("Per value: ε, quality with its error over seeds, bytes sent"),
    )
