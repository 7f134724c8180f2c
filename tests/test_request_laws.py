"""What is said of each law's rights holds together with the rules and the register."""

from __future__ import annotations

import pytest

from compliance import shipped
from compliance.errors import RequestInputError
from compliance.register import kind_of
from compliance.rights.nouns import IdentityLevel, Right
from compliance.rights.requests import Provision, provision_of, provisions, retention_of
from compliance.rules.nouns import Pack
from compliance.rules.pack import desk_pack
from compliance.workspace.requesting.clocks import deadline_of
from tests.request_cases import ALL_LAWS

EVERY = [one for found in provisions().values() for one in found.values()]
REASONS = kind_of("request").field("refusal_reason")
RIGHTS = kind_of("request").field("right")


@pytest.fixture(scope="module")
def pack() -> Pack:
    return desk_pack()


def id_of(one: Provision) -> str:
    return f"{one.law}-{one.right.name}"


def test_every_law_in_scope_is_there() -> None:
    assert tuple(provisions()) == ALL_LAWS


def test_the_file_says_where_it_comes_from() -> None:
    raw = shipped.table("compliance.rights.requests", "rights.yaml")

    assert raw["source"]
    assert raw["as_of"]


@pytest.mark.parametrize("one", EVERY, ids=id_of)
def test_every_right_has_a_clock_an_article_and_what_a_refusal_tells(
    one: Provision, pack: Pack
) -> None:
    for rule in filter(None, (one.clock, one.confirmation)):
        assert deadline_of(pack, rule) is not None
        found = pack.rule(rule)
        assert found is not None
        assert found.law == one.law
        assert found.entity == one.kind
    assert bool(one.clock) != (one.target is not None)
    assert one.article
    assert one.title
    assert one.tells
    assert one.until in ("answered", "confirmed", "carried out")


@pytest.mark.parametrize("one", EVERY, ids=id_of)
def test_the_register_knows_every_name(one: Provision) -> None:
    assert RIGHTS is not None
    assert REASONS is not None
    assert one.name in ("", *RIGHTS.choices)
    for id_, ground in one.refusals.items():
        assert (ground.reason or id_) in REASONS.choices, id_
        assert ground.article
    known = {field.id for field in kind_of("request").fields}
    assert {telling.fact for telling in one.tells.values()} - {""} <= known


@pytest.mark.parametrize("one", EVERY, ids=id_of)
def test_where_identity_is_needed_a_refusal_for_want_of_it_is_possible(one: Provision) -> None:
    if one.needs_identity:
        assert one.unproven in one.refusals
    assert one.is_enough(IdentityLevel.DOCUMENT)
    assert one.is_enough(one.level)


@pytest.mark.parametrize("one", EVERY, ids=id_of)
def test_only_erasing_has_grounds_and_exceptions(one: Provision) -> None:
    if one.right is Right.ERASURE:
        assert one.exceptions
    else:
        assert not one.grounds
        assert not one.exceptions


@pytest.mark.parametrize(
    ("law", "right", "name"),
    [
        ("CCPA", Right.ACCESS, "know"),
        ("CCPA", Right.ERASURE, "delete"),
        ("CCPA", Right.RECTIFICATION, "correct"),
        ("CCPA", Right.OPT_OUT, "opt_out_sale_sharing"),
        ("US_VA_VCDPA", Right.OPT_OUT, "opt_out"),
        ("BR_LGPD", Right.ERASURE, "anonymise_block_delete"),
        ("EU_GDPR", Right.REVIEW, "automated_decision"),
    ],
)
def test_each_law_has_its_own_name_for_a_right(law: str, right: Right, name: str) -> None:
    assert provision_of(law, right).name == name


def test_a_right_that_a_law_does_not_know_is_refused() -> None:
    with pytest.raises(RequestInputError, match="The right is under EU_GDPR one of: access"):
        provision_of("EU_GDPR", Right.OPT_OUT)
    with pytest.raises(RequestInputError, match="The law is one of EU_GDPR"):
        provision_of("MARS_ACT", Right.ACCESS)


def test_california_keeps_the_log_for_twenty_four_months() -> None:
    assert retention_of("CCPA").months == 24
    assert "7101" in retention_of("CCPA").article


def test_what_the_rules_name_as_exceptions_can_be_named() -> None:
    found = desk_pack().rule("CCPA-105")
    assert found is not None
    assert set(found.params["exceptions"]) == set(provision_of("CCPA", Right.ERASURE).exceptions)
    found = desk_pack().rule("GDPR-17-1")
    assert found is not None
    erasure = provision_of("EU_GDPR", Right.ERASURE)
    assert set(found.params["exceptions"]) == set(erasure.exceptions)
    assert set(found.params["grounds"]) == set(erasure.grounds)
