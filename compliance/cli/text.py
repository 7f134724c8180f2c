"""A plain result as text for people: lines of names and values, lists as tables."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from compliance.plain import one_line

WIDEST = 72  # a SHA-256 fits
_WHOLE = "says"  # a verdict in words, of which the end counts as much


def as_text(result: Mapping[str, object], indent: str = "") -> str:
    """`result` with one line per value and one table per list of objects."""
    lines = []
    for name, value in result.items():
        title = f"{indent}{name.replace('_', ' ')}"
        if isinstance(value, Mapping):
            lines += [f"{title}:", as_text(value, indent + "  ")]
        elif _is_table(value):
            lines += [f"{title}:", _table(value, indent + "  ")]  # type: ignore[arg-type]
        else:
            lines.append(f"{title}: {_shown(value)}")
    return "\n".join(line for line in lines if line)


def _is_table(value: object) -> bool:
    return isinstance(value, (list, tuple)) and bool(value) and isinstance(value[0], Mapping)


def _table(rows: Sequence[Mapping[str, object]], indent: str) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [[name.replace("_", " ") for name in names]]
    cells += [[_cell(name, row.get(name)) for name in names] for row in rows]
    widths = [max(_width(row[i]) for row in cells) for i in range(len(names))]
    return "\n".join(
        indent
        + "  ".join(
            cell + " " * (w - _width(cell)) for cell, w in zip(row, widths, strict=True)
        ).rstrip()
        for row in cells
    )


def _shown(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, (list, tuple)):
        return "; ".join(_shown(item) for item in value) or "none"
    if isinstance(value, Mapping):
        return ", ".join(f"{k} {_shown(v)}" for k, v in value.items() if v not in (None, "")) or "–"
    return one_line(str(value).replace("\n", " "))


def _number(value: float) -> str:
    """Six digits, or all whole ones and cents where there are more."""
    if 1_000 <= abs(value) < 1e15:
        return f"{value:,.2f}".removesuffix(".00")
    return f"{value:,.6g}"


def _cell(name: str, value: object) -> str:
    return _shown(value) if name == _WHOLE else _shortened(_shown(value))


def _shortened(text: str) -> str:
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


def _width(text: str) -> int:
    """Columns of a terminal: East Asian characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
