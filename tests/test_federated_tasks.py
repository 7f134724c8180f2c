"""Profiles, recommendations and forecasts: what becomes of a table, and what of bad ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from federated_buyers import HISTORY, PERSON, START, purchases, weeks
from federated_cases import Store, secrets, those

from compliance.errors import (
    ComplianceError,
    MalformedPlanError,
    MissingPersonError,
    TooFewSitesError,
    UnknownColumnError,
)
from compliance.federated import Problem, finish, naive_metric, prepare, to_plan, train
from compliance.federated.naive import repeated
from compliance.federated.nouns import History, Metric, Outcome, Strategy

LAST = START + timedelta(days=360)
SHOP = {
    "sites": {"column": "country"},
    "history": {"time": "when", "item": "product", "quantity": "pieces", "price": "price"},
}
PROFILE = {"task": "profile", **SHOP}
RECOMMEND = {"task": "recommend", **SHOP}
SALES = {"task": "forecast", **SHOP, "minimum_records": 5}
WEEKS = {"task": "forecast", "sites": {"count": 3}}


def prepared(
    store: Store, columns: Mapping[str, Sequence[object]], raw: object, unit: str | None = PERSON
) -> Problem:
    table, known = store(**columns)
    return prepare(table, known, to_plan(raw), unit=unit)  # type: ignore[arg-type]


def ran(problem: Problem, raw: object) -> Outcome:
    *_, run = train(problem, to_plan(raw))
    return finish(problem, to_plan(raw), run)


def bought(
    *rows: tuple[str, str, int, str, int, float], filler: int = 60
) -> dict[str, list[object]]:
    """Purchases of `rows` (who, where, how many days before the last day, what, pieces, price)
    among those of others, at the same places, of whom every other comes back."""
    others = [
        (f"other {number}", ("here", "there")[number % 2], day, item, 1 + number % 7, 2.0)
        for number in range(filler)
        for day, item in ((200, "tea"), (0 if number % 4 < 2 else 120, ("milk", "oil")[number % 2]))
    ]
    names = ("customer", "country", "when", "product", "pieces", "price")
    filled = [(w, p, LAST - timedelta(days=d), i, n, c) for w, p, d, i, n, c in (*rows, *others)]
    return {
        name: list(column) for name, column in zip(names, zip(*filled, strict=True), strict=True)
    }


def examples(problem: Problem) -> list[tuple[bytes, float, int]]:
    """What the model sees of each row, with the answer and whose it is."""
    rows = len(problem.inputs) - 1
    return sorted(
        (problem.inputs[row].tobytes(), float(problem.answers[row]), int(problem.person[row]))
        for row in range(rows)
    )


def small(value: float) -> float:
    return float(np.sign(value) * np.log1p(abs(value)))


def test_a_profile_tells_recency_frequency_and_worth_at_one_site(stored: Store) -> None:
    columns = bought(
        ("ann", "here", 90, "cup", 2, 10.0),
        ("ann", "here", 100, "pot", 3, 100.0),
        ("ann", "here", 100, "cup", -1, 10.0),
        ("ann", "here", 290, "cup", 1, 10.0),
        ("ann", "here", 89, "cup", 1, 700.0),
        ("ann", "there", 300, "pot", 1, 55.0),
    )
    problem = prepared(stored, columns, PROFILE)
    spent = 20 + 300 - 10 + 10
    expected = [
        *(small(0 / 90), small(200 / 90)),
        *(small(count) / 2 for count in (3, 2, 2, 2, 1)),
        *(small(amount / 500) for amount in (spent, spent / 3, 310, -10)),
        1,
    ]

    rows = [row for row in range(len(problem.answers) - 1) if problem.answers[row] == 2]
    assert len(rows) == 1
    assert problem.inputs[rows[0]] == pytest.approx(expected)
    elsewhere = np.flatnonzero(problem.person == problem.person[rows[0]])
    assert problem.answers[elsewhere].tolist() == [2, 0] or problem.answers[elsewhere].tolist() == [
        0,
        2,
    ]


@pytest.mark.parametrize(
    ("worth", "tiers", "kind"),
    [
        pytest.param(0, None, 0, id="nothing spent"),
        pytest.param(-5, None, 0, id="more returned than bought"),
        pytest.param(499, None, 1, id="below the edge"),
        pytest.param(500, None, 2, id="on the edge"),
        pytest.param(30, [10, 20, 100], 3, id="edges that the plan names"),
    ],
)
def test_the_answer_is_the_tier_of_what_is_spent_later(
    stored: Store, worth: float, tiers: list[float] | None, kind: int
) -> None:
    rows = [("ann", "here", 299, "gold", 1, 99_999.0)]
    if worth:
        rows.append(("ann", "here", 3, "cup", 1 if worth > 0 else -1, abs(worth)))
    history = SHOP["history"] | ({"tiers": tiers} if tiers else {})  # type: ignore[operator]
    problem = prepared(stored, bought(*rows), {**PROFILE, "history": history})
    richest = problem.inputs[:, 7].argmax()

    assert problem.answers[richest] == kind
    assert problem.answers_known == len(tiers or [500]) + 2


def test_edges_without_a_price_count_pieces() -> None:
    assert History().edges == (3.0,)
    assert HISTORY.edges == (500.0,)
    assert replace(HISTORY, tiers=(1.0, 2.0)).edges == (1.0, 2.0)


@pytest.mark.parametrize("tiers", [[], [5, 5], [0, 3], [9, 4], ["many"], 7, [1] * 9], ids=str)
def test_edges_that_do_not_rise_are_refused(tiers: object) -> None:
    with pytest.raises(MalformedPlanError, match=r"history\.tiers"):
        to_plan({**PROFILE, "history": {"time": "when", "tiers": tiers}})


def test_with_a_target_a_profile_is_a_rows_column(stored: Store) -> None:
    columns = {
        "customer": list(range(300)),
        "income": [10_000 * (row % 5) for row in range(300)],
        "job": [("clerk", "cook", "judge")[row % 5 // 2] for row in range(300)],
    }
    raw = {"task": "profile", "target": "job", "sites": {"count": 3}}
    problem = prepared(stored, columns, raw)

    outcome = ran(problem, raw)

    assert problem.features == ("income",)
    assert problem.answers_known == 3
    assert outcome.metric is Metric.ACCURACY


@pytest.mark.parametrize("raw", [PROFILE, RECOMMEND], ids=["profile", "recommend"])
def test_one_persons_rows_change_nobody_elses_examples(
    stored: Store, raw: dict[str, object]
) -> None:
    whole = purchases()
    one = next(name for name in whole["customer"] if name != "c0")
    kept = [row for row, name in enumerate(whole["customer"]) if name != one]
    changed = dict(whole) | {
        "pieces": [
            999 if name == one else pieces
            for name, pieces in zip(whole["customer"], whole["pieces"], strict=True)
        ]
    }
    everybody = examples(prepared(stored, whole, raw))

    for other in (those(whole, kept), changed):
        found = examples(prepared(stored, other, raw))
        persons = {person for *_, person in everybody} & {person for *_, person in found}
        differing = {person for *_, person in set(everybody) ^ set(found)}

        assert len(differing) == 1
        assert len(persons) >= 230


@pytest.mark.parametrize("raw", [PROFILE, SALES], ids=["profile", "forecast"])
def test_a_last_day_in_the_plan_keeps_one_late_purchase_from_moving_the_others(
    stored: Store, raw: dict[str, object]
) -> None:
    whole = purchases()
    late = {**whole, "when": [*whole["when"][:-1], whole["when"][-1] + timedelta(days=30)]}

    def seen(columns: dict[str, list[object]], **days: object) -> bytes:
        history = {**SHOP["history"], **days}  # type: ignore[dict-item]
        return prepared(stored, columns, {**raw, "history": history}).inputs.tobytes()

    fixed = {"since": "2025-01-01", "until": "2025-12-26"}
    assert seen(whole) != seen(late)
    assert seen(whole, **fixed) == seen(late, **fixed)
    assert seen(whole, **fixed) != seen(whole, since="2025-01-01", until="2025-10-01")


@pytest.mark.parametrize(
    "raw", [PROFILE, RECOMMEND, SALES], ids=["profile", "recommend", "forecast"]
)
def test_the_order_of_purchases_in_the_file_changes_no_bit(
    stored: Store, raw: dict[str, object]
) -> None:
    columns = purchases()
    order = np.random.default_rng(5).permutation(len(columns["when"])).tolist()
    one = prepared(stored, columns, raw)
    other = prepared(stored, those(columns, order), raw)

    assert one.inputs.tobytes() == other.inputs.tobytes()
    assert one.answers.tobytes() == other.answers.tobytes()


def test_an_item_bought_often_is_one_example_and_a_returned_one_is_none(stored: Store) -> None:
    columns = bought(
        ("ann", "here", 50, "cup", 2, 1.0),
        ("ann", "here", 40, "cup", 5, 1.0),
        ("ann", "here", 30, "pot", -1, 1.0),
        ("ann", "here", 20, "jar", 1, 1.0),
        ("bob", "there", 20, "pot", 1, 1.0),
        ("bob", "there", 20, "cup", 1, 1.0),
    )
    problem = prepared(stored, columns, {**RECOMMEND, "minimum_records": 1})
    catalogue = ["cup", "jar", "milk", "oil", "pot", "tea"]

    assert problem.answers_known == 6
    assert problem.answers.tolist() == problem.inputs[:, 0].tolist()
    baskets = [
        sorted(catalogue[int(place)] for place in problem.inputs[:-1][problem.person == person, 0])
        for person in np.unique(problem.person)
    ]
    assert ["cup", "jar"] in baskets
    assert ["cup", "pot"] in baskets


def test_the_item_asked_for_is_the_one_that_was_taken_up_last(stored: Store) -> None:
    rows = [
        (f"ann {number}", "here", day, item, 1, 1.0)
        for number in range(40)
        for day, item in ((9, "pot"), (8, "cup"), (1, "pot"), (7, "jar"), (30, "tea"))
    ]
    problem = prepared(stored, bought(*rows), RECOMMEND)
    held_out = problem.held_out_rows
    person = problem.person[held_out]
    first = np.flatnonzero(np.append(True, person[1:] != person[:-1]))

    asked = problem.inputs[held_out, 0][first].tolist()
    assert asked.count(1.0) > 3  # the jar, of all items in their order
    assert set(asked) == {1.0, 2.0, 3.0}  # and what others took up last


def test_held_out_people_with_one_item_are_left_out_and_counted(stored: Store) -> None:
    rows = [(f"ann {number}", "here", 9, "cup", 1, 1.0) for number in range(100)]
    problem = prepared(stored, bought(*rows), RECOMMEND)
    sizes = np.unique(problem.person[problem.held_out_rows], return_counts=True)[1]

    assert set(sizes.tolist()) == {2}
    assert 5 < problem.left_out.without_answer < 45  # about a fifth of a hundred


@pytest.mark.parametrize(
    ("raw", "column"),
    [
        (PROFILE, "customer"),
        (PROFILE, "when"),
        (RECOMMEND, "customer"),
        (RECOMMEND, "product"),
        (SALES, "when"),
    ],
    ids=lambda value: value if isinstance(value, str) else value["task"],
)
def test_rows_that_lack_what_the_task_is_about_are_left_out_and_counted(
    stored: Store, raw: dict[str, object], column: str
) -> None:
    columns = purchases()
    before = prepared(stored, columns, raw)
    more = {name: [*values, *values[:50]] for name, values in columns.items()}
    more[column][-50:] = [None] * 50
    after = prepared(stored, more, raw)

    assert after.left_out.without_answer == before.left_out.without_answer + 50
    assert after.inputs.tobytes() == before.inputs.tobytes()


def test_rows_without_a_site_are_left_out_and_counted(stored: Store) -> None:
    columns = purchases()
    columns["country"][:30] = [None] * 30

    assert prepared(stored, columns, SALES).left_out.without_site == 30
    assert prepared(stored, columns, RECOMMEND).left_out.without_site > 0


def test_buyers_without_a_past_have_nothing_to_tell_from(stored: Store) -> None:
    columns = bought(*((f"new {number}", "here", 3, "cup", 1, 1.0) for number in range(9)))

    assert prepared(stored, columns, PROFILE).left_out.without_answer == 9


def test_windows_of_a_wide_table(stored: Store) -> None:
    columns = weeks()
    problem = prepared(stored, columns, WEEKS, unit=None)
    code = 7
    level = np.log1p([columns[f"W{week}"][code] for week in range(40)]) / 2  # type: ignore[arg-type]

    assert problem.features == tuple(f"W{week}" for week in range(40))
    assert problem.training_rows == 60 * (40 - 8 - 13)
    assert problem.held_out.sum() == 60 * 13
    before = level[20:28]
    expected = [*(before - before.mean()), before.mean(), 1]
    rows = np.flatnonzero(np.abs(problem.inputs[:-1] - expected).max(axis=1) < 1e-12)
    assert problem.answers[rows].tolist() == pytest.approx([level[28]])


def test_a_forecast_is_tested_on_the_last_periods_alone(stored: Store) -> None:
    columns = weeks()
    changed = columns | {f"W{week}": columns["MAX"] for week in range(27, 40)}
    one, other = (prepared(stored, table, WEEKS, unit=None) for table in (columns, changed))

    def learnt(problem: Problem, rows: slice) -> list[tuple[bytes, float]]:
        pairs = zip(problem.inputs[rows], problem.answers[rows], strict=True)
        return sorted((inputs.tobytes(), float(answer)) for inputs, answer in pairs)

    training = slice(0, one.training_rows)
    assert learnt(one, training) == learnt(other, training)
    assert learnt(one, one.held_out_rows) != learnt(other, other.held_out_rows)


def test_repeating_the_last_period_is_what_a_forecast_must_beat(stored: Store) -> None:
    problem = prepared(stored, weeks(), WEEKS, unit=None)
    outcome = ran(problem, WEEKS)
    answers = problem.answers[problem.held_out_rows]
    naive = naive_metric(problem, to_plan(WEEKS))
    missed = ((repeated(problem) - answers) ** 2).sum() / ((answers - answers.mean()) ** 2).sum()

    assert naive == pytest.approx(1 - missed)
    assert outcome.metric is Metric.R2
    assert outcome.rounds[-1].metric > 1 - missed
    assert outcome.baselines is not None
    assert outcome.rounds[-1].metric == pytest.approx(outcome.baselines.centralised, abs=0.01)


def test_features_name_the_periods_in_their_order(stored: Store) -> None:
    names = [f"W{week}" for week in range(39, -1, -1)]
    problem = prepared(stored, weeks(), {**WEEKS, "features": names}, unit=None)

    assert problem.features == tuple(names)


def test_a_gap_in_the_numbers_ends_a_run_of_periods(stored: Store) -> None:
    columns = weeks()
    del columns["W3"]
    for week in range(20):
        del columns[f"Normalized {week}"]

    assert prepared(stored, columns, WEEKS, unit=None).features == tuple(
        f"W{week}" for week in range(4, 40)
    )


def test_a_series_with_a_missing_week_loses_what_needs_it(stored: Store) -> None:
    columns = weeks()
    columns["W20"][4] = None  # within reach of nine examples

    assert prepared(stored, columns, WEEKS, unit=None).left_out.without_answer == 9


def test_sales_of_a_long_table_are_summed_by_site_and_whole_week(stored: Store) -> None:
    sold = [
        ("ann", "here", day, "cup", 2, 10.0) for day in range(364) for _ in range(1 + day // 7 % 3)
    ]
    columns = bought(*sold, ("ann", "here", 365, "cup", 9999, 9.0), filler=0)
    again = {name: values * 2 for name, values in columns.items()}
    again["country"] = ["here"] * len(columns["when"]) + ["there"] * len(columns["when"])
    problem = prepared(stored, again, SALES)
    weeks_sold = {round(np.expm1(2 * answer)) for answer in problem.answers[:-1]}

    assert weeks_sold == {140, 280, 420}  # the 365th day before the end is in no whole week
    assert len(problem.answers) - 1 == 2 * (52 - 8)
    assert problem.held_out.tolist() == [13, 13]


def test_a_sites_series_begins_with_its_first_sale(stored: Store) -> None:
    sold = [
        ("ann", place, day, "cup", 2, 10.0) for place in ("here", "there") for day in range(364)
    ]
    late = [("bob", "late", day, "cup", 1, 5.0) for day in range(0, 200, 9)]
    problem = prepared(stored, bought(*sold, *late, filler=0), SALES)

    assert (problem.sites.sizes + problem.held_out).tolist() == [44, 29 - 8, 44]
    assert problem.left_out.without_answer == 44 - 21


@pytest.mark.parametrize(
    ("raw", "unit"),
    [(PROFILE, PERSON), (RECOMMEND, PERSON), (SALES, PERSON), (WEEKS, None)],
    ids=["profile", "recommend", "sales", "weeks"],
)
def test_each_task_has_all_three_results_and_something_to_beat(
    stored: Store, raw: dict[str, object], unit: str | None
) -> None:
    columns = weeks() if raw is WEEKS else purchases(people=480)
    problem = prepared(stored, columns, raw, unit)
    outcome = ran(problem, raw)
    naive = naive_metric(problem, to_plan(raw))

    assert naive is not None
    assert outcome.baselines is not None
    assert outcome.rounds[-1].metric > naive
    assert np.isfinite([outcome.baselines.centralised, outcome.baselines.local]).all()
    assert len(outcome.sites) == 3


def test_what_is_said_without_learning_is_measured_for_every_kind_of_answer(stored: Store) -> None:
    columns = {
        "word": [("a", "b", "c")[row % 3 % (1 + row % 2 * 2)] for row in range(400)],
        "yes": ["no", "yes"] * 200,
        "number": list(range(400)),
        "x": [row % 7 for row in range(400)],
    }
    plain = {"sites": {"count": 2}}
    kinds = {
        name: naive_metric(
            prepared(stored, columns, {**plain, "target": name, "model": model}, None),
            to_plan({**plain, "target": name, "model": model}),
        )
        for name, model in (("word", "softmax"), ("yes", "logistic"), ("number", "linear"))
    }

    assert kinds["word"] == pytest.approx(2 / 3, abs=0.1)
    assert kinds["yes"] == pytest.approx(0.5)
    assert kinds["number"] == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize(
    ("raw", "unit"),
    [(PROFILE, PERSON), (WEEKS, None), (SALES, PERSON)],
    ids=["profile", "weeks", "sales"],
)
def test_noise_applies_to_every_task(
    stored: Store, raw: dict[str, object], unit: str | None
) -> None:
    noise: dict[str, object] = {"noise_multiplier": 0.5}
    if raw is SALES:
        noise["unit"] = "site"
    said = {**raw, "privacy": noise, "rounds": 3}
    problem = prepared(stored, weeks() if raw is WEEKS else purchases(), said, unit)
    *_, run = train(problem, to_plan(said), secrets=secrets(1))

    assert np.isfinite(run.model).all()
    assert problem.units is not None
    assert problem.units.clients.sizes.max() <= max(problem.units.clients.most, 20)
    assert problem.units.clients.most > 1


def _without(name: str) -> dict[str, object]:
    history = SHOP["history"]
    assert isinstance(history, dict)
    return {"history": {key: value for key, value in history.items() if key != name}}


NOISE = {"noise_multiplier": 1}
REFUSED: list[tuple[dict[str, object], dict[str, object], type[ComplianceError], str]] = [
    ({**PROFILE, **_without("time")}, {}, MalformedPlanError, "needs a column that says when"),
    ({**RECOMMEND, **_without("item")}, {}, MalformedPlanError, "says what was bought"),
    (PROFILE, {"when": "a while ago"}, MalformedPlanError, "no dates or times"),
    (PROFILE, {"when": None}, ComplianceError, "“when”"),
    (PROFILE, {"pieces": "some"}, MalformedPlanError, "“pieces” holds no numbers"),
    (RECOMMEND, {"product": "one"}, MalformedPlanError, "1 different items"),
    (SALES, {"when": LAST}, MalformedPlanError, "there are 0 periods"),
    (PROFILE, {"when": LAST}, MalformedPlanError, "before the last 90 days"),
    ({**PROFILE, "sites": {"column": "shop"}}, {}, UnknownColumnError, "“shop”"),
    ({**PROFILE, "privacy": {**NOISE, "unit": "row"}}, {}, MalformedPlanError, "several of a"),
    (
        {**RECOMMEND, "privacy": {**NOISE, "unit": "device", "column": "product"}},
        {},
        MalformedPlanError,
        "protect persons or sites",
    ),
    ({**SALES, "privacy": NOISE}, {}, MalformedPlanError, "only sites can be protected"),
    ({**SALES, "sites": {"count": 3}}, {}, MalformedPlanError, "a column must say which"),
    ({**SALES, **_without("time")}, {}, MalformedPlanError, "no columns are numbered"),
    ({**RECOMMEND, "sites": {"column": "country"}}, {"pieces": -1}, MalformedPlanError, "bought"),
]


@pytest.mark.parametrize(
    ("raw", "changes", "error", "words"),
    REFUSED,
    ids=[f"{case[0]['task']}: {case[3]}" for case in REFUSED],
)
def test_what_cannot_be_learnt_from_is_refused_in_a_sentence(
    stored: Store,
    raw: dict[str, object],
    changes: dict[str, object],
    error: type[ComplianceError],
    words: str,
) -> None:
    columns = purchases(people=60)
    for name, value in changes.items():
        columns[name] = [value] * len(columns[name])

    with pytest.raises(error, match=words):
        prepared(stored, columns, raw)


@pytest.mark.parametrize("raw", [PROFILE, RECOMMEND], ids=["profile", "recommend"])
def test_who_is_who_must_be_known(stored: Store, raw: dict[str, object]) -> None:
    with pytest.raises(MissingPersonError, match="tells people apart"):
        prepared(stored, purchases(people=30), raw, unit=None)


@pytest.mark.parametrize("task", ["recommend", "forecast"])
def test_a_task_that_says_what_is_told_takes_no_target(task: str) -> None:
    with pytest.raises(MalformedPlanError, match="leave the target out"):
        to_plan({"task": task, "sites": {"column": "country"}, "target": "price"})


def test_too_few_weeks_are_refused(stored: Store) -> None:
    with pytest.raises(MalformedPlanError, match=r"there are 21 periods.* need 22"):
        prepared(stored, weeks(periods=21), WEEKS, unit=None)


def test_text_among_the_periods_is_refused(stored: Store) -> None:
    with pytest.raises(MalformedPlanError, match="“code” holds no numbers"):
        prepared(stored, weeks(), {**WEEKS, "features": ["W1", "code"]}, unit=None)


def test_a_site_with_one_purchase_is_left_out_and_counted(stored: Store) -> None:
    columns = purchases()
    columns["country"][5] = "nowhere"

    for raw in (PROFILE, RECOMMEND):
        problem = prepared(stored, columns, raw)

        assert problem.sites_left_out == 1
        assert problem.left_out.at_small_sites == 1
    with pytest.raises(TooFewSitesError):
        prepared(stored, columns | {"country": ["one"] * len(columns["country"])}, PROFILE)


def test_each_task_comes_with_settings_of_its_own() -> None:
    assert to_plan(PROFILE).strategy is Strategy.FEDAVGM
    assert to_plan({**PROFILE, "strategy": "fedavg"}).strategy is Strategy.FEDAVG
    assert to_plan(RECOMMEND).rounds == 10
    assert to_plan(WEEKS).learning_rate == 0.02
    assert to_plan({**WEEKS, "learning_rate": 0.5}).learning_rate == 0.5
    assert to_plan({**PROFILE, "privacy": NOISE}).fraction == 0.1
    assert to_plan({**PROFILE, "privacy": NOISE}).learning_rate == 0.05
    assert to_plan({**PROFILE, "privacy": NOISE}).rounds < to_plan(PROFILE).rounds
    assert to_plan({**WEEKS, "privacy": NOISE}).server_rate == 0.3


def test_dates_without_a_time_of_day_are_times(stored: Store) -> None:
    columns = purchases()
    days = [when.date() if isinstance(when, datetime) else date.max for when in columns["when"]]
    one, other = (
        prepared(stored, columns | {"when": when}, PROFILE) for when in (days, columns["when"])
    )

    assert one.inputs.tobytes() == other.inputs.tobytes()
