"""Somebody who reads Chinese and presses buttons, as the rows of `chinese_results.yaml` say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import timedelta
from fnmatch import fnmatchcase
from functools import cache, partial
from pathlib import Path
from typing import Any

import yaml
from streamlit.testing.v1 import AppTest

from compliance.i18n import LANGUAGE, translate
from tests.pages.chinese_cases import _CODE, HANZI, english_in, said
from tests.pages.chinese_desks import FILES, in_hands
from tests.pages.conftest import PATIENCE_S, ROOT, ROWS, Desk, edit, turn_to, unfold
from tests.pages.test_languages import AS_WRITTEN

Row = Mapping[str, Any]
TABLE = Path(__file__).with_name("chinese_results.yaml")
FLOWS: list[dict[str, Any]] = yaml.safe_load(TABLE.read_text("utf-8"))
_FIELDS = {"page", "as", "open", "set", "give", "edit", "press", "sees", "gone", "turn"}
_FREE = ("text_input", "text_area", "number_input", "checkbox", "toggle", "date_input")
_CHOSEN = ("radio", "button_group", "selectbox", "multiselect", "select_slider", "slider")
_KINDS = (*_FREE, *_CHOSEN, "file_uploader", "button")
# What the tests' own shops call their columns, values and people, though it is a word of the desk.
NAMED = re.compile(
    r"age|email|country|device|amount|city|phone|customers|people|web shop|Root|[A-Z]{2}|"
    r"everything|trail|unit: Cust[^;]*"  # the trail keeps what an act was on as it was recorded
)
# Sentences of theirs; a movement of data keeps the name by which it was recorded.
OURS = re.compile(r"the one with the (dog|cat)|What our shop asks besides|orders to Switzerland")
_LONGEST_WORDS = 300  # what is longer is no label
_PLAIN = re.compile(r"[*`_\\]|:\w+-badge\[|:material/\w+:|^\W+|\W+$")


@dataclass(slots=True)
class Walk:
    """A visitor on a desk of their own, and what they were shown in English."""

    desk: Desk
    names: Mapping[str, str]
    left: dict[str, list[str]] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    visitor: AppTest = field(init=False)

    def __post_init__(self) -> None:
        LANGUAGE.set("zh")  # in which AppTest, too, says the choices there are
        self.visitor = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE_S)
        self.visitor.session_state["session_language"] = "zh"
        self.visitor.query_params["lang"] = "zh"

    def take(self, row: Row) -> None:
        """Do what one row says, and hold what is shown then against what it sees."""
        assert row.keys() <= _FIELDS, row
        with in_hands(self.desk, row.get("as", "")):
            if name := row.get("page"):
                self.run(self.visitor.switch_page(ROWS[name].path).run, f"page {name}")
            if keys := row.get("open"):
                self.run(partial(unfold, self.visitor, *keys), f"{keys}")
            if label := row.get("turn"):
                self.run(partial(turn_to, self.visitor, label), f"tab {label}")
            for key, value in row.get("set", {}).items():
                self._set(key, value)
            for key, name in row.get("give", {}).items():
                self._give(key, name)
            if row.keys() & {"set", "give"} and "press" not in row:
                self.run(self.visitor.run, f"{[*row.get('set', row.get('give', {}))]}")
            if key := row.get("press"):
                self._press(key, row)
            elif "sees" in row:
                self._see(row)

    def _press(self, key: str, row: Row) -> None:
        button = self.find(key)
        assert not button.disabled, key
        before = set(said(self.visitor))
        if "edit" in row:
            self.run(lambda: edit(self.visitor, row["edit"], button.key), key)
        else:
            self.run(button.click().run, key)
        if words := row.get("gone"):
            assert any(words in text for text in before), f"{key}: no “{words}” before"
            assert not any(words in text for text in said(self.visitor)), f"{key}: “{words}” stays"
        if "sees" in row:
            self._see(row, before)
        assert row.keys() & {"sees", "gone"}, key

    def _see(self, row: Row, before: Set[str] = frozenset()) -> None:
        """A text that says what the row sees is there, and was not `before`, word for word."""
        texts = dict.fromkeys(said(self.visitor))
        new = [text for text in texts if text not in before and not text.startswith("{")]
        assert HANZI.search(row["sees"]), row
        shown = "\n".join(new)
        assert row["sees"] in shown, f"{row.get('press')}: no “{row['sees']}” in\n{shown[:6000]}"

    def run(self, does: Any, where: str) -> None:
        does()
        assert not self.visitor.exception, (where, self.visitor.exception)
        for text in dict.fromkeys(said(self.visitor)):
            if text not in self.read and (found := judged(text)):
                self.left[where] = [*self.left.get(where, []), *found]
            self.read.add(text)

    def _set(self, key: str, value: Any) -> None:
        widget = self.find(key)
        if widget.type == "date_input" and value is not None:
            value = self.desk.workspace.governance.audits.now().date() + timedelta(days=value)
        elif widget.type in _CHOSEN and isinstance(value, list):
            value = [self._option(widget, one) for one in value]
        elif widget.type in _CHOSEN:
            value = self._option(widget, value)
        elif isinstance(value, str):
            value = self._named(value)
        widget.set_value(value)

    def _option(self, widget: Any, value: Any) -> Any:
        """Of the choices, the one that is written so."""
        if widget.type == "slider":
            return value
        state = self.visitor.session_state._state._state._new_widget_state  # type: ignore[attr-defined]
        serializer = state.widget_metadata[widget.id].serializer.__self__
        options = list(serializer.options)
        wanted = str(self._named(value) if isinstance(value, str) else value)
        found = [one for one in options if fnmatchcase(str(one), wanted)]
        assert found, (widget.key, value, options)
        return found[0]

    def _give(self, key: str, name: str) -> None:
        widget, data = self.find(key), FILES[name]
        file = (name, data, "")
        widget.set_value([file] if widget.proto.multiple_files else file)

    def find(self, pattern: str) -> Any:
        """The first widget whose key is like `pattern`."""
        wanted = self._named(pattern)
        every = [one for kind in _KINDS for one in self.visitor.get(kind) if one.key]
        found = [one for one in every if fnmatchcase(one.key, wanted)]
        assert found, f"no {wanted} among {sorted(one.key for one in every)}"
        return found[0]

    def _named(self, words: str) -> str:
        for name, value in self.names.items():
            words = words.replace(f"{{{name}}}", value)
        return words


# A sign of English behind a Chinese one, and small words that hold English sentences together.
_HALF = re.compile(r"[\u4e00-\u9fff）”][*`]*[;:.,](?=\s|$)")
_SMALL = re.compile(
    r"(?<![\w“:/.-])(the|of|is|are|was|were|with|made|found|and|or|for|to|in|on|by|at|from|has|not)"
    r"(?![\w”:/.-])"
)


# What the trail keeps of an act is a list of facts by their names, in whatever language.
_FACTS = re.compile(r"\w+ [^·]+(· \w+ [^·]+)+")


@cache
def judged(text: str) -> tuple[str, ...]:
    """What of a text is English, or half so."""
    ours = OURS.sub("", text)
    return (*english_in(ours, AS_WRITTEN), *_clumsy(ours), *_untranslated(ours))


def _clumsy(text: str) -> list[str]:
    """A sentence that is half English, or has English signs between Chinese words."""
    clean = AS_WRITTEN.sub("", _CODE.sub("", text))
    is_said = not text.startswith("{") and not _FACTS.fullmatch(text)
    found = is_said and (_HALF.search(clean) or _SMALL.search(clean))
    return [f"… {clean[:160]}"] if found else []


def _untranslated(text: str) -> list[str]:
    """Words that stayed English though the catalogue has Chinese for them, single words too."""
    if HANZI.search(text) or len(text) > _LONGEST_WORDS:
        return []
    words = _PLAIN.sub("", AS_WRITTEN.sub("", text).strip())
    if not re.search("[A-Za-z]{2}", words) or NAMED.fullmatch(words):
        return []
    return [one for one in {text.strip(), words} - {""} if HANZI.search(translate(one))]
