"""How much may be learnt about each group of people, decided by an officer."""

from decimal import Decimal

import streamlit as st

from compliance.i18n import locales, meant
from compliance.i18n import translate as _
from compliance.privacy.nouns import Budget, Period
from pages.parts import explaining, outputs, permitted, session, yardsticks

PERIOD_WORDS = {
    Period.NONE: "never",
    Period.MONTH: "every month",
    Period.QUARTER: "every quarter",
    Period.YEAR: "every year",
}
DELTAS = [Decimal(10) ** -exponent for exponent in range(9, 2, -1)]

workspace = session.workspace()
outputs.remark(
    _("A budget bounds what all releases and noisy runs together may tell about one person.")
)
datasets = workspace.datasets()
if not datasets:
    session.dataset_or_stop()

about: dict[str, list[str]] = {}
for dataset in datasets:
    about.setdefault(dataset.population, []).append(str(dataset.name))

explaining.explained("budgets_form", "budget", "epsilon", "delta")
standing = st.container()  # the state first; drawn at the end, after a decision
with st.container(border=True):
    people = st.selectbox(
        _("People who share the budget"), list(about), key="budgets_people", width=420
    )
    chosen = workspace.budget(people)
    total = chosen.total
    deltas = sorted({*DELTAS, total.delta})
    with st.form("budgets", border=False):
        left, middle, right = st.columns(3)
        epsilon = left.number_input(
            _("ε in total"),
            min_value=0.01,
            max_value=100.0,
            value=float(total.epsilon),
            step=0.5,
            format="%g",
            key=f"budgets_epsilon_{people}",
            help=_("Below 1 is strong, above 10 protects little."),
        )
        delta = middle.selectbox(
            _("δ in total"),
            deltas,
            index=deltas.index(total.delta),
            format_func=lambda d: locales.formatted(d, ".0e") if d else "0",
            key=f"budgets_delta_{people}",
            help=_("Far below one in the number of people, so that nobody is shown whole."),
        )
        period = right.selectbox(
            _("Begins anew"),
            list(Period),
            index=list(Period).index(chosen.period),
            format_func=lambda p: _(PERIOD_WORDS[p]),
            key=f"budgets_period_{people}",
            help=_("A budget that begins anew promises less: over the years its totals add up."),
        )
        decided = st.form_submit_button(
            _("Decide"), type="primary", key="budgets_decide", **permitted.needs("budget.decide")
        )
if decided:
    with outputs.explained(_("Not decided")):
        wanted = Budget(epsilon=Decimal(f"{epsilon:.10g}"), delta=delta)
        workspace.decide_budget(people, wanted, period=period)
        st.toast(_("Decided."), icon=":material/check:")

yardsticks.of_loss("budgets", total)
states = [workspace.budget(population) for population in about]
with standing:
    outputs.table(
        [
            {
                meant("who share a budget", "People"): state.population,
                _("Datasets"): locales.joined(about[state.population], "words"),
                _("ε in total"): float(state.total.epsilon),
                _("δ in total"): locales.formatted(state.total.delta, ".0e")
                if state.total.delta
                else "0",
                _("Begins anew"): _(PERIOD_WORDS[state.period]),
                _("Decided"): _("by an officer")
                if state.is_decided
                else _("no, the default holds"),
                _("Spent in %"): 100 * state.share_spent,
                _("Largest next release ε"): float(state.left.epsilon),
            }
            for state in states
        ],
        key="budgets_table",
        alt=_("The privacy budget of each group of people, and what of it is spent"),
        column_config={
            _("Spent in %"): st.column_config.NumberColumn(format=locales.share_shape("%.1f")),
            _("Largest next release ε"): st.column_config.NumberColumn(format="%.2f"),
        },
    )
