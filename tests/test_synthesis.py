"""Invented rows: few public categories go in, and what comes out is paid for and stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from compliance.dataset import RawFile, Table
from compliance.dataset.nouns import Column, Description
from compliance.errors import (
    BudgetExceededError,
    ComplianceError,
    MalformedQueryError,
    MissingGroupError,
    MissingUnitError,
    NothingInventedError,
    PrivacyParameterError,
    TakenNameError,
    UnknownColumnError,
)
from compliance.privacy import (
    coded_rows,
    from_synthesis,
    loss_of,
    price_of,
    synthesis_event,
    synthesisers,
    to_synthesis,
    to_texts,
)
from compliance.privacy.nouns import Budget, SpendState
from compliance.privacy.nouns.synthesis import SynthesisPlan
from compliance.workspace import Workspace

Stored = Callable[..., tuple[Table, tuple[Column, ...]]]
KEY = b"k" * 32
ASKED = Budget(epsilon=Decimal(2), delta=Decimal("1e-6"))
RAW: dict[str, Any] = {
    "unit": "customer",
    "columns": ["country", {"column": "amount", "edges": [0, 30, 60, 100]}],
    "public_keys": {"country": ["DE", "FR", "CN"]},
    "max_rows": 2,
    "rows": 400,
}


def plan(**change: object) -> SynthesisPlan:
    return to_synthesis({**RAW, **change})


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"algorithm": "aim", "rows": None, "where": "amount > 5"},
        {"columns": ["country", {"column": "day", "per": "month"}],
         "public_keys": {"country": ["DE"], "day": ["2024-01", "2024-02"]}},
    ],
    ids=["edges", "aim", "calendar"],
)  # fmt: skip
def test_a_plan_written_out_is_read_back_the_same(change: dict[str, object]) -> None:
    asked = plan(**change)

    assert to_synthesis(from_synthesis(asked)) == asked


MALFORMED = [
    pytest.param("text", MalformedQueryError, "the top", id="not a mapping"),
    pytest.param({**RAW, "by": ["x"]}, MalformedQueryError, "by", id="unknown setting"),
    pytest.param({**RAW, "unit": None}, MissingUnitError, "whose privacy", id="no unit"),
    pytest.param({**RAW, "columns": ["country"]}, MalformedQueryError, "2 to 12", id="one column"),
    pytest.param({**RAW, "columns": []}, MalformedQueryError, "2 to 12", id="no columns"),
    pytest.param({**RAW, "columns": "a"}, MalformedQueryError, "lists", id="a word"),
    pytest.param(
        {**RAW, "columns": ["country", "device"]}, MalformedQueryError, "may hold", id="no keys"
    ),
    pytest.param(
        {**RAW, "columns": ["country", "country"]}, MalformedQueryError, "twice", id="twice"
    ),
    pytest.param({**RAW, "max_rows": 0}, MalformedQueryError, "whole number", id="no rows"),
    pytest.param({**RAW, "rows": "many"}, MalformedQueryError, "whole number", id="words"),
    pytest.param({**RAW, "algorithm": "gan"}, MalformedQueryError, "mst or aim", id="algorithm"),
    pytest.param({**RAW, "public_keys": ["DE"]}, MalformedQueryError, "each column", id="keys"),
    pytest.param(
        {**RAW, "public_keys": {"country": [str(n) for n in range(501)]}},
        MalformedQueryError,
        "at most 500",
        id="too many values",
    ),
    pytest.param(
        {
            **RAW,
            "columns": ["country", "customer"],
            "public_keys": {"country": ["DE"], "customer": ["1"]},
        },
        MalformedQueryError,
        "publish people",
        id="the person's own column",
    ),
]


@pytest.mark.parametrize(("raw", "error", "says"), MALFORMED)
def test_what_cannot_be_invented_is_refused_with_its_place(
    raw: object, error: type[ComplianceError], says: str
) -> None:
    with pytest.raises(error, match=says):
        to_synthesis(raw)


def test_only_listed_values_of_a_few_rows_per_person_are_looked_at(stored: Stored) -> None:
    table, columns = stored(
        customer=["a"] * 5 + ["b", "c", "d"],
        country=["DE"] * 5 + ["FR", "Rareland", None],
        amount=[10, 20, 40, 50, 70, 200, 10, 10],
    )

    country, amount = coded_rows(table, plan(), columns, KEY)

    assert Counter(country.tolist()) == {0: 2, 1: 1}
    assert set(amount.tolist()) <= {0, 1, 2}
    assert amount[country == 1].tolist() == [2]


def test_what_is_looked_at_of_others_does_not_change_with_one_person(stored: Stored) -> None:
    people = [f"p{n}" for n in range(30) for _ in range(4)]
    rows = {"country": ["DE", "FR", "CN", "DE"] * 30, "amount": [n % 97 for n in range(120)]}
    table, columns = stored(customer=people, **rows)
    without, _ = stored(customer=people[4:], **{name: v[4:] for name, v in rows.items()})

    counted = [
        Counter(zip(*(c.tolist() for c in coded_rows(t, plan(), columns, KEY)), strict=True))
        for t in (table, without)
    ]

    assert not counted[1] - counted[0]
    assert sum((counted[0] - counted[1]).values()) == 2


def test_codes_that_stand_for_nothing_are_left_out() -> None:
    texts = to_texts([np.array([0, 2, -1, 7]), np.array([1, 0, 0, 1])], plan())

    assert texts == {"country": ["DE", "CN"], "amount": ["30 to 60", "0 to 30"]}


def test_the_whole_budget_asked_is_used() -> None:
    price = price_of(loss_of([synthesis_event(ASKED)]), ASKED.delta)

    assert ASKED.epsilon * Decimal("0.9999") <= price.epsilon <= ASKED.epsilon


def test_without_delta_nothing_is_invented() -> None:
    with pytest.raises(PrivacyParameterError, match="δ"):
        synthesis_event(Budget(epsilon=Decimal(1), delta=Decimal(0)))


@pytest.fixture
def desk(workspace: Workspace, orders_csv: bytes) -> Workspace:
    said = Description(population="customers", purpose="orders", region="DE")
    workspace.add_files([RawFile(name="orders.csv", data=orders_csv)], "orders", said)
    return workspace


@pytest.mark.parametrize("algorithm", ["mst", pytest.param("aim", marks=pytest.mark.anywhere)])
def test_invented_rows_become_a_dataset_and_are_paid_for(desk: Workspace, algorithm: str) -> None:
    done = desk.synthesise("orders", plan(algorithm=algorithm), ASKED, "invented")

    made, state = desk.dataset("invented"), desk.budget("customers")
    assert made.id == done.made
    assert 300 <= made.rows <= 400  # rows with a value that nobody listed are left out
    assert [str(name) for name in made.column_names] == ["country", "amount"]
    assert made.population == "invented"
    assert [(s.purpose, s.state) for s in state.spends] == [(done.id, SpendState.SETTLED)]
    assert desk.syntheses("orders") == (done,)
    assert [(e.step, e.made.id) for e in desk.proof.lineage.edges(["invented"])] == [
        ("synthesised", "invented@1")
    ]
    assert desk.verify_trail().ok
    assert set(done.libraries) == {"opendp", "mbi", "polars"}


def no_rows(*_: object) -> list[Any]:
    return [np.array([], dtype=np.int64)] * 2


def test_an_attempt_that_gives_no_row_is_paid_for(
    desk: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synthesisers, "invent", no_rows)

    with pytest.raises(NothingInventedError) as told:
        desk.synthesise("orders", plan(), ASKED, "invented")

    (spend,) = desk.budget("customers").spends
    assert spend.purpose == told.value.facts["synthesis"]
    assert [str(d.name) for d in desk.datasets()] == ["orders"]


def test_without_the_optional_group_it_is_refused_before_anything_is_reserved(
    desk: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synthesisers, "find_spec", lambda name: None)

    with pytest.raises(MissingGroupError, match="synthetic"):
        desk.synthesise("orders", plan(), ASKED, "invented")

    assert desk.budget("customers").spends == ()


REFUSED = [
    pytest.param({}, "orders", ASKED, TakenNameError, id="a name that is taken"),
    pytest.param(
        {"columns": ["country", "nowhere"], "public_keys": {"country": ["DE"], "nowhere": ["x"]}},
        "new",
        ASKED,
        UnknownColumnError,
        id="an unknown column",
    ),
    pytest.param(
        {}, "new", Budget(epsilon=Decimal(99), delta=Decimal("1e-6")), BudgetExceededError, id="ε"
    ),
]


@pytest.mark.parametrize(("change", "name", "asked", "error"), REFUSED)
def test_refusals_cost_nothing(
    desk: Workspace,
    change: dict[str, object],
    name: str,
    asked: Budget,
    error: type[ComplianceError],
) -> None:
    with pytest.raises(error):
        desk.synthesise("orders", plan(**change), asked, name)

    assert desk.budget("customers").spends == ()
