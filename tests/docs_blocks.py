"""The documents taken apart: their blocks, and what stands in a block of shell commands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")))
SHELL = ("sh", "console")
# A block of commands that cannot run in a test says where it does: `title="Elsewhere: …"`.
ELSEWHERE = "Elsewhere: "
_FENCE = re.compile(
    r"^(?P<pad> *)```(?P<info>[^`\n]*)\n(?P<body>.*?)^(?P=pad)```$", re.MULTILINE | re.DOTALL
)
_TITLE = re.compile(r'title="([^"]*)"')
_STANDS_ON = re.compile(r"<!-- stands on: ([\w ]+) -->")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block of code.

    Attributes:
        language: as written behind the fence; empty where nothing is.
        title: what stands above it on the site; of a file, its name.
        body: without the indent of the fence.
        line: of the fence, from 1.
    """

    language: str
    title: str
    body: str
    line: int

    @property
    def elsewhere(self) -> str:
        """Why its commands do not run in a test; empty where they do."""
        return self.title.removeprefix(ELSEWHERE) if self.title.startswith(ELSEWHERE) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command, and what the document shows of its output; empty where it shows nothing."""

    typed: str
    shown: str

    @property
    def words(self) -> list[str]:
        return shlex.split(self.typed, comments=True)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def blocks(path: Path) -> list[Block]:
    text = path.read_text(encoding="utf-8")
    return [_block(found, text) for found in _FENCE.finditer(text)]


def commands(block: Block) -> Iterator[Command]:
    """What is typed in a block: every line, or those behind `$ ` where it shows output, too."""
    body = re.sub(r"\\\n\s*", "", block.body)
    if block.language == "sh":
        yield from (Command(typed=line, shown="") for line in body.splitlines() if line.strip())
        return
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        typed, _, shown = part.partition("\n")
        yield Command(typed=typed, shown=shown)


def stands_on(path: Path) -> str:
    """The workspace that a document stands on, as it says in a comment at its top."""
    found = _STANDS_ON.search(path.read_text(encoding="utf-8"))
    return found.group(1) if found else "nothing"


def _block(found: re.Match[str], text: str) -> Block:
    info, pad = found["info"].strip(), found["pad"]
    title = _TITLE.search(info)
    return Block(
        language=info.split(" ")[0],
        title=title.group(1) if title else "",
        body=re.sub(rf"^{pad}", "", found["body"], flags=re.MULTILINE),
        line=text.count("\n", 0, found.start()) + 1,
    )
