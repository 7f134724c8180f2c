"""How well images are redacted: the labelled shared ones, and hard ones drawn here.

Run with `make bench-images`; `--drawn` leaves the shared images out. One line per image: how many
lines of text, faces and codes there are and how many lie under black, how many boxes lie on
nothing of the kind, how often the image was read until nothing was left, and CPU seconds.

A place counts as covered where at least 98 % of it is black; a box is false where less than a
tenth of it lies on labelled places.
"""

from __future__ import annotations

import io
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from PIL import Image, ImageDraw, ImageFont

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from compliance.discovery.images import Box, redact_image
from compliance.errors import ImageStillShowsError

ROOT = Path(__file__).resolve().parent.parent
_FONT = ROOT / "compliance" / "report" / "fonts" / "NotoSansSC-Regular.ttf"
_LINES = {
    "Chinese": (
        "姓名：王小明",
        "身份证号码 11010519491231002X",
        "手机13800138000",
        "收货地址：北京市朝阳区建国路88号院3号楼",
        "银行卡 6222 0212 3456 7890 123",
    ),
    "English": (
        "Name: Margaret O'Neill",
        "Phone +44 20 7946 0958",
        "Card 4111 1111 1111 1111",
        "221B Baker Street, London NW1 6XE",
        "e-mail: m.oneill@example.com",
    ),
}
_COLOURS = {
    "black on white": ("black", "white"),
    "light on dark": ("#e6e6e6", "#1e1e3c"),
    "grey on white": ("#969696", "white"),
}
Place = tuple[int, int, int, int]  # x, y, width, height


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What became of one image. `readings` is 0 where it was refused."""

    places: int
    covered: int
    false: int
    readings: int
    cpu_s: float


def judged(data: bytes, places: list[Place]) -> Judged:
    """Redact an image and compare the boxes with the labelled places."""
    start = time.process_time()
    try:
        done = redact_image(data)
    except ImageStillShowsError:
        spent = time.process_time() - start
        return Judged(places=len(places), covered=0, false=0, readings=0, cpu_s=spent)
    spent = time.process_time() - start
    size = (done.checked.height, done.checked.width)
    black, known = _mask(size, map(_place, done.boxes)), _mask(size, places)
    return Judged(
        places=len(places),
        covered=sum(_share(black, place) >= 0.98 for place in places),
        false=sum(_share(known, _place(box)) < 0.1 for box in done.boxes),
        readings=done.readings,
        cpu_s=spent,
    )


def labelled(shared_data: Path) -> Iterator[tuple[str, bytes, list[Place]]]:
    """The labelled shared images with their places."""
    file = Path(__file__).with_name("images_places.yaml")
    for name, kinds in yaml.safe_load(file.read_text("utf-8")).items():
        places = [tuple(place) for rows in kinds.values() for place in rows]
        yield name, (shared_data / "images_shared" / name).read_bytes(), places


def hard() -> Iterator[tuple[str, bytes, list[Place]]]:
    """Drawn images: two languages, sizes from 10 to 40 pixels, colours, and quarter turns."""
    for language, lines in _LINES.items():
        for size in (10, 14, 24, 40):
            for colours, (ink, paper) in _COLOURS.items():
                image, places = _drawn(lines, size, ink, paper)
                yield f"{language}, {size} px, {colours}", _png(image), places
        for degrees in (90, 180, 270):
            image, places = _drawn(lines, 16, "black", "white")
            turned = [_turned(place, image.size, degrees) for place in places]
            name = f"{language}, 16 px, turned by {degrees}°"
            yield name, _png(image.rotate(degrees, expand=True)), turned


def main() -> None:
    """Print one line per image, the totals, and the most memory that was used."""
    shared_data = ROOT.parent / "shared" / "data"
    images = [] if "--drawn" in sys.argv else list(labelled(shared_data))
    images += hard()
    print(f"{'image':<52}{'places':>8}{'covered':>9}{'false':>7}{'readings':>10}{'CPU s':>8}")
    rows = []
    for name, data, places in images:
        row = judged(data, places)
        rows.append(row)
        print(_line(name[-50:], row), flush=True)
    total = Judged(
        places=sum(row.places for row in rows),
        covered=sum(row.covered for row in rows),
        false=sum(row.false for row in rows),
        readings=max(row.readings for row in rows),
        cpu_s=sum(row.cpu_s for row in rows),
    )
    print(_line("all", total))
    print(f"most false boxes on one image: {max(row.false for row in rows)}")
    print(f"refused: {sum(row.readings == 0 for row in rows)} of {len(rows)}")
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def _line(name: str, row: Judged) -> str:
    counts = f"{row.places:>8}{row.covered:>9}{row.false:>7}{row.readings:>10}"
    return f"{name:<52}{counts}{row.cpu_s:>8.1f}"


def _drawn(
    lines: tuple[str, ...], size: int, ink: str, paper: str
) -> tuple[Image.Image, list[Place]]:
    image = Image.new("RGB", (900, 520), paper)
    pen, font = ImageDraw.Draw(image), ImageFont.truetype(_FONT, size)
    places = []
    for row, line in enumerate(lines):
        at = (40, 24 + row * round(size * 2.2))
        pen.text(at, line, font=font, fill=ink)
        left, top, right, bottom = (int(v) for v in pen.textbbox(at, line, font=font))
        places.append((left, top, right - left, bottom - top))
    return image, places


def _turned(place: Place, size: tuple[int, int], degrees: int) -> Place:
    """Where a place lies after a turn against the clock."""
    (x, y, width, height), (full_width, full_height) = place, size
    if degrees == 90:
        return y, full_width - x - width, height, width
    if degrees == 180:
        return full_width - x - width, full_height - y - height, width, height
    return full_height - y - height, x, height, width


def _png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _place(box: Box) -> Place:
    return box.x, box.y, box.width, box.height


def _mask(size: tuple[int, int], places: object) -> np.ndarray:
    mask = np.zeros(size, dtype=bool)
    for x, y, width, height in places:
        mask[y : y + height, x : x + width] = True
    return mask


def _share(mask: np.ndarray, place: Place) -> float:
    x, y, width, height = place
    return float(mask[y : y + height, x : x + width].mean())


if __name__ == "__main__":
    main()
