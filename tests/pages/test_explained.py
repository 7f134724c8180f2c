"""Each technical term that a page uses is explained on that page, and the picture with it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from compliance.glossary import glossary, of_page
from compliance.glossary.nouns import Term
from pages.parts import explaining
from pages.parts.navigation import PAGES
from tests.pages.conftest import Desk, turned, unfold, words

EXEMPT = {
    "glossary": "it is the explanation",
    "rules": "shows the words of whatever rule is chosen; its own words are explained",
    "register": "shows the kinds of records with the law's own words and a help of each field",
    "organisation": "asks for names and addresses",
    "accounts": "asks for names and roles",
}
# Words that look like a term and are none there.
TITLE = "stands in the title of a duty, which Decisions opens and explains"
ACT = "stands in what an act does; the page on which it is done explains it"
OTHERWISE = {
    **{(term, "trail"): ACT for term in ("budget", "noise", "federated", "personal")},
    ("controller", "overview"): TITLE,
    ("ropa", "overview"): TITLE,
    ("checkpoint", "overview"): TITLE,
    ("finding", "tradeoff"): "stands as a verb: “finding the groups that may be shown”",
}
_SAID = ("body", "label", "delta", "placeholder", "text", "title")


def test_each_term_that_a_page_uses_is_explained_on_it(full_desk: Desk) -> None:
    visitor = full_desk.open("tradeoff")  # so that a question is in hand
    unexplained = {}
    for row in PAGES:
        if row.name in EXEMPT:
            continue
        unfold(full_desk.go(visitor, row.name))
        views = [
            ("\n".join(said(view, within=False)), "\n".join(said(view, within=True)))
            for view in map(unfold, turned(visitor))
        ]
        text, explained = ("\n".join(side) for side in zip(*views, strict=True))
        used = [one for one in glossary().terms.values() if uses(text, one)]
        lacking = [
            one.id
            for one in used
            if explaining.short(one.id) not in explained and (one.id, row.name) not in OTHERWISE
        ]
        if lacking:
            unexplained[row.name] = lacking

    assert not unexplained


def uses(text: str, one: Term) -> bool:
    """Whether a text has the words of a term; single letters only as they are written."""
    how = 0 if all(len(words) == 1 for words in one.words) else re.IGNORECASE
    return bool(re.search(rf"(?<![\w’'])(?:{'|'.join(one.words)})(?!\w)", text, how))


def said(visitor: AppTest, *, within: bool) -> Iterator[str]:
    """What a page says outside its popovers; or, `within`, all that it offers as explanations."""

    def walk(block: object, *, is_inside: bool) -> Iterator[str]:
        for node in block.children.values():  # type: ignore[attr-defined]
            if getattr(node, "children", None):
                yield from walk(node, is_inside=is_inside or node.type == "popover")
            elif within:
                yield str(getattr(node.proto, "help", ""))
                yield str(getattr(node.proto, "body", "")) if is_inside else ""
            elif not is_inside:
                yield from (str(getattr(node.proto, name, "")) for name in _SAID)
                yield "\n".join(map(str, getattr(node.proto, "options", ())))

    return walk(visitor._tree, is_inside=False)


@pytest.mark.parametrize("name", ["tradeoff", "trail"])
def test_a_number_has_its_words_and_its_picture_beside_it(full_desk: Desk, name: str) -> None:
    visitor = unfold(full_desk.open(name))

    places = {"tradeoff": "In plain words: ε", "trail": "In plain words: trail"}
    popovers = [block.proto.popover.label for block in visitor.get("popover")]
    assert any(label.startswith(places[name]) for label in popovers)
    alts = " ".join(chart.proto.alt for chart in visitor.get("plotly_chart"))
    assert {"tradeoff": "At ε = 1", "trail": "Each entry carries a hash"}[name] in alts


def test_the_title_offers_the_words_of_its_page_in_their_order(full_desk: Desk) -> None:
    visitor = full_desk.open("budgets")

    found = next(
        words.value for words in visitor.markdown if words.value.startswith("**ε (epsilon)**")
    )
    assert [line.split("**")[1] for line in found.split("\n\n")] == [
        one.name for one in of_page("budgets")
    ]


def test_an_epsilon_stands_beside_public_releases_of_the_same_unit(full_desk: Desk) -> None:
    for name in ("tradeoff", "budgets"):
        said_ = words(full_desk.open(name))
        assert re.search(r"for one person\. Of \d known deployments with that unit", said_), name


def test_a_group_stands_beside_what_others_ask_for(full_desk: Desk) -> None:
    said_ = words(full_desk.open("anonymise"))

    assert "Beside what others ask for: k = 200 reaches 11 (EMA, clinical reports" in said_
