"""How groups are formed, how much of one person counts, which noise, and which rows."""

from __future__ import annotations

import streamlit as st

from compliance.i18n import translate as _
from compliance.privacy.nouns.question import Mechanism, Per
from pages.parts import drafts, outputs, wording
from pages.parts.drafts import kept
from pages.parts.scopes import MOMENTS, NUMBERS, Scope

_NOISES = {
    Mechanism.GAUSSIAN: "Gaussian: the usual one, least noise for many numbers; needs δ",
    Mechanism.LAPLACE: "Laplace: no δ needed where all groups are public",
    Mechanism.RANDOMISED_RESPONSE: "Randomised response: each person’s answer is changed by chance",
}


def groups(scope: Scope) -> None:
    """How dates and numbers become groups."""
    coarse = [
        name
        for name in drafts.chosen(scope, "by")
        if scope.columns[name].type in (*MOMENTS, *NUMBERS)
    ]
    for name, place in zip(coarse, st.columns(max(len(coarse), 2)), strict=False):
        if scope.columns[name].type in MOMENTS:
            place.selectbox(
                _("{column}: one group per").format(column=wording.escaped(name)),
                [*map(str, Per), ""],
                format_func=lambda per: _(per) if per else _("different value"),
                **kept(scope, "per", name, start=str(Per.MONTH)),
            )
        else:
            place.text_input(
                _("{column}: groups begin at").format(column=wording.escaped(name)),
                placeholder=_("empty: one group per value"),
                help=_("Where the groups begin and the last one ends, such as 0, 10, 20, 50."),
                **kept(scope, "edges", name, start=""),
            )


def per_person(scope: Scope) -> None:
    """In how many groups, with how many rows, in how many periods one person counts."""
    one, two, three, four = st.columns(4)
    one.number_input(_("Groups per person"), 1, 1_000_000, **kept(scope, "groups"))
    two.number_input(_("Rows per person and group"), 1, 1_000_000, **kept(scope, "rows"))
    moments = [name for name in drafts.chosen(scope, "by") if drafts.held(scope, "per", name)]
    if drafts.held(scope, "period") not in moments:
        drafts.put(scope, "period", "")
    three.selectbox(
        _("Published again over time"),
        ["", *moments],
        format_func=lambda name: _("along {c}").format(c=name) if name else _("no"),
        help=_("Group by a date, per month or so; then say here that it is published each time."),
        **kept(scope, "period"),
    )
    if drafts.held(scope, "period"):
        four.number_input(
            _("In how many of them one person counts"), 1, 1_000_000, **kept(scope, "most")
        )
    outputs.remark(_("Whatever one person has beyond that is left out, by a secret lot."))


def public_groups(scope: Scope) -> None:
    """The groups that may be shown whatever the data say."""
    by = [name for name in drafts.chosen(scope, "by") if not drafts.held(scope, "edges", name)]
    if not by:
        return
    for name, place in zip(by, st.columns(max(len(by), 2)), strict=False):
        place.text_area(
            _("{column}: groups that are public knowledge").format(column=wording.escaped(name)),
            placeholder=_("empty: groups of few people are withheld"),
            help=_(
                "One per line, or commas between them. They are shown whatever the data say, empty "
                "or not; other groups are left out. Never copy them from these data."
            ),
            height=80,
            **kept(scope, "public", name, start=""),
        )


def noise(scope: Scope) -> None:
    """Which noise, with its conditions, and the filter."""
    left, right = st.columns(2)
    left.radio(
        _("Noise"), list(map(str, Mechanism)), format_func=_noise_words, **kept(scope, "noise")
    )
    with right:
        st.text_input(
            _("Only rows where"),
            placeholder=_("for instance: {example}").format(example=_example(scope)),
            help=_("Comparisons such as Quantity > 0, joined by “and”."),
            **kept(scope, "where"),
        )
        if drafts.held(scope, "noise") == Mechanism.RANDOMISED_RESPONSE:
            _conditions_of_response(scope)


def _noise_words(mechanism: str) -> str:
    return _(_NOISES[Mechanism(mechanism)])


def _conditions_of_response(scope: Scope) -> None:
    """What randomised response needs, each with whether the form has it."""
    by, counts = drafts.chosen(scope, "by"), drafts.chosen(scope, "statistics")
    is_public = bool(by) and all(
        str(drafts.held(scope, "public", name) or drafts.held(scope, "edges", name) or "").strip()
        for name in by
    )
    needs = (
        (
            _("it counts people, and nothing else"),
            counts == ["count people"] and not drafts.held(scope, "columns"),
        ),
        (_("in groups by one column"), len(by) == 1),
        (_("whose groups are all listed as public"), is_public),
        (_("each person in one group"), drafts.held(scope, "groups") == 1),
    )
    lines = [
        f"- :{'green' if is_met else 'orange'}[:material/{'check' if is_met else 'close'}:] "
        f"{words}{'' if is_met else ' — ' + _('not yet')}"
        for words, is_met in needs
    ]
    st.markdown(_("Randomised response asks for this:") + "\n" + "\n".join(lines))


def _example(scope: Scope) -> str:
    numbers = scope.number_columns()
    return f"{numbers[0]} > 0" if numbers else f"{scope.dataset.columns[0].name} = 'a'"
