"""The desk in another language: chosen in the sidebar, kept in the address, nothing is lost."""

from __future__ import annotations

import ast
import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from streamlit.testing.v1 import AppTest

from compliance.glossary import glossary
from compliance.i18n import LANGUAGE, of_locale, speaking, translate
from compliance.impact.nouns import ImpactKind
from compliance.privacy.disclosure.yardstick import deployments
from compliance.report.nouns import ReportKind
from compliance.rights.nouns import Right
from pages.parts.navigation import PAGES
from tests.pages.chinese_cases import ENGLISH, HANZI, dialogs, english
from tests.pages.conftest import (
    PATIENCE_S,
    ROOT,
    ROWS,
    Desk,
    asking,
    refusals,
    turned,
    unfold,
    words,
)
from tests.request_cases import identified, in_scope, opened

SHOWN = {
    *("header", "subheader", "title", "markdown", "write", "button", "text_input", "text_area"),
    *("number_input", "checkbox", "toggle", "selectbox", "radio", "multiselect", "metric"),
    *("error", "warning", "success", "info", "expander", "toast", "spinner", "download_button"),
    *("form_submit_button", "popover", "file_uploader", "date_input", "slider", "select_slider"),
    *("segmented_control", "pills", "status", "progress", "remark", "fact"),
}
NAMED = {"label", "help", "title", "text", "alt", "body"}
SOURCES = sorted((ROOT / "pages").rglob("*.py"))


@pytest.fixture(autouse=True)
def english_again():
    """A page run by AppTest speaks in this thread; the tests after it read English."""
    token = LANGUAGE.set("en")
    yield
    LANGUAGE.reset(token)


def _in_chinese(desk: Desk, name: str) -> AppTest:
    visitor = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE_S).run()
    visitor.selectbox(key="session_language").set_value("zh").run()
    LANGUAGE.set("zh")  # in which AppTest, too, says the choices there are
    visitor.switch_page(ROWS[name].path).run()
    assert not visitor.exception
    return visitor


def test_an_address_can_say_the_language(empty_desk: Desk) -> None:
    visitor = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE_S)
    visitor.query_params["lang"] = "zh"
    assert visitor.run().title[0].value == "概览"


# What stays as it was recorded: the purpose that somebody typed, what they call their activities,
# facts of the trail, works and laws where a rule or a method was read.
RECORDED = re.compile(
    r"[Ff]ulfilment of orders|Retention of orders|country, amount, device|"
    r"country code; customer number; device or operating system; e-mail address|"
    r"RFC 2104 .*practices|Policy of the desk|Regulation \(EU\) 2016/679, full.*|"
    r"(conditions|columns \d+) +· .*|columns \d+.*records \w+…?|"
    r"columns customer, country|customer and email"
)
# What papers call a thing, and what others call what they published, stays as they wrote it.
TERMS = glossary().terms.values()
QUOTED = {one.standard for one in TERMS} | {one.origin for one in TERMS}
for one in deployments():
    QUOTED |= {one.name, one.curator, one.source}
AS_WRITTEN = re.compile(
    "|".join([*map(re.escape, sorted(QUOTED - {""}, key=len, reverse=True)), RECORDED.pattern])
)
_VIEWS = {"register_view", "lineage_view", "decisions_view", "requests_view"}
_CHOICES = ("radio", "button_group", "selectbox", "toggle", "checkbox")
_SAME = {"session_language", "session_presenting", "session_dataset"}  # whose words these are
_ROUNDS = 2  # how many other options each choice is given
_MOST = 20  # options; of what has more, such as countries, all say the same
# Choices that stand only beside something that this walk has not in hand: doubtful rows and
# mentions, a right that is granted in parts, a decision, a proof, a cross table.
DEEPER = (
    *("requests_doubt_", "requests_mention_", "requests_undecided", "requests_granted_"),
    *("requests_outcome_", "requests_rejected_why_", "tradeoff_view"),
)


def test_every_page_is_headed_and_read_in_chinese_alone(full_desk: Desk) -> None:
    """No page shows a sentence in English to who reads Chinese, in any view, whatever is chosen."""
    requests = in_scope(full_desk.workspace)
    opened(requests, Right.ERASURE)
    identified(requests)
    full_desk.workspace.governance.impacts.begin(ImpactKind.DPIA, "analytics", datasets=["orders"])
    visitor = _in_chinese(full_desk, "overview")
    left: dict[str, list[str]] = {}
    seen: set[str] = set()
    for row in PAGES:
        unfold(visitor.switch_page(row.path).run())
        assert not visitor.exception
        with speaking("zh"):
            assert [title.value for title in visitor.title] == [translate(row.title)]
        assert HANZI.search(words(visitor))
        assert [one.value for one in visitor.header if not HANZI.search(one.value)] == []
        left[row.name] = english(visitor, AS_WRITTEN)
        _choose(visitor, row.name, left, seen)
        for view in [v for v in visitor.radio if v.key in _VIEWS]:
            for option in _values(visitor, view.id)[1:]:
                visitor.radio(key=view.key).set_value(option).run()
                left[f"{row.name}, {option}"] = english(visitor, AS_WRITTEN)
                _choose(visitor, f"{row.name}, {option}", left, seen)
        for at, view in enumerate(turned(visitor)):
            assert not unfold(view).exception
            left[f"{row.name}, tab {at}"] = english(view, AS_WRITTEN)

    assert {where: found for where, found in left.items() if found} == {}
    missed = {key for key in _selectors() if not any(one.startswith(key) for one in seen)}
    assert missed <= {*DEEPER}


def _choose(visitor: AppTest, where: str, left: dict[str, list[str]], seen: set[str]) -> None:
    """Give all choices of a page another option at once, and look what it says then."""
    for turn in range(1, _ROUNDS + 1):
        for kind in _CHOICES:
            for widget in visitor.get(kind):
                if not widget.key or widget.key in _SAME or getattr(widget, "disabled", False):
                    continue
                seen.add(widget.key)
                if widget.key not in _VIEWS:
                    _turn(visitor, widget, kind, turn)
        visitor.run()
        assert not visitor.exception, where
        left[f"{where}, choices {turn}"] = english(visitor, AS_WRITTEN)


def _turn(visitor: AppTest, widget: Any, kind: str, turn: int) -> None:
    if kind in ("toggle", "checkbox"):
        widget.set_value(turn == 1)
        return
    options = _values(visitor, widget.id)
    if turn < len(options) <= _MOST:
        widget.set_value(options[turn])


def _selectors() -> set[str]:
    """What the keys of all choices of views begin with, as the pages' code has them."""
    calls = [
        node
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("radio", "segmented_control", "pills")
    ]
    keys = [keyword.value for call in calls for keyword in call.keywords if keyword.arg == "key"]
    return {
        ast.unparse(key).removeprefix("f").strip("'\"").split("{")[0]
        for key in keys
        if isinstance(key, ast.Constant | ast.JoinedStr)
    }


# In reports: commands and plans as they are typed, and where something was read.
TYPED = re.compile(
    r"python -m compliance [ -~]*|\b(sites|target|task|strategy): [ -~]*|retention_rule:retention|"
    r"rules export [0-9a-f]*|customer and email|NIST SP 800-226 \([^)]*\)|[Rr]ecord of [^;；。]*|"
    r"(Dwork and Roth|McMahan et al\.|Ding et al\.|Rogers|Cowan, Shoemate and Pereira|OpenDP|"
    r"opendp/|docs/decisions/|schemas/|machinelearning\.|research\.|ctdata|Spectus|Collecting|"
    r"TensorFlow Federated|dp-accounting)[ -~“”εδ]*|[Oo]f [A-Z]\w+"
)
ELSEWHERE = {
    ReportKind.REQUEST: "tests/test_fulfilling_letters.py, of the letters themselves",
    ReportKind.ERASURE: "its certificate: tests/test_report_standards.py",
    ReportKind.ANONYMISATION: "samples: tests/test_report_chinese.py",
}


def test_every_report_of_the_shop_is_read_in_chinese_alone(full_desk: Desk) -> None:
    desk = full_desk.workspace
    impact = desk.governance.impacts.begin(ImpactKind.DPIA, "analytics", datasets=["orders"])
    about = {
        ReportKind.AUDIT: "",
        ReportKind.SUMMARY: "",
        ReportKind.ROPA: "",
        ReportKind.REQUEST_LOG: "",
        ReportKind.RELEASE: desk.releases("orders")[0].id,
        ReportKind.FEDERATED: desk.federation.runs("orders")[0].id,
        ReportKind.DPIA: impact.id,
    }
    assert {*about, *ELSEWHERE} == {*ReportKind}

    left = {}
    for kind, id_ in about.items():
        if kind is ReportKind.REQUEST_LOG:
            desk.rights.fulfilling.report(kind, language="zh")
        else:
            desk.build_report(kind, about=id_ or None, language="zh")
        newest = max(full_desk.home.rglob("*.pdf"), key=lambda path: path.stat().st_mtime_ns)
        with closing(pypdfium2.PdfDocument(newest.read_bytes())) as pdf:
            pages = [page.get_textpage().get_text_range() for page in pdf]
        text = AS_WRITTEN.sub("", re.sub(r"\s+", " ", " ".join(pages).replace("\ufffe", "")))
        left[kind] = [found[0] for found in ENGLISH.finditer(TYPED.sub("", text))]
    assert {kind: found for kind, found in left.items() if found} == {}


def test_a_sentence_in_english_would_be_found(full_desk: Desk) -> None:
    visitor = full_desk.open("datasets")

    assert "Load a dataset" in english(visitor, RECORDED)


def _values(visitor: AppTest, id_: str) -> list[object]:
    state = visitor.session_state._state._state._new_widget_state  # type: ignore[attr-defined]
    return list(state.widget_metadata[id_].serializer.__self__.options)


def test_switching_the_language_keeps_what_was_typed_and_chosen(full_desk: Desk) -> None:
    visitor = full_desk.open("requests")
    visitor.radio(key="requests_view").set_value("Legal holds").run()

    visitor.selectbox(key="session_language").set_value("zh").run()
    LANGUAGE.set("zh")

    assert visitor.title[0].value == "请求"
    assert visitor.radio(key="requests_view").value == "Legal holds"
    visitor.switch_page(ROWS["datasets"].path).run()
    assert visitor.title[0].value == "数据集"


def test_switching_the_language_keeps_a_number_being_typed(full_desk: Desk) -> None:
    visitor = full_desk.open("tradeoff")
    full_desk.go(visitor, "release")
    visitor.text_input(key="release_epsilon").set_value("0.37").run()

    visitor.selectbox(key="session_language").set_value("zh").run()

    assert visitor.text_input(key="release_epsilon").value == "0.37"
    assert HANZI.search(visitor.text_input(key="release_epsilon").label)


_HOLDING = ("text_input", "text_area", "number_input", "slider", "select_slider", "radio")
_HOLDING += ("selectbox", "multiselect", "checkbox", "toggle", "date_input")


def _held(visitor: AppTest) -> dict[str, object]:
    """What all widgets of a page hold, but the one for the language."""
    found = [one for kind in _HOLDING for one in visitor.get(kind) if one.key]
    return {one.key: one.value for one in found if one.key != "session_language"}


def test_switching_there_and_back_keeps_all_that_widgets_hold(full_desk: Desk) -> None:
    visitor = full_desk.open("overview")
    for name in ("tradeoff", "anonymise", "federated", "residency", "audits"):
        visitor.switch_page(ROWS[name].path).run()
        for text in [t for t in visitor.text_input if not t.disabled and not t.value][:1]:
            text.set_value("half typ")
        for slider in list(visitor.slider)[:1]:
            slider.set_value(slider.max if not isinstance(slider.value, tuple) else slider.value)
        for box in list(visitor.checkbox)[:1]:
            box.set_value(not box.value)
        visitor.run()
        before = _held(visitor)

        for language in ("zh", "en"):
            visitor.selectbox(key="session_language").set_value(language).run()
            LANGUAGE.set(language)
            assert _held(visitor) == before, (name, language)


def test_switching_the_language_keeps_what_was_answered_in_a_dialog(full_desk: Desk) -> None:
    """Streamlit closes a dialog when its page is drawn anew; opened again, it goes on as it was."""
    overlap, groups = (f"tradeoff_answer_{name}_orders@1" for name in ("overlap", "groups"))
    visitor = asking(full_desk)
    visitor.button(key="tradeoff_interview").click().run()
    visitor.radio(key=overlap).set_value(True)  # AppTest draws the page anew where browsers do not
    visitor.button(key="tradeoff_interview").click().run()
    visitor.number_input(key=groups).set_value(7)
    visitor.button(key="tradeoff_interview").click().run()
    assert dialogs(visitor) == ["Four questions about the people"]

    visitor.selectbox(key="session_language").set_value("zh").run()
    LANGUAGE.set("zh")
    assert dialogs(visitor) == []
    visitor.button(key="tradeoff_interview").click().run()

    assert HANZI.search(dialogs(visitor)[0])
    assert visitor.radio(key=overlap).value is True
    assert visitor.number_input(key=groups).value == 7


def test_a_refusal_is_said_in_the_language_of_the_page(empty_desk: Desk) -> None:
    visitor = _in_chinese(empty_desk, "datasets")
    visitor.button_group(key="datasets_way").set_value("A place on this machine").run()
    visitor.text_input(key="datasets_place").set_value("/nowhere/at/all.csv")
    visitor.text_input(key="datasets_name").set_value("orders")
    visitor.button(key="datasets_load").click().run()

    ((title, sentence),) = refusals(visitor)
    assert title == "未载入"
    assert "没有文件" in sentence
    assert "all.csv" in sentence


@pytest.mark.parametrize(
    ("locale", "spoken"),
    [
        ("zh-CN", "zh"),
        ("zh", "zh"),
        ("zh_Hans_CN", "zh"),
        ("zh_CN.UTF-8", "zh"),
        ("C.UTF-8", "en"),
        ("de-DE", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_the_browser_says_which_language_comes_first(locale: str | None, spoken: str) -> None:
    assert of_locale(locale) == spoken


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_no_page_shows_words_that_cannot_be_translated(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    shown = [
        n
        for n in ast.walk(tree)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr in SHOWN
        if not (isinstance(n.func.value, ast.Name) and n.func.value.id == "LOG")  # not on a page
    ]
    said = [
        value
        for call in shown
        for value in [*call.args[:1], *(k.value for k in call.keywords if k.arg in NAMED)]
    ]

    bare = [v.value for v in said if isinstance(v, ast.Constant) and isinstance(v.value, str)]
    assert [words for words in bare if " " in words.strip()] in ([], ["Language / 语言"], [QUERY])


QUERY = "unit: CustomerID\nstatistics:\n  - count: rows"  # an example of a file, in a placeholder


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_no_choice_is_kept_by_a_word_of_one_language(path: Path) -> None:
    """What a widget keeps is a value; `format_func` says it."""
    tree = ast.parse(path.read_text("utf-8"))
    widgets = {"radio", "selectbox", "segmented_control", "multiselect", "pills", "select_slider"}
    for call in (n for n in ast.walk(tree) if isinstance(n, ast.Call)):
        if isinstance(call.func, ast.Attribute) and call.func.attr in widgets:
            for options in call.args[1:2]:
                inner = [n for n in ast.walk(options) if isinstance(n, ast.Call)]
                assert not [n for n in inner if isinstance(n.func, ast.Name) and n.func.id == "_"]
