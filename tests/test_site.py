"""The documentation is a site that is whole, needs nothing from elsewhere, and is made of code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

from compliance import errors
from compliance.cli.parser import parser
from compliance.rules.pack import desk_pack
from compliance.settings import SETTINGS
from docs.building import rooms
from docs.building.commands import verbs
from docs.building.tables import anchor
from tests.test_architecture import BEFORE, PAGES, SOURCES, imported, room_of, rooms_imported

ROOT = Path(__file__).resolve().parent.parent
ASKED_FOR = re.compile(
    r"<(?:link|script|img|iframe|source|object)\b[^>]*?(?:href|src)=\"?([^\" >]+)"
)
LINK = re.compile(r"<a\b[^>]*?\bhref=\"?([^\" >]+)")
PLACE = re.compile(r"\bid=\"?([^\" >]+)")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as `make docs` builds it, in a folder of its own."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    return folder


def test_no_page_asks_for_anything_from_elsewhere(site: Path) -> None:
    asked = {address for page in site.rglob("*.html") for address in ASKED_FOR.findall(_text(page))}
    styles = "".join(style.read_text("utf-8") for style in site.rglob("*.css"))

    assert len(asked) > 10
    assert [address for address in asked if re.match(r"(?:https?:)?//", address)] == []
    assert re.findall(r"url\((?:['\"]?)(?:https?:)?//[^)]*\)|@import[^;]*", styles) == []


def test_every_link_leads_to_a_page_and_a_place_on_it(site: Path) -> None:
    dead = []
    for page in site.rglob("*.html"):
        for link in {*LINK.findall(_text(page))} - {"."}:
            if re.match(r"\w+:", link):
                continue
            path, _, place = link.partition("#")
            target = (page.parent / unquote(path)).resolve() if path else page
            if target.is_dir():
                target /= "index.html"
            is_there = target.is_file() and (not place or unquote(place) in _places(target))
            dead += [] if is_there or page.name == "404.html" else [f"{page.name}: {link}"]

    assert dead == []


def test_the_reference_tells_every_command_setting_rule_and_refusal(site: Path) -> None:
    told = {name: _text(site / "reference" / f"{name}.html") for name in REFERENCE}
    public = {name for name in errors.__all__ if isinstance(getattr(errors, name), type)}

    assert {anchor(verb) for verb in verbs(parser())} <= _places(site / "reference/commands.html")
    assert [s.name for s in SETTINGS if s.name not in told["settings"]] == []
    assert [r.id for r in desk_pack().rules if f">{r.id}<" not in told["rules"]] == []
    assert [name for name in public if f">{name}<" not in told["refusals"]] == []
    assert "privacy_desk_requests_total" in told["metrics"]
    assert "privacy_desk_trail_whole" in told["metrics"]


REFERENCE = ("commands", "settings", "rules", "refusals", "metrics")


def test_the_picture_of_the_rooms_is_drawn_from_their_imports(site: Path) -> None:
    """Counted here as tests/test_architecture.py does, there as the picture does."""
    drawn = set(re.findall(r'data-from="(\w+)" data-to="(\w+)"', _text(site / "architecture.html")))
    real = {(room_of(p), other) for p in SOURCES for other in rooms_imported(p)}
    real |= {
        ("pages", name.split(".")[1])
        for path in PAGES
        for name in imported(path)
        if name.startswith("compliance.")
    }

    assert drawn == {(a, b) for a, b in real if not a.startswith("__") and not b.startswith("__")}
    assert len(drawn) > 100


def test_no_arrow_of_the_picture_points_up() -> None:
    height = {room: n for n, (_, row) in enumerate(rooms.LAYERS) for room in row}

    assert [pair for pair in rooms.edges() if height[pair[0]] < height[pair[1]]] == []
    assert {room for room in BEFORE if not room.startswith("__")} <= height.keys()


def test_the_picture_says_in_words_what_it_shows() -> None:
    drawn = rooms.picture()
    silent = [room for room in rooms.rooms() if not rooms.told(room)]

    assert silent == []
    assert 'role="img"' in drawn
    assert "Every arrow points to a room further down" in drawn
    assert "<title>pages imports workspace in" in drawn


def test_the_list_of_decisions_holds_every_one(site: Path) -> None:
    listed = _text(site / "decisions" / "index.html")
    files = sorted(path.stem for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md"))

    assert [name for name in files if f"{name}.html" not in listed] == []


@cache
def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@cache
def _places(page: Path) -> set[str]:
    return set(PLACE.findall(_text(page)))
