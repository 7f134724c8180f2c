"""The verb: from one name for everything down to the finest names that hide everybody.

Terrovitis, Mamoulis and Kalnis 2008 recode globally: an item has one name wherever it stands, and
the names in use form a cut through the hierarchy. Their AA goes up from the items, combination by
combination. We look for the same kind of cut from the top, as He and Naughton 2009
(doi:10.14778/1687627.1687733) do: every state on the way is safe, the few names in use early make
each test cheap, and a name that cannot be split hardly ever can be later, for its neighbours only
become rarer; so each is tried once.
"""

from __future__ import annotations

import heapq
from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np

from compliance.anonymise.baskets import bits
from compliance.anonymise.baskets.gathering import baskets_of
from compliance.anonymise.baskets.nouns import BasketProgress, Baskets, RecodedBaskets
from compliance.anonymise.nouns import ALL, Hierarchy
from compliance.anonymise.nouns.problem import Codes32, Ints
from compliance.errors import HierarchyError, MalformedRecipeError, TooFewBasketsError

MOST_KNOWN = 3
"""The largest m: four items at once are beyond what can be tested in reasonable time."""


def anonymise_baskets(
    baskets: Baskets, hierarchy: Hierarchy, k: int, m: int, *, may_suppress: bool = True
) -> Generator[BasketProgress, None, RecodedBaskets]:
    """Baskets in which every combination of up to m names has at least k people, or nobody.

    Each item is shown under the name of one of its nodes in the hierarchy, the same everywhere,
    or is suppressed everywhere, where that costs less than coarser names for its neighbours.
    Deterministic.

    Args:
        baskets: who has what.
        hierarchy: holds every item; may hold more.
        k: people, at least 1.
        m: items that an attacker knows, 1 to 3.
        may_suppress: False: every item keeps a name.

    Raises:
        MalformedRecipeError: k or m is outside what it may be.
        HierarchyError: items are not in the hierarchy.
        TooFewBasketsError: fewer than k people have any item.
    """
    _check(baskets, hierarchy, k, m)
    tree = _Tree.of(baskets, hierarchy)
    cut = _Cut(tree, k, m, may_suppress=may_suppress)
    for share in cut.refined():
        yield BasketProgress(share=share, names=len(cut.nodes))
    return _recoded(baskets, hierarchy, tree, cut.nodes, (k, m))


def _check(baskets: Baskets, hierarchy: Hierarchy, k: int, m: int) -> None:
    if not 1 <= m <= MOST_KNOWN:
        raise MalformedRecipeError(place="m", reason=f"it may be 1 to {MOST_KNOWN}")
    if k < 1:
        raise MalformedRecipeError(place="k", reason="it must be at least 1")
    lacking = len(set(baskets.items) - set(hierarchy.values))
    if lacking:
        raise HierarchyError(column=hierarchy.column, reason=f"{lacking:,} items are not in it")
    persons = len(np.unique(baskets.person))
    if persons < k:
        raise TooFewBasketsError(persons=persons, k=k)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Tree:
    """The hierarchy above the items that occur.

    Attributes:
        groups: per level, the group of each item; the last level has one group.
        sizes: per level and group, the leaves of the hierarchy under it.
        buyers: people per item.
        columns: item × word, see `bits`.
    """

    groups: tuple[Codes32, ...]
    sizes: tuple[Ints, ...]
    buyers: Ints
    columns: bits.Words
    leaves: int

    @classmethod
    def of(cls, baskets: Baskets, hierarchy: Hierarchy) -> _Tree:
        place = {value: number for number, value in enumerate(hierarchy.values)}
        leaf = np.array([place[item] for item in baskets.items], dtype=np.int64)
        levels = list(hierarchy.levels)
        if len(set(levels[-1])) > 1:
            levels.append(("*",) * len(levels[0]))
        every = [np.unique(level, return_inverse=True)[1].astype(np.int32) for level in levels]
        return cls(
            groups=tuple(level[leaf] for level in every),
            sizes=tuple(np.bincount(level) for level in every),
            buyers=baskets.buyers,
            columns=bits.columns(baskets),
            leaves=len(hierarchy.values),
        )

    def share(self, level: int, item: int) -> float:
        """The share of all items that the name of an item at a level stands for; 0 if its own."""
        size = self.size(level, item)
        return 0.0 if size == 1 else size / self.leaves

    def size(self, level: int, item: int) -> int:
        """How many leaves the name of an item at a level stands for."""
        return int(self.sizes[level][self.groups[level][item]])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Node:
    """A name in use: its level, its items, and the people who have any of them."""

    level: int
    items: Ints
    column: bits.Words
    loss: float


class _Cut:
    """The names in use, from the top down; their columns lie in one matrix, without gaps."""

    def __init__(self, tree: _Tree, k: int, m: int, *, may_suppress: bool) -> None:
        self._tree, self._k, self._m = tree, k, m
        self._may_suppress = may_suppress
        root = self._node(len(tree.groups) - 1, np.flatnonzero(tree.buyers > 0))
        self.nodes = [root]
        self._columns = np.zeros((len(root.items) + 1, tree.columns.shape[1]), dtype=np.uint64)
        self._columns[0] = root.column

    def refined(self) -> Generator[float, None, None]:
        """Split names while that is safe and wins detail, the costliest first; says how far."""
        root = self.nodes[0]
        waiting, made = [(-root.loss, 0, root)], 1
        left = root.loss
        while waiting:
            _, _, node = heapq.heappop(waiting)
            left -= node.loss
            for child in self._split(node):
                if child.loss > 0:
                    heapq.heappush(waiting, (-child.loss, made, child))
                    left += child.loss
                    made += 1
            yield 1 - min(max(left / root.loss, 0.0), 1.0) if root.loss else 1.0

    def _split(self, node: _Node) -> list[_Node]:
        """Put a name's children in its place, and return them; [] where it stays."""
        self._take_out(node)
        safe: list[_Node] = []
        lost = 0.0
        for child in self._children(node):
            others = self._columns[: len(self.nodes)]
            if bits.is_common(child.column, others, self._k, self._m):
                self._put_in(child)
                safe.append(child)
                lost += child.loss
            else:
                suppressing = float(self._tree.buyers[child.items].sum())
                lost += suppressing if self._may_suppress else np.inf
            if lost >= node.loss:
                del self.nodes[len(self.nodes) - len(safe) :]
                self._put_in(node)
                return []
        return safe

    def _take_out(self, node: _Node) -> None:
        row = next(place for place, each in enumerate(self.nodes) if each is node)
        last = self.nodes.pop()
        if last is not node:
            self.nodes[row] = last
            self._columns[row] = last.column

    def _put_in(self, node: _Node) -> None:
        self._columns[len(self.nodes)] = node.column
        self.nodes.append(node)

    def _children(self, node: _Node) -> list[_Node]:
        """The nodes under a name, most people first."""
        level = node.level - 1
        group = self._tree.groups[level][node.items]
        nodes = [self._node(level, node.items[group == each]) for each in np.unique(group)]
        return sorted(nodes, key=lambda each: -int(bits.people(each.column)))

    def _node(self, level: int, items: Ints) -> _Node:
        """The node of these items, at the lowest level at which they are one."""
        tree = self._tree
        while (
            level > 0 and (tree.groups[level - 1][items] == tree.groups[level - 1][items[0]]).all()
        ):
            level -= 1
        return _Node(
            level=level,
            items=items,
            column=np.bitwise_or.reduce(tree.columns[items], axis=0),
            loss=tree.share(level, int(items[0])) * float(tree.buyers[items].sum()),
        )


def _recoded(
    baskets: Baskets,
    hierarchy: Hierarchy,
    tree: _Tree,
    nodes: Sequence[_Node],
    asked: tuple[int, int],
) -> RecodedBaskets:
    """What the cut shows. Nodes of one name, at several levels, are shown as one."""
    place = {value: number for number, value in enumerate(hierarchy.values)}
    names: dict[str, int] = {}
    leaves = np.zeros(len(nodes), dtype=np.int64)
    shown = np.full(len(baskets.items), -1, dtype=np.int32)
    for node in nodes:
        item = int(node.items[0])
        size = tree.size(node.level, item)
        level = hierarchy.levels[node.level] if node.level < len(hierarchy.levels) else None
        own = baskets.items[item]
        name = own if size == 1 else (level[place[own]] if level else ALL)
        position = names.setdefault(name, len(names))
        leaves[position] += size
        shown[node.items] = position
    kept = shown[baskets.item] >= 0
    after = baskets_of(
        baskets.person[kept], shown[baskets.item[kept]], baskets.persons, list(names)
    )
    return RecodedBaskets(
        before=baskets,
        after=after,
        shown=shown,
        leaves=leaves[: len(names)],
        k=asked[0],
        m=asked[1],
    )
