"""Four questions in words that end in the unit, the bounds per person and the period."""

from __future__ import annotations

import streamlit as st

from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.privacy.nouns.question import Per
from pages.parts import drafts, language, outputs, wording
from pages.parts.drafts import kept
from pages.parts.scopes import MOMENTS, Scope

_ONE, _SEVERAL, _UNKNOWN = "one", "several", "unknown"
_IDS = {
    _ONE: "No, one person is one value there",
    _SEVERAL: "Yes: several accounts, cards or guest orders",
    _UNKNOWN: "I do not know",
}
_ROWS = (1, 3, 10, 30, 100)
_ONCE = "once"
_AGAIN = {
    _ONCE: "No, once",
    str(Per.DAY): "Yes, every day",
    str(Per.MONTH): "Yes, every month",
    str(Per.QUARTER): "Yes, every quarter",
    str(Per.YEAR): "Yes, every year",
}
_USUAL_MOST = {str(Per.DAY): 30, str(Per.MONTH): 12, str(Per.QUARTER): 4, str(Per.YEAR): 3}


@language.dialog(mark("Four questions about the people"), width="large")
def interview(scope: Scope) -> None:
    """Ask; the answers are written into the form, where they can be changed."""
    _whose(scope)
    _how_many_rows(scope)
    _overlap(scope)
    _over_time(scope)
    outputs.remark(
        _("This goes into the form, where you can change it. More of one person costs more noise.")
    )
    if st.button(
        _("Put it into the form"),
        type="primary",
        key="tradeoff_answer",
        on_click=_write,
        args=(scope,),
    ):
        st.rerun()


def _whose(scope: Scope) -> None:
    st.markdown(f"**1. {_('Whose privacy is kept?')}**")
    st.session_state.setdefault(
        drafts.key(scope, "answer_unit"), drafts.held(scope, "unit") or scope.unit
    )
    column, ids = st.columns(2)
    column.selectbox(
        _("The column that stands for one person"),
        list(scope.dataset.column_names),
        index=None,
        placeholder=_("choose a column"),
        **kept(scope, "answer_unit"),
    )
    ids.radio(
        _("Can one person have several values there?"),
        list(_IDS),
        format_func=lambda answer: _(_IDS[answer]),
        **kept(scope, "answer_ids", start=_ONE),
    )
    if drafts.held(scope, "answer_ids") != _ONE:
        st.warning(
            _(
                "Then each value is protected, not each person: somebody with two of them may show "
                "twice as much. Take a column that all rows of a person share, or a smaller ε."
            ),
            icon=":material/groups:",
        )


def _how_many_rows(scope: Scope) -> None:
    st.markdown(f"**2. {_('How much of one person counts?')}**")
    st.radio(
        _("At most so many rows of one person in one group; what is beyond is left out"),
        _ROWS,
        horizontal=True,
        **kept(scope, "answer_rows", start=10),
    )


def _overlap(scope: Scope) -> None:
    st.markdown(f"**3. {_('Do the groups overlap?')}**")
    by = ", ".join(drafts.chosen(scope, "by"))
    one, other = st.columns(2)
    one.radio(
        _("Can one person be in several groups of {by}?").format(by=wording.escaped(by))
        if by
        else _("Can one person be in several groups?"),
        [False, True],
        format_func=lambda does: (
            _("Yes, such as several categories") if does else _("No, such as home country")
        ),
        **kept(scope, "answer_overlap", start=False),
    )
    if drafts.held(scope, "answer_overlap"):
        other.number_input(
            _("In how many of them one person counts"),
            2,
            1000,
            **kept(scope, "answer_groups", start=3),
        )


def _over_time(scope: Scope) -> None:
    st.markdown(f"**4. {_('Over what time is it published again?')}**")
    moments = [str(column.name) for column in scope.dataset.columns if column.type in MOMENTS]
    if not moments:
        st.markdown(_("There is no column of dates, so it is published once."))
        return
    one, two, three = st.columns(3)
    one.selectbox(
        _("Is it published again for each stretch of time?"),
        list(_AGAIN),
        format_func=lambda answer: _(_AGAIN[answer]),
        **kept(scope, "answer_again", start=_ONCE),
    )
    again = drafts.held(scope, "answer_again")
    if again in (None, _ONCE):
        return
    two.selectbox(_("By which date"), moments, **kept(scope, "answer_moment", start=moments[0]))
    three.number_input(
        _("In how many {per}s one person counts").format(per=_(str(again))),
        1,
        10_000,
        **kept(scope, f"answer_most_{again}", start=_USUAL_MOST[str(again)]),
    )


@language.callback
def _write(scope: Scope) -> None:
    """Put the answers into the form."""
    drafts.put(scope, "unit", drafts.held(scope, "answer_unit"))
    drafts.put(scope, "rows", drafts.held(scope, "answer_rows"))
    overlaps = drafts.held(scope, "answer_overlap")
    drafts.put(scope, "groups", drafts.held(scope, "answer_groups") if overlaps else 1)
    again = drafts.held(scope, "answer_again")
    if again in (None, _ONCE):
        drafts.put(scope, "period", "")
        return
    moment = str(drafts.held(scope, "answer_moment"))
    by = drafts.chosen(scope, "by")
    drafts.put(scope, "by", by if moment in by else [*by[: drafts.MOST_BY - 1], moment])
    drafts.put(scope, "per", again, moment)
    drafts.put(scope, "period", moment)
    drafts.put(scope, "most", drafts.held(scope, f"answer_most_{again}"))
