"""The question as a YAML file: the same that the command line takes."""

from __future__ import annotations

import streamlit as st

from compliance.errors import ComplianceError, MalformedQueryError
from compliance.i18n import translate as _
from compliance.plain import from_yaml, to_yaml
from compliance.privacy import check_query, from_query, to_query
from pages.parts import divisions, drafts, language, outputs, session, wording
from pages.parts.scopes import Scope


def files(scope: Scope) -> None:
    """Take a question from a file or from pasted text, and take the one in hand away."""
    outputs.remark(
        _("Page and command line share it: `python -m compliance preview {name} --query …`").format(
            name=scope.dataset.name
        )
    )
    left, right = st.columns(2)
    with left:
        st.text_area(
            _("Paste a question"),
            placeholder="unit: CustomerID\nstatistics:\n  - count: rows",
            height=140,
            key="tradeoff_paste",
        )
    with right:
        st.file_uploader(_("Or give its file"), type=["yaml", "yml"], key="tradeoff_upload")
    with st.container(horizontal=True):
        if st.button(
            _("Put it into the form"), key="tradeoff_read", on_click=_take_file, args=(scope,)
        ):
            st.rerun()
        in_hand = session.query_of(scope.dataset)
        if in_hand is not None:
            st.download_button(
                _("Download the question shown"),
                lambda: to_yaml(from_query(in_hand)),
                f"{scope.dataset.name}-question.yaml",
                "application/yaml",
                on_click="ignore",
                key="tradeoff_download",
            )


def said() -> None:
    """What came of the last file, once."""
    told = st.session_state.pop("tradeoff_file_said", None)
    if told is None:
        return
    refusal, is_shown_whole = told
    if refusal:
        st.error(wording.escaped(refusal), title=_("Not understood"), icon=":material/block:")
    elif is_shown_whole:
        st.success(_("The question stands in the form."))
    else:
        st.warning(
            _("The question is asked as the file has it; the form cannot show all of it."),
            icon=":material/info:",
        )


@language.callback
def _take_file(scope: Scope) -> None:
    """Put the given question into the form and take it in hand; a refusal is told."""
    upload = st.session_state.get("tradeoff_upload")
    data = upload.getvalue() if upload else st.session_state["tradeoff_paste"].encode()
    try:
        raw = from_yaml(data, lambda why: MalformedQueryError(place=_("the file"), reason=why))
        query = to_query(raw)
        check_query(query, list(scope.columns.values()))
        is_shown_whole = drafts.write(scope, query)
        divisions.write(scope, query)
        session.keep_query(scope.dataset, query)
        st.session_state["tradeoff_file_said"] = ("", is_shown_whole)
    except ComplianceError as refusal:
        st.session_state["tradeoff_file_said"] = (wording.refused(refusal), False)
