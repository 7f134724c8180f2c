"""Whoever is looked for is found everywhere, and nobody else: against what is known of shops."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from compliance.settings import Settings
from compliance.workspace import Workspace
from compliance.workspace.tracing.persons import Index
from tests.tracing_shop import Truth, add_shared, asked, build, mentioned, settled

PEOPLE, ORDERS = 400, 3_000


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, Truth]:
    home = tmp_path_factory.mktemp("tracing") / "desk"
    workspace = Workspace(Settings.from_environment({}, home=home))
    return workspace, build(workspace, PEOPLE, ORDERS)


@pytest.fixture(scope="module")
def index(shop: tuple[Workspace, Truth]) -> Iterator[Index]:
    desk = shop[0]._desk
    with desk.database.reading() as connection:
        yield Index(desk, connection)


def test_everybodys_rows_are_found_and_nobody_elses(
    shop: tuple[Workspace, Truth], index: Index
) -> None:
    truth = shop[1]

    found = {
        key: settled(index.trace(asked(email=of["email"]))) for key, of in truth.people.items()
    }

    assert found == {key: truth.rows[key] for key in truth.people}


def test_everybody_is_found_in_the_texts_of_others(
    shop: tuple[Workspace, Truth], index: Index
) -> None:
    truth = shop[1]
    for key, person in truth.people.items():
        found = index.trace(asked(person_key=key))
        known = truth.mentions[key] | truth.named[key]

        assert known - truth.rows[key] <= mentioned(found), person["country"]
        assert mentioned(found, certain_only=True) <= known


def test_a_name_and_a_birth_date_find_the_same_as_the_key(
    shop: tuple[Workspace, Truth], index: Index
) -> None:
    truth = shop[1]
    born = {key: one for key, one in truth.people.items() if one["birth_date"] is not None}
    for key, one in list(born.items())[:60]:
        found = index.trace(asked(name=one["full_name"], birth_date=one["birth_date"]))

        assert settled(found) == truth.rows[key]


def test_people_of_three_shops_are_found_and_kept_apart(
    workspace: Workspace, shared_data: Path
) -> None:
    build(workspace, 100, 500)
    people = add_shared(workspace, shared_data)
    desk = workspace._desk
    some = [
        mail for n, mail in enumerate(people) if n % 120 == 0 or people[mail][0] != "bike customers"
    ]
    with desk.database.reading() as connection:
        index = Index(desk, connection)
        found = {mail: settled(index.trace(asked(email=mail))) for mail in some}

    assert len(some) > 200
    assert found == {mail: people[mail][1] for mail in some}
