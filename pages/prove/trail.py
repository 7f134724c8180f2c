"""Every act, in an order that nobody can change unseen."""

import streamlit as st

from compliance.i18n import translate as _
from compliance.plain import to_json
from pages.parts import outputs, session

SHOWN = 500

workspace = session.workspace()
outputs.remark(_("Each entry carries the hash of the one before, so a change anywhere shows."))
verification = workspace.verify_trail()
if verification.ok:
    st.success(
        _("The trail is whole: all {n} entries are as they were written.").format(
            n=verification.entries
        ),
        icon=":material/verified:",
    )
else:
    st.error(
        "  \n".join(verification.problems[:10]),
        title=_("The trail is not whole: {n} problems").format(n=len(verification.problems)),
    )
st.markdown(
    _("Head `{head}`  \nRoot `{root}`").format(head=verification.head, root=verification.root)
)
with st.container(horizontal=True):
    st.download_button(
        _("Take a checkpoint"),
        data=workspace.checkpoint_trail,
        file_name="checkpoint.json",
        mime="application/json",
        on_click="ignore",
        key="trail_checkpoint",
        icon=":material/bookmark_added:",
        help=_("Keep it elsewhere: with it, entries removed at the end show as well."),
    )
    st.download_button(
        _("Export the trail"),
        data=workspace.export_trail,
        file_name="trail.jsonl",
        mime="application/jsonl",
        on_click="ignore",
        key="trail_export",
        icon=":material/download:",
        help=_("Anybody can check it with verify_trail.py, without this desk."),
    )
outputs.table(
    [
        {
            _("Entry"): entry.number,
            _("When"): outputs.moment(entry.at),
            _("Who"): entry.actor,
            _("Act"): entry.act,
            _("On"): entry.subject,
            _("Hash"): entry.hash[:8],
            _("Facts"): to_json(entry.facts),
        }
        for entry in workspace.entries(SHOWN)
    ],
    key="trail_entries",
    alt=_("The newest entries of the trail"),
)
