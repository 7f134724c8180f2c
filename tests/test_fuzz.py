"""Every way in takes changed files or refuses them in a sentence; nothing else comes of any."""

from __future__ import annotations

import random
import signal
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz_targets import TARGETS, changed, is_taken

MOST_CPU_S = 60
TRIED, TRIED_OF_SLOW = 150, 12


class TakesForEverError(Exception):
    """One file used up the processor time that all may take."""


@pytest.fixture(autouse=True)
def bounded() -> Iterator[None]:
    """So much processor time, whatever else the machine does; then the file that holds it fails."""

    def stop(*_: object) -> None:
        raise TakesForEverError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, MOST_CPU_S)
    yield
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, before)


# A text is any text, and what proves nothing is told with what is wrong in it.
TAKES_ALL = {"text", "verify_trail.py"}


@pytest.mark.parametrize("name", list(TARGETS))
def test_what_is_right_is_taken(name: str) -> None:
    """Else the changed files would never come far."""
    target = TARGETS[name]

    assert all(is_taken(target, seed) for seed in target.seeds())


@pytest.mark.parametrize("name", list(TARGETS))
def test_a_changed_file_is_taken_or_refused_in_a_sentence(name: str) -> None:
    target, said = TARGETS[name], set[bool]()
    seeds = target.seeds()

    @settings(
        max_examples=TRIED_OF_SLOW if target.slow else TRIED,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from(seeds), st.integers(0, 2**32))
    def tried(seed: bytes, number: int) -> None:
        said.add(is_taken(target, changed(seed, random.Random(number))))

    tried()
    assert (False in said) is (name not in TAKES_ALL)


@pytest.mark.parametrize("name", list(TARGETS))
def test_noise_is_refused_in_a_sentence(name: str) -> None:
    target, said = TARGETS[name], set[bool]()

    @settings(
        max_examples=8 if target.slow else 60,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
    def tried(data: bytes) -> None:
        said.add(is_taken(target, data))

    tried()
    assert (False in said) is (name not in TAKES_ALL)


# What was found, each as small as it gets.

FOUND = [
    ("parquet", "a text that is no UTF-8", 0, b"Bonn", b"Bo\xff\xfe"),
    ("trail file", "half of a character", 2, b'"kind"', b'"k\xed\xa0\x80"'),
    ("impact", "half of a character", 0, b'"title": "', b'"title": "\\ud800'),
    ("archive", "a directory that begins before the file", 0, b"PK\x05\x06\x00\x00", None),
]


@pytest.mark.parametrize(
    ("name", "why", "seed", "old", "new"), FOUND, ids=lambda part: str(part)[:20]
)
def test_what_was_once_found_is_refused(
    name: str, why: str, seed: int, old: bytes, new: bytes | None
) -> None:
    target = TARGETS[name]
    data = target.seeds()[seed]
    place = data.rindex(old)
    if new is None:  # the length of the archive's directory, twenty bytes in
        data = data[: place + 12] + b"\xff\xff\xff\x00" + data[place + 16 :]
    else:
        data = data.replace(old, new)

    assert not is_taken(target, data), why


def test_a_list_where_a_name_stands_is_refused() -> None:
    asked = b"{unit: name, columns: [[city], amount], public_keys: {city: [Bonn]}}"

    assert not is_taken(TARGETS["synthesis"], asked)
