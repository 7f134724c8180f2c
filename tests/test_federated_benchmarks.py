"""What the federated benchmarks rest on: the same work, published splits, and all time counted."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"
sys.path.append(str(BENCHMARKS))

from federated_contenders import Loop, Own  # noqa: E402
from federated_tree import watched  # noqa: E402
from federated_work import work  # noqa: E402
from mnist import CLIENTS, rounds_to, shards, shuffled_split  # noqa: E402

from compliance.federated.engine import shuffled, shuffles  # noqa: E402


@pytest.mark.parametrize(
    "widths",
    [pytest.param((7, 3), id="softmax"), pytest.param((7, 6, 5, 3), id="two hidden layers")],
)
def test_the_engine_finds_the_models_of_a_plain_loop(widths: tuple[int, ...]) -> None:
    given = work("uneven sites", widths, sites=12, cohort=5, rounds=3)
    engine, loop = Own(given), Loop(given)
    for round_ in (1, 2, 3):
        engine.step(round_)
        loop.step(round_)

    assert np.abs(engine.told() - loop.told()).max() < 1e-12
    assert np.abs(engine.told()).max() > 0.1


def test_orders_drawn_together_are_those_drawn_alone() -> None:
    sizes, keys = [11, 400, 1, 94], [3, 2**64 - 1, 0, 3]
    together = shuffles(sizes, keys, seed=7, round_=2, epoch=4)

    for size, key, order in zip(sizes, keys, together, strict=True):
        alone = shuffled(size, seed=7, round_=2, epoch=4, key=key)
        assert order.tolist() == alone.tolist()


@pytest.mark.parametrize("split", [shuffled_split, shards])
def test_every_digit_is_dealt_once(split: object) -> None:
    labels = np.arange(6000) % 10

    assert sorted(split(labels, np.random.default_rng(1)).tolist()) == list(range(6000))  # type: ignore[operator]


def test_two_shards_show_a_client_few_kinds_of_digits() -> None:
    labels = np.arange(60_000) % 10
    dealt = labels[shards(labels, np.random.default_rng(1))].reshape(CLIENTS, -1)

    assert max(len(np.unique(client)) for client in dealt) == 2


def test_rounds_are_read_off_the_best_accuracy_so_far() -> None:
    curve = [0.90, 0.96, 0.94, 0.98]

    # From the best before, 0.96 held up to round 3, half the way to 0.98.
    assert rounds_to(0.97, iter(curve)) == pytest.approx(3.5)
    assert rounds_to(0.99, iter(curve)) == np.inf


FAMILY = """
import subprocess, sys, time
child = '''
import pathlib, time
while time.process_time() < 0.3:
    pass
time.sleep(8)
pathlib.Path("outlived").touch()
'''
left = subprocess.Popen([sys.executable, "-c", child], start_new_session=True)
print("round 1", flush=True)
time.sleep(1)
"""


def test_a_command_is_charged_for_what_it_starts_and_leaves_nothing_behind(tmp_path: Path) -> None:
    alone = [sys.executable, "-c", "print('round 1')"]
    by_itself = watched(alone, folder=tmp_path, environment={}, log=tmp_path / "log")
    family = [sys.executable, "-c", FAMILY]
    taken = watched(family, folder=tmp_path, environment={}, log=tmp_path / "log")

    assert (by_itself.processes, taken.processes) == (1, 2)
    assert taken.cpu_s - taken.marks[0].cpu_s > 0.2
    assert not (tmp_path / "outlived").exists()


def test_a_command_that_fails_ends_the_benchmark_with_its_own_words(tmp_path: Path) -> None:
    failing = [sys.executable, "-c", "raise SystemExit('no such work')"]

    with pytest.raises(SystemExit, match="no such work"):
        watched(failing, folder=tmp_path, environment={}, log=tmp_path / "log")
