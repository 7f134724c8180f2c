"""The trail's anchors outside, from the command line."""

from __future__ import annotations

import argparse

from compliance.cli import arguments
from compliance.cli.adding import Kinds, group, verb
from compliance.cli.results import Result
from compliance.plain import to_plain
from compliance.rules.nouns.audit import EVERY
from compliance.trail.nouns import Anchor, AnchorKind, Verification, Verified
from compliance.workspace import Workspace
from compliance.workspace.anchoring.anchors import Anchoring

_KINDS = {kind.value.replace(" ", "-"): kind for kind in AnchorKind}


def add(trail: Kinds[argparse.ArgumentParser]) -> None:
    """The verbs under `trail anchor`."""
    inner = group(trail, "anchor", "take checkpoints of the trail outside by themselves")
    keep = verb(inner, "keep", _keep, "let checkpoints go to a place outside again and again")
    keep.add_argument("name", help="what the anchor is called")
    keep.add_argument("--kind", choices=list(_KINDS), required=True, help="what it is")
    keep.add_argument(
        "--to", required=True, metavar="PATH", help="a file, a folder, a git clone, or an address"
    )
    keep.add_argument("--every", choices=list(EVERY), required=True, help="how often")
    keep.add_argument("--push", action="store_true", help="of git: send commits on to its remote")
    verb(inner, "list", _list, "the anchors and what became of each the last time")
    run = verb(inner, "run", _run, "take a checkpoint to an anchor now")
    run.add_argument("name", nargs="?", help="the anchor; left out: all")
    remove = verb(inner, "remove", _remove, "let an anchor run no more")
    remove.add_argument("name", help="the anchor")
    check = verb(inner, "check", _check, "compare the trail with all anchors, and keep the result")
    check.add_argument(
        *("--with",),
        dest="more",
        action="append",
        default=[],
        type=arguments.path,
        metavar="PATH",
        help="a file, folder or clone that the records say nothing of; once for each",
    )


def verified(kept: Verified, found: Verification) -> Result:
    """A verification that is on record; `ok` decides the exit code."""
    return {
        "entries": kept.entries,
        "root": kept.root,
        "ok": kept.ok,
        "anchors": kept.anchors,
        "unread": list(kept.unread),
        "problems": list(found.problems),
        "warnings": list(found.warnings),
    }


def _area(workspace: Workspace) -> Anchoring:
    return workspace.proof.trail


def _keep(workspace: Workspace, asked: argparse.Namespace) -> Result:
    kind = _KINDS[asked.kind]
    kept = _area(workspace).keep(asked.name, kind, asked.to, asked.every, pushes=asked.push)
    return _anchor(kept)


def _list(workspace: Workspace, _: argparse.Namespace) -> Result:
    return {"anchors": [_anchor(one) for one in _area(workspace).anchors()]}


def _run(workspace: Workspace, asked: argparse.Namespace) -> Result:
    area = _area(workspace)
    names = [asked.name] if asked.name else [one.name for one in area.anchors()]
    ran = [area.run(name) for name in names]
    return {
        "anchors": [_anchor(one) for one in ran],
        "ok": all(one.last is not None and one.last.is_done for one in ran),
    }


def _remove(workspace: Workspace, asked: argparse.Namespace) -> Result:
    _area(workspace).remove(asked.name)
    return {"removed": asked.name}


def _check(workspace: Workspace, asked: argparse.Namespace) -> Result:
    return verified(*_area(workspace).verify(more=asked.more))


def _anchor(one: Anchor) -> Result:
    plain: Result = {
        "name": one.name,
        "kind": one.kind.value,
        "to": one.place,
        "every": one.every,
        "pushes": one.pushes,
    }
    for name, said in (("last", one.last), ("last_done", one.last_done)):
        plain[name] = to_plain(said) if said else None
    return plain
