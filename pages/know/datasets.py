"""Load tables, see what was cleaned, and say whose data it is and why."""

from functools import partial

import streamlit as st

from compliance.dataset import RawFile
from compliance.dataset.nouns import Dataset
from compliance.errors import ChooseTableError
from compliance.i18n import mark
from compliance.i18n import translate as _
from pages.parts import descriptions, kept, loaded, navigation, outputs, permitted, session

WAYS = UPLOAD, _PLACE, _KEPT = (
    mark("Upload"),
    mark("A place on this machine"),
    mark("Keep it where it is"),
)


def describe(dataset: Dataset) -> None:
    """Say whose data it is and why."""
    with st.form("datasets_describe", border=False):
        said = descriptions.description(dataset, f"datasets_{dataset.id}")
        if st.form_submit_button(_("Record"), type="primary", key="datasets_record"):
            with outputs.explained(_("Not recorded")):
                workspace.describe(dataset.name, said)
                st.toast(_("Recorded."), icon=":material/check:")


workspace = session.workspace()
outputs.remark(
    _("Everything the desk works on comes in here, is cleaned in plain sight, and is described.")
)

with st.expander(
    _("Load a dataset"),
    icon=":material/upload:",
    expanded=not workspace.datasets(),
    key="datasets_loading",
):
    way = st.segmented_control(
        _("From where"),
        WAYS,
        default=UPLOAD,
        format_func=_,
        key="datasets_way",
        required=True,
    )
    with st.form("datasets_add", border=False):
        uploads, place, stays = [], "", ""
        if way == UPLOAD:
            uploads = st.file_uploader(
                _("Files with one header become one table"),
                accept_multiple_files=True,
                key="datasets_files",
                help=_("CSV, TSV, Excel, Parquet, JSON lines, SQLite or a ZIP with one of them."),
            )
        elif way == _KEPT:
            stays = kept.places(workspace)
        else:
            place = st.text_input(
                _("Path of a file or folder, or a database address"),
                key="datasets_place",
                help=_("Large files are better given by their path: they are read, not copied."),
            )
        left, right = st.columns(2)
        name = left.text_input(_("Name of the dataset"), key="datasets_name")
        table = right.text_input(_("Sheet or table, if there are several"), key="datasets_table")
        said = descriptions.description(None, "datasets_new")
        submitted = st.form_submit_button(
            _("Load"), type="primary", key="datasets_load", **permitted.needs("dataset.add")
        )
    if submitted and not (uploads or place or stays):
        st.warning(_("Choose a file or give a path first."))
    elif submitted:
        with outputs.explained(_("Not loaded")), outputs.working(_("Reading and cleaning …")):
            try:
                if stays:
                    added = kept.register(workspace, stays, name, said)
                elif uploads:
                    files = [RawFile(name=u.name, data=u.getvalue()) for u in uploads]
                    added = workspace.add_files(files, name, said, table=table or None)
                else:
                    added = workspace.add_places([place], name, said, table=table or None)
            except ChooseTableError as question:
                st.info(_("Type one of these names as sheet or table, and load again:"))
                st.markdown(", ".join(f"`{choice}`" for choice in question.choices))
                raise
            session.choose(str(added.name))
            done = mark("{rows} rows and {columns} columns are stored as {name}.")
            if stays:
                done = mark("{rows} rows and {columns} columns are registered as {name}.")
            st.success(
                _(done).format(
                    rows=outputs.count(added.rows), columns=len(added.columns), name=added.name
                )
            )

if not workspace.datasets():
    st.markdown(_("There is no dataset yet. Load one above, or open the demo shop."))
    navigation.link("overview", _("Open the demo shop"))
    st.stop()
dataset = session.dataset_or_stop()
with st.container(horizontal=True):
    st.metric(_("Rows"), outputs.count(dataset.rows), border=True)
    st.metric(_("Columns"), len(dataset.columns), border=True)
    st.metric(_("Version"), dataset.version, border=True)
    st.metric(_("Source files"), len(dataset.sources), border=True)

kept.standing(dataset)
about = _("Whose data and why")
outputs.tabbed(
    "datasets_tabs",
    {
        about: partial(describe, dataset),
        _("Cleaning"): partial(loaded.cleaning, dataset),
        _("Columns"): partial(loaded.columns, dataset),
        _("Origin"): partial(loaded.origin, dataset),
    },
    always=[about],
)
