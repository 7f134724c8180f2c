"""Data go abroad with a second person's approval where an officer asks for it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from approving_cases import ANNA, BEN, account, keep, people, require, signed_in

from compliance.access.nouns import Approval, Matter, Stand
from compliance.dataset.nouns import ColumnName
from compliance.errors import ApprovalNeededError
from compliance.federated.nouns import Plan
from compliance.workspace import Workspace
from compliance.workspace.federating.deployments import Order
from compliance.workspace.governing.residing import Move

TO_SWITZERLAND = Move(names=("orders",), destination="CH")
BY_COUNTRY = Plan(site_column=ColumnName("country"), target=ColumnName("bought"))


@pytest.fixture
def anna(shop: Workspace) -> Workspace:
    """An officer of a shop whose orders lie in Germany, where transfers need a second person."""
    shop.discover("orders")
    keep(shop, *people())
    require(shop, matters=[Matter.TRANSFER])
    return signed_in(shop, account(ANNA, "anna"))


@pytest.fixture
def ben(shop: Workspace) -> Workspace:
    return signed_in(shop, account(BEN, "ben"))


def approved(anna: Workspace, ben: Workspace, move: Move = TO_SWITZERLAND) -> Approval:
    need = anna.governance.residency.need(move)
    assert need is not None
    assert need.is_needed
    done = anna.access.approving.ask(need.sought)
    return ben.access.approving.decide(done.id, is_approved=True)


def transfers(workspace: Workspace) -> list[str]:
    return [one.id for one in workspace.governance.register.records("transfer")]


def test_a_movement_is_recorded_once_somebody_else_approved(
    anna: Workspace, ben: Workspace
) -> None:
    residency = anna.governance.residency
    with pytest.raises(ApprovalNeededError, match="another country"):
        residency.record_move(TO_SWITZERLAND)
    assert transfers(anna) == []
    done = approved(anna, ben)

    stored = residency.record_move(TO_SWITZERLAND)

    (used,) = anna.access.approving.approvals()
    assert done.what == (
        "Data of orders@1 go to Switzerland as “orders to Switzerland”: for nobody in the "
        "register, resting on nothing"
    )
    assert (used.stand, used.used_for) == (Stand.USED, stored.id)
    with pytest.raises(ApprovalNeededError):
        residency.record_move(TO_SWITZERLAND)


@pytest.mark.parametrize(
    "other",
    [
        Move(names=("orders",), destination="CH", recipient="Alpine Print"),
        Move(names=("orders",), destination="JP"),
        Move(names=("orders",), destination="CH", mechanism="scc"),
    ],
)
def test_an_approval_is_for_one_place_and_one_safeguard(
    anna: Workspace, ben: Workspace, other: Move
) -> None:
    approved(anna, ben)

    need = anna.governance.residency.need(other)

    assert need is not None
    assert not need.may_go


def test_data_that_stay_in_their_country_need_nobody(anna: Workspace) -> None:
    assert anna.governance.residency.need(Move(names=("orders",), destination="DE")) is None


def test_a_transfer_cannot_be_written_into_the_register_instead(anna: Workspace) -> None:
    register = anna.governance.register
    values = {"datasets": ["orders"], "destination": "IN"}
    row = {"kind": "transfer", "id": "t", "name": "t", "values": values}
    with pytest.raises(ApprovalNeededError):
        register.record("transfer", "t", values)
    with pytest.raises(ApprovalNeededError):
        register.import_(json.dumps({"records": [row]}).encode(), "t.json")
    assert transfers(anna) == []


def test_a_recorded_transfer_is_not_turned_into_another_one(
    anna: Workspace, ben: Workspace
) -> None:
    approved(anna, ben)
    stored = anna.governance.residency.record_move(TO_SWITZERLAND)
    register = anna.governance.register
    register.record("transfer", stored.id, {"people": 900})

    for change in ({"destination": "IN"}, {"mechanism": "scc"}, {"datasets": []}):
        with pytest.raises(ApprovalNeededError):
            register.record("transfer", stored.id, change)


def test_a_folder_for_sites_abroad_needs_a_second_person(
    anna: Workspace, ben: Workspace, tmp_path: Path
) -> None:
    order = Order(out=tmp_path / "out", host="desk.example.org")
    with pytest.raises(ApprovalNeededError) as refusal:
        anna.federation.deploy("orders", BY_COUNTRY, order)
    assert not order.out.exists()
    done = anna.access.approving.ask(refusal.value.facts["sought"])
    ben.access.approving.decide(done.id, is_approved=True)
    with pytest.raises(ApprovalNeededError):
        anna.federation.deploy("orders", BY_COUNTRY, replace(order, host="elsewhere.example.org"))

    anna.federation.deploy("orders", BY_COUNTRY, order)

    assert order.out.exists()


def test_sites_at_home_and_runs_on_this_machine_need_nobody(
    anna: Workspace, tmp_path: Path
) -> None:
    at_home = replace(BY_COUNTRY, site_column=ColumnName("region"))
    anna.federation.deploy("orders", at_home, Order(out=tmp_path / "a", host="desk.example.org"))
    anna.federation.deploy("orders", BY_COUNTRY, Order(out=tmp_path / "b", is_local=True))

    assert all(any((tmp_path / name).iterdir()) for name in ("a", "b"))
