"""The plan as a file, and hierarchies as files, several at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from compliance.anonymise import from_plan, read_hierarchy, to_plan
from compliance.anonymise.nouns import Plan
from compliance.dataset.nouns import ColumnName, Dataset
from compliance.discovery.nouns import Discovery
from compliance.errors import ComplianceError, MalformedRecipeError
from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.plain import from_yaml, to_yaml
from pages.parts import language, outputs, wording
from pages.parts.anonymising import drafts
from pages.parts.anonymising.drafts import Draft, Given

_YAML = (".yaml", ".yml")


def as_file(dataset: Dataset, draft: Draft) -> None:
    """The same plan for the command line."""
    text = to_yaml(from_plan(draft.plan))
    with st.expander(_("The same plan as a file"), icon=":material/description:"):
        st.code(text, language=None, wrap_lines=True)
        st.download_button(
            _("Download plan.yaml"),
            lambda: text,
            f"{dataset.name}-plan.yaml",
            "application/yaml",
            on_click="ignore",
            key="anonymise_plan",
        )


def taken(dataset: Dataset, found: Discovery, draft: Draft) -> None:
    """Take a plan and its hierarchies from files, or begin again."""
    with st.expander(_("Take a plan or hierarchies from files"), icon=":material/upload_file:"):
        outputs.remark(
            _(
                "A plan is YAML; a hierarchy is CSV as ARX writes it, and belongs to the column "
                "that its name ends with (adult_hierarchy_age.csv) or that the plan names it for."
            )
        )
        st.file_uploader(
            _("Plan and hierarchies"),
            type=["yaml", "yml", "csv"],
            accept_multiple_files=True,
            key=f"anonymise_upload_{draft.place}_{draft.edition}",
        )
        with st.container(horizontal=True):
            for label, key, act in (
                (_("Use these files"), "anonymise_take", _take),
                (_("Begin again with what the desk proposes"), "anonymise_anew", _again),
            ):
                st.button(label, key=key, on_click=act, args=(dataset, found, draft))
    told = st.session_state.pop("anonymise_file_said", None)
    if told is None:
        return
    refusal, said = told
    if refusal:
        st.error(wording.escaped(refusal), title=_("Not understood"), icon=":material/block:")
    elif said:
        st.success(said)


@language.callback
def _again(dataset: Dataset, found: Discovery, draft: Draft) -> None:
    drafts.anew(draft, dataset, found)


@language.callback
def _take(dataset: Dataset, found: Discovery, draft: Draft) -> None:
    """Put the given files into the draft; a refusal is told."""
    uploads: list[UploadedFile] = (
        st.session_state.get(f"anonymise_upload_{draft.place}_{draft.edition}") or []
    )
    try:
        plans = [one for one in uploads if one.name.lower().endswith(_YAML)]
        plan = _plan(plans[-1].getvalue()) if plans else draft.plan
        for column in (*plan.columns, *(c.column for c in plan.criteria if c.column)):
            dataset.column(column)
        given, unused = _hierarchies(plan, [one for one in uploads if one not in plans], draft)
        plan = _from_files(plan, given)
        drafts.put(_replaced(draft, given))
        drafts.anew(_replaced(draft, given), dataset, found, plan)
        st.session_state["anonymise_file_said"] = ("", _said(plans, given, unused, draft))
    except ComplianceError as refusal:
        st.session_state["anonymise_file_said"] = (wording.refused(refusal), "")


def _plan(data: bytes) -> Plan:
    raw = from_yaml(data, lambda why: MalformedRecipeError(place=_("the file"), reason=why))
    return to_plan(raw)


def _hierarchies(
    plan: Plan, uploads: Sequence[UploadedFile], draft: Draft
) -> tuple[dict[ColumnName, Given], list[str]]:
    """The hierarchies among the files, by column; and the files that belong to none."""
    found, unused = dict(draft.given), list[str]()
    for upload in uploads:
        column = _column_of(upload.name, plan)
        if column is None:
            unused.append(upload.name)
            continue
        read = read_hierarchy(upload.getvalue(), column)
        found[column] = Given(
            file=upload.name[:80], id=upload.file_id, hierarchy=read.hierarchy, notes=read.notes
        )
    return found, unused


def _column_of(file: str, plan: Plan) -> ColumnName | None:
    read = [q.column for q in plan.quasi_identifiers if q.hierarchy == file]
    read += [c.column for c in plan.criteria if c.column and c.hierarchy == file]
    stem = PurePath(file).stem.casefold()
    named = [name for name in plan.columns if stem == name.casefold()]
    ends = [name for name in plan.columns if stem.endswith(f"_{name.casefold()}")]
    return next(iter((*read, *named, *ends)), None)


def _from_files(plan: Plan, given: Mapping[ColumnName, Given]) -> Plan:
    return replace(
        plan,
        quasi_identifiers=tuple(
            replace(q, hierarchy=given[q.column].file) if q.column in given else q
            for q in plan.quasi_identifiers
        ),
    )


def _replaced(draft: Draft, given: dict[ColumnName, Given]) -> Draft:
    return replace(draft, given=given)


def _said(
    plans: Sequence[object],
    given: Mapping[ColumnName, Given],
    unused: Sequence[str],
    draft: Draft,
) -> str:
    new = [name for name, one in given.items() if draft.given.get(name) != one]
    said = [_("The plan stands in the form.")] if plans else []
    if new:
        columns = wording.escaped(locales.joined(new, "words"))
        said.append(_("Hierarchies read for {columns}.").format(columns=columns))
    if unused:
        names = wording.escaped(locales.joined(unused, "words"))
        said.append(_("Of no quasi-identifier, and not used: {names}.").format(names=names))
    return locales.joined(said, "sentences") or _("No file was given.")
