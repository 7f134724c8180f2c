"""Datasets whose rows stay where they are: registered, and what works on them."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

from compliance.dataset.nouns import ColumnName, Dataset, Description, Engine
from compliance.discovery.nouns import Discovery
from compliance.errors import KeptError
from compliance.i18n import locales, mark
from compliance.i18n import translate as _
from compliance.workspace import Workspace
from pages.parts import navigation, outputs, wording

_NOT_HERE = mark(
    "The rows of {dataset} are kept elsewhere, and this needs them here. Discovery, risk, "
    "previews, releases, budgets and duties work on it; for anything else load an extract as a "
    "dataset of its own."
)
_ENGINES = {
    Engine.DUCKDB: mark("the desk’s own engine, over Parquet files of this machine"),
    Engine.POSTGRESQL: mark("PostgreSQL"),
    Engine.SPARK: mark("Spark"),
}
_WORKS = (
    (mark("Discovery"), mark("on a sample of rows, drawn there"), True),
    (mark("Risk"), mark("by all rows, counted there; without sensitive columns"), True),
    (mark("Preview and release"), mark("by all rows, added up there; noise is drawn here"), True),
    (mark("Budget, duties, lineage, reports"), mark("as of every dataset"), True),
    (mark("Anonymisation, training, requests of people"), mark("they need the rows here"), False),
)


def stop(dataset: Dataset) -> NoReturn:
    """End a page that needs rows which are not here, and lead on to what works."""
    st.markdown(_(_NOT_HERE).format(dataset=dataset.name))
    navigation.link("discovery", _("Find the personal data in these columns"))
    navigation.link("tradeoff", _("Try what could be published"))
    st.stop()


def risk(workspace: Workspace, dataset: Dataset) -> None:
    """How easily people can be picked out by some columns; counted on all rows, where they lie."""
    with st.form("anonymise_kept", border=False):
        columns = st.multiselect(
            _("Columns that point to people together"),
            [str(name) for name in dataset.column_names],
            key="anonymise_kept_columns",
            placeholder=_("choose columns"),
        )
        submitted = st.form_submit_button(_("Count"), type="primary", key="anonymise_kept_count")
    if not submitted:
        return
    if not columns:
        st.warning(_("Choose at least one column first."))
        return
    with outputs.explained(_("Not counted")), outputs.working(_("Counting where the rows lie …")):
        found = workspace.anonymisation.risk(dataset.name, [ColumnName(c) for c in columns])
        with st.container(horizontal=True):
            st.metric(_("Smallest class (k)"), outputs.count(found.k), border=True)
            st.metric(_("Unique"), outputs.count(found.uniques), border=True)
            st.metric(_("Classes"), outputs.count(found.classes), border=True)
            st.metric(_("Highest risk"), locales.share(found.prosecutor.max, 1), border=True)


def sampled(found: Discovery) -> None:
    """That labels were seen on a sample, where the rows are kept elsewhere; else nothing."""
    if found.sampled_rows:
        outputs.remark(
            _(
                "Seen on a sample of {rows} rows, drawn where they lie. What is rare among them "
                "need not be so among all, so nothing is called rare."
            ).format(rows=outputs.count(found.sampled_rows))
        )


def places(workspace: Workspace) -> str:
    """A field for a place, and which warehouses there are."""
    typed = st.text_input(
        _("Parquet file or folder on this machine, or WAREHOUSE:TABLE"),
        key="datasets_kept",
        help=_("Nothing is copied: the rows are counted where they lie."),
    )
    try:
        known = workspace.keeping.warehouses()
    except KeptError as problem:
        st.warning(str(problem))
        return typed
    if known:
        named = locales.joined(
            (wording.bracketed(name, _(_ENGINES[engine])) for name, engine in known.items()),
            "words",
        )
        outputs.remark(_("Warehouses: {named}").format(named=named))
    else:
        outputs.remark(_("The administrator has named no warehouse; files can be registered."))
    return typed


def register(workspace: Workspace, typed: str, name: str, said: Description) -> Dataset:
    """The dataset that stays at the place that was typed."""
    return workspace.keeping.add(typed, name, said)


def standing(dataset: Dataset) -> None:
    """Where its rows lie, what computes there, and what works on it; nothing for others."""
    if dataset.kept is None:
        return
    place = dataset.kept
    st.markdown(
        _("Its rows are kept elsewhere: **{place}**, computed on by {engine}.").format(
            place=place.title, engine=_(_ENGINES[place.engine])
        )
    )
    outputs.table(
        [
            {_("What"): _(what), _("How"): _(how), _("Works"): _("yes") if works else _("no")}
            for what, how, works in _WORKS
        ],
        key="datasets_kept_works",
        alt=_("What the desk can do with rows that are kept elsewhere"),
    )
