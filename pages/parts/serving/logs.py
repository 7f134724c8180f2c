"""What the server writes down: one line per event, for a person or as JSON, and never a value.

An error of a library may quote the data that it stumbled over, in its message, in a warning or in
the line of code that a traceback shows. So of every error the log keeps the kind and the places
in the code, and of every warning the kind and the place.
"""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
import sys
import threading
import traceback
import warnings
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import streamlit.logger
from streamlit.runtime.scriptrunner import get_script_run_ctx

LOG = logging.getLogger("privacy_desk")
REQUEST: ContextVar[str] = ContextVar("request", default="")
FORMS = ("text", "json")

_ROOT = Path(__file__).resolve().parent.parent.parent.parent
_ASKED = "uvicorn.access"  # whole addresses; `watching` has said what they are about
_SALT = secrets.token_bytes(32)  # a new one with every start: lines tell sessions apart, no more
_FACTS = ("route", "method", "status", "ms", "bytes", "faults", "kind", "places")
Raised = tuple[type[BaseException], BaseException, TracebackType | None]


def begin(form: str) -> None:
    """Write everything that any library logs in one form, without what it may quote.

    Args:
        form: `json` for one JSON object a line; anything else for a person.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(AsJson() if form == "json" else AsText())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    LOG.setLevel(logging.INFO)
    logging.setLogRecordFactory(_without_values)
    streamlit.logger.setup_formatter = _handed_up
    take_over()
    warnings.showwarning = _warned
    sys.excepthook = lambda kind, error, at: LOG.critical("ended", exc_info=(kind, error, at))
    threading.excepthook = lambda raised: LOG.error("a thread ended", exc_info=raised.exc_value)


def take_over() -> None:
    """Have all libraries hand up what they log; once more when the server has begun its own."""
    for name in list(logging.root.manager.loggerDict):
        if name != _ASKED:
            _handed_up(logging.getLogger(name))


def places(error: BaseException) -> str:
    """Where `error` passed through, innermost first, by file and line alone."""
    frames = traceback.extract_tb(error.__traceback__)
    return " ".join(f"{_short(frame.filename)}:{frame.lineno}" for frame in reversed(frames))


def mark_of(name: str) -> str:
    """A short mark that tells sessions and accounts apart until the server starts anew."""
    return hashlib.blake2b(name.encode(), key=_SALT, digest_size=5).hexdigest()


class AsJson(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(_facts(record), ensure_ascii=True, default=str)


class AsText(logging.Formatter):
    """One line for a person."""

    def format(self, record: logging.LogRecord) -> str:
        facts = _facts(record)
        first = " ".join(facts.pop(name) for name in ("at", "level", "logger", "event"))
        rest = " ".join(f"{name}={value}" for name, value in facts.items())
        return _one_line(f"{first} {rest}".strip())


def _facts(record: logging.LogRecord) -> dict[str, Any]:
    at = datetime.fromtimestamp(record.created, UTC)
    found: dict[str, Any] = {
        "at": at.isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": _one_line(record.getMessage()),
    }
    if request := REQUEST.get():
        found["request"] = request
    context = get_script_run_ctx(suppress_warning=True)
    if context is not None:
        found["session"] = mark_of(context.session_id)
    return found | {name: getattr(record, name) for name in _FACTS if hasattr(record, name)}


def _without_values(*given: Any, **named: Any) -> logging.LogRecord:
    """A record whose errors are reduced to their kind and places.

    What libraries put into their sentences is not known, so it is the place in their code that
    stands for them; of the server's own the sentence stays, without what is filled in.
    """
    record = logging.LogRecord(*given, **named)
    if record.name != LOG.name:
        if not record.name.startswith("uvicorn"):
            record.msg = "a library logged"
        record.args = None
        record.places = f"{_short(record.pathname)}:{record.lineno}"
    if record.exc_info and record.exc_info[1] is not None:
        error = record.exc_info[1]
        record.kind, record.places = type(error).__name__, places(error)
    record.exc_info = record.exc_text = record.stack_info = None
    return record


def _handed_up(logger: logging.Logger) -> None:
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
    logger.propagate = True


def _warned(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    del message, file, line  # what a library says may hold values
    place = f"{_short(filename)}:{lineno}"
    LOG.warning("a library warned", extra={"kind": category.__name__, "places": place})


def _short(filename: str) -> str:
    """A place in the code without where on this machine it lies."""
    path = Path(filename)
    if path.is_relative_to(_ROOT) and "site-packages" not in path.parts:
        return path.relative_to(_ROOT).as_posix()
    return "/".join(path.parts[-2:])


def _one_line(text: str) -> str:
    """No event can make itself look like two."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)
