"""The glossary is searched, opened by an address, and shows what a picture says."""

from __future__ import annotations

from itertools import islice

from pages.parts.navigation import PAGES
from tests.pages.conftest import Desk, turn_to, turned, words


def test_an_address_opens_a_term_with_its_picture_and_the_pages_that_use_it(
    full_desk: Desk,
) -> None:
    visitor = full_desk.open("glossary")
    visitor.query_params["term"] = "epsilon"
    visitor.run()

    assert visitor.header[0].value == "ε (epsilon)"
    assert "22,000 times at ε = 10" in words(visitor)
    (chart,) = visitor.get("plotly_chart")
    assert chart.proto.alt.startswith("At ε = 1")
    assert {"tradeoff", "release", "budgets"} <= {link.page for link in visitor.page_link}

    visitor.button(key="glossary_close").click().run()
    assert not visitor.header
    assert visitor.tabs[0].label == "Statistics with noise"


def test_a_search_leaves_the_terms_that_have_its_words(full_desk: Desk) -> None:
    visitor = full_desk.open("glossary")
    everything = sum(len(view.expander) for view in islice(turned(visitor), 1, None))
    visitor.text_input(key="glossary_search").set_value("legal hold").run()

    assert everything >= 70
    assert [box.label.split("**")[1] for box in visitor.expander] == ["legal hold"]

    visitor.text_input(key="glossary_search").set_value("blockchain").run()
    assert "No term has these words" in words(visitor)


def test_only_the_terms_of_the_theme_that_is_looked_at_are_sent(full_desk: Desk) -> None:
    visitor = full_desk.open("glossary")

    def named() -> list[str]:
        return [box.label.split("**")[1] for box in visitor.expander]

    assert "ε (epsilon)" in named()
    assert "legal hold" not in named()

    turn_to(visitor, "People and duties")
    assert "legal hold" in named()
    assert "ε (epsilon)" not in named()


def test_the_same_words_in_chinese(full_desk: Desk) -> None:
    visitor = full_desk.open("glossary")
    visitor.query_params["term"] = "hold"
    visitor.selectbox(key="session_language").set_value("zh").run()

    assert visitor.header[0].value == "法律保留"
    assert "因争议或调查" in words(visitor)


def test_an_address_that_names_no_term_shows_the_list(full_desk: Desk) -> None:
    visitor = full_desk.open("glossary")
    visitor.query_params["term"] = "<script>"
    visitor.run()

    assert not visitor.exception
    assert not visitor.header
    assert visitor.tabs[0].label == "Statistics with noise"
    assert PAGES[-1].name == "glossary"
