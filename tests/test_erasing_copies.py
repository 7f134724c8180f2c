"""Copies of people's cells: outputs, vaults, hierarchies, recipes; and what cannot be undone."""

from __future__ import annotations

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest

from compliance.anonymise.hierarchies import read_hierarchy, write_hierarchy
from compliance.anonymise.nouns import Hierarchy
from compliance.anonymise.nouns.record import Anonymised, BasketPlan, ItemOrder
from compliance.dataset.nouns import ColumnName, Description
from compliance.errors import ErasedMeanwhileError, VaultError, WorkspaceError
from compliance.privacy import to_query
from compliance.privacy.nouns import Budget
from compliance.privacy.nouns.question import Query
from compliance.rights.erasing import MARK
from compliance.rights.nouns import Erasure, Stage
from compliance.rules.nouns import State
from compliance.workspace import Workspace
from compliance.workspace.anonymising import tables
from compliance.workspace.data import datasets
from compliance.workspace.erasing.copies import _without
from tests.anonymised_people import ended, people, plan
from tests.erasing_cases import ask, email, erase, files_of, standing

WHO = "p7@example.org"


@pytest.fixture
def office(workspace: Workspace) -> Workspace:
    """Four hundred people, of whom one alone is 61."""
    lines = people().decode().splitlines()
    lines[8] = ",".join([*lines[8].split(",")[:2], "61", *lines[8].split(",")[3:]])
    said = Description(unit=ColumnName("customer_id"), population="people")
    workspace.add_files(files_of("\n".join(lines), "people"), "people", said)
    workspace.discover("people")
    return workspace


def anonymised(workspace: Workspace, key: str, limit: float = 0.05) -> Anonymised:
    asked = plan(columns={"customer_id": key, "email": "drop"}, suppression_limit=limit)
    return ended(workspace.anonymisation.anonymise("people", asked, {}, "safe"))


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def erased(workspace: Workspace) -> Erasure:
    return erase(workspace, [ask(workspace, "R-1", [email(WHO)])])


def state_of(workspace: Workspace, rule: str, name: str) -> State:
    (found,) = [one.state for one in workspace.assess([name]).verdicts if one.rule == rule]
    return found


def count_by_city() -> Query:
    return to_query(
        {
            "unit": "customer_id",
            "by": ["city"],
            "public_keys": {"city": ["Bonn", "Ulm", "Kiel", "Jena"]},
            "max_groups": 1,
            "max_rows_per_group": 1,
            "statistics": [{"count": "units"}],
        }
    )


def test_an_output_loses_the_pseudonym_and_keeps_its_classes(office: Workspace) -> None:
    before = anonymised(office, "pseudonym", 0)
    shown = rows_of(office.anonymisation.output(before))
    done = erased(office)
    now = office.anonymisation.latest("people")
    left = rows_of(office.anonymisation.output(now))
    assert len(left) == len(shown) == 400
    assert sum(row["customer_id"] == "" for row in left) == 1
    changed = [(a, b) for a, b in zip(shown, left, strict=True) if a != b]
    assert [{**a, "customer_id": ""} for a, _ in changed] == [b for _, b in changed]
    assert now.id == before.id
    assert now.proof.after.k == before.proof.after.k
    assert (done.left, done.stage) == (0, Stage.PROVED)
    assert "anonymised" in {one.what for one in done.beyond}


def test_an_output_that_was_rewritten_raises_no_alarm(office: Workspace) -> None:
    anonymised(office, "pseudonym", 0)
    erased(office)
    assert state_of(office, "POL-ANONYMISED", "safe") is State.MET
    assert state_of(Workspace(office.settings), "POL-ANONYMISED", "safe") is State.MET
    assert office.verify_trail().problems == ()


def test_an_output_and_its_record_are_listed_once(office: Workspace) -> None:
    anonymised(office, "pseudonym", 0)
    erased(office)
    assert len(office.anonymisation.done("people")) == 1


def test_a_vault_forgets_the_original(office: Workspace) -> None:
    done = anonymised(office, "vault", 0)
    vault = office.anonymisation.vaults("safe")[0]
    original = office._desk.table(office.dataset("people")).whole().to_pylist()[7]["customer_id"]
    codes = [row["customer_id"] for row in rows_of(office.anonymisation.output(done))]
    reason = "request for access"
    opened = office.anonymisation.reveal("safe", "customer_id", codes, reason)
    (code,) = [code for code, text in opened.items() if text == str(original)]
    erased(office)
    with pytest.raises(VaultError):
        office.anonymisation.reveal("safe", "customer_id", [code], reason)
    others = [one for one in codes if one != code]
    assert len(office.anonymisation.reveal("safe", "customer_id", others, reason)) == 399
    (now,) = office.anonymisation.vaults("safe")
    assert (now.id, now.rows) == (vault.id, 399)
    assert [path.stem for path in (office.settings.home / "vaults").iterdir()] == [now.sha256]


def test_a_hierarchy_forgets_a_value_that_only_the_person_had(office: Workspace) -> None:
    done = anonymised(office, "pseudonym", 0)
    office.anonymisation.keep_recipe(done, "monthly")
    folder = office.settings.home / "hierarchies"
    age = ColumnName("age")

    def leaves(sha256: str) -> set[str]:
        lines = Path(folder / f"{sha256}.csv").read_text().splitlines()
        return {line.split(";")[0] for line in lines}

    assert "61" in leaves(done.hierarchies[age])
    erased(office)
    now = office.anonymisation.latest("people")
    (kept,) = office.anonymisation.recipes()
    assert now.hierarchies[age] == kept.hierarchies[age]
    assert leaves(now.hierarchies[age]) == {str(n) for n in range(20, 60)}
    assert {path.stem for path in folder.iterdir()} == set(now.hierarchies.values())


def test_a_hierarchy_of_values_that_all_went_holds_none_of_them() -> None:
    levels = (("61", "62"), ("61-65", "61-65"), ("*", "*"))
    whole = Hierarchy(column=ColumnName("age"), levels=levels)
    left = _without(whole, {"61", "62"})
    assert left is not None
    read = read_hierarchy(write_hierarchy(left), ColumnName("age")).hierarchy
    assert read.levels == ((MARK,), ("*",), ("*",))


def test_what_was_made_while_somebody_was_erased_is_not_stored(office: Workspace) -> None:
    asked = plan(columns={"customer_id": "pseudonym", "email": "drop"})
    steps = office.anonymisation.anonymise("people", asked, {}, "safe")
    while next(steps).doing != "Measuring and attacking the written output":
        pass
    office._desk.table(office.dataset("people")).whole()
    erased(office)
    with pytest.raises(ErasedMeanwhileError):
        ended(steps)
    assert [one.name for one in office.datasets()] == ["people"]


def test_histories_that_were_made_while_somebody_was_erased_are_not_stored(
    office: Workspace,
) -> None:
    asked = BasketPlan(person="customer_id", item="city", k=2, m=1, order=ItemOrder.CODE)
    steps = office.anonymisation.anonymise_baskets("people", asked)
    while next(steps).doing != "Measuring what was written":
        pass
    erased(office)
    with pytest.raises(ErasedMeanwhileError):
        ended(steps)
    assert [one.name for one in office.datasets()] == ["people"]


def test_a_release_that_was_made_before_is_told_and_stays(office: Workspace) -> None:
    query = count_by_city()
    release = office.release("people", query, Decimal("0.5"))
    done = erased(office)
    assert [(b.what, b.id) for b in done.beyond if b.what == "release"] == [("release", release.id)]
    assert office.releases("people") == (release,)


def test_a_release_after_an_erasure_counts_those_who_are_left(office: Workspace) -> None:
    query = count_by_city()
    office.release("people", query, Decimal("0.5"))
    erased(office)
    office.release("people", query, Decimal("0.5"))
    assert office.dataset("people").rows == 399
    assert len(office.releases("people")) == 2


def test_while_releases_run_people_are_erased_and_the_trail_holds(office: Workspace) -> None:
    def release(_: int) -> bool:
        try:
            office.release("people", count_by_city(), Decimal("0.3"))
        except WorkspaceError:  # its table went while it was read; nothing was published
            return False
        return True

    office.decide_budget("people", Budget(epsilon=Decimal(3), delta=Decimal("1e-5")))
    id_ = ask(office, "R-1", [email(WHO)])
    with ThreadPoolExecutor(2) as pool:
        erasing = pool.submit(erase, office, [id_])
        published = list(pool.map(release, range(5)))
    assert erasing.result().left == 0
    assert len(office.releases("people")) == sum(published) >= 1
    assert office.budget("people").spent.epsilon <= Decimal("0.3") * 5
    assert office.verify_trail().problems == ()


def test_what_is_read_while_its_rows_go_is_no_damage_to_be_restored(office: Workspace) -> None:
    asked = plan(columns={"customer_id": "pseudonym", "email": "drop"})
    steps = office.anonymisation.anonymise("people", asked, {}, "safe")
    next(steps)
    erased(office)
    with pytest.raises(WorkspaceError, match="try once more"):
        ended(steps)


def test_a_table_that_is_being_read_is_not_a_damaged_one(office: Workspace) -> None:
    """What is read while it goes gives a sentence or the whole table, never other values."""
    table = office._desk.table(office.dataset("people"))
    table.codes(ColumnName("age"))
    erased(office)
    with office._desk.database.reading() as connection:
        now = office._desk.table(datasets.find(connection, "people"))
    assert now is not table
    assert 61 not in now.whole()["age"].to_pylist()


def test_an_output_that_was_taken_away_is_told(office: Workspace) -> None:
    done = anonymised(office, "pseudonym", 0)
    tables.hand_out(office._desk, done)
    exports = [one for one in erased(office).beyond if one.what == "export"]
    assert len(exports) == 1
    assert exports[0].id.startswith("trail entry ")
    assert standing(office, "R-1").changed == ("people@1", "safe@1")
