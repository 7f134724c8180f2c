"""Text, faces and codes in images are found, painted over, and looked for again."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from matplotlib import get_data_path
from PIL import Image

from compliance.discovery.images import BoxKind, find_in_image, redact_image, redacting, text
from compliance.discovery.images.geometry import Rect
from compliance.discovery.images.text import Line
from compliance.discovery.images.thresholds import table
from compliance.errors import ImageStillShowsError, MissingGroupError
from tests.images_cases import LINES, covered, drawn, pixels_of, saved

ROOT = Path(__file__).resolve().parent.parent
PORTRAIT = Path(get_data_path()) / "sample_data" / "grace_hopper.jpg"
FACE = (145, 99, 384, 338)  # of the portrait, from brow to chin, measured by hand


@pytest.mark.parametrize(
    ("size", "ink", "paper"),
    [
        pytest.param(10, "black", "white", id="small"),
        pytest.param(18, "#e6e6e6", "#1e1e3c", id="light on dark"),
        pytest.param(40, "#c83c3c", "#faf0c8", id="large and coloured"),
    ],
)
def test_english_and_chinese_lines_are_covered_and_cannot_be_read_again(
    size: int, ink: str, paper: str
) -> None:
    lines = LINES if size < 30 else tuple(line[:12] for line in LINES[:4])
    image, places = drawn(lines, size=size, ink=ink, paper=paper)

    done = redact_image(saved(image))

    assert min(covered(place, done.boxes) for place in places) == 1
    assert {box.kind for box in done.boxes} == {BoxKind.TEXT}
    assert find_in_image(done.image).is_clean
    assert done.checked.is_clean


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_text_on_its_side_or_head_is_covered(degrees: int) -> None:
    image, _ = drawn(LINES[1:5])
    turned = image.rotate(degrees, expand=True)

    found = find_in_image(saved(turned), types_in=lambda text: {text})

    read = {text for box in found.boxes for text in box.types}
    assert any("11010519491231002X" in text for text in read)
    assert any("7946 0958" in text for text in read)


def test_boxes_are_solid_black_and_the_rest_is_untouched() -> None:
    image, _ = drawn(LINES[:3], paper="#d0e0f0")

    done = redact_image(saved(image))

    before, after = np.asarray(image), pixels_of(done.image)
    mask = np.zeros(after.shape[:2], dtype=bool)
    for box in done.boxes:
        mask[box.y : box.y + box.height, box.x : box.x + box.width] = True
    assert not after[mask].any()
    assert (after[~mask] == before[~mask]).all()


def test_text_that_is_not_personal_may_stay() -> None:
    image, places = drawn(("Shipping label", "Phone +44 20 7946 0958", "Handle with care"))

    done = redact_image(saved(image), is_personal=lambda text: "7946" in text)

    assert [round(covered(place, done.boxes)) for place in places] == [0, 1, 0]


def test_what_is_personal_only_over_two_lines_is_covered() -> None:
    image, places = drawn(("221B Baker Street", "London NW1 6XE", "Handle with care"))

    done = redact_image(saved(image), is_personal=lambda text: "Baker" in text and "London" in text)

    assert [round(covered(place, done.boxes)) for place in places] == [1, 1, 0]


def test_what_was_read_is_nowhere_in_the_findings() -> None:
    image, _ = drawn(LINES[4:5])

    found = find_in_image(saved(image), types_in=lambda text: ["phone"] if "7946" in text else [])

    assert [box.types for box in found.boxes] == [("phone",)]
    assert "7946" not in repr(found)


@pytest.mark.parametrize("degrees", [0, 90, -20])
def test_a_face_is_covered_and_nothing_beside_it_counts_as_one(degrees: int) -> None:
    portrait = Image.open(PORTRAIT).convert("RGB")
    x, y = (FACE[0] + FACE[2]) / 2, (FACE[1] + FACE[3]) / 2
    turned = portrait.rotate(degrees, center=(x, y), fillcolor="grey")

    found = find_in_image(saved(turned))

    faces = tuple(box for box in found.boxes if box.kind is BoxKind.FACE)
    assert len(faces) == 1
    assert covered(FACE, faces) > 0.95


CODES = [
    pytest.param("QRCode", 0, id="QR code"),
    pytest.param("QRCode", 30, id="tilted QR code"),
    pytest.param("Code128", 0, id="Code 128"),
    pytest.param("Code128", 90, id="upright Code 128"),
    pytest.param("EAN13", 20, id="tilted EAN"),
    pytest.param("PDF417", 20, id="tilted PDF417, as on driving licences"),
    pytest.param("DataMatrix", 0, id="Data Matrix"),
    pytest.param("Aztec", 0, id="Aztec"),
]


@pytest.mark.parametrize(("kind", "degrees"), CODES)
def test_codes_are_covered_and_cannot_be_scanned(kind: str, degrees: int) -> None:
    content = "4006381333931" if kind == "EAN13" else "WANG-4711"
    code = zxingcpp.create_barcode(content, getattr(zxingcpp.BarcodeFormat, kind))
    image = Image.new("L", (480, 480), 255)
    image.paste(Image.fromarray(np.array(code.to_image(scale=2))), (60, 160))
    image = image.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255)
    dark = np.argwhere(np.asarray(image) < 128)
    place = (*dark.min(axis=0)[::-1], *(dark.max(axis=0)[::-1] + 1))
    assert zxingcpp.read_barcodes(image.rotate(-degrees, Image.Resampling.BICUBIC)), (
        "the test's own code can be read"
    )

    done = redact_image(saved(image))

    assert BoxKind.CODE in {box.kind for box in done.boxes}
    assert covered(tuple(map(int, place)), done.boxes) > 0.85
    for angle in (0, -degrees):
        assert zxingcpp.read_barcodes(Image.fromarray(pixels_of(done.image)).rotate(angle)) == []


def test_pictures_without_text_faces_or_codes_are_left_alone() -> None:
    rows, columns = np.mgrid[0:300, 0:400]
    stripes = np.where((columns // 14) % 2, 230, 30)
    waves = 128 + 100 * np.sin(rows / 17) * np.cos(columns / 23)
    noise = np.random.default_rng(4).integers(0, 255, rows.shape)
    for shades in (stripes, waves, noise):
        assert find_in_image(saved(Image.fromarray(shades.astype(np.uint8)))).is_clean


def test_an_image_that_still_shows_something_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    image, _ = drawn(LINES[4:5], shape=(300, 100))
    monkeypatch.setattr(redacting.reading, "painted", lambda picture, boxes: picture)
    monkeypatch.setattr(redacting, "_mask", lambda picture, boxes: np.zeros(picture.shape[:2]))

    with pytest.raises(ImageStillShowsError, match=r"text \(1\)") as refusal:
        redact_image(saved(image))

    assert "7946" not in str(refusal.value)


def test_a_box_that_was_too_small_is_grown_until_nothing_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    image, places = drawn(LINES[4:5], shape=(300, 100))
    whole = redacting.reading.boxes_on
    calls = []

    def at_first_too_small(*given: object, **options: object) -> list[object]:
        calls.append(1)
        boxes = whole(*given, **options)
        if len(calls) > 1:
            return boxes
        return [redacting.reading.grown(given[0], box, -0.3) for box in boxes]

    monkeypatch.setattr(redacting.reading, "boxes_on", at_first_too_small)
    monkeypatch.setattr(redacting.reading, "grown", redacting.reading.grown)

    done = redact_image(saved(image))

    assert covered(places[0], done.boxes) == 1
    assert done.readings == len(calls)


def test_without_the_optional_group_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compliance.discovery.images.engines.find_spec", lambda name: None)

    for verb in (find_in_image, redact_image):
        with pytest.raises(MissingGroupError, match=r"pip install '\.\[images\]'"):
            verb(b"")


def test_nothing_asks_the_network_or_writes_what_it_read(tmp_path: Path) -> None:
    """In a process of its own, so that models are loaded anew, and one where every door is shut."""
    path = tmp_path / "label.png"
    path.write_bytes(saved(drawn(LINES[4:5], shape=(300, 100))[0]))
    script = (
        "import socket, sys, pathlib\n"
        "def shut(*given, **options): raise SystemExit('asked the network')\n"
        "socket.socket.connect = socket.getaddrinfo = socket.create_connection = shut\n"
        "from compliance.discovery.images import find_in_image\n"
        "found = find_in_image(pathlib.Path(sys.argv[1]).read_bytes())\n"
        "print(len(found.boxes))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "1\n", "")


def test_threads_that_read_at_once_find_what_one_alone_finds() -> None:
    files = [saved(drawn(LINES[:count], shape=(320, 200))[0]) for count in (1, 2, 3)]
    alone = [find_in_image(file) for file in files]

    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(find_in_image, files))

    assert together == alone
    assert [found.count(BoxKind.TEXT) for found in alone] == [1, 2, 3]


def test_every_threshold_names_its_source_and_date() -> None:
    rows = [row for group in table().values() for row in group.values()]

    assert all(row["source"] and row["as_of"].isoformat() >= "2026-01-01" for row in rows)


def test_a_large_scan_is_read_in_parts_with_small_and_large_letters() -> None:
    sheet = Image.new("RGB", (1700, 1300), "white")
    small, (place, *_) = drawn(("手机 13800138000", "SSN 078-05-1120"), size=9, shape=(200, 60))
    large, (heading,) = drawn(("Confidential",), size=150, shape=(1400, 300))
    sheet.paste(large, (100, 100))
    corners = [(0, 500), (850, 700), (1480, 1220)]
    for corner in corners:
        sheet.paste(small, corner)

    boxes = find_in_image(saved(sheet)).boxes

    moved = [tuple(place[i] + corner[i % 2] for i in range(4)) for corner in corners]
    moved.append(tuple(value + 100 for value in heading))
    assert min(covered(place, boxes) for place in moved) > 0.97


def test_a_paragraph_seen_as_one_line_does_not_swallow_its_lines() -> None:
    """As happens where a large scan is first looked at from far away."""
    rows = [Rect(10, 10 + 30 * row, 400, 30 + 30 * row) for row in range(4)]
    blob = Line(quad=Rect(0, 0, 410, 130).quad, seen=0.6)

    joined = text._joined([blob, *(Line(quad=row.quad, seen=0.8) for row in rows)])

    assert {line.rect for line in joined} == {blob.rect, *rows}


def test_a_line_that_a_tile_cut_is_read_as_one() -> None:
    left, right = Rect(10, 10, 300, 30), Rect(220, 11, 500, 31)

    (line,) = text._joined([Line(quad=part.quad, seen=0.8) for part in (left, right)])

    assert line.rect == Rect(10, 10, 500, 31)
