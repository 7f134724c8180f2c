"""What is unusual in the trail is said with its reasons, and ordinary work is left in peace."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.trail.nouns import Entry
from compliance.watch import cannot_tell, watch
from compliance.watch.nouns import Alarm, AlarmKind, Known
from compliance.watch.thresholds import Thresholds, meanings, rows, takings, thresholds
from tests.watch_cases import Said, asked, habit, moment, trail, working_days

END = moment(60)
AFTER = 56  # a Monday, after forty working days
WORK = habit("Ada", working_days(40))


def kinds(*said: Said, known: Known = Known()) -> list[AlarmKind]:  # noqa: B008 - frozen
    return [alarm.kind for alarm in alarms(*said, known=known)]


def alarms(*said: Said, known: Known = Known(), at: datetime = END) -> tuple[Alarm, ...]:  # noqa: B008
    return watch(trail(*said), at, known)


def worked(entries: tuple[Entry, ...]) -> list[tuple[str, date]]:
    return [(entry.actor, entry.at.date()) for entry in entries]


def took(day: int, amount: int, actor: str = "Ada", hour: float = 10) -> Said:
    return (
        moment(day, hour),
        actor,
        "vault.open",
        "orders",
        {"column": "email", "pseudonyms": amount},
    )


def test_ordinary_work_raises_nothing() -> None:
    assert kinds(*WORK, *habit("Ben", working_days(40))) == []


def test_far_more_originals_than_ever_in_a_day_are_a_bulk_export() -> None:
    (found,) = alarms(*WORK, *(took(day, 5) for day in range(5)), took(AFTER, 90))

    assert found.kind is AlarmKind.BULK_EXPORT
    assert found.actor == "Ada"
    assert found.reasons == (
        "90 originals behind pseudonyms in one day, by 1 act.",
        "That is 18.0 times the 5 that this actor took in one day before.",
        "Taken from: orders.",
    )


@pytest.mark.parametrize(
    ("amount", "is_bulk"),
    [
        pytest.param(60, False, id="three times the most is still let pass"),
        pytest.param(61, True, id="more is not"),
    ],
)
def test_a_bulk_export_is_more_than_three_times_the_most(amount: int, is_bulk: bool) -> None:
    found = kinds(*WORK, *(took(day, 20) for day in range(5)), took(AFTER, amount))

    assert (AlarmKind.BULK_EXPORT in found) is is_bulk


def test_a_day_that_raised_an_alarm_does_not_become_habit_unless_it_was_ordinary() -> None:
    said = (*WORK, *(took(day, 5) for day in range(5)), took(AFTER, 90), took(AFTER + 1, 95))
    second, first = alarms(*said)

    assert (first.since, second.since) == (moment(AFTER), moment(AFTER + 1))
    assert alarms(*said, known=Known(ordinary=frozenset({first.id}))) == (first,)


def test_before_there_are_habits_only_a_ceiling_holds() -> None:
    assert kinds(took(0, 199)) == []
    assert kinds(took(0, 201)) == [AlarmKind.BULK_EXPORT]


def test_acts_in_the_night_of_somebody_who_works_by_day_are_odd() -> None:
    night = [(moment(AFTER, 24 + n / 4), "Ada", "report.build", "orders", {}) for n in range(3)]
    (found,) = alarms(*WORK, *night)

    assert found.kind is AlarmKind.ODD_HOURS
    assert found.reasons[0] == (
        "3 acts between 00:00 and 00:30 UTC, hours at which this actor acted on 0% of 40 days."
    )
    assert set(found.entries) == {161, 162, 163}


def test_whoever_always_works_at_night_is_not_odd_for_it() -> None:
    nights = [(moment(day, 2.5), "night audit", "duties.assess", "all", {}) for day in range(57)]

    assert kinds(*WORK, *nights, *nights) == []


def test_the_circle_closes_at_midnight() -> None:
    """Half past eleven and half past midnight are an hour apart."""
    around = [
        (moment(day, 23 + n % 3 * 0.6), "Eve", "duties.assess", "all", {})
        for n, day in enumerate(working_days(40))
    ]
    late = [(moment(AFTER, 24.6 + n / 10), "Eve", "duties.assess", "all", {}) for n in range(2)]

    assert kinds(*around, *late) == []


def test_work_on_a_weekend_of_somebody_who_never_does_is_odd() -> None:
    sunday = [(moment(55, 10 + n), "Ada", "label.decide", "orders", {}) for n in range(4)]
    (found,) = alarms(*WORK, *sunday)

    assert found.kind is AlarmKind.ODD_HOURS
    assert found.reasons == ("4 acts on a Sunday; this actor worked on 0 weekend days among 40.",)


def test_with_too_short_a_trail_nothing_is_said_of_hours_and_that_is_told() -> None:
    night = [(moment(3, 26), "Ada", "report.build", "orders", {})] * 3
    short = trail(*habit("Ada", working_days(3)), *night)

    assert watch(short, END) == ()
    assert [said.partition(":")[0] for said in cannot_tell(worked(short))] == [
        "Odd hours",
        "New actors",
        "Unusual altogether",
    ]
    assert cannot_tell(worked(trail(*WORK, *habit("Ben", working_days(40))))) == ()


def test_columns_that_nobody_ever_touched_are_unusual_and_the_telling_ones_weigh_more() -> None:
    usual = [asked(moment(day), question=f"q{day}", shape=f"s{day}") for day in working_days(40)]
    reach = asked(moment(AFTER), question="x", shape="x", columns=("customer", "iban", "note"))
    (found,) = alarms(*usual, reach, known=Known(personal={"orders": frozenset({"iban"})}))

    assert found.kind is AlarmKind.UNUSUAL_COLUMNS
    assert found.reasons == (
        "Never touched by anybody in 40 acts on orders: “iban”, “note”.",
        "Of these, identifying or sensitive: “iban”.",
    )
    assert kinds(*usual, reach) == []


def test_after_a_delivery_with_more_columns_new_ones_are_expected() -> None:
    usual = [asked(moment(day), question=f"q{day}", shape=f"s{day}") for day in working_days(40)]
    reach = asked(moment(AFTER), question="x", shape="x", columns=("a", "b", "c"))
    first = (moment(0, 8), "Ada", "dataset.add", "orders", {"columns": 8})
    more = (moment(AFTER, 8), "Ada", "dataset.add", "orders", {"columns": 11})

    assert kinds(first, *usual, reach) == [AlarmKind.UNUSUAL_COLUMNS]
    assert kinds(first, *usual, more, reach) == []


def test_one_question_answered_again_and_again_is_averaging() -> None:
    (found,) = alarms(*(asked(moment(AFTER, 10 + n)) for n in range(4)))

    assert found.kind is AlarmKind.AVERAGING
    assert found.facts == {"answers": 4, "looks": 0, "epsilon": 2.0, "noise_left": 0.5}
    assert found.reasons == (
        "The same question on orders was answered 4 times.",
        "Averaged, the noise falls to 50% of that of the most exact single answer; ε adds up to 2.",
    )


@pytest.mark.parametrize(
    "said",
    [
        pytest.param([asked(moment(AFTER, 10 + n)) for n in range(3)], id="three times"),
        pytest.param([asked(moment(8 * n)) for n in range(5)], id="weeks apart"),
        pytest.param(
            [asked(moment(AFTER, 10 + n), question=f"v{n}", shape=f"s{n}") for n in range(9)],
            id="every version by itself",
        ),
        pytest.param(
            [asked(moment(AFTER, 10 + n), f"actor {n}") for n in range(6)], id="six colleagues once"
        ),
    ],
)
def test_some_repetition_is_ordinary(said: list[Said]) -> None:
    assert kinds(*said) == []


def test_several_who_repeat_one_question_together_average_as_well() -> None:
    (found,) = alarms(*(asked(moment(AFTER, 8 + n), f"actor {n % 3}") for n in range(8)))

    assert found.kind is AlarmKind.AVERAGING
    assert found.actor == "actor 0, actor 1, actor 2"


@pytest.mark.parametrize(
    "wheres",
    [
        pytest.param([(), (("customer", "!=", "p"),)], id="with and without one person"),
        pytest.param([(("amount", "<", "a"),), (("amount", "<=", "a"),)], id="one step of a limit"),
        pytest.param([(), (("c", "!=", "1"),), (("c", "!=", "2"),)], id="values left out"),
        pytest.param([(("amount", "<", str(n)),) for n in range(7)], id="a limit that creeps"),
    ],
)
def test_questions_that_differ_by_a_few_people_are_differencing(
    wheres: list[tuple[tuple[str, str, str], ...]],
) -> None:
    said = [
        asked(moment(AFTER, 10 + n / 10), question=f"q{n}", where=where)
        for n, where in enumerate(wheres)
    ]
    (found,) = alarms(*said)

    assert found.kind is AlarmKind.DIFFERENCING
    assert found.facts["questions"] == len(wheres)


def test_slices_side_by_side_are_no_difference() -> None:
    slices = [(("country", "=", str(n)),) for n in range(12)]
    said = [asked(moment(AFTER, n), question=f"q{n}", where=w) for n, w in enumerate(slices)]

    assert kinds(*said) == []


def test_two_people_who_ask_one_side_each_are_not_held_against_each_other() -> None:
    one = asked(moment(AFTER, 10), "Ada", question="q1")
    other = asked(moment(AFTER, 11), "Ben", question="q2", where=(("customer", "!=", "p"),))

    assert kinds(one, other) == []


def test_many_refusals_in_a_day_are_said() -> None:
    refused = [(moment(AFTER, 10 + n / 10), "Ada", "vault.refuse", "orders", {}) for n in range(4)]
    (found,) = alarms(*WORK, *refused)

    assert found.kind is AlarmKind.REFUSALS
    assert kinds(*WORK, *refused[:3]) == []


def test_a_new_name_that_takes_something_at_once_is_said_where_the_desk_has_run() -> None:
    new = took(AFTER, 2, "visitor")

    assert kinds(*WORK, new) == [AlarmKind.NEW_ACTOR]
    assert kinds(new) == []
    assert kinds(*WORK, (moment(AFTER), "visitor", "dataset.discover", "orders", {})) == []


def rummaging() -> list[Said]:
    """Forty acts of every kind in an hour, none of which is too much by itself."""
    looks = [
        asked(moment(AFTER, 11 + n / 40), question=f"l{n}", shape=f"l{n}", act="attack.try")
        for n in range(20)
    ]
    names = ("orders", "clicks", "reviews", "customers")
    found = [
        (moment(AFTER, 11 + n / 40), "Ada", "dataset.discover", names[n % 4], {}) for n in range(20)
    ]
    return [*looks, *found]


def test_the_detector_that_learns_says_what_sets_a_day_apart() -> None:
    found = alarms(*WORK, *habit("Ben", working_days(40)), *rummaging())

    assert [alarm.kind for alarm in found] == [AlarmKind.UNUSUAL]
    assert found[0].actor == "Ada"
    assert "20 internal looks at exact values, where 0 is usual" in " ".join(found[0].reasons)


def test_with_few_days_the_detector_that_learns_is_silent() -> None:
    assert kinds(*habit("Ada", working_days(20)), *rummaging()) == []


def test_an_alarm_has_the_same_id_whenever_the_same_entries_are_looked_at() -> None:
    said = (*WORK, *(took(day, 5) for day in range(5)), took(AFTER, 90))
    (before,) = alarms(*said)
    (after,) = alarms(*said, *habit("Ada", [57, 58]))

    assert before.id == after.id
    assert before == after


def test_later_entries_and_those_long_past_raise_nothing() -> None:
    said = trail(*(asked(moment(0, 10 + n)) for n in range(5)))

    assert watch(said, moment(0, 11)) == ()
    assert len(watch(said, moment(1))) == 1
    assert watch(said, moment(0) + timedelta(days=thresholds().look_back_days + 2)) == ()


@given(st.permutations(range(8)))
def test_the_order_in_which_entries_are_given_does_not_matter(order: list[int]) -> None:
    said = trail(*(asked(moment(AFTER, 8 + n)) for n in range(8)))

    assert watch([said[n] for n in order], END) == watch(said, END)


@given(
    st.dictionaries(
        st.sampled_from(["pseudonyms", "columns", "questions", "conditions", "epsilon", "rho"]),
        st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text() | st.none()),
    ),
    st.sampled_from(["vault.open", "release.publish", "nobody.knows", "dataset.add"]),
)
def test_facts_of_other_versions_never_stop_the_watch(facts: dict[str, object], act: str) -> None:
    said = trail(*((moment(AFTER, 8 + n), "Ada", act, "orders", facts) for n in range(5)))

    assert isinstance(watch(said, END), tuple)


def test_each_figure_says_where_it_comes_from() -> None:
    for row in rows("thresholds.yaml"):
        assert all(row[name] for name in ("source", "as_of", "meaning")), row["id"]
    assert {row["id"] for row in rows("thresholds.yaml")} == {f.name for f in fields(Thresholds)}
    for what in takings():
        assert what.source
        assert what.as_of
        assert what.floor < what.ceiling


def test_each_act_that_is_given_a_meaning_is_one_of_the_desk() -> None:
    from compliance.privacy.disclosure.words import data

    assert set(meanings()) <= {row["act"] for row in data("acts.yaml")["acts"]}
    assert {name for m in meanings().values() for name in m.takes} == {t.id for t in takings()}
