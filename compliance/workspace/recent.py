"""What is kept in memory because it may be asked for again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

_Made = TypeVar("_Made")


class Recent(Generic[_Made]):
    """What was made lately; the least used leaves when all together weighs too much.

    Safe to share between threads. Two that ask for the same at once may both make it.
    """

    def __init__(self, most: int, weight: Callable[[_Made], int]) -> None:
        self._most, self._weight = most, weight
        self._kept: OrderedDict[tuple[str, ...], _Made] = OrderedDict()
        self._lock = threading.Lock()

    def look(self, name: tuple[str, ...]) -> _Made | None:
        """What is kept under `name`; None where nothing is."""
        with self._lock:
            return self._kept.get(name)

    def clear(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._kept.clear()

    def get(self, name: tuple[str, ...], make: Callable[[], _Made]) -> _Made:
        """What is kept under `name`, made now where it is not."""
        with self._lock:
            kept = self._kept.get(name)
        found = make() if kept is None else kept
        with self._lock:
            found = self._kept.setdefault(name, found)
            self._kept.move_to_end(name)
            # A table grows while it is read, so everything is weighed again.
            while len(self._kept) > 1 and sum(map(self._weight, self._kept.values())) > self._most:
                self._kept.popitem(last=False)
            return found
