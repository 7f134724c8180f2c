"""What is kept in memory because it may be asked for again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from typing import Any, Generic, TypeVar
from weakref import WeakSet

_Made = TypeVar("_Made")


_ALL: WeakSet[Recent[Any]] = WeakSet()
_ONE_LISTS = threading.Lock()
_CLEARED = [0]


class Recent(Generic[_Made]):
    """What was made lately; the least used leaves when all together weighs too much.

    Safe to share between threads. Two that ask for the same at once may both make it.
    """

    def __init__(self, most: int, weight: Callable[[_Made], int]) -> None:
        self._most, self._weight = most, weight
        self._kept: OrderedDict[tuple[str, ...], _Made] = OrderedDict()
        self._lock = threading.Lock()
        with _ONE_LISTS:
            _ALL.add(self)

    def look(self, name: tuple[str, ...]) -> _Made | None:
        """What is kept under `name`; None where nothing is."""
        with self._lock:
            return self._kept.get(name)

    def clear(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._kept.clear()
        _CLEARED[0] += 1

    def let_go(self, hashes: Collection[str]) -> None:
        """Let go of what was made from contents with one of these hashes."""
        with self._lock:
            for name in [name for name in self._kept if not set(hashes).isdisjoint(name)]:
                del self._kept[name]

    def rename(self, hashes: Mapping[str, str]) -> None:
        """Let what was made from contents stand for others, after by before."""
        with self._lock:
            for name in list(self._kept):
                if not hashes.keys().isdisjoint(name):
                    other = tuple(hashes.get(part, part) for part in name)
                    self._kept[other] = self._kept.pop(name)

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


def let_go(hashes: Collection[str]) -> None:
    """Let this process forget what was made from contents with one of these hashes."""
    with _ONE_LISTS:
        every = list(_ALL)
    for recent in every:
        recent.let_go(hashes)


def times_cleared() -> int:
    """A number that grows whenever something was let go of as a whole: rows were erased."""
    return _CLEARED[0]


def clear_all() -> None:
    """Let this process forget all that it keeps: rows were erased in another one."""
    with _ONE_LISTS:
        every = list(_ALL)
    for recent in every:
        recent.clear()
