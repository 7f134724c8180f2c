"""The tour, the five steps and presenting, as whoever clicks sees them."""

from __future__ import annotations

import json
import re
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from streamlit.testing.v1 import AppTest

from compliance.access import may, permissions
from compliance.access.nouns import Actor, Role
from compliance.dataset import RawFile
from compliance.dataset.nouns import ColumnName, Dataset
from compliance.register.nouns import Organisation
from compliance.workspace import Workspace
from compliance.workspace.anonymising.making import Step
from compliance.workspace.data import shops
from pages.parts.guiding import stories
from pages.parts.guiding.touring import Tour
from pages.parts.navigation import PAGES
from tests.pages.conftest import PATIENCE_S, ROOT, Desk, words
from tests.pages.test_roles import put_in_hands
from tests.walked_shop import SAID, orders

OFFICER, CONTACT = "Dr. Canary Officer", "canary@officer.example"
PEOPLE = [f"Canary{n:02d} Person" for n in range(40)]
MAILS = [f"canary{n:02d}@people.example" for n in range(40)]


def small_demo(shop: Workspace) -> tuple[Dataset, ...]:
    """The demo shop, but built in a moment."""
    rows = [
        f"C{n:02d},{PEOPLE[n]},{MAILS[n]},{('DE', 'FR')[n % 2]},{18 + n}"
        for n in range(len(PEOPLE))
    ]
    people = "\n".join(["customer_id,full_name,email,country,age", *rows]).encode()
    shop.set_organisation(
        Organisation(name=shops.COMPANY, officer=OFFICER, contact=CONTACT, country="DE")
    )
    return tuple(
        shop.add_files(
            [RawFile(name=f"{name}.csv", data=people + f"\nC99,,,DE,{age}".encode())],
            name,
            replace(SAID, unit=ColumnName("customer_id")),
        )
        for age, name in enumerate(sorted(shops.TABLES), 20)
    )


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> None:
    def built(shop: Workspace) -> Generator[Step, None, tuple[Dataset, ...]]:
        yield Step(doing="Reading and cleaning tables", share=0.5)
        return small_demo(shop)

    monkeypatch.setattr(Workspace, "building_demo", built)


def begin(**parameters: str) -> AppTest:
    visitor = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE_S)
    for name, value in parameters.items():
        visitor.query_params[name] = value
    visitor.run()
    assert not visitor.exception
    return visitor


def keys(visitor: AppTest) -> set[str]:
    return {str(button.key) for button in visitor.button if str(button.key).startswith("guide_")}


def sent(visitor: AppTest) -> str:
    """All that a page sends to the browser, tables by their values."""
    frames = [frame.value.to_csv() for frame in visitor.dataframe]
    nodes = [str(node.proto) for node in visitor._tree if hasattr(node, "proto")]
    return json.dumps([*nodes, *frames], ensure_ascii=False)


# ---------------------------------------------------------------- the story


def test_every_stop_asks_for_what_the_trail_can_tell_and_the_page_offers() -> None:
    whole = stories.story(lambda _: True)
    shown = yaml.safe_load((ROOT / "pages/parts/guiding/stories.yaml").read_text("utf-8"))
    catalogue = (ROOT / "compliance/i18n/zh/pages.po").read_text("utf-8")

    assert 8 <= len(whole) == len({stop.page for stop in whole})
    assert {act for stop in whole for act in stop.done} <= set(permissions())
    assert set(shown["needs"]) == set(shops.TABLES)
    for stop in whole:
        for named in set(re.findall(r"\*\*(.+?)\*\*", stop.task)) - shops.TABLES - {"Anonymise"}:
            assert f'msgid "{named}' in catalogue, (stop.page, named)


@pytest.mark.parametrize("role", Role)
def test_a_story_has_only_what_a_role_may_do(role: Role) -> None:
    mine = Actor(name="", roles=frozenset({role}))
    story = stories.story(lambda right: may(mine, right))

    pages = [stop.page for stop in story]
    assert ("anonymise" in pages) == (role in (Role.ANALYST, Role.OFFICER))
    assert ("requests" in pages) == (role is Role.OFFICER)
    assert ("trail" in pages) is True


# ---------------------------------------------------------------- the tour


def test_the_tour_begins_with_the_demo_and_goes_on_after_the_browser_was_closed(
    empty_desk: Desk, demo: None
) -> None:
    visitor = begin()
    visitor.button(key="overview_demo").click().run()
    first = [title.value for title in visitor.title], words(visitor)
    visitor.button(key="guide_next").click().run()
    empty_desk.go(visitor, "discovery")
    before = words(visitor)
    visitor.button(key="discovery_run").click().run()
    after = words(visitor)
    empty_desk.go(visitor, "budgets")
    elsewhere = keys(visitor)
    empty_desk.go(visitor, "discovery")
    visitor.button(key="guide_leave").click().run()
    left = keys(visitor)
    later = begin()
    offered = keys(later)
    later.button(key="guide_go_on").click().run()

    assert first[0] == ["Datasets"]
    assert "Stop 1 of 11" in first[1]
    assert "Stop 2 of 11" in before
    assert ("to be done" in before, "to be done" in after) == (True, False)
    assert elsewhere == {"guide_back_to_tour"}
    assert left == set()
    assert offered == {"guide_go_on", "guide_begin"}
    assert [title.value for title in later.title] == ["Discovery"]
    assert empty_desk.workspace.guiding.kept()["tour"].startswith("discovery ")


def test_a_stop_chooses_the_dataset_that_its_task_names(empty_desk: Desk, demo: None) -> None:
    empty_desk.workspace.build_demo()
    for stop in stories.story(lambda _: True):
        named = set(re.findall(r"\*\*(.+?)\*\*", stop.task)) & shops.TABLES
        assert named <= {stop.dataset} or stop.page == "residency"  # chosen in its form

    empty_desk.workspace.guiding.keep("tour", str(Tour(page="tradeoff", since=0)))
    visitor = empty_desk.open("tradeoff")
    assert visitor.selectbox(key="session_dataset").value == "orders"

    empty_desk.workspace.guiding.keep("tour", str(Tour(page="discovery", since=0)))
    visitor = empty_desk.open("overview")
    visitor.button(key="guide_back_to_tour").click().run()
    assert visitor.session_state["session_dataset"] == "customers"


def test_the_tour_ends_at_its_last_stop_and_can_begin_anew(empty_desk: Desk, demo: None) -> None:
    workspace = empty_desk.workspace
    workspace.build_demo()
    workspace.guiding.keep("tour", str(Tour(page="reports", since=0)))
    visitor = empty_desk.open("reports")
    visitor.button(key="guide_finish").click().run()
    over = workspace.guiding.kept()["tour"]

    again = begin()
    offered = keys(again)
    again.button(key="guide_begin").click().run()

    assert over == " 0 off"
    assert offered == {"guide_begin"}
    entries = workspace.guiding.entries()
    assert workspace.guiding.kept()["tour"] == f"datasets {entries} on"


def test_a_tour_is_ones_own(empty_desk: Desk, demo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    empty_desk.workspace.build_demo()
    empty_desk.workspace.guiding.keep("tour", "discovery 0 on")
    put_in_hands(monkeypatch, Role.AUDITOR)

    visitor = begin()

    assert "Stop" not in words(visitor)
    assert keys(visitor) == {"guide_begin"}


def test_what_was_kept_by_another_version_is_as_if_it_were_not(
    empty_desk: Desk, demo: None
) -> None:
    empty_desk.workspace.build_demo()
    empty_desk.workspace.guiding.keep("tour", "{}")

    assert keys(begin()) == {"guide_begin"}


# ---------------------------------------------------------------- five steps


def test_the_first_report_is_five_steps_away(empty_desk: Desk) -> None:
    choice = words(begin())
    load = words(empty_desk.open("datasets"))

    assert "5. **Report**" in choice
    assert "step 1 of 5" in load


def test_a_step_leads_to_its_page_with_the_dataset_in_hand(described_desk: Desk) -> None:
    workspace = described_desk.workspace
    workspace.add_files([RawFile(name="b.csv", data=orders() + b"\nX,,DE,1,,S1,no")], "a b", SAID)
    visitor = begin()
    said = words(visitor)
    visitor.button(key="guide_step_3_discovery").click().run()

    assert "step 3 of 5" in said
    assert [title.value for title in visitor.title] == ["Discovery"]
    assert visitor.selectbox(key="session_dataset").value == "a b"
    assert keys(visitor) == set(), "the step is done on this page"


def test_a_desk_with_a_report_has_no_steps(full_desk: Desk) -> None:
    assert "of 5" not in words(begin())


# ---------------------------------------------------------------- presenting


def test_an_audience_sees_the_demo_and_nothing_of_anybody(full_desk: Desk, demo: None) -> None:
    workspace = full_desk.workspace
    workspace.access.accounts.keep("Canary Root", "root@canary.example", [Role.ADMINISTRATOR])
    before = full_desk.state()
    visitor = begin(present="1")
    seen = ""
    for row in PAGES:
        full_desk.go(visitor, row.name)
        seen += sent(visitor)
        if row.name == "discovery":
            visitor.button(key="discovery_run").click().run()
            seen += sent(visitor)
    real = ("Teal Shop", "A. Officer", "shop.example", "Canary Root", "root@canary.example")

    assert not [canary for canary in (*PEOPLE, *MAILS, OFFICER, CONTACT, *real) if canary in seen]
    assert workspace.settings.actor not in seen
    assert str(full_desk.home) not in seen
    assert "•••" in seen
    assert "What to say" in seen
    assert full_desk.state()[:-1] == before[:-1], "nothing happened in the workspace itself"
    assert "presenter" in seen, "the trail names nobody else"


def test_the_type_is_larger_only_while_presenting(empty_desk: Desk, demo: None) -> None:
    visitor = begin(present="1")
    larger = [html.proto.body for html in visitor.get("html")]
    visitor.toggle(key="session_presenting").set_value(False).run()

    assert "font-size" in larger[0]
    assert [html.proto.body for html in visitor.get("html")] == []
    assert "Load your own data" in words(visitor), "the workspace itself is empty"
    assert "present" not in visitor.query_params


def test_a_reset_brings_the_demo_back_as_it_was_first_opened(empty_desk: Desk, demo: None) -> None:
    visitor = begin(present="1")
    empty_desk.go(visitor, "discovery")
    visitor.button(key="discovery_run").click().run()
    looked_at = "Evidence in words" in words(visitor)
    visitor.button(key="guide_reset").click().run()
    top = [title.value for title in visitor.title]
    empty_desk.go(visitor, "discovery")

    assert looked_at
    assert top == ["Overview"]
    assert "Nobody has looked at this dataset yet." in words(visitor)
    assert not list(Path(empty_desk.home / "datasets").iterdir())
