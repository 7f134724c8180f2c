"""A question examined: outcomes, the best test, attacks, all of the error; and the desk itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

import streamlit as st

from compliance.dataset.nouns import ColumnName, Dataset
from compliance.i18n import translate as _
from compliance.privacy import INVENTED, Assumptions, GroupError, Numbers, dots
from compliance.privacy.nouns import Budget, PreviewRow
from compliance.privacy.nouns.question import Query
from compliance.workspace import Workspace
from pages.parts import outputs, permitted, risks, tables

_MOST_OFFERED = 100  # numbers to choose from


def question(workspace: Workspace, dataset: Dataset, query: Query, asked: Budget) -> None:
    """What the question in hand would give away, and how wrong it would be, in four tabs."""
    about = (workspace, dataset, query, asked)
    refusing, error = outputs.explained, _("All of the error")
    outputs.tabbed(
        "tradeoff_tabs",
        {
            _("Possible outcomes"): refusing(_("Not possible"))(partial(_outcomes, *about)),
            _("The best test"): partial(risks.trade_off, asked, "examined"),
            _("Attack it"): refusing(_("Not attacked"))(partial(_attack, *about)),
            error: refusing(_("Not compared"))(partial(_error, *about)),
        },
        always=[error],
    )


def desk(workspace: Workspace) -> None:
    """The desk's own audit: the last one, and a button for another."""
    outputs.remark(
        _("Tests the noise and the claimed ε of this installation on invented tables, in seconds.")
    )
    if st.button(
        _("Audit this desk now"),
        key="release_audit",
        icon=":material/verified:",
        **permitted.needs("audit.self"),
    ):
        with outputs.explained(_("Not audited")), outputs.working(_("Drawing and counting …")):
            workspace.probing.self_audit()
    past = workspace.probing.self_audits()
    if past:
        risks.self_audit(past[0], "last")
    else:
        st.markdown(_("This desk has not been audited yet."))


def _outcomes(workspace: Workspace, dataset: Dataset, query: Query, asked: Budget) -> None:
    seen = workspace.preview(dataset.name, query, asked)
    titles = tables.titles(query)
    rows = {_called(row, titles): row for row in seen.rows[:_MOST_OFFERED] if row.margin}
    if not rows:
        st.markdown(_("No number of this question has a margin to show."))
        return
    chosen = st.selectbox(
        _("Which number"), list(rows), key="tradeoff_outcome", width=420, persist_state="page"
    )
    row = rows[chosen]
    shown = dots(row.size, row.margin, query.mechanism)
    risks.outcomes(row.size, shown, chosen, "examined")


def _called(row: PreviewRow, titles: dict[str, str]) -> str:
    return " · ".join(part for part in (titles[row.statistic], *row.keys, row.cell) if part)


def _attack(workspace: Workspace, dataset: Dataset, query: Query, asked: Budget) -> None:
    outputs.remark(
        _(
            "Carries attacks out on some hundred people of this dataset, with and without noise. "
            "Internal: only how often they came true is kept, and the trail says that you tried."
        )
    )
    if st.button(_("Attack it now"), key="tradeoff_attack", icon=":material/bug_report:"):
        with outputs.working(_("Attacking …")):
            workspace.probing.try_attacks(dataset.name, query, asked)
    past = workspace.probing.trials(dataset.name)
    if past:
        risks.attacks(past[0], past[0].query, "examined")


def _error(workspace: Workspace, dataset: Dataset, query: Query, asked: Budget) -> None:
    outputs.remark(
        _(
            "Bounds shift a number the same way at every release, which no margin of noise shows. "
            "Say what is commonly known, and an invented table tells how much."
        )
    )
    columns = list(dict.fromkeys(s.column for s in query.statistics if s.column))
    with st.form("tradeoff_error", border=True):
        known = _known(columns)
        one, two = st.columns(2)
        invented = one.form_submit_button(
            _("Compare on an invented table"), type="primary", key="tradeoff_error_invented"
        )
        real = two.form_submit_button(
            _("Compare on the real rows"),
            help=_("Internal; the trail says that you looked."),
            key="tradeoff_error_real",
        )
    if invented:
        stand_in = _assumed(known)
        errors = workspace.probing.compare_error(dataset.name, query, asked, stand_in)
        st.session_state["tradeoff_errors"] = (query, _translated(errors, stand_in.groups))
    if real:
        st.session_state["tradeoff_errors"] = (
            query,
            workspace.probing.compare_error(dataset.name, query, asked, None),
        )
    of, found = st.session_state.get("tradeoff_errors", (None, ()))
    if of == query:
        risks.errors(found, query, "examined")


def _translated(errors: Sequence[GroupError], groups: int) -> list[GroupError]:
    """Of an invented table, whose groups have names that nobody gave."""
    said = {name: _(name) for name in (INVENTED.format(n=n + 1) for n in range(groups))}
    return [replace(one, keys=tuple(said.get(key, key) for key in one.keys)) for one in errors]


def _known(columns: list[ColumnName]) -> dict[str, float]:
    """What the officer knows without looking, as typed."""
    asked = {"people": (_("People"), 10_000.0), "rows": (_("Rows per person, usually"), 3.0)}
    asked["rows_high"] = (_("and for one in twenty at least"), 20.0)
    for column in columns:
        asked[f"{column}"] = (_("{column}, usually").format(column=column), 30.0)
        asked[f"{column}_high"] = (_("{column}, one in twenty above").format(column=column), 150.0)
    places = st.columns(3)
    return {
        name: places[n % 3].number_input(
            label, min_value=0.0, value=usual, key=f"tradeoff_known_{name}"
        )
        for n, (name, (label, usual)) in enumerate(asked.items())
    }


def _assumed(known: dict[str, float]) -> Assumptions:
    """The stand-in that was described.

    Raises:
        PrivacyParameterError: a usual number is not below the high one.
    """

    def numbers(name: str) -> Numbers:
        usual, high = (Decimal(str(known[key])) for key in (name, f"{name}_high"))
        return Numbers(usual=usual, high=high)

    columns = [name for name in known if f"{name}_high" in known and name != "rows"]
    return Assumptions(
        people=int(known["people"]),
        rows=numbers("rows"),
        values={ColumnName(column): numbers(column) for column in columns},
    )
