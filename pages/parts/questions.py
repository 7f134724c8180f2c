"""The form in which an officer asks: it changes as it is filled in, and asks when told to."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from compliance.errors import ComplianceError
from compliance.i18n import translate as _
from compliance.privacy import check_query, to_query
from compliance.privacy.nouns.question import Query
from pages.parts import (
    divisions,
    drafts,
    interviews,
    language,
    looks,
    outputs,
    question_columns,
    question_files,
    question_limits,
    session,
    wording,
)
from pages.parts.scopes import Scope


def begun(scope: Scope) -> None:
    """Put the question in hand into the form, or the most usual one, and take it in hand.

    The first question is free: nothing is drawn by looking.
    """
    in_hand = session.query_of(scope.dataset)
    if drafts.is_begun(scope):
        return
    if in_hand is not None:
        drafts.write(scope, in_hand)
        divisions.write(scope, in_hand)
        return
    drafts.begin(scope)
    for column in drafts.chosen(scope, "columns"):
        drafts.begin_column(scope, column)
    asked = _understood(scope)
    if asked is not None:
        session.keep_query(scope.dataset, asked)


@language.fragment
def form(scope: Scope) -> None:
    """The form; what it asks is taken in hand when the button is pressed.

    It is folded where there is something to see, so that the sliders and what they change are
    on one screen.
    """
    is_asked = session.query_of(scope.dataset) is not None
    with outputs.folded(
        _("Change the question") if is_asked else _("Ask a question"),
        "tradeoff_question",
        expanded=not is_asked,
        icon=":material/edit:",
    ) as is_open:
        if is_open:
            _fields(scope)
    question_files.said()
    looks.said()
    _changed(scope)


def _fields(scope: Scope) -> None:
    question_columns.sentence(scope)
    question_limits.groups(scope)
    question_columns.details(scope)
    with outputs.folded(
        _("Each person: how much of one person counts"), "tradeoff_fold_person"
    ) as is_open:
        if is_open:
            question_limits.per_person(scope)
            looks.look(scope)
    with outputs.folded(_("Public groups, noise and filter"), "tradeoff_fold_noise") as is_open:
        if is_open:
            question_limits.public_groups(scope)
            question_limits.noise(scope)
    with outputs.folded(_("The question as a file"), "tradeoff_fold_file") as is_open:
        if is_open:
            question_files.files(scope)
    with st.container(horizontal=True):
        is_asked = st.button(_("Show what it would look like"), type="primary", key="tradeoff_show")
        if st.button(
            _("Four questions about the people …"),
            key="tradeoff_interview",
            icon=":material/quiz:",
        ):
            interviews.interview(scope)
    if is_asked:
        with outputs.explained(_("Not understood")):
            take(scope, to_query(drafts.read(scope)))
            st.rerun()


def take(scope: Scope, query: Query) -> None:
    """Take `query` in hand; shares of the loss stay with the statistics that are asked again.

    Raises:
        QueryError, NamingError: the dataset's columns cannot answer it.
    """
    check_query(query, list(scope.columns.values()))
    before = session.query_of(scope.dataset)
    names = [statistic.name for statistic in query.statistics]
    is_same = before is not None and [s.name for s in before.statistics] == names
    shares = before.shares if before is not None and is_same and not query.shares else query.shares
    session.keep_query(scope.dataset, replace(query, shares=shares))


def _changed(scope: Scope) -> None:
    """Say so, where the form no longer asks what is shown below it."""
    draft, in_hand = _understood(scope), session.query_of(scope.dataset)
    if draft is None or in_hand is None or drafts.is_same(draft, in_hand):
        return
    outputs.remark(
        _("The form now asks: {words} Press the button to see it.").format(
            words=wording.in_words(draft)
        )
    )


def _understood(scope: Scope) -> Query | None:
    """What the form asks; None where that is not whole yet."""
    try:
        return to_query(drafts.read(scope))
    except ComplianceError:
        return None
