"""Doors: every public verb of an area asks for its right before it begins anything."""

from __future__ import annotations

import functools
from collections.abc import Callable
from inspect import isfunction
from typing import Any, TypeVar

from compliance.access import doors

Area = TypeVar("Area", bound=type)


def guarded(area: Area) -> Area:
    """An area of the workspace whose public verbs ask `Desk.permit` first; see `doors.yaml`.

    So nobody gets a result, or has something worked out, by a verb that would refuse at its end,
    and a generator refuses when it is asked for and not at its first step. What is kept in memory
    lies behind the door, too.

    Raises:
        KeyError: nobody decided who may use a verb.
    """
    rights = doors(area.__name__)
    for name, verb in list(vars(area).items()):
        if not name.startswith("_") and isfunction(verb) and (right := rights[name]):
            setattr(area, name, _asking(verb, right))
    return area


def _asking(verb: Callable[..., Any], right: str) -> Callable[..., Any]:
    @functools.wraps(verb)
    def ask_first(self: Any, *args: Any, **kwargs: Any) -> Any:
        self._desk.permit(right)
        return verb(self, *args, **kwargs)

    return ask_first
