"""What may be handed out about a release: its disclosure as JSON, its report as PDF."""

from __future__ import annotations

import streamlit as st

from compliance.i18n import translate as _
from compliance.plain import to_json
from compliance.privacy import to_document
from compliance.privacy.nouns import Release
from compliance.report.nouns import ReportKind
from compliance.workspace import Workspace
from pages.parts import outputs


def handed_out(workspace: Workspace, name: str, done: Release) -> None:
    """Buttons for the disclosure and the release report; nothing is made until one is pressed."""
    side_by_side = st.container(horizontal=True)
    side_by_side.download_button(
        _("Download disclosure"),
        data=lambda: to_json(to_document(workspace.proof.lineage.disclose(name, done.id))).encode(),
        file_name=f"disclosure-{done.id}.json",
        mime="application/json",
        on_click="ignore",
        key=f"release_disclosure_{done.id}",
        icon=":material/data_object:",
    )
    with outputs.explained(_("Not built")):
        if side_by_side.button(
            _("Build release report"),
            key=f"release_report_{done.id}",
            icon=":material/description:",
        ):
            with outputs.working(_("Gathering evidence and typesetting …")):
                built = workspace.build_report(ReportKind.RELEASE, [name], about=done.id)
            st.success(_("Built, {pages} pages; download it on Reports.").format(pages=built.pages))
