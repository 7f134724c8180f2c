"""A law that builds on another asks for its duties too, once, and under its own name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from compliance.rules import assess, desk_pack
from compliance.rules.nouns import Assessment, Gap, Governed, Level, State, Subject

AT = datetime(2026, 11, 26, tzinfo=UTC)
ACTIVITY = Subject(entity="activity", name="Orders", facts={"purposes": ()})
BRITISH = Subject(
    entity="request",
    name="r1",
    facts={"fee_charged": 5, "excessive_justification": None},
    governed=Governed(laws=("UK_GDPR",)),
)


def found(*laws: str, subjects: tuple[Subject, ...] = (ACTIVITY,)) -> Assessment:
    return assess(desk_pack(), subjects, AT, laws=dict.fromkeys(laws, "said so"), is_whole=False)


def test_who_is_under_the_british_law_alone_is_asked_for_what_it_keeps() -> None:
    (verdict,) = (v for v in found("UK_GDPR").findings if v.rule == "GDPR-5-1-B")

    assert verdict.reference == "UK GDPR Art. 5(1)(b)"
    assert verdict.level is Level.SECONDARY
    assert verdict.source.startswith("UK GDPR keeps it from the GDPR")


def test_what_it_sets_anew_is_not_taken_over() -> None:
    said = {v.rule for v in found("UK_GDPR", subjects=(BRITISH,)).verdicts if v.law == "UK_GDPR"}

    assert {"UK-12A", "GDPR-12-5"} <= said
    assert not {"GDPR-12-3", "GDPR-12-3-EXT"} & said


def test_under_both_laws_a_duty_of_all_is_asked_once() -> None:
    said = [v for v in found("EU_GDPR", "UK_GDPR").findings if v.rule == "GDPR-5-1-B"]

    assert [verdict.law for verdict in said] == ["EU_GDPR"]


def test_under_both_laws_a_british_request_is_judged_by_the_british_law() -> None:
    both = found("EU_GDPR", "UK_GDPR", subjects=(BRITISH,))
    said = [v for v in both.findings if v.rule == "GDPR-12-5"]

    assert [(v.law, v.state) for v in said] == [("UK_GDPR", State.NOT_MET)]


@pytest.mark.parametrize(
    ("laws", "perhaps", "asks"),
    [
        (("UK_GDPR",), ("EU_GDPR",), {"UK_GDPR": State.NOT_MET, "EU_GDPR": State.NOT_ASSESSED}),
        (("EU_GDPR",), ("UK_GDPR",), {"EU_GDPR": State.NOT_MET}),
        ((), ("EU_GDPR", "UK_GDPR"), {"EU_GDPR": State.NOT_ASSESSED}),
    ],
    ids=["surely British", "surely European", "neither surely"],
)
def test_of_two_laws_the_one_that_surely_governs_asks(
    laws: tuple[str, ...], perhaps: tuple[str, ...], asks: dict[str, State]
) -> None:
    gap = Gap("law", "it names no law")
    governed = Governed(laws=laws, perhaps=dict.fromkeys(perhaps, gap))
    asked = replace(BRITISH, governed=governed)

    assert found_on(asked) == asks


def found_on(asked: Subject) -> dict[str, State]:
    both = found("EU_GDPR", "UK_GDPR", subjects=(asked,))
    return {v.law: v.state for v in both.verdicts if v.rule == "GDPR-12-5"}


def test_what_it_does_not_keep_names_rules_that_are_there() -> None:
    pack = desk_pack()
    for law in pack.laws.values():
        ids = {rule.id for rule in pack.rules if rule.law == law.builds_on}

        assert set(law.but_not) <= ids
