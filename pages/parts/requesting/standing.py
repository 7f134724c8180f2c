"""What a request changed and what stands because of it: versions made, rows left out, the end."""

from __future__ import annotations

from datetime import date

import streamlit as st

from compliance.i18n import translate as _
from compliance.rights.nouns import Barrier, Request
from compliance.workspace import Workspace
from pages.parts import navigation, outputs, wording


def shown(workspace: Workspace, request: Request) -> None:
    """The dataset versions that were made, and the form that ends what stands."""
    barred = workspace.rights.fulfilling.stands(request.id)
    if not request.changed and barred is None:
        return
    with st.expander(_("What it changed"), icon=":material/difference:"):
        if request.changed:
            outputs.table(
                [
                    {_("Dataset"): name, _("New version"): version}
                    for name, _at, version in (id_.rpartition("@") for id_ in request.changed)
                ],
                key="requests_changed",
                alt=_("{n} dataset versions were made for this request").format(
                    n=len(request.changed)
                ),
            )
            navigation.link("lineage", _("See what they were made of"))
        if barred is not None:
            _standing(workspace, request, barred.barrier)


def _standing(workspace: Workspace, request: Request, barrier: Barrier) -> None:
    is_restriction = barrier is Barrier.RESTRICTED
    outputs.remark(
        _(
            "The person's rows are only stored. Lifting it makes new versions with the rows back; "
            "the person has to be told before (GDPR Art. 18(3))."
        )
        if is_restriction
        else _("The person's rows are left out of the uses that were objected to.")
    )
    told = st.date_input(
        _("The person was told of its end on"),
        None,
        key=f"requests_told_on_{request.id}",
        width=420,
    )
    label = _("Lift the restriction") if is_restriction else _("End it")
    is_told = isinstance(told, date)
    if st.button(label, key="requests_lift", icon=":material/lock_open:", disabled=not is_told):
        with outputs.explained(_("Not lifted")):
            if isinstance(told, date):
                after = workspace.rights.fulfilling.lift(request.id, told)
                st.session_state["requests_told"] = wording.capital(_(after.history[-1].what))
                st.rerun()
