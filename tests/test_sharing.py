"""Many visitors share one server: pages in turns, waiting that holds nobody up, memory let go."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any, ClassVar

import plotly.graph_objects as go
import pytest
from streamlit import delta_generator
from streamlit.runtime import app_session
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner

from compliance.federated.nouns import Baselines, SiteResult
from compliance.privacy.accounting import rho_within
from compliance.privacy.nouns import CurvePoint
from compliance.privacy.preview import _grid
from compliance.rules.nouns import Answer
from compliance.settings import MAX_WORKERS, Settings
from compliance.workspace.beside import Crew
from compliance.workspace.beside import crew as crews
from compliance.workspace.beside.words import Reply, Said
from pages.parts import figures, outputs, sharing
from pages.parts.figures import deciding, fairness, residency

LONG_S = 600.0
PATIENCE_S = 60.0


def begun(act: Callable[[], None]) -> Thread:
    thread = Thread(target=act, daemon=True)
    thread.start()
    return thread


@pytest.fixture
def turns() -> sharing.Turns:
    """One page is drawn at a time, and who waits has patience."""
    return sharing.Turns(1, LONG_S)


def test_pages_are_drawn_in_the_order_in_which_they_were_asked_for(turns: sharing.Turns) -> None:
    drawn: list[int] = []
    pages = []
    with turns.turn():
        for number in range(5):

            def draw(number: int = number) -> None:
                with turns.turn():
                    drawn.append(number)

            pages.append(begun(draw))
            while len(turns._waiting) <= number:
                pass
        assert drawn == []
    for page in pages:
        page.join(PATIENCE_S)

    assert drawn == [0, 1, 2, 3, 4]


def test_who_waits_for_something_else_lets_others_go_on(turns: sharing.Turns) -> None:
    order: list[str] = []
    has_begun, may_go_on = Event(), Event()

    def slow() -> None:
        with turns.turn():
            with turns.elsewhere():
                has_begun.set()
                may_go_on.wait(PATIENCE_S)
            order.append("slow")

    waiting = begun(slow)
    has_begun.wait(PATIENCE_S)
    with turns.turn():
        order.append("quick")
    may_go_on.set()
    waiting.join(PATIENCE_S)

    assert order == ["quick", "slow"]


def test_nobody_waits_for_ever_for_a_turn_that_is_not_given_back() -> None:
    turns = sharing.Turns(1, 0.01)
    stuck, drawn = Event(), Event()

    def hold() -> None:
        with turns.turn():
            stuck.wait(PATIENCE_S)

    holding = begun(hold)

    def draw() -> None:
        with turns.turn():
            drawn.set()

    begun(draw).join(PATIENCE_S)
    assert drawn.is_set()
    assert holding.is_alive()

    stuck.set()
    holding.join(PATIENCE_S)
    assert turns._free == 1


def test_waiting_elsewhere_without_a_turn_is_just_waiting(turns: sharing.Turns) -> None:
    with turns.elsewhere():
        assert turns._free == 1


class Slow:
    """Stands for a worker that is at work until it is let go."""

    let_go = Event()
    asked: ClassVar[list[str]] = []

    def __init__(self, settings: Settings) -> None:
        self.process = SimpleNamespace(pid=1, poll=lambda: None)

    def ask(self, word: Any, _look: object = None) -> Reply:
        self.asked.append(word.way)
        if word.way != "release":
            assert self.let_go.wait(PATIENCE_S)
        return Reply(Said.VALUE, word.way)

    def end(self) -> None:
        self.let_go.set()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Slow]]:
    monkeypatch.setattr(crews, "_Worker", Slow)
    Slow.let_go.clear()
    Slow.asked.clear()
    yield Slow
    Slow.let_go.set()


def test_another_page_is_answered_while_a_worker_is_at_work(
    turns: sharing.Turns, slow: type[Slow]
) -> None:
    order: list[str] = []
    crew = Crew(SimpleNamespace(), 1, turns.elsewhere)  # type: ignore[arg-type]

    def report() -> None:
        with turns.turn():
            order.append(crew.for_(None, "build_report", is_brief=False)())  # type: ignore[arg-type]

    reporting = begun(report)
    while not slow.asked:
        pass
    with turns.turn():
        order.append("another page")
    slow.let_go.set()
    reporting.join(PATIENCE_S)

    assert order == ["another page", "build_report"]


def test_a_worker_is_kept_for_what_is_brief(slow: type[Slow]) -> None:
    crew = Crew(SimpleNamespace(), 2)  # type: ignore[arg-type]
    long = [
        begun(lambda: crew.for_(None, "train", is_brief=False)())  # type: ignore[arg-type]
        for _ in range(3)
    ]
    while not slow.asked:
        pass

    assert crew.for_(None, "release", is_brief=True)() == "release"  # type: ignore[arg-type]
    assert slow.asked == ["train", "release"]
    slow.let_go.set()
    for one in long:
        one.join(PATIENCE_S)
    assert slow.asked.count("train") == 3


def test_what_cannot_be_carried_over_costs_no_place_in_the_crew(
    slow: type[Slow], monkeypatch: pytest.MonkeyPatch
) -> None:
    crew = Crew(SimpleNamespace(), 1)  # type: ignore[arg-type]
    release = crew.for_(None, "release", is_brief=True)  # type: ignore[arg-type]

    def cannot(self: Slow, word: object, look: object) -> Reply:
        raise TypeError

    with monkeypatch.context() as patch:
        patch.setattr(Slow, "ask", cannot)
        with pytest.raises(TypeError):
            release()

    assert release() == "release"


class Sessions:
    """Stands for Streamlit's runtime, with one session that is open and some that were left."""

    def __init__(self, *ids: str) -> None:
        self.left, self.closed = list(ids), list[str]()
        self._session_mgr = SimpleNamespace(
            list_sessions=self._list, is_active_session=lambda id_: id_ not in self.left
        )

    def _list(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(session=SimpleNamespace(id=id_)) for id_ in ("open", *self.left)]

    def close_session(self, id_: str) -> None:
        self.left.remove(id_)
        self.closed.append(id_)


def test_a_session_whose_browser_has_gone_is_closed_after_a_while() -> None:
    runtime, seen = Sessions("one"), dict[str, float]()

    sharing.tidy(runtime, seen, 0.0)  # type: ignore[arg-type]
    runtime.left.append("two")
    sharing.tidy(runtime, seen, sharing.KEPT_S - 1)  # type: ignore[arg-type]
    assert runtime.closed == []

    sharing.tidy(runtime, seen, sharing.KEPT_S)  # type: ignore[arg-type]
    assert runtime.closed == ["one"]
    assert seen.keys() == {"two"}


def test_a_session_that_came_back_is_left_alone() -> None:
    runtime, seen = Sessions("one"), dict[str, float]()

    sharing.tidy(runtime, seen, 0.0)  # type: ignore[arg-type]
    runtime.left.clear()
    sharing.tidy(runtime, seen, 10.0)  # type: ignore[arg-type]
    runtime.left.append("one")
    sharing.tidy(runtime, seen, sharing.KEPT_S + 1)  # type: ignore[arg-type]

    assert runtime.closed == []


def test_streamlit_has_what_the_server_changes_in_it() -> None:
    """None of these names is promised; the server would start without them, and be slow."""
    assert callable(ScriptRunner._run_script)
    assert callable(app_session._populate_theme_msg)
    assert hasattr(delta_generator, "_use_warning_has_been_displayed")


@pytest.mark.parametrize(
    ("said", "workers"), [("0", 0), ("3", 3), ("many", None), ("", None), ("9999", MAX_WORKERS)]
)
def test_how_many_workers_there_are_can_be_set(said: str, workers: int | None) -> None:
    found = Settings.from_environment({"PRIVACY_DESK_WORKERS": said}).workers

    assert found == workers if workers is not None else 2 <= found <= MAX_WORKERS


@pytest.mark.parametrize("kept", [rho_within, _grid])
def test_what_is_kept_for_sliders_is_bounded(kept: Any) -> None:
    assert kept.cache_info().maxsize <= 4096


ROUND = SimpleNamespace(round=1, metric=0.8)
SITE = SiteResult(
    site="a", rows=5, bytes_up=0, bytes_down=0, bytes_home=0, metric_federated=0.9, metric_local=0.5
)
CHECK = SimpleNamespace(score=60, assessed_at=datetime(2026, 11, 26, tzinfo=UTC))
LIES = residency.Bubble(country="DE", copies=2, says="Germany")
GOES = residency.Arc(origin="DE", destination="IN", answer=Answer.NEEDS, says="")
POINTS = [CurvePoint(epsilon=0.1, statistic="n", margin=3.0, relative=0.1)]


@pytest.mark.parametrize(
    "drawn",
    [
        figures.bars(["a", "b"], [1.0, 2.0], [0.1, 0.2], "People"),
        figures.bars(["a"], [1.0], [0.1], "People", is_histogram=True),
        figures.error_curve(POINTS, {"n": "People"}, 0.1),
        figures.intervals(["a"], [1.0], [0.5], [2.0], "People"),
        figures.rounds([ROUND], 3, Baselines(centralised=0.9, local=0.7)),  # type: ignore[list-item]
        fairness.sites([SITE], ("Sites", "AUC"), ("Common", "Worst tenth", "Alone")),
        deciding.trend([CHECK, CHECK]),  # type: ignore[list-item]
        residency.where([LIES], [GOES]),
    ],
    ids=["bars", "histogram", "curve", "intervals", "rounds", "sites", "trend", "map"],
)
def test_a_figure_that_is_handed_over_unchecked_is_what_plotly_would_make_of_it(
    drawn: figures.Drawn,
) -> None:
    checked = json.loads(go.Figure(drawn.to_dict()).to_json())
    del checked["layout"]["template"]  # the look that Streamlit gives every figure

    assert checked == json.loads(drawn.to_json())


def test_rows_of_one_kind_each_go_to_the_browser_as_they_are() -> None:
    rows = [
        {"City": "Ulm", "People": 3, "Share": None},
        {"City": "Bonn", "People": 4, "Share": 0.5},
    ]
    table = outputs._columns(rows)

    assert table.to_pylist() == rows
    assert list(outputs._columns([{"n": 3}, {"n": "many"}])["n"]) == [3, "many"]
    assert len(outputs._columns([])) == 0


def test_the_c_library_is_asked_for_few_arenas() -> None:
    assert sharing.few_arenas() is (sys.platform == "linux")
