"""The register in and out as files, the record of processing, and what contradicts itself."""

from __future__ import annotations

from functools import partial

import streamlit as st

from compliance.i18n import locales, mark
from compliance.i18n import translate as _
from compliance.register import Shape, kinds
from compliance.register.nouns import Contradiction, Register
from compliance.workspace import Workspace
from compliance.workspace.governing.registering import LARGEST_FILE_BYTES
from pages.parts import language, outputs, permitted, wording

_ROLES = mark("Controller, Art. 30(1)"), mark("Processor, Art. 30(2)")
_EVERYTHING = ""
_THREE_LINES = 78  # pixels of a row


def bring_in(workspace: Workspace) -> None:
    """Take records in from a file; all of them or none."""
    st.header(_("Import"))
    with st.form("register_import", border=True):
        upload = st.file_uploader(
            _("CSV with one kind of record, or JSON"),
            type=["csv", "json"],
            key="register_file",
            max_upload_size=LARGEST_FILE_BYTES // 2**20,
        )
        kind = st.selectbox(
            _("Which kind"),
            [_EVERYTHING, *kinds()],
            format_func=lambda k: _(kinds()[k].plural) if k else _("as the file says"),
            key="register_file_kind",
            width=420,
        )
        submitted = st.form_submit_button(
            _("Import"),
            type="primary",
            key="register_take_in",
            **permitted.needs("register.import"),
        )
    if not submitted:
        return
    if upload is None:
        st.warning(_("Choose a file first."))
    else:
        with outputs.explained(_("Nothing was imported")):
            area = workspace.governance.register
            found = area.import_(upload.getvalue(), upload.name, kind or None)
            st.success(_("{n} records were imported.").format(n=outputs.count(len(found))))


def take_out(workspace: Workspace) -> None:
    """Hand records over as a file that can be taken in again."""
    st.header(_("Export"))
    area = workspace.governance.register
    kind = st.selectbox(
        _("What"),
        [_EVERYTHING, *kinds()],
        format_func=lambda k: _(kinds()[k].plural) if k else _("everything"),
        key="register_export_kind",
        width=420,
    )
    name = kind or "register"
    others = st.checkbox(
        _("For others: leave out what may name a person"), key="register_export_others"
    )
    with st.container(horizontal=True):
        if kind:
            st.download_button(
                _("Download as CSV"),
                data=partial(area.export, Shape.CSV, kind, for_others=others),
                file_name=f"{name}.csv",
                mime="text/csv",
                on_click="ignore",
                key="register_export_csv",
                icon=":material/download:",
                **permitted.needs("register.export"),
            )
        st.download_button(
            _("Download as JSON"),
            data=partial(area.export, Shape.JSON, kind or None, for_others=others),
            file_name=f"{name}.json",
            mime="application/json",
            on_click="ignore",
            key="register_export_json",
            icon=":material/download:",
            **permitted.needs("register.export"),
        )
    outputs.remark(
        _("Each export stands in the trail: how many records, and whether names were left out.")
    )


def record_of_processing(workspace: Workspace) -> None:
    """The record of processing activities as one table, and the same as a file."""
    area = workspace.governance.register
    left, right = st.columns(2, vertical_alignment="bottom")
    role = left.radio(_("As"), _ROLES, format_func=_, horizontal=True, key="register_ropa_role")
    names = [_EVERYTHING, *(str(dataset.name) for dataset in workspace.datasets())]
    dataset = right.selectbox(
        _("Activities that use"),
        names,
        format_func=lambda n: n or _("any dataset"),
        key="register_ropa_dataset",
    )
    ropa = area.ropa(as_processor=role == _ROLES[1], dataset=str(dataset))
    st.table({_(label): wording.escaped(_(text)) for label, text in ropa.header})
    labels = [_(column.label) for column in ropa.columns]
    if not ropa.rows:
        st.markdown(_("There is no such activity on record."))
    else:
        outputs.table(
            [dict(zip(labels, map(_, row), strict=True)) for row in ropa.rows],
            key="register_ropa",
            alt=_("{n} processing activities with what Article 30 asks for").format(
                n=len(ropa.rows)
            ),
            row_height=_THREE_LINES,
            column_config={
                _(column.label): st.column_config.TextColumn(
                    help=_(column.ref) or None, width="medium", pinned=column.id == "activity"
                )
                for column in ropa.columns
            },
        )
    with st.container(horizontal=True):
        for shape, mime in ((Shape.CSV, "text/csv"), (Shape.JSON, "application/json")):
            st.download_button(
                _("Download as {form}").format(form=shape.upper()),
                data=partial(area.export_ropa, ropa, shape),
                file_name=f"record-of-processing.{shape}",
                mime=mime,
                on_click="ignore",
                key=f"register_ropa_{shape}",
                icon=":material/download:",
                **permitted.needs("register.export"),
            )


def contradictions(register: Register) -> None:
    """What cannot both be so, each with the way to its record."""
    if not register.contradictions:
        st.markdown(_("No record contradicts itself or another."))
    for number, one in enumerate(register.contradictions):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            record = register.record(one.kind, one.record)
            kind = kinds()[one.kind]
            fields = locales.joined((_(f.label) for f in map(kind.field, one.fields) if f), "words")
            st.markdown(
                f"{wording.badge(('warning', 'orange'), _('contradiction'))} "
                f"**{wording.escaped(record.name if record else one.record)}** "
                f"({_(kind.singular)})  \n{_(one.says)}  \n"
                + _("Not assessed: {fields}").format(fields=fields),
                width="stretch",
            )
            st.button(
                _("Open"),
                key=f"register_open_{number}",
                icon=":material/edit:",
                on_click=_go_to,
                args=(one,),
                **permitted.needs("register.export"),
            )


@language.callback
def _go_to(one: Contradiction) -> None:
    """Look at the record of a contradiction next."""
    st.session_state["register_next"] = (one.kind, one.record)
