"""Overlapping finds in free text: nothing that was found stays readable, and words stay whole."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.discovery.text import find_spans
from compliance.discovery.text.nouns import Span, SpanType
from compliance.discovery.text.settling import around, settled, whole_words

SPANS = st.builds(
    lambda start, length, kind, score: Span(
        start=start, end=start + length, type=kind, score=score
    ),
    st.integers(0, 30),
    st.integers(1, 12),
    st.sampled_from(list(SpanType)),
    st.sampled_from([0.45, 0.6, 0.9]),
)


@given(st.lists(SPANS, max_size=8), st.lists(SPANS, max_size=8))
def test_every_character_of_every_find_is_covered_once(first: list[Span], then: list[Span]) -> None:
    found = settled(first, then)
    covered = [place for span in found for place in range(span.start, span.end)]

    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    assert set(covered) >= {p for s in (*first, *then) for p in range(s.start, s.end)}
    assert len(covered) == len(set(covered))


@given(st.lists(SPANS, max_size=8))
def test_to_settle_twice_changes_nothing(spans: list[Span]) -> None:
    assert settled(settled(spans)) == settled(spans)


def test_of_two_finds_the_surer_one_says_what_both_are() -> None:
    sure = Span(start=4, end=9, type=SpanType.IBAN, score=0.95)
    other = Span(start=0, end=6, type=SpanType.PHONE, score=0.6)

    assert settled([other, sure]) == (Span(start=0, end=9, type=SpanType.IBAN, score=0.95),)


def test_names_beside_an_address_for_mail_are_finds_of_their_own() -> None:
    text = "Anna a@b.example Lee"
    mail = Span(start=5, end=16, type=SpanType.EMAIL, score=0.95)
    name = Span(start=0, end=20, type=SpanType.PERSON, score=0.8)

    assert [text[s.start : s.end] for s in around([mail], text, [name])] == ["Anna", "Lee"]


@pytest.mark.parametrize(
    ("text", "start", "end", "whole"),
    [
        pytest.param("at NW1 6XE", 3, 5, "NW1", id="letters before digits"),
        pytest.param("room 12B left", 5, 7, "12B", id="digits before a letter"),
        pytest.param("xAnna", 1, 5, "xAnna", id="a start inside a word"),
        pytest.param("手机13800138000转", 2, 13, "13800138000", id="East Asian signs end a run"),
        pytest.param("Zoë's", 0, 2, "Zoë", id="letters with accents"),
    ],
)
def test_finds_never_end_inside_a_run_of_letters_and_digits(
    text: str, start: int, end: int, whole: str
) -> None:
    found = whole_words(text, [Span(start=start, end=end, type=SpanType.PERSON, score=1.0)])

    assert [text[s.start : s.end] for s in found] == [whole]


@given(st.text(alphabet="aB1 .,-'é中国@", max_size=60))
def test_finds_of_any_text_hold_whole_words(text: str) -> None:
    def is_run(sign: str) -> bool:
        return sign.isalnum() and not "\u4e00" <= sign <= "\u9fff"

    inside = [n for n in range(1, len(text)) if is_run(text[n - 1]) and is_run(text[n])]

    assert not {place for s in find_spans(text) for place in (s.start, s.end)} & set(inside)
