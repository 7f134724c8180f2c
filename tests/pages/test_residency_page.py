"""Residency: the map and its words, verdicts, counters, a check that writes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import plotly.graph_objects as go
from streamlit.testing.v1 import AppTest

from compliance.countries import COUNTRIES
from compliance.rules.nouns import Answer, Counter
from compliance.rules.residency import world
from pages.parts.figures import residency as drawing
from tests.pages.conftest import Desk, chart_of, refusals, unfold, words

ARCS = [
    drawing.Arc(origin="DE", destination="IN", answer=answer, says=str(answer)) for answer in Answer
]
BUBBLES = [drawing.Bubble(country="DE", copies=2, says="Germany")]


def moved(desk: Desk, destination: str = "IN", **values: object) -> None:
    """A transfer of orders on record."""
    asked = {"datasets": ["orders"], "destination": destination, **values}
    desk.workspace.governance.register.record("transfer", f"to {destination}", asked)


def ask(visitor: AppTest, country: str) -> AppTest:
    """Check a movement of orders to a country."""
    visitor.multiselect(key="residency_datasets").set_value(["orders"])
    visitor.selectbox(key="residency_destination").set_value(country)
    return visitor.button(key="residency_submit").click().run()


def mapped(bubbles: list[drawing.Bubble], arcs: list[drawing.Arc]) -> go.Figure:
    """The map, as Plotly reads it."""
    return go.Figure(drawing.where(bubbles, arcs).to_dict())


def alt_of(visitor: AppTest, key: str) -> str:
    (chart,) = [chart for chart in visitor.get("plotly_chart") if chart.key == key]
    return str(chart.proto.alt)


def test_every_country_has_a_point_on_the_map() -> None:
    assert world().points.keys() == COUNTRIES
    assert all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in world().points.values())
    assert world().outlines.keys() <= COUNTRIES


def test_no_outline_leaps_over_the_map() -> None:
    """Where the day changes a ring is cut, so that no line runs back across the whole world."""
    for rings in world().outlines.values():
        for ring in rings:
            longitudes = [x for x, _ in ring]
            assert max(longitudes) - min(longitudes) < 200


def test_each_answer_has_a_line_and_a_sign_of_its_own() -> None:
    figure = mapped(BUBBLES, ARCS)

    lines = {
        t.name: (t.line.dash, t.marker.symbol) for t in figure.data if t.legendgroup and t.name
    }
    assert len(lines) == len(set(lines.values())) == len(Answer)


def test_there_and_back_do_not_lie_on_each_other() -> None:
    back = drawing.Arc(origin="IN", destination="DE", answer=Answer.NEEDS, says="")
    figure = mapped([], [ARCS[2], back])

    (line,) = [trace for trace in figure.data if trace.name == str(Answer.NEEDS)]
    middle = len(line.y) // 4
    assert line.y[middle] != line.y[len(line.y) // 2 + middle]


def test_the_map_asks_no_network() -> None:
    figure = mapped(BUBBLES, ARCS)

    assert {trace.type for trace in figure.data} == {"scatter"}


def test_a_country_without_a_point_is_left_out_of_the_map() -> None:
    lost = drawing.Arc(origin="", destination="IN", answer=Answer.UNKNOWN, says="")
    figure = mapped([drawing.Bubble(country="XX", copies=1, says="")], [lost])

    assert {trace.name for trace in figure.data if trace.name} == set()


def test_counters_are_marked_at_eighty_percent() -> None:
    counter = Counter(
        law="CN_PIPL", name="people", count=85, is_exact=True, limit=100, then="x", share=0.85
    )

    figure = drawing.counters([counter], {"people": "people"})

    assert [shape.x0 for shape in figure.layout.shapes] == [80, 100]
    assert list(figure.data[0].x) == [85.0]


def test_what_the_map_shows_stands_in_words_and_in_a_table(full_desk: Desk) -> None:
    moved(full_desk)

    visitor = unfold(full_desk.open("residency"))

    assert alt_of(visitor, "residency_map") == (
        "Copies by country: Germany 1. Movements: Germany → India: needs a safeguard."
    )
    tables = {frame.proto.alt for frame in visitor.dataframe}
    assert len(tables) == 2
    figure: dict[str, Any] = chart_of(visitor, "residency_map")
    assert "copies" in {trace.get("name") for trace in figure["data"]}


def test_a_movement_says_answer_law_article_and_what_is_missing(full_desk: Desk) -> None:
    moved(full_desk)

    said = words(full_desk.open("residency"))

    assert "Germany → India" in said
    assert (
        ":orange-badge[:material/assignment_late: needs a safeguard] **GDPR** Arts 44, 46" in said
    )
    assert "Missing: one of: Standard contractual clauses" in said


def test_datasets_without_a_place_lead_to_where_it_is_recorded(full_desk: Desk) -> None:
    said = full_desk.workspace.dataset("orders").description
    full_desk.workspace.describe("orders", replace(said, region=""))

    visitor = full_desk.open("residency")

    assert "orders" in visitor.warning[0].value
    assert "datasets" in [link.page for link in visitor.page_link]


def test_a_check_shows_each_way_and_writes_nothing(full_desk: Desk) -> None:
    visitor, before = full_desk.open("residency"), full_desk.state()

    ask(visitor, "IN")

    said = words(visitor)
    assert refusals(visitor) == []
    for way in ("The rows as they are", "An anonymised output", "Statistics with noise"):
        assert way in said
    assert "Its anonymity was measured" in said
    assert visitor.button(key="residency_record").disabled
    assert full_desk.state() == before


def test_what_is_said_besides_turns_the_answer(full_desk: Desk) -> None:
    visitor = ask(full_desk.open("residency"), "US")
    assert visitor.button(key="residency_record").disabled

    visitor.selectbox(key="residency_fact_dpf_status").set_value("active")
    visitor.button(key="residency_again").click().run()
    assert "when the list was last looked at" in words(visitor)

    day = full_desk.workspace.entries()[0].at.date()
    visitor.date_input(key="residency_fact_dpf_listing_checked_at").set_value(day)
    visitor.button(key="residency_again").click().run()
    assert not visitor.button(key="residency_record").disabled


def test_a_movement_that_may_go_can_be_recorded(full_desk: Desk) -> None:
    visitor = ask(full_desk.open("residency"), "CH")

    visitor.button(key="residency_record").click().run()

    assert [
        record.id for record in full_desk.workspace.governance.register.records("transfer")
    ] == ["orders to CH"]
    assert "Recorded as" in words(visitor)


def test_a_check_without_a_country_says_what_is_missing(full_desk: Desk) -> None:
    visitor = full_desk.open("residency")

    visitor.button(key="residency_submit").click().run()

    assert "Choose at least one dataset and a country" in words(visitor)


def test_a_federated_run_that_a_law_does_not_let_go_needs_somebody_who_accepts_it(
    full_desk: Desk,
) -> None:
    said = full_desk.workspace.dataset("orders").description
    full_desk.workspace.describe("orders", replace(said, region="IN"))
    visitor, before = full_desk.open("federated"), full_desk.state()
    visitor.selectbox(key="federated_sites").select("country").run()

    visitor.button(key="federated_start").click().run()

    assert [title for title, _ in refusals(visitor)] == ["Not trained"]
    assert full_desk.state() == before

    visitor.checkbox(key="federated_accept").check().run()
    visitor.button(key="federated_start").click().run()
    visitor.run()
    assert len(full_desk.workspace.federation.runs("orders")) == 2
    checks = [e for e in full_desk.workspace.entries() if e.act == "movement.check"]
    assert [entry.facts["is_accepted"] for entry in checks] == [True]
