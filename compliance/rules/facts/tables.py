"""The tables of numbers and words beside these modules."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from compliance.shipped import table


@functools.cache
def data(name: str) -> Mapping[str, Any]:
    """What stands in `<name>.yaml`."""
    loaded: Mapping[str, Any] = table("compliance.rules.facts", f"{name}.yaml")
    return loaded
