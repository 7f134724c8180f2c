"""The places outside to which checkpoints go: written to, and read back.

Everything here may hang, as a share does whose server is gone, so nothing of it is waited for
longer than `WAIT_S`.
"""

from __future__ import annotations

import base64
import os
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from email.message import EmailMessage
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple, NoReturn, TypeVar

import msgspec

from compliance.errors import AnchorError, ComplianceError, TimeStampError, TrailError
from compliance.i18n import locales, of_locale, speaking
from compliance.i18n import translate as _
from compliance.plain import to_json
from compliance.rules.schedules import is_mail
from compliance.settings import Settings
from compliance.trail import Seen, Stamp, read_checkpoint, read_stamp, request_stamp, to_checkpoint
from compliance.trail.nouns import Anchor, AnchorKind, Checkpoint
from compliance.workspace.governing import notifying

WAIT_S = 10.0
LONGEST_BYTES = 2**28
_STAMP = "time_stamp"
_CHECKING = "verify_trail.py trail.jsonl --checkpoint checkpoint.json"
_BY = ("-c", "user.name=Privacy Desk", "-c", "user.email=privacy-desk@localhost")
_PLAIN = ("-c", "commit.gpgsign=false", "-c", f"core.hooksPath={os.devnull}")
_ALONE = {"GIT_TERMINAL_PROMPT": "0", "GIT_SSH_COMMAND": "ssh -oBatchMode=yes -oConnectTimeout=5"}

Found = TypeVar("Found")


class Kept(NamedTuple):
    """One checkpoint that was read back.

    Attributes:
        seen: the checkpoint; None where a line holds none.
        stamp: what a time stamp beside it confirms.
        problem: why the time stamp does not hold.
    """

    seen: Seen | None
    stamp: Stamp | None = None
    problem: str = ""


def put(anchor: Anchor, checkpoint: Checkpoint, settings: Settings) -> Stamp | None:
    """Take `checkpoint` to `anchor`; of a time stamp what it confirms.

    Raises:
        AnchorError: it did not get there.
    """
    row: Mapping[str, object] = to_checkpoint(checkpoint)
    match anchor.kind:
        case AnchorKind.MAIL:
            _mail(anchor, checkpoint, settings)
        case AnchorKind.GIT:
            _commit(anchor, checkpoint, to_json(row))
        case AnchorKind.FILE:
            _write(anchor, checkpoint, to_json(row))
        case AnchorKind.TIME_STAMP:
            token = _stamped(anchor, checkpoint, settings)
            row = {**row, _STAMP: base64.b64encode(token).decode()}
            _write(anchor, checkpoint, to_json(row))
            return read_stamp(token, checkpoint.note.encode())
    return None


def taken(anchor: Anchor, origin: str = "") -> tuple[Kept, ...]:
    """All checkpoints that are there.

    Args:
        origin: of a folder or clone that several desks share, only what this one took there.

    Raises:
        AnchorError: it cannot be read, or holds something else.
    """
    return within(anchor.name, lambda: _taken(anchor, origin))


def within(name: str, does: Callable[[], Found]) -> Found:
    """What `does` comes to, if it comes in time.

    Raises:
        AnchorError: it takes too long.
    """
    return all_within({name: does})[0]()


def all_within(
    wanted: Mapping[str, Callable[[], Found]], wait_s: float | None = None
) -> list[Callable[[], Found]]:
    """What each of several comes to, side by side; each, when called, gives it or raises."""
    done: dict[str, Callable[[], Found]] = {}

    def run(name: str, does: Callable[[], Found]) -> None:
        try:
            found = does()
        except ComplianceError as error:
            refusal = error
            done[name] = lambda: _raise(refusal)
        except OSError:
            done[name] = lambda: _raise(AnchorError(name=name, reason="it cannot be reached"))
        else:
            done[name] = lambda: found

    until = time.monotonic() + (WAIT_S if wait_s is None else wait_s)
    threads = [
        threading.Thread(target=run, args=item, daemon=True, name="anchor")
        for item in wanted.items()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    return [done.get(name, _late(name)) for name in wanted]


def check_place(anchor: Anchor, settings: Settings) -> None:
    """Whether checkpoints can go to `anchor`, as far as that shows without taking one there.

    Raises:
        AnchorError: they cannot, or would stay inside.
    """
    if anchor.kind is AnchorKind.MAIL:
        if not is_mail(anchor.to):
            _refuse(anchor, "an address looks like officer@example.org")
        if not (settings.smtp_url and settings.mail_from):
            _refuse(anchor, "no mail server is set: PRIVACY_DESK_SMTP_URL and _MAIL_FROM")
        return
    if anchor.kind is AnchorKind.TIME_STAMP and not settings.time_stamp_url:
        _refuse(anchor, "no authority is set: PRIVACY_DESK_TIME_STAMP_URL")
    within(anchor.name, lambda: _check_path(anchor, settings))


def _check_path(anchor: Anchor, settings: Settings) -> None:
    path, home = Path(anchor.to), settings.home.resolve()
    if not path.is_absolute():
        _refuse(anchor, "name the whole path, from the root")
    if path.resolve().is_relative_to(home) or home.is_relative_to(path.resolve()):
        _refuse(anchor, "that is with the workspace folder; choose a place that is kept apart")
    if anchor.kind is AnchorKind.GIT:
        _git(anchor, "rev-parse", "--is-inside-work-tree")
        if anchor.pushes and not _git(anchor, "remote"):
            _refuse(anchor, "the clone has no remote to send commits to")
    elif not path.parent.is_dir():
        _refuse(anchor, "its folder does not exist")
    elif path.exists() and any(one.seen is None for one in _taken(anchor)):
        _refuse(anchor, "that file holds something else")


def _taken(anchor: Anchor, origin: str = "") -> tuple[Kept, ...]:
    begins = _file_name(origin) if origin else "privacy-desk-"
    if anchor.kind is AnchorKind.GIT:
        texts = [_committed(anchor, name) for name in _committed_names(anchor, begins)]
    else:
        texts = [_text(anchor, path) for path in _files(anchor, begins)]
    rows = (row for text in texts for row in text.split("\n"))
    return tuple(_kept(row) for row in rows if row.strip())


def _files(anchor: Anchor, begins: str) -> Sequence[Path]:
    path = Path(anchor.to)
    return sorted(path.glob(f"{begins}*.json")) if path.is_dir() else [path]


def _file_name(origin: str) -> str:
    return origin.replace("/", "-")


def _text(anchor: Anchor, path: Path) -> str:
    try:
        if path.stat().st_size > LONGEST_BYTES:
            _refuse(anchor, "its file is far too long")
        return path.read_text(encoding="utf-8-sig")
    except OSError:
        _refuse(anchor, "its file is not there or cannot be read")
    except UnicodeDecodeError:
        _refuse(anchor, "its file holds something else")


def _kept(row: str) -> Kept:
    try:
        seen = read_checkpoint("anchor", row)
        token = msgspec.json.decode(row).get(_STAMP)
    except (TrailError, ValueError):
        return Kept(None)
    if token is None:
        return Kept(seen)
    try:
        return Kept(seen, read_stamp(base64.b64decode(str(token)), seen.note.encode()))
    except ValueError:
        return Kept(seen, problem="A time stamp cannot be read.")
    except TimeStampError as error:
        return Kept(seen, problem=str(error))


def _write(anchor: Anchor, checkpoint: Checkpoint, row: str) -> None:
    """Append a line; in a folder, a file of its own that is never written again."""
    within(anchor.name, lambda: _append(anchor, checkpoint, row))


def _append(anchor: Anchor, checkpoint: Checkpoint, row: str) -> None:
    path, flags = Path(anchor.to), os.O_APPEND | os.O_CREAT | os.O_RDWR
    if path.is_dir():
        moment = f"{checkpoint.at:%Y%m%dT%H%M%S%f}"
        name = f"{_file_name(checkpoint.origin)}-{checkpoint.entries:012}-{moment}.json"
        path, flags = path / name, flags | os.O_EXCL
    try:
        descriptor = os.open(path, flags, 0o644)
        try:
            size = os.fstat(descriptor).st_size
            is_torn = size and os.pread(descriptor, 1, size - 1) != b"\n"
            data = (b"\n" if is_torn else b"") + f"{row}\n".encode()
            if os.write(descriptor, data) != len(data):
                raise OSError
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError:
        _refuse(anchor, "it cannot be written to")


def _commit(anchor: Anchor, checkpoint: Checkpoint, row: str) -> None:
    name = f"{_file_name(checkpoint.origin)}.jsonl"
    # What somebody did to the file since is not to be committed with it.
    before = _committed(anchor, name) if _committed_names(anchor, name[:-6]) else ""
    text = f"{before}\n{row}\n".lstrip("\n")
    try:
        (Path(anchor.to) / name).write_text(text, encoding="utf-8")
    except OSError:
        _refuse(anchor, "its clone cannot be written to")
    _git(anchor, "add", "--", name)
    said = f"Checkpoint of {checkpoint.entries} entries"
    _git(anchor, *_BY, *_PLAIN, "commit", "-q", "-m", said, "--", name)
    if anchor.pushes:
        _git(anchor, *_PLAIN, "push", "-q", why="what was committed could not be sent on")


def _committed_names(anchor: Anchor, begins: str) -> list[str]:
    if not _git(anchor, "rev-parse", "-q", "--verify", "HEAD", may_fail=True):
        return []  # nothing was committed yet
    words = ("ls-tree", "--name-only", "HEAD", "./")
    found = _git(anchor, *words).splitlines()
    return [name for name in found if fnmatch(name, f"{begins}*.jsonl")]


def _committed(anchor: Anchor, name: str) -> str:
    return _git(anchor, "show", f"HEAD:./{name}")


def _git(
    anchor: Anchor, *words: str, why: str = "git refused: is it a clone?", may_fail: bool = False
) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", anchor.to, *words],
            capture_output=True,
            check=False,
            timeout=WAIT_S,
            env=os.environ | _ALONE,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, ValueError):
        _refuse(anchor, "git is not installed here, or its folder cannot be reached")
    except subprocess.TimeoutExpired:
        _refuse(anchor, "git took too long")
    if done.returncode and not may_fail:
        _refuse(anchor, why)
    return done.stdout.decode("utf-8", "replace").strip()


def _stamped(anchor: Anchor, checkpoint: Checkpoint, settings: Settings) -> bytes:
    if not settings.time_stamp_url:
        _refuse(anchor, "no authority is set: PRIVACY_DESK_TIME_STAMP_URL")
    try:
        return request_stamp(settings.time_stamp_url, checkpoint.note.encode(), WAIT_S)
    except TimeStampError as error:
        _refuse(anchor, str(error.facts["reason"]))


def _mail(anchor: Anchor, checkpoint: Checkpoint, settings: Settings) -> None:
    message = EmailMessage()
    with speaking(of_locale(settings.language)):
        entries = locales.number(checkpoint.entries)
        message["Subject"] = _("Privacy Desk: checkpoint of {n} entries").format(n=entries)
        keep = _("Keep this message. With it, entries that are removed from the trail later show.")
        how = _("The attached file is for: {command}").format(command=_CHECKING)
    message["From"], message["To"] = settings.mail_from, anchor.to
    message.set_content(f"{keep}\n{how}\n\n{checkpoint.note}\nKey {checkpoint.key}\n")
    row = to_json(to_checkpoint(checkpoint)).encode()
    message.add_attachment(row, "application", "json", filename="checkpoint.json")
    if not notifying.is_mailed(message, settings):
        _refuse(anchor, "the mail server did not take it")


def _late(name: str) -> Callable[[], NoReturn]:
    return lambda: _raise(AnchorError(name=name, reason="it took too long to answer"))


def _raise(error: ComplianceError) -> NoReturn:
    raise error


def _refuse(anchor: Anchor, reason: str) -> NoReturn:
    raise AnchorError(name=anchor.name, reason=reason)
