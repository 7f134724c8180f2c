"""Columns of other datasets about the same people: looked up by person, or refused in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from compliance.dataset import RawFile
from compliance.dataset.nouns import ColumnName, Description
from compliance.errors import ComplianceError, JoinError, UnknownColumnError, UnknownDatasetError
from compliance.privacy import joined, to_query
from compliance.privacy.nouns import Preview
from compliance.privacy.nouns.question import Query
from compliance.workspace import Workspace
from tests.privacy_cases import KEY, PROFILES, budget, summed, table_of

JOIN = [{"dataset": "profiles", "unit": "id"}]


def asked(**change: object) -> Query:
    raw: dict[str, Any] = {
        "unit": "who",
        "by": ["profiles.plan"],
        "max_rows_per_group": 9,
        "join": JOIN,
        "statistics": [{"count": "units"}, {"count": "rows"}],
    }
    return to_query({**raw, **change})


ORDERS = [(who, "a", None, 1.0, n) for n, who in enumerate(["ann", "ann", "bob", "cem", None])]


def groups(folder: Path, query: Query, profiles: Sequence[Sequence[object]]) -> dict[str, int]:
    exact = summed(folder, query, ORDERS, profiles)
    return {key: n for (key,), n in zip(exact.keys, exact.units.tolist(), strict=True) if n}


def test_people_are_grouped_by_what_another_dataset_says_of_them(tmp_path: Path) -> None:
    plans = [("ann", "gold", 30), ("bob", "free", 40), ("nobody here", "new", 50)]

    assert groups(tmp_path, asked(), plans) == {"gold": 1, "free": 1, "(no value)": 1}


def test_nobody_over_there_leaves_everybody_without_a_value(tmp_path: Path) -> None:
    assert groups(tmp_path, asked(), []) == {"(no value)": 3}


def test_joined_columns_can_be_counted_averaged_and_asked_for(tmp_path: Path) -> None:
    """A person's age counts with each of that person's rows; who has none is left out."""
    query = asked(
        by=[],
        where="profiles.age >= 30 and kind < 9",
        statistics=[
            {"sum": {"column": "profiles.age", "lower": 0, "upper": 99}},
            {"count": "rows"},
        ],
    )

    exact = summed(tmp_path, query, ORDERS, [("ann", "x", 33), ("bob", "y", 29), ("cem", "z", 50)])

    assert exact.parts["sum_profiles.age:value"].tolist() == [33 + 33 + 50]
    assert exact.parts["count_rows:value"].tolist() == [3]


def test_of_several_values_a_person_counts_with_one_the_same_every_time(tmp_path: Path) -> None:
    """With chance over people, not over values: half of them count as gold, not all or none."""
    people = [f"p{n}" for n in range(400)]
    orders, _ = table_of(
        tmp_path, pa.schema([("who", pa.string())]), [(who,) for who in people * 2]
    )
    plans = [(who, plan, None) for plan in ("gold", "free", None) for who in people]
    chosen = []
    for rows in (plans, plans[::-1]):
        there, _ = table_of(tmp_path, PROFILES, rows)
        found = joined(orders, asked(), {"profiles": there}, KEY).codes(ColumnName("profiles.plan"))
        chosen.append([found.texts()[code] for code in found.codes])

    assert chosen[0] == chosen[1]
    assert chosen[0][:400] == chosen[0][400:]
    # Fewer than 140 or more than 260 of 400 have a probability below 1e-8.
    assert 140 < chosen[0][:400].count("gold") < 260


def test_columns_of_the_same_name_are_told_apart(tmp_path: Path) -> None:
    plans = pa.schema([("id", pa.string()), ("city", pa.string())])
    cities = pa.schema([("who", pa.string()), ("city", pa.string())])
    here, _ = table_of(tmp_path, cities, [("ann", "Bonn"), ("bob", "Ulm")])
    there, _ = table_of(tmp_path, plans, [("ann", "Trier")])
    rows = joined(here, asked(), {"profiles": there}, KEY)

    assert rows.codes(ColumnName("city")).texts() == ["Bonn", "Ulm"]
    assert rows.codes(ColumnName("profiles.city")).texts() == ["Trier"]
    assert rows.codes(ColumnName("profiles.city")).codes.tolist() == [0, -1]


NUMBERED = pa.schema([("who", pa.int64())])


@pytest.mark.parametrize(
    ("ids", "found"),
    [
        pytest.param(["7", "12"], ["gold", "free", None], id="digits"),
        pytest.param(["07", "12.0"], [None, None, None], id="codes that are no such number"),
    ],
)
def test_numbers_here_and_digits_there_are_the_same_people(
    tmp_path: Path, ids: list[str], found: list[str | None]
) -> None:
    here, _ = table_of(tmp_path, NUMBERED, [(7,), (12,), (99,)])
    there, _ = table_of(tmp_path, PROFILES, [(ids[0], "gold", 1), (ids[1], "free", 2)])

    plans = joined(here, asked(), {"profiles": there}, KEY).codes(ColumnName("profiles.plan"))

    assert [plans.texts()[code] if code >= 0 else None for code in plans.codes] == found


# ------------------------------------------------------------------------------ in the workspace


def csv(*lines: str) -> list[RawFile]:
    return [RawFile(name="t.csv", data="\n".join(lines).encode())]


@pytest.fixture
def desk(workspace: Workspace) -> Callable[..., Workspace]:
    """600 customers with two orders each and their profiles; change either to see a refusal."""

    def build(
        profiles: Sequence[str] | None = None,
        name: str = "profiles",
        header: str = "who,amount",
        **described: str,
    ) -> Workspace:
        orders = [f"{n % 600},{n % 50}" for n in range(1_200)]
        plans = [f"{n},{('gold', 'free')[n % 2]}" for n in range(600)]
        about = Description(population="customers", unit=ColumnName("who"))
        workspace.add_files(csv(header, *orders), "orders", about)
        there = {"population": "customers", "unit": "id"} | described
        other = Description(population=there["population"], unit=ColumnName(there["unit"]))
        workspace.add_files(csv("id,plan", *(profiles or plans)), name, other)
        return workspace

    return build


def look(workspace: Workspace, query: Query) -> Preview:
    return workspace.preview("orders", query, budget(2))


def test_a_join_is_previewed_released_and_traced_to_both_datasets(
    desk: Callable[..., Workspace],
) -> None:
    workspace = desk()

    seen = look(workspace, asked())
    published = workspace.release("orders", asked(), Decimal(2))

    assert {(row.keys, row.size) for row in seen.rows if row.statistic == "count_units"} == {
        (("gold",), 300),
        (("free",), 300),
    }
    assert {value.keys for value in published.values} == {("gold",), ("free",)}
    sources = {e.origin.id for e in workspace.proof.lineage.edges() if e.made.id == published.id}
    assert sources == {"orders@1", "profiles@1"}
    assert workspace.budget("customers").spent.epsilon > 0


REFUSED = [
    pytest.param({"population": "visitors"}, {}, JoinError, "other people", id="other people"),
    pytest.param({"unit": "plan"}, {}, JoinError, "told apart there by", id="another unit"),
    pytest.param(
        {}, {"join": [{"dataset": "profiles", "unit": "key"}]}, JoinError, "no column", id="no unit"
    ),
    pytest.param(
        {},
        {"join": [{"dataset": "nothing", "unit": "id"}], "by": []},
        UnknownDatasetError,
        "nothing",
        id="no dataset",
    ),
    pytest.param(
        {}, {"by": ["profiles.city"]}, UnknownColumnError, "profiles.city", id="no column"
    ),
    pytest.param(
        {"profiles": [f"2024-01-{n:02},gold" for n in range(1, 29)]},
        {},
        JoinError,
        "by integer here and by date there",
        id="people that cannot be the same",
    ),
    pytest.param(
        {"header": "who,profiles.amount"},
        {},
        JoinError,
        "named as if it were one of its",
        id="a column that could be theirs",
    ),
]


@pytest.mark.parametrize(("built", "change", "error", "says"), REFUSED)
def test_what_cannot_be_joined_is_refused_before_anything_is_read_or_spent(
    desk: Callable[..., Workspace],
    built: dict[str, Any],
    change: dict[str, object],
    error: type[ComplianceError],
    says: str,
) -> None:
    workspace, query = desk(**built), asked(**change)
    entries = workspace.verify_trail().entries

    with pytest.raises(error, match=says):
        look(workspace, query)
    with pytest.raises(error, match=says):
        workspace.release("orders", query, Decimal(1))

    assert workspace.verify_trail().entries == entries
    assert workspace.budget("customers").spent.epsilon == 0


def test_a_dataset_may_be_joined_to_itself(desk: Callable[..., Workspace]) -> None:
    """Then each person counts with one of their own values everywhere."""
    query = asked(by=["orders.amount"], join=[{"dataset": "orders", "unit": "who"}], max_groups=99)

    seen = look(desk(), query)

    assert sum(row.size for row in seen.rows if row.statistic == "count_units") <= 600


def test_text_ids_over_there_find_the_numbers_here(desk: Callable[..., Workspace]) -> None:
    """One id that is no number makes the whole column text."""
    plans = [f"{n},gold" for n in range(600)] + ["unknown,free"]

    seen = look(desk(profiles=plans), asked())

    assert [row.size for row in seen.rows if row.statistic == "count_units"] == [600]
