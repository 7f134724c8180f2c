"""The readers of text and faces: loaded at the first use, from files that their packages hold.

One set serves the whole process. Each is used by one thread at a time: the reader of text changes
its own state while it works, and so do cascades.
"""

from __future__ import annotations

import functools
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from compliance.errors import MissingGroupError

_PACKAGES = ("cv2", "onnxruntime", "PIL", "rapidocr", "zxingcpp")
_MODELS = {
    "Det.model_path": "PP-OCRv6_det_small.onnx",
    "Rec.model_path": "PP-OCRv6_rec_small.onnx",
    "Cls.model_path": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
}
_FRONTAL = ("frontalface_alt2", "frontalface_default", "frontalface_alt")
_PROFILE = "profileface"
_READS, _SEES = threading.Lock(), threading.Lock()


def check_installed() -> None:
    """Refuse where the optional group is absent; asked before anything is read.

    Raises:
        MissingGroupError: it is.
    """
    if any(find_spec(package) is None for package in _PACKAGES):
        raise MissingGroupError(what="Reading images", group="images")


@contextmanager
def reader() -> Iterator[Any]:
    """The reader of text, for one thread at a time."""
    with _READS:
        yield _reader()


@contextmanager
def cascades() -> Iterator[tuple[tuple[Any, ...], Any]]:
    """The cascades for frontal faces and the one for profiles, for one thread at a time."""
    with _SEES:
        yield tuple(_cascade(name) for name in _FRONTAL), _cascade(_PROFILE)


@functools.cache
def _reader() -> Any:
    import rapidocr

    folder = Path(rapidocr.__file__).parent / "models"
    # Named files are opened; the reader would look others up on the network.
    models = {name: str(folder / file) for name, file in _MODELS.items()}
    engine = rapidocr.RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.text_score": 0.0,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            **models,
        }
    )
    logging.getLogger("RapidOCR").disabled = True
    return engine


@functools.cache
def _cascade(name: str) -> Any:
    import cv2

    return cv2.CascadeClassifier(str(Path(cv2.__file__).parent / f"data/haarcascade_{name}.xml"))
