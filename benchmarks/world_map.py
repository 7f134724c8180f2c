"""Makes the outlines of the map on Residency from Natural Earth; see `docs/world-map.md`.

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python -m benchmarks.world_map package compliance/rules/residency/world.json

Reads the TopoJSON files of that package, looks at no network, and writes one JSON document.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from babel.core import get_global

from compliance.countries import COUNTRIES

STEP = 0.1  # degrees to which points are rounded; the map is 1,000 pixels wide, 0.36 degrees each
SMALLEST = 0.35  # square degrees below which a ring of a country with larger ones is left out
KOSOVO = "Kosovo"  # has no number in ISO 3166-1
NOT_DRAWN = ("AQ",)
# Places that the finer file draws as part of another country; rounded by hand.
MORE = {
    "BQ": (-68.3, 12.2), "BV": (3.4, -54.4), "CC": (96.8, -12.1), "CX": (105.6, -10.5),
    "GF": (-53.1, 4.0), "GI": (-5.4, 36.1), "GP": (-61.6, 16.2), "MQ": (-61.0, 14.6),
    "RE": (55.5, -21.1), "SJ": (16.0, 78.5), "TK": (-171.8, -9.2), "TV": (179.2, -8.5),
    "UM": (166.6, 19.3), "YT": (45.2, -12.8),
}  # fmt: skip

Point = tuple[float, float]


def main(package: Path, out: Path) -> None:
    """Outlines of the coarse file, and points of the finer one for every country."""
    coarse, fine = (
        json.loads((package / f"countries-{scale}.json").read_text()) for scale in ("110m", "50m")
    )
    outlines = {code: rings for code, rings in countries(coarse) if code in COUNTRIES}
    outlines = {code: rings for code, rings in outlines.items() if code not in NOT_DRAWN}
    nameless = [rings for code, rings in countries(coarse) if code == ""]
    points = MORE | {c: middle(rings) for c, rings in countries(fine) if c in COUNTRIES}
    document = {
        "source": "Natural Earth 1:110m (outlines) and 1:50m (points), version 4.1.0, public "
        "domain, through world-atlas 2.0.2 (ISC)",
        "unit": "outlines: tenths of a degree, longitude and latitude in turn; points: degrees",
        "outlines": {code: packed(rings) for code, rings in sorted(outlines.items())},
        "land": [ring for rings in nameless for ring in packed(rings)],
        "points": {code: [round(x, 1), round(y, 1)] for code, (x, y) in sorted(points.items())},
    }
    out.write_text(json.dumps(document, separators=(",", ":"), ensure_ascii=False) + "\n")
    lacking = " ".join(sorted(COUNTRIES - points.keys())) or "none"
    print(f"{len(outlines)} outlines, {len(points)} points, {out.stat().st_size:,} bytes")
    print(f"Countries without a point: {lacking}")


def countries(topology: Mapping[str, Any]) -> Iterator[tuple[str, list[list[Point]]]]:
    """Each country's code, empty where it has none, and its rings in degrees."""
    arcs = [unpacked(arc, topology["transform"]) for arc in topology["arcs"]]
    for shape in topology["objects"]["countries"]["geometries"]:
        kind = shape["type"]
        polygons = shape.get("arcs", []) if kind == "MultiPolygon" else [shape.get("arcs", [])]
        rings = [ring(polygon[0], arcs) for polygon in polygons if polygon]
        yield code_of(shape), [part for one in rings for part in cut(one)]


def code_of(shape: Mapping[str, Any]) -> str:
    """ISO 3166-1 alpha-2; empty for what is none."""
    if shape["properties"]["name"] == KOSOVO:
        return "XK"
    found = get_global("territory_aliases").get(shape.get("id", ""), [])
    return str(found[0]) if found else ""


def unpacked(arc: Sequence[Sequence[int]], transform: Mapping[str, Any]) -> list[Point]:
    """An arc's points: each is told as its distance from the one before."""
    (scale_x, scale_y), (left, low) = transform["scale"], transform["translate"]
    x = y = 0
    found = []
    for dx, dy in arc:
        x, y = x + dx, y + dy
        found.append((left + x * scale_x, low + y * scale_y))
    return found


def ring(indices: Sequence[int], arcs: Sequence[list[Point]]) -> list[Point]:
    """The arcs of a ring one after the other; ~i is arc i backwards."""
    found: list[Point] = []
    for index in indices:
        part = arcs[index] if index >= 0 else arcs[~index][::-1]
        found += part if not found else part[1:]
    return found


def cut(points: Sequence[Point]) -> list[list[Point]]:
    """A ring as parts that do not reach over the line where the day changes."""
    whole, turn = [points[0]], 0.0
    for (before, _), (x, y) in pairwise(points):
        turn += 360 * ((before - x > 180) - (x - before > 180))
        whole.append((x + turn, y))
    found = []
    for shift in (-360, 0, 360):
        part = half([(x + shift, y) for x, y in whole], 180.0, 1)
        part = half(part, -180.0, -1)
        if len(part) > 2:
            found.append(part)
    return found


def half(points: Sequence[Point], edge: float, side: int) -> list[Point]:
    """The part of a ring on one side of a meridian: west of it for 1, east of it for -1."""
    found: list[Point] = []
    for (x0, y0), (x1, y1) in zip(points, [*points[1:], *points[:1]], strict=True):
        is_in, comes_in = side * x0 <= side * edge, side * x1 <= side * edge
        if is_in:
            found.append((x0, y0))
        if is_in != comes_in:
            found.append((edge, y0 + (edge - x0) * (y1 - y0) / (x1 - x0)))
    return found


def area(points: Sequence[Point]) -> float:
    """Of a ring, in square degrees."""
    pairs = zip(points, [*points[1:], points[0]], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2


def middle(rings: Sequence[Sequence[Point]]) -> Point:
    """A point inside the largest ring: its centre of mass, or the middle of its widest line."""
    largest = max(rings, key=area)
    pairs = list(zip(largest, [*largest[1:], largest[0]], strict=True))
    doubled = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)
    if abs(doubled) < 1e-9:
        return largest[0]
    x = sum((a[0] + b[0]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairs) / (3 * doubled)
    y = sum((a[1] + b[1]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairs) / (3 * doubled)
    crossings = sorted(
        a[0] + (y - a[1]) * (b[0] - a[0]) / (b[1] - a[1])
        for a, b in pairs
        if (a[1] > y) != (b[1] > y)
    )
    spans = list(zip(crossings[::2], crossings[1::2], strict=False))
    if not spans or any(low <= x <= high for low, high in spans):
        return x, y
    low, high = max(spans, key=lambda span: span[1] - span[0])
    return (low + high) / 2, y


def packed(rings: Sequence[Sequence[Point]]) -> list[list[int]]:
    """Rings as x, y, x, y in tenths of a degree, small islands and repeated points left out."""
    largest = max(area(one) for one in rings)
    found = []
    for one in rings:
        if area(one) < min(SMALLEST, largest):
            continue
        flat: list[int] = []
        for x, y in one:
            point = [round(x / STEP), round(y / STEP)]
            if flat[-2:] != point:
                flat += point
        found.append(flat)
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
