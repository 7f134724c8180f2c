"""Images that the tests draw themselves."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from compliance.discovery.images import Box

ROOT = Path(__file__).resolve().parent.parent
FONT = ROOT / "compliance" / "report" / "fonts" / "NotoSansSC-Regular.ttf"
LINES = (
    "姓名：王小明",
    "身份证号码 11010519491231002X",
    "收货地址：北京市朝阳区建国路88号",
    "Name: Margaret O'Neill",
    "Phone +44 20 7946 0958",
    "221B Baker Street, London NW1",
)


def drawn(
    lines: tuple[str, ...] = LINES,
    *,
    size: int = 18,
    ink: str = "black",
    paper: str = "white",
    shape: tuple[int, int] = (560, 400),
) -> tuple[Image.Image, list[tuple[int, int, int, int]]]:
    """An image with one line below the other, and where each stands: left, top, right, bottom."""
    image = Image.new("RGB", shape, paper)
    pen, font = ImageDraw.Draw(image), ImageFont.truetype(FONT, size)
    places = []
    for row, line in enumerate(lines):
        at = (30, 20 + row * round(size * 2.2))
        pen.text(at, line, font=font, fill=ink)
        left, top, right, bottom = pen.textbbox(at, line, font=font)
        places.append((int(left), int(top), int(right), int(bottom)))
    return image, places


def saved(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """The image as a file."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def pixels_of(data: bytes, page: int = 0) -> np.ndarray:
    """One page of a file as red, green, blue."""
    image = Image.open(io.BytesIO(data))
    image.seek(page)
    return np.asarray(image.convert("RGB"))


def covered(place: tuple[int, int, int, int], boxes: tuple[Box, ...]) -> float:
    """0–1: the share of a rectangle that lies under the boxes."""
    left, top, right, bottom = place
    mask = np.zeros((bottom, right), dtype=bool)
    for box in boxes:
        mask[box.y : box.y + box.height, box.x : box.x + box.width] = True
    return float(mask[top:bottom, left:right].mean())
