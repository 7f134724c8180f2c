"""What an output promises is kept whatever the table holds, or nothing is handed on."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from compliance.anonymise import to_plan
from compliance.anonymise.attacks.judging import judged
from compliance.anonymise.checking import linkage_check
from compliance.anonymise.nouns import (
    AttackKind,
    Hierarchy,
    Method,
    Plan,
    Siege,
    Treatment,
    TreatmentKind,
)
from compliance.anonymise.nouns.record import Anonymised
from compliance.anonymise.telling import share_alone
from compliance.dataset import RawFile
from compliance.dataset.nouns import ColumnName, Description
from compliance.discovery.nouns import IdentifierClass
from compliance.errors import (
    AnonymisationError,
    MalformedRecipeError,
    NothingLeftError,
    StillAtRiskError,
    VaultError,
)
from compliance.workspace import Workspace
from tests.anonymised_people import ended, people, plan


def added(workspace: Workspace, data: bytes, name: str = "people") -> None:
    workspace.add_files([RawFile(name="people.csv", data=data)], name)


def anonymised(workspace: Workspace, asked: Plan, name: str = "people") -> Anonymised:
    return ended(workspace.anonymisation.anonymise(name, asked, {}))


def shown(workspace: Workspace, done: Anonymised) -> list[dict[str, str]]:
    """The output, read by somebody else."""
    text = workspace.anonymisation.output(done).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_time_limit_ends_the_search_with_the_best_so_far(workspace: Workspace):
    added(workspace, people())

    done = anonymised(workspace, plan(k=15, time_limit_s=1e-9))

    assert not done.proof.found.optimal
    assert done.proof.found.bound < done.proof.found.losses.loss


@pytest.mark.parametrize("name", [".city", "[city", "ci.ty", 'ci"ty', "class", "ci,ty"])
def test_a_column_may_be_called_anything(workspace: Workspace, name: str):
    quoted = '"' + name.replace('"', '""') + '"'
    added(workspace, people().replace(b",city,", f",{quoted},".encode(), 1))
    columns = {
        "age": {"build": "intervals", "width": 5, "factor": 2, "levels": 3},
        name: {"build": "suppress"},
    }

    done = anonymised(workspace, plan(quasi_identifiers=columns))

    groups = Counter((row["age"], row[name]) for row in shown(workspace, done))
    assert min(groups.values()) >= 5


@pytest.mark.parametrize("treatment", ["drop", "mask", {"pram": {"keep": 0.5}}])
def test_a_column_that_a_criterion_is_about_is_not_changed_as_well(
    workspace: Workspace, treatment: object
):
    with pytest.raises(MalformedRecipeError, match="“diagnosis” is treated"):
        plan(columns={"diagnosis": treatment})


def test_a_plan_that_contradicts_itself_is_refused_whoever_made_it(workspace: Workspace):
    added(workspace, people())
    treated = Treatment(column=ColumnName("age"), kind=TreatmentKind.DROP)

    with pytest.raises(MalformedRecipeError, match="treated otherwise"):
        anonymised(workspace, replace(plan(), treatments=(treated,)))
    with pytest.raises(MalformedRecipeError, match="nothing says what must hold"):
        anonymised(workspace, replace(plan(), criteria=()))


@pytest.mark.parametrize("method", ["full_domain", "local"])
def test_an_output_without_rows_is_refused_in_plain_words(workspace: Workspace, method: str):
    added(workspace, people(20))

    with pytest.raises(NothingLeftError, match="All of the 20 rows"):
        anonymised(workspace, plan(k=50, suppression_limit=1, method=method))


@pytest.mark.parametrize("method", ["full_domain", "local"])
def test_presence_is_measured_with_the_people_of_each_class(workspace: Workspace, method: str):
    everybody = [
        (("Ulm", "Kiel", "Bonn", "Jena", "Aalen")[n * n % 5], ("south", "north", "east")[n % 3])
        for n in range(90)
    ]
    some = [person for n, person in enumerate(everybody) if n % 7 < 5 or n % 5 == 1]
    for name, rows in (("everybody", everybody), ("people", some)):
        added(workspace, "\n".join(["city,part", *map(",".join, rows)]).encode(), name)
    asked = to_plan(
        {
            "quasi_identifiers": {"city": {"build": "suppress"}, "part": {"build": "suppress"}},
            "delta_presence": {"lower": 0, "upper": 0.85},
            "k_map": 3,
            "population": "everybody",
            "suppression_limit": 0.3,
            "method": method,
        }
    )

    done = anonymised(workspace, asked)

    for cell, rows in Counter((r["city"], r["part"]) for r in shown(workspace, done)).items():
        fitting = sum(
            all(name in ("*", value) for name, value in zip(cell, person, strict=True))
            for person in everybody
        )
        assert fitting >= 3
        assert rows <= 0.85 * fitting


def test_presence_of_one_class_is_not_taken_for_that_of_another(workspace: Workspace):
    """As texts “10” comes before “2”, as numbers after it."""
    added(workspace, b"visits,note\n" + b"2,a\n" * 9 + b"10,b\n" * 3, "everybody")
    added(workspace, b"visits,note\n" + b"2,a\n" * 8 + b"10,b\n" * 2)
    asked = to_plan(
        {
            "quasi_identifiers": {"visits": {"build": "suppress"}},
            "delta_presence": {"lower": 0.5, "upper": 0.9},
            "population": "everybody",
        }
    )

    done = anonymised(workspace, asked)

    assert done.levels == {"visits": 0}


def with_column(name: str, values: list[str], rows: int = 400) -> bytes:
    """The table of people with one more column."""
    header, *lines = people(rows).decode().splitlines()
    cells = [f"{line},{value}" for line, value in zip(lines, values, strict=True)]
    return "\n".join([f"{header},{name}", *cells]).encode()


def check(done: Anonymised, name: str) -> str:
    return next(each.says for each in done.proof.checks if each.name == name)


ORDERS = [f"A{n * 7919 % 1_000_003}" for n in range(400)]
PRICES = [f"{n * 7919 % 1_000_003 / 100:.2f}" for n in range(400)]
WORDS = [f"arrived on day {n} and was good" for n in range(400)]


@pytest.mark.parametrize("values", [ORDERS, PRICES, WORDS], ids=["codes", "amounts", "sentences"])
def test_a_column_by_which_people_are_found_is_left_out_unless_it_is_asked_for(
    workspace: Workspace, values: list[str]
):
    added(workspace, with_column("more", values))

    done = anonymised(workspace, plan())

    assert workspace.anonymisation.left_out("people", plan()) == ("more",)
    assert "more" not in shown(workspace, done)[0]
    assert any("“more”" in note and "single people are found" in note for note in done.proof.notes)


def test_such_a_column_that_is_asked_for_is_named_in_the_proof(workspace: Workspace):
    added(workspace, with_column("order_id", ORDERS))
    columns = {"customer_id": "pseudonym", "email": "drop", "order_id": "keep"}

    done = anonymised(workspace, plan(columns=columns))

    assert "order_id" in shown(workspace, done)[0]
    assert "“order_id” 100.0%" in check(done, "kept_columns")


def test_a_column_that_many_people_share_stays_unasked(workspace: Workspace):
    added(workspace, with_column("more", [f"P{n % 40}" for n in range(400)]))

    done = anonymised(workspace, plan())

    assert "more" in shown(workspace, done)[0]
    assert check(done, "kept_columns").startswith("No column that stays")


def test_a_value_of_one_person_in_many_rows_is_a_persons_own():
    values, people_ = np.repeat(np.arange(5, dtype=np.int32), 4), np.repeat(np.arange(5), 4)

    assert share_alone(values, people_.astype(np.int32)) == 1
    assert share_alone(values) == 0
    assert share_alone(np.array([-1, -1, 0, 1, 1], dtype=np.int32)) == 0.2


@pytest.mark.parametrize("treatment", ["keep", {"keep": {}}])
def test_a_direct_identifier_is_not_kept_as_it_is(workspace: Workspace, treatment: object):
    added(workspace, people())

    with pytest.raises(StillAtRiskError, match="“email” may identify people directly"):
        anonymised(workspace, plan(columns={"customer_id": "drop", "email": treatment}))


def test_what_an_officer_said_is_no_identifier_may_be_kept(workspace: Workspace):
    added(workspace, people())
    workspace.discover("people")
    workspace.decide_labels("people", {"email": ("free_text", IdentifierClass.NONE)})

    done = anonymised(workspace, plan(columns={"customer_id": "drop", "email": "keep"}))

    assert "“email” 100.0%" in check(done, "kept_columns")


def test_rows_that_a_pseudonym_links_are_said_to_single_people_out(workspace: Workspace):
    rows = [f"{n // 3},{20 + pow(11, n, 1009) % 10},{'ABC'[n % 3]}" for n in range(600)]
    data = "\n".join(["customer_id,age,part", *rows]).encode()
    unit = Description(unit=ColumnName("customer_id"))
    workspace.add_files([RawFile(name="orders.csv", data=data)], "people", unit)
    columns = {name: {"build": "suppress"} for name in ("age", "part")}
    asked = {"quasi_identifiers": columns, "sensitive": {}, "columns": {}}

    linked = anonymised(workspace, plan(**{**asked, "columns": {"customer_id": "pseudonym"}}))
    unlinked = anonymised(workspace, plan(**{**asked, "columns": {"customer_id": "drop"}}))

    assert any("links the rows of one person" in note for note in linked.proof.notes)
    assert not any("links the rows" in note for note in unlinked.proof.notes)


def revealed(workspace: Workspace, codes: list[str], column: str = "customer_id") -> dict[str, str]:
    return workspace.anonymisation.reveal("people-anonymised", column, codes, "request for access")


def test_a_try_to_open_a_vault_that_fails_is_in_the_trail(workspace: Workspace):
    added(workspace, people())
    anonymised(workspace, plan(columns={"customer_id": "vault", "email": "drop"}))

    with pytest.raises(VaultError, match="1 of 1 pseudonyms are not in it"):
        revealed(workspace, ["canary-not-there"])
    with pytest.raises(VaultError, match="none is kept"):
        revealed(workspace, ["canary-not-there"], "age")

    for entry, column in zip(workspace.entries(2), ("age", "customer_id"), strict=True):
        assert entry.act == "vault.refuse"
        assert entry.facts["column"] == column
        assert entry.facts["reason"] == "request for access"
        assert "canary" not in str(entry)


def test_pseudonyms_of_earlier_versions_are_found_in_their_vaults(workspace: Workspace):
    asked = plan(columns={"customer_id": "vault", "email": "vault"})
    added(workspace, people())
    old = anonymised(workspace, asked)
    added(workspace, people().replace(b"\n1", b"\n2"))
    new = anonymised(workspace, asked)

    codes = [shown(workspace, done)[0]["customer_id"] for done in (old, new)]
    entry = next(e for e in workspace.entries() if e.act == "dataset.anonymise")

    assert [value[0] for value in revealed(workspace, codes).values()] in (["1", "2"], ["2", "1"])
    assert entry.facts["vault_rows"] == {"customer_id": 400, "email": 400}


def test_a_recipe_shows_no_column_that_its_first_output_did_not(workspace: Workspace):
    added(workspace, people())
    workspace.anonymisation.keep_recipe(anonymised(workspace, plan(columns={})), "monthly")
    added(workspace, people(seed=2), "next")
    workspace.discover("next")
    nothing = ("free_text", IdentifierClass.NONE)
    workspace.decide_labels("next", {"email": nothing, "customer_id": nothing})

    done, _ = ended(workspace.anonymisation.apply_recipe("monthly", "next"))

    assert list(shown(workspace, done)[0]) == ["age", "city", "diagnosis"]


def test_the_trail_says_by_which_recipe_and_that_drift_was_accepted(workspace: Workspace):
    added(workspace, people())
    workspace.anonymisation.keep_recipe(anonymised(workspace, plan()), "monthly")
    added(workspace, with_column("new", ["a", "b"] * 200), "next")

    ended(workspace.anonymisation.apply_recipe("monthly", "next", accept_drift=True))

    facts = workspace.entries(1)[0].facts
    assert facts["recipe"] == "monthly"
    assert facts["accepted_alarms"] == 1


def test_a_recipe_keeps_the_hierarchy_of_a_sensitive_column(workspace: Workspace):
    added(workspace, people())
    illnesses = Hierarchy(
        column=ColumnName("diagnosis"),
        levels=(("asthma", "diabetes", "migraine"), ("lungs", "blood", "head"), ("*",) * 3),
    )
    t = {"t": {"kind": "hierarchical", "value": 0.5}, "hierarchy": "illnesses.csv"}
    asked = plan(sensitive={"diagnosis": t})
    given = {illnesses.column: illnesses}
    done = ended(workspace.anonymisation.anonymise("people", asked, given))
    workspace.anonymisation.keep_recipe(done, "monthly")
    added(workspace, people(seed=2), "next")

    again, _ = ended(workspace.anonymisation.apply_recipe("monthly", "next"))

    assert again.hierarchies["diagnosis"] == done.hierarchies["diagnosis"]


def test_the_proof_says_by_what_chance_values_were_changed(workspace: Workspace):
    added(workspace, with_column("more", ["a", "b", "b", "c"] * 100))
    more = {"pram": {"keep": 0.7, "draw": "alike"}}

    done = anonymised(workspace, plan(columns={"email": "drop", "more": more}))

    said = "A value was kept with the chance 0.7, and else drawn anew from all values alike"
    assert any(said in note for note in done.proof.notes)


@pytest.mark.in_a_file
def test_no_cell_is_in_the_trail_the_records_or_an_error(workspace: Workspace):
    """Every cell is a canary; what succeeds and what is refused are both tried."""
    columns = ("person", "mail", "part", "illness", "word")
    lines = [
        ",".join(f"Canary{n % m}{c}" for c, m in zip(columns, (999, 500, 4, 3, 7), strict=True))
        for n in range(300)
    ]
    added(workspace, "\n".join([",".join(columns), *lines]).encode())
    treated = {"person": "vault", "mail": "mask", "word": {"pram": {"keep": 0.5}}}
    asked = {
        "quasi_identifiers": {"part": {"build": "prefix"}},
        "sensitive": {"illness": {"l": {"kind": "distinct", "value": 2}}},
        "k": 3,
        "columns": treated,
    }
    refused: list[dict[str, object]] = [
        {"k": 301},
        {"columns": {"word": {"round": {"base": 5}}}},
        {"quasi_identifiers": {"part": {"build": "intervals", "width": 5}}},
        {"quasi_identifiers": {"part": {"build": "dates"}}},
    ]
    workspace.discover("people")
    done = anonymised(workspace, to_plan(asked))
    workspace.anonymisation.keep_recipe(done, "monthly")
    said = []
    for change in refused:
        with pytest.raises(AnonymisationError) as error:
            anonymised(workspace, to_plan({**asked, **change}))
        said.append(str(error.value))
    with closing(sqlite3.connect(workspace.settings.home / "records.sqlite")) as records:
        said += records.iterdump()

    assert len(said) > len(refused)
    assert not any("canary" in text.lower() for text in said)


@pytest.mark.parametrize(("successes", "holds"), [(100, True), (121, True), (150, False)])
def test_luck_of_an_attacker_refuses_no_output_and_success_does(*, successes: int, holds: bool):
    """121 of 500 happens once in a hundred where one in five is right; 150 once in ten millions."""
    linked = judged(
        AttackKind.LINKAGE,
        (ColumnName("age"),),
        successes=successes,
        attempts=500,
        baseline=0.01,
        baseline_is="guessing",
        says="{right} of {tries}",
    )

    assert linkage_check(Siege(attacks=(linked,)), 5).holds is holds
    assert not linkage_check(Siege(attacks=()), 5).holds


def test_rows_without_a_value_are_read_back_where_there_is_one_column_only(workspace: Workspace):
    added(workspace, b"part,mail\n" + b"a,x@example.org\n" * 6 + b",y@example.org\n" * 6)
    asked = {"quasi_identifiers": {"part": {"build": "suppress"}}, "k": 5}

    done = anonymised(workspace, to_plan({**asked, "columns": {"mail": "drop"}}))

    assert done.proof.rows == 12
    assert workspace.anonymisation.output(done) == b'"part"\n' + b'"a"\n' * 6 + b"\n" * 6


def test_other_outputs_of_the_same_table_are_said(workspace: Workspace):
    added(workspace, people())
    first = anonymised(workspace, plan())
    again = anonymised(workspace, plan())
    other = anonymised(workspace, plan(k=15))

    told = [
        [n for n in d.proof.notes if n.startswith("Other outputs")] for d in (first, again, other)
    ]
    assert told[:2] == [[], []]
    assert "made before: 1." in told[2][0]


def test_a_sensitive_column_by_which_people_are_found_is_left_out_too(workspace: Workspace):
    added(workspace, with_column("income", [str(20_000 + n * 7919 % 80_021) for n in range(400)]))

    done = anonymised(workspace, plan())

    assert "income" not in shown(workspace, done)[0]
    assert "diagnosis" in shown(workspace, done)[0]


@pytest.mark.parametrize("method", ["full_domain", "local"])
def test_where_people_have_several_rows_classes_hold_k_people(workspace: Workspace, method: str):
    """Half of the classes at the finest levels have five rows, and of two people only."""
    rows = [f"{n // 3},{20 + pow(11, n // 3, 1009) % 40},{'ABC'[n % 3]}" for n in range(600)]
    data = "\n".join(["customer_id,age,part", *rows]).encode()
    unit = Description(unit=ColumnName("customer_id"))
    workspace.add_files([RawFile(name="orders.csv", data=data)], "people", unit)
    columns = {
        "age": {"build": "intervals", "width": 2, "factor": 2, "levels": 4},
        "part": {"build": "suppress"},
    }
    asked = plan(quasi_identifiers=columns, sensitive={}, columns={"customer_id": "pseudonym"})

    done = anonymised(workspace, replace(asked, method=Method(method)))

    people_of: dict[tuple[str, str], set[str]] = {}
    for row in shown(workspace, done):
        people_of.setdefault((row["age"], row["part"]), set()).add(row["customer_id"])
    assert min(map(len, people_of.values())) >= 5
    assert check(done, "people")


def test_a_recipe_counts_people_in_a_delivery_that_is_not_described(workspace: Workspace):
    header, *lines = people(200).decode().splitlines()
    twice = [header, *(line for line in lines for _ in range(2))]
    unit = Description(unit=ColumnName("customer_id"))
    data = "\n".join(twice).encode()
    workspace.add_files([RawFile(name="people.csv", data=data)], "people", unit)
    done = anonymised(workspace, plan())
    workspace.anonymisation.keep_recipe(done, "monthly")
    added(workspace, "\n".join([*twice, twice[1]]).encode(), "next")

    again, _ = ended(workspace.anonymisation.apply_recipe("monthly", "next", accept_drift=True))

    assert check(again, "people")
