"""The desk's own audit passes when all is well, and catches what is broken on purpose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from msgspec import structs

from compliance.privacy import aggregates, bounding, mechanisms, selfaudit
from compliance.privacy.nouns import GaussianEvent, LaplaceEvent, ThresholdEvent
from compliance.workspace import Workspace

_Ints = npt.NDArray[np.int64]
Noise = GaussianEvent | LaplaceEvent


class Sound:
    """The desk's own mechanisms, to be broken in one place."""

    def add_noise(self, values: _Ints, event: Noise) -> _Ints:
        return mechanisms.add_noise(values, event)

    def surviving_groups(
        self, units: _Ints, event: Noise, threshold: ThresholdEvent, groups: int
    ) -> list[int]:
        return mechanisms.surviving_groups(units, event, threshold, groups)

    choose = staticmethod(mechanisms.choose)
    change_answers = staticmethod(mechanisms.change_answers)


class HalfTheNoise(Sound):
    """Noise of half the scale; the samplers are asked for what they are asked for."""

    def add_noise(self, values: _Ints, event: Noise) -> _Ints:
        less = structs.replace(event, scale=event.scale / 2, **_told(event))
        return mechanisms.add_noise(values, less)


class ReusedNoise(Sound):
    """The same draw for every number of one publication."""

    def __init__(self) -> None:
        self.kept: dict[tuple[object, ...], _Ints] = {}

    def add_noise(self, values: _Ints, event: Noise) -> _Ints:
        place = (type(event), event.scale, len(values))
        if place not in self.kept:
            self.kept[place] = mechanisms.add_noise(np.zeros_like(values), event)
        return values + self.kept[place]


class NoThreshold(Sound):
    """Every group that is there is shown."""

    def surviving_groups(self, units: _Ints, *_: object) -> list[int]:
        return [int(group) for group in np.flatnonzero(units)]


class RoundedNoise(Sound):
    """Noise on multiples of four only, of the right width."""

    def add_noise(self, values: _Ints, event: Noise) -> _Ints:
        noise = mechanisms.add_noise(np.zeros_like(values), event)
        return values + np.asarray(np.rint(noise / 4) * 4, dtype=np.int64)


def _told(event: Noise) -> dict[str, Any]:
    """A smaller sensitivity, so that the cost is still what the ledger was told."""
    if isinstance(event, GaussianEvent):
        return {"sensitivity_squared": max(event.sensitivity_squared // 4, 1)}
    return {"sensitivity": max(event.sensitivity // 2, 1)}


def is_caught(noise: Any, by: str, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the audit finds it, until it does; one sampler of each kind is drawn from."""
    monkeypatch.setattr(selfaudit, "_SAMPLERS", selfaudit._SAMPLERS[1::3])
    return any(by in check.name and not check.passed for check in selfaudit.checks(noise))


def test_a_sound_desk_passes() -> None:
    """A false alarm comes once in a million audits."""
    checks = selfaudit.audit(mechanisms)

    assert [check.name for check in checks if not check.passed] == []
    assert len(checks) == 16


BROKEN = [
    pytest.param(HalfTheNoise, "noise", id="half the noise"),
    pytest.param(ReusedNoise, "noise of its own", id="noise used twice"),
    pytest.param(NoThreshold, "groups of one person", id="no threshold"),
    pytest.param(RoundedNoise, "sampler", id="noise on a coarse grid"),
]


@pytest.mark.parametrize(("broken", "caught_by"), BROKEN)
def test_a_broken_mechanism_is_caught(
    monkeypatch: pytest.MonkeyPatch, broken: type[Sound], caught_by: str
) -> None:
    assert is_caught(broken(), caught_by, monkeypatch)


def unclamped(table: Any, statistic: Any, bounded: Any) -> tuple[_Ints, _Ints]:
    numbers = table.numbers(statistic.column)
    return bounded.groups, numbers.values[bounded.rows] * statistic.granularity.per_one


def all_of_each(_: object, __: object, most: int) -> npt.NDArray[np.bool_]:
    return np.ones(len(_), dtype=np.bool_)  # type: ignore[arg-type]


MUTANTS = [
    pytest.param(aggregates, "_clamped", unclamped, "sum", id="values not clamped"),
    pytest.param(bounding, "least_of_each", all_of_each, "count of rows", id="rows not cut"),
]


@pytest.mark.parametrize(("module", "name", "mutant", "caught_by"), MUTANTS)
def test_a_bound_that_is_not_kept_is_caught(
    monkeypatch: pytest.MonkeyPatch,
    module: Any,
    name: str,
    mutant: Callable[..., Any],
    caught_by: str,
) -> None:
    monkeypatch.setattr(module, name, mutant)

    assert is_caught(mechanisms, caught_by, monkeypatch)


def test_an_audit_is_kept_with_versions_and_in_the_trail(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = selfaudit.Check(name="x", claimed="1", measured="1", passed=True, draws=5)
    monkeypatch.setattr("compliance.workspace.releasing.probing.audit", lambda _: (check,))

    done = workspace.probing.self_audit()

    (newest,) = workspace.entries(1)
    assert workspace.probing.self_audits() == (done,)
    assert done.passed
    assert done.draws == 5
    assert "opendp" in done.libraries
    assert newest.act == "audit.self"
    assert newest.facts["passed"] is True
