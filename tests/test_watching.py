"""Alarms on record: raised from what was really done, looked into, and never quietly gone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest

from compliance.dataset import RawFile
from compliance.errors import AcknowledgementError, UnknownAlarmError
from compliance.privacy import to_query
from compliance.privacy.nouns import Budget
from compliance.privacy.nouns.question import Query
from compliance.rules.nouns import Assessment, State, Verdict
from compliance.settings import Settings
from compliance.watch.nouns import AlarmKind, Raised
from compliance.workspace import Workspace
from tests.anonymised_people import ended, people, plan
from tests.cli_cases import filled, run
from tests.walked_shop import SAID, orders

OF_THE_DATA = "Q7788"
ROWS = [{"count": "rows"}]


@pytest.fixture
def desk(tmp_path: Path) -> Workspace:
    minutes = count()

    def clock() -> datetime:
        return datetime(2026, 11, 24, 9, tzinfo=UTC) + timedelta(minutes=next(minutes))

    desk = Workspace(Settings.from_environment({}, home=tmp_path), clock=clock)
    desk.add_files([RawFile(name="orders.csv", data=orders())], "orders", SAID)
    return desk


def question(**change: object) -> Query:
    keys = {"country": ["DE", "FR", "CN"]}
    raw = {"unit": "customer", "by": ["country"], "public_keys": keys, "statistics": ROWS}
    return to_query({**raw, **change})


def released(desk: Workspace, **change: object) -> dict[str, object]:
    """The facts of the entry that one more release leaves."""
    desk.release("orders", question(**change), Decimal("0.1"), Decimal("1e-7"))
    return dict(desk.entries(1)[0].facts)


def averaged(desk: Workspace) -> tuple[Raised, ...]:
    for _ in range(4):
        released(desk)
    return desk.governance.watching.look()


def test_one_question_however_it_is_bounded_leaves_one_hash(desk: Workspace) -> None:
    first = released(desk)

    assert released(desk, max_rows_per_group=2)["questions"] == first["questions"]
    assert released(desk, public_keys={"country": ["DE"]})["questions"] == first["questions"]
    assert released(desk, statistics=[{"count": "units"}])["questions"] != first["questions"]
    assert first["columns"] == ["customer", "country"]


def test_a_condition_leaves_its_column_and_never_its_value(desk: Workspace) -> None:
    plain = released(desk)
    asked = released(desk, where=f"store != '{OF_THE_DATA}'")

    assert asked["shapes"] == plain["shapes"]
    assert asked["questions"] != plain["questions"]
    ((condition,),) = [asked["conditions"]]
    assert (condition["column"], condition["is"]) == ("store", "!=")
    assert OF_THE_DATA not in desk.export_trail()


def test_hashes_of_two_desks_cannot_be_compared(desk: Workspace, tmp_path: Path) -> None:
    other = Workspace(Settings.from_environment({}, home=tmp_path / "other"))
    other.add_files([RawFile(name="orders.csv", data=orders())], "orders", SAID)

    assert released(desk)["questions"] != released(other)["questions"]


def test_looks_that_publish_nothing_say_what_was_asked_as_well(desk: Workspace) -> None:
    asked = Budget(epsilon=Decimal(1), delta=Decimal("1e-6"))
    desk.probing.try_attacks("orders", question(), asked)
    tried = desk.entries(1)[0]
    desk.probing.compare_error("orders", question(), asked, None)
    compared = desk.entries(1)[0]

    assert (tried.act, compared.act) == ("attack.try", "error.compare")
    assert tried.facts["questions"] == compared.facts["questions"] == released(desk)["questions"]


def test_an_output_that_is_taken_away_is_in_the_trail(desk: Workspace) -> None:
    desk.add_files([RawFile(name="people.csv", data=people())], "people")
    done = ended(desk.anonymisation.anonymise("people", plan(), {}))
    before = desk.entries(1)[0].number
    desk.anonymisation.output(done)
    (entry,) = [e for e in desk.entries(10) if e.number > before]

    assert (entry.act, entry.facts["rows"]) == ("output.export", done.proof.rows)


def test_an_averaging_attack_is_raised_once_and_stays_until_somebody_looks(
    desk: Workspace,
) -> None:
    (raised,) = averaged(desk)
    again = desk.governance.watching.look()

    assert raised.alarm.kind is AlarmKind.AVERAGING
    assert again == (raised,)
    assert [e.act for e in desk.entries(2)] == ["trail.watch", "trail.watch"]
    assert desk.verify_trail().ok


def test_an_alarm_is_looked_into_by_somebody_with_a_reason(desk: Workspace) -> None:
    (raised,) = averaged(desk)
    watching = desk.governance.watching
    done = watching.acknowledge(raised.alarm.id, "  The demo of the noise.  ")

    assert watching.alarms() == (done,)
    assert done.acknowledged is not None
    assert (done.acknowledged.why, done.acknowledged.by) == (
        "The demo of the noise.",
        "local officer",
    )
    entry = desk.entries(1)[0]
    assert (entry.act, entry.subject) == ("alarm.acknowledge", raised.alarm.id)
    assert "demo" not in str(entry.facts)
    assert watching.look() == (done,)


def test_an_alarm_that_doubles_after_somebody_looked_is_raised_again(desk: Workspace) -> None:
    (raised,) = averaged(desk)
    watching = desk.governance.watching
    watching.acknowledge(raised.alarm.id, "The demo of the noise.")
    for _ in range(3):
        released(desk)

    assert watching.look()[0].acknowledged is not None
    released(desk)
    (again,) = watching.look()
    assert again.acknowledged is None
    assert len(again.alarm.entries) == 8


def test_what_cannot_be_acknowledged_is_refused(desk: Workspace) -> None:
    (raised,) = averaged(desk)
    watching = desk.governance.watching
    before = desk.entries(1)[0].number

    with pytest.raises(UnknownAlarmError, match="no alarm alarm-x"):
        watching.acknowledge("alarm-x", "It was nothing.")
    with pytest.raises(AcknowledgementError, match="say what it was"):
        watching.acknowledge(raised.alarm.id, " ok ")
    assert desk.entries(1)[0].number == before
    watching.acknowledge(raised.alarm.id, "It was nothing.")
    with pytest.raises(AcknowledgementError, match="local officer has looked into it already"):
        watching.acknowledge(raised.alarm.id, "It was nothing.")


def test_an_audit_looks_and_an_alarm_nobody_looked_into_is_a_finding(desk: Workspace) -> None:
    for _ in range(4):
        released(desk)
    before = alarm_duty(desk.assess())
    desk.governance.audits.run()
    (raised,) = desk.governance.watching.alarms()
    found = alarm_duty(desk.assessments()[-1])
    desk.governance.watching.acknowledge(raised.alarm.id, "A test of the noise")
    after = alarm_duty(desk.assess())

    states = (State.NOT_ASSESSED, State.NOT_MET, State.MET)
    assert tuple(one.state for one in (before, found, after)) == states
    assert "nobody has looked for unusual acts yet" in before.because
    assert "unusual acts that nobody has looked into: 1" in found.evidence


def alarm_duty(found: Assessment) -> Verdict:
    (verdict,) = [one for one in found.verdicts if one.rule == "POL-ALARMS"]
    return verdict


def test_the_command_line_looks_lists_and_acknowledges(tmp_path: Path) -> None:
    home = filled(tmp_path, orders())
    query = tmp_path / "q.yaml"
    query.write_text("unit: customer\nstatistics: [{count: rows}]\n")
    for _ in range(4):
        assert run(home, "release", "orders", "--query", query, "--epsilon", "0.1").code == 0
    looked = run(home, "--json", "watch").document
    (alarm,) = looked["alarms"]
    said = run(home, "--json", "watch", "acknowledge", alarm["id"], "--why", "A test").document
    listed = run(home, "--json", "watch", "list").document

    assert (looked["open"], alarm["kind"], alarm["acknowledged"]) == (1, "averaging attack", None)
    assert looked["cannot_tell"][0].startswith("Odd hours")
    assert said["acknowledged"]["why"] == "A test"
    assert (listed["open"], listed["alarms"]) == (0, [said])
    refused = run(home, "watch", "acknowledge", alarm["id"], "--why", "A test")
    assert (refused.code, refused.err.count("\n")) == (2, 1)
