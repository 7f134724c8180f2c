"""What changed since, drawing anew, and assessments from files."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from compliance.i18n import translate as _
from compliance.impact.nouns import Difference, Impact, Status
from compliance.workspace import Workspace
from pages.parts import outputs, permitted, wording
from pages.parts.impacting import words


def banner(workspace: Workspace, impact: Impact, changed: Sequence[str]) -> None:
    """What changed since it was validated or drawn, and the button that draws it again."""
    _last(impact)
    if not changed:
        return
    is_signed = impact.status is Status.VALIDATED
    title = (
        _("Outdated: what it stands on has changed since it was validated")
        if is_signed
        else _("The facts have changed since it was drawn")
    )
    with st.container(border=True):
        (st.error if is_signed else st.warning)(
            _("GDPR Art. 35(11) asks for a review when the risk changes."),
            title=title,
            icon=":material/update:",
        )
        words.bullets([one[:1].upper() + one[1:] + "." for one in changed])
        if st.button(
            _("Redraw"),
            key="impact_redraw",
            type="primary",
            icon=":material/refresh:",
            **permitted.needs(
                "impact.redraw", help=_("Drawn answers are drawn again; your own words stay.")
            ),
        ):
            with outputs.explained(_("Not redrawn")):
                differences = workspace.governance.impacts.redraw(impact.id)[1]
                st.session_state["impact_differences"] = (impact.id, differences)
                st.rerun()


def read_in(workspace: Workspace) -> None:
    """An exported assessment, taken in."""
    with st.expander(_("Read an exported assessment in"), icon=":material/upload_file:"):
        with st.form("impact_import_form", border=False, clear_on_submit=True):
            file = st.file_uploader(_("Exported assessment"), "json", key="impact_import_file")
            submitted = st.form_submit_button(
                _("Read in"), key="impact_import", **permitted.needs("impact.import")
            )
        if submitted and file is not None:
            with outputs.explained(_("Not read in")):
                made = workspace.governance.impacts.read_in(file.getvalue())
                st.session_state["impact_open"] = made.id
                st.rerun()


def _last(impact: Impact) -> None:
    """What the last redrawing of this session changed, until another one is opened."""
    of, differences = st.session_state.get("impact_differences", ("", ()))
    if of != impact.id:
        return
    with st.expander(
        _("What redrawing changed: {n}").format(n=len(differences)),
        expanded=True,
        icon=":material/difference:",
    ):
        if not differences:
            st.markdown(_("No answer is different."))
            return
        for one in differences:
            st.markdown(_told(one))


def _told(one: Difference) -> str:
    stands = (
        _("your own words stand; the desk’s are beside them")
        if one.is_kept
        else _("what the desk says now stands")
    )
    lines = (
        f"**{wording.escaped(_(one.where))}** · {stands}",
        _("Before: {said}").format(said=wording.escaped(_(one.before)) or "–"),
        _("Now: {said}").format(said=wording.escaped(_(one.after)) or "–"),
    )
    return "  \n".join(lines)
