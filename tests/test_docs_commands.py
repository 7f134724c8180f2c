"""What the documents tell to type works when it is typed, in their order."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from compliance.settings import SETTINGS, Settings
from compliance.workspace import Workspace
from tests.cli_cases import Answer, run
from tests.docs_blocks import (
    DOCUMENTS,
    ROOT,
    SHELL,
    Command,
    blocks,
    commands,
    named,
    stands_on,
)
from tests.kept import copied
from tests.walked_shop import walk

PROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TYPED = [p for p in DOCUMENTS if any(b.language in SHELL for b in blocks(p))]
# Words of a document that stand for an id that an earlier command printed.
PLACEHOLDERS = re.compile(r"(?:ID|FINDING|REMEDY|RELEASE|RUN|ALARM|ERASURE|RESTRICTED|OBJECTED)")
# What an output says of itself, or else the first row of its first table.
_IDS = (re.compile(r"^id: (\S+)", re.M), re.compile(r"^ +id  .*\n +(\S+)", re.M))
_AS_SHOWN = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
_PYTHON = re.compile(r"(?:\.venv/bin/)?python3?")


def _demo(home: Path) -> None:
    Workspace(Settings.from_environment({}, home=home)).build_demo()


WORKSPACES: dict[str, Callable[[Path], None]] = {"the demo shop": _demo, "a walked shop": walk}


@dataclass(slots=True, kw_only=True)
class Typist:
    """Somebody who types what a document says, in an empty folder with a workspace of their own."""

    folder: Path
    home: Path
    patch: pytest.MonkeyPatch
    ids: dict[str, str] = field(default_factory=dict)
    newest: str = ""

    def types(self, command: Command, place: str) -> None:
        words = [self._meant(word) for word in command.words]
        if not words:
            return
        said = self._done(words, place)
        if said is None:
            return
        assert said.code == 0, f"{place}: {command.typed}\n{said.out}{said.err}"
        found = next((f for f in (one.search(said.out) for one in _IDS) if f), None)
        self.newest = found[1] if found else self.newest
        if command.shown:
            fits = doctest.OutputChecker().check_output(command.shown, said.out, _AS_SHOWN)
            assert fits, f"{place}: {command.typed}\n{said.out}"

    def _done(self, words: list[str], place: str) -> Answer | None:
        match words:
            case ["export", *settings]:
                for setting in settings:
                    name, _, value = setting.partition("=")
                    assert name.removesuffix("_FILE") in {known.name for known in SETTINGS}, place
                    self.patch.setenv(name, value)
            case ["make", target]:
                assert re.search(rf"^{target}:|^BENCHES := .*\b{target}\b", MAKEFILE, re.M), place
            case ["cd", folder]:
                assert (ROOT / folder).is_dir(), place
            case [*_, "pip", "install", group]:
                assert re.search(rf"^{group[2:-1]} = \[", PROJECT, re.M), place
            case [python, "-m", "compliance", *typed] if _PYTHON.fullmatch(python):
                return run(self.home, *typed)
            case [python, program, *typed] if _PYTHON.fullmatch(python):
                return _alone(self.folder, program, typed)
            case _:
                pytest.fail(f"{place}: nobody here knows how to type {words[0]}")
        return None

    def _meant(self, word: str) -> str:
        """Places of the machine lie in the test's folder; ids are those that were printed."""
        if PLACEHOLDERS.fullmatch(word):
            return self.ids.setdefault(word, self.newest)
        meant = re.sub(r"^(\w+=)?/(?=\w)", rf"\g<1>{self.folder}/", word)
        if meant != word:
            Path(meant.rpartition("=")[2]).parent.mkdir(parents=True, exist_ok=True)
        return meant


def _alone(folder: Path, program: str, typed: list[str]) -> Answer:
    """A program of the project that is run by itself, such as the auditor's verifier."""
    places = (folder, ROOT, ROOT / "compliance" / "trail")
    paths = [place / program for place in places if (place / program).is_file()]
    assert paths, f"there is no {program}"
    done = subprocess.run(
        [sys.executable, paths[0], *typed], cwd=folder, capture_output=True, text=True, check=False
    )
    return Answer(code=done.returncode, out=done.stdout, err=done.stderr)


@pytest.fixture
def typist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Typist:
    folder = tmp_path / "typed"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in [name for name in os.environ if name.startswith("PRIVACY_DESK_")]:
        monkeypatch.delenv(name)
    return Typist(folder=folder, home=tmp_path / "desk", patch=monkeypatch)


@pytest.mark.in_a_file
@pytest.mark.parametrize("path", TYPED, ids=named)
def test_every_command_of_a_document_works_in_its_order(path: Path, typist: Typist) -> None:
    workspace = stands_on(path)
    if workspace in WORKSPACES:
        copied(typist.home, WORKSPACES[workspace])
    else:
        assert workspace == "nothing"

    for block in blocks(path):
        if block.language in SHELL:
            for command in [] if block.elsewhere else commands(block):
                typist.types(command, f"{named(path)}, line {block.line}")
        elif block.title and not block.title.startswith("("):
            target = typist.folder / block.title.removeprefix("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.body, encoding="utf-8")
