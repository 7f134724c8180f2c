"""The register as an officer uses it: a form, a table, files, and the record of processing."""

from __future__ import annotations

import csv
import io

import pytest
from streamlit.testing.v1 import AppTest

from compliance.countries import COUNTRIES
from compliance.dataset.nouns import Description
from compliance.i18n import speaking
from compliance.register import Shape, kinds
from compliance.register.nouns import Origin
from tests.pages.conftest import Desk, refusals, words

ACTIVITY = "fulfilment-of-orders"


def field(visitor: AppTest, ending: str) -> str:
    """The key of the widget whose key ends so."""
    widgets = [*visitor.text_input, *visitor.selectbox, *visitor.multiselect, *visitor.text_area]
    (key,) = [str(w.key) for w in widgets if str(w.key).endswith(f"_{ending}")]
    return key


def of_kind(desk: Desk, kind: str) -> AppTest:
    visitor = desk.open("register")
    visitor.selectbox(key="register_kind").set_value(kind).run()
    if "register_change" in [toggle.key for toggle in visitor.toggle]:
        visitor.toggle(key="register_change").set_value(True).run()
    return visitor


def changing(desk: Desk) -> AppTest:
    return desk.open("register").toggle(key="register_change").set_value(True).run()


def view(desk: Desk, name: str) -> AppTest:
    visitor = desk.open("register")
    visitor.radio(key="register_view").set_value(name).run()
    return visitor


def acts(desk: Desk) -> list[str]:
    return [entry.act for entry in reversed(desk.workspace.entries(1000))]


def test_a_new_record_is_typed_in(empty_desk: Desk) -> None:
    visitor = of_kind(empty_desk, "processor")
    visitor.text_input(key=field(visitor, "name")).input("Cloud of Bergen")
    visitor.selectbox(key=field(visitor, "country")).set_value("NO")
    visitor.text_input(key=field(visitor, "contract_id")).input("(none)")
    visitor.multiselect(key=field(visitor, "clauses")).set_value(["audit_information"])
    visitor.button(key="register_save").click().run()

    record = empty_desk.workspace.governance.register.find("processor", "Cloud of Bergen")
    assert record.values == {
        "country": "NO",
        "contract_id": None,
        "clauses": ("audit_information",),
    }
    assert acts(empty_desk) == ["register.record"]
    assert visitor.selectbox(key="register_record_processor").value == "Cloud of Bergen"
    assert [toast.value for toast in visitor.toast] == ["Cloud of Bergen is recorded."]


@pytest.mark.parametrize("kind", list(kinds()))
def test_every_kind_can_be_filled_in(full_desk: Desk, kind: str) -> None:
    visitor = of_kind(full_desk, kind)

    assert not visitor.exception
    assert kinds()[kind].help in words(visitor)
    widgets = [*visitor.text_input, *visitor.selectbox, *visitor.multiselect, *visitor.text_area]
    assert len([w for w in widgets if w.label]) >= len(kinds()[kind].fields)


def test_only_what_was_changed_becomes_the_officers_word(full_desk: Desk) -> None:
    visitor = changing(full_desk)
    assert "(filled in)" in visitor.selectbox(key=field(visitor, "lawful_basis")).label
    visitor.selectbox(key=field(visitor, "lawful_basis")).set_value("consent")
    visitor.button(key="register_save").click().run()

    area = full_desk.workspace.governance.register
    typed = area.typed("activity", ACTIVITY)
    assert typed is not None
    assert typed.values == {"lawful_basis": "consent"}
    assert area.find("activity", ACTIVITY).values["storage_countries"] == ("DE",)
    assert "(filled in)" not in visitor.selectbox(key=field(visitor, "lawful_basis")).label


def test_a_field_that_is_emptied_is_forgotten(full_desk: Desk) -> None:
    area = full_desk.workspace.governance.register
    area.record("activity", ACTIVITY, {"department": "Sales", "stage": "live"})
    visitor = changing(full_desk)
    visitor.text_input(key=field(visitor, "department")).input("")
    visitor.button(key="register_save").click().run()

    typed = area.typed("activity", ACTIVITY)
    assert typed is not None
    assert typed.values == {"stage": "live"}


def test_recording_without_a_change_writes_nothing(full_desk: Desk) -> None:
    before = full_desk.state()
    visitor = changing(full_desk)
    visitor.button(key="register_save").click().run()

    assert "Nothing was changed." in words(visitor)
    assert full_desk.state() == before


def test_what_cannot_be_is_refused_where_it_was_typed(empty_desk: Desk) -> None:
    visitor = of_kind(empty_desk, "request")
    visitor.text_input(key=field(visitor, "name")).input("R 1")
    visitor.text_input(key=field(visitor, "responded_at")).input("2199-01-01")
    visitor.button(key="register_save").click().run()

    ((title, says),) = refusals(visitor)
    assert title == "Not recorded"
    assert "lies in the future" in says
    assert "2199" not in says
    assert visitor.text_input(key=field(visitor, "responded_at")).value == "2199-01-01"
    assert acts(empty_desk) == []


def test_a_record_is_read_before_it_is_changed(full_desk: Desk) -> None:
    full_desk.workspace.governance.register.record("activity", ACTIVITY, {"department": "Sales"})
    visitor = full_desk.open("register")

    (shown,) = [f.value for f in visitor.dataframe if "On record" in f.value]
    said = {row["Field"]: (row["On record"], row["Known from"]) for _, row in shown.iterrows()}
    assert ("Sales", "what was recorded") in said.values()
    assert "filled in" in {source for _, source in said.values()}
    assert "register_save" not in [button.key for button in visitor.button]
    assert "register_save" in [button.key for button in changing(full_desk).button]


def test_a_drawn_record_is_taken_over(full_desk: Desk) -> None:
    visitor = full_desk.open("register")
    visitor.button(key="register_take_over").click().run()
    full_desk.workspace.describe("orders", Description(population="customers"))

    record = full_desk.workspace.governance.register.find("activity", ACTIVITY)
    assert record.origin is Origin.TYPED
    assert record.values["lawful_basis"] == "contract"
    assert "register_take_over" not in [button.key for button in visitor.button]


def test_a_record_is_removed(full_desk: Desk) -> None:
    visitor = full_desk.open("register")
    visitor.button(key="register_remove").click().run()

    assert full_desk.workspace.governance.register.records("activity") == ()
    assert "There is no record of this kind yet" in words(visitor)


def test_a_form_asks_first_for_what_the_laws_in_scope_ask(full_desk: Desk) -> None:
    def outside(visitor: AppTest) -> set[str]:
        (box,) = [e for e in visitor.expander if e.label.startswith("Fields that only")]
        inside = [*box.text_input, *box.selectbox, *box.multiselect]
        return {str(widget.key).split("_", 3)[-1] for widget in inside}

    assert "br_basis" in outside(changing(full_desk))

    full_desk.workspace.governance.register.record("org", "org", {"laws_in_scope": ["BR_LGPD"]})

    assert "br_basis" not in outside(changing(full_desk))
    assert "lia_id" in outside(changing(full_desk))


def test_the_table_says_what_is_still_needed(full_desk: Desk) -> None:
    visitor = full_desk.open("register")

    (table,) = [f.value for f in visitor.dataframe if "Complete" in f.value]
    gaps = full_desk.workspace.governance.register.gaps()["activity", ACTIVITY]
    assert list(table["Missing"]) == [len(gaps.missing)]
    assert list(table["Complete"]) == [round(100 * gaps.share)]
    assert "stage" in [missing.id for missing in gaps.missing]

    full_desk.workspace.governance.register.record("activity", ACTIVITY, {"is_secondary_use": "no"})

    (after,) = [f.value for f in full_desk.open("register").dataframe if "Complete" in f.value]
    assert after["Complete"][0] > table["Complete"][0]


def test_a_contradiction_is_shown_and_leads_to_its_record(full_desk: Desk) -> None:
    values = {"origin": "DE", "destination": "DE"}
    full_desk.workspace.governance.register.record("transfer", "loop", values, name="A loop")

    visitor = view(full_desk, "Contradictions")
    assert "It goes to the country that it comes from." in words(visitor)
    visitor.button(key="register_open_0").click().run()

    assert visitor.selectbox(key="register_kind").value == "transfer"
    assert visitor.selectbox(key="register_record_transfer").value == "loop"
    assert "What follows from it is not assessed" in words(visitor)


def test_the_record_of_processing_on_screen_is_what_is_handed_over(full_desk: Desk) -> None:
    visitor = view(full_desk, "Record of processing")

    (shown,) = [f.value for f in visitor.dataframe]
    area = full_desk.workspace.governance.register
    data = area.export_ropa(area.ropa(), Shape.CSV).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(data)))
    start = rows.index([]) + 1
    assert list(shown.columns) == rows[start]
    for place, column in enumerate(shown.columns):
        assert list(shown[column]) == [row[place] for row in rows[start + 1 :]], column
    header = visitor.table[0].value
    told = [list(map(str, row)) for row in zip(header.index, header.iloc[:, 0], strict=True)]
    assert told == rows[: start - 1]


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("processor.csv", b"id,country\np1,DE\np2,QQ\n", "Row 3"),
        ("mine.csv", b"id,country\np1,DE\n", "of which kind"),
        ("broken.json", b"{", "it is no JSON"),
    ],
)
def test_a_file_with_a_problem_is_refused_whole(
    empty_desk: Desk, name: str, data: bytes, says: str
) -> None:
    visitor = view(empty_desk, "Import and export")
    visitor.file_uploader(key="register_file").set_value((name, data, "text/csv"))
    visitor.button(key="register_take_in").click().run()

    ((title, told),) = refusals(visitor)
    assert title == "Nothing was imported"
    assert says in told
    assert acts(empty_desk) == []


def test_a_file_is_taken_in_and_everything_is_offered(empty_desk: Desk) -> None:
    visitor = view(empty_desk, "Import and export")
    visitor.file_uploader(key="register_file").set_value(
        ("processor.csv", b"id,country\np1,DE\np2,FR\n", "text/csv")
    )
    visitor.button(key="register_take_in").click().run()

    assert [one.value for one in visitor.success] == ["2 records were imported."]
    assert len(empty_desk.workspace.governance.register.records("processor")) == 2
    visitor.selectbox(key="register_export_kind").set_value("processor").run()
    assert [b.key for b in visitor.get("download_button")] == [
        *("register_export_csv", "register_export_json")
    ]


def test_the_laws_in_scope_are_decided_and_followed_again(full_desk: Desk) -> None:
    visitor = full_desk.open("organisation")
    assert "**GDPR (European Union)**: The organisation is established in Germany." in words(
        visitor
    )
    (laws,) = [m for m in visitor.multiselect if str(m.key).startswith("organisation_laws")]
    laws.set_value(["EU_GDPR", "CCPA"])
    visitor.button(key="organisation_record_laws").click().run()

    area = full_desk.workspace.governance.register
    assert area.laws_in_scope() == ("EU_GDPR", "CCPA")

    visitor.button(key="organisation_follow").click().run()
    assert "CCPA" not in area.laws_in_scope()
    typed = area.typed("org", "org")
    assert typed is not None
    assert "laws_in_scope" not in typed.values


def test_places_bring_laws_into_scope(full_desk: Desk) -> None:
    visitor = full_desk.open("organisation")
    (offers,) = [m for m in visitor.multiselect if "offers_to" in str(m.key)]
    offers.set_value(["BR"])
    visitor.button(key="organisation_record_laws").click().run()

    assert "BR_LGPD" in full_desk.workspace.governance.register.laws_in_scope()
    assert "It offers to people in Brazil, or watches them." in words(visitor)


def test_the_country_is_chosen_by_its_name_in_either_language_and_kept_as_its_code(
    empty_desk: Desk,
) -> None:
    visitor = empty_desk.open("organisation")
    offered = visitor.selectbox(key="organisation_country").options
    assert offered[0] == "not recorded"
    assert len(offered) == len(COUNTRIES) + 1
    assert offered.index("Åland Islands (AX)") < offered.index("Albania (AL)")
    visitor.selectbox(key="organisation_country").set_value("FR")
    visitor.button(key="organisation_record").click().run()
    assert empty_desk.workspace.organisation().country == "FR"

    visitor.selectbox(key="session_language").set_value("zh").run()
    country = visitor.selectbox(key="organisation_country")
    assert country.value == "FR"
    assert country.options.index("法国（FR）") < country.options.index("中国（CN）")
    with speaking("zh"):  # in which the words of a choice are sent
        country.set_value("CN")
        visitor.button(key="organisation_record").click().run()
        assert empty_desk.workspace.organisation().country == "CN"
        visitor.selectbox(key="organisation_country").set_value("")
        visitor.button(key="organisation_record").click().run()
    assert empty_desk.workspace.organisation().country == ""
