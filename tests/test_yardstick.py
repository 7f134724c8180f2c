"""The ε of a release beside known deployments: only with the same unit, and why not others."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
import release_cases as cases
from hypothesis import given
from hypothesis import strategies as st

from compliance.privacy.disclosure.yardstick import beside, deployments, place
from compliance.privacy.nouns import Release
from compliance.privacy.nouns.disclosure import Yardstick

UNITS = {"person", "person-day", "person-month"}


def people(**question: object) -> Release:
    return cases.published({"count": "rows"}, **question)


def per(stretch: str, *, most: int = 3) -> Release:
    return people(
        by=[{"column": "day", "per": stretch}],
        public_keys={"day": ["x"]},
        period={"column": "day", "per": stretch, "most": most},
        groups=[("x",)],
    )


def whole(release: Release) -> Yardstick:
    return place(release)[0]


def stretch(release: Release) -> Yardstick:
    """The one for a single stretch of time."""
    _, found = place(release)
    return found


def smaller(found: Yardstick) -> int:
    match = re.search(r", (\d+) went with a smaller ε", found.says)
    assert match, found.says
    return int(match[1])


# ---------------------------------------------------------------- the data file


def test_each_deployment_names_its_unit_its_source_and_the_record_it_was_read_from() -> None:
    rows = deployments()

    assert len({row.id for row in rows}) == len(rows) >= 20
    for row in rows:
        assert row.unit, row.id
        assert row.source, row.id
        assert re.fullmatch(r"deployments/[\w-]+\.yaml@[0-9a-f]{40}", row.record), row.id
        assert row.verified == "record", row.id
        assert row.epsilon is not None or row.rho is not None, row.id


def test_no_record_is_called_approved() -> None:
    """The registry had approved none of them when they were read."""
    assert {row.status for row in deployments()} <= {"Draft", "Pending", "Converted"}


@pytest.mark.parametrize(
    ("name", "unit_kind", "epsilon", "rho"),
    [
        ("broadband", "person", "0.2", None),
        ("census-redistricting", "person", "17.14", "2.56"),
        ("shared-mobility", "trip", "0.66", None),
        ("symptoms", "person-day", "1.68", None),
        ("mobility", "person-day", "2.64", None),
        ("hiring", "event-month", "4.8", None),
        ("audience", "person-month", "34.9", None),
        ("pageviews", "device-day", None, "0.015"),
        ("pageviews-historical", "contribution-day", "1", None),
    ],
)
def test_the_figures_that_were_looked_up_are_these(name, unit_kind, epsilon, rho) -> None:
    (row,) = (row for row in deployments() if row.id == name)

    assert row.unit_kind == unit_kind
    assert row.epsilon == (Decimal(epsilon) if epsilon else None)
    assert row.rho == (Decimal(rho) if rho else None)


# ---------------------------------------------------------------- what compares


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        pytest.param(whole(people()), "person", id="a person"),
        pytest.param(whole(per("month")), "person", id="a person in all months"),
        pytest.param(stretch(per("month")), "person-month", id="a person in a month"),
        pytest.param(stretch(per("day")), "person-day", id="a person in a day"),
    ],
)
def test_only_deployments_with_the_same_unit_compare(found: Yardstick, kind: str) -> None:
    assert found.unit_kind == kind
    assert found.comparable
    assert {c.deployment.unit_kind for c in found.comparable} == {kind}
    assert {c.deployment.model for c in found.comparable} == {"Central"}


def test_every_deployment_is_beside_the_release_or_says_why_not() -> None:
    found = whole(people())
    both = [c.deployment.id for c in (*found.comparable, *found.others)]

    assert sorted(both) == sorted(row.id for row in deployments())
    assert all(len(c.says) > 30 for c in found.others)


@pytest.mark.parametrize(
    ("found", "name", "words"),
    [
        (whole(people()), "pageviews", "Protects one device in one day"),
        (whole(people()), "emojis", "Noise is added on each device"),
        (stretch(per("month")), "broadband", "all that a person ever did"),
        (stretch(per("day")), "windows", "Noise is added on each device"),
    ],
    ids=["another unit", "local", "a larger unit", "local and another unit"],
)
def test_the_reason_names_what_differs(found: Yardstick, name: str, words: str) -> None:
    (compared,) = (c for c in found.others if c.deployment.id == name)

    assert words in compared.says


def test_a_unit_that_nobody_else_has_is_told_so() -> None:
    found = stretch(per("quarter"))

    assert found.comparable == ()
    assert found.says.endswith("one person in one quarter. No known deployment has the same unit.")


def test_one_stretch_of_time_is_measured_by_its_own_loss() -> None:
    release = per("month", most=4)

    assert whole(release).epsilon == release.price.epsilon
    assert stretch(release).epsilon < release.price.epsilon
    assert stretch(per("month", most=1)).epsilon == release.price.epsilon


def test_a_release_without_a_period_has_one_yardstick() -> None:
    assert len(place(people())) == 1
    assert len(place(per("month"))) == 2


def test_neighbours_that_change_a_record_are_told_apart() -> None:
    says = {c.deployment.id: c.says for c in whole(people()).comparable}

    assert "up to twice as large" in says["census-dhc"]
    assert "twice" not in says["broadband"]


def test_an_epsilon_that_is_not_stated_follows_from_rho_at_the_delta_of_the_release() -> None:
    def epsilon_of(delta: str) -> Decimal:
        found = whole(people(delta=delta))
        (compared,) = (c for c in found.comparable if c.deployment.id == "census-ddhc-a")
        assert compared.deployment.epsilon is None
        assert compared.delta == Decimal(delta)
        assert compared.epsilon is not None
        return compared.epsilon

    assert epsilon_of("1e-9") > epsilon_of("1e-5") > Decimal("19.776")


def test_a_stated_epsilon_is_never_replaced() -> None:
    (compared,) = (c for c in whole(people()).comparable if c.deployment.id == "census-dhc")

    assert (compared.epsilon, compared.delta) == (Decimal("26.34"), Decimal("1e-10"))


# ---------------------------------------------------------------- where the release stands


def test_the_place_is_told_with_its_neighbours() -> None:
    says = whole(people(epsilon="1")).says

    assert says == (
        "ε = 1 at δ = 1e-6 for one person. Of 7 known deployments with that unit, 1 went with a "
        "smaller ε (nearest: Broadband coverage (Microsoft), 0.2) and 6 with the same or a larger "
        "one (nearest: User-URL data set (Meta), 1.453)."
    )


def test_the_ends_of_the_scale_have_one_neighbour() -> None:
    assert "0 went with a smaller ε and 7 with" in whole(people(epsilon="0.01")).says
    assert whole(people(epsilon="90")).says.endswith("and 0 with the same or a larger one.")


@given(first=st.decimals("0.01", "90", places=2), second=st.decimals("0.01", "90", places=2))
def test_more_epsilon_never_stands_lower(first: Decimal, second: Decimal) -> None:
    low, high = sorted((first, second))

    assert smaller(whole(people(epsilon=str(low)))) <= smaller(whole(people(epsilon=str(high))))


def test_those_beside_a_release_stand_in_order() -> None:
    epsilons = [c.epsilon or 0 for c in whole(people()).comparable]

    assert epsilons == sorted(epsilons)
    assert {row.unit_kind for row in deployments()} >= UNITS


# ---------------------------------------------------------------- before anything is released


def test_an_epsilon_that_is_thought_of_is_placed_as_a_release_of_it_would_be() -> None:
    release = people()
    found = beside(release.price.epsilon, release.price.delta)

    assert found == whole(release)


def test_a_unit_that_nobody_published_with_compares_with_nothing() -> None:
    found = beside(Decimal(1), Decimal("1e-5"), "site")

    assert not found.comparable
    assert len(found.others) == len(deployments())
    assert found.says.endswith("No known deployment has the same unit.")


def test_a_device_is_held_against_models_that_protect_devices() -> None:
    found = beside(Decimal(1), Decimal("1e-5"), "device")

    assert [one.deployment.id for one in found.comparable] == ["next-word"]
    assert all(one.says for one in found.others)
