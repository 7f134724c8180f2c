"""Residency in a workspace: what is known of stored data, checks, the trail, the register."""

from __future__ import annotations

from dataclasses import replace

import pytest

from compliance.dataset.nouns import ColumnName, Description
from compliance.errors import (
    MovementFactError,
    MovementRefusedError,
    UnknownColumnError,
    UnknownCountryError,
    UnknownDatasetError,
)
from compliance.federated import to_plan
from compliance.federated.nouns import Plan
from compliance.rules.nouns import Answer, Form
from compliance.workspace import Workspace
from compliance.workspace.governing.residing import Move, Residing
from tests.conftest import CANARY_COUNTRY

BY_COUNTRY = {"sites": {"column": "country"}, "target": "bought", "rounds": 2}
AT_HOME = Plan(site_column=ColumnName("region"), target=ColumnName("bought"))
SCC = {
    "scc_version": "2021/914",
    "scc_module": "2",
    "scc_annexes_complete": True,
    "signed_at": "2020-01-01",
    "tia_id": "TIA 1",
    "tia_outcome": "ok",
}


@pytest.fixture
def residing(shop: Workspace) -> Residing:
    """The residency of a shop whose orders lie in Germany and were looked at."""
    shop.discover("orders")
    return shop.governance.residency


def _at(said: Description, region: str) -> Description:
    return replace(said, region=region)


def acts_of(shop: Workspace) -> list[str]:
    return [entry.act for entry in shop.entries()]


def test_a_dataset_lies_where_its_description_says(residing: Residing) -> None:
    (copy,) = residing.whereabouts().copies

    assert (copy.dataset, copy.country, copy.form) == ("orders", "DE", Form.ROWS)


def test_asking_changes_nothing(residing: Residing, shop: Workspace) -> None:
    before = acts_of(shop)

    residing.whereabouts()
    residing.check_move(Move(names=("orders",), destination="IN"))
    residing.check_plan("orders", to_plan(BY_COUNTRY))

    assert acts_of(shop) == before


def test_what_could_be_done_instead_stands_beside_the_rows(residing: Residing) -> None:
    asked = Move(names=("orders",), destination="IN", facts={"epsilon": 1.0})

    found = {form: movement.answer for form, movement in residing.alternatives(asked)}

    assert found == {
        None: Answer.NEEDS,
        Form.ANONYMOUS: Answer.ALLOWED,
        Form.NOISY: Answer.ALLOWED,
        Form.PROTECTED_UPDATES: Answer.ALLOWED,
    }


def test_much_noise_is_needed(residing: Residing) -> None:
    asked = Move(names=("orders",), destination="IN", facts={"epsilon": 50.0})

    found = {form: movement.may_go for form, movement in residing.alternatives(asked)}

    assert found == {
        None: False,
        Form.ANONYMOUS: True,
        Form.NOISY: False,
        Form.PROTECTED_UPDATES: False,
    }


def test_a_dataset_that_does_not_exist_is_refused(residing: Residing) -> None:
    with pytest.raises(UnknownDatasetError):
        residing.check_move(Move(names=("nothing",), destination="IN"))


def test_a_country_that_does_not_exist_is_refused(residing: Residing) -> None:
    with pytest.raises(UnknownCountryError, match="XX"):
        residing.check_move(Move(names=("orders",), destination="XX"))


def test_a_safeguard_that_no_law_knows_is_refused(residing: Residing) -> None:
    with pytest.raises(MovementFactError, match="scc"):
        residing.check_move(Move(names=("orders",), destination="IN", mechanism="trust"))


def test_a_movement_that_no_law_lets_go_is_not_recorded(
    residing: Residing, shop: Workspace
) -> None:
    before = acts_of(shop)

    with pytest.raises(MovementRefusedError, match=r"Germany to India.*Arts 44, 46.*it needs"):
        residing.record_move(Move(names=("orders",), destination="IN"))

    assert acts_of(shop) == before


def test_a_claim_of_anonymity_records_nothing(residing: Residing) -> None:
    with pytest.raises(MovementRefusedError):
        residing.record_move(Move(names=("orders",), destination="IN", form=Form.ANONYMOUS))


def test_a_movement_that_may_go_stands_in_the_register(residing: Residing, shop: Workspace) -> None:
    stored = residing.record_move(Move(names=("orders",), destination="CH"))
    again = residing.record_move(Move(names=("orders",), destination="CH"))

    assert (stored.id, again.id) == ("orders to CH", "orders to CH 2")
    assert stored.values["form"] == "rows"
    assert [flow.destination for flow, _ in residing.whereabouts().flows] == ["CH", "CH"]
    assert acts_of(shop)[:2] == ["movement.check", "register.record"]


def test_a_safeguard_lets_it_go(residing: Residing, shop: Workspace) -> None:
    today = f"{shop.entries()[-1].at:%Y-%m-%d}"
    facts = {**SCC, "tia_reviewed_at": today}
    asked = Move(names=("orders",), destination="IN", mechanism="scc", facts=facts)

    stored = residing.record_move(asked)

    assert stored.values["mechanism"] == "scc"
    ((_, (said,)),) = residing.whereabouts().flows
    assert (said.answer, said.tier) == (Answer.ALLOWED, "scc")


def test_a_plan_whose_sites_are_no_countries_moves_nothing(residing: Residing) -> None:
    assert residing.check_plan("orders", AT_HOME) is None
    assert residing.before_training("orders", AT_HOME) is None


def test_a_plan_over_an_unknown_column_is_refused(residing: Residing) -> None:
    gone = Plan(site_column=ColumnName("gone"), target=ColumnName("bought"))

    with pytest.raises(UnknownColumnError):
        residing.check_plan("orders", gone)


def test_a_plan_over_countries_says_which_updates_leave_which(residing: Residing) -> None:
    found = residing.check_plan("orders", to_plan(BY_COUNTRY))

    assert found is not None
    assert {flow.origin for flow, _ in found.flows} == {"CN", "FR", ""}
    assert {flow.form for flow, _ in found.flows} == {Form.UPDATES}
    assert found.answer is Answer.UNKNOWN  # nobody said who exports from China


def test_what_is_said_of_a_plan_is_kept_in_the_trail_without_any_value(
    residing: Residing, shop: Workspace
) -> None:
    residing.before_training("orders", to_plan(BY_COUNTRY))

    entry = shop.entries()[0]
    assert (entry.act, entry.subject) == ("movement.check", "orders")
    assert {one["from"] for one in entry.facts["said"]} == {"CN", "FR", ""}
    assert CANARY_COUNTRY not in str(entry.facts)


def test_a_plan_that_a_law_does_not_let_go_needs_somebody_who_accepts_it(
    residing: Residing, shop: Workspace
) -> None:
    said = shop.dataset("orders").description
    shop.describe("orders", _at(said, "IN"))  # so that sums are made in India
    before = acts_of(shop)

    with pytest.raises(MovementRefusedError, match="to India"):
        residing.before_training("orders", to_plan(BY_COUNTRY))
    assert acts_of(shop) == before

    residing.before_training("orders", to_plan(BY_COUNTRY), is_accepted=True)
    assert shop.entries()[0].facts["is_accepted"] is True


def test_what_is_on_record_of_the_way_counts_for_updates_too(
    residing: Residing, shop: Workspace
) -> None:
    today = f"{shop.entries()[-1].at:%Y-%m-%d}"
    for origin in ("DE", "FR"):
        values = {**SCC, "tia_reviewed_at": today, "datasets": ["orders"], "origin": origin}
        way = {**values, "destination": "IN", "mechanism": "scc"}
        shop.governance.register.record("transfer", f"from {origin}", way)
    shop.describe("orders", _at(shop.dataset("orders").description, "IN"))

    found = residing.check_plan("orders", to_plan(BY_COUNTRY))

    assert found is not None
    answers = {flow.origin: said[0].answer for flow, said in found.flows}
    assert (answers["DE"], answers["FR"]) == (Answer.ALLOWED, Answer.ALLOWED)


def test_a_dataset_without_a_region_is_unplaced(residing: Residing, shop: Workspace) -> None:
    shop.describe("orders", _at(shop.dataset("orders").description, ""))

    assert residing.whereabouts().unplaced == ("orders",)


def test_what_holds_of_the_organisation_is_recorded_of_the_organisation(
    residing: Residing, shop: Workspace
) -> None:
    shop.describe("orders", _at(shop.dataset("orders").description, "CN"))
    told = {"recipient_notice": True, "separate_consent": True, "pipia_id": True}
    of_it = {"cii_operator": False, "important_data": False, "sensitive_people": 0, **told}

    residing.record_move(Move(names=("orders",), destination="DE", facts=of_it))

    assert shop.governance.register.find("org", "org").values["cii_operator"] is False
    ((_, (said,)),) = residing.whereabouts().flows
    assert (said.answer, said.tier) == (Answer.ALLOWED, "under_100k")
