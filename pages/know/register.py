"""What only people know: processing activities, processors, transfers and the rest."""

import streamlit as st

from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.register import kinds
from compliance.register import laws as names_of_laws
from compliance.workspace.governing.registering import laws_in_scope
from pages.parts import navigation, outputs, session, wording
from pages.parts.registering import files, records

VIEWS = ("Records", "Record of processing", "Contradictions", "Import and export")

workspace = session.workspace()
outputs.remark(
    _("What only people know stands here; what the desk knows is filled in, and marked so.")
)
if not workspace.datasets():
    session.nothing_yet(
        _("Nothing is filled in yet: there is no dataset. Load one, or open the demo shop.")
    )
if (next_ := st.session_state.pop("register_next", None)) is not None:
    st.session_state["register_view"] = VIEWS[0]
    st.session_state["register_kind"] = next_[0]
    st.session_state[f"register_record_{next_[0]}"] = next_[1]
if told := st.session_state.pop("register_told", ""):
    st.toast(told, icon=":material/check:")

register = workspace.governance.register.register()
laws = laws_in_scope(register)
st.session_state.setdefault("register_view", VIEWS[0])
with st.container(horizontal=True, vertical_alignment="center"):
    view = st.radio(_("View"), VIEWS, format_func=_, horizontal=True, key="register_view")
    if register.contradictions:
        number = len(register.contradictions)
        said = f"{number} {_('contradictions')}"
        st.markdown(wording.badge(("warning", "orange"), said), width="content")

if view == VIEWS[1]:
    files.record_of_processing(workspace)
elif view == VIEWS[2]:
    files.contradictions(register)
elif view == VIEWS[3]:
    files.bring_in(workspace)
    files.take_out(workspace)
else:
    counts = {kind: len(register.of(kind)) for kind in kinds()}
    st.session_state.setdefault("register_kind", "activity")
    chosen = st.selectbox(
        _("Kind of record"),
        list(kinds()),
        format_func=lambda k: wording.bracketed(_(kinds()[k].plural), counts[k]),
        key="register_kind",
        width=420,
    )
    kind = kinds()[str(chosen)]
    named = locales.joined((_(names_of_laws().get(law, law)) for law in laws), "words")
    about = [
        _("{help} Source: {source}.").format(help=_(kind.help), source=_(kind.source)),
        _("Laws in scope: {laws}.").format(laws=named or _("not known yet")),
    ]
    outputs.remark(locales.joined(about, "sentences"))
    gaps = workspace.governance.register.gaps()
    records.table(kind, register, gaps)
    record = records.choose(kind, register)
    if record is not None:
        records.about(workspace, register, kind, record, gaps)
        records.shown(workspace, register, kind, record)
    if record is None or st.toggle(_("Change it"), key="register_change"):
        records.form(workspace, register, kind, record, laws)
navigation.link("organisation", _("Decide which laws are in scope"))
