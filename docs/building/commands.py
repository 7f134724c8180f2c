"""The page of commands, from the tree that the command line itself is made of."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from compliance.cli.parser import parser
from docs.building.tables import Page, anchor, code, sentence, table

INTRODUCTION = """\
Every verb of the command line with all that it takes, made from the program itself. `--home DIR`,
`--json` and `--ask WHY` stand before the verb:

{top}

With `--json` standard output holds exactly one JSON document. Exit code 0 means done; 2 means
refused, with one plain sentence on standard error; 130 means stopped with Ctrl-C.
"""


def commands() -> Page:
    """One heading per verb, below one per group."""
    top = parser()
    text = [f"# Commands\n\n{INTRODUCTION.format(top=_taken(top))}"]
    for name, sub in _inner(top).items():
        text += _described(name, sub, depth=2)
    return Page(path="reference/commands.md", title="Commands", text="\n".join(text))


def verbs(of: argparse.ArgumentParser, before: str = "") -> Iterator[str]:
    """Every verb that can be typed, such as `dataset add`."""
    inner = _inner(of)
    if before and (not inner or "verb" in of._defaults):  # such as `watch`, which has verbs below
        yield before
    for name, sub in inner.items():
        yield from verbs(sub, f"{before} {name}".strip())


def _described(name: str, of: argparse.ArgumentParser, depth: int) -> list[str]:
    text = [
        f"{'#' * depth} `{name}` {{ #{anchor(name)} }}\n",
        sentence(of.description or "") + ".\n",
    ]
    inner = _inner(of)
    if not inner or "verb" in of._defaults:
        text += [f"```text\n{_usage(of)}\n```\n", _taken(of)]
    for verb, sub in inner.items():
        text += _described(f"{name} {verb}", sub, depth + 1)
    return text


def _usage(of: argparse.ArgumentParser) -> str:
    return " ".join(of.format_usage().removeprefix("usage: ").split())


def _taken(of: argparse.ArgumentParser) -> str:
    """The table of what a verb takes; nothing where it takes nothing."""
    taken = [a for a in of._actions if not isinstance(a, _INNER) and a.dest != "help"]
    rows = [(code(_typed(action)), sentence(_help(action))) for action in taken]
    return table(("what is typed", "meaning"), rows) if rows else ""


def _typed(action: argparse.Action) -> str:
    value = action.metavar or action.dest.upper()
    values = " ".join(value) if isinstance(value, tuple) else value
    if not action.option_strings:
        return str(action.metavar or action.dest)
    return action.option_strings[0] if action.nargs == 0 else f"{action.option_strings[0]} {values}"


def _help(action: argparse.Action) -> str:
    said = (action.help or "") % {"default": action.default, "prog": "python -m compliance"}
    choices = ", ".join(code(one) for one in action.choices or ())
    needed = " (required)" if action.option_strings and action.required else ""
    return f"{said}{needed}" + (f": {choices}" if choices else "")


_INNER = argparse._SubParsersAction


def _inner(of: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in of._actions:
        if isinstance(action, _INNER):
            return dict(action.choices)
    return {}
