"""Disclosures and release reports on a real workspace: from its records, and without its values."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any

import jsonschema
import pikepdf
import pypdfium2
import pytest
from disclosure_cases import SCHEMA
from report_pages import squeezed

from compliance.dataset import RawFile
from compliance.dataset.nouns import ColumnName, Description
from compliance.errors import (
    NothingReleasedError,
    ReportChoiceError,
    UnknownReleaseError,
)
from compliance.lineage.nouns import NodeKind
from compliance.privacy import to_query
from compliance.privacy.disclosure import to_document
from compliance.privacy.nouns import Budget, Period
from compliance.privacy.nouns.disclosure import Disclosure, HazardState, Origin
from compliance.privacy.selfaudit import Check
from compliance.register.nouns import Organisation
from compliance.report.nouns import ReportKind
from compliance.workspace import Workspace
from compliance.workspace.releasing import probing
from tests.conftest import CANARY_COUNTRY, CANARY_PERSON

AMOUNT = {"column": "amount", "lower": 0, "upper": 100}
EVERY_STATISTIC = [
    *({"count": "rows"}, {"count": "units"}),
    *({kind: AMOUNT} for kind in ("sum", "mean", "variance", "standard_deviation", "median")),
    {"histogram": {"column": "amount", "edges": [0, 25, 50, 100]}},
    {"top": {"groups": 2}},
]


def asked(*statistics: dict[str, Any], **more: Any):
    raw = {"unit": "customer", "max_rows_per_group": 3, "statistics": list(statistics), **more}
    return to_query(raw)


def states(disclosure: Disclosure) -> dict[str, HazardState]:
    return {hazard.id: hazard.state for hazard in disclosure.hazards}


def said(disclosure: Disclosure, path: str) -> str:
    return next(field.value for field in disclosure.fields if field.path == path)


@pytest.fixture
def released(shop: Workspace) -> Workspace:
    """A shop whose officer decided a budget, and which released people per country."""
    shop.set_organisation(Organisation(name="Nordlicht", contact="dpo@example.org", country="DE"))
    shop.decide_budget("customers", Budget(epsilon=Decimal(3), delta=Decimal("1e-5")))
    shop.release("orders", asked({"count": "units"}, by=["country"]), Decimal("0.5"))
    return shop


def test_a_disclosure_is_put_together_from_the_records(released: Workspace) -> None:
    (release,) = released.releases("orders")

    disclosure = released.disclosure("orders")

    document = json.loads(json.dumps(to_document(disclosure)))
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert disclosure.release_id == release.id
    assert said(disclosure, "basic.data_curators.data_curator_name") == "Nordlicht"
    assert said(disclosure, "basic.intended_use") == "orders"
    assert "entry" in said(disclosure, "implementation.additional_information")
    assert states(disclosure)["composition"] is HazardState.GUARDED
    assert states(disclosure)["budget_resets"] is HazardState.GUARDED
    assert states(disclosure)["self_audit"] is HazardState.NOT_KNOWN


def test_asking_for_a_disclosure_writes_nothing(released: Workspace) -> None:
    before = released.verify_trail().entries

    released.disclosure("orders")

    assert released.verify_trail().entries == before


@pytest.mark.parametrize("mechanism", ["gaussian", "laplace"])
def test_real_noise_of_every_statistic_passes_its_checks(shop: Workspace, mechanism: str) -> None:
    """Values drawn by OpenDP lie on the steps of their mechanisms, and the ledger has them."""
    query = asked(
        *EVERY_STATISTIC,
        by=["country"],
        public_keys={"country": ["DE", "FR", "CN"]},
        mechanism=mechanism,
    )
    shop.release("orders", query, Decimal(2))

    found = states(shop.disclosure("orders"))

    for hazard in ("contributions", "post_processing", "composition", "reused_noise", "unit"):
        assert found[hazard] is HazardState.GUARDED, hazard


def test_changed_answers_pass_theirs(shop: Workspace) -> None:
    query = asked(
        {"count": "units"},
        by=["country"],
        public_keys={"country": ["DE", "FR"]},
        mechanism="randomised_response",
    )
    shop.release("orders", query, Decimal(1))

    disclosure = shop.disclosure("orders")

    assert states(disclosure)["contributions"] is HazardState.GUARDED
    assert said(disclosure, "dp_variant.variant_name") == "Pure DP"


def test_bounds_that_the_desk_proposed_are_guarded(released: Workspace) -> None:
    query = asked({"sum": AMOUNT})
    released.release("orders", query, Decimal("0.2"))
    assert states(released.disclosure("orders"))["bounds"] is HazardState.NOT_KNOWN

    looked_at = Budget(epsilon=Decimal("0.2"), delta=Decimal("1e-6"))
    released.propose_bounds("orders", query, [ColumnName("amount")], looked_at)
    released.release("orders", query, Decimal("0.2"))

    disclosure = released.disclosure("orders")
    assert states(disclosure)["bounds"] is HazardState.GUARDED
    tuning = said(disclosure, "implementation.preprocessing_and_hyperparameter_tuning")
    assert "looked for bounds with noise (1 time)" in tuning
    assert said(disclosure, "deployment_model.release_type") == "Many releases"


def test_the_newest_self_audit_is_in_disclosure_and_report(
    released: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = Check(name="sum", claimed="ε = 2", measured="ε is 3", passed=False, draws=70)
    for check in (failed, replace(failed, passed=True)):
        monkeypatch.setattr(probing, "audit", lambda _, check=check: (check,))
        released.probing.self_audit()
        disclosure = released.disclosure("orders")
        now = HazardState.GUARDED if check.passed else HazardState.EXPOSED

        assert states(disclosure)["self_audit"] is now

    pages = _pages(released.report_pdf(released.build_report(ReportKind.RELEASE)))
    assert "1 of 1 check passed, with 70 numbers drawn" in pages


def test_a_comparison_on_the_real_rows_is_told(released: Workspace) -> None:
    query, spent = asked({"sum": AMOUNT}), Budget(epsilon=Decimal("0.2"), delta=Decimal("1e-6"))
    released.probing.compare_error("orders", query, spent, None)
    released.release("orders", query, Decimal("0.2"))

    assert states(released.disclosure("orders"))["bounds"] is HazardState.EXPOSED


def test_a_budget_that_begins_anew_is_seen(released: Workspace) -> None:
    released.decide_budget("customers", period=Period.MONTH, caps={"ann": Decimal(1)})

    disclosure = released.disclosure("orders")

    assert states(disclosure)["budget_resets"] is HazardState.EXPOSED
    assert "1 name has a part" in said(disclosure, "deployment_model.access_type_details")


def test_a_budget_raised_after_the_first_release_is_seen(released: Workspace) -> None:
    released.decide_budget("customers", Budget(epsilon=Decimal(9), delta=Decimal("1e-5")))

    assert states(released.disclosure("orders"))["budget_resets"] is HazardState.EXPOSED


def test_the_same_people_under_another_budget_are_seen(released: Workspace) -> None:
    clicks = b"customer,page\n" + b"".join(b"%d,home\n" % n for n in range(50))
    file = RawFile(name="clicks.csv", data=clicks)
    released.add_files([file], "clicks", Description(unit=ColumnName("customer")))

    assert states(released.disclosure("orders"))["populations"] is HazardState.EXPOSED


def test_a_disclosure_is_of_the_release_that_was_named(released: Workspace) -> None:
    (first,) = released.releases("orders")
    second = released.release("orders", asked({"count": "rows"}), Decimal("0.2"))

    assert released.disclosure("orders").release_id == second.id
    assert released.disclosure("orders", first.id).release_id == first.id


def test_the_version_that_was_released_from_is_told(released: Workspace, orders_csv: bytes) -> None:
    more = orders_csv + b"\n950.0,DE,7.50,phone,R1,true"
    released.add_files([RawFile(name="orders.csv", data=more)], "orders")

    disclosure = released.disclosure("orders")

    assert "version 1" in said(disclosure, "dp_variant.data_domain")
    released.release("orders", asked({"count": "rows"}), Decimal("0.2"))
    assert said(released.disclosure("orders"), "deployment_model.data_source_type") == "Dynamic"


def test_what_is_not_there_is_refused_in_a_sentence(shop: Workspace) -> None:
    with pytest.raises(NothingReleasedError, match="Nothing has been released from orders yet"):
        shop.disclosure("orders")
    with pytest.raises(NothingReleasedError):
        shop.build_report(ReportKind.RELEASE, ["orders"])
    known = shop.release("orders", asked({"count": "rows"}), Decimal("0.2"))

    with pytest.raises(UnknownReleaseError, match=f"Known: {known.id}"):
        shop.disclosure("orders", "release-x")
    with pytest.raises(UnknownReleaseError):
        shop.build_report(ReportKind.RELEASE, ["orders"], about="release-x")
    with pytest.raises(ReportChoiceError):
        shop.build_report(ReportKind.AUDIT, ["orders"], about=known.id)


def test_no_value_of_a_row_reaches_disclosure_or_report(released: Workspace) -> None:
    report = released.build_report(ReportKind.RELEASE, ["orders"])
    document = json.dumps(to_document(released.disclosure("orders")), ensure_ascii=False)
    pdf = released.report_pdf(report)
    with pikepdf.open(BytesIO(pdf)) as opened:
        inside = b"".join(s.get_file().read_bytes() for s in opened.attachments.values()).decode()

    for text in (document, inside, _pages(pdf)):
        assert CANARY_COUNTRY not in text
        assert str(CANARY_PERSON) not in text


def test_a_release_report_is_stored_entered_and_linked(released: Workspace) -> None:
    (release,) = released.releases("orders")

    report = released.build_report(ReportKind.RELEASE)

    assert report.kind is ReportKind.RELEASE
    assert report.datasets == ("orders",)
    assert released.entries(1)[0].act == "report.build"
    (edge,) = (
        edge
        for edge in released.proof.lineage.edges()
        if edge.made.id == report.id and edge.origin.kind is NodeKind.RELEASE
    )
    assert edge.origin.id == release.id
    with pikepdf.open(BytesIO(released.report_pdf(report))) as opened:
        inside = json.loads(opened.attachments["evidence.json"].get_file().read_bytes())
    steps = {(e["origin"]["kind"], e["made"]["kind"]) for e in inside["lineage"]}
    assert steps == {("source", "dataset"), ("dataset", "release")}
    assert squeezed(release.id) in squeezed(_pages(released.report_pdf(report)))


def test_a_release_report_checks_no_duties(released: Workspace) -> None:
    before = len(released.assessments())

    released.build_report(ReportKind.RELEASE, ["orders"])

    assert len(released.assessments()) == before


@pytest.mark.in_a_file
def test_a_damaged_trail_is_reported_and_not_in_the_way(released: Workspace) -> None:
    database = released.settings.home / "records.sqlite"
    with closing(sqlite3.connect(database)) as connection:
        for (name,) in connection.execute("select name from sqlite_master where type = 'trigger'"):
            connection.execute(f'drop trigger "{name}"')
        connection.execute("update trail set body = 'no JSON' where number = 2")
        connection.commit()

    report = released.build_report(ReportKind.RELEASE, ["orders"])

    assert "The trail is not whole; see section 8." in _pages(released.report_pdf(report))


def test_the_report_on_several_datasets_is_about_their_newest_release(released: Workspace) -> None:
    people = b"person,age\n" + b"".join(b"p%d,%d\n" % (n, n % 90) for n in range(80))
    released.add_files([RawFile(name="p.csv", data=people)], "people")
    query = to_query({"unit": "person", "statistics": [{"count": "rows"}]})
    newest = released.release("people", query, Decimal("0.3"))

    report = released.build_report(ReportKind.RELEASE)

    assert report.datasets == ("people",)
    assert squeezed(newest.id) in squeezed(_pages(released.report_pdf(report)))


def test_the_fields_of_an_undescribed_dataset_are_counted_as_missing(workspace: Workspace) -> None:
    rows = b"person,age\n" + b"".join(b"p%d,%d\n" % (n, n % 90) for n in range(80))
    workspace.add_files([RawFile(name="p.csv", data=rows)], "people")
    query = to_query({"unit": "person", "statistics": [{"count": "rows"}]})
    workspace.release("people", query, Decimal("0.3"))

    disclosure = workspace.disclosure("people")

    missing = {field.path for field in disclosure.missing}
    assert {"basic.intended_use", "basic.data_product_region"} <= missing
    assert all(field.origin is Origin.MISSING for field in disclosure.missing)
    assert states(disclosure)["collection"] is HazardState.NOT_KNOWN
    assert states(disclosure)["unit"] is HazardState.NOT_KNOWN


def _pages(pdf: bytes) -> str:
    with closing(pypdfium2.PdfDocument(pdf)) as opened:
        return "".join(page.get_textpage().get_text_range() for page in opened)
