"""The packs that come with the desk."""

from __future__ import annotations

from functools import cache
from importlib import resources

from compliance.rules.nouns import Pack
from compliance.rules.pack.joining import join
from compliance.rules.pack.reading import Part, read_part

_NAMES = ("words", "laws", "desk")


@cache
def shipped() -> tuple[Part, ...]:
    """Words for facts, the laws, and what the desk asks for itself; the last extends the rest."""
    folder = resources.files("compliance.rules").joinpath("packs")
    return tuple(
        read_part(folder.joinpath(f"{name}.yaml").read_bytes(), f"{name}.yaml", base="")
        for name in _NAMES
    )


@cache
def desk_pack() -> Pack:
    """The rules that come with the desk."""
    return join(shipped())
