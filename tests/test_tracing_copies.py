"""One person in copies: pseudonymised, anonymised, invented."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from compliance.dataset import RawFile
from compliance.dataset.nouns import ColumnName, Description
from compliance.privacy import to_synthesis
from compliance.privacy.nouns import Budget
from compliance.workspace import Workspace
from compliance.workspace.tracing.persons import trace
from tests.anonymised_people import ended, people, plan
from tests.test_tracing import find
from tests.tracing_shop import asked, rows_of, settled

UNIT = Description(unit=ColumnName("customer_id"), population="customers")


@pytest.fixture
def desk(workspace: Workspace) -> Workspace:
    workspace.add_files([RawFile(name="people.csv", data=people(300))], "people", UNIT)
    return workspace


def first(workspace: Workspace) -> dict[str, object]:
    return rows_of(workspace, workspace.dataset("people"))[0]


@pytest.mark.parametrize("way", ["pseudonym", "vault"])
def test_the_persons_pseudonym_is_found_in_a_copy(desk: Workspace, way: str) -> None:
    asked_for = plan(columns={"customer_id": way, "email": "drop"}, suppression_limit=0)
    done = ended(desk.anonymisation.anonymise("people", asked_for, {}, "safe"))
    person = first(desk)

    found = find(desk, asked(email=person["email"]))

    (row,) = [row for id_, row in settled(found) if id_ == "safe@1"]
    output = list(csv.DictReader(io.StringIO(desk.anonymisation.output(done).decode())))
    shown = rows_of(desk, desk.dataset("safe"))[row]
    assert output[row]["customer_id"] == shown["customer_id"]
    assert shown["diagnosis"] == person["diagnosis"]
    (match,) = [match for match in found.matches if match.dataset_id == "safe@1"]
    assert match.via[0].from_ == "people@1"


def test_another_version_of_the_person_is_found_in_the_copy_of_the_first(desk: Workspace) -> None:
    asked_for = plan(
        columns={"customer_id": "pseudonym", "email": "pseudonym"}, suppression_limit=0
    )
    ended(desk.anonymisation.anonymise("people", asked_for, {}, "safe"))
    person = first(desk)
    left = [line for line in people(300).decode().splitlines() if str(person["email"]) not in line]
    desk.add_files([RawFile(name="left.csv", data="\n".join(left).encode())], "people")

    found = find(desk, asked(email=str(person["email"]).upper()), versions="newest")

    assert {id_ for id_, _ in settled(found)} == {"safe@1"}


def test_without_the_key_of_the_pseudonyms_nobody_is_found_and_that_is_said(
    desk: Workspace,
) -> None:
    asked_for = plan(columns={"customer_id": "pseudonym", "email": "drop"}, suppression_limit=0)
    ended(desk.anonymisation.anonymise("people", asked_for, {}, "safe"))
    (desk.settings.home / "pseudonyms.key").unlink()

    found = find(desk, asked(email=first(desk)["email"]))

    assert {id_ for id_, _ in settled(found)} == {"people@1"}
    assert "key" in found.skipped["safe@1"]


def test_rows_that_cannot_be_told_apart_are_nobodys_and_that_is_said(desk: Workspace) -> None:
    asked_for = plan(columns={"customer_id": "drop", "email": "drop"})
    ended(desk.anonymisation.anonymise("people", asked_for, {}, "safe"))

    found = find(desk, asked(email=first(desk)["email"]))

    assert {id_ for id_, _ in settled(found)} == {"people@1"}
    assert "anonymised" in found.skipped["safe@1"]
    assert "safe@1" in found.searched


def test_invented_rows_are_nobodys_and_that_is_said(desk: Workspace) -> None:
    raw = {
        "unit": "customer_id",
        "columns": ["city", {"column": "age", "edges": [0, 30, 60, 100]}],
        "public_keys": {
            "city": sorted({str(r["city"]) for r in rows_of(desk, desk.dataset("people"))})
        },
        "max_rows": 1,
        "rows": 100,
    }
    spend = Budget(epsilon=Decimal(2), delta=Decimal("1e-6"))
    desk.synthesise("people", to_synthesis(raw), spend, "invented")

    found = find(desk, asked(email=first(desk)["email"]))

    assert "invented" in found.skipped["invented@1"]
    assert "invented@1" not in found.searched


def test_what_is_looked_for_is_never_written_down(desk: Workspace) -> None:
    before = {path: path.read_bytes() for path in desk.settings.home.rglob("*") if path.is_file()}
    inner = desk._desk
    with inner.database.reading() as connection:
        trace(inner, connection, asked(email="seldom.seen@nowhere.example"))

    after = {path: path.read_bytes() for path in desk.settings.home.rglob("*") if path.is_file()}
    assert not any(b"seldom.seen" in data for data in after.values())
    assert before.keys() == after.keys()
