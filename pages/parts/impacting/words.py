"""How assessments are worded: badges, drawn answers, references to facts."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from compliance.i18n import translate as _
from compliance.impact import standing
from compliance.impact.nouns import Answer, Impact, ImpactKind, Need, Origin, RiskLevel, Status
from compliance.rules.nouns import Knowledge
from pages.parts import outputs, wording

KIND_WORDS = {
    ImpactKind.DPIA: "Data-protection impact assessment",
    ImpactKind.LIA: "Legitimate-interest assessment",
}
STATUS_BADGES = {
    Status.DRAFT: ("edit_note", "gray"),
    Status.REVIEW: ("rate_review", "blue"),
    Status.VALIDATED: ("verified", "green"),
    Status.OUTDATED: ("update", "red"),
}
LEVEL_BADGES = {
    RiskLevel.LOW: ("check_circle", "green"),
    RiskLevel.MEDIUM: ("warning", "orange"),
    RiskLevel.HIGH: ("error", "red"),
}
NEED_BADGES = {
    Need.REQUIRED: ("priority_high", "red"),
    Need.PRESUMED: ("priority_high", "orange"),
    Need.NOT_SHOWN: ("check_circle", "green"),
    Need.UNKNOWN: ("help", "orange"),
}
ORIGIN_WORDS = {
    Origin.DRAWN: "drawn from facts",
    Origin.TEMPLATE: "proposed by the template",
    Origin.TYPED: "an officer’s own words",
}
HOLDS_WORDS = {True: "holds", False: "does not hold", None: "not known"}


def status_badge(impact: Impact, knowledge: Knowledge) -> str:
    """How an assessment stands, as icon, word and colour, in Markdown."""
    found = standing(impact, knowledge)
    return badge(STATUS_BADGES[found], str(found))


def level_badge(level: RiskLevel | None) -> str:
    """A risk level, in Markdown; what is not gauged is said."""
    if level is None:
        return f":gray-badge[:material/help: {_('not gauged')}]"
    return badge(LEVEL_BADGES[level], _("{level} risk").format(level=_(str(level))))


def need_badge(need: Need) -> str:
    """What the screening comes to, in Markdown."""
    return badge(NEED_BADGES[need], str(need))


def badge(look: tuple[str, str], word: str) -> str:
    """Icon, word and colour, in Markdown."""
    icon, colour = look
    return f":{colour}-badge[:material/{icon}: {_(word)}]"


def origin_badge(answer: Answer) -> str:
    """Whose words an answer is; an empty one is open."""
    if not answer.text:
        return f":orange-badge[:material/radio_button_unchecked: {_('open')}]"
    if answer.origin is Origin.DRAWN:
        return f":blue-badge[:material/database: {_(ORIGIN_WORDS[Origin.DRAWN])}]"
    if answer.origin is Origin.TEMPLATE:
        return f":orange-badge[:material/lightbulb: {_(ORIGIN_WORDS[Origin.TEMPLATE])}]"
    return f":green-badge[:material/edit: {_(ORIGIN_WORDS[Origin.TYPED])}]"


def facts(references: Sequence[str]) -> str:
    """References to facts as small code, in Markdown; empty where there is none."""
    shown = [f"`{reference.replace('`', '')}`" for reference in references[:6]]
    more = len(references) - len(shown)
    return " ".join(shown) + (f" +{more}" if more > 0 else "")


def beneath(answer: Answer) -> None:
    """What stands under an answer: its facts, and what the desk says where an officer spoke."""
    told = []
    if answer.drawn and answer.drawn != answer.text:
        told.append(_("The desk knows: {said}").format(said=wording.escaped(answer.drawn)))
    if answer.facts:
        told.append(_("Facts: {facts}").format(facts=facts(answer.facts)))
    if told:
        outputs.remark("  \n".join(told))


def bullets(lines: Sequence[str]) -> None:
    """Sentences as a list."""
    st.markdown("\n".join(f"- {wording.escaped(line)}" for line in lines))
