"""How results look: refusals, tables, badges, budgets, releases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

import pandas as pd
import streamlit as st

from compliance.dataset.nouns import Dataset
from compliance.discovery.nouns import Discovery, IdentifierClass
from compliance.errors import ComplianceError
from compliance.i18n import translate as _
from compliance.privacy.nouns import (
    Accountant,
    BudgetState,
    Clarity,
    Preview,
    Prices,
    Release,
)
from compliance.privacy.nouns.question import Query
from compliance.rules.nouns import Progress, Severity, Stage, State, Verdict

CLASS_WORDS = {
    IdentifierClass.DIRECT: "identifies directly",
    IdentifierClass.QUASI: "identifies with others",
    IdentifierClass.SENSITIVE: "sensitive",
    IdentifierClass.NONE: "not personal",
}
STATE_BADGES = {
    State.MET: ("check_circle", "green"),
    State.NOT_MET: ("error", "red"),
    State.NOT_ASSESSED: ("help", "orange"),
    State.NOT_APPLICABLE: ("remove_circle", "gray"),
    State.WAIVED: ("do_not_disturb_on", "gray"),
}
SEVERITY_COLOURS = {
    Severity.CRITICAL: "red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "orange",
    Severity.LOW: "gray",
}
PROGRESS_BADGES = {
    Progress.DONE: ("check_circle", "green"),
    Progress.OPEN: ("pending", "orange"),
    Progress.WAITING: ("hourglass_empty", "gray"),
}
ACCOUNTANT_WORDS = {
    Accountant.PURE: "the sum of ε",
    Accountant.ZCDP: "zCDP",
    Accountant.RENYI: "Rényi curves",
    Accountant.PLD: "privacy loss distributions",
}


@contextmanager
def explained(title: str) -> Iterator[None]:
    """Show what an officer can mend as one sentence under `title`; anything else passes through."""
    try:
        yield
    except ComplianceError as refusal:
        st.error(str(refusal), title=title, icon=":material/block:")


def remark(words: str) -> None:
    """A remark in small grey type; unlike `st.caption` dark enough to be read by everybody."""
    st.markdown(f":gray[:small[{words}]]")


def fact(label: str, value: str, about: str) -> None:
    """A number in a box, with a few words about it."""
    st.metric(label, value, about, delta_color="off", delta_arrow="off", border=True)


def moment(at: datetime) -> str:
    """A time as shown: UTC, to the minute."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def count(number: float) -> str:
    """A number with thousands separators; two decimals where it is not whole."""
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.2f}"


def table(rows: Sequence[Mapping[str, object]], key: str, alt: str, **options: object) -> None:
    """Rows as a table; short ones are shown whole."""
    height = "content" if len(rows) <= 12 else 420
    st.dataframe(
        pd.DataFrame(list(rows)), hide_index=True, key=key, alt=alt, height=height, **options
    )


def verdict_badge(verdict: Verdict) -> str:
    """A verdict's state as icon, word and colour, in Markdown."""
    icon, colour = STATE_BADGES[verdict.state]
    return f":{colour}-badge[:material/{icon}: {_(str(verdict.state))}]"


def article(verdict: Verdict) -> str:
    """Where the duty stands: law and article, or the desk's own policy."""
    return verdict.article if verdict.law == "POLICY" else f"{verdict.law} {verdict.article}"


def progress_badges(stages: Sequence[Stage]) -> str:
    """How many stages are done, open and waiting, in Markdown."""
    badges = []
    for progress, (icon, colour) in PROGRESS_BADGES.items():
        number = sum(stage.progress is progress for stage in stages)
        badges.append(f":{colour}-badge[:material/{icon}: {number} {_(str(progress))}]")
    return " ".join(badges)


def severity_badge(verdict: Verdict) -> str:
    """How much a breach would matter, in Markdown."""
    return f":{SEVERITY_COLOURS[verdict.severity]}-badge[{_(str(verdict.severity))}]"


def columns_of(dataset: Dataset) -> None:
    """The columns of a dataset, without any value."""
    table(
        [
            {
                _("Column"): column.name,
                _("Type"): str(column.type),
                _("Missing"): column.missing,
                _("Different values"): column.distinct,
            }
            for column in dataset.columns
        ],
        key="datasets_columns",
        alt=_("Columns with their types and how many values are missing"),
    )


def cleaning_of(dataset: Dataset) -> None:
    """What was changed on the way in."""
    if not dataset.cleaning:
        st.markdown(_("Nothing had to be cleaned."))
        return
    table(
        [
            {
                _("Column"): step.column or _("whole table"),
                _("What was done"): step.step,
                _("Rows changed"): step.rows_changed,
            }
            for step in dataset.cleaning
        ],
        key="datasets_cleaning",
        alt=_("Cleaning steps with the number of rows that each changed"),
    )


def labels_summary(found: Discovery) -> None:
    """How many columns of each class there are."""
    with st.container(horizontal=True):
        for class_, words in CLASS_WORDS.items():
            number = len(found.columns_of(class_))
            st.metric(_(words).capitalize(), number, border=True)


def budget(state: BudgetState, ask: Callable[[], Prices] | None = None) -> None:
    """What is spent and left of a population's budget.

    Args:
        ask: prices the ledger by every accountant; called only where somebody presses for it.
    """
    with st.container(horizontal=True):
        st.metric(
            _("Budget of {people}").format(people=state.population),
            f"ε = {state.total.epsilon.normalize():f}",
            help=_("Decided by an officer; δ = {delta}.").format(delta=f"{state.total.delta:g}")
            if state.is_decided
            else _("The default; nobody has decided it yet. δ = {delta}.").format(
                delta=f"{state.total.delta:g}"
            ),
            border=True,
        )
        st.metric(
            _("Spent"),
            f"ε = {float(state.spent.epsilon):.2f}",
            border=True,
            help=_(
                "All releases and runs together, at the budget's δ. Noise adds up more slowly than "
                "ε: two releases of ε = 1 cost less than ε = 2."
            ),
        )
        st.metric(
            _("Largest next release"),
            f"ε = {float(state.left.epsilon):.2f}",
            border=True,
            help=_("The largest ε that one more release may ask. Asking more is refused."),
        )
    st.progress(
        min(state.share_spent, 1.0),
        text=_("{share} of the privacy budget is spent. Shares add up, ε does not.").format(
            share=f"{state.share_spent:.1%}"
        ),
    )
    for line in _limits(state):
        remark(line)
    if ask is not None and state.counted:
        about = _("Add the ledger up by every accountant; it takes a second and costs nothing.")
        if st.button(_("Second opinion"), key="release_opinion", help=about):
            prices(ask())


def prices(found: Prices) -> None:
    """The tightest ε that is proven, and what the other accountants say."""
    tightest = found.tightest
    if tightest is None or tightest.epsilon is None:
        return
    others = ", ".join(
        f"{_(ACCOUNTANT_WORDS[quote.accountant])} {quote.epsilon.normalize():f}"
        for quote in found.quotes
        if quote.epsilon is not None and quote is not tightest
    )
    remark(
        _("Tightest proof at δ = {delta}: ε = {epsilon} by {accountant}").format(
            delta=f"{found.delta:.0e}" if found.delta else "0",
            epsilon=f"{tightest.epsilon.normalize():f}",
            accountant=_(ACCOUNTANT_WORDS[tightest.accountant]),
        )
        + (f" ({others})." if others else ".")
    )


def _limits(state: BudgetState) -> Iterator[str]:
    """What a period and caps do to a budget, in sentences."""
    if state.ends is not None:
        yield _("This is the budget of one {period}; it begins anew on {day}.").format(
            period=_(str(state.period)), day=f"{state.ends:%Y-%m-%d}"
        )
        if state.since_beginning is not None:
            yield _(
                "Since the beginning ε = {epsilon} (δ = {delta}) was spent: a budget that begins "
                "anew is a weaker promise than one for good."
            ).format(
                epsilon=f"{float(state.since_beginning.epsilon):.2f}",
                delta=f"{state.since_beginning.delta:.0e}",
            )
    for cap in state.caps:
        yield _("{actor} may spend ε = {cap} of it; ε = {left} is left.").format(
            actor=cap.actor,
            cap=f"{cap.epsilon.normalize():f}",
            left=f"{float(cap.left):.2f}",
        )


def attackers_odds(preview: Preview) -> None:
    """What the chosen ε means for somebody who wants to find out about one person."""
    percent = preview.attacker_percent
    but = _(", but for a chance of {delta}").format(delta=f"{preview.asked.delta:.0e}")
    sentence = _(
        "**Attacker’s odds:** somebody who knows everyone else’s data and thinks it 50 : 50 "
        "whether one person is in it can afterwards be right at most **{percent} times in 100**"
    ).format(percent=f"{percent:.0f}" if percent < 99 else f"{percent:.2f}")
    st.markdown(sentence + (but if preview.asked.delta else "") + ".")


def preview_facts(preview: Preview) -> None:
    """How many numbers, how many of them drowned, withheld or cut."""
    drowned = sum(row.clarity is Clarity.DROWNED for row in preview.rows)
    withheld = (
        _("all keys are public")
        if preview.threshold is None
        else _("fewer than about {n} people").format(n=count(preview.threshold))
    )
    people = _("{n} people were cut").format(n=count(preview.dropped.units))
    with st.container(horizontal=True):
        for label, number, remark_ in (
            (_("Numbers published"), len(preview.rows), _("with their margins")),
            (_("Drown in the noise"), drowned, _("margin larger than the number")),
            (_("Groups withheld"), preview.withheld_groups, withheld),
            (_("Rows beyond the bounds"), preview.dropped.rows, people),
        ):
            fact(label, count(number), remark_)


def preview_table(preview: Preview, query: Query) -> None:
    """The table that would be published, with its margins; sizes are for the officer only."""
    titles = {statistic.name: statistic.title for statistic in query.statistics}
    rows = [
        {
            **dict(zip(query.by, row.keys, strict=True)),
            _("Statistic"): titles[row.statistic],
            _("Number (internal)"): row.size,
            _("Noise margin ±"): row.margin,
            _("Margin in %"): None if row.relative is None else 100 * row.relative,
            _("Clarity"): _(str(row.clarity)),
        }
        for row in preview.rows
    ]
    number = st.column_config.NumberColumn(format="localized")
    table(
        rows,
        key="tradeoff_table",
        alt=_("The table that would be published, with the noise margin of each number"),
        column_config={
            _("Number (internal)"): number,
            _("Noise margin ±"): number,
            _("Margin in %"): st.column_config.NumberColumn(format="%.1f %%"),
        },
    )


def released_rows(release: Release) -> list[dict[str, object]]:
    """The published table, as rows."""
    titles = {statistic.name: statistic.title for statistic in release.query.statistics}
    return [
        {
            **dict(zip(release.query.by, value.keys, strict=True)),
            _("Statistic"): titles[value.statistic],
            _("Value"): value.value,
            _("Noise margin ±"): value.margin,
        }
        for value in release.values
    ]


def disclosure(release: Release) -> None:
    """What the guarantee of a release rests on."""
    query = release.query
    keys = _("public") if query.has_public_keys else _("private, over a threshold")
    delta = f"δ = {release.price.delta:.1e}" if release.price.delta else _("no δ")
    rho = "" if release.price.rho is None else f", ρ = {float(release.price.rho):.4g}"
    st.markdown(
        f"**ε = {release.price.epsilon.normalize():f}**, {delta}{rho} · "
        + _("{mechanism} noise by OpenDP {version} · group keys {keys}").format(
            mechanism=_(str(query.mechanism)), version=release.libraries["opendp"], keys=keys
        )
    )
    if release.prices is not None:
        prices(release.prices)
    remark(
        _(
            "Internal, not for publication: {rows} rows did not count ({without} name no person); "
            "{units} people were cut by the bounds."
        ).format(
            rows=count(release.dropped.rows),
            without=count(release.dropped.rows_without_unit),
            units=count(release.dropped.units),
        )
    )
