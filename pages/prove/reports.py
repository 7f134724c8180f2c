"""Audit reports as PDF with the evidence inside."""

import streamlit as st

from compliance.i18n import translate as _
from compliance.report.nouns import ReportKind
from pages.parts import outputs, session

TITLES = {
    ReportKind.AUDIT: "Audit report",
    ReportKind.RELEASE: "Release report",
    ReportKind.FEDERATED: "Federated report",
    ReportKind.ANONYMISATION: "Anonymisation report",
    ReportKind.DPIA: "Impact assessment",
    ReportKind.REQUEST: "Letter on a request",
    ReportKind.REQUEST_LOG: "Log of requests",
    ReportKind.ERASURE: "Certificate of erasure",
}

workspace = session.workspace()
outputs.remark(_("A document for the regulator: readable on paper, and checkable by machine."))
names = [str(dataset.name) for dataset in workspace.datasets()]
if not names:
    session.dataset_or_stop()
with st.form("reports_build", border=True):
    wanted = st.multiselect(
        _("Datasets"), names, key="reports_datasets", placeholder=_("all datasets")
    )
    submitted = st.form_submit_button(
        _("Build the audit report"), type="primary", key="reports_submit"
    )
if submitted:
    with outputs.explained(_("Not built")), st.spinner(_("Gathering evidence and typesetting …")):
        workspace.build_report(ReportKind.AUDIT, wanted or None)

reports = workspace.reports()
if not reports:
    st.markdown(_("No report has been built yet."))
for report in reports:
    newest = report is reports[0]
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"**{_(TITLES[report.kind])}**"
                + (f" · {', '.join(report.datasets)}  \n" if report.datasets else "  \n")
                + _("{at} · {pages} pages · {size} kB").format(
                    at=outputs.moment(report.built_at),
                    pages=report.pages,
                    size=outputs.count(report.size_bytes // 1000),
                ),
                width="stretch",
            )
            st.download_button(
                _("Download PDF"),
                data=lambda report=report: workspace.report_pdf(report),
                file_name=f"{report.kind}-{report.built_at:%Y-%m-%d-%H%M}.pdf",
                mime="application/pdf",
                on_click="ignore",
                key=f"reports_download_{report.id}",
                icon=":material/download:",
                type="primary" if newest else "secondary",
            )
        outputs.remark(f"SHA-256 {report.sha256}")
        if newest:
            st.pdf(
                workspace.report_pdf(report),
                height=700,
                key="reports_preview",
                alt=_("The newest report"),
            )
