"""Small tables with hierarchies, and the definitions of what a node costs in plain loops."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from compliance.anonymise.models import holds, is_per_class, satisfied
from compliance.anonymise.nouns import (
    Classes,
    Criterion,
    Histogram,
    Ladder,
    LossKind,
    Model,
    Problem,
    Sensitive,
)
from compliance.dataset.nouns import ColumnName

ADULT_COLUMNS = (
    *("sex", "age", "race", "marital-status", "education"),
    *("native-country", "workclass", "occupation", "salary-class"),
)
ILLNESS, OCCUPATION = ColumnName("illness"), ColumnName("occupation")

T = TypeVar("T")


def last(steps: Generator[Any, None, T]) -> T:
    """What a generator of progress returns in the end."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return cast("T", end.value)


def k_is(k: float) -> Criterion:
    return Criterion(model=Model.K_ANONYMITY, value=k)


def ladder(
    codes: Sequence[int],
    maps: Sequence[Sequence[int]],
    *,
    name: str = "column",
    missing: bool = False,
    lowest: int = 0,
    highest: int | None = None,
    weight: float = 1.0,
) -> Ladder:
    """A ladder from the group of each leaf per level; the last leaf may stand for missing."""
    leaves = len(maps[0]) - missing
    shares = []
    for groups in maps:
        share = np.bincount(groups[:leaves], minlength=max(groups) + 1) / leaves
        shares.append(np.where(share == 0, 1 / leaves, share))
    return Ladder(
        column=ColumnName(name),
        codes=np.array(codes, dtype=np.int32),
        maps=tuple(np.array(groups, dtype=np.int32) for groups in maps),
        names=tuple(
            tuple(f"{name}{at}:{g}" for g in range(max(m) + 1)) for at, m in enumerate(maps)
        ),
        shares=tuple(shares),
        lowest=lowest,
        highest=len(maps) - 1 if highest is None else highest,
        weight=weight,
    )


@st.composite
def ladders(draw: st.DrawFn, rows: int, name: str) -> Ladder:
    """A nested hierarchy of at most six values and four levels, and a column of codes."""
    leaves = draw(st.integers(1, 6))
    missing = draw(st.booleans())
    maps = [list(range(leaves + missing))]
    for _ in range(draw(st.integers(0, 2))):
        groups = max(maps[-1][:leaves]) + 1
        parents = [draw(st.integers(0, max(0, groups - 2))) for _ in range(groups)]
        dense = {parent: at for at, parent in enumerate(dict.fromkeys(parents))}
        level = [dense[parents[group]] for group in maps[-1][:leaves]]
        maps.append(level + [max(level) + 1] * missing)
    if draw(st.booleans()):
        maps.append([0] * (leaves + missing))
    lowest = draw(st.integers(0, len(maps) - 1))
    return ladder(
        draw(st.lists(st.integers(0, leaves + missing - 1), min_size=rows, max_size=rows)),
        maps,
        name=name,
        missing=missing,
        lowest=lowest,
        highest=draw(st.integers(lowest, len(maps) - 1)),
        weight=draw(st.sampled_from([1.0, 0.5, 2.0])),
    )


def again(ladder_: Ladder, codes: Sequence[int]) -> Ladder:
    """The same hierarchy for other rows."""
    parts = {name: getattr(ladder_, name) for name in Ladder.__dataclass_fields__}
    return Ladder(**{**parts, "codes": np.array(codes, dtype=np.int32)})


CRITERIA = st.one_of(
    st.builds(k_is, st.integers(1, 4)),
    st.builds(
        lambda model, value: Criterion(model=model, value=value, column=ILLNESS),
        st.sampled_from([Model.DISTINCT_L, Model.ENTROPY_L, Model.RECURSIVE_CL]),
        st.integers(1, 3),
    ),
    st.builds(
        lambda model, value: Criterion(model=model, value=value, column=ILLNESS),
        st.sampled_from(
            [
                *(Model.EQUAL_T, Model.ORDERED_T, Model.BETA_LIKENESS),
                *(Model.ENHANCED_BETA_LIKENESS, Model.DELTA_DISCLOSURE),
            ]
        ),
        st.sampled_from([0.1, 0.3, 0.5, 1.5]),
    ),
    st.builds(
        lambda value: Criterion(model=Model.MEAN_RISK, value=value), st.sampled_from([0.2, 0.5])
    ),
    st.builds(lambda value: Criterion(model=Model.K_MAP, value=value), st.integers(1, 5)),
    st.builds(
        lambda lower, value: Criterion(model=Model.DELTA_PRESENCE, value=value, lower=lower),
        st.sampled_from([0.0, 0.2]),
        st.sampled_from([0.5, 0.8, 1.0]),
    ),
)


@st.composite
def problems(draw: st.DrawFn, *, only_k: bool = False) -> Problem:
    """Up to 14 rows and four columns, with any criteria, limit and loss."""
    rows = draw(st.integers(1, 14))
    columns = tuple(draw(ladders(rows, f"c{at}")) for at in range(draw(st.integers(1, 4))))
    criteria = draw(
        st.lists(st.builds(k_is, st.integers(1, 4)) if only_k else CRITERIA, min_size=1, max_size=3)
    )
    values = draw(st.integers(1, 3))
    illness = draw(st.lists(st.integers(0, values - 1), min_size=rows, max_size=rows))
    others = draw(st.integers(0, 8))
    return Problem(
        ladders=columns,
        sensitive=(
            Sensitive(column=ILLNESS, codes=np.array(illness, dtype=np.int32), values=values),
        ),
        criteria=tuple(criteria),
        suppression_limit=draw(st.sampled_from([0.0, 0.1, 0.3, 1.0])),
        loss=draw(st.sampled_from(LossKind)),
        population=tuple(
            again(each, [*each.codes, *draw(_leaves(len(each.maps[0]), others))])
            for each in columns
        ),
    )


def _leaves(count: int, rows: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(0, count - 1), min_size=rows, max_size=rows)


def all_levels(problem: Problem) -> Iterator[tuple[int, ...]]:
    """Every choice of levels that may be used."""
    return itertools.product(*(range(each.lowest, each.highest + 1) for each in problem.ladders))


class Plainly:
    """One node by its definitions: dictionaries of rows, and loops."""

    def __init__(self, problem: Problem, levels: Sequence[int]) -> None:
        self.problem, self.levels, self.rows = problem, levels, problem.rows
        self.cells = _cells(problem.ladders, levels)
        self.members: dict[tuple[int, ...], list[int]] = {}
        for row, cell in enumerate(self.cells):
            self.members.setdefault(cell, []).append(row)
        self.order = sorted(self.members)
        self.gone, self.is_held = self._judged()
        self.kept = [cell for cell in self.order if cell not in self.gone]
        self.suppressed = sum(len(self.members[cell]) for cell in self.gone)
        self.is_allowed = self.is_held and self.suppressed <= self._may_go()

    def _may_go(self) -> int:
        return math.floor(Fraction(str(self.problem.suppression_limit)) * self.rows)

    def _judged(self) -> tuple[set[tuple[int, ...]], bool]:
        classes, criteria = self._classes(), self.problem.criteria
        gone = {
            cell
            for criterion in criteria
            if is_per_class(criterion.model)
            for cell, meets in zip(self.order, satisfied(criterion, classes), strict=True)
            if not meets
        }
        whole = [each for each in criteria if not is_per_class(each.model)]
        left = [cell for cell in self.members if cell not in gone]
        left.sort(key=lambda cell: len(self.members[cell]))
        for count in range(len(left) + 1):
            more = gone | set(left[:count])
            rows = sum(len(self.members[cell]) for cell in more)
            if count and rows > self._may_go():
                break
            sizes = [len(self.members[cell]) for cell in left[count:]]
            if all(holds(each, Classes(sizes=np.array(sizes, dtype=np.int64))) for each in whole):
                return more, True
        return gone, False

    def _classes(self) -> Classes:
        [illness] = self.problem.sensitive
        found = [
            (number, value, count)
            for number, cell in enumerate(self.order)
            for value, count in sorted(Counter(illness.codes[self.members[cell]].tolist()).items())
        ]
        classes, values, counts = np.array(found, dtype=np.int64).T
        people = Counter(_cells(self.problem.population, self.levels))
        return Classes(
            sizes=np.array([len(self.members[cell]) for cell in self.order], dtype=np.int64),
            histograms={
                ILLNESS: Histogram(
                    classes=classes,
                    values=values,
                    counts=counts,
                    whole=np.bincount(illness.codes, minlength=illness.values),
                )
            },
            population=np.array([people[cell] for cell in self.order], dtype=np.int64),
            elsewhere=sum(n for cell, n in people.items() if cell not in self.members),
        )

    def cost(self, kind: LossKind) -> float:
        match kind:
            case LossKind.LOSS:
                return self.loss()
            case LossKind.ENTROPY:
                return self.entropy()
            case LossKind.DISCERNIBILITY:
                squares = sum(len(self.members[cell]) ** 2 for cell in self.kept)
                return float(squares + self.rows * self.suppressed)
        return self.rows / (len(self.kept) + bool(self.suppressed))

    def lost(self) -> list[float]:
        """Per column, the share lost."""
        found = []
        for column, (each, level) in enumerate(zip(self.problem.ladders, self.levels, strict=True)):
            least = min(each.shares[0])
            told = sum(
                1.0 if cell in self.gone else float(each.shares[level][cell[column]])
                for cell in self.cells
            )
            lowest = self.rows * least
            found.append((told - lowest) / (self.rows - lowest) if least < 1 else 0.0)
        return found

    def loss(self) -> float:
        weights = [each.weight for each in self.problem.ladders]
        product = math.prod((1 + x) ** w for x, w in zip(self.lost(), weights, strict=True))
        return float(product ** (1 / sum(weights)) - 1)

    def entropy(self) -> float:
        bits = 0.0
        most = max(each.weight for each in self.problem.ladders)
        for column, each in enumerate(self.problem.ladders):
            shown = [cell[column] for cell in self.cells]
            before, after = Counter(each.codes.tolist()), Counter(shown)
            hidden = Counter(cell[column] for cell in self.cells if cell in self.gone)
            for row, group in enumerate(shown):
                lost = math.log2(after[group] / before[int(each.codes[row])])
                if self.cells[row] in self.gone:
                    lost += math.log2(self.suppressed / hidden[group])
                bits += lost * each.weight / most
        return bits


def _cells(columns: Sequence[Ladder], levels: Sequence[int]) -> list[tuple[int, ...]]:
    groups = [
        each.maps[level][each.codes].tolist() for each, level in zip(columns, levels, strict=True)
    ]
    return list(zip(*groups, strict=True))


def best_by_trying_all(problem: Problem) -> tuple[float, int, tuple[int, ...]] | None:
    """The loss, sum of levels and levels of the best allowed node; None where there is none."""
    ranks = [
        (float(f"{node.cost(problem.loss):.9g}"), sum(levels), levels)
        for levels in all_levels(problem)
        if (node := Plainly(problem, levels)).is_allowed
    ]
    return min(ranks, default=None)


def adult(
    shared_data: Path,
    limit: float,
    loss: LossKind,
    k: int = 5,
    columns: Sequence[str] = ADULT_COLUMNS,
) -> Problem:
    """ARX's example table with its hierarchies."""
    folder = shared_data / "adult_arx"
    table = pd.read_csv(folder / "adult.csv", sep=";", dtype=str)
    return Problem(
        ladders=tuple(_adult_ladder(folder, name, table[name]) for name in columns),
        sensitive=(),
        criteria=(k_is(k),),
        suppression_limit=limit,
        loss=loss,
    )


def adult_of_occupations(
    shared_data: Path, limit: float, loss: LossKind, *criteria: Criterion
) -> Problem:
    """The same with the occupation as the sensitive column, which is no quasi-identifier then."""
    columns = [name for name in ADULT_COLUMNS if name != "occupation"]
    problem = adult(shared_data, limit, loss, columns=columns)
    folder = shared_data / "adult_arx"
    values = pd.read_csv(folder / "adult.csv", sep=";", dtype=str)["occupation"]
    names = sorted(values.unique())
    file = folder / "adult_hierarchy_occupation.csv"
    levels = pd.read_csv(file, sep=";", header=None, dtype=str, index_col=0).loc[names]
    coarser = [pd.factorize(levels[level])[0] for level in levels.columns]
    occupation = Sensitive(
        column=OCCUPATION,
        codes=pd.Categorical(values, categories=names).codes.astype(np.int32),
        values=len(names),
        maps=tuple(np.asarray(m, dtype=np.int32) for m in [range(len(names)), *coarser]),
    )
    return dataclasses.replace(problem, sensitive=(occupation,), criteria=criteria)


def _adult_ladder(folder: Path, name: str, values: pd.Series) -> Ladder:
    file = folder / f"adult_hierarchy_{name}.csv"
    levels = pd.read_csv(file, sep=";", header=None, dtype=str).drop_duplicates()
    maps = [pd.factorize(levels[level])[0].tolist() for level in levels.columns]
    places = {value: at for at, value in enumerate(levels[0])}
    return ladder([places[value] for value in values], maps, name=name)
