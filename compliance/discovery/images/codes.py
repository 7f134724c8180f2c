"""QR codes, bar codes and their kin: read by ZXing at several angles, or only seen by OpenCV."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import zxingcpp

from compliance.discovery.images.geometry import (
    Picture,
    Quad,
    Rect,
    around,
    moved,
    scaled,
    turned,
)

_ANGLES = (0, 22, 45, 68)  # ZXing looks in steps of 90 degrees itself
_SIDE = 1600  # for the slanted looks; the upright one takes all pixels


def codes_in(picture: Picture) -> list[Rect]:
    """Every code, each once, as the rectangle around it."""
    found = [around(quad) for quad in (*_read(picture), *_seen(picture))]
    kept: list[Rect] = []
    for rect in sorted(found, key=lambda rect: -rect.area):
        if not any(rect.share_in(other) > 0.7 for other in kept):
            kept.append(rect)
    return kept


def _read(picture: Picture) -> Iterator[Quad]:
    """Codes that can be read; their contents are dropped at once."""
    factor = min(1.0, _SIDE / max(picture.shape[:2]))
    for angle in _ANGLES:
        scale = factor if angle else 1.0
        canvas, back = turned(scaled(picture, scale), angle)
        for code in zxingcpp.read_barcodes(canvas):
            yield moved(_corners(code.position), back) / np.float32(scale)


def _corners(position: Any) -> Quad:
    names = ("top_left", "top_right", "bottom_right", "bottom_left")
    points = [getattr(position, name) for name in names]
    return np.array([(point.x, point.y) for point in points], dtype=np.float32)


def _seen(picture: Picture) -> Iterator[Quad]:
    """Codes whose outline can be made out, also where they are damaged."""
    factor = min(1.0, _SIDE / max(picture.shape[:2]))
    view = scaled(picture, factor)
    if min(view.shape[:2]) < 20:
        return
    for detector in (cv2.QRCodeDetector(), cv2.barcode.BarcodeDetector()):
        quads: Any = detector.detectMulti(view)[1]  # None where there is none
        for quad in () if quads is None else quads:
            yield np.asarray(quad, dtype=np.float32) / np.float32(factor)
