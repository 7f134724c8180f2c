"""What a release would look like: risk, table, picture, and what would drown."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st

from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.privacy import risk
from compliance.privacy.nouns import Budget, BudgetState, Clarity, Preview, PreviewRow
from compliance.privacy.nouns.question import Query, Statistic, StatisticKind
from pages.parts import figures, outputs, tables, wording
from pages.parts.figures import showing

_MOST_NAMED = 8  # drowned groups

_LIST, _CROSS = "list", "cross table"


def pictures(seen: Preview, query: Query) -> None:
    """The numbers with their margins, how these fall as ε grows, and what would drown."""
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        _picture(seen, query)
    with right:
        _curve(seen, query)
    _facts(seen)
    _drowned(seen, query)


def affordable(asked: Budget, state: BudgetState) -> None:
    """Say so, where more is asked than one release may still cost."""
    if asked.epsilon > state.left.epsilon:
        outputs.remark(
            _(
                ":material/account_balance_wallet: ε = {asked} is more than is left for one "
                "release (ε = {left}): look, but it would be refused."
            ).format(
                asked=wording.plain(asked.epsilon),
                left=locales.formatted(float(state.left.epsilon), ".2f"),
            )
        )


def odds(preview: Preview, prior_percent: int) -> None:
    """What the chosen ε means for somebody who wants to find out about one person."""
    epsilon, delta = float(preview.asked.epsilon), preview.asked.delta
    percent = 100 * risk.posterior(prior_percent / 100, epsilon)
    is_sure = percent >= 99
    times = locales.number(math.floor(100 * percent) / 100 if is_sure else percent, 2 * is_sure)
    believes = (
        _("thinks it 50 : 50 whether one person is in it")
        if prior_percent == 50
        else _("is {prior} % sure that one person is in it").format(prior=prior_percent)
    )
    sentence = _(
        "**Attacker’s odds:** somebody who knows everyone else’s data and {believes} can "
        "afterwards be right at most **{percent} times in 100**"
    ).format(believes=believes, percent=times)
    but = (
        _(", but for a chance of {delta}").format(delta=locales.formatted(delta, ".0e"))
        if delta
        else ""
    )
    st.markdown(f"{sentence}{but}{locales.end()}")
    st.progress(
        percent / 100,
        text=_("Surest belief afterwards; beforehand it was {prior} in 100").format(
            prior=prior_percent
        ),
    )


def _facts(preview: Preview) -> None:
    """How many numbers, how many of them drowned, withheld or cut."""
    drowned = sum(row.clarity is Clarity.DROWNED for row in preview.rows)
    withheld = (
        _("all keys are public")
        if preview.threshold is None
        else _("fewer than about {n} people").format(n=outputs.count(preview.threshold))
    )
    people = _("{n} people were cut").format(n=outputs.count(preview.dropped.units))
    with st.container(horizontal=True):
        for label, number, remark_ in (
            (_("Numbers published"), len(preview.rows), _("with their margins")),
            (_("Drown in the noise"), drowned, _("margin larger than the number")),
            (_("Groups withheld"), preview.withheld_groups, withheld),
            (_("Rows beyond the bounds"), preview.dropped.rows, people),
        ):
            outputs.fact(label, outputs.count(number), remark_)


def _drowned(preview: Preview, query: Query) -> None:
    """Which numbers the noise would hide, and what to do about it."""
    titles = tables.titles(query)
    found = [row for row in preview.rows if row.clarity is Clarity.DROWNED]
    if not found:
        return
    names = [
        wording.bracketed(
            wording.group(row.keys) + (f" · {row.cell}" if row.cell else ""), titles[row.statistic]
        )
        for row in found[:_MOST_NAMED]
    ]
    more = len(found) - len(names)
    rest = _(" and {n} more").format(n=outputs.count(more)) if more else ""
    st.warning(
        _(
            "These drown in the noise: {names}{rest}. Raise ε, group more coarsely, narrow the "
            "bounds, or do not read anything into them."
        ).format(names=wording.escaped(locales.joined(names, "clauses")), rest=rest),
        icon=":material/water:",
    )


def table(preview: Preview, query: Query) -> None:
    """The table that would be published, with its margins; sizes are for the officer only."""
    ranks = {s.name for s in query.statistics if s.kind is StatisticKind.TOP}
    numbers = [row for row in preview.rows if row.statistic not in ranks]
    if numbers and _view(query, numbers) == _CROSS:
        _cross(preview, query)
    elif numbers:
        _numbers(numbers, query)
    for statistic in query.statistics:
        if statistic.name in ranks:
            _ranking(statistic, preview, query)
    outputs.remark(
        _("Internal view: the numbers before noise are exact. Only a release may be published.")
    )


def _picture(preview: Preview, query: Query) -> None:
    """One statistic of the table as a picture, with the margins as whiskers."""
    drawable = [s for s in query.statistics if s.kind is not StatisticKind.TOP]
    if not drawable:
        return
    statistic = _chosen(drawable, "tradeoff_picture", _("Picture of"))
    rows = [row for row in preview.rows if row.statistic == statistic.name]
    if statistic.kind is StatisticKind.HISTOGRAM and query.by:
        groups = list(dict.fromkeys(row.keys for row in rows))
        if not groups:
            return
        keys = st.selectbox(
            _("Group in the picture"), groups, format_func=wording.group, key="tradeoff_group"
        )
        rows = [row for row in rows if row.keys == (keys if keys in groups else groups[0])]
    shown = tables.to_draw(rows, [row.size for row in rows], statistic, query)
    showing.chart(
        figures.bars(
            [row.cell or wording.group(row.keys) for row in shown],
            [row.size for row in shown],
            [row.margin for row in shown],
            _(statistic.title),
            is_histogram=statistic.kind is StatisticKind.HISTOGRAM,
        ),
        key="tradeoff_bars",
        alt=_("{what} before noise, with the margin of the noise as whiskers").format(
            what=_(statistic.title)
        ),
    )


def _curve(preview: Preview, query: Query) -> None:
    """How the margin falls as ε grows."""
    titles = {
        s.name: _(s.title) for s in query.statistics if s.kind is not StatisticKind.TOP
    }  # a rank has no margin that falls smoothly
    if not titles:
        return
    showing.chart(
        figures.error_curve(preview.curve, titles, float(preview.asked.epsilon)),
        key="tradeoff_curve",
        alt=_("The larger ε, the smaller the margin of error"),
    )


def _view(query: Query, rows: Sequence[PreviewRow]) -> str:
    """How the table is shown: two columns of groups can cross."""
    if len(query.by) != 2 or any(row.cell for row in rows):
        return _LIST
    view = st.radio(
        _("Show the table as"),
        [_LIST, _CROSS],
        horizontal=True,
        format_func=_,
        key="tradeoff_view",
        persist_state="session",
    )
    return str(view)


def _numbers(rows: Sequence[PreviewRow], query: Query) -> None:
    titles, has_cells = tables.titles(query), any(row.cell for row in rows)
    shown = [
        {
            **dict(zip(query.by, row.keys, strict=True)),
            _("Statistic"): titles[row.statistic],
            **({_("Bar"): row.cell} if has_cells else {}),
            _("Number (internal)"): row.size,
            _("Noise margin ±"): row.margin,
            _("Margin in %"): None if row.relative is None else 100 * row.relative,
            _("Clarity"): _(wording.CLARITY_WORDS[row.clarity]),
        }
        for row in rows[: tables.MOST_ROWS]
    ]
    number = st.column_config.NumberColumn(format="localized")
    outputs.table(
        shown,
        key="tradeoff_table",
        alt=_("The table that would be published, with the noise margin of each number"),
        column_config={
            _("Number (internal)"): number,
            _("Noise margin ±"): number,
            _("Margin in %"): st.column_config.NumberColumn(format=locales.share_shape("%.1f")),
        },
    )
    tables.cut_short(len(rows))


def _cross(preview: Preview, query: Query) -> None:
    drawable = [s for s in query.statistics if s.kind is not StatisticKind.TOP]
    statistic = _chosen(drawable, "tradeoff_crossed", _("Cross table of"))
    cells = {
        (row.keys[0], row.keys[1]): _("{n} ± {m} {clarity}").format(
            n=outputs.count(row.size),
            m=outputs.count(row.margin),
            clarity=_(wording.CLARITY_WORDS[row.clarity])[0],
        )
        for row in preview.rows
        if row.statistic == statistic.name
    }
    tables.crossed(
        cells,
        query,
        key="tradeoff_cross",
        alt=_("{what} by {rows} and {columns}, each number with its margin").format(
            what=_(statistic.title), rows=query.by[0], columns=query.by[1]
        ),
    )
    outputs.remark(_("✓ clear, ≈ rough, ✗ drowned; an empty cell is withheld."))


def _ranking(statistic: Statistic, preview: Preview, query: Query) -> None:
    rows = [row for row in preview.rows if row.statistic == statistic.name]
    outputs.table(
        [
            {
                _("Rank (internal)"): round(row.size),
                **dict(zip(query.by, row.keys, strict=True)),
                _("Can change places with"): _("{n} other groups").format(
                    n=outputs.count(row.margin)
                )
                if row.margin
                else _("no other group"),
            }
            for row in rows[: tables.MOST_ROWS]
        ],
        key="tradeoff_ranking",
        alt=_("{what}, with how many groups each can change places").format(
            what=_(statistic.title)
        ),
    )


def _chosen(statistics: Sequence[Statistic], key: str, label: str) -> Statistic:
    """One statistic, asked for where there are several."""
    if len(statistics) == 1:
        return statistics[0]
    names = {statistic.name: statistic for statistic in statistics}
    name = st.selectbox(label, list(names), format_func=lambda n: _(names[n].title), key=key)
    return names.get(str(name), statistics[0])
