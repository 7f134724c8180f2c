"""Letters, certificates and who else is told: what leaves the desk besides the answer itself."""

from __future__ import annotations

from functools import partial

import streamlit as st

from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.report.nouns import ReportKind
from compliance.rights.nouns import LetterKind, Request, Right, Step
from compliance.workspace import Workspace
from pages.parts import outputs, wording
from pages.parts.requesting import carrying

_LETTERS = {
    LetterKind.RECEIPT: "Receipt",
    LetterKind.IDENTITY: "Asking for proof of identity",
    LetterKind.EXTENSION: "It takes longer",
    LetterKind.ANSWER: "Answer",
}
_CERTIFICATE = "certificate"
_DONE = (Step.CARRIED_OUT, Step.ANSWERED, Step.CLOSED)


def shown(workspace: Workspace, request: Request) -> None:
    """What can be written on this request, as PDF; none of it names anybody."""
    with st.expander(_("Letters and papers"), icon=":material/mail:"):
        outputs.remark(_("Written for you to send; they give the number of the request, no name."))
        is_erased = request.right is Right.ERASURE and request.step in _DONE
        kinds = [*_LETTERS, *([_CERTIFICATE] if is_erased else [])]
        wanted = st.selectbox(
            _("What to write"),
            kinds,
            format_func=_named,
            key=f"requests_letter_{request.id}",
            width=420,
        )
        if wanted and st.button(_("Write it"), key="requests_write", icon=":material/edit:"):
            _write(workspace, request, wanted)
        packaged = request.right in (Right.ACCESS, Right.PORTABILITY)
        if packaged and request.step in (Step.CARRIED_OUT, Step.ANSWERED):
            st.markdown(f"**{_('The package, once more')}**")
            carrying.package(workspace, request)


def tell(workspace: Workspace, request: Request) -> None:
    """Who has the data too, and which of them were told."""
    fulfilling = workspace.rights.fulfilling
    rows = fulfilling.recipients(request.id)
    if not rows:
        st.markdown(_("Nobody else is on record who has the data."))
        return
    outputs.table(
        [
            {
                _("Who"): one.name,
                _("As"): _(one.role),
                _("Datasets"): locales.joined(one.datasets, "words"),
                _("Told"): f"{one.told_on}" if one.told_on else (one.why_not or _("not yet")),
            }
            for one in rows
        ],
        key="requests_recipients",
        alt=_("{told} of {n} recipients are told or need not be").format(
            told=sum(one.is_settled for one in rows), n=len(rows)
        ),
    )
    with st.form(f"requests_tell_{request.id}", border=False):
        names = {one.id: one.name for one in rows}
        who = st.selectbox(
            _("Who was told"), list(names), format_func=lambda id_: names[id_], key="requests_who"
        )
        why_not = st.text_input(
            _("Or why that is impossible or out of proportion"), key="requests_why_not"
        )
        submitted = st.form_submit_button(_("Note it"), type="primary", key="requests_tell")
    if submitted and who:
        with outputs.explained(_("Not noted")):
            fulfilling.tell(request.id, who, why_not=why_not)
            st.session_state["requests_told"] = _("Noted")
            st.rerun()


def _named(kind: LetterKind | str) -> str:
    if isinstance(kind, LetterKind):
        return _(_LETTERS[kind])
    return _("Certificate of erasure")


def _write(workspace: Workspace, request: Request, wanted: LetterKind | str) -> None:
    with outputs.explained(_("Not written")), outputs.working(_("Typesetting …")):
        is_letter = isinstance(wanted, LetterKind)
        report = workspace.rights.fulfilling.report(
            ReportKind.REQUEST if is_letter else ReportKind.ERASURE,
            request.id,
            LetterKind(wanted) if is_letter else LetterKind.ANSWER,
        )
        if is_letter:
            for missing in workspace.rights.fulfilling.letter(
                request.id, LetterKind(wanted)
            ).missing:
                st.markdown(f"- :material/help: {wording.escaped(missing)}")
        st.download_button(
            _("Download the PDF"),
            data=partial(workspace.proof.reports.hand_out, report),
            file_name=f"{request.id}-{wanted}.pdf",
            mime="application/pdf",
            on_click="ignore",
            key="requests_letter_download",
            icon=":material/download:",
        )
