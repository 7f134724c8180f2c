"""The desk as it is found first: two ways to begin."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

from compliance.i18n import translate as _
from compliance.workspace import Workspace
from pages.parts import language, navigation, outputs, permitted
from pages.parts.guiding import first_report, touring


def choose_or_stop(workspace: Workspace) -> NoReturn:
    """What the desk is for, and the two ways: the demo shop, or one's own data."""
    st.markdown(
        _(
            "Privacy Desk finds the personal data in your tables, lets you publish statistics and "
            "train models without showing anybody, and writes the report that proves it. "
            "Everything stays on this machine."
        )
    )
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        _demo(workspace)
    with right.container(border=True, height="stretch"):
        st.header(_("Load your own data"))
        st.markdown(
            _("CSV, Excel, Parquet, JSON lines or a database. The files are read, never changed.")
        )
        outputs.remark(_("Five steps lead to the first report:"))
        first_report.told()
        st.button(
            _("Load your own data"),
            key="overview_own",
            icon=":material/upload:",
            on_click=_to_datasets,
            **permitted.needs("dataset.add"),
        )
    st.stop()


def _demo(workspace: Workspace) -> None:
    st.header(_("Open the demo shop"))
    st.markdown(
        _(
            "An invented company with 20,000 customers in five countries, 200,000 orders, "
            "clicks and reviews. Nothing in it is real."
        )
    )
    st.markdown(
        _(
            "A guided tour then leads along the life cycle of data, with one worked task on each "
            "page. Leave it whenever you like; it waits where you left it."
        )
    )
    if st.button(
        _("Open the demo shop"),
        type="primary",
        key="overview_demo",
        **permitted.needs("organisation.describe"),
    ):
        with outputs.explained(_("Not built")), st.spinner(_("Building the demo shop …")):
            outputs.whole(workspace.building_demo())
            touring.begin()
            st.rerun()


@language.callback
def _to_datasets() -> None:
    navigation.go("datasets")
