"""Lineage, from the command line."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from compliance.cli import arguments, typed
from compliance.cli.adding import Kinds, group, named, verb
from compliance.cli.results import Result
from compliance.errors import FileMissingError, ForeignNameError
from compliance.lineage.nouns import Edge, Hop, Place, Tag
from compliance.lineage.openlineage.nouns import LARGEST_BYTES
from compliance.plain import one_line, to_plain
from compliance.workspace import Workspace


def add(kinds: Kinds[argparse.ArgumentParser]) -> None:
    """The verbs of this area."""
    lineage = group(kinds, "lineage", "what was made from what, and where personal data went")
    show = verb(lineage, "show", _show, "what was made from one dataset, and how")
    named(show)
    show.add_argument("--column", metavar="C", help="the way of one column back to its files")
    columns = verb(lineage, "columns", _columns, "write every edge with its columns to a CSV file")
    columns.add_argument(
        "--out", type=arguments.path, required=True, metavar="F.csv", help="which file"
    )
    tags = verb(lineage, "tags", _tags, "how far personal data went, and what stopped them")
    export = verb(lineage, "export", _export, "write the lineage as events of OpenLineage")
    named(export, is_needed=False)
    export.add_argument(
        "--out", type=arguments.path, required=True, metavar="F.jsonl", help="which file"
    )
    taken = verb(lineage, "import", _import, "take in events of OpenLineage from other systems")
    taken.add_argument("path", type=arguments.path, metavar="F.jsonl", help="one event a line")
    taken.add_argument(
        "--as",
        dest="said",
        action="append",
        default=[],
        metavar="NAMESPACE/NAME=DATASET",
        help="a name of another system that means a dataset of the desk",
    )
    for added in (show, columns, tags, export):
        added.add_argument(
            "--as-of", type=arguments.day, metavar="DATE", help="as it was at the end of that day"
        )


def _show(workspace: Workspace, asked: argparse.Namespace) -> Result:
    """The lineage of one dataset, and with a column the way to where its values came from."""
    day: date | None = asked.as_of
    lineage = workspace.proof.lineage
    edges = lineage.edges([asked.name], day)
    shown = {"edges": [_edge(edge) | (_more(edge) if asked.json else {}) for edge in edges]}
    if asked.column is None:
        return shown
    found = lineage.column_path(asked.name, asked.column, day)
    return {"path": [_hop(hop) for hop in found]} | (shown if asked.json else {})


def _columns(workspace: Workspace, asked: argparse.Namespace) -> Result:
    """Every edge with both ends and the columns that it joins, as a file."""
    path = typed.destination(asked.out, workspace.settings)
    edges, data = workspace.proof.lineage.export_columns(asked.as_of)
    typed.write(path, data)
    return {"path": str(path), "edges": len(edges), "columns": sum(len(e.columns) for e in edges)}


def _export(workspace: Workspace, asked: argparse.Namespace) -> Result:
    """The lineage as a file of events, one a line."""
    path = typed.destination(asked.out, workspace.settings)
    made = workspace.proof.lineage.export(asked.name, asked.as_of)
    typed.write(path, made.data)
    return {"path": str(path), "events": made.events, "namespace": made.namespace}


def _import(workspace: Workspace, asked: argparse.Namespace) -> Result:
    """What came of a file of events."""
    said = typed.once(_meant(one) for one in asked.said)
    data, name = _bytes(asked.path), one_line(asked.path.name)[: typed.SHOWN_NAME]
    found = workspace.proof.lineage.take_in(data, name, said)
    return {
        "events": found.events,
        "new": found.new,
        "own": found.own,
        "passed_over": found.passed_over,
        "failed_runs": found.failed,
        "joined": [{"name": id_, "to": key} for id_, key in sorted(found.joined.items())],
        "dangling": [{"line": line, "at": _place(place)} for line, place in sorted(found.dangling)],
    }


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(LARGEST_BYTES + 1)
    except OSError:
        raise FileMissingError(name=path.name[: typed.SHOWN_NAME]) from None


def _meant(given: str) -> tuple[str, str]:
    """The name of another system, and the dataset that it means."""
    id_, sign, dataset = given.rpartition("=")
    if not (sign and "/" in id_ and dataset.strip()):
        raise ForeignNameError(
            given=given[: typed.SHOWN_NAME], reason="it names a thing there and a dataset here"
        )
    return id_, dataset.strip()


def _tags(workspace: Workspace, asked: argparse.Namespace) -> Result:
    """Where personal data are, where they stopped by which evidence, and where they were lost."""
    known = workspace.proof.lineage.known(asked.as_of)
    tagged = known.tagged
    return {
        "tags": [_tagged(at, tags) for at, tags in sorted(tagged.tags.items())],
        "stopped": [
            {"from": _place(one.origin), "evidence": one.evidence} | _tagged(one.made, one.tags)
            for one in tagged.stopped
        ],
        "lost": [
            {"reason": str(one.reason), "why": one.why} | _tagged(one.place, one.tags)
            for one in tagged.lost
        ],
        "evidence": [
            {
                "id": one.id,
                "what": one.what,
                "made": one.made,
                "standing": str(one.standing),
                "why": one.why,
            }
            for one in known.evidence
        ],
    }


def _edge(edge: Edge) -> Result:
    """One step."""
    return {
        "from": edge.origin.title,
        "from_kind": str(edge.origin.kind),
        "step": edge.step,
        "to": edge.made.title,
        "to_kind": str(edge.made.kind),
        "entry": edge.entry,
        "at": edge.at.isoformat(),
    }


def _more(edge: Edge) -> Result:
    """What would not fit a line."""
    return {
        "from_id": edge.origin.id,
        "to_id": edge.made.id,
        "actor": edge.actor,
        "code": edge.code,
        "parameters": to_plain(edge.parameters),
        "columns": [to_plain(one) for one in edge.columns],
    }


def _hop(hop: Hop) -> Result:
    return {
        "from": _place(hop.origin),
        "to": _place(hop.made),
        "step": hop.edge.step,
        "subkind": str(hop.column.subkind) if hop.column else "",
        "masking": bool(hop.column and hop.column.masking),
        "how": hop.column.how if hop.column else "",
        "entry": hop.edge.entry,
        "at": hop.edge.at.isoformat(),
    }


def _tagged(at: Place, tags: Iterable[Tag]) -> Result:
    return {"at": _place(at), "tags": [to_plain(tag) for tag in sorted(tags)]}


def _place(at: Place) -> str:
    """As `dataset:orders@1 · amount`."""
    return f"{at.node} · {at.column}" if at.column else at.node
