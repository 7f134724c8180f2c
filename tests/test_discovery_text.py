"""Personal data inside free text: what the patterns find, in nine languages."""

from __future__ import annotations

import itertools
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.discovery.text import find_in_many, find_spans, redact, scan_column
from compliance.discovery.text.nouns import Span, SpanType
from compliance.discovery.text.patterns import patterns, settings
from compliance.discovery.text.validity import check

CASES = [
    ("Write to john.doe@example.com today.", SpanType.EMAIL, "john.doe@example.com"),
    ("邮箱wang@example.com，谢谢", SpanType.EMAIL, "wang@example.com"),
    ("Call +1 (555) 123-4567 x89 now", SpanType.PHONE, "+1 (555) 123-4567 x89"),
    ("ring 020 7946 0958 please", SpanType.PHONE, "020 7946 0958"),
    ("手机13812345678转告", SpanType.PHONE, "13812345678"),
    ("座机010-62345678", SpanType.PHONE, "010-62345678"),
    ("電話は03-1234-5678です", SpanType.PHONE, "03-1234-5678"),
    ("Tel. 0171/1234567", SpanType.PHONE, "0171/1234567"),
    ("卡号4111111111111111已付", SpanType.CREDIT_CARD, "4111111111111111"),
    ("card 3782 822463 10005", SpanType.CREDIT_CARD, "3782 822463 10005"),
    ("my card 4111 1111 1111 1112 fails", SpanType.CREDIT_CARD, "4111 1111 1111 1112"),
    ("to GB82 WEST 1234 5698 7654 32 AND", SpanType.IBAN, "GB82 WEST 1234 5698 7654 32"),
    ("IP是10.0.0.1登录", SpanType.IP_ADDRESS, "10.0.0.1"),
    ("from 2001:db8:0:1::7 again", SpanType.IP_ADDRESS, "2001:db8:0:1::7"),
    ("MAC 00:1B:44:11:3A:B7", SpanType.MAC_ADDRESS, "00:1B:44:11:3A:B7"),
    ("see https://a.example/x?y=1.", SpanType.URL, "https://a.example/x?y=1"),
    ("our site shop.example.co.uk sells", SpanType.URL, "shop.example.co.uk"),
    ("SSN 123-45-6789", SpanType.NATIONAL_ID, "123-45-6789"),
    ("身份证11010519491231002X有效", SpanType.NATIONAL_ID, "11010519491231002X"),
    ("주민등록번호 900101-1234568", SpanType.NATIONAL_ID, "900101-1234568"),
    ("CPF 529.982.247-25", SpanType.NATIONAL_ID, "529.982.247-25"),
    ("DNI 12345678Z", SpanType.NATIONAL_ID, "12345678Z"),
    ("CF RSSMRA85T10A562S", SpanType.NATIONAL_ID, "RSSMRA85T10A562S"),
    ("NINO AB 12 34 56 C", SpanType.NATIONAL_ID, "AB 12 34 56 C"),
    ("Steuer-ID 36 574 261 809", SpanType.NATIONAL_ID, "36 574 261 809"),
    ("護照 passport no. 123456789", SpanType.PASSPORT, "123456789"),
    ("护照号E12345678", SpanType.PASSPORT, "E12345678"),
    ("driver's license D1234567", SpanType.DRIVER_LICENCE, "D1234567"),
    ("车牌京A12345停车", SpanType.LICENCE_PLATE, "京A12345"),
    ("Kennzeichen B-MW 1234", SpanType.LICENCE_PLATE, "B-MW 1234"),
    ("on 5th of May 2020 we", SpanType.DATE, "5th of May 2020"),
    ("born 12/31/1985.", SpanType.DATE, "12/31/1985"),
    ("am 3. März 2020 war", SpanType.DATE, "3. März 2020"),
    ("le 4 août 2021", SpanType.DATE, "4 août 2021"),
    ("于2020年5月3日出生", SpanType.DATE, "2020年5月3日"),
    ("2020-05-03 14:48:14 UTC", SpanType.DATE, "2020-05-03 14:48:14"),
    ("She is 34 years old", SpanType.AGE, "34"),
    ("今年34岁", SpanType.AGE, "34"),
    ("zip code 90210", SpanType.POSTAL_CODE, "90210"),
    ("London SW1A 2AA", SpanType.POSTAL_CODE, "SW1A 2AA"),
    ("123 Main Street, Apt 4", SpanType.ADDRESS, "123 Main Street, Apt 4"),
    ("in der Hauptstraße 12, 10115 Berlin", SpanType.ADDRESS, "Hauptstraße 12, 10115 Berlin"),
    ("au 12 rue de la Paix, 75002 Paris", SpanType.ADDRESS, "12 rue de la Paix, 75002 Paris"),
    ("Calle Mayor 5, 28013 Madrid", SpanType.ADDRESS, "Calle Mayor 5, 28013 Madrid"),
    ("住北京市朝阳区建国路88号3号楼501室", SpanType.ADDRESS, "北京市朝阳区建国路88号3号楼501室"),
    ("東京都千代田区千代田1番1号", SpanType.ADDRESS, "東京都千代田区千代田1番1号"),
    ("서울특별시 강남구 테헤란로 152", SpanType.ADDRESS, "서울특별시 강남구 테헤란로 152"),
    ("username: max_power99", SpanType.USERNAME, "max_power99"),
    ("thanks @bob_42!", SpanType.USERNAME, "@bob_42"),
    ("pay bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", SpanType.CRYPTO,
     "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"),
]  # fmt: skip

NOTHING_PERSONAL = [
    pytest.param("The order has 12 items at 19.99 each.", id="numbers"),
    pytest.param("Version 3.11.7 of the end.Then it", id="version and a missing blank"),
    pytest.param("duplicate 123456789", id="“lic” inside a word is no context"),
    pytest.param("pages 1234-1298 of 2000", id="page range"),
    pytest.param("4111111111111111111111111111", id="more digits than a card has"),
    pytest.param("ratio 1.5/2.5 and 3:1", id="ratios"),
    pytest.param("300.400.500.600", id="no address of a machine"),
    pytest.param("I am 5'4\" and 120 lbs", id="a height is no age"),
    pytest.param("000-12-3456", id="no number of anybody"),
    pytest.param("order K1234567, part AB123CD, lot AB12 CDE", id="codes like licences and plates"),
    pytest.param("It won 10/12 and cost 1500 EU credits or 12345 Items", id="counts and shares"),
]


def pieces(text: str) -> list[tuple[SpanType, str]]:
    return [(s.type, text[s.start : s.end]) for s in find_spans(text, names=False)]


@pytest.mark.parametrize(("text", "kind", "value"), CASES, ids=[case[2] for case in CASES])
def test_personal_data_is_found_with_its_ends(text: str, kind: SpanType, value: str) -> None:
    assert (kind, value) in pieces(text)


@pytest.mark.parametrize("text", NOTHING_PERSONAL)
def test_what_is_not_personal_stays(text: str) -> None:
    assert pieces(text) == []


def test_full_width_digits_are_digits() -> None:
    assert pieces("手机１３８１２３４５６７８") == [(SpanType.PHONE, "１３８１２３４５６７８")]


def test_of_two_words_near_a_number_the_last_one_names_it() -> None:
    assert pieces("call about passport 123456789")[0][0] is SpanType.PASSPORT


def test_words_of_another_text_are_no_context() -> None:
    alone, neighbours = find_spans("12345678", names=False), find_in_many(
        ["my passport", "12345678"], names=False
    )  # fmt: skip

    assert alone == neighbours[1] == ()


@given(st.lists(st.text(max_size=60) | st.sampled_from([case[0] for case in CASES]), max_size=6))
def test_many_texts_are_searched_as_each_alone(texts: list[str]) -> None:
    assert find_in_many(texts, names=False) == [find_spans(t, names=False) for t in texts]


@given(st.text(alphabet=st.characters() | st.sampled_from("0123456789@.-+ /:"), max_size=200))
def test_spans_lie_in_the_text_in_order_and_apart(text: str) -> None:
    spans = find_spans(text)

    assert all(a.end <= b.start for a, b in itertools.pairwise(spans))
    assert all(0 <= s.start < s.end <= len(text) for s in spans)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("\0\0 \ud800 \udfff 13812345678 \0", id="NULs and lone surrogates"),
        pytest.param(bytes(range(256)).decode("latin-1"), id="binary"),
        pytest.param("MÃ¼ller Ã© â‚¬ \ufffd", id="read in the wrong encoding"),
        pytest.param("😀" * 50, id="emoji"),
    ],
)
def test_odd_texts_are_searched_too(text: str) -> None:
    expected = 1 if "138" in text else 0

    assert sum(s.type is SpanType.PHONE for s in find_spans(text)) == expected


HUGE = ["1", "a", "A", "a.", "1.", "1-", "+1", "@", "a@", "Aa ", "1 ", ":", "路", "市", "(1)", "é",
        "in 19", "Mr ", "www.", "0x", "Main Street 1 "]  # fmt: skip


@pytest.mark.parametrize("unit", HUGE)
def test_time_grows_with_the_length_only(unit: str) -> None:
    """Four times the text may take eight times as long, were the machine busy; never sixteen."""

    def spent(length: int) -> float:
        text = (unit * length)[:length]
        begun = time.process_time()
        find_spans(text)
        return time.process_time() - begun

    find_spans("warm 1@a.de")
    small = min(spent(8_000) for _ in range(3))

    assert any(spent(32_000) < 10 * small + 0.05 for _ in range(2))


def test_redaction_names_the_type_and_keeps_the_rest() -> None:
    text = "Mail a@b.example or call +44 20 7946 0958."

    assert redact(text, find_spans(text, names=False)) == "Mail [EMAIL] or call [PHONE]."


@given(st.lists(st.sampled_from([case[0] for case in CASES]), min_size=1, max_size=5))
def test_nothing_that_was_found_is_left_after_redaction(texts: list[str]) -> None:
    text = " | ".join(texts)
    spans = find_spans(text, names=False)
    redacted = redact(text, spans)

    assert not {t for s in spans if len(t := text[s.start : s.end]) > 4 and t in redacted}


def test_spans_of_another_text_are_a_slip() -> None:
    span = Span(start=0, end=9, type=SpanType.PERSON, score=1.0)
    with pytest.raises(ValueError, match="another text"):
        redact("short", [span])
    with pytest.raises(ValueError, match="overlap"):
        redact("long enough", [span, span])


@pytest.mark.parametrize("wrong", [{"start": 3, "end": 3}, {"score": 1.5}, {"start": -1}])
def test_a_span_that_exists_is_valid(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"span|score"):
        Span(**({"start": 0, "end": 1, "type": SpanType.AGE, "score": 0.5} | wrong))  # type: ignore[arg-type]


def test_a_column_of_texts_is_counted_and_masked() -> None:
    findings = scan_column(
        ["mail a1@b.example", None, "", "nothing here", "a@b.example, c@d.example"], names=False
    )

    assert (findings.texts, findings.touched, findings.share) == (3, 2, 2 / 3)
    assert findings.counts == {SpanType.EMAIL: 3}
    assert findings.touched_by_type == {SpanType.EMAIL: 2}
    assert findings.examples[SpanType.EMAIL][0] == "a•@•.•••••••"
    assert scan_column([]).share == 0.0


def test_every_pattern_has_a_source_a_check_that_exists_and_a_bounded_shape() -> None:
    rows = patterns()

    assert len({row.id for row in rows}) == len(rows)
    assert all(row.source and re.fullmatch(r"\d{4}-\d\d-\d\d", row.as_of) for row in rows)
    assert all(callable(check(row.check)) for row in rows if row.check)
    assert all(r"\b" not in row.shape.pattern for row in rows)
    assert all(row.score_with >= settings()["threshold"] for row in rows)
