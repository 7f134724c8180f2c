"""A movement checked before it happens, beside what could be done instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.rules.nouns import Form
from compliance.workspace import Workspace
from compliance.workspace.governing.residing import (
    Asked,
    Move,
    Movement,
    asked_of,
    mechanisms,
    to_facts,
)
from pages.parts import navigation, outputs, permitted, wording
from pages.parts.approving import asking
from pages.parts.residing import movements, words

# What could move: its form, what it is called, and where it is made.
_CHOICES: Mapping[Form | None, tuple[str, str]] = {
    None: ("The rows as they are", ""),
    Form.ANONYMOUS: ("An anonymised output, measured", "anonymise"),
    Form.NOISY: ("Statistics with noise", "release"),
    Form.PROTECTED_UPDATES: ("Federated updates with noise", "federated"),
}
_ASKED, _SAID = "residency_asked", "residency_said"
_UNKNOWN = "unknown"


def check(workspace: Workspace) -> None:
    """Ask, and show what would be said of each way to do it."""
    asked = _form([str(dataset.name) for dataset in workspace.datasets()])
    if asked is not None:
        st.session_state[_ASKED], st.session_state[_SAID] = asked, {}
    asked = st.session_state.get(_ASKED)
    if asked is None:
        return
    with outputs.explained(_("Not checked")):
        told = to_facts(st.session_state.get(_SAID, {}))
        asked = replace(asked, facts={**asked.facts, **told})
        found = dict(workspace.governance.residency.alternatives(asked))
        _side_by_side(found)
        for flow, said in found[None].flows:
            movements.movement([flow], said, f"residency_checked_{flow.origin or 'unknown'}")
        if found[None].counters:
            movements.counters(found[None].counters, "residency_would_count")
        _ask(found[None])
        _offer(workspace, asked, found[None])


def _form(names: Sequence[str]) -> Move | None:
    """What somebody thinks of; None until they ask."""
    with st.form("residency_check", border=True):
        left, right = st.columns(2)
        chosen = left.multiselect(
            _("Datasets"), names, key="residency_datasets", placeholder=_("Choose datasets")
        )
        country = right.selectbox(
            _("Goes to"),
            wording.countries(),
            format_func=wording.country,
            index=None,
            key="residency_destination",
            placeholder=_("Choose a country"),
        )
        recipient = left.text_input(_("Recipient"), key="residency_recipient", max_chars=120)
        mechanism = right.selectbox(
            _("Rests on"),
            ["", *mechanisms()],
            format_func=lambda one: _(mechanisms()[one]) if one else _("nothing yet"),
            key="residency_mechanism",
        )
        epsilon = left.number_input(
            _("ε of the noise"), 0.01, 100.0, 1.0, key="residency_epsilon",
            help=_("For statistics or updates that would move instead of the rows."),
        )  # fmt: skip
        is_asked = st.form_submit_button(_("Check it"), type="primary", key="residency_submit")
    if not is_asked:
        return None
    if not chosen or country is None:
        st.warning(_("Choose at least one dataset and a country."))
        return None
    return Move(
        names=tuple(map(str, chosen)),
        destination=str(country),
        recipient=recipient.strip(),
        mechanism=str(mechanism),
        facts={"epsilon": float(epsilon)},
    )


def _side_by_side(found: Mapping[Form | None, Movement]) -> None:
    """The answer to each way, with what decides."""
    for column, (form, (title, page)) in zip(
        st.columns(len(_CHOICES)), _CHOICES.items(), strict=True
    ):
        with column.container(border=True, height="stretch"):
            st.markdown(f"**{_(title)}**  \n{words.badge(found[form].answer)}")
            outputs.remark(_reason(found[form]))
            if page:
                navigation.link(page)


def _reason(found: Movement) -> str:
    """The first reason of the answer that weighs most."""
    return next(
        (
            _(one.because) + locales.end()
            for _flow, said in found.flows
            for one in said
            if one.answer is found.answer
        ),
        "",
    )


def _ask(found: Movement) -> None:
    """The facts on which the answer depends; what is said here is kept for this visit only."""
    asked = asked_of(found.asked)
    if not asked:
        return
    with st.form("residency_facts", border=True):
        st.markdown(f"**{_('What the answer depends on')}**")
        outputs.remark(_("Said here for this check, and for the record where one is made of it."))
        columns = st.columns(2)
        said = {
            fact: _input(columns[number % 2], fact, one)
            for number, (fact, one) in enumerate(asked.items())
        }
        if st.form_submit_button(_("Check again"), key="residency_again"):
            known = {fact: value for fact, value in said.items() if value not in ("", _UNKNOWN)}
            st.session_state[_SAID] = {**st.session_state.get(_SAID, {}), **known}
            st.rerun()


def _input(column: st.delta_generator.DeltaGenerator, fact: str, asked: Asked) -> str:
    label = wording.capital(_(asked.words))
    if asked.type == "date":
        day = column.date_input(label, None, key=f"residency_fact_{fact}")
        return day.isoformat() if day is not None else ""
    choices = {"yes": _("yes"), "no": _("no")} if asked.type == "yes or no" else asked.choices
    return str(
        column.selectbox(
            label,
            [_UNKNOWN, *choices],
            format_func=lambda one: _(choices.get(one, _("not known"))),
            key=f"residency_fact_{fact}",
        )
    )


def _offer(workspace: Workspace, asked: Move, found: Movement) -> None:
    """Put it into the register, where every law lets the rows go."""
    if not permitted.told("register.record"):
        return
    why = None if found.may_go else _("No law, or not every law, lets the rows go.")
    need = workspace.governance.residency.need(asked) if found.may_go else None
    if asking.may_go(workspace, need, "residency") and st.button(
        asking.label(_("Record this movement"), need),
        key="residency_record",
        icon=":material/edit_note:",
        disabled=not found.may_go,
        help=why,
    ):
        with outputs.explained(_("Not recorded")):
            stored = workspace.governance.residency.record_move(asked)
            st.success(_("Recorded as “{name}”.").format(name=words.named(stored.name)))
