"""Approvals in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import streamlit as st

from compliance.access.nouns import Approval, FourEyes, Matter, Stand
from compliance.i18n import locales, mark
from compliance.i18n import translate as _
from compliance.plain import from_plain, to_yaml
from compliance.privacy.nouns.question import Query
from pages.parts import outputs, wording

STANDS = {
    Stand.ASKED: ("hourglass_empty", "orange", mark("waits")),
    Stand.APPROVED: ("how_to_reg", "green", mark("approved, not done yet")),
    Stand.DECLINED: ("block", "red", mark("declined")),
    Stand.USED: ("check_circle", "green", mark("approved and done")),
    Stand.WITHDRAWN: ("undo", "gray", mark("taken back")),
    Stand.LAPSED: ("timer_off", "gray", mark("approved, counts no more")),
}
MATTERS = {
    Matter.RELEASE: mark("spends budget"),
    Matter.ERASURE: mark("erases people"),
    Matter.TRANSFER: mark("sends data abroad"),
    Matter.REQUIREMENT: mark("asks for fewer second persons"),
}


def people(names: Iterable[str]) -> str:
    """Names of people, as they are."""
    return wording.escaped(locales.joined(names, "words"))


def badge(stand: Stand) -> str:
    """How far an approval is, in Markdown."""
    icon, colour, said = STANDS[stand]
    return wording.badge((icon, colour), _(said))


def remarks(approval: Approval) -> str:
    """What those said who decided."""
    said = [
        f" {people([word.by])}: “{wording.escaped(word.remark)}”"
        for word in approval.words
        if word.remark
    ]
    return "".join(said)


def required(found: FourEyes) -> str:
    """What needs a second person, in a sentence or two."""
    if not found.is_any:
        return _("Nothing needs a second person yet.")
    parts = []
    if found.epsilon is not None:
        parts.append(
            _("whatever spends more than ε = {epsilon}, at once or within {days} days").format(
                epsilon=wording.plain(found.epsilon), days=found.days
            )
        )
    if Matter.ERASURE in found.matters:
        parts.append(_("erasing people"))
    if Matter.TRANSFER in found.matters:
        parts.append(_("data that go abroad"))
    return _("A second person approves: {what}. An approval may be used for {days} days.").format(
        what=locales.joined(parts, "clauses"), days=found.days
    )


def act(approval: Approval) -> None:
    """All that is asked for, so that somebody can judge it."""
    st.markdown(f"**{wording.escaped(_(approval.what))}**")
    facts = approval.sought.facts
    if "query" in facts:
        st.markdown(wording.in_words(from_plain(Query, facts["query"])))
    if columns := facts.get("columns"):
        st.markdown(_("Bounds of {columns}").format(columns=wording.escaped(_joined(columns))))
    if people_ := facts.get("people"):
        outputs.remark(
            _("Paid from the budget of {people}.").format(people=wording.escaped(str(people_)))
        )
    if "places" in facts:
        _places(approval.id, facts["places"])
    if beyond := facts.get("beyond"):
        st.markdown(_("Out of reach: {what}").format(what=wording.escaped(_joined(beyond))))
    if ways := facts.get("ways"):
        _ways(ways)
    if "plan" in facts:
        with st.expander(_("The whole plan"), key=f"approvals_plan_{approval.id}"):
            st.code(to_yaml(facts["plan"]), language=None, wrap_lines=True)


def _places(id_: str, places: object) -> None:
    if not isinstance(places, Mapping) or not places:
        return
    outputs.table(
        [
            {
                _("Version"): version,
                _("Rows that go"): removed,
                _("Rows that lose cells"): blanked,
                _("Mentions in texts"): redacted,
                _("Rows that are kept"): kept,
            }
            for version, (removed, blanked, redacted, kept) in places.items()
        ],
        key=f"approvals_places_{id_}",
        alt=_("What becomes of the rows of each dataset version"),
    )


def _ways(ways: object) -> None:
    if isinstance(ways, (list, tuple)):
        said = (
            f"{wording.country(str(one))} → {wording.country(str(other))}" for one, other in ways
        )
        st.markdown(
            _("Updates go: {ways}").format(ways=wording.escaped(locales.joined(said, "clauses")))
        )


def _joined(several: object) -> str:
    return (
        locales.joined(map(str, several), "words")
        if isinstance(several, (list, tuple))
        else str(several)
    )
