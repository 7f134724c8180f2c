"""Rectangles and quadrilaterals on pictures, in pixels of the picture."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]  # height × width × 3, red, green, blue
Quad = npt.NDArray[np.float32]  # four corners as x, y, going round


@dataclass(frozen=True, slots=True)
class Rect:
    """The pixels from `left` to just before `right`, and from `top` to just before `bottom`."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """In pixels."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """In pixels."""
        return self.bottom - self.top

    @property
    def area(self) -> float:
        """In pixels; 0 where it is empty."""
        return max(0.0, self.width) * max(0.0, self.height)

    @property
    def quad(self) -> Quad:
        """Its corners, from the upper left one to the right."""
        corners = [
            (self.left, self.top),
            (self.right, self.top),
            (self.right, self.bottom),
            (self.left, self.bottom),
        ]
        return np.array(corners, dtype=np.float32)

    def meet(self, other: Rect) -> Rect:
        """What both cover; its area is 0 where they do not meet."""
        return Rect(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def hull(self, other: Rect) -> Rect:
        """The smallest one that covers both."""
        return Rect(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def grown(self, by: float) -> Rect:
        """Larger by `by` pixels on every side."""
        return Rect(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def within(self, picture: Picture) -> Rect:
        """The whole pixels of it that lie in `picture`, at least one."""
        height, width = picture.shape[:2]
        left = min(max(0, int(np.floor(self.left))), width - 1)
        top = min(max(0, int(np.floor(self.top))), height - 1)
        right = min(max(left + 1, int(np.ceil(self.right))), width)
        bottom = min(max(top + 1, int(np.ceil(self.bottom))), height)
        return Rect(left, top, right, bottom)

    def share_in(self, other: Rect) -> float:
        """0–1: the share of this one that `other` covers."""
        return self.meet(other).area / self.area if self.area else 0.0

    def likeness(self, other: Rect) -> float:
        """0–1: what both cover as a share of what either covers (Jaccard's index)."""
        shared = self.meet(other).area
        either = self.area + other.area - shared
        return shared / either if either else 0.0


def around(quad: Quad) -> Rect:
    """The smallest rectangle that covers `quad`."""
    (left, top), (right, bottom) = quad.min(axis=0), quad.max(axis=0)
    return Rect(float(left), float(top), float(right), float(bottom))


def part(picture: Picture, rect: Rect) -> Picture:
    """The whole pixels of `rect`, without a copy."""
    inside = rect.within(picture)
    rows = slice(int(inside.top), int(inside.bottom))
    return picture[rows, int(inside.left) : int(inside.right)]


def scaled(picture: Picture, factor: float) -> Picture:
    """`picture` enlarged or reduced; at least one pixel."""
    if factor == 1:
        return picture
    height, width = picture.shape[:2]
    size = max(1, round(width * factor)), max(1, round(height * factor))
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, size, interpolation=method), dtype=np.uint8)


def border_colour(picture: Picture) -> list[int]:
    """The middle colour of its edges, which a frame continues."""
    edges = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    return [int(value) for value in np.median(edges, axis=0)]


def framed(picture: Picture, least: int) -> Picture:
    """`picture` with a frame at its right and below, so that both sides have `least` pixels."""
    height, width = picture.shape[:2]
    if min(height, width) >= least:
        return picture
    larger = np.empty((max(least, height), max(least, width), 3), dtype=np.uint8)
    larger[:] = border_colour(picture)
    larger[:height, :width] = picture
    return larger


def turned(picture: Picture, degrees: float) -> tuple[Picture, npt.NDArray[np.float64]]:
    """`picture` turned, on a canvas that holds all of it, and the way back.

    Returns:
        the turned picture; a 2 × 3 matrix from its pixels to those of `picture`.
    """
    if not degrees:
        return picture, np.eye(2, 3)
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    cosine, sine = abs(matrix[0, 0]), abs(matrix[0, 1])
    size = round(height * sine + width * cosine), round(height * cosine + width * sine)
    matrix[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
    frame = border_colour(picture)
    canvas = cv2.warpAffine(picture, matrix, size, borderValue=frame)
    back = cv2.invertAffineTransform(matrix)
    return np.asarray(canvas, dtype=np.uint8), np.asarray(back, dtype=np.float64)


def moved(quad: Quad, matrix: npt.NDArray[np.float64]) -> Quad:
    """`quad` after a 2 × 3 matrix."""
    return (quad @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)


def straightened(picture: Picture, quad: Quad) -> Picture:
    """What lies in `quad`, as an upright rectangle; a tall one is laid on its side."""
    sides = np.linalg.norm(quad - np.roll(quad, -1, axis=0), axis=1)
    width, height = max(1, round(max(sides[0], sides[2]))), max(1, round(max(sides[1], sides[3])))
    target = Rect(0, 0, width, height).quad
    near = around(quad).grown(2).within(picture)
    matrix = cv2.getPerspectiveTransform(quad - near.quad[0], target)
    flat = cv2.warpPerspective(
        part(picture, near),
        matrix,
        (width, height),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    lying = np.rot90(flat) if height >= 1.5 * width else flat
    return np.ascontiguousarray(lying, dtype=np.uint8)
