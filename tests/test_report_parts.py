"""What the report is made from: words for numbers, glyphs, charts, tables, evidence, texts."""

from __future__ import annotations

import json
import math
import re
import shlex
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
import report_samples as samples
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from report_hostile import hostile

from compliance.cli.parser import parser
from compliance.plain import from_plain
from compliance.report import axes, build, charts, glyphs, to_evidence_json, wording
from compliance.report.nouns import Evidence, ReportKind
from compliance.report.tables import Fill, heading, number_width, table
from compliance.report.texts import texts

NBSP = "\N{NO-BREAK SPACE}"
finite = st.floats(min_value=-1e15, max_value=1e15, allow_nan=False)


# ---------------------------------------------------------------- wording


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        pytest.param(1234567.0, 0, "1,234,567", id="thousands are separated"),
        pytest.param(-12.345, 2, "−12.35", id="a minus sign, not a hyphen"),
        pytest.param(-0.3, 0, "0", id="no negative nought"),
        pytest.param(math.nan, 2, "no number", id="not a number is said so"),
        pytest.param(math.inf, 0, "no number", id="infinity is no number"),
        pytest.param(None, 0, "no number", id="none is no number"),
    ],
)
def test_numbers_are_shown_as_people_read_them(value, decimals, shown):
    assert wording.number(value, decimals) == shown


@pytest.mark.parametrize(
    ("amount", "up", "down"),
    [
        pytest.param("1", "1", "1", id="whole numbers stay"),
        pytest.param("0.99871", "0.9988", "0.9987", id="four digits, up or down"),
        pytest.param("0.000001", "1e-6", "1e-6", id="small ones in powers of ten"),
        pytest.param("0.00000123456", "1.235e-6", "1.234e-6", id="small ones round too"),
        pytest.param("123456", "123,500", "123,400", id="large ones are separated"),
        pytest.param("0", "0", "0", id="nought"),
        pytest.param("NaN", "no number", "no number", id="not a number"),
    ],
)
def test_losses_round_to_the_side_of_the_people(amount, up, down):
    assert wording.loss_up(Decimal(amount)) == up
    assert wording.loss_down(Decimal(amount)) == down


@pytest.mark.parametrize(
    ("scale", "shown"),
    [
        pytest.param(7_532_752.01, "7,532,752", id="large: no exponent"),
        pytest.param(999_999.7, "1,000,000", id="at the edge of six digits"),
        pytest.param(1_506.5504, "1,506.55", id="six digits"),
        pytest.param(0.25, "0.25", id="small"),
    ],
)
def test_a_scale_of_noise_is_written_out(scale, shown):
    assert wording.measured(scale) == shown


@given(st.decimals(min_value="1e-12", max_value="1e6", allow_nan=False))
def test_a_spent_loss_is_never_shown_smaller_than_it_is(amount):
    assert Decimal(wording.loss_up(amount).replace(",", "")) >= amount
    assert Decimal(wording.loss_down(amount).replace(",", "")) <= amount


@pytest.mark.parametrize(
    ("margins", "places"),
    [
        pytest.param([812.4, 9000.0], 0, id="large margins need none"),
        pytest.param([0.034, 5.0], 3, id="the smallest counts"),
        pytest.param([1.5], 1, id="two digits"),
        pytest.param([], 0, id="nothing known"),
        pytest.param([None, math.nan, 0.0], 0, id="nothing usable"),
        pytest.param([1e-30], 6, id="never more than six"),
    ],
)
def test_decimals_show_two_digits_of_the_smallest_margin(margins, places):
    assert wording.decimals_for(margins) == places


@pytest.mark.parametrize(
    ("in_bytes", "shown"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (999_960, "1.0 MB"),
        (10**16, "10.0 PB"),
    ],
)
def test_sizes_are_in_powers_of_a_thousand(in_bytes, shown):
    assert wording.size(in_bytes).replace(NBSP, " ") == shown


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 24, 2, 10, tzinfo=UTC),
        datetime(2026, 11, 24, 11, 10, tzinfo=timezone(timedelta(hours=9))),
        datetime(2026, 11, 24, 2, 10),
    ],
    ids=["UTC", "another zone", "no zone is UTC"],
)
def test_times_are_in_utc(moment):
    assert wording.when(moment).replace(NBSP, " ") == "24 November 2026, 02:10 UTC"


def test_counts_agree_with_their_unit():
    assert wording.count(1, "row") == f"1{NBSP}row"
    assert wording.count(1200, "row") == f"1,200{NBSP}rows"
    assert wording.count(2, "entry", plural="entries") == f"2{NBSP}entries"


def test_shortened_text_counts_chinese_characters_twice():
    assert wording.shortened("abcdef", 6) == "abcdef"
    assert wording.shortened("abcdefg", 6) == "abcde…"
    assert wording.shortened("客户终身价值", 7) == "客户终…"
    assert wording.shortened("客户终身价值", 6) == "客户…"


@given(st.text(), st.integers(3, 80))
def test_shortened_text_is_never_longer_than_the_text(text, width):
    assert len(wording.shortened(text, width)) <= max(len(text), 1)


def test_abridged_names_keep_their_ends_apart():
    names = ["customer_" + "very_" * 37 + f"long_{number}" for number in (1, 2)]
    short = [wording.abridged(name) for name in names]

    assert wording.abridged("CustomerID") == "CustomerID"
    assert short[0] != short[1]
    assert all(len(name) <= 60 and name.startswith("customer_very") for name in short)


@given(st.text(max_size=120), st.integers(9, 80))
def test_abridged_text_is_never_wider_than_allowed(text, width):
    cut = wording.abridged(text, width)

    assert sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in cut) <= width


# ---------------------------------------------------------------- glyphs


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("plain", "plain", id="ASCII stays"),
        pytest.param(
            "Ünïcode ελ Дом 客户 かな", "Ünïcode ελ Дом 客户 かな", id="bundled letters stay"
        ),
        pytest.param("שלום مرحبا", "שלום مرحبا", id="Hebrew and Arabic stay"),
        pytest.param("e\u0301", "é", id="composed"),
        pytest.param("q\u0301", "q\u0301", id="a mark on a bundled letter stays"),
        pytest.param("ש\u0301", "ש□", id="a mark on an added letter"),
        pytest.param("ש\u05bc", "ש□", id="a vowel sign"),
        pytest.param("hi😀", "hi□", id="emoji"),
        pytest.param("한국어", "□□□", id="Korean"),
        pytest.param("a\x00b", "a□b", id="a control character"),
        pytest.param("a\u202eb", "a□b", id="a turn of direction"),
        pytest.param("a\u200bb", "a□b", id="an invisible blank"),
        pytest.param("a\nb\tc", "a b c", id="line ends become blanks"),
    ],
)
def test_what_has_no_glyph_becomes_a_box(text, shown):
    assert glyphs.printable(text) == shown


@given(st.text())
def test_printing_twice_changes_nothing_more(text):
    once = glyphs.printable(text)

    assert glyphs.printable(once) == once


def test_every_character_that_is_claimed_has_a_glyph_in_both_weights():
    """Titles of findings are bold, their evidence is not; PDF/A refuses what has no glyph."""
    starts, ends = glyphs._coverage()
    points = [p for a, b in zip(starts, ends, strict=True) for p in range(a, b + 1)]
    signs = [chr(p) for p in points if glyphs.has_glyph(chr(p))]
    evidence = samples.retail()
    chunks = ["a".join(signs[at : at + 400]) for at in range(0, len(signs), 400)]
    finding = evidence.assessment.findings[0]
    verdicts = tuple(replace(finding, title=chunk, evidence=chunk) for chunk in chunks)

    document = build(
        ReportKind.AUDIT,
        replace(evidence, assessment=replace(evidence.assessment, verdicts=verdicts)),
    )

    assert len(signs) > 30_000
    assert document.pages > 20


# ---------------------------------------------------------------- charts


@given(st.lists(finite, min_size=1, max_size=30), st.booleans())
def test_an_axis_holds_all_its_numbers_and_keeps_their_order(numbers, whole):
    axis = axes.linear_axis(numbers, whole=whole)
    places = [axis.place(number) for number in sorted(numbers)]
    ticks = [tick["at"] for tick in axis.ticks]

    assert all(-1e-6 <= place <= 1 + 1e-6 for place in places)
    assert places == sorted(places)
    assert ticks == sorted(ticks)
    assert 2 <= len(ticks) <= 12


@given(st.lists(finite.filter(lambda x: abs(x) > 1e-6), min_size=5, max_size=30))
def test_a_steep_axis_holds_all_its_numbers_and_keeps_their_order(numbers):
    axis = axes.steep_axis(numbers)
    places = [axis.place(number) for number in sorted(numbers)]

    assert all(-1e-6 <= place <= 1 + 1e-6 for place in places)
    assert places == sorted(places)
    assert "0" in [tick["text"] for tick in axis.ticks]


def test_an_axis_goes_in_powers_of_ten_only_where_numbers_differ_widely():
    even = _value_chart([10.0, 12.0, 9.0, 11.0, 10.0, 13.0])
    steep = _value_chart([10.0, 12.0, 9.0, 11.0, 10.0, 90_000.0])

    assert "powers of ten" not in even["caption"]
    assert "powers of ten" in steep["caption"]
    assert "k: thousand" in steep["caption"]


def test_a_group_without_a_number_has_no_mark():
    chart = charts.value_chart(
        ["a", "b"],
        [("n", [charts.Bar(value=None), charts.Bar(value=3.0, margin=1.0)])],
        alt="",
        caption="",
    )

    rows = chart["panels"][0]["rows"]
    assert rows[0] == {"whisker": None, "marks": [], "bar": None}
    assert rows[1]["whisker"][0] < rows[1]["marks"][0]["at"] < rows[1]["whisker"][1]


def test_lines_leave_out_what_is_no_number():
    line = charts.Line(name="a", role="main", points=((1.0, 0.5), (2.0, math.nan), (3.0, 0.7)))
    chart = charts.line_chart("t", "x", [line])

    assert len(chart["series"][0]["points"]) == 2


def _value_chart(values: list[float]) -> dict:
    bars = [charts.Bar(value=value, margin=1.0) for value in values]
    return charts.value_chart([str(v) for v in values], [("n", bars)], alt="", caption="")


# ---------------------------------------------------------------- tables


def test_a_table_without_rows_is_none():
    assert table([heading("a")], []) is None


def test_a_number_column_is_as_wide_as_its_longest_number():
    narrow, wide = number_width("n", ["12"]), number_width("n", ["1,234,567.89"])

    assert narrow < wide < number_width("n", ["1" * 80]) <= 34


def test_only_number_columns_have_a_fixed_width():
    columns = table([heading("a", 2), heading("b", fill=Fill.NUMBER)], [["x", "1"]])["columns"]

    assert columns[0]["share"] == 2
    assert "mm" in columns[1]


# ---------------------------------------------------------------- evidence


def test_evidence_is_canonical_json():
    for evidence in (samples.retail(), samples.empty(), hostile()):
        data = to_evidence_json(evidence)

        assert rfc8785.dumps(json.loads(data)) == data


def test_numbers_that_a_double_cannot_hold_are_texts():
    evidence = hostile()
    plain = json.loads(to_evidence_json(evidence))["datasets"][0]

    assert plain["dataset"]["rows"] == str(2**60)
    assert plain["releases"][2]["values"][4]["value"] == "NaN"
    assert plain["releases"][0]["asked"]["epsilon"] == "0.01"


def test_evidence_can_be_read_back_without_loss():
    evidence = samples.retail()
    (alone,) = evidence.datasets
    labels = tuple(replace(label, examples=()) for label in alone.discovery.labels)
    bare = replace(alone, discovery=replace(alone.discovery, labels=labels))

    again = from_plain(Evidence, json.loads(to_evidence_json(evidence)))

    assert again == replace(evidence, datasets=(bare,))


def test_evidence_holds_everything_but_examples():
    evidence = samples.retail()
    plain = json.loads(to_evidence_json(evidence))
    labels = plain["datasets"][0]["discovery"]["labels"]

    assert set(plain) == set(Evidence.__dataclass_fields__)
    assert len(labels) == 8
    assert all("examples" not in label and label["evidence"] for label in labels)
    assert len(plain["datasets"][0]["releases"][0]["values"]) == 76


# ---------------------------------------------------------------- texts


def test_each_group_of_texts_names_its_source_and_day():
    groups = dict(texts())

    assert date.fromisoformat(groups.pop("as_of"))
    assert all(group["source"].strip() for group in groups.values())


@pytest.mark.parametrize(
    "term",
    [
        *("ε", "δ", "zCDP", "ρ", "Margin", "Unit of privacy", "Quasi-identifier"),
        *("Federated averaging", "AUC", "Trail", "Merkle root", "Contribution bounds", "SHA-256"),
    ],
)
def test_glossary_explains(term):
    terms = [item["term"] for item in texts()["glossary"]["terms"]]

    assert any(term in title for title in terms)
    assert terms == sorted(terms, key=lambda title: _latin(title))


def _latin(title: str) -> str:
    name = re.search(r"\((\w+)\)", title)
    return (name.group(1) if name and title[0] in "εδ" else title).lower()


def test_commands_that_the_report_tells_people_to_type_exist():
    steps = [shlex.split(step["command"]) for step in texts()["traceability"]["steps"]]
    typed = [words[3:] for words in steps if words[:3] == ["python", "-m", "compliance"]]

    assert len(typed) == 3
    for words in typed:
        assert parser().parse_args(words).verb


def test_script_that_the_report_tells_people_to_run_is_where_it_says():
    root = Path(__file__).resolve().parent.parent
    (step,) = [s for s in texts()["traceability"]["steps"] if "verify_trail.py" in s["command"]]
    (place,) = re.findall(r"compliance/\S+\.py", step["does"])

    assert (root / place).is_file()
