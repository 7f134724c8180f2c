"""Making it: one button, a bar with what is being done, and what came of it."""

from __future__ import annotations

import streamlit as st

from compliance.anonymise.nouns import Method
from compliance.dataset.nouns import Dataset
from compliance.i18n import translate as _
from compliance.workspace import Workspace
from pages.parts import outputs, wording
from pages.parts.anonymising import progress, words
from pages.parts.anonymising.drafts import Draft


def make(workspace: Workspace, dataset: Dataset, draft: Draft) -> None:
    """Anonymise before the visitor's eyes; a click anywhere stops it, and nothing is stored."""
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    into = left.text_input(
        _("Name of the output"),
        f"{dataset.name[:64]}-anonymised",
        max_chars=80,
        key=f"anonymise_into_{dataset.id}",
    )
    with right:
        pressed = st.button(
            _("Anonymise"), type="primary", key="anonymise_make", icon=":material/domino_mask:"
        )
    outputs.remark(
        _(
            "By this plan: k = {k}, {limit} of the rows may go, {method}. What is written is read "
            "back, measured and attacked; it is stored only if every check holds."
        ).format(
            k=draft.plan.k,
            limit=words.percent(draft.plan.suppression_limit),
            method=_(words.METHOD_WORDS[Method(draft.plan.method)]).lower(),
        )
    )
    if pressed:
        _made(workspace, dataset, draft, into)


def said() -> None:
    """What came of the last button, once."""
    if told := st.session_state.pop("anonymise_said", ""):
        st.success(told, icon=":material/check_circle:")


def _made(workspace: Workspace, dataset: Dataset, draft: Draft, into: str) -> None:
    asked = workspace.anonymisation.anonymise(dataset.name, draft.plan, draft.hierarchies, into)
    with outputs.explained(_("Not handed on")):
        done = progress.watched(asked, counted=0.6)
        st.session_state["anonymise_said"] = _("Made, checked and stored as {name}.").format(
            name=wording.escaped(done.made)
        )
        st.rerun()
