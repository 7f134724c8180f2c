"""Files that were handed out, held against the trail; one entry proved; how others check it."""

from __future__ import annotations

import streamlit as st

from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.workspace import Workspace
from pages.parts import outputs, permitted, wording

_SHOWN = 10
_NAMES = {"export": mark("export"), "checkpoint": mark("checkpoint"), "proof": mark("proof")}
_COMMANDS = """python verify_trail.py trail.jsonl --checkpoint checkpoint.json --key "{key}"
python verify_trail.py --proof entry.json
"""


def upload(workspace: Workspace) -> None:
    """Check an export, a checkpoint or a proof that somebody holds; nothing of it is kept."""
    st.header(_("Check what was handed out"))
    file = st.file_uploader(
        _("An export, a checkpoint, an anchor's file or a proof; nothing of it is kept"),
        type=["json", "jsonl"],
        key="trail_upload",
    )
    if file is None:
        return
    with outputs.explained(_("Not checked")), outputs.working(_("Reading every entry …")):
        kind, found = workspace.proof.log.verify_upload(file.getvalue(), file.name)
        if found.ok:
            st.success(
                _("The trail is whole and fits this {kind}.").format(kind=_(_NAMES[kind])),
                icon=":material/verified:",
            )
        else:
            st.error(
                "  \n".join(map(wording.escaped, found.problems[:_SHOWN])),
                title=_("It does not fit: {n} problems").format(n=len(found.problems)),
            )
        for warning in found.warnings[:_SHOWN]:
            st.warning(wording.escaped(warning))


def proofs(workspace: Workspace, entries: int) -> None:
    """A proof of one entry, to be handed to somebody who may not see the others."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = st.number_input(
            _("Prove one entry without the others"),
            min_value=1,
            max_value=entries,
            value=entries,
            key="trail_prove_number",
            width=320,
        )
        st.download_button(
            _("Download the proof"),
            data=lambda: workspace.proof.log.prove(int(number)),
            file_name=f"entry-{int(number)}.json",
            mime="application/json",
            on_click="ignore",
            key="trail_prove",
            icon=":material/task:",
            **permitted.needs(
                "trail.prove", help=_("The entry and some 20 hashes, under a signed checkpoint.")
            ),
        )


def by_others(workspace: Workspace) -> None:
    """What an auditor needs, who does not trust this desk."""
    with st.expander(_("How an auditor checks this without the desk"), icon=":material/policy:"):
        st.markdown(
            _(
                "Hand over the export, and beforehand, by another way, a checkpoint and this key. "
                "The script is one file, compliance/trail/verify_trail.py; it needs Python 3.11, "
                "and for signatures the package cryptography. It ends with 0 when all fits, with 2 "
                "when something does not, and with 3 when something could not be checked."
            )
        )
        keys = workspace.proof.log.known_keys()
        key = keys[1][-1] if keys else "…"
        st.code(_COMMANDS.format(key=key), language=None, wrap_lines=True)
