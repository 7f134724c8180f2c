"""The stops of the guided tour, out of their file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from compliance.shipped import table
from pages.parts import navigation


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One page of the tour.

    Attributes:
        page: its name in the navigation.
        look: what to look at.
        task: what to do, in one sentence.
        done: acts of the trail, any of which says that it was done; empty: there is nothing to
            be done but to look.
        say: what a presenter says.
        dataset: what the task is about; empty where it is about all of them.
    """

    page: str
    look: str
    task: str
    done: tuple[str, ...]
    say: str
    dataset: str = ""

    def __post_init__(self) -> None:
        is_whole = self.look and self.task and self.say and self.dataset in {"", *needed()}
        if not navigation.is_page(self.page) or not is_whole:
            raise ValueError(f"{self.page} is no stop of the tour")


def story(may: Callable[[str], bool]) -> tuple[Stop, ...]:
    """The stops that somebody may go to and whose task they may do, in their order."""
    return tuple(
        stop
        for stop in _every()
        if may(navigation.row(stop.page).right) and (not stop.done or any(map(may, stop.done)))
    )


def needed() -> frozenset[str]:
    """The datasets without which there is no tour."""
    return frozenset(_read()["needs"])


@cache
def _every() -> tuple[Stop, ...]:
    return tuple(Stop(**{**said, "done": tuple(said["done"])}) for said in _read()["stops"])


@cache
def _read() -> Any:
    return table("pages.parts.guiding", "stories.yaml")
