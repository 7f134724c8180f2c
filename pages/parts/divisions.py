"""How the loss is divided over the statistics: seen on demand, and held fast where it is locked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from compliance.errors import ComplianceError
from compliance.i18n import translate as _
from compliance.privacy import division, from_query, to_query
from compliance.privacy.nouns.question import Query
from pages.parts import drafts, outputs, tables, wording
from pages.parts.scopes import Scope

_DIGITS = 1  # of a percentage


def write(scope: Scope, query: Query) -> None:
    """Lock the shares that `query` locks, and no others."""
    for name in division(replace(query, shares={})):
        drafts.put(scope, "lock", name in query.shares, name)
        if name in query.shares:
            drafts.put(scope, "share", _percent(query.shares[name]), name)


def divided(scope: Scope, query: Query) -> Query:
    """`query` with the shares locked on the page.

    Raises:
        MalformedQueryError: together they come to more than there is.
    """
    names = list(division(replace(query, shares={})))
    if len(names) == 1:
        return replace(query, shares={})
    asked = replace(query, shares=_locked(scope, query, names))
    refusal = _show(scope, asked, names)
    if refusal is not None:
        raise refusal
    return asked


def _locked(scope: Scope, query: Query, names: list[str]) -> dict[str, Decimal]:
    """The locked shares; one that was not changed stays exact."""
    shares = {}
    for name in names:
        if not drafts.held(scope, "lock", name):
            continue
        percent = drafts.held(scope, "share", name)
        before = query.shares.get(name)
        is_before = before is not None and _percent(before) == percent
        typed = Decimal(str(percent)) / 100 if percent is not None else Decimal(0)
        shares[name] = before if is_before and before is not None else typed
    return shares


def _show(scope: Scope, asked: Query, names: list[str]) -> ComplianceError | None:
    """The table with its locks; what speaks against the shares, if anything does."""
    refusal: ComplianceError | None = None
    try:
        to_query(from_query(asked))
        shares = division(asked)
    except ComplianceError as error:
        refusal, shares = error, {}
    words = tables.titles(asked) | {"keys": _("finding the groups that may be shown")}
    # What is closed is not sent: a slider repaints the page at every step.
    with outputs.folded(_("How ε is divided over the numbers"), "tradeoff_division") as is_open:
        if is_open:
            _lines(scope, names, words, shares)
    return refusal


def _lines(
    scope: Scope, names: Sequence[str], words: Mapping[str, str], shares: Mapping[str, Decimal]
) -> None:
    outputs.remark(
        _("Each gets its share of the loss. Lock one to hold it; the others divide the rest.")
    )
    for pair in zip(names[::2], [*names[1::2], ""], strict=False):
        places = st.columns([3, 2, 3, 2], vertical_alignment="bottom")
        for name, place, lock in zip(pair, places[::2], places[1::2], strict=True):
            if name:
                _line(scope, name, wording.escaped(words[name]), shares.get(name), place, lock)


def _line(
    scope: Scope,
    name: str,
    what: str,
    share: Decimal | None,
    place: DeltaGenerator,
    lock: DeltaGenerator,
) -> None:
    """One statistic's share, which follows the others until it is locked."""
    is_locked = bool(drafts.held(scope, "lock", name))
    if not is_locked and share is not None:
        drafts.put(scope, "share", _percent(share), name)
    place.number_input(
        _("{what}: share in %").format(what=what),
        0.0,
        100.0,
        step=1.0,
        format=f"%.{_DIGITS}f",
        disabled=not is_locked,
        **drafts.kept(scope, "share", name, start=0.0),
    )
    lock.checkbox(
        _("Lock {what}").format(what=what), **drafts.kept(scope, "lock", name, start=False)
    )


def _percent(share: Decimal) -> float:
    return round(float(100 * share), _DIGITS)
