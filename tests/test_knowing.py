"""What is known is gathered from the records and the rows, and counted on the rows once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from compliance.dataset import RawFile
from compliance.dataset.nouns import ColumnName, Dataset, Description
from compliance.privacy import to_query
from compliance.privacy.nouns import Budget
from compliance.register.nouns import Organisation
from compliance.report.nouns import ReportKind
from compliance.rules import desk_pack
from compliance.rules.facts import subjects
from compliance.rules.nouns import Holding, Knowledge
from compliance.settings import Settings
from compliance.workspace import Workspace
from compliance.workspace.governing.knowing import known
from tests.anonymised_people import ended, people, plan

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
SAID = Description(
    region="DE", retention_months=12, unit=ColumnName("customer_id"), population="customers"
)


def rows(*lines: str) -> list[RawFile]:
    return [RawFile(name="rows.csv", data="\n".join(lines).encode())]


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    """Orders of 40 people in two countries, half of them two years old; 10 wrote a review."""
    workspace = Workspace(Settings.from_environment({}, home=tmp_path), lambda: AT)
    workspace.set_organisation(Organisation(name="Shop", contact="c@shop.example", country="DE"))
    orders = (
        f"{n},{'France' if n % 4 else 'China'},{2024 + n % 2 * 2}-05-{n % 28 + 1:02d}"
        for n in range(40)
    )
    workspace.add_files(rows("customer_id,country,order_date", *orders), "orders", SAID)
    reviews = (f"{n},{n % 5 + 1},P-{n}" for n in range(10))
    workspace.add_files(rows("customer_id,rating,product_id", *reviews), "reviews", SAID)
    for name in ("orders", "reviews"):
        workspace.discover(name)
    return workspace


def knows(workspace: Workspace, names: list[str] | None = None) -> Knowledge:
    desk = workspace._desk
    with desk.database.reading() as connection:
        return known(desk, connection, AT, names)


def holding(knowledge: Knowledge, name: str) -> Holding:
    return next(one for one in knowledge.holdings if one.dataset.name == name)


def test_rows_and_people_are_counted_on_the_stored_table(shop: Workspace) -> None:
    orders = holding(knows(shop), "orders")

    assert orders.people == 40
    assert orders.residents is not None
    assert orders.residents.counts == {"CN": 10, "FR": 30}
    assert orders.retained is not None
    assert (orders.retained.column, orders.retained.past) == ("order_date", 20)


def test_people_without_a_country_live_where_another_dataset_of_them_says(shop: Workspace) -> None:
    found = holding(knows(shop), "reviews").residents

    assert found is not None
    assert (found.counts, found.unread) == ({"CN": 3, "FR": 7}, 0)


def test_people_whom_the_other_dataset_lacks_leave_their_countries_open(shop: Workspace) -> None:
    strangers = (f"{n},{n % 5 + 1},P-{n}" for n in range(35, 45))
    shop.add_files(rows("customer_id,rating,product_id", *strangers), "letters", SAID)
    shop.discover("letters")

    assert holding(knows(shop), "letters").residents is None


def test_what_was_counted_on_a_version_is_not_counted_again(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = knows(shop)

    def unread(dataset: Dataset) -> None:
        raise AssertionError(f"{dataset.name} was read again")

    monkeypatch.setattr(shop._desk, "table", unread)
    assert knows(shop) == before


def test_a_change_of_retention_is_counted_without_reading_the_rows_again(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    knows(shop)
    monkeypatch.setattr(shop._desk, "table", lambda dataset: pytest.fail(f"{dataset.name} read"))
    shop.describe(
        "orders",
        Description(region="DE", retention_months=120, unit=SAID.unit, population="customers"),
    )

    retained = holding(knows(shop), "orders").retained
    assert retained is not None
    assert retained.past == 0


def test_a_new_version_is_counted_anew(shop: Workspace) -> None:
    knows(shop)
    shop.add_files(
        rows("customer_id,country,order_date", *(f"{n},China,2026-05-01" for n in range(5))),
        "orders",
    )
    shop.discover("orders")

    found = holding(knows(shop), "orders").residents
    assert found is not None
    assert found.counts == {"CN": 5}


def test_some_datasets_are_known_without_the_others(shop: Workspace) -> None:
    part = knows(shop, ["orders"])

    assert [one.dataset.name for one in part.holdings] == ["orders"]
    assert not part.is_whole


def test_the_trail_is_taken_outside_and_audited_when_that_was_done(shop: Workspace) -> None:
    before = knows(shop).trail
    shop.checkpoint_trail()
    shop.build_report(ReportKind.AUDIT)
    after = knows(shop).trail

    assert (before.anchored_at, before.audited_at) == (None, None)
    assert (after.anchored_at, after.audited_at) == (AT, AT)
    assert after.verified_at == AT
    assert after.problems == ()


def test_the_lists_and_laws_of_the_pack_in_force_are_known(shop: Workspace) -> None:
    knowledge = knows(shop)

    assert "DE" in knowledge.lists["EEA"]
    assert "CN" in knowledge.reach["CN_PIPL"]
    assert knowledge.register.record("org", "org") is not None


def test_the_countries_of_people_bring_their_laws_into_scope(shop: Workspace) -> None:
    org = knows(shop).register.record("org", "org")

    assert org is not None
    assert "CN_PIPL" in org.several("laws_in_scope")


def people_of(workspace: Workspace) -> None:
    """Publish how many people ordered, with noise."""
    question = to_query({"unit": "customer_id", "statistics": [{"count": "units"}]})
    workspace.release("orders", question, Decimal(1))


def test_a_release_tells_all_that_the_rules_ask_of_it(shop: Workspace) -> None:
    people_of(shop)
    (told,) = (s for s in subjects(knows(shop)) if s.entity == "release")
    asked = next(rule for rule in desk_pack().rules if rule.id == "POL-DP-DISCLOSURE").asserts[0][2]

    assert set(told.facts["disclosure_fields"]) == set(asked)  # type: ignore[call-overload]
    assert told.facts["technique"] == "differential_privacy"
    assert told.facts["epsilon_spent_over_budget"] is False


def test_a_budget_that_nobody_decided_approves_no_release(shop: Workspace) -> None:
    people_of(shop)

    def approval() -> object:
        (told,) = (s for s in subjects(knows(shop)) if s.entity == "release")
        return told.facts["budget_approval_id"]

    assert approval() is None
    shop.decide_budget("customers", Budget(epsilon=Decimal(3), delta=Decimal("1e-5")))
    assert approval() == "customers"


def test_a_release_after_a_withdrawal_used_data_of_whoever_withdrew(shop: Workspace) -> None:
    register = shop.governance.register
    register.record(
        "activity", "letters", {"datasets": ["orders"], "lawful_basis": "consent"}, name="Letters"
    )
    register.record(
        "consent", "C", {"purpose_id": "letters", "withdrawn_at": "2026-11-24"}, name="Consent"
    )

    def used() -> object:
        (told,) = (s for s in subjects(knows(shop)) if s.entity == "consent")
        return told.facts.get("processing_after_withdrawal", told.unknown)

    assert "processing_after_withdrawal" in used()  # type: ignore[operator]
    shop._desk.clock = lambda: AT + timedelta(days=1)
    people_of(shop)
    assert used() is True


@pytest.mark.parametrize(
    ("kept", "way_back"),
    [
        pytest.param({"customer_id": "drop", "email": "drop"}, False, id="dropped"),
        pytest.param({"customer_id": "pseudonym", "email": "drop"}, True, id="keyed pseudonyms"),
        pytest.param({"customer_id": "vault", "email": "drop"}, True, id="a vault"),
    ],
)
def test_an_output_is_anonymous_by_its_proof_and_has_a_way_back_where_a_key_is_kept(
    workspace: Workspace, kept: dict[str, str], *, way_back: bool
) -> None:
    workspace.add_files([RawFile(name="people.csv", data=people())], "people", None)
    ended(workspace.anonymisation.anonymise("people", plan(columns=kept), {}, "shared"))
    workspace.discover("shared")
    (told,) = (s for s in subjects(knows(workspace)) if (s.entity, s.name) == ("dataset", "shared"))

    assert told.facts["label"] == "anonymous"
    assert told.facts["k_missing"] == 0
    assert told.facts["reidentification_test_result"] == "pass"
    assert told.facts["key_or_lookup_kept"] is way_back
