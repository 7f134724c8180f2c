"""One picture to the boxes on it: codes, faces, and text outside the codes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Sequence

import numpy as np
import numpy.typing as npt

from compliance.discovery.images.codes import codes_in
from compliance.discovery.images.faces import faces_in
from compliance.discovery.images.geometry import Picture, Rect
from compliance.discovery.images.nouns import Box, BoxKind
from compliance.discovery.images.text import Line, lines_in
from compliance.discovery.images.thresholds import threshold

TypesIn = Callable[[str], Collection[str]]
IsPersonal = Callable[[str], bool]


def boxes_on(
    picture: Picture,
    page: int = 0,
    *,
    is_personal: IsPersonal | None = None,
    types_in: TypesIn | None = None,
) -> list[Box]:
    """What is on one page, with the margins that strokes, hair and quiet zones need.

    Args:
        is_personal: keeps only lines for which it says so, alone or together with the next one;
            without it all text is kept.
        types_in: names the types of personal data in a line.
    """
    codes = codes_in(picture)
    boxes = [_box(picture, rect, BoxKind.CODE, 1.0, page) for rect in codes]
    boxes += [
        _box(picture, face.rect, BoxKind.FACE, face.score, page)
        for face in faces_in(picture)
        if not _lies_in(face.rect, codes)
    ]
    lines = [line for line in lines_in(picture) if not _lies_in(line.rect, codes)]
    for line in _personal(lines, is_personal) if is_personal else lines:
        types = tuple(sorted(types_in(line.text))) if types_in else ()
        boxes.append(_box(picture, line.rect, BoxKind.TEXT, line.score, page, types))
    return sorted(boxes, key=lambda box: (box.y, box.x))


def painted(picture: Picture, boxes: Sequence[Box]) -> Picture:
    """A copy with every box solid black."""
    copy = picture.copy()
    for box in boxes:
        copy[box.y : box.y + box.height, box.x : box.x + box.width] = 0
    return copy


def black_share(mask: npt.NDArray[np.bool_], box: Box) -> float:
    """0–1: how much of `box` was painted."""
    return float(mask[box.y : box.y + box.height, box.x : box.x + box.width].mean())


def grown(picture: Picture, box: Box, factor: float) -> Box:
    """`box` larger by `factor` of its shorter side on every side, within the picture."""
    rect = Rect(box.x, box.y, box.x + box.width, box.y + box.height)
    wider = rect.grown(max(1.0, factor * min(box.width, box.height)))
    return _placed(picture, wider, box.kind, box.score, box.page, box.types)


def _personal(lines: Sequence[Line], is_personal: IsPersonal) -> list[Line]:
    """Personal lines, and pairs that are so only together, as an address over two lines is."""
    alone = [is_personal(line.text) for line in lines]
    kept = list(alone)
    for place, (line, following) in enumerate(itertools.pairwise(lines)):
        is_neither = not alone[place] and not alone[place + 1]
        if is_neither and is_personal(f"{line.text} {following.text}"):
            kept[place] = kept[place + 1] = True
    return list(itertools.compress(lines, kept))


def _lies_in(rect: Rect, codes: Sequence[Rect]) -> bool:
    return any(rect.share_in(code) > 0.6 for code in codes)


def _box(
    picture: Picture,
    rect: Rect,
    kind: BoxKind,
    score: float,
    page: int,
    types: tuple[str, ...] = (),
) -> Box:
    margin = threshold("redaction", f"{kind}_margin") * min(rect.width, rect.height)
    return _placed(picture, rect.grown(max(2.0, margin)), kind, score, page, types)


def _placed(
    picture: Picture, rect: Rect, kind: BoxKind, score: float, page: int, types: tuple[str, ...]
) -> Box:
    inside = rect.within(picture)
    return Box(
        x=int(inside.left),
        y=int(inside.top),
        width=int(inside.width),
        height=int(inside.height),
        kind=kind,
        score=round(score, 3),
        page=page,
        types=types,
    )
