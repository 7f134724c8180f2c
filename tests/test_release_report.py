"""The report on one release: what its pages say, what is inside, and that nothing else gets out."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import disclosure_cases as cases
import jsonschema
import pytest
import release_cases
import report_samples as samples
from disclosure_cases import SCHEMA, act, evidence, passed_audit, totals
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from report_hostile import HOSTILE
from report_pages import Built, attachments, built, built_sample, readable, squeezed

from compliance.plain import from_plain
from compliance.privacy.nouns import Period
from compliance.privacy.nouns.disclosure import HazardState
from compliance.report import build, to_evidence_json
from compliance.report.building import to_content
from compliance.report.nouns import ReleaseEvidence, ReportKind
from compliance.report.sections.budgets import to_extract
from compliance.trail.nouns import Verification

GOLDEN = Path(__file__).parent / "golden" / "release_report.txt"
NBSP = "\N{NO-BREAK SPACE}"
SECTIONS = (
    *("Summary", "What was published", "The guarantee", "Disclosure", "What could undermine it"),
    *("Beside known deployments", "Self-audit and ledger", "Traceability", "Glossary"),
)


@pytest.fixture
def months() -> Built:
    return built_sample("months")


@pytest.fixture
def hostile() -> Built:
    return built_sample("hostile release")


def content(of: ReleaseEvidence) -> dict:
    return to_content(ReportKind.RELEASE, of)


def cells(table: dict) -> list[str]:
    return [
        cell if isinstance(cell, str) else cell["text"] for row in table["rows"] for cell in row
    ]


def test_the_report_reads_as_agreed(months):
    """The text of every page against `golden/release_report.txt`, a form feed after each page.

    When a change is meant, run with the environment variable GOLDEN=write, and read the
    difference.
    """
    text = readable(months.pages)
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.write_text(text, encoding="utf-8")

    assert text == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["months", "histogram", "hostile release"])
def test_every_section_is_there(name):
    report = built_sample(name)

    for number, section in enumerate(SECTIONS, start=1):
        assert f"\n{number} {section}\n" in report.running_text


def test_the_cover_says_who_what_and_what_it_is_not(months):
    cover = squeezed(months.pages[0])

    for words in (
        *("Release report", "Nordlicht Versand GmbH", "Dr. Ada Beispiel", "orders, version 1"),
        *("Sum of amount by month of day (release-9)", "41 entries", "It is not a certificate"),
    ):
        assert squeezed(words) in cover


def test_evidence_of_another_kind_is_a_slip():
    with pytest.raises(TypeError, match="no evidence for a report of kind release"):
        build(ReportKind.RELEASE, samples.retail())
    with pytest.raises(TypeError, match="no evidence for a report of kind audit"):
        build(ReportKind.AUDIT, evidence(totals()))


# ---------------------------------------------------------------- the verdict


def _judged(release, **change) -> dict:
    return content(evidence(release, **change))["summary"]


def test_the_verdict_is_the_worst_that_was_found():
    public = totals()
    careful = _judged(public, acts=_careful(public))
    unknown = _judged(public, acts=_careful(public), audit=None)
    exposed = _judged(public, acts=_careful(public), audit=passed_audit(passed=False))

    assert careful["verdict"] == {
        "tone": "good",
        "says": "Guarded against every hazard that the desk judges.",
    }
    assert unknown["verdict"] == {
        "tone": "warn",
        "says": "No hazard found, but 1 could not be judged.",
    }
    assert exposed["verdict"]["tone"] == "bad"
    assert exposed["verdict"]["says"].replace(NBSP, " ").startswith("Exposed to 1 hazard; 0 more")


def _careful(release) -> tuple:
    return (
        act(1, "dataset.add"),
        cases.decided(2),
        cases.proposed(3, "amount"),
        cases.published_act(release),
    )


def test_a_trail_that_is_not_whole_comes_before_everything():
    plain = evidence(totals())
    broken = replace(
        plain, trail=Verification(entries=3, root="", head="", problems=("Entry 2 was changed.",))
    )

    summary = content(broken)["summary"]

    assert summary["verdict"]["says"] == "The trail is not whole; see section 8."
    assert summary["next"][0].startswith("Find out why the trail is not whole")
    assert {tile["title"]: tile["tone"] for tile in summary["tiles"]}["Trail"] == "bad"


def test_what_to_do_next_names_exposed_hazards_first():
    release = totals()
    steps = _judged(release, budget=cases.budget(), audit=None)["next"]

    assert steps[0].startswith("Other releases about the same people are not counted:")
    assert any("self-audit" in step for step in steps)


def test_a_long_list_of_steps_says_how_many_are_left():
    steps = content(cases.hostile_evidence())["summary"]["next"]

    assert len(steps) == 7
    assert re.fullmatch(r"\d+ more in section 5\.", steps[-1])


def test_key_figures_are_those_of_the_release():
    tiles = {tile["title"]: tile for tile in _judged(totals())["tiles"]}

    assert tiles["ε of this release"]["figure"] == "0.5"
    assert tiles["Numbers published"] == {
        "title": "Numbers published",
        "figure": "2",
        "note": "over the whole table",
        "tone": "",
    }
    assert tiles["Disclosed"]["figure"] == "34 of 37"
    assert tiles["Self-audit"]["figure"] == "passed"


# ---------------------------------------------------------------- disclosure and hazards


def test_every_field_stands_in_its_tier_with_its_origin():
    made = evidence(totals())
    shown = content(made)["fields"]

    for tier, group in enumerate(shown["tiers"], start=1):
        assert len(group["table"]["rows"]) == len(made.disclosure.of_tier(tier))
    assert len(shown["record"]["rows"]) == len(made.disclosure.of_tier(0))
    assert shown["tiers"][0]["says"].replace(NBSP, " ") == "9 of 11 fields told; 2 not recorded."
    assert "Data product sector" in shown["says"]


def test_a_missing_field_is_set_off_and_one_that_does_not_apply_says_so():
    laplace = release_cases.published({"count": "rows"}, mechanism="laplace")
    tiers = content(evidence(laplace))["fields"]["tiers"]

    rows = {row[0]["text"]: row for tier in tiers for row in tier["table"]["rows"]}
    assert rows["Justification"][1] == {
        "text": "not recorded",
        "tone": "warn",
        "below": "",
        "below_tone": "",
    }
    assert rows["Justification"][2] == "nobody"
    assert rows["Rho"][1:] == ["does not apply", "–"]


def test_every_hazard_stands_with_what_decided_and_what_to_do():
    made = evidence(totals(), audit=None)
    levels = content(made)["hazards"]["levels"]

    rows = {row[0]: row for level in levels for row in level["table"]["rows"]}
    assert set(rows) == {hazard.title for hazard in made.disclosure.hazards}
    noise = rows["The noise was never checked on this machine"]
    assert noise[1] == {"text": "not known", "tone": "warn", "below": "", "below_tone": ""}
    assert noise[3].startswith("Run the self-audit")
    assert rows["ε is large"][1]["tone"] == "good"
    assert rows["ε is large"][3] == ""


def test_where_the_themes_come_from_is_told_with_how_far_it_was_read():
    shown = content(evidence(totals()))["hazards"]["sources"]
    said = cells(shown)

    assert len(shown["rows"]) == 16
    assert any("NIST SP 800-226" in text for text in said)
    assert "only summaries of the source were read" in said


def test_the_counts_of_hazards_add_up():
    made = evidence(totals(), audit=None)
    counts = [len(made.disclosure.in_state(state)) for state in HazardState]

    assert sum(counts) == 16
    says = content(made)["hazards"]["says"].replace(NBSP, " ")
    assert (
        says
        == f"Of 16 hazards: {counts[0]} guarded, {counts[1]} exposed and {counts[2]} not known."
    )


# ---------------------------------------------------------------- yardstick, audit, ledger


def test_this_release_is_marked_among_its_peers():
    (yardstick,) = content(evidence(totals()))["yardsticks"]
    chart = yardstick["chart"]
    rows = dict(zip(chart["labels"], chart["panels"][0]["rows"], strict=True))

    assert rows["This release"]["marks"][0]["role"] == "second"
    assert {row["marks"][0]["role"] for name, row in rows.items() if name != "This release"} == {
        "main"
    }
    assert chart["labels"][:3] == ["Broadband coverage", "This release", "User-URL data set"]
    assert chart["alt"] == yardstick["says"]
    assert chart["panels"][0]["is_steep"]
    assert len(yardstick["comparable"]["rows"]) == 7


def test_a_period_has_a_second_yardstick_and_one_without_peers_no_chart():
    both = content(evidence(release_cases.every_kind()[8]))["yardsticks"]
    quarter = release_cases.published(
        {"count": "rows"},
        by=[{"column": "day", "per": "quarter"}],
        period={"column": "day", "per": "quarter", "most": 2},
        groups=[("2026-Q1",)],
    )

    _, alone = content(evidence(quarter))["yardsticks"]

    assert len(both) == 2
    assert alone["chart"] is None
    assert alone["comparable"] is None


def test_a_self_audit_is_stamped_with_its_date_result_and_versions():
    stamp = content(evidence(totals()))["audit"]
    facts = {fact["name"]: fact["value"].replace(NBSP, " ") for fact in stamp["facts"]}

    assert (stamp["tone"], stamp["says"]) == ("good", "Passed.")
    assert facts["Date"] == "23 November 2026, 02:10 UTC"
    assert facts["Result"] == "At least ε = 0.93 of 1 promised was seen."
    assert facts["Versions audited"] == "Privacy Desk 0.1.0, numpy 2.4.6 and opendp 0.16.0"


def test_no_self_audit_is_said_so_and_a_failed_one_too():
    none = content(evidence(totals(), audit=None))["audit"]
    failed = content(evidence(totals(), audit=passed_audit(passed=False)))["audit"]

    assert none["says"] == "No self-audit on record."
    assert (failed["tone"], failed["says"]) == ("bad", "Did not pass.")


def test_the_extract_of_the_ledger_is_around_the_release():
    releases = [replace(totals(), id=f"release-{n}") for n in range(30)]
    budget = cases.budget(*releases)
    extract = to_extract(budget, releases[12])

    purposes = [
        row[1] if isinstance(row[1], str) else row[1]["below"] for row in extract["ledger"]["rows"]
    ]
    assert purposes == [f"release-{n}" for n in range(7, 18)]
    assert extract["left"] == 19
    assert extract["ledger"]["rows"][5][1]["text"] == "Number of people and sum of amount"


def test_a_budget_with_periods_and_caps_says_so():
    budget = cases.budget(totals(), period=Period.QUARTER, caps={"ann": "0.75", HOSTILE[0]: "1"})
    facts = {f["name"]: f["value"] for f in to_extract(budget, totals())["facts"]}

    assert facts["Total"] == "ε = 3 at δ = 1e-5 in each quarter"
    assert squeezed(facts["Present quarter"]).startswith("1October2026to31December2026(UTC)")
    assert facts["Spent over all periods"].startswith("ε = 0.")
    assert facts["Spent in the present quarter"].startswith(facts["Spent over all periods"])
    assert "ann: ε = 0 of 0.75 spent" in facts["Caps of single names"]


@pytest.mark.parametrize("period", [Period.NONE, Period.YEAR])
def test_what_is_spent_of_a_period_is_not_taken_for_all_time(period):
    release = totals()
    tiles = _judged(release, budget=cases.budget(release, period=period))["tiles"]

    (note,) = (tile["note"] for tile in tiles if tile["title"] == "Budget spent")
    assert note == "by all releases and runs together" + (" in this year" * (period is Period.YEAR))


def test_many_caps_are_counted():
    budget = cases.budget(totals(), caps={f"name {n:02d}": "1" for n in range(25)})
    facts = {f["name"]: f["value"] for f in to_extract(budget, totals())["facts"]}

    assert facts["Caps of single names"].endswith(f"and 5{NBSP}more names")
    assert "Present quarter" not in facts


def test_a_ledger_without_the_release_shows_its_newest_lines():
    releases = [replace(totals(), id=f"release-{n}") for n in range(9)]
    extract = to_extract(cases.budget(*releases), replace(totals(), id="other"))

    assert [row[1] for row in extract["ledger"]["rows"]] == [f"release-{n}" for n in range(4, 9)]


# ---------------------------------------------------------------- what is inside, and what is not


@pytest.mark.parametrize("name", ["months", "histogram", "hostile release"])
def test_the_disclosure_is_attached_in_the_form_that_others_get(name):
    report = built_sample(name)
    attached = json.loads(attachments(report.document)["disclosure.json"])

    assert attached == json.loads(report.evidence.published)
    jsonschema.Draft202012Validator(SCHEMA).validate(attached)


def test_the_attached_evidence_is_whole_and_holds_the_disclosure_once():
    made = evidence(totals())
    plain = json.loads(to_evidence_json(made))

    assert set(plain) == set(ReleaseEvidence.__dataclass_fields__) - {"published"}
    again = from_plain(ReleaseEvidence, plain | {"published": made.published})
    assert again == made


def test_what_bounding_left_out_stands_in_the_internal_part_alone(months):
    inside = attachments(months.document)

    assert squeezed(months.text).count("777,001") == 1
    assert b"777001" in inside["evidence.json"]
    for number in (b"777001", b"555002", b"333003"):
        assert number not in inside["disclosure.json"]


def test_every_page_but_the_cover_is_marked_internal(months):
    for number, page in enumerate(months.pages[1:], start=2):
        header, *_, footer = page.split("\n")
        assert header.endswith("Release report")
        assert footer.endswith(
            f"Internal, not for publication Page {number} of {len(months.pages)}"
        )


def test_hostile_names_come_out_literally(hostile):
    text = squeezed(hostile.text)

    assert [name for name in HOSTILE if squeezed(name) not in text] == []
    assert "上海测试电子商务有限公司" in text


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(typed=st.text(max_size=40), long=st.text("_abcΩ漢ש#$[", min_size=60, max_size=90))
def test_any_text_can_be_typeset(typed, long):
    release = totals()
    odd = cases.described(purpose=long, data_subjects=typed)
    made = evidence(release, dataset=odd, curator=typed, audit=passed_audit(says=long))

    document = build(ReportKind.RELEASE, made)

    inside = json.loads(attachments(document)["evidence.json"])
    assert inside["dataset"]["description"]["data_subjects"] == typed


def test_the_same_evidence_gives_the_same_bytes():
    made = evidence(totals())

    assert build(ReportKind.RELEASE, made).pdf == build(ReportKind.RELEASE, made).pdf


def test_a_release_that_showed_nothing_is_reported():
    silent = replace(release_cases.every_kind()[5], values=())
    report = built(evidence(silent))

    assert "No value was published." in report.text
    assert squeezed("No number was published, so there is none") in squeezed(report.text)


def test_an_empty_organisation_is_not_recorded():
    plain = evidence(totals(), curator="", country="")
    nobody = replace(plain, organisation=type(plain.organisation)())

    report = built(nobody)

    assert "Organisation not recorded" in report.pages[0]
    assert report.text.count("not recorded") >= 6


def test_epsilon_is_never_shown_smaller_than_it_is():
    release = replace(totals(), price=replace(totals().price, epsilon=Decimal("0.49871")))
    tiles = {tile["title"]: tile["figure"] for tile in _judged(release)["tiles"]}

    assert tiles["ε of this release"] == "0.4988"
