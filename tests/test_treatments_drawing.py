"""Micro-aggregation, swapping and PRAM: the laws that they keep."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.anonymise.nouns import Transition, Treated, TreatmentKind
from compliance.anonymise.treatments import corrected
from compliance.anonymise.treatments.drawing import partners, transition
from compliance.anonymise.treatments.grouping import groups_of_one, mdav
from tests.treatment_cases import column, treated, treatment

K = TreatmentKind
values = st.lists(st.integers(-20, 20).map(float), min_size=1, max_size=9)


def squared(numbers: np.ndarray, groups: np.ndarray) -> float:
    means = np.bincount(groups, weights=numbers) / np.bincount(groups)
    return float(((numbers - means[groups]) ** 2).sum())


def least_by_trying_all(numbers: np.ndarray, k: int) -> float:
    """The smallest sum of squares over every way to cut the sorted values into runs of ≥ k."""
    ordered, best = np.sort(numbers), np.inf
    for cuts in itertools.product([False, True], repeat=len(numbers) - 1):
        groups = np.concatenate(([0], np.cumsum(cuts, dtype=np.int64)))
        if np.bincount(groups).min() >= min(k, len(numbers)):
            best = min(best, squared(ordered, groups))
    return best


@given(values, st.integers(2, 4))
def test_groups_of_one_column_are_the_best_that_exist(numbers: list[float], k: int) -> None:
    array = np.array(numbers)
    groups = groups_of_one(array, k)

    assert squared(array, groups) == pytest.approx(least_by_trying_all(array, k), abs=1e-6)


@given(st.integers(1, 60), st.integers(1, 3), st.integers(2, 6), st.integers(0, 5))
def test_mdav_makes_groups_of_k_to_twice_k(rows: int, width: int, k: int, seed: int) -> None:
    numbers = np.random.default_rng(seed).normal(size=(rows, width)).round(1)
    sizes = np.bincount(mdav(numbers, k))

    assert sizes.sum() == rows
    assert sizes.max() < 2 * k
    assert sizes.min() >= min(k, rows)


def test_mdav_finds_the_clusters_that_are_there() -> None:
    rng = np.random.default_rng(3)
    centres = np.repeat(np.array([[0, 0], [50, 0], [0, 50], [50, 50]]), 5, axis=0)
    groups = mdav(centres + rng.normal(size=(20, 2)), 5)

    assert [len(set(groups[at : at + 5])) for at in range(0, 20, 5)] == [1, 1, 1, 1]
    assert len(set(groups)) == 4


def test_many_rows_are_averaged_within_blocks_and_lose_hardly_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(1)
    lists: dict[str, list[object]] = {
        name: [float(v) for v in rng.normal(size=900)] for name in ("a", "b")
    }
    group = [treatment(c, K.MICROAGGREGATE, k=3, group="g") for c in lists]

    whole = treated(lists, *group)
    monkeypatch.setattr("compliance.anonymise.treatments.grouping._MOST_AT_ONCE", 150)
    blocks = treated(lists, *group)

    def lost(done: Treated) -> float:
        return sum(
            float(((np.array(column(done, c)) - np.array(lists[c])) ** 2).sum()) for c in lists
        )

    shown = zip(column(blocks, "a"), column(blocks, "b"), strict=True)
    assert min(Counter(shown).values()) >= 3
    assert lost(blocks) < 1.25 * lost(whole)
    assert "near ones only" in blocks.notes[0].sentence
    assert "near ones only" not in whole.notes[0].sentence


def test_columns_averaged_together_show_each_combination_k_times() -> None:
    rng = np.random.default_rng(5)
    lists: dict[str, list[object]] = {
        "age": [int(v) for v in rng.integers(18, 90, 203)],
        "pay": [float(v) + 0.5 for v in rng.integers(0, 9000, 203)],
    }
    done = treated(lists, *(treatment(c, K.MICROAGGREGATE, k=4, group="g") for c in lists))

    both = Counter(zip(column(done, "age"), column(done, "pay"), strict=True))
    assert min(both.values()) >= 4
    assert np.mean(column(done, "pay")) == pytest.approx(np.mean(lists["pay"]))  # type: ignore[arg-type]


def test_rows_that_miss_the_same_columns_are_averaged_apart() -> None:
    ages: list[object] = [20, 21, 22, 60, 61, 62, None, None, None, 30]
    pays: list[object] = [1.5, 1.6, 1.7, 9.5, 9.6, 9.7, 5.0, 5.1, 5.2, None]
    group = [treatment(c, K.MICROAGGREGATE, k=3, group="g") for c in ("age", "pay")]
    done = treated({"age": ages, "pay": pays}, *group)

    assert column(done, "age") == [21] * 3 + [61] * 3 + [None] * 4
    assert column(done, "pay") == pytest.approx([1.6] * 3 + [9.6] * 3 + [5.1] * 3 + [None])
    assert "miss the same columns: 1." in done.notes[0].sentence


def test_large_numbers_that_lie_close_are_told_apart() -> None:
    numbers = np.array([1e9 + x for x in (0, 0.1, 0.2, 5, 5.1, 5.2)])

    assert len(set(groups_of_one(numbers, 3)[:3])) == 1
    assert len(set(groups_of_one(numbers, 3))) == 2


@given(st.integers(0, 80), st.integers(1, 20), st.integers(0, 3))
def test_swapped_ranks_are_pairs_within_the_window(count: int, window: int, seed: int) -> None:
    partner = partners(count, window, np.random.default_rng(seed))

    assert (partner[partner] == np.arange(count)).all()
    assert (np.abs(partner - np.arange(count)) <= window).all()


def test_hardly_a_value_stays_in_its_place() -> None:
    partner = partners(2000, 40, np.random.default_rng(0))

    assert (partner == np.arange(2000)).mean() < 0.02


def test_a_swapped_column_holds_what_it_held() -> None:
    numbers: list[object] = [*range(100), None, None]
    done = treated({"a": numbers}, treatment("a", K.SWAP, percent=10))
    after = column(done, "a")

    assert Counter(after) == Counter(numbers)
    assert after[-2:] == [None, None]
    assert done.notes[0].changed > 80
    assert all(
        abs(int(str(b)) - int(str(a))) <= 10 for a, b in zip(after[:100], numbers, strict=False)
    )


@given(
    st.lists(st.integers(1, 50), min_size=1, max_size=6),
    st.floats(0, 0.99),
    st.sampled_from(["frequency", "alike"]),
)
def test_chances_sum_to_one_and_frequencies_can_be_invariant(
    counts: list[int], keep: float, draw: str
) -> None:
    shares = np.array(counts) / sum(counts)
    chances = transition(shares, keep, draw)

    assert chances.sum(axis=1) == pytest.approx(1)
    assert (chances >= 0).all()
    if draw == "frequency":
        assert shares @ chances == pytest.approx(shares)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=6), st.floats(0.2, 0.99))
def test_the_expected_table_after_pram_corrects_to_the_true_one(
    counts: list[int], keep: float
) -> None:
    true = np.array(counts, dtype=float)
    chances = transition(np.full(len(true), 1 / len(true)), keep, "alike")
    names = tuple(str(at) for at in range(len(true)))

    back = corrected(true @ chances, Transition(names=names, chances=chances))

    assert back == pytest.approx(true, abs=1e-6)


def test_pram_keeps_as_often_as_said_and_its_counts_correct() -> None:
    """Six standard deviations: a false alarm in 10⁹."""
    rows = 20_000
    cities: list[object] = ["Bonn"] * 12_000 + ["Ulm"] * 6_000 + ["Kiel"] * 2_000
    done = treated({"city": cities}, treatment("city", K.PRAM, keep=0.6, draw="alike"))
    after, known = column(done, "city"), done.transitions["city"]  # type: ignore[index]

    same = sum(a == b for a, b in zip(after, cities, strict=True)) / rows
    stays = 0.6 + 0.4 / 3
    assert abs(same - stays) < 6 * np.sqrt(stays * (1 - stays) / rows)
    counts = Counter(after)
    estimated = corrected(np.array([counts[name] for name in known.names], dtype=float), known)
    assert known.names == ("Bonn", "Kiel", "Ulm")
    assert np.abs(estimated - [12_000, 2_000, 6_000]).max() < 6 * np.sqrt(rows / 4) / 0.6


def test_pram_leaves_missing_values_and_types_alone() -> None:
    done = treated({"n": [1, 2, None, 2, 1]}, treatment("n", K.PRAM, keep=0))

    assert column(done, "n")[2] is None
    assert set(column(done, "n")) <= {1, 2, None}


def test_chances_that_tell_nothing_cannot_be_undone() -> None:
    lost = Transition(names=("a", "b"), chances=np.full((2, 2), 0.5))

    with pytest.raises(ValueError, match="cannot be undone"):
        corrected(np.array([3.0, 4.0]), lost)
