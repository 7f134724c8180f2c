"""Lineage, from the command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from compliance.cli.adding import Kinds, group, named, verb
from compliance.cli.results import Result
from compliance.lineage.nouns import Edge
from compliance.workspace import Workspace


def add(kinds: Kinds[argparse.ArgumentParser]) -> None:
    """The verbs of this area."""
    lineage = group(kinds, "lineage", "what was made from what")
    named(verb(lineage, "show", _show, "what was made from one dataset, and how"))


def _show(workspace: Workspace, asked: argparse.Namespace) -> Result:
    """The lineage of one dataset."""
    return _lineage(workspace.lineage([asked.name]))


def _lineage(edges: Sequence[Edge]) -> Result:
    """What was made from what, oldest first."""
    return {
        "edges": [
            {
                "from": edge.origin.title,
                "from_kind": str(edge.origin.kind),
                "step": edge.step,
                "to": edge.made.title,
                "to_kind": str(edge.made.kind),
                "entry": edge.entry,
                "at": edge.at.isoformat(),
            }
            for edge in edges
        ]
    }
