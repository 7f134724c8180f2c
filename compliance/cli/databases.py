"""The database that keeps the records, from the command line."""

from __future__ import annotations

import argparse

from compliance.cli.adding import Kinds, group, verb
from compliance.cli.results import Result
from compliance.settings import Settings
from compliance.workspace.granting import grants


def add(kinds: Kinds[argparse.ArgumentParser]) -> None:
    """The verbs of this area."""
    inner = group(kinds, "database", "the database that keeps the records")
    added = verb(inner, "grants", _grants, "SQL for a PostgreSQL role that can only look and add")
    added.add_argument("role", help="the role that the desk works as")
    added.set_defaults(opened=_unopened)


def _unopened(settings: Settings) -> Settings:
    """Nothing is connected to."""
    return settings


def _grants(_: Settings, asked: argparse.Namespace) -> Result:
    """What the owner of the tables runs."""
    return {"sql": "\n".join(grants(asked.role))}
