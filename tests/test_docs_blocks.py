"""Blocks of data in the documents are read by what they are meant for; commands are spelt right."""

from __future__ import annotations

import configparser
import json
import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from compliance import federated
from compliance.anonymise.plans import to_plan as to_anonymisation
from compliance.cli.parser import parser
from compliance.privacy import to_query, to_synthesis
from compliance.rules.pack import join, read_part, shipped
from docs.building.commands import verbs
from tests.docs_blocks import DOCUMENTS, ROOT, SHELL, Block, blocks, named

LANGUAGES = {*SHELL, "python", "yaml", "json", "csv", "ini", "text"}
CODE = re.compile(r"`([^`\n]+)`")
BLOCKS = [(path, block) for path in DOCUMENTS for block in blocks(path)]
YAMLS = [pytest.param(b, id=f"{named(p)}:{b.line}") for p, b in BLOCKS if b.language == "yaml"]
# Blocks whose commands no test runs, by document; each says in its title where they do.
ELSEWHERE = {
    "CONTRIBUTING.md": 1,
    "docs/databases.md": 2,
    "docs/deploying.md": 3,
    "docs/how-to/invent-rows.md": 1,
    "docs/how-to/verify-a-report.md": 1,
    "docs/kept-elsewhere.md": 1,
    "docs/server.md": 1,
    "docs/signing.md": 3,
    "docs/trail.md": 1,
    "docs/world-map.md": 1,
}
QUERY = {"unit": "CustomerID", "by": ["Country"], "statistics": [{"count": "rows"}]}
PLAN = {"quasi_identifiers": {"age": {"build": "intervals", "width": 5}}, "k": 5}
RULE = """{id: OURS-1, law: POLICY, ref: Ours, title: Ours, requirement: Ours., entity: request,
asserts: [[received_at, exists]], severity: low, verified: {level: policy, source: ours}}"""


def test_every_block_says_what_it_is() -> None:
    strange = [f"{named(p)}:{b.line}" for p, b in BLOCKS if b.language not in LANGUAGES]
    indented = [named(p) for p in DOCUMENTS if re.search(r"\n\n    (?:python|make) ", _text(p))]

    assert (strange, indented) == ([], [])


def test_what_no_test_runs_is_listed_with_its_reason() -> None:
    found = Counter(named(p) for p, block in BLOCKS if block.elsewhere)

    assert dict(found) == ELSEWHERE
    assert [b.title for _, b in BLOCKS if b.language in SHELL and b.title and not b.elsewhere] == []


@pytest.mark.parametrize("block", YAMLS)
def test_every_block_of_yaml_is_read_by_what_it_is_meant_for(block: Block) -> None:
    raw = yaml.safe_load(block.body)

    assert _read(raw) is not None


def test_every_block_of_json_and_of_settings_is_read() -> None:
    for _, block in BLOCKS:
        if block.language == "json":
            assert json.loads(block.body)
        if block.language == "ini":
            settings = configparser.ConfigParser(interpolation=None)
            settings.read_string(f"[settings]\n{block.body}")
            assert settings["settings"]


def test_commands_named_in_sentences_exist_with_their_options() -> None:
    """Such as `record ropa --processor`: what stands in the text is spelt as what is typed."""
    wrong, seen = [], 0
    for path in DOCUMENTS:
        if path.name == "CHANGELOG.md" or "decisions" in path.parts:
            continue  # they tell of what was
        for said in CODE.findall(_text(path)):
            verb = _verb_of(said.removeprefix("python -m compliance "))
            seen += bool(verb)
            options = set(re.findall(r"(?<![\w-])--[a-z][\w-]*", said))
            if verb and options - _options()[verb] - {"--json", "--home", "--ask", "--help"}:
                wrong.append(f"{named(path)}: {said}")

    assert wrong == []
    assert seen > 200


def test_documents_that_the_code_names_are_there() -> None:
    sources = [*(ROOT / "compliance").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
    named_there = {m for p in sources for m in re.findall(r"\bdocs/[\w/-]+\.md\b", _text(p))}

    assert len(named_there) > 3
    assert [name for name in named_there if not (ROOT / name).is_file()] == []


def _read(raw: Mapping[str, Any]) -> object:
    """What the reader makes of a block; a part of a file is put into a whole one first."""
    keys = set(raw)
    if {"rules", "version"} <= keys:
        return _pack(yaml.safe_dump(dict(raw)))
    if keys == {"params"}:
        rule = {**yaml.safe_load(RULE), **raw}
        said = {"id": "ours", "title": "t", "version": "1", "as_of": "2026-11-20"}
        return _pack(yaml.safe_dump({**said, "rules": [rule]}))
    if keys & {"target", "sites", "task"}:
        return federated.to_plan(raw)
    if {"columns", "unit"} <= keys:
        return to_synthesis(raw)
    if keys & {"quasi_identifiers", "columns"}:
        return to_anonymisation({**PLAN, **raw})
    if keys == {"age"}:
        return to_anonymisation({**PLAN, "quasi_identifiers": raw})
    return to_query({**QUERY, **raw})


def _pack(text: str) -> object:
    return join([*shipped(), read_part(text.encode(), "ours.yaml")])


@cache
def _options() -> dict[str, set[str]]:
    """Every verb that can be typed, with its options."""
    return {verb: _of(verb) for verb in verbs(parser())}


def _of(verb: str) -> set[str]:
    found = parser()
    for word in verb.split():
        choices = next(a.choices for a in found._actions if isinstance(a.choices, dict))
        found = choices[word]
    return {option for action in found._actions for option in action.option_strings}


def _verb_of(said: str) -> str:
    """The longest verb that a piece of text begins with; empty where it begins with none."""
    words = said.split()
    begun = (" ".join(words[:n]) for n in (3, 2, 1))
    return next((verb for verb in begun if verb in _options()), "")


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
