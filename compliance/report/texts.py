"""The standing texts of the report, from `texts.yaml`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from compliance.i18n import LANGUAGE, speaking
from compliance.i18n.gathering import spoken


def texts() -> dict[str, Any]:
    """The groups of texts by name, in the language chosen; each has its `source`.

    Not to be changed.
    """
    return _texts(LANGUAGE.get())


@cache
def _texts(language: str) -> dict[str, Any]:
    with speaking(language):
        told: dict[str, Any] = spoken("compliance/report/texts.yaml", _english())
    return told


@cache
def _english() -> dict[str, Any]:
    data = (files(__package__) / "texts.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.safe_load(data)
    return loaded
