"""A dataset that is kept elsewhere on the pages: registered, shown, and refused in words."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from compliance.dataset.nouns import ColumnName, Description
from pages.parts.navigation import PAGES
from tests.bigdata_cases import QUIET, many
from tests.pages.conftest import Desk, refusals, words

pytestmark = QUIET


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    """A Parquet file on this machine."""
    path = tmp_path / "orders.parquet"
    pq.write_table(many(2_000, 400), path)
    return path


@pytest.fixture
def kept(empty_desk: Desk, orders: Path) -> Desk:
    """A desk that has registered the file as its only dataset."""
    said = Description(unit=ColumnName("who"), population="customers", region="DE")
    empty_desk.workspace.keeping.add(str(orders), "orders", said)
    return empty_desk


@pytest.mark.parametrize("name", [row.name for row in PAGES])
def test_a_page_opens_where_the_only_dataset_is_kept_elsewhere(kept: Desk, name: str) -> None:
    visitor = kept.open(name)

    says = "The rows of orders are kept elsewhere, and this needs them here"
    assert not visitor.error
    assert (says in words(visitor)) == (name in ("anonymise", "federated"))


def test_a_file_is_registered_on_the_page_and_shown_with_where_it_lies(
    empty_desk: Desk, orders: Path
) -> None:
    visitor = empty_desk.open("datasets")
    visitor.segmented_control(key="datasets_way").set_value("Keep it where it is").run()
    visitor.text_input(key="datasets_kept").input(str(orders))
    visitor.text_input(key="datasets_name").input("orders")
    visitor.button(key="datasets_load").click().run()

    (dataset,) = empty_desk.workspace.datasets()
    assert (dataset.rows, dataset.kept is not None) == (2_000, True)
    assert "2,000 rows and 10 columns are registered as orders." in visitor.success[0].value
    assert "Its rows are kept elsewhere: **orders.parquet**" in words(visitor)
    assert not list((empty_desk.home / "datasets").iterdir())


def test_a_place_that_is_none_is_refused_in_words(empty_desk: Desk) -> None:
    visitor = empty_desk.open("datasets")
    visitor.segmented_control(key="datasets_way").set_value("Keep it where it is").run()
    visitor.text_input(key="datasets_kept").input("sales:orders")
    visitor.text_input(key="datasets_name").input("orders")
    visitor.button(key="datasets_load").click().run()

    ((title, sentence),) = refusals(visitor)
    assert title == "Not loaded"
    assert sentence.startswith("There is no warehouse “sales” (known: none).")


def test_risk_is_counted_on_all_rows_where_they_lie(kept: Desk) -> None:
    visitor = kept.open("anonymise")
    visitor.multiselect(key="anonymise_kept_columns").set_value(["city"])
    visitor.button(key="anonymise_kept_count").click().run()

    found = kept.workspace.anonymisation.risk("orders", [ColumnName("city")])
    assert {m.label: m.value for m in visitor.metric}["Smallest class (k)"] == str(found.k)
