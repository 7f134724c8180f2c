"""The measures of a table: what any table, or a recoding of one, protects."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from compliance.anonymise.models import classes_of, measure, measure_table, share_at_risk
from compliance.anonymise.models.grouping import Column, grouped
from compliance.anonymise.nouns import (
    Hierarchy,
    Ladder,
    Measures,
    Recoding,
    Risk,
    Sensitive,
)
from compliance.dataset.nouns import ColumnName
from compliance.dataset.table import Table
from compliance.errors import MalformedRecipeError, UnknownColumnError
from tests.anonymise_cases import Plainly

Rows = Mapping[str, Sequence[object]]


def names(*columns: str) -> list[ColumnName]:
    return [ColumnName(column) for column in columns]


def table_of(rows: Rows) -> Table:
    return Table.in_memory(pa.table(dict(rows)))


def measured(rows: Rows, quasi: str, sensitive: str = "") -> Measures:
    """Of a table of lists; the columns as words with spaces between."""
    return measure_table(table_of(rows), names(*quasi.split()), names(*sensitive.split()))


SHOP: Rows = {
    "city": ["Berlin", "Berlin", "Berlin", "Paris", "Paris", None, None],
    "age": [30, 30, 30, 41, 42, 30, 30],
    "illness": ["flu", "flu", "cold", "flu", "cold", "cold", None],
}


def test_a_table_is_measured_by_its_classes() -> None:
    found = measured(SHOP, "city age", "illness")

    assert (found.rows, found.classes, found.k, found.uniques) == (7, 4, 1, 2)
    assert found.sizes == ((1, 2), (2, 1), (3, 1))
    assert found.prosecutor == Risk(max=1.0, mean=pytest.approx(4 / 7))
    assert found.journalist == found.marketer == found.prosecutor
    hidden = found.sensitive[ColumnName("illness")]
    assert (hidden.distinct_l, hidden.recursive_c, hidden.hierarchical_t) == (1, None, None)


def test_missing_values_form_a_class_and_are_a_sensitive_value_of_their_own() -> None:
    found = measured(SHOP, "city", "illness")

    assert (found.classes, found.k) == (3, 2)
    assert found.sensitive[ColumnName("illness")].distinct_l == 2


def test_without_quasi_identifiers_all_rows_are_one_class() -> None:
    found = measured(SHOP, "", "illness")

    assert (found.classes, found.k, found.prosecutor.max) == (1, 7, pytest.approx(1 / 7))
    assert found.sensitive[ColumnName("illness")].equal_t == pytest.approx(0, abs=1e-12)


def test_an_empty_table_has_nobody_in_it() -> None:
    empty = {
        "city": pa.array([], type=pa.string()),
        "age": pa.array([], type=pa.int64()),
        "illness": pa.array([], type=pa.string()),
    }
    found = measured(empty, "city age", "illness")

    assert (found.rows, found.classes, found.k, found.uniques, found.sizes) == (0, 0, 0, 0, ())
    assert found.prosecutor == found.journalist == found.marketer == Risk(max=0.0, mean=0.0)
    assert found.sensitive[ColumnName("illness")].distinct_l == 0
    assert share_at_risk(found, 0.1) == 0


def test_one_row_is_unique() -> None:
    found = measured({"city": ["Berlin"], "age": [30], "illness": ["flu"]}, "city age", "illness")

    hidden = found.sensitive[ColumnName("illness")]
    assert (found.k, found.uniques, found.prosecutor.max) == (1, 1, 1.0)
    assert (hidden.distinct_l, hidden.entropy_l, hidden.equal_t, hidden.beta) == (1, 1, 0, 0)


def test_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(UnknownColumnError, match="“town” in the table"):
        measured(SHOP, "town")
    population = table_of({"city": ["Berlin"]})
    with pytest.raises(UnknownColumnError, match="“age” in the population"):
        measure_table(table_of(SHOP), names("age"), population=population)


values = st.one_of(st.none(), st.integers(0, 2))
tables = st.integers(1, 25).flatmap(
    lambda rows: st.tuples(
        st.lists(st.lists(values, min_size=rows, max_size=rows), min_size=1, max_size=4),
        st.lists(st.integers(0, 4), min_size=rows, max_size=rows),
    )
)


@given(tables)
def test_measures_are_those_of_rows_put_together_in_plain_loops(
    drawn: tuple[list[list[int | None]], list[int]],
) -> None:
    columns, hidden = drawn
    rows = {f"c{i}": pa.array(column, type=pa.int64()) for i, column in enumerate(columns)}
    found = measured({**rows, "s": hidden}, " ".join(rows), "s")

    groups: dict[tuple[int | None, ...], list[int]] = defaultdict(list)
    for *key, value in zip(*columns, hidden, strict=True):
        groups[tuple(key)].append(value)
    sizes = [len(group) for group in groups.values()]
    plain = [Plainly(list(groups.values()), group) for group in groups.values()]
    ours = found.sensitive[ColumnName("s")]
    c = max(p.recursive_c(2) for p in plain)
    assert (found.rows, found.classes, found.k) == (len(hidden), len(sizes), min(sizes))
    assert found.uniques == sizes.count(1)
    assert dict(found.sizes) == Counter(sizes)
    assert found.prosecutor.mean == pytest.approx(len(sizes) / len(hidden))
    assert ours.distinct_l == min(len(p.counts) for p in plain)
    assert ours.recursive_c == (None if math.isinf(c) else pytest.approx(c))
    assert ours.entropy_l == pytest.approx(min(p.entropy_l() for p in plain))
    assert ours.equal_t == pytest.approx(max(p.equal_t() for p in plain), abs=1e-12)
    assert ours.ordered_t == pytest.approx(max(p.ordered_t() for p in plain), abs=1e-12)
    assert ours.beta == pytest.approx(max(p.beta() for p in plain), abs=1e-12)
    assert ours.delta == pytest.approx(max(p.delta() for p in plain), abs=1e-12)


def test_the_order_of_rows_and_columns_does_not_matter() -> None:
    turned = {name: list(reversed(column)) for name, column in reversed(SHOP.items())}

    assert measured(turned, "age city", "illness") == measured(SHOP, "city age", "illness")


def test_any_number_of_wide_columns_is_grouped() -> None:
    """40 columns of 10,000 values have 10^160 combinations; there are 10^19 numbers of 64 bits."""
    rng = np.random.default_rng(3)
    rows = rng.integers(0, 10_000, (500, 40))
    rows = rows[rng.integers(0, 500, 2_000)]  # about four rows of each
    columns = [Column(codes=column, codes_end=10_000) for column in rows.T]

    group, count = grouped(columns, len(rows))

    _, theirs = np.unique(rows, axis=0, return_inverse=True)
    assert count == theirs.max() + 1
    assert len(set(zip(group.tolist(), theirs.tolist(), strict=True))) == count


def test_numbers_and_dates_are_ordered_by_value_and_not_by_their_digits() -> None:
    """9, 10 and 100 in this order: 9 alone is 1 and 1 steps away, of two."""
    found = measured({"q": ["a", "b", "b"], "s": [9, 100, 10]}, "q", "s")

    # Class a: cumulated 1, 1, 1 against 1/3, 2/3, 1: (2/3 + 1/3) / 2.
    assert found.sensitive[ColumnName("s")].ordered_t == pytest.approx(0.5)


ILLNESSES = Hierarchy(
    column=ColumnName("illness"),
    levels=(("flu", "cold", "ulcer"), ("lungs", "lungs", "stomach"), ("*", "*", "*")),
)


def test_a_hierarchy_of_the_sensitive_column_gives_its_own_distance() -> None:
    rows = {"q": ["a", "a", "b", "b"], "illness": ["flu", "ulcer", "cold", "ulcer"]}
    found = measure_table(
        table_of(rows),
        names("q"),
        names("illness"),
        hierarchies={ColumnName("illness"): ILLNESSES},
    ).sensitive[ColumnName("illness")]

    assert found.equal_t == pytest.approx(0.25)
    assert found.hierarchical_t == pytest.approx(0.125)  # flu for cold, half as far


def test_a_value_that_the_hierarchy_does_not_know_is_far_from_all() -> None:
    rows = {"q": ["a", "b", "b"], "illness": ["burn", "flu", None]}
    found = measure_table(
        table_of(rows),
        names("q"),
        names("illness"),
        hierarchies={ColumnName("illness"): ILLNESSES},
    ).sensitive[ColumnName("illness")]

    assert found.hierarchical_t == pytest.approx(2 / 3)


POPULATION: Rows = {"city": ["Berlin"] * 10 + ["Paris"] * 4 + ["Rome"] * 6}


def test_a_journalist_does_not_know_who_of_the_population_is_in_the_table() -> None:
    """El Emam 2013: the mean is the larger of classes per person, and the marketer's."""
    rows = {"city": ["Berlin"] * 4 + ["Paris"] * 2}
    found = measure_table(table_of(rows), names("city"), population=table_of(POPULATION))

    hits = (4 / 10 + 2 / 4) / 6
    assert found.prosecutor == Risk(max=0.5, mean=pytest.approx(2 / 6))
    assert found.marketer == Risk(max=0.25, mean=pytest.approx(hits))
    assert found.journalist == Risk(max=0.25, mean=pytest.approx(max(2 / 14, hits)))


def test_who_is_in_the_table_is_in_the_population() -> None:
    rows = {"city": ["Berlin"] * 20 + ["Oslo"]}
    found = measure_table(table_of(rows), names("city"), population=table_of(POPULATION))

    assert found.journalist.max == found.prosecutor.max == 1


def test_uniqueness_in_the_population_is_estimated_where_its_size_is_known() -> None:
    rows = {"q": [*range(300), *[i // 2 for i in range(600, 800)], *[-1] * 100]}

    without = measured(rows, "q")
    given_ = measure_table(table_of(rows), names("q"), sampling_fraction=0.2)
    everybody = {"q": [*rows["q"], *[-2] * 2_400]}
    known = measure_table(table_of(rows), names("q"), population=table_of(everybody))

    assert without.population == {}
    assert given_.population == known.population
    assert set(given_.population) >= {"zayatz", "dankar"}
    assert given_.population["dankar"] <= given_.population["zayatz"]


ORDERS: Rows = {
    "person": ["ann", "ann", "ann", "bob", "bob", "cem", None, None],
    "city": ["Berlin", "Berlin", "Paris", "Berlin", "Berlin", "Berlin", "Paris", "Paris"],
    "bought": ["tea", "tea", "tea", "tea", "ink", "ink", "tea", "pen"],
}


def test_rows_of_one_person_do_not_hide_that_person() -> None:
    by_row = measured(ORDERS, "city")
    by_person = measure_table(table_of(ORDERS), names("city"), unit=ColumnName("person"))

    assert (by_row.k, by_row.people) == (3, None)
    assert (by_person.k, by_person.rows, by_person.people) == (2, 8, 4)
    assert by_person.sizes == ((2, 1), (3, 1))
    # Ann is easier to find in Paris, where only she and the one without a name are.
    assert by_person.prosecutor == Risk(max=0.5, mean=pytest.approx((2 / 2 + 2 / 3) / 4))


def test_people_of_the_population_are_counted_once_too() -> None:
    everybody = {"person": [*"aaabbbcd"], "city": ["Berlin"] * 7 + ["Paris"]}
    rows = {"person": ["a", "a"], "city": ["Berlin"] * 2}
    found = measure_table(
        table_of(rows), names("city"), unit=ColumnName("person"), population=table_of(everybody)
    )

    assert found.prosecutor.max == 1
    assert found.journalist.max == pytest.approx(1 / 3)  # a, b and c


def test_a_person_counts_once_for_what_it_bought_often() -> None:
    found = measure_table(
        table_of(ORDERS), names("city"), names("bought"), unit=ColumnName("person")
    ).sensitive[ColumnName("bought")]

    # Berlin: tea twice (Ann, Bob), ink twice (Bob, Cem); Paris: tea twice, a pen once.
    rare = -(2 / 3 * math.log(2 / 3) + 1 / 3 * math.log(1 / 3))
    assert found.entropy_l == pytest.approx(math.exp(rare))
    assert found.recursive_c == pytest.approx(2)


def test_one_row_per_person_is_measured_as_rows_are() -> None:
    rows = {**SHOP, "person": list("abcdefg")}
    by_row = measured(rows, "city age", "illness")
    by_person = measure_table(
        table_of(rows), names("city", "age"), names("illness"), unit=ColumnName("person")
    )

    assert by_person.people == by_row.rows
    assert by_person.sizes == by_row.sizes
    assert by_person.sensitive == by_row.sensitive
    assert by_person.prosecutor.mean == pytest.approx(by_row.prosecutor.mean)


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.one_of(st.none(), st.integers(0, 5)), st.integers(0, 2)),
        min_size=1,
        max_size=25,
    )
)
def test_people_are_counted_as_in_plain_loops(
    rows: list[tuple[int, int | None, int]],
) -> None:
    columns = zip(*rows, strict=True)
    types = (pa.int64(), pa.int64(), pa.int64())
    city, person, bought = (
        pa.array(values, type=kind) for values, kind in zip(columns, types, strict=True)
    )
    found = measure_table(
        table_of({"city": city, "person": person, "bought": bought}),
        names("city"),
        names("bought"),
        unit=ColumnName("person"),
    )

    people = {place: {p for c, p, _ in rows if c == place} for place, _, _ in rows}
    risks = {
        person: max(1 / len(group) for group in people.values() if person in group)
        for _, person, _ in rows
    }
    values = {place: {(p, b) for c, p, b in rows if c == place} for place in people}
    groups = [[bought for _, bought in group] for group in values.values()]
    assert found.people == len(risks)
    assert found.rows == len(rows)
    assert dict(found.sizes) == Counter(len(group) for group in people.values())
    assert found.prosecutor.max == pytest.approx(max(risks.values()))
    assert found.prosecutor.mean == pytest.approx(sum(risks.values()) / len(risks))
    hidden = found.sensitive[ColumnName("bought")]
    plain = [Plainly(groups, group) for group in groups]
    assert hidden.entropy_l == pytest.approx(min(p.entropy_l() for p in plain))
    assert hidden.equal_t == pytest.approx(max(p.equal_t() for p in plain), abs=1e-12)


def test_a_recoding_is_measured_as_the_table_that_it_shows() -> None:
    suppressed = [False] * 5 + [True]
    shown = {"city": ["Germany"] * 3 + ["France"] * 2, "illness": ["a", "b", "b", "a", "a"]}
    as_table, as_recoding = (
        measured(shown, "city", "illness"),
        measure(recoded(suppressed), [ILLNESS]),
    )

    assert as_recoding.sizes == as_table.sizes
    assert as_recoding.prosecutor == as_table.prosecutor
    ours, theirs = (m.sensitive[ILLNESS.column] for m in (as_recoding, as_table))
    assert (ours.distinct_l, ours.entropy_l) == (theirs.distinct_l, theirs.entropy_l)
    # The whole of a recoding has the suppressed row, too: its third value is nowhere shown.
    assert ours.equal_t > theirs.equal_t


def test_the_share_at_risk_is_strictly_above_the_threshold() -> None:
    found = measured(SHOP, "city age")

    assert share_at_risk(found, 1) == 0
    assert share_at_risk(found, 0.5) == pytest.approx(2 / 7)
    assert share_at_risk(found, 1 / 3) == pytest.approx(4 / 7)
    assert share_at_risk(found, 0.2) == 1


def recoded(suppressed: list[bool], *, levels: tuple[int, ...] | None = (1,)) -> Recoding:
    return Recoding(
        columns=(ColumnName("city"),),
        codes=(np.array([0, 0, 0, 1, 1, 2], dtype=np.int32),),
        names=(("Germany", "France", None),),
        shares=(np.array([0.5, 0.5, 0.25]),),
        suppressed=np.array(suppressed),
        levels=levels,
    )


ILLNESS = Sensitive(
    column=ColumnName("illness"), codes=np.array([0, 1, 1, 0, 0, 2], dtype=np.int32), values=3
)
CITIES = Ladder(
    column=ColumnName("city"),
    codes=np.array([0, 0, 1, 1, 2, 2, 3, 3, 3], dtype=np.int32),
    maps=(np.arange(4, dtype=np.int32), np.array([1, 1, 0, 2], dtype=np.int32)),
    names=(("Berlin", "Bonn", "Paris", "Rome"), ("France", "Germany", "Italy")),
    shares=(np.full(4, 0.25), np.array([0.25, 0.5, 0.25])),
)


def test_suppressed_rows_are_in_no_class_but_in_the_whole() -> None:
    classes = classes_of(recoded([False] * 5 + [True]), [ILLNESS])
    histogram = classes.histograms[ILLNESS.column]

    assert classes.sizes.tolist() == [3, 2]
    assert histogram.counts.tolist() == [1, 2, 2]
    assert histogram.classes.tolist() == [0, 0, 1]
    assert histogram.values.tolist() == [0, 1, 0]
    assert histogram.whole.tolist() == [3, 2, 1]
    assert measure(recoded([False] * 5 + [True]), [ILLNESS]).rows == 5


def test_the_population_is_made_as_coarse_as_the_table() -> None:
    classes = classes_of(recoded([False] * 6), population=[CITIES])

    assert classes.sizes.tolist() == [3, 2, 1]
    assert classes.population is not None
    assert classes.population.tolist() == [4, 2, 0]
    assert classes.elsewhere == 3


def test_a_population_cannot_be_compared_with_cells_of_different_levels() -> None:
    with pytest.raises(MalformedRecipeError, match="one level"):
        measure(recoded([False] * 6, levels=None), population=[CITIES])


def test_everything_suppressed_protects_everybody() -> None:
    found = measure(recoded([True] * 6), [ILLNESS])

    assert (found.rows, found.classes, found.k, found.prosecutor.max) == (0, 0, 0, 0)


@pytest.mark.realdata
@pytest.mark.parametrize("k", [3, 10, 20])
def test_pycanons_anonymised_tables_have_the_measures_that_pycanon_gives(
    shared_data: Path, k: int
) -> None:
    folder = shared_data / "pycanon_adult"
    truth = yaml.safe_load((folder / "truth.yaml").read_text("utf-8"))["reference_metrics"]
    wanted = truth[f"adult_anonymized_{k}.csv"]
    content = pacsv.read_csv(folder / "processed" / f"adult_anonymized_{k}.csv")
    found = measure_table(Table.in_memory(content), names(*wanted["qi"]), names(*wanted["sa"]))

    hidden = found.sensitive[ColumnName(wanted["sa"][0])]
    assert (found.rows, found.classes) == (wanted["rows"], wanted["classes"])
    assert (found.k, found.uniques) == (wanted["k"], wanted["uniques"])
    assert hidden.distinct_l == wanted["l"]
    assert math.floor(hidden.entropy_l) == wanted["entropy_l"]
    assert hidden.equal_t == pytest.approx(wanted["t"], abs=5e-7)


@pytest.mark.realdata
def test_adult_has_the_measures_that_pycanon_prints(shared_data: Path) -> None:
    """pycanon 1.3.6 on the first 3,000 rows: numbers by ordered distance, words by equal distance.

    Its mode for several sensitive columns at once puts the others among the quasi-identifiers.
    """
    options = pacsv.ParseOptions(delimiter=";")
    content = pacsv.read_csv(shared_data / "adult_arx" / "adult.csv", parse_options=options)
    table = Table.in_memory(content.slice(0, 3_000))
    quasi = names("sex", "race", "marital-status", "education")
    age, occupation = names("age", "occupation")
    one = measure_table(table, quasi, [age, occupation]).sensitive
    by_sex = measure_table(table, names("sex"), [age, occupation]).sensitive
    other = measure_table(table, [*quasi, age], [occupation]).sensitive[occupation]

    exactly = {"rel": 1e-9}
    assert one[age].ordered_t == pytest.approx(0.5349494949494951, **exactly)
    assert one[age].beta == pytest.approx(999.0, **exactly)
    assert one[age].delta * math.log(2) == pytest.approx(6.907755278982137, **exactly)
    assert one[occupation].equal_t == pytest.approx(0.9963333333333334, **exactly)
    assert one[occupation].beta == pytest.approx(271.72727272727275, **exactly)
    assert one[occupation].delta * math.log(2) == pytest.approx(5.608472294851876, **exactly)
    assert other.equal_t == pytest.approx(0.9993333333333336, **exactly)
    assert by_sex[age].ordered_t == pytest.approx(0.01825956083490331, **exactly)
    assert by_sex[occupation].equal_t == pytest.approx(0.24063154197400774, **exactly)
    assert by_sex[age].beta == pytest.approx(2.161222339304531, **exactly)
    assert math.floor(by_sex[occupation].entropy_l) == 7
