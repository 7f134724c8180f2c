"""Every word is explained once, in whole sentences, and one thing has one name everywhere."""

from __future__ import annotations

import re

import cli_cases as cli
import pytest

from compliance.errors import UnknownTermError
from compliance.glossary import find, glossary, of_page, term, thresholds
from compliance.glossary.nouns import Term
from compliance.glossary.page import as_markdown
from compliance.i18n import catalogues, gathering, speaking
from compliance.impact import method
from pages.parts.figures.meanings import PICTURES, picture
from pages.parts.navigation import PAGES

TERMS = tuple(glossary().terms.values())
# Where a word that the glossary rules out stands all the same, with the reason.
EXCEPTIONS = {
    r"centrali[sz]ed": (
        r"[Cc]entralised",
        "reports name the model of all rows as the papers on federated learning do",
    ),
    r"lawful bas(is|es)": (
        r"^Lawful basis recorded$",
        "a rule of a pack in force; trails hold the hash of verdicts that name it",
    ),
    r"opt(ed|s)?-in": (r"opt-in", "the CCPA's own word, for what minors do"),
    r"revok(e|ed|es)": (r"LGPD|Art\. 18", "the LGPD's own word"),
    r"compliant": (r"^Compliant|^Decide on", "what an auditor decides of a whole report, by name"),
    r"violations?": (r"per violation", "what a fine is counted by in the CCPA"),
}


@pytest.fixture(scope="module")
def english(gathered: gathering.Gathered) -> tuple[str, ...]:
    """Every English word that is shown, but for the glossary’s own and the laws’."""
    return tuple(key.words for room, keys in gathered.items() if room != "glossary" for key in keys)


@pytest.mark.parametrize("one", TERMS, ids=lambda one: one.id)
def test_a_term_is_a_sentence_a_text_and_ways_on(one: Term) -> None:
    assert one.short.endswith(".")
    assert len(one.short.split()) <= 32
    assert len(one.long.split()) <= 100
    assert one.long.endswith(".")
    assert set(one.see) <= glossary().terms.keys() - {one.id}
    assert one.theme in glossary().themes
    assert one.words
    assert one.standard
    assert set(one.pages) <= {row.name for row in PAGES}
    assert not one.picture or one.picture in PICTURES


def test_there_are_enough_terms_and_no_name_is_given_twice() -> None:
    names = [one.name for one in TERMS]

    assert len(names) == len(set(names)) >= 70
    assert glossary().as_of
    assert {one.theme for one in TERMS} == glossary().themes.keys()


def test_each_verdict_is_a_term() -> None:
    verdicts = {"met", "not met", "not assessed", "not applicable", "waived"}

    assert verdicts <= {one.name for one in TERMS}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_says_its_finding_with_the_numbers_it_is_drawn_from(name: str) -> None:
    found = picture(name)

    assert len(found.says) > 60
    assert found.figure.to_dict()["layout"]["height"]
    assert any(one.picture == name for one in TERMS)


def test_the_picture_of_epsilon_keeps_its_promise_at_every_point() -> None:
    without, with_ = picture("epsilon").figure.to_dict()["data"]

    ratios = [a / b for a, b in zip(without["y"], with_["y"], strict=True)]
    assert max(ratios) == pytest.approx(2.718, abs=0.001)
    assert min(ratios) == pytest.approx(1 / 2.718, abs=0.001)
    assert "2.7 times" in picture("epsilon").says


def test_the_pictures_numbers_are_those_of_the_formulas() -> None:
    assert "13\xa0% of all cases" in picture("delta").says  # Φ(−0.5) − e·Φ(−1.5) = 0.127
    assert "73 at ε = 1" in picture("odds").says.replace("in 73", "73")
    assert "t = 0.30" in picture("t").says
    assert "= 3.2," in picture("fedavg").says
    assert "entries 3 to 5" in picture("chain").says


def test_words_are_found_in_the_readers_language() -> None:
    assert [one.id for one in find("legal hold")] == ["hold"]
    assert term("Legal hold").id == "hold"
    assert find("no such words at all") == ()
    with speaking("zh"):
        assert term("法律保留").id == "hold"
        assert "epsilon" in {one.id for one in find("透露")}


def test_an_unknown_term_is_a_plain_refusal() -> None:
    with pytest.raises(UnknownTermError, match="no term “blockchain”"):
        term("blockchain")


def test_the_pages_that_ask_for_epsilon_explain_it() -> None:
    for page in ("tradeoff", "release", "budgets", "federated"):
        assert "epsilon" in {one.id for one in of_page(page)}


def test_the_sizes_of_groups_are_those_by_which_likelihoods_are_read() -> None:
    likely = {round(share, 2) for share in method().upper.values()}

    assert [one.k for one in thresholds()] == [11, 5, 3]
    assert {round(1 / one.k, 2) for one in thresholds()} <= likely | {0.33}  # there 0.34


def test_one_thing_has_one_name(english: tuple[str, ...]) -> None:
    """Words that the glossary rules out stand nowhere in what is shown."""
    found, together = {}, "\0".join(english)
    for one in TERMS:
        for never in one.never:
            ruled_out = re.compile(rf"(?<![\w-]){never}(?!\w)", re.IGNORECASE)
            allowed, _reason = EXCEPTIONS.get(never, (r"(?!)", ""))
            if not ruled_out.search(together):
                continue
            said = [words for words in english if ruled_out.search(words)]
            if odd := [words for words in said if not re.search(allowed, words)]:
                found[one.id, never] = odd[:3]

    assert not found


def test_each_exception_is_still_needed(english: tuple[str, ...]) -> None:
    for never, (allowed, reason) in EXCEPTIONS.items():
        said = [w for w in english if re.search(rf"(?<![\w-]){never}(?!\w)", w, re.IGNORECASE)]
        assert any(re.search(allowed, words) for words in said), never
        assert any(never in one.never for one in TERMS), never
        assert reason


def test_the_command_line_explains_a_word(tmp_path) -> None:
    answer = cli.run(tmp_path, "--json", "glossary", "epsilon")
    every = cli.run(tmp_path, "--json", "glossary")

    assert answer.document["standard"] == "privacy loss parameter"
    assert len(every.document["terms"]) == len(TERMS)
    assert cli.run(tmp_path, "glossary", "blockchain").code == 2


def test_every_term_has_its_chinese() -> None:
    known = catalogues.translations("zh")
    said = {key.words: catalogues.strings(message)[0] for key, message in known.items()}

    for one in TERMS:
        for words in (one.short, one.long):
            assert re.search(r"[\u4e00-\u9fff]", said[words]), one.id


def test_the_page_of_the_documentation_is_what_the_data_say() -> None:
    """Write it anew with `python -c "…; print(as_markdown(), end='')" > docs/glossary.md`."""
    written = (gathering.ROOT / "docs" / "glossary.md").read_text("utf-8")

    assert written == as_markdown()
    assert written.count("\n### ") == len(TERMS)
