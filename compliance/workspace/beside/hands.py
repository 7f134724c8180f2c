"""The workspace as pages hold it: what takes long is handed to the crew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from compliance.access.nouns import Actor
from compliance.shipped import table
from compliance.workspace import Workspace
from compliance.workspace.beside.crew import Crew
from compliance.workspace.desk import Confirm


def _listed() -> dict[str, str]:
    """By verb, of which kind it is: brief, long, or whole."""
    return {
        verb: kind
        for kind, verbs in table("compliance.workspace.beside", "long_work.yaml").items()
        for verb in verbs
    }


LONG_WORK = _listed()
_AREAS = frozenset(
    ".".join(verb.split(".")[:depth])
    for verb in LONG_WORK
    for depth in range(1, verb.count(".") + 1)
)


def through(workspace: Workspace, crew: Crew | None) -> Workspace:
    """`workspace`, its long work done by `crew`; without a crew everything is done here."""
    if crew is None:
        return workspace
    return cast("Workspace", _Hands(workspace, crew, workspace, ""))


class _Hands:
    """The workspace or an area of it."""

    def __init__(self, workspace: Workspace, crew: Crew, here: object, way: str) -> None:
        self._workspace, self._crew, self._here, self._way = workspace, crew, here, way

    def acting(self, actor: Actor, confirm: Confirm | None = None) -> Workspace:
        """See `Workspace.acting`; only the workspace itself has it."""
        return through(self._workspace.acting(actor, confirm), self._crew)

    def __getattr__(self, name: str) -> Any:
        found, way = getattr(self._here, name), f"{self._way}{name}"
        if way in LONG_WORK:
            return self._handed(found.right, way)
        if way in _AREAS:
            return _Hands(self._workspace, self._crew, found, f"{way}.")
        return found

    def _handed(self, right: str, way: str) -> Callable[..., Any]:
        """The verb at `way`, done by the crew for whoever acts at that time, if they may."""

        def done(*given: object, **named: object) -> Any:
            actor, kind = self._workspace.permit(right), LONG_WORK[way]
            work = self._crew.for_(actor, way, is_brief=kind == "brief", may_stop=kind == "long")
            return work(*given, **named)

        return done
