"""The register in a workspace: typed over drawn, in the trail, all or nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from compliance.dataset import RawFile
from compliance.dataset.nouns import Description, LegalBasis
from compliance.discovery.nouns import IdentifierClass
from compliance.errors import (
    RecordFileError,
    RecordInUseError,
    RecordsRefusedError,
    UnknownKindError,
    UnknownRecordError,
)
from compliance.register import Shape
from compliance.register.nouns import Organisation, Origin
from compliance.workspace import Workspace
from compliance.workspace.governing.registering import Registering
from tests.conftest import CANARY_COUNTRY

PURPOSE = "Deliver orders"


@pytest.fixture
def register(shop: Workspace) -> Registering:
    """The register of a shop that sells from Germany."""
    shop.set_organisation(Organisation(name="Shop", contact="dpo@shop.example", country="DE"))
    said = shop.dataset("orders").description
    described = replace(
        said,
        purpose=PURPOSE,
        legal_basis=LegalBasis.CONTRACT,
        region="FR",
        retention_months=24,
        data_subjects="customers",
    )
    shop.describe("orders", described)
    return shop.governance.register


def test_an_activity_is_drawn_for_each_purpose(register: Registering, shop: Workspace) -> None:
    shop.discover("orders")

    (activity,) = register.records("activity")

    assert (activity.id, activity.name, activity.origin) == (
        *("deliver-orders", PURPOSE),
        Origin.DRAWN,
    )
    assert activity.values["lawful_basis"] == "contract"
    assert activity.values["retention_rules"] == ("retention orders",)
    assert activity.values["storage_countries"] == ("FR",)
    assert activity.values["categories_of_subjects"] == ("customers",)
    assert "customer number" in activity.several("categories_of_data")
    assert register.find("retention_rule", "retention orders").values["period_months"] == 24


def test_an_officers_word_wins_field_by_field(register: Registering) -> None:
    register.record("activity", "deliver-orders", {"lawful_basis": "consent"})

    activity = register.find("activity", "deliver-orders")
    assert (activity.name, activity.origin) == (PURPOSE, Origin.TYPED)
    assert activity.values["lawful_basis"] == "consent"
    assert activity.values["storage_countries"] == ("FR",)  # still drawn


def test_what_is_forgotten_is_drawn_again(register: Registering) -> None:
    register.record("activity", "deliver-orders", {"lawful_basis": "consent"})
    register.record("activity", "deliver-orders", {}, forget=["lawful_basis"])

    assert register.find("activity", "deliver-orders").values["lawful_basis"] == "contract"


def test_taking_over_makes_drawn_values_the_officers(
    register: Registering, shop: Workspace
) -> None:
    register.take_over("activity", "deliver-orders")
    shop.describe("orders", Description())  # nothing to draw from any more

    assert register.find("activity", "deliver-orders").values["lawful_basis"] == "contract"


def test_the_laws_in_scope_follow_and_say_why(register: Registering) -> None:
    assert register.laws_in_scope() == ("EU_GDPR",)
    (scoped,) = register.scope()
    assert scoped.because == (
        "The organisation is established in Germany.",
        "Data lie in France: orders.",
    )

    register.record("dataset", "orders", {"countries_of_subjects": "GB"})
    register.record("org", "org", {"does_business_in_ca": "yes"})

    assert register.laws_in_scope() == ("EU_GDPR", "UK_GDPR", "CCPA")


def test_the_laws_in_scope_are_those_decided(register: Registering) -> None:
    register.record("org", "org", {"laws_in_scope": ["UK_GDPR"]})

    assert register.laws_in_scope() == ("UK_GDPR",)
    assert [one.law for one in register.scope()] == ["EU_GDPR"]


def test_no_law_is_in_scope_where_no_place_is_known(shop: Workspace) -> None:
    shop.describe("orders", Description())

    assert shop.governance.register.laws_in_scope() == ()
    assert "laws_in_scope" not in shop.governance.register.find("org", "org").values


def test_elsewhere_follows_only_from_a_whole_list(register: Registering) -> None:
    said = register.find("org", "org").values
    assert said["established_in_eu"] is True
    assert "cn_established" not in said  # the main establishment need not be the only one

    register.record("org", "org", {"countries_of_establishment": ["DE", "US"]})

    assert register.find("org", "org").values["cn_established"] is False


def test_a_dataset_without_personal_data_is_in_no_activity(
    register: Registering, shop: Workspace
) -> None:
    found = shop.discover("orders")
    none = {label.column: (label.semantic_type, IdentifierClass.NONE) for label in found.labels}
    shop.decide_labels("orders", none)

    assert register.records("activity") == ()
    assert register.records("dataset") == ()


def test_a_removed_record_is_gone_and_stays_in_its_history(register: Registering) -> None:
    register.record("processor", "cloud", {"country": "US"}, name="Cloud")
    register.remove("processor", "cloud")

    assert register.records("processor") == ()
    past = register.history("processor", "cloud")
    assert [one.record.is_removed for one in past] == [False, True]
    assert past[0].record.values == {"country": "US"}

    register.record("processor", "cloud", {"contract_id": "C-1"})

    assert register.find("processor", "cloud").values == {"contract_id": "C-1"}


def test_a_drawn_record_can_be_removed(register: Registering) -> None:
    register.remove("activity", "deliver-orders")

    assert register.records("activity") == ()


def test_a_record_that_others_name_stays(register: Registering) -> None:
    register.record("processor", "cloud", {})
    register.record("processor", "post", {"subprocessors": ["cloud"]}, name="Post")

    with pytest.raises(RecordInUseError, match="named by Post"):
        register.remove("processor", "cloud")


def test_typed_records_that_name_a_dataset_belong_to_its_activity(register: Registering) -> None:
    register.record("processor", "cloud", {"datasets": ["orders"]})
    register.record("transfer", "us", {"datasets": ["orders"], "destination": "US"})

    values = register.find("activity", "deliver-orders").values
    assert values["processors"] == ("cloud",)
    assert values["transfers"] == ("us",)


def test_contradictions_are_kept_and_told(register: Registering) -> None:
    values = {"received_at": "2020-02-01", "responded_at": "2020-01-01"}
    register.record("request", "r1", values)

    (found,) = register.register().contradictions
    assert (found.kind, found.record) == ("request", "r1")
    assert found.says == "It was answered before it was received."


def test_the_trail_names_fields_and_never_what_stands_in_them(
    register: Registering, shop: Workspace
) -> None:
    register.record("processor", "cloud", {"contact": CANARY_COUNTRY, "country": "US"})
    register.import_(b"id,contact\np2,Zembla\n", "processor.csv")
    register.export(Shape.JSON)
    register.remove("processor", "p2")

    entries = shop.entries(4)
    assert [entry.act for entry in entries] == [
        *("register.remove", "register.export", "register.import", "register.record")
    ]
    assert entries[-1].facts["fields"] == ["contact", "country"]
    assert CANARY_COUNTRY not in str(entries)
    assert "Zembla" not in str(entries)
    assert shop.verify_trail().problems == ()


def test_an_import_with_one_problem_changes_nothing(register: Registering, shop: Workspace) -> None:
    before = shop.entries(100), register.register()

    with pytest.raises(RecordsRefusedError, match="Row 3"):
        register.import_(b"id,country\np1,DE\np2,QQ\n", "processor.csv")

    assert (shop.entries(100), register.register()) == before


def test_an_import_changes_only_what_it_says(register: Registering) -> None:
    register.record("processor", "cloud", {"country": "US", "contract_id": "C-1"}, name="Cloud")

    register.import_(b"id,country\ncloud,IE\n", "processor.csv")

    record = register.find("processor", "cloud")
    assert (record.name, record.values) == ("Cloud", {"country": "IE", "contract_id": "C-1"})


def test_the_whole_register_leaves_and_comes_back(register: Registering) -> None:
    register.record("request", "r1", {"pauses": "2020-01-02/2020-01-05/identity awaited"})
    register.record("processor", "cloud", {"contract_id": None, "services": "hosting; backup"})
    before = register.register()

    register.import_(register.export(Shape.JSON), "all.json")

    after = register.register()
    assert [(r.kind, r.id, r.values) for r in after.records] == [
        (r.kind, r.id, r.values) for r in before.records
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "windows-1252"])
def test_a_file_of_any_usual_encoding_is_taken_in(register: Registering, encoding: str) -> None:
    text = "id;name;services\np1;Müller & Söhne;Über größere Mengen; Lagerung für Käufer\n"
    register.import_(text.replace("; ", ", ").encode(encoding), "processor.csv")

    assert register.find("processor", "p1").name == "Müller & Söhne"


def test_taking_an_export_in_again_makes_nobodys_word_of_what_is_drawn(
    register: Registering, shop: Workspace
) -> None:
    register.record("activity", "deliver-orders", {"stage": "live"})
    register.import_(register.export(Shape.JSON), "all.json")

    typed = register.typed("activity", "deliver-orders")
    assert typed is not None
    assert typed.values == {"stage": "live"}
    assert register.typed("org", "org") is None
    assert shop.entries(1)[0].facts["changed"] == 0


@pytest.mark.parametrize("shape", list(Shape))
def test_an_export_for_others_says_nothing_that_was_typed_about_one_person(
    register: Registering, shape: Shape
) -> None:
    said = {"received_at": "2026-11-01", "extension_reason": "Ada Byron moved house"}
    register.record("request", "case 7", said, name="Request of Ada Byron")

    found = register.export(shape, "request", for_others=True)

    assert b"Ada Byron" not in found
    assert b"case 7" in found
    assert b"2026-11-01" in found


def test_an_export_for_others_leaves_out_what_may_name_a_person(register: Registering) -> None:
    register.record("processor", "cloud", {"contact": "Ada Byron", "country": "GB"})

    assert b"Ada Byron" in register.export(Shape.JSON)
    for_others = register.export(Shape.CSV, "processor", for_others=True)
    assert b"Ada Byron" not in for_others
    assert b"GB" in for_others


def test_people_in_a_state_bring_its_law_into_scope(workspace: Workspace) -> None:
    rows = [f"{n},US,{'CA' if n % 2 else 'NY'}" for n in range(60)]
    data = "\n".join(["customer,country,state", *rows]).encode()
    workspace.add_files([RawFile(name="buyers.csv", data=data)], "buyers")
    workspace.discover("buyers")

    found = {one.law: one.because for one in workspace.governance.register.scope()}
    assert found["CCPA"] == ("People in US-CA are in the data: buyers.",)
    assert "US_VA_VCDPA" not in found
    assert "US_DOJ_BULK_DATA" in found


def test_people_in_a_country_may_be_under_the_laws_of_its_parts(workspace: Workspace) -> None:
    data = "\n".join(["customer,country", *(f"{n},US" for n in range(60))]).encode()
    workspace.add_files([RawFile(name="buyers.csv", data=data)], "buyers")
    workspace.discover("buyers")
    register = workspace.governance.register

    assert {"CCPA", "US_VA_VCDPA"} <= {one.law for one in register.scope()}
    assert "CCPA is not in scope" not in str([v.because for v in workspace.assess().verdicts])

    register.record("org", "org", {"does_business_in_ca": "no"})
    assert "CCPA" not in {one.law for one in register.scope()}


def test_what_is_not_there_is_a_sentence(register: Registering) -> None:
    with pytest.raises(UnknownKindError, match="procesor"):
        register.records("procesor")
    with pytest.raises(UnknownRecordError, match=r"no processor with the id “x”. Known: none yet"):
        register.find("processor", "x")
    with pytest.raises(UnknownRecordError):
        register.remove("processor", "x")
    with pytest.raises(RecordFileError, match="one kind of record"):
        register.export(Shape.CSV)


def test_a_dataset_that_is_not_there_cannot_be_named(register: Registering) -> None:
    with pytest.raises(RecordsRefusedError, match="names a dataset that is not there"):
        register.record("activity", "a", {"datasets": ["customers"]})


def test_looking_writes_nothing(register: Registering, shop: Workspace) -> None:
    before = shop.verify_trail()

    register.register()
    register.scope()
    register.ropa()

    assert shop.verify_trail() == before


def test_the_record_of_processing_is_the_same_in_every_form(register: Registering) -> None:
    register.record("recipient", "post", {"category": "controller", "country": "DE"}, name="Post")
    register.record("activity", "deliver-orders", {"recipients": ["post"]})

    ropa = register.ropa()

    labels = [column.label for column in ropa.columns]
    told = json.loads(register.export_ropa(ropa, Shape.JSON))
    assert told["columns"] == labels
    assert [tuple(row[label] for label in labels) for row in told["activities"]] == list(ropa.rows)
    assert told["header"] == dict(ropa.header)
    lines = register.export_ropa(ropa, Shape.CSV).decode("utf-8-sig").splitlines()
    assert len(lines) == len(ropa.header) + 2 + len(ropa.rows)
    assert ropa.rows[0][labels.index("Recipients")] == "Post (Other controller, Germany)"
    assert (
        ropa.rows[0][labels.index("Time limits for erasure")] == "Retention of orders (24 months)"
    )
    assert ropa.rows[0][labels.index("Joint controllers")] == "not recorded"
    assert dict(ropa.header)["Filter"] == "all activities"


def test_the_record_of_a_processor_holds_what_is_done_for_others(register: Registering) -> None:
    values = {
        "role": "processor",
        "controllers": ["A shop"],
        "categories_of_processing": ["Sending"],
    }
    register.record("activity", "sending", values, name="Sending")

    assert [row[0] for row in register.ropa(as_processor=True).rows] == ["Sending"]
    assert [row[0] for row in register.ropa().rows] == [PURPOSE]
    assert [row[0] for row in register.ropa(dataset="orders").rows] == [PURPOSE]


def test_a_retention_of_no_time_is_a_contradiction(register: Registering) -> None:
    register.record("retention_rule", "retention orders", {"period_months": 0})

    assert [one.fields for one in register.register().contradictions] == [("period_months",)]


def test_dates_are_read_from_records(register: Registering) -> None:
    register.record("request", "r1", {"received_at": "2020-02-01"})

    assert register.find("request", "r1").day("received_at") == date(2020, 2, 1)


def test_what_is_missing_is_what_rules_needed_and_did_not_know(register: Registering) -> None:
    register.record("request", "r1", {"right": "access", "received_at": "2020-02-01"})

    found = register.gaps()["request", "r1"]
    assert "fee_charged" in {field.id for field in found.missing}
    assert "restriction_flag_set" not in {field.id for field in found.asked}  # of another right
    assert 0 < found.share < 1

    register.record("request", "r1", {"fee_charged": 0})

    after = register.gaps()["request", "r1"]
    assert "fee_charged" not in {field.id for field in after.missing}


def test_asking_what_is_missing_stores_nothing(register: Registering, shop: Workspace) -> None:
    before = shop.verify_trail()

    register.gaps()

    assert (shop.verify_trail(), shop.assessments()) == (before, ())
