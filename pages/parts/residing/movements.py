"""Movements with what each law says of them, and the counters of the year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import streamlit as st

from compliance.errors import MovementRefusedError
from compliance.federated.nouns import Plan
from compliance.i18n import locales, meant
from compliance.i18n import translate as _
from compliance.rules.nouns import Answer, Counter, Flow, Judgement, Whereabouts
from compliance.workspace import Workspace
from compliance.workspace.governing.residing import law_name, worst
from pages.parts import navigation, outputs
from pages.parts.figures import residency as drawing
from pages.parts.figures import showing
from pages.parts.residing import words

_ORDER = (Answer.BLOCKED, Answer.NEEDS, Answer.UNKNOWN, Answer.ALLOWED, Answer.FREE)
_SHOWN = 12  # movements; more are in the table only


def summary(found: Whereabouts) -> None:
    """How much lies and goes where, in numbers."""
    answers = [worst(said) for _flow, said in found.flows]
    countries = {copy.country for copy in found.copies if copy.country}
    with st.container(horizontal=True):
        st.metric(_("Countries"), len(countries), border=True)
        st.metric(_("Copies"), len(found.copies), border=True)
        st.metric(_("Movements"), len(found.flows), border=True)
        for answer, label in (
            (Answer.BLOCKED, _("Not allowed")),
            (Answer.NEEDS, _("Need a safeguard")),
            (Answer.UNKNOWN, _("Not assessed")),
        ):
            st.metric(label, answers.count(answer), border=True)


def unplaced(names: Sequence[str]) -> None:
    """Datasets of which nobody said where they lie."""
    if not names:
        return
    listed = locales.joined((words.named(name) for name in names), "words")
    st.warning(
        _("Nobody has recorded where these datasets lie: {names}.").format(names=listed),
        icon=":material/wrong_location:",
    )
    navigation.link("datasets", _("Record their home region"))


def movements(found: Whereabouts) -> None:
    """Each movement with its verdicts, the worst first."""
    if not found.flows:
        st.markdown(_("No movement between countries is known. Record transfers in the register."))
        navigation.link("register")
        return
    ordered = sorted(found.flows, key=lambda pair: _ORDER.index(worst(pair[1])))
    alike = _alike(ordered)
    for number, (flows, said) in enumerate(alike[:_SHOWN]):
        movement(flows, said, f"residency_flow_{number}")
    if len(alike) > _SHOWN:
        outputs.remark(_("All of them stand in the table."))
    with outputs.folded(
        _("Every movement as a table"), "residency_every_flow", icon=":material/table_rows:"
    ) as is_open:
        if is_open:
            outputs.table(
                [_row(flow, one) for flow, said in ordered for one in said],
                key="residency_flows",
                alt=_("Every movement with what each law says of it"),
            )
    navigation.link("register", _("Transfers in the register"))


def movement(flows: Sequence[Flow], said: Sequence[Judgement], key: str) -> None:
    """Movements of which the same is said, in one box."""
    flow = flows[0]
    about = [words.named(flow.dataset) or _("no dataset named"), _(str(flow.form))]
    if flow.people is not None and len(flows) == 1:
        about.append(_("{number} people").format(number=outputs.count(flow.people)))
    if flow.recipient:
        about.append(_("to {recipient}").format(recipient=words.named(flow.recipient)))
    source = _(words.SOURCES.get(flow.source, flow.source))
    about.append(_("known from {source}").format(source=source))
    with st.container(border=True, key=key):
        st.markdown(f"**{words.way(flows)}** · {' · '.join(about)}")
        for one in said:
            st.markdown(words.judgement(one))


def _alike(
    found: Sequence[tuple[Flow, tuple[Judgement, ...]]],
) -> list[tuple[list[Flow], tuple[Judgement, ...]]]:
    """Movements of the same data to the same place of which the same is said, together."""
    groups: dict[object, tuple[list[Flow], tuple[Judgement, ...]]] = {}
    for flow, said in found:
        key = (flow.dataset, flow.destination, flow.recipient, flow.form, flow.source, said)
        groups.setdefault(key, ([], said))[0].append(flow)
    return list(groups.values())


def counters(found: Sequence[Counter], key: str = "residency_counters") -> None:
    """How many people's data left this year, against the next thresholds."""
    if not found:
        st.markdown(
            _("Nothing counts: no movement starts where a law counts people, or all are exempt.")
        )
        return
    names = {c.name: f"{law_name(c.law)}: {_(c.name)}" for c in found}
    said = [_counted(counter) for counter in found]
    showing.chart(
        drawing.counters(found, names),
        key=key,
        alt=" ".join(said),
    )
    for line in said:
        st.markdown(line)


def _counted(counter: Counter) -> str:
    about = "" if counter.is_exact else _("at most, because people were not told apart; ")
    warning = ":material/warning: " if counter.share >= 0.8 else ""
    return warning + _("{law}, {name}: {count} of {limit} ({about}from there on: {then}).").format(
        law=law_name(counter.law),
        name=_(counter.name),
        count=outputs.count(counter.count),
        limit=outputs.count(counter.limit),
        about=about,
        then=_(counter.then),
    )


def _row(flow: Flow, said: Judgement) -> dict[str, object]:
    return {
        _("Dataset"): flow.dataset,
        _("From"): words.place(flow.origin),
        meant("of a step", "To"): words.place(flow.destination),
        _("What leaves"): _(str(flow.form)),
        _("Law"): _(law_name(said.law)),
        _("Answer"): _(str(said.answer)),
        _("Why"): _(said.because),
        _("Missing"): locales.joined(map(_, said.needs), "clauses"),
        _("Article"): _(said.article),
        _("Known from"): _(words.SOURCES.get(flow.source, flow.source)),
    }


_REFUSED, _ACCEPT = "residency_refused", "federated_accept"


@contextmanager
def checked(workspace: Workspace, name: str, plan: Plan) -> Iterator[None]:
    """Check what would leave which country before a plan is trained, and say so beside it."""
    is_accepted = bool(st.session_state.get(_ACCEPT))
    try:
        found = workspace.governance.residency.before_training(name, plan, is_accepted=is_accepted)
    except MovementRefusedError:
        if not st.session_state.get(_REFUSED):
            st.session_state[_REFUSED] = True
            acceptance()  # from the next run on it stands above
        raise
    if found is not None:
        for number, (flow, said) in enumerate(found.flows):
            movement([flow], said, f"federated_flow_{number}")
    yield


def acceptance() -> None:
    """After a refusal, the way to train all the same."""
    if st.session_state.get(_REFUSED):
        st.checkbox(
            _("Train although a law does not let updates leave a country"),
            key=_ACCEPT,
            help=_("The trail keeps that it was accepted."),
        )
