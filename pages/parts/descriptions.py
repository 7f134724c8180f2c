"""What only people know of a dataset, as a form."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from babel import Locale

from compliance.dataset.nouns import Dataset, Description, LegalBasis
from compliance.i18n import translate as _

BASES = {
    LegalBasis.CONSENT: "Consent (a)",
    LegalBasis.CONTRACT: "Contract (b)",
    LegalBasis.LEGAL_OBLIGATION: "Legal obligation (c)",
    LegalBasis.VITAL_INTERESTS: "Vital interests (d)",
    LegalBasis.PUBLIC_TASK: "Public task (e)",
    LegalBasis.LEGITIMATE_INTERESTS: "Legitimate interests (f)",
}


def description(dataset: Dataset | None, key: str) -> Description:
    """What people know of a dataset, as typed."""
    said = dataset.description if dataset else Description()
    countries = Locale("en").territories
    codes = sorted(
        c
        for c in countries
        if len(c) == 2 and c.isalpha() and c not in ("EU", "EZ", "UN", "QO", "XA", "XB", "ZZ")
    )
    left, right = st.columns(2)
    with left:
        subjects = st.text_input(
            _("Whose data it is"),
            said.data_subjects,
            key=f"{key}_subjects",
            placeholder=_("customers"),
        )
        purpose = st.text_input(
            _("Purpose"), said.purpose, key=f"{key}_purpose", placeholder=_("fulfilment of orders")
        )
        source = st.text_input(
            _("Where it came from"), said.source, key=f"{key}_source", placeholder=_("web shop")
        )
        population = st.text_input(
            _("Who shares one privacy budget"),
            said.population,
            key=f"{key}_population",
            placeholder=dataset.name if dataset else _("the dataset's name"),
            help=_("Tables about the same people share a budget when the same words stand here."),
        )
    with right:
        basis = st.selectbox(
            _("Legal basis (GDPR Art. 6(1))"),
            [None, *LegalBasis],
            index=0 if said.legal_basis is None else 1 + list(LegalBasis).index(said.legal_basis),
            format_func=lambda b: _("not recorded") if b is None else _(BASES[b]),
            key=f"{key}_basis",
        )
        region = st.selectbox(
            _("Home region"),
            ["", *codes],
            index=0 if said.region not in codes else 1 + codes.index(said.region),
            format_func=lambda c: _("not recorded") if not c else f"{countries[c]} ({c})",
            key=f"{key}_region",
        )
        months = st.number_input(
            _("Kept for, in months (0: not recorded)"),
            0,
            1200,
            said.retention_months or 0,
            key=f"{key}_months",
        )
        condition = st.text_input(
            _("Condition for special categories (Art. 9(2))"),
            said.special_condition,
            key=f"{key}_condition",
            placeholder=_("only if there are such data"),
        )
    unit = said.unit
    if dataset is not None:
        names = [None, *dataset.column_names]
        unit = st.selectbox(
            _("Column that tells one person from another"),
            names,
            index=names.index(unit) if unit in names else 0,
            format_func=lambda c: _("none or not known") if c is None else c,
            key=f"{key}_unit",
        )
    return replace(
        said, data_subjects=subjects, purpose=purpose, source=source, population=population,
        legal_basis=basis, region=region, retention_months=months or None,
        special_condition=condition, unit=unit,
    )  # fmt: skip
