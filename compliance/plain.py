"""Nouns to plain values and back: one way for records, exports, evidence and the command line.

And texts from outside, such as query files and file names, to what can be read, stored and shown.
"""

from __future__ import annotations

import csv
import io
import threading
import unicodedata
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import msgspec
import yaml

LARGEST_YAML_BYTES = 2**20

# What PyYAML lets through where a value denies its tag, such as “!!bool maybe”.
_YAML_TROUBLE = (yaml.YAMLError, RecursionError, ValueError, LookupError, AttributeError)

_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

# What makes a spreadsheet compute a cell, and the mark itself, so that taking it off again gives
# the value back. The wide ones count in East Asia. Source: OWASP, “CSV injection”.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")

Noun = TypeVar("Noun")
_Part = TypeVar("_Part")
_End = TypeVar("_End")

_ONE_LEARNS = threading.Lock()
_DECODERS: dict[object, msgspec.json.Decoder[Any]] = {}


class _TwiceError(Exception):
    """A name that has two values."""


class _OnceLoader(yaml.SafeLoader):
    """Reads plain values; PyYAML's own takes the last of two without a word."""

    def construct_mapping(
        self,
        node: yaml.MappingNode,
        deep: bool = False,  # noqa: FBT001, FBT002 - as PyYAML has it
    ) -> dict[Any, Any]:
        names: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in names:
                    raise _TwiceError(key.value[:40])
                names.add(key.value)
        return super().construct_mapping(node, deep)


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


def from_yaml(data: bytes, refusal: Callable[[str], Exception]) -> Any:
    """The plain value that the YAML document `data` from outside holds.

    Args:
        refusal: makes the error to raise from the reason why it cannot be read.
    """
    if len(data) > LARGEST_YAML_BYTES:
        raise refusal(f"it is larger than {LARGEST_YAML_BYTES // 2**20} MB")
    try:
        has_aliases = b"*" in data and _has_aliases(data)
        read = None if has_aliases else yaml.load(data, _OnceLoader)  # noqa: S506 - a safe one  # nosec B506
    except _TwiceError as error:
        raise refusal(f"“{error}” stands there twice; leave one") from None
    except _YAML_TROUBLE:
        raise refusal("it is no YAML") from None
    if has_aliases:
        raise refusal("it points to other parts with “*”; write them out")
    return read


def to_yaml(plain: object) -> str:
    """`plain` as a YAML document, in the order of its settings."""
    text: str = yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, default_flow_style=None)
    return text


def one_line(text: str) -> str:
    """`text` with � for each line break, control character and half of a character.

    And for what turns the direction of all that follows: a name would read as another.
    """
    return "".join("\ufffd" if _is_unfit(c) else c for c in text)


def _is_unfit(c: str) -> bool:
    return unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") or c in _TURNING


def _has_aliases(data: bytes) -> bool:
    """Whether parts point to other parts: a few lines can unfold to more than memory holds."""
    events = yaml.parse(data, Loader=yaml.SafeLoader)
    return any(isinstance(event, yaml.AliasEvent) for event in events)


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


def csv_bytes(rows: Sequence[Sequence[str]]) -> bytes:
    """Rows of cells as CSV that spreadsheets open as text: marked UTF-8, no cell a formula."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([[spreadsheet_safe(cell) for cell in row] for row in rows])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def spreadsheet_safe(cell: str) -> str:
    """`cell` with an apostrophe before it where a spreadsheet would compute it."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def ended(
    steps: Generator[_Part, None, _End], told: Callable[[_Part], object] | None = None
) -> _End:
    """What `steps` end with; `told` hears of each on the way."""
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            value: _End = end.value
            return value
        if told is not None:
            told(step)


def alone(work: Callable[[], Noun]) -> Noun:
    """What `work` gives, done in a thread of its own.

    Some libraries start an event loop, which fails in a thread that has one running.
    """
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(work).result()
