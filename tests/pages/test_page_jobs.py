"""The main job through the pages: what each one changes, refuses, and leaves alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from compliance.dataset import RawFile
from compliance.dataset.nouns import ColumnName, Description, LegalBasis
from compliance.discovery.nouns import IdentifierClass, LabelStatus
from compliance.privacy.nouns import Period
from compliance.register.nouns import Organisation
from compliance.report.nouns import ReportKind
from tests.pages.conftest import Desk, asking, chart_of, edit, refusals, unfold, words
from tests.walked_shop import orders

PLACE = "A place on this machine"


def published(visitor: AppTest) -> list[float]:
    """The values of the newest release, as the Release page shows them."""
    values: list[float] = visitor.dataframe[0].value["Value"].tolist()
    return values


def acts(desk: Desk) -> list[str]:
    return [entry.act for entry in reversed(desk.workspace.entries(1000))]


def spent(desk: Desk) -> list[str]:
    """What was paid for, in order."""
    return [spend.purpose for spend in desk.workspace.budget("customers").spends]


def ask(desk: Desk, epsilon: str = "0.5", delta: str = "1e-6") -> AppTest:
    """A visitor who shaped a question on Trade-off and opened the question before publishing."""
    visitor = desk.go(desk.open("tradeoff"), "release")
    visitor.text_input(key="release_epsilon").input(epsilon)
    visitor.text_input(key="release_delta").input(delta)
    return visitor.button(key="release_ask").click().run()


def publish(desk: Desk, epsilon: str = "0.5") -> AppTest:
    return ask(desk, epsilon).button(key="release_confirm").click().run()


# Datasets


def test_an_uploaded_file_is_stored_under_its_name_with_what_was_said(empty_desk: Desk) -> None:
    visitor = empty_desk.open("datasets")
    visitor.file_uploader(key="datasets_files").set_value([("orders.csv", orders(), "text/csv")])
    visitor.text_input(key="datasets_name").input("orders")
    visitor.text_input(key="datasets_new_purpose").input("fulfilment")
    visitor.selectbox(key="datasets_new_basis").select(LegalBasis.CONTRACT)
    visitor.selectbox(key="datasets_new_region").select("DE")
    visitor.button(key="datasets_load").click().run()

    dataset = empty_desk.workspace.dataset("orders")
    assert refusals(visitor) == []
    assert dataset.rows == 1200
    assert dataset.description.purpose == "fulfilment"
    assert (dataset.description.legal_basis, dataset.description.region) == ("contract", "DE")
    assert "1,200 rows and 7 columns are stored as orders." in words(visitor)
    assert acts(empty_desk) == ["dataset.add"]


def test_a_file_given_by_its_path_is_stored(empty_desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "shop.csv").write_bytes(orders())
    visitor = empty_desk.open("datasets")
    visitor.button_group(key="datasets_way").set_value(PLACE).run()
    visitor.text_input(key="datasets_place").input(str(tmp_path / "shop.csv"))
    visitor.text_input(key="datasets_name").input("shop")
    visitor.button(key="datasets_load").click().run()

    assert refusals(visitor) == []
    assert [str(dataset.name) for dataset in empty_desk.workspace.datasets()] == ["shop"]
    assert visitor.selectbox(key="session_dataset").value == "shop"


def test_loading_nothing_is_answered_and_stores_nothing(empty_desk: Desk) -> None:
    visitor = empty_desk.open("datasets")
    visitor.button(key="datasets_load").click().run()

    assert [warning.value for warning in visitor.warning] == ["Choose a file or give a path first."]
    assert acts(empty_desk) == []


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("orders.csv", b'a,b\n1,"Xanthippe', "a broken quotation"),
        ("orders.xlsx", b"Xanthippe is no workbook", "no workbook"),
        ("orders.csv", b"", "an empty file"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(
    empty_desk: Desk, name: str, data: bytes, why: str
) -> None:
    visitor = empty_desk.open("datasets")
    visitor.file_uploader(key="datasets_files").set_value([(name, data, "text/csv")])
    visitor.text_input(key="datasets_name").input("orders")
    visitor.button(key="datasets_load").click().run()

    ((title, sentence),) = refusals(visitor)
    assert title == "Not loaded"
    assert sentence.endswith(".")
    assert "Traceback" not in sentence
    assert "Xanthippe" not in sentence
    assert empty_desk.workspace.datasets() == ()


def test_a_path_that_leads_nowhere_is_refused_in_a_sentence(empty_desk: Desk) -> None:
    visitor = empty_desk.open("datasets")
    visitor.button_group(key="datasets_way").set_value(PLACE).run()
    visitor.text_input(key="datasets_place").input("/nowhere/orders.csv")
    visitor.text_input(key="datasets_name").input("orders")
    visitor.button(key="datasets_load").click().run()

    assert [title for title, _ in refusals(visitor)] == ["Not loaded"]
    assert acts(empty_desk) == []


def test_a_workbook_of_several_sheets_asks_which(empty_desk: Desk, tmp_path: Path) -> None:
    place = tmp_path / "shop.sqlite"
    with closing(sqlite3.connect(place)) as connection:
        connection.executescript("create table left_one(a); create table right_one(a);")
        connection.executescript("insert into right_one values (1), (2);")
    visitor = empty_desk.open("datasets")
    visitor.button_group(key="datasets_way").set_value(PLACE).run()
    visitor.text_input(key="datasets_place").input(str(place))
    visitor.text_input(key="datasets_name").input("orders")
    visitor.button(key="datasets_load").click().run()
    asked = words(visitor)

    visitor.text_input(key="datasets_table").input("right_one")
    visitor.button(key="datasets_load").click().run()

    assert "`left_one`, `right_one`" in asked
    assert empty_desk.workspace.dataset("orders").rows == 2


def test_what_people_know_of_a_dataset_is_recorded(described_desk: Desk) -> None:
    visitor = described_desk.open("datasets")
    visitor.text_input(key="datasets_orders@1_purpose").input("advertising")
    visitor.selectbox(key="datasets_orders@1_basis").select(LegalBasis.CONSENT)
    visitor.number_input(key="datasets_orders@1_months").set_value(12)
    visitor.button(key="datasets_record").click().run()

    said = described_desk.workspace.dataset("orders").description
    assert (said.purpose, said.legal_basis, said.retention_months) == ("advertising", "consent", 12)
    assert said.unit == "customer"
    assert acts(described_desk)[-1] == "dataset.describe"


def test_the_demo_shop_is_built_from_the_first_page(empty_desk: Desk) -> None:
    visitor = empty_desk.open("overview")
    visitor.button(key="overview_demo").click().run()

    names = [str(dataset.name) for dataset in empty_desk.workspace.datasets()]
    assert not visitor.exception
    assert names == ["customers", "orders", "clicks", "reviews"]
    assert [title.value for title in visitor.title] == ["Datasets"], "where the tour begins"
    empty_desk.go(visitor, "overview")
    assert "348,040 rows" in words(visitor)
    assert not [button for button in visitor.button if button.key == "overview_demo"]


# Discovery


def test_discovery_is_run_once_and_shown_from_storage(described_desk: Desk) -> None:
    visitor = described_desk.open("discovery")
    assert "Nobody has looked at this dataset yet." in words(visitor)
    visitor.button(key="discovery_run").click().run()
    visitor.run()

    (table,) = [frame.value for frame in visitor.dataframe]
    assert visitor.button(key="discovery_run").label == "Look again"
    assert table["Column"].tolist()[:2] == ["customer", "email"]
    assert table["Meaning"].tolist()[1] == "e-mail address"
    assert acts(described_desk).count("dataset.discover") == 1


def test_no_value_of_the_data_reaches_the_discovery_page(full_desk: Desk) -> None:
    visitor = full_desk.open("discovery")

    (table,) = [frame.value for frame in visitor.dataframe]
    sent = table.to_csv() + words(visitor)
    assert "p1@shop.example" not in sent
    assert "C00001" not in sent
    assert "•" in sent


def test_a_corrected_label_is_recorded_and_stands(described_desk: Desk) -> None:
    described_desk.workspace.discover("orders")
    visitor = described_desk.open("discovery")
    places = visitor.dataframe[0].value["Column"].tolist()
    store = places.index("store")

    edit(visitor, {store: {"How it points to people": "sensitive"}}, "discovery_record")
    visitor.run()

    found = described_desk.workspace.discovery("orders")
    assert found is not None
    label = found.label("store")
    assert label is not None
    assert label.identifier_class is IdentifierClass.SENSITIVE
    assert label.status is LabelStatus.CORRECTED
    assert [la.column for la in found.labels if la.status is not LabelStatus.PROPOSED] == ["store"]
    assert visitor.dataframe[0].value["Stands"].tolist()[store] == "corrected"
    assert acts(described_desk).count("label.decide") == 1


def test_a_ticked_label_is_confirmed_as_proposed(described_desk: Desk) -> None:
    before = described_desk.workspace.discover("orders").label("email")
    visitor = described_desk.open("discovery")

    edit(visitor, {1: {"Agree": True}}, "discovery_record")

    found = described_desk.workspace.discovery("orders")
    after = found.label("email") if found else None
    assert before is not None
    assert after is not None
    assert after.status is LabelStatus.CONFIRMED
    assert after.semantic_type == before.semantic_type
    assert visitor.dataframe[0].value["Agree"].tolist() == [False] * 7


def test_all_proposals_are_confirmed_at_once(described_desk: Desk) -> None:
    described_desk.workspace.discover("orders")
    visitor = described_desk.open("discovery")
    visitor.checkbox(key="discovery_agree_all").check()
    visitor.button(key="discovery_record").click().run()

    found = described_desk.workspace.discovery("orders")
    assert found is not None
    assert {label.status for label in found.labels} == {LabelStatus.CONFIRMED}


@pytest.mark.parametrize(
    ("column", "is_shown"),
    [("diagnosis", True), ("shoe_size", False)],
    ids=["a special category", "no special category"],
)
def test_laws_have_a_column_only_where_something_falls_under_it(
    empty_desk: Desk, column: str, is_shown: bool
) -> None:
    table = f"person,{column}\n".encode() + b"".join(b"%d,asthma\n" % n for n in range(50))
    empty_desk.workspace.add_files([RawFile(name="t.csv", data=table)], "t")
    empty_desk.workspace.discover("t")

    visitor = empty_desk.open("discovery")

    assert ("Special under" in visitor.dataframe[0].value.columns) is is_shown


# Trade-off


def test_sliding_epsilon_changes_the_margins_and_writes_nothing(full_desk: Desk) -> None:
    before = full_desk.state()
    visitor = full_desk.open("tradeoff")
    wide = visitor.dataframe[0].value["Noise margin ±"]

    visitor.select_slider(key="tradeoff_epsilon").set_value(Decimal(4)).run()
    narrow = visitor.dataframe[0].value["Noise margin ±"]

    assert (narrow < wide / 3).all()
    assert full_desk.state() == before


def test_the_preview_draws_nothing(full_desk: Desk) -> None:
    visitor = full_desk.open("tradeoff")
    seen = visitor.dataframe[0].value, chart_of(visitor, "tradeoff_curve")["data"]

    visitor.run()
    other = full_desk.open("tradeoff")

    for again in (visitor, other):
        assert again.dataframe[0].value.equals(seen[0])
        assert chart_of(again, "tradeoff_curve")["data"] == seen[1]


def test_a_question_that_cannot_be_asked_is_refused_in_a_sentence(full_desk: Desk) -> None:
    visitor = asking(full_desk)
    where = unfold(visitor, "tradeoff_fold_noise").text_input(key="tradeoff_where_orders@1")
    where.input("amount ~ '; drop table'")
    visitor.button(key="tradeoff_show").click().run()

    ((title, sentence),) = refusals(visitor)
    assert title == "Not understood"
    assert sentence.endswith(".")


def test_the_form_and_the_question_in_hand_agree_after_a_walk(full_desk: Desk) -> None:
    visitor = asking(full_desk)
    visitor.multiselect(key="tradeoff_by_orders@1").set_value(["device"])
    visitor.multiselect(key="tradeoff_statistics_orders@1").set_value(["count people"])
    visitor.multiselect(key="tradeoff_columns_orders@1").set_value([])
    visitor.button(key="tradeoff_show").click().run()
    full_desk.go(visitor, "release")
    in_hand = words(visitor)
    unfold(full_desk.go(visitor, "tradeoff"), "tradeoff_question")

    assert "Number of people by device." in in_hand
    assert visitor.multiselect(key="tradeoff_by_orders@1").value == ["device"]
    assert visitor.dataframe[0].value["device"].tolist() == ["desktop", "phone", "tablet"]


def test_each_dataset_is_asked_its_own_question(full_desk: Desk) -> None:
    table = b"person,site\n" + b"".join(b"%d,%s\n" % (i, b"NS"[i % 2 :][:1]) for i in range(900))
    said = Description(unit=ColumnName("person"))
    full_desk.workspace.add_files([RawFile(name="v.csv", data=table)], "visits", said)
    visitor = asking(full_desk)

    visitor.selectbox(key="session_dataset").select("visits").run()

    assert refusals(visitor) == []
    assert visitor.multiselect(key="tradeoff_by_visits@1").value == ["site"]
    assert visitor.dataframe[0].value["site"].tolist() == ["N", "S"]


# Release


def test_releasing_spends_once_and_is_shown_from_storage(full_desk: Desk) -> None:
    (first,) = full_desk.workspace.releases("orders")
    visitor = publish(full_desk)

    newest, oldest = full_desk.workspace.releases("orders")
    assert refusals(visitor) == []
    assert "Published, and stored as it is shown below." in words(visitor)
    assert oldest == first
    assert [purpose for purpose in spent(full_desk) if purpose == newest.id] == [newest.id]
    assert published(visitor) == [value.value for value in newest.values]


def test_a_rerun_or_another_visitor_after_a_release_changes_nothing(full_desk: Desk) -> None:
    visitor = publish(full_desk)
    after = full_desk.state()
    shown = published(visitor)

    visitor.run()
    visitor.run()
    other = full_desk.open("release")

    assert full_desk.state() == after
    assert published(visitor) == published(other) == shown


def test_nothing_is_spent_before_the_question_is_answered(full_desk: Desk) -> None:
    before = full_desk.state()
    visitor = ask(full_desk)

    assert "This spends **ε = 0.5** (δ = 1e-06)" in words(visitor).replace("1e-6", "1e-06")
    assert "it cannot be taken back" in words(visitor)
    assert full_desk.state() == before


def test_the_same_answer_pressed_twice_publishes_once(full_desk: Desk) -> None:
    """A double click sends the answer twice before the dialog is gone."""
    visitor = ask(full_desk)
    visitor.button(key="release_confirm").click()
    states = visitor._tree.get_widget_states()

    visitor._run(states)
    visitor._run(states)

    assert len(full_desk.workspace.releases("orders")) == 2


def test_a_release_over_budget_is_refused_and_stores_nothing(full_desk: Desk) -> None:
    before = full_desk.state()
    visitor = publish(full_desk, "9")

    ((title, sentence),) = refusals(visitor)
    assert title == "Not released"
    assert "asks for ε = 9" in sentence
    assert "is left" in sentence
    assert full_desk.state() == before


@pytest.mark.parametrize("typed", ["much", "-1", "0", "1e400", "nan"])
def test_an_epsilon_that_is_none_is_refused_before_the_question(
    full_desk: Desk, typed: str
) -> None:
    before = full_desk.state()
    visitor = ask(full_desk, typed)

    ((title, sentence),) = refusals(visitor)
    assert title == "Not possible"
    assert sentence.endswith(".")
    assert not [button for button in visitor.button if button.key == "release_confirm"]
    assert full_desk.state() == before


# Federated


def test_a_run_through_the_page_is_stored_with_its_rounds(described_desk: Desk) -> None:
    visitor = described_desk.open("federated")
    visitor.selectbox(key="federated_sites").select("store")
    visitor.slider(key="federated_rounds").set_value(5).run()
    visitor.button(key="federated_start").click().run()
    visitor.run()

    (run,) = described_desk.workspace.federation.runs("orders")
    chart = chart_of(visitor, f"federated_chart_{run.id}")
    assert [done.round for done in run.outcome.rounds] == [1, 2, 3, 4, 5]
    assert run.outcome.baselines is not None
    assert [trace["name"] for trace in chart["data"]] == [
        "Federated",
        "All rows in one place",
        "Each site alone",
    ]
    assert f"Federated {run.outcome.rounds[-1].metric:.3f}" in words(visitor)
    assert acts(described_desk).count("run.finish") == 1


def test_the_price_of_noise_is_shown_before_and_paid_by_the_run(described_desk: Desk) -> None:
    visitor = described_desk.open("federated")
    visitor.slider(key="federated_rounds").set_value(3)
    visitor.toggle(key="federated_noise").set_value(True).run()
    assert "3 rounds like this cost at most ε = " in words(visitor)
    assert spent(described_desk) == []

    visitor.select_slider(key="federated_multiplier").set_value(5.0).run()
    visitor.button(key="federated_start").click().run()

    (run,) = described_desk.workspace.federation.runs("orders")
    assert spent(described_desk) == [run.id]
    assert described_desk.workspace.budget("customers").spent.epsilon > 0


def test_a_run_over_budget_is_refused_in_a_sentence(described_desk: Desk) -> None:
    visitor = described_desk.open("federated")
    visitor.toggle(key="federated_noise").set_value(True).run()
    visitor.select_slider(key="federated_multiplier").set_value(0.5)
    visitor.select_slider(key="federated_fraction").set_value(1.0).run()
    visitor.button(key="federated_start").click().run()

    ((title, sentence),) = refusals(visitor)
    assert title == "Not trained"
    assert "is left" in sentence
    assert described_desk.workspace.federation.runs("orders") == ()
    assert spent(described_desk) == []


# Decisions, trail, reports, organisation


def test_duties_are_checked_and_a_mended_one_raises_the_score(described_desk: Desk) -> None:
    visitor = described_desk.open("decisions")
    visitor.button(key="decisions_check").click().run()
    unmet = visitor.dataframe[0].value["Duty"].tolist()
    described_desk.workspace.discover("orders")
    visitor.button(key="decisions_check").click().run()

    first, second = described_desk.workspace.assessments()
    assert "Every dataset has been looked at" in unmet
    assert [link.page for link in visitor.page_link if link.page != "glossary"]
    assert second.score is not None
    assert first.score is not None
    assert f"{second.score - first.score:+.3g} since the check before" in words(visitor)
    assert acts(described_desk).count("duties.assess") == 2


def test_the_trail_is_whole_and_can_be_taken_away(full_desk: Desk) -> None:
    visitor = full_desk.open("trail")

    entries = full_desk.workspace.verify_trail().entries
    assert f"The trail is whole: all {entries} entries" in words(visitor)
    assert visitor.dataframe[0].value["Entry"].tolist() == list(range(entries, 0, -1))
    assert {b.key for b in visitor.get("download_button")} == {
        *("trail_checkpoint", "trail_export", "trail_prove")
    }


@pytest.mark.in_a_file
def test_a_trail_that_was_tampered_with_is_shown_broken(full_desk: Desk) -> None:
    visitor = full_desk.open("trail")
    with closing(sqlite3.connect(full_desk.home / "records.sqlite")) as forger:
        for (name,) in forger.execute("select name from sqlite_master where type = 'trigger'"):
            forger.execute(f"drop trigger {name}")
        forged = "update trail set body = replace(body, 'release.publish', 'release.preview')"
        assert forger.execute(forged).rowcount > 0
        forger.commit()
    visitor.run()

    ((title, sentence),) = refusals(visitor)
    assert title.startswith("The trail is not whole")
    assert "entry" in sentence.lower()
    assert "is whole:" not in words(visitor)


def test_the_report_is_built_shown_and_offered(described_desk: Desk) -> None:
    described_desk.workspace.set_organisation(Organisation(name="Teal Shop"))
    visitor = described_desk.open("reports")
    visitor.button(key="reports_submit").click().run()
    visitor.run()

    (report,) = described_desk.workspace.reports()
    assert described_desk.workspace.report_pdf(report).startswith(b"%PDF")
    key = f"reports_download_{report.id}"
    keys = [button.key for button in visitor.get("download_button")]
    assert keys == ["reports_take", key, *(f"{key}_{e}" for e in ("html", "docx", "json", "zip"))]
    assert report.sha256 in words(visitor)
    assert acts(described_desk).count("report.build") == 1


def test_the_organisation_is_recorded(empty_desk: Desk) -> None:
    visitor = empty_desk.open("organisation")
    visitor.text_input(key="organisation_name").input("Teal Shop")
    visitor.selectbox(key="organisation_country").set_value("DE")
    visitor.button(key="organisation_record").click().run()

    assert empty_desk.workspace.organisation() == Organisation(name="Teal Shop", country="DE")
    assert acts(empty_desk) == ["organisation.describe"]


# Sessions


def test_what_a_visitor_has_not_stored_is_not_seen_by_another(described_desk: Desk) -> None:
    one = asking(described_desk)
    one.multiselect(key="tradeoff_by_orders@1").set_value(["device"])
    one.button(key="tradeoff_show").click().run()
    described_desk.go(one, "datasets")
    one.file_uploader(key="datasets_files").set_value([("secret.csv", b"a\n1", "text/csv")]).run()
    one.text_input(key="datasets_name").input("secret").run()

    other = described_desk.open("release")
    assert "There is no question in hand." in words(other)
    described_desk.go(other, "datasets")
    assert other.text_input(key="datasets_name").value == ""
    assert other.file_uploader(key="datasets_files").value == []
    assert other.selectbox(key="session_dataset").options == ["orders"]
    described_desk.go(one, "release")
    assert "by device" in words(one)


def test_what_a_visitor_stores_is_seen_by_the_other(described_desk: Desk) -> None:
    other = described_desk.open("discovery")
    one = described_desk.open("discovery")
    one.button(key="discovery_run").click().run()

    other.run()

    assert other.button(key="discovery_run").label == "Look again"


def test_charts_write_numbers_out_and_draw_few_groups_as_bars(full_desk: Desk) -> None:
    visitor = full_desk.open("release")
    (key,) = [c.key for c in visitor.get("plotly_chart") if c.key.startswith("release_chart_")]

    layout = chart_of(visitor, key)["layout"]

    assert layout["yaxis"]["exponentformat"] == "none"
    assert layout["yaxis"]["separatethousands"] is True
    assert layout["bargap"] > 0.5


# Lineage


def places_of(chart: dict[str, Any]) -> list[tuple[str, float, float]]:
    """Each box of the graph with its place."""
    return [
        (name, x, y)
        for trace in chart["data"]
        if trace.get("customdata")
        for name, x, y in zip(trace["text"], trace["x"], trace["y"], strict=True)
    ]


def boxes_of(chart: dict[str, Any]) -> dict[str, str]:
    """Each box of the graph with its sign."""
    return {
        name: trace["marker"]["symbol"]
        for trace in chart["data"]
        if trace.get("customdata")
        for name in trace["text"]
    }


def arrows_of(chart: dict[str, Any]) -> set[tuple[tuple[int, float], tuple[int, float]]]:
    """From which place to which each arrow goes."""
    (line,) = [trace for trace in chart["data"] if trace["mode"] == "lines+markers"]
    points = list(zip(line["x"], line["y"], strict=True))
    return {
        ((round(points[n][0]), points[n][1]), (round(points[n + 1][0]), points[n + 1][1]))
        for n in range(0, len(points), 3)
    }


def test_many_files_of_one_dataset_are_one_step_of_its_lineage(empty_desk: Desk) -> None:
    files = [RawFile(name=f"day-{n:03}.csv", data=b"a,b\n%d,x\n" % n) for n in range(305)]
    empty_desk.workspace.add_files(files, "days")
    visitor = empty_desk.open("lineage")
    chart = chart_of(visitor, "lineage_graph")

    assert visitor.dataframe[0].value["From"].tolist() == ["day-000.csv and 304 more"]
    assert boxes_of(chart) == {"day-000.csv +304": "circle", "days (version 1)": "circle"}
    assert chart["layout"]["height"] < 500


def test_a_report_about_several_datasets_comes_from_each_of_them(full_desk: Desk) -> None:
    desk = full_desk.workspace
    desk.add_files([RawFile(name="v.csv", data=b"a,b\n1,x\n")], "visits")
    desk.build_report(ReportKind.AUDIT)
    visitor = full_desk.open("lineage")
    visitor.toggle(key="lineage_all").set_value(True).run()
    chart = chart_of(visitor, "lineage_graph")

    reports = [(x, y) for name, x, y in places_of(chart) if name == "Audit report"]
    tables = {name: (x, y) for name, x, y in places_of(chart) if name.endswith("(version 1)")}
    ends = arrows_of(chart)
    assert any(
        {(tables["orders (version 1)"], r), (tables["visits (version 1)"], r)} <= ends
        for r in reports
    )
    assert visitor.dataframe[0].value["From"].iloc[0] == "orders (version 1) and 1 more"


# Budgets


def test_an_officer_decides_a_budget_and_the_finding_is_closed(full_desk: Desk) -> None:
    visitor = full_desk.open("budgets")
    before = visitor.dataframe[0].value["Decided"].tolist()
    visitor.number_input(key="budgets_epsilon_customers").set_value(2.5)
    visitor.selectbox(key="budgets_delta_customers").select(Decimal("1e-6"))
    visitor.selectbox(key="budgets_period_customers").select(Period.QUARTER)
    visitor.button(key="budgets_decide").click().run()

    state = full_desk.workspace.budget("customers")
    (row,) = visitor.dataframe[0].value.to_dict("records")
    findings = full_desk.workspace.assess().findings
    assert before == ["no, the default holds"]
    assert (state.total.epsilon, state.total.delta) == (Decimal("2.5"), Decimal("1e-6"))
    assert (row["People"], row["Decided"], row["ε in total"]) == ("customers", "by an officer", 2.5)
    assert (state.period, row["Begins anew"]) == (Period.QUARTER, "every quarter")
    assert acts(full_desk)[-2] == "budget.decide"
    assert "POL-BUDGET-DECIDED" not in [verdict.rule for verdict in findings]


def test_a_budget_below_what_is_spent_is_refused_in_a_sentence(full_desk: Desk) -> None:
    before = full_desk.state()
    visitor = full_desk.open("budgets")
    visitor.number_input(key="budgets_epsilon_customers").set_value(0.01)
    visitor.button(key="budgets_decide").click().run()

    ((title, sentence),) = refusals(visitor)
    assert title == "Not decided"
    assert "more than that is spent already" in sentence
    assert full_desk.state() == before


# Trail


def test_the_trail_tells_its_facts_in_words(full_desk: Desk) -> None:
    visitor = full_desk.open("trail")

    table = visitor.dataframe[0].value.set_index("Act")
    assert table.loc["run.finish", "Facts"].startswith("of 3 · rounds 3 · sites 4 · model ")
    assert "epsilon 0.500000" in table.loc["release.publish", "Facts"]
    assert "{" not in table["Facts"].str.cat()
