"""The rules as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from compliance.plain import from_plain
from compliance.rules.nouns import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A set of rules.

    Attributes:
        as_of: the day on which all of it was checked, ISO date.
        words: how the evidence names each fact.
        rules: in the order of the file.
    """

    as_of: str
    words: Mapping[str, str]
    rules: tuple[Rule, ...]


@cache
def desk_pack() -> Pack:
    """The rules that come with the desk."""
    text = resources.files("compliance.rules").joinpath("desk.yaml").read_text(encoding="utf-8")
    raw = yaml.safe_load(text)
    rules = tuple(from_plain(Rule, {**rule, "as_of": raw["as_of"]}) for rule in raw["rules"])
    return Pack(as_of=raw["as_of"], words=raw["words"], rules=rules)
