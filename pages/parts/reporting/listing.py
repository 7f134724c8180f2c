"""The reports that were built: who signed each, in every format, the newest to be looked at."""

from __future__ import annotations

from functools import partial

import streamlit as st

from compliance.i18n import LANGUAGES, locales
from compliance.i18n import translate as _
from compliance.report.nouns import Format, Report, ReportKind, Signature
from compliance.workspace import Workspace
from pages.parts import outputs, permitted, reading, wording
from pages.parts.reporting import choosing

_SHOWN = 10
_FINGERPRINT_SHOWN = 16
_PERSONAL = {ReportKind.REQUEST, ReportKind.ERASURE}


def built(workspace: Workspace) -> None:
    """All reports, newest first; of many the newest until more are asked for."""
    reports = workspace.reports()
    st.header(_("Reports built so far"))
    if not reports:
        st.markdown(_("No report has been built yet."))
        return
    signatures = workspace.proof.reports.signatures()
    is_all = len(reports) <= _SHOWN or st.toggle(
        _("Show all {n}").format(n=len(reports)), key="reports_all"
    )
    for report in reports if is_all else reports[:_SHOWN]:
        _one(workspace, report, signatures.get(report.id), is_newest=report is reports[0])


def _one(
    workspace: Workspace, report: Report, signature: Signature | None, *, is_newest: bool
) -> None:
    with st.container(border=True):
        names = wording.escaped(locales.joined(report.datasets, "words"))
        st.markdown(
            f"**{_(choosing.TITLES[report.kind])}**"
            + (f" · {names}  \n" if names else "  \n")
            + _("{at} · {pages} pages · {size} kB · {language}").format(
                at=outputs.moment(report.built_at),
                pages=report.pages,
                size=outputs.count(report.size_bytes // 1000),
                language=LANGUAGES.get(report.language, report.language),
            )
        )
        st.markdown(_signed(signature))
        outputs.remark(f"SHA-256 {report.sha256}")
        with st.container(horizontal=True):
            for shape in workspace.proof.reports.formats(report):
                key = f"reports_download_{report.id}"
                key = key if shape is Format.PDF else f"{key}_{shape}"
                choosing.download(
                    workspace, report, shape, key, first=is_newest and shape is Format.PDF
                )
        if is_newest and _is_looked_at(workspace, report):
            st.pdf(
                workspace.report_pdf(report),
                height=700,
                key="reports_preview",
                alt=_("The newest report"),
            )


def _is_looked_at(workspace: Workspace, report: Report) -> bool:
    """Whether to show it; what is about one person only to those who ask, and that is noted."""
    label = _("Look at it here")
    if report.kind not in _PERSONAL:
        return st.toggle(label, value=True, key="reports_look")
    if not permitted.may("report.read"):
        return False
    note = partial(workspace.proof.reports.was_read, report)
    return reading.asked(label, f"reports_look_{report.id}", note)


def _signed(signature: Signature | None) -> str:
    """Who signed, in words; the fingerprint tells certificates of one name apart."""
    if signature is None:
        return ":material/remove_moderator: " + _("not signed")
    said = _("signed by {name}, fingerprint {fingerprint}…").format(
        name=wording.escaped(signature.signer),
        fingerprint=signature.fingerprint[:_FINGERPRINT_SHOWN],
    )
    if signature.is_self_made:
        said = wording.bracketed(said, _("a certificate of this desk's own making"))
    return f":material/verified_user: {said}"
