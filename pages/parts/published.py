"""A release as everybody may see it, and beside it what is for the officer alone."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from compliance.i18n import locales, meant
from compliance.i18n import translate as _
from compliance.privacy.nouns import Release, ReleasedValue
from compliance.privacy.nouns.question import Statistic, StatisticKind
from pages.parts import figures, outputs, tables, wording
from pages.parts.figures import showing


def title(done: Release) -> str:
    """When, for how much, what: on one line."""
    when, epsilon = outputs.moment(done.released_at), wording.plain(done.price.epsilon)
    return f"{when} · ε = {epsilon} · {wording.in_words(done.query, short=True)}"


def release(done: Release) -> None:
    """The published numbers with their margins, and what their guarantee rests on."""
    if not done.values:
        st.markdown(_("No group reached the threshold, so no number was published."))
    else:
        _pictures(done)
        _table(done)
        for statistic in done.query.statistics:
            if statistic.kind is StatisticKind.TOP:
                _ranking(done, statistic)
    _guarantee(done)


def _pictures(done: Release) -> None:
    """One picture: of the statistic asked for, where there are several."""
    drawable = {
        s.name: s
        for s in done.query.statistics
        if s.kind is not StatisticKind.TOP and len(_of(done, s)) > 1
    }
    if not drawable:
        return
    name = next(iter(drawable))
    if len(drawable) > 1:
        name = str(
            st.selectbox(
                _("Picture of"),
                list(drawable),
                format_func=lambda n: _(drawable[n].title),
                key=f"release_picture_{done.id}",
            )
        )
    _picture(done, drawable.get(name) or next(iter(drawable.values())))


def _picture(done: Release, statistic: Statistic) -> None:
    values, what = _of(done, statistic), _(statistic.title)
    if statistic.kind is StatisticKind.HISTOGRAM:
        values = _of_one_group(done, values)
    values = tables.to_draw(values, [v.value for v in values], statistic, done.query)
    labels = [v.cell or wording.group(v.keys) for v in values]
    numbers = [v.value for v in values]
    if statistic.kind is StatisticKind.QUANTILE:
        lows = [v.value if v.low is None else v.low for v in values]
        highs = [v.value if v.high is None else v.high for v in values]
        figure = figures.intervals(labels, numbers, lows, highs, what)
        alt = _("{what} per group, with the interval that holds the exact one").format(what=what)
    else:
        is_histogram = statistic.kind is StatisticKind.HISTOGRAM
        margins = [v.margin or 0.0 for v in values]
        figure = figures.bars(labels, numbers, margins, what, is_histogram=is_histogram)
        alt = _("{what} with the noise margin as whiskers").format(what=what)
    showing.chart(figure, key=f"release_chart_{done.id}", alt=alt)


def _of_one_group(done: Release, values: Sequence[ReleasedValue]) -> list[ReleasedValue]:
    """Of a histogram, the bars of the group asked for."""
    groups = list(dict.fromkeys(value.keys for value in values))
    keys = groups[0]
    if len(groups) > 1:
        keys = st.selectbox(
            _("Group in the picture"),
            groups,
            format_func=wording.group,
            key=f"release_group_{done.id}",
        )
    return [value for value in values if value.keys == keys]


def _table(done: Release) -> None:
    ranks = {s.name for s in done.query.statistics if s.kind is StatisticKind.TOP}
    values = [value for value in done.values if value.statistic not in ranks]
    if not values:
        return
    number = st.column_config.NumberColumn(format="localized")
    outputs.table(
        _rows(done, values[: tables.MOST_ROWS]),
        key=f"release_table_{done.id}",
        alt=_("The published table"),
        column_config=dict.fromkeys(
            (
                _("Value"),
                _("Noise margin ±"),
                meant("of a range", "From"),
                meant("of a range", "To"),
            ),
            number,
        ),
    )
    tables.cut_short(len(values))


def _rows(done: Release, values: Sequence[ReleasedValue]) -> list[dict[str, object]]:
    titles = tables.titles(done.query)
    has_cells = any(value.cell for value in values)
    has_interval = any(value.low is not None for value in values)
    return [
        {
            **dict(zip(done.query.by, value.keys, strict=True)),
            _("Statistic"): titles[value.statistic],
            **({_("Bar"): value.cell} if has_cells else {}),
            _("Value"): value.value,
            _("Noise margin ±"): value.margin,
            **(
                {meant("of a range", "From"): value.low, meant("of a range", "To"): value.high}
                if has_interval
                else {}
            ),
        }
        for value in values
    ]


def _ranking(done: Release, statistic: Statistic) -> None:
    """The largest groups in their published order."""
    ranked = sorted(_of(done, statistic), key=lambda value: value.value)
    what = wording.title(statistic)
    lines = [f"{locales.formatted(value.value, '.0f')}. {_named(value)}" for value in ranked]
    st.markdown(f"**{wording.capital(what)}**\n\n" + "\n".join(lines))


def _named(value: ReleasedValue) -> str:
    """A group's keys as Markdown that shows them as they are."""
    return "`" + wording.group(value.keys).replace("`", "ʼ") + "`"


def _of(done: Release, statistic: Statistic) -> list[ReleasedValue]:
    return [value for value in done.values if value.statistic == statistic.name]


def _guarantee(done: Release) -> None:
    """What the guarantee of a release rests on."""
    query, price = done.query, done.price
    keys = _("public") if query.has_public_keys else _("private, over a threshold")
    delta = f"δ = {locales.formatted(price.delta, '.2g')}" if price.delta else _("no δ")
    rho = "" if price.rho is None else f", ρ = {locales.formatted(float(price.rho), '.4g')}"
    st.markdown(
        f"**ε = {wording.plain(price.epsilon)}**, {delta}{rho} · "
        + _("{mechanism} by OpenDP {version} · group keys {keys}").format(
            mechanism=_(wording.NOISE_WORDS[query.mechanism]),
            version=done.libraries["opendp"],
            keys=keys,
        )
    )
    if done.prices is not None:
        outputs.prices(done.prices)
    outputs.remark(
        _(
            "Internal, not for publication: {rows} rows did not count ({without} name no person); "
            "{units} people were cut by the bounds."
        ).format(
            rows=outputs.count(done.dropped.rows),
            without=outputs.count(done.dropped.rows_without_unit),
            units=outputs.count(done.dropped.units),
        )
    )
