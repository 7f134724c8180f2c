"""Local recoding, judged from nothing but the names that it writes."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Generator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.anonymise.local import Progress, recode_locally
from compliance.anonymise.local.cheapest_first import nodes_of
from compliance.anonymise.local.records import records_of
from compliance.anonymise.losses import losses_of
from compliance.anonymise.nouns import (
    Criterion,
    Ladder,
    LossKind,
    Model,
    Problem,
    Recoding,
    Sensitive,
)
from compliance.dataset.nouns import ColumnName
from compliance.errors import NoRecodingError

Result = TypeVar("Result")
Shown = tuple[str | None, ...]

AGES = (("1", "2", "3", "4"), ("1-2", "1-2", "3-4", "3-4"), ("*",) * 4)
CITIES = (("a", "b", "c", "d", "e"), ("x", "x", "x", "y", "y"), ("*",) * 5)
SEXES = (("f", "m"), ("*", "*"))


def ladder(name: str, levels: Sequence[Sequence[str]], codes: Sequence[int], **more: int) -> Ladder:
    """A hierarchy by hand: per level, the name of each leaf."""
    maps, names = [], []
    for level in levels:
        groups = list(dict.fromkeys(level))
        maps.append(np.array([groups.index(each) for each in level], dtype=np.int32))
        names.append(tuple(groups))
    return Ladder(
        column=ColumnName(name),
        codes=np.array(codes, dtype=np.int32),
        maps=tuple(maps),
        names=tuple(names),
        shares=tuple(np.bincount(to) / len(to) for to in maps),
        lowest=more.get("lowest", 0),
        highest=more.get("highest", len(levels) - 1),
    )


def problem(
    rows: Sequence[tuple[int, int, int]],
    *criteria: Criterion,
    limit: float = 0.0,
    sensitive: Sequence[int] = (),
    loss: LossKind = LossKind.LOSS,
    population: Sequence[tuple[int, int, int]] = (),
    **bounds: int,
) -> Problem:
    """Ages, cities and sexes, one tuple of leaves per row; `bounds` are those of the city."""

    def ladders(of: Sequence[tuple[int, int, int]]) -> tuple[Ladder, ...]:
        age, city, sex = zip(*of, strict=True)
        return (
            ladder("age", AGES, age),
            ladder("city", CITIES, city, **bounds),
            ladder("sex", SEXES, sex),
        )

    values = np.array(sensitive, dtype=np.int32)
    column = Sensitive(
        column=ColumnName("illness"),
        codes=values,
        values=int(values.max()) + 1 if len(values) else 0,
    )
    return Problem(
        ladders=ladders(rows),
        sensitive=(column,) if len(values) else (),
        criteria=criteria,
        suppression_limit=limit,
        loss=loss,
        population=ladders(population) if population else (),
    )


def k_of(k: int) -> Criterion:
    return Criterion(model=Model.K_ANONYMITY, value=k)


def of_illness(model: Model, value: float, c: float = 1.0) -> Criterion:
    return Criterion(model=model, value=value, column=ColumnName("illness"), c=c)


def outcome(steps: Generator[object, None, Result]) -> Result:
    """What a generator of progress returns in the end."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            return stop.value


def recoded(asked: Problem) -> Recoding:
    return outcome(recode_locally(asked))


def shown(recoding: Recoding) -> list[Shown | None]:
    """What each row shows, as names; None for a suppressed one."""
    cells = [
        [names[code] for code in codes]
        for codes, names in zip(recoding.codes, recoding.names, strict=True)
    ]
    rows = list(zip(*cells, strict=True))
    return [None if gone else row for row, gone in zip(rows, recoding.suppressed, strict=True)]


def sizes(recoding: Recoding) -> Counter[Shown]:
    return Counter(row for row in shown(recoding) if row is not None)


def allowed_names(of: Ladder, code: int) -> set[str | None]:
    """The names that a leaf may show."""
    levels = range(of.lowest, of.highest + 1)
    return {of.names[level][of.maps[level][code]] for level in levels}


def is_true_of(asked: Problem, recoding: Recoding) -> bool:
    """Whether every name shown is one of the row's own value."""
    return all(
        row is None
        or all(
            name in allowed_names(of, int(of.codes[number]))
            for name, of in zip(row, asked.ladders, strict=True)
        )
        for number, row in enumerate(shown(recoding))
    )


rows_of_people = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 1)), min_size=6, max_size=60
)


@given(rows=rows_of_people, k=st.integers(1, 6), kind=st.sampled_from(LossKind))
def test_every_row_shows_names_of_its_own_values_together_with_k_rows(
    rows: list[tuple[int, int, int]], k: int, kind: LossKind
) -> None:
    asked = problem(rows, k_of(k), loss=kind)

    recoding = recoded(asked)

    assert not recoding.suppressed.any()
    assert min(sizes(recoding).values()) >= k
    assert is_true_of(asked, recoding)
    assert recoding.levels is None


@given(rows=rows_of_people, k=st.integers(2, 9), limit=st.floats(0, 0.5))
def test_no_more_rows_are_lost_than_the_limit_allows(
    rows: list[tuple[int, int, int]], k: int, limit: float
) -> None:
    try:
        recoding = recoded(problem(rows, k_of(k), limit=limit, highest=1))
    except NoRecodingError:
        by_region = Counter(city >= 3 for _, city, _ in rows)
        alone = sum(count for count in by_region.values() if count < k)
        assert alone > math.floor(Fraction(str(limit)) * len(rows))
        return

    assert recoding.suppressed.sum() <= math.floor(Fraction(str(limit)) * len(rows))
    assert all(count >= k for count in sizes(recoding).values())


@pytest.mark.parametrize(
    ("limit", "spare"), [(0.29, 29), (0.07, 7), (1 / 3, 33), (0.29 - 1e-15, 28)]
)
def test_the_limit_is_read_as_it_is_written(limit: float, spare: int) -> None:
    assert problem([(0, 0, 0)] * 100, k_of(2), limit=limit).spare == spare


@given(rows=rows_of_people, data=st.data())
def test_the_order_of_the_rows_changes_nothing_for_anyone(
    rows: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(rows))))

    one = shown(recoded(problem(rows, k_of(3))))
    other = shown(recoded(problem([rows[at] for at in order], k_of(3))))

    assert Counter(one) == Counter(other)
    assert [one[at] for at in order] == other


@given(rows=rows_of_people, data=st.data(), l_=st.integers(2, 3))
def test_every_class_shows_as_many_sensitive_values_as_asked(
    rows: list[tuple[int, int, int]], data: st.DataObject, l_: int
) -> None:
    ill = data.draw(st.lists(st.integers(0, 3), min_size=len(rows), max_size=len(rows)))
    asked = problem(rows, k_of(2), of_illness(Model.DISTINCT_L, l_), sensitive=ill)
    if len(set(ill)) < l_:
        with pytest.raises(NoRecodingError):
            recoded(asked)
        return

    found: dict[Shown | None, set[int]] = defaultdict(set)
    for row, value in zip(shown(recoded(asked)), ill, strict=True):
        found[row].add(value)

    assert min(len(values) for values in found.values()) >= l_


@given(rows=rows_of_people, data=st.data(), t=st.floats(0.05, 0.6))
def test_no_class_is_farther_from_the_table_than_asked(
    rows: list[tuple[int, int, int]], data: st.DataObject, t: float
) -> None:
    ill = data.draw(st.lists(st.integers(0, 3), min_size=len(rows), max_size=len(rows)))
    asked = problem(rows, of_illness(Model.EQUAL_T, t), sensitive=ill)

    found: dict[Shown | None, list[int]] = defaultdict(list)
    for row, value in zip(shown(recoded(asked)), ill, strict=True):
        found[row].append(value)

    whole = Counter(ill)
    for values in found.values():
        inside = Counter(values)
        gaps = (abs(inside[v] / len(values) - whole[v] / len(ill)) for v in whole)
        assert sum(gaps) / 2 <= t + 1e-9


@given(rows=rows_of_people, data=st.data(), bound=st.floats(0.5, 2.0))
def test_the_bound_of_delta_disclosure_holds_though_unions_may_break_it(
    rows: list[tuple[int, int, int]], data: st.DataObject, bound: float
) -> None:
    ill = data.draw(st.lists(st.integers(0, 2), min_size=len(rows), max_size=len(rows)))
    asked = problem(rows, of_illness(Model.DELTA_DISCLOSURE, bound), sensitive=ill)

    found: dict[Shown | None, list[int]] = defaultdict(list)
    for row, value in zip(shown(recoded(asked)), ill, strict=True):
        found[row].append(value)

    whole = Counter(ill)
    for values in found.values():
        for value, count in Counter(values).items():
            assert abs(math.log2(count / len(values) / (whole[value] / len(ill)))) < bound


def test_a_column_keeps_its_detail_where_a_class_allows_it() -> None:
    crowd = [(0, 0, 0)] * 5
    scattered = [(2, 3, 1), (2, 4, 1), (3, 3, 1), (3, 4, 1), (3, 4, 1)]

    recoding = recoded(problem(crowd + scattered, k_of(5)))

    assert sizes(recoding) == {("1", "a", "f"): 5, ("3-4", "y", "m"): 5}


def test_a_row_without_company_joins_the_class_that_it_makes_coarser_by_least() -> None:
    rows = [(0, 0, 0)] * 3 + [(3, 4, 1)] * 3 + [(0, 1, 0)]

    kept = recoded(problem(rows, k_of(3)))

    assert sizes(kept) == {("1", "x", "f"): 4, ("4", "e", "m"): 3}


def test_a_row_is_suppressed_where_that_costs_less_than_company() -> None:
    rows = [(0, 0, 0)] * 5 + [(3, 4, 1)]

    recoding = recoded(problem(rows, k_of(5), limit=0.2))

    assert recoding.suppressed.tolist() == [False] * 5 + [True]
    assert sizes(recoding) == {("1", "a", "f"): 5}


def test_levels_outside_the_bounds_are_not_used() -> None:
    rows = [(0, 0, 0)] * 5 + [(0, 3, 0)] * 5

    recoding = recoded(problem(rows, k_of(2), lowest=1, highest=1))

    assert {row[1] for row in sizes(recoding)} == {"x", "y"}


def test_what_cannot_be_met_is_refused_in_words() -> None:
    with pytest.raises(NoRecodingError, match="at most 0 of 3 rows"):
        recoded(problem([(0, 0, 0)] * 3, k_of(4)))


def test_one_row_alone_is_refused_and_kept_where_one_is_enough() -> None:
    with pytest.raises(NoRecodingError):
        recoded(problem([(0, 0, 0)], k_of(2)))

    assert shown(recoded(problem([(1, 1, 1)], k_of(1)))) == [("2", "b", "m")]


def test_rows_that_show_one_name_from_two_levels_are_one_class() -> None:
    doubled = (("a", "b", "c"), ("a", "bc", "bc"), ("*", "*", "*"))
    asked = Problem(
        ladders=(ladder("city", doubled, [0, 0, 1, 2, 2]),),
        sensitive=(),
        criteria=(k_of(2),),
        suppression_limit=0.0,
        loss=LossKind.LOSS,
    )

    recoding = recoded(asked)

    assert sorted(sizes(recoding).values()) == [2, 3]
    assert len(set(recoding.names[0])) == len(recoding.names[0])


def test_missing_values_are_a_group_of_their_own_up_to_the_top() -> None:
    whole = ladder("city", CITIES, [0, 0, 0, 4])
    with_missing = Ladder(
        column=whole.column,
        codes=np.array([0, 0, 5, 5, 5, 3], dtype=np.int32),
        maps=(
            np.arange(6, dtype=np.int32),
            np.array([0, 0, 0, 1, 1, 2], dtype=np.int32),
            np.zeros(6, dtype=np.int32),
        ),
        names=(("a", "b", "c", "d", "e", None), ("x", "y", None), ("*",)),
        shares=(np.full(6, 0.2), np.array([0.6, 0.4, 0.2]), np.ones(1)),
        highest=2,
    )
    asked = Problem(
        ladders=(with_missing,),
        sensitive=(),
        criteria=(k_of(2),),
        suppression_limit=0.2,
        loss=LossKind.LOSS,
    )

    assert sizes(recoded(asked)) == {("a",): 2, (None,): 3}


People = list[tuple[int, int, int]]


def crowds(asked: Problem, recoding: Recoding) -> dict[Shown, int]:
    """How many people of the population each class stands for: one by one."""
    columns = [[allowed_names(of, int(c)) for c in of.codes] for of in asked.population]
    people = list(zip(*columns, strict=True))
    return {
        row: sum(all(n in own for n, own in zip(row, each, strict=True)) for each in people)
        for row in sizes(recoding)
    }


@given(rows=rows_of_people, others=rows_of_people, k=st.integers(2, 6))
def test_each_class_stands_for_k_people_of_the_population(
    rows: People, others: People, k: int
) -> None:
    criterion = Criterion(model=Model.K_MAP, value=k)
    asked = problem(rows, criterion, population=rows + others)

    recoding = recoded(asked)

    assert min(crowds(asked, recoding).values()) >= k
    assert not recoding.suppressed.any()


def test_a_row_alone_may_stand_for_many_of_the_population() -> None:
    rows = [(0, 0, 0), (3, 4, 1)]
    asked = problem(
        rows, Criterion(model=Model.K_MAP, value=3), population=[(0, 0, 0)] * 3 + [(3, 4, 1)] * 3
    )

    assert sizes(recoded(asked)) == {("1", "a", "f"): 1, ("4", "e", "m"): 1}


@given(rows=rows_of_people, others=rows_of_people)
def test_presence_in_the_table_stays_between_its_bounds_for_everybody(
    rows: People, others: People
) -> None:
    share = len(rows) / len(rows + others)
    criterion = Criterion(model=Model.DELTA_PRESENCE, value=share + 0.1, lower=share / 2)
    asked = problem(rows, criterion, population=rows + others)

    recoding = recoded(asked)

    for row, people in crowds(asked, recoding).items():
        assert share / 2 - 1e-9 <= sizes(recoding)[row] / people <= share + 0.1 + 1e-9
    columns = [[allowed_names(of, int(c)) for c in of.codes] for of in asked.population]
    for person in zip(*columns, strict=True):
        assert any(
            all(n in own for n, own in zip(row, person, strict=True)) for row in sizes(recoding)
        )


@pytest.mark.parametrize("kind", LossKind)
def test_the_loss_is_never_above_that_of_everything_at_its_highest_level(kind: LossKind) -> None:
    generator = np.random.default_rng(7)
    rows = [tuple(row) for row in generator.integers(0, [4, 5, 2], size=(200, 3)).tolist()]
    asked = problem(rows, k_of(5), loss=kind)

    losses = losses_of(asked, recoded(asked))

    assert losses.granularity > 0.7
    assert losses.suppressed_share == 0


def test_the_column_that_weighs_more_keeps_more_detail() -> None:
    rows = [(age, city, 0) for age in range(4) for city in range(5) for _ in range(2)]

    def detail(weight_of_age: float) -> tuple[float, float]:
        asked = problem(rows, k_of(5))
        heavier = replace(asked.ladders[0], weight=weight_of_age)
        recoding = recoded(replace(asked, ladders=(heavier, *asked.ladders[1:])))
        kept = [
            1 - share[codes].mean()
            for share, codes in zip(recoding.shares, recoding.codes, strict=True)
        ]
        return float(kept[0]), float(kept[1])

    light, heavy = detail(0.1), detail(10.0)
    assert heavy[0] > light[0]
    assert heavy[1] < light[1]


def many_columns(count: int, height: int, rows: int) -> Problem:
    """Columns of a binary hierarchy each: (height + 1) ** count nodes."""
    leaves = 2**height
    levels = [[f"{leaf >> level}.{level}" for leaf in range(leaves)] for level in range(height + 1)]
    drawn = np.random.default_rng(11).integers(0, leaves, size=(count, rows))
    return Problem(
        ladders=tuple(ladder(f"c{place}", levels, row) for place, row in enumerate(drawn.tolist())),
        sensitive=(),
        criteria=(k_of(3),),
        suppression_limit=0.0,
        loss=LossKind.LOSS,
    )


@pytest.mark.parametrize(
    ("count", "height", "expected"),
    [
        pytest.param(3, 2, 27, id="a small lattice is taken whole"),
        pytest.param(9, 3, 150_000, id="a large one is thinned"),
        pytest.param(70, 3, 150_000, id="one that no machine could list is thinned too"),
    ],
)
def test_nodes_come_cheapest_first_and_never_before_a_finer_one(
    count: int, height: int, expected: int
) -> None:
    asked = many_columns(count, height, rows=20)

    nodes = nodes_of(records_of(asked))

    assert len(nodes) <= expected
    assert len(nodes) == expected or expected > 27
    assert count > 20 or nodes[0].sum() == 0
    assert (nodes[-1] == height).all()
    assert len(np.unique(nodes, axis=0)) == len(nodes)
    first = nodes[:400]
    is_coarser = (first[:, None, :] >= first[None, :, :]).all(axis=2)  # the row than the column
    assert not np.triu(is_coarser, k=1).any()


def test_progress_stays_between_nothing_and_all_and_ends_with_every_row_placed() -> None:
    asked = many_columns(3, 2, rows=50)

    steps = list(recode_locally(asked))

    assert all(isinstance(step, Progress) for step in steps)
    assert all(0 <= step.share <= 1 for step in steps)
    assert max(step.placed_rows for step in steps) == 50
