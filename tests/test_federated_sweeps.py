"""Sweeps: what is varied, what is measured, what is refused, and what the trail says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from federated_cases import NOISE, PERSON, Store, plan, secrets, shop

from compliance.dataset.nouns import ColumnName, Description, LegalBasis
from compliance.errors import MalformedPlanError, UnknownColumnError
from compliance.federated import Problem, frontier, prepare, swept, train
from compliance.federated.nouns import Axis, Metric, ModelKind, Plan, Point, Split, Trouble
from compliance.federated.sweeps import with_value
from compliance.workspace import Workspace
from compliance.workspace.federating.sweeps import sweep
from pages.parts import figures
from pages.parts.figures import federated

ProblemOf = Callable[[Plan], Problem]


def point(value: float, measured: Sequence[float], epsilon: float | None = None) -> Point:
    return Point(
        axis=Axis.NOISE_MULTIPLIER,
        value=value,
        epsilon=epsilon,
        metric=Metric.AUC,
        measured=tuple(measured),
        bytes_up=0,
    )


@pytest.fixture
def problem_of(stored: Store) -> ProblemOf:
    table, known = stored(**shop())
    return lambda asked: prepare(table, known, asked, unit=PERSON)


def test_a_point_holds_what_runs_of_their_own_give(problem_of: ProblemOf) -> None:
    points = list(swept(problem_of, plan(), Axis.LOCAL_EPOCHS, [3, 1], [5, 9]))

    assert [one.value for one in points] == [1, 3]
    for one in points:
        runs = []
        for seed in (5, 9):
            asked = plan(local_epochs=int(one.value), seed=seed, baselines=False)
            *_, last = train(problem_of(asked), asked)
            runs.append(last)
        assert one.measured == tuple(run.latest.metric for run in runs)
        assert one.metric is Metric.AUC
        assert one.epsilon is None
        sent = [sum(done.bytes_up for done in run.rounds) for run in runs]
        assert one.bytes_up == round(sum(sent) / 2)


def test_points_come_one_by_one(problem_of: ProblemOf) -> None:
    prepared: list[Plan] = []

    def counting(asked: Plan) -> Problem:
        prepared.append(asked)
        return problem_of(asked)

    points = swept(counting, plan(), Axis.ROUNDS, [1, 2, 3], [1, 2])

    assert not prepared
    next(points)
    assert len(prepared) == 2
    assert not any(asked.baselines for asked in prepared)


def test_mean_error_and_range_are_over_seeds() -> None:
    one = point(1, [0.6, 0.8, 0.7, 0.9])

    assert one.mean == pytest.approx(0.75)
    assert one.standard_error == pytest.approx(np.std(one.measured, ddof=1) / 2)
    assert (one.lowest, one.highest) == (0.6, 0.9)
    assert point(1, [0.6]).standard_error is None
    assert point(1, []).mean is None
    assert point(1, []).highest is None


@pytest.mark.parametrize(
    ("axis", "read"),
    [
        (Axis.NOISE_MULTIPLIER, lambda asked: asked.privacy.noise_multiplier),
        (Axis.CLIP, lambda asked: asked.privacy.clip),
        (Axis.FRACTION, lambda asked: asked.fraction),
        (Axis.ROUNDS, lambda asked: asked.rounds),
        (Axis.LOCAL_EPOCHS, lambda asked: asked.local_epochs),
        (Axis.DROPOUT, lambda asked: asked.trouble.dropout),
        (Axis.ALPHA, lambda asked: asked.alpha),
    ],
)
def test_a_setting_is_set_and_nothing_else(axis: Axis, read: Callable[[Plan], float]) -> None:
    made_up = {"site_column": None, "split": Split.DIRICHLET, "site_count": 4}
    before = plan(privacy=NOISE, trouble=Trouble(quorum=0.25), baselines=False, **made_up)
    value = 3 if axis in (Axis.ROUNDS, Axis.LOCAL_EPOCHS) else 0.375

    after = with_value(before, axis, value)

    assert read(after) == value
    assert with_value(after, axis, read(before)) == before


def test_noise_is_drawn_and_priced_for_each_run(problem_of: ProblemOf) -> None:
    drawn: list[float] = []

    def secrets_of(asked: Plan, problem: Problem):
        assert asked.privacy is not None
        assert problem.units is not None
        drawn.append(asked.privacy.noise_multiplier)
        return secrets(len(drawn))

    asked = plan(privacy=NOISE, fraction=0.5)
    points = list(
        swept(
            problem_of,
            asked,
            Axis.NOISE_MULTIPLIER,
            [0.5, 2],
            [1, 2],
            secrets_of=secrets_of,
            price=lambda one: 8 / one.privacy.noise_multiplier if one.privacy else 0,
        )
    )

    assert drawn == [0.5, 0.5, 2, 2]
    assert [one.epsilon for one in points] == [16, 4]


@pytest.mark.parametrize(
    ("changes", "axis", "values", "reason"),
    [
        ({}, Axis.NOISE_MULTIPLIER, [1], "the plan has no noise"),
        ({}, Axis.CLIP, [1], "nothing is clipped"),
        ({}, Axis.ALPHA, [1], "only a Dirichlet split has one"),
        ({"model": ModelKind.TREES}, Axis.LOCAL_EPOCHS, [1], "make no passes"),
        ({}, Axis.ROUNDS, [1, 2.5], "whole numbers"),
        ({}, Axis.FRACTION, [0.5, 1.5], "it lies from"),
        ({}, Axis.DROPOUT, [], "at least one value"),
        ({}, Axis.DROPOUT, [0.01 * at for at in range(99)], "more than 200 runs"),
    ],
)
def test_what_cannot_be_swept_is_refused_before_the_first_run(
    changes: dict[str, object], axis: Axis, values: list[float], reason: str
) -> None:
    def never(asked: Plan) -> Problem:
        raise AssertionError(asked)

    with pytest.raises(MalformedPlanError, match=reason):
        swept(never, plan(**changes), axis, values, [1, 2, 3])


def test_runs_that_end_badly_are_noted_and_the_others_count(problem_of: ProblemOf) -> None:
    made_up = {"site_column": None, "split": Split.DIRICHLET, "site_count": 4}
    asked = plan(minimum_records=250, **made_up)

    uneven, even = swept(problem_of, asked, Axis.ALPHA, [0.01, 1000], [1, 2, 3])

    assert even.failed == 3  # sites of 150 records
    assert even.mean is None
    assert "at least 2 are needed" in even.reason
    assert len(uneven.measured) + uneven.failed == 3
    assert uneven.measured


def test_a_plan_that_does_not_fit_the_data_ends_the_sweep(problem_of: ProblemOf) -> None:
    asked = plan(features=("nowhere",))

    with pytest.raises(UnknownColumnError):
        list(swept(problem_of, asked, Axis.ROUNDS, [1], [1]))


def test_the_frontier_holds_what_nothing_else_beats() -> None:
    cheap, good, dear = point(4, [0.7], 1.0), point(2, [0.8], 2.0), point(1, [0.9], 8.0)
    worse, same, failed = point(3, [0.6], 1.5), point(5, [0.8], 2.0), point(6, [], 0.1)
    free = point(0, [0.95])

    assert frontier([dear, worse, good, failed, same, cheap]) == (cheap, good, dear)
    assert frontier([free, cheap]) == (cheap, free)
    assert frontier([point(0, [0.9]), cheap, dear]) == (cheap, dear)
    assert frontier([]) == ()


def test_the_chart_holds_the_numbers() -> None:
    points = [
        point(4, [0.7, 0.72], 1.0),
        point(3, [0.6, 0.6], 1.5),
        point(2, [0.8, 0.9], 2.0),
        point(1, [], 9.0),
    ]

    figure = federated.sweep(points, ("ε", "AUC"), ("Runs", "Best"))

    line, marks = figure.data
    assert marks.x == (1.0, 1.5, 2.0)
    assert marks.y == pytest.approx((0.71, 0.6, 0.85))
    assert marks.error_y.array == pytest.approx((0.01, 0.0, 0.05))
    assert [tuple(row) for row in marks.customdata] == [
        (4, 0.7, 0.72),
        (3, 0.6, 0.6),
        (2, 0.8, 0.9),
    ]
    assert line.x == (1.0, 2.0)
    assert marks.marker.color == figures.TEAL
    assert figure.layout.xaxis.title.text == "ε"


def test_without_a_price_the_chart_stands_on_the_setting() -> None:
    figure = federated.sweep([point(1, [0.7]), point(2, [0.8])], ("z", "AUC"), ("Runs", "Best"))

    (marks,) = figure.data
    assert marks.x == (1, 2)
    assert marks.error_y.array == (0, 0)


@pytest.fixture
def desk(workspace: Workspace):
    columns = shop(rows=300)
    lines = [",".join(columns)]
    lines += [",".join(str(value) for value in row) for row in zip(*columns.values(), strict=True)]
    from compliance.dataset import RawFile

    workspace.add_files(
        [RawFile(name="visits.csv", data="\n".join(lines).encode())],
        "visits",
        Description(purpose="tests", legal_basis=LegalBasis.CONTRACT, unit=ColumnName("person")),
    )
    return workspace


def test_a_sweep_on_stored_rows_is_in_the_trail_and_spends_nothing(desk: Workspace) -> None:
    asked = plan(privacy=NOISE, fraction=0.5, rounds=2)
    before = len(desk.entries())

    points = list(sweep(desk._desk, "visits", asked, Axis.NOISE_MULTIPLIER, [1, 4], [1, 2]))

    assert [one.value for one in points] == [1, 4]
    assert points[0].epsilon is not None
    assert points[1].epsilon is not None
    assert points[0].epsilon > points[1].epsilon > 0
    assert all(len(one.measured) == 2 for one in points)
    (entry,) = desk.entries()[: len(desk.entries()) - before]
    assert entry.act == "run.sweep"
    assert entry.facts == {"axis": "noise_multiplier", "values": 2, "seeds": 2, "internal": True}
    assert desk.federation.runs("visits") == ()
    assert desk.budget(desk.dataset("visits").population).spent.epsilon == 0


def test_a_refused_sweep_is_not_in_the_trail(desk: Workspace) -> None:
    before = len(desk.entries())

    with pytest.raises(MalformedPlanError):
        list(sweep(desk._desk, "visits", plan(), Axis.CLIP, [1], [1]))

    assert len(desk.entries()) == before


def test_a_sweep_that_is_left_early_is_in_the_trail(desk: Workspace) -> None:
    points = sweep(desk._desk, "visits", replace(plan(), rounds=1), Axis.ROUNDS, [1, 2], [1])
    next(points)
    points.close()

    assert desk.entries(1)[0].act == "run.sweep"
