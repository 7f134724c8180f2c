"""Nouns to plain values and back: one way for records, exports, evidence and the command line.

And texts from outside, such as file names, to what can be stored and shown on one line.
"""

from __future__ import annotations

import threading
import unicodedata
from typing import Any, TypeVar

import msgspec

Noun = TypeVar("Noun")

_ONE_LEARNS = threading.Lock()
_DECODERS: dict[object, msgspec.json.Decoder[Any]] = {}


def to_plain(noun: object) -> Any:
    """`noun` as dicts, lists, strings, numbers, booleans and None.

    Decimals become strings (exact), times ISO 8601, choices their values.
    """
    return msgspec.to_builtins(noun, enc_hook=_encode)


def from_plain(kind: type[Noun], plain: Any) -> Noun:
    """The noun of type `kind` that `to_plain` turned into `plain`.

    Raises:
        msgspec.ValidationError: `plain` is not such a noun.
    """
    _decoder(kind)  # learns the kind
    return msgspec.convert(plain, kind)


def to_json(noun: object) -> str:
    """`noun` as JSON text with sorted keys."""
    return msgspec.json.encode(noun, enc_hook=_encode, order="sorted").decode()


def from_json(kind: type[Noun], text: str) -> Noun:
    """The noun of type `kind` that `to_json` wrote as `text`."""
    decoded: Noun = _decoder(kind).decode(text)
    return decoded


def one_line(text: str) -> str:
    """`text` with � for each line break, control character and half of a character."""
    unfit = ("Cc", "Cs", "Zl", "Zp")
    return "".join("\ufffd" if unicodedata.category(c) in unfit else c for c in text)


def _decoder(kind: object) -> msgspec.json.Decoder[Any]:
    """How to read nouns of type `kind`.

    msgspec learns a type when it first meets it, and crashes where two threads make it learn the
    same one at once; so it learns them here, one at a time.
    """
    with _ONE_LEARNS:
        if kind not in _DECODERS:
            _DECODERS[kind] = msgspec.json.Decoder(kind)
        return _DECODERS[kind]


def _encode(value: object) -> object:
    if hasattr(value, "item"):  # a numpy number
        return value.item()
    raise TypeError(f"{type(value).__name__} has no plain form")
