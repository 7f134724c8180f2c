"""Texts without names in six languages: the tagger says nothing of them, and finds names beside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compliance import shipped
from compliance.demo import build_shop
from compliance.discovery.text import find_in_many, find_spans, redact
from compliance.discovery.text.languages import Family, families
from compliance.discovery.text.nouns import SpanType

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"
HELD_OUT = shipped.values((BENCHMARKS / "text_held_out.yaml").read_bytes())
LANGUAGES = [name for name in HELD_OUT if name not in ("source", "as_of")]
LETTER = (
    "Dear Ms Anna Schmidt, your order for anna.schmidt@example.org will be sent to 12 Baker "
    "Street, London NW1 6XE. Call +44 20 7946 0958. 身份证11010519491231002X，手机13800138000。"
)
# Of a hundred texts without names, at most one holds a person that is none.
FALSE_ALARMS = 0.01
NAMED = [
    ("Die Hose passt gut. Viele Grüße, Annegret Weinzierl", "Annegret Weinzierl"),
    ("Frau Brinkmann von der Hotline hat sofort geholfen.", "Brinkmann"),
    ("Mit freundlichen Grüßen\nJörg Hartwig", "Jörg Hartwig"),
    ("La couture a lâché. Cordialement, Bérénice Gauthier", "Bérénice Gauthier"),
    ("Madame Delacroix a répondu tout de suite.", "Delacroix"),
    ("El vecino Ramiro Quesada firmó la entrega.", "Ramiro Quesada"),
    ("Il signor Bevilacqua ha risolto tutto.", "Bevilacqua"),
    ("Obrigada, Conceição Tavares", "Conceição Tavares"),
]


def persons(texts: list[str]) -> list[str]:
    return [
        text[span.start : span.end]
        for text, spans in zip(texts, find_in_many(texts), strict=True)
        for span in spans
        if span.type is SpanType.PERSON
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_ordinary_sentences_nobody_is_found(language: str) -> None:
    texts = HELD_OUT[language]

    assert len(texts) >= 30
    assert len(persons(texts)) <= FALSE_ALARMS * len(texts)


@pytest.mark.parametrize(("text", "name"), NAMED, ids=[row[1] for row in NAMED])
def test_names_in_reviews_of_other_languages_are_found(text: str, name: str) -> None:
    found = [text[s.start : s.end] for s in find_spans(text) if s.type is SpanType.PERSON]

    assert found == [name]


def test_in_the_reviews_of_the_demo_nearly_only_true_persons_are_found() -> None:
    """Reviews in English, German, French and Chinese whose every name is known."""
    table, truth = _reviews()
    false = [text for number, text in table.items() if not truth.get(number) and persons([text])]
    found = sum(
        any(s.start < end and start < s.end and s.type is SpanType.PERSON for s in spans)
        for number, marks in truth.items()
        for spans in [find_spans(table[number])]
        for start, end in marks
    )

    assert len(false) <= FALSE_ALARMS * (len(table) - len(truth))
    assert found >= 0.9 * sum(map(len, truth.values()))


def _reviews() -> tuple[dict[str, str], dict[str, list[tuple[int, int]]]]:
    shop = build_shop(customers=500, orders=20_000)
    (file,) = next(table for table in shop.tables if table.name == "reviews").files
    rows = [json.loads(line) for line in file.data.decode("utf-8").splitlines()]
    truth: dict[str, list[tuple[int, int]]] = {}
    for mention in shop.truth.mentions:
        if mention.kind == "PERSON":
            truth.setdefault(mention.review_id, []).append((mention.start, mention.end))
    return {row["review_id"]: row["text"] for row in rows}, truth


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The lamp is nice and it works", Family.ENGLISH),
        ("Die Lampe ist schön und hell", Family.GERMAN),
        ("La lampe est jolie et très pratique", Family.ROMANCE),
        ("¿Cuándo llega mi pedido?", Family.ROMANCE),
        ("La lampada non funziona più", Family.ROMANCE),
        ("A encomenda ainda não chegou", Family.ROMANCE),
        ("Suppe lauwarm Nachtisch hervorragend", Family.GERMAN),
        ("Soupe tiède viande dure", Family.ROMANCE),
        ("Anna Schmidt", Family.UNKNOWN),
        ("", Family.UNKNOWN),
    ],
)
def test_words_tell_the_language(text: str, expected: Family) -> None:
    assert families([text.strip("¿?").split()]) == [expected]


def test_of_a_letter_only_its_ordinary_words_are_left() -> None:
    redacted = redact(LETTER, find_spans(LETTER))

    for part in ("Anna", "Schmidt", "example", "Baker", "London", "NW", "6XE", "44", "002X", "138"):
        assert part not in redacted
    for part in ("Dear ", "your order for ", " will be sent to ", " Call ", "身份证", "，手机"):
        assert part in redacted


@pytest.mark.parametrize("text", ["Call +44 20 7946 0958.", "Wegen der Ordnung.", "Une redire."])
def test_one_ordinary_word_is_neither_a_place_nor_an_address(text: str) -> None:
    kinds = {s.type for s in find_spans(text)}

    assert not kinds & {SpanType.LOCATION, SpanType.ADDRESS, SpanType.PERSON}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("邻居王芳帮我签收的，说特别沉。", ["王芳"]),
        ("客服刘志强非常有耐心。", ["刘志强"]),
        ("很满意。署名：陈静", ["陈静"]),
        ("客服马上回复了，朋友高兴极了。", []),
        ("朋友常常向我推荐，邻居都说好。", []),
        ("客服安排了退货，M码正好。", []),
    ],
)
def test_in_chinese_reviews_people_are_told_from_what_they_do(text: str, names: list[str]) -> None:
    found = find_spans(text)

    assert [text[s.start : s.end] for s in found] == names
