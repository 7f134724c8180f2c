"""Time stamps of an authority (RFC 3161), asked for over HTTP within bounds."""

from __future__ import annotations

from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

import requests
from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError

SECONDS = 10.0
_MOST_BYTES = 2**20
_ASKED = {
    "Content-Type": "application/timestamp-query",
    "Accept": "application/timestamp-reply",
}


class Authority(TimeStamper):
    """A time-stamp authority at an address.

    It is waited for no longer than `SECONDS` in all, however slowly it answers, and read no
    further than a mebibyte; it is not followed to another address.
    """

    def __init__(self, address: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._address = address
        self._seconds = SECONDS

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """What it answers to `req`.

        Raises:
            TimestampRequestError: nothing in time, or no time stamp.
        """
        answers: SimpleQueue[bytes | None] = SimpleQueue()
        # A thread that nobody waits for: a time-out of the connection begins anew at each byte.
        Thread(target=self._ask, args=(req.dump(), answers), daemon=True).start()
        try:
            answer = answers.get(timeout=self._seconds)
        except Empty:
            answer = None
        if answer is None:
            raise TimestampRequestError("no answer")
        return _read(answer)

    def _ask(self, question: bytes, answers: SimpleQueue[bytes | None]) -> None:
        try:
            with requests.post(
                self._address,
                question,
                headers=_ASKED,
                timeout=self._seconds,
                stream=True,
                allow_redirects=False,
            ) as answer:
                is_one = answer.headers.get("Content-Type") == _ASKED["Accept"]
                found = answer.raw.read(_MOST_BYTES, decode_content=True) if is_one else None
            answers.put(found if answer.ok else None)
        except (OSError, ValueError, requests.RequestException):
            answers.put(None)


def _read(answer: bytes) -> tsp.TimeStampResp:
    try:
        found: Any = tsp.TimeStampResp.load(answer, strict=True)
        found.native  # noqa: B018 - reads it all: what is no answer is told here
    except (ValueError, TypeError, LookupError, RecursionError):
        raise TimestampRequestError("no time stamp") from None
    return found
