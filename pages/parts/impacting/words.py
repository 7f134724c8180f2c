"""How assessments are worded: badges, drawn answers, references to facts."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from compliance.i18n import LANGUAGES, speaking
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
ORIGIN_BADGES = {
    Origin.DRAWN: ("database", "blue"),
    Origin.TEMPLATE: ("lightbulb", "orange"),
    Origin.TYPED: ("edit", "green"),
}
HOLDS_WORDS = {True: "holds", False: "does not hold", None: "not known"}


def status_badge(impact: Impact, knowledge: Knowledge) -> str:
    """How an assessment stands, as icon, word and colour, in Markdown."""
    found = standing(impact, knowledge)
    return wording.badge(STATUS_BADGES[found], _(str(found)))


def level_badge(level: RiskLevel | None) -> str:
    """A risk level, in Markdown; what is not gauged is said."""
    if level is None:
        return wording.badge(("help", "gray"), _("not gauged"))
    return wording.badge(LEVEL_BADGES[level], _("{level} risk").format(level=_(str(level))))


def need_badge(need: Need) -> str:
    """What the screening comes to, in Markdown."""
    return wording.badge(NEED_BADGES[need], _(str(need)))


def origin_badge(answer: Answer) -> str:
    """Whose words an answer is; an empty one is open."""
    if not answer.text:
        return wording.badge(("radio_button_unchecked", "orange"), _("open"))
    return wording.badge(ORIGIN_BADGES[answer.origin], _(ORIGIN_WORDS[answer.origin]))


def facts(references: Sequence[str]) -> str:
    """References to facts as small code, in Markdown; empty where there is none."""
    shown = [f"`{reference.replace('`', '')}`" for reference in references[:6]]
    more = len(references) - len(shown)
    return " ".join(shown) + (f" +{more}" if more > 0 else "")


def beneath(answer: Answer) -> None:
    """What stands under an answer: its facts, and what the desk says where an officer spoke."""
    told = []
    if answer.drawn and answer.drawn != answer.text:
        told.append(_("The desk knows: {said}").format(said=wording.escaped(_(answer.drawn))))
    if answer.facts:
        told.append(_("Facts: {facts}").format(facts=facts(answer.facts)))
    if told:
        outputs.remark("  \n".join(told))


def bullets(lines: Sequence[str]) -> None:
    """Sentences as a list."""
    st.markdown("\n".join(f"- {wording.escaped(_(line))}" for line in lines))


def filled(key: str, text: str) -> None:
    """Have the field called `key` hold `text` in the page's language, unless somebody typed in it.

    A text that is drawn is kept in English; a language chosen meanwhile changes what is shown of
    it, and never what was typed.
    """
    if is_as_kept(st.session_state.get(key, text), text):
        st.session_state[key] = _(text)


def is_as_kept(typed: str, text: str) -> bool:
    """Whether what stands in a field is `text`, in whichever language."""
    if typed.strip() == text.strip():
        return True
    for language in LANGUAGES:
        with speaking(language):
            if typed.strip() == _(text).strip():
                return True
    return False
