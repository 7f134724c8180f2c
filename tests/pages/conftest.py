"""Pages are opened as a visitor opens them: through `app.py`, on a workspace of their own."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.proto.Block_pb2 import Block
from streamlit.testing.v1 import AppTest

from compliance.access.nouns import Caller
from compliance.dataset import RawFile
from compliance.settings import Settings
from compliance.workspace import Workspace
from pages.parts import visiting
from pages.parts.navigation import PAGES, PageRow
from tests.buying_shop import fill
from tests.kept import copied, once
from tests.walked_shop import SAID, orders, walk

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_S = 60  # how long one run of a page may take before the test gives up
ROWS = {row.name: row for row in PAGES}
FOLDED = re.compile(r"^\$\$ID-[0-9a-f]+-(\w+)$")  # the key of what tells whether it is open


@dataclass(frozen=True, slots=True)
class Desk:
    """A workspace, and visitors who open pages on it."""

    home: Path

    @property
    def workspace(self) -> Workspace:
        """The same records, seen past the pages."""
        return Workspace(Settings.from_environment({}, home=self.home))

    def open(self, name: str) -> AppTest:
        """A new visitor on page `name`, as by its address."""
        return self.go(AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE_S), name)

    def go(self, visitor: AppTest, name: str) -> AppTest:
        """The visitor walks on to page `name`, and is really there."""
        row: PageRow = ROWS[name]
        visitor.switch_page(row.path).run()
        assert [title.value for title in visitor.title] == [row.title]
        assert not visitor.exception
        return visitor

    def state(self) -> tuple[object, ...]:
        """Everything that a page could write: the trail, the ledgers, what is stored."""
        desk = self.workspace
        names = [str(dataset.name) for dataset in desk.datasets()]
        return (
            desk.verify_trail(),
            [desk.budget(dataset.population) for dataset in desk.datasets()],
            [
                (desk.discovery(name), desk.releases(name), desk.federation.runs(name))
                for name in names
            ],
            desk.assessments(),
            desk.reports(),
            sorted(path.name for path in self.home.rglob("*") if path.is_file()),
        )


@pytest.fixture(scope="session", autouse=True)
def _components_are_looked_for_once() -> None:
    """Streamlit's tests look through all that is installed for each visitor anew."""
    manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


def words(visitor: AppTest) -> str:
    """All that a page says outside its widgets, as one text."""
    elements = [*visitor.header, *visitor.markdown, *visitor.error, *visitor.success]
    metrics = [f"{metric.label} {metric.value} {metric.delta}" for metric in visitor.metric]
    elements += [*visitor.warning, *visitor.info]
    return "\n".join([element.value for element in elements] + metrics)


def refusals(visitor: AppTest) -> list[tuple[str, str]]:
    """The refusals on a page, each with its title; a traceback would be an exception instead."""
    assert not visitor.exception
    return [(error.proto.title, error.value) for error in visitor.error]


def unfold(visitor: AppTest, *keys: str) -> AppTest:
    """Open what is drawn only while it is open: what `keys` name, or all of the page."""
    ids = (FOLDED.match(frame.id) for frame in _frames(visitor._tree))
    for key in keys or [found[1] for found in ids if found]:
        visitor.session_state[key] = True
    return visitor.run()


def asking(desk: Desk) -> AppTest:
    """Trade-off, with the form for the question open."""
    return unfold(desk.open("tradeoff"), "tradeoff_question")


def turn_to(visitor: AppTest, label: str) -> AppTest:
    """Turn to the tab with that label, which may be the only one that is drawn then."""
    key = next(key for key, labels in rows_of_tabs(visitor._tree) if label in labels)
    visitor.session_state[key] = label
    return visitor.run()


def turned(visitor: AppTest) -> Iterator[AppTest]:
    """The page as it is, and with each of its tabs turned to."""
    yield visitor
    for _key, labels in list(rows_of_tabs(visitor._tree)):
        for label in labels:
            yield turn_to(visitor, label)


def rows_of_tabs(node: Any) -> Iterator[tuple[str, list[str]]]:
    """The key of each row of tabs that tell which one is open, with their labels."""
    for child in node.children.values():
        block = getattr(child, "proto", None)
        if isinstance(block, Block) and (found := FOLDED.match(block.tab_container.id)):
            yield found[1], [tab.label for tab in child.children.values()]
        if hasattr(child, "children"):
            yield from rows_of_tabs(child)


def _frames(node: Any) -> Iterator[Block.Popover | Block.Expandable]:
    for child in node.children.values():
        proto = getattr(child, "proto", None)
        for one in (proto, getattr(proto, "popover", None), getattr(proto, "expandable", None)):
            if isinstance(one, Block.Popover | Block.Expandable):
                yield one
        if hasattr(child, "children"):
            yield from _frames(child)


def edit(visitor: AppTest, rows: dict[int, dict[str, object]], submit: str) -> AppTest:
    """Change cells of the page's data editor and press `submit`.

    AppTest can only read a data editor, so its state is sent here as the browser sends it.
    """
    (editor,) = visitor.get("data_editor")
    visitor.button(key=submit).click()
    states = visitor._tree.get_widget_states()
    state = states.widgets.add()
    state.id = editor.proto.id
    state.string_value = json.dumps({"edited_rows": rows, "added_rows": [], "deleted_rows": []})
    return visitor._run(states)


def chart_of(visitor: AppTest, key: str) -> dict[str, Any]:
    """The Plotly figure with this key, as sent to the browser."""
    (chart,) = [chart for chart in visitor.get("plotly_chart") if chart.key == key]
    figure: dict[str, Any] = json.loads(chart.proto.spec)
    return figure


@pytest.fixture(autouse=True)
def at_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest has no browser; its visitors sit at the server's own machine."""
    near = Caller(address="127.0.0.1", listens_on="127.0.0.1")
    monkeypatch.setattr(visiting, "caller", lambda: near)


@pytest.fixture(autouse=True)
def main_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit puts the app in the place of `__main__`, which processes begun later would run."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture(scope="session")
def walked() -> Path:
    """A workspace folder in which the whole job was done once; copied, never used itself."""
    return once(walk)


@pytest.fixture
def empty_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The desk as it is found first: nothing in it."""
    yield from _opened(tmp_path / "empty", monkeypatch)


@pytest.fixture
def full_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, walked: Path) -> Iterator[Desk]:
    """The desk with something in every corner."""
    shutil.copytree(walked, tmp_path / "full")
    yield from _opened(tmp_path / "full", monkeypatch)


@pytest.fixture
def described_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The desk with one described dataset, and nothing done with it yet."""
    yield from _opened(copied(tmp_path / "described", _describe), monkeypatch)


def _describe(home: Path) -> None:
    desk = Workspace(Settings.from_environment({}, home=home))
    desk.add_files([RawFile(name="orders.csv", data=orders())], "orders", SAID)


@pytest.fixture(scope="session")
def filled() -> Path:
    """A workspace folder with two tables about the same people; copied, never used itself."""
    return once(fill)


@pytest.fixture
def buying_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, filled: Path) -> Iterator[Desk]:
    """The desk with purchases and accounts, about which nothing was published yet."""
    shutil.copytree(filled, tmp_path / "buying")
    yield from _opened(tmp_path / "buying", monkeypatch)


def _opened(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("PRIVACY_DESK_HOME", str(home))
    monkeypatch.delenv("PRIVACY_DESK_DATABASE_URL", raising=False)
    visiting.shared.clear()
    yield Desk(home)
    visiting.shared.clear()
