"""The graph of things, and what is known of one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from compliance.i18n import locales, meant
from compliance.i18n import translate as _
from compliance.lineage.nouns import Edge, Node, NodeKind, Step
from compliance.workspace.lineage.lineages import Known
from pages.parts import navigation, outputs, wording
from pages.parts.figures import lineage as drawing
from pages.parts.figures import showing
from pages.parts.tracing import words
from pages.parts.tracing.graph import READABLE, Mark, Picture, marks_of, picture, said

MOST_BOXES = 400
_LONGEST_SETTING = 200


def shown(known: Known, edges: Sequence[Edge]) -> None:
    """The graph with its filters, the thing chosen in it, and every step as a table."""
    nodes = {node.key: node for edge in edges for node in (edge.origin, edge.made)}
    marks = marks_of(known.tagged, edges)
    left_out, only = _filters()
    is_large = len(nodes) > READABLE
    joined = is_large and st.toggle(
        _("Put versions and answers of one dataset together"), value=True, key="lineage_joined"
    )
    seen = picture(
        edges,
        marks,
        is_shown=lambda node: (
            node.kind not in left_out and not (only and marks.get(node.key, Mark.NONE) is Mark.NONE)
        ),
        is_joined=bool(joined),
    )
    lost(known, nodes)
    outputs.remark(_("Scroll to zoom, drag to move, press twice to see all of it again."))
    drawn(seen, "lineage_graph", chosen=str(st.session_state.get("lineage_thing", "")))
    _one(known, nodes, seen, edges)
    _steps(edges, marks)


def drawn(seen: Picture, key: str, *, chosen: str = "") -> None:
    """The picture, and its finding in words."""
    if not seen.boxes:
        st.markdown(_("Nothing is left to show. Leave out less, or choose a later day."))
        return
    if len(seen.boxes) > MOST_BOXES:
        st.info(_("Too many things to draw. Put versions together, or leave kinds out."))
        return
    showing.chart(
        drawing.graph(seen, chosen),
        key=key,
        config=drawing.ZOOMED,
        on_select=_chosen_in(key) if key == "lineage_graph" else "ignore",
        alt=_("{n} things from source files to what was made of them: {found}").format(
            n=len(seen.boxes), found=said(seen)
        ),
    )


def lost(known: Known, nodes: Mapping[str, Node]) -> None:
    """Where tags ended without evidence, and where that is decided."""
    found = [one for one in known.tagged.lost if one.place.node in nodes]
    if not found:
        return
    first = found[0]
    st.warning(
        _(
            "{n} columns are not taken for personal data though what they were made from is, "
            "such as {place}. No evidence shows that it stopped."
        ).format(n=len(found), place=wording.escaped(words.place(first.place, nodes))),
        icon=":material/report:",
    )
    navigation.link("decisions", _("Decide on it"))


def _chosen_in(key: str) -> Callable[[], None]:
    def choose() -> None:
        points = st.session_state[key].selection.points
        if points and points[0].get("customdata"):
            st.session_state["lineage_thing"] = points[0]["customdata"][0]

    return choose


def _filters() -> tuple[list[NodeKind], bool]:
    one, two = st.columns([3, 2], vertical_alignment="bottom")
    left_out: list[NodeKind] = one.multiselect(
        _("Leave out"),
        list(NodeKind),
        default=[NodeKind.LABELS],
        format_func=lambda kind: _(str(kind)),
        key="lineage_left_out",
        placeholder=_("Nothing is left out"),
    )
    only = two.toggle(_("Only what touches personal data"), key="lineage_personal")
    return left_out, only


def _one(known: Known, nodes: Mapping[str, Node], seen: Picture, edges: Sequence[Edge]) -> None:
    keys = [key for box in seen.boxes for key in box.members]
    chosen = st.session_state.get("lineage_thing")
    if chosen is not None and chosen not in keys:
        st.session_state["lineage_thing"] = None
    key = st.selectbox(
        _("Look at one thing"),
        keys,
        index=None,
        format_func=lambda one: _(nodes[one].title),
        placeholder=_("Choose here, or press it in the picture"),
        key="lineage_thing",
        width=520,
    )
    if key is not None:
        told(known, nodes[key], [edge for edge in edges if edge.made.key == key])


def told(known: Known, node: Node, into: Sequence[Edge]) -> None:
    """What one thing is, how it came about, and which of its columns are personal data."""
    mark = marks_of(known.tagged, known.edges).get(node.key, Mark.NONE)
    with st.container(border=True):
        st.markdown(
            f"**{wording.escaped(_(node.title))}** · {_(str(node.kind))} · {words.mark(mark)}"
        )
        for edge in {(e.entry, e.step): e for e in into}.values():
            origins = [
                _(e.origin.title) for e in into if (e.entry, e.step) == (edge.entry, edge.step)
            ]
            more = f" +{locales.number(len(origins) - 3)}" if len(origins) > 3 else ""
            outputs.table(
                [
                    {_("What"): what, _("As recorded"): value}
                    for what, value in (
                        (_("Step"), _(edge.step)),
                        (_("Made from"), locales.joined(origins[:3], "words") + more),
                        (_("Who"), edge.actor or _("not recorded")),
                        (_("When"), outputs.moment(edge.at)),
                        (_("Entry of the trail"), locales.number(edge.entry)),
                        (_("Code"), edge.code or _("not recorded")),
                        *_settings(edge),
                    )
                ],
                key=f"lineage_told_{edge.entry}",
                alt=_("The step that made it, with who, when, settings and code"),
            )
        if not into:
            outputs.remark(_("It came from outside; nothing here made it."))
        _columns(known, node)


def _settings(edge: Edge) -> list[tuple[str, str]]:
    """Each setting of a step with its value; a list of columns is cut where it is long."""
    found = []
    for name, value in sorted(edge.parameters.items()):
        text = locales.joined(value, "words") if isinstance(value, tuple) else str(value)
        more = "…" if len(text) > _LONGEST_SETTING else ""
        found.append((_("Setting: {name}").format(name=name), text[:_LONGEST_SETTING] + more))
    return found


def _columns(known: Known, node: Node) -> None:
    tagged = known.tagged
    rows = [
        {
            _("Column"): at.column,
            _("Personal data"): words.mark(Mark.PERSONAL),
            _("Why"): words.tags(some),
        }
        for at, some in tagged.tags.items()
        if at.node == node.key
    ]
    rows += [
        {
            _("Column"): stop.made.column,
            _("Personal data"): words.mark(Mark.STOPPED),
            _("Why"): _(next(one.what for one in known.evidence if one.id == stop.evidence)),
        }
        for stop in tagged.stopped
        if stop.made.node == node.key
    ]
    rows += [
        {
            _("Column"): one.place.column,
            _("Personal data"): words.mark(Mark.LOST),
            _("Why"): _(one.why),
        }
        for one in tagged.lost
        if one.place.node == node.key
    ]
    if rows:
        outputs.table(
            rows,
            key="lineage_tags",
            alt=_("Columns with how they stand to personal data, and why"),
        )


def _steps(edges: Sequence[Edge], marks: Mapping[str, Mark]) -> None:
    outputs.table(
        [
            {
                _("From"): words.origin(step),
                _("Step"): _(step.step),
                meant("of a step", "To"): _(step.made.title),
                _("Personal data"): words.mark(marks.get(step.made.key, Mark.NONE)),
                _("When"): outputs.moment(step.at),
                _("Entry of the trail"): step.entry,
            }
            for step in reversed(Step.every(edges))
        ],
        key="lineage_table",
        alt=_("Every step of the lineage with its time and its entry in the trail"),
    )
