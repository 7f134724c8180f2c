"""A plain result as text for people, in their language: lines of names and values, and tables.

What people named and what has to be typed back (ids, kinds) stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime

from compliance.i18n import locales, meant
from compliance.i18n import translate as _
from compliance.plain import one_line
from compliance.privacy.disclosure.looks import does

WIDEST = 72  # columns of a cell; a SHA-256 fits
_RAW = "facts"  # of the trail
_WHOLE = "says"  # a verdict in words, of which the end counts as much
_TYPED_BACK = frozenset(
    [
        *("semantic_type", "identifier_class", "rule", "law", "kind", "folder", "path", "line"),
        *("id", "name", "column", "columns", "dataset", "datasets", "population", "actor", "by"),
        *("file", "table", "key", "value", "values", "sha256", "hash", "person", "roles"),
        *("officer", "contact", "owner", "email", "guess", "head", "root", "cron", "place"),
    ]
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+00:00)")
# What may not begin a line: it closes what stands before it.
_CLOSING = "，。；：、？！”’）》】…%,.;:?!)]}"
_TIED = re.compile(r"[!-~“‘（《]+|.")  # Latin words, and openings, stay with what follows


def as_text(result: Mapping[str, object], indent: str = "") -> str:
    """`result` with one line per value and one table per list of objects."""
    lines = []
    for name, value in result.items():
        title = f"{indent}{_field(name)}"
        if isinstance(value, Mapping):
            lines += [f"{title}{_colon()}", as_text(value, indent + "  ")]
        elif _is_table(value):
            lines += [f"{title}{_colon()}", _table(value, indent + "  ")]  # type: ignore[arg-type]
        else:
            lines.append(f"{title}{_colon()}{_gap()}{_shown(name, value)}")
    return "\n".join(line for line in lines if line)


def width_of(text: str) -> int:
    """Columns of a terminal: East Asian characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def wrapped(text: str, width: int) -> list[str]:
    """`text` in lines of `width` columns: torn at blanks, and anywhere between Chinese signs."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line.strip() and width_of((line + piece).rstrip()) > width:
            lines.append(line.strip())
            line = ""
        line += piece
    return [*lines, line.strip()] if line.strip() else lines or [""]


def _pieces(text: str) -> Iterator[str]:
    """What must not be torn: a word with the blank behind it, a sign with what closes it."""
    held = ""
    for found in _TIED.findall(text):
        if held and not (found in _CLOSING or found == " " or held[-1] in "“‘（《"):
            yield held
            held = ""
        held += found
    yield held


def _colon() -> str:
    return _("{name}:").format(name="")


def _gap() -> str:
    return "" if _colon() == "：" else " "


def _field(name: str) -> str:
    words = name.replace("_", " ")
    return meant("field", words)


def _is_table(value: object) -> bool:
    return isinstance(value, (list, tuple)) and bool(value) and isinstance(value[0], Mapping)


def _table(rows: Sequence[Mapping[str, object]], indent: str) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [[_field(name) for name in names]]
    cells += [[_cell(name, row.get(name)) for name in names] for row in rows]
    widths = [max(width_of(row[i]) for row in cells) for i in range(len(names))]
    return "\n".join(
        indent
        + "  ".join(
            cell + " " * (w - width_of(cell)) for cell, w in zip(row, widths, strict=True)
        ).rstrip()
        for row in cells
    )


def _shown(name: str, value: object) -> str:
    """The value of the field `name`."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return locales.number(value) if isinstance(value, int) else _number(value)
    if isinstance(value, (list, tuple)):
        said = [_shown(name, item) for item in value]
        are_sentences = any(one.endswith("。") for one in said)
        return locales.joined(said, "sentences" if are_sentences else "clauses") or _("none")
    if isinstance(value, Mapping):
        return _pairs(name, value)
    return _words(name, one_line(str(value).replace("\n", " ")))


def _pairs(name: str, value: Mapping[str, object]) -> str:
    """Names and values on one line; the facts of an entry of the trail stand as they are in it."""
    shown = {k: v for k, v in value.items() if v not in (None, "")}
    if name == _RAW:
        return "; ".join(f"{k} {one_line(str(v))}" for k, v in shown.items()) or "–"
    said = (f"{_field(k)} {_shown(k, v)}" for k, v in shown.items())
    return locales.joined(said, "words") or "–"


def _words(name: str, text: str) -> str:
    if _DAY.fullmatch(text):
        return _bare(locales.day(date.fromisoformat(text)))
    if _MOMENT.fullmatch(text):
        return _bare(locales.moment(datetime.fromisoformat(text).astimezone(UTC)))
    if name == "act":
        return f"{text} ({_(does(text))})"
    return text if name in _TYPED_BACK else _(text)


def _bare(text: str) -> str:
    """With plain blanks: a terminal may have no others."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


def _number(value: float) -> str:
    """Six digits, or all whole ones and cents where there are more."""
    if 1_000 <= abs(value) < 1e15:
        return locales.number(value, 0 if f"{value:.2f}".endswith(".00") else 2)
    return locales.formatted(value, ",.6g")


def _cell(name: str, value: object) -> str:
    return _shown(name, value) if name == _WHOLE else _shortened(_shown(name, value))


def _shortened(text: str) -> str:
    if width_of(text) <= WIDEST:
        return text
    kept = ""
    for sign in text:
        if width_of(kept + sign) >= WIDEST:
            break
        kept += sign
    return kept + "…"
