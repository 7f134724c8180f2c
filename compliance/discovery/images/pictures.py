"""Files to pictures and back: every page as it is shown, and new files that hold pixels only."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, ImageSequence

from compliance.discovery.images.geometry import Picture
from compliance.discovery.images.thresholds import pixels
from compliance.errors import ImageTooLargeError, NotAnImageError

_FORMATS = ("PNG", "JPEG", "TIFF", "GIF", "WEBP", "BMP")
_TOO_LARGE = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    KeyError,
    IndexError,
    TypeError,
    OverflowError,
    struct.error,
    zlib.error,
)
_DEEP = ("I", "F", "I;16", "I;16B", "I;16L", "I;16N")
_ANIMATED = "image/apng"
_TIFF = "image/tiff"
_PNG = "image/png"


def pages_of(data: bytes) -> Iterator[Picture]:
    """Each page or frame as it is shown: turned as its EXIF says, transparency laid on white.

    Pages are decoded one after the other; only one is in memory. More than 8 bits per colour are
    brought to 8, a grey picture's darkest and brightest values to black and white.

    Raises:
        NotAnImageError, ImageTooLargeError: it cannot be read, or is larger than the limits.
    """
    image = _opened(data)
    for number in range(_checked(image)):
        yield _decoded(image, number)


def media_type(data: bytes) -> str:
    """Of the file that takes the place of `data` once it is redacted."""
    image = _opened(data)
    if _checked(image) == 1:
        return _PNG
    return _TIFF if image.format == "TIFF" else _ANIMATED


def encoded(pages: Sequence[bytes], durations: Sequence[int], kind: str) -> bytes:
    """One new file of pages that are PNG files themselves.

    Args:
        pages: at least one.
        durations: of frames of an animation, in milliseconds; else unused.
        kind: as `media_type` names it.
    """
    if kind == _PNG:
        return pages[0]
    first, *others = (Image.open(io.BytesIO(page)) for page in pages)
    file = io.BytesIO()
    if kind == _TIFF:
        first.save(
            file, "TIFF", save_all=True, append_images=others, compression="tiff_adobe_deflate"
        )
    else:
        # Every frame stands alone: no part of one may show through from the one before.
        first.save(
            file,
            "PNG",
            save_all=True,
            append_images=others,
            duration=list(durations),
            disposal=0,
            blend=0,
            loop=0,
        )
    return file.getvalue()


def page_encoded(picture: Picture) -> bytes:
    """One page as a PNG file that holds pixels only."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG", compress_level=4)
    return file.getvalue()


def durations_of(data: bytes) -> list[int]:
    """How long each frame of an animation is shown, in milliseconds; empty for anything else."""
    if media_type(data) != _ANIMATED:
        return []
    image = _opened(data)
    return [int(frame.info.get("duration", 100)) for frame in ImageSequence.Iterator(image)]


def _opened(data: bytes) -> Image.Image:
    """The file with its header read and nothing decoded."""
    if not data:
        raise NotAnImageError(reason="it is empty")
    try:
        return Image.open(io.BytesIO(data), formats=_FORMATS)
    except _TOO_LARGE:
        raise _too_large() from None
    except _BROKEN:
        raise NotAnImageError(reason=_looks_like(data)) from None


def _checked(image: Image.Image) -> int:
    """How many pages there are.

    Raises:
        ImageTooLargeError: too many, or the header declares one that is too large.
    """
    width, height = image.size
    if width * height > pixels("limits", "pixels") or max(image.size) > pixels("limits", "side"):
        raise _too_large()
    if image.format == "MPO":  # a photograph whose further pictures are previews
        return 1
    try:
        pages = getattr(image, "n_frames", 1)
    except _TOO_LARGE:
        raise _too_large() from None
    except _BROKEN:
        raise NotAnImageError(reason="it is damaged or cut off") from None
    if pages > pixels("limits", "pages"):
        raise _too_large()
    return int(pages)


def _too_large() -> ImageTooLargeError:
    return ImageTooLargeError(
        pixels=pixels("limits", "pixels"),
        side=pixels("limits", "side"),
        pages=pixels("limits", "pages"),
    )


def _decoded(image: Image.Image, number: int) -> Picture:
    try:
        image.seek(number)
        _checked(image)
        image.load()
        return _as_shown(image)
    except _TOO_LARGE:
        raise _too_large() from None
    except _BROKEN:
        raise NotAnImageError(reason="it is damaged or cut off") from None


def _as_shown(image: Image.Image) -> Picture:
    shown = ImageOps.exif_transpose(image)
    if shown.mode in _DEEP:
        return np.ascontiguousarray(np.repeat(_stretched(shown)[:, :, None], 3, axis=2))
    if shown.has_transparency_data:
        layer = shown.convert("RGBA")
        paper = Image.new("RGBA", layer.size, "white")
        shown = Image.alpha_composite(paper, layer)
    return np.ascontiguousarray(shown.convert("RGB"), dtype=np.uint8)


def _stretched(image: Image.Image) -> npt.NDArray[np.uint8]:
    """Deep grey values from black to white, so that what anybody could make out is seen."""
    values = np.nan_to_num(np.asarray(image, dtype=np.float32))
    low, high = float(values.min()), float(values.max())
    return ((values - low) * (255 / max(high - low, 1e-9))).astype(np.uint8)


def _looks_like(data: bytes) -> str:
    start = data[:1000].lstrip().lower()
    if start.startswith((b"<svg", b"<?xml")) or b"<svg" in start:
        return "it is a drawing (SVG), whose text would stay in the file; save it as a PNG first"
    if start.startswith(b"%pdf"):
        return "it is a PDF; save its pages as images first"
    if b"ftyp" in start[:16]:
        return "it is a HEIC or AVIF photograph, or a film; save it as a JPEG first"
    return "its contents are something else, or damaged"
