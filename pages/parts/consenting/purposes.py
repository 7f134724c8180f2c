"""What people are asked about, and in which words."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.register import kind_of
from compliance.rights.nouns import Purpose
from compliance.workspace import Workspace
from pages.parts import outputs
from pages.parts.consenting import changes, standing

_LONGEST_MONTHS = 1_200


def shown(known: Sequence[Purpose]) -> None:
    """All purposes, with the text that people are shown now."""
    if not known:
        st.markdown(_("No purpose is defined yet."))
        return
    outputs.table(
        [
            {
                _("Id"): one.id,
                _("Title"): one.title,
                _("Kind"): _kinds().get(one.kind, ""),
                _("Datasets"): locales.joined(one.datasets, "words"),
                _("Lasts"): standing.lasting(one),
                _("Text"): one.texts[-1].version if one.texts else "",
                _("Since"): outputs.moment(one.texts[-1].at) if one.texts else "",
            }
            for one in known
        ],
        key="consent_purposes",
        alt=_("All purposes, with their datasets and the text that is shown now"),
    )


def keep(workspace: Workspace) -> None:
    """Define a purpose, or say more of one."""
    names = [str(dataset.name) for dataset in workspace.datasets()]
    with st.form("consent_purpose", border=True):
        st.subheader(_("Define a purpose"))
        left, right = st.columns(2)
        id_ = left.text_input(
            _("Id"),
            key="consent_purpose_id",
            help=_("Small letters, digits and “-”; files name the purpose so."),
        )
        title = right.text_input(_("Title"), key="consent_purpose_title")
        kind = left.selectbox(
            _("Kind"),
            ["", *_kinds()],
            format_func=lambda one: _(_kinds()[one]) if one else _("not said"),
            key="consent_purpose_kind",
        )
        months = right.number_input(
            _("Lasts, months"),
            min_value=0,
            max_value=_LONGEST_MONTHS,
            value=24,
            key="consent_purpose_months",
            help=_("After that people are asked again; 0: it has no end."),
        )
        used = st.multiselect(
            _("Datasets used for it"),
            names,
            key="consent_purpose_datasets",
            placeholder=_("none"),
        )
        submitted = st.form_submit_button(
            _("Keep the purpose"), type="primary", key="consent_purpose_keep"
        )
    if submitted:
        with outputs.explained(_("Not kept")):
            workspace.rights.consents.keep_purpose(
                id_.strip(), title, kind=kind, datasets_=used, lasts_months=int(months)
            )
            changes.say(_("The purpose is kept."))


def new_text(workspace: Workspace, known: Sequence[Purpose]) -> None:
    """People are shown another text from now on."""
    if not known:
        return
    with st.form("consent_text", border=True):
        st.subheader(_("Show another text"))
        left, right = st.columns(2)
        purpose = left.selectbox(
            _("Purpose"),
            [one.id for one in known],
            format_func=lambda id_: changes.titled(known, id_),
            key="consent_text_purpose",
        )
        version = right.text_input(_("Version"), key="consent_text_version")
        words = st.text_area(
            _("Text"), key="consent_text_words", help=_("Only its SHA-256 is kept.")
        )
        is_material = st.checkbox(
            _("It asks for more: who agreed to earlier texts has to be asked again"),
            key="consent_text_material",
        )
        submitted = st.form_submit_button(_("Show from now on"), key="consent_text_keep")
    if submitted:
        with outputs.explained(_("Not kept")):
            workspace.rights.consents.new_text(
                str(purpose), version, words, is_material=is_material
            )
            changes.say(_("The text is on record from now on."))


def _kinds() -> dict[str, str]:
    """The register's kinds of purpose."""
    field = kind_of("consent").field("purpose_type")
    return dict(field.choices) if field else {}
