"""Personal data outside of tables: found and taken out of texts and images.

A text or image is looked at and given back; the desk keeps neither. What is handed on again is in
the trail with its hash and counts.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Sequence

from compliance.dataset.readers.text import decode
from compliance.discovery.images import ImageFindings, Redacted, find_in_image, redact_image
from compliance.discovery.nouns.text import Span
from compliance.discovery.text import LOCALES, find_spans, installed_model, pseudonymise, redact
from compliance.discovery.text.models import Recogniser
from compliance.errors import NameModelError, UndecodableTextError
from compliance.workspace.desk import Desk
from compliance.workspace.guarding import guarded
from compliance.workspace.keys import key_in
from compliance.workspace.recent import Recent

_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MOST_CONTROLS = 0.05  # a few stray ones stand in old exports; compressed bytes have a tenth


@guarded
class Scanning:
    """What the desk does with texts and images."""

    locales = LOCALES
    """The countries and languages that invented data can be of."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def _model(self) -> Recogniser | None:
        """The language model that an administrator named, loaded when it is first asked."""
        name = self._desk.settings.name_model
        return (
            self._desk.kept("models", _models).get((name,), lambda: _loaded(name)) if name else None
        )

    def read_text(self, name: str, data: bytes) -> str:
        """The text in the bytes of file `name`, whatever usual encoding it has.

        Raises:
            UndecodableTextError: it is none, such as a picture or a program.
        """
        text = decode(name, data)[0]
        if len(_CONTROLS.findall(text)) > _MOST_CONTROLS * len(text):
            raise UndecodableTextError(name=name)
        return text

    def text(self, text: str) -> tuple[Span, ...]:
        """Where personal data stand in `text`. Nothing is kept.

        Raises:
            NameModelError: the settings name a language model that is not installed.
        """
        return find_spans(text, model=self._model)

    def redact_text(self, text: str, spans: Sequence[Span]) -> str:
        """`text` with the kind of data in place of each span."""
        return self._handed_on("text.redact", text, spans, redact(text, spans))

    def replace_text(self, text: str, spans: Sequence[Span], locale: str = "en_US") -> str:
        """`text` with invented data in place of each span; the same person is always the same."""
        key = key_in(self._desk.settings.home / "surrogates.key")
        return self._handed_on("text.replace", text, spans, pseudonymise(text, spans, key, locale))

    def image(self, data: bytes) -> ImageFindings:
        """Where text, faces and codes stand in an image. Nothing is kept.

        Raises:
            NotAnImageError, ImageTooLargeError: nothing was read.
            MissingGroupError: the packages that read images are not installed.
        """
        return find_in_image(data, _types_in)

    def redact_image(self, data: bytes, *, only_personal: bool = False) -> Redacted:
        """The image with solid boxes over text, faces and codes, read again so that none is left.

        Args:
            only_personal: leave text in which no personal data were found.

        Raises:
            NotAnImageError, ImageTooLargeError: nothing was read.
            ImageStillShowsError: something is left after all tries; no copy is made.
            MissingGroupError: the packages that read images are not installed.
        """
        is_personal: Callable[[str], bool] | None = _is_personal if only_personal else None
        done = redact_image(data, is_personal)
        with self._desk.act("image.redact", "image") as act:
            act.facts |= {
                "sha256_before": hashlib.sha256(data).hexdigest(),
                "sha256": hashlib.sha256(done.image).hexdigest(),
                "boxes": dict(Counter(str(box.kind) for box in done.boxes)),
                "only_personal": only_personal,
            }
        return done

    def _handed_on(self, name: str, before: str, spans: Sequence[Span], after: str) -> str:
        with self._desk.act(name, "text") as act:
            act.facts |= {
                "sha256": hashlib.sha256(after.encode("utf-8", "surrogatepass")).hexdigest(),
                "characters": len(before),
                "spans": dict(Counter(str(span.type) for span in spans)),
            }
        return after


def _models() -> Recent[Recogniser]:
    return Recent(1, lambda _: 1)


def _loaded(name: str) -> Recogniser:
    found = installed_model(name)
    if found is None:
        raise NameModelError
    return found


def _types_in(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(span.type) for span in find_spans(text)))


def _is_personal(text: str) -> bool:
    return bool(find_spans(text))
