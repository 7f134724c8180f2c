"""Estimates of how many people are unique in the population that a table was drawn from.

Statistical tests draw with a fixed seed. The bounds are at least six standard deviations of the
estimate, found from other draws (200; 40 for Pitman), so that another seed would fail at most once
in a million times.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pyarrow.csv as pacsv
import pytest
from scipy.stats import hypergeom

from compliance.anonymise.models import measure_table
from compliance.anonymise.models.uniqueness import dankar, pitman, pitman_parameters, snb, zayatz
from compliance.anonymise.nouns.problem import Ints
from compliance.dataset.table import Table


def sizes_of(**classes: int) -> Ints:
    """`sizes_of(of1=3, of2=1)`: three classes of one and one of two."""
    return np.repeat([int(name.removeprefix("of")) for name in classes], list(classes.values()))


def drawn(population: Ints, fraction: float, rng: np.random.Generator) -> tuple[Ints, float]:
    """The class sizes of a sample, and the share of the population that is unique in it."""
    people = np.repeat(np.arange(len(population)), population)
    sample = rng.choice(people, round(fraction * len(people)), replace=False)
    sizes = np.bincount(sample)
    return sizes[sizes > 0], (population == 1).sum() / len(people)


def pitman_population(theta: float, alpha: float, people: int, rng: np.random.Generator) -> Ints:
    """Class sizes by the Chinese restaurant process: a new class, or that of somebody before."""
    classes, counts = np.zeros(people, dtype=np.int64), [0] * people
    used = 0
    for i in range(people):
        if rng.random() * (i + theta) < theta + used * alpha:
            classes[i], used = used, used + 1
        else:
            classes[i] = classes[rng.integers(i)]
            while rng.random() < alpha / counts[classes[i]]:
                classes[i] = classes[rng.integers(i)]
        counts[classes[i]] += 1
    return np.bincount(classes)


def test_zayatz_is_bayes_rule_over_hypergeometric_chances() -> None:
    sizes, fraction = sizes_of(of1=40, of2=12, of3=5, of9=2), 0.25
    people, population = 97, 388
    chance = {size: hypergeom.pmf(1, population, size, people) for size in (1, 2, 3, 9)}
    classes = {1: 40, 2: 12, 3: 5, 9: 2}
    right = 40 * chance[1] / sum(classes[size] * chance[size] for size in classes)

    assert zayatz(sizes, fraction) == pytest.approx(40 * right / fraction / population, rel=1e-12)


def test_zayatz_takes_classes_that_cannot_leave_out_all_but_one() -> None:
    """90 of 100 people: 20 that share their values cannot show just one of them."""
    sizes = sizes_of(of1=70, of20=1)

    assert zayatz(sizes, 0.9) == pytest.approx(70 / 90)


@pytest.mark.parametrize(
    "sizes",
    [
        pytest.param(sizes_of(of1=400, of2=100, of3=50, of7=20, of60=2), id="heavy tail"),
        pytest.param(sizes_of(of1=30, of2=30, of3=25, of4=10, of5=9, of8=4), id="light tail"),
        pytest.param(sizes_of(of1=3, of2=1, of5=1), id="ten people"),
    ],
)
def test_pitmans_parameters_are_those_of_the_largest_likelihood(sizes: Ints) -> None:
    """The other way: the likelihood written out in sums, which no step around raises."""

    def likelihood(theta: float, alpha: float) -> float:
        first = np.log(theta + np.arange(1, len(sizes)) * alpha).sum()
        second = np.log(theta + np.arange(1, sizes.sum())).sum()
        third = sum(np.log(np.arange(1, size) - alpha).sum() for size in sizes)
        return float(first - second + third)

    theta, alpha = pitman_parameters(sizes) or (math.nan, math.nan)
    best = likelihood(theta, alpha)
    for turn in np.linspace(0, 2 * math.pi, 16):
        step_theta, step_alpha = 1e-3 * theta * math.cos(turn), 1e-3 * math.sin(turn)
        assert likelihood(theta + step_theta, alpha + step_alpha) < best


def test_pitmans_formula_counts_uniques() -> None:
    sizes = sizes_of(of1=400, of2=100, of3=50, of7=20, of60=2)
    theta, alpha = pitman_parameters(sizes) or (math.nan, math.nan)
    people = sizes.sum() / 0.01
    uniques = math.gamma(theta + 1) / math.gamma(theta + alpha) * people**alpha

    assert pitman(sizes, 0.01) == pytest.approx(uniques / people, rel=1e-9)


def test_pitman_finds_the_uniques_of_a_population_of_its_kind() -> None:
    """100,000 people, θ = 200, α = 0.55; the standard deviation of the ratio is 0.046."""
    rng = np.random.default_rng(5)
    population = pitman_population(200, 0.55, 100_000, rng)
    sizes, truth = drawn(population, 0.1, rng)

    assert pitman(sizes, 0.1) == pytest.approx(truth, rel=0.3)
    assert dankar(sizes, 0.1) == pitman(sizes, 0.1)


@pytest.mark.parametrize("fraction", [0.5, 0.8])
def test_snb_finds_the_uniques_of_a_population_of_its_kind(fraction: float) -> None:
    """50,000 classes of 1 + a negative binomial; the standard deviation of the ratio is 0.0135."""
    rng = np.random.default_rng(6)
    sizes, truth = drawn(1 + rng.negative_binomial(0.6, 0.3, 50_000), fraction, rng)

    found = snb(sizes, fraction)
    assert found == pytest.approx(truth, rel=0.085)
    assert dankar(sizes, fraction) == min(found, zayatz(sizes, fraction))


def test_zayatz_is_near_where_most_people_are_in_the_sample() -> None:
    """The standard deviation of the ratio is 0.002."""
    rng = np.random.default_rng(7)
    sizes, truth = drawn(1 + rng.negative_binomial(0.6, 0.3, 50_000), 0.95, rng)

    assert zayatz(sizes, 0.95) == pytest.approx(truth, rel=0.02)


@pytest.mark.parametrize("model", [zayatz, pitman, snb, dankar])
def test_who_is_unique_in_the_whole_population_is_counted(model: type) -> None:
    assert model(sizes_of(of1=3, of2=1, of5=1), 1.0) == pytest.approx(3 / 10)


@pytest.mark.parametrize("model", [zayatz, pitman, snb, dankar])
@pytest.mark.parametrize("fraction", [0.05, 0.5, 1.0])
def test_without_uniques_in_the_sample_none_are_estimated(model: type, fraction: float) -> None:
    assert model(sizes_of(of2=5, of7=1), fraction) == 0


@pytest.mark.parametrize("fraction", [0.0, -0.1, 1.1, math.nan])
def test_a_fraction_that_is_none_is_a_slip(fraction: float) -> None:
    with pytest.raises(ValueError, match="share above 0"):
        dankar(sizes_of(of1=1), fraction)


@pytest.mark.parametrize(
    "sizes",
    [
        pytest.param(sizes_of(of1=1), id="one row"),
        pytest.param(sizes_of(of1=500), id="all unique"),
        pytest.param(sizes_of(of1=1, of100000=1), id="one alone, all others alike"),
        pytest.param(sizes_of(of1=1, of2=4000), id="pairs"),
        pytest.param(sizes_of(of1=100_000, of2=1), id="nearly all unique"),
        pytest.param(sizes_of(of1=2, of8=300, of9=300, of10=300), id="even classes"),
        pytest.param(np.arange(1, 3_000), id="every size once"),
    ],
)
@pytest.mark.parametrize("fraction", [1e-6, 0.01, 0.1, 0.101, 0.5, 0.999999])
def test_an_estimate_is_a_share_or_there_is_none(sizes: Ints, fraction: float) -> None:
    for model in (zayatz, pitman, snb, dankar):
        share = model(sizes, fraction)

        assert share is None or 0 < share <= 1


def test_pitman_does_not_apply_where_classes_are_more_even_than_chance() -> None:
    assert pitman_parameters(sizes_of(of1=9, of2=30, of3=60, of4=40)) is None


def test_zayatz_stands_in_for_pitman_only_where_it_may() -> None:
    alone = sizes_of(of1=500)

    assert pitman(alone, 0.05) is None
    assert dankar(alone, 0.05) is None
    assert dankar(alone, 0.05, fall_back=True) == zayatz(alone, 0.05) == 1


@pytest.mark.realdata
def test_adult_has_the_estimates_that_arx_publishes(shared_data: Path) -> None:
    """ARX 3.9, `TestRiskMetrics`: average risk and Dankar's rule, nine quasi-identifiers.

    ARX asks for four digits; Newton's method stops there at 1e-6 of the equations.
    """
    options = pacsv.ParseOptions(delimiter=";")
    content = pacsv.read_csv(shared_data / "adult_arx" / "adult.csv", parse_options=options)
    table = Table.in_memory(content)
    published = {
        0.01: 0.1446083531167384,
        0.1: 0.27684993883653597,
        0.2: 0.3577099234829125,
        1.0: 0.5142895033485844,
    }
    for fraction, share in published.items():
        found = measure_table(table, table.column_names, sampling_fraction=fraction)

        assert found.population["dankar"] == pytest.approx(share, rel=1e-9)
        assert found.prosecutor.mean == pytest.approx(0.6465751607983555, rel=1e-12)
    tenth = measure_table(table, table.column_names, sampling_fraction=0.1).population
    assert tenth["zayatz"] == pytest.approx(0.3207402393466189, rel=1e-12)
