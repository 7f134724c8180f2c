"""Checkpoints outside: what they catch that nothing inside can, and what is said of failures."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import shutil
import socketserver
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email import message_from_string
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from random import Random

import pytest
from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.tsp import TimeStampReq
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier
from mail_cases import Mail, served
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore
from trail_cases import verifier

from compliance.cli import main
from compliance.dataset import RawFile
from compliance.errors import AnchorError, TimeStampError, UnknownAnchorError
from compliance.plain import alone
from compliance.register.nouns import Organisation
from compliance.rules.nouns.audit import NotifyWhen, Schedule
from compliance.settings import Settings
from compliance.storage.tables import RECORDS
from compliance.trail import WIDTH, read_stamp
from compliance.trail.nouns import Anchor, AnchorKind, TrailState
from compliance.workspace import Workspace
from compliance.workspace.anchoring import places
from compliance.workspace.trails import memory

NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def opened(home: Path, clock: Clock, **settings: object) -> Workspace:
    address = f"sqlite:///{home / 'records.sqlite'}"
    return Workspace(
        Settings(home=home, database_url=address, actor="tester", **settings), clock=clock
    )


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Workspace:
    return opened(tmp_path / "home", clock)


def act(desk: Workspace, times: int = 1) -> None:
    for number in range(times):
        desk.set_organisation(Organisation(name=f"Shop {number}"))


def kept(desk: Workspace, to: Path, kind: AnchorKind = AnchorKind.FILE, **how: bool) -> Anchor:
    return desk.proof.trail.keep("office", kind, str(to), "day", **how)


def ran(desk: Workspace) -> Anchor:
    return desk.proof.trail.run("office")


def problems(desk: Workspace) -> str:
    return " ".join(desk.proof.log.verify().problems)


# --- The attack that nothing inside shows -------------------------------------------------------


def forge(home: Path, entries: int) -> None:
    """Cut the trail after so many entries, and make everything inside agree with that."""
    with closing(sqlite3.connect(home / "records.sqlite")) as records, records:
        triggers = records.execute("select name, sql from sqlite_master where type = 'trigger'")
        dropped = triggers.fetchall()
        for name, _ in dropped:
            records.execute(f"drop trigger {name}")
        for table in RECORDS:
            records.execute(f"delete from {table.name} where entry > ?", [entries])  # noqa: S608
        records.execute("delete from trail where number > ?", [entries])
        records.execute(
            "delete from trail_tile where (place + 1) * (case level when 0 then ? else ? end) > ?",
            [WIDTH, WIDTH**2, entries],
        )
        records.execute(
            "update trail_head set entries = ?, hash = (select hash from trail where number = ?)",
            [entries, entries],
        )
        for _, sql in dropped:
            records.execute(sql)


@pytest.mark.in_a_file
def test_a_trail_cut_with_head_tiles_and_records_looks_whole_from_inside_but_not_from_outside(
    desk: Workspace, tmp_path: Path, clock: Clock
) -> None:
    outside = tmp_path / "elsewhere.jsonl"
    act(desk, 3)
    kept(desk, outside)
    act(desk, 300)
    ran(desk)
    forge(tmp_path / "home", 270)

    forged = opened(tmp_path / "home", clock)
    assert "saw 304 entries, now there are 270" in problems(forged)
    assert "saw 304 entries" in " ".join(forged.proof.log.state().verification.problems)

    outside.unlink()
    unseen = opened(tmp_path / "home", clock).proof.log.verify()
    assert unseen.ok
    assert "was not compared" in " ".join(unseen.warnings)


@pytest.mark.in_a_file
def test_a_trail_cut_and_grown_again_is_told_from_the_one_that_was_anchored(
    desk: Workspace, tmp_path: Path, clock: Clock
) -> None:
    kept(desk, tmp_path / "elsewhere.jsonl")
    act(desk, 10)
    ran(desk)
    forge(tmp_path / "home", 8)
    forged = opened(tmp_path / "home", clock)
    act(forged, 30)

    assert "history was written anew" in problems(forged)


@pytest.mark.in_a_file
def test_an_older_copy_of_the_whole_folder_is_told_from_the_newest(
    desk: Workspace, tmp_path: Path, clock: Clock
) -> None:
    home, outside = tmp_path / "home", tmp_path / "elsewhere.jsonl"
    act(desk, 5)
    kept(desk, outside)
    shutil.copytree(home, tmp_path / "copy")
    act(desk, 5)
    ran(desk)
    shutil.rmtree(home)
    shutil.move(tmp_path / "copy", home)

    assert "saw 11 entries, now there are 6" in problems(opened(home, clock))


@pytest.mark.in_a_file
def test_a_copy_older_than_its_anchor_is_told_where_the_anchor_is_named(
    desk: Workspace, tmp_path: Path, clock: Clock
) -> None:
    home, outside = tmp_path / "home", tmp_path / "elsewhere.jsonl"
    act(desk, 5)
    desk.checkpoint_trail()
    shutil.copytree(home, tmp_path / "copy")
    kept(desk, outside)
    ran(desk)
    shutil.rmtree(home)
    shutil.move(tmp_path / "copy", home)

    older = opened(home, clock)
    assert older.proof.log.verify().ok
    found, _ = older.proof.trail.verify(more=[outside])
    assert "saw 7 entries, now there are 6" in found.problems[0]
    told = opened(home, clock, anchors=(outside,))
    assert "The checkpoint saw 7 entries" in problems(told) or "not those" in problems(told)


@pytest.mark.in_a_file
def test_an_auditor_finds_the_same_with_what_stands_outside(
    desk: Workspace, tmp_path: Path, clock: Clock
) -> None:
    outside, export = tmp_path / "elsewhere.jsonl", tmp_path / "trail.jsonl"
    kept(desk, outside)
    act(desk, 10)
    ran(desk)
    export.write_text(desk.export_trail(), encoding="utf-8")
    assert verifier(export, "--checkpoint", outside).returncode == 0

    forge(tmp_path / "home", 8)
    forged = opened(tmp_path / "home", clock)
    export.write_text(forged.export_trail(), encoding="utf-8")
    told = verifier(export, "--checkpoint", outside)
    assert (told.returncode, "The checkpoint saw 11 entries" in told.stdout) == (2, True)


# --- What stands outside ------------------------------------------------------------------------


def test_a_file_grows_by_a_line_each_time_and_is_compared(desk: Workspace, tmp_path: Path) -> None:
    outside = tmp_path / "elsewhere.jsonl"
    kept(desk, outside)
    for _ in range(3):
        assert ran(desk).last_done is not None
    rows = [json.loads(row) for row in outside.read_text().splitlines()]

    assert [row["entries"] for row in rows] == [1, 2, 3]
    assert desk.proof.log.verify().warnings == ()
    assert problems(desk) == ""


def test_a_folder_takes_files_that_are_never_written_again(desk: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "worm"
    folder.mkdir()
    kept(desk, folder)
    ran(desk)
    ran(desk)

    assert len(list(folder.iterdir())) == 2
    assert problems(desk) == ""
    max(folder.iterdir()).unlink()
    assert "cut short" in problems(desk)


def test_a_line_torn_by_a_full_disk_does_not_spoil_the_next(
    desk: Workspace, tmp_path: Path
) -> None:
    outside = tmp_path / "elsewhere.jsonl"
    kept(desk, outside)
    ran(desk)
    with outside.open("a") as stream:
        stream.write('{"kind": "privacy-desk-che')
    ran(desk)

    assert json.loads(outside.read_text().splitlines()[-1])["entries"] == 2
    assert "A line of it is no checkpoint" in problems(desk)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda row: row | {"entries": row["entries"] - 1}, "does not say what was signed"),
        (lambda row: row | {"root": "0" * 64, "note": ""}, "history was written anew"),
        (lambda row: row | {"origin": "privacy-desk/other", "note": ""}, "of another desk"),
    ],
)
def test_what_was_changed_outside_is_told(
    desk: Workspace, tmp_path: Path, change: object, said: str
) -> None:
    outside = tmp_path / "elsewhere.jsonl"
    kept(desk, outside)
    ran(desk)
    outside.write_text(json.dumps(change(json.loads(outside.read_text()))) + "\n")  # type: ignore[operator]

    assert said in problems(desk)


def test_a_place_that_hangs_is_not_waited_for(
    desk: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "WAIT_S", 0.2)
    pipe = tmp_path / "share"
    kept(desk, pipe)
    os.mkfifo(pipe)  # reading it waits for ever, as a share does whose server is gone

    found = desk.proof.log.verify()
    assert "it took too long to answer" in found.warnings[0]


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ("home/inside.jsonl", "with the workspace folder"),
        (".", "with the workspace folder"),
        ("missing/elsewhere.jsonl", "its folder does not exist"),
        ("other.txt", "holds something else"),
    ],
)
def test_a_place_that_is_none_is_refused(
    desk: Workspace, tmp_path: Path, to: str, why: str
) -> None:
    (tmp_path / "other.txt").write_text("a letter\n")
    with pytest.raises(AnchorError, match=why):
        kept(desk, tmp_path / to)
    with pytest.raises(AnchorError, match="the whole path"):
        kept(desk, Path("relative.jsonl"))
    assert desk.proof.trail.anchors() == ()


def test_desks_share_a_folder_or_a_clone_but_no_file(
    desk: Workspace, tmp_path: Path, clock: Clock, clone: Path
) -> None:
    other = opened(tmp_path / "other", clock)
    shared = tmp_path / "shared"
    shared.mkdir()
    for one in (desk, other):
        kept(one, shared)
        ran(one)
        one.proof.trail.keep("clone", AnchorKind.GIT, str(clone), "day")
        one.proof.trail.run("clone")

    assert problems(desk) == problems(other) == ""
    assert len(desk.proof.trail.held()[0].seen) == 1
    kept(desk, tmp_path / "own.jsonl")
    ran(desk)
    with pytest.raises(AnchorError, match="of another desk"):
        kept(other, tmp_path / "own.jsonl")


def test_an_anchor_that_is_not_there_is_said(desk: Workspace) -> None:
    for does in (desk.proof.trail.run, desk.proof.trail.remove):
        with pytest.raises(UnknownAnchorError, match="none yet"):
            does("nothing")


# --- git ----------------------------------------------------------------------------------------


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", folder, *words], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "--bare", "remote.git")
    git(tmp_path, "clone", "-q", "remote.git", "clone")
    return tmp_path / "clone"


@pytest.mark.in_a_file
def test_git_keeps_checkpoints_as_commits_and_sends_them_on(
    desk: Workspace, clone: Path, tmp_path: Path, clock: Clock
) -> None:
    git(clone, "config", "push.autoSetupRemote", "true")
    kept(desk, clone, AnchorKind.GIT, pushes=True)
    act(desk, 3)
    assert ran(desk).last_done is not None
    assert ran(desk).last_done is not None
    (file,) = clone.glob("*.jsonl")

    assert len(git(clone, "log", "--oneline", "@{u}").splitlines()) == 2
    assert problems(desk) == ""
    file.write_text("")  # what is only in the folder counts for nothing, and is not committed
    assert problems(desk) == ""
    ran(desk)
    assert len(file.read_text().splitlines()) == 3
    forge(tmp_path / "home", 2)
    assert "saw 6 entries, now there are 2" in problems(opened(tmp_path / "home", clock))


def test_a_clone_that_cannot_send_is_told(desk: Workspace, clone: Path, tmp_path: Path) -> None:
    kept(desk, clone, AnchorKind.GIT, pushes=True)
    shutil.rmtree(tmp_path / "remote.git")

    assert ran(desk).last.reason == "what was committed could not be sent on"  # type: ignore[union-attr]


def test_a_folder_that_is_no_clone_is_refused(desk: Workspace, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    with pytest.raises(AnchorError, match="is it a clone"):
        kept(desk, tmp_path / "plain", AnchorKind.GIT)


# --- E-mail -------------------------------------------------------------------------------------


@pytest.mark.in_a_file
@pytest.mark.parametrize(("language", "says"), [("", "Keep this message"), ("zh", "请保留本邮件")])
def test_a_mail_holds_the_checkpoint_as_text_and_attached(
    tmp_path: Path, clock: Clock, language: str, says: str
) -> None:
    Mail.letters.clear()
    with served(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail)) as port:
        mail = {"smtp_url": f"smtp://127.0.0.1:{port}", "mail_from": "desk@example.org"}
        desk = opened(tmp_path / "home", clock, language=language, **mail)
        trail = desk.proof.trail
        trail.keep("auditor", AnchorKind.MAIL, "auditor@example.net", "week")
        act(desk, 4)
        assert trail.run("auditor").last_done is not None
        act(desk, 4)

    text, attached = message_from_string(Mail.letters[0]).get_payload()
    row = json.loads(attached.get_payload(decode=True))
    file = tmp_path / "checkpoint.json"
    file.write_text(json.dumps(row))
    written = text.get_payload(decode=True).decode().replace("\r\n", "\n")
    assert row["note"] in written
    assert written.startswith(says)
    assert desk.verify_trail(file).ok
    assert "auditor@example.net" not in desk.export_trail()
    forge(tmp_path / "home", 3)
    told = opened(tmp_path / "home", clock).verify_trail(file)
    assert "saw 5 entries, now there are 3" in " ".join(told.problems)


def test_a_mail_that_nobody_takes_is_told(tmp_path: Path, clock: Clock) -> None:
    mail = {"smtp_url": "smtp://127.0.0.1:9", "mail_from": "desk@example.org"}
    desk = opened(tmp_path / "home", clock, **mail)
    desk.proof.trail.keep("auditor", AnchorKind.MAIL, "auditor@example.net", "week")

    assert desk.proof.trail.run("auditor").last.reason == "the mail server did not take it"  # type: ignore[union-attr]
    without = opened(tmp_path / "home", clock)
    with pytest.raises(AnchorError, match="no mail server is set"):
        without.proof.trail.keep("auditor", AnchorKind.MAIL, "auditor@example.net", "week")


# --- Time stamps --------------------------------------------------------------------------------


def authority(purpose: ObjectIdentifier, at: datetime) -> DummyTimeStamper:
    """A time-stamp authority with a certificate of its own."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Clock tower")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=1))
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
        .sign(key, hashes.SHA256())
    )
    pkcs8 = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return DummyTimeStamper(
        Certificate.load(made.public_bytes(Encoding.DER)),
        PrivateKeyInfo.load(pkcs8),
        certs_to_embed=SimpleCertificateStore.from_certs(
            [Certificate.load(made.public_bytes(Encoding.DER))]
        ),
        fixed_dt=at,
    )


@contextmanager
def stamping(by: DummyTimeStamper) -> Iterator[str]:
    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            data = by.request_tsa_response(asked).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None: ...

    with served(HTTPServer(("127.0.0.1", 0), Answer)) as port:
        yield f"http://127.0.0.1:{port}/"


STAMPS = ExtendedKeyUsageOID.TIME_STAMPING


def test_a_time_stamp_stands_beside_its_checkpoint_and_is_verified(
    tmp_path: Path, clock: Clock
) -> None:
    outside = tmp_path / "stamped.jsonl"
    with stamping(authority(STAMPS, NOON)) as url:
        desk = opened(tmp_path / "home", clock, time_stamp_url=url)
        kept(desk, outside, AnchorKind.TIME_STAMP)
        last = ran(desk).last
    row = json.loads(outside.read_text())
    (held,) = desk.proof.trail.held()

    assert (last.reason, last.stamped_by) == ("", "Common Name: Clock tower")  # type: ignore[union-attr]
    assert held.stamps[0].at == NOON
    assert problems(desk) == ""
    assert verifier("--checkpoint", outside, exported(desk, tmp_path)).returncode == 0

    row["time_stamp"] = flipped(row["time_stamp"])
    outside.write_text(json.dumps(row) + "\n")
    assert "time stamp" in problems(desk)
    del row["time_stamp"]
    outside.write_text(json.dumps(row) + "\n")
    assert "has lost its time stamp" in problems(desk)


def exported(desk: Workspace, folder: Path) -> Path:
    path = folder / "trail.jsonl"
    path.write_text(desk.export_trail(), encoding="utf-8")
    return path


def flipped(token: str) -> str:
    data = bytearray(base64.b64decode(token))
    data[-10] ^= 1
    return base64.b64encode(data).decode()


def test_every_byte_of_a_time_stamp_counts() -> None:
    by, data = authority(STAMPS, NOON), b"checkpoint"
    digest = hashlib.sha256(data).digest()
    token = alone(lambda: asyncio.run(by.async_timestamp(digest, "sha256"))).dump()
    whole = read_stamp(token, data)
    chosen = Random(1)
    for _ in range(150):
        changed = bytearray(token)
        changed[chosen.randrange(len(token))] ^= 1 << chosen.randrange(8)
        with suppress(TimeStampError):  # what is not signed, as a spare certificate, may change
            found = read_stamp(bytes(changed), data)
            assert (found.at, found.by) == (whole.at, whole.by)
    with pytest.raises(TimeStampError, match="something else"):
        read_stamp(token, b"another checkpoint")


@pytest.mark.parametrize(
    ("purpose", "at", "said"),
    [
        (ExtendedKeyUsageOID.SERVER_AUTH, NOON, "was not for time stamps"),
        (STAMPS, NOON - timedelta(hours=1), "the desk's clock was ahead"),
    ],
)
def test_a_time_stamp_that_does_not_fit_is_told(
    tmp_path: Path, clock: Clock, purpose: ObjectIdentifier, at: datetime, said: str
) -> None:
    with stamping(authority(purpose, at)) as url:
        desk = opened(tmp_path / "home", clock, time_stamp_url=url)
        kept(desk, tmp_path / "stamped.jsonl", AnchorKind.TIME_STAMP)
        last = ran(desk).last

    assert said in f"{last.reason} {problems(desk)}"  # type: ignore[union-attr]


def test_an_authority_that_does_not_answer_is_told(tmp_path: Path, clock: Clock) -> None:
    desk = opened(tmp_path / "home", clock, time_stamp_url="http://127.0.0.1:9/")
    kept(desk, tmp_path / "stamped.jsonl", AnchorKind.TIME_STAMP)
    assert "could not be reached" in ran(desk).last.reason  # type: ignore[union-attr]
    other = opened(tmp_path / "home", clock, time_stamp_url="ftp://127.0.0.1/")
    assert "begins with https" in ran(other).last.reason  # type: ignore[union-attr]
    with pytest.raises(AnchorError, match="no authority is set"):
        kept(opened(tmp_path / "home", clock), tmp_path / "s.jsonl", AnchorKind.TIME_STAMP)


# --- By themselves ------------------------------------------------------------------------------


def test_a_worker_verifies_once_a_day_and_runs_what_is_due(
    desk: Workspace, tmp_path: Path, clock: Clock
) -> None:
    outside = tmp_path / "elsewhere.jsonl"
    kept(desk, outside)
    audits = desk.governance.audits
    for hours in (0, 1, 25, 26):
        clock.now = NOON + timedelta(hours=hours)
        assert list(audits.run_due()) == []

    done = [entry.act for entry in desk.entries()]
    assert done.count("trail.verify") == 2
    assert done.count("trail.anchor") == 2
    assert desk.proof.trail.last_verified().is_scheduled  # type: ignore[union-attr]
    assert len(outside.read_text().splitlines()) == 2


@pytest.mark.in_a_file
def test_what_fails_is_a_finding_and_is_told(tmp_path: Path, clock: Clock) -> None:
    Mail.letters.clear()
    home, outside = tmp_path / "home", tmp_path / "elsewhere.jsonl"
    with served(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail)) as port:
        mail = {"smtp_url": f"smtp://127.0.0.1:{port}", "mail_from": "desk@example.org"}
        desk = opened(home, clock, **mail)
        desk.add_files([RawFile(name="a.csv", data=b"a\n1\n2\n")], "numbers")
        desk.governance.audits.keep(
            Schedule(
                name="nightly",
                cron="0 0 1 1 *",
                mails=("officer@example.org",),
                notify=NotifyWhen.WORSE,
                made_at=clock(),
            )
        )
        kept(desk, outside)
        act(desk, 9)
        ran(desk)
        forge(home, 8)
        forged = opened(home, clock, **mail)
        (told,) = list(forged.proof.trail.run_due())

    assert "The checkpoint saw 12 entries" in told.refusal
    assert "The checkpoint saw 12 entries" in Mail.letters[0].replace("=\r\n", "")
    assert "officer@example.org" in Mail.letters[0]
    found = {one.rule: one for one in forged.governance.mending.findings()}
    assert "POL-TRAIL" in found
    assert not forged.proof.trail.last_verified().ok  # type: ignore[union-attr]


def test_an_anchor_that_is_not_reached_leaves_its_duty_unmet(
    desk: Workspace, tmp_path: Path, clock: Clock
) -> None:
    folder = tmp_path / "share"
    folder.mkdir()
    desk.add_files([RawFile(name="a.csv", data=b"a\n1\n2\n")], "numbers")
    kept(desk, folder / "elsewhere.jsonl")
    assert list(desk.proof.trail.run_due()) == []
    states = {v.rule: str(v.state) for v in desk.assess().verdicts}
    assert states["POL-AUDIT-ANCHOR"] == "met"

    folder.rename(tmp_path / "gone")
    clock.now += timedelta(days=1)
    (told,) = list(desk.proof.trail.run_due())
    assert "“office” was not reached" in told.refusal
    states = {v.rule: str(v.state) for v in desk.assess().verdicts}
    assert states["POL-AUDIT-ANCHOR"] == "not met"
    assert "cannot be written to" in desk.export_trail()


def test_whoever_asks_again_gets_what_is_on_record_for_an_hour(
    desk: Workspace, clock: Clock
) -> None:
    act(desk, 2)
    trail = desk.proof.trail
    first, is_new = trail.verify_once()
    again, is_newer = trail.verify_once()

    assert (is_new, is_newer, again) == (True, False, first)
    clock.now += timedelta(hours=1)
    assert trail.verify_once()[1]


def test_the_command_line_keeps_runs_checks_and_removes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, outside = tmp_path / "home", tmp_path / "elsewhere.jsonl"

    def said(*words: object) -> tuple[int, dict[str, object]]:
        code = main(["--home", str(home), "--json", "trail", *map(str, words)])
        return code, json.loads(capsys.readouterr().out)

    keep = ("anchor", "keep", "office", "--kind", "file", "--to", outside, "--every", "week")
    assert said(*keep)[0] == 0
    assert said("anchor", "run")[1]["ok"] is True
    assert said("anchor", "check")[1]["anchors"] == 1
    assert said("anchor", "list")[1]["anchors"][0]["last"]["entries"] == 1  # type: ignore[index]
    assert said("verify", "--scheduled")[1]["ok"] is True
    outside.unlink()
    outside.mkdir()
    (outside / "privacy-desk-x.json").write_text("nothing")
    assert said("anchor", "check")[0] == 2
    assert said("anchor", "remove", "office")[0] == 0
    assert said("anchor", "list")[1]["anchors"] == []


@pytest.mark.in_a_file
def test_a_long_trail_is_shown_from_the_verification_on_record(
    desk: Workspace, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "LONG", 100)
    monkeypatch.setattr(memory, "SHORT", 10)
    kept(desk, tmp_path / "elsewhere.jsonl")
    act(desk, 300)
    ran(desk)
    first, whole = desk.proof.trail.verify()
    act(desk, 30)

    def state() -> TrailState:
        return opened(tmp_path / "home", clock).proof.log.state()

    shown = state()
    assert (shown.whole_at, shown.whole_entries) == (first.at, whole.entries)
    assert shown.verification == desk.proof.log.verify()  # to the last byte of its root
    clock.now += timedelta(hours=26)
    assert state().whole_at > first.at

    desk.proof.trail.verify()
    forge(tmp_path / "home", 250)  # the verification went with the rest
    assert state().verification.problems
    assert "now there are 250" in problems(opened(tmp_path / "home", clock))


@pytest.mark.in_a_file
def test_a_copy_with_its_verification_is_told_from_what_stands_outside(
    desk: Workspace, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "LONG", 100)
    home = tmp_path / "home"
    kept(desk, tmp_path / "elsewhere.jsonl")
    act(desk, 300)
    ran(desk)
    desk.proof.trail.verify()
    shutil.copytree(home, tmp_path / "copy")
    act(desk, 10)
    ran(desk)
    shutil.rmtree(home)
    shutil.move(tmp_path / "copy", home)

    assert "now there are 303" in " ".join(
        opened(home, clock).proof.log.state().verification.problems
    )
