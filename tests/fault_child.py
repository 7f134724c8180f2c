"""Where the lines run that are stopped in the middle: forks of a process that did nothing else.

Told on standard input, a line of JSON each, what to run; answers on standard output. No thread was
ever started here, so a fork lacks nothing: a pool of threads that a process has used is dead in
its forks, and whoever waits for it waits for ever.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import inspect
import io
import json
import os
import pkgutil
import resource
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

import compliance.cli
from compliance.storage import Database
from tests.redirected import redirect_child

PATIENCE_S = 240.0
HARMS = {"disk full": 0, "disk nearly full": 16_384, "read-only": None}
_CAP_DAC_OVERRIDE, _CAP_VERSION, _SYS_CAPSET = 1, 0x20080522, 126
_WRITING = inspect.unwrap(Database.writing).__code__


class _Killing:
    """Counts calls, of Python and of C, and ends the process at one of them."""

    def __init__(self, at: int) -> None:
        self.calls, self.first, self._at = 0, 0, at

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        if event in ("call", "c_call", "c_return"):
            self.calls += 1
            if not self.first and event == "call" and frame.f_code is _WRITING:
                self.first = self.calls
            if self.calls == self._at:
                os.kill(os.getpid(), signal.SIGKILL)


def serve() -> None:
    """Answer until nobody asks any more."""
    for module in pkgutil.iter_modules(compliance.cli.__path__):
        importlib.import_module(f"compliance.cli.{module.name}")
    for asked in sys.stdin:
        sys.stdout.write(json.dumps(_ran(json.loads(asked))) + "\n")
        sys.stdout.flush()


def _ran(asked: dict[str, Any]) -> list[object]:
    read, written = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        os.environ.clear()
        os.environ.update(asked["environment"])
        os.chdir(asked["folder"])
        redirect_child()
        sys.stdin = io.TextIOWrapper(io.BytesIO(bytes.fromhex(asked["typed"])), encoding="utf-8")
        _answer(Path(asked["home"]), asked["line"], asked["kill_at"], asked["harm"], written)
    os.close(written)
    has_ended = _wait(child)
    with os.fdopen(read) as told:
        said = told.read() if has_ended else '[124, 0, 0, "it did not end"]'
        return json.loads(said or '[null, 0, 0, ""]')  # type: ignore[no-any-return]


def _answer(home: Path, line: list[str], kill_at: int | None, harm: str | None, to: int) -> None:
    counter, err = _Killing(kill_at or 0), io.StringIO()
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(err):
            if harm is not None:
                _harm(harm, home)
            sys.setprofile(None if kill_at is None else counter)
            try:
                code = compliance.cli.main(["--home", str(home), *line])
            except SystemExit as usage:
                code = int(usage.code or 0)
            sys.setprofile(None)
        told = [code, counter.calls, counter.first, err.getvalue()[-2_000:]]
    except Exception as error:  # noqa: BLE001 - it is told, and ends here
        sys.setprofile(None)
        told = [70, counter.calls, counter.first, f"{type(error).__name__}: {error}"]
    os.write(to, json.dumps(told).encode())
    os._exit(0)


def _wait(child: int) -> bool:
    end = time.monotonic() + PATIENCE_S
    while os.waitpid(child, os.WNOHANG)[0] == 0:
        if time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return False
        time.sleep(0.002)
    return True


def _harm(name: str, home: Path) -> None:
    """No file may grow past so many bytes; or nobody may write where the workspace is to be."""
    after = HARMS[name]
    if after is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (after, after))
        return
    folder = home if home.exists() else home.parent
    for path in (*folder.rglob("*"), folder):
        path.chmod(0o500 if path.is_dir() else 0o400)
    _obey_rights()


def _obey_rights() -> None:
    """Let this process obey the rights of files, even as root; it cannot go back."""

    class Header(ctypes.Structure):
        _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))

    class Sets(ctypes.Structure):
        _fields_ = (
            ("effective", ctypes.c_uint32),
            ("permitted", ctypes.c_uint32),
            ("inheritable", ctypes.c_uint32),
        )

    if os.geteuid() != 0:
        return
    none = (Sets * 2)()
    libc = ctypes.CDLL(None, use_errno=True)
    failed = libc.syscall(_SYS_CAPSET, ctypes.byref(Header(_CAP_VERSION, 0)), none)
    assert failed == 0, "its rights could not be given up"


if __name__ == "__main__":
    serve()
