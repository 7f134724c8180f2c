"""A person alone in a rare group must not be seen, whatever is asked.

    attacker ──knows everybody else──▶ published? group “ZZ” ──yes──▶ the one person is in the data
                                              └──no───▶ nothing learnt

The attack reads every released table, and the preview, for the canary's group: a country, a plan
in a joined table, a day in 1937. The canary has more rows than any country, so it would also be
the largest group. A group of one shows with a probability below δ, which over all releases here
comes to less than 1e-6.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from compliance.privacy import (
    Aggregate,
    aggregate,
    calibrate,
    joined,
    joined_columns,
    mechanisms,
    preview,
    publish,
    to_query,
)
from compliance.privacy.nouns.question import Query
from tests.privacy_cases import EVERY_STATISTIC, KEY, WITHOUT_THRESHOLD, budget, table_of

CANARY = "ZZ_only_customer_42"
ALONE_IN = "1937-06-05"
RELEASES = 40
ASKED = budget(5, "1e-10")
MONTH = {"column": "day", "per": "month"}
JOIN = [{"dataset": "profiles", "unit": "id"}]
GROUPS = [
    pytest.param({"by": ["country"]}, id="country"),
    pytest.param({"by": ["profiles.plan"], "join": JOIN}, id="joined plan"),
    pytest.param({"by": [{"column": "day", "per": "day"}]}, id="day"),
    pytest.param({"by": [MONTH], "period": MONTH | {"most": 2}}, id="period"),
    pytest.param(
        {"by": ["country", MONTH], "public_keys": {"day": ["2024-01", "1937-06"]}},
        id="one of two keys public",
    ),
]
Shop = Callable[[Query], Aggregate]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """2,000 people of one country, plan and day, and one with 900 rows in each of their own."""
    folder = tmp_path_factory.mktemp("canary")
    kinds = [pa.string(), pa.string(), pa.date32(), pa.float64(), pa.int64()]
    names = ("who", "country", "day", "amount", "kind")
    schema = pa.schema(list(zip(names, kinds, strict=True)))
    people = [(f"p{i}", "DE", dt.date(2024, 1, 5), 5.0, i % 7) for i in range(2_000)]
    canary = [("canary", CANARY, dt.date.fromisoformat(ALONE_IN), 5.0, 3)] * 900
    orders, columns = table_of(folder, schema, [*people, *canary])
    plans = pa.schema([("id", pa.string()), ("plan", pa.string())])
    profiles, beside = table_of(
        folder, plans, [*((who, "free") for who, *_ in people), ("canary", CANARY)]
    )

    def exact(query: Query) -> Aggregate:
        rows = joined(orders, query, {"profiles": profiles}, KEY)
        return aggregate(rows, query, (*columns, *joined_columns("profiles", beside)), KEY)

    return exact


def asked(statistics: list[object], mechanism: str, **groups: object) -> Query:
    return to_query(
        {
            "unit": "who",
            "max_rows_per_group": 1000,
            "statistics": statistics,
            "mechanism": mechanism,
            **groups,
        }
    )


def is_seen(published: object) -> bool:
    """The attack: whether the canary's group can be read anywhere in what was published."""
    return any(sign in repr(published) for sign in (CANARY, ALONE_IN, "1937-06"))


def releases(shop: Shop, query: Query, noise: Any, count: int) -> list[Any]:
    exact, calibration = shop(query), calibrate(query, ASKED)
    return [publish(exact, query, calibration, noise) for _ in range(count)]


@pytest.mark.parametrize("mechanism", ["gaussian", "laplace"])
@pytest.mark.parametrize("statistic", list(EVERY_STATISTIC))
def test_a_group_of_one_is_never_published_nor_previewed(
    shop: Shop, statistic: str, mechanism: str
) -> None:
    query = asked([EVERY_STATISTIC[statistic]], mechanism, by=["country"])

    published = releases(shop, query, mechanisms, RELEASES)
    seen = preview(shop(query), query, ASKED)

    assert all(values for values in published)
    assert not is_seen(published)
    assert not is_seen(seen)
    assert seen.withheld_groups == 1


@pytest.mark.parametrize("groups", GROUPS)
def test_however_groups_are_made_a_group_of_one_is_never_published_nor_previewed(
    shop: Shop, groups: dict[str, object]
) -> None:
    query = asked(list(EVERY_STATISTIC.values()), "gaussian", **groups)

    published = releases(shop, query, mechanisms, RELEASES)
    seen = preview(shop(query), query, ASKED)

    assert all(values for values in published)
    assert not is_seen(published)
    assert not is_seen(seen)
    assert seen.withheld_groups >= 1


def test_changed_answers_name_typed_groups_only(shop: Shop) -> None:
    query = asked(
        [{"count": "units"}],
        "randomised_response",
        by=["country"],
        public_keys={"country": ["DE", "FR"]},
    )

    published = releases(shop, query, mechanisms, 3)
    seen = preview(shop(query), query, ASKED)

    assert [[v.keys for v in values] for values in published] == [[("DE",), ("FR",)]] * 3
    assert not is_seen(published)
    assert not is_seen(seen)


@pytest.mark.parametrize("statistic", list(EVERY_STATISTIC))
@pytest.mark.parametrize("groups", GROUPS)
def test_without_the_threshold_the_canary_is_seen(
    shop: Shop, groups: dict[str, object], statistic: str
) -> None:
    """The attack itself works."""
    query = asked([EVERY_STATISTIC[statistic]], "gaussian", **groups)

    assert is_seen(releases(shop, query, WITHOUT_THRESHOLD, 1))


def test_without_the_threshold_the_preview_would_show_the_canary(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = asked([{"count": "rows"}], "gaussian", by=["country"])
    every = lambda aggregate, calibration: range(len(aggregate.keys))  # noqa: E731
    monkeypatch.setitem(preview.__globals__, "shown_groups", every)

    assert is_seen(preview(shop(query), query, ASKED))
