"""The facts of refusals: sentences that are given to an error where it is raised.

`Error(reason="it is empty")` and `reason = f"it may be 1 to {MOST}"` are read off the code, the
second as the template “it may be 1 to {most}”, by which the finished sentence is recognised.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

_SAYING = {"reason", "problem", "field", "what", "hint"}  # facts that may be one word
_NAMING = {"name", "given", "package", "column", "id", "path", "record", "finding", "request"}
_KNOWN = {"join", "known", "listed", "possible", "offered", "kinds", "ids"}  # what can be typed
_LEAST = 6  # letters of a template: one that says less would be found in sentences of others
_SENTENCE = re.compile(r"[a-z]{2,},? [a-z]+,? [a-z0-9ε]+")
# Statements of SQL, programs, patterns, addresses and lines of commands are no sentences.
_CODE = re.compile(
    r"""^(select|set|show|create|alter|drop|grant|with|insert|update|delete|copy) |
    \b(SELECT|CREATE|INSERT|UPDATE|DELETE|GRANT|REVOKE|ALTER|FROM|WHERE)\b|^\s*\"|^#|import |
    <svg|\\[bdsw]|\(\?|[|]|^\{desk|\{\d|^[a-z]+( [a-z]+){12,}$|=\{|\n""",
    re.VERBOSE,
)
_OF_PROGRAMMERS = {"TypeError", "ValueError", "KeyError", "RuntimeError", "AssertionError"}
_LOGS = {"LOG", "_LOG", "log", "logger", "logging"}
_SIMPLE = re.compile(r"[a-z_0-9]+")


def parsed(path: Path) -> list[ast.AST]:
    """All nodes of a module."""
    return list(ast.walk(ast.parse(path.read_text("utf-8"))))


def facts(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """The words that a module gives to the errors it raises, each once."""
    found: dict[str, None] = {}
    for function in (n for n in nodes if isinstance(n, ast.FunctionDef)):
        inner = list(ast.walk(function))
        calls = (n for n in inner if isinstance(n, ast.Call))
        errors = [call for call in calls if _named(call.func).endswith("Error")]
        local = _assigned(inner) if errors else {}
        for given in (given for call in errors for given in call.keywords):
            found |= dict.fromkeys(_of_fact(given, local))
    yield from found


def _of_fact(given: ast.keyword, local: dict[str, list[ast.expr]]) -> Iterator[str]:
    if given.arg is None or given.arg in _NAMING:
        return
    value = given.value
    values = local.get(value.id, []) if isinstance(value, ast.Name) else [value]
    for words in (words for one in values for words in _templates(one)):
        own = sum(sign.isalpha() for sign in _without_blanks(words))
        if own >= (_LEAST if "{" in words else 2) and (given.arg in _SAYING or " " in words):
            yield words


def _assigned(nodes: Sequence[ast.AST]) -> dict[str, list[ast.expr]]:
    """What the names of a function may stand for."""
    found: dict[str, list[ast.expr]] = {}
    for line in nodes:
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
            found.setdefault(line.targets[0].id, []).append(line.value)
    return found


def _templates(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.IfExp):
        yield from _templates(value.body)
        yield from _templates(value.orelse)
    elif isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.JoinedStr):
        yield _template(value)


def _template(words: ast.JoinedStr) -> str:
    """A finished sentence's template: each blank is called by what stands in it."""
    said, taken = "", set[str]()
    for piece in words.values:
        if isinstance(piece, ast.FormattedValue):
            is_quoted = said.endswith("“")
            said += f"{{{_blank(piece, taken, is_quoted=is_quoted)}{_format(piece)}}}"
        elif isinstance(piece, ast.Constant):
            said += str(piece.value)
    return said


def _blank(piece: ast.FormattedValue, taken: set[str], *, is_quoted: bool) -> str:
    """A name for a blank that no other of the sentence has; what is quoted, somebody named."""
    called = "name" if is_quoted else _called(piece.value).strip("_").lower()
    name = "names" if called in _KNOWN else called if _SIMPLE.fullmatch(called) else "fact"
    full, number = name, 1
    while full in taken:
        number += 1
        full = f"{name}{number}_name" if is_quoted else f"{name}{number}"
    taken.add(full)
    return full


def _format(piece: ast.FormattedValue) -> str:
    spec = piece.format_spec
    written = [str(p.value) for p in spec.values if isinstance(p, ast.Constant)] if spec else []  # type: ignore[attr-defined]
    return f":{written[0]}" if written else ""


def _named(function: ast.expr) -> str:
    return getattr(function, "id", "") or getattr(function, "attr", "")


def _called(value: ast.expr) -> str:
    """What an expression is about, in a word."""
    if isinstance(value, ast.Name):
        return value.id
    if isinstance(value, ast.Attribute):
        return value.attr
    if isinstance(value, ast.Subscript):
        return _called(value.value)
    if isinstance(value, ast.Call):
        inner = value.args[0] if value.args and not isinstance(value.func, ast.Attribute) else None
        return _called(inner) if inner is not None else _called(value.func)
    return ""


def _without_blanks(words: str) -> str:
    return re.sub(r"\{[^}]*\}", "", words)


def sentences(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """Sentences that code puts together, whoever will say them: each once, as templates.

    Left out are docstrings, what is logged, what only programmers see, and what is no sentence.
    """
    unsaid = set(map(id, _unsaid(nodes)))
    found: dict[str, None] = {}
    for node in nodes:
        if id(node) in unsaid or not isinstance(node, ast.Constant | ast.JoinedStr):
            continue
        for words in _templates(node):
            own = _without_blanks(words)
            if _SENTENCE.search(own) and not _CODE.search(words):
                found[words] = None
    yield from found


def _unsaid(nodes: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """What nobody is told: docstrings, logs, errors of programmers, pieces of f-strings."""
    for node in nodes:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield from node.values
        elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            if _named(node.exc.func) in _OF_PROGRAMMERS:
                yield from ast.walk(node)
        elif isinstance(node, ast.Call) and _is_log(node.func):
            yield from ast.walk(node)


def _is_log(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and getattr(function.value, "id", "") in _LOGS
