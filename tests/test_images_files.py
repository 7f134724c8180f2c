"""Files that are images, files that are not, and what is in them beside pixels."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from compliance.discovery.images import find_in_image, redact_image, redacting
from compliance.discovery.images.pictures import pages_of
from compliance.errors import ImageTooLargeError, NotAnImageError
from tests.images_cases import LINES, covered, drawn, pixels_of, saved

CANARY = "Zembla Street 77"


def test_metadata_of_a_photograph_is_dropped_and_its_turn_is_carried_out() -> None:
    image, _ = drawn(LINES[3:5], shape=(320, 120))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held on its side
    exif[0x010E] = CANARY  # description
    exif.get_ifd(0x8825)[1] = "N"  # position
    lying = image.rotate(90, expand=True)

    done = redact_image(saved(lying, "JPEG", exif=exif, comment=CANARY.encode(), quality=95))

    new = Image.open(io.BytesIO(done.image))
    assert new.size == image.size
    assert not new.getexif()
    assert not new.info
    assert CANARY.encode() not in done.image
    assert {box.width > box.height for box in done.boxes} == {True}


def test_texts_inside_a_png_file_are_dropped() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", CANARY)
    notes.add_itxt("Comment", CANARY)

    done = redact_image(saved(Image.new("RGB", (60, 60), "green"), pnginfo=notes))

    assert not Image.open(io.BytesIO(done.image)).info
    assert CANARY.encode() not in done.image


def test_every_page_of_a_scan_is_read() -> None:
    one, _ = drawn(LINES[:1], shape=(300, 80))
    two, places = drawn(LINES[3:5], shape=(300, 100))
    file = saved(one, "TIFF", save_all=True, append_images=[two], description=CANARY)

    done = redact_image(file)

    assert done.media_type == "image/tiff"
    assert [box.page for box in done.boxes] == [0, 1, 1]
    assert Image.open(io.BytesIO(done.image)).n_frames == done.checked.pages == 2
    assert CANARY.encode() not in done.image
    for left, top, right, bottom in places:
        assert not pixels_of(done.image, page=1)[top:bottom, left:right].any()


def test_every_frame_of_an_animation_is_read() -> None:
    blank = Image.new("RGB", (300, 80), "white")
    told, places = drawn(LINES[4:5], shape=(300, 80))
    file = saved(blank, "GIF", save_all=True, append_images=[told, blank], duration=[50, 60, 70])

    done = redact_image(file)

    new = Image.open(io.BytesIO(done.image))
    assert (new.format, new.n_frames) == ("PNG", 3)
    assert {box.page for box in done.boxes} == {1}
    assert covered(places[0], done.boxes) == 1
    assert pixels_of(done.image, page=2).min() == 255


def test_numbers_of_frames_and_their_durations_are_kept() -> None:
    frames = [Image.new("RGB", (40, 40), shade) for shade in ("red", "green", "blue")]
    file = saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=[50, 60, 70])

    new = Image.open(io.BytesIO(redact_image(file).image))

    durations = []
    for number in range(new.n_frames):
        new.seek(number)
        durations.append(new.info["duration"])
    assert durations == [50, 60, 70]


def _deep(image: Image.Image) -> Image.Image:
    return Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 16)


def _clear(image: Image.Image) -> Image.Image:
    layer = Image.new("RGBA", image.size, (0, 0, 0, 0))
    ink = Image.new("RGBA", image.size, "black")
    layer.paste(ink, mask=image.convert("L").point(lambda value: 255 - value))
    return layer


MODES: list[Any] = [
    pytest.param(lambda image: image.convert("L"), "PNG", id="grey"),
    pytest.param(lambda image: image.convert("1"), "TIFF", id="black and white"),
    pytest.param(lambda image: image.quantize(8), "PNG", id="palette"),
    pytest.param(lambda image: image.convert("CMYK"), "JPEG", id="print colours"),
    pytest.param(lambda image: image.convert("LAB"), "TIFF", id="Lab"),
    pytest.param(_deep, "PNG", id="16 bits of which 12 are used"),
    pytest.param(_clear, "PNG", id="black on transparent"),
    pytest.param(_clear, "WEBP", id="black on transparent WebP"),
]


@pytest.mark.parametrize(("made", "kind"), MODES)
def test_every_kind_of_pixel_is_seen_as_people_see_it(made: Any, kind: str) -> None:
    image, ((left, top, right, bottom), *_) = drawn(LINES[:1], shape=(200, 80))

    (picture,) = pages_of(saved(made(image), kind))

    assert picture.shape == (80, 200, 3)
    assert picture[top:bottom, left:right].min() < 90
    assert picture[:10].min() > 230


def _png_header(width: int, height: int) -> bytes:
    """A PNG file that declares a size and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body + chunk(b"IEND", b"")


_PNG = saved(drawn(LINES[:1], shape=(200, 80))[0])
_JPEG = saved(drawn(LINES[:1], shape=(200, 80))[0], "JPEG")
NOT_IMAGES = [
    pytest.param(b"", "empty", id="empty"),
    pytest.param(b"name,phone\nAda,1", "something else", id="a table named as an image"),
    pytest.param(b"<svg><text>Ada</text></svg>", "SVG", id="SVG"),
    pytest.param(b"<?xml version='1.0'?><!-- --><svg/>", "SVG", id="SVG with a declaration"),
    pytest.param(b"%PDF-1.7 ...", "PDF", id="PDF"),
    pytest.param(b"\0\0\0\x18ftypheic", "HEIC", id="HEIC"),
    pytest.param(b"%!PS-Adobe-3.0 EPSF-3.0", "something else", id="PostScript is never run"),
    pytest.param(_PNG[: len(_PNG) // 2], "cut off", id="half a PNG"),
    pytest.param(_JPEG[: len(_JPEG) // 2], "cut off", id="half a JPEG"),
    pytest.param(_PNG[:20], "something else", id="a PNG's first bytes"),
    pytest.param(_png_header(60, 60), "cut off", id="too few pixels"),
    pytest.param(_png_header(0, 60), "not an image", id="no width"),
]


@pytest.mark.parametrize(("data", "told"), NOT_IMAGES)
def test_what_is_no_image_is_refused_in_a_plain_sentence(data: bytes, told: str) -> None:
    for verb in (find_in_image, redact_image):
        with pytest.raises(NotAnImageError, match=told) as refusal:
            verb(data)

        assert refusal.value.__cause__ is None
        assert "Ada" not in str(refusal.value)


@pytest.mark.parametrize(
    ("width", "height"),
    [
        pytest.param(10_000, 10_000, id="100 megapixels"),
        pytest.param(60_000, 60_000, id="a decompression bomb"),
        pytest.param(40_000, 10, id="a long strip"),
    ],
)
def test_a_size_beyond_the_limit_is_refused_from_the_header(width: int, height: int) -> None:
    with pytest.raises(ImageTooLargeError, match="50,000,000 pixels"):
        find_in_image(_png_header(width, height))


def test_too_many_pages_are_refused() -> None:
    page = Image.new("1", (8, 8))
    file = saved(page, "TIFF", save_all=True, append_images=[page] * 100)

    with pytest.raises(ImageTooLargeError, match="100 pages"):
        find_in_image(file)


def test_one_pixel_is_an_image() -> None:
    found = find_in_image(saved(Image.new("RGB", (1, 1))))

    assert (found.width, found.height, found.is_clean) == (1, 1, True)


def test_a_strip_one_pixel_high_is_an_image() -> None:
    assert find_in_image(saved(Image.new("RGB", (300, 1)))).is_clean


def test_frames_that_come_out_alike_are_no_reason_to_refuse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A writer of animations leaves out frames that repeat the one before."""
    frames = [Image.new("RGB", (60, 40), shade) for shade in ("red", "green", "blue")]
    file = saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=50)
    monkeypatch.setattr(redacting.reading, "painted", lambda picture, boxes: picture * 0)

    done = redact_image(file)

    assert Image.open(io.BytesIO(done.image)).n_frames == 1
    assert (done.checked.pages, done.checked.is_clean) == (3, True)


@pytest.mark.parametrize("shape", [(12_000, 3), (3, 12_000), (1_200, 4), (4, 1_200)])
def test_long_strips_are_images(shape: tuple[int, int]) -> None:
    assert find_in_image(saved(Image.new("RGB", shape, "green"))).is_clean
