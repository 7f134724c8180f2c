"""Every change stores its result, its lineage and its entry together."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from compliance.dataset import RawFile
from compliance.dataset.nouns import Description, LegalBasis
from compliance.discovery.nouns import IdentifierClass, LabelStatus
from compliance.errors import (
    AlreadyStoredError,
    BadDatasetNameError,
    BudgetExceededError,
    ComplianceError,
    LabelError,
    NothingPublishedError,
    NothingToReportError,
    SecondBudgetError,
    UnknownColumnError,
    UnknownDatasetError,
    WorkspaceError,
)
from compliance.federated import to_plan
from compliance.plain import to_json
from compliance.privacy import to_query
from compliance.privacy.nouns import Budget, SpendState
from compliance.privacy.nouns.question import Query
from compliance.register.nouns import Organisation
from compliance.report.nouns import ReportKind
from compliance.rules.nouns import Progress, State
from compliance.workspace import Workspace
from tests.postgresql import on_both, past_the_desk, without_triggers

COPY_BUDGET = "insert into budget (population, record, entry) select population, record, "


def query(**change: object) -> Query:
    raw: dict[str, Any] = {
        "unit": "customer",
        "by": ["country"],
        "max_rows_per_group": 3,
        "statistics": [
            {"count": "rows"},
            {"sum": {"column": "amount", "lower": 0, "upper": 100, "unit": "cents"}},
        ],
    }
    return to_query({**raw, **change})


def plan(**change: object) -> Any:
    raw: dict[str, Any] = {"sites": {"column": "region"}, "target": "bought", "rounds": 4}
    return to_plan({**raw, **change})


def table(*rows: str, name: str = "t.csv") -> RawFile:
    return RawFile(name=name, data="\n".join(rows).encode())


def acts(workspace: Workspace) -> list[str]:
    return [entry.act for entry in reversed(workspace.entries(1000))]


def test_a_dataset_is_stored_described_and_traced(shop: Workspace) -> None:
    dataset = shop.dataset("orders")

    assert (dataset.id, dataset.version, dataset.population) == ("orders@1", 1, "customers")
    assert (shop.settings.home / "datasets" / f"{dataset.sha256}.parquet").exists()
    assert [(e.origin.title, e.step, e.made.id) for e in shop.proof.lineage.edges()] == [
        ("orders.csv", "added", "orders@1")
    ]
    assert acts(shop) == ["dataset.add"]


def test_the_same_table_again_is_no_new_version(shop: Workspace) -> None:
    before = shop.dataset("orders")
    data = (shop.settings.home / "datasets" / f"{before.sha256}.parquet").read_bytes()

    again = shop.add_files([RawFile(name="copy.parquet", data=data)], "orders")

    assert again == before
    assert len(shop.datasets()) == 1


def test_the_same_table_under_another_name_is_refused(shop: Workspace) -> None:
    before = shop.dataset("orders")
    data = (shop.settings.home / "datasets" / f"{before.sha256}.parquet").read_bytes()

    with pytest.raises(AlreadyStoredError, match="second privacy budget"):
        shop.add_files([RawFile(name="copy.parquet", data=data)], "fresh budget")

    assert len(shop.datasets()) == 1


@on_both
def test_new_content_is_a_new_version_that_keeps_description_and_budget(shop: Workspace) -> None:
    shop.release("orders", query(), Decimal(1))
    spent = shop.budget("customers").spent

    newer = shop.add_files([table("customer,country", "1,DE", "2,FR")], "orders")

    assert newer.id == "orders@2"
    assert newer.description.purpose == "orders"
    assert shop.budget(newer.population).spent == spent
    assert len(shop.releases("orders")) == 1


@pytest.mark.parametrize(
    "name", ["", "../x", 'a"b', "a'b", "a/b", "a\nb", "x" * 81, ".hidden", "$(x)"]
)
def test_a_name_that_could_do_harm_is_refused(workspace: Workspace, name: str) -> None:
    with pytest.raises(BadDatasetNameError):
        workspace.add_files([table("a,b", "1,2")], name)

    assert workspace.datasets() == ()
    assert list((workspace.settings.home / "datasets").iterdir()) == []


@pytest.mark.parametrize("name", ["orders", "Bestellungen 2024", "订单", "a.b-c_d"])
def test_names_in_any_script_are_taken(workspace: Workspace, name: str) -> None:
    assert workspace.add_files([table("a,b", "1,2")], name).name == name


def test_a_unit_that_is_no_column_is_refused_and_nothing_stored(workspace: Workspace) -> None:
    with pytest.raises(UnknownColumnError):
        workspace.add_files([table("a,b", "1,2")], "t", Description(unit="nobody"))  # type: ignore[arg-type]

    assert workspace.datasets() == ()
    assert workspace.verify_trail().entries == 0


def test_descriptions_can_be_corrected_and_the_trail_says_so(shop: Workspace) -> None:
    said = replace(shop.dataset("orders").description, purpose="advertising")

    shop.describe("orders", said)

    assert shop.dataset("orders").description.purpose == "advertising"
    assert acts(shop)[-1] == "dataset.describe"


def test_people_who_have_spent_budget_stay_one_population(shop: Workspace) -> None:
    before = shop.dataset("orders").description
    shop.release("orders", query(), Decimal("0.5"))
    entries = shop.verify_trail().entries

    with pytest.raises(SecondBudgetError, match="a second budget"):
        shop.describe("orders", replace(before, population="others"))
    with pytest.raises(SecondBudgetError, match="a second budget"):
        shop.add_files([table("customer,country", "1,DE")], "orders", Description())
    assert shop.dataset("orders").description == before
    assert shop.verify_trail().entries == entries


def test_people_who_have_spent_nothing_may_join_another_population(shop: Workspace) -> None:
    shop.release("orders", query(), Decimal("0.5"))
    shop.add_files([table("customer,country", "1,DE")], "more")
    shop.describe("more", Description(population="customers"))

    assert shop.budget(shop.dataset("more").population).share_spent > 0


@on_both
@pytest.mark.parametrize(
    ("statement", "told"),
    [
        pytest.param(
            "update release set record = replace(record, '0.5', '0.1')",
            "no longer fits",
            id="a record changed",
        ),
        pytest.param(
            "update spend set population = 'x' where position = 1",
            "no longer fits",
            id="a key changed",
        ),
        pytest.param(
            "delete from spend where position = 1", "no longer fits", id="a record removed"
        ),
        pytest.param(
            COPY_BUDGET + "1 from budget",
            "What entry 1 stored",
            id="a record added to an old act",
        ),
        pytest.param(
            COPY_BUDGET + "99 from budget",
            "names entry 99",
            id="a record of no act",
        ),
    ],
)
def test_what_the_entries_vouch_for_is_verified_too(
    shop: Workspace, statement: str, told: str
) -> None:
    shop.decide_budget("customers", Budget(epsilon=Decimal(3), delta=Decimal("1e-5")))
    shop.release("orders", query(), Decimal("0.5"))
    assert shop.verify_trail().ok
    tamper(shop, statement)

    problems = [told for told in shop.verify_trail().problems if "triggers" not in told]

    assert len(problems) == 1
    assert told in problems[0]


def tamper(shop: Workspace, statement: str) -> None:
    """Change the records past the desk, as an administrator of the database could."""
    with closing(past_the_desk(shop.settings)) as connection:
        without_triggers(connection)
        connection.execute(statement)
        connection.commit()


def test_a_damaged_key_is_told_and_not_replaced(shop: Workspace) -> None:
    (shop.settings.home / "secret.key").write_bytes(b"")

    with pytest.raises(WorkspaceError, match=r"secret\.key is damaged"):
        Workspace(shop.settings)


def test_unknown_datasets_are_named_with_the_known_ones(shop: Workspace) -> None:
    with pytest.raises(UnknownDatasetError, match="Known: orders"):
        shop.dataset("order")


def test_labels_are_proposed_corrected_and_kept(shop: Workspace) -> None:
    proposed = shop.discover("orders")
    shop.decide_labels("orders", {"region": ("region", IdentifierClass.NONE)})

    again = shop.discover("orders")

    customer, region = proposed.label("customer"), again.label("region")
    assert customer is not None
    assert region is not None
    assert customer.identifier_class is IdentifierClass.DIRECT
    assert (region.status, region.identifier_class) == (
        LabelStatus.CORRECTED,
        IdentifierClass.NONE,
    )
    assert acts(shop)[-2:] == ["label.decide", "dataset.discover"]
    facts = shop.entries(2)[1].facts
    assert facts["decided"] == [
        {"class": "none", "column": "region", "status": "corrected", "type": "region"}
    ]


def test_a_label_of_an_unknown_kind_is_refused(shop: Workspace) -> None:
    shop.discover("orders")

    with pytest.raises(LabelError):
        shop.decide_labels("orders", {"region": ("shoe size", IdentifierClass.NONE)})


@on_both
def test_a_release_is_stored_paid_for_and_shown_from_storage(shop: Workspace) -> None:
    released = shop.release("orders", query(), Decimal(1), Decimal("1e-6"))

    state = shop.budget("customers")
    assert shop.releases("orders") == (released,)
    assert {value.keys[0] for value in released.values} == {"DE", "FR", "CN"}
    assert (released.price.epsilon, released.price.delta) == (1, Decimal("1e-6"))
    assert [spend.purpose for spend in state.spends] == [released.id]
    assert state.spent.epsilon <= 1
    assert acts(shop)[-1] == "release.publish"
    assert shop.proof.lineage.edges()[-1].made.id == released.id


def test_reading_again_and_again_draws_nothing_and_spends_nothing(shop: Workspace) -> None:
    released = shop.release("orders", query(), Decimal(1))
    before = shop.budget("customers"), shop.verify_trail()

    for _ in range(5):
        assert shop.releases("orders")[0].values == released.values
        shop.preview("orders", query(), Budget(epsilon=Decimal(2), delta=Decimal("1e-6")))

    assert (shop.budget("customers"), shop.verify_trail()) == before


@on_both
def test_over_budget_is_refused_before_anything_is_drawn(shop: Workspace) -> None:
    shop.decide_budget("customers", Budget(epsilon=Decimal(1), delta=Decimal("1e-5")))
    shop.release("orders", query(), Decimal("0.9"))
    before = shop.budget("customers"), shop.verify_trail()

    with pytest.raises(BudgetExceededError, match=r"asks for ε = 0\.9"):
        shop.release("orders", query(), Decimal("0.9"))

    assert (shop.budget("customers"), shop.verify_trail()) == before
    assert len(shop.releases("orders")) == 1


def test_a_release_that_may_show_no_group_is_paid_stored_and_explained(shop: Workspace) -> None:
    tiny = query(where="amount > 93")

    with pytest.raises(NothingPublishedError, match="No group reached"):
        shop.release("orders", tiny, Decimal("0.5"))

    assert shop.releases("orders")[0].values == ()
    assert shop.budget("customers").spent.epsilon > 0


def test_the_canary_is_in_no_record_of_a_release(shop: Workspace) -> None:
    from tests.conftest import CANARY_COUNTRY

    shop.release("orders", query(max_rows_per_group=40), Decimal(2))
    shop.discover("orders")
    shop.assess()

    records = (shop.settings.home / "records.sqlite").read_bytes()
    wal = shop.settings.home / "records.sqlite-wal"
    assert CANARY_COUNTRY.encode() not in records + (wal.read_bytes() if wal.exists() else b"")
    assert CANARY_COUNTRY not in to_json(shop.assessments())  # they are packed in the records


def test_a_run_is_stored_with_its_rounds_and_baselines(shop: Workspace) -> None:
    with closing(shop.federation.train("orders", plan())) as rounds:
        seen = list(rounds)

    (run,) = shop.federation.runs("orders")
    assert run.outcome.rounds == tuple(seen)
    assert len(seen) == 4
    assert not run.outcome.is_stopped
    assert run.outcome.baselines is not None
    assert acts(shop)[-1] == "run.finish"


def test_a_run_that_is_stopped_is_stored_as_far_as_it_came(shop: Workspace) -> None:
    with closing(shop.federation.train("orders", plan(rounds=50))) as rounds:
        next(rounds)
        next(rounds)

    (run,) = shop.federation.runs("orders")
    assert run.outcome.is_stopped
    assert len(run.outcome.rounds) == 2


@on_both
def test_a_run_with_noise_settles_for_the_rounds_it_drew(shop: Workspace) -> None:
    noisy = plan(rounds=20, privacy={"noise_multiplier": 3.0}, fraction=0.1)

    with closing(shop.federation.train("orders", noisy)) as rounds:
        next(rounds)
        reserved = shop.budget("customers")
        next(rounds)
    settled = shop.budget("customers")

    assert [spend.state for spend in reserved.spends] == [SpendState.RESERVED]
    assert [spend.state for spend in settled.spends] == [SpendState.SETTLED]
    assert 0 < settled.spent.epsilon < reserved.spent.epsilon
    assert settled.spends[0].events[0].rounds == 2  # type: ignore[union-attr]


def test_a_run_that_would_break_the_budget_never_starts(shop: Workspace) -> None:
    shop.decide_budget("customers", Budget(epsilon=Decimal("0.1"), delta=Decimal("1e-6")))
    noisy = plan(rounds=20, privacy={"noise_multiplier": 1.0}, fraction=0.5)

    with (
        pytest.raises(BudgetExceededError),
        closing(shop.federation.train("orders", noisy)) as rounds,
    ):
        next(rounds)

    assert shop.federation.runs("orders") == ()
    assert shop.budget("customers").spends == ()


def test_releases_and_runs_spend_from_one_ledger(shop: Workspace) -> None:
    shop.release("orders", query(), Decimal("0.5"))
    with closing(
        shop.federation.train(
            "orders", plan(rounds=2, privacy={"noise_multiplier": 3.0}, fraction=0.1)
        )
    ) as rounds:
        list(rounds)

    purposes = [spend.purpose.partition("-")[0] for spend in shop.budget("customers").spends]
    assert purposes == ["release", "run"]


def test_duties_are_found_unmet_and_then_met(shop: Workspace) -> None:
    shop.discover("orders")
    shop.describe("orders", replace(shop.dataset("orders").description, legal_basis=None))
    first = shop.assess()
    basis = LegalBasis.CONTRACT
    shop.describe("orders", replace(shop.dataset("orders").description, legal_basis=basis))

    second = shop.assess()

    def state_of(assessment: Any) -> State:
        return next(v.state for v in assessment.verdicts if v.rule == "GDPR-6-1")  # type: ignore[no-any-return]

    assert (state_of(first), state_of(second)) == (State.NOT_MET, State.MET)
    assert second.score > first.score


def test_the_life_cycle_says_what_to_do_next(workspace: Workspace) -> None:
    empty = workspace.life_cycle()

    assert [stage.number for stage in empty] == list(range(1, 11))
    assert [stage.progress for stage in empty] == [Progress.OPEN] + [Progress.WAITING] * 9
    assert "demo shop" in empty[0].next_step


@on_both
def test_the_life_cycle_closes_when_everything_is_done(shop: Workspace) -> None:
    """Of the laws one with few duties is in scope; each law's duties are tested on their own."""
    shop.set_organisation(Organisation(name="Shop", contact="dpo@example.org", country="SG"))
    shop.governance.register.record("org", "org", {"laws_in_scope": ["SG_PDPA"]})
    shop.decide_budget("customers", Budget(epsilon=Decimal(3), delta=Decimal("1e-5")))
    found = shop.discover("orders")
    shop.decide_labels(
        "orders", {la.column: (la.semantic_type, la.identifier_class) for la in found.labels}
    )
    shop.release("orders", query(), Decimal("0.5"))
    shop.governance.watching.look()
    shop.checkpoint_trail()
    shop.build_report(ReportKind.AUDIT)
    shop.assess()

    assert {stage.progress for stage in shop.life_cycle()} == {Progress.DONE}


@on_both
def test_a_report_is_built_stored_and_entered(shop: Workspace) -> None:
    shop.discover("orders")
    shop.release("orders", query(), Decimal("0.5"))

    report = shop.build_report(ReportKind.AUDIT, ["orders"])

    pdf = shop.report_pdf(report)
    assert pdf.startswith(b"%PDF")
    assert len(pdf) == report.size_bytes
    assert shop.reports() == (report,)
    assert acts(shop)[-1] == "report.build"


def test_a_report_on_nothing_is_refused(workspace: Workspace) -> None:
    with pytest.raises(NothingToReportError):
        workspace.build_report(ReportKind.AUDIT)


def test_the_trail_holds_no_value_of_the_data(workspace: Workspace) -> None:
    canary = "Xanthippe_Quisling"
    rows = [f"{canary}{i},someone{i}@example.org,{i}" for i in range(60)]
    workspace.add_files([table("name,email,amount", *rows)], "people")
    workspace.discover("people")
    asked = to_query({"unit": "name", "statistics": [{"count": "units"}]})
    workspace.release("people", asked, Decimal(1))
    workspace.assess()
    report = workspace.build_report(ReportKind.AUDIT)

    records = (workspace.settings.home / "records.sqlite").read_bytes()
    wal = workspace.settings.home / "records.sqlite-wal"
    written = records + (wal.read_bytes() if wal.exists() else b"")
    assert canary.encode() not in written
    assert canary.encode() not in workspace.report_pdf(report)
    assert canary not in workspace.export_trail()


def test_a_refusal_names_no_value_of_the_data(shop: Workspace) -> None:
    canary = "Xanthippe_Quisling"
    shop.add_files([table("name,email", f"{canary},x@example.org")], "people")
    attempts = [
        lambda: shop.release("people", query(), Decimal(1)),
        lambda: shop.dataset("nobody"),
        lambda: shop.add_files([table("a,b", f'1,"{canary}')], "broken"),
        lambda: shop.add_files(
            [table("a,b", f"1,{canary}"), table("c,d", f"2,{canary}", name="u.csv")], "two"
        ),
    ]
    for attempt in attempts:
        with pytest.raises(ComplianceError) as refusal:
            attempt()

        assert canary not in str(refusal.value)


@on_both
def test_two_sessions_see_the_same_records(shop: Workspace) -> None:
    other = Workspace(shop.settings)

    shop.release("orders", query(), Decimal("0.5"))

    assert other.releases("orders") == shop.releases("orders")
    assert other.budget("customers") == shop.budget("customers")
