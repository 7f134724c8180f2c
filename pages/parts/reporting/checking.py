"""Whether a report is what a desk signed: anybody's file, of which nothing is kept."""

from __future__ import annotations

import streamlit as st

from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.report.nouns import Aspect, Checked, Holds
from compliance.workspace import Workspace
from pages.parts import outputs, wording

_LOOKS = {
    Holds.YES: ("check_circle", "green"),
    Holds.NO: ("cancel", "red"),
    Holds.UNKNOWN: ("help", "orange"),
}
_HOLDS = {
    Holds.YES: mark("holds"),
    Holds.NO: mark("fails"),
    Holds.UNKNOWN: mark("cannot be told"),
}
_ASPECTS = {
    Aspect.SIGNATURE: mark("Signature"),
    Aspect.SIGNER: mark("Signer"),
    Aspect.TIME: mark("Time"),
    Aspect.TIME: mark("Time"),
    Aspect.EVIDENCE: mark("Evidence"),
    Aspect.PAGES: mark("Pages"),
    Aspect.PAGES: mark("Pages"),
    Aspect.TRAIL: mark("Trail"),
}


def check(workspace: Workspace) -> None:
    """A place for a PDF, and what is found of it."""
    with st.expander(_("Check a report"), icon=":material/fact_check:"):
        outputs.remark(
            _("Whether signature, evidence and trail agree. The file is read and not kept.")
        )
        upload = st.file_uploader(_("The PDF of a report"), type=["pdf"], key="reports_check")
        if upload is None:
            return
        with outputs.explained(_("Not a report")), outputs.working(_("Reading the report …")):
            _found(workspace.proof.reports.verify_bytes(upload.getvalue(), upload.name))


def _found(checked: Checked) -> None:
    if checked.ok:
        st.success(_("This report is genuine and whole."), icon=":material/verified:")
    elif any(statement.holds is Holds.NO for statement in checked.statements):
        st.error(
            _("At least one check fails: do not rely on this report."), icon=":material/gpp_bad:"
        )
    else:
        st.warning(_("Not everything could be told of this report."), icon=":material/help:")
    for statement in checked.statements:
        badge = wording.badge(_LOOKS[statement.holds], _(_HOLDS[statement.holds]))
        about = _(_ASPECTS[statement.about])
        st.markdown(f"{badge} **{about}** · {wording.escaped(statement.says)}")
    outputs.remark(f"SHA-256 {checked.sha256}")
