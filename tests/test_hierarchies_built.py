"""Hierarchies built from the values, and the builder that each column is proposed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.anonymise.hierarchies import (
    SETTINGS,
    build_hierarchy,
    complete,
    propose,
    read_hierarchy,
    write_hierarchy,
)
from compliance.anonymise.hierarchies.places import country
from compliance.anonymise.hierarchies.proposing import kinds
from compliance.anonymise.nouns import Build, Builder, Hierarchy
from compliance.dataset import RawFile, Table, read, take_in
from compliance.dataset.nouns import Column, ColumnName, ColumnType
from compliance.discovery import discover, semantic_types
from compliance.discovery.nouns import IdentifierClass, Label
from compliance.errors import HierarchyError, UnknownColumnError

Store = Callable[..., tuple[Table, tuple[Column, ...]]]
Setting = float | str
X = ColumnName("x")


def built(
    values: Sequence[object], builder: Builder, others: Sequence[str] = (), **settings: Setting
) -> Hierarchy:
    table = Table.in_memory(pa.table({"x": pa.array(list(values))}))
    return build_hierarchy(table, X, Build(builder=builder, settings=settings), others)


def climb(hierarchy: Hierarchy, value: str) -> list[str]:
    """The names of one value above level 0."""
    place = hierarchy.values.index(value)
    return [level[place] for level in hierarchy.levels[1:]]


def test_ranges_widen_by_their_factor_until_nothing_is_told() -> None:
    ages = built([17, 39, 90], Builder.INTERVALS, width=5, factor=2, levels=3)

    assert climb(ages, "39") == ["35-39", "30-39", "20-39", "*"]
    assert climb(ages, "90") == ["90-94", "90-99", "80-99", "*"]


def test_ranges_of_decimals_and_negative_numbers_say_what_they_end_before() -> None:
    amounts = built([-3.5, 0.25, 4.0], Builder.INTERVALS, width=2.5, levels=1)

    assert [climb(amounts, v)[0] for v in amounts.values] == ["[-5, -2.5[", "[0, 2.5[", "[2.5, 5["]


def test_ranges_begin_at_their_origin() -> None:
    years = built([1999, 2003], Builder.INTERVALS, width=10, origin=1995, levels=1)

    assert climb(years, "1999")[0] == "1995-2004"


def test_a_width_is_found_that_makes_about_twenty_ranges() -> None:
    incomes = built(range(0, 100_000, 250), Builder.INTERVALS)

    sizes = [len(set(level)) for level in incomes.levels]
    assert climb(incomes, "12250")[0] == "10000-14999"
    assert sizes == [400, 20, 10, 5, 3, 2, 1]


def test_ranges_by_rows_hold_enough_rows_and_have_round_ends() -> None:
    amounts = [0] * 50 + list(range(103, 1_103, 7)) + [99_999]
    hierarchy = built(amounts, Builder.INTERVALS, rows=30, levels=2)

    held: dict[str, int] = {}
    for amount in amounts:
        name = climb(hierarchy, str(amount))[0]
        held[name] = held.get(name, 0) + 1
    assert min(held.values()) >= 30
    assert "<100" in held
    assert not any(str(99_999) in name for name in held)


@given(
    st.lists(st.integers(-10_000, 10_000), min_size=1, max_size=60),
    st.integers(1, 30),
    st.integers(2, 4),
)
def test_ranges_by_rows_never_hold_fewer(amounts: list[int], rows: int, factor: int) -> None:
    hierarchy = built(amounts, Builder.INTERVALS, rows=rows, factor=factor)

    for level in hierarchy.levels[1:]:
        names = dict(zip(hierarchy.values, level, strict=True))
        held = [names[str(amount)] for amount in amounts]
        assert min(map(held.count, held)) >= min(rows, len(amounts))


def test_dates_become_months_quarters_years_and_decades() -> None:
    days = [dt.date(1984, 2, 29), dt.date(1991, 12, 1)]

    assert climb(built(days, Builder.DATES), "1984-02-29") == [
        *("1984-02", "1984-Q1", "1984", "1980-1984", "1980-1989", "*")
    ]
    weeks = built(days, Builder.DATES, levels="day, week")
    assert climb(weeks, "1991-12-01") == ["1991-12-01", "1991-W48", "*"]


def test_moments_become_hours_and_days() -> None:
    hierarchy = built([dt.datetime(2026, 3, 1, 14, 5, 9)], Builder.DATES, levels="hour, half_year")

    assert climb(hierarchy, "2026-03-01 14:05:09") == ["2026-03-01 14:00", "2026-H1", "*"]


def test_years_alone_are_dates_too() -> None:
    hierarchy = built([1984, 1991], Builder.DATES, levels="five_years, decade")

    assert climb(hierarchy, "1991") == ["1990-1994", "1990-1999", "*"]


def test_codes_lose_their_last_characters_one_by_one() -> None:
    hierarchy = built(["A123", "A9"], Builder.PREFIX)

    assert climb(hierarchy, "A123") == ["A12*", "A1**", "A***", "*"]
    assert climb(hierarchy, "A9") == ["A9**", "A9**", "A***", "*"]
    kept = built(["A123", "A9"], Builder.PREFIX, keep="3, 1")
    assert climb(kept, "A123") == ["A12*", "A***", "*"]


@pytest.mark.parametrize(
    ("code", "names"),
    [
        pytest.param("53113", ["5311*", "531**", "53***", "5****"], id="Germany"),
        pytest.param("94103-1234", ["94103*", "941*", "94*", "9*"], id="United States, ZIP+4"),
        pytest.param("SW1A 1AA", ["SW1A 1*", "SW1A*", "SW*", "S*"], id="United Kingdom"),
        pytest.param("K1A 0B1", ["K1A 0*", "K1A*", "K1*", "K*"], id="Canada"),
        pytest.param("518000", ["51800*", "5180**", "51****", "5*****"], id="China"),
        pytest.param("1012 AB", ["1012*", "101*", "10*", "1*"], id="Netherlands"),
        pytest.param("8001", ["800*", "800*", "80**", "8***"], id="Switzerland"),
        pytest.param("100-0001", ["100-0*", "100*", "10*", "1*"], id="Japan"),
        pytest.param("BFPO", ["BFPO*", "BFP*", "BF*", "B*"], id="no country's"),
    ],
)
def test_postal_codes_lose_what_their_country_puts_last(code: str, names: list[str]) -> None:
    assert climb(built([code, "00000"], Builder.PREFIX, scheme="postal"), code)[:4] == names


@pytest.mark.parametrize(
    ("scheme", "value", "names"),
    [
        ("email", "Ann@Example.org", ["*@example.org", "*.org", "*"]),
        ("email", "nothing", ["*", "*"]),
        ("phone", "+49 228 123456", ["+49 228*", "+49 *", "*"]),
        ("phone", "0044 20 7946 0000", ["+44 207*", "+44 *", "*"]),
        ("phone", "0228 123456", ["022*", "*"]),
        ("ip", "192.0.2.77", ["192.0.2.0/24", "192.0.0.0/16", "192.0.0.0/8", "*"]),
        ("ip", "2001:db8:1:2::9", ["2001:db8:1:2::/64", "2001:db8:1::/48", "2001:db8::/32", "*"]),
    ],
)
def test_contact_codes_keep_what_many_share(scheme: str, value: str, names: list[str]) -> None:
    assert climb(built([value], Builder.PREFIX, scheme=scheme), value) == names


def test_ranks_join_their_neighbours() -> None:
    sizes = built(["S", "L", "M", "XL", "?"], Builder.ORDER, order="S, M, L, XL")

    assert climb(sizes, "L") == ["L to XL", "*"]
    assert climb(sizes, "?") == ["*", "*"]
    assert climb(built(["10", "9", "2"], Builder.ORDER), "10") == ["10", "*"]
    assert climb(built(["10", "9", "2"], Builder.ORDER), "9") == ["2 to 9", "*"]


def test_months_join_to_quarters_though_some_are_absent() -> None:
    months = built(["Nov", "Feb", "June"], Builder.ORDER, order="Jan, Feb, Mar", factor="3, 2")

    assert climb(months, "Feb") == ["*"]
    assert built(["Nov", "Feb", "Jan"], Builder.ORDER, factor=2).levels[1] == (
        *("Jan to Feb", "Jan to Feb", "Nov"),
    )


@pytest.mark.parametrize(
    ("value", "region", "continent"),
    [
        ("Germany", "Western Europe", "Europe"),
        ("DE", "Western Europe", "Europe"),
        ("deu", "Western Europe", "Europe"),
        ("Allemagne", "Western Europe", "Europe"),
        ("中国", "Eastern Asia", "Asia"),
        ("United-States", "Northern America", "Americas"),
        ("UK", "Northern Europe", "Europe"),
        ("EIRE", "Northern Europe", "Europe"),
        ("Türkei", "Western Asia", "Asia"),
    ],
)
def test_countries_lie_in_regions_and_continents(value: str, region: str, continent: str) -> None:
    assert climb(built([value], Builder.PLACES), value)[:2] == [region, continent]


def test_every_country_lies_somewhere_and_nothing_else_does() -> None:
    from babel import Locale

    codes = [c for c in Locale("en").territories if len(c) == 2 and c not in _NO_COUNTRIES]

    assert [code for code in codes if country(code) is None] == []
    assert country("Atlantis") is None


# What CLDR lists beside ISO 3166-1: outlying parts, unions, and codes for trying out.
_NO_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}


def test_states_and_provinces_lie_in_their_regions() -> None:
    states = built(["Texas", "CA", "New York", "Guam?"], Builder.PLACES)
    provinces = built(["广东省", "北京市", "新疆维吾尔自治区"], Builder.PLACES)

    assert climb(states, "Texas") == ["West South Central", "South", "United States", "*"]
    assert climb(states, "CA") == ["Pacific", "West", "United States", "*"]
    assert climb(states, "Guam?") == ["*", "*", "*", "*"]
    assert climb(provinces, "新疆维吾尔自治区")[0] == "Northwest China 西北"


def test_cities_lie_in_the_countries_that_the_table_says(stored: Store) -> None:
    table, _ = stored(
        city=["Bonn", "Bonn", "Lyon", "Halle", "Halle", None],
        country=["Germany", "Germany", "France", "Germany", "Belgium", "France"],
    )
    build = Build(builder=Builder.PLACES, settings={"within": "country"})

    cities = build_hierarchy(table, ColumnName("city"), build, ["Nowhere"])

    assert climb(cities, "Bonn") == ["Germany", "Western Europe", "Europe", "*"]
    assert climb(cities, "Halle") == ["Belgium / Germany", "Western Europe", "Europe", "*"]
    assert climb(cities, "Nowhere") == ["*", "*", "*", "*"]


def test_words_join_those_that_go_together_with_the_same(stored: Store) -> None:
    table, _ = stored(
        job=["nurse"] * 4 + ["doctor"] * 4 + ["farmer"] * 4 + ["gardener"] * 4,
        place=["ward"] * 7 + ["field"] + ["field"] * 8,
    )
    build = Build(builder=Builder.CATEGORIES, settings={"like": "place"})

    jobs = build_hierarchy(table, ColumnName("job"), build)

    assert climb(jobs, "nurse")[0] == climb(jobs, "doctor")[0] == "doctor / nurse"
    assert climb(jobs, "farmer")[0] == "farmer / gardener"


def test_rare_words_become_other() -> None:
    words = built(["a"] * 9 + ["b"] * 4 + ["c"], Builder.CATEGORIES, rare_below="2, 5")

    assert climb(words, "c") == ["(other)", "(other)", "*"]
    assert climb(words, "b") == ["b", "(other)", "*"]
    assert climb(complete(words, ["d"]).hierarchy, "d") == ["(other)", "(other)", "*"]


def test_words_join_as_one_says() -> None:
    cities = built(
        ["Bonn", "aachen ", "Jena", "Oslo"],
        Builder.CATEGORIES,
        groups="West: Bonn,Aachen; East: Jena",
    )

    assert cities.levels[1:] == (("West", "East", "Oslo", "West"), ("*",) * 4)


@given(st.permutations(["nurse", "doctor", "nurse", "farmer", "farmer", "cook", "cook", "nurse"]))
def test_the_order_of_rows_makes_no_difference(jobs: list[str]) -> None:
    def hierarchy(order: Sequence[str]) -> Hierarchy:
        table = Table.in_memory(pa.table({"x": order, "y": [job[0] for job in order]}))
        return build_hierarchy(table, X, Build(builder=Builder.CATEGORIES, settings={"like": "y"}))

    assert hierarchy(jobs) == hierarchy(sorted(jobs))


@pytest.mark.parametrize(
    ("builder", "settings", "values"),
    [
        (Builder.INTERVALS, {"width": 5, "levels": 3}, [str(n) for n in range(3, 99, 4)]),
        (Builder.DATES, {}, [f"19{n}-0{n % 9 + 1}-1{n % 8}" for n in range(10, 90, 7)]),
        (Builder.PREFIX, {"scheme": "postal"}, [f"{n:05}" for n in range(1_000, 99_999, 8_000)]),
        (Builder.PREFIX, {"scheme": "email"}, [f"a@b{n}.org" for n in range(9)]),
        (Builder.PREFIX, {"scheme": "ip"}, [f"192.0.{n}.7" for n in range(9)]),
        (Builder.PLACES, {}, ["Chad", "Peru", "Iran", "Fiji", "Mali", "Cuba", "Togo", "Oman"]),
    ],
)
def test_completing_does_as_building_did(
    builder: Builder, settings: dict[str, Setting], values: list[str]
) -> None:
    """Next month's values get the names that they would have had from the beginning."""
    half = len(values) // 2
    whole = built(values, builder, **settings)
    start = built(values[:half], builder, **settings)
    kept = read_hierarchy(write_hierarchy(start), X).hierarchy

    completed = complete(kept, values).hierarchy

    assert {v: climb(completed, v) for v in values} == {v: climb(whole, v) for v in values}


@pytest.mark.parametrize(
    ("builder", "settings", "reason"),
    [
        (Builder.INTERVALS, {}, "none of its values is a number"),
        (Builder.DATES, {}, "none of its values is a date"),
        (Builder.DATES, {"width": 5}, "“width”: it is not known; possible: levels"),
        (Builder.PREFIX, {"scheme": "zip"}, "characters, postal, email, phone, ip"),
        (Builder.PREFIX, {"keep": "2, 3"}, "fewer characters"),
        (Builder.PREFIX, {"keep": "many"}, "whole numbers"),
        (Builder.ORDER, {"factor": 1}, "at least 2"),
        (Builder.PLACES, {}, "none of our lists"),
        (Builder.CATEGORIES, {}, "one of them"),
        (Builder.CATEGORIES, {"like": "x", "rare_below": 3}, "one of them"),
        (Builder.CATEGORIES, {"rare_below": "5, 2"}, "ascend"),
        (Builder.CATEGORIES, {"groups": "a"}, "a name and values"),
        (Builder.CATEGORIES, {"groups": "a: x; b: x"}, "in two groups"),
        (Builder.SUPPRESS, {"levels": 3}, "possible: none"),
    ],
)
def test_what_cannot_be_built_is_refused_without_naming_a_value(
    builder: Builder, settings: dict[str, Setting], reason: str
) -> None:
    with pytest.raises(HierarchyError, match=reason) as refused:
        built(["secret", "hidden"], builder, **settings)

    assert not {"secret", "hidden"} & set(str(refused.value).split())


@pytest.mark.parametrize(
    "settings",
    [
        *({"width": 0}, {"width": "wide"}, {"factor": 1}, {"factor": 2.5}, {"levels": 0}),
        *({"levels": 99}, {"rows": 0}, {"origin": "left"}),
    ],
    ids=str,
)
def test_settings_of_ranges_out_of_range_are_refused(settings: dict[str, Setting]) -> None:
    with pytest.raises(HierarchyError, match="its setting"):
        built([1, 2, 3], Builder.INTERVALS, **settings)


@pytest.mark.parametrize("levels", ["month, day", "week, month", "year, year", "", "fortnight"])
def test_units_that_do_not_nest_are_refused(levels: str) -> None:
    with pytest.raises(HierarchyError, match="levels"):
        built([dt.date(2026, 1, 1)], Builder.DATES, levels=levels)


def test_a_column_that_a_builder_should_look_at_must_be_there() -> None:
    with pytest.raises(UnknownColumnError, match="city"):
        built(["a"], Builder.CATEGORIES, like="city")


@pytest.mark.parametrize("builder", Builder)
def test_a_column_without_values_has_a_hierarchy_without_values(builder: Builder) -> None:
    table = Table.in_memory(pa.table({"x": pa.array([None, None], pa.string())}))

    hierarchy = build_hierarchy(table, X, Build(builder=builder))

    assert hierarchy.values == ()


def test_every_builder_says_what_its_settings_mean() -> None:
    assert SETTINGS.keys() == set(Builder)
    assert all(meaning for settings in SETTINGS.values() for meaning in settings.values())


def test_proposals_name_types_that_discovery_knows() -> None:
    known = semantic_types()

    assert set(kinds()) <= {str(name) for name in known}


def shape(hierarchy: Hierarchy) -> list[int]:
    return [len(set(level)) for level in hierarchy.levels]


def proposed(table: Table, columns: Sequence[Column]) -> dict[str, tuple[Build, Hierarchy]]:
    labels = discover(table, columns)
    found = {}
    for column, label in zip(columns, labels, strict=True):
        build = propose(table, column, label, labels)
        found[str(column.name)] = build, build_hierarchy(table, column.name, build)
    return found


def test_each_kind_of_column_gets_the_builder_that_fits_it(stored: Store) -> None:
    rows = range(200)
    cities = ["Bonn", "Lyon", "Osaka", "Recife", "Kiel", "Nice", "Kobe", "Natal"]
    table, columns = stored(
        age=[18 + n % 60 for n in rows],
        birth_date=[str(dt.date(1950, 1, 1) + dt.timedelta(days=97 * n)) for n in rows],
        country=[("Germany", "France", "Japan", "Brazil")[n % 4] for n in rows],
        city=[cities[n % 8] for n in rows],
        postal_code=[f"{10_000 + 317 * n}" for n in rows],
        email=[f"user{n}@example.org" for n in rows],
        annual_income=[20_000 + 130 * n for n in rows],
        month=[("Feb", "Mar", "May", "Oct", "Nov")[n % 5] for n in rows],
        occupation=[("nurse", "cook", "farmer", "clerk", "smith")[n % 5] for n in rows],
        gender=[("f", "m")[n % 2] for n in rows],
        comment=[f"I bought item {n} and liked it a great deal" for n in rows],
    )  # fmt: skip

    found = proposed(table, columns)

    assert {name: str(build.builder) for name, (build, _) in found.items()} == {
        "age": "intervals",
        "birth_date": "dates",
        "country": "places",
        "city": "places",
        "postal_code": "prefix",
        "email": "prefix",
        "annual_income": "intervals",
        "month": "order",
        "occupation": "categories",
        "gender": "suppress",
        "comment": "suppress",
    }
    assert climb(found["age"][1], "33") == ["30-34", "30-39", "20-39", "0-39", "*"]
    assert climb(found["city"][1], "Kobe") == ["Japan", "Eastern Asia", "Asia", "*"]
    assert climb(found["month"][1], "May") == ["Apr to Jun", "Jan to Jun", "*"]
    assert found["email"][0].settings == {"scheme": "email"}


def test_words_are_not_grouped_by_sensitive_columns(stored: Store) -> None:
    table, columns = stored(
        occupation=[("nurse", "cook", "farmer", "clerk", "smith")[n % 5] for n in range(100)],
        diagnosis=[("flu", "cold", "asthma")[n % 3] for n in range(100)],
    )

    build, _ = proposed(table, columns)["occupation"]

    assert "like" not in build.settings


_WORDS = st.sampled_from(["a", "B", " ", "*", "2026-01-31", "Bonn", "DE", "53113", "x@y.org", "7"])
_COLUMNS = st.one_of(
    st.lists(st.none() | _WORDS, min_size=1, max_size=30),
    st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=30),
    st.lists(st.none() | st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=30),
    st.lists(st.none() | st.dates(), min_size=1, max_size=30),
    st.lists(st.none() | st.booleans(), min_size=1, max_size=30),
    st.lists(st.text(min_size=1, max_size=4), min_size=1, max_size=30),
)


@given(_COLUMNS, st.sampled_from(sorted(str(name) for name in semantic_types())))
def test_whatever_a_column_holds_and_is_called_its_proposal_can_be_built(
    values: list[object], semantic_type: str
) -> None:
    array = pa.array(values)
    kind = next((t for test, t in _TYPES if test(array.type)), ColumnType.TEXT)
    table = Table.in_memory(pa.table({"x": array if array.null_count < len(array) else _NOTHING}))
    label = Label(
        column=X,
        semantic_type=semantic_type,
        identifier_class=IdentifierClass.QUASI,
        confidence=1.0,
        evidence=("said",),
    )

    build = propose(table, Column(name=X, type=kind), label, [label])
    hierarchy = build_hierarchy(table, X, build)

    assert set(hierarchy.levels[-1]) <= {"*"}
    assert set(hierarchy.values) == set(table.codes(X).texts())


_NOTHING = pa.array([None], pa.string())
_TYPES = (
    (pa.types.is_integer, ColumnType.INTEGER),
    (pa.types.is_floating, ColumnType.NUMBER),
    (pa.types.is_date, ColumnType.DATE),
    (pa.types.is_boolean, ColumnType.BOOLEAN),
)


@pytest.mark.realdata
@pytest.mark.parametrize(
    "name",
    [
        "adult_arx/adult.csv",
        "adult_arx/test.csv",
        "adult_anjana/data/adult.csv",
        "adult_anjana/data/hospital_extended.csv",
        "adventureworks/AdventureWorks_Customers.csv",
        "online_shoppers/online_shoppers_intention.csv",
        "dp_pums/PUMS_null.csv",
    ],
)
def test_every_column_of_the_shared_sets_gets_a_hierarchy(shared_data: Path, name: str) -> None:
    file = shared_data / name
    taken = take_in([read(RawFile(name=file.name, data=file.read_bytes()))])
    table = Table.in_memory(pq.read_table(pa.BufferReader(taken.parquet)))

    found = proposed(table, taken.columns)

    assert len(found) == len(taken.columns)
    for _, hierarchy in found.values():
        sizes = shape(hierarchy)
        assert sizes[-1] == 1
        assert all(finer >= coarser for finer, coarser in pairwise(sizes))
        assert read_hierarchy(write_hierarchy(hierarchy), hierarchy.column).hierarchy == hierarchy
