"""Backups from the command line: make, check, restore."""

from __future__ import annotations

import argparse
from pathlib import Path

from compliance.cli import arguments, typed
from compliance.cli.adding import Kinds, group, verb
from compliance.cli.results import Result
from compliance.errors import CannotWriteError
from compliance.plain import to_plain
from compliance.settings import Settings
from compliance.workspace import Workspace
from compliance.workspace.backups.making import Summary

LOST = (
    "What was erased, corrected, objected to or withdrawn after that moment is not in it: carry "
    "out those requests again before anybody works with the data."
)


def add(kinds: Kinds[argparse.ArgumentParser]) -> None:
    """The verbs of this area."""
    inner = group(kinds, "backup", "make, check, restore backups of the whole workspace")
    make = verb(inner, "make", _make, "seal the whole workspace as it is now into a file")
    make.add_argument("--out", type=arguments.path, required=True, metavar="F", help="which file")
    for name, does, what in (
        ("check", _check, "read a whole backup and verify the trail in it"),
        ("restore", _restore, "put a backup into an empty workspace"),
    ):
        added = verb(inner, name, does, what)
        added.add_argument("file", type=arguments.path, metavar="F", help="the backup")
        added.set_defaults(opened=_unopened)


def _unopened(settings: Settings) -> Settings:
    """There need be no workspace."""
    return settings


def _make(workspace: Workspace, asked: argparse.Namespace) -> Result:
    """Write a backup to a file."""
    path = _outside(typed.destination(asked.out, workspace.settings), workspace.settings)
    typed.write_all(path, workspace.backups.make())
    return {"path": str(path)}


def _outside(path: Path, settings: Settings) -> Path:
    if path.resolve().is_relative_to(settings.home.resolve()):
        reason = "a backup does not lie in the folder that it is of; choose another place"
        raise CannotWriteError(name=path.name, reason=reason)
    return path


def _check(settings: Settings, asked: argparse.Namespace) -> Result:
    """Whether a backup is whole, and what it holds."""
    from compliance.workspace.backups.restoring import check

    return {"ok": True, **_told(check(asked.file, settings))}


def _restore(settings: Settings, asked: argparse.Namespace) -> Result:
    """Restore a backup."""
    from compliance.workspace.backups.restoring import restore

    done = restore(asked.file, settings)
    return {
        "ok": done.verification.ok,
        "home": str(settings.home),
        **_told(done.summary),
        "problems": list(done.verification.problems),
        "note": LOST,
    }


def _told(summary: Summary) -> Result:
    return dict(to_plain(summary))
