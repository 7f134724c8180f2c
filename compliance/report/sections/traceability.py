"""What was made from what, and how to check the trail."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from collections.abc import Sequence
from datetime import datetime

from compliance.i18n import meant
from compliance.i18n import translate as _
from compliance.lineage.nouns import Edge, Node, Step
from compliance.report import wording
from compliance.report.tables import Cell, Fill, Plain, fact, heading, stacked, table
from compliance.report.wording import count
from compliance.trail.nouns import Checkpoint, Verification

MOST_EDGES_PRINTED = 300
_TITLE_WIDTH = 120


def to_traceability(lineage: Sequence[Edge], trail: Verification, at: datetime) -> Plain:
    """Lineage edges, and the trail as it was verified at the moment `at`."""
    steps = Step.every(lineage)
    return {
        "edges": _edges(steps[:MOST_EDGES_PRINTED]),
        "edges_left": sum(len(step.origins) for step in steps[MOST_EDGES_PRINTED:]),
        "tone": "bad" if not trail.ok else "good" if trail.entries else "calm",
        "says": _says(trail, at),
        "problems": [wording.sentence(_(problem)) for problem in trail.problems],
        "facts": [
            fact(_("Entries"), count(trail.entries)),
            fact(_("Merkle root"), wording.recorded(trail.root), fill=Fill.CODE),
            fact(_("Head hash (of the last entry)"), wording.recorded(trail.head), fill=Fill.CODE),
            *_signed(trail.checkpoint),
        ],
    }


def _signed(end: Checkpoint | None) -> list[Plain]:
    """Whose checkpoint it is, and which key signed it."""
    if end is None or not end.is_signed:
        return [fact(_("Checkpoint"), _("not signed"), missing=True)]
    return [
        fact(_("Checkpoint of"), end.origin, fill=Fill.CODE),
        fact(_("Signed"), _("{when}, Ed25519").format(when=wording.when(end.at))),
        fact(_("Public key"), end.key, fill=Fill.CODE),
        fact(_("SHA-256 of the key"), hash_of_key(end.key), fill=Fill.CODE),
    ]


def hash_of_key(key: str) -> str:
    """The fingerprint of a public key in the form of signed notes: SHA-256 of its 32 bytes.

    Source: https://c2sp.org/signed-note (name+id+base64 of the kind, one byte, and the key).
    """
    return hashlib.sha256(b64decode(key.split("+", 2)[2])[1:]).hexdigest()


def _says(trail: Verification, at: datetime) -> str:
    when = wording.when(at)
    if not trail.entries and trail.ok:
        return _("Looked at on {when}: the trail holds no entries yet.").format(when=when)
    if trail.ok:
        return _("Verified on {when}: every hash was recomputed and agrees.").format(when=when)
    return _("Not whole: {problems} found on {when}.").format(
        problems=count(len(trail.problems), "problem"), when=when
    )


def _edges(steps: Sequence[Step]) -> Plain | None:
    headings = [
        heading(_("From"), 3, Fill.NAME),
        heading(_("Step"), 1.4, Fill.NAME),
        heading(meant("by a step", "Made"), 3, Fill.NAME),
        heading(_("When (UTC)"), 1.8),
        heading(_("Entry"), fill=Fill.NUMBER),
    ]
    rows: list[list[Cell]] = [
        [
            _node(step.origins[0], _(step.others)),
            _(step.step),
            _node(step.made),
            wording.stamp(step.at),
            count(step.entry),
        ]
        for step in steps
    ]
    return table(headings, rows)


def _node(node: Node, others: str = "") -> Plain:
    return stacked(wording.abridged(_(node.title), _TITLE_WIDTH) + others, _(node.kind.value))
