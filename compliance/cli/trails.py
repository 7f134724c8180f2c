"""The trail, from the command line: list, verify, checkpoint, export."""

from __future__ import annotations

import argparse

from compliance.cli import arguments, typed
from compliance.cli.adding import Kinds, group, verb
from compliance.cli.results import Result
from compliance.plain import to_plain
from compliance.trail.nouns import Verification
from compliance.workspace import Workspace


def add(kinds: Kinds[argparse.ArgumentParser]) -> None:
    """The verbs of this area."""
    trail = group(kinds, "trail", "list, verify, checkpoint, export the trail")
    verb(trail, "list", _list, "the newest entries").add_argument(
        "--count", type=arguments.count, default=100, metavar="N", help="how many; else 100"
    )
    verb(trail, "verify", _verify, "whether the trail is whole").add_argument(
        "--checkpoint", type=arguments.path, metavar="F", help="a checkpoint taken earlier"
    )
    for name, does in (("checkpoint", _checkpoint), ("export", _export)):
        added = verb(trail, name, does, f"write the trail's {name} to a file")
        added.add_argument(
            "--out", type=arguments.path, required=True, metavar="F", help="which file"
        )


def _list(workspace: Workspace, asked: argparse.Namespace) -> Result:
    """The newest entries, newest first."""
    return {"entries": [to_plain(entry) for entry in workspace.entries(asked.count)]}


def _verify(workspace: Workspace, asked: argparse.Namespace) -> Result:
    """Whether the trail is whole."""
    return _verification(workspace.verify_trail(asked.checkpoint))


def _checkpoint(workspace: Workspace, asked: argparse.Namespace) -> Result:
    """Write a checkpoint to a file."""
    path = typed.destination(asked.out, workspace.settings)
    typed.write(path, workspace.checkpoint_trail().encode())
    return {"path": str(path)}


def _export(workspace: Workspace, asked: argparse.Namespace) -> Result:
    """Write the whole trail to a file."""
    path = typed.destination(asked.out, workspace.settings)
    text = workspace.export_trail()
    typed.write(path, text.encode())
    return {"path": str(path), "entries": text.count("\n")}


def _verification(found: Verification) -> Result:
    """Whether the trail is whole; `ok` decides the exit code."""
    return {
        "entries": found.entries,
        "root": found.root,
        "head": found.head,
        "ok": found.ok,
        "problems": list(found.problems),
    }
