"""Remedies on real rows: what is predicted is what comes of it, and a re-test says so."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from compliance.dataset import RawFile
from compliance.discovery.nouns import IdentifierClass
from compliance.errors import (
    ComplianceError,
    RecordsRefusedError,
    RemedyError,
    UnknownFindingError,
    UnknownRemedyError,
)
from compliance.lineage.nouns import NodeKind
from compliance.rules import remedies
from compliance.rules.nouns import Applied, Remedy, RemedyKind, State, Status
from compliance.settings import Settings
from compliance.workspace import Workspace
from tests.mending_shop import CANARY, SAID, Clock, finding_of, open_shop


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Workspace:
    return open_shop(tmp_path / "desk", clock)


def by_id(found: tuple[Remedy, ...]) -> dict[str, Remedy]:
    return {remedy.id: remedy for remedy in found}


def everything_stored(desk: Workspace) -> object:
    """The trail's head and every file, by hash; keys are drawn when they are first needed."""
    home = desk.settings.home
    files = {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in home.rglob("*")
        if path.is_file() and not path.name.startswith("records.sqlite") and path.suffix != ".key"
    }
    return desk.verify_trail().head, files


# One row per kind: the rule whose finding it mends, the remedy, and what an officer says.
CASES: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    ("GDPR-6-1", "record", {"lawful_basis": "contract"}),
    ("GDPR-6-1", "re-consent", {}),
    ("GDPR-6-1", "drop-personal", {}),
    ("GDPR-9-2", "record", {"art9_condition": "explicit_consent"}),
    ("GDPR-9-2", "drop-gdpr_special", {}),
    ("GDPR-9-2", "mask-gdpr_special", {}),
    ("GDPR-5-1-E", "shorten", {}),
    ("GDPR-5-1-E", "drop-direct", {}),
    ("GDPR-5-1-E", "mask-direct", {}),
    ("GDPR-5-1-E", "generalise-5", {}),
    ("GDPR-5-2", "audit", {}),
    ("POL-RARE", "drop-rare", {}),
    ("POL-RARE", "mask-rare", {}),
    ("POL-CONFIRMED", "confirm-unconfirmed", {"confirmed": "yes"}),
    ("POL-BUDGET-DECIDED", "record", {"budget_decided": "2"}),
    ("ORG-CONTACT", "record", {"name": "Teal Shop", "contact": "privacy@shop.example"}),
)


@pytest.mark.parametrize(("rule", "remedy", "answers"), CASES, ids=lambda v: str(v)[:30])
def test_what_a_remedy_was_predicted_to_do_is_what_it_does(
    desk: Workspace, rule: str, remedy: str, answers: Mapping[str, str]
) -> None:
    mending, finding = desk.governance.mending, finding_of(desk, rule)
    offered = by_id(mending.remedies(finding.id))[remedy]

    done = mending.apply(finding.id, remedy, answers)

    assert done.actual == done.remedy.predicted
    if not answers:  # else it was predicted for what was supposed, and again for what was said
        assert done.remedy.predicted == offered.predicted
    assert done.actual.turns
    assert done.actual.score_after == desk.assessments()[-1].score
    assert (mending.finding(finding.id).status is Status.CLOSED) == remedies.ends(
        done.actual, finding
    )


def test_a_drop_makes_a_version_that_keeps_description_labels_and_origin(desk: Workspace) -> None:
    before, labels = desk.dataset("accounts"), desk.discovery("accounts")

    done = desk.governance.mending.apply(finding_of(desk, "GDPR-9-2").id, "drop-gdpr_special")

    after, found = desk.dataset("accounts"), desk.discovery("accounts")
    assert done.made == after.id == "accounts@2"
    assert after.description == before.description
    assert after.column_names == tuple(c for c in before.column_names if c != "religion")
    assert labels is not None
    assert found is not None
    assert found.labels == tuple(la for la in labels.labels if la.column != "religion")
    assert [
        (e.origin.id, e.step) for e in desk.proof.lineage.edges() if e.made.kind is NodeKind.DATASET
    ][-1] == (
        "accounts@1",
        "columns left out",
    )
    assert done.actual.kept == pytest.approx(7 / 8)
    assert done.actual.lost == {"columns lost": "1 of 8 (religion)"}


def test_generalising_brings_the_risk_down_to_one_in_k_and_says_what_is_lost(
    desk: Workspace,
) -> None:
    done = desk.governance.mending.apply(finding_of(desk, "GDPR-5-1-E").id, "generalise-5")

    before, after = done.actual.risk_before, done.actual.risk_after
    assert before is not None
    assert after is not None
    assert (before.highest, before.k) == (1.0, 1)
    assert after.highest is not None
    assert after.highest <= 0.2
    assert after.k is not None
    assert after.k >= 5
    assert done.actual.kept is not None
    assert done.actual.kept < 1
    (kept,) = desk.anonymisation.done("accounts")
    assert kept.made == done.made
    assert not kept.proof.failed


def test_only_rows_with_consent_are_left_where_people_are_asked_again(desk: Workspace) -> None:
    done = desk.governance.mending.apply(finding_of(desk, "GDPR-6-1").id, "re-consent")

    assert desk.dataset("accounts").rows == 266
    assert done.actual.lost["rows lost"] == "134 of 400 (33.5%)"
    assert done.actual.lost["people no longer in it"] == "134 of 400 (33.5%)"


def test_rare_personal_data_can_be_left_out_masked_or_confirmed(desk: Workspace) -> None:
    finding = finding_of(desk, "POL-RARE")
    offered = by_id(desk.governance.mending.remedies(finding.id))

    assert {"drop-rare", "mask-rare", "confirm-unconfirmed"} <= offered.keys()
    for remedy in offered.values():
        assert remedies.ends(remedy.predicted, finding)
    assert CANARY not in repr(offered)


def test_trying_remedies_writes_nothing(desk: Workspace) -> None:
    before = everything_stored(desk)

    for finding in desk.governance.mending.findings():
        desk.governance.mending.remedies(finding.id)

    assert everything_stored(desk) == before


def test_remedies_are_kept_until_something_happens(desk: Workspace) -> None:
    mending, finding = desk.governance.mending, finding_of(desk, "GDPR-9-2")
    assert mending.known_remedies(finding.id) is None

    first = mending.remedies(finding.id)

    assert mending.known_remedies(finding.id) is first
    mending.comment(finding.id, "Ask the shop")
    assert mending.known_remedies(finding.id) is None
    assert mending.remedies(finding.id) == first


def test_the_ranking_says_why_and_prefers_what_loses_nothing(desk: Workspace) -> None:
    found = desk.governance.mending.remedies(finding_of(desk, "GDPR-6-1").id)

    assert found[0].id == "record"
    assert found[0].reasons[0] == "turns 1 of 1 finding on Keep accounts"
    assert "needs a person’s word" in found[0].reasons
    assert all(remedy.reasons for remedy in found)
    ending = [remedies.ends(r.predicted, finding_of(desk, "GDPR-6-1")) for r in found]
    assert ending == sorted(ending, reverse=True)
    dropped = by_id(found)["drop-personal"].reasons
    assert "columns with personal data fall from 7 to 0" in dropped
    assert any(reason.startswith("keeps ") for reason in dropped)


def test_a_remedy_is_tried_again_with_what_an_officer_says(desk: Workspace) -> None:
    finding = finding_of(desk, "GDPR-6-1")

    tried = desk.governance.mending.predict(finding.id, "record", {"lawful_basis": "consent"})

    turned = {turn.rule: turn.after for turn in tried.predicted.turns}
    assert turned["GDPR-6-1"] is State.MET
    assert desk.dataset("accounts").description.legal_basis is None


REFUSALS: tuple[tuple[str, str, Mapping[str, str], type[ComplianceError], str], ...] = (
    ("GDPR-6-1", "record", {}, RemedyError, "say also: lawful_basis"),
    ("GDPR-6-1", "record", {"lawful_basis": "whim"}, RecordsRefusedError, "may be: consent"),
    ("GDPR-6-1", "record", {"lawful_basis": "x" * 501}, RemedyError, "characters"),
    ("GDPR-6-1", "record", {"owner": "x", "lawful_basis": "consent"}, RemedyError, "not asked"),
    ("GDPR-6-1", "nonsense", {}, UnknownRemedyError, "There are: record"),
    ("POL-CONFIRMED", "confirm-unconfirmed", {"confirmed": "no"}, RemedyError, "say yes"),
    ("POL-BUDGET-DECIDED", "record", {"budget_decided": "-1"}, RemedyError, "above 0"),
    ("POL-BUDGET-DECIDED", "record", {"budget_decided": "NaN"}, RemedyError, "above 0"),
)


@pytest.mark.parametrize(("rule", "remedy", "answers", "error", "says"), REFUSALS)
def test_a_remedy_that_cannot_be_is_refused_in_words_and_changes_nothing(
    desk: Workspace,
    rule: str,
    remedy: str,
    answers: Mapping[str, str],
    error: type[ComplianceError],
    says: str,
) -> None:
    before = everything_stored(desk)

    with pytest.raises(error, match=says):
        desk.governance.mending.apply(finding_of(desk, rule).id, remedy, answers)

    assert everything_stored(desk) == before


def test_a_closed_or_unknown_finding_has_nothing_to_apply(desk: Workspace) -> None:
    mending, finding = desk.governance.mending, finding_of(desk, "GDPR-9-2")
    mending.apply(finding.id, "drop-gdpr_special")

    with pytest.raises(RemedyError, match="closed"):
        mending.apply(finding.id, "drop-gdpr_special")
    with pytest.raises(UnknownFindingError):
        mending.apply("F0", "drop-gdpr_special")


def test_a_remedy_tried_on_an_older_version_is_refused_whole(
    desk: Workspace, tmp_path: Path
) -> None:
    """While one officer's remedy is being checked, another applies one to the same dataset."""
    mending = desk.governance.mending
    other = Workspace(Settings.from_environment({}, home=tmp_path / "desk"), Clock())
    steps = mending.applying(finding_of(desk, "GDPR-9-2").id, "drop-gdpr_special")
    while next(steps).doing != "Applying, and testing every duty again":
        pass
    other.governance.mending.apply(finding_of(desk, "POL-RARE").id, "drop-rare")
    before = everything_stored(desk)

    with pytest.raises(RemedyError, match="changed since"):
        next(steps)

    assert everything_stored(desk) == before
    assert desk.dataset("accounts").version == 2


def describe(desk: Workspace) -> None:
    desk.describe("accounts", replace(SAID, purpose="Send parcels"))


def put_in_register(desk: Workspace) -> None:
    values = {"art10_authorisation": "Law 7"}
    desk.governance.register.record("dataset", "accounts", values)


def relabel(desk: Workspace) -> None:
    desk.decide_labels("accounts", {"city": ("city", IdentifierClass.QUASI)})


@pytest.mark.parametrize("meanwhile", [describe, put_in_register, relabel])
@pytest.mark.parametrize(
    ("rule", "remedy", "answers"),
    [
        ("GDPR-6-1", "record", {"lawful_basis": "consent"}),
        ("POL-CONFIRMED", "confirm-unconfirmed", {"confirmed": "yes"}),
    ],
)
def test_a_remedy_never_undoes_what_somebody_did_while_it_was_tried(
    desk: Workspace,
    tmp_path: Path,
    meanwhile: Callable[[Workspace], None],
    rule: str,
    remedy: str,
    answers: Mapping[str, str],
) -> None:
    steps = desk.governance.mending.applying(finding_of(desk, rule).id, remedy, answers)
    while next(steps).doing != "Applying, and testing every duty again":
        pass
    meanwhile(Workspace(Settings.from_environment({}, home=tmp_path / "desk"), Clock()))
    before = everything_stored(desk)

    with pytest.raises(RemedyError, match="changed since"):
        next(steps)

    assert everything_stored(desk) == before


def test_the_trail_of_mending_names_no_person_and_no_text(desk: Workspace) -> None:
    mending, finding = desk.governance.mending, finding_of(desk, "GDPR-9-2")
    mending.assign(finding.id, "Zoe Zander")
    mending.comment(finding.id, "Zoe Zander says it is for Bernd Bader")
    mending.waive(finding.id, "Bernd Bader is ill", date(2026, 12, 1))
    mending.unwaive(finding.id)
    mending.start(finding.id)
    mending.set_due(finding.id, date(2026, 12, 20))
    mending.apply(finding.id, "record", {"art9_condition": "explicit_consent"})

    acts = [entry.act for entry in desk.entries()][:7][::-1]
    assert acts == [
        *("finding.assign", "finding.comment", "finding.waive", "finding.unwaive"),
        *("finding.start", "finding.due", "remedy.apply"),
    ]
    told = repr(desk.entries()) + desk.export_trail()
    assert not any(name in told for name in ("Zander", "Bader", "ill", CANARY))
    assert desk.verify_trail().ok


def test_an_expired_waiver_fails_again_at_the_next_check(desk: Workspace, clock: Clock) -> None:
    mending, finding = desk.governance.mending, finding_of(desk, "GDPR-9-2")
    desk.assess()
    unmet = desk.assess().score
    mending.waive(finding.id, "Shop closes", date(2026, 12, 10))

    while_waived = desk.assess()
    clock.move(days=15)
    expired = desk.assess()

    state = {v.rule: v.state for v in while_waived.verdicts}
    assert state["GDPR-9-2"] is State.WAIVED
    assert while_waived.score is not None
    assert unmet is not None
    assert while_waived.score > unmet
    assert expired.score == unmet
    assert {v.rule: v.state for v in expired.verdicts}["GDPR-9-2"] is State.NOT_MET
    assert not mending.is_waived(mending.finding(finding.id))


def test_a_check_of_one_dataset_leaves_findings_on_others_alone(desk: Workspace) -> None:
    before = {f.id: f for f in desk.governance.mending.findings()}
    desk.add_files([RawFile(name="b.csv", data=b"shop,amount\n1,2\n2,3\n")], "other")

    desk.assess(["other"])

    after = {f.id: f for f in desk.governance.mending.findings()}
    assert {id_: f for id_, f in after.items() if id_ in before} == before
    assert {f.subject for id_, f in after.items() if id_ not in before} >= {"other"}


def test_overdue_is_what_should_have_been_mended_by_yesterday(
    desk: Workspace, clock: Clock
) -> None:
    mending, finding = desk.governance.mending, finding_of(desk, "GDPR-6-1")
    clock.at = clock.at.replace(year=finding.due.year, month=finding.due.month, day=finding.due.day)
    assert not mending.is_overdue(finding)

    clock.move(days=1)

    assert mending.is_overdue(finding)


def test_what_was_applied_is_on_record_newest_first(desk: Workspace) -> None:
    mending = desk.governance.mending
    one = mending.apply(finding_of(desk, "GDPR-9-2").id, "drop-gdpr_special")
    two = mending.apply(finding_of(desk, "GDPR-6-1").id, "record", {"lawful_basis": "consent"})

    done: tuple[Applied, ...] = mending.applied()
    assert done == (two, one)
    assert mending.applied(one.finding) == (one,)
    assert one.remedy.kind is RemedyKind.DROP


def test_a_remedy_that_would_leave_nothing_is_told_so_before(tmp_path: Path) -> None:
    clock = Clock()
    clock.move(days=9_000)  # all rows are past their retention by then
    desk = open_shop(tmp_path / "old", clock)
    finding = finding_of(desk, "GDPR-5-1-E")

    offered = by_id(desk.governance.mending.remedies(finding.id))["shorten"]

    assert not offered.can_apply
    assert "cannot be applied as things stand: no row would be left" in " ".join(offered.reasons)
    with pytest.raises(RemedyError, match="no row would be left"):
        desk.governance.mending.apply(finding.id, "shorten")
