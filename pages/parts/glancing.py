"""The desk at a glance: four questions answered, what to do next, and how it went."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from compliance.i18n import locales, mark, plural
from compliance.i18n import translate as _
from compliance.rules.nouns import Stage
from compliance.workspace.governing.outlooks import DAYS, Ahead, Kind, Moved, Outlook
from pages.parts import explaining, navigation, outputs, wording
from pages.parts.figures import glancing, showing

_SHOWN = 7
_PERCENT = 100
_LOOKS = {
    Kind.REQUEST: ("contact_mail", "blue"),
    Kind.FINDING: ("error", "red"),
    Kind.APPROVAL: ("how_to_reg", "orange"),
    Kind.ALARM: ("notification_important", "orange"),
    Kind.AGAIN: ("restart_alt", "orange"),
}
_WORDS = {
    Kind.REQUEST: mark("request"),
    Kind.FINDING: mark("finding"),
    Kind.APPROVAL: mark("approval"),
    Kind.ALARM: mark("alarm"),
    Kind.AGAIN: mark("decide again"),
}
_PLACES = {"requests": "request", "decisions": "finding"}  # by which a page opens one thing


def answers(found: Outlook, steps: Sequence[Stage], today: date) -> None:
    """What is wrong, what is due, what is left of the budget, and what to do next."""
    one, two, three, four = st.columns(4)
    with one.container(border=True, height="stretch"):
        _wrong(found)
    with two.container(border=True, height="stretch"):
        _due(found, today)
    with three.container(border=True, height="stretch"):
        _left(found)
    with four.container(border=True, height="stretch"):
        _next(found, steps, today)


def _wrong(found: Outlook) -> None:
    if not found.is_checked:
        _answer(_("What is wrong?"), "–", None, _("not checked yet"))
        navigation.link("decisions", _("Check every duty"))
        return
    n = int(found.wrong.now)
    _answer(
        _("What is wrong?"),
        plural("{n} finding", "{n} findings", n).format(n=n),
        _moved(found.wrong, found),
        plural("{n} critical or high", "{n} critical or high", found.serious).format(
            n=found.serious
        ),
        short="finding",
        by=found.wrong.change or 0,
    )
    navigation.link("decisions", _("See the findings"))


def _due(found: Outlook, today: date) -> None:
    dated = [one for one in found.ahead if one.day is not None]
    first = min(dated, key=lambda one: one.day or date.max, default=None)
    says = _("{n} more within {days} days").format(n=found.soon, days=DAYS)
    if first is not None and first.day is not None:
        says += _("; first: {when}").format(when=_when(first.day, today))
    _answer(
        _("What is due?"),
        _("{n} overdue").format(n=int(found.late.now)),
        _moved(found.late, found),
        says,
        short="due",
        by=found.late.change or 0,
    )
    page = first.page if first else "requests"
    navigation.link(page, _("See what is due"), **_place(first))


def _left(found: Outlook) -> None:
    if not found.people:
        _answer(_("What is left?"), "–", None, _("nobody has one yet"))
        return
    change = found.left.change
    moved = None
    if change is not None:
        moved = _("{share} spent in {days} days").format(
            share=locales.share(max(0, -change), 1), days=DAYS
        )
    _answer(
        _("What is left?"),
        locales.share(found.left.now, 1),
        moved,
        _("of ε = {total} for {people}").format(
            total=locales.formatted(found.total.normalize(), "f"),
            people=wording.escaped(found.people),
        ),
        short="budget",
    )
    navigation.link("budgets", _("See the budgets"))


def _next(found: Outlook, steps: Sequence[Stage], today: date) -> None:
    n = len(found.ahead) + len(steps)
    first = found.ahead[0] if found.ahead else None
    says = _("nothing is open")
    if first is not None:
        says = _said(first, today)
    elif steps:
        says = _(steps[0].next_step)
    _answer(
        _("What to do next?"),
        plural("{n} thing", "{n} things", n).format(n=n),
        _("{n} done in {days} days").format(n=found.done, days=DAYS),
        wording.escaped(says),
    )
    if first is not None:
        navigation.link(first.page, _("Begin with it"), **_place(first))
    elif steps:
        navigation.link(steps[0].page, _("Begin with it"))


def _answer(
    asked: str,
    value: str,
    moved: str | None,
    says: str,
    short: str = "",
    *,
    by: float = 0,
) -> None:
    """An answer; `by` how much the number of bad things moved, which its colour and arrow show."""
    st.metric(
        asked,
        value,
        moved,
        delta_color="red" if by > 0 else "green" if by < 0 else "off",
        delta_arrow="up" if by > 0 else "down" if by < 0 else "off",
        help=explaining.short(short) if short else None,
    )
    outputs.remark(says)


def _moved(number: Moved, found: Outlook) -> str | None:
    """By how much, since when; nothing where that is not known."""
    if number.change is None:
        return None
    if not number.change:
        return _("unchanged")
    change = wording.change(number.change, "+.0f")
    if found.trend and found.trend[0].at == found.since:
        return _("{change} since {day}").format(change=change, day=locales.day(found.since.date()))
    return _("{change} in {days} days").format(change=change, days=DAYS)


def todo(found: Outlook, steps: Sequence[Stage], today: date) -> None:
    """What to do next, the most urgent first; then the steps of the life cycle."""
    st.header(_("What to do next"))
    if not found.ahead and not steps:
        st.markdown(_("Nothing is open. Check the duties again when something changes."))
    for one in found.ahead[:_SHOWN]:
        badge = wording.badge(_LOOKS[one.kind], _(_WORDS[one.kind]))
        _line(f"{badge} {wording.escaped(_said(one, today))}", one.page, **_place(one))
    if len(found.ahead) > _SHOWN:
        more = len(found.ahead) - _SHOWN
        words = plural("{n} more after these", "{n} more after these", more).format(n=more)
        navigation.link(found.ahead[_SHOWN].page, words)
    for stage in steps:
        badge = wording.badge(("steppers", "gray"), f"{stage.number} {_(stage.title)}")
        _line(f"{badge} {_(stage.next_step)}  \n:gray[:small[{_(stage.says)}]]", stage.page)


def _line(words: str, page: str, **query: str) -> None:
    what, where = st.columns([3, 1], vertical_alignment="center")
    what.markdown(words)
    with where:
        navigation.link(page, **query)


def _said(one: Ahead, today: date) -> str:
    """One thing in a line: what, on what, by when."""
    parts = [_(one.what)]
    if one.on:
        parts.append(wording.subject(one.on))
    if one.day is not None:
        parts.append(_when(one.day, today))
    return " · ".join(parts)


def _when(day: date, today: date) -> str:
    left = (day - today).days
    if left < 0:
        return plural("{n} day late", "{n} days late", -left).format(n=-left)
    if left == 0:
        return _("due today")
    return plural("due in {n} day", "due in {n} days", left).format(n=left)


def _place(one: Ahead | None) -> dict[str, str]:
    return {_PLACES[one.page]: one.place} if one is not None and one.place else {}


def trend(found: Outlook) -> None:
    """Score, budget and duties not met at every check; the numbers beside it."""
    st.header(_("Over time"))
    if len(found.trend) < 2:
        outputs.remark(_("From the second check of all duties on, this shows how it goes."))
        return
    first, last = found.trend[0], found.trend[-1]
    alt = _("Score from {first} to {last}, duties not met from {n} to {m}, in {checks} checks")
    showing.chart(
        glancing.trend(found.trend),
        key="overview_trend",
        alt=alt.format(
            first=_score(first.score),
            last=_score(last.score),
            n=first.open,
            m=last.open,
            checks=len(found.trend),
        ),
    )
    with outputs.folded(_("In numbers"), "overview_numbers") as is_open:
        if not is_open:
            return
        outputs.table(
            [
                {
                    _("Checked"): outputs.moment(one.at),
                    _("Score"): _score(one.score),
                    _("Not met"): one.open,
                    _("Budget left"): "–" if one.spent is None else locales.share(1 - one.spent, 1),
                }
                for one in found.trend[::-1]
            ],
            key="overview_points",
            alt=_("Each check with its score, duties not met and what was left of the budget"),
        )


def _score(score: float | None) -> str:
    return "–" if score is None else locales.formatted(score, "g")
