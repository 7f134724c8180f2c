"""All that a page sends to the browser as words, and what of it is English in a Chinese session."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
from streamlit.proto.Block_pb2 import Block
from streamlit.testing.v1 import AppTest

HANZI = re.compile(r"[\u4e00-\u9fff]")
# Three English words in a row, of which the second and third begin small: a piece of a sentence.
ENGLISH = re.compile(r"[A-Za-z][a-z\u2019']*[a-z](?:[ ,;:]+[a-z][a-z\u2019'-]*){2,}")
# Names of fields, keys of widgets, settings of tables: nobody reads them.
_UNREAD = {
    *("id", "form_id", "icon", "type", "language", "url", "key", "element_id", "color", "config"),
    *("media_file_id", "fragment_id", "root_container", "code_text", "default", "raw_value"),
    *("page", "page_script_hash"),
}
_INTERNAL = re.compile(r'"(legendgroup|customdata|ids)":\s*(\[[^\]]*\]|"[^"]*")')
_CODE = re.compile(r"`[^`]*`")


def english(visitor: AppTest, allowed: re.Pattern[str]) -> list[str]:
    """Pieces of sentences in English on a page, without those that are `allowed`."""
    found: dict[str, None] = {}
    for text in said(visitor):
        found |= dict.fromkeys(english_in(text, allowed))
    return list(found)


def english_in(text: str, allowed: re.Pattern[str]) -> list[str]:
    """Pieces of sentences in English in one text."""
    clean = allowed.sub("", _CODE.sub("", _INTERNAL.sub("", text)))
    return [match[0] for match in ENGLISH.finditer(clean)]


def said(visitor: AppTest) -> Iterator[str]:
    """All texts of a page, one by one, as they go to the browser."""
    yield from _said(visitor._tree)


def dialogs(visitor: AppTest) -> list[str]:
    """The titles of the dialogs that are open."""
    protos = [getattr(block, "proto", None) for block in _blocks(visitor._tree)]
    of_blocks = [proto for proto in protos if isinstance(proto, Block)]
    return [proto.dialog.title for proto in of_blocks if proto.HasField("dialog")]


def _blocks(node: Any) -> Iterator[Any]:
    for child in node.children.values():
        if hasattr(child, "children"):
            yield child
            yield from _blocks(child)


def _said(node: Any) -> Iterator[str]:
    for child in node.children.values():
        if (proto := getattr(child, "proto", None)) is not None:
            yield from _strings(proto)
        if hasattr(child, "children"):
            yield from _said(child)


def _strings(proto: Any) -> Iterator[str]:
    for about, value in proto.ListFields():
        values = value if about.is_repeated else [value]
        if about.name in _UNREAD:
            continue
        if about.type == about.TYPE_STRING:
            yield from values
        elif about.type == about.TYPE_BYTES and about.name == "data":
            yield from _cells(value)
        elif about.type == about.TYPE_MESSAGE and not about.message_type.GetOptions().map_entry:
            for one in values:
                yield from _strings(one)


def _cells(data: bytes) -> Iterator[str]:
    """Headings and texts of a table, as they go to the browser."""
    try:
        table = pa.ipc.open_stream(data).read_all()
    except pa.ArrowInvalid:
        return
    yield from (name for name in table.column_names if "index" not in name)
    for column in table.columns:
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            yield from (text for text in column.unique().to_pylist() if text)
