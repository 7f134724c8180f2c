"""The privacy models on Adult: the optima that ARX publishes in its own tests.

Source: ARX 3.9, src/test/org/deidentifier/arx/test, `TestAnonymization…`: TCloseness,
OrderedDistanceTCloseness, EntropyLDiversity, Combinations, BLikeness, DPresence, KMap. Occupation
is sensitive. An optimum meets its criteria within the limit of suppression, loses what ARX says
it does, and (where loss only grows along the lattice) no node directly below it meets them.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from compliance.anonymise.models import classes_of, satisfied
from compliance.anonymise.models.grouping import Column, grouped
from compliance.anonymise.nouns import (
    Criterion,
    Ladder,
    Model,
    Recoding,
    Sensitive,
)
from compliance.anonymise.nouns.problem import Bools
from compliance.dataset.nouns import ColumnName

pytestmark = pytest.mark.realdata

QUASI = [
    *("sex", "age", "race", "marital-status"),
    *("education", "native-country", "workclass", "salary-class"),
]
OCCUPATION = ColumnName("occupation")
Levels = tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class People:
    """A table with its quasi-identifiers and its occupations in codes."""

    ladders: list[Ladder]
    occupation: Sensitive


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What is left at a node."""

    suppressed: int
    discernibility: int  # without a price for suppressed rows, as ARX's monotonic variant
    class_size: float  # suppressed rows are a class
    loss: float


@pytest.fixture(scope="module")
def adult(shared_data: Path) -> People:
    return read(shared_data / "adult_arx", "adult.csv")


@pytest.fixture(scope="module")
def sample(shared_data: Path) -> People:
    return read(shared_data / "adult_arx", "adult_subset.csv")


def lines(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text("utf-8").splitlines(), delimiter=";"))


def read(folder: Path, table: str) -> People:
    header, *rows = lines(folder / table)
    columns = dict(zip(header, zip(*rows, strict=True), strict=True))
    ladders = [
        ladder(ColumnName(name), columns[name], lines(folder / f"adult_hierarchy_{name}.csv"))
        for name in QUASI
    ]
    tree = ladder(
        OCCUPATION,
        columns[OCCUPATION],
        sorted(lines(folder / "adult_hierarchy_occupation.csv")),
    )
    occupation = Sensitive(
        column=OCCUPATION, codes=tree.codes, values=tree.sizes[0], maps=tree.maps
    )
    return People(ladders=ladders, occupation=occupation)


def ladder(name: ColumnName, values: Sequence[str], tree: list[list[str]]) -> Ladder:
    leaf = {leaf: i for i, (leaf, *_) in enumerate(tree)}
    levels = [list(names) for names in zip(*tree, strict=True)]
    names = [tuple(dict.fromkeys(level)) for level in levels]
    maps = [
        np.array([groups.index(name) for name in level], dtype=np.int32)
        for level, groups in zip(levels, names, strict=True)
    ]
    return Ladder(
        column=name,
        codes=np.array([leaf[value] for value in values], dtype=np.int32),
        maps=tuple(maps),
        names=tuple(names),
        shares=tuple(np.bincount(each) / len(tree) for each in maps),
    )


def node(people: People, levels: Levels) -> Recoding:
    chosen = list(zip(people.ladders, levels, strict=True))
    return Recoding(
        columns=tuple(ladder.column for ladder, _ in chosen),
        codes=tuple(ladder.maps[level][ladder.codes] for ladder, level in chosen),
        names=tuple(ladder.names[level] for ladder, level in chosen),
        shares=tuple(ladder.shares[level] for ladder, level in chosen),
        suppressed=np.zeros(len(people.ladders[0].codes), dtype=np.bool_),
        levels=levels,
    )


def outcome(
    people: People, levels: Levels, criteria: list[Criterion], population: People | None = None
) -> Outcome:
    recoding = node(people, levels)
    others = population.ladders if population else []
    classes = classes_of(recoding, [people.occupation], others)
    meets = np.logical_and.reduce([satisfied(criterion, classes) for criterion in criteria])
    suppressed = int(classes.sizes[~meets].sum())
    return Outcome(
        suppressed=suppressed,
        discernibility=int((classes.sizes**2).sum()),
        class_size=int(classes.sizes.sum()) / (int(meets.sum()) + (suppressed > 0)),
        loss=loss(people, recoding, meets),
    )


def loss(people: People, recoding: Recoding, meets: Bools) -> float:
    """ARX's loss: the geometric mean of 1 + the share of detail lost, less 1."""
    columns = [
        Column(codes=codes, codes_end=len(names))
        for codes, names in zip(recoding.codes, recoding.names, strict=True)
    ]
    group, _ = grouped(columns, len(recoding.suppressed))
    lost = []
    for ladder_, codes, shares in zip(people.ladders, recoding.codes, recoding.shares, strict=True):
        least = 1 / ladder_.sizes[0]
        share = np.where(meets[group], shares[codes], 1.0).mean()
        lost.append((share - least) / (1 - least))
    return float(np.exp(np.log1p(lost).mean()) - 1)


def below(levels: Levels) -> list[Levels]:
    return [(*levels[:i], v - 1, *levels[i + 1 :]) for i, v in enumerate(levels) if v]


def asks(model: Model, value: float, *, c: float = 1.0, lower: float = 0.0) -> Criterion:
    return Criterion(model=model, value=value, column=OCCUPATION, c=c, lower=lower)


K5, K100 = asks(Model.K_ANONYMITY, 5), asks(Model.K_ANONYMITY, 100)
PRESENCE = asks(Model.DELTA_PRESENCE, 0.2)
PRESENCE_2 = asks(Model.DELTA_PRESENCE, 0.15, lower=0.05)
MONOTONE: list[tuple[list[Criterion], float, Levels, int | None]] = [
    ([asks(Model.EQUAL_T, 0.2), K5], 0.04, (1, 4, 1, 0, 3, 2, 2, 1), 311_880_088),
    ([asks(Model.EQUAL_T, 0.2), K100], 0, (1, 4, 1, 1, 3, 2, 2, 1), 456_853_172),
    ([asks(Model.HIERARCHICAL_T, 0.2), K5], 0, (0, 4, 1, 1, 3, 2, 2, 1), None),
    ([asks(Model.HIERARCHICAL_T, 0.2), K5], 0.04, (1, 4, 0, 0, 3, 2, 2, 1), None),
    ([asks(Model.ORDERED_T, 0.2), K5], 0.04, (0, 0, 1, 1, 2, 2, 2, 0), 2_712_340),
    ([asks(Model.ORDERED_T, 0.2), K100], 0.04, (1, 0, 1, 2, 3, 2, 2, 1), 19_937_246),
    ([asks(Model.ORDERED_T, 0.1), K5], 0, (1, 1, 1, 2, 3, 2, 2, 1), 97_868_020),
    ([asks(Model.ORDERED_T, 0.2), K100], 0, (1, 4, 1, 1, 1, 2, 2, 1), 162_312_130),
    ([asks(Model.ENTROPY_L, 5)], 0.04, (1, 0, 1, 1, 2, 2, 2, 1), None),
    ([asks(Model.ENTROPY_L, 5)], 0, (1, 1, 1, 1, 3, 2, 2, 1), None),
    ([asks(Model.RECURSIVE_CL, 5, c=4)], 0, (1, 1, 1, 1, 3, 2, 2, 1), None),
]


def named(case: object) -> str | None:
    if isinstance(case, list) and isinstance(case[0], Criterion):
        return " and ".join(f"{each.model} {each.value:g}" for each in case)
    return None


@pytest.mark.parametrize(("criteria", "limit", "levels", "discernibility"), MONOTONE, ids=named)
def test_the_optimum_meets_the_models_and_none_below_it_does(
    adult: People,
    criteria: list[Criterion],
    limit: float,
    levels: Levels,
    discernibility: int | None,
) -> None:
    found, may_go = outcome(adult, levels, criteria), int(limit * 30_162)

    assert found.suppressed <= may_go
    assert discernibility in (None, found.discernibility)
    assert all(outcome(adult, each, criteria).suppressed > may_go for each in below(levels))


@pytest.mark.parametrize(
    ("criterion", "limit", "levels", "published"),
    [
        (asks(Model.BETA_LIKENESS, 3), 0.5, (0, 3, 0, 0, 2, 0, 1, 0), 0.34883856157237925),
        (asks(Model.BETA_LIKENESS, 1), 1.0, (1, 4, 0, 1, 3, 0, 2, 0), 0.6081345989904172),
        (asks(Model.BETA_LIKENESS, 5), 0.4, (0, 2, 0, 0, 2, 0, 1, 0), 0.23350465152356303),
        (asks(Model.ENHANCED_BETA_LIKENESS, 2), 0, (1, 4, 1, 1, 3, 2, 2, 0), 0.759176305345683),
        (asks(Model.ENHANCED_BETA_LIKENESS, 10), 1, (0, 3, 0, 0, 3, 1, 2, 0), 0.3419039849540606),
    ],
)
def test_beta_likeness_suppresses_what_arx_suppresses(
    adult: People, criterion: Criterion, limit: float, levels: Levels, published: float
) -> None:
    found = outcome(adult, levels, [criterion])

    assert found.suppressed <= int(limit * 30_162)
    assert found.loss == pytest.approx(published, abs=1e-9)


@pytest.mark.parametrize(
    ("criterion", "limit", "levels", "class_size"),
    [
        (PRESENCE, 0, (1, 4, 1, 1, 0, 2, 2, 0), 52.0),
        (PRESENCE, 0.05, (0, 0, 1, 2, 1, 2, 2, 1), 8.02127659574468),
        (PRESENCE_2, 0, (0, 4, 0, 1, 3, 2, 2, 1), 150.8),
        (PRESENCE_2, 0.05, (1, 4, 1, 1, 0, 2, 2, 1), 97.29032258064517),
        (asks(Model.K_MAP, 5), 0, (1, 0, 1, 2, 3, 2, 2, 1), 45.014925373134325),
        (asks(Model.K_MAP, 20), 0.05, (1, 0, 1, 1, 3, 2, 1, 0), 11.424242424242424),
        (asks(Model.K_MAP, 3), 0, (0, 0, 1, 2, 3, 2, 2, 0), None),
        (asks(Model.K_MAP, 10), 0, (0, 1, 1, 2, 3, 2, 2, 0), None),
    ],
)
def test_models_about_the_population_find_what_arx_finds(
    adult: People,
    sample: People,
    criterion: Criterion,
    limit: float,
    levels: Levels,
    class_size: float | None,
) -> None:
    """The population is all of Adult, the table a tenth of it."""
    found, may_go = outcome(sample, levels, [criterion], adult), int(limit * 3_016)

    assert found.suppressed <= may_go
    assert class_size is None or found.class_size == pytest.approx(class_size, rel=1e-12)
    for each in below(levels):
        assert outcome(sample, each, [criterion], adult).suppressed > may_go


def test_without_the_people_elsewhere_a_lower_bound_would_be_met_too_soon(
    adult: People, sample: People
) -> None:
    levels = (1, 4, 1, 1, 0, 2, 2, 1)
    finer = (0, 4, 1, 1, 0, 2, 2, 1)
    recoding = node(sample, finer)
    classes = classes_of(recoding, [], adult.ladders)

    assert outcome(sample, levels, [PRESENCE_2], adult).suppressed <= 150
    assert classes.elsewhere > 0
    assert not satisfied(PRESENCE_2, classes).any()
    assert satisfied(PRESENCE_2, replace(classes, elsewhere=0)).any()
