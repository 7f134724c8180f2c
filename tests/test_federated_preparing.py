"""From a table to a learning problem: which columns, which rows, which people."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from federated_cases import NOISE, PERSON, Store, label, plan, shop, those

from compliance import settings
from compliance.dataset import Table
from compliance.dataset.nouns import ColumnName
from compliance.dataset.table import to_parquet
from compliance.errors import (
    MalformedPlanError,
    NoFeaturesError,
    TargetError,
    TooFewSitesError,
    TooManySitesError,
    UnknownColumnError,
)
from compliance.federated import Problem, prepare
from compliance.federated.features import BUCKETS, Feature, choose_features, encode
from compliance.federated.nouns import NoisePlan
from compliance.privacy.nouns import PrivacyUnitKind


def test_suitable_columns_are_chosen(stored: Store) -> None:
    rows = 300
    columns = shop(rows) | {
        "email": ["a", "b", "c"] * (rows // 3),
        "remark": [f"remark {index}" for index in range(rows)],
        "day": [date(2026, 1, 1) + timedelta(days=index) for index in range(rows)],
    }
    labels = [label("email", "email", "direct"), label("seconds", "duration_seconds", "sensitive")]
    table, known = stored(**columns)

    problem = prepare(table, known, plan(), labels, unit=PERSON)

    assert problem.features == ("seconds", "discount", "channel", "weekend")


def test_columns_that_the_plan_names_are_taken(stored: Store) -> None:
    table, known = stored(**shop())

    assert prepare(table, known, plan(features=("channel", "seconds"))).features == (
        "seconds",
        "channel",
    )


@pytest.mark.parametrize("named", ["bought", "site", "day"])
def test_a_feature_that_cannot_be_learnt_from_is_refused(stored: Store, named: str) -> None:
    table, known = stored(**shop(), day=[date(2026, 1, 1 + index % 28) for index in range(600)])

    with pytest.raises(MalformedPlanError, match=named):
        prepare(table, known, plan(features=(named,)))


@pytest.mark.parametrize(
    "changes", [{"target": "x"}, {"site_column": "x"}, {"features": ("x",)}], ids=str
)
def test_a_column_that_is_not_there_is_named(stored: Store, changes: dict[str, object]) -> None:
    table, known = stored(**shop())

    with pytest.raises(UnknownColumnError, match="“x” in this dataset"):
        prepare(table, known, plan(**changes))


def test_a_person_column_that_is_not_there_is_named(stored: Store) -> None:
    table, known = stored(**shop())

    with pytest.raises(UnknownColumnError, match="“who”"):
        prepare(table, known, plan(), unit="who")  # type: ignore[arg-type]


def test_without_suitable_columns_nothing_can_be_learnt(stored: Store) -> None:
    columns = {name: shop()[name] for name in ("site", "person", "bought")}
    table, known = stored(**columns)

    with pytest.raises(NoFeaturesError):
        prepare(table, known, plan(), unit=PERSON)


def test_numbers_become_half_their_signed_logarithm(stored: Store) -> None:
    table, known = stored(x=[0.0, np.e - 1, 1 - np.e, 1e308], **those(shop(), range(4)))
    features = choose_features(known, plan(features=("x",)), (), None)

    inputs = encode(table, features, np.arange(4))

    assert inputs[:4, 0] == pytest.approx([0, 0.5, -0.5, 0.5 * 308 * np.log(10)])
    assert inputs[:, 1].tolist() == [1, 1, 1, 1, 0]
    assert not inputs[4].any()


def test_what_is_no_finite_number_counts_as_missing(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    path.write_bytes(to_parquet(pa.table({"x": [np.inf, -np.inf, np.nan, 2.5]})))
    features = [Feature(column=ColumnName("x"), is_category=False, marks_missing=True)]

    inputs = encode(Table(path), features, np.arange(4))

    assert inputs[:3, :2].tolist() == [[0, 1]] * 3
    assert inputs[3, 0] > 0


def test_a_missing_number_is_marked_where_the_column_is_known_to_have_some(stored: Store) -> None:
    columns = those(shop(), range(3)) | {"x": [5.0, None, 7.0], "y": [1.0, 2.0, 3.0]}
    table, known = stored(**columns)

    inputs = encode(
        table, choose_features(known, plan(features=("x", "y")), (), None), np.arange(3)
    )

    assert inputs.shape == (4, 4)
    assert inputs[:3, 1].tolist() == [0, 1, 0]
    assert inputs[1, 0] == 0


def test_a_category_lies_in_the_same_bucket_whatever_else_the_table_holds(stored: Store) -> None:
    one, known_one = stored(**those(shop(), range(40)) | {"channel": ["mail"] * 40})
    other, known_other = stored(**shop())
    chosen = plan(features=("channel",))
    first = encode(one, choose_features(known_one, chosen, (), None), np.arange(1))
    rows = np.array([row for row, way in enumerate(shop()["channel"]) if way == "mail"])
    second = encode(other, choose_features(known_other, chosen, (), None), rows)

    assert first[0].sum() == 2  # its bucket and the intercept
    assert (second[:-1] == first[0]).all()


def test_code_like_integers_are_categories_and_other_integers_are_numbers(stored: Store) -> None:
    table, known = stored(**shop(), browser=list(range(10)) * 60, pages=list(range(10)) * 60)
    chosen = plan(features=("browser", "pages"))

    problem = prepare(table, known, chosen, [label("browser", "browser_code")])

    assert problem.inputs.shape[1] == BUCKETS + 1 + 1


def _membership(problem: Problem) -> Counter[tuple[bool, bytes]]:
    """Which rows, by what the model sees of them, are held out."""
    last = problem.training_rows
    return Counter(
        (row >= last, problem.inputs[row].tobytes()) for row in range(len(problem.inputs) - 1)
    )


def test_about_a_fifth_is_held_out(stored: Store) -> None:
    table, known = stored(**shop(5000))

    problem = prepare(table, known, plan())

    # Binomial(5000, 1/5) leaves this range with a probability below 1e-6 (Hoeffding).
    assert abs(problem.held_out.sum() - 1000) <= 190


def test_another_seed_holds_out_other_rows(stored: Store) -> None:
    table, known = stored(**shop())

    assert _membership(prepare(table, known, plan(seed=1))) != _membership(
        prepare(table, known, plan(seed=2))
    )


def test_leaving_out_one_site_changes_no_other_sites_split(stored: Store) -> None:
    columns = shop()
    kept = [row for row, site in enumerate(columns["site"]) if site != "shop 2"]
    table, known = stored(**columns)
    smaller, _ = stored(**those(columns, kept))
    whole = prepare(table, known, plan())

    without = prepare(smaller, known, plan())

    assert without.site_names == ("shop 0", "shop 1", "shop 3")
    assert without.sites.sizes.tolist() == np.delete(whole.sites.sizes, 2).tolist()
    assert not _membership(without) - _membership(whole)


def test_the_order_of_rows_in_the_file_does_not_matter(stored: Store) -> None:
    columns = those(shop(), [*range(600), *range(50)])  # with rows that occur twice
    order = np.random.default_rng(5).permutation(650).tolist()
    table, known = stored(**columns)
    shuffled, known_too = stored(**those(columns, order))

    for noise in (None, NOISE):
        one = prepare(table, known, plan(privacy=noise), unit=PERSON)
        other = prepare(shuffled, known_too, plan(privacy=noise), unit=PERSON)

        assert one.inputs.tobytes() == other.inputs.tobytes()
        assert one.answers.tobytes() == other.answers.tobytes()
        assert one.sites.starts.tolist() == other.sites.starts.tolist()


def test_all_rows_of_a_person_lie_on_one_side(stored: Store) -> None:
    columns = shop()
    # What the model sees tells people apart: one number each.
    number = {person: index for index, person in enumerate(dict.fromkeys(columns["person"]))}
    columns["number"] = [number[person] for person in columns["person"]]
    table, known = stored(**columns)

    problem = prepare(table, known, plan(features=("number",)), unit=PERSON)

    learnt = set(problem.inputs[: problem.training_rows, 0].tolist())
    assert len(learnt) < len(number)
    assert learnt.isdisjoint(problem.inputs[problem.held_out_rows, 0].tolist())


def test_rows_without_answer_or_site_are_left_out_and_counted(stored: Store) -> None:
    columns = shop()
    columns["bought"][:7] = [None] * 7
    columns["site"][5:10] = [None] * 5
    table, known = stored(**columns)

    problem = prepare(table, known, plan())

    assert problem.left_out.without_answer == 7
    assert problem.left_out.without_site == 3
    assert problem.rows_left_out == 10
    assert len(problem.inputs) - 1 == 590


def test_small_sites_take_no_part(stored: Store) -> None:
    columns = shop()
    columns["site"][:19] = ["kiosk"] * 19
    columns["site"][19:39] = ["stand"] * 20
    table, known = stored(**columns)

    problem = prepare(table, known, plan(minimum_records=20))

    assert "stand" in problem.site_names
    assert "kiosk" not in problem.site_names
    assert problem.sites_left_out == 1
    assert problem.left_out.at_small_sites == 19


def test_sites_stand_in_order_of_their_values(stored: Store) -> None:
    columns = shop() | {"site": [10, 9, 2, 1] * 150}
    table, known = stored(**columns)

    assert prepare(table, known, plan()).site_names == ("1", "2", "9", "10")


def test_what_stays_at_home_is_the_size_of_the_sites_rows(stored: Store) -> None:
    table, known = stored(**shop())
    size = table.arrow([column.name for column in known]).nbytes

    problem = prepare(table, known, plan())

    assert sum(problem.bytes_home) == pytest.approx(size, abs=2)
    rows = problem.sites.sizes + problem.held_out
    assert problem.bytes_home[0] == pytest.approx(size * rows[0] / 600, abs=1)


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        pytest.param(["a", "b", "c"] * 200, "has 3 different values", id="three values"),
        pytest.param(["a"] * 600, "has 1 different value", id="one value"),
        pytest.param(["a"] * 599 + ["b"], "held out for testing", id="one buyer only"),
    ],
)
def test_a_target_without_two_values_is_refused(
    stored: Store, answers: list[str], reason: str
) -> None:
    table, known = stored(**shop() | {"bought": answers})

    with pytest.raises(TargetError, match=reason):
        prepare(table, known, plan())


def test_a_target_without_values_is_refused(stored: Store) -> None:
    table, known = stored(**shop() | {"bought": [None] * 600})

    with pytest.raises(TargetError, match="holds no values"):
        prepare(table, known, plan())


def test_the_value_that_sorts_last_is_the_yes(stored: Store) -> None:
    columns = shop()
    table, known = stored(**columns)
    as_numbers, known_numbers = stored(
        **columns | {"bought": [int(answer == "yes") for answer in columns["bought"]]}
    )

    for one, its in ((table, known), (as_numbers, known_numbers)):
        problem = prepare(one, its, plan())

        assert (problem.answers == 1).sum() == columns["bought"].count("yes")


def test_one_site_is_too_few(stored: Store) -> None:
    table, known = stored(**shop() | {"site": ["a"] * 590 + ["b"] * 10})

    with pytest.raises(TooFewSitesError, match="1 site"):
        prepare(table, known, plan())


def test_more_sites_than_the_limit_are_refused(stored: Store) -> None:
    sites = settings.MAX_SITES + 1
    table, known = stored(**shop(sites) | {"site": [f"s{index}" for index in range(sites)]})

    with pytest.raises(TooManySitesError, match="1,001"):
        prepare(table, known, plan())


def test_with_noise_a_person_counts_at_one_site_with_at_most_twenty_rows(stored: Store) -> None:
    columns = shop(3000)
    columns["person"] = [f"person {index % 60}" for index in range(3000)]
    table, known = stored(**columns)
    problem = prepare(table, known, plan(privacy=NOISE), unit=PERSON)
    people = problem.units

    assert people is not None
    assert len(people.clients) <= 60
    assert people.clients.sizes.max() <= people.clients.most == 20
    assert len(set(people.clients.keys.tolist())) == len(people.clients)
    assert problem.rows_left_out == 3000 - (len(problem.inputs) - 1)
    assert problem.left_out.at_other_sites > 2000
    assert not problem.unit_is_row
    ends = people.clients.starts + people.clients.sizes
    assert (ends <= (problem.sites.starts + problem.sites.sizes)[people.sites]).all()
    assert (people.clients.starts >= problem.sites.starts[people.sites]).all()


def test_with_noise_a_person_with_many_rows_at_one_site_is_cut_to_twenty(stored: Store) -> None:
    columns = shop(2400)
    columns["person"] = [f"{site} {row % 10}" for row, site in enumerate(columns["site"])]
    table, known = stored(**columns)

    problem = prepare(table, known, plan(privacy=NOISE), unit=PERSON)

    assert problem.left_out.at_other_sites == 0
    assert problem.left_out.over_limit == 2400 - 40 * 20
    assert len(problem.inputs) - 1 == 40 * 20


def test_with_noise_rows_that_name_nobody_are_left_out(stored: Store) -> None:
    columns = shop()
    columns["person"][:30] = [None] * 30
    table, known = stored(**columns)

    assert prepare(table, known, plan(privacy=NOISE), unit=PERSON).left_out.without_person == 30
    assert prepare(table, known, plan(), unit=PERSON).rows_left_out == 0


@pytest.mark.parametrize(
    "noise",
    [
        NoisePlan(noise_multiplier=1, unit=PrivacyUnitKind.ROW),
        NoisePlan(noise_multiplier=1, unit=PrivacyUnitKind.DEVICE, column=ColumnName("device")),
    ],
)
def test_who_it_was_is_never_learnt_from_whatever_is_protected(
    stored: Store, noise: NoisePlan
) -> None:
    columns = shop() | {"device": [number % 70 for number in range(600)]}
    columns["person"] = [number % 90 for number in range(600)]
    table, known = stored(**columns)

    features = prepare(table, known, plan(privacy=noise), unit=PERSON).features

    assert "person" not in features
    assert ("device" in features) is (noise.column is None)


def test_without_a_person_column_each_row_is_taken_for_a_person(stored: Store) -> None:
    table, known = stored(**those(shop(), [*range(600), *range(200), *range(100)]))

    problem = prepare(table, known, plan(privacy=NOISE))

    assert problem.unit_is_row
    assert problem.units is not None
    assert len(problem.units.clients) == problem.training_rows
    assert problem.rows_left_out == 0


def test_with_noise_somebody_must_be_expected_in_a_round(stored: Store) -> None:
    table, known = stored(**shop())
    few = plan(privacy=NOISE, fraction=0.001)

    with pytest.raises(MalformedPlanError, match="fewer than one is expected"):
        prepare(table, known, few, unit=PERSON)
    assert prepare(table, known, replace(few, fraction=0.01), unit=PERSON).units is not None


def test_with_noise_no_site_is_too_small(stored: Store) -> None:
    columns = shop()
    columns["site"][:3] = ["kiosk"] * 3
    table, known = stored(**columns)

    problem = prepare(table, known, plan(privacy=NOISE, minimum_records=20))

    assert "kiosk" in problem.site_names
    assert problem.sites_left_out == 0


def test_a_column_may_have_a_dot_in_its_name(stored: Store) -> None:
    columns = shop()
    table, known = stored(**{f"{name}.x": values for name, values in columns.items()})
    dotted = replace(plan(), site_column="site.x", target="bought.x", features=("seconds.x",))

    assert prepare(table, known, dotted).features == ("seconds.x",)
