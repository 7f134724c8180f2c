"""Each operator of a triple: what it means, what null means to it, and what it cannot say."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rule_cases import AT, rule_of

from compliance.rules import Pack, assess, desk_pack
from compliance.rules.checking import OPERATORS
from compliance.rules.nouns import State, Subject, Triple, Verdict

MET, NOT_MET, NOT_ASSESSED = State.MET, State.NOT_MET, State.NOT_ASSESSED
IDLE = State.NOT_APPLICABLE
PARAMS = {
    "days": 30,
    "deadline": {
        "start": "received_at",
        "base": {"months": 1},
        "extension": {"months": 2},
        "calendar": "EU_1182_71",
    },
    "hours": {"start": "aware_at", "base": {"hours": 72}, "calendar": "clock_hours"},
}


def pack_of(*asserts: Triple, when: tuple[Triple, ...] = ()) -> Pack:
    """One rule on a thing."""
    rule = replace(
        rule_of("POL-TRAIL"), entity="thing", when=when, asserts=asserts, remedy="", params=PARAMS
    )
    lists = {"EEA": ("DE", "FR")}
    return replace(desk_pack(), rules=(rule,), lists=lists, words={}, planned=("go_live_at",))


def verdict(
    facts: dict[str, object], *asserts: Triple, when: tuple[Triple, ...] = (), at: datetime = AT
) -> Verdict:
    subject = Subject(entity="thing", name="it", facts=facts)
    (found,) = assess(pack_of(*asserts, when=when), [subject], at).verdicts
    return found


CASES: list[tuple[str, object, tuple[object, ...], State]] = [
    ("eq", True, (True,), MET),
    ("eq", False, (True,), NOT_MET),
    ("eq", 0, (0,), MET),
    ("eq", 0, (False,), NOT_ASSESSED),  # a number is no yes or no
    ("eq", False, (0,), NOT_ASSESSED),
    ("eq", "true", (True,), NOT_ASSESSED),
    ("eq", "2", (2,), MET),  # a choice whose name is a number
    ("eq", float("nan"), (0,), NOT_ASSESSED),
    ("eq", None, (False,), NOT_MET),
    ("ne", "high", ("unlikely",), MET),
    ("ne", "unlikely", ("unlikely",), NOT_MET),
    ("ne", None, ("unlikely",), NOT_MET),
    ("ne", 3, ("unlikely",), NOT_ASSESSED),
    ("in", "scc", (["scc", "bcr"],), MET),
    ("in", "other", (["scc", "bcr"],), NOT_MET),
    ("in", 2, ([1, 2],), MET),
    ("in", "2", ([1, 2],), MET),
    ("in", True, ([1, 2],), NOT_ASSESSED),
    ("in", ["scc"], (["scc", "bcr"],), NOT_ASSESSED),
    ("in", None, (["scc"],), NOT_MET),
    ("not_in", "contract", (["consent"],), MET),
    ("not_in", "consent", (["consent"],), NOT_MET),
    ("not_in", None, (["consent"],), NOT_MET),
    ("exists", False, (), MET),
    ("exists", 0, (), MET),
    ("exists", "", (), NOT_MET),
    ("exists", "  ", (), NOT_MET),
    ("exists", None, (), NOT_MET),
    ("nonempty", ["x"], (), MET),
    ("nonempty", [], (), NOT_MET),
    ("nonempty", "x", (), MET),
    ("nonempty", " ", (), NOT_MET),
    ("nonempty", None, (), NOT_MET),
    ("nonempty", 5, (), NOT_ASSESSED),
    ("gt", 1, (0,), MET),
    ("gt", 0, (0,), NOT_MET),
    ("gt", True, (0,), NOT_ASSESSED),
    ("gt", None, (0,), NOT_MET),
    ("gte", 24, (24,), MET),
    ("gte", 23, (24,), NOT_MET),
    ("gte", "24", (24,), NOT_ASSESSED),
    ("lt", 12, (13,), MET),
    ("lt", 13, (13,), NOT_MET),
    ("lt", None, (13,), NOT_MET),
    ("lte", 0.8, (0.8,), MET),
    ("lte", 0.81, (0.8,), NOT_MET),
    ("lte", float("inf"), (0.8,), NOT_ASSESSED),
    ("contains_all", ["a", "b", "c"], (["a", "b"],), MET),
    ("contains_all", ["a"], (["a", "b"],), NOT_MET),
    ("contains_all", [], (["a"],), NOT_MET),
    ("contains_all", "ab", (["a"],), NOT_ASSESSED),
    ("contains_all", None, (["a"],), NOT_MET),
    ("subset_of", ["a"], (["a", "b"],), MET),
    ("subset_of", ["a", "c"], (["a", "b"],), NOT_MET),
    ("subset_of", [], (["a"],), NOT_MET),
    ("subset_of", None, (["a"],), NOT_MET),
    ("subset_of", "a", (["a"],), NOT_ASSESSED),
    ("within_days", "2026-10-27", ("days",), MET),
    ("within_days", "2026-10-26", ("days",), NOT_MET),
    ("within_days", date(2026, 11, 1), ("days",), MET),
    ("within_days", datetime(2026, 11, 1, tzinfo=UTC), ("days",), MET),
    ("within_days", "2026-12-24", ("days",), NOT_ASSESSED),  # it has not come yet
    ("within_days", "2026-02-30", ("days",), NOT_ASSESSED),
    ("within_days", "yesterday", ("days",), NOT_ASSESSED),
    ("within_days", None, ("days",), NOT_MET),
    ("not_past", "2026-11-26", (), MET),
    ("not_past", "2026-11-25", (), NOT_MET),
    ("not_past", None, (), NOT_ASSESSED),
    ("not_past", 2027, (), NOT_ASSESSED),
    ("in_list", "DE", ("EEA",), MET),
    ("in_list", "US", ("EEA",), NOT_MET),
    ("in_list", None, ("EEA",), NOT_MET),
    ("in_list", ["DE"], ("EEA",), NOT_ASSESSED),
    ("not_in_list", "US", ("EEA",), MET),
    ("not_in_list", "DE", ("EEA",), NOT_MET),
    ("not_in_list", None, ("EEA",), NOT_MET),
]


@pytest.mark.parametrize(("operator", "value", "wanted", "state"), CASES)
def test_an_operator_says_what_its_line_says(
    operator: str, value: object, wanted: tuple[object, ...], state: State
) -> None:
    triple = ("fact", operator, *wanted)

    assert verdict({"fact": value}, triple).state is state
    assert verdict({}, triple).state is NOT_ASSESSED


FIELDS: list[tuple[str, object, object, State]] = [
    ("before_field", "2026-05-01", "2026-05-01", MET),
    ("before_field", "2026-05-02", "2026-05-01", NOT_MET),
    ("before_field", "2026-05-01T10:00:00+00:00", "2026-05-01T09:00:00+00:00", NOT_MET),
    ("before_field", "2026-05-01T11:00:00+02:00", "2026-05-01T09:00:00+00:00", MET),
    ("before_field", "2026-05-01T10:00:00+00:00", "2026-05-01", MET),
    ("before_field", None, "2026-05-01", NOT_MET),
    ("before_field", "2026-05-01", None, NOT_ASSESSED),
    ("before_field", "soon", "2026-05-01", NOT_ASSESSED),
    ("after_field", "2026-05-01", "2026-05-01", MET),
    ("after_field", "2026-04-30", "2026-05-01", NOT_MET),
    ("after_field", None, "2026-05-01", NOT_MET),
    ("eq_field", "v2", "v2", MET),
    ("eq_field", "v1", "v2", NOT_MET),
    ("eq_field", None, None, NOT_MET),
    ("eq_field", "v2", None, NOT_ASSESSED),
    ("eq_field", 2, "v2", NOT_ASSESSED),
]


@pytest.mark.parametrize(("operator", "value", "other", "state"), FIELDS)
def test_an_operator_on_two_facts_says_what_its_line_says(
    operator: str, value: object, other: object, state: State
) -> None:
    triple = ("fact", operator, "other")

    assert verdict({"fact": value, "other": other}, triple).state is state
    assert verdict({"fact": value}, triple).state is (NOT_MET if value is None else NOT_ASSESSED)
    assert verdict({"other": other}, triple).state is NOT_ASSESSED


def test_every_operator_has_its_lines() -> None:
    told = {case[0] for case in CASES} | {case[0] for case in FIELDS} | {"before_deadline"}

    assert told == OPERATORS.keys()


@pytest.mark.parametrize("operator", ["ne", "not_in", "not_in_list"])
def test_what_is_absent_does_not_let_a_duty_be_passed_over(operator: str) -> None:
    wanted: object = {"ne": "unlikely", "not_in": ["unlikely"], "not_in_list": "EEA"}[operator]
    found = verdict(
        {"risk": None, "done": True}, ("done", "eq", True), when=(("risk", operator, wanted),)
    )

    assert found.state is NOT_ASSESSED
    assert found.because == "Whether it applies is not known: risk (not recorded)."


CLOCKS: list[tuple[str, dict[str, object], str, State, str]] = [
    (
        "the last day",
        {"received_at": "2026-01-31", "fact": "2026-03-02"},
        "deadline",
        MET,
        "2026-03-02, in time (due on 2026-03-02)",
    ),
    (
        "a day late",
        {"received_at": "2026-01-31", "fact": "2026-03-03"},
        "deadline",
        NOT_MET,
        "2026-03-03, late (due on 2026-03-02)",
    ),
    (
        "still running",
        {"received_at": "2026-11-02", "fact": None},
        "deadline",
        NOT_ASSESSED,
        "running, due on 2026-12-02",
    ),
    (
        "overdue",
        {"received_at": "2026-10-01", "fact": None},
        "deadline",
        NOT_MET,
        "not done; it was due on 2026-11-02",
    ),
    (
        "extended, still running",
        {"received_at": "2026-10-01", "fact": None, "extended": True},
        "deadline",
        NOT_ASSESSED,
        "running, due on 2027-01-01",
    ),
    (
        "Ireland rests on the first Monday of February",
        {"received_at": "2025-10-31", "fact": "2026-02-03", "extended": True, "country": "IE"},
        "extended_deadline",
        MET,
        "2026-02-03, in time (due on 2026-02-03)",
    ),
    (
        "the base counts though it was extended",
        {"received_at": "2026-07-01", "fact": "2026-08-04", "extended": True},
        "base_deadline",
        NOT_MET,
        "2026-08-04, late (due on 2026-08-03)",
    ),
    (
        "an hour late",
        {"aware_at": "2026-11-01T10:00:00+00:00", "fact": "2026-11-04T11:00:00+00:00"},
        "hours",
        NOT_MET,
        "2026-11-04 11:00 UTC, late (due on 2026-11-04 10:00 UTC)",
    ),
    (
        "a day does not say the hour",
        {"aware_at": "2026-11-01T10:00:00+00:00", "fact": "2026-11-04"},
        "hours",
        NOT_ASSESSED,
        "2026-11-04, due on 2026-11-04 10:00 UTC; its time of day decides",
    ),
    (
        "done before it began",
        {"received_at": "2026-10-10", "fact": "2026-10-01"},
        "deadline",
        NOT_ASSESSED,
        "2026-10-01, before “received at” (2026-10-10)",
    ),
    (
        "done in the future",
        {"received_at": "2026-11-10", "fact": "2026-12-01"},
        "deadline",
        NOT_ASSESSED,
        "2026-12-01, which has not come yet",
    ),
    (
        "begun in the future",
        {"received_at": "2026-12-10", "fact": None},
        "deadline",
        NOT_ASSESSED,
        "the clock cannot start: “received at” has not come yet",
    ),
    (
        "never begun",
        {"received_at": None, "fact": "2026-10-01"},
        "deadline",
        NOT_ASSESSED,
        "the clock cannot start: “received at” is not recorded",
    ),
    (
        "no date",
        {"received_at": "2026-10-10", "fact": True},
        "deadline",
        NOT_ASSESSED,
        "no date where a date is expected",
    ),
    (
        "pauses that end before they begin",
        {
            "received_at": "2026-10-10",
            "fact": "2026-10-11",
            "pauses": [{"since": "2026-10-20", "until": "2026-10-12"}],
        },
        "deadline",
        NOT_ASSESSED,
        "the pauses on record cannot be read",
    ),
]


@pytest.mark.parametrize(
    ("facts", "name", "state", "known"), [pytest.param(*c[1:], id=c[0]) for c in CLOCKS]
)
def test_a_clock_says_how_it_stands(
    facts: dict[str, object], name: str, state: State, known: str
) -> None:
    found = verdict(facts, ("fact", "before_deadline", name))

    assert found.state is state
    assert found.outcomes[0].known == known


def test_a_clock_that_runs_names_its_last_day() -> None:
    facts: dict[str, object] = {"received_at": "2026-11-02", "fact": None}

    assert verdict(facts, ("fact", "before_deadline", "deadline")).due == date(2026, 12, 2)
    done = facts | {"fact": "2026-11-03"}
    assert verdict(done, ("fact", "before_deadline", "deadline")).due is None


def test_holidays_of_the_organisation_count_where_a_subject_names_no_country() -> None:
    # 27 December 2026 is a Sunday; Boxing Day is kept on Monday in the United Kingdom.
    triple: Triple = ("fact", "before_deadline", "deadline")
    facts: dict[str, object] = {"received_at": "2026-11-26", "fact": None}
    known = {}
    for country in ("DE", "GB"):
        org = Subject(entity="org", name="Shop", facts={"country": country})
        thing = Subject(entity="thing", name="it", facts=facts)
        found = assess(pack_of(triple), [org, thing], AT)
        known[country] = found.verdicts[0].due

    assert known == {"DE": date(2026, 12, 28), "GB": date(2026, 12, 29)}


@pytest.mark.parametrize("operator", ["exists", "nonempty", "eq"])
def test_what_was_done_cannot_lie_ahead(operator: str) -> None:
    triple: Triple = ("signed_at", operator, *(["2026-12-24"] if operator == "eq" else []))
    found = verdict({"signed_at": "2026-12-24"}, triple)

    assert found.state is NOT_ASSESSED
    assert "2026-12-24, which has not come yet" in found.because


def test_what_is_planned_may_lie_ahead() -> None:
    assert verdict({"go_live_at": "2027-01-01"}, ("go_live_at", "exists")).state is MET


def test_today_has_begun_in_the_east_before_it_has_in_utc() -> None:
    tomorrow = {"signed_at": "2026-11-27"}
    early, late = (datetime(2026, 11, 26, hour, tzinfo=UTC) for hour in (9, 10))

    assert verdict(tomorrow, ("signed_at", "exists"), at=early).state is NOT_ASSESSED
    assert verdict(tomorrow, ("signed_at", "exists"), at=late).state is MET
    zone = timezone(timedelta(hours=14))
    moment: dict[str, object] = {"signed_at": datetime(2026, 11, 27, 1, tzinfo=zone)}
    assert verdict(moment, ("signed_at", "exists"), at=AT).state is MET


@pytest.mark.parametrize("place", ["XX", "UK", "de", "Germany", "", 49])
def test_a_country_that_does_not_exist_is_no_destination(place: object) -> None:
    for triple in (("destination", "ne", "GB"), ("destination", "not_in_list", "EEA")):
        found = verdict({"destination": place}, triple)

        assert found.state is NOT_ASSESSED
        assert "no country has that code" in found.because


@pytest.mark.parametrize(
    "value", ["Xanthippe Quisling", "0170 1234567", {"a": "Quisling"}, object()]
)
def test_what_was_typed_is_never_shown(value: object) -> None:
    for triple in (("note", "exists"), ("note", "eq", "x"), ("note", "eq_field", "other")):
        found = verdict({"note": value, "other": value}, triple)

        said = found.evidence + found.because + found.remedy + str(found.outcomes)
        assert "Quisling" not in said
        assert "0170" not in said


A, B, C = (("a", "eq", True), ("b", "exists"), ("c", "gt", 1))
ANY = st.fixed_dictionaries(
    {},
    optional={
        "a": st.sampled_from([True, False, None, "yes"]),
        "b": st.sampled_from(["x", "", None]),
        "c": st.sampled_from([0, 2, None, "2"]),
    },
)


@given(ANY, st.sampled_from(list(itertools.permutations((A, B, C)))))
def test_the_order_of_triples_does_not_matter(
    facts: dict[str, object], order: tuple[Triple, ...]
) -> None:
    asserted, conditioned = verdict(facts, *order), verdict(facts, A, when=order)

    assert asserted.state is verdict(facts, A, B, C).state
    assert conditioned.state is verdict(facts, A, when=(A, B, C)).state


@given(ANY, st.sets(st.sampled_from("abc")), st.sampled_from([(), (A,), (B, C)]))
def test_what_was_decided_on_less_stays_decided_on_more(
    facts: dict[str, object], forgotten: set[str], when: tuple[Triple, ...]
) -> None:
    known = {name: value for name, value in facts.items() if name not in forgotten}
    less, more = (verdict(one, A, B, C, when=when) for one in (known, facts))

    assert less.state in (more.state, NOT_ASSESSED)


@given(ANY, st.sampled_from([(), (A,), (B, C)]))
def test_a_duty_is_met_only_where_every_triple_holds(
    facts: dict[str, object], when: tuple[Triple, ...]
) -> None:
    found = verdict(facts, A, B, C, when=when)

    if found.state is MET:
        assert all(outcome.holds for outcome in found.outcomes)
        assert {"a", "b", "c"} <= facts.keys()
    if found.state is IDLE:
        assert any(outcome.holds is False for outcome in found.outcomes)
