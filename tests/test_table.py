"""A stored table is read by whoever needs it, one at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow.parquet as pq
import pytest

from compliance.dataset import Table
from compliance.dataset.nouns import Column, ColumnName


def test_no_two_threads_read_one_file_at_once(
    stored: Callable[..., tuple[Table, tuple[Column, ...]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two that did would crash the whole process now and then."""
    table, _ = stored(city=["Rome", "Oslo"], age=[1, 2])
    read, alone = pq.ParquetFile.read, threading.Lock()
    overlaps = []

    def watched(*given: Any, **named: Any) -> Any:
        overlaps.append(not alone.acquire(blocking=False))
        time.sleep(0.01)
        try:
            return read(*given, **named)
        finally:
            if not overlaps[-1]:
                alone.release()

    monkeypatch.setattr(pq.ParquetFile, "read", watched)
    with ThreadPoolExecutor(6) as pool:
        city, age = ColumnName("city"), ColumnName("age")
        asked = [pool.submit(table.codes, city) for _ in range(2)]
        asked += [pool.submit(table.numbers, age) for _ in range(2)]
        asked += [pool.submit(table.arrow, [city]) for _ in range(2)]
        for answer in asked:
            answer.result()

    assert overlaps
    assert not any(overlaps)
