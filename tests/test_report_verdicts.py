"""What the report concludes: cover, summary, duties and the trail, before it is typeset."""

from __future__ import annotations

from dataclasses import replace

import pytest
import report_samples as samples
from report_hostile import hostile

from compliance.register.nouns import Organisation
from compliance.report.building import to_content
from compliance.report.nouns import Evidence, ReportKind
from compliance.rules.nouns import Level, State
from compliance.trail.nouns import Verification

NBSP = "\N{NO-BREAK SPACE}"


def _content(evidence: Evidence) -> dict:
    return to_content(ReportKind.AUDIT, evidence)


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
    summary = _content(hostile())["summary"]

    assert "11 of 24 decided duties are met" in summary["score"]["says"]
    assert len(summary["findings"]) == 3
    assert all(finding["title"].startswith("Not met: ") for finding in summary["findings"])
    assert summary["findings_left"] == 10
    assert summary["next"][0] == "Find out why the trail is not whole; see section 10."
    assert len(summary["next"]) == 6


def test_a_step_that_many_subjects_need_is_told_once():
    evidence = samples.retail()
    finding = replace(evidence.assessment.findings[0], remedy="Name it")
    verdicts = tuple(replace(finding, subject=f"set {n}") for n in range(5))
    many = replace(evidence, assessment=replace(evidence.assessment, verdicts=verdicts))

    steps = [step.replace(NBSP, " ") for step in _content(many)["summary"]["next"]]

    assert steps == ["set 0, set 1, set 2 and 2 more: Name it."]


@pytest.mark.parametrize(
    ("keep", "problems", "tone", "says"),
    [
        pytest.param(list(State), ("Entry 3",), "bad", "trail is not whole", id="broken trail"),
        pytest.param(list(State), (), "bad", "2 findings open: 1 high, 1 medium.", id="findings"),
        pytest.param(
            [State.MET, State.NOT_ASSESSED], (), "warn", "1 duty could not be", id="unknown"
        ),
        pytest.param([State.MET], (), "good", "Every duty that applies was found met", id="met"),
        pytest.param([State.NOT_APPLICABLE], (), "calm", "Nothing could be decided", id="nothing"),
    ],
)
def test_summary_opens_with_a_verdict_that_never_passes_the_unknown(keep, problems, tone, says):
    evidence = samples.retail()
    verdicts = tuple(v for v in evidence.assessment.verdicts if v.state in keep)
    verdict = _content(
        replace(
            evidence,
            assessment=replace(evidence.assessment, verdicts=verdicts),
            trail=replace(evidence.trail, problems=problems),
        )
    )["summary"]["verdict"]

    assert verdict["tone"] == tone
    assert says in verdict["says"].replace(NBSP, " ")


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
    evidence = hostile()
    content = _content(evidence)
    duties = content["duties"]
    states = [verdict.state for verdict in evidence.assessment.verdicts]

    assert len(content["findings"]) == states.count(State.NOT_MET)
    assert len(duties["unknown"]["rows"]) == states.count(State.NOT_ASSESSED)
    assert len(duties["met"]["rows"]) == states.count(State.MET)
    assert len(duties["waived"]["rows"]) == states.count(State.WAIVED)
    idle = [int(row[2]) for row in duties["inapplicable"]["rows"]]
    assert sum(idle) == states.count(State.NOT_APPLICABLE)


def test_findings_of_one_rule_on_the_same_evidence_are_one_with_all_their_subjects():
    evidence = samples.retail()
    finding = evidence.assessment.findings[0]
    verdicts = tuple(replace(finding, subject=name) for name in ("a", "b"))
    many = replace(evidence, assessment=replace(evidence.assessment, verdicts=verdicts))

    content = _content(many)

    assert [found["facts"][0]["value"] for found in content["findings"]] == ["a, b"]
    assert content["duties"]["counts"]["not met"] == 2


@pytest.mark.parametrize(
    ("level", "says"),
    [
        (Level.TEXT, ""),
        (Level.POLICY, ""),
        (Level.SECONDARY, "; not verified in the legal text"),
        (Level.MEMORY, "; not verified in the legal text, from memory"),
    ],
)
def test_a_duty_not_read_in_the_law_is_marked(level, says):
    evidence = samples.retail()
    verdicts = tuple(
        replace(verdict, level=level, law_name="GDPR", article="Art. 6(1)", rule="R-1", law="X")
        for verdict in evidence.assessment.findings[:1]
    )
    marked = replace(evidence, assessment=replace(evidence.assessment, verdicts=verdicts))

    (finding,) = _content(marked)["findings"]

    assert finding["facts"][1]["value"] == f"GDPR Art. 6(1) (rule R-1){says}"


def test_what_does_not_apply_is_counted_by_law_and_reason():
    evidence = samples.retail()
    idle = replace(
        evidence.assessment.verdicts[0],
        state=State.NOT_APPLICABLE,
        law="LGPD",
        outcomes=(),
        because="LGPD is not in scope.",
    )
    verdicts = (idle, replace(idle, rule="other"), replace(idle, because=""))
    content = _content(
        replace(evidence, assessment=replace(evidence.assessment, verdicts=verdicts))
    )

    assert content["duties"]["inapplicable"]["rows"] == [
        ["LGPD", "LGPD is not in scope.", "2"],
        ["LGPD", "The subject is not one that the duty is for.", "1"],
    ]


def test_who_waived_a_duty_and_why_stands_beside_the_evidence():
    evidence = samples.retail()
    waived = replace(
        evidence.assessment.findings[0],
        state=State.WAIVED,
        because="Waived by Mara until 2027-01-31: the supplier moves",
    )
    verdicts = (waived,)
    content = _content(
        replace(evidence, assessment=replace(evidence.assessment, verdicts=verdicts))
    )

    (row,) = content["duties"]["waived"]["rows"]
    assert row[3] == "Waived by Mara until 2027-01-31: the supplier moves."
    assert row[4]


def test_a_duty_met_by_many_on_the_same_evidence_takes_one_line():
    evidence = samples.retail()
    met = next(v for v in evidence.assessment.verdicts if v.state is State.MET)
    same = tuple(replace(met, subject=name, evidence="recorded") for name in ("a", "b", "c"))
    other = replace(met, subject="d", evidence="36 months")
    verdicts = (*same, other)

    rows = _content(replace(evidence, assessment=replace(evidence.assessment, verdicts=verdicts)))[
        "duties"
    ]["met"]["rows"]

    assert [row[2] for row in rows] == ["a, b, c", "d"]


def test_the_desks_own_policy_is_not_called_a_law():
    evidence = samples.retail()
    finding = replace(evidence.assessment.findings[0], law="POLICY", article="Desk policy 6")
    verdicts = (finding, *evidence.assessment.verdicts[1:])
    content = _content(
        replace(evidence, assessment=replace(evidence.assessment, verdicts=verdicts))
    )
    criteria = content["findings"][0]["facts"][1]["value"]

    assert criteria.startswith("Desk policy 6 (rule R12): What is kept")
    assert content["duties"]["laws"].endswith("from GDPR and the desk's own policy.")


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
