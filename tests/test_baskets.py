"""Baskets are safe by count, not by belief: every combination is counted again, one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from itertools import combinations
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.anonymise.baskets import (
    Baskets,
    RecodedBaskets,
    anonymise_baskets,
    by_code,
    by_demand,
    by_description,
    gather_baskets,
    losses_of_baskets,
    measure_baskets,
    write_baskets,
)
from compliance.anonymise.nouns import ALL, Hierarchy
from compliance.dataset import Table
from compliance.dataset.nouns import Column, ColumnName
from compliance.errors import HierarchyError, MalformedRecipeError, TooFewBasketsError

Result = TypeVar("Result")
Sets = Sequence[frozenset[str]]

WHO, WHAT = ColumnName("who"), ColumnName("what")
FRUIT = Hierarchy(
    column=WHAT,
    levels=(
        ("apple", "pear", "plum", "hammer", "saw", "nail"),
        ("pome", "pome", "stone", "tool", "tool", "iron"),
        ("fruit", "fruit", "fruit", "works", "works", "works"),
        (ALL,) * 6,
    ),
)


def baskets(of: Sequence[Sequence[str]], items: Sequence[str] = FRUIT.values) -> Baskets:
    """One basket per person."""
    pairs = sorted({(p, items.index(item)) for p, basket in enumerate(of) for item in basket})
    person, item = zip(*pairs, strict=True) if pairs else ((), ())
    return Baskets(
        persons=len(of),
        items=tuple(items),
        person=np.array(person, dtype=np.int32),
        item=np.array(item, dtype=np.int32),
    )


def outcome(steps: Generator[object, None, Result]) -> Result:
    """What a generator of progress returns in the end."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            return stop.value


def safe(of: Baskets, k: int, m: int, hierarchy: Hierarchy = FRUIT, **how: bool) -> RecodedBaskets:
    return outcome(anonymise_baskets(of, hierarchy, k, m, **how))


def sets(of: Baskets) -> list[frozenset[str]]:
    """What each person has, as names."""
    found: list[set[str]] = [set() for _ in range(of.persons)]
    for person, item in zip(of.person, of.item, strict=True):
        found[person].add(of.items[item])
    return [frozenset(each) for each in found]


def supports(of: Sets, m: int) -> Mapping[frozenset[str], int]:
    """How many people have each combination of up to m items: one by one."""
    return Counter(
        frozenset(combination)
        for basket in of
        for size in range(1, m + 1)
        for combination in combinations(sorted(basket), size)
    )


many_baskets = st.lists(
    st.lists(st.sampled_from(FRUIT.values), max_size=5), min_size=3, max_size=25
).filter(lambda of: sum(map(bool, of)) >= 3)


@given(of=many_baskets, k=st.integers(1, 3), m=st.integers(1, 3), may_suppress=st.booleans())
def test_every_combination_that_is_left_belongs_to_k_people(
    of: list[list[str]], k: int, m: int, may_suppress: bool
) -> None:
    recoded = safe(baskets(of), k, m, may_suppress=may_suppress)

    assert all(count >= k for count in supports(sets(recoded.after), m).values())
    assert measure_baskets(recoded.after, m).k >= k


@given(of=many_baskets, k=st.integers(1, 3), m=st.integers(1, 3))
def test_each_item_has_one_name_that_is_true_of_it(of: list[list[str]], k: int, m: int) -> None:
    before = baskets(of)

    recoded = safe(before, k, m)

    names = [recoded.after.items[at] if at >= 0 else None for at in recoded.shown]
    above = {v: {level[i] for level in FRUIT.levels} for i, v in enumerate(FRUIT.values)}
    assert all(n is None or n in above[v] for n, v in zip(names, before.items, strict=True))
    of_item = dict(zip(before.items, names, strict=True))
    for basket, shown in zip(sets(before), sets(recoded.after), strict=True):
        assert shown == {of_item[item] for item in basket} - {None}


@given(of=many_baskets, k=st.integers(1, 3), m=st.integers(1, 3))
def test_no_item_is_suppressed_where_that_is_not_allowed(
    of: list[list[str]], k: int, m: int
) -> None:
    before = baskets(of)

    recoded = safe(before, k, m, may_suppress=False)

    assert (recoded.shown[before.buyers > 0] >= 0).all()


@given(of=many_baskets, m=st.integers(1, 3), asked=st.integers(1, 4))
def test_the_measures_are_those_of_counting_every_combination(
    of: list[list[str]], m: int, asked: int
) -> None:
    counted = supports([frozenset(each) for each in of], m)

    def within(basket: Sequence[str], crowd: int) -> bool:
        return any(count <= crowd and combo <= set(basket) for combo, count in counted.items())

    found = measure_baskets(baskets(of), m, asked)

    assert found.k == min(counted.values())
    assert found.singled_out == sum(within(basket, 1) for basket in of)
    assert found.exposed == sum(within(basket, asked - 1) for basket in of)
    assert found.persons == sum(map(bool, of))


@given(of=many_baskets, k=st.integers(1, 3))
def test_who_knows_more_items_never_sees_less(of: list[list[str]], k: int) -> None:
    found = [measure_baskets(baskets(of), m, asked=k) for m in (1, 2, 3)]

    assert [each.k for each in found] == sorted((each.k for each in found), reverse=True)
    assert [each.exposed for each in found] == sorted(each.exposed for each in found)


@given(of=many_baskets, data=st.data())
def test_nobody_s_place_in_the_table_changes_what_is_shown(
    of: list[list[str]], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(of))))

    one = safe(baskets(of), 2, 2)
    other = safe(baskets([of[at] for at in order]), 2, 2)

    assert one.shown.tolist() == other.shown.tolist()


def test_names_stay_fine_where_everybody_has_company() -> None:
    recoded = safe(baskets([["apple", "pear"]] * 3 + [["hammer"], ["saw"], ["nail"]]), 3, 2)

    assert sets(recoded.after) == [{"apple", "pear"}] * 3 + [{"works"}] * 3


def test_a_rare_item_is_suppressed_where_coarser_names_would_cost_others_more() -> None:
    often = [["apple"]] * 20 + [["pear"]] * 20

    recoded = safe(baskets([*often, ["plum"]]), 5, 1)

    assert sets(recoded.after) == [{"apple"}] * 20 + [{"pear"}] * 20 + [set()]


def test_the_losses_are_the_mean_share_that_a_name_stands_for() -> None:
    recoded = safe(baskets([["apple"]] * 3 + [["hammer"], ["saw"], ["nail"]]), 3, 1)

    losses = losses_of_baskets(recoded, leaves=6)

    assert losses.ncp == pytest.approx(3 * (3 / 6) / 6)
    assert (losses.own_names, losses.names, losses.suppressed_items) == (1, 2, 0)
    assert losses.top_items_kept == 1 / 4


def test_usefulness_counts_the_pairs_that_go_together_most() -> None:
    of = [["apple", "pear"]] * 5 + [["hammer", "saw"]] * 3 + [["apple", "hammer"]] * 1

    losses = losses_of_baskets(safe(baskets(of), 2, 2), leaves=6, top=2)

    assert losses.top_pairs_kept <= losses.top_pairs_apart
    assert losses.top_pairs_kept == 0.5


def test_an_item_of_its_own_family_keeps_its_own_name() -> None:
    family = Hierarchy(column=WHAT, levels=(("a", "b", "c"), ("x", "y", "y"), (ALL,) * 3))

    recoded = safe(baskets([["a"], ["a"], ["b"], ["c"]], ("a", "b", "c")), 2, 1, family)

    assert sets(recoded.after) == [{"a"}, {"a"}, {"y"}, {"y"}]


def test_what_is_bought_twice_counts_once_and_what_nobody_bought_not_at_all(
    stored: Callable[..., tuple[Table, tuple[Column, ...]]],
) -> None:
    table, _ = stored(who=["u", "u", "v", None, "v"], what=["a", "a", "a", "a", None])

    gathered = gather_baskets(table, WHO, WHAT)

    assert sets(gathered) == [{"a"}, {"a"}]
    assert len(gathered.item) == 2


def test_the_written_table_has_the_same_columns_and_no_trace_of_who_was_who(
    stored: Callable[..., tuple[Table, tuple[Column, ...]]],
) -> None:
    table, _ = stored(who=["u", "v", "w", "w", "x"], what=["b", "a", "b", "a", "a"])
    other, _ = stored(who=["w", "w", "v", "u", "x"], what=["a", "b", "a", "b", "a"])

    written = write_baskets(gather_baskets(table, WHO, WHAT), WHO, WHAT).to_pydict()

    assert written["what"].count("a") == 3
    assert sorted(Counter(written["who"]).values()) == [1, 1, 1, 2]
    assert set(written["who"]) == {1, 2, 3, 4}
    assert written == write_baskets(gather_baskets(other, WHO, WHAT), WHO, WHAT).to_pydict()


def test_people_without_any_item_left_are_not_in_the_written_table() -> None:
    written = write_baskets(baskets([["apple"], [], ["apple"]]), WHO, WHAT)

    assert written.to_pydict() == {"who": [1, 2], "what": ["apple", "apple"]}


def test_codes_that_begin_alike_stand_together() -> None:
    codes = ("22386", "22387", "22388", "85123A", "85123B")
    of = [codes, codes[:2]]

    hierarchy = by_code(WHAT, baskets(of, codes))

    assert hierarchy.values == codes
    assert ("223…",) * 3 + ("851…",) * 2 in hierarchy.levels
    assert ("22386 | 22387",) * 2 in [level[:2] for level in hierarchy.levels]
    assert hierarchy.levels[-1] == (ALL,) * 5


def test_items_whose_descriptions_end_alike_stand_together() -> None:
    of = baskets([["1", "2", "3", "4"], ["1", "3"]], ("1", "2", "3", "4"))

    hierarchy = by_description(WHAT, of, ["Red bag", "Tin", "Lunch Bag", ""])

    assert ("… BAG", "… TIN", "… BAG", "… ?") in hierarchy.levels


def test_items_bought_by_as_many_stand_together() -> None:
    of = [["apple", "pear", "nail", "saw"], ["apple", "pear", "nail"], ["apple", "pear"]]

    hierarchy = by_demand(WHAT, baskets(of))

    name = dict(zip(hierarchy.values, hierarchy.levels[1], strict=True))
    assert name["apple"] == name["pear"] == "apple | pear"
    assert name["nail"] == name["saw"]


def test_items_that_are_called_as_groups_would_be_do_not_mix_them_up() -> None:
    names = ("a | b", "c", "a", "b | c", "x")

    hierarchy = by_demand(WHAT, baskets([names, names[:4], names[:4]], names))

    assert [len(set(level)) for level in hierarchy.levels] == [5, 3, 2, 1]


@pytest.mark.parametrize(("k", "m"), [(2, 0), (2, 4), (0, 2)])
def test_a_k_or_m_out_of_range_is_refused(k: int, m: int) -> None:
    with pytest.raises(MalformedRecipeError):
        safe(baskets([["apple"]] * 3), k, m)


def test_measuring_beyond_what_can_be_counted_is_refused() -> None:
    with pytest.raises(MalformedRecipeError):
        measure_baskets(baskets([["apple"]]), 4)


def test_items_without_a_place_in_the_hierarchy_are_counted_not_named() -> None:
    with pytest.raises(HierarchyError, match="1 items are not in it") as refused:
        safe(baskets([["cactus"]] * 3, ("cactus",)), 2, 1)

    assert "cactus" not in str(refused.value)


def test_fewer_people_than_k_are_refused() -> None:
    with pytest.raises(TooFewBasketsError, match="Only 2 people"):
        safe(baskets([["apple"], ["pear"], []]), 3, 1)


def test_no_baskets_measure_as_nothing() -> None:
    found = measure_baskets(baskets([[], []]), 2)

    assert (found.persons, found.k, found.singled_out) == (0, 0, 0)
