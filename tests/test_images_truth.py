"""The labelled shared images: every place is covered, and at most one box lies on nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.images import judged, labelled

pytestmark = pytest.mark.realdata

# The whole list is measured by `make bench-images`; these are the small ones of every kind.
QUICK = [
    "face_recognition/examples/obama_small.jpg",
    "face_recognition/examples/two_people.jpg",
    "presidio/presidio-image-redactor/tests/integration/resources/kwargs_test.jpg",
    "presidio/presidio-image-redactor/tests/integration/resources/ocr_bounding_box.png",
    "presidio/presidio-image-redactor/tests/test_data/png_images/2_ORIGINAL.png",
    "presidio/presidio-image-redactor/tests/test_data/png_images/RGB_ORIGINAL.png",
    "tesseract/testing/HelloGoogle.tif",
    "tesseract/testing/phototest-rotated-R.png",
    "zxing/qrcode-1/1.webp",
    "zxing/qrcode-1/13.webp",
    "zxing/qrcode-1/20.webp",
]


@pytest.mark.parametrize("name", QUICK)
def test_every_labelled_place_is_covered_and_the_copy_is_clean(
    name: str, shared_data: Path
) -> None:
    images = {known: (data, places) for known, data, places in labelled(shared_data)}

    row = judged(*images[name])

    assert row.covered == row.places
    assert row.false <= 1
    assert row.readings > 0
