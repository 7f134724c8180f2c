"""The entries of the trail, by act, person and day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import streamlit as st

from compliance.i18n import mark, meant
from compliance.i18n import translate as _
from compliance.trail.nouns import Entry
from compliance.workspace import Workspace
from pages.parts import outputs

SHOWN = 500
LONGEST_LIST = 4
HASH_DIGITS = 64
_EVERYTHING = mark("everything")  # what is done to no dataset alone


def listed(workspace: Workspace) -> None:
    """The newest entries, or those that are asked for."""
    st.header(_("Entries"))
    acts = {name: _sentence(_(does)) for name, does in workspace.proof.log.acts().items()}
    act, actor, since, until = _asked(acts)
    found = workspace.proof.log.find(act=act, actor=actor, since=since, until=until, count=SHOWN)
    if not found:
        st.markdown(_("No entry is like that."))
        return
    outputs.table(
        [_row(entry, acts) for entry in found],
        key="trail_entries",
        alt=_("The newest entries of the trail"),
    )
    if len(found) == SHOWN:
        outputs.remark(_("The newest {n} of them; narrow it down to see others.").format(n=SHOWN))


def _asked(acts: Mapping[str, str]) -> tuple[str, str, date | None, date | None]:
    one, two, three, four = st.columns(4)
    act = one.selectbox(
        _("What was done"),
        sorted(acts, key=acts.__getitem__),
        index=None,
        format_func=acts.__getitem__,
        placeholder=_("every act"),
        key="trail_act",
    )
    actor = two.text_input(_("Who"), placeholder=_("everybody"), key="trail_actor")
    since = three.date_input(meant("of a time", "From"), None, key="trail_since")
    until = four.date_input(meant("of a time", "To"), None, key="trail_until")
    return (
        act or "",
        actor.strip(),
        since if isinstance(since, date) else None,
        until if isinstance(until, date) else None,
    )


def _row(entry: Entry, acts: Mapping[str, str]) -> dict[str, object]:
    return {
        _("Entry"): entry.number,
        _("What was done"): acts.get(entry.act, entry.act),
        _("On"): _(entry.subject) if entry.subject == _EVERYTHING else entry.subject,
        _("Who"): entry.actor,
        _("When"): outputs.moment(entry.at),
        _("Act"): entry.act,
        _("Hash"): entry.hash[:8],
        _("Facts"): told(entry.facts),
    }


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def told(facts: Mapping[str, object], between: str = " · ") -> str:
    """What an entry says in words; long lists are counted and hashes cut, as a screen is small."""
    said = {name: value for name, value in facts.items() if value not in (None, "", [], {})}
    short_first = sorted(said, key=lambda name: (name == "records", len(shown(said[name]))))
    return between.join(f"{name.replace('_', ' ')} {shown(said[name])}" for name in short_first)


def shown(value: object) -> str:
    """One fact."""
    if isinstance(value, Mapping):
        return told(value, " ")
    if isinstance(value, list):
        several = ", ".join(shown(item) for item in value)
        return several if len(value) <= LONGEST_LIST else f"({len(value)})"
    text = outputs.count(value) if isinstance(value, int) else str(value)
    return text[:8] + "…" if len(text) == HASH_DIGITS else text
