"""The trail, from the command line: list, verify, sign, prove, export."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from compliance.cli import anchoring, arguments, typed
from compliance.cli.adding import Kinds, group, verb
from compliance.cli.results import Result
from compliance.plain import to_plain
from compliance.trail.nouns import Verification
from compliance.workspace import Workspace


def add(kinds: Kinds[argparse.ArgumentParser]) -> None:
    """The verbs of this area."""
    trail = group(kinds, "trail", "list, verify, sign, prove, export the trail")
    verb(trail, "list", _list, "the newest entries").add_argument(
        "--count", type=arguments.count, default=100, metavar="N", help="how many; else 100"
    )
    verify = verb(trail, "verify", _verify, "whether the trail is whole")
    for name, what in (
        ("--checkpoint", "a checkpoint taken earlier"),
        ("--export", "an export made earlier"),
        ("--proof", "a proof made earlier"),
    ):
        verify.add_argument(name, type=arguments.path, metavar="F", help=what)
    verify.add_argument(
        "--scheduled", action="store_true", help="keep the result, and tell people of problems"
    )
    prove = verb(trail, "prove", _prove, "prove an entry, or that the trail only grew")
    which = prove.add_mutually_exclusive_group(required=True)
    which.add_argument("number", nargs="?", type=arguments.count, help="the entry")
    which.add_argument(
        "--from-checkpoint", type=arguments.path, metavar="F", help="a checkpoint taken earlier"
    )
    _to_file(prove)
    for name, does in (("checkpoint", _checkpoint), ("export", _export)):
        _to_file(verb(trail, name, does, f"write the trail's {name} to a file"))
    anchoring.add(trail)
    verb(trail, "key", _key, "the public keys that checkpoints are signed with")
    verb(trail, "rotate-key", _rotate, "sign with a new key from now on")


def _to_file(added: argparse.ArgumentParser) -> None:
    added.add_argument("--out", type=arguments.path, required=True, metavar="F", help="which file")


def _list(workspace: Workspace, asked: argparse.Namespace) -> Result:
    """The newest entries, newest first."""
    return {"entries": [to_plain(entry) for entry in workspace.entries(asked.count)]}


def _verify(workspace: Workspace, asked: argparse.Namespace) -> Result:
    """Whether the trail is whole, and fits what was handed out of it."""
    if asked.scheduled:
        return anchoring.verified(*workspace.proof.trail.verify(is_scheduled=True))
    given = {"checkpoint": asked.checkpoint, "export": asked.export, "proof": asked.proof}
    return _verification(workspace.proof.log.verify(**given))


def _prove(workspace: Workspace, asked: argparse.Namespace) -> Result:
    """Write a proof to a file."""
    since, log = asked.from_checkpoint, workspace.proof.log
    path = typed.destination(asked.out, workspace.settings, read=[since] if since else [])
    text = log.prove_since(since) if since else log.prove(asked.number)
    typed.write(path, text.encode())
    return {"path": str(path)}


def _checkpoint(workspace: Workspace, asked: argparse.Namespace) -> Result:
    """Write a checkpoint to a file."""
    path = typed.destination(asked.out, workspace.settings)
    typed.write(path, workspace.checkpoint_trail().encode())
    return {"path": str(path)}


def _export(workspace: Workspace, asked: argparse.Namespace) -> Result:
    """Write the whole trail to a file."""
    path = typed.destination(asked.out, workspace.settings)
    rows = 0

    def told() -> Iterator[bytes]:
        nonlocal rows
        for line in workspace.proof.log.export():
            rows += 1
            yield line.encode()

    typed.write_all(path, told())
    return {"path": str(path), "entries": rows - 1}  # the first says whose it is


def _key(workspace: Workspace, _asked: argparse.Namespace) -> Result:
    """Whose checkpoints they are and by which keys; the last signs."""
    origin, keys = workspace.proof.log.keys()
    return {"origin": origin, "key": keys[-1], "before": list(keys[:-1])}


def _rotate(workspace: Workspace, _asked: argparse.Namespace) -> Result:
    """The key that signs from now on."""
    return {"key": workspace.proof.log.rotate_key()}


def _verification(found: Verification) -> Result:
    """Whether the trail is whole; `ok` decides the exit code."""
    return {
        "entries": found.entries,
        "root": found.root,
        "head": found.head,
        "ok": found.ok,
        "problems": list(found.problems),
        "warnings": list(found.warnings),
    }
