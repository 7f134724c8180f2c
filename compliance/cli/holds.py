"""Legal holds, from the command line."""

from __future__ import annotations

import argparse
from argparse import Namespace

from compliance.cli.adding import Kinds, group, verb
from compliance.cli.results import Result
from compliance.rights.requests import to_day
from compliance.workspace import Workspace


def add(kinds: Kinds[argparse.ArgumentParser]) -> None:
    """`hold`."""
    inner = group(kinds, "hold", "legal holds: duties to keep data")
    placing = verb(inner, "place", place, "keep data from being erased")
    placing.add_argument("--why", required=True, help="the proceedings or law, without names")
    placing.add_argument(
        "--dataset", action="append", default=[], metavar="N", help="which; left out: all"
    )
    placing.add_argument("--until", metavar="DAY", help="the last day; else until lifted")
    verb(inner, "list", list_holds, "the holds, with whether they stand")
    verb(inner, "lift", lift, "let a hold end").add_argument("id", help="the hold")


def place(workspace: Workspace, asked: Namespace) -> Result:
    """Place a hold."""
    until = to_day("The last day", asked.until) if asked.until else None
    hold = workspace.rights.requests.holding.place(asked.why, asked.dataset, until)
    return {"id": hold.id, "datasets": list(hold.datasets)}


def list_holds(workspace: Workspace, _: Namespace) -> Result:
    """All holds."""
    holding = workspace.rights.requests.holding
    standing = {hold.id for hold in holding.standing()}
    return {
        "holds": [
            {
                "id": hold.id,
                "why": hold.why,
                "datasets": list(hold.datasets),
                "until": hold.until.isoformat() if hold.until else None,
                "by": hold.by,
                "at": f"{hold.at:%Y-%m-%dT%H:%M:%SZ}",
                "stands": hold.id in standing,
            }
            for hold in holding.holds()
        ]
    }


def lift(workspace: Workspace, asked: Namespace) -> Result:
    """Let a hold end."""
    return {"id": workspace.rights.requests.holding.lift(asked.id).id, "stands": False}
