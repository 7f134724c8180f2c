"""Tables and words in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page that is made of code or data, `path` under docs/."""

    path: str
    title: str
    text: str


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """One line of the table per row; what is None is left empty."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines) + "\n"


def code(text: object) -> str:
    """`text` as code; nothing where there is none."""
    return f"`{text}`" if text not in (None, "") else ""


def sentence(text: str) -> str:
    """With a capital letter at its beginning."""
    return text[:1].upper() + text[1:]


def anchor(text: str) -> str:
    """A heading's id that does not depend on how the site makes them."""
    return "-".join(text.lower().replace("_", "-").replace(".", "-").split())


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return " ".join(text.split()).replace("|", "\\|")
