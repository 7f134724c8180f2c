"""Every choice of levels at once: what k and a few rows less cost, before anything is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import streamlit as st

from compliance.anonymise import MOST_CELLS, frontier
from compliance.anonymise.nouns import Curve
from compliance.dataset.nouns import ColumnName, Dataset
from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.workspace import Workspace
from pages.parts import outputs
from pages.parts.anonymising import drafts, looks, progress, protection, words
from pages.parts.anonymising.drafts import Draft
from pages.parts.anonymising.looks import Look
from pages.parts.figures import anonymising as charts
from pages.parts.figures import showing

MOST_DOTS = 800  # of the cloud behind the frontier
_MOST_LISTED = 60
_USUAL_TIME_S = 60.0


def choices(workspace: Workspace, dataset: Dataset, draft: Draft) -> Draft:
    """k and the rows that may go, on sliders, and what each pair costs; no search is needed.

    Raises:
        HierarchyError: the plan's hierarchies cannot be used.
    """
    draft = protection.sliders(draft, dataset)
    drafts.put(draft)
    look = looks.look(workspace, dataset, draft)
    if _is_too_large(draft, look):
        limit_s = draft.plan.time_limit_s or _USUAL_TIME_S  # else it could take for ever
        draft = replace(draft, plan=replace(draft.plan, time_limit_s=limit_s))
        drafts.put(draft)
        st.warning(
            _(
                "There are {n} choices of levels: too many to look at all. The search finds the "
                "best within {s} seconds, and says how far from the best it may be. Fewer columns "
                "or levels make the whole picture possible."
            ).format(
                n=outputs.count(look.choices(draft.plan)),
                s=locales.formatted(limit_s, "g"),
            ),
            icon=":material/hourglass_top:",
        )
    else:
        _picture(workspace, dataset, draft, look)
    return draft


def _picture(workspace: Workspace, dataset: Dataset, draft: Draft, look: Look) -> None:
    place = (dataset.id, repr(draft.plan.quasi_identifiers), _given(draft), protection.ks_of(draft))
    at, curve = st.session_state.get("anonymise_curve", (None, None))
    if at != place:
        asking = st.empty()
        with asking.container():
            curve = _looked_at(workspace, dataset, draft, look)
        if curve is None:
            return
        asking.empty()
        st.session_state["anonymise_curve"] = (place, curve)
    best = frontier(curve, draft.plan.k, draft.plan.loss)
    column = curve.ks.index(draft.plan.k)
    _drawn(curve, column, best, draft, look)


def _looked_at(workspace: Workspace, dataset: Dataset, draft: Draft, look: Look) -> Curve | None:
    """Ask before looking; then look, with a bar."""
    seconds = look.seconds(draft.plan)
    said = _("**{n}** choices of levels are possible; looking at all of them takes {time}.").format(
        n=outputs.count(look.choices(draft.plan)), time=_about(seconds)
    )
    left, right = st.columns([1, 3], vertical_alignment="center")
    right.markdown(said)
    if not left.button(
        _("Show every choice"), key="anonymise_survey", icon=":material/scatter_plot:"
    ):
        return None
    with outputs.explained(_("Not shown")):
        return progress.watched(
            workspace.anonymisation.curve(
                dataset.name, draft.plan, draft.hierarchies, protection.ks_of(draft)
            )
        )
    return None


def _drawn(curve: Curve, at: int, best: npt.NDArray[np.int64], draft: Draft, look: Look) -> None:
    lost = 100 * curve.suppressed[:, at] / max(curve.rows, 1)
    kept = 100 * curve.granularity[:, at]
    allowed = int(np.floor(draft.plan.suppression_limit * curve.rows * (1 + 1e-12)))
    fitting = [node for node in best if curve.suppressed[node, at] <= allowed]
    chosen = int(fitting[-1]) if fitting else None
    nodes = np.linspace(0, len(lost) - 1, min(MOST_DOTS, len(lost))).astype(int)
    limit = 100 * draft.plan.suppression_limit
    said = _said(curve, at, chosen, draft)
    st.markdown(said)
    showing.chart(
        charts.choices(
            (lost[nodes], kept[nodes]),
            (lost[best], kept[best]),
            None if chosen is None else (float(lost[chosen]), float(kept[chosen])),
            limit,
            (_("Not beaten by any"), _("Other choices"), _("Best within the limit")),
            (_("Rows left out, %"), _("Detail kept, %")),
        ),
        key="anonymise_choices",
        alt=said.replace("**", ""),
    )
    _remarks(draft, charts.widest(limit))
    if chosen is not None:
        _levels(curve, chosen, look)
    if st.toggle(_("List all choices that no other beats"), key="anonymise_list"):
        _listed(curve, at, best, chosen)


def _said(curve: Curve, at: int, chosen: int | None, draft: Draft) -> str:
    if chosen is None:
        return _(
            "No choice of levels reaches k = {k} within the limit; allow more rows to go."
        ).format(k=draft.plan.k)
    return _(
        "With k = {k}, the best of {n} choices keeps **{kept}** of the detail and leaves out "
        "**{lost}** of the rows. Linking all rows would then be right for {risk}."
    ).format(
        k=draft.plan.k,
        n=outputs.count(len(curve.levels)),
        kept=words.percent(float(curve.granularity[chosen, at])),
        lost=words.percent(float(curve.suppressed[chosen, at]) / max(curve.rows, 1)),
        risk=words.percent(float(curve.mean_risk[chosen, at])),
    )


def _remarks(draft: Draft, farthest: float) -> None:
    said = [
        _(
            "What is made small is: {loss}. By it no choice beats the green ones; by the detail "
            "kept, another may. More than {n} % of rows left out lies beyond the right edge."
        ).format(
            loss=_(words.LOSS_WORDS[draft.plan.loss]).lower(), n=locales.formatted(farthest, ".0f")
        )
    ]
    if any(c.column or c.model != "k_anonymity" for c in draft.plan.criteria):
        said.append(
            _("Only k counts here; what you ask of sensitive columns can move the best choice.")
        )
    if draft.plan.method == "local":
        said.append(_("A level per cell, as you chose, usually keeps more than every dot here."))
    outputs.remark(locales.joined(said, "sentences"))


def _levels(curve: Curve, chosen: int, look: Look) -> None:
    """What the best choice does to each column."""
    outputs.table(
        [
            {
                _("Column"): name,
                _("Level"): _("{n} of {all}").format(n=level, all=look.columns[name].height),
                _("Groups"): outputs.count(look.columns[name].sizes[level]),
                _("For example"): look.columns[name].rows[0][level]
                if look.columns[name].rows
                else "",
                _("What that means"): _meaning(int(level), look.columns[name].height),
            }
            for name, level in zip(curve.columns, curve.levels[chosen].tolist(), strict=True)
        ],
        key="anonymise_levels",
        alt=_("Per column the level of the best choice, with its groups and an example"),
    )


def _meaning(level: int, height: int) -> str:
    if level == 0:
        return _("stays as it is")
    return _("tells nothing any more") if level == height else _("coarser")


def _listed(curve: Curve, at: int, best: npt.NDArray[np.int64], chosen: int | None) -> None:
    outputs.table(
        [
            {
                _("Best"): "✓" if node == chosen else "",
                _("Rows left out"): words.percent(
                    float(curve.suppressed[node, at]) / max(curve.rows, 1)
                ),
                _("Detail kept"): words.percent(float(curve.granularity[node, at])),
                _("Right links"): words.percent(float(curve.mean_risk[node, at])),
                **_by_column(curve.columns, curve.levels[node].tolist()),
            }
            for node in list(best)[:_MOST_LISTED]
        ],
        key="anonymise_frontier",
        alt=_("Choices that no other beats: rows left out, detail kept, the level of each column"),
    )
    if len(best) > _MOST_LISTED:
        outputs.remark(
            _("The {n} that leave out fewest rows, of {all}.").format(n=_MOST_LISTED, all=len(best))
        )


def _by_column(names: Sequence[ColumnName], levels: Sequence[int]) -> dict[str, int]:
    return {str(name): level for name, level in zip(names, levels, strict=True)}


def _is_too_large(draft: Draft, look: Look) -> bool:
    return look.choices(draft.plan) * len(protection.ks_of(draft)) > MOST_CELLS


def _given(draft: Draft) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), draft.given[name].id) for name in draft.hierarchies)


def _about(seconds: float | None) -> str:
    if seconds is None or seconds > 600:
        return _("more than ten minutes")
    if seconds < 1:
        return _("less than a second")
    if seconds < 90:
        return _("about {n} s").format(n=locales.formatted(seconds, ".0f"))
    return _("about {n} min").format(n=locales.formatted(seconds / 60, ".0f"))
