"""What the report says, before it is typeset: numbers, charts, sections, evidence."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from importlib.resources import files

import pytest
import report_samples as samples
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from compliance.federated.nouns import Baselines
from compliance.privacy.nouns import LaplaceEvent, SampledGaussianEvent
from compliance.report import build, charts, glyphs, to_evidence_json, wording
from compliance.report.building import to_content
from compliance.report.nouns import Evidence, Organisation, ReportKind
from compliance.report.sections.events import in_words
from compliance.report.sections.releases import attacker_percent
from compliance.report.tables import Fill, heading, number_width, table
from compliance.report.texts import texts
from compliance.rules.nouns import State
from compliance.trail.nouns import Verification

NBSP = "\N{NO-BREAK SPACE}"
finite = st.floats(min_value=-1e15, max_value=1e15, allow_nan=False)


def _content(evidence: Evidence) -> dict:
    return to_content(ReportKind.AUDIT, evidence)


def _facts(facts: list[dict]) -> dict[str, str]:
    return {fact["name"]: fact["value"].replace(NBSP, " ") for fact in facts}


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
    assert wording.shortened("客户终身价值", 7) == "客户…"


@given(st.text(), st.integers(3, 80))
def test_shortened_text_is_never_longer_than_the_text(text, width):
    assert len(wording.shortened(text, width)) <= max(len(text), 1)


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


def test_fonts_come_with_their_licence():
    assert "SIL OPEN FONT LICENSE" in (files("compliance.report") / "fonts/OFL.txt").read_text()


# ---------------------------------------------------------------- charts


@given(st.lists(finite, min_size=1, max_size=30), st.booleans())
def test_an_axis_holds_all_its_numbers_and_keeps_their_order(numbers, whole):
    axis = charts.linear_axis(numbers, whole=whole)
    places = [axis.place(number) for number in sorted(numbers)]
    ticks = [tick["at"] for tick in axis.ticks]

    assert all(-1e-6 <= place <= 1 + 1e-6 for place in places)
    assert places == sorted(places)
    assert ticks == sorted(ticks)
    assert 2 <= len(ticks) <= 12


@given(st.lists(finite.filter(lambda x: abs(x) > 1e-6), min_size=5, max_size=30))
def test_a_steep_axis_holds_all_its_numbers_and_keeps_their_order(numbers):
    axis = charts.steep_axis(numbers)
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
    assert rows[0] == {"whisker": None, "marks": []}
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
    for evidence in (samples.retail(), samples.empty(), samples.hostile()):
        data = to_evidence_json(evidence)

        assert rfc8785.dumps(json.loads(data)) == data


def test_numbers_that_a_double_cannot_hold_are_texts():
    evidence = samples.hostile()
    plain = json.loads(to_evidence_json(evidence))["datasets"][0]

    assert plain["dataset"]["rows"] == str(2**60)
    assert plain["releases"][2]["values"][4]["value"] == "NaN"
    assert plain["releases"][0]["asked"]["epsilon"] == "0.01"


def test_evidence_holds_everything_but_examples():
    evidence = samples.retail()
    plain = json.loads(to_evidence_json(evidence))
    labels = plain["datasets"][0]["discovery"]["labels"]

    assert set(plain) == set(Evidence.__dataclass_fields__)
    assert len(labels) == 8
    assert all("examples" not in label and label["evidence"] for label in labels)
    assert len(plain["datasets"][0]["releases"][0]["values"]) == 76


# ---------------------------------------------------------------- sections


@pytest.mark.parametrize(
    ("epsilon", "percent"),
    [("0.0000001", 50.1), ("1", 73.2), ("2", 88.1), ("5", 99.4), ("100", 100.0)],
)
def test_attacker_is_at_most_as_sure_as_bayes_allows(epsilon, percent):
    assert attacker_percent(Decimal(epsilon)) == percent


def test_release_says_what_its_guarantee_rests_on():
    release = _content(samples.retail())["releases"][0]["items"][0]
    facts = _facts(release["facts"] + release["privacy"])

    assert facts["Unit of privacy"].startswith("one person, as told apart by the column CustomerID")
    assert "at most 2 groups, with at most 10 rows per group" in facts["Contribution bounds"]
    assert "above 34, which fails with probability at most δ = 5e-7" in facts["Group keys"]
    assert facts["Asked"] == "ε = 1, δ = 1e-6"
    assert facts["In zCDP"] == "ρ = 0.01794"
    assert facts["Noise drawn by"] == "numpy 2.4.6, opendp 0.16.0"
    assert "at most 73.1 % sure" in release["meaning"]
    assert release["asked"].endswith("for each value of Country, only rows where Quantity > 0.")
    assert _facts(release["dropped"])["Rows left out"] == "214,553 rows"


def test_many_statistics_go_below_one_another():
    releases = _content(samples.hostile())["releases"][0]["items"]
    four = releases[7]["values"]

    assert [column["title"] for column in four["columns"]][1:3] == ["Statistic", "Value"]
    assert len(four["rows"]) == 4 * 12


def test_values_without_number_or_margin_say_so():
    rows = _content(samples.hostile())["releases"][0]["items"][2]["values"]["rows"]

    assert any(row[-2:] == ["no number", "not known"] for row in rows)


def test_label_says_class_confidence_and_who_stands_behind_it():
    table_ = _content(samples.retail())["datasets"]["items"][0]["personal"]
    row = next(row for row in table_["rows"] if row[0]["text"] == "CustomerID")

    assert row[0]["below"] == "text, 135,080 missing"
    assert row[1:4] == ["customer id", "direct identifier", f"93{NBSP}%"]
    assert (row[4]["text"], row[4]["below"]) == ("an officer", "confirmed")
    assert row[5] == "The header names it. 98 % of values have its form."


def test_special_categories_are_set_off():
    rows = _content(samples.hostile())["datasets"]["items"][0]["personal"]["rows"]
    marked = [row for row in rows if isinstance(row[2], dict) and row[2]["below_tone"] == "warn"]

    assert len(marked) == 27
    assert all("Art. 9" in row[2]["below"] for row in marked)


def test_missing_description_is_flagged():
    described = _content(samples.retail())["datasets"]["items"][0]["described"]
    flagged = {fact["name"] for fact in described if fact["missing"]}

    assert flagged == {"Kept for"}
    assert _facts(described)["Kept for"] == "not recorded"


def test_columns_without_verdict_are_listed_as_not_examined():
    others = _content(samples.hostile())["datasets"]["items"][0]["others"]

    assert [group["says"].split(" (")[0] for group in others] == [
        "Judged not personal",
        "Not examined",
    ]
    assert len(others[1]["names"]) == 19


def test_budget_rounds_what_is_left_down_and_what_is_spent_up():
    facts = _facts(_content(samples.retail())["budgets"][0]["facts"])

    assert facts["Spent"] == "ε = 1.215 at δ = 1e-5 (ρ = 0.0179)"
    assert facts["Left for one more release"] == "at most ε = 1.772 at this δ"


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (
            LaplaceEvent(statistic="count_rows", sensitivity=3, scale=2.5),
            "Laplace noise of count_rows: scale 2.5",
        ),
        (
            SampledGaussianEvent(sampling_rate=0.01, noise_multiplier=1.1, rounds=5),
            "Gaussian noise on samples of model updates: 1.1 times that, 5 rounds",
        ),
    ],
    ids=["Laplace", "sampled Gaussian"],
)
def test_ledger_says_what_was_done(event, words):
    assert in_words(event).replace(NBSP, " ") == words


def test_run_compares_with_centralised_and_local():
    run = _content(samples.retail())["runs"][0]

    assert run["comparison_says"] == (
        "Federated learning reached 0.012 less AUC than the centralised model and 0.046 more AUC "
        "than the local ones."
    )
    assert [row[-1] for row in run["comparison"]["rows"]] == ["0.879", "0.891", "0.833"]
    assert run["has_noise"] is False
    assert len(run["curves"]["panels"][0]["series"]) == 3
    assert run["home"].replace(NBSP, " ").startswith("Rows of 5.1 MB stayed at their sites.")


def test_run_with_noise_says_what_it_spent():
    run = _runs(samples.noisy_run(samples.retail().datasets[0].dataset))[0]

    assert run["has_noise"] is True
    assert _facts(run["privacy"])["Spent by this run"] == "ε = 1.698 at δ = 1e-5"
    assert "5 % chance of each person" in _facts(run["plan"])["Server"]


def test_stopped_run_is_not_assessed():
    done = samples.run(samples.retail().datasets[0].dataset)
    stopped = replace(done, outcome=replace(done.outcome, baselines=None, is_stopped=True))
    run = _runs(stopped)[0]

    assert "not assessed" in run["comparison_says"]
    assert run["comparison"]["rows"][1][-1] == "not assessed"
    assert "stopped early" in _facts(run["facts"])["Rounds"]


def test_numbers_that_are_none_do_not_break_a_run():
    done = samples.run(samples.retail().datasets[0].dataset)
    baselines = Baselines(centralised=math.nan, local=0.8)
    sites = tuple(replace(s, metric_local=math.nan) for s in done.outcome.sites)
    odd = replace(done, outcome=replace(done.outcome, baselines=baselines, sites=sites))

    assert _runs(odd)[0]["comparison"]["rows"][1][-1] == "no number"
    assert build(ReportKind.AUDIT, _with_run(odd)).pages > 5


def _with_run(run) -> Evidence:
    evidence = samples.retail()
    return replace(evidence, datasets=(replace(evidence.datasets[0], runs=(run,)),))


def _runs(run) -> list[dict]:
    return _content(_with_run(run))["runs"]


def test_summary_counts_agree_with_the_evidence():
    tiles = {t["title"]: t for t in _content(samples.retail())["summary"]["tiles"]}

    assert {title: tile["figure"] for title, tile in tiles.items()} == {
        "Datasets": "1",
        "Rows": "541,909",
        "Personal columns": "4 of 8",
        "Releases": "1",
        "Federated runs": "1",
        "Findings": "2",
        "Not assessed": "1",
        "Trail": "whole",
    }
    assert tiles["Findings"]["note"] == "1 high, 1 medium"


@pytest.mark.parametrize("title", ["Personal columns", "Findings"])
def test_summary_counts_nothing_where_nobody_looked(title):
    tiles = {t["title"]: t["figure"] for t in _content(samples.bare())["summary"]["tiles"]}

    assert tiles[title] == "not assessed"


def test_summary_gives_score_three_findings_and_next_steps():
    content = _content(samples.hostile())
    summary = content["summary"]

    assert "11 of 24 decided duties are met" in summary["score"]["says"]
    assert len(summary["findings"]) == 3
    assert summary["findings_left"] == 10
    assert summary["next"][0] == "Find out why the trail is not whole; see section 8."
    assert len(summary["next"]) == 6


def test_nothing_left_to_do_is_said_only_when_it_is_so():
    evidence = samples.retail()
    assert not _is_idle(evidence)

    alone = evidence.datasets[0]
    confirmed = replace(alone.discovery, labels=())
    quiet = replace(
        evidence,
        datasets=(replace(alone, discovery=confirmed),),
        assessment=replace(evidence.assessment, verdicts=evidence.assessment.verdicts[3:]),
    )
    assert _is_idle(quiet)


def _is_idle(evidence: Evidence) -> bool:
    return _content(evidence)["summary"]["next"][0].startswith("Nothing is open")


def test_verdicts_are_sorted_by_state_and_unknown_is_never_met():
    evidence = samples.hostile()
    duties = _content(evidence)["duties"]
    states = [verdict.state for verdict in evidence.assessment.verdicts]

    assert len(duties["findings"]) == states.count(State.NOT_MET)
    assert len(duties["unknown"]["rows"]) == states.count(State.NOT_ASSESSED)
    assert len(duties["met"]["rows"]) == states.count(State.MET)
    assert len(duties["waived"]["rows"]) == states.count(State.WAIVED)
    assert f"{states.count(State.NOT_APPLICABLE)}" in duties["inapplicable"]


def test_broken_trail_is_told_with_its_problems():
    evidence = replace(
        samples.retail(),
        trail=Verification(entries=9, root="a", head="b", problems=("Entry 3 was changed",)),
    )
    trail = _content(evidence)["trail"]

    assert trail["tone"] == "bad"
    assert trail["says"].replace(NBSP, " ").startswith("Not whole: 1 problem found on 24 November")
    assert trail["problems"] == ["Entry 3 was changed."]


def test_cover_flags_what_nobody_recorded_about_the_organisation():
    half = replace(samples.retail(), organisation=Organisation(name="Shop"))
    facts = _content(half)["cover"]["facts"]

    assert {f["name"] for f in facts if f["missing"]} == {
        *("Country", "Data protection officer", "Contact"),
    }


# ---------------------------------------------------------------- texts


def test_each_group_of_texts_names_its_source_and_day():
    groups = dict(texts())

    assert date.fromisoformat(groups.pop("as_of"))
    assert all(group["source"].strip() for group in groups.values())


@pytest.mark.parametrize(
    "term",
    [
        *("ε", "δ", "zCDP", "ρ", "Margin", "Unit of privacy", "Quasi-identifier"),
        *("Federated averaging", "AUC", "Trail", "Merkle root"),
    ],
)
def test_glossary_explains(term):
    terms = [item["term"] for item in texts()["glossary"]["terms"]]

    assert any(term in title for title in terms)
    assert terms == sorted(terms, key=lambda title: _latin(title))


def _latin(title: str) -> str:
    name = re.search(r"\((\w+)\)", title)
    return (name.group(1) if name and title[0] in "εδ" else title).lower()
