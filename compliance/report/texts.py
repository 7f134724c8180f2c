"""The standing texts of the report, from `texts.yaml`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def texts() -> dict[str, Any]:
    """The groups of texts by name; each has its `source`. Not to be changed."""
    data = (files(__package__) / "texts.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.safe_load(data)
    return loaded
