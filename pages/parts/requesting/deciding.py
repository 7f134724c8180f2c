"""What an officer decides: who doubtful rows are of, and whether a request is fulfilled."""

from __future__ import annotations

from functools import partial

import streamlit as st

from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.rights import Provision, provision_of
from compliance.rights.nouns import Outcome, Right, Step
from compliance.workspace import Workspace
from compliance.workspace.requesting.clocks import Clocked
from pages.parts import outputs, reading, wording
from pages.parts.requesting import mentions, words

_ERASE = ""
_SAID = {None: "not decided", True: "it is the person", False: "somebody else"}


def doubts(workspace: Workspace, found: Clocked) -> None:
    """Who doubtful rows are of, and whom doubtful mentions in texts mean."""
    request = found.request
    if request.doubts and request.step is Step.SEARCHED:
        _people(workspace, found)
    if request.mentions or request.step is Step.DECIDED:
        mentions.asked(workspace, request)


def _people(workspace: Workspace, found: Clocked) -> None:
    """Each doubtful match, in columns and counts; the officer says who it is."""
    request = found.request
    names = workspace.rights.requests.names(request)
    outputs.remark(
        _(
            "These rows may be of the person, or of somebody alike. What you say of somebody in "
            "one dataset holds in all of them."
        )
    )
    _why(workspace, found)
    with st.form(f"requests_doubts_{request.id}", border=False):
        numbers = words.people(request.doubts)
        typed = {}
        for number in dict.fromkeys(numbers.values()):
            whose = [match for match in request.doubts if numbers[match] == number]
            before = request.doubts[whose[0]]
            typed[whose[0]] = st.radio(
                _("Person {n}: rows of {where}").format(
                    n=number,
                    where=wording.escaped(
                        locales.joined(
                            (
                                _("{dataset} by {ways}").format(dataset=name, ways=ways)
                                for name, ways in (words.ways_of(match, names) for match in whose)
                            ),
                            "clauses",
                        )
                    ),
                ),
                [True, False],
                index=None if before is None else [True, False].index(before),
                horizontal=True,
                format_func=lambda one: _(_SAID[one]),
                key=f"requests_doubt_{request.id}_{number}_{before}",
            )
        submitted = st.form_submit_button(_("Record what you decided"), key="requests_doubts")
    changed = {
        match: said
        for match, said in typed.items()
        if said is not None and said is not request.doubts[match]
    }
    if submitted and changed:
        with outputs.explained(_("Not decided")):
            workspace.rights.requests.steps.doubts(request.id, changed)
            st.session_state["requests_told"] = _("Decided")
            st.rerun()


def _why(workspace: Workspace, found: Clocked) -> None:
    """How many rows and people each is about, and why it is doubtful; looked up when asked."""
    request = found.request
    label, key = _("Show rows, people and reasons"), f"requests_why_{request.id}"
    was_read = partial(workspace.rights.requests.was_read, request.id)
    if not reading.asked(label, key, partial(was_read, "matches")):
        return
    with outputs.explained(_("Not looked up")):
        trace = workspace.rights.requests.look(request.id)
        names = workspace.rights.requests.names(request)
        label, key = _("With a masked example of each"), f"requests_examples_{request.id}"
        shows = reading.asked(label, key, partial(was_read, "examples, masked"), is_box=True)
        examples = workspace.rights.requests.examples(trace) if shows else {}
        numbers = words.people(request.doubts)
        outputs.table(
            [
                {
                    _("Person"): numbers.get(match.id),
                    _("Dataset"): names.get(match.dataset_id, match.dataset_id),
                    _("Rows"): len(match.rows),
                    _("People whom it fits"): match.people,
                    _("Confidence"): locales.share(match.confidence),
                    _("Why it is doubtful"): _(match.doubt) or "–",
                    **({_("Example"): examples.get(match.id, "–")} if shows else {}),
                }
                for match in trace.matches
                if match.is_doubtful
            ],
            key="requests_why",
            alt=_("Doubtful matches with their rows, people and reasons"),
        )
        for remark in trace.remarks:
            outputs.remark(wording.escaped(remark))


def decision(workspace: Workspace, found: Clocked) -> None:
    """Fulfil, in part or whole, or refuse on a ground of the law."""
    request = found.request
    provision = provision_of(request.law, request.right)
    outcome = st.radio(
        _("What is decided"),
        _outcomes(found, provision),
        format_func=lambda one: _(words.OUTCOMES[one]),
        key=f"requests_outcome_{request.id}",
        horizontal=True,
    )
    ground = _ground(found, provision, outcome)
    kept = _kept(workspace, found, provision) if outcome is Outcome.PARTLY_REFUSED else {}
    reason = st.text_area(
        _("Reason") if outcome is not Outcome.FULFILLED else _("Reason (optional)"),
        key=f"requests_reason_{request.id}",
        placeholder=_("in words; never about the person"),
        max_chars=600,
        height=80,
    )
    if st.button(_("Record the decision"), type="primary", key="requests_decide"):
        with outputs.explained(_("Not decided")):
            workspace.rights.requests.steps.decide(
                request.id, outcome, ground=ground, reason=reason, kept=kept
            )
            st.session_state["requests_told"] = _("Decided")
            st.rerun()


def _outcomes(found: Clocked, provision: Provision) -> list[Outcome]:
    """What can be decided as it stands: before identity and search only a refusal."""
    request = found.request
    is_known = request.identity is not None or not provision.needs_identity
    is_ready = is_known and (request.searched_on is not None or not provision.needs_search)
    return list(Outcome) if is_ready and not request.open_doubts else [Outcome.REFUSED]


def _ground(found: Clocked, provision: Provision, outcome: Outcome) -> str:
    request = found.request
    known = words.grounds(provision.grounds if outcome is not Outcome.REFUSED else {})
    if outcome is Outcome.REFUSED or (
        outcome is Outcome.PARTLY_REFUSED and request.right is not Right.ERASURE
    ):
        known |= words.grounds(provision.refusals)
    if provision.needs_identity and request.identity is None:
        known = {id_: said for id_, said in known.items() if id_ == provision.unproven}
    elif request.identity is not None:
        known.pop(provision.unproven, None)
    if not known:
        return ""
    chosen = st.selectbox(
        _("Ground of {law}").format(law=words.law_name(request.law)),
        list(known),
        format_func=lambda id_: known[id_],
        index=None if len(known) > 1 else 0,
        placeholder=_("choose one"),
        key=f"requests_ground_{request.id}_{outcome.name}",
    )
    return chosen or ""


def _kept(workspace: Workspace, found: Clocked, provision: Provision) -> dict[str, str]:
    """Of an erasure, the datasets whose rows are kept, each for an exception."""
    exceptions = words.grounds(provision.exceptions)
    if not exceptions:
        return {}
    request = found.request
    area = workspace.rights.requests
    held = area.held(request.id)
    kept: dict[str, str] = {}
    for name in sorted({area.names(request)[id_] for id_ in request.found}):
        said = st.selectbox(
            _("Rows of {dataset}").format(dataset=name),
            [_ERASE, *exceptions],
            format_func=lambda id_: exceptions.get(id_, _("are erased")),
            help=_("Legal hold {hold} keeps them.").format(hold=held[name])
            if name in held
            else None,
            key=f"requests_kept_{request.id}_{name}",
        )
        if said:
            kept[name] = said
    return kept
