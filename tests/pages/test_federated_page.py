"""The federated page: every task, protection and look at a run, as an officer would click them."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from compliance.federated.nouns import Run, Split, Task
from compliance.privacy.nouns import NoisePlace, PrivacyUnitKind
from tests.pages.conftest import Desk, chart_of, refusals, turn_to, words


def opened(desk: Desk, dataset: str = "purchases") -> AppTest:
    visitor = desk.open("federated")
    return visitor.selectbox(key="session_dataset").select(dataset).run()


def started(visitor: AppTest, rounds: int = 3) -> AppTest:
    (slider,) = [one for one in visitor.slider if one.key.startswith("federated_rounds")]
    slider.set_value(rounds).run()
    visitor.button(key="federated_start").click().run()
    return visitor.run()


def newest(desk: Desk, dataset: str = "purchases") -> Run:
    return desk.workspace.federation.runs(dataset)[0]


@pytest.mark.parametrize(
    ("task", "extra"),
    [
        (Task.RESPONSE, {}),
        (Task.PROFILE, {"federated_quantity": "pieces"}),
        (Task.FORECAST, {"federated_quantity": "amount"}),
    ],
)
def test_each_task_is_trained_by_its_own_form(
    buying_desk: Desk, task: Task, extra: dict[str, str]
) -> None:
    visitor = opened(buying_desk)
    visitor.selectbox(key="federated_task").select(task).run()
    for key, value in extra.items():
        visitor.selectbox(key=key).select(value).run()
    started(visitor)

    assert refusals(visitor) == []
    run = newest(buying_desk)
    assert run.plan.task is task
    assert len(run.outcome.rounds) == 3
    assert "Without a model" in words(visitor) or run.outcome.baselines is None


def test_sites_can_be_made_up(buying_desk: Desk) -> None:
    visitor = opened(buying_desk)
    visitor.radio(key="federated_split").set_value("Made up, to try it out").run()
    visitor.number_input(key="federated_count").set_value(5).run()
    visitor.selectbox(key="federated_shared").select(Split.DIRICHLET).run()
    started(visitor)

    plan = newest(buying_desk).plan
    assert (plan.split, plan.site_count) == (Split.DIRICHLET, 5)


def test_masked_sums_show_what_the_server_saw(buying_desk: Desk) -> None:
    visitor = opened(buying_desk)
    visitor.toggle(key="federated_secure").set_value(True).run()
    started(visitor)
    run = newest(buying_desk)

    assert len(run.outcome.seen) == len(run.outcome.sites)
    turn_to(visitor, "What left")
    (table,) = [t for t in visitor.dataframe if "First masked numbers" in t.value.columns]
    assert len(table.value) == len(run.outcome.sites)


def test_whom_noise_protects_and_who_adds_it_is_chosen_in_words(buying_desk: Desk) -> None:
    visitor = opened(buying_desk)
    visitor.toggle(key="federated_noise").set_value(True).run()
    visitor.selectbox(key="federated_place").select(NoisePlace.SITE)
    visitor.select_slider(key="federated_multiplier").set_value(3.0).run()
    (told,) = [t.value for t in visitor.dataframe if list(t.value.columns) == ["Unit", "ε", "Why"]]
    started(visitor)

    assert told["Unit"].tolist() == ["one row", "one device", "one person", "one site"]
    assert told["ε"].tolist()[-1] == "–"
    privacy = newest(buying_desk).plan.privacy
    assert privacy is not None
    assert (privacy.unit, privacy.place) == (PrivacyUnitKind.PERSON, NoisePlace.SITE)


def test_what_no_theorem_covers_cannot_be_started(buying_desk: Desk) -> None:
    visitor = opened(buying_desk)
    visitor.toggle(key="federated_noise").set_value(True).run()
    (strategy,) = [s for s in visitor.selectbox if s.key.startswith("federated_strategy")]
    strategy.select("median").run()

    ((title, sentence),) = refusals(visitor)
    assert title == "This plan cannot be run"
    assert "median" in sentence
    assert [b for b in visitor.button if b.key == "federated_start"] == []


def test_a_run_that_the_budget_cannot_pay_in_full_says_where_it_will_end(buying_desk: Desk) -> None:
    visitor = opened(buying_desk)
    visitor.toggle(key="federated_noise").set_value(True).run()
    visitor.select_slider(key="federated_multiplier").set_value(1.0)
    visitor.select_slider(key="federated_fraction").set_value(0.2).run()
    visitor.slider(key="federated_rounds").set_value(200).run()
    assert "end by itself before the round that would break the budget" in words(visitor)
    visitor.button(key="federated_start").click().run()
    visitor.run()

    run = newest(buying_desk)
    assert run.outcome.is_over_budget
    assert f"Ended after {len(run.outcome.rounds)} of 200 rounds" in " ".join(
        warning.value for warning in visitor.warning
    )


def test_settings_are_tried_and_shown_as_a_frontier(buying_desk: Desk) -> None:
    visitor = opened(buying_desk)
    visitor.slider(key="federated_rounds").set_value(2).run()
    visitor.toggle(key="federated_sweep").set_value(True).run()
    visitor.number_input(key="federated_seeds").set_value(2).run()
    visitor.button(key="federated_try").click().run()

    assert refusals(visitor) == []
    (table,) = [t.value for t in visitor.dataframe if "Not beaten" in t.value.columns]
    assert len(table) >= 4
    assert chart_of(visitor, "federated_frontier")["data"]
    assert buying_desk.workspace.federation.runs("purchases") == ()


def test_a_run_is_attacked_on_request_and_shown_from_storage(buying_desk: Desk) -> None:
    visitor = started(opened(buying_desk), rounds=2)
    run = newest(buying_desk)
    turn_to(visitor, "Attacks").button(key=f"federated_attack_{run.id}").click().run()

    assert refusals(visitor) == []
    (siege,) = buying_desk.workspace.federation.attacks("purchases")
    assert siege.run_id == run.id
    assert "sites of this run send something from which a row can be read" in words(visitor)
    again = buying_desk.open("federated")
    again.selectbox(key="session_dataset").select("purchases").run()
    assert chart_of(turn_to(again, "Attacks"), f"federated_member_{siege.id}")["data"]
    assert len(buying_desk.workspace.federation.attacks("purchases")) == 1


def test_sites_are_shown_with_the_worst_and_who_gains(buying_desk: Desk) -> None:
    visitor = started(opened(buying_desk))
    run = newest(buying_desk)

    turn_to(visitor, "Sites")
    assert "Worst tenth" in words(visitor)
    assert "Gain against alone" in words(visitor)
    assert chart_of(visitor, f"federated_evenly_{run.id}")["data"]
    turn_to(visitor, "What left")
    assert "no row could be read off" in " ".join(s.value for s in visitor.success) or any(
        "could be read off" in warning.value for warning in visitor.warning
    )


def test_the_report_on_a_run_is_built_beside_it(buying_desk: Desk) -> None:
    visitor = started(opened(buying_desk))
    run = newest(buying_desk)
    visitor.button(key=f"federated_report_{run.id}").click().run()

    assert refusals(visitor) == []
    (report,) = buying_desk.workspace.reports()
    assert report.kind == "federated"
