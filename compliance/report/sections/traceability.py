"""Section 8: what was made from what, and how to check the trail."""

from __future__ import annotations

from compliance.lineage.nouns import Node
from compliance.report import wording
from compliance.report.nouns import Evidence
from compliance.report.tables import Cell, Fill, Plain, fact, heading, stacked, table
from compliance.report.wording import count

MOST_EDGES_PRINTED = 1_000


def to_traceability(evidence: Evidence) -> Plain:
    """Lineage edges and the verified trail."""
    trail = evidence.trail
    return {
        "edges": _edges(evidence),
        "edges_left": max(len(evidence.lineage) - MOST_EDGES_PRINTED, 0),
        "tone": "bad" if not trail.ok else "good" if trail.entries else "calm",
        "says": _says(evidence),
        "problems": [wording.sentence(problem) for problem in trail.problems],
        "facts": [
            fact("Entries", count(trail.entries)),
            fact("Merkle root", wording.recorded(trail.root), fill=Fill.CODE),
            fact("Head hash", wording.recorded(trail.head), fill=Fill.CODE),
        ],
    }


def _says(evidence: Evidence) -> str:
    trail = evidence.trail
    at = wording.when(evidence.gathered_at)
    if not trail.entries and trail.ok:
        return f"Looked at on {at}: the trail holds no entries yet."
    if trail.ok:
        return f"Verified on {at}: every hash was recomputed and agrees."
    return f"Not whole: {count(len(trail.problems), 'problem')} found on {at}."


def _edges(evidence: Evidence) -> Plain | None:
    headings = [
        heading("From", 3, Fill.NAME),
        heading("Step", 2, Fill.NAME),
        heading("Made", 3, Fill.NAME),
        heading("When (UTC)", 1.6),
        heading("Entry", 0.9, Fill.NUMBER),
    ]
    rows: list[list[Cell]] = [
        [_node(e.origin), e.step, _node(e.made), wording.stamp(e.at), count(e.entry)]
        for e in evidence.lineage[:MOST_EDGES_PRINTED]
    ]
    return table(headings, rows)


def _node(node: Node) -> Plain:
    return stacked(node.title, node.kind.value)
