"""The overview shows the loop: found, in hand, tested again, scored; and what waits elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from compliance.dataset import RawFile
from compliance.privacy import to_query
from compliance.rules.nouns import Applied, Effect, Remedy, RemedyKind, State, Turn
from compliance.storage import tables
from tests.pages.conftest import Desk, rows_of_tabs, turn_to, unfold, words
from tests.walked_shop import SAID, orders


def stages_of(desk: Desk) -> dict[str, dict[str, object]]:
    visitor = turn_to(desk.open("overview"), "The ten stages")
    (table,) = [frame.value for frame in visitor.dataframe if "Stage" in frame.value]
    rows: dict[str, dict[str, object]] = table.set_index("Stage").to_dict("index")
    return rows


def test_each_stage_says_how_its_duties_stand(full_desk: Desk) -> None:
    latest = full_desk.workspace.assessments()[-1]
    rows = stages_of(full_desk)

    met = sum(str(v.state) == "met" for v in latest.verdicts)
    assert len(rows) == 10
    assert sum(int(str(row["Met"])) for row in rows.values()) == met
    assert rows["3 Labelling and anonymisation"]["Not assessed"] == sum(
        v.stage == 3 and str(v.state) == "not assessed" for v in latest.verdicts
    )


def test_a_mended_finding_shows_in_the_score_of_its_stage(full_desk: Desk) -> None:
    desk = full_desk.workspace
    desk.describe("orders", replace(SAID, purpose="", retention_months=None))
    desk.assess()
    before = stages_of(full_desk)
    desk.describe("orders", SAID)
    desk.assess()
    after = stages_of(full_desk)

    changes = {name: row["Change"] for name, row in after.items()}
    assert any(str(change).startswith("+") for change in changes.values())
    assert len(after["1 Collection"]["Trend"]) > len(before["1 Collection"]["Trend"])  # type: ignore[arg-type]


def test_an_alarm_is_on_the_overview_until_somebody_looked_into_it(full_desk: Desk) -> None:
    desk = full_desk.workspace
    query = to_query({"unit": "customer", "statistics": [{"count": "rows"}]})
    for _ in range(4):
        desk.release("orders", query, Decimal("0.1"))
    (raised,) = desk.governance.watching.look()
    before = words(full_desk.open("overview"))
    desk.governance.watching.acknowledge(raised.alarm.id, "A test of the noise")

    assert "One unusual act in the trail that nobody has looked into" in before
    assert "that nobody has looked into" not in words(full_desk.open("overview"))


def test_a_refreshed_file_is_to_be_decided_on_again(full_desk: Desk) -> None:
    lines = orders().decode().split("\n")
    more = [
        f"{lines[0]},phone",
        *(f"{line},+49 30 {n + 10**6}" for n, line in enumerate(lines[1:])),
    ]
    desk = full_desk.workspace
    desk.add_files([RawFile(name="orders.csv", data="\n".join(more).encode())], "orders")
    before = words(full_desk.open("overview"))
    desk.discover("orders")

    assert "orders: the refreshed file has not been looked at" in before
    assert "orders: confirm what “phone” now holds." in words(full_desk.open("overview"))
    assert "orders: confirm what “phone” now holds." in words(full_desk.open("discovery"))


def test_a_remedy_shows_what_was_predicted_beside_what_came_of_it(full_desk: Desk) -> None:
    turns = tuple(
        Turn(rule=rule, title="", subject="orders", before=State.NOT_MET, after=State.MET)
        for rule in ("A", "B")
    )
    predicted = Effect(turns=turns, score_before=50, score_after=70)
    applied = Applied(
        id="R",
        finding="F",
        remedy=Remedy(
            id="drop",
            kind=RemedyKind.DROP,
            what="Leave out “email”",
            target="orders",
            parameters={},
            asks={},
            predicted=predicted,
            reasons=(),
            can_apply=True,
        ),
        actual=Effect(turns=turns[:1], score_before=50, score_after=65),
        made="orders@2",
        applied_at=datetime(2026, 11, 26, tzinfo=UTC),
        actor="Ada",
    )
    with full_desk.workspace._desk.act("remedy.apply", "F") as act:
        act.store(tables.REMEDIED, applied, finding="F")
    said = words(turn_to(full_desk.open("overview"), "Improvement"))

    assert "**Leave out “email”**" in said
    assert "turned as predicted: 1 of 2. Score predicted 70, found 65." in said


def test_before_duties_were_checked_there_is_no_loop_yet(described_desk: Desk) -> None:
    visitor = described_desk.open("overview")

    (tabs,) = [labels for key, labels in rows_of_tabs(visitor._tree) if key == "overview_more"]
    assert tabs == ["The life cycle", "The ten stages"]
    assert "not checked yet" in words(visitor)


def test_four_questions_are_answered_on_top_with_numbers_and_ways_on(full_desk: Desk) -> None:
    outlook = full_desk.workspace.governance.outlook.now()
    visitor = full_desk.open("overview")

    answers = {metric.label: metric.value for metric in visitor.metric[:4]}
    assert answers == {
        "What is wrong?": f"{outlook.wrong.now} findings",
        "What is due?": "0 overdue",
        "What is left?": f"{100 * outlook.left.now:.1f}\u00a0%",
        "What to do next?": visitor.metric[3].value,
    }
    assert visitor.metric[0].delta.startswith("+1 since")
    labels = [link.proto.label for link in visitor.page_link]
    assert {"See the findings", "See what is due", "See the budgets", "Begin with it"} <= set(
        labels
    )


def test_a_way_on_opens_the_finding_itself(full_desk: Desk) -> None:
    every = full_desk.workspace.governance.mending.findings()
    wanted = every[-1].id
    visitor = full_desk.open("decisions")
    assert visitor.selectbox(key="decisions_finding").value != wanted

    visitor.query_params["finding"] = wanted
    visitor.run()

    assert visitor.selectbox(key="decisions_finding").value == wanted
    assert "finding" not in visitor.query_params


def test_the_trend_has_its_numbers_in_a_table(full_desk: Desk) -> None:
    full_desk.workspace.assess()
    visitor = unfold(full_desk.open("overview"))

    (table,) = [f.value for f in visitor.dataframe if "Budget left" in f.value]
    alts = [chart.proto.alt for chart in visitor.get("plotly_chart")]
    assert len(table) == len(full_desk.workspace.assessments())
    assert any("duties not met from" in alt for alt in alts)
