"""Which report, what it is about, in which language and format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from compliance.i18n import ENGLISH, LANGUAGE, LANGUAGES, mark
from compliance.i18n import translate as _
from compliance.report.nouns import Format, Report, ReportKind
from compliance.rights.nouns import LetterKind
from compliance.workspace import Workspace
from pages.parts import outputs, permitted, wording

TITLES = {
    ReportKind.AUDIT: mark("Audit report"),
    ReportKind.SUMMARY: mark("Management summary"),
    ReportKind.ROPA: mark("Record of processing"),
    ReportKind.DPIA: mark("Impact assessment"),
    ReportKind.RELEASE: mark("Release report"),
    ReportKind.ANONYMISATION: mark("Anonymisation report"),
    ReportKind.FEDERATED: mark("Federated report"),
    ReportKind.REQUEST: mark("Letter on a request"),
    ReportKind.REQUEST_LOG: mark("Log of requests"),
    ReportKind.ERASURE: mark("Certificate of erasure"),
}
_IS_FOR = {
    ReportKind.AUDIT: mark(
        "What is held, how it is protected and which duties are met; for auditors and authorities."
    ),
    ReportKind.SUMMARY: mark(
        "What is wrong, what is due and what has to be decided, on few pages; for directors."
    ),
    ReportKind.ROPA: mark(
        "What is done with people's data and why (GDPR Art. 30); for the authority, on request."
    ),
    ReportKind.DPIA: mark(
        "What a processing can do to people and what is done about it; for the officer and the "
        "authority."
    ),
    ReportKind.RELEASE: mark(
        "What was published with noise and what its guarantee rests on; for whoever relies on it."
    ),
    ReportKind.ANONYMISATION: mark(
        "How well an output protects people, and what it is still good for; for whoever gets it."
    ),
    ReportKind.FEDERATED: mark(
        "What was learnt without moving rows, and what protects people; for the sites that took "
        "part."
    ),
    ReportKind.REQUEST: mark("What is answered to a person; for whoever asked."),
    ReportKind.REQUEST_LOG: mark(
        "Which requests came in and how fast they were answered; for the authority."
    ),
    ReportKind.ERASURE: mark("That rows were erased, without naming anybody; for whoever asked."),
}
FORMATS = {
    Format.PDF: mark("PDF, signed"),
    Format.HTML: mark("HTML, for the browser"),
    Format.DOCX: mark("Word, for editing"),
    Format.ZIP: mark("CSV, all tables"),
    Format.JSON: mark("JSON, the evidence"),
}
MIMES = {
    Format.PDF: "application/pdf",
    Format.HTML: "text/html",
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.ZIP: "application/zip",
    Format.JSON: "application/json",
}
_ON_DATASETS = (ReportKind.AUDIT, ReportKind.ROPA)
_ON_REQUESTS = (ReportKind.REQUEST, ReportKind.ERASURE)
# What is worked out, or looked through, before it is written.
_NEEDS = {
    ReportKind.AUDIT: "duties.assess",
    ReportKind.SUMMARY: "duties.assess",
    ReportKind.REQUEST: "request.see",
    ReportKind.ERASURE: "request.see",
    ReportKind.REQUEST_LOG: "request.log",
}
_WIDTH = 420


@dataclass(frozen=True, slots=True)
class Subject:
    """What a report is about; `reason`: why there is nothing that it could be about."""

    names: tuple[str, ...] = ()
    about: str | None = None
    letter: LetterKind = LetterKind.ANSWER
    reason: str = ""


def build(workspace: Workspace) -> None:
    """The choices, and the report built and offered in the chosen format."""
    kind = ReportKind(
        st.selectbox(
            _("Which report"),
            [kind for kind in TITLES if kind not in _NEEDS or permitted.may(_NEEDS[kind])],
            format_func=lambda kind: _(TITLES[kind]),
            key="reports_kind",
            width=_WIDTH,
        )
    )
    outputs.remark(_(_IS_FOR[kind]))
    subject = _subject(workspace, kind)
    left, right = st.columns(2)
    languages = list(LANGUAGES)
    language = left.selectbox(
        _("Language"),
        languages,
        languages.index(LANGUAGE.get()),
        format_func=LANGUAGES.__getitem__,
        key="reports_language",
    )
    shape = right.selectbox(
        _("Format"), list(FORMATS), format_func=lambda one: _(FORMATS[one]), key="reports_format"
    )
    if subject.reason:
        st.markdown(subject.reason)
    submitted = st.button(
        _("Build"), type="primary", key="reports_submit", disabled=bool(subject.reason)
    )
    if submitted:
        with (
            outputs.explained(_("Not built")),
            outputs.working(_("Gathering evidence and typesetting …")),
        ):
            report = _built(workspace, kind, subject, language or ENGLISH)
            st.session_state["reports_built"] = (report.id, Format(shape))
    _offer(workspace)


def download(workspace: Workspace, report: Report, shape: Format, key: str, *, first: bool) -> None:
    """A button for a report in one format; nothing is made until it is pressed."""
    st.download_button(
        _(FORMATS[shape]) if first else shape.upper() if shape is not Format.ZIP else "CSV",
        data=lambda: workspace.proof.reports.hand_out(report, shape),
        file_name=f"{report.kind}-{report.built_at:%Y-%m-%d-%H%M}.{shape}",
        mime=MIMES[shape],
        on_click="ignore",
        key=key,
        icon=":material/download:",
        **permitted.needs("request.see" if report.kind is ReportKind.REQUEST else "report.export"),
    )


def _offer(workspace: Workspace) -> None:
    """The report that was just built, in the format chosen."""
    id_, shape = st.session_state.get("reports_built", ("", Format.PDF))
    report = next((one for one in workspace.reports() if one.id == id_), None)
    if report is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.success(
            _("Built: {title}, {pages} pages.").format(
                title=_(TITLES[report.kind]), pages=report.pages
            ),
            icon=":material/check:",
        )
        download(workspace, report, shape, "reports_take", first=True)


def _built(workspace: Workspace, kind: ReportKind, subject: Subject, language: str) -> Report:
    if kind in (*_ON_REQUESTS, ReportKind.REQUEST_LOG):
        return workspace.rights.fulfilling.report(
            kind, subject.about, subject.letter, language=language
        )
    return workspace.build_report(
        kind, subject.names or None, about=subject.about, language=language
    )


def _subject(workspace: Workspace, kind: ReportKind) -> Subject:
    if kind in _ON_DATASETS:
        names = [str(dataset.name) for dataset in workspace.datasets()]
        chosen = st.multiselect(
            _("Datasets"), names, key="reports_datasets", placeholder=_("all datasets")
        )
        return Subject(names=tuple(chosen))
    if kind in _ON_REQUESTS:
        return _request(workspace, kind)
    if kind not in _NOTHING:
        return Subject()
    found = _THINGS[kind](workspace)
    if not found:
        return Subject(reason=_(_NOTHING[kind]))
    about = st.selectbox(
        _("About"),
        list(found),
        format_func=lambda id_: found[id_],
        key=f"reports_about_{kind}",
        width=_WIDTH,
    )
    return Subject(about=about)


def _request(workspace: Workspace, kind: ReportKind) -> Subject:
    requests = [one.request.id for one in workspace.rights.requests.requests()]
    if not requests:
        return Subject(reason=_("No request of a person is on record."))
    about = st.selectbox(_("Request"), requests, key="reports_request", width=_WIDTH)
    if kind is ReportKind.ERASURE:
        return Subject(about=about)
    letter = st.selectbox(
        _("Which letter"),
        list(_LETTERS),
        format_func=lambda one: _(_LETTERS[one]),
        key="reports_letter",
        width=_WIDTH,
    )
    return Subject(about=about, letter=LetterKind(letter))


def _releases(workspace: Workspace) -> dict[str, str]:
    return {
        release.id: _named(dataset.name, wording.in_words(release.query, short=True), release.id)
        for dataset in workspace.datasets()
        for release in reversed(workspace.releases(dataset.name))
    }


def _runs(workspace: Workspace) -> dict[str, str]:
    return {
        run.id: _named(dataset.name, outputs.moment(run.started_at), run.id)
        for dataset in workspace.datasets()
        for run in reversed(workspace.federation.runs(dataset.name))
    }


def _outputs(workspace: Workspace) -> dict[str, str]:
    return {
        done.id: _named(dataset.name, outputs.moment(done.made_at), done.id)
        for dataset in workspace.datasets()
        for done in reversed(workspace.anonymisation.done(dataset.name))
    }


def _impacts(workspace: Workspace) -> dict[str, str]:
    return {one.id: f"{_(one.title)} · {one.id}" for one in workspace.governance.impacts.list()}


def _named(*parts: str) -> str:
    return " · ".join(parts)


_THINGS: Mapping[ReportKind, Callable[[Workspace], dict[str, str]]] = {
    ReportKind.RELEASE: _releases,
    ReportKind.FEDERATED: _runs,
    ReportKind.ANONYMISATION: _outputs,
    ReportKind.DPIA: _impacts,
}
_NOTHING = {
    ReportKind.RELEASE: mark("Nothing has been released yet."),
    ReportKind.FEDERATED: mark("No federated run has been made yet."),
    ReportKind.ANONYMISATION: mark("Nothing has been anonymised yet."),
    ReportKind.DPIA: mark("No impact assessment has been begun yet."),
}
_LETTERS = {
    LetterKind.ANSWER: mark("Answer"),
    LetterKind.RECEIPT: mark("Receipt"),
    LetterKind.IDENTITY: mark("Asking for proof of identity"),
    LetterKind.EXTENSION: mark("It takes longer"),
}
