"""The report on one anonymisation: what it claims, what it refuses to claim, what is inside."""

from __future__ import annotations

import json
import math
import os
import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import anonymisation_report_cases as cases
import pytest
import report_samples as samples
from report_hostile import HOSTILE
from report_pages import ANONYMISED, Built, attachments, built, built_sample, readable, squeezed

from compliance.anonymise import to_plan
from compliance.anonymise.nouns import AttackKind, Criterion, Model, Siege
from compliance.anonymise.nouns.record import Anonymised
from compliance.cli.anonymising import _columns
from compliance.dataset.nouns import ColumnName
from compliance.plain import from_yaml
from compliance.report import build
from compliance.report.building import to_content
from compliance.report.nouns import AnonymisationEvidence, ReportKind
from compliance.report.sections.attacks import (
    Standing,
    share_in_words,
    standing_of,
    worst_pair,
)
from compliance.report.sections.checks import unchanged
from compliance.trail.nouns import Verification

GOLDEN = Path(__file__).parent / "golden" / "anonymisation_report.txt"
NBSP = "\N{NO-BREAK SPACE}"
SECTIONS = (
    *("Summary", "What was asked", "Risk before and after", "What it cost"),
    *("What holds, and what does not", "How to check it again", "Traceability", "Glossary"),
)
BROKEN = Verification(entries=3, root="a" * 64, head="b" * 64, problems=("Entry 2 is odd.",))


@pytest.fixture
def proven() -> Built:
    return built_sample("anonymised")


def content(of: AnonymisationEvidence) -> dict:
    return to_content(ReportKind.ANONYMISATION, of)


def verdict(of: AnonymisationEvidence) -> tuple[str, str]:
    found = content(of)["summary"]["verdict"]
    return found["tone"], found["says"].replace(NBSP, " ")


def facts(listed: list[dict]) -> dict[str, str]:
    return {each["name"]: each["value"].replace(NBSP, " ") for each in listed}


def column(table: dict, number: int) -> list[str]:
    cells = [row[number] for row in table["rows"]]
    return [(c if isinstance(c, str) else c["text"]).replace(NBSP, " ") for c in cells]


def attacked(**right: int) -> AnonymisationEvidence:
    """As the sample, with other numbers of right tries on the output."""
    tries = {"linked": 0, "singled": 0, "inferred": 375, "members": 250} | right
    return cases.evidence(cases.done(attacked_after=cases.siege(**tries)))


# ---------------------------------------------------------------- the whole


def test_the_report_reads_as_agreed(proven):
    """The text of every page against `golden/anonymisation_report.txt`.

    When a change is meant, run with the environment variable GOLDEN=write, and read the
    difference.
    """
    text = readable(proven.pages)
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.write_text(text, encoding="utf-8")

    assert text == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ANONYMISED)
def test_every_section_is_there(name):
    report = built_sample(name)

    for number, section in enumerate(SECTIONS, start=1):
        assert f"\n{number} {section}\n" in report.running_text


def test_the_same_evidence_gives_the_same_bytes(proven):
    assert build(ReportKind.ANONYMISATION, cases.evidence()).pdf == proven.document.pdf


def test_evidence_of_another_kind_is_a_slip():
    with pytest.raises(TypeError, match="no evidence for a report of kind anonymisation"):
        build(ReportKind.ANONYMISATION, samples.retail())
    with pytest.raises(TypeError, match="no evidence for a report of kind audit"):
        build(ReportKind.AUDIT, cases.evidence())


def test_hostile_names_come_out_literally():
    report = built_sample("hostile anonymisation")
    text = squeezed(report.text)

    assert [name for name in HOSTILE if squeezed(name) not in text] == []
    inside = json.loads(attachments(report.document)["evidence.json"])
    assert len(inside["done"]["plan"]["quasi_identifiers"]) == 64
    assert inside["done"]["proof"]["found"]["nodes"] == str(2**200)


def test_the_plan_inside_is_the_plan_of_the_evidence(proven):
    inside = attachments(proven.document)["plan.yaml"]

    assert to_plan(from_yaml(inside, ValueError)) == proven.evidence.done.plan


@pytest.mark.parametrize("name", ANONYMISED)
def test_it_never_says_that_anything_is_compliant_or_anonymous(name):
    text = " ".join(built_sample(name).text.split()).lower()

    assert "compliant" not in text
    assert "is anonymous" not in text.replace("does not say that the output is anonymous", "")


# ---------------------------------------------------------------- the verdict


def test_the_verdict_tells_numbers_before_and_after_and_stands_on_the_cover():
    tone, says = verdict(cases.evidence())

    assert says == (
        "No row is alone: the smallest group has 5 rows; before, 14,021 of 30,162 rows stood alone."
    )
    assert tone == "calm"
    cover = facts(content(cases.evidence())["cover"]["facts"])
    assert cover["Found"] == says
    assert cover["Tested"] == "24 November 2026, 02:10 UTC, on the written output"
    assert cover["Linkability"] == (
        "59.8 % before, 5.0 % after (1.0 to 9.0 %), baseline below 0.1 %: as groups allow"
    )
    assert {"Singling out", "Inference"} <= set(cover)


def test_the_verdict_counts_people_where_a_column_tells_them_apart():
    before = replace(cases.BEFORE, people=25_000)
    after = replace(cases.AFTER, people=24_000)
    of = cases.evidence(cases.done(before=before, after=after))

    assert verdict(of)[1] == (
        "No person is alone: the smallest group has 5 people; "
        "before, 14,021 of 25,000 people stood alone."
    )


def test_where_nobody_stood_alone_before_the_smallest_group_is_told():
    before = replace(cases.BEFORE, k=2, uniques=0)

    assert verdict(cases.evidence(cases.done(before=before)))[1].endswith("before, it had 2.")


@pytest.mark.parametrize(
    ("of", "says"),
    [
        pytest.param(cases.evidence(trail=BROKEN), "The trail is not whole", id="trail"),
        pytest.param(
            cases.evidence(cases.done(checks=(replace(cases.CHECKS[0], holds=False),))),
            "did not pass 1 check",
            id="check",
        ),
        pytest.param(
            cases.evidence(cases.done(after=replace(cases.AFTER, k=1, uniques=3))),
            "3 rows of 28,773 stand alone",
            id="alone",
        ),
        pytest.param(
            cases.evidence(cases.done(after=replace(cases.AFTER, k=0, rows=0, classes=0))),
            "The output is empty",
            id="empty",
        ),
    ],
)
def test_what_must_not_be_handed_on_is_bad(of, says):
    tone, said = verdict(of)

    assert tone == "bad"
    assert says in said


@pytest.mark.parametrize(
    ("of", "tone"),
    [
        pytest.param(attacked(), "good", id="no attack beats its baseline"),
        pytest.param(attacked(linked=40), "calm", id="linked as groups allow"),
        pytest.param(attacked(linked=200), "warn", id="linked more often"),
        pytest.param(attacked(singled=60), "warn", id="singled out"),
        pytest.param(attacked(inferred=450), "warn", id="inferred"),
        pytest.param(attacked(members=300), "warn", id="members told"),
        pytest.param(
            cases.evidence(cases.done(attacked_after=Siege(attacks=()))), "warn", id="not tried"
        ),
    ],
)
def test_it_is_good_only_where_every_attack_was_tried_and_gained_nothing(of, tone):
    assert verdict(of)[0] == tone


def test_what_was_not_tried_is_not_assessed_and_its_reason_is_told():
    shown = content(cases.local())

    assert column(shown["summary"]["questions"], 4) == ["not assessed"] * 4
    told = facts(shown["cover"]["facts"])["Inference"]
    assert told == "not assessed on the output (before: not tried)"
    assert (
        "Singling out was not assessed: singling_out needs rows." in shown["attacks"]["not_tried"]
    )
    assert any("Inference is not assessed" in step for step in shown["summary"]["next"])
    assert shown["attacks"]["chart"] is None


# ---------------------------------------------------------------- attacks


def test_each_question_of_the_opinion_has_before_after_interval_and_baseline():
    table = content(cases.evidence())["summary"]["questions"]

    assert column(table, 0) == ["Singling out", "Linkability", "Inference", "Membership"]
    assert column(table, 1) == ["100.0 %", "59.8 %", "92.6 %", "74.0 %"]
    assert column(table, 2) == ["0.0 %", "5.0 %", "76.6 %", "49.4 %"]
    assert column(table, 3) == ["1.0 %", "below 0.1 %", "75.0 %", "50.0 %"]
    assert table["rows"][1][2]["below"].replace(NBSP, " ") == "1.0 to 9.0 %"
    assert column(table, 4)[1] == "as groups allow"


def test_a_question_stands_by_its_worst_attack():
    tame = cases.attack(AttackKind.INFERENCE, 375, 0.75)
    bold = cases.attack(AttackKind.INFERENCE, 480, 0.75, target=ColumnName("income"))
    done = cases.done(attacked_after=Siege(attacks=(tame, bold)))

    assert worst_pair(done, AttackKind.INFERENCE).target == "income"
    assert standing_of(worst_pair(done, AttackKind.INFERENCE), 5) is Standing.GAIN
    asked = content(cases.evidence(done))["summary"]["next"]
    assert any("t-closeness of income" in step for step in asked)


def test_an_attack_that_was_tried_on_one_side_only_is_not_lost():
    before = Siege(attacks=(cases.attack(AttackKind.INFERENCE, 450, 0.5, target=None),))
    after = Siege(attacks=(cases.attack(AttackKind.INFERENCE, 380, 0.75),))
    table = content(cases.evidence(cases.done(attacked_before=before, attacked_after=after)))

    assert sorted(column(table["attacks"]["table"], 3)) == ["380", "450"]


@pytest.mark.parametrize(
    ("share", "says"),
    [
        (0.0, "0.0 %"),
        (1e-9, "below 0.1 %"),
        (0.004, "0.4 %"),
        (0.99999, "above 99.9 %"),
        (1.0, "100.0 %"),
    ],
)
def test_a_share_is_never_rounded_to_none_or_to_all(share, says):
    assert share_in_words(share).replace(NBSP, " ") == says


def test_the_chart_marks_share_interval_and_baseline_of_every_attack():
    chart = content(cases.evidence())["attacks"]["chart"]
    (panel,) = chart["panels"]

    assert len(panel["rows"]) == len(chart["labels"]) == 8
    assert [m["role"] for m in panel["rows"][0]["marks"]] == ["second", "main"]
    assert all(row["whisker"] for row in panel["rows"])
    assert "Linkability: after: 5.0" in chart["alt"].replace(NBSP, " ")


# ---------------------------------------------------------------- risk and cost


def test_measures_stand_side_by_side_with_what_is_better():
    rows = {
        row[0] if isinstance(row[0], str) else row[0]["text"]: row[1:]
        for row in content(cases.evidence())["risks"]["table"]["rows"]
    }

    assert rows["Smallest group (k)"] == ["1", "5", "more"]
    assert rows["Groups of one"] == ["14,021", "0", "fewer"]
    assert rows["Prosecutor’s risk, largest"] == [f"100.0{NBSP}%", f"20.0{NBSP}%", "less"]
    assert rows["Marketer’s risk, mean"] == [f"60.0{NBSP}%", f"0.9{NBSP}%", "less"]


def test_what_got_worse_for_a_sensitive_column_is_said():
    assert content(cases.evidence())["risks"]["worse"] == ["Worse than before for illness: β."]


def test_measures_without_a_number_are_told_in_words():
    table = content(cases.evidence())["risks"]["sensitive"]
    before = dict(zip(column(table, 1), column(table, 2), strict=True))

    assert before["recursive c (l = 2)"] == "never holds"
    assert before["δ"] == "unbounded"


def test_the_chart_of_group_sizes_holds_all_rows_and_splits_at_k():
    of = cases.evidence(cases.done(replace(cases.PLAN, criteria=(k_of(7),))))
    chart = content(of)["risks"]["chart"]

    assert {"5 to 6", "7 to 9", "1 (alone)", "1,000 and more"} <= set(chart["labels"])
    told = chart["alt"].replace(NBSP, " ")
    whole = 14_021 + 2 * 3_000 + 6 * 1_000 + 40 * 88
    assert f"1 (alone): {14_021 / whole:.1%} before".replace("%", " %") in told
    assert "0.0 % after" in told


def test_the_proof_of_the_optimum_is_told_as_far_as_it_goes():
    proven = content(cases.evidence())["asked"]
    late = content(cases.evidence(cases.done(found=replace(cases.FOUND, optimal=False, bound=0.3))))
    local = content(cases.local())["asked"]

    assert proven["proven"]["tone"] == "good"
    assert facts(proven["proof"])["Looked at one by one"] == "304"
    assert (late["asked"]["proven"]["tone"], late["summary"]["tiles"][5]["note"]) == (
        "warn",
        "optimum not proven",
    )
    assert "can be below 0.3" in late["asked"]["proven"]["says"]
    assert local["proven"]["says"].startswith("Not proven: local recoding")
    assert local["proof"] == []


def test_the_use_that_is_lost_and_the_one_that_does_not_apply_are_told_apart():
    lost = replace(cases.UTILITY[0], released=None)
    cost = content(cases.evidence(cases.done(utility=(lost, cases.UTILITY[1]))))["cost"]

    assert column(cost["uses"], 2) == ["impossible"]
    assert column(cost["uses"], 4) == ["0 %"]
    assert cost["others"] == [cases.UTILITY[1].sentence]


# ---------------------------------------------------------------- limits and checks


def test_every_check_has_a_sign_and_a_word():
    failed = replace(cases.CHECKS[1], holds=False)
    done = cases.done(checks=(cases.CHECKS[0], failed))

    results = [row[1] for row in content(cases.evidence(done))["checks"]["table"]["rows"]]

    assert [(r["text"], r["tone"]) for r in results] == [
        ("holds", "good"),
        ("does not hold", "bad"),
    ]


def test_what_is_not_protected_says_more_where_there_is_more_to_say():
    plain = column(content(cases.evidence())["checks"]["limits"], 0)
    more = column(content(cases.local())["checks"]["limits"], 0)

    assert plain[:2] == ["More knowledge", "Other outputs"]
    assert more == ["Pseudonyms", "Sensitive values", *plain]
    assert any("personal data" in step for step in content(cases.local())["summary"]["next"])


def test_columns_that_were_handed_on_as_they_were_are_named():
    assert unchanged(cases.evidence()) == ["illness"]


# ---------------------------------------------------------------- checking again


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(("a", "b c", "d"), id="blank"),
        pytest.param(("a,b", 'say "x"', "it's", "$HOME;rm"), id="signs of the shell"),
        pytest.param(("客户", "שם"), id="foreign"),
    ],
)
def test_the_command_for_outsiders_names_the_columns_whatever_they_are_called(names):
    quasi = tuple(
        replace(cases.PLAN.quasi_identifiers[0], column=ColumnName(name)) for name in names
    )
    of = cases.evidence(cases.done(replace(cases.PLAN, quasi_identifiers=quasi)))

    (line,) = content(of)["again"]["steps"][2]["lines"]

    typed = shlex.split(line)
    assert typed[:5] == ["python", "-m", "compliance", "risk", "received"]
    assert _columns(typed[typed.index("--quasi") + 1]) == list(names)
    assert _columns(typed[typed.index("--sensitive") + 1]) == ["illness"]


def test_hashes_versions_and_the_entry_are_told_and_missed_where_they_are_not():
    told = facts(content(cases.evidence())["again"]["facts"])
    bare = content(cases.evidence(replace(cases.done(), libraries={}), entry=0))["again"]["facts"]

    assert told["Output, SHA-256"] == cases.HASH
    assert told["Entry in the trail"] == "number 19, dataset.anonymise"
    assert told["Versions that computed it"] == "numpy 2.4.6 and pyarrow 26.0.1"
    assert facts(bare)["Entry in the trail"] == "not recorded"
    assert [f["missing"] for f in bare if f["name"] == "Entry in the trail"] == [True]


def test_numbers_that_are_none_do_not_break_the_report():
    odd = replace(
        cases.BEFORE.sensitive[cases.ILLNESS], equal_t=math.nan, beta=math.inf, recursive_c=math.inf
    )
    measures: Mapping[ColumnName, object] = {cases.ILLNESS: odd}
    made: Anonymised = cases.done(
        before=replace(cases.BEFORE, sensitive=measures, sizes=()), utility=()
    )

    report = built(cases.evidence(made))

    assert "unbounded" in report.text
    inside = json.loads(attachments(report.document)["evidence.json"])
    assert inside["done"]["proof"]["before"]["sensitive"]["illness"]["equal_t"] == "NaN"


def k_of(value: int) -> Criterion:
    return Criterion(model=Model.K_ANONYMITY, value=value)
