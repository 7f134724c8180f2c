"""Hazards are judged on each release: every one of them can be met, and says in numbers why."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest
import release_cases as cases
import report_samples as samples
from disclosure_cases import (
    act,
    around,
    budget,
    dataset,
    decided,
    described,
    passed_audit,
    proposed,
    published_act,
    totals,
)

from compliance.dataset.nouns import ColumnName, Description
from compliance.plain import to_plain
from compliance.privacy.disclosure.hazards import CHECKS, judge
from compliance.privacy.disclosure.words import data
from compliance.privacy.nouns import (
    GaussianEvent,
    Period,
    Release,
    ReleasedValue,
    ThresholdEvent,
)
from compliance.privacy.nouns.disclosure import Hazard, HazardState, OtherDataset, Surroundings

GUARDED, EXPOSED, NOT_KNOWN = HazardState
ROWS = data("hazards.yaml")["hazards"]
PRIVATE = {"by": ["region"], "groups": [("a",), ("b",)]}
TYPED = {**PRIVATE, "public_keys": {"region": ["a", "b"]}}
RANGES = {"by": [{"column": "age", "edges": [0, 50, 99]}], "groups": [("0 to 50",)]}
MEDIAN = {"median": {"column": "amount", "lower": 0, "upper": 100}}
SUM = {"sum": {"column": "amount", "lower": 0, "upper": 100}}


@dataclass(frozen=True)
class Case:
    """What makes one hazard take one state, and words that its evidence then has."""

    hazard: str
    state: HazardState
    words: str
    release: Callable[[], Release] = totals
    change: Callable[[Release], dict[str, object]] = lambda release: {}


def _retold(release: Release, **change: object) -> Release:
    return replace(release, **change)


def _first_event(release: Release, **change: object) -> Release:
    first = msgspec.structs.replace(release.events[0], **change)
    return replace(release, events=(first, *release.events[1:]))


def _odd(statistic: dict[str, object], value: float, **question: object) -> Release:
    release = cases.published(statistic, **question)
    first = replace(release.values[0], value=value)
    return replace(release, values=(first, *release.values[1:]))


def _in_ledger(release: Release, *acts: object) -> dict[str, object]:
    return {"acts": (act(1, "dataset.add"), *acts, published_act(release))}


def _twin(release: Release) -> dict[str, object]:
    return {"releases": (release, replace(release, id="release-2"))}


def _shared(*units: str | None) -> dict[str, object]:
    return {
        "others": tuple(
            OtherDataset(name=f"o{n}", population=f"p{n}", unit=unit and ColumnName(unit))
            for n, unit in enumerate(units)
        )
    }


CASES = [
    Case("unit", GUARDED, "Asked with customer, recorded"),
    Case(
        "unit",
        EXPOSED,
        "told apart by person",
        change=lambda r: {"dataset": described(unit="person")},
    ),
    Case("unit", NOT_KNOWN, "nobody recorded", change=lambda r: {"dataset": described(unit=None)}),
    Case("large_epsilon", GUARDED, "at most 62.3 % sure"),
    Case(
        "large_epsilon", EXPOSED, "at most 95.3 % sure", lambda: cases.published(SUM, epsilon="3")
    ),
    Case("large_delta", GUARDED, "at most 0.01, because there are 10,000 rows"),
    Case("large_delta", GUARDED, "δ is 0", lambda: cases.published(SUM, mechanism="laplace")),
    Case(
        "large_delta",
        EXPOSED,
        "(at least 1,188, from what was published)",
        lambda: cases.published({"count": "units"}, delta="0.01"),
    ),
    Case("large_delta", NOT_KNOWN, "at least 0", lambda: cases.published(SUM, delta="0.001")),
    Case("contributions", GUARDED, "2 parts worked out again"),
    Case(
        "contributions",
        EXPOSED,
        "drawn for less than one person can change",
        lambda: _first_event(totals(max_rows_per_group=5), sensitivity_squared=0),
    ),
    Case(
        "contributions",
        EXPOSED,
        "No noise is on record for sum_amount:value",
        lambda: _retold(totals(), events=totals().events[:1]),
    ),
    Case(
        "contributions",
        EXPOSED,
        "on keys was drawn for less",
        lambda: _first_event(
            cases.published({"count": "rows"}, max_groups=3, **PRIVATE), sensitivity_squared=2
        ),
    ),
    Case(
        "contributions",
        EXPOSED,
        "on sum_amount:value was drawn for less",
        lambda: _first_event(cases.published(SUM, mechanism="laplace"), sensitivity=99),
    ),
    Case(
        "contributions",
        EXPOSED,
        "on median_amount:choice was drawn for less",
        lambda: _first_event(cases.published(MEDIAN, max_rows_per_group=3), sensitivity=2),
    ),
    Case(
        "contributions",
        EXPOSED,
        "on median_amount:choice was drawn for less",
        lambda: _first_event(cases.published(MEDIAN, max_groups=2, **TYPED), groups=1),
    ),
    Case(
        "bounds",
        GUARDED,
        "covered 1 column",
        change=lambda r: _in_ledger(r, proposed(3, "amount", "other")),
    ),
    Case("bounds", NOT_KNOWN, "Nothing tells where the bounds of amount come from"),
    Case(
        "bounds",
        NOT_KNOWN,
        "the bounds of amount come from: 1 look",
        change=lambda r: _in_ledger(r, proposed(3, "age")),
    ),
    Case(
        "bounds",
        EXPOSED,
        "1 look at exact values, which help to choose bounds and were not charged",
        change=lambda r: _in_ledger(r, proposed(3, "amount"), act(4, "error.compare")),
    ),
    Case(
        "bounds",
        GUARDED,
        "covered 1 column",
        change=lambda r: _in_ledger(r, proposed(3, "amount"), act(4, "attack.try")),
    ),
    Case(
        "bounds",
        NOT_KNOWN,
        "the contribution bounds come from: 0 looks",
        lambda: cases.published({"count": "rows"}),
    ),
    Case("group_keys", GUARDED, "no groups"),
    Case("group_keys", GUARDED, "ranges that were typed", lambda: cases.published(SUM, **RANGES)),
    Case(
        "group_keys",
        GUARDED,
        "shown above 37 people: a person alone in 1 group shows with",
        lambda: cases.published({"count": "rows"}, **PRIVATE),
    ),
    Case("group_keys", NOT_KNOWN, "2 keys of region", lambda: cases.published(SUM, **TYPED)),
    Case(
        "group_keys",
        EXPOSED,
        "no threshold is on record",
        lambda: _without_threshold(cases.published({"count": "rows"}, **PRIVATE)),
    ),
    Case(
        "group_keys",
        EXPOSED,
        "only δ = 5e-8 is set aside",
        lambda: _with_threshold(cases.published({"count": "rows"}, **PRIVATE), 20),
    ),
    Case("floating_point", GUARDED, "OpenDP 0.16.0, in a version that was examined"),
    Case(
        "floating_point",
        NOT_KNOWN,
        "OpenDP 0.17.0; examined were 0.16",
        lambda: _retold(totals(), libraries={"opendp": "0.17.0"}),
    ),
    Case("floating_point", NOT_KNOWN, "not recorded", lambda: _retold(totals(), libraries={})),
    Case(
        "floating_point",
        EXPOSED,
        "came from diffprivlib",
        lambda: _retold(totals(), libraries={"diffprivlib": "0.6.6", "opendp": "0.16.0"}),
    ),
    Case("side_channels", GUARDED, "under a name that loaded the data"),
    Case(
        "side_channels",
        EXPOSED,
        "under a name that did not load",
        change=lambda r: {"acts": (act(1, "dataset.add", actor="somebody else"),)},
    ),
    Case("side_channels", NOT_KNOWN, "does not tell who", change=lambda r: {"acts": ()}),
    Case("reused_noise", GUARDED, "those of 0 other releases"),
    Case(
        "reused_noise",
        GUARDED,
        "answered 2 times, each paid for",
        change=lambda r: {"releases": (r, replace(r, id="x", values=r.values[1:]))},
    ),
    Case(
        "reused_noise",
        EXPOSED,
        "1 release holds the same",
        lambda: cases.published({"count": "rows"}, {"count": "units"}, epsilon="0.001"),
        _twin,
    ),
    Case(
        "reused_noise",
        NOT_KNOWN,
        "by chance with",
        lambda: cases.published({"count": "rows"}),
        _twin,
    ),
    Case("post_processing", GUARDED, "2 numbers looked at"),
    Case(
        "post_processing",
        GUARDED,
        "1 are negative and were left so",
        lambda: _odd({"count": "rows"}, -3.0),
    ),
    Case("post_processing", EXPOSED, "1 of 1 number", lambda: _odd({"count": "rows"}, 12.5)),
    Case("post_processing", EXPOSED, "1 of 1 number", lambda: _odd(SUM, 12.005)),
    Case(
        "post_processing",
        EXPOSED,
        "1 of 1 number",
        lambda: _odd({"mean": {"column": "a", "lower": 0, "upper": 9}}, 9.5),
    ),
    Case(
        "post_processing",
        EXPOSED,
        "1 of 1 number",
        lambda: _odd({"variance": {"column": "a", "lower": 0, "upper": 100}}, 2_500.5),
    ),
    Case(
        "post_processing",
        EXPOSED,
        "1 of 1 number",
        lambda: _odd({"standard_deviation": {"column": "a", "lower": 0, "upper": 100}}, 50.5),
    ),
    Case(
        "post_processing",
        EXPOSED,
        "1 of 1 number",
        lambda: _odd({"median": {"column": "a", "lower": 0, "upper": 100, "step": 2}}, 41.0),
    ),
    Case(
        "post_processing",
        EXPOSED,
        "1 of 2 numbers",
        lambda: _odd({"top": {"groups": 3}}, 4.0, **TYPED),
    ),
    Case("post_processing", EXPOSED, "no noise is on record for sum_amount", lambda: _bare()),
    Case("post_processing", NOT_KNOWN, "No number", lambda: _retold(totals(), values=())),
    Case("composition", GUARDED, "has 1 line; the one for this release names what was drawn"),
    Case("composition", EXPOSED, "none of them for this", change=lambda r: {"budget": budget()}),
    Case(
        "composition",
        EXPOSED,
        "names other noise than was drawn",
        change=lambda r: {"budget": budget(replace(r, events=r.events[:1]))},
    ),
    Case(
        "composition",
        EXPOSED,
        "which is over",
        change=lambda r: {"budget": budget(r, epsilon="0.1")},
    ),
    Case("budget_resets", GUARDED, "Decided 1 time; never raised"),
    Case(
        "budget_resets",
        EXPOSED,
        "raised 1 time after the first spend, at last to ε = 9",
        change=lambda r: _in_ledger(r, decided(2), decided(12, "9", at=samples.NOW)),
    ),
    Case(
        "budget_resets",
        GUARDED,
        "Decided 2 times; never raised",
        change=lambda r: _in_ledger(r, decided(2), decided(3, "9")),
    ),
    Case(
        "budget_resets",
        GUARDED,
        "Decided 2 times; never raised",
        change=lambda r: _in_ledger(r, decided(2), decided(12, "1", at=samples.NOW)),
    ),
    Case(
        "budget_resets",
        EXPOSED,
        "begins anew every month, so what one person loses adds up: by now ε = 0.",
        change=lambda r: {"budget": budget(r, period=Period.MONTH)},
    ),
    Case(
        "budget_resets",
        NOT_KNOWN,
        "No officer decided",
        change=lambda r: {"budget": budget(r, is_decided=False)},
    ),
    Case("budget_resets", NOT_KNOWN, "does not tell when", change=lambda r: {"acts": ()}),
    Case("populations", GUARDED, "1 other dataset shares this budget, 0 have another"),
    Case("populations", GUARDED, "no other dataset in the desk", change=lambda r: {"others": ()}),
    Case(
        "populations",
        EXPOSED,
        "2 have another; 1 of those",
        change=lambda r: _shared("Customer", "x"),
    ),
    Case("populations", NOT_KNOWN, "of 1 nobody recorded", change=lambda r: _shared(None, "x")),
    Case("self_audit", GUARDED, "1 day ago: at least ε = 0.93"),
    Case(
        "self_audit",
        GUARDED,
        "0 days ago",
        change=lambda r: {"audit": passed_audit(at=samples.NOW + timedelta(milliseconds=900))},
    ),
    Case("self_audit", NOT_KNOWN, "No self-audit is on record", change=lambda r: {"audit": None}),
    Case(
        "self_audit",
        EXPOSED,
        "ago",
        change=lambda r: {"audit": passed_audit(passed=False, libraries={})},
    ),
    Case(
        "self_audit",
        NOT_KNOWN,
        "not of opendp 0.16.0",
        change=lambda r: {"audit": passed_audit(libraries={"numpy": "2.4.6", "opendp": "0.15"})},
    ),
    Case(
        "self_audit",
        NOT_KNOWN,
        "not of Privacy Desk 0.1.0",
        change=lambda r: {"audit": passed_audit(desk_version="0.0.9")},
    ),
    Case(
        "self_audit",
        NOT_KNOWN,
        "older than 90 days",
        change=lambda r: {"audit": passed_audit(at=samples.NOW - timedelta(days=91))},
    ),
    Case("raw_access", GUARDED, "has 1 name, each of whom"),
    Case(
        "raw_access",
        EXPOSED,
        "has 5 names",
        change=lambda r: _in_ledger(
            r, *(act(n, "dataset.describe", actor=f"a{n}") for n in range(4))
        ),
    ),
    Case(
        "raw_access",
        NOT_KNOWN,
        "the name that everybody has by default",
        change=lambda r: {"acts": (act(1, "dataset.add", actor="local officer"),)},
    ),
    Case("collection", GUARDED, "legal basis (contract)"),
    Case(
        "collection",
        EXPOSED,
        "Not recorded: purpose and how long rows are kept",
        change=lambda r: {"dataset": described(purpose="", retention_months=None)},
    ),
    Case(
        "collection",
        NOT_KNOWN,
        "Nobody recorded anything",
        change=lambda r: {"dataset": replace(dataset(), description=Description())},
    ),
]


def _without_threshold(release: Release) -> Release:
    return replace(
        release, events=tuple(e for e in release.events if not isinstance(e, ThresholdEvent))
    )


def _with_threshold(release: Release, people: int) -> Release:
    return replace(
        release,
        events=tuple(
            msgspec.structs.replace(e, threshold=people) if isinstance(e, ThresholdEvent) else e
            for e in release.events
        ),
    )


def _bare() -> Release:
    release = totals()
    return replace(release, events=release.events[:1])


def judged(release: Release, surroundings: Surroundings) -> dict[str, Hazard]:
    return {hazard.id: hazard for hazard in judge(release, surroundings)}


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.hazard} {c.state}: {c.words[:40]}")
def test_a_hazard_takes_the_state_that_the_facts_give_it(case: Case) -> None:
    release = case.release()

    found = judged(release, around(release, **case.change(release)))[case.hazard]

    assert found.state is case.state, found.evidence
    assert case.words in found.evidence


def test_no_hazard_has_a_fixed_verdict() -> None:
    """Each is guarded for somebody, and for somebody else it is not."""
    states = {row["id"]: {case.state for case in CASES if case.hazard == row["id"]} for row in ROWS}

    assert [name for name, found in states.items() if GUARDED not in found] == []
    assert [name for name, found in states.items() if len(found) < 2] == []


def test_every_hazard_of_the_data_file_has_its_check() -> None:
    ids = [row["id"] for row in ROWS]

    assert len(ids) == len(set(ids)) == 16
    assert set(ids) == CHECKS.keys()


def test_each_hazard_names_its_sources_and_how_far_they_were_read() -> None:
    for row in ROWS:
        assert row["verified"] in {"read", "summary", "reasoned"}, row["id"]
        assert row["sources"], row["id"]
        assert row["level"] in {"guarantee", "system", "collection"}
        assert row["to_do"].strip().endswith(".")
        rests_on_nist = all("800-226" in source for source in row["sources"])
        assert not (rests_on_nist and row["verified"] == "read"), "its text could not be read"


def test_the_order_is_that_of_the_pyramid() -> None:
    levels = list(dict.fromkeys(row["level"] for row in ROWS))

    assert levels == ["guarantee", "system", "collection"]


def test_what_to_do_is_told_only_where_it_is_not_guarded() -> None:
    release = totals()
    for hazard in judge(release, around(release, audit=None)):
        assert bool(hazard.to_do) is (hazard.state is not GUARDED), hazard.id


def test_evidence_is_in_numbers_or_names() -> None:
    release = cases.published({"count": "rows"}, SUM, **PRIVATE)

    for hazard in judge(release, around(release)):
        assert hazard.evidence.endswith("."), hazard.id
        assert re.search(r"\d|customer|contract|was asked|no other", hazard.evidence), hazard.id


def test_evidence_tells_no_exact_count_of_people_and_no_name() -> None:
    release = replace(totals(), actor="Xanthippe Quisling")
    acts = (act(1, "dataset.add", actor="Xanthippe Quisling"), published_act(release))
    text = json.dumps([to_plain(h) for h in judge(release, around(release, acts=acts))])

    assert "Xanthippe" not in text
    assert not any(number in text for number in ("777,001", "555,002", "333,003"))


@pytest.mark.parametrize("release", cases.every_kind(), ids=lambda r: r.id)
def test_real_noise_is_found_to_cover_its_bounds_whatever_was_asked(release: Release) -> None:
    """The desk's own calibration against sensitivities worked out again from the question."""
    found = judged(release, around(release))

    assert found["contributions"].state is GUARDED
    assert found["post_processing"].state is GUARDED
    assert found["composition"].state is GUARDED


def test_more_groups_than_were_paid_for_are_seen() -> None:
    """The ledger and the noise stay; only the question on record is made wider."""
    release = cases.published({"count": "rows"}, **TYPED)
    wider = replace(release, query=replace(release.query, max_groups=2))

    assert judged(release, around(release))["contributions"].state is GUARDED
    assert judged(wider, around(wider))["contributions"].state is EXPOSED


def test_a_threshold_is_worked_out_again_for_either_noise() -> None:
    for mechanism in ("gaussian", "laplace"):
        release = cases.published({"count": "rows"}, max_groups=2, mechanism=mechanism, **PRIVATE)
        threshold = next(e.threshold for e in release.events if isinstance(e, ThresholdEvent))
        lower = _with_threshold(release, threshold - 2)

        assert judged(release, around(release))["group_keys"].state is GUARDED
        assert judged(lower, around(lower))["group_keys"].state is EXPOSED


def test_a_threshold_without_its_noise_is_not_known() -> None:
    release = cases.published({"count": "rows"}, **PRIVATE)
    alone = replace(
        release, events=tuple(e for e in release.events if getattr(e, "statistic", "") != "keys")
    )

    assert judged(alone, around(alone))["group_keys"].state is NOT_KNOWN


def test_twins_by_chance_are_told_from_twins_by_reuse() -> None:
    """One count under little noise may well come out the same; forty under much noise may not."""
    rows = tuple(
        ReleasedValue(keys=(f"g{n}",), statistic="count_rows", value=n, margin=1.0)
        for n in range(40)
    )
    wide = cases.published({"count": "rows"}, **TYPED)
    many = replace(
        wide,
        values=rows,
        events=(GaussianEvent(statistic="count_rows:value", sensitivity_squared=1, scale=50.0),),
    )
    twins = around(many, releases=(many, replace(many, id="other")))

    assert judged(many, twins)["reused_noise"].state is EXPOSED


def test_the_limit_of_epsilon_is_met_by_itself() -> None:
    release = cases.published(SUM, mechanism="laplace", epsilon="1")

    assert judged(release, around(release))["large_epsilon"].state is GUARDED
    assert Decimal(next(r["limit"] for r in ROWS if r["id"] == "large_epsilon")) == 1
