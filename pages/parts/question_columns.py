"""The first line of the form, and one line for each column whose numbers are asked."""

from __future__ import annotations

import streamlit as st

from compliance.i18n import translate as _
from pages.parts import drafts, language, outputs, wording
from pages.parts.drafts import kept
from pages.parts.scopes import Scope

KIND_WORDS = {
    "sum": "sum",
    "mean": "average (mean)",
    "median": "median",
    "percentiles": "percentiles",
    "histogram": "histogram",
    "variance": "variance",
    "standard deviation": "standard deviation",
}
_STEPS = {"whole": "whole numbers", "cents": "hundredths (cents)"}


def sentence(scope: Scope) -> None:
    """Count what, about which columns, in which groups, of whom: one line on a wide screen."""
    counts, columns, groups, unit = st.columns([5, 5, 5, 4])
    counts.multiselect(
        _("Count"),
        [*drafts.COUNTS, drafts.LARGEST],
        format_func=_,
        placeholder=_("nothing"),
        wrap=True,
        **kept(scope, "statistics"),
    )
    numbers = scope.number_columns()
    columns.multiselect(
        _("Compute from columns"),
        _with_chosen(scope, "columns", numbers),
        placeholder=_("none"),
        wrap=True,
        **kept(scope, "columns"),
    )
    groups.multiselect(
        _("In groups by"),
        _with_chosen(scope, "by", scope.group_columns()),
        max_selections=drafts.MOST_BY,
        placeholder=_("all together"),
        wrap=True,
        help=_("Columns of other datasets about the same people are named `dataset.column`."),
        **kept(scope, "by"),
    )
    unit.selectbox(
        _("Whose privacy"),
        list(scope.dataset.column_names),
        index=None,
        placeholder=_("choose a column"),
        help=_("The column that tells one person from another."),
        **kept(scope, "unit"),
    )


def details(scope: Scope) -> None:
    """Per column, what is computed and where its values lie; how many of the largest groups."""
    for column in drafts.chosen(scope, "columns"):
        drafts.begin_column(scope, column)
        _column(scope, column)
    if drafts.LARGEST in drafts.chosen(scope, "statistics"):
        how_many, of = st.columns([1, 3])
        how_many.number_input(
            _("How many of the largest groups"), 1, 1000, **kept(scope, "largest")
        )
        of.radio(
            _("Largest by"),
            ["rows", "units"],
            horizontal=True,
            format_func=lambda of: _("number of people") if of == "units" else _("number of rows"),
            **kept(scope, "largest_of"),
        )


def _column(scope: Scope, column: str) -> None:
    kinds, lower, upper, step = st.columns([6, 3, 3, 4])
    kinds.multiselect(
        _("{column}: compute").format(column=wording.escaped(column)),
        drafts.KINDS,
        format_func=lambda kind: _(KIND_WORDS[kind]),
        placeholder=_("nothing"),
        wrap=True,
        **kept(scope, "kinds", column),
    )
    bound_help = _(
        "From what you know of such values, never from looking at these data. "
        "Values beyond count as the bound."
    )
    lower.text_input(_("Lowest value that counts"), help=bound_help, **kept(scope, "lower", column))
    upper.text_input(
        _("Highest value that counts"), help=bound_help, **kept(scope, "upper", column)
    )
    step.selectbox(
        _("Counted in"),
        list(_STEPS),
        format_func=lambda unit: _(_STEPS[unit]),
        **kept(scope, "unit_of", column),
    )
    _presets(scope, column)
    _more(scope, column, drafts.chosen(scope, "kinds", column))


def _presets(scope: Scope, column: str) -> None:
    """Bounds from public knowledge to choose from, with their source."""
    presets = {preset.id: preset for preset in scope.presets(column)}
    if not presets:
        outputs.remark(_("There is no public knowledge about such values here; say what you know."))
        return
    typed = [str(drafts.held(scope, end, column)).strip() for end in ("lower", "upper")]
    words = {
        id_: f"{wording.plain(p.lower)} – {wording.plain(p.upper)} {p.currency}".strip()
        for id_, p in presets.items()
    }
    chosen = next(
        (
            id_
            for id_, p in presets.items()
            if [wording.as_typed(p.lower), wording.as_typed(p.upper)] == typed
        ),
        None,
    )
    drafts.put(scope, "preset", chosen, column)
    st.radio(
        _("{column}: bounds from public knowledge").format(column=wording.escaped(column)),
        list(presets),
        format_func=lambda id_: f"{words[id_]}: {_(presets[id_].title)}",
        horizontal=True,
        key=drafts.key(scope, "preset", column),
        on_change=_take_preset,
        args=(scope, column),
    )
    if chosen:
        outputs.remark(
            _("From public knowledge, not from these data. Source: {source}.").format(
                source=presets[chosen].source
            )
        )


@language.callback
def _take_preset(scope: Scope, column: str) -> None:
    chosen = drafts.held(scope, "preset", column)
    if chosen:
        drafts.bounds_from(scope, column, str(chosen))


def _more(scope: Scope, column: str, kinds: list[str]) -> None:
    """What only some kinds ask."""
    has_choice = "percentiles" in kinds or "median" in kinds
    asked = [has_choice, "percentiles" in kinds, "histogram" in kinds]
    if not any(asked):
        return
    places = iter(st.columns(max(sum(asked), 2)))
    if "percentiles" in kinds:
        next(places).text_input(
            _("{column}: percentiles").format(column=wording.escaped(column)),
            help=_("75 asks for the value that three quarters of the rows lie below."),
            **kept(scope, "percentiles", column, start="25, 75"),
        )
    if "histogram" in kinds:
        next(places).text_input(
            _("{column}: bars").format(column=wording.escaped(column)),
            help=_("How many, such as 10; or where they begin and the last one ends: 0, 10, 50."),
            **kept(scope, "bars", column, start="10"),
        )
    if has_choice:
        next(places).text_input(
            _("{column}: answer in steps of").format(column=wording.escaped(column)),
            placeholder=_("about a thousandth of the range"),
            **kept(scope, "step", column, start=""),
        )


def _with_chosen(scope: Scope, thing: str, options: list[str]) -> list[str]:
    """The options, and what a question from a file chose beyond them."""
    return [*options, *(name for name in drafts.chosen(scope, thing) if name not in options)]
