"""The way from a piece of evidence (a verdict, release, model or report) back to its source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import streamlit as st

from compliance.i18n import meant
from compliance.i18n import translate as _
from compliance.lineage import upstream
from compliance.lineage.nouns import Node, NodeKind, Step
from compliance.rules.nouns import Verdict
from compliance.workspace import Workspace
from compliance.workspace.lineage.lineages import Known
from pages.parts import outputs, wording
from pages.parts.tracing import things, words
from pages.parts.tracing.graph import Mark, marks_of, picture

_KINDS = (
    *(NodeKind.REPORT, NodeKind.RELEASE, NodeKind.RUN, NodeKind.DISCLOSURE),
    *(NodeKind.ERASURE, NodeKind.LABELS),
)


def shown(workspace: Workspace, known: Known) -> None:
    """Evidence is chosen; all that it stands on is drawn and told, back to the files."""
    choices = dict(_every(workspace, known))
    said = st.selectbox(_("Evidence"), list(choices), key="lineage_evidence", width=620)
    if said is None:
        st.markdown(_("There is no evidence yet: nothing was released, reported or checked."))
        return
    key = choices[said]
    edges = upstream(known.edges, key)
    marks = marks_of(known.tagged, known.edges)
    things.drawn(picture(edges, marks), "lineage_evidence_graph", chosen=key)
    outputs.table(
        [
            {
                meant("of a step", "To"): _(step.made.title),
                _("Step"): _(step.step),
                _("From"): words.origin(step),
                _("Personal data"): words.mark(marks.get(step.origins[0].key, Mark.NONE)),
                _("When"): outputs.moment(step.at),
                _("Entry of the trail"): step.entry,
            }
            for step in Step.every(edges)
        ],
        key="lineage_way",
        alt=_("Each step from the evidence to the files that it stands on"),
    )


def _every(workspace: Workspace, known: Known) -> Iterator[tuple[str, str]]:
    """What may be chosen, with the key of what it is about; the newest first."""
    nodes = {edge.made.key: edge.made for edge in known.edges}
    for node in reversed(_of_kinds(nodes.values())):
        yield wording.bracketed(f"{_(str(node.kind))} · {_(node.title)}", node.id[-12:]), node.key
    latest = workspace.governance.duties.newest()
    newest = {
        node.id.partition("@")[0]: key
        for key, node in nodes.items()
        if node.kind is NodeKind.DATASET
    }
    for verdict in () if latest is None else latest.verdicts:
        name = _about(verdict, newest)
        if name:
            said = f"{verdict.rule}: {wording.subject(verdict.subject)}, {_(str(verdict.state))}"
            yield said, newest[name]


def _about(verdict: Verdict, newest: Mapping[str, str]) -> str:
    named = (verdict.subject_id.partition("@")[0], verdict.subject)
    return next((name for name in named if name in newest), "")


def _of_kinds(nodes: Iterable[Node]) -> Sequence[Node]:
    return [node for node in nodes if node.kind in _KINDS]
