"""The workspace as pages hold it: what takes long is handed to the crew."""

from __future__ import annotations

from importlib.resources import files
from typing import Any, cast

import yaml

from compliance.access.nouns import Actor
from compliance.workspace import Workspace
from compliance.workspace.beside.crew import Crew


def _listed() -> dict[str, bool]:
    """By verb, whether it is usually over in a second."""
    text = files("compliance.workspace.beside").joinpath("long_work.yaml").read_text("utf-8")
    return {verb: kind == "brief" for kind, verbs in yaml.safe_load(text).items() for verb in verbs}


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
    return cast("Workspace", _Hands(workspace, crew, workspace.actor, ""))


class _Hands:
    """The workspace or an area of it."""

    def __init__(self, here: object, crew: Crew, actor: Actor, way: str) -> None:
        self._here, self._crew, self._actor, self._way = here, crew, actor, way

    def acting(self, actor: Actor) -> Workspace:
        """See `Workspace.acting`; only the workspace itself has it."""
        return through(cast("Workspace", self._here).acting(actor), self._crew)

    def __getattr__(self, name: str) -> Any:
        found, way = getattr(self._here, name), f"{self._way}{name}"
        if way in LONG_WORK:
            return self._crew.for_(self._actor, way, is_brief=LONG_WORK[way])
        if way in _AREAS:
            return _Hands(found, self._crew, self._actor, f"{way}.")
        return found
