"""The pages of the desk as a table: where each file lies and what it is called."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from compliance.errors import NotPermittedError
from compliance.i18n import refusals
from compliance.i18n import translate as _
from pages.parts import visiting

if TYPE_CHECKING:
    from compliance.workspace import Workspace

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRow:
    """One page.

    Attributes:
        name: its file, its place in the address and its name in links.
        section: folder and heading of the navigation.
        title: as shown.
        icon: a Material symbol.
        help: what it answers, in one sentence.
        right: what somebody must be allowed to, to open it; see `compliance.access`.
    """

    name: str
    section: str
    title: str
    icon: str
    help: str
    right: str

    @property
    def path(self) -> str:
        return f"pages/{self.section}/{self.name}.py"


SECTIONS = {
    "know": "Know",
    "protect": "Protect",
    "respect": "Respect",
    "prove": "Prove",
    "settings": "Settings",
    "help": "Help",
}
PAGES = (
    PageRow(
        name="overview",
        section="know",
        title="Overview",
        icon=":material/donut_large:",
        help="Where the data's life cycle stands, what is wrong, and what to do next.",
        right="evidence.see",
    ),
    PageRow(
        name="datasets",
        section="know",
        title="Datasets",
        icon=":material/table_view:",
        help="Load tables, see what was cleaned, and say whose data it is and why.",
        right="rows.see",
    ),
    PageRow(
        name="discovery",
        section="know",
        title="Discovery",
        icon=":material/person_search:",
        help="Which columns hold personal data, with the evidence; confirm or correct.",
        right="rows.see",
    ),
    PageRow(
        name="register",
        section="know",
        title="Register",
        icon=":material/inventory:",
        help="What only people know: activities, processors, transfers, requests, breaches.",
        right="evidence.see",
    ),
    PageRow(
        name="residency",
        section="know",
        title="Residency",
        icon=":material/public:",
        help="Where each copy lies, which movements happen, and what each law says of them.",
        right="evidence.see",
    ),
    PageRow(
        name="anonymise",
        section="protect",
        title="Anonymise",
        icon=":material/domino_mask:",
        help="How easily people can be picked out, and what to change before a table is handed on.",
        right="rows.see",
    ),
    PageRow(
        name="tradeoff",
        section="protect",
        title="Trade-off",
        icon=":material/balance:",
        help="Tune ε and δ and see what would be published, how wrong, and how safe.",
        right="rows.see",
    ),
    PageRow(
        name="release",
        section="protect",
        title="Release",
        icon=":material/publish:",
        help="Publish a statistic with differential privacy, paid from the budget.",
        right="rows.see",
    ),
    PageRow(
        name="federated",
        section="protect",
        title="Federated",
        icon=":material/hub:",
        help="Train one model across sites whose rows stay at home.",
        right="rows.see",
    ),
    PageRow(
        name="requests",
        section="respect",
        title="Requests",
        icon=":material/contact_mail:",
        help="What people ask for: what is due, step by step to the answer, legal holds.",
        right="request.see",
    ),
    PageRow(
        name="consent",
        section="respect",
        title="Consent",
        icon=":material/how_to_reg:",
        help="Who agreed to what, who withdrew, and which rows may be used for a purpose.",
        right="request.see",
    ),
    PageRow(
        name="decisions",
        section="prove",
        title="Decisions",
        icon=":material/gavel:",
        help="Every duty checked on what the desk knows, with evidence and remedy.",
        right="evidence.see",
    ),
    PageRow(
        name="impact",
        section="prove",
        title="Impact assessments",
        icon=":material/assignment_late:",
        help="What processing can do to people, drawn from facts; outdated when these change.",
        right="evidence.see",
    ),
    PageRow(
        name="lineage",
        section="prove",
        title="Lineage",
        icon=":material/account_tree:",
        help="What was made from what, by which step.",
        right="evidence.see",
    ),
    PageRow(
        name="trail",
        section="prove",
        title="Trail",
        icon=":material/history:",
        help="Every act, in an order that nobody can change unseen.",
        right="trail.see",
    ),
    PageRow(
        name="reports",
        section="prove",
        title="Reports",
        icon=":material/description:",
        help="Audit reports as PDF with the evidence inside.",
        right="evidence.see",
    ),
    PageRow(
        name="budgets",
        section="settings",
        title="Budgets",
        icon=":material/account_balance_wallet:",
        help="How much may be learnt about each group of people, decided by an officer.",
        right="evidence.see",
    ),
    PageRow(
        name="approvals",
        section="settings",
        title="Approvals",
        icon=":material/how_to_reg:",
        help="What a second person must approve, what waits for one, and who decided what.",
        right="evidence.see",
    ),
    PageRow(
        name="rules",
        section="settings",
        title="Rules",
        icon=":material/rule:",
        help="What is checked, where each duty was read, and packs of your own.",
        right="evidence.see",
    ),
    PageRow(
        name="audits",
        section="settings",
        title="Audits",
        icon=":material/event_repeat:",
        help="Audit everything now or again and again, and tell people what changed.",
        right="evidence.see",
    ),
    PageRow(
        name="organisation",
        section="settings",
        title="Organisation",
        icon=":material/apartment:",
        help="Who is accountable, and where this installation keeps its records.",
        right="trail.see",
    ),
    PageRow(
        name="accounts",
        section="settings",
        title="Accounts",
        icon=":material/badge:",
        help="Who may sign in, what each role may do, and who was here last.",
        right="account.see",
    ),
    PageRow(
        name="glossary",
        section="help",
        title="Glossary",
        icon=":material/menu_book:",
        help="What the words on these pages mean, in plain words and pictures.",
        right="trail.see",
    ),
)
_BY_NAME = {row.name: row for row in PAGES}
_NEXT = "session_next"
_CARRIED = ("lang", "present")  # of the address, from page to page


def sections(may: Callable[[str], bool]) -> dict[str, list[st.Page]]:
    """The navigation: pages by the heading of their section.

    A page that somebody may not open has an address that says so, and no place in the list.

    Args:
        may: whether whoever looks has a right.
    """
    first = _first(may)
    return {
        _(heading): [
            copy(
                _page(
                    row,
                    title=_(row.title),
                    help_=_(row.help),
                    is_first=row is first,
                    is_listed=may(row.right),
                )
            )
            for row in PAGES
            if row.section == section
        ]
        for section, heading in SECTIONS.items()
    }


@cache
def _page(row: PageRow, *, title: str, help_: str, is_first: bool, is_listed: bool) -> st.Page:
    """Made once: looking for the files of all pages was a tenth of what a small page takes."""
    return st.Page(
        ROOT / row.path,
        title=title,
        icon=row.icon,
        url_path=row.name,
        help=help_,
        default=is_first,
        visibility="visible" if is_listed else "hidden",
    )


def take_away(title: str) -> None:
    """Take the navigation away from a window that showed it; its address stays what it is.

    Args:
        title: of the window from now on.
    """
    pages = [
        st.Page(_nothing, title=title, url_path=row.name, default=row is PAGES[0]) for row in PAGES
    ]
    st.navigation(pages, position="hidden")


def permit_or_stop(page: st.Page, workspace: Workspace) -> None:
    """Go on with a page that whoever looks may open; of any other say whom it is for."""
    try:
        workspace.permit(row_of(page, workspace).right)
    except NotPermittedError as refusal:
        st.error(refusals.said(refusal), title=_("Not for your role"))
        st.stop()


def row_of(page: st.Page, workspace: Workspace) -> PageRow:
    """Which page that is."""
    return _BY_NAME.get(page.url_path) or _first(workspace.may)


def row(name: str) -> PageRow:
    """The page called `name`."""
    return _BY_NAME[name]


def go(name: str) -> None:
    """Have the window be on the page called `name` next; for callbacks, which cannot walk."""
    st.session_state[_NEXT] = name


def go_on() -> None:
    """Walk to where a callback sent the window, if one did."""
    if (name := st.session_state.pop(_NEXT, None)) is not None:
        said = {key: st.query_params[key] for key in _CARRIED if key in st.query_params}
        st.switch_page(ROOT / row(name).path, query_params=said)


def link(name: str, label: str | None = None, **query: str) -> None:
    """A link to the page called `name`, for whom may open it.

    Args:
        query: what the address asks of the page; nothing personal.
    """
    row = _BY_NAME[name]
    if visiting.workspace().may(row.right):
        st.page_link(
            ROOT / row.path, label=label or _(row.title), icon=row.icon, query_params=query or None
        )


def _nothing() -> None:
    """A page that is never run."""


def _first(may: Callable[[str], bool]) -> PageRow:
    """The page of whoever names none."""
    return next((row for row in PAGES if may(row.right)), PAGES[0])


def is_page(name: str) -> bool:
    return name in _BY_NAME
