"""One column: the way back to its files, and onward to every release and report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import streamlit as st

from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.lineage.nouns import ColumnKind, Edge, Hop, Node, NodeKind, Place, Tagged
from compliance.workspace import Workspace
from compliance.workspace.lineage.lineages import Known
from pages.parts import outputs
from pages.parts.tracing import things, words
from pages.parts.tracing.graph import Arrow, Box, Mark, Picture, placed

_WITH_COLUMNS = (NodeKind.DATASET, NodeKind.VIEW, NodeKind.FOREIGN, NodeKind.RELEASE, NodeKind.RUN)


def shown(workspace: Workspace, known: Known, edges: Sequence[Edge], day: date | None) -> None:
    """A column is chosen; its ways are drawn and told step by step."""
    nodes = {node.key: node for edge in known.edges for node in (edge.origin, edge.made)}
    near = dict.fromkeys(node.key for edge in edges for node in (edge.made, edge.origin))
    there = [key for key in near if nodes[key].kind in _WITH_COLUMNS and known.columns.get(key)]
    one, two = st.columns(2)
    key = one.selectbox(
        _("Of what"), there, format_func=lambda key: _(nodes[key].title), key="lineage_column_of"
    )
    if key is None:
        st.markdown(_("Nothing here has columns yet."))
        return
    column = two.selectbox(_("Column"), known.columns[key], key="lineage_column")
    back = workspace.proof.lineage.column_path(key, column, day)
    onward = workspace.proof.lineage.column_onward(key, column, day)
    marks = _with_files(_marks(known.tagged), back)
    at = Place(key, column)
    both = [hop for hop in (*back, *onward) if hop.edge.made.kind is not NodeKind.LABELS]
    things.drawn(_picture(at, both, nodes, marks), "lineage_column_graph", chosen=key)
    for title, hops, table, alt in (
        (_("Back to the file"), back, "lineage_back", _("Each step from the column to its files")),
        (_("Onward"), onward, "lineage_onward", _("Each step from the column to what was made")),
    ):
        st.markdown(f"**{title}**")
        if hops:
            outputs.table(words.path(hops, nodes, marks), key=table, alt=alt)
        else:
            outputs.remark(_("Nothing is recorded this way."))


def _marks(tagged: Tagged) -> Mapping[Place, Mark]:
    found = {stop.made: Mark.STOPPED for stop in tagged.stopped}
    found |= dict.fromkeys(tagged.tags, Mark.PERSONAL)
    return found | {one.place: Mark.LOST for one in tagged.lost}


def _with_files(marks: Mapping[Place, Mark], hops: Sequence[Hop]) -> Mapping[Place, Mark]:
    """The columns of files hold what was found in those that were made of them."""
    files = {h.origin: h.made for h in hops if h.edge.origin.kind is NodeKind.SOURCE}
    return {**marks, **{place: Mark.PERSONAL for place, made in files.items() if made in marks}}


def _picture(
    at: Place, hops: Sequence[Hop], nodes: Mapping[str, Node], marks: Mapping[Place, Mark]
) -> Picture:
    """The ways of a column; what only hangs on it is dotted, many files of one thing are one."""
    places = dict.fromkeys([at, *(end for hop in hops for end in (hop.origin, hop.made))])
    files: dict[tuple[str, str], list[Place]] = {}
    for hop in hops:
        if nodes[hop.origin.node].kind is NodeKind.SOURCE:
            files.setdefault((hop.made.node, hop.origin.column), []).append(hop.origin)
    first = {place: some[0] for some in files.values() for place in some}
    kept = dict.fromkeys(first.get(place, place) for place in places)
    size = {some[0]: len(set(some)) for some in files.values()}
    boxes = tuple(
        Box(
            key=f"{place.node} · {place.column}",
            title=words.place(place, nodes)
            + (f" +{locales.number(size[place] - 1)}" if size.get(place, 1) > 1 else ""),
            kind=nodes[place.node].kind,
            members=(place.node,) if place == at else (),
            mark=marks.get(place, Mark.NONE),
        )
        for place in kept
    )
    arrows: dict[tuple[str, str], tuple[dict[str, None], bool]] = {}
    for hop in hops:
        ends = [first.get(end, end) for end in (hop.origin, hop.made)]
        origin, made = (f"{end.node} · {end.column}" for end in ends)
        steps, is_loose = arrows.get((origin, made), ({}, True))
        loose = hop.column is not None and hop.column.kind is ColumnKind.INDIRECT
        arrows[origin, made] = steps | {_(hop.edge.step): None}, is_loose and loose
    drawn = tuple(
        Arrow(origin=origin, made=made, steps=tuple(steps), is_loose=loose)
        for (origin, made), (steps, loose) in arrows.items()
    )
    return Picture(boxes=placed(boxes, drawn), arrows=drawn)
