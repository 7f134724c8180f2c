"""What an officer takes away of an output: the file, its plan, its report."""

from __future__ import annotations

import streamlit as st

from compliance.anonymise import from_plan
from compliance.anonymise.nouns.record import Anonymised
from compliance.i18n import translate as _
from compliance.plain import to_yaml
from compliance.report.nouns import ReportKind
from compliance.workspace import Workspace
from pages.parts import navigation, outputs
from pages.parts.consenting import uses


def handed_out(workspace: Workspace, done: Anonymised) -> None:
    """The ways out, side by side; what may not be handed on any more says why."""
    uses.were_left_out(workspace, done.id)
    with outputs.explained(_("Not handed on")):
        workspace.rights.consents.check_still(done.dataset_id, done.id)
        _ways(workspace, done)


def _ways(workspace: Workspace, done: Anonymised) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            _("Download the output (CSV)"),
            lambda: workspace.anonymisation.output(done),
            f"{done.made.rpartition('@')[0]}.csv",
            "text/csv",
            on_click="ignore",
            key=f"anonymise_download_{done.id}",
            icon=":material/download:",
        )
        st.download_button(
            _("Download its plan"),
            lambda: to_yaml(from_plan(done.plan)),
            f"{done.id}-plan.yaml",
            "application/yaml",
            on_click="ignore",
            key=f"anonymise_done_plan_{done.id}",
            icon=":material/description:",
        )
        is_asked = st.button(
            _("Build its report"),
            key=f"anonymise_report_{done.id}",
            icon=":material/description:",
        )
        navigation.link("datasets", _("See it among the datasets"))
    if is_asked:
        with (
            outputs.explained(_("Not built")),
            outputs.working(_("Gathering evidence and typesetting …")),
        ):
            name = done.dataset_id.rpartition("@")[0]
            built = workspace.build_report(ReportKind.ANONYMISATION, [name], about=done.id)
            st.success(_("Built, {pages} pages; download it on Reports.").format(pages=built.pages))
