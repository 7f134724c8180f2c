"""What happens to columns that are no quasi-identifiers, and what each treatment is good for."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from compliance.anonymise import kinds
from compliance.anonymise.nouns import Treatment, TreatmentKind
from compliance.dataset.nouns import ColumnName, Dataset
from compliance.discovery.nouns import Discovery
from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.workspace import Workspace
from pages.parts import outputs, wording
from pages.parts.anonymising.drafts import Draft

_USUAL = "usual"
# What a setting that must be said is at first.
_FIRST = {"base": 10.0, "scale": 1.0}


def others(
    workspace: Workspace, dataset: Dataset, found: Discovery, draft: Draft, *, is_seen: bool
) -> Draft:
    """A table of what happens to all other columns, and one of them at a time to change.

    Args:
        is_seen: whether anybody looks at it; else what is only read is left out.
    """
    names = [name for name in dataset.column_names if name not in draft.plan.columns]
    if not names:
        st.markdown(_("Every column is a quasi-identifier; there is no other."))
        return draft
    bare = replace(draft.plan, treatments=())
    gone = set(workspace.anonymisation.left_out(dataset.name, bare))
    table = st.container()
    left, right = st.columns(2)
    with left:
        picked = st.selectbox(
            _("Change what happens to"), names, key=f"anonymise_other_{draft.place}"
        )
        column = ColumnName(picked if picked in names else names[0])
        draft = _changed(draft, column, is_gone=column in gone)
    if is_seen:
        with right:
            _explained(draft, column, is_gone=column in gone)
        with table:
            _overview(dataset, found, draft, gone)
    return draft


def _overview(dataset: Dataset, found: Discovery, draft: Draft, gone: set[ColumnName]) -> None:
    labels = {label.column: label for label in found.labels}
    outputs.table(
        [
            {
                _("Column"): name,
                _("How it points to people"): _(outputs.CLASS_WORDS[labels[name].identifier_class])
                if name in labels
                else "",
                _("What happens to it"): _happens(draft, name, is_gone=name in gone),
                _("Why"): _("named in the plan")
                if draft.treatments(name)
                else _("usual for its kind"),
            }
            for name in dataset.column_names
            if name not in draft.plan.columns
        ],
        key="anonymise_others",
        alt=_("Every other column with what happens to it in the output"),
    )


def _happens(draft: Draft, column: ColumnName, *, is_gone: bool) -> str:
    steps = draft.treatments(column)
    if not steps:
        is_asked = bool(draft.asked(column))
        stays = _("Stays, protected within groups") if is_asked else _("Stays as it is")
        return _("Left out") if is_gone else stays
    return locales.joined((_(kinds()[step.kind].title) for step in steps), "words")


def _changed(draft: Draft, column: ColumnName, *, is_gone: bool) -> Draft:
    steps = draft.treatments(column)
    key = f"{draft.place}_{draft.edition}_{column}"
    options = [_USUAL, *map(str, TreatmentKind)]
    usual = _("As usual: left out") if is_gone else _("As usual: stays as it is")
    picked = st.selectbox(
        _("What happens to “{column}”").format(column=column),
        options,
        options.index(steps[-1].kind) if steps else 0,
        format_func=lambda one: usual if one == _USUAL else _(kinds()[TreatmentKind(one)].title),
        key=f"anonymise_treatment_{key}",
    )
    if len(steps) > 1 and picked == steps[-1].kind:
        outputs.remark(_("The plan’s file names several steps; they stay until you change this."))
        return draft
    rest = tuple(each for each in draft.plan.treatments if each.column != column)
    if picked == _USUAL:
        return replace(draft, plan=replace(draft.plan, treatments=rest))
    before = steps[0] if steps and steps[0].kind == picked else None
    made = _settled(column, TreatmentKind(picked), before, key)
    place = [each.column for each in draft.plan.treatments].index(column) if steps else len(rest)
    after = (*rest[:place], made, *rest[place:])
    return replace(draft, plan=replace(draft.plan, treatments=after))


def _settled(
    column: ColumnName, kind: TreatmentKind, before: Treatment | None, key: str
) -> Treatment:
    """The treatment with its settings as typed; what is left empty stays at its default."""
    settings: dict[str, float | str] = {}
    for name, setting in kinds()[kind].settings.items():
        if name == "type":
            continue  # what discovery says of the column
        said = before.settings.get(name) if before else _FIRST.get(name)
        if setting.kind == "choice":
            options = list(setting.of)
            at = options.index(str(said or setting.default))
            value: float | str | None = st.selectbox(
                _(setting.title).capitalize(),
                options,
                at,
                key=f"anonymise_setting_{key}_{kind}_{name}",
            )
        elif setting.kind == "text":
            value = st.text_input(
                _(setting.title).capitalize(),
                str(said or ""),
                max_chars=80,
                key=f"anonymise_setting_{key}_{kind}_{name}",
            )
        else:
            is_whole = setting.kind == "whole"
            number = int if is_whole else float
            value = st.number_input(
                _(setting.title).capitalize(),
                None if setting.least is None else number(setting.least),
                None if setting.most is None else number(setting.most),
                None if said is None else number(said),
                placeholder=locales.formatted(setting.default, "g")
                if isinstance(setting.default, float | int)
                else "",
                key=f"anonymise_setting_{key}_{kind}_{name}",
            )
        if value is not None and value not in ("", setting.default):
            settings[name] = value
    return Treatment(column=column, kind=kind, settings=settings)


def _explained(draft: Draft, column: ColumnName, *, is_gone: bool) -> None:
    """What the treatment does, protects against, and leaves open."""
    steps = draft.treatments(column)
    usual = TreatmentKind.DROP if is_gone else TreatmentKind.KEEP
    row = kinds()[steps[-1].kind if steps else usual]
    st.markdown(wording.titled(_(row.title), _(row.does)))
    st.markdown(f":material/shield: {wording.titled(_('Protects against'), _(row.protects))}")
    st.markdown(f":material/warning: {wording.titled(_('Leaves open'), _(row.leaves))}")
    outputs.remark(_("Source: {source}").format(source=row.source))
