"""How results look: refusals, tables, badges, budgets, releases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal, TypeVar
from zlib import crc32

import pandas as pd
import pyarrow as pa
import streamlit as st

from compliance.discovery.nouns import Discovery, IdentifierClass
from compliance.errors import ComplianceError
from compliance.i18n import locales
from compliance.i18n import translate as _
from compliance.plain import ended
from compliance.privacy.nouns import Accountant, BudgetState, Prices
from compliance.rules.nouns import Level, Progress, Severity, Stage, State
from compliance.workspace.anonymising.making import Step
from pages.parts import wording
from pages.parts.serving import counting

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator
    from streamlit.elements.lib.column_types import ColumnConfig
    from streamlit.elements.lib.mutable_tab_container import TabContainer

_End = TypeVar("_End")

CLASS_WORDS = {
    IdentifierClass.DIRECT: "identifies directly",
    IdentifierClass.QUASI: "identifies with others",
    IdentifierClass.SENSITIVE: "sensitive",
    IdentifierClass.NONE: "not personal",
}
STATE_BADGES = {
    State.MET: ("check_circle", "green"),
    State.NOT_MET: ("error", "red"),
    State.NOT_ASSESSED: ("help", "orange"),
    State.NOT_APPLICABLE: ("remove_circle", "gray"),
    State.WAIVED: ("do_not_disturb_on", "gray"),
}
SEVERITY_COLOURS = {
    Severity.CRITICAL: "red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "orange",
    Severity.LOW: "gray",
}
LEVEL_BADGES = {
    Level.TEXT: ("verified", "green"),
    Level.SECONDARY: ("menu_book", "orange"),
    Level.MEMORY: ("psychology_alt", "red"),
    Level.POLICY: ("domain", "blue"),
}
# How well a duty was checked; only what was read in the law itself is sure.
LEVEL_WORDS = {
    Level.TEXT: "read in the legal text",
    Level.SECONDARY: "not verified in the legal text",
    Level.MEMORY: "not verified in the legal text: from memory",
    Level.POLICY: "your own policy",
}
# The same in a column of a table.
LEVEL_SHORT = {
    Level.TEXT: "legal text",
    Level.SECONDARY: "secondary, not verified",
    Level.MEMORY: "memory, not verified",
    Level.POLICY: "policy",
}
PROGRESS_BADGES = {
    Progress.DONE: ("check_circle", "green"),
    Progress.OPEN: ("pending", "orange"),
    Progress.WAITING: ("hourglass_empty", "gray"),
}
ACCOUNTANT_WORDS = {
    Accountant.PURE: "the sum of ε",
    Accountant.ZCDP: "zCDP",
    Accountant.RENYI: "Rényi curves",
    Accountant.PLD: "privacy loss distributions",
}

_TALL_PX = 1_000  # about a window
_PLAIN = {str, int, float, bool}


@contextmanager
def explained(title: str) -> Iterator[None]:
    """Show what an officer can mend as one sentence under `title`; anything else passes through."""
    try:
        yield
    except ComplianceError as refusal:
        counting.refused(refusal)
        st.error(wording.escaped(wording.refused(refusal)), title=title, icon=":material/block:")


@contextmanager
def folded(
    label: str, key: str, *, expanded: bool = False, icon: str | None = None
) -> Iterator[bool]:
    """What unfolds, and whether it is; while it is closed nothing in it needs to be drawn."""
    # Streamlit takes a fold with another label, as after a switch of language, for another fold.
    st.session_state[key] = bool(st.session_state.get(key, expanded))
    box = st.expander(label, expanded=expanded, key=key, icon=icon, on_change="rerun")
    with box:
        yield bool(box.open)


def tabs(key: str, labels: Sequence[str], *, first: int = 0) -> Sequence[TabContainer]:
    """Tabs that tell by `open` which of them is looked at; the same one in every language.

    Args:
        first: which one is open until somebody turns to another.
    """
    place = f"{key}_place"  # in `labels`, which are other words after a switch of language
    if st.session_state.get(key, labels[0]) not in labels:
        st.session_state[key] = labels[st.session_state.get(place, first)]
    st.session_state.setdefault(key, labels[first])
    made = st.tabs(labels, key=key, on_change="rerun")
    st.session_state[place] = [tab.open for tab in made].index(True)
    return made


def tabbed(
    key: str,
    parts: Mapping[str, Callable[[], None]],
    *,
    always: Collection[str] = (),
    first: int = 0,
) -> None:
    """A tab for each of `parts`, by its label; only the one that is looked at is drawn.

    Args:
        always: labels of those that are drawn all the same: what is typed in a form, and files
            that are given, would be lost.
        first: which one is open until somebody turns to another.
    """
    for tab, (label, draw) in zip(tabs(key, list(parts), first=first), parts.items(), strict=True):
        with tab:
            if tab.open or label in always:
                draw()
            else:
                st.space(_TALL_PX)  # until it is drawn; else the page would end, and jump up


@contextmanager
def working(says: str) -> Iterator[None]:
    """Say what is being done, beside a button that stops it.

    The button does nothing by itself: any click ends the run of the page, and with it the work.
    """
    with st.spinner(says):
        place = st.empty()
        place.button(
            _("Stop"),
            key=f"outputs_stop_{crc32(says.encode()):08x}",
            icon=":material/stop_circle:",
        )
        try:
            yield
        except ComplianceError:
            place.empty()
            raise
        place.empty()


def whole(steps: Generator[Step, None, _End]) -> _End:
    """What `steps` end with; until then a bar says what is being done.

    There is no way to stop it: where a click ends the run of the page, the rest is done first.
    """
    bar = st.empty()
    try:
        return ended(steps, lambda step: told(bar, step, step.share or 0.0))
    finally:
        ended(steps)
        bar.empty()


def remark(words: str) -> None:
    """A remark in small grey type; unlike `st.caption` dark enough to be read by everybody."""
    st.markdown(f":gray[:small[{words}]]")


def fact(label: str, value: str, about: str) -> None:
    """A number in a box, with a few words about it."""
    st.metric(
        label,
        value,
        about,
        delta_color="off",
        delta_arrow="off",
        border=True,
        height="stretch",
    )


def moment(at: datetime) -> str:
    """A time as shown: UTC, to the minute."""
    return locales.moment(at)


def count(number: float) -> str:
    """A number with thousands separators; two decimals where it is not whole."""
    return locales.number(number, 0 if float(number).is_integer() else 2)


def table(
    rows: Sequence[Mapping[str, object]],
    key: str,
    alt: str,
    *,
    column_config: Mapping[str, ColumnConfig] | None = None,
    row_height: int | None = None,
) -> None:
    """Rows as a table; short ones are shown whole, and days as the language writes them.

    Where nothing stands in a cell, a dash says so.
    """
    height: Literal["content"] | int = "content" if len(rows) <= 12 else 420
    shaped = {**_days(rows), **(column_config or {})}
    st.dataframe(
        _columns(rows),
        hide_index=True,
        key=key,
        alt=alt,
        height=height,
        column_config=shaped or None,
        row_height=row_height,
        placeholder="–",
    )


def told(bar: DeltaGenerator, step: Step, at: float) -> None:
    """What is being done, beside a bar that is full to `at`, 0–1."""
    said = f"{_(step.doing)} · {_(step.says)}" if step.says else f"{_(step.doing)} …"
    bar.progress(at, text=said)


def _days(rows: Sequence[Mapping[str, object]]) -> dict[str, ColumnConfig]:
    """How columns of days are written; they stay days, so that they can be sorted."""
    names = {name for row in rows for name, value in row.items() if type(value) is date}
    shape = locales.conventions()["day_in_tables"]
    return {name: st.column_config.DateColumn(format=shape) for name in names}


def _columns(rows: Sequence[Mapping[str, object]]) -> pa.Table | pd.DataFrame:
    """Rows as columns; straight to what goes to the browser, where each column is of one kind."""
    names = list(rows[0]) if rows else []
    by_name = {name: [row.get(name) for row in rows] for name in names}
    kinds = [{type(one) for one in column} - {type(None)} for column in by_name.values()]
    is_whole = bool(names) and all(row.keys() == by_name.keys() for row in rows)
    if is_whole and all(len(kind) == 1 and kind <= _PLAIN for kind in kinds):
        return pa.table(by_name)
    return pd.DataFrame(list(rows))


def state_badge(state: State) -> str:
    """A verdict's state, in Markdown."""
    return wording.badge(STATE_BADGES[state], _(str(state)))


def severity_badge(severity: Severity) -> str:
    """How much a breach would matter, in Markdown."""
    return f":{SEVERITY_COLOURS[severity]}-badge[{_(str(severity))}]"


def level_badge(level: Level) -> str:
    """How well a duty was checked against the law, in Markdown."""
    return wording.badge(LEVEL_BADGES[level], _(LEVEL_WORDS[level]))


def progress_badges(stages: Sequence[Stage]) -> str:
    """How many stages are done, open and waiting, in Markdown."""
    counts = Counter(stage.progress for stage in stages)
    return " ".join(
        wording.badge(look, f"{counts[progress]} {_(str(progress))}")
        for progress, look in PROGRESS_BADGES.items()
    )


def labels_summary(found: Discovery) -> None:
    """How many columns of each class there are."""
    with st.container(horizontal=True):
        for class_, words in CLASS_WORDS.items():
            number = len(found.columns_of(class_))
            st.metric(_(words).capitalize(), number, border=True)


def budget(state: BudgetState, ask: Callable[[], Prices] | None = None) -> None:
    """What is spent and left of a population's budget.

    Args:
        ask: prices the ledger by every accountant; called only where somebody presses for it.
    """
    with st.container(horizontal=True):
        st.metric(
            _("Budget of {people}").format(people=state.population),
            f"ε = {locales.formatted(state.total.epsilon.normalize(), 'f')}",
            help=_("Decided by an officer; δ = {delta}.").format(
                delta=locales.formatted(state.total.delta, "g")
            )
            if state.is_decided
            else _("The default; nobody has decided it yet. δ = {delta}.").format(
                delta=locales.formatted(state.total.delta, "g")
            ),
            border=True,
        )
        st.metric(
            _("Spent"),
            f"ε = {locales.formatted(float(state.spent.epsilon), '.2f')}",
            border=True,
            help=_(
                "All releases and runs together, at the budget's δ. Noise adds up more slowly than "
                "ε: two releases of ε = 1 cost less than ε = 2."
            ),
        )
        st.metric(
            _("Largest next release"),
            f"ε = {locales.formatted(float(state.left.epsilon), '.2f')}",
            border=True,
            help=_("The largest ε that one more release may ask. Asking more is refused."),
        )
    st.progress(
        min(state.share_spent, 1.0),
        text=_("{share} of the privacy budget is spent. Shares add up, ε does not.").format(
            share=locales.share(state.share_spent, 1)
        ),
    )
    for line in _limits(state):
        remark(line)
    if ask is not None and state.counted:
        _recounted(ask)


def _recounted(ask: Callable[[], Prices]) -> None:
    """What was spent, added up by every accountant, where somebody wants to see that."""
    with st.container(horizontal=True, vertical_alignment="center"):
        is_asked = st.button(
            _("Add up what was spent by other methods"),
            key="release_opinion",
            icon=":material/calculate:",
        )
        remark(
            _(
                "“Spent” is an upper bound of what all releases tell together; another method may "
                "prove a lower one. To look takes a second and spends nothing."
            )
        )
    if is_asked:
        with explained(_("Not possible")):
            prices(ask())


def prices(found: Prices) -> None:
    """The tightest ε that is proven, and what the other accountants say."""
    tightest = found.tightest
    if tightest is None or tightest.epsilon is None:
        return
    others = [
        f"{_(ACCOUNTANT_WORDS[quote.accountant])} {wording.plain(quote.epsilon)}"
        for quote in found.quotes
        if quote.epsilon is not None and quote is not tightest
    ]
    says = _("Tightest proof at δ = {delta}: ε = {epsilon} by {accountant}").format(
        delta=locales.formatted(found.delta, ".0e") if found.delta else "0",
        epsilon=locales.formatted(tightest.epsilon.normalize(), "f"),
        accountant=_(ACCOUNTANT_WORDS[tightest.accountant]),
    )
    if others:
        says = wording.bracketed(says, locales.joined(others, "words"))
    remark(says + locales.end())


def _limits(state: BudgetState) -> Iterator[str]:
    """What a period and caps do to a budget, in sentences."""
    if state.ends is not None:
        yield _("This is the budget of one {period}; it begins anew on {day}.").format(
            period=_(str(state.period)), day=locales.day(state.ends)
        )
        if state.since_beginning is not None:
            yield _(
                "Since the beginning ε = {epsilon} (δ = {delta}) was spent: a budget that begins "
                "anew is a weaker promise than one for good."
            ).format(
                epsilon=locales.formatted(float(state.since_beginning.epsilon), ".2f"),
                delta=locales.formatted(state.since_beginning.delta, ".0e"),
            )
    for cap in state.caps:
        yield _("{actor} may spend ε = {cap} of it; ε = {left} is left.").format(
            actor=cap.actor,
            cap=locales.formatted(cap.epsilon.normalize(), "f"),
            left=locales.formatted(float(cap.left), ".2f"),
        )
