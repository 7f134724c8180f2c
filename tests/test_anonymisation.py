"""Anonymisation on a desk: what is stored, what is refused, what the trail says of it."""

from __future__ import annotations

import csv
import io
import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from compliance.anonymise.nouns import Plan
from compliance.anonymise.nouns.record import BasketPlan, ItemOrder
from compliance.dataset import RawFile
from compliance.dataset.nouns import ColumnName, Description
from compliance.errors import (
    AnonymisationError,
    DriftedError,
    NameModelError,
    NothingAnonymisedError,
    StillAtRiskError,
    TakenNameError,
    UnknownRecipeError,
    VaultError,
)
from compliance.rules.nouns import State
from compliance.workspace import Workspace
from tests.anonymised_people import ended, people, plan


def add(workspace: Workspace, data: bytes, name: str = "people", unit: str | None = None) -> None:
    said = Description(unit=ColumnName(unit)) if unit else None
    workspace.add_files([RawFile(name=f"{name}.csv", data=data)], name, said)


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def smallest_class(rows: list[dict[str, str]], *columns: str) -> int:
    keys = sorted(tuple(row[column] for column in columns) for row in rows)
    return min(len(list(alike)) for _, alike in itertools.groupby(keys))


@pytest.mark.parametrize("method", ["full_domain", "local"])
def test_what_is_written_has_the_k_that_was_asked_for(workspace: Workspace, method: str) -> None:
    add(workspace, people(300))

    done = ended(workspace.anonymisation.anonymise("people", plan(k=12, method=method), {}))

    rows = rows_of(workspace.anonymisation.output(done))
    assert smallest_class(rows, "age", "city") >= 12
    assert len(rows) == done.proof.rows == 300 - done.proof.found.suppressed
    assert done.proof.after.k == smallest_class(rows, "age", "city")
    assert done.proof.found.optimal is (method == "full_domain")


def test_an_output_is_a_dataset_with_its_lineage_and_shares_the_budget(
    workspace: Workspace,
) -> None:
    add(workspace, people())

    done = ended(workspace.anonymisation.anonymise("people", plan(), {}, "safe"))

    made = workspace.dataset("safe")
    (edge,) = [
        edge for edge in workspace.proof.lineage.edges(["safe"]) if edge.step == "anonymised"
    ]
    assert done.made == made.id == edge.made.id
    assert edge.origin.id == workspace.dataset("people").id
    assert made.population == workspace.dataset("people").population
    assert workspace.anonymisation.done("people") == (done,)
    assert workspace.anonymisation.latest("people") == done


def test_the_order_of_the_rows_tells_nothing(workspace: Workspace) -> None:
    header, *lines = people().decode().splitlines()
    add(workspace, people())
    add(workspace, "\n".join([header, *reversed(lines)]).encode(), "turned")
    asked = plan(columns={"customer_id": "drop", "email": "drop"})

    outputs = [
        workspace.anonymisation.output(ended(workspace.anonymisation.anonymise(name, asked, {})))
        for name in ("people", "turned")
    ]

    assert outputs[0] == outputs[1]


def test_personal_columns_that_a_plan_forgets_are_left_out_and_said(workspace: Workspace) -> None:
    add(workspace, people())

    done = ended(workspace.anonymisation.anonymise("people", plan(columns={}), {}))

    (row, *_) = rows_of(workspace.anonymisation.output(done))
    assert row.keys() == {"age", "city", "diagnosis"}
    assert any("“customer_id”, “email”" in note for note in done.proof.notes)


def test_an_output_that_fails_a_check_is_refused_and_not_stored(workspace: Workspace) -> None:
    """An e-mail address is kept as it is."""
    add(workspace, people(200))
    before = len(workspace.entries())
    asked = plan(columns={"customer_id": "pseudonym", "email": "keep"})

    with pytest.raises(StillAtRiskError, match="identify people directly"):
        ended(workspace.anonymisation.anonymise("people", asked, {}))

    assert workspace.anonymisation.done("people") == ()
    assert [dataset.name for dataset in workspace.datasets()] == ["people"]
    assert len(workspace.entries()) == before


def test_attacks_gain_less_from_the_output_than_from_the_original(workspace: Workspace) -> None:
    add(workspace, people(300, seed=3))
    asked = plan(k=20, suppression_limit=0)

    done = ended(workspace.anonymisation.anonymise("people", asked, {}))

    before, after = (
        {attack.kind: attack for attack in siege.attacks}
        for siege in (done.proof.attacked_before, done.proof.attacked_after)
    )
    assert after["linkage"].share < before["linkage"].share
    assert after["linkage"].low <= 1 / 20


def test_a_name_that_holds_something_else_is_not_taken(workspace: Workspace) -> None:
    add(workspace, people())
    add(workspace, people(seed=2), "other")

    with pytest.raises(TakenNameError):
        ended(workspace.anonymisation.anonymise("people", plan(), {}, "other"))


def test_what_no_choice_of_levels_reaches_is_refused(workspace: Workspace) -> None:
    add(workspace, people(20))

    with pytest.raises(AnonymisationError):
        ended(workspace.anonymisation.anonymise("people", plan(k=21), {}))

    assert [dataset.name for dataset in workspace.datasets()] == ["people"]


def test_a_curve_is_kept_and_given_at_once_when_asked_again(workspace: Workspace) -> None:
    add(workspace, people())

    first = ended(workspace.anonymisation.curve("people", plan(), {}, (2, 5, 10)))
    again = workspace.anonymisation.curve("people", plan(), {}, (2, 5, 10))

    with pytest.raises(StopIteration) as end:
        next(again)
    assert end.value.value is first
    assert first.levels.shape == (5 * 2, 2)


def test_no_value_of_the_data_is_in_the_trail(workspace: Workspace) -> None:
    add(workspace, people())
    ended(workspace.anonymisation.anonymise("people", plan(), {}))

    told = workspace.export_trail()

    canaries = ("p7@example.org", "Bonn", "asthma", "1007")
    assert [canary for canary in canaries if f'"{canary}"' in told or canary in told] == []


# Recipes


def recipe_on(workspace: Workspace) -> None:
    add(workspace, people())
    done = ended(workspace.anonymisation.anonymise("people", plan(), {}))
    workspace.anonymisation.keep_recipe(done, "monthly")


def test_a_recipe_gives_the_next_file_the_same_levels(workspace: Workspace) -> None:
    recipe_on(workspace)
    add(workspace, people(seed=5), "next")

    done, changed = ended(workspace.anonymisation.apply_recipe("monthly", "next"))

    assert done.levels == workspace.anonymisation.latest("people").levels
    assert not [each for each in changed if each.is_alarm]
    assert [kept.recipe.name for kept in workspace.anonymisation.recipes()] == ["monthly"]


def test_a_recipe_is_not_applied_to_data_that_drifted_unless_somebody_accepts(
    workspace: Workspace,
) -> None:
    recipe_on(workspace)
    moved = people(seed=5).replace(b"Bonn", b"Koeln").replace(b"Ulm", b"Trier")
    add(workspace, moved, "next")

    with pytest.raises(DriftedError, match="“city”"):
        ended(workspace.anonymisation.apply_recipe("monthly", "next"))

    done, changed = ended(
        workspace.anonymisation.apply_recipe("monthly", "next", accept_drift=True)
    )
    assert any(each.is_alarm for each in changed)
    assert done.proof.after.k >= 5


def test_a_recipe_needs_something_to_be_kept_and_a_name_that_is_there(
    workspace: Workspace,
) -> None:
    add(workspace, people())

    with pytest.raises(NothingAnonymisedError):
        workspace.anonymisation.latest("people")
    with pytest.raises(UnknownRecipeError):
        ended(workspace.anonymisation.apply_recipe("monthly", "people"))


# Vaults


def vaulted(workspace: Workspace) -> tuple[Plan, str]:
    add(workspace, people())
    asked = plan(columns={"customer_id": "vault", "email": "drop"})
    done = ended(workspace.anonymisation.anonymise("people", asked, {}, "safe"))
    return asked, rows_of(workspace.anonymisation.output(done))[0]["customer_id"]


def test_a_vault_gives_the_original_back_and_says_who_asked(workspace: Workspace) -> None:
    _, pseudonym = vaulted(workspace)

    opened = workspace.anonymisation.reveal(
        "safe", "customer_id", [pseudonym], "request for access"
    )

    entry = workspace.entries(1)[0]
    assert opened[pseudonym] in {str(1000 + n) for n in range(400)}
    assert entry.act == "vault.open"
    assert entry.facts["reason"] == "request for access"
    assert pseudonym not in str(entry.facts)
    assert opened[pseudonym] not in str(entry.facts)


@pytest.mark.parametrize(
    ("column", "pseudonyms", "reason"),
    [
        ("customer_id", ["not-there"], "request for access"),
        ("customer_id", [], "  "),
        ("age", ["58"], "request for access"),
    ],
    ids=["an unknown pseudonym", "no reason", "a column without a vault"],
)
def test_a_vault_stays_closed(
    workspace: Workspace, column: str, pseudonyms: list[str], reason: str
) -> None:
    vaulted(workspace)

    with pytest.raises(VaultError):
        workspace.anonymisation.reveal("safe", column, pseudonyms, reason)


def test_a_pseudonym_is_the_same_in_every_table_of_the_desk(workspace: Workspace) -> None:
    add(workspace, people())
    add(workspace, people(seed=9), "other")

    shown = [
        {row["customer_id"] for row in rows_of(workspace.anonymisation.output(done))}
        for done in (
            ended(workspace.anonymisation.anonymise(name, plan(suppression_limit=0), {}))
            for name in ("people", "other")
        )
    ]

    assert shown[0] == shown[1]
    assert not shown[0] & {str(1000 + n) for n in range(400)}


# Purchase histories


def purchases() -> bytes:
    lines = ["customer,item"]
    for person in range(60):
        lines += [f"c{person},i{(person * step) % 12}" for step in (1, 2, 3, 5)]
        lines.append(f"c{person},rare{person}")
    return "\n".join(lines).encode()


def test_no_two_things_that_somebody_bought_point_to_few_people(workspace: Workspace) -> None:
    add(workspace, purchases(), "orders")
    asked = BasketPlan(person=ColumnName("customer"), item=ColumnName("item"), k=4, m=2)

    done = ended(workspace.anonymisation.anonymise_baskets("orders", asked))

    baskets: dict[str, set[str]] = {}
    for row in rows_of(workspace.anonymisation.output(done)):
        baskets.setdefault(row["customer"], set()).add(row["item"])
    counted: dict[tuple[str, ...], int] = {}
    for items in baskets.values():
        for size in (1, 2):
            for some in itertools.combinations(sorted(items), size):
                counted[some] = counted.get(some, 0) + 1
    assert done.before.singled_out == 60
    assert min(counted.values()) >= 4
    assert done.after.k == min(counted.values())
    assert workspace.anonymisation.baskets("orders") == (done,)


def test_items_are_put_together_by_description_only_where_a_column_describes_them(
    workspace: Workspace,
) -> None:
    add(workspace, purchases(), "orders")
    asked = BasketPlan(
        person=ColumnName("customer"), item=ColumnName("item"), order=ItemOrder.DESCRIPTION
    )

    with pytest.raises(AnonymisationError, match="description"):
        ended(workspace.anonymisation.anonymise_baskets("orders", asked))


# What the rules say


def state_of(workspace: Workspace, rule: str, name: str) -> State:
    (found,) = [v.state for v in workspace.assess([name]).verdicts if v.rule == rule]
    return found


def test_an_output_whose_file_was_changed_is_found(workspace: Workspace) -> None:
    add(workspace, people())
    ended(workspace.anonymisation.anonymise("people", plan(k=8), {}, "safe"))
    assert state_of(workspace, "POL-ANONYMISED", "safe") is State.MET
    assert state_of(workspace, "POL-ANONYMISED", "people") is State.NOT_APPLICABLE

    add(workspace, b"age,city,diagnosis,customer_id\n20,Bonn,asthma,x\n", "smaller")
    folder = workspace.settings.home / "datasets"
    sha = {name: workspace.dataset(name).sha256 for name in ("safe", "smaller")}
    Path(folder / f"{sha['safe']}.parquet").write_bytes(
        Path(folder / f"{sha['smaller']}.parquet").read_bytes()
    )
    reopened = Workspace(workspace.settings)

    assert state_of(reopened, "POL-ANONYMISED", "safe") is State.NOT_MET


def test_rare_values_are_a_finding_until_an_officer_has_spoken(workspace: Workspace) -> None:
    lines = ["note", *(f"colour {n}" for n in range(800)), "write to ann@example.org"]
    add(workspace, "\n".join(lines).encode(), "notes")
    found = workspace.discover("notes")
    assert [one.semantic_type for one in found.rare] == ["email"]
    assert state_of(workspace, "POL-RARE", "notes") is State.NOT_MET

    (label,) = found.labels
    workspace.decide_labels("notes", {"note": (label.semantic_type, label.identifier_class)})

    assert state_of(workspace, "POL-RARE", "notes") is State.MET


def test_a_refreshed_file_with_a_new_kind_of_data_is_a_finding(workspace: Workspace) -> None:
    add(workspace, b"sku,stock\n" + b"".join(b"a%d,%d\n" % (n, n % 7) for n in range(300)), "stock")
    workspace.discover("stock")
    lines = [f"a{n},{n % 7},person{n}@example.org" for n in range(300)]
    add(workspace, "\n".join(["sku,stock,contact", *lines]).encode(), "stock")
    assert workspace.changes("stock") is None
    workspace.discover("stock")

    assert state_of(workspace, "POL-NEWKINDS", "stock") is State.NOT_MET

    label = workspace.discovery("stock").label("contact")  # type: ignore[union-attr]
    workspace.decide_labels("stock", {"contact": (label.semantic_type, label.identifier_class)})

    assert state_of(workspace, "POL-NEWKINDS", "stock") is State.MET


def test_what_officers_decided_carries_over_while_discovery_says_the_same(
    workspace: Workspace,
) -> None:
    add(workspace, people())
    found = workspace.discover("people")
    label = found.label("age")
    workspace.decide_labels("people", {"age": (label.semantic_type, label.identifier_class)})

    add(workspace, people(seed=4))
    again = workspace.discover("people")

    assert str(again.label("age").status) == "confirmed"  # type: ignore[union-attr]
    assert str(again.label("city").status) == "proposed"  # type: ignore[union-attr]


def test_a_proposed_plan_can_be_run_as_it_is(workspace: Workspace) -> None:
    add(workspace, people(), unit="customer_id")
    workspace.discover("people")

    proposed = workspace.anonymisation.propose("people")
    done = ended(workspace.anonymisation.anonymise("people", proposed, {}))

    assert {str(column) for column in proposed.columns} >= {"age", "city"}
    assert done.proof.after.k >= 5


def test_a_language_model_that_is_named_must_be_there(workspace: Workspace) -> None:
    named = Workspace(replace(workspace.settings, name_model="no_such_model"))

    with pytest.raises(NameModelError):
        named.scanning.text("Dear Ms Schmidt")
    assert workspace.scanning.text("Dear Ms Schmidt")
