"""Where checkpoints go by themselves: the state of each place, now or never again, and new ones."""

from __future__ import annotations

import streamlit as st

from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.rules.nouns.audit import EVERY
from compliance.trail.nouns import Anchor, AnchorKind
from compliance.workspace import Workspace
from pages.parts import outputs, permitted, wording

KINDS = {
    AnchorKind.FILE: mark("File or folder elsewhere"),
    AnchorKind.GIT: mark("Git clone"),
    AnchorKind.MAIL: mark("E-mail"),
    AnchorKind.TIME_STAMP: mark("Time stamp (RFC 3161), kept in a file"),
}
_TIMES = {
    "hour": mark("every hour"),
    "day": mark("every day"),
    "week": mark("every week"),
    "month": mark("every month"),
}


def outside(workspace: Workspace) -> None:
    """All anchors, and what can be done with them."""
    st.header(_("Anchors outside"))
    outputs.remark(
        _(
            "Whoever owns the records can write the whole history anew; what left this machine "
            "stands against it. Each verification compares the trail with every anchor."
        )
    )
    found = workspace.proof.trail.anchors()
    if found:
        _listed(found)
        _worked_on(workspace, found)
    else:
        st.markdown(
            _("None yet: entries that are removed at the end would show only by a checkpoint.")
        )
    with st.expander(_("Add an anchor"), icon=":material/anchor:", expanded=not found):
        _form(workspace)


def _listed(found: tuple[Anchor, ...]) -> None:
    outputs.table(
        [
            {
                _("Anchor"): one.name,
                _("Kind"): _(KINDS[one.kind]),
                _("Where"): one.place,
                _("How often"): _(_TIMES[one.every]),
                _("State"): _state(one),
                _("Last there"): outputs.moment(one.last_done.at) if one.last_done else "–",
                _("Entries"): one.last_done.entries if one.last_done else None,
            }
            for one in found
        ],
        key="trail_anchors",
        alt=_("Places outside to which checkpoints go, with what became of the last"),
    )


def _state(one: Anchor) -> str:
    if one.last is None:
        return _("never ran")
    return (
        _("reached") if one.last.is_done else _("not reached: {why}").format(why=_(one.last.reason))
    )


def _worked_on(workspace: Workspace, found: tuple[Anchor, ...]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            _("Which anchor"), [one.name for one in found], key="trail_anchor", width=320
        )
        if st.button(
            _("Anchor now"),
            icon=":material/anchor:",
            key="trail_anchor_run",
            **permitted.needs("trail.anchor"),
        ):
            with outputs.explained(_("Not anchored")), st.spinner(_("Taking it there …")):
                ran = workspace.proof.trail.run(str(name)).last
                st.session_state["trail_told"] = (
                    _("The checkpoint of {n} entries is there.").format(n=ran.entries)
                    if ran and ran.is_done
                    else _("Not reached: {why}.").format(why=_(ran.reason) if ran else "")
                )
                st.rerun()
        if st.button(
            _("Run it no more"), key="trail_anchor_remove", **permitted.needs("anchor.remove")
        ):
            with outputs.explained(_("Not removed")):
                workspace.proof.trail.remove(str(name))
                st.rerun()


def _form(workspace: Workspace) -> None:
    with st.form("trail_anchor_form", border=False):
        left, right = st.columns(2)
        name = left.text_input(_("Name"), key="trail_anchor_name", max_chars=100)
        kind = right.selectbox(
            _("Kind"), list(KINDS), format_func=lambda k: _(KINDS[k]), key="trail_anchor_kind"
        )
        to = left.text_input(
            _("Where: the whole path, or the address"), key="trail_anchor_to", max_chars=1000
        )
        every = right.selectbox(
            _("How often"),
            list(EVERY),
            index=1,
            format_func=lambda e: _(_TIMES[e]),
            key="trail_anchor_every",
        )
        pushes = st.checkbox(
            _("Of a git clone: send commits on to its remote"), key="trail_anchor_push"
        )
        submitted = st.form_submit_button(
            _("Add it and anchor now"),
            type="primary",
            key="trail_anchor_add",
            **permitted.needs("anchor.keep"),
        )
    if not submitted:
        return
    with outputs.explained(_("Not added")), st.spinner(_("Taking it there …")):
        trail = workspace.proof.trail
        kept = trail.keep(name.strip(), kind, to.strip(), str(every), pushes=pushes)
        ran = trail.run(kept.name).last
        said = _("Added; the checkpoint of {n} entries is there.")
        failed = _("Added, but not reached: {why}.")
        st.session_state["trail_told"] = (
            said.format(n=ran.entries)
            if ran and ran.is_done
            else failed.format(why=_(ran.reason) if ran else "")
        )
        st.rerun()


def told() -> None:
    """What was done just now, once."""
    if words := st.session_state.pop("trail_told", ""):
        st.info(wording.escaped(words), icon=":material/info:")
