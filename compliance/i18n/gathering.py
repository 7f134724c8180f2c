"""Which words there are: gathered from code, typesetting files and files of texts.

`sources.yaml` says from which. Code is read as a syntax tree, so a word is found wherever it
stands, and a sentence that could never be found is refused.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any

from compliance.i18n import COUNTED, FIELD, FOLDER, HELP, translate
from compliance.i18n.facts import facts, parsed, sentences
from compliance.shipped import values

ROOT = Path(__file__).parents[2]  # of the project, which the paths of `sources.yaml` start from
SOURCES = FOLDER / "sources.yaml"
_FIELD_NAME = re.compile(r"[a-z][a-z0-9_]*")

# By function: at which places of its arguments its words stand.
_FUNCTIONS = {"_": (0,), "translate": (0,), "mark": (0,), "plural": (0, 1), "meant": (1,)}
_COUNTED = {"count": 1, "counted": 0}  # a unit, whose plural is built or named
_MODULES = {"wording", "i18n"}  # through which these functions may be called
_SHOWN = {
    "title",
    "help",
    "label",
    "words",
    "says",
    "bound",
    "heading",
    "caption",
}  # in rows of tables
_NOT_WORDS = re.compile(r"^:|_|^\W*$")  # icons, names in code
_IN_TEMPLATE = re.compile(r'\bsay(?:-text)?\(\s*"((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What a translation is found by: the words, and what they mean where that differs."""

    words: str
    context: str = ""


@dataclass(slots=True)
class Message:
    """Words to be translated.

    Attributes:
        many: their plural.
        files: where they stand.
        is_marked: whether they are only marked, so that what comes to be shown is finished.
    """

    many: str = ""
    files: set[str] = field(default_factory=set)
    is_marked: bool = False


Gathered = dict[str, dict[Key, Message]]
Told = tuple[Key, str, bool]  # the words, their plural, whether they are only marked
_Code = dict[tuple[str, Path], list[Told]]  # by the use that a room makes of a file


@cache
def sources() -> dict[str, Any]:
    """What `sources.yaml` says."""
    told: dict[str, Any] = values(SOURCES.read_bytes())
    return told


def gather() -> Gathered:
    """All words by room; what several rooms say belongs to the first of them.

    Raises:
        ValueError: words that cannot be gathered, such as an f-string, or a file that is not there.
    """
    rooms: Gathered = {}
    owners: dict[Key, dict[Key, Message]] = {}
    code = _read_code(sources()["rooms"])
    for room in sources()["rooms"]:
        mine = rooms.setdefault(room["room"], {})
        for file, key, many, is_marked in _of_room(room, code):
            message = owners.setdefault(key, mine).setdefault(key, Message())
            message.files.add(file)
            message.many = message.many or many
            message.is_marked |= is_marked
    return rooms


@cache
def words_of_templates(folder: Path) -> tuple[str, ...]:
    """The words that the typesetting files of a folder say."""
    return tuple(dict.fromkeys(words for file in _typ(folder) for words in _in_template(file)))


def words_of_data(plain: Any, texts: Sequence[str], without: Sequence[str]) -> Iterator[str]:
    """The texts of plain values whose paths fit `texts` and not `without`."""
    found: list[str] = []

    def keep(words: str) -> str:
        found.append(words)
        return words

    _with_words(plain, "", keep, texts, without)
    yield from (words for words in found if words.strip())


def spoken(file: str, plain: Any) -> Any:
    """The plain values of a file that `sources.yaml` names, with its words translated."""
    rows = [row for room in sources()["rooms"] for row in room.get("data", ())]
    row = next(row for row in rows if row["file"] == file)
    return _with_words(plain, "", translate, row["texts"], row.get("without", ()))


def _read_code(rooms: Iterable[Mapping[str, Any]]) -> _Code:
    """What the code says that rooms name, each file read once however many of them name it."""
    wanted: dict[Path, set[str]] = {}
    for room in rooms:
        for use in _USES:
            for path in _paths(room.get(use, ())):
                wanted.setdefault(path, set()).add(use)
    said: _Code = {}
    for path, uses in wanted.items():
        nodes = parsed(path)
        said |= {(use, path): list(_USES[use](path, nodes)) for use in uses}
    return said


def _of_room(room: Mapping[str, Any], code: _Code) -> Iterator[tuple[str, Key, str, bool]]:
    yield from _said(room, code, "python")
    for name, words in _as_they_stand(room):
        yield name, Key(words), "", True
    yield from _by_use(room, code)
    for unit, units in room.get("units", {}).items():
        yield _name(SOURCES), Key(unit, COUNTED), units, False


def _by_use(room: Mapping[str, Any], code: _Code) -> Iterator[tuple[str, Key, str, bool]]:
    """What code says without marking it: fields of results, the command line, sentences."""
    for words in room.get("field_words", ()):
        yield _name(SOURCES), Key(words, FIELD), "", False
    for use in ("fields", "refusals", "sentences"):
        yield from _said(room, code, use)
    for module in room.get("commands", ()):
        for words in _in_commands(module):
            yield f"{module.replace('.', '/')}.py", Key(words, HELP), "", False


def _said(room: Mapping[str, Any], code: _Code, use: str) -> Iterator[tuple[str, Key, str, bool]]:
    for path in _paths(room.get(use, ())):
        yield from ((_name(path), *told) for told in code[use, path])


def _as_they_stand(room: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Words that need no look at how they are used, with the file that holds them."""
    for words in chain.from_iterable(room.get("words", ())):
        yield _name(SOURCES), words
    for name, classes in room.get("enums", {}).items():
        yield from ((name, words) for words in _values(ROOT / name, classes))
    for name, constants in room.get("constants", {}).items():
        yield from ((name, words) for words in _in_constants(ROOT / name, constants))
    for pattern, attribute in room.get("attributes", {}).items():
        for path in _paths([pattern]):
            yield from ((_name(path), words) for words in _in_attribute(path, attribute))
    for path in _paths(room.get("templates", ())):
        yield from ((_name(path), words) for words in _in_template(path))
    for row in room.get("data", ()):
        for path in _paths([row["file"]]):
            plain = values(path.read_bytes())
            told = words_of_data(plain, row["texts"], row.get("without", ()))
            yield from ((_name(path), words) for words in told)
            names = words_of_data(plain, row.get("names", ()), row.get("without", ()))
            yield from ((_name(path), words.replace("_", " ")) for words in names)
            yield from ((_name(path), words) for words in _keys(plain, "", row.get("keys", ())))


def _in_fields(_: Path, nodes: Sequence[ast.AST]) -> Iterator[Told]:
    """The names by which values stand in the results that a module puts together."""
    for node in nodes:
        for key in node.keys if isinstance(node, ast.Dict) else ():
            if isinstance(key, ast.Constant) and _FIELD_NAME.fullmatch(str(key.value)):
                yield Key(str(key.value).replace("_", " "), FIELD), "", False


def _in_commands(module: str) -> list[str]:
    """What the command line that a module builds explains itself with."""
    return list(import_module(module).helps())


def _keys(plain: Any, path: str, under: Sequence[str]) -> Iterator[str]:
    """The names by which values stand in the mappings whose paths fit `under`."""
    if isinstance(plain, dict):
        if any(fnmatchcase(path, pattern) for pattern in under):
            yield from plain
        for key, value in plain.items():
            yield from _keys(value, f"{path}.{key}" if path else f"{key}", under)


def _paths(patterns: Iterable[str]) -> list[Path]:
    found = []
    for pattern in patterns:
        fitting = sorted(ROOT.glob(pattern))
        if not fitting:
            raise ValueError(f"sources.yaml names {pattern}, and there is no such file")
        found += fitting
    return list(dict.fromkeys(found))


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _typ(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.typ"))


def _in_python(path: Path, nodes: Sequence[ast.AST]) -> Iterator[Told]:
    """The words that a module gives to the functions that translate."""
    for node in nodes:
        if not isinstance(node, ast.Call):
            continue
        name = _called(node.func)
        try:
            if name in _FUNCTIONS:
                yield from ((*told, name == "mark") for told in _told(name, node))
            elif name in _COUNTED:
                yield from ((*told, False) for told in _unit(node, _COUNTED[name]))
        except ValueError as error:
            raise ValueError(f"{_name(path)}, line {node.lineno}: {error}") from None


def _in_refusals(_: Path, nodes: Sequence[ast.AST]) -> Iterator[Told]:
    yield from ((Key(words), "", True) for words in facts(nodes))


def _in_sentences(_: Path, nodes: Sequence[ast.AST]) -> Iterator[Told]:
    yield from ((Key(words), "", True) for words in sentences(nodes))


_USES: dict[str, Callable[[Path, Sequence[ast.AST]], Iterator[Told]]] = {
    "python": _in_python,
    "fields": _in_fields,
    "refusals": _in_refusals,
    "sentences": _in_sentences,
}


def _called(function: ast.expr) -> str:
    """The name by which a function is called, also through its module."""
    if isinstance(function, ast.Name):
        return function.id
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        return function.attr if function.value.id in _MODULES else ""
    return ""


def _told(name: str, call: ast.Call) -> Iterator[tuple[Key, str]]:
    places = [call.args[at] for at in _FUNCTIONS[name] if at < len(call.args)]
    if name == "plural":
        one, many = ([*_literals(place)][:1] for place in places)
        yield from ((Key(words), more) for words, more in zip(one, many, strict=True))
        return
    context = str(ast.literal_eval(call.args[0])) if name == "meant" else ""
    for place in places:
        for words in _literals(place):
            yield Key(words, context), ""


def _unit(call: ast.Call, at: int) -> Iterator[tuple[Key, str]]:
    """The unit of a count, and its plural: named, or with an s."""
    named = [*call.args[at + 1 : at + 2], *(k.value for k in call.keywords if k.arg == "plural")]
    plurals = [words for place in named for words in _literals(place)]
    for place in call.args[at : at + 1]:
        for words in _literals(place):
            yield Key(words, COUNTED), plurals[0] if plurals else words + "s"


def _literals(place: ast.expr) -> Iterator[str]:
    if isinstance(place, ast.Constant) and isinstance(place.value, str):
        if place.value:
            yield place.value
    elif isinstance(place, ast.IfExp):
        yield from _literals(place.body)
        yield from _literals(place.orelse)
    elif isinstance(place, ast.JoinedStr):
        raise ValueError("an f-string cannot be translated; fill the blanks of a template")


def _values(path: Path, classes: Iterable[str]) -> Iterator[str]:
    """The values of enumerations that are words on screen, without underscores."""
    found = {node.name: node for node in parsed(path) if isinstance(node, ast.ClassDef)}
    for name in classes:
        if name not in found:
            raise ValueError(f"sources.yaml names {name} of {_name(path)}, which is not there")
        for line in found[name].body:
            if isinstance(line, ast.Assign):
                yield from (value.replace("_", " ") for value in _literals(line.value))


def _in_constants(path: Path, names: Iterable[str]) -> Iterator[str]:
    """The words in constants of a module: values of mappings, and what is listed."""
    tree = ast.parse(path.read_text("utf-8"))
    found = {name: value for line in tree.body for name, value in _set(line)}
    for name in names:
        if name not in found:
            raise ValueError(f"sources.yaml names {name} of {_name(path)}, which is not there")
        yield from _listed(found[name])


def _listed(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.Dict):
        for inner in value.values:
            yield from _listed(inner)
    elif isinstance(value, ast.Tuple | ast.List):
        for inner in value.elts:
            yield from _listed(inner)
    elif isinstance(value, ast.Call):  # rows of a table: their named words
        for named in value.keywords:
            if named.arg in _SHOWN or not isinstance(named.value, ast.Constant):
                yield from _listed(named.value)
        for inner in value.args:
            yield from _listed(inner)
    else:
        yield from (words for words in _literals(value) if not _NOT_WORDS.search(words))


def _in_attribute(path: Path, name: str) -> Iterator[str]:
    """What classes of a module say in the attribute `name`, as errors do in their sentence."""
    for node in parsed(path):
        for line in node.body if isinstance(node, ast.ClassDef) else ():
            for said, value in _set(line):
                yield from _literals(value) if said == name else ()


def _set(line: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """The names that a line gives a value, with the value."""
    targets = line.targets if isinstance(line, ast.Assign) else [getattr(line, "target", None)]
    if isinstance(line, ast.Assign | ast.AnnAssign) and line.value is not None:
        yield from ((one.id, line.value) for one in targets if isinstance(one, ast.Name))


def _in_template(path: Path) -> Iterator[str]:
    for match in _IN_TEMPLATE.finditer(path.read_text("utf-8")):
        yield match[1].replace('\\"', '"').replace("\\\\", "\\")


def _with_words(
    plain: Any, path: str, said: Callable[[str], str], texts: Sequence[str], without: Sequence[str]
) -> Any:
    """Plain values in which all words are replaced by what `said` makes of them."""
    if isinstance(plain, str):
        fits = any(fnmatchcase(path, pattern) for pattern in texts)
        return said(plain) if fits and not any(fnmatchcase(path, w) for w in without) else plain
    start = f"{path}." if path else ""
    if isinstance(plain, dict):
        return {
            key: _with_words(value, f"{start}{key}", said, texts, without)
            for key, value in plain.items()
        }
    if isinstance(plain, list):
        return [
            _with_words(value, f"{start}{place}", said, texts, without)
            for place, value in enumerate(plain)
        ]
    return plain
