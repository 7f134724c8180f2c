"""The question that an officer asks: what of whom by what, and for how much ε and δ."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

import streamlit as st

from compliance.dataset.nouns import ColumnType, Dataset
from compliance.discovery.nouns import Discovery, IdentifierClass
from compliance.errors import PrivacyParameterError
from compliance.i18n import translate as _
from compliance.privacy import from_conditions, to_query
from compliance.privacy.nouns import Budget
from compliance.privacy.nouns.question import Query

EPSILONS = [
    Decimal(d) * Decimal(10) ** e
    for e in range(-2, 1)
    for d in ("1", "1.2", "1.5", "2", "2.5", "3", "4", "5", "6", "8")
]
EPSILONS = [*EPSILONS, Decimal(10)]
DELTAS = [Decimal(10) ** -exponent for exponent in range(12, 3, -1)]
_NUMERIC = (ColumnType.INTEGER, ColumnType.NUMBER)
_PLACES = ("country", "country_code", "region", "region_code")
_MOST_GROUPS = 20_000
_COUNTS = {"count rows": "rows", "count people": "units"}


def epsilon_and_delta(total: Budget) -> Budget:
    """The (ε, δ) chosen on two sliders with logarithmic steps; what each end means is written."""
    left, right = st.columns(2)
    with left, st.container(gap=None):
        epsilon = st.select_slider(
            _("ε, how much one person may show"),
            EPSILONS,
            value=Decimal(1),
            format_func=lambda e: f"{e.normalize():f}",
            key="tradeoff_epsilon",
            persist_state="session",
        )
        _ends(_("stronger privacy"), _("more accuracy"))
    with right, st.container(gap=None):
        delta = st.select_slider(
            _("δ, the chance that the bound fails"),
            DELTAS,
            value=_nearest(DELTAS, total.delta / 10),
            format_func=lambda d: f"{d:.0e}",
            key="tradeoff_delta",
            persist_state="session",
        )
        _ends(_("stronger privacy"), _("more accuracy"))
    return Budget(epsilon=epsilon, delta=delta)


def query(dataset: Dataset, discovery: Discovery | None, kept: Query | None) -> Query | None:
    """The question asked in a form; at first the proposed one, None where none can be proposed."""
    with st.form("tradeoff_query", border=True):
        raw = _query_widgets(dataset, discovery)
        submitted = st.form_submit_button(
            _("Show what it would look like"), type="primary", key="tradeoff_show"
        )
    if submitted or (kept is None and raw["unit"] and raw["statistics"]):
        return to_query(raw)  # the first question is free: nothing is drawn by looking
    return kept


def in_words(query: Query, *, short: bool = False) -> str:
    """The question in one sentence; `short` leaves out the bounds."""
    what = ", ".join(_(statistic.title) for statistic in query.statistics)
    asked = f"{what} {_('by')} {', '.join(query.by)}" if query.by else what
    if short:
        return asked
    bounds = _(
        "One person is told apart by **{unit}** and counts in at most **{groups}** groups with "
        "at most **{rows}** rows each."
    ).format(unit=query.unit, groups=query.groups_per_unit, rows=query.max_rows_per_group)
    keys = (
        _("All groups shown are public knowledge.")
        if query.has_public_keys
        else _("Groups of too few people are withheld.")
    )
    only = _(" Only rows where {w}.").format(w=from_conditions(query.where)) if query.where else ""
    return f"{asked[:1].upper()}{asked[1:]}. {bounds} {keys}{only}"


def typed_budget(epsilon: str, delta: str) -> Budget:
    """The (ε, δ) typed as text.

    Raises:
        PrivacyParameterError: one of them is no number, or out of range.
    """
    numbers = []
    for name, typed in (("ε", epsilon), ("δ", delta)):
        try:
            numbers.append(Decimal(typed.strip().replace(",", ".")))
        except InvalidOperation:
            reason = _("it is a number such as 0.5 or 1e-6")
            raise PrivacyParameterError(name=name, given=f"“{typed[:20]}”", reason=reason) from None
    return Budget(epsilon=numbers[0], delta=numbers[1])


def _query_widgets(dataset: Dataset, discovery: Discovery | None) -> dict[str, object]:
    """What stands in the form."""
    direct = discovery.columns_of(IdentifierClass.DIRECT) if discovery else ()
    unit = dataset.description.unit or (direct[0] if direct else None)
    left, right = st.columns(2)
    with left:
        asked = _of_whom(dataset, discovery, unit)
    with right:
        numeric = [
            str(c.name)
            for c in dataset.columns
            if c.type in _NUMERIC and c.name not in direct and c.name != unit
        ]
        asked |= {"statistics": _what(dataset, numeric)}
    with st.expander(_("Bounds, noise and filter")):
        return asked | _bounds(dataset)


def _of_whom(
    dataset: Dataset, discovery: Discovery | None, unit_guess: str | None
) -> dict[str, object]:
    names = list(dataset.column_names)
    groups = [
        str(c.name) for c in dataset.columns if c.distinct <= _MOST_GROUPS and c.name != unit_guess
    ]
    unit = st.selectbox(
        _("Whose privacy: the column that tells people apart"),
        names,
        index=names.index(unit_guess) if unit_guess in names else None,
        placeholder=_("choose a column"),
        **_kept(dataset, "unit"),
    )
    by = st.multiselect(
        _("Groups"),
        groups,
        default=_default_groups(groups, discovery),
        max_selections=4,
        **_kept(dataset, "by"),
    )
    public = st.text_input(
        _("Public keys of the first group column"),
        placeholder=_("leave empty: rare groups are withheld"),
        help=_("Type the groups that may be shown whatever the data say, with commas between."),
        **_kept(dataset, "public"),
    )
    keys = [key.strip() for key in public.split(",") if key.strip()]
    return {"unit": unit, "by": by, "public_keys": {by[0]: keys} if keys and by else {}}


def _what(dataset: Dataset, numeric: Sequence[str]) -> list[dict[str, object]]:
    amount = _amount_index(numeric)
    kinds = st.multiselect(
        _("What to compute"),
        [*_COUNTS, "sum", "mean"],
        default=["count rows"] if amount is None else ["count rows", "sum"],
        format_func=_,
        **_kept(dataset, "statistics"),
    )
    column = st.selectbox(
        _("Column to sum or average"),
        numeric,
        index=amount,
        placeholder=_("choose a column"),
        **_kept(dataset, "column"),
    )
    low, high = st.columns(2)
    lower = low.number_input(_("Lowest value that counts"), value=0.0, **_kept(dataset, "lower"))
    upper = high.number_input(
        _("Highest value that counts"),
        value=100.0,
        help=_(
            "From what you know of prices or quantities, not from the data. "
            "Values beyond are cut to it."
        ),
        **_kept(dataset, "upper"),
    )
    unit = _granularity(dataset, column)
    bounds = {"column": column, "lower": lower, "upper": upper, "unit": unit}
    return [{"count": _COUNTS[kind]} if kind in _COUNTS else {kind: bounds} for kind in kinds]


def _bounds(dataset: Dataset) -> dict[str, object]:
    one, two, three = st.columns(3)
    return {
        "max_groups": one.number_input(
            _("Groups per person"), 1, 1000, 1, **_kept(dataset, "groups")
        ),
        "max_rows_per_group": two.number_input(
            _("Rows per person and group"), 1, 100_000, 10, **_kept(dataset, "rows")
        ),
        "mechanism": three.selectbox(
            _("Noise"), ["gaussian", "laplace"], format_func=_, **_kept(dataset, "noise")
        ),
        "where": st.text_input(
            _("Only rows where"), placeholder="Quantity > 0", **_kept(dataset, "where")
        ),
    }


def _kept(dataset: Dataset, thing: str) -> dict[str, str]:
    """A widget's key; per dataset, so that each one's question is found again."""
    return {"key": f"tradeoff_{thing}_{dataset.id}", "persist_state": "session"}


def _granularity(dataset: Dataset, column: str | None) -> str:
    type_ = {c.name: c.type for c in dataset.columns}.get(column)
    return "whole" if type_ is ColumnType.INTEGER else "cents"


def _default_groups(groups: Sequence[str], discovery: Discovery | None) -> list[str]:
    """A place, where there is one: the most usual question is one by country."""
    meanings = {la.column: la.semantic_type for la in discovery.labels} if discovery else {}
    places = [name for name in groups if meanings.get(name) in _PLACES]
    named = [name for name in groups if name.lower() in ("country", "region", "site")]
    return (places or named)[:1]


def _amount_index(numeric: Sequence[str]) -> int | None:
    """The column that people most often ask the sum of, where one is named like it."""
    for i, name in enumerate(numeric):
        if any(word in name.lower() for word in ("amount", "price", "total", "value")):
            return i
    return None


def _nearest(options: Sequence[Decimal], wanted: Decimal) -> Decimal:
    return min(options, key=lambda option: abs(option.ln() - wanted.ln()))


def _ends(low: str, high: str) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        st.markdown(f":small[:material/shield: {low}]", width="content")
        st.markdown(f":small[{high} :material/straighten:]", width="content")
