"""The Lineage page: what was made from what, where personal data went, and the way to evidence."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from compliance.dataset import RawFile
from compliance.privacy import to_query
from compliance.report.nouns import ReportKind
from tests.anonymised_people import ended, people, plan
from tests.openlineage_events import SAFE, dataset, event, field, take
from tests.pages.conftest import Desk, chart_of, words


@pytest.fixture
def traced(empty_desk: Desk) -> Desk:
    """People anonymised and reported on, and a table that came back from another system."""
    desk = empty_desk.workspace
    desk.add_files([RawFile(name="people.csv", data=people())], "people")
    desk.add_files([RawFile(name="m.csv", data=b"who,n\na@b.example,1\n")], "mart")
    desk.discover("people")
    ended(desk.anonymisation.anonymise("people", plan(columns=SAFE), {}, "anon"))
    desk.build_report(ReportKind.AUDIT)
    back = event(dataset("mart", (), {"who": [field("crm", "email", masking=True)]}))
    take(desk, back, **{"postgres://shop/crm": "people", "postgres://shop/mart": "mart"})
    return empty_desk


def signs(chart: dict[str, Any]) -> dict[str, str]:
    """Each box of a graph with its sign."""
    return {
        name: trace["marker"]["symbol"]
        for trace in chart["data"]
        if trace.get("customdata")
        for name in trace["text"]
    }


def table(visitor: AppTest, alt: str) -> pd.DataFrame:
    """The table whose words for screen readers begin so."""
    (found,) = [one for one in visitor.dataframe if one.proto.alt.startswith(alt)]
    return found.value


def test_names_of_the_last_column_stand_beside_their_signs_in_lines_that_fit(
    full_desk: Desk,
) -> None:
    query = {"unit": "customer", "by": ["country", "device"], "statistics": [{"count": "rows"}]}
    full_desk.workspace.release("orders", to_query(query), Decimal("0.5"), Decimal("1e-6"))
    chart = chart_of(full_desk.open("lineage"), "lineage_graph")

    places = {
        name: (x, place)
        for trace in chart["data"]
        if trace.get("customdata")
        for name, x, place in zip(trace["text"], trace["x"], trace["textposition"], strict=True)
    }
    last = max(x for x, _place in places.values())
    assert places["number of rows by<br>country, device"] == (last, "middle right")
    assert {place for x, place in places.values() if x == last} == {"middle right"}
    assert places["orders.csv"] == (0, "bottom center")
    assert chart["layout"]["margin"]["r"] > 20 * 7  # the width of the longest line


def test_colour_and_sign_tell_where_personal_data_are_stopped_and_lost(traced: Desk) -> None:
    visitor = traced.open("lineage")
    visitor.toggle(key="lineage_all").set_value(True).run()

    found = signs(chart_of(visitor, "lineage_graph"))
    assert found["people (version 1)"] == found["people.csv"] == "diamond"
    assert found["anon (version 1)"] == "square"
    assert found["mart (version 1)"] == "x"
    (graph,) = [c for c in visitor.get("plotly_chart") if c.key == "lineage_graph"]
    assert "1\u00a0lost without evidence" in graph.proto.alt
    assert "2 columns are not taken for personal data" in words(visitor)
    assert "decisions" in [link.page for link in visitor.page_link]


def test_only_what_touches_personal_data_and_no_reports(traced: Desk) -> None:
    visitor = traced.open("lineage")
    visitor.toggle(key="lineage_all").set_value(True).run()
    visitor.toggle(key="lineage_personal").set_value(True).run()

    assert "Audit report" not in signs(chart_of(visitor, "lineage_graph"))
    visitor.toggle(key="lineage_personal").set_value(False).run()
    visitor.multiselect(key="lineage_left_out").set_value(["dataset", "labels"]).run()
    assert set(signs(chart_of(visitor, "lineage_graph"))) == {
        "people.csv +1", "Audit report"
    }  # fmt: skip


def test_a_chosen_thing_tells_step_who_code_entry_and_tags(traced: Desk) -> None:
    visitor = traced.open("lineage")
    visitor.toggle(key="lineage_all").set_value(True).run()
    visitor.selectbox(key="lineage_thing").set_value("dataset:anon@1").run()

    told = table(visitor, "The step that made it")
    said = dict(zip(told["What"], told["As recorded"], strict=True))
    assert (said["Step"], said["Made from"]) == ("anonymised", "people (version 1)")
    assert said["Who"] == "local officer"
    assert "+" in said["Code"]
    assert said["Entry of the trail"].isdigit()
    assert {"■ stopped by evidence"} == set(table(visitor, "Columns with how")["Personal data"])


def test_a_column_goes_back_to_its_file_and_onward_with_masking(traced: Desk) -> None:
    visitor = traced.open("lineage")
    visitor.toggle(key="lineage_all").set_value(True).run()
    visitor.radio(key="lineage_view").set_value("One column").run()
    visitor.selectbox(key="lineage_column_of").set_value("dataset:people@1").run()
    visitor.selectbox(key="lineage_column").set_value("email").run()

    back = table(visitor, "Each step from the column to its files")
    assert back["From"].tolist() == ["people.csv · email"]
    onward = table(visitor, "Each step from the column to what was made")
    back = onward[onward["To"] == "mart (version 1) · who"].iloc[0]
    assert back["Transformation"] == "directly · masking"
    assert back["Personal data"] == "✗ lost without evidence"
    assert signs(chart_of(visitor, "lineage_column_graph"))["mart (version 1) · who"] == "x"


def test_evidence_leads_to_the_files_that_it_stands_on(traced: Desk) -> None:
    traced.workspace.assess()
    visitor = traced.open("lineage")
    visitor.radio(key="lineage_view").set_value("Evidence").run()
    choices = visitor.selectbox(key="lineage_evidence").options
    (report,) = [choice for choice in choices if choice.startswith("report")]
    visitor.selectbox(key="lineage_evidence").set_value(report).run()

    way = table(visitor, "Each step from the evidence")
    assert {"people.csv", "m.csv"} <= set(way["From"])
    verdicts = [choice for choice in choices if choice.startswith("POL-TAGS: mart")]
    visitor.selectbox(key="lineage_evidence").set_value(verdicts[0]).run()
    way = table(visitor, "Each step from the evidence")
    assert "people.csv" in set(way["From"])


def test_on_an_earlier_day_there_was_nothing(traced: Desk) -> None:
    visitor = traced.open("lineage")
    today = visitor.date_input(key="lineage_day").value
    visitor.date_input(key="lineage_day").set_value(today - timedelta(days=1)).run()

    assert "Nothing is left to show" in words(visitor)
    assert not visitor.exception


def test_many_versions_are_put_together_until_somebody_wants_them_apart(empty_desk: Desk) -> None:
    desk = empty_desk.workspace
    for n in range(25):
        desk.add_files([RawFile(name=f"d{n}.csv", data=b"a,b\n%d,x\n" % n)], "days")
    visitor = empty_desk.open("lineage")
    visitor.toggle(key="lineage_all").set_value(True).run()

    assert set(signs(chart_of(visitor, "lineage_graph"))) == {
        "d0.csv +24", "days (version 1) +24"
    }  # fmt: skip
    visitor.toggle(key="lineage_joined").set_value(False).run()
    assert len(signs(chart_of(visitor, "lineage_graph"))) == 50
