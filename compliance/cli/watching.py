"""What is unusual, from the command line."""

from __future__ import annotations

import argparse

from compliance.cli.adding import Kinds, verb
from compliance.cli.results import Result
from compliance.plain import to_plain
from compliance.watch.nouns import Raised
from compliance.workspace import Workspace


def add(kinds: Kinds[argparse.ArgumentParser]) -> None:
    """The verbs of this area."""
    watch = verb(kinds, "watch", _look, "look at the trail for what is unusual")
    inner = watch.add_subparsers(metavar="VERB")
    verb(inner, "list", _list, "the alarms on record; nothing is looked at")
    acknowledge = verb(inner, "acknowledge", _acknowledge, "say what an alarm was")
    acknowledge.add_argument("alarm", metavar="ALARM", help="the id of the alarm")
    acknowledge.add_argument("--why", required=True, metavar="TEXT", help="what it was")
    acknowledge.add_argument(
        "--ordinary", action="store_true", help="ordinary work: the like of it is habit from now on"
    )


def _look(workspace: Workspace, _: argparse.Namespace) -> Result:
    return _told(workspace, workspace.governance.watching.look())


def _list(workspace: Workspace, _: argparse.Namespace) -> Result:
    return _told(workspace, workspace.governance.watching.alarms())


def _told(workspace: Workspace, alarms: tuple[Raised, ...]) -> Result:
    return {
        "open": sum(one.acknowledged is None for one in alarms),
        "alarms": [_alarm(one) for one in alarms],
        "cannot_tell": list(workspace.governance.watching.cannot_tell()),
    }


def _acknowledge(workspace: Workspace, asked: argparse.Namespace) -> Result:
    watching = workspace.governance.watching
    return _alarm(watching.acknowledge(asked.alarm, asked.why, is_ordinary=asked.ordinary))


def _alarm(raised: Raised) -> Result:
    plain: Result = to_plain(raised)
    said: Result = plain["alarm"]
    return {**said, "raised_at": plain["raised_at"], "acknowledged": plain["acknowledged"]}
