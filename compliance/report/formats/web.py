"""A report as one HTML file that needs nothing else: no script, no font, no picture from elsewhere.

Its own policy forbids all but its one style sheet. Every text is escaped; charts are drawings
inside it, with a title and a description.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from functools import cache
from html import escape
from importlib.resources import files

from compliance.i18n import translate as _
from compliance.report.formats.origin import about_copy
from compliance.report.manuscript import (
    SIGNS,
    Block,
    Cell,
    Chart,
    Facts,
    Heading,
    Listed,
    Listing,
    Manuscript,
    Runs,
    Table,
    Tiles,
    Words,
)
from compliance.report.typesetting import draw

_NAMESPACES = re.compile(r' xmlns(?::\w+)?="[^"]*"')
_NAMES = re.compile(r'(\bid="|href="#|url\(#)')
_DEEPEST = 6
_MOST_IN_CONTENTS = 2


def to_web(manuscript: Manuscript) -> bytes:
    """The report as HTML in UTF-8."""
    drawings = iter([svg.decode() for svg in draw(manuscript.charts, "svg")])
    parts = [
        _chart(block, next(drawings), number) if isinstance(block, Chart) else _block(block, number)
        for number, block in enumerate(manuscript.blocks)
    ]
    after = _cover_ends(manuscript)
    parts[after:after] = [*_origin(manuscript), *_contents(manuscript)]
    pieces = [*_head(manuscript), "<main>", *parts, "</main>"]
    foot = f"<footer><p>{_said(manuscript.stamp)} · {_said(manuscript.footing)}</p></footer>"
    return "\n".join([*pieces, foot, "</body>", "</html>", ""]).encode()


def _head(manuscript: Manuscript) -> Iterator[str]:
    author = manuscript.author
    title = f"{manuscript.title} – {author}" if author else manuscript.title
    style = _style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    named = {
        "author": author,
        "description": manuscript.about,
        "keywords": ", ".join(manuscript.keywords),
        "dcterms.created": manuscript.at.isoformat(),
        "viewport": "width=device-width, initial-scale=1",
    }
    yield f'<!DOCTYPE html>\n<html lang="{escape(manuscript.language)}">\n<head>'
    yield '<meta charset="utf-8">'
    yield (
        '<meta http-equiv="Content-Security-Policy" '
        f"content=\"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'\">"
    )
    for name, value in named.items():
        if value:
            yield f'<meta name="{name}" content="{escape(value)}">'
    yield f"<title>{_said(title)}</title>\n<style>{style}</style>\n</head>\n<body>"


@cache
def _style() -> str:
    return (files(__package__) / "web.css").read_text("utf-8")


def _cover_ends(manuscript: Manuscript) -> int:
    """Where the first section begins; without any, after everything."""
    for number, block in enumerate(manuscript.blocks):
        if isinstance(block, Heading) and block.level:
            return number
    return len(manuscript.blocks)


def _origin(manuscript: Manuscript) -> Iterator[str]:
    if manuscript.evidence:
        yield f'<p class="note">{_said(about_copy(manuscript))}</p>'


def _contents(manuscript: Manuscript) -> Iterator[str]:
    found = [
        f'<li class="level-{block.level}"><a href="#part-{number}">{_title(block)}</a></li>'
        for number, block in enumerate(manuscript.blocks)
        if isinstance(block, Heading) and 0 < block.level <= _MOST_IN_CONTENTS and block.number
    ]
    if found:
        name = _said(_("Contents"))
        yield f'<nav aria-label="{name}"><p class="minor">{name}</p><ul>{"".join(found)}</ul></nav>'


def _block(block: Block, number: int) -> str:
    match block:
        case Heading():
            tag = f"h{min(block.level + 1, _DEEPEST)}"
            return f'<{tag} id="part-{number}" dir="auto">{_title(block)}</{tag}>'
        case Words():
            named = f' class="{block.role}"' if block.role else ""
            return f'<p{named} dir="auto">{_runs(block.runs)}</p>'
        case Listed():
            tag = "ol" if block.is_numbered else "ul"
            items = "".join(f'<li dir="auto">{_runs(item)}</li>' for item in block.items)
            return f"<{tag}>{items}</{tag}>"
        case Facts():
            return f"<dl>{''.join(map(_fact, block.rows))}</dl>" if block.rows else ""
        case Table():
            return _table(block, number)
        case Tiles():
            return _tiles(block)
        case Listing():
            lines = "\n".join(map(_said, block.lines))
            return f'<pre tabindex="0"><code>{lines}</code></pre>'
    raise TypeError(f"{type(block).__name__} is drawn, not written")


def _title(heading: Heading) -> str:
    return f"{heading.number} {_said(heading.text)}" if heading.number else _said(heading.text)


def _runs(runs: Runs) -> str:
    return "".join(
        _looking(run.look, "<br>".join(map(_said, run.text.split("\n")))) for run in runs
    )


def _looking(look: str, body: str) -> str:
    if look in SIGNS:
        return f'<strong class="{look}">{body}</strong>'
    return f"<{look}>{body}</{look}>" if look else body


def _fact(row: tuple[str, str, bool]) -> str:
    name, value, is_missing = row
    told = _toned("warn", value) if is_missing else _said(value)
    return f'<div><dt>{_said(name)}</dt><dd dir="auto">{told}</dd></div>'


def _toned(tone: str, text: str) -> str:
    if not tone:
        return _said(text)
    return f'<strong class="{tone}">{SIGNS[tone]} {_said(text)}</strong>'


def _table(table: Table, number: int) -> str:
    looks = [' class="number"' if is_number else "" for is_number in table.are_numbers]
    pairs = zip(table.titles, looks, strict=True)
    head = "".join(f'<th scope="col"{look}>{_said(title)}</th>' for title, look in pairs)
    rows = "".join(
        "<tr>"
        + "".join(
            f'<td dir="auto"{look}>{_cell(cell)}</td>'
            for cell, look in zip(row, looks, strict=True)
        )
        + "</tr>\n"
        for row in table.rows
    )
    named = escape(_("Table {n}: {titles}").format(n=number, titles=", ".join(table.titles)))
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{named}">'
        f"<table><thead><tr>{head}</tr></thead>\n<tbody>{rows}</tbody></table></div>"
    )


def _cell(cell: Cell) -> str:
    if not cell.below:
        return _toned(cell.tone, cell.text)
    below = _toned(cell.below_tone, cell.below)
    return f"{_toned(cell.tone, cell.text)}<br><small>{below}</small>"


def _tiles(block: Tiles) -> str:
    shown = "".join(
        f'<li class="{tile.tone}"><span>{_said(tile.title)}</span>'
        f"<strong>{_said(tile.figure)}</strong><span>{_said(tile.note)}</span></li>"
        for tile in block.tiles
    )
    return f'<ul class="tiles">{shown}</ul>'


def _chart(chart: Chart, svg: str, number: int) -> str:
    """A drawing whose names are its own, for those of two drawings would be the same."""
    names = f"chart-{number}-title chart-{number}-desc"
    bare = _NAMESPACES.sub("", svg).replace("xlink:href", "href")
    bare = _NAMES.sub(rf"\g<1>c{number}-", bare)
    told = (
        f'<svg role="img" aria-labelledby="{names}"'
        f"{bare[bare.index('<svg') + 4 : bare.index('>') + 1]}"
        f'<title id="chart-{number}-title">{_said(chart.caption)}</title>'
        f'<desc id="chart-{number}-desc">{_said(chart.alt)}</desc>'
    )
    drawn = bare[bare.index(">") + 1 :]
    return f"<figure>{told}{drawn}<figcaption>{_said(chart.caption)}</figcaption></figure>"


def _said(text: str) -> str:
    return escape(text)
