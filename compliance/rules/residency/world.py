"""Outlines and a point of every country, for maps that ask no network."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The map, in degrees of longitude and latitude.

    Attributes:
        source: where it is from.
        outlines: the rings of each country that is large enough to be drawn.
        land: rings that belong to no country of ISO 3166-1.
        points: a point within each country, small ones too.
    """

    source: str
    outlines: Mapping[str, tuple[Ring, ...]]
    land: tuple[Ring, ...]
    points: Mapping[str, tuple[float, float]]


@cache
def world() -> World:
    """The map that comes with the desk.

    Source: Natural Earth 1:110m, public domain; how it was made stands in `docs/world-map.md`.
    """
    place = resources.files("compliance.rules").joinpath("residency", "world.json")
    raw = json.loads(place.read_text(encoding="utf-8"))
    return World(
        source=raw["source"],
        outlines={code: tuple(map(_ring, rings)) for code, rings in raw["outlines"].items()},
        land=tuple(map(_ring, raw["land"])),
        points={code: (x, y) for code, (x, y) in raw["points"].items()},
    )


def _ring(flat: list[int]) -> Ring:
    return tuple((x / 10, y / 10) for x, y in zip(flat[::2], flat[1::2], strict=True))
