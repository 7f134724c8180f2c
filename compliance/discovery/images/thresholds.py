"""The numbers of thresholds.yaml."""

from __future__ import annotations

import functools
from typing import Any

from compliance import shipped


@functools.cache
def table() -> dict[str, dict[str, dict[str, Any]]]:
    """The rows as they are written there: value, source and date by group and name."""
    rows: dict[str, dict[str, dict[str, Any]]] = shipped.table(__package__, "thresholds.yaml")
    return rows


def threshold(group: str, name: str) -> float:
    """One value; its unit stands at the top of thresholds.yaml."""
    return float(table()[group][name]["value"])


def pixels(group: str, name: str) -> int:
    """One value that is a whole number, as lengths and counts are."""
    return int(table()[group][name]["value"])
