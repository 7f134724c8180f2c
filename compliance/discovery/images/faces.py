"""Faces: proposed by one cascade, and believed only where others see them too.

A cascade alone takes fingers, flowers and signs for faces. A proposal is cut out, brought to one
size and contrast, and shown to all cascades with every window counted: a face gets many votes from
each, anything else few from at least one. Heads may be tilted or lie on their side.

Source: Viola and Jones 2001, doi:10.1109/CVPR.2001.990517; the cascades are those of OpenCV 4.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from compliance.discovery.images import engines
from compliance.discovery.images.geometry import Picture, Rect, around, moved, scaled, turned
from compliance.discovery.images.thresholds import pixels, threshold

_FACE = 96  # the side to which a proposal is brought
_ANGLES = {
    "side": (0,),
    "turned_side": (90, 180, 270),
    "slanted_side": (30, 60, 120, 150, 210, 240, 300, 330),
}
_SURE = 40  # votes of the sternest cascade that count as certain
_Cascades = Mapping[str, Sequence[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """A face, by the square from brow to chin. `score`: 0–1."""

    rect: Rect
    score: float


def faces_in(picture: Picture) -> list[Face]:
    """Every face, each once, the surest first."""
    with engines.cascades() as cascades:
        found = [
            face
            for side, angles in _ANGLES.items()
            for angle in angles
            for face in _at_angle(picture, cascades, pixels("faces", side), angle)
        ]
    kept: list[Face] = []
    for face in sorted(found, key=lambda face: -face.score):
        if all(face.rect.likeness(other.rect) < 0.3 for other in kept):
            kept.append(face)
    return kept


def _at_angle(picture: Picture, cascades: _Cascades, side: int, angle: int) -> Iterator[Face]:
    """Faces that stand upright once the picture is turned by `angle` degrees."""
    factor = min(1.0, side / max(picture.shape[:2]))
    canvas, back = turned(scaled(picture, factor), angle)
    grey = cv2.cvtColor(canvas, cv2.COLOR_RGB2GRAY)
    for proposal in _proposals(grey, cascades, with_profiles=angle == 0):
        score = _score(grey, proposal, cascades, with_profiles=angle == 0)
        if score:
            middle = around(moved(proposal.quad, back))
            yield Face(rect=_square(middle, proposal.width, factor), score=score)


def _square(turned_hull: Rect, side: float, factor: float) -> Rect:
    """The upright square of the same size around the middle of a tilted one."""
    x = (turned_hull.left + turned_hull.right) / 2 / factor
    y = (turned_hull.top + turned_hull.bottom) / 2 / factor
    return Rect(x, y, x, y).grown(side / 2 / factor)


def _proposals(grey: Any, cascades: _Cascades, *, with_profiles: bool) -> list[Rect]:
    least = pixels("faces", "smallest")
    found = _windows(cascades["frontal"][0], grey, 1.1, 1, least)
    if with_profiles:
        found += _profiles(cascades, grey, 1.1, 3, least)
    return found


def _profiles(
    cascades: _Cascades, grey: Any, step: float, neighbours: int, least: int
) -> list[Rect]:
    """Faces that look to the left, and in the mirror those that look to the right."""
    (profile,) = cascades["profile"]
    width = grey.shape[1]
    mirrored = _windows(profile, cv2.flip(grey, 1), step, neighbours, least)
    back = [Rect(width - r.right, r.top, width - r.left, r.bottom) for r in mirrored]
    return _windows(profile, grey, step, neighbours, least) + back


def _windows(
    cascade: Any, grey: Any, step: float, neighbours: int, least: int, most: int = 0
) -> list[Rect]:
    if min(grey.shape) < least:
        return []
    found = cascade.detectMultiScale(
        grey, step, neighbours, minSize=(least, least), maxSize=(most, most)
    )
    return [Rect(x, y, x + w, y + h) for x, y, w, h in (map(int, row) for row in found)]


def _score(grey: Any, proposal: Rect, cascades: _Cascades, *, with_profiles: bool) -> float:
    """0 where the cascades do not agree, else up to 1."""
    cut, place = _cut_out(grey, proposal)
    least, most = round(_FACE * 0.6), round(_FACE * 1.5)
    frontal = min(
        _votes(_windows(cascade, cut, 1.05, 0, least, most), place)
        for cascade in cascades["frontal"]
    )
    if frontal >= threshold("faces", "frontal_votes"):
        return min(1.0, frontal / _SURE)
    if not with_profiles:
        return 0.0
    profile = _votes(_profiles(cascades, cut, 1.05, 0, least), place)
    return min(1.0, profile / _SURE) if profile >= threshold("faces", "profile_votes") else 0.0


def _votes(windows: list[Rect], place: Rect) -> int:
    return sum(window.likeness(place) > 0.35 for window in windows)


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
