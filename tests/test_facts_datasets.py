"""Facts of datasets and of the organisation: computed, recorded, contradicted, unknown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from compliance.dataset.nouns import ColumnName, Description
from compliance.discovery.nouns import IdentifierClass, LegalClass, RareFinding
from compliance.register.nouns import Contradiction, Register
from compliance.rules.facts import contradictions
from compliance.rules.nouns import Form, Residents, Retained
from compliance.rules.residency.forms import form_of
from tests.facts_cases import (
    COUNTRY,
    KEY,
    SAID,
    facts_of,
    holding,
    knowing,
    label,
    record,
    subject_of,
)

HEALTH = label(
    "diagnosis",
    "health_condition",
    IdentifierClass.SENSITIVE,
    (LegalClass.GDPR_SPECIAL, LegalClass.PIPL_SENSITIVE, LegalClass.CCPA_SENSITIVE),
)
NAME = label("name", "person_name", IdentifierClass.DIRECT)


def test_a_dataset_nobody_looked_into_has_no_fact_that_only_discovery_tells() -> None:
    found = subject_of(knowing(holding()), "dataset")

    assert found.facts["discovered"] is False
    assert not {"contains_personal_data", "special_categories", "sensitive_cn"} & set(found.facts)
    assert found.unknown["contains_personal_data"] == "nobody has looked for personal data yet"


def test_special_categories_are_told_in_the_words_of_each_law() -> None:
    facts = facts_of(knowing(holding(KEY, HEALTH)), "dataset")

    assert facts["special_categories"] == ("health",)
    assert facts["sensitive_cn"] == ("health",)
    assert facts["criminal_data"] is False


def test_a_law_of_people_who_are_not_in_it_finds_nothing_sensitive() -> None:
    facts = facts_of(knowing(holding(KEY, HEALTH)), "dataset")

    assert facts["sensitive_br"] == ()
    assert facts["br_personal_data"] is False
    assert facts["cn_personal_info"] is True


def test_people_whose_country_nobody_knows_leave_open_which_laws_they_have() -> None:
    some = replace(
        holding(KEY),
        residents=Residents(columns=("c",), counts={"DE": 9}, is_of_people=True, unread=1),
    )
    found = subject_of(knowing(some), "dataset")

    assert found.governed.laws == ("EU_GDPR",)
    assert found.governed.by("CN_PIPL") is None
    assert found.governed.gap("CN_PIPL").why == "nothing tells where all of its people live"
    assert "cn_personal_info" in found.unknown


def test_the_laws_of_a_dataset_are_those_of_its_place_its_keeper_and_its_people() -> None:
    assert subject_of(knowing(holding(KEY)), "dataset").governed.laws == ("EU_GDPR", "CN_PIPL")


def test_a_country_without_its_regions_may_be_under_the_law_of_any_of_them() -> None:
    american = Residents(columns=("c",), counts={"US": 5}, is_of_people=True, lacks_regions=("US",))
    found = subject_of(knowing(replace(holding(KEY), residents=american)), "dataset")

    assert found.governed.laws == ("EU_GDPR",)
    assert found.governed.by("BR_LGPD") is False
    assert found.governed.by("CCPA") is None


def test_a_home_region_that_is_no_country_tells_no_law_and_no_place() -> None:
    nowhere = replace(SAID, region="XX")
    found = subject_of(knowing(holding(KEY, said=nowhere)), "dataset")

    assert found.governed.laws == ("EU_GDPR", "CN_PIPL")
    assert found.governed.gap("UK_GDPR").why == "nobody said in which country it lies"
    assert found.unknown["storage_country"] == "its home region is no country"
    assert "storage_country" not in found.facts


def test_rows_past_their_retention_are_counted_and_ask_for_deletion() -> None:
    old = replace(holding(KEY), retained=Retained(column="day", oldest_months=30, past=7))
    facts = facts_of(knowing(old), "dataset")

    assert facts["records_past_retention"] == 7
    assert facts["deletion_trigger"] == ("retention_ended",)
    assert facts["deleted_or_frozen"] is False


@pytest.mark.parametrize(
    ("kept", "said", "why"),
    [
        pytest.param(None, SAID, "no column of dates", id="no date"),
        pytest.param(
            Retained(column="day", oldest_months=1, past=0, undated=3),
            SAID,
            "3 of its",
            id="undated",
        ),
        pytest.param(
            Retained(column="day", oldest_months=1, past=0),
            replace(SAID, retention_months=None),
            "nobody said",
            id="no retention",
        ),
    ],
)
def test_rows_of_unknown_age_are_not_told_to_be_in_time(
    kept: Retained | None, said: Description, why: str
) -> None:
    found = subject_of(knowing(replace(holding(KEY, said=said), retained=kept)), "dataset")

    assert "records_past_retention" not in found.facts
    assert why in found.unknown["records_past_retention"]


def test_a_retention_rule_that_names_another_time_than_the_description_decides_nothing() -> None:
    rule = record("retention_rule", "R", datasets=("customers",), period_months=12)
    old = replace(holding(KEY), retained=Retained(column="day", oldest_months=30, past=7))
    found = subject_of(knowing(old, records=(rule,)), "dataset")

    assert "records_past_retention" not in found.facts
    assert "one and the same time" in found.unknown["records_past_retention"]
    assert found.facts["retention_rule_id"] == "R"


def test_rows_under_a_legal_hold_are_not_past_their_retention() -> None:
    old = replace(holding(KEY), retained=Retained(column="day", oldest_months=30, past=7))
    hold = record("dataset", "customers", legal_hold="law suit")

    assert facts_of(knowing(old, records=(hold,)), "dataset")["records_past_retention"] == 0


def test_personal_columns_have_a_purpose_where_the_dataset_or_an_activity_names_one() -> None:
    without = replace(SAID, purpose="")
    used = record("activity", "A", datasets=("customers",), purposes=("delivery",))

    known = knowing(holding(KEY, COUNTRY, said=without))
    assert facts_of(known, "dataset")["columns_without_purpose"] == 2
    known = knowing(holding(KEY, COUNTRY, said=without), records=(used,))
    assert facts_of(known, "dataset")["columns_without_purpose"] == 0


def test_an_officer_who_misses_more_purposes_than_the_desk_is_believed() -> None:
    said = record("dataset", "customers", columns_without_purpose=1)

    facts = facts_of(knowing(holding(KEY, COUNTRY), records=(said,)), "dataset")
    assert facts["columns_without_purpose"] == 1


def test_what_was_entered_against_what_is_computed_leaves_the_fact_unknown() -> None:
    said = record("dataset", "customers", columns_without_purpose=1)
    known = knowing(holding(KEY, COUNTRY, said=replace(SAID, purpose="")), records=(said,))
    found = subject_of(known, "dataset")

    assert "columns_without_purpose" not in found.facts
    assert found.unknown["columns_without_purpose"]
    assert [(c.record, c.fields) for c in contradictions(known)] == [
        ("customers", ("columns_without_purpose",))
    ]


def test_a_contradiction_of_the_register_leaves_its_facts_unknown() -> None:
    said = record("dataset", "customers", encryption_at_rest="yes")
    clash = Contradiction(
        kind="dataset", record="customers", fields=("encryption_at_rest",), says="It cannot be."
    )
    known = knowing(holding(KEY))
    known = replace(known, register=Register(records=(said,), contradictions=(clash,)))
    found = subject_of(known, "dataset")

    assert "encryption_at_rest" not in found.facts
    assert found.unknown["encryption_at_rest"] == "It cannot be."


def test_what_was_done_in_the_future_is_not_known() -> None:
    said = record("dataset", "customers", restore_test_at="2027-03-01")
    found = subject_of(knowing(holding(KEY), records=(said,)), "dataset")

    assert "restore_test_at" not in found.facts
    assert found.unknown["restore_test_at"] == "it is dated in the future"


def test_people_behind_keys_only_are_pseudonymised_and_named_ones_are_not() -> None:
    assert facts_of(knowing(holding(KEY)), "dataset")["pseudonymised"] is True
    assert "pseudonymised" in subject_of(knowing(holding(KEY, NAME)), "dataset").unknown


def test_that_a_file_was_taken_in_says_nothing_of_whether_it_is_right() -> None:
    facts = facts_of(knowing(holding(KEY)), "dataset")

    assert "last_quality_check_at" not in facts
    assert facts["rectifications_late"] == 0


ASKED = {"right": "rectification", "received_at": "2026-09-01", "datasets": ("customers",)}
CORRECTED = ASKED | {"outcome": "fulfilled", "datasets_changed": ("customers",)}


@pytest.mark.parametrize(
    ("values", "checked"),
    [
        (CORRECTED | {"responded_at": "2026-10-01"}, date(2026, 10, 1)),
        (CORRECTED | {"responded_at": "2026-10-02"}, None),
        (
            CORRECTED | {"responded_at": "2026-10-02", "extension_notice_at": "2026-09-20"},
            date(2026, 10, 2),
        ),
        (CORRECTED | {"responded_at": "2026-10-01", "datasets_changed": ("staff",)}, None),
        (CORRECTED | {"responded_at": "2026-10-01", "right": "erasure"}, None),
        (CORRECTED | {"responded_at": "2026-10-01", "outcome": "refused"}, None),
    ],
    ids=["in time", "late", "in the longer time", "elsewhere", "another right", "refused"],
)
def test_a_correction_that_came_in_time_checks_the_data_that_it_corrects(
    values: dict[str, object], checked: date | None
) -> None:
    known = knowing(holding(KEY), records=(record("request", "R", **values),))

    assert facts_of(known, "dataset").get("last_quality_check_at") == checked


UNANSWERED = ASKED | {"responded_at": None}


@pytest.mark.parametrize(
    ("values", "late"),
    [
        (UNANSWERED, 1),
        (UNANSWERED | {"received_at": "2026-10-24"}, 0),
        (UNANSWERED | {"received_at": "2026-09-20", "extension_notice_at": "2026-10-01"}, 0),
        (UNANSWERED | {"datasets": ("staff",)}, 0),
        (UNANSWERED | {"right": "access"}, 0),
        (UNANSWERED | {"outcome": "withdrawn"}, 0),
        (ASKED, None),
        (UNANSWERED | {"datasets": ()}, None),
        (UNANSWERED | {"right": None}, None),
        (UNANSWERED | {"received_at": None}, None),
    ],
    ids=[
        *("overdue", "still time", "longer time", "elsewhere", "another right", "withdrawn"),
        *("unknown answer", "unknown data", "unknown right", "unknown receipt"),
    ],
)
def test_whoever_waits_for_a_correction_beyond_the_time_is_counted(
    values: dict[str, object], late: int | None
) -> None:
    known = knowing(holding(KEY), records=(record("request", "R", **values),))

    assert facts_of(known, "dataset").get("rectifications_late") == late


def test_what_was_not_anonymised_here_has_no_test_of_it() -> None:
    facts = facts_of(knowing(holding(KEY)), "dataset")

    assert facts["label"] == "raw"
    assert facts["reidentification_test_id"] is None
    claimed = record("dataset", "customers", label="anonymous")
    facts = facts_of(knowing(holding(KEY), records=(claimed,)), "dataset")
    assert (facts["label"], facts["reidentification_test_id"]) == ("anonymous", None)


@pytest.mark.parametrize(
    ("said", "condition"),
    [
        ("Art. 9(2)(a)", "explicit_consent"),
        ("explicit consent of the customers", "explicit_consent"),
        ("9 (2) (h)", "health_care"),
        ("j", "archiving_research_statistics"),
    ],
)
def test_a_condition_of_article_9_is_read_from_an_officers_words(said: str, condition: str) -> None:
    found = holding(KEY, HEALTH, said=replace(SAID, special_condition=said))

    assert facts_of(knowing(found), "dataset")["art9_condition"] == condition


def test_words_that_name_no_condition_of_article_9_leave_it_unknown() -> None:
    found = holding(KEY, HEALTH, said=replace(SAID, special_condition="it seemed useful"))
    subject = subject_of(knowing(found), "dataset")

    assert "art9_condition" not in subject.facts
    assert "art9_condition" in subject.unknown


def test_people_of_one_group_are_counted_once_and_groups_are_added_up() -> None:
    group = replace(SAID, population="shop customers")
    orders = holding(KEY, COUNTRY, said=group, name="orders")
    customers = replace(
        holding(KEY, COUNTRY, said=group),
        residents=Residents(columns=("c",), counts={"CN": 40}, is_of_people=True),
    )
    staff = holding(KEY, COUNTRY, name="staff")

    facts = facts_of(knowing(orders, customers, staff), "org")
    assert facts["cn_persons"] == 40 + 10
    assert facts["ca_consumers"] == 0


def test_people_who_cannot_be_told_apart_are_not_counted() -> None:
    rows = replace(holding(KEY, COUNTRY), residents=Residents(columns=("c",), counts={"CN": 40}))
    found = subject_of(knowing(rows), "org")

    assert "cn_persons" not in found.facts
    assert found.facts["cn_handler"] is True


def test_some_datasets_do_not_tell_what_none_of_them_holds() -> None:
    known = knowing(holding(KEY, COUNTRY))
    part = replace(known, is_whole=False)

    assert facts_of(known, "org")["br_controller"] is False
    assert "br_controller" not in facts_of(part, "org")


def test_an_organisation_in_the_eea_is_established_there() -> None:
    assert facts_of(knowing(), "org")["established_in_eu"] is True


def test_the_contact_of_the_organisation_is_that_of_its_officer() -> None:
    facts = facts_of(knowing(), "org")

    assert (facts["name"], facts["contact"]) == ("Shop", "o@shop.example")
    assert facts["dpo_contact"] == "o@shop.example"


def test_what_an_officer_says_of_people_adds_to_the_countries_that_were_counted() -> None:
    unread = Residents(columns=("c",), counts={"DE": 9, "BR": 2}, is_of_people=True, unread=1)
    abroad = replace(SAID, region="GB")
    held = replace(holding(KEY, said=abroad), residents=unread)
    known = knowing(held, records=(record("dataset", "customers", countries_of_subjects=("CN",)),))
    found = subject_of(known, "dataset")

    assert found.governed.laws == ("EU_GDPR", "UK_GDPR", "CN_PIPL", "BR_LGPD")


def test_a_country_that_an_officer_says_leaves_open_in_which_of_its_regions_people_live() -> None:
    untold = replace(holding(KEY), residents=None)
    said = record("dataset", "customers", countries_of_subjects=("US",))
    known = knowing(untold, records=(said,))

    assert subject_of(known, "dataset").governed.by("CCPA") is None
    assert "ca_consumers" not in facts_of(known, "org")
    assert "does_business_in_ca" not in facts_of(known, "org")


def test_rare_values_that_seem_to_name_people_leave_open_whether_data_are_personal() -> None:
    rare = RareFinding(column=ColumnName("n"), semantic_type="email", count=1, rows=1, share=0.1)
    held = holding(label("n", "free_text", IdentifierClass.NONE))
    assert held.discovery is not None
    doubtful = replace(held, discovery=replace(held.discovery, rare=(rare,)))

    assert facts_of(knowing(held), "dataset")["contains_personal_data"] is False
    assert form_of(held) is Form.NOT_PERSONAL
    assert "contains_personal_data" in subject_of(knowing(doubtful), "dataset").unknown
    assert form_of(doubtful) is Form.UNKNOWN
