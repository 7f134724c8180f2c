"""What needs a second person, and the form by which an officer decides that."""

from __future__ import annotations

from decimal import Decimal

import streamlit as st

from compliance.access.nouns import FourEyes, Matter
from compliance.i18n import translate as _
from compliance.workspace import Workspace
from pages.parts import outputs, wording
from pages.parts.approving import asking, words

_WANTED = "approvals_wanted"


def requirement(workspace: Workspace) -> None:
    """What is required, and for officers the way to change it."""
    approving = workspace.access.approving
    found = approving.required()
    st.header(_("What needs a second person"))
    st.markdown(words.required(found))
    if found.at is not None:
        outputs.remark(
            _("Decided by {who} on {when}.").format(
                who=words.people([found.by]), when=outputs.moment(found.at)
            )
        )
    if not workspace.may("approval.require"):
        return
    wanted = _form(found)
    if wanted is not None:
        st.session_state[_WANTED] = wanted
    wanted = st.session_state.get(_WANTED)
    if wanted is None:
        return
    with outputs.explained(_("Not decided")):
        need = approving.for_requirement(wanted)
        if need.is_needed:
            st.markdown(wording.titled(_("What you want"), words.required(wanted)))
        if not asking.may_go(workspace, need, "approvals"):
            return
        is_confirmed = not need.is_needed or st.button(
            asking.label(_("Decide so now"), need), type="primary", key="approvals_require_now"
        )
        if is_confirmed:
            del st.session_state[_WANTED]
            approving.require(wanted)
            st.rerun()


def _form(found: FourEyes) -> FourEyes | None:
    """What an officer wants; None until it is submitted."""
    with st.form("approvals_form", border=True):
        left, right = st.columns(2)
        is_epsilon = left.checkbox(
            _("What spends much budget"),
            value=found.epsilon is not None,
            key="approvals_is_epsilon",
            help=_("Releases, looks for bounds, invented rows and federated runs with noise."),
        )
        epsilon = right.number_input(
            _("More than ε"),
            min_value=0.0,
            max_value=100.0,
            value=float(found.epsilon) if found.epsilon is not None else 1.0,
            step=0.5,
            format="%g",
            key="approvals_epsilon",
            help=_(
                "Small spends of one person on the same people within the days below are added up, "
                "so that nothing is split to stay under it."
            ),
        )
        is_erasure = left.checkbox(
            _("Erasing people"), value=Matter.ERASURE in found.matters, key="approvals_erasure"
        )
        is_transfer = left.checkbox(
            _("Data that go abroad"),
            value=Matter.TRANSFER in found.matters,
            key="approvals_transfer",
        )
        days = right.number_input(
            _("Days that an approval may be used"),
            min_value=1,
            max_value=90,
            value=found.days,
            key="approvals_days",
        )
        if not st.form_submit_button(_("Decide"), type="primary", key="approvals_require"):
            return None
    chosen = {Matter.ERASURE: is_erasure, Matter.TRANSFER: is_transfer}
    return FourEyes(
        epsilon=Decimal(f"{epsilon:.10g}") if is_epsilon else None,
        matters=frozenset(matter for matter, is_chosen in chosen.items() if is_chosen),
        days=int(days),
    )
