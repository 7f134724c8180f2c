"""Discovery against the ground truth of the shared data sets, counted as the benchmark counts."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

pytestmark = pytest.mark.realdata

BENCHMARK = Path(__file__).resolve().parent.parent / "benchmarks" / "discovery.py"
LEAST_RIGHT = 0.95
MOST_FALSE_ALARMS = 0.03


@pytest.fixture(scope="module")
def judged(shared_data: Path) -> list[Any]:
    return list(_benchmark().judged_columns(shared_data))


def _benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("discovery_benchmark", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_nineteen_of_twenty_personal_columns_get_their_class(judged: list[Any]) -> None:
    personal = [column for column in judged if column.is_personal]
    right = sum(column.is_right for column in personal)

    assert len(personal) >= 150
    assert right >= LEAST_RIGHT * len(personal)


def test_hardly_any_other_column_is_flagged(judged: list[Any]) -> None:
    others = [column for column in judged if not column.is_personal]
    flagged = sum(column.is_flagged for column in others)

    assert len(others) >= 50
    assert flagged <= MOST_FALSE_ALARMS * len(others)


def test_the_online_shops_columns_are_all_right(judged: list[Any]) -> None:
    shop = [column for column in judged if column.dataset == "online_retail"]

    assert {column.column: str(column.labels[0].identifier_class) for column in shop} == {
        "InvoiceNo": "none",
        "StockCode": "none",
        "Description": "none",
        "Quantity": "none",
        "InvoiceDate": "quasi",
        "UnitPrice": "none",
        "CustomerID": "direct",
        "Country": "quasi",
    }
    assert [column.labels[0].semantic_type for column in shop] == [c.semantic for c in shop]


def test_the_contact_channel_of_the_bank_is_not_taken_for_a_phone(judged: list[Any]) -> None:
    contact = next(
        column for column in judged
        if (column.dataset, column.column) == ("bank_marketing", "contact")
    )  # fmt: skip

    assert contact.labels[0].semantic_type == "contact_channel"
    assert not contact.is_flagged


def test_rare_findings_are_raised_in_none_of_the_shared_tables(shared_data: Path) -> None:
    """They hold hardly a value of another kind; each alarm would be one to explain."""
    rare = list(_benchmark().rare_in(shared_data))

    assert rare == []
