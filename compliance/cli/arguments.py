"""Single arguments: a text as it was typed to a value, or one sentence that refuses it."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from compliance.i18n import mark

MOST_ENTRIES = 1_000_000
MOST_PORTS = 65_535
SMALLEST_SHARE = 1e-9  # one row of all people there are, and of a few worlds more

_WHOLE = mark("it is a whole number from 1 to {most:,}")


def place(typed: str) -> str:
    """`typed`, unless a script passed an unset variable: an empty path is the current folder."""
    if not typed.strip() or "\0" in typed:
        raise argparse.ArgumentTypeError(mark("it names no file"))
    return typed


def columns(typed: str) -> str:
    """`typed`, unless it names no column: without quasi-identifiers every table looks safe."""
    if not typed.strip(' ,"'):
        raise argparse.ArgumentTypeError(mark("it names no column"))
    return typed


def path(typed: str) -> Path:
    """`typed` as a path; see `place`."""
    return Path(place(typed))


def count(typed: str) -> int:
    """A whole number from 1 to `MOST_ENTRIES`."""
    if not typed.isascii() or not typed.isdecimal() or not 1 <= int(typed[:9]) <= MOST_ENTRIES:
        raise argparse.ArgumentTypeError(_WHOLE.format(most=MOST_ENTRIES))
    return int(typed)


def day(typed: str) -> date:
    """A day, as 2026-11-24."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise argparse.ArgumentTypeError(mark("it is a day such as 2026-11-24")) from None


def port(typed: str) -> int:
    """The number of a port."""
    if not typed.isascii() or not typed.isdecimal() or not 1 <= int(typed[:9]) <= MOST_PORTS:
        raise argparse.ArgumentTypeError(_WHOLE.format(most=MOST_PORTS))
    return int(typed)


def share(typed: str) -> float:
    """A share from `SMALLEST_SHARE` to 1."""
    try:
        found = float(typed)
    except ValueError:
        found = 0.0
    if not SMALLEST_SHARE <= found <= 1:
        reason = mark("it is a share from {least:g} to 1").format(least=SMALLEST_SHARE)
        raise argparse.ArgumentTypeError(reason)
    return found
