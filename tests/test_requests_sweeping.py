"""Who a request was about stays readable for a time, and not for ever."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from compliance.errors import RequestInputError, SealedError
from compliance.plain import to_json
from compliance.rights.nouns import Outcome
from compliance.rights.requests import provision_of, sealed
from compliance.workspace import Workspace
from compliance.workspace.requesting import sealing
from compliance.workspace.requesting.requests import Requesting
from tests.cli_cases import refused, run
from tests.request_cases import ADA, identified, in_scope, opened, today


@pytest.fixture
def requests(workspace: Workspace) -> Requesting:
    return in_scope(workspace)


def later(monkeypatch: pytest.MonkeyPatch, requests: Requesting, days: int) -> None:
    """Let the desk's clock go on."""
    at = requests._desk.clock() + timedelta(days=days)
    monkeypatch.setattr(requests._desk, "clock", lambda: at)


def answered(requests: Requesting, *, closed: bool = False) -> str:
    """A request that was refused and answered today."""
    id_ = identified(requests)
    requests.steps.decide(id_, Outcome.REFUSED, ground="excessive", reason="forty in a month")
    requests.steps.answer(id_, told=("complaint", "court"))
    if closed:
        requests.steps.close(id_)
    return id_


@pytest.mark.parametrize("closed", [True, False])
def test_the_key_goes_when_the_time_after_the_answer_is_over(
    requests: Requesting, monkeypatch: pytest.MonkeyPatch, *, closed: bool
) -> None:
    id_ = answered(requests, closed=closed)
    until = requests.sweeping.until(requests.find(id_).request)
    assert until == today(requests) + timedelta(days=sealed().days)

    later(monkeypatch, requests, sealed().days)
    assert requests.sweeping.sweep() == ()
    assert sealing.unseal(requests._desk, id_) == ADA
    later(monkeypatch, requests, 1)
    assert requests.sweeping.sweep() == (id_,)

    with pytest.raises(SealedError):
        sealing.unseal(requests._desk, id_)
    assert not list((requests._desk.settings.home / "sealed").glob(f"{id_}.*"))
    assert "time for keeping it is over" in requests.find(id_).request.history[-1].what
    assert requests.sweeping.sweep() == ()


def test_a_request_to_which_something_is_owed_is_kept(
    requests: Requesting, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_ = opened(requests)
    appealed = _appealed(requests)

    later(monkeypatch, requests, 3 * sealed().days)

    assert requests.sweeping.sweep() == ()
    assert set(sealing.readable(requests._desk)) == {open_, appealed}
    requests.steps.answer_appeal(appealed, is_granted=False)
    later(monkeypatch, requests, sealed().days + 1)
    assert requests.sweeping.sweep() == (appealed,)


def _appealed(requests: Requesting) -> str:
    id_ = identified(requests, law="US_VA_VCDPA")
    request = requests.find(id_).request
    of_law = provision_of(request.law, request.right)
    ground = next(one for one in of_law.refusals if one != of_law.unproven)
    requests.steps.decide(id_, Outcome.REFUSED, ground=ground, reason="see the ground")
    requests.steps.answer(id_, told=tuple(of_law.tells))
    requests.steps.appeal(id_)
    return id_


def test_what_was_taken_back_goes_too(
    requests: Requesting, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = opened(requests)
    requests.steps.withdraw(id_)

    later(monkeypatch, requests, sealed().days + 1)

    assert requests.sweeping.sweep() == (id_,)


def test_the_organisation_sets_the_time_within_limits(
    workspace: Workspace, requests: Requesting, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = answered(requests)
    for wrong in (0, sealed().most + 1):
        with pytest.raises(RequestInputError):
            requests.sweeping.set_days(wrong)
    requests.sweeping.set_days(10)
    assert (requests.sweeping.days(), workspace.organisation().sealed_days) == (10, 10)
    assert workspace.entries()[0].facts["sealed_days"] == 10

    later(monkeypatch, requests, 11)

    assert requests.sweeping.sweep() == (id_,)


def test_the_worker_sweeps_and_the_trail_says_how_many(
    workspace: Workspace, requests: Requesting, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(requests)
    later(monkeypatch, requests, sealed().days + 1)

    assert list(workspace.governance.audits.run_due()) == []

    (entry,) = [entry for entry in workspace.entries() if entry.act == "request.sweep"]
    assert entry.facts["destroyed"] == 1
    assert "quisling" not in to_json(entry).lower()
    assert not workspace.verify_trail().problems


def test_on_the_command_line_the_time_is_set_and_told(tmp_path: Path) -> None:
    home = tmp_path / "desk"
    assert run(home, "--json", "request", "retention").document == {"days": 365, "swept": []}
    set_ = run(home, "--json", "request", "retention", "--days", "30", "--sweep")
    assert set_.document == {"days": 30, "swept": []}
    refused(home, "request", "retention", "--days", "5000")
