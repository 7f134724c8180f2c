"""The standing texts of the report, from `texts.yaml`."""

from __future__ import annotations

from functools import cache
from typing import Any

from compliance.i18n import LANGUAGE, speaking
from compliance.i18n.gathering import spoken
from compliance.shipped import table


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
    loaded: dict[str, Any] = table(__package__, "texts.yaml")
    return loaded
