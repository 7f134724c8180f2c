"""One request: where it stands, what can be done next and only that, what happened."""

from __future__ import annotations

import streamlit as st

from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.rights import Action, is_forged, possible
from compliance.rights.nouns import Request
from compliance.workspace import Workspace
from compliance.workspace.requesting.clocks import Clocked
from pages.parts import outputs, wording
from pages.parts.requesting import forms, papers, standing, words


def shown(workspace: Workspace, found: Clocked) -> None:
    """All of one request."""
    request = found.request
    st.header(f"{words.title(request)} · {request.id}")
    st.markdown(
        f"{words.clock_badge(found)} :gray-badge[{words.law_name(request.law)}] "
        + _("received on {day} by {channel}").format(
            day=request.received_on, channel=_(words.CHANNELS.get(request.channel, request.channel))
        )
    )
    st.markdown(words.way(request))
    _notices(workspace, request)
    _next(workspace, found)
    _others(workspace, found)
    _found(workspace, request)
    standing.shown(workspace, request)
    papers.shown(workspace, request)
    _clock(found)
    _history(request)


def _notices(workspace: Workspace, request: Request) -> None:
    """What an officer has to know before doing anything."""
    if request.same_as:
        st.info(
            _(
                "The same person asked for the same before: see {id}. Requests in the twelve "
                "months before: {n}. It is for you to decide whether that matters."
            ).format(id=request.same_as, n=request.facts.get("prior_requests_12m", 0)),
            icon=":material/content_copy:",
        )
    if is_forged(request) and request.is_open:
        st.error(
            _("A forged proof of identity is on record. It can only be refused or withdrawn."),
            icon=":material/gpp_bad:",
        )
    if request.is_open and (held := workspace.rights.requests.held(request.id)):
        names = locales.joined(
            (wording.bracketed(name, hold) for name, hold in held.items()), "words"
        )
        st.warning(
            _("Legal holds keep rows from being erased: {names}.").format(
                names=wording.escaped(names)
            ),
            icon=":material/lock:",
        )
    if not workspace.rights.requests.can_be_read(request.id):
        st.info(
            _("It cannot be read any more who it was about: the key was destroyed."),
            icon=":material/key_off:",
        )
    elif until := workspace.rights.requests.sweeping.until(request):
        outputs.remark(
            _("Who it was about stays readable until {day}; then its key is destroyed.").format(
                day=until
            )
        )


def _next(workspace: Workspace, found: Clocked) -> None:
    if found.next is None:
        st.markdown(_("Nothing is left to do."))
        return
    with st.container(border=True):
        st.markdown("**" + _("Next: {step}").format(step=_(words.ACTIONS[found.next])) + "**")
        forms.ask(workspace, found, found.next)


def _others(workspace: Workspace, found: Clocked) -> None:
    """What else is possible now."""
    others = [
        action
        for action in possible(found.request)
        if action is not found.next and _does_the_law_let(found, action)
    ]
    if not others:
        return
    with st.expander(_("What else can be done"), icon=":material/more_horiz:"):
        chosen = st.radio(
            _("Another step"),
            others,
            index=None,
            format_func=lambda action: _(words.ACTIONS[action]),
            horizontal=True,
            key=f"requests_other_{found.request.id}_{found.request.step.name}",
        )
        if chosen is not None:
            forms.ask(workspace, found, chosen)


def _does_the_law_let(found: Clocked, action: Action) -> bool:
    """Pauses and longer times are offered only where the law knows them."""
    if action is Action.PAUSE:
        return bool(found.pauses)
    if action is Action.EXTEND:
        return found.due is not None and found.due.extended is not None
    return True


def _found(workspace: Workspace, request: Request) -> None:
    """What the search found, in counts."""
    if request.searched_on is None:
        return
    with st.expander(
        _("Found on {day}: {rows} rows in {n} dataset versions").format(
            day=request.searched_on, rows=sum(request.found.values()), n=len(request.found)
        ),
        icon=":material/search:",
    ):
        if not request.found:
            st.markdown(_("No row is certainly about the person."))
            return
        names = workspace.rights.requests.names(request)
        outputs.table(
            [
                {_("Dataset"): names[id_], _("Version"): id_, _("Rows"): rows}
                for id_, rows in sorted(request.found.items(), key=lambda row: names[row[0]])
            ],
            key="requests_found",
            alt=_("Rows about the person in each dataset version"),
        )
        if request.mentions:
            outputs.remark(
                _("{n} doubtful mentions in texts, {decided} of them decided.").format(
                    n=len(request.mentions),
                    decided=len(request.mentions) - len(request.open_mentions),
                )
            )
        decided = sum(said is not None for said in request.doubts.values())
        if request.doubts:
            outputs.remark(
                _("{n} doubtful matches, {decided} of them decided.").format(
                    n=len(request.doubts), decided=decided
                )
            )


def _clock(found: Clocked) -> None:
    """How the time was counted."""
    if found.due is None:
        return
    with st.expander(
        _("Due by {day}").format(day=locales.day(found.due.effective)), icon=":material/schedule:"
    ):
        by = found.rule or _("the desk’s own, because the law names no time")
        st.markdown(_("Counted by: {rule}.").format(rule=by))
        for step in found.due.steps:
            st.markdown(f"- {_(step)}")
        for pause in found.request.pauses:
            until = pause.until or _("now")
            st.markdown(
                f"- {_('paused from {since} to {until}').format(since=pause.since, until=until)}"
            )
        if found.request.extension:
            st.markdown(
                _("- Extended: {why}").format(why=wording.escaped(found.request.extension.reason))
            )


def _history(request: Request) -> None:
    with st.expander(_("History"), icon=":material/history:"):
        outputs.table(
            [
                {
                    _("When"): outputs.moment(event.at),
                    _("By"): event.by,
                    _("What"): _(event.what),
                    _("Stood then"): _(event.step.value),
                }
                for event in reversed(request.history)
            ],
            key="requests_history",
            alt=_("What happened to the request, newest first"),
        )
        if request.decision and request.decision.reason:
            outputs.remark(
                _("Reason of the decision: {reason}").format(
                    reason=wording.escaped(request.decision.reason)
                )
            )
