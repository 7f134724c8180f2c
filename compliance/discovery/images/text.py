"""Lines of text: found in overlapping tiles, joined, then read from the whole picture.

PP-OCR's detector misses small letters on large pictures and large letters in small tiles, so it
looks at both. A line that the reader cannot read for sure, as in a script that it was not taught,
counts where the detector sees it again, enlarged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from compliance.discovery.images import engines
from compliance.discovery.images.geometry import (
    Picture,
    Quad,
    Rect,
    around,
    framed,
    part,
    scaled,
    straightened,
)
from compliance.discovery.images.thresholds import pixels, threshold

_LETTER_HEIGHTS = (28, 48)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Line:
    """A line of text. Lives only while an image is read; its text goes nowhere else.

    Attributes:
        quad: its corners.
        seen: 0–1, the detector's score.
        read: 0–1, the reader's score.
        text: what was read.
    """

    quad: Quad
    seen: float
    read: float = 0.0
    text: str = ""

    def __repr__(self) -> str:
        return f"Line(seen={self.seen:.2f}, read={self.read:.2f})"

    @property
    def rect(self) -> Rect:
        """The rectangle around it."""
        return around(self.quad)

    @property
    def score(self) -> float:
        """0–1: how sure it is text."""
        return max(self.seen, self.read)


def lines_in(picture: Picture) -> list[Line]:
    """Every line of text, from top to bottom."""
    with engines.reader() as reader:
        found = _joined([line for view in _views(picture) for line in _seen(reader, *view)])
        read = [_read(reader, picture, line) for line in found]
        lines = [line for line in read if _is_text(reader, picture, line)]
    return sorted(lines, key=lambda line: (line.rect.top, line.rect.left))


def _views(picture: Picture) -> Iterator[tuple[Picture, float, int, int]]:
    """Parts of the picture, each with its scale and the place of its upper left corner.

    None where no letter has room: each part of a strip is framed, and costs as much as a large one.
    """
    height, width = picture.shape[:2]
    if min(height, width) < pixels("text", "lowest"):
        return
    whole, least = pixels("text", "whole"), pixels("text", "least")
    if max(height, width) <= whole:
        factor = min(max(1.0, least / max(height, width)), pixels("text", "enlarged"))
        yield framed(scaled(picture, factor), least), factor, 0, 0
        return
    factor = whole / max(height, width)
    yield framed(scaled(picture, factor), least), factor, 0, 0
    tile = pixels("text", "tile")
    for top, left in product(_starts(height), _starts(width)):
        corner = picture[top : top + tile, left : left + tile]
        yield framed(corner, least), 1.0, left, top


def _starts(side: int) -> list[int]:
    """Where tiles begin, so that they overlap and the last one ends at the edge."""
    tile, overlap = pixels("text", "tile"), pixels("text", "overlap")
    count = max(1, -(-(side - overlap) // (tile - overlap)))
    return [round(place) for place in np.linspace(0, max(0, side - tile), count)]


def _seen(reader: Any, view: Picture, factor: float, left: int, top: int) -> Iterator[Line]:
    """What the detector sees in one view, in pixels of the picture."""
    seen = reader(view[:, :, ::-1], use_det=True, use_cls=False, use_rec=False)
    if seen.boxes is None:
        return
    for quad, score in zip(seen.boxes, seen.scores, strict=True):
        corners = np.asarray(quad, dtype=np.float32) / np.float32(factor)
        moved = corners + np.array([left, top], dtype=np.float32)
        yield Line(quad=moved, seen=min(1.0, float(score)))


def _joined(lines: list[Line]) -> list[Line]:
    """One line for what several views saw, and for a line that a tile's edge cut."""
    kept: list[Line] = []
    for line in sorted(lines, key=lambda line: -line.rect.area):
        whole = line
        while partner := next((other for other in kept if _belong(whole, other)), None):
            kept.remove(partner)
            whole = _union(whole, partner)
        kept.append(whole)
    return kept


def _belong(one: Line, other: Line) -> bool:
    small, large = sorted((one.rect, other.rect), key=lambda rect: rect.area)
    shared = small.meet(large)
    if not shared.area:
        return False
    thick = sorted((_thickness(small), _thickness(large)))
    if small.share_in(large) >= 0.7:
        # A coarse view sees whole paragraphs as one line; their lines stay apart.
        return thick[0] >= 0.65 * thick[1]
    are_flat = min(small.width, large.width) > 0 and small.height < small.width
    across = shared.height if are_flat else shared.width
    return across >= 0.7 * thick[0] and thick[1] <= 1.5 * thick[0] and _is_level(one, other)


def _thickness(rect: Rect) -> float:
    return min(rect.width, rect.height)


def _is_level(*lines: Line) -> bool:
    """Whether the quads nearly fill their rectangles, so that these may be joined."""
    return all(_quad_area(line.quad) >= 0.75 * line.rect.area for line in lines)


def _quad_area(quad: Quad) -> float:
    x, y = quad[:, 0], quad[:, 1]
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2


def _union(line: Line, other: Line) -> Line:
    seen = max(line.seen, other.seen)
    larger, smaller = sorted((line, other), key=lambda line: -line.rect.area)
    if smaller.rect.share_in(larger.rect) > 0.98 or not _is_level(line, other):
        return replace(larger, seen=seen)
    return Line(quad=line.rect.hull(other.rect).quad, seen=seen)


def _read(reader: Any, picture: Picture, line: Line) -> Line:
    cut = straightened(picture, line.quad)
    result = reader(cut[:, :, ::-1], use_det=False, use_cls=True, use_rec=True)
    text, score = (result.txts or ("",))[0], (result.scores or (0.0,))[0]
    return replace(line, text=text, read=min(1.0, float(score)))


def _is_text(reader: Any, picture: Picture, line: Line) -> bool:
    signs = sum(sign.isalnum() for sign in line.text)
    height, width = picture.shape[:2]
    is_drawing = line.rect.area >= threshold("text", "drawing") * height * width and max(
        line.rect.width, line.rect.height
    ) < 3 * _thickness(line.rect)
    enough = "read_alone" if signs < 2 or is_drawing else "read"
    if signs and line.read >= threshold("text", enough):
        return True
    if is_drawing:
        return False
    return line.seen >= threshold("text", "seen_clearly") and _is_seen_again(reader, picture, line)


def _is_seen_again(reader: Any, picture: Picture, line: Line) -> bool:
    """Whether the detector sees the line in its surroundings, at two other sizes."""
    near = line.rect.grown(_thickness(line.rect)).within(picture)
    for height in _LETTER_HEIGHTS:
        factor = min(
            height / max(1.0, _thickness(line.rect)),
            pixels("text", "whole") / max(near.width, near.height),
        )
        cut = scaled(part(picture, near), factor)
        view = framed(cut, pixels("text", "least"))
        found = _seen(reader, view, factor, int(near.left), int(near.top))
        if not any(_is_same(again, line) for again in found):
            return False
    return True


def _is_same(again: Line, line: Line) -> bool:
    is_there = again.rect.likeness(line.rect) > 0.4
    return is_there and again.seen >= threshold("text", "seen_again")
