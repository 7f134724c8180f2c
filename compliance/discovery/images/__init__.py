"""Find text, faces and codes in images, and make copies without them. Wholly offline.

Needs the optional group `images`; nothing of it is loaded before the first image is read. Safe to
call from several threads, which then wait for each other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from compliance.discovery.images.engines import check_installed
from compliance.discovery.images.nouns import Box, BoxKind, ImageFindings, Redacted

__all__ = ["Box", "BoxKind", "ImageFindings", "Redacted", "find_in_image", "redact_image"]


def find_in_image(
    data: bytes, types_in: Callable[[str], Collection[str]] | None = None
) -> ImageFindings:
    """Where text, faces and codes are, on every page. What was read is not kept.

    Not promised: handwriting, text that is hard to read for people, faces seen from behind.

    Args:
        data: a PNG, JPEG, WebP, TIFF, GIF or BMP file, whatever its name says.
        types_in: names the types of personal data in a line of text; it alone sees the text.

    Raises:
        MissingGroupError, NotAnImageError, ImageTooLargeError: nothing was read.
    """
    check_installed()
    from compliance.discovery.images import redacting

    return redacting.found_in(data, types_in)


def redact_image(data: bytes, is_personal: Callable[[str], bool] | None = None) -> Redacted:
    """A copy with faces, codes and text under solid black, read again before it is handed out.

    Args:
        data: as for `find_in_image`.
        is_personal: says whether a line of text is personal, so that other text stays; without
            it all text goes. Faces and codes always go.

    Raises:
        MissingGroupError, NotAnImageError, ImageTooLargeError: nothing was read.
        ImageStillShowsError: something can be found after several readings; no copy is made.
    """
    check_installed()
    from compliance.discovery.images import redacting

    return redacting.redacted(data, is_personal)
