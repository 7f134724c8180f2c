"""The numbers of thresholds.yaml."""

from __future__ import annotations

import functools
import importlib.resources
from typing import Any

import yaml


@functools.cache
def table() -> dict[str, dict[str, dict[str, Any]]]:
    """The rows as they are written there: value, source and date by group and name."""
    text = importlib.resources.files(__package__).joinpath("thresholds.yaml").read_text("utf-8")
    rows: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load(text)
    return rows


def threshold(group: str, name: str) -> float:
    """One value; its unit stands at the top of thresholds.yaml."""
    return float(table()[group][name]["value"])


def pixels(group: str, name: str) -> int:
    """One value that is a whole number, as lengths and counts are."""
    return int(table()[group][name]["value"])
