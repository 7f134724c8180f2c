"""Sites that are made up."""

from __future__ import annotations

import numpy as np
import pytest
from federated_cases import NOISE, PERSON, Store, plan, shop, those
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.errors import MalformedPlanError
from compliance.federated import Problem, finish, prepare, train
from compliance.federated.keys import row_keys
from compliance.federated.nouns import ModelKind, Split
from compliance.federated.records import records_of
from compliance.federated.splitting import site_names, split_sites

SPLITS = [Split.IID, Split.DIRICHLET, Split.SHARDS, Split.SIZE]


def made_up(
    stored: Store, split: Split, count: int = 8, rows: int = 2000, **more: object
) -> Problem:
    table, known = stored(**shop(rows))
    asked = plan(site_column=None, split=split, site_count=count, minimum_records=1, **more)
    return prepare(table, known, asked, unit=PERSON)


def shares_of_yes(problem: Problem) -> list[float]:
    return [
        float((problem.answers[start : start + size] > 0).mean())
        for start, size in zip(problem.sites.starts, problem.sites.sizes, strict=True)
    ]


@pytest.mark.parametrize("split", SPLITS)
def test_everybody_is_at_one_made_up_site(stored: Store, split: Split) -> None:
    problem = made_up(stored, split)
    site = np.repeat(np.arange(len(problem.sites)), problem.sites.sizes)
    people = problem.person[: problem.training_rows]
    pairs = set(zip(people.tolist(), site.tolist(), strict=True))

    assert len(problem.inputs) - 1 == 2000
    assert len(pairs) == len(set(people.tolist()))


@pytest.mark.parametrize("split", SPLITS)
def test_a_split_follows_from_the_seed_and_not_from_the_order_of_rows(
    stored: Store, split: Split
) -> None:
    asked = plan(site_column=None, split=split, site_count=5)
    problems = []
    for columns in (shop(), those(shop(), np.random.default_rng(1).permutation(600).tolist())):
        table, known = stored(**columns)
        problems.append(prepare(table, known, asked, unit=PERSON))

    assert problems[0].inputs.tobytes() == problems[1].inputs.tobytes()
    assert problems[0].sites.sizes.tolist() == problems[1].sites.sizes.tolist()


@pytest.mark.parametrize("split", [Split.IID, Split.SIZE])
def test_nobody_moves_where_others_come_and_go(stored: Store, split: Split) -> None:
    asked = plan(site_column=None, split=split, site_count=5, minimum_records=1)
    columns = shop()
    kept = [row for row, person in enumerate(columns["person"]) if int(person.split()[1]) % 2]
    sites = []
    for rows in (range(600), kept):
        table, known = stored(**those(columns, rows))
        problem = prepare(table, known, asked, unit=PERSON)
        names = np.repeat(problem.site_names, problem.sites.sizes)
        people = problem.person[: problem.training_rows].tolist()
        sites.append(dict(zip(people, names.tolist(), strict=True)))

    assert len(sites[1]) > 50
    assert all(sites[0][person] == name for person, name in sites[1].items())


@pytest.mark.parametrize("kinds", [2, 5, 400])
def test_nobody_moves_where_the_only_one_with_some_answer_goes(stored: Store, kinds: int) -> None:
    asked = plan(site_column=None, split=Split.DIRICHLET, site_count=8)
    table, _ = stored(**shop())
    records = records_of(
        table, row_keys(table, [PERSON]), site=np.full(600, -1), unit=PERSON, seed=7
    )
    answers = np.where(np.arange(600) % 3 == 0, kinds - 1.0, kinds // 2)
    answers[records.person == records.person[0]] = 0.0
    kept = np.flatnonzero(records.person != records.person[0])

    everybody = split_sites(records, answers, asked, answers_known=kinds)
    others = split_sites(records.those(kept), answers[kept], asked, answers_known=kinds)

    assert everybody[kept].tolist() == others.tolist()


def test_with_noise_numbers_place_nobody() -> None:
    made_up = {"site_column": None, "split": Split.DIRICHLET, "site_count": 8}
    plan(**made_up, model=ModelKind.LINEAR)
    with pytest.raises(MalformedPlanError, match="everybody's numbers"):
        plan(**made_up, model=ModelKind.LINEAR, privacy=NOISE)


def test_sites_by_chance_are_about_as_large_and_as_likely_to_say_yes(stored: Store) -> None:
    problem = made_up(stored, Split.IID)

    # 2,000 rows of 667 people at 8 sites; a site's share of rows has a deviation of about 1.5 %.
    assert problem.sites.sizes.min() > 90
    assert np.ptp(shares_of_yes(problem)) < 0.35


def test_shards_hold_few_kinds_of_answers(stored: Store) -> None:
    table, known = stored(**shop(2000))
    asked = plan(site_column=None, split=Split.SHARDS, site_count=8, minimum_records=1)
    yes = shares_of_yes(prepare(table, known, asked))  # rows are people: no answers mix

    assert sum(share in (0.0, 1.0) for share in yes) >= 2
    assert np.ptp(yes) > 0.9


def test_small_alphas_make_sites_unlike_and_large_ones_alike(stored: Store) -> None:
    uneven = shares_of_yes(made_up(stored, Split.DIRICHLET, alpha=0.1))
    even = shares_of_yes(made_up(stored, Split.DIRICHLET, alpha=1000.0))

    assert np.std(uneven) > 3 * np.std(even)


def test_sites_by_size_differ_in_size(stored: Store) -> None:
    sizes = made_up(stored, Split.SIZE, count=20).sites.sizes

    assert sizes.max() > 4 * np.median(sizes)


@settings(deadline=None)
@given(st.integers(2, 20_000))
def test_made_up_sites_have_names_of_their_own_in_order(count: int) -> None:
    names = site_names(plan(site_column=None, split=Split.IID, site_count=count))

    assert len(set(names)) == count
    assert list(names) == sorted(names)


def test_more_sites_than_people_leaves_empty_ones_out(stored: Store) -> None:
    problem = made_up(stored, Split.IID, count=300, rows=900)

    assert 2 <= len(problem.sites) < 300
    assert problem.sites_left_out == 300 - len(problem.sites)
    assert problem.sites.sizes.min() >= 1


def test_a_made_up_split_trains(stored: Store) -> None:
    table, known = stored(**shop())
    asked = plan(site_column=None, split=Split.DIRICHLET, site_count=6, minimum_records=5)
    problem = prepare(table, known, asked, unit=PERSON)
    *_, last = train(problem, asked)
    outcome = finish(problem, asked, last)

    assert outcome.rounds[-1].loss < outcome.rounds[0].loss
    assert sum(site.rows for site in outcome.sites) + outcome.left_out.rows == 600
