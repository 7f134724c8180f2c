"""Every act, in an order that nobody can change unseen."""

import streamlit as st

from compliance.i18n import translate as _
from pages.parts import alarms, explaining, outputs, session
from pages.parts.trailing import anchors, checking, entries, verdict

workspace = session.workspace()
outputs.remark(_("Each entry carries the hash of the one before, so a change anywhere shows."))
state = workspace.proof.log.state()
if state.verification.ok and not state.verification.entries:
    session.nothing_yet(_("Nothing has been done yet. The first act will be the first entry."))
    st.stop()
anchors.told()
verdict.said(state)
explaining.explained("trail_verdict", "trail", "hash", "checkpoint", "anchor")
verdict.verified(workspace)
verdict.checkpoint(workspace, state)
checking.by_others(workspace)
anchors.outside(workspace)
alarms.unusual_acts(workspace)
checking.upload(workspace)
checking.proofs(workspace, max(1, state.verification.entries))
entries.listed(workspace)
