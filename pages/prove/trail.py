"""Every act, in an order that nobody can change unseen."""

from collections.abc import Mapping

import streamlit as st

from compliance.i18n import translate as _
from pages.parts import alarms, navigation, outputs, session

SHOWN = 500
LONGEST_LIST = 4
HASH_DIGITS = 64


def told(facts: Mapping[str, object], between: str = " · ") -> str:
    """What an entry says in words; long lists are counted and hashes cut, as a screen is small."""
    said = {name: value for name, value in facts.items() if value is not None}
    short_first = sorted(said, key=lambda name: (name == "records", len(shown(said[name]))))
    return between.join(f"{name.replace('_', ' ')} {shown(said[name])}" for name in short_first)


def shown(value: object) -> str:
    if isinstance(value, Mapping):
        return told(value, " ")
    if isinstance(value, list):
        several = ", ".join(shown(item) for item in value)
        return several if len(value) <= LONGEST_LIST else f"({len(value)})"
    text = outputs.count(value) if isinstance(value, int) else str(value)
    return text[:8] + "…" if len(text) == HASH_DIGITS else text


workspace = session.workspace()
outputs.remark(_("Each entry carries the hash of the one before, so a change anywhere shows."))
state = workspace.proof.log.state()
verification = state.verification
if verification.ok and not verification.entries:
    st.markdown(_("Nothing has been done yet. The first act will be the first entry."))
    navigation.link("datasets", _("Load a dataset"))
    navigation.link("overview", _("Open the demo shop"))
    st.stop()
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
for warning in verification.warnings[:10]:
    st.warning(warning, icon=":material/schedule:")
outputs.remark(
    _("All of the first {n} entries were read on {when}, what came since just now.").format(
        n=state.whole_entries, when=outputs.moment(state.whole_at)
    )
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
alarms.unusual_acts(workspace)
st.header(_("Entries"))
outputs.table(
    [
        {
            _("Entry"): entry.number,
            _("When"): outputs.moment(entry.at),
            _("Who"): entry.actor,
            _("Act"): entry.act,
            _("On"): entry.subject,
            _("Hash"): entry.hash[:8],
            _("Facts"): told(entry.facts),
        }
        for entry in workspace.entries(SHOWN)
    ],
    key="trail_entries",
    alt=_("The newest entries of the trail"),
)
