"""A YAML document as plain values, with the line of each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import yaml

from compliance.errors import PackError

Path = tuple[object, ...]

LARGEST_PACK_BYTES = 2**20
DEEPEST = 40  # settings within settings; a pack needs seven
# What PyYAML lets through where a value denies its tag, such as “!!bool maybe”.
_TROUBLE = (RecursionError, ValueError, LookupError, AttributeError, TypeError)
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Lined(NamedTuple):
    """Plain values, and where they stand.

    Attributes:
        name: of the file, for messages.
        plain: dicts with texts as keys, lists, texts, numbers, true, false, None; dates as text.
        lines: the line of each value by its path, from 1.
    """

    name: str
    plain: Any
    lines: Mapping[Path, int]

    def line(self, path: Path) -> int:
        """The line of what stands at `path`, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def refusal(self, path: Path, problem: str) -> PackError:
        """The error that says what is wrong at `path`."""
        return PackError(name=self.name, line=self.line(path), problem=problem)


def read_lined(data: bytes, name: str) -> Lined:
    """The document `data`.

    Raises:
        PackError: it is no YAML, is too large or too deep, says a name twice, or points to other
            parts.
    """
    if len(data) > LARGEST_PACK_BYTES:
        problem = f"it is larger than {LARGEST_PACK_BYTES // 2**20} MB"
        raise PackError(name=name, line=1, problem=problem)
    try:
        text = data.decode("utf-8-sig")
        _check_depth(text, name)
        loader = _Loader(text)
        node = loader.get_single_node()
        reader = _Reader(name, loader)
        plain = None if node is None else reader.read(node, ())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise PackError(name=name, line=line, problem="this cannot be read as YAML") from None
    except UnicodeDecodeError:
        raise PackError(name=name, line=1, problem="it is no text in UTF-8") from None
    except (yaml.YAMLError, *_TROUBLE):
        raise PackError(name=name, line=1, problem="it cannot be read as YAML") from None
    return Lined(name, plain, reader.lines)


def _check_depth(text: str, name: str) -> None:
    """Refuse what is nested so deep that reading it as nodes would end the process."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            line = event.start_mark.line + 1 if event.start_mark else 1
            problem = f"it is nested more than {DEEPEST} deep"
            raise PackError(name=name, line=line, problem=problem)


class _Reader:
    """Walks the nodes of a document once."""

    def __init__(self, name: str, loader: Any) -> None:
        self.name, self.loader = name, loader
        self.lines: dict[Path, int] = {}
        self._seen: set[int] = set()

    def read(self, node: yaml.Node, path: Path) -> Any:
        self.lines[path] = line = node.start_mark.line + 1
        if id(node) in self._seen:
            raise PackError(
                name=self.name,
                line=line,
                problem="it points to another part with “*”; write it out",
            )
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(one, (*path, place)) for place, one in enumerate(node.value)]
        return self._scalar(node, line)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise PackError(name=self.name, line=line, problem="a name must be a text")
            if key.value in found:
                problem = f"“{key.value[:40]}” stands there twice; leave one"
                raise PackError(name=self.name, line=line, problem=problem)
            found[key.value] = self.read(value, (*path, key.value))
            self.lines[(*path, key.value)] = line
        return found

    def _scalar(self, node: yaml.Node, line: int) -> Any:
        """Its value; a day that does not exist stays a text, and those who want a day refuse it."""
        try:
            value = self.loader.construct_object(node)
        except _TROUBLE:
            if node.tag == "tag:yaml.org,2002:timestamp":
                return node.value
            problem = "this cannot be read as YAML"
            raise PackError(name=self.name, line=line, problem=problem) from None
        return value.isoformat() if isinstance(value, date) else value
