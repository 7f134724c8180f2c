"""How copies, movements and answers are called."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from compliance.countries import is_country
from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.rules.nouns import Answer, Flow, Judgement, Level
from compliance.workspace.governing.residing import law_name
from pages.parts import wording

ANSWER_BADGES = {
    Answer.BLOCKED: ("block", "red"),
    Answer.NEEDS: ("assignment_late", "orange"),
    Answer.UNKNOWN: ("help", "gray"),
    Answer.ALLOWED: ("check_circle", "green"),
    Answer.FREE: ("home", "blue"),
}
SOURCES = {
    "description": "its description",
    "register": "the register",
    "run": "a federated run",
    "anonymised": "anonymised here",
    "synthetic": "invented here under a budget",
    "plan": "this check",
}
LEVELS = {
    Level.SECONDARY: "read in what others say of the law",
    Level.MEMORY: "not looked up; a lawyer must read it first",
    Level.POLICY: "the desk’s own reading",
}


def badge(answer: Answer) -> str:
    """An answer as icon, word and colour, in Markdown."""
    return wording.badge(ANSWER_BADGES[answer], _(str(answer)))


def place(code: str) -> str:
    """A country by name; unknown ones say so."""
    return wording.country(code) if is_country(code) else _("an unknown place")


def way(flows: Sequence[Flow]) -> str:
    """From where to where: movements to one country."""
    origins = locales.joined(dict.fromkeys(place(flow.origin) for flow in flows), "words")
    return f"{origins} → {place(flows[0].destination)}"


def judgement(said: Judgement) -> str:
    """What one law says, in Markdown: why, what is missing, what will matter soon."""
    where = f" {_(said.article)}" if said.article else ""
    law = f"{badge(said.answer)} **{_(law_name(said.law))}**{where}"
    lines = [wording.about(law, _(said.because)) + locales.end()]
    if said.needs:
        what = locales.joined(map(_, said.needs), "clauses")
        lines.append(_("Missing: {what}").format(what=what) + locales.end())
    lines += [f":material/warning: {_sentence(warning)}" for warning in said.warnings]
    if said.until is not None:
        lines.append(_("Holds until {day}.").format(day=locales.day(said.until)))
    if said.level in LEVELS and said.article:
        checked = _("Checked {day}").format(day=locales.dated(said.as_of))
        checked = wording.about(checked, _(LEVELS[said.level]))
        lines.append(f":gray[:small[{checked}]]")
    return "  \n".join(lines)


def _sentence(words: str) -> str:
    said = _(words)
    return f"{wording.capital(said)}{locales.end()}"


def shown(lines: Iterable[str]) -> str:
    """Lines for a chart, where angle brackets are no marks."""
    return "<br>".join(html.escape(line, quote=False) for line in lines)


def named(text: str) -> str:
    """What was typed, as it stands, in Markdown."""
    return wording.escaped(text)
