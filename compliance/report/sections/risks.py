"""How well a table protected the people in it, before and after it was anonymised."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from compliance.anonymise.nouns.found import Measures, Risk, SensitiveMeasures
from compliance.anonymise.nouns.record import Anonymised
from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.report import charts, wording
from compliance.report.sections.attacks import share_in_words
from compliance.report.tables import Cell, Fill, Plain, heading, stacked, table
from compliance.report.wording import count

MOST_SENSITIVE_PRINTED = 20
_BOUNDS = (1, 2, 5, 10, 20, 50, 100, 1000)
_SENSITIVE = (
    ("distinct_l", mark("distinct l"), 0),
    ("entropy_l", mark("entropy l"), 2),
    ("recursive_c", mark("recursive c (l = 2)"), 2),
    ("equal_t", mark("t, equal distance"), 3),
    ("ordered_t", mark("t, ordered distance"), 3),
    ("hierarchical_t", mark("t, hierarchical distance"), 3),
    ("beta", "β", 3),
    ("delta", "δ", 3),
)
_MODELS = {
    "zayatz": "Zayatz",
    "snb": "SNB",
    "pitman": "Pitman",
    "dankar": "Dankar",
}


def to_risks(done: Anonymised) -> Plain:
    """Both tables and the chart of group sizes."""
    before, after = done.proof.before, done.proof.after
    return {
        "table": _measures(before, after),
        "sensitive": _sensitive(before, after),
        "worse": _worse(before, after),
        "sensitive_left": max(0, len(before.sensitive) - MOST_SENSITIVE_PRINTED),
        "chart": _sizes(before, after, done.plan.k),
    }


def unit_of(measures: Measures) -> str:
    """What is counted in groups: rows, or people where a column tells them apart."""
    return _("row") if measures.people is None else _("person")


def counted(number: int, measures: Measures) -> str:
    """`12 rows`, or `12 people`."""
    if measures.people is not None:
        return count(number, "person", plural="people")
    return count(number, "row")


def everybody(measures: Measures) -> int:
    """How many there are of what is counted."""
    return measures.rows if measures.people is None else measures.people


def _measures(before: Measures, after: Measures) -> Plain | None:
    headings = [
        heading(_("Measure"), 4.4),
        heading(_("Before"), fill=Fill.NUMBER),
        heading(_("After"), fill=Fill.NUMBER),
        heading(_("Better is"), 1.2),
    ]
    both = (before, after)
    rows: list[list[Cell]] = [
        [_("Rows"), *(count(m.rows) for m in both), "–"],
        *_people(both),
        [_("Groups of rows that look alike"), *(count(m.classes) for m in both), "–"],
        [
            stacked(_("Smallest group (k)"), _("counted in {units}").format(units=_units(after))),
            *(count(m.k) for m in both),
            _("more"),
        ],
        [
            stacked(_("Groups of one"), _("whoever is in them stands alone")),
            *(count(m.uniques) for m in both),
            _("fewer"),
        ],
        *_risk(_("Prosecutor"), before.prosecutor, after.prosecutor),
        *_risk(_("Journalist"), before.journalist, after.journalist),
        *_risk(_("Marketer"), before.marketer, after.marketer),
        *_population(both),
    ]
    return table(headings, rows)


def _people(both: Sequence[Measures]) -> list[list[Cell]]:
    if all(m.people is None for m in both):
        return []
    told = [_("not told apart") if m.people is None else count(m.people) for m in both]
    return [[_("People"), *told, "–"]]


def _units(measures: Measures) -> str:
    return _("people") if measures.people is not None else _("rows")


def _risk(name: str, before: Risk, after: Risk) -> list[list[Cell]]:
    return [
        [
            _("{name}’s risk, largest").format(name=name),
            share_in_words(before.max),
            share_in_words(after.max),
            _("less"),
        ],
        [
            _("{name}’s risk, mean").format(name=name),
            share_in_words(before.mean),
            share_in_words(after.mean),
            _("less"),
        ],
    ]


def _population(both: Sequence[Measures]) -> list[list[Cell]]:
    models = dict.fromkeys(name for m in both for name in m.population)
    return [
        [
            _("Unique in the population, by {model}").format(model=_MODELS.get(model, model)),
            *(
                share_in_words(m.population[model]) if model in m.population else _("not estimated")
                for m in both
            ),
            _("less"),
        ]
        for model in models
    ]


def _sensitive(before: Measures, after: Measures) -> Plain | None:
    headings = [
        heading(_("Sensitive column"), 3, Fill.NAME),
        heading(_("Measure"), 3),
        heading(_("Before"), fill=Fill.NUMBER),
        heading(_("After"), fill=Fill.NUMBER),
        heading(_("Better is"), 1.2),
    ]
    rows: list[list[Cell]] = []
    for column in list(before.sensitive)[:MOST_SENSITIVE_PRINTED]:
        was, is_ = before.sensitive[column], after.sensitive.get(column)
        for field, title, decimals in _SENSITIVE:
            if field == "hierarchical_t" and was.hierarchical_t is None:
                continue
            told = [_figure(m, field, decimals) for m in (was, is_)]
            rows.append(
                [
                    wording.abridged(column),
                    _(title),
                    *told,
                    _("more") if field.endswith("_l") else _("less"),
                ]
            )
    return table(headings, rows)


def _worse(before: Measures, after: Measures) -> list[str]:
    """Which measures of which columns are worse in the output; that can happen."""
    found = []
    for column, was in before.sensitive.items():
        is_ = after.sensitive.get(column)
        if is_ is not None:
            named = [_(title) for field, title, __ in _SENSITIVE if _is_worse(was, is_, field)]
            if named:
                name = wording.abridged(column)
                found.append(
                    _("Worse than before for {name}: {measures}.").format(
                        name=name, measures=wording.listed(named)
                    )
                )
    return found[:MOST_SENSITIVE_PRINTED]


def _is_worse(was: SensitiveMeasures, is_: SensitiveMeasures, field: str) -> bool:
    old, new = getattr(was, field), getattr(is_, field)
    if old is None or new is None:
        return old is not None and field == "recursive_c"
    return bool(new < old if field.endswith("_l") else new > old)


def _figure(measures: SensitiveMeasures | None, field: str, decimals: int) -> str:
    if measures is None:
        return _("not in it")
    value = getattr(measures, field)
    if value is None:
        return _("never holds") if field == "recursive_c" else _(wording.NO_NUMBER)
    if value == math.inf:
        return _("unbounded")
    return wording.number(value, decimals)


def _sizes(before: Measures, after: Measures, k: int) -> Plain | None:
    """The share of rows in groups of each size; None where sizes are not recorded."""
    if not before.sizes or not after.sizes:
        return None
    bounds = sorted({*_BOUNDS, k})
    spans = [*pairwise(bounds), (bounds[-1], None)]
    pairs = [(_within(before, span), _within(after, span)) for span in spans]
    labels = [_span_in_words(span) for span in spans]
    told = [
        _("{label}: {was} before, {now} after").format(
            label=label, was=wording.percent(was / 100, 1), now=wording.percent(is_ / 100, 1)
        )
        for label, (was, is_) in zip(labels, pairs, strict=True)
        if was or is_
    ]
    return charts.pair_chart(
        labels,
        _("{units} in groups of that size, in percent").format(
            units=wording.capital(_units(after))
        ),
        pairs,
        (_("before"), _("after")),
        alt=_("Sizes of groups of rows that look alike. {told}.").format(told=wording.joined(told)),
        caption=_("How large the groups are in which people hide; larger ones hide better."),
    )


def _within(measures: Measures, span: tuple[int, int | None]) -> float:
    """Percent of all that is in groups of these sizes."""
    low, end = span
    held = sum(
        size * classes
        for size, classes in measures.sizes
        if size >= low and (end is None or size < end)
    )
    total = sum(size * classes for size, classes in measures.sizes)
    return 100 * held / total if total else 0.0


def _span_in_words(span: tuple[int, int | None]) -> str:
    low, end = span
    if end is None:
        return _("{low} and more").format(low=count(low))
    if low == 1 == end - 1:
        return _("1 (alone)")
    return (
        count(low)
        if end == low + 1
        else _("{low} to {end}").format(low=count(low), end=count(end - 1))
    )
