"""What an audit report says for auditors: opinion, findings, earlier ones, index of evidence."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pikepdf
import pytest
import report_samples as samples
import rfc8785
from report_hostile import hostile
from report_pages import attachments, built, built_sample

from compliance.dataset import RawFile
from compliance.report.building import to_content
from compliance.report.nouns import Evidence, ReportKind
from compliance.report.nouns.audited import Audited, Criterion, Travel
from compliance.report.sections.traceability import hash_of_key
from compliance.rules.nouns import Level, Outcome, Severity, State, Verdict
from compliance.trail.nouns import Verification

FIVE = ["Criteria", "Condition", "Cause", "Effect", "Recommendation"]


def content(evidence: Evidence) -> dict[str, Any]:
    """What the pages show, with plain blanks."""
    plain = json.dumps(to_content(ReportKind.AUDIT, evidence), ensure_ascii=False)
    shown: dict[str, Any] = json.loads(plain.replace("\N{NO-BREAK SPACE}", " "))
    return shown


def judged(*verdicts: Verdict) -> Evidence:
    evidence = samples.retail()
    return replace(evidence, assessment=replace(evidence.assessment, verdicts=verdicts))


def unmet(**facts: Any) -> Verdict:
    return replace(samples.retail().assessment.findings[0], **facts)


def told(evidence: Evidence, place: int = 0) -> dict[str, str]:
    """The facts of one finding by their names."""
    return {fact["name"]: fact["value"] for fact in content(evidence)["findings"][place]["facts"]}


def _outcome(known: str, *, holds: bool | None = False, wanted: str = "yes") -> Outcome:
    return Outcome(
        fact="f", word="separate consent", operator="eq", wanted=wanted, known=known, holds=holds
    )


# ---------------------------------------------------------------- opinion


def test_a_grave_finding_is_no_order_and_what_is_unknown_is_told_with_it():
    says = content(samples.retail())["summary"]["opinion"]

    assert says == (
        "On the facts on record, processing is not in order: 1 finding of high severity or "
        "above; nothing can be said of 1 verdict that could not be assessed."
    )


def test_small_findings_and_none_give_other_opinions():
    small, met = unmet(severity=Severity.LOW), unmet(state=State.MET)

    assert "in order but for 1 finding of lesser" in content(judged(small))["summary"]["opinion"]
    assert content(judged(met))["summary"]["opinion"] == (
        "On the facts on record, every duty that could be decided is met."
    )


def test_no_opinion_on_a_broken_trail_or_where_nothing_was_decided():
    broken = Verification(entries=2, root="a", head="b", problems=("Entry 1 was changed.",))
    unknown = judged(unmet(state=State.NOT_ASSESSED))

    assert "No opinion" in content(replace(samples.retail(), trail=broken))["summary"]["opinion"]
    assert "No opinion" in content(unknown)["summary"]["opinion"]


def test_decision_is_a_form_until_somebody_signs():
    report = built_sample("retail")
    decided = content(samples.retail())["decided"]

    assert "Nobody has recorded a decision on this report." in report.text
    assert len(decided["choices"]) == 3
    assert all(field["value"] == "" for field in decided["fields"])


# ---------------------------------------------------------------- findings


@pytest.mark.parametrize("make", [samples.retail, hostile])
def test_every_finding_has_all_five_parts_in_their_order(make):
    for finding in content(make())["findings"]:
        names = [fact["name"] for fact in finding["facts"]]
        assert [name for name in names if name in FIVE] == FIVE
        assert all(fact["value"].strip() for fact in finding["facts"])


def test_cause_names_the_facts_that_fail_and_no_others():
    absent = _outcome("not recorded")
    wrong, fine, open_ = _outcome("no"), _outcome("yes", holds=True), _outcome("x", holds=None)

    cause = told(judged(unmet(outcomes=(absent, wrong, fine, open_))))["Cause"]

    assert cause == (
        "Nobody has recorded: separate consent. Separate consent is no, and has to be yes."
    )


def test_without_facts_the_cause_is_not_on_record():
    assert told(judged(unmet(outcomes=())))["Cause"] == "Not on record."


@pytest.mark.parametrize(
    ("fine", "level", "says"),
    [
        (
            {"amount_eur": 20_000_000, "turnover_share": 0.04, "rule": "higher of the two"},
            Level.TEXT,
            "up to EUR 20,000,000 or 4 % of turnover, the higher of the two.",
        ),
        (
            {"per_violation_usd": 7500, "cure_days": 30},
            Level.SECONDARY,
            "up to USD 7,500 per violation (not verified in the legal text).",
        ),
        ({"text": "criminal penalties today"}, Level.TEXT, "criminal penalties today."),
        ({}, None, ""),
    ],
)
def test_effect_tells_the_fine_of_the_pack_and_how_sure_it_is(fine, level, says):
    evidence = judged(unmet(entity="activity"))
    criterion = Criterion(requirement="Do it.", fine=fine, fine_level=level)
    standards = replace(evidence.audited.standards, criteria={unmet().rule: criterion})
    audited = replace(evidence.audited, standards=standards)

    effect = told(replace(evidence, audited=audited))["Effect"]

    expected = f"Not meeting it may cost: {says}" if says else "No fine is on record for this duty."
    assert effect == expected


def test_effect_counts_the_rows_and_personal_columns_of_a_dataset():
    effect = told(judged(unmet(entity="dataset", subject_id="online retail")))["Effect"]

    assert effect.startswith("It concerns 541,909 rows with 4 personal columns.")


def test_owner_due_day_and_response_are_those_on_record():
    first, second = (told(samples.retail(), place) for place in (0, 1))

    assert first["Owner and due"].startswith("Dr. Ada Beispiel, by 22 November 2026")
    assert first["Response"] == "Work on it has begun."
    assert second["Owner and due"].startswith("Nobody has been named, by 24 December 2026")
    assert second["Response"] == "None is on record."


def test_a_waiver_is_told_with_its_approver_and_its_end():
    evidence = samples.retail()
    first, *rest = evidence.audited.findings
    waived = replace(
        first, waived_by="A. Officer", waived_why="no data yet", waived_until=date(2027, 1, 1)
    )
    evidence = replace(evidence, audited=replace(evidence.audited, findings=(waived, *rest)))

    assert "Waived until 1 January 2027 by A. Officer: No data yet." in told(evidence)["Response"]
    assert "1 waiver, decided by A. Officer" in content(evidence)["decided"]["says"]


def test_earlier_findings_are_counted_closed_open_and_late():
    earlier = content(samples.retail())["earlier"]

    assert earlier["says"] == (
        "On record before this assessment: 2 findings. Closed by a re-test: 1; open: 1, of these "
        "overdue: 1."
    )
    assert [row[5]["text"] for row in earlier["table"]["rows"]] == [
        "in progress, overdue",
        "closed 25 October 2026 by officer",
    ]


# ---------------------------------------------------------------- results


@pytest.mark.parametrize("make", [samples.retail, hostile])
def test_no_verdict_is_hidden_in_the_results(make):
    evidence = make()
    results = content(evidence)["results"]

    for table in (results["laws"], results["stages"]):
        last = table["rows"][-1]
        assert int(last[6]) == len(evidence.assessment.verdicts)
        unknown = [v for v in evidence.assessment.verdicts if v.state is State.NOT_ASSESSED]
        assert int(last[2]) == len(unknown)


def test_score_is_told_beside_that_of_the_assessment_before():
    trend = content(samples.retail())["results"]["trend"]

    assert "the score was 49 %: +1 points, −1 findings." in trend["says"]
    assert len(trend["chart"]["panels"][0]["series"][0]["points"]) == 5


def test_a_first_assessment_has_nothing_to_compare_with():
    alone = replace(samples.retail(), audited=Audited())

    trend = content(alone)["results"]["trend"]

    assert trend["chart"] is None
    assert trend["says"].startswith("There is no earlier assessment")


# ---------------------------------------------------------------- tags


def test_tags_that_stopped_without_evidence_come_first_and_are_bad():
    tags = content(samples.retail())["tags"]

    assert tags["says"]["tone"] == "bad"
    assert len(tags["lost"]["rows"]) == 1
    assert [row[4]["tone"] for row in tags["stopped"]["rows"]] == ["good", "bad"]


def test_where_nobody_looked_tags_are_not_assessed():
    evidence = samples.bare()
    empty = replace(evidence, audited=replace(evidence.audited, travel=Travel()))

    assert content(empty)["tags"]["says"]["says"].startswith("Not assessed")


# ---------------------------------------------------------------- evidence


@pytest.mark.parametrize("name", ["retail", "empty", "kinds"])
def test_every_hash_of_the_index_is_that_of_its_part_of_the_attached_file(name):
    report = built_sample(name)
    attached = json.loads(attachments(report.document)["evidence.json"])
    index = content(report.evidence)["exhibits"]
    parts = [row for row in index["table"]["rows"] if row[2] and row[2] != "rules export"]

    assert len(parts) >= 3
    for _, _, place, sha256, _ in parts:
        part: Any = attached
        for step in place.replace("]", "").replace("[", ".").split("."):
            part = part[int(step)] if step.isdigit() else part[step]
        assert hashlib.sha256(rfc8785.dumps(part)).hexdigest() == sha256


def test_labels_of_findings_lead_to_the_index():
    report = built(judged(unmet(entity="dataset", subject_id="online retail")))
    shown = told(report.evidence)["Evidence"]

    assert shown.startswith("E1 (verdict 0), E")
    with pikepdf.open(BytesIO(report.document.pdf)) as pdf:
        links = [
            note
            for page in pdf.pages
            for note in page.get("/Annots", ())
            if note.Subtype == "/Link" and str(note.get("/Contents", "")) != ""
        ]
    assert len(links) >= shown.count("E")


def test_fingerprint_of_a_key_is_that_of_its_32_bytes():
    public = bytes(range(32))
    key = f"desk/1+abcd1234+{b64encode(bytes([1]) + public).decode()}"

    assert hash_of_key(key) == hashlib.sha256(public).hexdigest()


def test_findings_opened_now_are_none_of_the_earlier_ones():
    evidence = samples.retail()
    at = evidence.assessment.assessed_at
    fresh = tuple(replace(f, opened_at=at) for f in evidence.audited.findings[:2])
    later = replace(evidence, audited=replace(evidence.audited, findings=fresh))

    assert content(later)["earlier"]["table"] is None


# ---------------------------------------------------------------- gathered from a desk


def test_a_real_desk_gives_rules_owners_and_trend_but_no_comment(workspace):
    comment = "Zebra Quux said so on the phone"
    workspace.add_files(
        [RawFile(name="orders.csv", data=b"customer,amount\nC1,2\nC2,3\n")], "orders"
    )
    workspace.assess()
    first, *_ = workspace.governance.mending.findings()
    workspace.governance.mending.assign(first.id, "Karin Holm")
    workspace.governance.mending.comment(first.id, comment)

    report = workspace.build_report(ReportKind.AUDIT)
    pdf = workspace.report_pdf(report)

    with pikepdf.open(BytesIO(pdf)) as opened:
        attached = opened.attachments["evidence.json"].get_file().read_bytes()
    audited = json.loads(attached)["audited"]
    rules = hashlib.sha256(workspace.governance.packs.to_file().encode()).hexdigest()
    assert audited["standards"]["sha256"] == rules
    assert len(audited["standings"]) == 2
    assert {f["owner"] for f in audited["findings"]} == {"", "Karin Holm"}
    assert comment.encode() not in attached
