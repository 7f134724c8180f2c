"""The pages of the desk as a table: where each file lies and what it is called."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from compliance.i18n import translate as _

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
    """

    name: str
    section: str
    title: str
    icon: str
    help: str

    @property
    def path(self) -> str:
        return f"pages/{self.section}/{self.name}.py"


SECTIONS = {
    "know": "Know",
    "protect": "Protect",
    "respect": "Respect",
    "prove": "Prove",
    "settings": "Settings",
}
PAGES = (
    PageRow(
        name="overview",
        section="know",
        title="Overview",
        icon=":material/donut_large:",
        help="Where the data's life cycle stands, what is wrong, and what to do next.",
    ),
    PageRow(
        name="datasets",
        section="know",
        title="Datasets",
        icon=":material/table_view:",
        help="Load tables, see what was cleaned, and say whose data it is and why.",
    ),
    PageRow(
        name="discovery",
        section="know",
        title="Discovery",
        icon=":material/person_search:",
        help="Which columns hold personal data, with the evidence; confirm or correct.",
    ),
    PageRow(
        name="register",
        section="know",
        title="Register",
        icon=":material/inventory:",
        help="What only people know: activities, processors, transfers, requests, breaches.",
    ),
    PageRow(
        name="residency",
        section="know",
        title="Residency",
        icon=":material/public:",
        help="Where each copy lies, which movements happen, and what each law says of them.",
    ),
    PageRow(
        name="anonymise",
        section="protect",
        title="Anonymise",
        icon=":material/domino_mask:",
        help="How easily people can be picked out, and what to change before a table is handed on.",
    ),
    PageRow(
        name="tradeoff",
        section="protect",
        title="Trade-off",
        icon=":material/balance:",
        help="Tune ε and δ and see what would be published, how wrong, and how safe.",
    ),
    PageRow(
        name="release",
        section="protect",
        title="Release",
        icon=":material/publish:",
        help="Publish a statistic with differential privacy, paid from the budget.",
    ),
    PageRow(
        name="federated",
        section="protect",
        title="Federated",
        icon=":material/hub:",
        help="Train one model across sites whose rows stay at home.",
    ),
    PageRow(
        name="requests",
        section="respect",
        title="Requests",
        icon=":material/contact_mail:",
        help="What people ask for: what is due, step by step to the answer, legal holds.",
    ),
    PageRow(
        name="consent",
        section="respect",
        title="Consent",
        icon=":material/how_to_reg:",
        help="Who agreed to what, who withdrew, and which rows may be used for a purpose.",
    ),
    PageRow(
        name="decisions",
        section="prove",
        title="Decisions",
        icon=":material/gavel:",
        help="Every duty checked on what the desk knows, with evidence and remedy.",
    ),
    PageRow(
        name="impact",
        section="prove",
        title="Impact assessments",
        icon=":material/assignment_late:",
        help="What processing can do to people, drawn from facts; outdated when these change.",
    ),
    PageRow(
        name="lineage",
        section="prove",
        title="Lineage",
        icon=":material/account_tree:",
        help="What was made from what, by which step.",
    ),
    PageRow(
        name="trail",
        section="prove",
        title="Trail",
        icon=":material/history:",
        help="Every act, in an order that nobody can change unseen.",
    ),
    PageRow(
        name="reports",
        section="prove",
        title="Reports",
        icon=":material/description:",
        help="Audit reports as PDF with the evidence inside.",
    ),
    PageRow(
        name="budgets",
        section="settings",
        title="Budgets",
        icon=":material/account_balance_wallet:",
        help="How much may be learnt about each group of people, decided by an officer.",
    ),
    PageRow(
        name="approvals",
        section="settings",
        title="Approvals",
        icon=":material/how_to_reg:",
        help="What a second person must approve, what waits for one, and who decided what.",
    ),
    PageRow(
        name="rules",
        section="settings",
        title="Rules",
        icon=":material/rule:",
        help="What is checked, where each duty was read, and packs of your own.",
    ),
    PageRow(
        name="audits",
        section="settings",
        title="Audits",
        icon=":material/event_repeat:",
        help="Audit everything now or again and again, and tell people what changed.",
    ),
    PageRow(
        name="organisation",
        section="settings",
        title="Organisation",
        icon=":material/apartment:",
        help="Who is accountable, and where this installation keeps its records.",
    ),
)
_BY_NAME = {row.name: row for row in PAGES}


def sections() -> dict[str, list[st.Page]]:
    """The navigation: pages by the heading of their section."""
    return {
        _(heading): [
            st.Page(
                ROOT / row.path,
                title=_(row.title),
                icon=row.icon,
                url_path=row.name,
                help=_(row.help),
                default=row.name == "overview",
            )
            for row in PAGES
            if row.section == section
        ]
        for section, heading in SECTIONS.items()
    }


def link(name: str, label: str | None = None) -> None:
    """A link to the page called `name`."""
    row = _BY_NAME[name]
    st.page_link(ROOT / row.path, label=label or _(row.title), icon=row.icon)


def is_page(name: str) -> bool:
    return name in _BY_NAME
