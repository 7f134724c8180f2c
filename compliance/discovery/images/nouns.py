"""What is found in an image, and what is left of it afterwards. No text that was read is kept."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class BoxKind(StrEnum):
    """What a box lies on."""

    TEXT = "text"
    FACE = "face"
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle with sides along the edges of the image as it is shown.

    Attributes:
        x, y: the upper left corner, pixels from the upper left corner of the page.
        width, height: pixels, at least 1.
        kind: what lies there.
        score: 0–1; how sure that is.
        page: of a file with several pages or frames, counted from 0.
        types: of personal data in the text there, where the caller named them; never the text.
    """

    x: int
    y: int
    width: int
    height: int
    kind: BoxKind
    score: float
    page: int = 0
    types: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if min(self.x, self.y) < 0 or min(self.width, self.height) < 1:
            raise ValueError("a box lies inside its image and covers at least one pixel")
        if not 0 <= self.score <= 1:
            raise ValueError("a score lies between 0 and 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFindings:
    """Everything that was found, page by page.

    Attributes:
        boxes: by page, then from top to bottom.
        width, height: of the largest page, in pixels.
        pages: how many were read.
    """

    boxes: tuple[Box, ...]
    width: int
    height: int
    pages: int = 1

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found."""
        return not self.boxes

    def count(self, kind: BoxKind) -> int:
        """How many boxes of one kind."""
        return sum(box.kind is kind for box in self.boxes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Redacted:
    """An image without what was found in it.

    Attributes:
        image: the new file: PNG, several pages as TIFF, an animation as animated PNG. It holds
            pixels only: no EXIF, position, comment, thumbnail, colour profile or layer.
        media_type: of that file.
        boxes: what was painted black, as it was painted.
        checked: the second reading, of the new file; nothing was found in it.
        readings: how often the image was read until nothing was left, the first one included.
    """

    image: bytes
    media_type: str
    boxes: tuple[Box, ...]
    checked: ImageFindings
    readings: int
