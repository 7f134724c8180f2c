"""Who somebody is, from options, a file or standard input; never said again."""

from __future__ import annotations

import argparse
import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from compliance.cli import arguments
from compliance.errors import FileMissingError, RequestInputError
from compliance.rights.nouns import Identifier
from compliance.rights.requests import once, to_identifiers

LARGEST_BYTES = 2**16
_STANDARD_INPUT = Path("-")


def identifiers(added: argparse.ArgumentParser) -> None:
    """The options by which a person is named."""
    added.add_argument(
        "--who",
        action="append",
        default=[],
        metavar="KIND=VALUE",
        help="what the person is known by, such as email=…; it stays in the shell's history",
    )
    added.add_argument(
        "--person",
        type=arguments.path,
        metavar="FILE",
        help="a file with KIND: VALUE in each line, or a JSON object; - is standard input",
    )


def doubtful_mentions(added: argparse.ArgumentParser) -> None:
    """The option that says what becomes of mentions on which nobody decided."""
    added.add_argument(
        "--doubtful-mentions",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="whether texts in which somebody else may be meant, and on which nobody decided, "
        "lose the mention as well; not said: it is refused where there are some",
    )


def given(asked: Namespace) -> tuple[Identifier, ...]:
    """Who was named.

    Raises:
        FileMissingError, RequestInputError: it cannot be read; what it says is not repeated.
    """
    pairs = [_pair(said, "=") for said in asked.who]
    if asked.person is not None:
        pairs += _pairs(_text(asked.person))
    return to_identifiers(pairs)


def _text(path: Path) -> str:
    try:
        if path == _STANDARD_INPUT:
            return _whole(sys.stdin.read(LARGEST_BYTES + 1)).removeprefix("\ufeff")
        if not path.is_file() or path.stat().st_size > LARGEST_BYTES:
            raise FileMissingError(name=path.name)
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        raise FileMissingError(name=path.name) from None


def _whole(text: str) -> str:
    if len(text) > LARGEST_BYTES:
        problem = f"is longer than {LARGEST_BYTES:,} characters"
        raise RequestInputError(field="What came through standard input", problem=problem)
    return text


def _pairs(text: str) -> Iterator[tuple[str, object]]:
    if text.lstrip()[:1] == "{":
        yield from _object(text)
        return
    for line in text.splitlines():
        if line.strip():
            yield _pair(line, ":")


def _object(text: str) -> list[tuple[str, object]]:
    try:
        found = json.loads(text, object_pairs_hook=once)
    except (ValueError, RecursionError):
        raise RequestInputError(field="The file of the person", problem="is no JSON") from None
    return [
        (kind, value)
        for kind, values in found.items()
        for value in (values if isinstance(values, list) else [values])
    ]


def _pair(said: str, sign: str) -> tuple[str, object]:
    kind, found, value = said.partition(sign)
    if not found or not value.strip():
        problem = f"is given as KIND{sign}VALUE"
        raise RequestInputError(field="What the person is known by", problem=problem)
    return kind, value
