"""Privacy models: whether each class, or the table, meets a criterion."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.anonymise.models import holds, is_monotone, is_per_class, satisfied
from compliance.anonymise.models.closeness import equal_t, hierarchical_t, ordered_t
from compliance.anonymise.models.disclosure import beta, delta
from compliance.anonymise.models.diversity import distinct_l, entropy_l, recursive_c
from compliance.anonymise.nouns import Classes, Criterion, Model
from compliance.errors import MalformedRecipeError, NoPopulationError
from tests.anonymise_cases import DISEASE, Groups, Plainly, classes_of

# 8 values under 4 parents, 2 grandparents and one root.
LADDER = [list(range(8)), [0, 0, 1, 1, 2, 2, 3, 3], [0, 0, 0, 0, 1, 1, 1, 1], [0] * 8]

groups = st.lists(st.lists(st.integers(0, 7), min_size=1, max_size=12), min_size=1, max_size=6)


def verdict(criterion: Criterion, classes: Classes) -> list[bool]:
    return [bool(each) for each in satisfied(criterion, classes)]


def on_disease(model: Model, value: float, c: float = 1.0) -> Criterion:
    return Criterion(model=model, value=value, column=DISEASE, c=c)


@given(groups)
def test_figures_per_class_are_those_of_the_definitions(rows: Groups) -> None:
    classes = classes_of(rows, values=8, maps=LADDER)
    found = sorted({value for group in rows for value in group})
    dense = classes_of([[found.index(v) for v in group] for group in rows])
    histogram, sizes = classes.histograms[DISEASE], classes.sizes

    plain = [Plainly(rows, group) for group in rows]
    pairs = [
        (distinct_l(histogram, sizes), [len(p.counts) for p in plain]),
        (entropy_l(histogram, sizes), [p.entropy_l() for p in plain]),
        (recursive_c(histogram, sizes), [p.recursive_c(2) for p in plain]),
        (recursive_c(histogram, sizes, 3), [p.recursive_c(3) for p in plain]),
        (recursive_c(histogram, sizes, 5), [p.recursive_c(5) for p in plain]),
        (equal_t(histogram, sizes), [p.equal_t() for p in plain]),
        (ordered_t(dense.histograms[DISEASE], sizes), [p.ordered_t() for p in plain]),
        (hierarchical_t(histogram, sizes), [p.hierarchical_t(LADDER) for p in plain]),
        (beta(histogram, sizes), [p.beta() for p in plain]),
        (delta(histogram, sizes), [p.delta() for p in plain]),
    ]
    for ours, theirs in pairs:
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)


EVEN = [[0, 0, 1, 1], [0, 0, 0, 1], [2, 2, 2, 2]]


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        pytest.param(Criterion(model=Model.K_ANONYMITY, value=4), [True, True, True], id="k met"),
        pytest.param(Criterion(model=Model.K_ANONYMITY, value=5), [False] * 3, id="k missed"),
        pytest.param(on_disease(Model.DISTINCT_L, 2), [True, True, False], id="two values"),
        pytest.param(on_disease(Model.DISTINCT_L, 1.5), [True, True, False], id="l is rounded up"),
        pytest.param(on_disease(Model.ENTROPY_L, 2), [True, False, False], id="exactly even"),
        pytest.param(on_disease(Model.RECURSIVE_CL, 2, c=1), [False] * 3, id="2 < 2 is strict"),
        pytest.param(on_disease(Model.RECURSIVE_CL, 2, c=3), [True, False, False], id="3 < 3 too"),
        pytest.param(on_disease(Model.RECURSIVE_CL, 2, c=3.1), [True, True, False], id="3 < 3.1"),
        # The table: 5, 3 and 4 of 12.
        pytest.param(on_disease(Model.EQUAL_T, 1 / 3), [True, True, False], id="equal, at bound"),
        pytest.param(on_disease(Model.EQUAL_T, 0.33), [False] * 3, id="equal, below bound"),
        pytest.param(on_disease(Model.ORDERED_T, 5 / 24), [True, False, False], id="ordered"),
        pytest.param(on_disease(Model.BETA_LIKENESS, 0.8), [False, True, False], id="at bound"),
        pytest.param(on_disease(Model.BETA_LIKENESS, 2), [True, True, True], id="beta at 2"),
        # −ln(1/3) is 1.0986 and −ln(5/12) is 0.8755.
        pytest.param(
            on_disease(Model.ENHANCED_BETA_LIKENESS, 2), [True, True, False], id="enhanced beta"
        ),
        pytest.param(
            on_disease(Model.DELTA_DISCLOSURE, 1), [False, True, False], id="log2 2 and log2 3"
        ),
    ],
)
def test_a_criterion_is_judged_class_by_class(criterion: Criterion, expected: list[bool]) -> None:
    assert verdict(criterion, classes_of(EVEN)) == expected


def test_delta_disclosure_is_strict() -> None:
    halves = classes_of([[0, 0], [1, 1]])

    assert verdict(on_disease(Model.DELTA_DISCLOSURE, 1), halves) == [False, False]
    assert verdict(on_disease(Model.DELTA_DISCLOSURE, 1.0001), halves) == [True, True]


def test_exactly_even_classes_of_any_size_meet_entropy_l() -> None:
    for values in (2, 3, 5, 7):
        for each in range(1, 60):
            classes = classes_of([[value for value in range(values) for _ in range(each)]])

            assert verdict(on_disease(Model.ENTROPY_L, values), classes) == [True]


def test_hierarchical_distance_follows_the_hierarchy() -> None:
    """Neighbours under one parent are half as far as strangers are in a tree of two levels."""
    maps = [[0, 1, 2, 3], [0, 0, 1, 1], [0, 0, 0, 0]]
    near = classes_of([[0, 2], [1, 3]], maps=maps)
    far = classes_of([[0, 1], [2, 3]], maps=maps)

    assert verdict(on_disease(Model.HIERARCHICAL_T, 0.25), near) == [True, True]
    assert verdict(on_disease(Model.HIERARCHICAL_T, 0.49), far) == [False, False]
    assert verdict(on_disease(Model.HIERARCHICAL_T, 0.5), far) == [True, True]


def test_a_hierarchy_without_a_root_gets_one() -> None:
    rootless, rooted = [[0, 1, 2], [0, 0, 1]], [[0, 1, 2], [0, 0, 1], [0, 0, 0]]
    sizes = np.array([2, 1])
    figures = [
        hierarchical_t(classes_of([[0, 1], [2]], maps=maps).histograms[DISEASE], sizes)
        for maps in (rootless, rooted)
    ]

    np.testing.assert_allclose(*figures)


def people(population: list[int] | None, elsewhere: int = 0) -> Classes:
    counts = None if population is None else np.array(population)
    return Classes(sizes=np.array([2, 3, 5]), population=counts, elsewhere=elsewhere)


def test_k_map_counts_people_of_the_population() -> None:
    criterion = Criterion(model=Model.K_MAP, value=5)

    assert verdict(criterion, people([5, 4, 50])) == [True, False, True]


def test_delta_presence_bounds_the_share_of_the_population_on_both_sides() -> None:
    criterion = Criterion(model=Model.DELTA_PRESENCE, value=0.5, lower=0.1)

    assert verdict(criterion, people([4, 5, 51])) == [True, False, False]
    assert verdict(criterion, people([20, 30, 50])) == [True, True, True]


def test_people_whom_no_row_can_be_fail_a_lower_bound_of_delta_presence() -> None:
    bounded = Criterion(model=Model.DELTA_PRESENCE, value=0.5, lower=0.1)
    unbounded = Criterion(model=Model.DELTA_PRESENCE, value=0.5)

    assert verdict(bounded, people([20, 30, 50], elsewhere=1)) == [False] * 3
    assert verdict(unbounded, people([20, 30, 50], elsewhere=1)) == [True] * 3


def test_a_class_that_the_population_does_not_have_is_not_hidden_in_it() -> None:
    assert not verdict(Criterion(model=Model.DELTA_PRESENCE, value=1), people([0, 9, 9]))[0]
    assert not verdict(Criterion(model=Model.K_MAP, value=1), people([0, 9, 9]))[0]


@pytest.mark.parametrize("model", [Model.K_MAP, Model.DELTA_PRESENCE])
def test_a_model_about_the_population_is_refused_without_one(model: Model) -> None:
    with pytest.raises(NoPopulationError, match="Name the dataset"):
        satisfied(Criterion(model=model, value=1), people(None))


def test_a_model_about_a_sensitive_column_is_refused_without_one() -> None:
    with pytest.raises(MalformedRecipeError, match="sensitive column"):
        satisfied(Criterion(model=Model.EQUAL_T, value=0.2), classes_of(EVEN))
    with pytest.raises(MalformedRecipeError, match="needs a hierarchy"):
        satisfied(on_disease(Model.HIERARCHICAL_T, 0.2), classes_of(EVEN))


def test_average_risk_is_classes_per_row() -> None:
    classes = classes_of(EVEN)

    assert holds(Criterion(model=Model.MEAN_RISK, value=0.25), classes)
    assert not holds(Criterion(model=Model.MEAN_RISK, value=0.2499), classes)


def test_population_uniques_are_estimated_from_the_sample() -> None:
    classes = Classes(sizes=np.array([1] * 30 + [2] * 12 + [5] * 6))
    share = 30 / 84

    for value, verdict_ in ((share + 1e-9, True), (share - 1e-9, False)):
        whole = Criterion(model=Model.POPULATION_UNIQUES, value=value, sampling_fraction=1.0)
        assert holds(whole, classes) is verdict_
    small = Criterion(model=Model.POPULATION_UNIQUES, value=share, sampling_fraction=0.01)
    assert holds(small, classes)


def test_no_estimate_is_no_pass() -> None:
    alone = Classes(sizes=np.ones(20, dtype=np.int64))
    criterion = Criterion(model=Model.POPULATION_UNIQUES, value=1.0, sampling_fraction=0.05)

    assert not holds(criterion, alone)


@pytest.mark.parametrize("model", list(Model))
def test_a_table_without_classes_meets_everything(model: Model) -> None:
    none = np.zeros(0, dtype=np.int64)
    histogram = classes_of([[0]], maps=[[0]]).histograms[DISEASE]
    empty = type(histogram)(
        classes=none, values=none, counts=none, whole=np.array([0, 0]), maps=histogram.maps
    )
    classes = Classes(sizes=none, histograms={DISEASE: empty}, population=none)

    if is_per_class(model):
        assert satisfied(on_disease(model, 3), classes).shape == (0,)
    else:
        assert holds(on_disease(model, 0.01), classes)


def test_judging_classes_by_a_model_of_the_table_is_a_slip() -> None:
    with pytest.raises(ValueError, match="whole table"):
        satisfied(Criterion(model=Model.MEAN_RISK, value=0.2), classes_of(EVEN))
    with pytest.raises(ValueError, match="single classes"):
        holds(Criterion(model=Model.K_ANONYMITY, value=2), classes_of(EVEN))


PER_CLASS = [model for model in Model if is_per_class(model)]


@given(rows=groups, model=st.sampled_from(PER_CLASS), data=st.data())
def test_uniting_classes_keeps_what_is_called_monotone(
    rows: Groups, model: Model, data: st.DataObject
) -> None:
    """Bounds are drawn near what the table has; the population is what the classes' sizes make."""
    value = data.draw(st.sampled_from([0.2, 0.4, 0.6, 0.9, 1.2, 2, 3]))
    criterion = Criterion(model=model, value=value, column=DISEASE, c=1.5, lower=0.1)
    hidden = data.draw(st.lists(st.integers(0, 30), min_size=len(rows), max_size=len(rows)))

    def judged(groups: Groups, people: list[int]) -> np.ndarray:
        classes = classes_of(groups, values=8, maps=LADDER)
        population = np.array(people) + classes.sizes
        united = Classes(sizes=classes.sizes, histograms=classes.histograms, population=population)
        return satisfied(criterion, united)

    fine = judged(rows, hidden)
    pairs = [range(i, min(i + 2, len(rows))) for i in range(0, len(rows), 2)]
    coarse = judged(
        [[v for i in pair for v in rows[i]] for pair in pairs],
        [sum(hidden[i] for i in pair) for pair in pairs],
    )
    for pair, meets in zip(pairs, coarse, strict=True):
        if is_monotone(model, suppressing=False) and all(fine[i] for i in pair):
            assert meets
        if is_monotone(model, suppressing=True) and any(fine[i] for i in pair):
            assert meets


@pytest.mark.parametrize(
    ("model", "value", "fine"),
    [
        pytest.param(Model.ENTROPY_L, 1.8, [[0, 1], [0, 0, 0, 0]], id="entropy"),
        pytest.param(Model.RECURSIVE_CL, 2, [[0, 1], [0, 0, 0, 0]], id="recursive"),
    ],
)
def test_what_is_not_called_monotone_under_suppression_has_a_reason(
    model: Model, value: float, fine: Groups
) -> None:
    criterion = on_disease(model, value, c=2)
    coarse = [[v for group in fine for v in group]]

    assert verdict(criterion, classes_of(fine)) == [True, False]
    assert verdict(criterion, classes_of(coarse)) == [False]
    assert not is_monotone(model, suppressing=True)


def test_delta_disclosure_is_spoiled_by_uniting_two_classes_that_meet_it() -> None:
    fine = [[0] * 20 + [1], [0] * 20, [0] * 10 + [1] * 2]
    coarse = [fine[0] + fine[1], fine[2]]
    criterion = on_disease(Model.DELTA_DISCLOSURE, 1.2)

    assert verdict(criterion, classes_of(fine))[:2] == [True, True]
    assert verdict(criterion, classes_of(coarse))[0] is False
    assert not is_monotone(Model.DELTA_DISCLOSURE, suppressing=False)
