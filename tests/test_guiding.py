"""What people keep of their own, how far their data are, and shops to be presented."""

from __future__ import annotations

import os
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from compliance.access.nouns import Actor, Role
from compliance.dataset import RawFile
from compliance.errors import NotPermittedError
from compliance.privacy import to_query
from compliance.register.nouns import Organisation
from compliance.report.nouns import ReportKind
from compliance.settings import Settings
from compliance.workspace import Workspace
from compliance.workspace.backups.members import is_taken
from compliance.workspace.backups.restoring import restore
from compliance.workspace.data import shops
from compliance.workspace.guiding import FirstReport
from compliance.workspace.presenting import OPENED, Stages, presenter
from tests.walked_shop import SAID, orders

KINDS = ["sqlite", "postgresql"]
PASSWORD = "a long password of a few words"  # noqa: S105
ADA = Actor(name="Ada", roles=frozenset({Role.AUDITOR}), account="account-1")
BEN = Actor(name="Ben", roles=frozenset({Role.ADMINISTRATOR}), account="account-2")


# ---------------------------------------------------------------- preferences


@pytest.mark.parametrize("settings", KINDS, indirect=True)
def test_what_a_person_keeps_is_theirs_alone_and_no_word_of_the_trail(settings: Settings) -> None:
    workspace = Workspace(settings)
    ada, ben = workspace.acting(ADA), workspace.acting(BEN)

    ada.guiding.keep("tour", "datasets 0 on")
    ada.guiding.keep("tour", "discovery 0 on")
    ben.guiding.keep("tour", "trail 0 on")

    again = Workspace(settings)
    assert again.acting(ADA).guiding.kept() == {"tour": "discovery 0 on"}
    assert again.acting(BEN).guiding.kept() == {"tour": "trail 0 on"}
    assert again.guiding.kept() == {}
    assert again.guiding.entries() == 0


def test_what_a_person_kept_goes_with_the_account(workspace: Workspace) -> None:
    accounts = workspace.access.accounts
    accounts.keep("Root", "root@desk.example", [Role.ADMINISTRATOR])
    ada = accounts.keep("Ada", "ada@desk.example", [Role.AUDITOR])
    hers = workspace.acting(replace(ADA, account=ada.id))
    hers.guiding.keep("tour", "trail 0 on")

    accounts.remove("Ada")

    assert hers.guiding.kept() == {}


@pytest.mark.parametrize("settings", KINDS, indirect=True)
def test_a_backup_carries_what_people_keep(settings: Settings, tmp_path: Path) -> None:
    settings = replace(settings, backup_password=PASSWORD)
    workspace = Workspace(settings)
    workspace.set_organisation(Organisation(name="Teal Shop"))
    workspace.guiding.keep("tour", "release 1 off")
    out = tmp_path / "desk.backup"
    out.write_bytes(b"".join(workspace.backups.make()))
    home = tmp_path / "again"
    there = replace(
        settings, home=home, database_url=f"sqlite:///{tmp_path / 'again' / 'records.sqlite'}"
    )
    restore(out, there)

    assert Workspace(there).guiding.kept() == {"tour": "release 1 off"}


def test_what_was_done_counts_from_an_entry_on(workspace: Workspace) -> None:
    workspace.set_organisation(Organisation(name="before"))
    began = workspace.guiding.entries()
    names = ("organisation.describe", "dataset.add")

    assert workspace.guiding.done_since(0, names) == {"organisation.describe"}
    assert workspace.guiding.done_since(began, names) == frozenset()


# ---------------------------------------------------------------- to the first report


def test_ones_own_data_go_step_by_step_to_their_first_report(workspace: Workspace) -> None:
    guiding = workspace.guiding
    steps = [guiding.first_report()]
    workspace.add_files([RawFile(name="orders.csv", data=orders())], "orders")
    steps.append(guiding.first_report())
    workspace.describe("orders", SAID)
    steps.append(guiding.first_report())
    found = workspace.discover("orders")
    steps.append(guiding.first_report())
    workspace.decide_labels(
        "orders", {la.column: (la.semantic_type, la.identifier_class) for la in found.labels}
    )
    steps.append(guiding.first_report())
    query = to_query({"unit": "customer", "by": ["country"], "statistics": [{"count": "rows"}]})
    workspace.release("orders", query, Decimal("0.5"), Decimal("1e-6"))
    steps.append(guiding.first_report())
    workspace.build_report(ReportKind.AUDIT)
    workspace.add_files([RawFile(name="later.csv", data=orders())], "orders")

    loaded = FirstReport(dataset="orders")
    described = replace(loaded, is_described=True)
    seen = replace(described, is_found=True)
    confirmed = replace(seen, is_confirmed=True)
    assert steps == [
        FirstReport(),
        loaded,
        described,
        seen,
        confirmed,
        replace(confirmed, is_protected=True),
    ]
    assert guiding.first_report() is None


def test_the_demo_shop_is_nobodys_own(workspace: Workspace) -> None:
    workspace.set_organisation(Organisation(name=shops.COMPANY))
    workspace.add_files([RawFile(name="orders.csv", data=orders())], "orders")
    before = workspace.guiding.first_report()

    workspace.add_files([RawFile(name="o.csv", data=orders() + b"\nX,,DE,1,,S1,no")], "mine")

    assert before == FirstReport()
    assert workspace.guiding.first_report() == FirstReport(dataset="mine")


def test_the_demo_is_known_by_the_names_it_is_built_with() -> None:
    from compliance.demo import build_shop

    shop = build_shop(customers=100, orders=500)

    assert shop.organisation.name == shops.COMPANY
    assert {table.name for table in shop.tables} == shops.TABLES


# ---------------------------------------------------------------- presenting


def small(shop: Workspace) -> None:
    shop.set_organisation(Organisation(name="Stage"))


def test_everybody_presents_a_shop_of_their_own_that_a_reset_makes_anew(tmp_path: Path) -> None:
    built = []
    stages = Stages(tmp_path, lambda shop: built.append(small(shop)))
    mine, other = stages.of("me"), stages.of("you")
    mine.set_organisation(Organisation(name="changed"))

    names = [one.organisation().name for one in (stages.of("me"), other)]
    stages.reset("me")
    again = stages.of("me")

    assert names == ["changed", "Stage"]
    assert again.organisation().name == "Stage"
    assert again.guiding.kept() == {OPENED: "1"}
    assert again.verify_trail().ok
    assert not mine.settings.home.exists()
    assert len(built) == 1, "it was built once and copied from then on"


def test_who_presents_has_no_name_and_reaches_nothing_beyond_the_shop(tmp_path: Path) -> None:
    officer = Actor(name="Ada Officer", roles=frozenset({Role.OFFICER}), account="account-1")
    shop = Stages(tmp_path, small).of("account-1").acting(presenter(officer))

    shop.set_organisation(Organisation(name="Stage 2"))

    assert shop.entries(1)[0].actor == "presenter"
    assert shop.may("dataset.discover")
    assert not shop.may("account.keep"), "an officer may not, presenting or not"
    for verb in (shop.add_places, shop.keeping.add):
        with pytest.raises(NotPermittedError, match="analyst, officer"):
            verb("/etc/passwd", "passwords")
    auditor = presenter(Actor(name="Eve", roles=frozenset({Role.AUDITOR})))
    assert not shop.acting(auditor).may("rows.see")


def test_a_backup_leaves_the_shops_out() -> None:
    assert not is_taken("presenting/prepared-1/secret.key")
    assert is_taken("secret.key")


def test_what_a_process_left_goes_after_a_day_and_not_before(tmp_path: Path) -> None:
    stages = Stages(tmp_path, small)
    first, second = (stages.of(who).settings.home for who in ("a", "b"))
    yesterday = first.stat().st_mtime - 25 * 3600
    os.utime(first, (yesterday, yesterday))

    Stages(tmp_path, small)

    assert (first.exists(), second.exists()) == (False, True)
