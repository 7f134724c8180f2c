"""Section 4: every release, with what its guarantee rests on and what it does not cover."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import count as counter

from compliance.dataset.nouns import ColumnName
from compliance.i18n import meant
from compliance.i18n import translate as _
from compliance.privacy.nouns import Release
from compliance.privacy.nouns.question import (
    Condition,
    Granularity,
    Query,
    Statistic,
    StatisticKind,
)
from compliance.report import wording
from compliance.report.nouns import Evidence
from compliance.report.sections.events import to_events
from compliance.report.sections.guarantees import in_plain_words, to_guarantee
from compliance.report.sections.shapes import to_histograms, to_rankings
from compliance.report.sections.values import (
    MOST_GROUPS_PRINTED,
    grouped,
    units,
    value_chart,
    value_table,
)
from compliance.report.tables import Cell, Fill, Plain, fact, heading, stacked, table
from compliance.report.wording import count, loss_up


def to_releases(evidence: Evidence) -> Plain:
    """A table of all releases, then each on its own: per dataset, oldest first."""
    numbers = counter(1)
    groups = [
        (e.dataset.name, [(next(numbers), release) for release in in_order(e.releases)])
        for e in evidence.datasets
        if e.releases
    ]
    return {
        "overview": _overview([pair for __, pairs in groups for pair in pairs]),
        "groups": [
            {"dataset": name, "items": [_one(number, release) for number, release in pairs]}
            for name, pairs in groups
        ],
    }


def in_order(releases: Sequence[Release]) -> list[Release]:
    """Oldest first, as the ledger has them."""
    return sorted(releases, key=lambda release: wording.to_utc(release.released_at))


def title_of(query: Query) -> str:
    """What was published, in a few words."""
    what = wording.listed([wording.abridged(_(s.title)) for s in query.statistics])
    if query.by:
        by = wording.listed([_by(query, column) for column in query.by])
        what = _("{what} by {by}").format(what=what, by=by)
    return wording.capital(what)


def _overview(releases: Sequence[tuple[int, Release]]) -> Plain | None:
    headings = [
        heading(_("No."), fill=Fill.NUMBER),
        heading(_("Release"), 3.4, Fill.NAME),
        heading(_("A person counts in"), 2.2),
        heading(_("Noise"), 1.3),
        heading(_("Groups"), fill=Fill.NUMBER),
        heading("ε", fill=Fill.NUMBER),
        heading("δ", fill=Fill.NUMBER),
    ]
    rows: list[list[Cell]] = [
        [
            count(number),
            stacked(
                title_of(release.query),
                _("{dataset}, {day}").format(dataset=release.dataset_id, day=_day(release)),
            ),
            _short_bounds(release.query),
            wording.capital(_(release.query.mechanism.value.replace("_", " "))),
            count(len({value.keys for value in release.values})),
            loss_up(release.price.epsilon),
            loss_up(release.price.delta),
        ]
        for number, release in releases
    ]
    return table(headings, rows)


def _day(release: Release) -> str:
    return wording.day(release.released_at)


def _short_bounds(query: Query) -> str:
    rows = count(query.max_rows_per_group, "row")
    return (
        _("{groups}, {rows} in each").format(groups=count(query.max_groups, "group"), rows=rows)
        if query.by
        else rows
    )


def _one(number: int, release: Release) -> Plain:
    return {
        "title": _("Release {number}: {title}").format(number=number, title=title_of(release.query))
    } | to_release(release)


def to_release(release: Release) -> Plain:
    """What one release asked, rests on and published, and what bounding left out."""
    query, groups = release.query, grouped(release.query, release.values)
    return {
        "asked": asked_in_words(query),
        "facts": _facts(release),
        "privacy": to_guarantee(release),
        "meaning": in_plain_words(release),
        "clamps": _clamps(query.statistics),
        "events": to_events(release.events),
        "has_values": bool(release.values),
        "values": value_table(query, groups),
        "values_left": max(len(groups) - MOST_GROUPS_PRINTED, 0),
        "rankings": to_rankings(release),
        "histograms": to_histograms(release),
        "units": units(query.statistics),
        "chart": value_chart(query, groups),
        "dropped": _dropped(release),
    }


def asked_in_words(query: Query) -> str:
    """The question as one sentence."""
    what = wording.listed([_the(statistic) for statistic in query.statistics])
    each = wording.listed([_each(query, column) for column in query.by])
    of = _("for each {each}").format(each=each) if query.by else _("over the whole table")
    where = wording.listed([_condition(c) for c in query.where])
    only = _(", only rows where {where}").format(where=where) if query.where else ""
    others = wording.listed(
        [
            _("{dataset} (by {unit})").format(dataset=join.dataset, unit=join.unit)
            for join in query.join
        ]
    )
    joined = (
        _("; joined with {others}, one row of each person there").format(others=others)
        if query.join
        else ""
    )
    return wording.sentence(
        _("{what}, {of}{only}{joined}").format(what=what, of=of, only=only, joined=joined)
    )


def _the(statistic: Statistic) -> str:
    if statistic.title.startswith("the "):
        return _(statistic.title)
    return _("the {what}").format(what=_(statistic.title))


def _by(query: Query, column: ColumnName) -> str:
    how, name = query.coarse.get(column), wording.abridged(column)
    return _("{per} of {name}").format(per=_(str(how.per)), name=name) if how and how.per else name


def _each(query: Query, column: ColumnName) -> str:
    how = query.coarse.get(column)
    if how is None:
        return _("value of {column}").format(column=column)
    if how.per is not None:
        return _("{per} of {column}").format(per=_(str(how.per)), column=column)
    return _("of {ranges} of {column}").format(
        ranges=count(len(how.edges) - 1, "range"), column=column
    )


def _condition(condition: Condition) -> str:
    signs = {"!=": "≠", "<=": "≤", ">=": "≥"}
    sign = signs.get(condition.comparison.value, condition.comparison.value)
    return f"{condition.column} {sign} {condition.value}"


def _facts(release: Release) -> list[Plain]:
    libraries = [f"{name} {version}" for name, version in sorted(release.libraries.items())]
    return [
        fact(
            _("Released"),
            _("{when}, by {actor}").format(
                when=wording.when(release.released_at), actor=release.actor
            ),
            fill=Fill.NAME,
        ),
        fact(_("Reference"), release.id, fill=Fill.NAME),
        fact(_("Computed from"), release.dataset_id, fill=Fill.NAME),
        fact(_("Paid from the budget of"), release.population, fill=Fill.NAME),
        fact(
            _("Noise drawn by"),
            wording.recorded(wording.enumerated(libraries)),
            fill=Fill.NAME,
            missing=not libraries,
        ),
    ]


def _clamps(statistics: Sequence[Statistic]) -> Plain | None:
    headings = [
        heading(_("Each row's value is clamped for"), 4, Fill.NAME),
        heading(_("In steps of"), 2),
        heading(meant("of a range", "From"), fill=Fill.NUMBER),
        heading(meant("of a range", "To"), fill=Fill.NUMBER),
    ]
    rows = [
        [wording.abridged(_(s.title)), _step(s), _decimal(s.lower), _decimal(s.upper)]
        for s in statistics
        if s.column is not None
    ]
    return table(headings, rows)


def _decimal(bound: Decimal | None) -> str:
    if bound is None:
        return _(wording.NOT_RECORDED)
    return wording.formatted(bound.normalize(), ",f")


def _step(statistic: Statistic) -> str:
    if statistic.kind is StatisticKind.QUANTILE:
        return _("{step}, of which one is chosen").format(step=_decimal(statistic.step))
    cents = statistic.granularity is Granularity.CENTS
    step = _("one hundredth") if cents else _("whole numbers")
    if statistic.kind is StatisticKind.HISTOGRAM:
        return _("{step}, in {bars}").format(step=step, bars=count(len(statistic.edges) - 1, "bar"))
    return step


def _dropped(release: Release) -> list[Plain]:
    dropped = release.dropped
    return [
        fact(
            _("Rows left out"), _("{rows}, for any reason").format(rows=count(dropped.rows, "row"))
        ),
        fact(
            _("Cut by the bounds"),
            _("{people}, of whom not every row counts").format(
                people=count(dropped.units, "person", plural="people")
            ),
        ),
        fact(_("Rows that name no person"), count(dropped.rows_without_unit, "row")),
    ]
