"""Which room of the house imports which, read off the code, and drawn."""

from __future__ import annotations

import ast
import functools
from collections import defaultdict
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parents[2]
# As in tests/test_architecture.py, from the ground up; a row of the picture each.
LAYERS = (
    ("plain values", ("plain", "shipped")),
    ("the ground", ("countries", "errors", "settings", "i18n")),
    ("verbs: tables", ("dataset", "discovery", "anonymise", "privacy", "federated")),
    ("verbs: proof", ("lineage", "trail", "watch", "register", "rules")),
    ("verbs: people", ("rights", "impact", "access", "glossary", "report")),
    ("invented shop, records", ("demo", "storage")),
    ("the one writer", ("workspace",)),
    ("the edge", ("cli", "pages")),
)
WIDTH, LEFT, BOX, ROW, TALL = 980, 170, 140, 92, 40


@functools.cache
def edges() -> dict[tuple[str, str], int]:
    """How many files of one room import another: `(who, whom)` and the number of files."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    places = [(p, p.relative_to(ROOT / "compliance").parts[0]) for p in _sources("compliance")]
    places += [(p, "pages") for p in [*_sources("pages"), ROOT / "app.py"]]
    for path, room in places:
        for other in _rooms_imported(path) - {room.removesuffix(".py")}:
            found[room.removesuffix(".py"), other] += 1
    return {pair: n for pair, n in found.items() if not pair[0].startswith("__")}


def rooms() -> list[str]:
    """All rooms, from the ground up; one that the picture does not know stands at the end."""
    known = [room for _, layer in LAYERS for room in layer]
    found = {room for pair in edges() for room in pair}
    return [r for r in known if r in found] + sorted(found - set(known))


def picture() -> str:
    """The rooms as SVG: who stands on whom, in rows; colours are those of the page around it."""
    joined = edges()
    layers = _rows()
    places = _places(layers)
    height = len(layers) * ROW + 20
    drawn = [_arrow(who, whom, n, places) for (who, whom), n in sorted(joined.items())]
    drawn += [_label(name, len(layers) - 1 - row) for row, (name, _) in enumerate(layers)]
    drawn += [_box(room, *places[room]) for room in places]
    title, described = "Rooms and their imports", _described(joined)
    return (
        '<figure class="rooms-frame" tabindex="0">\n'
        f'<svg class="rooms" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-labelledby="rooms-title rooms-desc" xmlns="http://www.w3.org/2000/svg">\n'
        f'<title id="rooms-title">{title}</title>\n'
        f'<desc id="rooms-desc">{escape(described)}</desc>\n'
        + "\n".join(drawn)
        + "\n</svg>\n</figure>\n"
    )


def _described(joined: dict[tuple[str, str], int]) -> str:
    order = {room: place for place, room in enumerate(rooms())}
    upward = [pair for pair in joined if order[pair[0]] < order[pair[1]]]
    said = "Every arrow points to a room further down" if not upward else "Some arrows point up"
    counted = f"{len(order)} rooms in rows, {len(joined)} arrows between them"
    return f"{counted}. {said} or earlier in its row."


def told(room: str) -> str:
    """What a room is for, as the first line of its own docstring says."""
    places = (ROOT / "compliance" / room / "__init__.py", ROOT / "compliance" / f"{room}.py")
    path = next((place for place in places if place.is_file()), ROOT / "app.py")
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return said.partition("\n")[0]


def _rows() -> list[tuple[str, tuple[str, ...]]]:
    """The layers with those rooms that there are, and above them what is on no layer."""
    there = rooms()
    rows = [(name, tuple(r for r in layer if r in there)) for name, layer in LAYERS]
    beyond = tuple(r for r in there if all(r not in layer for _, layer in LAYERS))
    return [*rows, *([("not on the plan", beyond)] if beyond else [])]


def _places(layers: list[tuple[str, tuple[str, ...]]]) -> dict[str, tuple[float, float]]:
    """The middle of each box; the ground lies at the bottom."""
    found = {}
    for row, (_, layer) in enumerate(layers):
        step = (WIDTH - LEFT) / len(layer)
        y = (len(layers) - 1 - row) * ROW + 40
        found |= {room: (LEFT + step * (place + 0.5), y) for place, room in enumerate(layer)}
    return found


def _arrow(who: str, whom: str, files: int, places: dict[str, tuple[float, float]]) -> str:
    (x, y), (to_x, to_y) = places[who], places[whom]
    said = f"{who} imports {whom} in {files} {'file' if files == 1 else 'files'}"
    half = TALL / 2
    if y == to_y:  # in one row: an arc above the boxes
        top = y - half
        way = f"M{x:g} {top:g} Q{(x + to_x) / 2:g} {top - 30:g} {to_x:g} {top - 2:g}"
    else:
        down = 1 if to_y > y else -1
        start, end = y + down * half, to_y - down * (half + 2)
        bend = (end - start) / 2
        way = f"M{x:g} {start:g} C{x:g} {start + bend:g} {to_x:g} {end - bend:g} {to_x:g} {end:g}"
    strength = "strong" if files >= 10 else "weak"
    tip = to_y - half if y <= to_y else to_y + half
    return (
        f'<g class="arrow {strength}" data-from="{who}" data-to="{whom}"><title>{said}</title>'
        f'<path d="{way}"/><circle cx="{to_x:g}" cy="{tip:g}" r="2.5"/></g>'
    )


def _box(room: str, x: float, y: float) -> str:
    return (
        f'<g class="room"><rect x="{x - BOX / 2:g}" y="{y - TALL / 2:g}" width="{BOX}" '
        f'height="{TALL}" rx="6"/><text x="{x:g}" y="{y + 5:g}">{escape(room)}</text></g>'
    )


def _label(name: str, row: int) -> str:
    return f'<text class="layer" x="8" y="{row * ROW + 45}">{escape(name)}</text>'


def _sources(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def _rooms_imported(path: Path) -> set[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    parts = (name.split(".") for name in names)
    return {
        "pages" if p[0] == "pages" else p[1]
        for p in parts
        if p[0] == "pages" or (p[0] == "compliance" and len(p) > 1 and not p[1].startswith("__"))
    }
