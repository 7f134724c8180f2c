"""Legal holds: place, look at, lift."""

from __future__ import annotations

import streamlit as st

from compliance.i18n import locales, mark
from compliance.i18n import translate as _
from compliance.rights.nouns import Hold
from compliance.workspace import Workspace
from pages.parts import language, outputs, wording


def shown(workspace: Workspace) -> None:
    """The holds, and a form for a new one."""
    outputs.remark(
        _(
            "A legal hold is a duty to keep data although somebody asks to erase them: court "
            "proceedings, an audit, a claim. It stops erasing; everything else goes on."
        )
    )
    holding = workspace.rights.requests.holding
    standing = {hold.id for hold in holding.standing()}
    found = holding.holds()
    if found:
        outputs.table(
            [
                {
                    _("Hold"): hold.id,
                    _("Why"): hold.why,
                    _("Datasets"): locales.joined(hold.datasets, "words") or _("all"),
                    _("Until"): f"{hold.until}" if hold.until else _("it is lifted"),
                    _("Placed"): locales.day(hold.at),
                    _("Stands"): _("yes") if hold.id in standing else _("no"),
                }
                for hold in found
            ],
            key="requests_holds",
            alt=_("{n} legal holds, {standing} of them stand").format(
                n=len(found), standing=len(standing)
            ),
        )
    else:
        st.markdown(_("No hold was ever placed."))
    _lift(workspace, {hold.id: hold for hold in found if hold.id in standing})
    _place(workspace)


def _place(workspace: Workspace) -> None:
    with st.form("requests_hold_form", border=True, clear_on_submit=False):
        why = st.text_input(
            _("Why data must be kept"),
            key="requests_hold_why",
            max_chars=300,
            placeholder=_("such as: proceedings 12 O 34/26; no names of people"),
        )
        one, two = st.columns(2)
        names = one.multiselect(
            _("Datasets to keep"),
            [str(dataset.name) for dataset in workspace.datasets()],
            key="requests_hold_datasets",
            placeholder=_("all"),
        )
        until = two.date_input(_("Last day, if it is known"), None, key="requests_hold_until")
        submitted = st.form_submit_button(_("Place the hold"), key="requests_hold_place")
    if submitted:
        with outputs.explained(_("Not placed")):
            hold = workspace.rights.requests.holding.place(why, names, until)
            st.session_state["requests_told"] = _("Hold {id} stands").format(id=hold.id)
            st.rerun()


def _lift(workspace: Workspace, standing: dict[str, Hold]) -> None:
    if not standing:
        return
    one, two = st.columns([2, 1], vertical_alignment="bottom")
    chosen = one.selectbox(
        _("Hold to lift"),
        list(standing),
        format_func=lambda id_: f"{id_}: {standing[id_].why[:60]}",
        key="requests_hold_which",
    )
    if two.button(_("Lift it …"), key="requests_hold_ask") and chosen in standing:
        _ask(workspace, standing[chosen])


@language.dialog(mark("Lift this hold?"))
def _ask(workspace: Workspace, hold: Hold) -> None:
    kept = locales.joined(hold.datasets, "words") or _("all datasets")
    st.markdown(
        _(
            "**{id}** keeps {kept}: {why}. Once it is lifted, requests to erase can go on, and "
            "what they erase cannot be brought back."
        ).format(id=hold.id, kept=wording.escaped(kept), why=wording.escaped(hold.why))
    )
    if st.button(_("Lift the hold"), type="primary", key="requests_hold_lift"):
        with outputs.explained(_("Not lifted")):
            workspace.rights.requests.holding.lift(hold.id)
            st.session_state["requests_told"] = _("Hold {id} was lifted").format(id=hold.id)
            st.rerun()
