"""Audits that run by themselves: what changed, when they are due, and who is told what."""

from __future__ import annotations

import json
import socketserver
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mail_cases import Mail, served

from compliance.dataset import RawFile
from compliance.dataset.nouns import Description
from compliance.errors import (
    ComplianceError,
    NoMailServerError,
    ScheduleError,
    UnknownDatasetError,
    UnknownScheduleError,
)
from compliance.i18n import speaking
from compliance.rules.difference import difference
from compliance.rules.notices import is_worth_telling, notice
from compliance.rules.nouns import Assessment, Severity, State, Verdict
from compliance.rules.nouns.audit import EVERY, Audit, NotifyWhen, Schedule
from compliance.rules.schedules import check_schedule, due_at, next_after
from compliance.settings import Settings
from compliance.workspace import Workspace
from compliance.workspace.governing.audits import Audits

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
TABLE = b"email,city\nxanthippe.quisling@example.org,Ulm\nada@example.org,Bonn\n"


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = AT

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def opened(home: Path, clock: Clock, **more: str) -> Workspace:
    where = {"home": home, "database_url": f"sqlite:///{home / 'records.sqlite'}"}
    return Workspace(Settings(**where, actor="Officer", **more), clock)  # type: ignore[arg-type]


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Workspace:
    made = opened(tmp_path / "desk", clock)
    made.add_files([RawFile(name="people.csv", data=TABLE)], "folk")
    return made


def schedule(**more: Any) -> Schedule:
    return Schedule(**{"name": "weekly", "cron": EVERY["week"], "made_at": AT} | more)


def verdict(rule: str, state: State) -> Verdict:
    return Verdict(
        **dict.fromkeys(("title", "evidence", "remedy", "page"), "x"),
        law="CN_PIPL",
        law_name="PIPL",
        article="Art. 13",
        rule=rule,
        subject="Quisling's list",
        state=state,
        severity=Severity.HIGH,
        stage=1,
        entity="dataset",
        subject_id="list",
    )


def assessed(**states: State) -> Assessment:
    verdicts = tuple(verdict(rule, state) for rule, state in states.items())
    return Assessment(verdicts=verdicts, score=50.0, assessed_at=AT)


# What changed


def test_the_first_audit_opens_every_finding_and_turns_nothing() -> None:
    found = difference(None, assessed(a=State.NOT_MET, b=State.MET))

    assert [change.rule for change in found.opened] == ["a"]
    assert found.closed == found.turned == ()


def test_a_difference_tells_opened_closed_and_turned_apart() -> None:
    before = assessed(a=State.MET, b=State.NOT_MET, c=State.MET, d=State.NOT_MET, e=State.NOT_MET)
    after = assessed(a=State.NOT_MET, b=State.MET, c=State.NOT_ASSESSED, d=State.NOT_MET)
    found = difference(before, after)

    assert [change.rule for change in found.opened] == ["a"]
    assert {change.rule for change in found.closed} == {"b", "e"}
    assert [change.rule for change in found.turned] == ["c"]


STATES = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(State))


@given(before=STATES, after=STATES)
def test_each_duty_that_stands_otherwise_is_told_once(
    before: dict[str, State], after: dict[str, State]
) -> None:
    found = difference(assessed(**before), assessed(**after))
    told = [change.rule for change in (*found.opened, *found.closed, *found.turned)]
    wanted = {rule for rule in (*before, *after) if before.get(rule) is not after.get(rule)}

    assert sorted(told) == sorted(wanted)
    assert found.is_empty is (not wanted)


def test_an_audit_says_what_changed_since_the_one_before(desk: Workspace) -> None:
    audits = desk.governance.audits
    first = audits.run()
    desk.describe("folk", replace(desk.dataset("folk").description, region="DE"))
    second = audits.run()

    assert first.discovered == ("folk",)
    assert second.discovered == ()
    assert first.difference.score_before is None
    assert second.difference.score_before == first.difference.score_after
    assert [audit.id for audit in audits.every()] == [second.id, first.id]


def test_only_what_is_new_is_looked_at_again(desk: Workspace) -> None:
    audits = desk.governance.audits
    audits.run()
    desk.add_files([RawFile(name="more.csv", data=b"phone\n+49 30 1234567\n")], "more")
    desk.add_files([RawFile(name="people.csv", data=TABLE + b"eve@example.org,Ulm\n")], "folk")

    assert set(audits.run().discovered) == {"more", "folk"}


# When it is due


@pytest.mark.parametrize(
    ("cron", "after", "due"),
    [
        pytest.param("0 6 * * mon", "2026-11-26", "2026-11-30T06:00", id="a name of a day"),
        pytest.param("0 6 * * 1", "2026-11-26", "2026-11-30T06:00", id="crontab's Monday is 1"),
        pytest.param("0 6 * * 0", "2026-11-26", "2026-11-29T06:00", id="crontab's Sunday is 0"),
        pytest.param("0 6 * * 7", "2026-11-26", "2026-11-29T06:00", id="and 7"),
        pytest.param("30 2 1 * *", "2026-11-26", "2026-12-01T02:30", id="first of the month"),
        pytest.param("*/15 * * * *", "2026-11-26", "2026-11-26T00:15", id="every quarter"),
        pytest.param("0 6 * * 1-5", "2026-11-28", "2026-11-30T06:00", id="working days"),
    ],
)
def test_times_are_read_as_crontab_reads_them(cron: str, after: str, due: str) -> None:
    begin = datetime.fromisoformat(after).replace(tzinfo=BERLIN)

    assert next_after(schedule(cron=cron), begin, BERLIN) == datetime.fromisoformat(due).replace(
        tzinfo=BERLIN
    )


def test_six_in_the_morning_stays_so_when_clocks_change() -> None:
    daily = schedule(cron=EVERY["day"])
    winter = next_after(daily, datetime(2026, 10, 24, 12, tzinfo=UTC), BERLIN)
    summer = next_after(daily, datetime(2026, 3, 28, 12, tzinfo=UTC), BERLIN)

    assert winter == datetime(2026, 10, 25, 5, tzinfo=UTC)
    assert summer == datetime(2026, 3, 29, 4, tzinfo=UTC)


def test_what_was_missed_is_made_up_for_once() -> None:
    daily, later = schedule(cron=EVERY["day"]), AT + timedelta(days=5)
    missed = due_at(daily, later, BERLIN)

    assert missed == datetime(2026, 12, 1, 6, tzinfo=BERLIN)
    assert due_at(replace(daily, claimed=missed), later, BERLIN) is None


@pytest.mark.parametrize(
    "made",
    [
        pytest.param({"cron": "61 * * * *"}, id="no such minute"),
        pytest.param({"cron": "0 6 * *"}, id="four fields"),
        pytest.param({"cron": "tomorrow"}, id="a word"),
        pytest.param({"mails": ("officer",)}, id="no address"),
        pytest.param({"mails": ("a@b.c\nBcc: d@e.f",)}, id="a second header"),
        pytest.param({"webhook": "file:///etc/passwd"}, id="a file"),
        pytest.param({"webhook": "https:///path"}, id="no host"),
        pytest.param({"webhook": "https://[desk/path"}, id="a broken host"),
        pytest.param({"webhook": "https://desk.example:port/"}, id="a broken port"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(made: dict[str, Any]) -> None:
    with pytest.raises(ScheduleError):
        check_schedule(schedule(**made))


def test_a_schedule_is_kept_found_and_removed(desk: Workspace) -> None:
    audits = desk.governance.audits
    audits.keep(schedule(datasets=("folk",)))

    assert audits.schedule("weekly").datasets == ("folk",)
    audits.remove("weekly")
    assert audits.schedules() == ()
    with pytest.raises(UnknownScheduleError):
        audits.schedule("weekly")


def test_a_schedule_names_only_what_is_there(desk: Workspace) -> None:
    audits = desk.governance.audits

    with pytest.raises(UnknownDatasetError):
        audits.keep(schedule(datasets=("nobody",)))
    with pytest.raises(NoMailServerError):
        audits.keep(schedule(mails=("officer@example.org",)))
    assert audits.schedules() == ()


def test_only_one_of_eight_workers_takes_up_what_is_due(desk: Workspace, clock: Clock) -> None:
    desk.governance.audits.keep(schedule(cron=EVERY["day"]))
    clock.now += timedelta(days=1)
    workers = [opened(desk.settings.home, clock) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        ran = list(pool.map(lambda worker: list(worker.governance.audits.run_due()), workers))

    assert sum(len(one) for one in ran) == 1
    assert len(desk.governance.audits.every()) == 1


def test_a_schedule_that_cannot_run_holds_up_no_other(tmp_path: Path, clock: Clock) -> None:
    empty = opened(tmp_path / "empty", clock).governance.audits
    empty.keep(schedule(name="first"))
    empty.keep(schedule(name="second"))
    clock.now += timedelta(days=8)
    ran = list(empty.run_due())

    assert [one.schedule for one in ran] == ["first", "second"]
    assert all(one.audit is None and "nothing to report" in one.refusal for one in ran)
    assert list(empty.run_due()) == []


def test_an_audit_that_breaks_off_holds_up_no_other_and_tells_no_cell(
    desk: Workspace, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    audits = desk.governance.audits
    for name in ("first", "second"):
        audits.keep(schedule(name=name))
    clock.now += timedelta(days=8)

    def breaks(*_: object) -> None:
        raise ValueError("xanthippe.quisling@example.org is no number")

    monkeypatch.setattr(Audits, "run", breaks)
    ran = list(audits.run_due())

    assert [one.schedule for one in ran] == ["first", "second"]
    assert "quisling" not in str([one.refusal for one in ran])
    assert sum("audit.fail" in str(entry) for entry in desk.entries()) == 2


# Who is told what


def an_audit(**more: Any) -> Audit:
    found = difference(assessed(a=State.MET), assessed(a=State.NOT_MET))
    facts = {"scope": "Quisling's list", "schedule": "", "at": AT, "actor": "Xanthippe"}
    counts = {State.NOT_MET: 1}
    plain = {"id": "1", "discovered": (), "open": 1, "overdue": 0, "report": "r", "counts": counts}
    return Audit(**{**facts, **plain, "difference": found} | more)


def test_a_notice_is_written_in_the_language_of_the_desk() -> None:
    with speaking("zh"):
        told = notice(an_audit())

    assert told.subject.startswith("隐私合规系统：开启1项审核发现")
    assert "本消息既不写明数据，也不写明人名" in told.text
    assert told.fields == notice(an_audit()).fields  # which machines read


def test_a_notice_holds_counts_and_articles_and_no_names() -> None:
    told = notice(an_audit())

    assert "1 findings opened" in told.subject
    assert "- a (PIPL Art. 13), high: 1" in told.text
    whole = told.subject + told.text + json.dumps(told.fields)
    assert not any(name in whole for name in ("Quisling", "Xanthippe", "list"))


@pytest.mark.parametrize(
    ("when", "audit", "told"),
    [
        pytest.param(NotifyWhen.ALWAYS, "same", True, id="always"),
        pytest.param(NotifyWhen.CHANGED, "same", False, id="nothing changed"),
        pytest.param(NotifyWhen.CHANGED, "better", True, id="something closed"),
        pytest.param(NotifyWhen.WORSE, "better", False, id="closed is not worse"),
        pytest.param(NotifyWhen.WORSE, "worse", True, id="something opened"),
        pytest.param(NotifyWhen.WORSE, "late", True, id="something overdue"),
    ],
)
def test_people_are_told_when_they_want_to_be(when: NotifyWhen, audit: str, *, told: bool) -> None:
    met, unmet = assessed(a=State.MET), assessed(a=State.NOT_MET)
    audits = {
        "same": an_audit(difference=difference(met, met)),
        "better": an_audit(difference=difference(unmet, met)),
        "worse": an_audit(),
        "late": an_audit(difference=difference(met, met), overdue=1),
    }

    assert is_worth_telling(audits[audit], when) is told


class Hook(BaseHTTPRequestHandler):
    """Takes what it is sent."""

    bodies: ClassVar[list[bytes]] = []
    answer: ClassVar[int] = 204

    def do_POST(self) -> None:
        self.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(self.answer)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@pytest.mark.parametrize("answer", [204, 302, 500])
def test_a_webhook_is_told_in_counts_and_never_elsewhere(
    desk: Workspace, answer: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Hook, "bodies", [])
    monkeypatch.setattr(Hook, "answer", answer)
    audits = desk.governance.audits
    with served(HTTPServer(("127.0.0.1", 0), Hook)) as port:
        kept = audits.keep(schedule(webhook=f"http://127.0.0.1:{port}/secret"))
        audit, (sent,) = audits.run_schedule(kept)

    assert sent.is_sent is (answer == 204)
    assert len(Hook.bodies) == 1
    assert json.loads(Hook.bodies[0])["audit"] == audit.id
    assert b"folk" not in Hook.bodies[0]


def test_an_address_that_does_not_answer_stops_no_audit(desk: Workspace) -> None:
    audits = desk.governance.audits
    kept = audits.keep(schedule(webhook="http://127.0.0.1:9/secret-token"))
    audit, (sent,) = audits.run_schedule(kept)

    assert audits.every()[0].id == audit.id
    assert not sent.is_sent
    assert "secret-token" not in desk.export_trail()


def test_an_officer_is_told_by_mail(tmp_path: Path, clock: Clock) -> None:
    Mail.letters.clear()
    with served(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail)) as port:
        url = f"smtp://127.0.0.1:{port}"
        desk = opened(tmp_path / "desk", clock, smtp_url=url, mail_from="desk@example.org")
        desk.add_files([RawFile(name="people.csv", data=TABLE)], "folk", Description(region="DE"))
        kept = desk.governance.audits.keep(schedule(mails=("officer@example.org",)))
        _, (sent,) = desk.governance.audits.run_schedule(kept)

    assert sent.is_sent
    (letter,) = Mail.letters
    assert "To: officer@example.org" in letter
    assert not any(secret in letter for secret in ("quisling", "folk", "Ulm"))
    assert "officer@example.org" not in desk.export_trail()


def test_a_password_is_never_sent_in_the_clear(tmp_path: Path, clock: Clock) -> None:
    with served(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail)) as port:
        url = f"smtp://name:opensesame@127.0.0.1:{port}"
        desk = opened(tmp_path / "desk", clock, smtp_url=url, mail_from="desk@example.org")
        desk.add_files([RawFile(name="people.csv", data=TABLE)], "folk")
        kept = desk.governance.audits.keep(schedule(mails=("officer@example.org",)))
        _, (sent,) = desk.governance.audits.run_schedule(kept)

    assert not sent.is_sent
    assert "opensesame" not in repr(desk.settings)


def test_refusals_are_sentences(desk: Workspace) -> None:
    with pytest.raises(ComplianceError, match="weekly2"):
        desk.governance.audits.remove("weekly2")
