"""Bounds by a private look: its price is named first, and it is paid when confirmed."""

from __future__ import annotations

import streamlit as st

from compliance.dataset.nouns import ColumnName, ColumnType
from compliance.errors import ComplianceError
from compliance.i18n import locales, mark
from compliance.i18n import translate as _
from compliance.privacy import to_query
from compliance.privacy.nouns import Budget
from compliance.privacy.nouns.planning import Proposal
from compliance.privacy.nouns.question import Query
from pages.parts import drafts, language, outputs, session, wording
from pages.parts.approving import asking
from pages.parts.scopes import Scope


def look(scope: Scope) -> None:
    """Ask for a private look, and use what the last one found."""
    columns = _columns(scope)
    sought = (
        _(" and the bounds of {columns}").format(
            columns=wording.escaped(locales.joined(columns, "words"))
        )
        if columns
        else ""
    )
    outputs.remark(
        _(
            "If you do not know the bounds, the desk can look for them with noise: groups and rows "
            "per person{sought}. The look costs its ε whatever it finds."
        ).format(sought=sought)
    )
    one, two, three = st.columns([1, 1, 2], vertical_alignment="bottom")
    epsilon = one.text_input(_("ε for the look"), "0.1", key="tradeoff_look_epsilon")
    delta = two.text_input(_("δ for the look"), "1e-8", key="tradeoff_look_delta")
    with outputs.explained(_("Not possible")):
        if three.button(_("Have bounds proposed …"), key="tradeoff_look"):
            asked = wording.typed_budget(epsilon, delta)
            query = to_query(drafts.read(scope) | {"statistics": [{"count": "rows"}]})
            st.session_state["tradeoff_look_pending"] = (query, columns, asked)
            _confirm(scope, query, columns, asked)
    _found(scope)


def said() -> None:
    """What came of the last look, once."""
    told = st.session_state.pop("tradeoff_look_said", None)
    if told is None:
        return
    kind, sentence = told
    if kind == "error":
        st.error(wording.escaped(sentence), title=_("Not looked for"), icon=":material/block:")
    else:
        st.success(sentence)


@language.dialog(mark("Look for bounds and pay for it?"))
def _confirm(scope: Scope, query: Query, columns: list[str], asked: Budget) -> None:
    st.markdown(
        _(
            "The desk looks at **{dataset}** with noise, once per **{unit}**. This spends **ε = "
            "{epsilon}** (δ = {delta}) of the budget of {people}, and it cannot be taken back."
        ).format(
            dataset=scope.dataset.name,
            unit=wording.escaped(query.unit),
            epsilon=wording.plain(asked.epsilon),
            delta=locales.formatted(asked.delta, ".0e"),
            people=wording.escaped(scope.dataset.population),
        )
    )
    workspace = session.workspace()
    need = asking.of_bounds(workspace, scope.dataset, query, columns, asked)
    if asking.may_go(workspace, need, "tradeoff") and st.button(
        asking.label(_("Look and pay"), need),
        type="primary",
        key="tradeoff_look_confirm",
        on_click=_take_look,
        args=(scope,),
    ):
        st.rerun()


@language.callback
def _take_look(scope: Scope) -> None:
    """Look once: neither a rerun nor a double click finds the question again."""
    pending = st.session_state.pop("tradeoff_look_pending", None)
    if pending is None:
        return
    query, columns, asked = pending
    names = [ColumnName(name) for name in columns]
    try:
        found = session.workspace().propose_bounds(scope.dataset.name, query, names, asked)
        _write(scope, found)
        st.session_state["tradeoff_look_said"] = (
            "success",
            _("Looked for ε = {epsilon}. What was found stands in the form.").format(
                epsilon=wording.plain(found.price.epsilon)
            ),
        )
    except ComplianceError as refusal:
        st.session_state["tradeoff_look_said"] = ("error", wording.refused(refusal))


def _found(scope: Scope) -> None:
    """What the last look found, to be used again for nothing."""
    proposals = session.workspace().proposals(scope.dataset.name)
    if not proposals:
        return
    last = proposals[0]
    ranges = [
        wording.about(found.column, f"{wording.plain(found.lower)} – {wording.plain(found.upper)}")
        for found in last.ranges
    ]
    counts = _("{groups} groups, {rows} rows per group").format(
        groups=last.max_groups, rows=last.max_rows_per_group
    )
    outputs.remark(
        _("Found on {when} for ε = {epsilon}: {found}. It is paid for and public.").format(
            when=outputs.moment(last.proposed_at),
            epsilon=wording.plain(last.price.epsilon),
            found=wording.escaped(locales.joined([counts, *ranges], "clauses")),
        )
    )
    if st.button(
        _("Use what was found"), key="tradeoff_look_again", on_click=_write, args=(scope, last)
    ):
        st.rerun(scope="fragment")


@language.callback
def _write(scope: Scope, found: Proposal) -> None:
    """Put what a look found into the form."""
    drafts.put(scope, "groups", found.max_groups)
    drafts.put(scope, "rows", found.max_rows_per_group)
    if found.most_periods:
        drafts.put(scope, "most", found.most_periods)
    for range_ in found.ranges:
        drafts.put(scope, "lower", wording.as_typed(range_.lower), str(range_.column))
        drafts.put(scope, "upper", wording.as_typed(range_.upper), str(range_.column))


def _columns(scope: Scope) -> list[str]:
    """The columns in the form whose bounds can be looked for."""
    return [
        name
        for name in drafts.chosen(scope, "columns")
        if scope.columns[name].type in (ColumnType.INTEGER, ColumnType.NUMBER)
    ]
