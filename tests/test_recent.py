"""What the desk keeps in memory: shared where it may be, and never too much of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from compliance.privacy import bound, to_query
from compliance.privacy.nouns import Budget, Preview
from compliance.settings import Settings
from compliance.workspace import Workspace, desk
from compliance.workspace.recent import Recent

AMOUNT = {"column": "amount", "lower": 0, "upper": 100}
ASKED = Budget(epsilon=Decimal(1), delta=Decimal("1e-6"))


def look(workspace: Workspace, **change: object) -> Preview:
    raw: dict[str, Any] = {"unit": "customer", "by": ["country"], "statistics": [{"sum": AMOUNT}]}
    return workspace.preview("orders", to_query({**raw, **change}), ASKED)


def test_statistics_with_the_same_bounds_share_the_rows_that_count(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    bounded: list[object] = []

    def counted(*given: Any) -> Any:
        bounded.append(given)
        return bound(*given)

    monkeypatch.setattr(desk, "bound", counted)
    look(shop)
    shared = look(shop, statistics=[{"mean": AMOUNT}, {"count": "rows"}])
    other = look(shop, statistics=[{"mean": AMOUNT}, {"count": "rows"}], max_rows_per_group=2)

    alone = Workspace(Settings.from_environment({}, home=shop.settings.home))
    assert len(bounded) == 2
    assert shared == look(alone, statistics=[{"mean": AMOUNT}, {"count": "rows"}])
    assert other != shared


def test_what_is_kept_is_made_once() -> None:
    made: list[str] = []
    kept: Recent[str] = Recent(2, lambda _: 1)

    for name in "aba":
        kept.get((name,), lambda name=name: made.append(name) or name)  # type: ignore[misc]

    assert made == ["a", "b"]


def test_the_least_used_leaves_when_all_weigh_too_much() -> None:
    made: list[int] = []
    kept: Recent[int] = Recent(10, lambda weight: weight)

    for weight in (4, 5, 4, 3, 4, 5):  # with 3 it is 12: 5 was used least lately
        kept.get((str(weight),), lambda weight=weight: made.append(weight) or weight)  # type: ignore[misc]

    assert made == [4, 5, 3, 5]


def test_what_is_too_heavy_alone_is_kept_while_it_is_the_last() -> None:
    kept: Recent[list[int]] = Recent(10, len)

    first = kept.get(("a",), lambda: [0] * 99)

    assert kept.get(("a",), list) is first
