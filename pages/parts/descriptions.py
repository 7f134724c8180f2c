"""What only people know of a dataset, as a form."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from babel import Locale

from compliance.dataset.nouns import Dataset, Description, LegalBasis
from compliance.i18n import translate as _
from pages.parts import wording

BASES = {
    LegalBasis.CONSENT: "Consent (a)",
    LegalBasis.CONTRACT: "Contract (b)",
    LegalBasis.LEGAL_OBLIGATION: "Legal obligation (c)",
    LegalBasis.VITAL_INTERESTS: "Vital interests (d)",
    LegalBasis.PUBLIC_TASK: "Public task (e)",
    LegalBasis.LEGITIMATE_INTERESTS: "Legitimate interests (f)",
}
_NO_COUNTRIES = ("EU", "EZ", "UN", "QO", "XA", "XB", "ZZ")


def description(dataset: Dataset | None, key: str) -> Description:
    """What people know of a dataset, as typed."""
    said = dataset.description if dataset else Description()
    left, right = st.columns(2)
    with left:
        said = _whose(said, key, dataset.name if dataset else _("the dataset's name"))
    with right:
        said = _on_what_ground(said, key)
    if dataset is None:
        return said
    names = [None, *dataset.column_names]
    unit = st.selectbox(
        _("Column that tells one person from another"),
        names,
        index=names.index(said.unit) if said.unit in names else 0,
        format_func=lambda c: _("none or not known") if c is None else c,
        key=f"{key}_unit",
    )
    return replace(said, unit=unit)


def _whose(said: Description, key: str, default_population: str) -> Description:
    subjects = st.text_input(
        _("Whose data it is"), said.data_subjects, key=f"{key}_subjects", placeholder=_("customers")
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
        placeholder=default_population,
        help=_("Tables about the same people share a budget when the same words stand here."),
    )
    return replace(
        said, data_subjects=subjects, purpose=purpose, source=source, population=population
    )


def _on_what_ground(said: Description, key: str) -> Description:
    bases = [None, *LegalBasis]
    basis = st.selectbox(
        _("Legal basis (GDPR Art. 6(1))"),
        bases,
        index=bases.index(said.legal_basis),
        format_func=lambda b: _("not recorded") if b is None else _(BASES[b]),
        key=f"{key}_basis",
    )
    countries = _countries()
    codes = ["", *countries]
    region = st.selectbox(
        _("Home region"),
        codes,
        index=codes.index(said.region) if said.region in codes else 0,
        format_func=lambda c: wording.bracketed(countries[c], c) if c else _("not recorded"),
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
    return replace(
        said,
        legal_basis=basis,
        region=region,
        retention_months=months or None,
        special_condition=condition,
    )


def _countries() -> dict[str, str]:
    """Countries and territories by their code of two letters (ISO 3166)."""
    names = Locale("en").territories
    return {
        code: wording.country(code)
        for code in sorted(names)
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
    }
