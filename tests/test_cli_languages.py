"""The command line in Chinese: help, complaints, results and refusals; JSON never depends on it."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from compliance.cli import main
from compliance.cli.languages import language_of
from compliance.cli.parser import parser
from compliance.cli.text import as_text, width_of, wrapped
from compliance.i18n import speaking

ENGLISH = re.compile(r"[a-z]{2,} [a-z]+ [a-z]{2,}")  # three words in a row: of a sentence
TYPED = re.compile(r"`[^`]*`|“[^”]*”|\{[^}]*\}|\[[^\]]*\]|usage.*|--?[a-z-]+( [A-Z,.=@_a-z…]+)?")


@pytest.fixture(autouse=True)
def no_language_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PRIVACY_DESK_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("typed", "environment", "language"),
    [
        ([], {}, "en"),
        ([], {"LANG": "zh_CN.UTF-8"}, "zh"),
        ([], {"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ([], {"LC_MESSAGES": "zh_TW", "LANG": "de_DE"}, "zh"),
        ([], {"PRIVACY_DESK_LANGUAGE": "en", "LANG": "zh_CN.UTF-8"}, "en"),
        (["--lang", "zh"], {"PRIVACY_DESK_LANGUAGE": "en"}, "zh"),
        (["--lang=en", "dataset"], {"LANG": "zh_CN"}, "en"),
        (["--lang", "tlh"], {"LANG": "zh_CN"}, "zh"),
    ],
)
def test_the_language_is_typed_set_or_the_terminals(
    typed: list[str], environment: dict[str, str], language: str
) -> None:
    assert language_of(typed, environment) == language


def _all(top: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield top
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield from _all(inner)


def test_the_help_of_every_verb_is_chinese_alone() -> None:
    with speaking("zh"):
        texts = [(one.prog, one.format_help()) for one in _all(parser())]

    assert len(texts) > 100
    for prog, text in texts:
        told = text.partition("\n\n")[2]  # behind the usage, which says what can be typed
        assert not ENGLISH.search(TYPED.sub("", told)), prog
        assert "选项：" in text
        assert all(width_of(line) <= 100 for line in told.splitlines()), prog


def test_what_is_typed_wrongly_is_said_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    for typed, said in (
        (["--lang", "zh", "discover"], "缺少以下参数：name"),
        (["--lang", "zh", "discoverr"], "参数VERB：没有选项'discoverr'（可选"),
        (["--lang", "zh", "trail", "list", "--last", "x"], "错误："),
        (
            ["--lang", "zh", "dataset", "list", "--what", "me@shop.example"],
            "没有这样的参数：--what …",
        ),
    ):
        with pytest.raises(SystemExit, match="2"):
            main(typed)
        assert said in capsys.readouterr().err


def test_a_refusal_and_its_reason_are_said_in_chinese(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = ["--home", str(tmp_path / "desk")]

    assert main([*home, "--lang", "zh", "dataset", "show", "orders"]) == 2
    assert "没有名为“orders”的数据集" in capsys.readouterr().err
    page = tmp_path / "page.csv"
    page.write_text("<!DOCTYPE html><html><body>no table</body></html>")
    assert main([*home, "--lang", "zh", "dataset", "add", str(page), "--name", "x"]) == 2
    assert "它是网页或XML文档" in capsys.readouterr().err


def test_json_is_the_same_in_every_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = ["--home", str(tmp_path / "desk")]
    (tmp_path / "people.csv").write_text("email,amount\na@shop.example,1\nb@shop.example,2\n")
    assert main([*home, "dataset", "add", str(tmp_path / "people.csv"), "--name", "people"]) == 0
    capsys.readouterr()
    said = []
    for language in ("en", "zh"):
        assert main([*home, "--lang", language, "--json", "discover", "people"]) == 0
        said.append(json.loads(capsys.readouterr().out))

    assert said[0] == said[1]
    assert main([*home, "--lang", "zh", "dataset", "show", "people"]) == 0
    shown = capsys.readouterr().out
    assert "名称：people" in shown
    assert "行数：2" in shown
    assert "合法性基础：–" in shown


def test_text_is_written_as_the_language_does() -> None:
    result = {
        "at": "2026-11-26T20:52:00Z",
        "due": "2026-12-03",
        "rows": 1200,
        "ok": True,
        "name": "ok",
    }
    assert as_text(result).splitlines() == [
        "at: 26 November 2026, 20:52 UTC",
        "due: 3 December 2026",
        "rows: 1,200",
        "ok: yes",
        "name: ok",
    ]
    with speaking("zh"):
        assert as_text(result).splitlines() == [
            "时间：2026年11月26日 20:52（UTC）",
            "截止：2026年12月3日",
            "行数：1,200",
            "通过：是",
            "名称：ok",
        ]


def test_chinese_is_wrapped_between_any_signs_but_not_before_what_closes() -> None:
    lines = wrapped("个人信息保护，与data set一起。", 10)

    assert all(width_of(line) <= 10 for line in lines)
    assert not any(line[0] in "，。" for line in lines)
    assert "".join(lines).replace(" ", "") == "个人信息保护，与dataset一起。"
    assert wrapped("some English words", 12) == ["some English", "words"]
