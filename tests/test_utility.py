"""What a released table is still good for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.anonymise.nouns import Roles, UseKind, Utility
from compliance.anonymise.utility import roles_of, utility
from compliance.anonymise.utility.encoding import encoding
from compliance.anonymise.utility.learners import accuracy, auc, logistic, naive_bayes
from compliance.dataset.nouns import Column, ColumnName, ColumnType
from compliance.dataset.table import Table
from compliance.discovery.nouns import IdentifierClass, Label
from tests.siege_cases import KNOWN, coarser, hierarchies, people, table

C = ColumnName
RNG = np.random.default_rng
TOLD = Roles(target=C("illness"), features=KNOWN)
SHOP = Roles(
    person=C("who"), product=C("item"), date=C("on"), amount=C("price"), quantity=C("pieces")
)


def by_kind(found: Sequence[Utility]) -> dict[UseKind, Utility]:
    return {each.kind: each for each in found}


def told(
    original: Mapping[str, Sequence[object]],
    released: Mapping[str, Sequence[object]],
    roles: Roles = TOLD,
    kind: UseKind = UseKind.CLASSIFIER,
    *,
    aligned: bool = True,
) -> Utility:
    after = table(released)
    rows = np.arange(after.rows) if aligned else None
    found = utility(table(original), after, roles, RNG(1), hierarchies=hierarchies(), rows=rows)
    return by_kind(found)[kind]


def sick_by_age() -> dict[str, list[object]]:
    """Gout from 48 on, and flu before: one of the coarser ages tells it all, but for 1 in 10."""
    lists = people()
    rng = RNG(2)
    lists["illness"] = [
        ("gout" if (int(str(age)) >= 48) != (rng.random() < 0.1) else "flu") for age in lists["age"]
    ]
    return lists


def test_a_classifier_loses_little_where_the_coarser_cells_say_the_same() -> None:
    lists = sick_by_age()
    done = told(lists, coarser(lists))

    assert done.original == pytest.approx(0.9, abs=0.06)
    assert done.released == pytest.approx(0.9, abs=0.06)
    assert done.baseline == pytest.approx(0.5, abs=0.1)
    assert (done.kept or 0) > 0.85


def test_a_classifier_loses_all_where_the_features_are_gone() -> None:
    lists = sick_by_age()
    blank = {**coarser(lists), "age": ["*"] * len(lists["age"])}
    done = told(lists, blank)

    assert done.kept is not None
    assert done.kept < 0.25


def test_the_original_released_as_it_is_is_told_exactly_as_well() -> None:
    lists = sick_by_age()

    for kind in (UseKind.CLASSIFIER, UseKind.RESPONSE):
        done = told(lists, lists, kind=kind)
        assert done.released == done.original


def test_responders_are_ranked_by_a_regression() -> None:
    lists = sick_by_age()
    done = told(lists, coarser(lists), kind=UseKind.RESPONSE)

    assert done.original is not None
    assert done.original > 0.85
    assert done.baseline == 0.5
    assert (done.kept or 0) > 0.85


def test_invented_rows_train_a_classifier_too() -> None:
    lists, other = sick_by_age(), people(seed=31)
    other["illness"] = ["gout" if int(str(age)) >= 48 else "flu" for age in other["age"]]
    done = told(lists, other, aligned=False)

    assert (done.kept or 0) > 0.85


def test_a_learner_is_tried_on_nobody_it_learnt_from() -> None:
    """A code of one's own tells a learner all about those it knows, and nothing of others."""
    lists = people(900)
    roles = Roles(target=C("illness"), features=(C("code"),))
    lists["code"] = [float(n) * 7.5 for n in range(900)]
    done = told(lists, lists, roles)

    assert done.original is not None
    assert done.original < 0.45


def test_an_answer_that_was_left_out_cannot_be_told_any_more() -> None:
    lists = sick_by_age()
    without = {name: values for name, values in lists.items() if name != "illness"}
    done = told(lists, without)

    assert done.released is None
    assert done.is_applicable
    assert done.kept == 0
    assert "“illness” is not in it" in done.sentence


def test_an_answer_made_coarser_cannot_be_told_any_more() -> None:
    lists = sick_by_age()
    done = told(lists, {**lists, "illness": ["*"] * len(lists["age"])})

    assert done.kept == 0
    assert "too few rows" in done.sentence


@pytest.mark.parametrize(
    ("roles", "kind", "words"),
    [
        pytest.param(Roles(), UseKind.CLASSIFIER, "no column is named", id="no target"),
        pytest.param(Roles(target=C("age")), UseKind.CLASSIFIER, "no columns", id="no features"),
        pytest.param(TOLD, UseKind.RESPONSE, "4 values, not two", id="four classes"),
        pytest.param(
            Roles(target=C("postcode"), features=KNOWN), UseKind.CLASSIFIER, "2 to 50", id="many"
        ),
        pytest.param(
            Roles(target=C("illness"), features=(C("shoe"),)), UseKind.CLASSIFIER, "shoe", id="gone"
        ),
        pytest.param(Roles(), UseKind.PROFILING, "no columns are named", id="profiling"),
        pytest.param(Roles(), UseKind.RECOMMENDATION, "no column is named", id="recommendation"),
        pytest.param(Roles(), UseKind.FORECAST, "no column is named", id="forecast"),
        pytest.param(Roles(date=C("age")), UseKind.FORECAST, "not hold dates", id="no dates"),
    ],
)
def test_what_does_not_apply_says_why(roles: Roles, kind: UseKind, words: str) -> None:
    done = told(people(), people(), roles, kind)

    assert not done.is_applicable
    assert done.kept is None
    assert "not applicable" in done.sentence
    assert words in done.sentence


def test_too_few_rows_are_not_judged() -> None:
    assert "too few rows" in told(people(40), people(40)).sentence


def sales(weeks: int = 40, seed: int = 4) -> dict[str, list[object]]:
    """Sales that rise and fall with the month; twins of articles go together."""
    rng, first = RNG(seed), dt.date(2024, 1, 1)
    rows: dict[str, list[object]] = {"who": [], "item": [], "on": [], "price": [], "pieces": []}
    for week in range(weeks):
        for _ in range(int(40 + 25 * np.sin(week / 3))):
            day = first + dt.timedelta(days=7 * week + int(rng.integers(0, 7)))
            who, article = int(rng.integers(0, 150)), int(rng.integers(0, 30))
            for item in (article, article ^ 1):
                rows["who"].append(f"c{who}")
                rows["item"].append(f"article {item}")
                rows["on"].append(day)
                rows["price"].append(10.5 + article)
                rows["pieces"].append(int(rng.integers(1, 4)))
    return rows


def of_shop(
    original: dict[str, list[object]], released: dict[str, list[object]]
) -> dict[UseKind, Utility]:
    return by_kind(utility(table(original), table(released), SHOP, RNG(0)))


def test_the_original_does_all_that_it_does() -> None:
    done = of_shop(sales(), sales())

    assert done[UseKind.PROFILING].released == pytest.approx(1)
    assert done[UseKind.RECOMMENDATION].released == pytest.approx(1)
    assert done[UseKind.FORECAST].released == done[UseKind.FORECAST].original
    assert [u.kept for u in done.values() if u.is_applicable] == [pytest.approx(1)] * 3


def test_names_of_customers_do_not_matter_and_their_number_does_not_either() -> None:
    """Pseudonyms keep profiles and what goes together."""
    lists = sales()
    renamed = {**lists, "who": [f"x{who}y" for who in lists["who"]]}
    done = of_shop(lists, renamed)

    assert done[UseKind.PROFILING].released == pytest.approx(1)
    assert done[UseKind.RECOMMENDATION].released == pytest.approx(1)


def test_customers_torn_apart_have_no_profile_and_no_neighbours() -> None:
    lists = sales()
    torn = {**lists, "who": [f"x{n}" for n in range(len(lists["who"]))]}
    done = of_shop(lists, torn)

    assert (done[UseKind.PROFILING].kept or 0) < 0.5
    assert done[UseKind.RECOMMENDATION].kept == 0


def test_best_sellers_are_compared_where_nobody_is_told_apart() -> None:
    lists = sales()
    without = {name: values for name, values in lists.items() if name != "who"}
    done = of_shop(lists, without)

    assert done[UseKind.RECOMMENDATION].released == 1
    assert "“who” is not in it" in done[UseKind.PROFILING].sentence
    assert done[UseKind.PROFILING].kept == 0


def test_sales_are_forecast_better_than_by_their_mean_until_all_weeks_are_alike() -> None:
    lists = sales()
    days = [dt.date(2024, 1, 1) + dt.timedelta(days=int(n)) for n in RNG(0).integers(0, 280, 9999)]
    mixed = {**lists, "on": days[: len(lists["on"])]}
    good, bad = of_shop(lists, lists)[UseKind.FORECAST], of_shop(lists, mixed)[UseKind.FORECAST]

    assert good.original is not None
    assert good.baseline is not None
    assert good.original < good.baseline
    assert bad.released is not None
    assert bad.released > 2 * good.original
    assert not good.higher_is_better


def test_sales_whose_prices_became_ranges_are_lost_with_the_original_error_known() -> None:
    lists = sales()
    done = of_shop(lists, {**lists, "price": ["10–20"] * len(lists["price"])})[UseKind.FORECAST]

    assert done.released is None
    assert done.original == of_shop(lists, lists)[UseKind.FORECAST].original
    assert done.kept == 0
    assert "“price” does not hold numbers" in done.sentence


def test_a_few_weeks_are_not_forecast() -> None:
    done = of_shop(sales(8), sales(8))[UseKind.FORECAST]

    assert "at least 16 weeks" in done.sentence


def test_a_coarser_cell_counts_as_each_of_its_values_in_equal_parts() -> None:
    original, released = table({"age": [18, 47, 48]}), table({"age": ["18–47", "*", "48"]})
    coded = encoding(original, released, KNOWN[:1], hierarchies())
    (block,) = coded.shown(np.arange(3))
    (exact,) = coded.exact(np.arange(3))

    assert block[0].max() == pytest.approx(1 / 30)
    assert block[1].max() == pytest.approx(1 / 60)
    assert block.sum(axis=1) == pytest.approx(1)
    assert (block[2] == exact[2]).all()
    assert block[0] @ exact[0] == block[0] @ exact[1] == pytest.approx(1 / 30)
    assert block[0] @ exact[2] == 0


def test_naive_bayes_counts_as_by_hand() -> None:
    """Class 0: a, a, b; class 1: b. P(a|0) = 2.5/4, P(a|1) = 0.5/2; priors 4/6, 2/6."""
    block = np.eye(2)[[0, 0, 1, 1]]
    scores = naive_bayes([block], np.array([0, 0, 0, 1]), 2)([np.eye(2)[[0]]])

    assert scores[0] == pytest.approx(np.log([4 / 6 * 2.5 / 4, 2 / 6 * 0.5 / 2]))
    assert accuracy(scores, np.array([0])) == 1


def test_the_regression_is_where_its_slope_is_nothing() -> None:
    rng = RNG(0)
    block, answer = np.eye(3)[rng.integers(0, 3, 400)], rng.integers(0, 2, 400)
    rank = logistic([block], answer)
    odds = rank([np.eye(3)])

    for value in range(3):
        share = answer[block[:, value] == 1].mean()
        assert 1 / (1 + np.exp(-odds[value])) == pytest.approx(share, abs=0.01)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 1)), min_size=2))
def test_the_auc_counts_pairs(rows: list[tuple[int, int]]) -> None:
    scores, target = (np.array(side) for side in zip(*rows, strict=True))
    if len(set(target.tolist())) == 2:
        pairs = [(a > b) + (a == b) / 2 for a in scores[target == 1] for b in scores[target == 0]]
        assert auc(scores.astype(float), target) == pytest.approx(np.mean(pairs))


def label(column: str, semantic: str, kind: IdentifierClass) -> Label:
    return Label(
        column=C(column),
        semantic_type=semantic,
        identifier_class=kind,
        confidence=1.0,
        evidence=("said so",),
    )


def test_roles_follow_the_labels() -> None:
    labels = [
        label("CustomerID", "customer_id", IdentifierClass.DIRECT),
        label("born", "birth_date", IdentifierClass.QUASI),
        label("InvoiceDate", "timestamp", IdentifierClass.NONE),
        label("StockCode", "product_id", IdentifierClass.NONE),
        label("UnitPrice", "money_amount", IdentifierClass.NONE),
        label("Quantity", "quantity", IdentifierClass.NONE),
        label("bought", "boolean", IdentifierClass.NONE),
    ]
    types = {"born": ColumnType.DATE, "InvoiceDate": ColumnType.TIMESTAMP}
    columns = [
        Column(name=each.column, type=types.get(each.column, ColumnType.TEXT)) for each in labels
    ]

    roles = roles_of(labels, columns, target=C("bought"))

    assert (roles.person, roles.date, roles.product) == ("CustomerID", "InvoiceDate", "StockCode")
    assert (roles.amount, roles.quantity, roles.target) == ("UnitPrice", "Quantity", "bought")
    assert "CustomerID" not in roles.features
    assert "bought" not in roles.features
    assert "born" in roles.features


@pytest.mark.realdata
def test_a_known_classifier_on_real_people(shared_data: Path) -> None:
    """Naive Bayes tells the salary class of Adult right for about 4 of 5 people (Kohavi 1996)."""
    import pyarrow as pa
    from pyarrow import csv

    from compliance.dataset.cleaning import clean

    path = shared_data / "adult_arx" / "adult.csv"
    read: pa.Table = csv.read_csv(path, parse_options=csv.ParseOptions(delimiter=";"))
    people = Table.in_memory(clean(read).table)
    names = tuple(C(name) for name in read.column_names if name != "salary-class")
    found = by_kind(
        utility(people, people, Roles(target=C("salary-class"), features=names), RNG(0))
    )

    accuracy_ = found[UseKind.CLASSIFIER].original
    auc_ = found[UseKind.RESPONSE].original
    assert accuracy_ is not None
    assert auc_ is not None
    assert 0.77 < accuracy_ < 0.85
    assert 0.84 < auc_ < 0.92
