"""Faces: proposed by one cascade, and believed only where others see them too.

A cascade alone takes fingers, flowers and signs for faces. A proposal is cut out, brought to one
size and contrast, and shown to all cascades with every window counted: a face gets many votes from
each, anything else few from at least one. Heads may be tilted, or the picture lie on its side.

Source: Viola and Jones 2001, doi:10.1109/CVPR.2001.990517; the cascades are those of OpenCV 4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from compliance.discovery.images import engines
from compliance.discovery.images.geometry import Picture, Rect, around, moved, scaled, turned
from compliance.discovery.images.thresholds import pixels

_FACE = 96  # the side to which a proposal is brought
_LEAST, _MOST = 58, 144  # of the windows that may vote for it
_ANGLES = {"upright": (0,), "turned": (90, 180, 270), "tilted": (-40, -20, 20, 40)}
_SURE = 40  # votes of the sternest cascade that count as certain
_Look = Callable[[Any, float, int, int, int], list[Rect]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """A face, by the square from brow to chin. `score`: 0–1."""

    rect: Rect
    score: float


def faces_in(picture: Picture) -> list[Face]:
    """Every face, each once, the surest first."""
    with engines.cascades() as (frontal, profile):
        looks: list[_Look] = [_looking(cascade) for cascade in frontal]
        found = [
            face
            for pose, angles in _ANGLES.items()
            for angle in angles
            for face in _posed(picture, looks, pose, angle)
        ]
        found += _posed(picture, [_looking_both_ways(profile)], "profile", 0)
    kept: list[Face] = []
    for face in sorted(found, key=lambda face: -face.score):
        if all(face.rect.likeness(other.rect) < 0.3 for other in kept):
            kept.append(face)
    return kept


def _posed(picture: Picture, looks: list[_Look], pose: str, angle: int) -> Iterator[Face]:
    """Faces that stand upright once the picture is turned by `angle` degrees."""
    factor = min(1.0, pixels("faces", f"{pose}_side") / max(picture.shape[:2]))
    canvas, back = turned(scaled(picture, factor), angle)
    grey = cv2.cvtColor(canvas, cv2.COLOR_RGB2GRAY)
    neighbours = 3 if pose == "profile" else 1
    whole = Rect(0, 0, picture.shape[1], picture.shape[0])
    for proposal in looks[0](grey, 1.1, neighbours, pixels("faces", f"{pose}_least"), 0):
        square = _square(around(moved(proposal.quad, back)), proposal.width, factor)
        # The edge between a turned picture and its frame is no part of a face.
        if square.share_in(whole) < 0.95:
            continue
        votes = _votes(grey, proposal, looks, enough=pixels("faces", f"{pose}_votes"))
        if votes:
            yield Face(rect=square, score=min(1.0, votes / _SURE))


def _square(around_turned: Rect, side: float, factor: float) -> Rect:
    """The upright square of the same size around the middle of a tilted one."""
    x = (around_turned.left + around_turned.right) / 2 / factor
    y = (around_turned.top + around_turned.bottom) / 2 / factor
    return Rect(x, y, x, y).grown(side / 2 / factor)


def _looking(cascade: Any) -> _Look:
    """The squares in which `cascade` sees a face: step, neighbours, least and most side."""

    def look(grey: Any, step: float, neighbours: int, least: int, most: int) -> list[Rect]:
        if min(grey.shape) < least:
            return []
        sides = {"minSize": (least, least), "maxSize": (most, most)}
        found = cascade.detectMultiScale(grey, step, neighbours, **sides)
        return [Rect(x, y, x + w, y + h) for x, y, w, h in (map(int, row) for row in found)]

    return look


def _looking_both_ways(cascade: Any) -> _Look:
    """The same for faces that look to the left, and in the mirror to the right."""
    look = _looking(cascade)

    def both(grey: Any, step: float, neighbours: int, least: int, most: int) -> list[Rect]:
        width = grey.shape[1]
        mirrored = look(cv2.flip(grey, 1), step, neighbours, least, most)
        back = [Rect(width - r.right, r.top, width - r.left, r.bottom) for r in mirrored]
        return look(grey, step, neighbours, least, most) + back

    return both


def _votes(grey: Any, proposal: Rect, looks: list[_Look], *, enough: int) -> int:
    """The votes of the sternest cascade; 0 where it has fewer than `enough`."""
    cut, place = _cut_out(grey, proposal)
    least = 10_000
    for look in looks:
        windows = look(cut, 1.05, 0, _LEAST, _MOST)
        least = min(least, sum(window.likeness(place) > 0.35 for window in windows))
        if least < enough:
            return 0
    return least


def _cut_out(grey: Any, proposal: Rect) -> tuple[Any, Rect]:
    """The proposal with its surroundings at one size and contrast, and its place in there."""
    side = round(proposal.width)
    margin = side // 2
    wide = cv2.copyMakeBorder(grey, margin, margin, margin, margin, cv2.BORDER_REPLICATE)
    left, top = round(proposal.left), round(proposal.top)
    cut = wide[top : top + side + 2 * margin, left : left + side + 2 * margin]
    factor = _FACE / side
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    cut = cv2.resize(cut, None, fx=factor, fy=factor, interpolation=method)
    start = margin * factor
    even = cv2.createCLAHE(2.0, (4, 4)).apply(np.ascontiguousarray(cut))
    return even, Rect(start, start, start + _FACE, start + _FACE)
