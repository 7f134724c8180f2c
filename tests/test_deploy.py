"""What a deployment's folder holds, what a site answers from it, and what the desk makes of it."""

from __future__ import annotations

import ast
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import given
from hypothesis import strategies as st

from compliance.cli import REFUSED, main
from compliance.dataset.cleaning import clean
from compliance.dataset.nouns import ColumnName
from compliance.dataset.table import Table, to_parquet
from compliance.errors import CannotWriteError, DeploymentError
from compliance.federated import Problem, Secrets, prepare, train
from compliance.federated.averaging import averaged_round
from compliance.federated.exchange import (
    Answers,
    Compared,
    Here,
    Parcel,
    Question,
    Silence,
    asked_sites,
    asked_sums,
)
from compliance.federated.features import IntArray
from compliance.federated.flower import bundle, dividing, writing
from compliance.federated.flower.at_site import (
    NO_ANSWER,
    SITE_FILE,
    Membership,
    Site,
    keys_as_table,
    keys_in,
)
from compliance.federated.flower.certificates import certify
from compliance.federated.flower.keys import fingerprint
from compliance.federated.flower.keys import main as make_keys
from compliance.federated.flower.nouns import Deployment, Folder
from compliance.federated.flower.parcels import ParcelError, packed, unpacked
from compliance.federated.flower.processes import Processes
from compliance.federated.flower.rows import main as take_rows
from compliance.federated.learners import learner_of
from compliance.federated.noising import UNITS_PER_CLIP, ClipRule, Cohort, expected
from compliance.federated.nouns import (
    History,
    ModelKind,
    NoisePlan,
    Plan,
    Split,
    Strategy,
    Task,
    Trouble,
)
from compliance.federated.preparing import source_of
from compliance.federated.problem import Totals
from compliance.federated.strategies import fresh_server
from compliance.federated.tasks import Span
from compliance.plain import from_json, to_json
from compliance.privacy.nouns import Budget
from compliance.privacy.nouns.units import NoisePlace, PrivacyUnitKind
from compliance.workspace import Workspace
from compliance.workspace.federating.deployments import MOST_MADE_UP, Flower, Order
from compliance.workspace.federating.noise import secrets_at_site
from tests import federated_cases as cases
from tests.federated_buyers import HISTORY, START, purchases, weeks
from tests.test_flower import ENVIRONMENT, needs_flower

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 35  # of the shop's inputs


class Folders:
    """An exchange whose sites are folders with files, as on their own machines."""

    def __init__(
        self, folders: Mapping[str, Path], secrets_of: Callable[[Plan], Secrets] | None = None
    ) -> None:
        self.folders = folders
        self._sites = {name: Site(folder, secrets_of) for name, folder in folders.items()}

    def ask(self, parcels: Mapping[str, Parcel]) -> Answers:
        answers = {name: self._sites[name].answer(packed(asked)) for name, asked in parcels.items()}
        came = {name: unpacked(data) for name, data in answers.items() if data != NO_ANSWER}
        silent = dict.fromkeys(parcels.keys() - came.keys(), Silence.FAILED)
        return Answers(parcels=came, silent=silent)


class Changed:
    """An exchange that does something to the answers of sites in this process."""

    def __init__(self, problem: Problem, plan: Plan, **changes: object) -> None:
        self._here, self._changes = Here(problem, plan), changes

    def ask(self, parcels: Mapping[str, Parcel]) -> Answers:
        answers = dict(self._here.ask(parcels).parcels)
        silent = {}
        for site, change in self._changes.items():
            name = site.replace("_", " ")
            if isinstance(change, Silence):
                del answers[name]
                silent[name] = change
            else:
                answers[name] = change
        return Answers(parcels=answers, silent=silent)


def divided(plan: Plan, root: Path, **changes: list[object]) -> tuple[Problem, Folders]:
    """A shop's problem, and the same divided into a folder for each site."""
    return divided_table({**cases.shop(), **changes}, plan, root)


def divided_table(
    columns: Mapping[str, list[object]], plan: Plan, root: Path, person: str | None = "person"
) -> tuple[Problem, Folders]:
    """A table's problem, and the same divided into a folder for each site."""
    cleaned = clean(pa.table({name: pa.array(values) for name, values in columns.items()}))
    table, unit = Table.in_memory(cleaned.table), ColumnName(person) if person else None
    labels = [cases.label("channel", "category")]
    problem = prepare(table, cleaned.columns, plan, labels, unit=unit)
    source = source_of(table, cleaned.columns, plan, labels, unit=unit)
    rows, known = dividing.rows_at(source, problem), dividing.known_values(source, problem)
    folders = {}
    for member in dividing.memberships(source, problem):
        folders[member.site] = root / member.site
        folders[member.site].mkdir()
        (folders[member.site] / SITE_FILE).write_text(to_json(member), encoding="utf-8")
        (folders[member.site] / member.known).write_bytes(to_parquet(known))
        own = cleaned.table.take(rows[member.site])
        (folders[member.site] / member.rows).write_bytes(to_parquet(own))
        if member.keys is not None:
            keys = keys_as_table(source.row_keys[rows[member.site]])
            (folders[member.site] / member.keys).write_bytes(to_parquet(keys))
    return problem, Folders(folders)


def noise(**changes: object) -> NoisePlan:
    return replace(cases.NOISE, **changes)  # type: ignore[arg-type]


def gaps(values: list[object], every: int) -> list[object]:
    return [None if row % every == 0 else value for row, value in enumerate(values)]


def secrets_for(plan: Plan) -> Secrets | None:
    """The same coins and noise each time; none where the plan needs none."""
    if plan.privacy is None:
        return None
    rule = ClipRule(noise_multiplier=1.1, count_noise=2.0, next_clip=lambda clip, _: clip * 0.9)
    return Secrets(
        draw=cases.coins(3),
        masks=cases.coins(5),
        add_noise=cases.rounded_noise(4),
        clip_rule=rule if plan.privacy.quantile else None,
    )


@pytest.mark.parametrize(
    "plan",
    [
        pytest.param(cases.plan(), id="without noise"),
        pytest.param(cases.plan(fraction=0.5), id="some sites a round"),
        pytest.param(cases.plan(model=ModelKind.SOFTMAX, target="channel"), id="three classes"),
        pytest.param(cases.plan(model=ModelKind.MLP), id="hidden layer"),
        pytest.param(cases.plan(model=ModelKind.LINEAR, target="seconds"), id="numbers"),
        pytest.param(cases.plan(model=ModelKind.TREES, rounds=2), id="trees"),
        pytest.param(
            cases.plan(model=ModelKind.TREES, rounds=2, privacy=cases.NOISE), id="trees with noise"
        ),
        pytest.param(cases.plan(strategy=Strategy.SCAFFOLD, learning_rate=0.05), id="SCAFFOLD"),
        pytest.param(cases.plan(strategy=Strategy.FEDPROX), id="FedProx"),
        pytest.param(cases.plan(trouble=Trouble(stragglers=0.5, dropout=0.2)), id="trouble"),
        pytest.param(cases.plan(privacy=cases.NOISE, fraction=0.3), id="noise for people"),
        pytest.param(
            cases.plan(privacy=noise(unit=PrivacyUnitKind.ROW)),
            id="noise for rows",
        ),
        pytest.param(
            cases.plan(privacy=noise(unit=PrivacyUnitKind.SITE)),
            id="noise for sites",
        ),
        pytest.param(cases.plan(privacy=noise(quantile=0.5)), id="moving clip"),
    ],
)
def test_sites_with_their_own_files_answer_as_the_simulation_does(
    plan: Plan, tmp_path: Path
) -> None:
    """Also where people shop at several sites, and where answers, people and sites are missing."""
    shop = cases.shop()
    changes = {"person": 31, "bought": 17, "seconds": 7, "site": 41, "channel": 23}
    missing = {name: gaps(shop[name], every) for name, every in changes.items()}
    problem, folders = divided(plan, tmp_path, **missing)

    check_the_same(plan, problem, folders)


def check_the_same(plan: Plan, problem: Problem, folders: Folders) -> None:
    """Trained by asking the folders, the plan gives what it does in this process."""
    compared = Compared(folders, Here(problem, plan))

    (*_, simulated) = train(problem, plan, secrets=secrets_for(plan))
    (*_, carried) = train(problem, plan, secrets=secrets_for(plan), exchange=compared)

    assert compared.difference == 0
    assert carried.times_taken.sum() > 0
    np.testing.assert_allclose(carried.model, simulated.model, rtol=0, atol=1e-12)
    assert carried.times_taken.tolist() == simulated.times_taken.tolist()
    assert [done.silent for done in carried.rounds] == [done.silent for done in simulated.rounds]


def bought(task: Task, **changes: object) -> Plan:
    """A plan on the purchases."""
    said = {"site_column": "country", "task": task, "rounds": 2, "local_epochs": 1}
    said |= {"history": HISTORY, "minimum_records": 5}
    return Plan(**{**said, **changes})  # type: ignore[arg-type]


PROFILE = partial(bought, Task.PROFILE, model=ModelKind.SOFTMAX)
RECOMMEND = partial(bought, Task.RECOMMEND, model=ModelKind.MATRIX_FACTORISATION)
SALES = partial(bought, Task.FORECAST, model=ModelKind.LINEAR)
PEOPLE = cases.NOISE
SITES = replace(cases.NOISE, unit=PrivacyUnitKind.SITE)
MADE_UP = {"site_column": None, "split": Split.IID, "site_count": 4}


@pytest.mark.parametrize(
    "plan",
    [
        pytest.param(PROFILE(), id="profile"),
        pytest.param(PROFILE(model=ModelKind.MLP), id="profile, hidden layer"),
        pytest.param(PROFILE(privacy=PEOPLE, fraction=0.5), id="profile, noise for people"),
        pytest.param(PROFILE(privacy=SITES), id="profile, noise for sites"),
        pytest.param(
            PROFILE(history=History(time=HISTORY.time, horizon_days=30)), id="profile, only a time"
        ),
        pytest.param(
            PROFILE(target="product", features=("pieces", "price")), id="profile with a target"
        ),
        pytest.param(PROFILE(**MADE_UP), id="profile, made-up sites"),
        pytest.param(RECOMMEND(), id="recommend"),
        pytest.param(RECOMMEND(history=History(item=HISTORY.item)), id="recommend, no times"),
        pytest.param(RECOMMEND(privacy=PEOPLE), id="recommend, noise for people"),
        pytest.param(RECOMMEND(privacy=PEOPLE, **MADE_UP), id="recommend, noise, made-up sites"),
        pytest.param(SALES(), id="forecast of a site's sales"),
        pytest.param(SALES(model=ModelKind.MLP), id="forecast, hidden layer"),
        pytest.param(SALES(model=ModelKind.TREES), id="forecast, trees"),
        pytest.param(SALES(privacy=SITES), id="forecast, noise for sites"),
    ],
)
def test_sites_make_the_same_of_their_own_purchases_as_the_simulation_does(
    plan: Plan, tmp_path: Path
) -> None:
    """Though one has closed and one has opened since, and nobody sells everything."""
    columns = purchases()
    rows = range(len(columns["when"]))
    late, early = (START + timedelta(days=days) for days in (240, 40))
    when = [
        early if country == "land 2" and moment > late else moment
        for country, moment in zip(columns["country"], columns["when"], strict=True)
    ]
    columns["product"] = [
        f"only {item}" if country == "land 1" and item < "p12" else item
        for country, item in zip(columns["country"], columns["product"], strict=True)
    ]
    columns["country"] = [
        f"land {row % 3}" if row % 7 == 0 else columns["country"][row] for row in rows
    ]
    for name, every in {"customer": 31, "country": 41, "product": 23, "price": 19}.items():
        columns[name] = gaps(columns[name], every)
    columns["when"] = gaps(when, 29)
    problem, folders = divided_table(columns, plan, tmp_path, "customer")

    check_the_same(plan, problem, folders)


@pytest.mark.parametrize("person", ["code", None], ids=["by product", "by row"])
@pytest.mark.parametrize("split", [Split.IID, Split.DIRICHLET, Split.SIZE, Split.SHARDS])
def test_series_at_made_up_sites_are_forecast_as_in_the_simulation(
    split: Split, person: str | None, tmp_path: Path
) -> None:
    """Also where rows are equal and lie at different sites."""
    plan = SALES(**{**MADE_UP, "split": split}, history=History())
    columns = {name: [*values, *values[:20]] for name, values in weeks().items()}
    problem, folders = divided_table(columns, plan, tmp_path, person)

    check_the_same(plan, problem, folders)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({}, id="without noise"),
        pytest.param({"split": Split.DIRICHLET, "alpha": 0.3}, id="by answer"),
        pytest.param({"split": Split.SHARDS}, id="sorted by answer"),
        pytest.param({"split": Split.SIZE}, id="of different sizes"),
        pytest.param({"privacy": PEOPLE}, id="noise for people"),
        pytest.param({"privacy": SITES}, id="noise for sites"),
        pytest.param({"privacy": noise(unit=PrivacyUnitKind.ROW)}, id="noise for rows"),
    ],
)
@pytest.mark.parametrize("person", ["person", None], ids=["people", "rows"])
def test_made_up_sites_answer_as_the_simulation_does(
    said: dict[str, object], person: str | None, tmp_path: Path
) -> None:
    """Also where rows are equal and lie at different sites, and where answers are missing."""
    plan = cases.plan(**{**MADE_UP, **said})
    columns = {name: [*values, *values[:200]] for name, values in cases.shop().items()}
    for name, every in {"person": 31, "bought": 17, "seconds": 7}.items():
        columns[name] = gaps(columns[name], every)
    problem, folders = divided_table(columns, plan, tmp_path, person)

    check_the_same(plan, problem, folders)


def test_trees_see_as_finely_at_a_site_as_all_people_together_allow(tmp_path: Path) -> None:
    """How fine bins are hangs on the people of all sites; a site alone has too few."""
    plan = cases.plan(model=ModelKind.TREES, rounds=1, privacy=cases.NOISE)
    problem, folders = divided_table(cases.shop(rows=6000), plan, tmp_path)
    learner = learner_of(problem, plan)
    question = Question(model=learner.initial(), round=1).packed()
    drawn = {"drawn": np.arange(2), "clip": np.ones(1), "counts": np.zeros(1, dtype=np.int64)}

    answers = folders.ask({name: {**question, **drawn} for name in problem.site_names}).parcels

    assert problem.units is not None
    width = sum(tensor.size for tensor in learner.messages)
    assert {len(answer["sum"]) for answer in answers.values()} == {width}
    alone = replace(problem, totals=Totals(sites=1, units=len(problem.units.clients) // 4))
    assert sum(tensor.size for tensor in learner_of(alone, plan).messages) < width


AT_SITES = noise(place=NoisePlace.SITE)


def drawing(
    add_noise: Callable[[float, IntArray], IntArray], draw: Callable[[int], bytes] | None = None
) -> Callable[[Plan], Secrets]:
    """What sites draw: everybody, unless told otherwise, and this noise."""
    coins = draw or (lambda size: bytes(size))
    return lambda _: Secrets(draw=coins, masks=coins, add_noise=add_noise)


@pytest.mark.parametrize(
    "plan",
    [
        pytest.param(cases.plan(privacy=AT_SITES), id="people"),
        pytest.param(cases.plan(privacy=AT_SITES, fraction=0.5), id="people by chance"),
        pytest.param(
            cases.plan(privacy=AT_SITES, model=ModelKind.TREES, rounds=2), id="people, trees"
        ),
        pytest.param(
            cases.plan(privacy=replace(AT_SITES, unit=PrivacyUnitKind.ROW), **MADE_UP),
            id="rows, made-up sites",
        ),
    ],
)
def test_sites_that_draw_no_noise_where_they_should_answer_as_the_simulation_does(
    plan: Plan, tmp_path: Path
) -> None:
    """With noise silenced, and all coins alike, the numbers are the same."""
    problem, folders = divided(plan, tmp_path, person=gaps(cases.shop()["person"], 31))
    silenced = Folders(folders.folders, drawing(cases.silent))
    everybody = Secrets(draw=bytes, masks=bytes, add_noise=cases.silent)

    (*_, simulated) = train(problem, plan, secrets=everybody)
    (*_, carried) = train(problem, plan, secrets=everybody, exchange=silenced)

    assert not np.allclose(carried.model, 0)
    np.testing.assert_allclose(carried.model, simulated.model, rtol=0, atol=1e-12)
    assert [done.silent for done in carried.rounds] == [0] * plan.rounds


def test_each_site_draws_noise_of_the_plans_size_and_people_by_its_own_coins(
    tmp_path: Path,
) -> None:
    plan = cases.plan(rounds=1, privacy=replace(AT_SITES, noise_multiplier=1.5), fraction=0.25)
    problem, folders = divided(plan, tmp_path)
    assert problem.units is not None
    scales: list[float] = []
    coins: list[int] = []

    def noted(scale: float, values: IntArray) -> IntArray:
        scales.append(scale)
        return values

    def counted(size: int) -> bytes:
        coins.append(size)
        return b"\xff" * size  # nobody takes part

    own = Folders(folders.folders, drawing(noted, counted))
    never = Secrets(draw=bytes, masks=bytes, add_noise=lambda *_: pytest.fail("noise at the desk"))
    (training,) = train(problem, plan, secrets=never, exchange=own)

    assert scales == [1.5 * UNITS_PER_CLIP] * 4
    assert coins == (8 * np.bincount(problem.units.sites)).tolist()
    assert training.model.tolist() == learner_of(problem, plan).initial().tolist()
    assert training.latest.clients == expected(len(problem.units.clients), 0.25)


def test_the_noise_that_a_site_draws_is_the_mechanisms(tmp_path: Path) -> None:
    """A site's secrets as its process has them: every answer is another draw, of the right size."""
    plan = cases.plan(rounds=100, privacy=AT_SITES, fraction=0.007)  # next to nobody
    problem, folders = divided(plan, tmp_path)
    own = Folders(folders.folders, secrets_at_site)
    asked = Question(model=np.zeros(problem.inputs.shape[1]), round=1).packed()

    sums = [own.ask({"shop 0": asked}).parcels["shop 0"]["sum"] for _ in range(100)]

    drawn = np.concatenate(sums) / UNITS_PER_CLIP
    assert len(np.unique(np.stack(sums), axis=0)) == 100
    # 3,500 numbers: the standard deviation of theirs lies this near to 1, but for one in 10⁹.
    assert 0.9 < drawn.std() < 1.1
    assert abs(drawn.mean()) < 0.11


def test_a_site_that_draws_noise_gives_no_more_answers_than_the_plan_has(tmp_path: Path) -> None:
    """Whatever the server asks, and also when the site starts anew: the server is not trusted."""
    plan = cases.plan(rounds=2, privacy=AT_SITES, model=ModelKind.TREES)
    problem, folders = divided(plan, tmp_path)
    asked = packed(Question(model=learner_of(problem, plan).initial(), round=1).packed())
    answers = []

    for _ in range(4):
        site = Site(folders.folders["shop 0"], drawing(cases.silent))
        answers += [site.answer(asked) for _ in range(2)]

    assert [answer != NO_ANSWER for answer in answers] == [True] * 6 + [False] * 2
    assert Site(folders.folders["shop 1"]).answer(asked) == NO_ANSWER  # it could draw nothing


def test_a_site_that_draws_noise_keeps_to_its_plan_whatever_it_is_asked(tmp_path: Path) -> None:
    plan = cases.plan(privacy=AT_SITES)
    problem, folders = divided(plan, tmp_path)
    own = Folders(folders.folders, drawing(cases.silent))
    question = Question(model=np.zeros(problem.inputs.shape[1]), round=1).packed()
    bent = {"drawn": np.arange(1), "clip": np.array([1e9]), "counts": np.ones(1, dtype=np.int64)}

    plain, asked = (
        own.ask({"shop 0": parcel}).parcels["shop 0"] for parcel in (question, {**question, **bent})
    )

    assert list(asked) == ["sum"]
    assert asked["sum"].tolist() == plain["sum"].tolist()


def test_a_noisy_sum_that_would_overflow_does_not_count(tmp_path: Path) -> None:
    plan = cases.plan(privacy=AT_SITES, rounds=1)
    problem, _ = divided(plan, tmp_path)
    width = problem.inputs.shape[1]

    for values, silent in (
        (np.full(width, 2**60), 0),
        (np.full(width, 2**62), 1),
        (np.full(width, -(2**63)), 1),
        (np.zeros(width), 1),
        (np.zeros(width - 1, dtype=np.int64), 1),
    ):

        class Bent:
            def ask(self, parcels: Mapping[str, Parcel]) -> Answers:
                zeros = {name: {"sum": np.zeros(width, dtype=np.int64)} for name in parcels}
                return Answers(parcels={**zeros, "shop 1": {"sum": values}}, silent={})  # noqa: B023

        everybody = Secrets(draw=bytes, masks=bytes, add_noise=cases.silent)
        (training,) = train(problem, plan, secrets=everybody, exchange=Bent())
        assert training.latest.silent == silent


@pytest.fixture
def folders_for_flower(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment without Flower, in which a deployment's folders are asked as they are."""

    @contextmanager
    def carrying(folder: Folder, made: Deployment, *, wait_s: float) -> Iterator[Folders]:
        del wait_s
        yield Folders({p.site: folder.site(p) for p in made.places}, secrets_at_site)

    monkeypatch.setattr("compliance.federated.flower.carrying.carrying", carrying)
    root = tmp_path / "environment"
    (root / "bin").mkdir(parents=True)
    (root / "bin" / "python").touch()
    (root / "lib" / "python3.11" / "site-packages" / "opendp").mkdir(parents=True)
    return root


def test_the_ledger_pays_for_noise_at_sites_what_it_does_in_a_simulation(
    shop: Workspace, tmp_path: Path, folders_for_flower: Path
) -> None:
    place = {"site_column": ColumnName("region"), "target": ColumnName("bought")}
    plan = Plan(**place, rounds=2, fraction=0.5, privacy=AT_SITES)  # type: ignore[arg-type]
    shop.decide_budget("customers", Budget(epsilon=Decimal(100), delta=Decimal("1e-5")))
    told: list[str] = []
    order = Order(out=tmp_path / "out", is_local=True)
    shop.federation.deploy("orders", plan, order)
    by = Flower(folder=order.out, environment=folders_for_flower, tell=told.append)

    simulated = list(shop.federation.train("orders", plan))
    carried = list(shop.federation.train("orders", plan, by=by))

    one, other = (spend.events for spend in shop.budget("customers").spends)
    assert one == other
    assert [done.epsilon for done in carried] == [done.epsilon for done in simulated]
    assert [done.silent for done in carried] == [0, 0]
    assert carried[-1].model_hash != simulated[-1].model_hash
    assert "no simulation can tell" in told[0]
    assert "difference" not in shop.entries(1)[0].facts

    with pytest.raises(DeploymentError, match="answer for 2 rounds"):
        next(shop.federation.train("orders", replace(plan, rounds=3), by=by))


def test_an_environment_in_which_sites_cannot_draw_noise_costs_no_budget(
    shop: Workspace, tmp_path: Path, folders_for_flower: Path
) -> None:
    place = {"site_column": ColumnName("region"), "target": ColumnName("bought")}
    plan = Plan(**place, rounds=2, fraction=0.5, privacy=AT_SITES)  # type: ignore[arg-type]
    shop.decide_budget("customers", Budget(epsilon=Decimal(100), delta=Decimal("1e-5")))
    shutil.rmtree(folders_for_flower / "lib")

    with pytest.raises(DeploymentError, match="lacks OpenDP"):
        next(shop.federation.train("orders", plan, by=Flower(environment=folders_for_flower)))

    assert [spend.events for spend in shop.budget("customers").spends] == [()]


def test_a_difference_between_sites_and_simulation_is_found(tmp_path: Path) -> None:
    plan = cases.plan(rounds=1)
    problem, _ = divided(plan, tmp_path)
    here, size = Here(problem, plan), problem.inputs.shape[1]
    off: Parcel = {"contribution": np.full(size, 5.0)}
    broken: Parcel = {"contribution": np.full(size, np.nan)}

    for answer, apart in ((off, 4.0), ({}, np.inf), (broken, np.inf)):
        compared = Compared(Changed(problem, plan, shop_0=answer), here)
        list(train(problem, plan, exchange=compared))
        assert compared.difference >= apart


@pytest.mark.parametrize(
    ("answer", "silent", "refused"),
    [
        pytest.param(Silence.LATE, 1, 0, id="none came"),
        pytest.param({}, 1, 0, id="empty"),
        pytest.param({"contribution": np.zeros(2)}, 1, 0, id="of another length"),
        pytest.param({"contribution": np.zeros(WIDTH, dtype=np.int64)}, 1, 0, id="whole numbers"),
        pytest.param({"contribution": np.full(WIDTH, np.nan)}, 0, 1, id="not a number"),
    ],
)
def test_a_site_without_a_usable_answer_is_left_out_and_noted(
    answer: object, silent: int, refused: int, tmp_path: Path
) -> None:
    plan = cases.plan(rounds=1)
    problem, _ = divided(plan, tmp_path)
    assert problem.inputs.shape[1] == WIDTH
    learner, exchange = learner_of(problem, plan), Changed(problem, plan, shop_1=answer)

    question = Question(model=learner.initial(), round=1)
    asked = asked_sites(exchange, learner, question, np.arange(4))
    (training,) = train(problem, plan, exchange=exchange)

    assert asked.came.tolist() == [True, not silent, True, True]
    done = training.latest
    assert (done.asked, done.silent, done.refused, done.clients) == (4, silent, refused, 3)
    assert training.times_taken.tolist() == [1, 1 - silent, 1, 1]
    weights = problem.sites.sizes[[0, 2, 3]] / problem.sites.sizes[[0, 2, 3]].sum()
    expected = weights @ asked.arrays[[0, 2, 3]]
    np.testing.assert_allclose(training.model, expected, rtol=0, atol=1e-15)


def test_a_sum_longer_than_its_people_can_make_it_does_not_count(tmp_path: Path) -> None:
    """Noise is measured for one clip a person; a site could otherwise drown it."""
    plan = cases.plan(privacy=cases.NOISE)
    problem, _ = divided(plan, tmp_path)
    assert problem.units is not None
    learner = learner_of(problem, plan)
    drawn = np.flatnonzero(problem.units.sites == 1)[:3]
    cohort = Cohort(drawn=drawn, sites=np.arange(4))
    sums = np.zeros((3, problem.inputs.shape[1]), dtype=np.int64)
    sums[:, 0] = 3 * UNITS_PER_CLIP, 3 * UNITS_PER_CLIP + 1, 2**62  # whose square overflows

    for values, came in zip(sums, ([0, 1, 2, 3], [0, 2, 3], [0, 2, 3]), strict=True):
        exchange = Changed(problem, plan, shop_1={"sum": values})
        found = asked_sums(exchange, learner, learner.initial(), cohort, 1.0, (1, 0), False)
        assert found[1].tolist() == came
        assert found[0][1].tolist() == (values if 1 in came else 0 * values).tolist()


def test_a_count_larger_than_its_people_does_not_count(tmp_path: Path) -> None:
    plan = cases.plan(privacy=noise(quantile=0.5))
    problem, _ = divided(plan, tmp_path)
    assert problem.units is not None
    learner = learner_of(problem, plan)
    cohort = Cohort(drawn=np.flatnonzero(problem.units.sites == 1)[:3], sites=np.arange(4))

    for halves, came in ((3, [0, 1, 2, 3]), (-3, [0, 1, 2, 3]), (4, [0, 2, 3])):
        values = np.zeros(problem.inputs.shape[1] + 1, dtype=np.int64)
        values[-1] = halves * (UNITS_PER_CLIP // 2)
        exchange = Changed(problem, plan, shop_1={"sum": values})
        found = asked_sums(exchange, learner, learner.initial(), cohort, 1.0, (1, 0), True)
        assert found[1].tolist() == came


@pytest.mark.parametrize("privacy", [None, cases.NOISE], ids=["without noise", "with noise"])
def test_a_round_in_which_nobody_answers_leaves_the_model_as_it_was(
    privacy: NoisePlan | None, tmp_path: Path
) -> None:
    plan = cases.plan(rounds=1, privacy=privacy)
    problem, _ = divided(plan, tmp_path)
    gone = {name.replace(" ", "_"): Silence.GONE for name in problem.site_names}
    exchange = Changed(problem, plan, **gone)

    (training,) = train(problem, plan, secrets=secrets_for(plan), exchange=exchange)

    assert training.model.tolist() == learner_of(problem, plan).initial().tolist()
    assert training.latest.is_void
    assert training.latest.silent == 4


def test_a_tree_in_the_middle_of_which_nobody_answers_is_not_begun(tmp_path: Path) -> None:
    plan = cases.plan(model=ModelKind.TREES, rounds=1, privacy=cases.NOISE)
    problem, _ = divided(plan, tmp_path)

    class Ended(Here):
        times = 0

        def ask(self, parcels: Mapping[str, Parcel]) -> Answers:
            self.times += 1
            if self.times == 1:
                return super().ask(parcels)
            return Answers(parcels={}, silent=dict.fromkeys(parcels, Silence.GONE))

    exchange = Ended(problem, plan)
    (training,) = train(problem, plan, secrets=secrets_for(plan), exchange=exchange)

    assert exchange.times == 2
    assert training.latest.is_void
    assert not training.model.any()


def test_fewer_answers_than_the_quorum_leave_the_model_as_it_was(tmp_path: Path) -> None:
    plan = cases.plan(rounds=1, trouble=Trouble(quorum=0.8))
    problem, _ = divided(plan, tmp_path)
    exchange = Changed(problem, plan, shop_2=Silence.LATE)
    learner = learner_of(problem, plan)
    start = learner.initial() + 1

    step = averaged_round(learner, start, fresh_server(plan, len(start), 4), 1, exchange=exchange)

    assert step.is_void
    assert step.model.tolist() == start.tolist()
    assert step.turnout.answering.tolist() == [0, 1, 3]


def test_with_noise_a_site_gives_no_contribution_of_its_own(tmp_path: Path) -> None:
    """Whatever the server asks for: what leaves is bounded by a clip per person."""
    plan = cases.plan(privacy=cases.NOISE)
    problem, _ = divided(plan, tmp_path)
    question = Question(model=np.zeros(problem.inputs.shape[1]), round=1).packed()
    drawn = {"drawn": np.arange(2), "clip": np.ones(1), "counts": np.zeros(1, dtype=np.int64)}
    site = Site(tmp_path / "shop 0")

    assert site.answer(packed(question)) == NO_ANSWER
    assert list(unpacked(site.answer(packed({**question, **drawn})))) == ["sum"]


@pytest.mark.parametrize(
    ("plan", "why"),
    [
        pytest.param(cases.plan(secure=True), "masked", id="masks"),
        pytest.param(
            cases.plan(site_column=None, split=Split.IID, site_count=4),
            "made up",
            id="made-up sites",
        ),
        pytest.param(
            cases.plan(privacy=noise(place=NoisePlace.LOCAL)),
            "within one process",
            id="noise of each person's own",
        ),
        pytest.param(
            cases.plan(privacy=noise(place=NoisePlace.SITE, quantile=0.5)),
            "fix the clip",
            id="a clip that follows, with noise at sites",
        ),
    ],
)
def test_what_cannot_be_asked_of_real_sites_is_refused(
    plan: Plan, why: str, shop: Workspace, tmp_path: Path
) -> None:
    order = Order(out=tmp_path / "out", host="fl.example.org")

    with pytest.raises(DeploymentError, match=why):
        shop.federation.deploy("orders", plan, order)
    assert not order.out.exists()


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\x00", id="no parcel"),
        pytest.param(packed({}), id="no model"),
        pytest.param(packed(Question(model=np.zeros(1), round=1).packed()), id="another model"),
        pytest.param(packed({"model": np.zeros(WIDTH), "moment": np.zeros(0)}), id="no round"),
    ],
)
def test_a_site_that_cannot_answer_says_nothing_of_why(asked: bytes, tmp_path: Path) -> None:
    divided(cases.plan(), tmp_path)

    assert Site(tmp_path / "shop 0").answer(asked) == NO_ANSWER
    assert Site(tmp_path / "nowhere").answer(asked) == NO_ANSWER


def test_a_site_whose_rows_are_no_table_says_nothing_of_why(tmp_path: Path) -> None:
    problem, _ = divided(cases.plan(), tmp_path)
    (tmp_path / "shop 0" / "rows.parquet").write_bytes(b"Anna, 12 Hill Road")
    asked = packed(Question(model=np.zeros(problem.inputs.shape[1]), round=1).packed())

    assert Site(tmp_path / "shop 0").answer(asked) == NO_ANSWER
    assert Site(tmp_path / "shop 1").answer(asked) != NO_ANSWER


ARRAYS = st.one_of(
    st.lists(st.floats(width=64), max_size=20).map(lambda v: np.array(v, dtype=np.float64)),
    st.lists(st.integers(-(2**63), 2**63 - 1), max_size=20).map(lambda v: np.array(v, "<i8")),
    st.lists(st.integers(0, 2**64 - 1), max_size=20).map(lambda v: np.array(v, "<u8")),
)


@given(st.dictionaries(st.text(max_size=20), ARRAYS, max_size=5))
def test_a_parcel_arrives_as_it_was_sent(parcel: Parcel) -> None:
    came = unpacked(packed(parcel))

    assert list(came) == list(parcel)
    for name, values in parcel.items():
        assert came[name].dtype == values.dtype
        assert came[name].tobytes() == values.tobytes()


@given(st.binary(max_size=60))
def test_bytes_that_are_no_parcel_are_refused_or_are_arrays(data: bytes) -> None:
    try:
        came = unpacked(data)
    except ParcelError:
        return
    assert all(values.dtype.kind in "fiu" for values in came.values())


@pytest.mark.parametrize(
    "values",
    [np.array(["Anna"]), np.array([b"Anna"]), np.array([object()]), np.array(["2020"], "M8[D]")],
    ids=["text", "bytes", "objects", "days"],
)
def test_nothing_but_numbers_travels(values: np.ndarray) -> None:
    with pytest.raises(TypeError, match="does not travel"):
        packed({"name": values})


def test_a_csv_file_becomes_the_rows_that_a_site_answers_from(tmp_path: Path) -> None:
    plan = cases.plan()
    problem, folders = divided(plan, tmp_path)
    columns = cases.shop()
    own = [row for row, site in enumerate(columns["site"]) if site == "shop 2"]
    lines = [",".join(columns)]
    lines += [",".join(str(values[row]) for values in columns.values()) for row in own]
    source = tmp_path / "own.csv"
    source.write_text("\n".join(lines), encoding="utf-8")
    asked = Question(model=np.zeros(problem.inputs.shape[1]), round=1).packed()
    before = folders.ask({"shop 2": asked}).parcels["shop 2"]["contribution"]

    taken = take_rows(tmp_path / "shop 2", source)

    assert taken == len(own)
    after = unpacked(Site(tmp_path / "shop 2").answer(packed(asked)))["contribution"]
    assert after.tolist() == before.tolist()


def test_the_code_of_sites_stands_on_their_few_packages_alone() -> None:
    # babel is loaded only where another language than English is spoken.
    allowed = {"babel", "compliance", "cryptography", "flwr", "httpx", "msgspec", "numpy", "pandas"}
    allowed |= {"opendp", "pyarrow", "starlette", "yaml", *sys.stdlib_module_names}
    desk = {"compliance/federated/training.py", "compliance/federated/flower/carrying.py"}
    with zipfile.ZipFile(io.BytesIO(bundle.code())) as archive:
        sources = {name: archive.read(name).decode() for name in archive.namelist()}

    used = set()
    for text in sources.values():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import):
                used |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                used.add(str(node.module).split(".")[0])
    assert used <= allowed
    assert "compliance/federated/flower/at_site.py" in sources
    assert not sources.keys() & desk


def test_sites_compute_with_the_versions_that_the_desk_has() -> None:
    def pins(path: Path) -> dict[str, str]:
        return dict(re.findall(r"^([a-z0-9-]+)==([^ \n]+)", path.read_text("utf-8"), re.MULTILINE))

    desk = pins(ROOT / "requirements.txt")
    sites = pins(ROOT / "compliance/federated/flower/templates/requirements.txt")

    for package in ("msgspec", "numpy", "opendp", "pandas", "pyarrow", "pyyaml"):
        assert sites[package] == desk[package]
    assert sites["flwr"] == "1.41.0"


@pytest.mark.parametrize("script", ["server_start", "site_start", "site_keys"])
def test_start_scripts_are_well_formed_and_the_same_for_both_shells(script: str) -> None:
    folder = ROOT / "compliance/federated/flower/templates"
    posix, windows = ((folder / f"{script}.{kind}").read_text("utf-8") for kind in ("sh", "ps1"))

    assert subprocess.run(["sh", "-n"], input=posix, text=True, check=False).returncode == 0
    options = [set(re.findall(r"\s(--[a-z-]+)", text)) for text in (posix, windows)]
    assert options[0] == options[1]
    for name in ("FLWR_TELEMETRY_ENABLED", "FLWR_DISABLE_UPDATE_CHECK", "FLWR_HOME", "NO_PROXY"):
        assert (name in posix) == (name in windows) == script.endswith("start")
    for name in ("PRIVACY_DESK_ENVIRONMENT", "PYTHONPATH", "PYTHONNOUSERSITE"):
        assert name in posix
        assert name in windows


@pytest.mark.parametrize(
    ("host", "is_one"),
    [
        ("fl.example.org", True),
        ("10.0.0.7", True),
        ("::1", False),
        ("", False),
        ("a b", False),
        ('x"; rm -rf ~; "', False),
        ("-oops", False),
        ("$(id)", False),
    ],
)
def test_a_host_can_stand_in_a_script(host: str, is_one: bool) -> None:
    if is_one:
        assert writing.check_host(host) == host
    else:
        with pytest.raises(DeploymentError, match="no name or address"):
            writing.check_host(host)


def test_folders_of_sites_take_letters_that_any_file_system_takes() -> None:
    names = ["Île-de-France", "../../etc", "CON", "店", *(f"s{n}" for n in range(96))]

    places = writing.places(names)

    assert [place.site for place in places] == names
    assert all(re.fullmatch(r"\d{3}(-[a-z0-9-]*[a-z0-9])?", place.folder) for place in places)
    assert len({place.folder for place in places}) == len(names)


def test_a_deployment_for_real_sites_holds_no_row_and_no_key_but_the_servers(
    shop: Workspace, tmp_path: Path
) -> None:
    plan = Plan(site_column=ColumnName("region"), target=ColumnName("bought"))
    order = Order(out=tmp_path / "out", host="fl.example.org")

    made = shop.federation.deploy("orders", plan, order)

    assert [place.folder for place in made.places] == ["1-r0", "2-r1", "3-r2", "4-r3"]
    files = {str(p.relative_to(order.out)): p for p in order.out.rglob("*") if p.is_file()}
    site = {"README.md", "ca.pem", "code.zip", "keys.ps1", "keys.sh", "requirements.txt"}
    site |= {"known.parquet", "site.json", "start.ps1", "start.sh"}
    assert {name.removeprefix("sites/2-r1/") for name in files if "2-r1" in name} == site
    assert not any(name.endswith("rows.parquet") for name in files)
    assert Table(files["sites/2-r1/known.parquet"]).rows == 2
    assert order.out.stat().st_mode & 0o077 == 0
    secret = [name for name, p in files.items() if b"PRIVATE KEY" in p.read_bytes()]
    assert secret == ["server/server.key"]
    assert files["server/server.key"].stat().st_mode & 0o077 == 0
    start = files["sites/2-r1/start.sh"].read_text("utf-8")
    assert '--superlink "fl.example.org:8443"' in start
    assert not re.search(
        r"@[A-Z]+@",
        "".join(p.read_text("utf-8") for p in files.values() if p.suffix in (".sh", ".ps1", ".md")),
    )
    entry = shop.entries(1)[0]
    assert (entry.act, entry.facts["sites"], entry.facts["with_rows"]) == (
        "deployment.write",
        4,
        False,
    )


def test_sites_can_know_the_server_by_its_name_and_nobody_else_as_the_server(
    tmp_path: Path,
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        certify(tmp_path / name, "fl.example.org")
    authority, other = (
        x509.load_pem_x509_certificate((tmp_path / name / "ca.pem").read_bytes())
        for name in ("one", "two")
    )
    server = x509.load_pem_x509_certificate((tmp_path / "one" / "server.pem").read_bytes())
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value

    server.verify_directly_issued_by(authority)
    with pytest.raises(InvalidSignature):
        server.verify_directly_issued_by(other)
    assert names.get_values_for_type(x509.DNSName) == ["fl.example.org", "localhost"]
    assert [str(ip) for ip in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]
    key = (tmp_path / "one" / "server.key").read_bytes()
    assert load_pem_private_key(key, None).public_key() == server.public_key()
    assert not any(authority.public_key() == k for k in (server.public_key(), other.public_key()))


def test_a_sites_key_is_made_once_and_known_by_the_fingerprint_that_others_show(
    tmp_path: Path,
) -> None:
    public = make_keys(tmp_path)

    assert (tmp_path / "node.key").stat().st_mode & 0o077 == 0
    assert (tmp_path / "node.key").read_bytes().startswith(b"-----BEGIN OPENSSH PRIVATE KEY-----")
    assert (tmp_path / "node.key.pub").read_bytes() == public + b"\n"
    with pytest.raises(FileExistsError):
        make_keys(tmp_path)
    known = b"ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEmKSENjQEez"
    known += b"OmxkZMy7opKgwFB9nkt5YRrYMjNuG5N87uRgg6CLrbo5wAdT/y6v0mKV0U2w0WZ2YB/++Tpockg= github"
    assert fingerprint(known) == "SHA256:p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM"


def test_the_command_writes_a_deployment_and_says_where(
    shop: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text("{sites: {column: region}, target: bought}", encoding="utf-8")
    typed = ["--home", str(shop.settings.home), "--json", "deploy", "orders", "--plan", str(plan)]
    where = ["--out", str(tmp_path / "out")]

    assert main([*typed, *where, "--host", "10.0.0.7", "--port", "9443"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["server"] == "10.0.0.7:9443"
    assert said["with_rows"] is False
    assert [site["folder"] for site in said["sites"]][:2] == ["sites/1-r0", "sites/2-r1"]
    assert all((tmp_path / "out" / site["folder"]).is_dir() for site in said["sites"])
    assert said["code_sha256"] == writing.code_sha256()
    assert said["code_sha256"] in (tmp_path / "out/sites/1-r0/README.md").read_text("utf-8")

    assert main([*typed, *where, "--local"]) == REFUSED
    assert "name a new folder" in capsys.readouterr().err


def test_a_local_deployment_holds_each_sites_rows_in_its_own_folder(
    shop: Workspace, tmp_path: Path
) -> None:
    plan = Plan(site_column=ColumnName("region"), target=ColumnName("bought"))
    order = Order(out=tmp_path / "out", is_local=True)

    made = shop.federation.deploy("orders", plan, order)

    rows = 0
    for place in made.places:
        table = Table(order.out / "sites" / place.folder / "rows.parquet")
        assert set(table.codes(ColumnName("region")).texts()) == {place.site}
        rows += table.rows
    assert rows == shop.dataset("orders").rows
    assert shop.entries(1)[0].facts["with_rows"] is True


def test_made_up_sites_have_folders_on_this_machine_only(shop: Workspace, tmp_path: Path) -> None:
    made_up = {"split": Split.SIZE, "site_count": 3, "minimum_records": 1}
    plan = Plan(target=ColumnName("bought"), **made_up)  # type: ignore[arg-type]
    order = Order(out=tmp_path / "out", is_local=True)

    made = shop.federation.deploy("orders", plan, order)

    assert [place.site for place in made.places] == ["Site 1", "Site 2", "Site 3"]
    sites = [order.out / "sites" / place.folder for place in made.places]
    rows = [Table(site / "rows.parquet").rows for site in sites]
    assert len(set(rows)) == 3
    assert sum(rows) == shop.dataset("orders").rows
    keys = np.concatenate([keys_in(site / "keys.parquet") for site in sites])
    assert len(np.unique(keys)) == len(keys) == sum(rows)


def test_more_made_up_sites_than_a_machine_can_run_are_refused(
    shop: Workspace, tmp_path: Path
) -> None:
    plan = Plan(target=ColumnName("bought"), split=Split.IID, site_count=MOST_MADE_UP + 1)
    order = Order(out=tmp_path / "out", is_local=True)

    with pytest.raises(DeploymentError, match=f"up to {MOST_MADE_UP}"):
        shop.federation.deploy("orders", plan, order)
    assert not order.out.exists()


@pytest.mark.parametrize(
    ("plan", "days", "known"),
    [
        pytest.param(PROFILE(), Span(first=date(2025, 1, 1), last=date(2025, 12, 27)), 0, id="P"),
        pytest.param(SALES(), Span(first=date(2025, 1, 1), last=date(2025, 12, 27)), 0, id="F"),
        pytest.param(RECOMMEND(), None, 40, id="R"),
        pytest.param(PROFILE(target="pieces"), None, 16, id="T"),
    ],
)
def test_sites_are_told_only_the_days_and_values_that_their_task_needs(
    plan: Plan, days: Span | None, known: int, tmp_path: Path
) -> None:
    columns = purchases()
    divided_table(columns, plan, tmp_path, "customer")

    for country in set(columns["country"]):
        text = (tmp_path / str(country) / SITE_FILE).read_text("utf-8")
        assert from_json(Membership, text).span == days
        assert Table(tmp_path / str(country) / "known.parquet").rows == known


@pytest.mark.parametrize("plan", [PROFILE(), SALES()], ids=["profile", "forecast"])
def test_purchases_after_the_last_day_that_was_agreed_change_nothing(
    plan: Plan, tmp_path: Path
) -> None:
    """A site may have bought on since the desk made the folders."""
    problem, folders = divided_table(purchases(), plan, tmp_path, "customer")
    width = sum(tensor.size for tensor in learner_of(problem, plan).messages)
    asked = Question(model=np.zeros(width), round=1).packed()
    before = folders.ask({"land 0": asked}).parcels["land 0"]["contribution"]
    place = tmp_path / "land 0" / "rows.parquet"
    rows = Table(place).arrow([ColumnName(name) for name in purchases()])
    at, later = rows.column_names.index("when"), timedelta(days=4000)
    moved = pa.array([when + later for when in rows.column("when").to_pylist()])
    added = rows.set_column(at, rows.schema.field(at), moved)
    place.write_bytes(to_parquet(pa.concat_tables([rows, added])))

    after = unpacked(Site(tmp_path / "land 0").answer(packed(asked)))["contribution"]

    assert after.tolist() == before.tolist()


def test_a_folder_that_is_not_empty_is_left_alone(shop: Workspace, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("keep", encoding="utf-8")
    plan = Plan(site_column=ColumnName("region"), target=ColumnName("bought"))

    with pytest.raises(CannotWriteError, match="there already"):
        shop.federation.deploy("orders", plan, Order(out=tmp_path))

    assert (tmp_path / "mine").read_text(encoding="utf-8") == "keep"


def test_without_flowers_environment_the_command_says_how_to_get_it(
    shop: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text("{sites: {column: region}, target: bought, rounds: 1}", encoding="utf-8")
    typed = ["--home", str(shop.settings.home), "federate", "orders", "--plan", str(plan)]
    typed += ["--transport", "flower", "--environment", str(tmp_path / "none")]

    assert main(typed) == REFUSED
    assert "make distributed" in capsys.readouterr().err
    assert shop.federation.runs("orders") == ()


def test_what_a_process_leaves_behind_is_ended_too(tmp_path: Path) -> None:
    """A child in a session of its own, whose parent has ended: as Flower's executors are."""
    child = "import time; time.sleep(600)"
    parent = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {child!r}], "
    parent += "start_new_session=True)"
    with Processes() as processes:
        command = [sys.executable, "-c", parent]
        started = processes.start("one", command, at=tmp_path, variables=os.environ)
        started.wait()
        left = processes.all_pids()
        assert len(left) == 1

    assert processes.all_pids() == set()
    state = Path(f"/proc/{left.pop()}/stat")
    assert not state.exists() or b") Z " in state.read_bytes()  # nobody may have asked how it ended


@needs_flower
def test_a_folder_of_another_plan_or_none_is_refused(shop: Workspace, tmp_path: Path) -> None:
    plan = Plan(site_column=ColumnName("region"), target=ColumnName("bought"))
    order = Order(out=tmp_path / "out")
    shop.federation.deploy("orders", plan, order)
    other = Plan(site_column=ColumnName("region"), target=ColumnName("bought"), seed=8)

    for folder, asked, why in (
        (order.out, other, "another plan"),
        (tmp_path, plan, "no deployment"),
    ):
        by = Flower(folder=folder, environment=ENVIRONMENT)
        with pytest.raises(DeploymentError, match=why):
            next(shop.federation.train("orders", asked, by=by))
    assert shop.federation.runs("orders") == ()


@needs_flower
def test_sites_that_have_room_for_so_many_trees_are_not_asked_for_more(
    shop: Workspace, tmp_path: Path
) -> None:
    order = Order(out=tmp_path / "out")
    asked = cases.plan(model=ModelKind.TREES, rounds=2, site_column="region")
    shop.federation.deploy("orders", asked, order)

    by = Flower(folder=order.out, environment=ENVIRONMENT)
    with pytest.raises(DeploymentError, match="another plan"):
        next(shop.federation.train("orders", replace(asked, rounds=3), by=by))
