"""The tables of numbers and words beside these modules."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib import resources
from typing import Any

import yaml


@functools.cache
def data(name: str) -> Mapping[str, Any]:
    """What stands in `<name>.yaml`."""
    text = resources.files("compliance.rules.facts").joinpath(f"{name}.yaml")
    loaded: Mapping[str, Any] = yaml.safe_load(text.read_text(encoding="utf-8"))
    return loaded
