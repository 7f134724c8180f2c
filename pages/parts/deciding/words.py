"""Findings, verdicts and effects in words, with their icons."""

from __future__ import annotations

from compliance.i18n import translate as _
from compliance.rules.nouns import (
    POLICY,
    Effect,
    Finding,
    Level,
    Outcome,
    Pack,
    Risk,
    Severity,
    State,
    Status,
)
from pages.parts import outputs, wording

STATUS_BADGES = {
    Status.OPEN: ("radio_button_unchecked", "orange"),
    Status.IN_PROGRESS: ("pending", "blue"),
    Status.CLOSED: ("check_circle", "green"),
}
LEVEL_WORDS = {
    Level.TEXT: "read in the law itself",
    Level.SECONDARY: "not verified in the legal text (from what others say of it)",
    Level.MEMORY: "not verified in the legal text (from memory)",
    Level.POLICY: "the organisation’s own policy",
}
SHORT_LEVELS = {
    Level.TEXT: "in the law",
    Level.SECONDARY: "not verified",
    Level.MEMORY: "not verified",
    Level.POLICY: "policy",
}
_SMALL = 0.005
_HOLDS = {
    True: ("check_circle", "green", "met"),
    False: ("error", "red", "not met"),
    None: ("help", "orange", "unknown"),
}


def law(id_: str, pack: Pack) -> str:
    """A law as people call it."""
    found = pack.laws.get(id_)
    return _("Policy") if id_ == POLICY else found.short if found else id_


def article(law_id: str, ref: str, pack: Pack) -> str:
    """Where a duty stands: law and article."""
    short = law(law_id, pack)
    return ref if law_id == POLICY or ref.startswith(short) else f"{short} {ref}"


def status_badge(status: Status) -> str:
    """A finding's status as icon, word and colour, in Markdown."""
    icon, colour = STATUS_BADGES[status]
    return f":{colour}-badge[:material/{icon}: {_(str(status))}]"


def state_badge(state: State) -> str:
    """A verdict's state as icon, word and colour, in Markdown."""
    icon, colour = outputs.STATE_BADGES[state]
    return f":{colour}-badge[:material/{icon}: {_(str(state))}]"


def severity_badge(severity: Severity) -> str:
    """How much a breach would matter, in Markdown."""
    return f":{outputs.SEVERITY_COLOURS[severity]}-badge[{_(str(severity))}]"


def level_badge(level: Level) -> str:
    """How well the duty was checked against the law, in Markdown."""
    is_open = level in (Level.SECONDARY, Level.MEMORY)
    icon, colour = ("menu_book", "orange") if is_open else ("verified", "gray")
    return f":{colour}-badge[:material/{icon}: {_(LEVEL_WORDS[level])}]"


def outcome_line(outcome: Outcome) -> str:
    """What one triple said, as icon, word and what was looked at, in Markdown."""
    icon, colour, word = _HOLDS[outcome.holds]
    said = f":{colour}-badge[:material/{icon}: {_(word)}] {wording.escaped(outcome.word)}: "
    said += f"**{wording.escaped(outcome.known)}**"
    wanted = wording.escaped(outcome.wanted)
    return said + (f" :gray[({_('asked for')}: {wanted})]" if wanted else "")


def finding_line(finding: Finding) -> str:
    """A finding in one line without marks."""
    return f"{_(str(finding.severity)).capitalize()} · {_(finding.title)} · {finding.subject}"


def risk(found: Risk | None) -> str:
    """The chance that the right person is picked, at worst."""
    if found is None or found.highest is None:
        return "–"
    return _("under 1%") if 0 < found.highest < _SMALL else f"{found.highest:.0%}"


def score(found: float | None) -> str:
    """A score, or that nothing was decided."""
    return "–" if found is None else f"{found:g}"


def kept(found: Effect) -> str:
    """How much of the data still says what it said."""
    return _("all") if found.kept is None else f"{found.kept:.0%}"
