"""Whether the trail is whole, who verified it last, and what a checkpoint of it says."""

from __future__ import annotations

import hashlib

import streamlit as st

from compliance.i18n import plural
from compliance.i18n import translate as _
from compliance.trail.nouns import TrailState, Verified
from compliance.workspace import Workspace
from pages.parts import outputs, permitted, wording

_SHOWN = 10
_FINGERPRINT = 16


def said(state: TrailState) -> None:
    """The verdict, in plain words, and what is odd."""
    verification = state.verification
    if verification.ok:
        st.success(
            _("The trail is whole: all {n} entries are as they were written.").format(
                n=verification.entries
            ),
            icon=":material/verified:",
        )
    else:
        st.error(
            "  \n".join(map(wording.escaped, verification.problems[:_SHOWN])),
            title=plural(
                "The trail is not whole: {n} problem",
                "The trail is not whole: {n} problems",
                len(verification.problems),
            ).format(n=len(verification.problems)),
        )
    for warning in verification.warnings[:_SHOWN]:
        st.warning(wording.escaped(warning), icon=":material/schedule:")
    outputs.remark(
        _("All of the first {n} entries were read on {when}, what came since just now.").format(
            n=state.whole_entries, when=outputs.moment(state.whole_at)
        )
    )


def verified(workspace: Workspace) -> None:
    """When it was verified last, by whom, with what result; and a button to do it now."""
    with st.container(horizontal=True, vertical_alignment="center"):
        last = workspace.proof.trail.last_verified()
        st.markdown(last_verified(last), width="stretch")
        if st.button(_("Verify now"), icon=":material/fact_check:", key="trail_verify"):
            _verify(workspace)


def last_verified(last: Verified | None) -> str:
    """In one line: when, by whom, against how many anchors, and what came of it."""
    if last is None:
        return ":material/pending: " + _(
            "Nobody has verified it on record yet. A worker does so every day."
        )
    by = _("by a schedule") if last.is_scheduled else _("by {who}").format(who=last.actor)
    anchors = plural("{n} anchor", "{n} anchors", last.anchors).format(n=last.anchors)
    line = _("Last verified {when} {by}: {n} entries, {anchors}, {result}.").format(
        when=outputs.moment(last.at),
        by=wording.escaped(by),
        n=outputs.count(last.entries),
        anchors=anchors,
        result=_("nothing found")
        if last.ok
        else plural("{n} problem", "{n} problems", last.count).format(n=last.count),
    )
    return (":material/verified: " if last.ok else ":material/gpp_bad: ") + line


def of_overview(workspace: Workspace) -> None:
    """The same line among the rest of what the desk knows; what was found stands out."""
    last = workspace.proof.trail.last_verified()
    line = _("Trail: {line}").format(line=last_verified(last))
    if last is None or last.ok:
        outputs.remark(line)
    else:
        st.error(line)


def checkpoint(workspace: Workspace, state: TrailState) -> None:
    """Whose trail it is, its key and its end, and the ways to take it along."""
    st.header(_("Checkpoint"))
    keys, found = workspace.proof.log.known_keys(), state.verification
    rows = {
        _("Entries"): outputs.count(found.entries),
        _("Root"): f"`{found.root[:_FINGERPRINT]}…`",
        _("Head"): f"`{found.head[:_FINGERPRINT]}…`",
    }
    if keys is not None:
        origin, every = keys
        fingerprint = hashlib.sha256(every[-1].encode()).hexdigest()[:_FINGERPRINT]
        rows = {_("Origin"): f"`{origin}`", _("Key"): f"`{fingerprint}…`", **rows}
        if len(every) > 1:
            rows[_("Keys before")] = str(len(every) - 1)
    # Lines and no table: a hash is wider than a phone, and a table would have to be scrolled.
    st.markdown("  \n".join(f"{name} {value}" for name, value in rows.items()))
    with st.container(horizontal=True):
        st.download_button(
            _("Take a checkpoint"),
            data=workspace.checkpoint_trail,
            file_name="checkpoint.json",
            mime="application/json",
            on_click="ignore",
            key="trail_checkpoint",
            icon=":material/bookmark_added:",
            **permitted.needs(
                "trail.checkpoint",
                help=_("Keep it elsewhere: with it, entries removed at the end show as well."),
            ),
        )
        st.download_button(
            _("Export the trail"),
            data=workspace.export_trail,
            file_name="trail.jsonl",
            mime="application/jsonl",
            on_click="ignore",
            key="trail_export",
            icon=":material/download:",
            **permitted.needs(
                "trail.export",
                help=_("Anybody can check it with verify_trail.py, without this desk."),
            ),
        )


def _verify(workspace: Workspace) -> None:
    with outputs.explained(_("Not verified")), outputs.working(_("Reading every entry …")):
        _kept, is_new = workspace.proof.trail.verify_once()
        st.session_state["trail_told"] = (
            _("Verified just now.")
            if is_new
            else _("It was verified within the hour; that result is shown.")
        )
        st.rerun()
