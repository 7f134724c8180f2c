"""Residency on the command line: whereabouts, checks, records, and plain refusals."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli_cases import PLAN, filled, refused, run, written
from tests.conftest import CANARY_COUNTRY

BY_COUNTRY = PLAN.replace("region", "country")


@pytest.fixture
def at_sites(tmp_path: Path, orders_csv: bytes) -> Path:
    """A workspace whose countries may be told, since sites are called by them."""
    return filled(tmp_path, orders_csv.replace(CANARY_COUNTRY.encode(), b"FR"))


@pytest.fixture
def home(tmp_path: Path, orders_csv: bytes) -> Path:
    return filled(tmp_path, orders_csv)


def test_where_data_lie_is_told(home: Path) -> None:
    answer = run(home, "--json", "residency", "orders")

    (copy,) = answer.document["copies"]
    assert (copy["country"], copy["name"], copy["form"]) == ("DE", "Germany", "rows")
    assert answer.document["flows"] == []
    assert answer.document["unplaced"] == []


def test_a_movement_is_checked_and_nothing_is_stored(home: Path) -> None:
    before = len(run(home, "--json", "trail", "list").document["entries"])

    answer = run(home, "--json", "move", "check", "orders", "--to", "India")

    (flow,) = answer.document["flows"]
    (said,) = flow["judgements"]
    assert (answer.document["answer"], answer.document["may_go"]) == ("needs a safeguard", False)
    assert (flow["from"], flow["to"], said["law"]) == ("DE", "IN", "EU_GDPR")
    assert len(run(home, "--json", "trail", "list").document["entries"]) == before


@pytest.mark.parametrize(
    ("more", "answer"),
    [
        (("--form", "anonymous"), "allowed"),
        (("--form", "statistics", "--epsilon", "1"), "allowed"),
        (("--form", "statistics", "--epsilon", "50"), "needs a safeguard"),
        (("--form", "statistics"), "not assessed"),
        (("--form", "noisy-updates", "--epsilon", "2"), "allowed"),
        (("--form", "updates"), "needs a safeguard"),
        (("--mechanism", "scc", "--fact", "tia_outcome=not_ok"), "not allowed"),
    ],
)
def test_what_would_move_and_on_what_it_rests_decides(
    home: Path, more: tuple[str, ...], answer: str
) -> None:
    found = run(home, "--json", "move", "check", "orders", "--to", "IN", *more)

    assert found.document["answer"] == answer


def test_a_movement_that_may_go_is_recorded_and_found_again(home: Path) -> None:
    stored = run(home, "--json", "move", "record", "orders", "--to", "CH").document

    (flow,) = run(home, "--json", "residency").document["flows"]
    assert flow["id"] == stored["id"]
    assert [one["answer"] for one in flow["judgements"]] == ["allowed"]


TO_INDIA = ("check", "orders", "--to", "IN")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        pytest.param(("record", "orders", "--to", "IN"), "may not go from Germany", id="no ground"),
        pytest.param(("check", "orders", "--to", "XX"), "is no country", id="no country"),
        pytest.param(("check", "orders", "--to", "Narnia"), "is no country", id="no name"),
        pytest.param(("check", "nothing", "--to", "IN"), "nothing", id="no dataset"),
        pytest.param((*TO_INDIA, "--mechanism", "trust"), "known are", id="no safeguard"),
        pytest.param((*TO_INDIA, "--fact", "repetitive"), "NAME=VALUE", id="no value"),
        pytest.param((*TO_INDIA, "--fact", "weather=fine"), "tables ask", id="no fact"),
        pytest.param((*TO_INDIA, "--fact", "repetitive=often"), "yes or no", id="neither"),
        pytest.param((*TO_INDIA, "--fact", "signed_at=31.12.2025"), "date", id="no date"),
        pytest.param((*TO_INDIA, "--fact", "dpf_status=good"), "one of", id="no choice"),
    ],
)
def test_bad_input_ends_in_one_sentence(
    home: Path, arguments: tuple[str, ...], reason: str
) -> None:
    assert reason in refused(home, "move", *arguments)


def test_a_federated_run_over_countries_says_first_what_leaves_them(at_sites: Path) -> None:
    plan = written(at_sites.parent, "plan.yaml", BY_COUNTRY.encode())

    answer = run(at_sites, "--json", "federate", "orders", "--plan", plan)

    assert answer.code == 0
    assert "FR to DE, model updates: GDPR: no transfer" in answer.err
    assert "CN to DE, model updates: PIPL: not assessed" in answer.err


def test_a_run_that_a_law_does_not_let_go_needs_the_word(at_sites: Path) -> None:
    plan = written(at_sites.parent, "plan.yaml", BY_COUNTRY.encode())
    assert run(at_sites, "dataset", "describe", "orders", "--region", "IN").code == 0

    assert "to India" in refused(at_sites, "federate", "orders", "--plan", plan)
    assert run(at_sites, "--json", "federate", "orders", "--plan", plan, "--accept").code == 0
