"""The rules as data."""

from __future__ import annotations

from functools import cache
from importlib import resources

import yaml

from compliance.plain import from_plain
from compliance.rules.nouns import Pack


@cache
def desk_pack() -> Pack:
    """The rules that come with the desk."""
    folder = resources.files("compliance.rules").joinpath("packs")
    raw = yaml.safe_load(folder.joinpath("desk.yaml").read_text(encoding="utf-8"))
    rules = [{**rule, "as_of": raw["as_of"]} for rule in raw["rules"]]
    return from_plain(Pack, {**raw, "rules": rules})
