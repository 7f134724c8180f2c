"""Every page opens, says what it is for, leads on when it is empty, and changes nothing."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Widget

from pages.parts.navigation import PAGES
from tests.pages.conftest import PATIENCE_S, ROOT, Desk, words

NAMES = [row.name for row in PAGES]

FRAME = ("session_language", "session_presenting")  # what stands around every page
OVERVIEW = ""  # its place in the address
LOAD_OR_DEMO = ["datasets", OVERVIEW]
# What only this page says when there is nothing yet, and where it then leads.
EMPTY = {
    "overview": ("Privacy Desk finds the personal data in your tables", []),
    "datasets": ("There is no dataset yet. Load one above", [OVERVIEW]),
    "discovery": ("Each column is judged by its name and its values", LOAD_OR_DEMO),
    "register": ("Nothing is filled in yet", [*LOAD_OR_DEMO, "organisation"]),
    "residency": ("Where every copy lies, where data go", LOAD_OR_DEMO),
    "anonymise": ("How easily people could be picked out of a table", LOAD_OR_DEMO),
    "tradeoff": ("What a release would look like", LOAD_OR_DEMO),
    "release": ("Publish a number about many people", LOAD_OR_DEMO),
    "federated": ("only model weights travel", LOAD_OR_DEMO),
    "requests": ("What people ask for under each law", LOAD_OR_DEMO),
    "consent": ("People are asked before their data are used", LOAD_OR_DEMO),
    "decisions": ("Duties are checked on the data and the records", LOAD_OR_DEMO),
    "impact": ("What processing can do to people", LOAD_OR_DEMO),
    "lineage": ("From the source files to every release", LOAD_OR_DEMO),
    "trail": ("The first act will be the first entry", LOAD_OR_DEMO),
    "reports": ("A document for the regulator", LOAD_OR_DEMO),
    "budgets": ("A budget bounds what all releases", LOAD_OR_DEMO),
    "approvals": ("Some acts cannot be taken back", []),
    "rules": ("What the desk checks, and where each duty was read", []),
    "audits": ("An audit looks at what is new", LOAD_OR_DEMO),
    "organisation": ("Stands on the cover of every report", []),
    "accounts": ("Nobody has an account yet", []),
    "glossary": ("What the words of the desk mean", []),
}
# What only this page says, or the key of what only it shows, when the whole job was done once.
FULL = {
    "overview": "Over time",
    "datasets": "Source files",
    "discovery": "Evidence in words",
    "register": "Kind of record",
    "residency": "residency_submit",
    "anonymise": "Risk as it stands",
    "tradeoff": "Attacker’s odds",
    "release": "Published so far",
    "federated": "Learnt from",
    "requests": "requests_view",
    "consent": "consent_purpose_keep",
    "decisions": "Only a test that finds the duty met closes a finding",
    "impact": "impact_begin_form",
    "lineage": "lineage_graph",
    "trail": "Take a checkpoint",
    "reports": "reports_look",
    "budgets": "People who share the budget",
    "approvals": "What needs a second person",
    "rules": "Look at one rule",
    "audits": "Schedules",
    "organisation": "This installation",
    "accounts": "What each role may do",
    "glossary": "glossary_search",
}


def shown(visitor: AppTest) -> str:
    """What a page says, and the keys of everything on it that has one."""
    widgets = [node for node in visitor._tree if isinstance(node, Widget)]
    keys = [str(node.key) for node in visitor._tree if getattr(node, "key", None)]
    return "\n".join([words(visitor), *[widget.label for widget in widgets], *keys])


def test_the_tables_of_this_file_name_every_page() -> None:
    assert list(EMPTY) == list(FULL) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_page_opens_on_an_empty_desk_and_leads_on(empty_desk: Desk, name: str) -> None:
    visitor = empty_desk.open(name)

    says, leads_to = EMPTY[name]
    assert says in words(visitor)
    links = [link.page for link in visitor.page_link if link.page != "glossary"]
    assert links == leads_to
    assert not visitor.error


@pytest.mark.parametrize("name", NAMES)
def test_a_page_opens_when_the_whole_job_was_done(full_desk: Desk, name: str) -> None:
    visitor = full_desk.open("tradeoff")  # so that a question is in hand
    full_desk.go(visitor, name)

    assert [page for page, says in FULL.items() if says in shown(visitor)] == [name]
    assert not visitor.error
    assert "There is no dataset yet" not in words(visitor)


@pytest.mark.parametrize("name", NAMES)
def test_looking_at_a_page_again_and_again_writes_nothing(full_desk: Desk, name: str) -> None:
    before = full_desk.state()
    visitor = full_desk.open(name)
    seen = [frame.value.to_csv() for frame in visitor.dataframe], words(visitor)

    visitor.run()
    visitor.run()

    assert ([frame.value.to_csv() for frame in visitor.dataframe], words(visitor)) == seen
    assert full_desk.state() == before


@pytest.mark.parametrize("name", NAMES)
def test_every_widget_has_a_visible_label_and_a_key_of_its_page(full_desk: Desk, name: str) -> None:
    visitor = full_desk.open("tradeoff")
    full_desk.go(visitor, name)
    if name == "datasets":
        visitor.button_group(key="datasets_way").set_value("A place on this machine").run()
    if name == "federated":
        visitor.toggle(key="federated_noise").set_value(True).run()
    if name == "release":
        visitor.button(key="release_ask").click().run()
    every = [node for node in visitor._tree if isinstance(node, Widget)]
    widgets = [one for one in every if one.key not in FRAME]

    assert len(every) == len(widgets) + len(FRAME)
    assert bool(widgets) == (name != "overview")
    for widget in widgets:
        visibility = getattr(widget.proto, "label_visibility", None)
        assert widget.label.strip(), widget
        assert visibility is None or visibility.value == visibility.VISIBLE, widget
        assert str(widget.key).startswith((f"{name}_", "session_")), widget.key


@pytest.mark.parametrize("name", NAMES)
def test_every_chart_and_table_says_its_finding_in_words(full_desk: Desk, name: str) -> None:
    visitor = full_desk.open("tradeoff")
    full_desk.go(visitor, name)

    pictures = [*visitor.get("plotly_chart"), *visitor.dataframe]
    assert [p for p in pictures if len(p.proto.alt) < 10] == []


def test_a_visitor_who_names_no_page_is_on_the_overview(full_desk: Desk) -> None:
    visitor = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE_S).run()

    assert [title.value for title in visitor.title] == ["Overview"]
    assert FULL["overview"] in shown(visitor)


def test_a_workspace_that_cannot_be_opened_is_a_sentence(
    empty_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty_desk.home.write_text("a file where the folder should be")

    visitor = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE_S).run()

    assert not visitor.exception
    assert [error.proto.title for error in visitor.error] == ["The workspace cannot be opened"]
    assert not visitor.button
