"""Findings, verdicts and effects in words, with their icons."""

from __future__ import annotations

from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.rules.nouns import Effect, Finding, Outcome, Risk, Status
from pages.parts import wording

STATUS_BADGES = {
    Status.OPEN: ("radio_button_unchecked", "orange"),
    Status.IN_PROGRESS: ("pending", "blue"),
    Status.CLOSED: ("check_circle", "green"),
}
_SMALL = 0.005
_HOLDS = {
    True: (("check_circle", "green"), "met"),
    False: (("error", "red"), "not met"),
    None: (("help", "orange"), "unknown"),
}


def status_badge(status: Status) -> str:
    """A finding's status, in Markdown."""
    return wording.badge(STATUS_BADGES[status], _(str(status)))


def outcome_line(outcome: Outcome) -> str:
    """What one triple said, as icon, word and what was looked at, in Markdown."""
    look, word = _HOLDS[outcome.holds]
    said = wording.about(
        wording.escaped(_(outcome.word)), f"**{wording.escaped(_(outcome.known))}**"
    )
    if outcome.wanted:
        wanted = wording.escaped(_(outcome.wanted))
        said += f" :gray[{_('(asked for: {wanted})').format(wanted=wanted)}]"
    return f"{wording.badge(look, _(word))} {said}"


def finding_line(finding: Finding) -> str:
    """A finding in one line without marks."""
    severity = _(str(finding.severity)).capitalize()
    return f"{severity} · {_(finding.title)} · {wording.subject(finding.subject)}"


def risk(found: Risk | None) -> str:
    """The chance that the right person is picked, at worst."""
    if found is None or found.highest is None:
        return "–"
    return _("under 1%") if 0 < found.highest < _SMALL else locales.share(found.highest)


def score(found: float | None) -> str:
    """A score, or that nothing was decided."""
    return "–" if found is None else locales.formatted(found, "g")


def kept(found: Effect) -> str:
    """How much of the data still says what it said."""
    return _("all") if found.kept is None else locales.share(found.kept)
