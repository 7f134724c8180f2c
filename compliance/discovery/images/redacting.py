"""Paint what was found, read the new file, and again until nothing is left, or refuse."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from compliance.discovery.images import pictures, reading
from compliance.discovery.images.geometry import Picture
from compliance.discovery.images.nouns import Box, BoxKind, ImageFindings, Redacted
from compliance.discovery.images.thresholds import pixels, threshold
from compliance.errors import ImageStillShowsError

_UNDER_BLACK = 0.98  # a box that lies this far under black holds nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    png: bytes
    digest: str  # of the pixels that were read and found clean
    boxes: tuple[Box, ...]
    readings: int


def found_in(data: bytes, types_in: reading.TypesIn | None) -> ImageFindings:
    """What is in every page of a file."""
    boxes: list[Box] = []
    size = [1, 1]
    number = -1
    for number, picture in enumerate(pictures.pages_of(data)):
        boxes += reading.boxes_on(picture, number, types_in=types_in)
        size = _larger(size, picture)
    return ImageFindings(boxes=tuple(boxes), width=size[0], height=size[1], pages=number + 1)


def redacted(data: bytes, is_personal: reading.IsPersonal | None) -> Redacted:
    """Every page painted and read again."""
    kind = pictures.media_type(data)
    pages = []
    for number, picture in enumerate(pictures.pages_of(data)):
        pages.append(_redacted_page(picture, number, is_personal))
    durations = pictures.durations_of(data)
    image = pictures.encoded([page.png for page in pages], durations, kind)
    return Redacted(
        image=image,
        media_type=kind,
        boxes=tuple(box for page in pages for box in page.boxes),
        checked=_checked(image, pages, is_personal),
        readings=max(page.readings for page in pages),
    )


def _redacted_page(picture: Picture, number: int, is_personal: reading.IsPersonal | None) -> _Page:
    boxes = reading.boxes_on(picture, number, is_personal=is_personal)
    left = boxes
    for again in range(1, pixels("redaction", "readings")):
        black = reading.painted(picture, boxes)
        left = _left(black, number, boxes, is_personal)
        if not left:
            return _Page(
                png=pictures.page_encoded(black),
                digest=_digest(black),
                boxes=tuple(boxes),
                readings=again + 1,
            )
        by = threshold("redaction", "growth") * again
        boxes = boxes + [reading.grown(picture, box, by) for box in left]
    raise _refusal(left)


def _left(
    black: Picture, number: int, boxes: list[Box], is_personal: reading.IsPersonal | None
) -> list[Box]:
    """What can still be found beside the black."""
    mask = _mask(black, boxes)
    found = reading.boxes_on(black, number, is_personal=is_personal)
    return [box for box in found if reading.black_share(mask, box) < _UNDER_BLACK]


def _checked(
    image: bytes, pages: list[_Page], is_personal: reading.IsPersonal | None
) -> ImageFindings:
    """The reading of the file that is handed out: pages that came out otherwise are read anew.

    Raises:
        ImageStillShowsError: writing it brought something back.
    """
    clean = {page.digest for page in pages}
    left: list[Box] = []
    size = [1, 1]
    for number, picture in enumerate(pictures.pages_of(image)):
        if _digest(picture) not in clean:
            left += reading.boxes_on(picture, number, is_personal=is_personal)
        size = _larger(size, picture)
    if left:
        raise _refusal(left)
    return ImageFindings(boxes=(), width=size[0], height=size[1], pages=len(pages))


def _mask(picture: Picture, boxes: list[Box]) -> npt.NDArray[np.bool_]:
    mask = np.zeros(picture.shape[:2], dtype=np.bool_)
    for box in boxes:
        mask[box.y : box.y + box.height, box.x : box.x + box.width] = True
    return mask


def _digest(picture: Picture) -> str:
    return hashlib.sha256(repr(picture.shape).encode() + picture.tobytes()).hexdigest()


def _larger(size: list[int], picture: Picture) -> list[int]:
    return [max(size[0], picture.shape[1]), max(size[1], picture.shape[0])]


def _refusal(left: list[Box]) -> ImageStillShowsError:
    counts = {kind: sum(box.kind is kind for box in left) for kind in BoxKind}
    words = [f"{kind} ({count})" for kind, count in counts.items() if count]
    return ImageStillShowsError(left=", ".join(words), readings=pixels("redaction", "readings"))
