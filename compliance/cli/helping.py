"""Help and complaints of the command line in the reader's language, wrapped as it is written.

`argparse` says its own words in English; what the parser was given stays English in it and is said
when it is printed. Chinese takes two columns for each sign and has no blanks to be torn at.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from compliance.cli.text import width_of, wrapped
from compliance.i18n import mark, meant
from compliance.i18n import translate as _

_HEADINGS = (mark("positional arguments"), mark("options"))
_OWN = (
    mark("argument {name}: {problem}"),
    mark("the following arguments are required: {names}"),
    mark("one of the arguments {names} is required"),
    mark("unrecognized arguments: {names}"),
    mark("invalid choice: {value} (choose from {values})"),
    mark("invalid {of} value: {value}"),
    *(mark("expected one argument"), mark("expected at least one argument")),
    mark("not allowed with argument {name}"),
    mark("ignored explicit argument {value}"),
)


class Formatter(argparse.HelpFormatter):
    """The usual one; all words are said when they are printed."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        """As ever, with “usage” in the reader's language."""
        super().add_usage(usage, actions, groups, _("usage: ") if prefix is None else prefix)

    def add_text(self, text: str | None) -> None:
        """A description."""
        super().add_text(meant("help", text) if text else text)

    def start_section(self, heading: str | None) -> None:
        """A heading of `argparse`."""
        super().start_section(_(heading or ""))

    def format_help(self) -> str:
        """The whole, with the colon of the language behind headings."""
        text = super().format_help()
        for heading in map(_, _HEADINGS):
            text = text.replace(f"{heading}:\n", _("{name}:").format(name=heading) + "\n")
        return text

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return meant("help", action.help) if action.help else action.help

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrapped(" ".join(text.split()), width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        lines = wrapped(" ".join(text.split()), width - width_of(indent))
        return "\n".join(indent + line for line in lines)


class Parser(argparse.ArgumentParser):
    """One that does not repeat the values of options that it does not know."""

    def __init__(self, **named: Any) -> None:
        super().__init__(**{"formatter_class": Formatter, **named})

    def parse_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:  # type: ignore[override]
        """As ever; a value may say who somebody is, and errors end in logs."""
        found, unknown = self.parse_known_args(args, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(_unsaid(unknown))}")
        return found

    def error(self, message: str) -> NoReturn:
        """End with the usage and what is wrong."""
        words = _("{program}: error: {problem}").format(program=self.prog, problem=_said(message))
        self.exit(2, f"{self.format_usage()}{words}\n")


def words_of(top: argparse.ArgumentParser) -> list[str]:
    """All that a command line explains itself with, each once: what translators need."""
    return list(dict.fromkeys(filter(None, _helps(top))))


def _helps(parser: argparse.ArgumentParser) -> Iterable[str | None]:
    yield parser.description
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from (choice.help for choice in action._choices_actions)
            for inner in action.choices.values():
                yield from _helps(inner)
        elif action.help is not argparse.SUPPRESS:
            yield action.help


def _said(message: str) -> str:
    """A complaint of `argparse`; what was typed, and what can be typed, stays as it is."""
    for words in _OWN:
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(words))
        if found := re.fullmatch(pattern, message, re.DOTALL):
            said = {n: _said(v) if n == "problem" else v for n, v in found.groupdict().items()}
            return _(words).format(**said)
    return _(message)


def _unsaid(unknown: Sequence[str]) -> list[str]:
    """Options by their names, and other words as far as none of them can be a value."""
    shown, is_option = [], False
    for one in unknown:
        name, sign, _value = one.partition("=")
        is_option = is_option or one.startswith("-")
        is_said = one.startswith("-") or not (is_option or sign or "@" in one)
        shown.append(f"{name}=…" if sign and is_said else name if is_said else "…")
    return shown
