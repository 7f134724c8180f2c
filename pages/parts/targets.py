"""Accuracy first: how exact each number must be, and the smallest ε that makes it so."""

from __future__ import annotations

from decimal import Decimal

import streamlit as st

from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.privacy.nouns.planning import Coverage, Planned, Target
from compliance.privacy.nouns.question import Query, Statistic, StatisticKind
from pages.parts import outputs, session, tables, wording
from pages.parts.drafts import kept
from pages.parts.scopes import Scope

EPSILON, EXACTNESS = "ε", "exactness"
_WAYS = {EPSILON: "I choose ε", EXACTNESS: "I know how exact it must be"}
_COVERAGES = {
    Coverage.MIDDLE: "at least the middle group",
    Coverage.MOST: "at least 90 % of the groups",
    Coverage.ALL: "all groups shown",
}
_PERCENT, _ABSOLUTE = "%", "±"


def way() -> str:
    """Whether ε is chosen, or how exact the numbers must be."""
    chosen = st.radio(
        _("What do you know?"),
        list(_WAYS),
        horizontal=True,
        format_func=lambda way: _(_WAYS[way]),
        key="tradeoff_way",
        persist_state="session",
    )
    return str(chosen)


def planned(scope: Scope, query: Query, delta: Decimal) -> Planned | None:
    """The plan for how exact the numbers must be; None until it was asked for.

    Raises:
        PrivacyParameterError: a margin is no number.
        OutOfReachError: no ε makes it so exact.
    """
    with st.container(border=True):
        st.markdown(_("95 times in 100, each number shall be within this margin of the exact one:"))
        typed = [
            _typed(scope, statistic)
            for statistic in query.statistics
            if statistic.kind is not StatisticKind.TOP
        ]
        is_asked = st.button(_("Find the smallest ε"), type="primary", key="tradeoff_plan")
        place = f"tradeoff_planned_{scope.dataset.id}"
        sought = (query, tuple(typed), delta)
        if is_asked:
            targets = [t for row in typed if (t := _target(*row)) is not None]
            answer = session.workspace().plan(scope.dataset.name, query, targets, delta)
            st.session_state[place] = (sought, answer)
        answered, kept_answer = st.session_state.get(place, (None, None))
        if answered != sought:
            outputs.remark(_("Nothing is drawn or spent by asking. Empty means: as it comes."))
            return None
        found: Planned = kept_answer
        _told(found, query)
    return found


def _typed(scope: Scope, statistic: Statistic) -> tuple[str, str, str, Coverage]:
    """The fields of one statistic: its name, how much, of what, for how many groups."""
    name, what = statistic.name, wording.title(statistic)
    within, unit, coverage = st.columns([3, 2, 3], vertical_alignment="bottom")
    how_much = within.text_input(
        _("{what}: within").format(what=what), **kept(scope, "within", name, start="5")
    )
    of = unit.radio(
        _("{what}: of what").format(what=what),
        [_PERCENT, _ABSOLUTE],
        horizontal=True,
        format_func=lambda of: _("% of it") if of == _PERCENT else _("± in its unit"),
        **kept(scope, "within_of", name, start=_PERCENT),
    )
    groups = coverage.selectbox(
        _("{what}: for").format(what=what),
        [*Coverage],
        format_func=lambda c: _(_COVERAGES[c]),
        **kept(scope, "coverage", name, start=Coverage.MOST),
    )
    return name, str(how_much or "").strip(), str(of), Coverage(groups)


def _target(name: str, typed: str, of: str, coverage: Coverage) -> Target | None:
    if not typed:
        return None
    margin = wording.typed_number(_("The margin"), typed.removesuffix("%"))
    is_relative = of == _PERCENT
    within = margin / 100 if is_relative else margin
    return Target(statistic=name, within=within, is_relative=is_relative, coverage=coverage)


def _told(found: Planned, query: Query) -> None:
    """The smallest ε, and how far each number then comes."""
    titles = tables.titles(query)
    st.markdown(
        _("The smallest ε is **{epsilon}** (δ = {delta}).").format(
            epsilon=wording.plain(found.asked.epsilon),
            delta=locales.formatted(found.asked.delta, ".0e"),
        )
    )
    lines = [
        _("- {what}: {n} of {all} groups are that exact; the widest margin is ± {widest}").format(
            what=wording.escaped(titles[reached.statistic]),
            n=outputs.count(reached.meeting),
            all=outputs.count(reached.groups),
            widest=outputs.count(round(reached.widest, 2)),
        )
        for reached in found.reached
    ]
    st.markdown("\n".join(lines))
