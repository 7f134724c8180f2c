"""Mentions in texts that may be of somebody else: where each stands, and what an officer says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from compliance.i18n import translate as _
from compliance.rights.nouns import Request
from compliance.workspace import Workspace
from compliance.workspace.requesting.mentions import Doubtful
from pages.parts import outputs, reading, wording
from pages.parts.requesting import words

_ANSWERS = (True, False, None)
_SAID = {True: "it is the person", False: "somebody else", None: "not decided"}
_AT_ONCE = 25


def asked(workspace: Workspace, request: Request) -> None:
    """Each doubtful mention, masked, with where it stands and why; looked up when asked."""
    outputs.remark(_told(request))
    label, key = _("Look at each mention"), f"requests_mentions_{request.id}"
    area = workspace.rights.requests
    if not reading.asked(label, key, partial(area.was_read, request.id, "mentions, masked")):
        return
    with outputs.explained(_("Not looked up")):
        found = workspace.rights.requests.look(request.id)
        every = workspace.rights.requests.doubtful_mentions(found)
        if not every:
            st.markdown(_("No mention in a text is doubtful."))
            return
        _listed(every)
        _asked_of_each(workspace, request, every)


def _told(request: Request) -> str:
    return _(
        "Texts of other rows mention the person, or somebody who has the same number or name: "
        "{n} mentions, {open} of them not decided. What you say holds for packages, corrections "
        "and erasures; an erasure waits until all are decided."
    ).format(n=len(request.mentions), open=len(request.open_mentions))


def _listed(every: Sequence[Doubtful]) -> None:
    outputs.table(
        [
            {
                _("Mention"): number,
                _("Dataset"): place.dataset,
                _("Version"): place.version,
                _("Row"): place.row,
                _("Column"): place.column,
                _("Kind"): _(words.KINDS[one.kind]),
                _("What stands there"): one.shown,
                _("Why it is doubtful"): _(one.why),
            }
            for number, one in enumerate(every, 1)
            for place in one.places
        ],
        key="requests_mentions",
        alt=_("Doubtful mentions, masked, with where they stand and why they are doubtful"),
    )


def _asked_of_each(workspace: Workspace, request: Request, every: Sequence[Doubtful]) -> None:
    numbered = list(enumerate(every, 1))
    shown = numbered[:_AT_ONCE]
    with st.form(f"requests_mentions_form_{request.id}", border=False):
        said = {
            one.id: st.radio(
                _("Mention {n}: {text}").format(n=number, text=wording.escaped(one.around)),
                _ANSWERS,
                index=_ANSWERS.index(one.said),
                horizontal=True,
                format_func=lambda answer: _(_SAID[answer]),
                key=f"requests_mention_{request.id}_{one.id}_{one.said}",
            )
            for number, one in shown
        }
        if len(every) > len(shown):
            outputs.remark(
                _("{n} more follow once these are decided.").format(n=len(every) - len(shown))
            )
        is_each = st.form_submit_button(
            _("Record what you decided"), type="primary", key="requests_mentions_each"
        )
        with st.container(horizontal=True):
            is_yes = st.form_submit_button(
                _("All undecided are the person"), key="requests_mentions_yes"
            )
            is_no = st.form_submit_button(
                _("All undecided are somebody else"), key="requests_mentions_no"
            )
    before = {one.id: one.said for one in every}
    if is_each:
        _record(workspace, request, {m: a for m, a in said.items() if a is not before[m]})
    elif is_yes or is_no:
        _record(workspace, request, {m: is_yes for m, a in before.items() if a is None})


def _record(workspace: Workspace, request: Request, said: Mapping[str, bool | None]) -> None:
    if not said:
        return
    with outputs.explained(_("Not decided")):
        workspace.rights.requests.steps.doubts(request.id, said)
        st.session_state["requests_told"] = _("Decided")
        st.rerun()
