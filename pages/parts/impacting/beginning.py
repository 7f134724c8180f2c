"""The list of assessments, what still needs one, and a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from compliance.i18n import locales, plural
from compliance.i18n import translate as _
from compliance.impact import standing, suggested, templates
from compliance.impact.nouns import Impact, ImpactKind, Screened
from compliance.register.nouns import Record
from compliance.rules.nouns import Knowledge
from compliance.workspace import Workspace
from pages.parts import outputs, permitted
from pages.parts.impacting import words

NOTHING = ""


def begin(workspace: Workspace, knowledge: Knowledge, *, is_first: bool) -> None:
    """A form for a new assessment: what it is about, and what to propose."""
    activities = {r.id: r for r in knowledge.register.of("activity") if not r.is_removed}
    datasets = [str(holding.dataset.name) for holding in knowledge.holdings]
    with st.expander(_("Begin an assessment"), expanded=is_first, icon=":material/add:"):
        outputs.remark(
            _(
                "Whatever the desk knows is filled in, each answer with the facts that it rests "
                "on. A template proposes the rest; a proposal counts once you take it over."
            )
        )
        with st.form("impact_begin_form", border=False):
            kind = st.radio(
                _("Which assessment"),
                [*ImpactKind],
                format_func=lambda one: _(words.KIND_WORDS[one]),
                horizontal=True,
                key="impact_kind",
            )
            one, two = st.columns(2)
            activity = one.selectbox(
                _("Processing activity"),
                [NOTHING, *activities],
                format_func=lambda id_: _named(activities, id_),
                key="impact_activity",
                help=_("As recorded in the register; its datasets come with it."),
            )
            wanted = one.multiselect(
                _("Datasets"),
                datasets,
                key="impact_datasets",
                placeholder=_("those of the activity"),
            )
            template = two.selectbox(
                _("Template"),
                [NOTHING, *(template.id for template in templates())],
                format_func=_template_named,
                key="impact_template",
                help=_("Left out: chosen by the words of the activity's purposes, if any fit."),
            )
            title = two.text_input(
                _("Title"), key="impact_title", placeholder=_("by its subject"), max_chars=200
            )
            submitted = st.form_submit_button(
                _("Begin"), type="primary", key="impact_begin", **permitted.needs("impact.begin")
            )
    if submitted:
        record = activities.get(activity or NOTHING)
        chosen = template or (suggested(_purposes(record)) if record else NOTHING)
        with outputs.explained(_("Not begun")):
            made = workspace.governance.impacts.begin(
                kind,
                chosen,
                activity=activity or NOTHING,
                datasets=wanted,
                title=title,
            )
            st.session_state["impact_open"] = made.id
            st.rerun()


def listed(
    workspace: Workspace, found: Sequence[Impact], knowledge: Knowledge
) -> Mapping[str, tuple[str, ...]]:
    """All assessments with what changed since each; by id."""
    area = workspace.governance.impacts
    changed = {one.id: area.changed_in(one, knowledge) for one in found}
    outputs.table(
        [
            {
                _("Assessment"): _(one.title),
                _("Kind"): one.kind.upper(),
                _("Stands"): _(str(standing(one, knowledge))),
                _("Version"): one.version,
                _("Validated"): one.validated_at,
                _("What changed since"): locales.joined(map(_, changed[one.id]), "clauses") or "–",
            }
            for one in found
        ],
        key="impact_list",
        alt=_("Each assessment with how it stands and what changed since"),
    )
    return changed


def lacking(needs: Mapping[str, Screened], knowledge: Knowledge) -> None:
    """Activities that no assessment is about yet, with what their screening says."""
    if not needs:
        return
    with st.expander(
        plural(
            "{n} activity without an assessment",
            "{n} activities without an assessment",
            len(needs),
        ).format(n=len(needs)),
        icon=":material/filter_list:",
    ):
        for id_, found in needs.items():
            record = knowledge.register.record("activity", id_)
            name = record.name if record and record.name else id_
            st.markdown(f"**{name}** {words.need_badge(found.need)}")
            outputs.remark(_(found.because))


def _named(activities: Mapping[str, Record], id_: str) -> str:
    return (activities[id_].name or id_) if id_ else _("none; name datasets instead")


def _template_named(id_: str) -> str:
    found = next((template for template in templates() if template.id == id_), None)
    return _(found.title) if found else _("by the purpose")


def _purposes(record: Record) -> list[str]:
    said = record.values.get("purposes") or record.values.get("purpose") or ()
    return (
        [str(one) for one in said] if isinstance(said, list | tuple) else [str(said), record.name]
    )
