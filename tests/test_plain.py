"""Nouns come back from their plain form, whoever else asks at the same time."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest

from compliance import plain


class Noun(msgspec.Struct, frozen=True):
    name: str


@pytest.mark.parametrize(
    "back",
    [lambda: plain.from_json(Noun, '{"name":"x"}'), lambda: plain.from_plain(Noun, {"name": "x"})],
)
def test_no_two_threads_teach_msgspec_one_type_at_once(
    back: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two that did would crash the whole process now and then."""
    decoder, alone = msgspec.json.Decoder, threading.Lock()
    overlaps = []

    def watched(kind: Any) -> Any:
        overlaps.append(not alone.acquire(blocking=False))
        time.sleep(0.01)
        try:
            return decoder(kind)
        finally:
            if not overlaps[-1]:
                alone.release()

    monkeypatch.setattr(plain, "_DECODERS", {})
    monkeypatch.setattr(msgspec.json, "Decoder", watched)
    with ThreadPoolExecutor(6) as pool:
        found = [answer.result() for answer in [pool.submit(back) for _ in range(6)]]

    assert found == [Noun("x")] * 6
    assert overlaps == [False]
