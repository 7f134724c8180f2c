"""The threat model names tests; they exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODEL = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", MODEL)))
ROWS = [row.split("|") for row in MODEL.split("## Threats")[1].splitlines() if row.startswith("| ")]


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_every_test_that_is_named_exists(file: str, test: str) -> None:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}

    assert not test or test in names


def test_every_threat_has_a_defence_and_a_test() -> None:
    threats = ROWS[1:]

    assert len(threats) >= 25
    assert [row[1] for row in threats if not row[2].strip() or "tests/" not in row[3]] == []


def test_every_kind_of_threat_is_thought_of() -> None:
    kinds = {kind.strip() for row in ROWS[1:] for kind in row[1].split(":")[0].split(",")}

    assert kinds >= {"S", "T", "R", "I", "D", "E"}
    assert kinds >= {"L", "Id", "Nr", "Dd", "U", "Nc"}
