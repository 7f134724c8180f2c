"""What people ask for: what is due, and one request step by step to its answer."""

import streamlit as st

from compliance.errors import ComplianceError
from compliance.i18n import translate as _
from compliance.workspace.requesting.clocks import by_urgency
from pages.parts import explaining, navigation, outputs, session, wording
from pages.parts.requesting import boards, holds, intake, opened, words

VIEWS = ("Board", "Take in", "Numbers and log", "Legal holds")

workspace = session.workspace()
outputs.remark(
    _(
        "What people ask for under each law: due dates as the rules count them, one step after "
        "another, and nothing of the person in records, trail or exports."
    )
)
area = workspace.rights.requests
every = area.requests()
if not every and not workspace.datasets():
    session.dataset_or_stop()
if (next_ := st.session_state.pop("requests_next", None)) is not None:
    st.session_state["requests_view"] = VIEWS[0]
    st.session_state["requests_which"] = next_
if (place := st.query_params.pop("request", None)) in {one.request.id for one in every}:
    st.session_state["requests_view"], st.session_state["requests_which"] = VIEWS[0], place
if told := st.session_state.pop("requests_told", ""):
    st.toast(told, icon=":material/check:")

st.session_state.setdefault("requests_view", VIEWS[0] if every else VIEWS[1])
view = st.radio(_("View"), VIEWS, format_func=_, horizontal=True, key="requests_view")
if view == VIEWS[1]:
    intake.form(workspace)
    intake.from_file(workspace)
    intake.signal(workspace)
    navigation.link("organisation", _("Decide which laws are in scope"))
elif view == VIEWS[2]:
    boards.numbers(workspace)
elif view == VIEWS[3]:
    holds.shown(workspace)
elif not every:
    st.markdown(_("Nobody has asked for anything yet."))
else:
    explaining.explained("requests_board", "request", "due", "hold")
    due = by_urgency(every)
    boards.board(due)
    rest = sorted({one.request.id for one in every} - {one.request.id for one in due}, reverse=True)
    found = {one.request.id: one for one in every}
    ids = [*(one.request.id for one in due), *rest]
    which = st.selectbox(
        _("Request to work on"),
        ids,
        format_func=lambda id_: f"{id_} · {words.title(found[id_].request)}",
        key="requests_which",
        width=420,
    )
    try:
        opened.shown(workspace, found[which or ids[0]])
    except ComplianceError as refusal:
        st.error(wording.refused(refusal), title=_("It cannot be shown"))
