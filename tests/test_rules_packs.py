"""Packs of rules: read, refused with the line, joined, extended."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rule_cases import AT, OWN

from compliance.errors import PackError
from compliance.plain import from_yaml, to_yaml
from compliance.rules import assess, desk_pack
from compliance.rules.nouns import Pack, Subject
from compliance.rules.pack import join, read_part, shipped, to_pack_file


def joined(*texts: str) -> Pack:
    parts = [read_part(text.encode(), f"{n}.yaml") for n, text in enumerate(texts)]
    return join([*shipped(), *parts])


def refused(*texts: str) -> PackError:
    with pytest.raises(PackError) as caught:
        joined(*texts)
    return caught.value


def line_of(text: str, part: str) -> int:
    """The first line of `text` in which `part` stands."""
    return next(n for n, line in enumerate(text.splitlines(), start=1) if part in line)


def test_an_own_pack_adds_to_the_rules_of_the_desk() -> None:
    pack = joined(OWN)

    assert [rule.id for rule in pack.rules] == [rule.id for rule in desk_pack().rules] + ["OURS-1"]
    assert pack.edition == "laws 2026.11 + desk 2026.11 + ours 1"
    assert pack.words["encrypted_by"] == "who encrypted it"
    assert pack.lists["PARTNERS"] == ("DE", "FR")
    assert pack.rule("OURS-1").as_of == "2026-11-20"  # type: ignore[union-attr]


# What stands in the pack, what stands there instead, where the line is that is named, and why.
SLIPS = [
    ("id: ours", "id: Our Rules", "id: Our", "“id” may have small letters"),
    ("id: ours\n", "", "title", "the pack lacks “id”"),
    ('version: "1"', "version: 1", "version", "“version” must be a text"),
    ("as_of: 2026-11-20", "as_of: 2026-02-30", "as_of", "a day that exists"),
    ("as_of: 2026-11-20", "as_of: soon", "as_of", "a day that exists"),
    ("title: What our shop asks besides", "title:", "title", "must be a text, and not empty"),
    ("    title: Everything is encrypted\n", "", "- id: OURS-1", "rule OURS-1 lacks “title”"),
    ("      source: Board of 2026-11-01\n", "", "verified:", "“verified” lacks “source”"),
    ("level: policy", "level: hearsay", "level:", "“level” must be one of text / secondary"),
    ("severity: high", "severity: terrible", "severity", "must be one of critical / high"),
    ("    severity: high", "    severty: high", "severty", "did you mean “severity”?"),
    ("    asserts:", "    assert:", "assert:", "did you mean “asserts”?"),
    ("law: POLICY", "law: MOON_LAW", "law: MOON", "there is no law “MOON_LAW”"),
    ("entity: dataset", "entity: spaceship", "spaceship", "there is no kind “spaceship”"),
    ("eq, true", "resembles, true", "resembles", "unknown operator “resembles”; there are eq"),
    (
        "[encrypted_by, exists]",
        "[encrypted_by, exists, true]",
        "exists",
        "after “exists” stands nothing",
    ),
    ("[encrypted_by, exists]", "[encrypted_by, eq]", "eq]", "after “eq” stands a text"),
    ("[encrypted_by, exists]", "[encrypted_by, gt, many]", "many", "after “gt” stands a number"),
    ("[encrypted_by, exists]", "[encrypted_by, gte, true]", "gte", "after “gte” stands a number"),
    ("[encrypted_by, exists]", "[encrypted_by, in, x]", "in, x", "stands a list of values"),
    ("[encrypted_by, exists]", "[encrypted_by, in, []]", "in, []", "stands a list of values"),
    ("[encrypted_by, exists]", "[encrypted_by]", "[encrypted_by]", "a triple is a list of fact"),
    ("[encrypted_by, exists]", "encrypted_by", "- encrypted_by", "a triple is a list of fact"),
    ("in_list, PARTNERS", "in_list, FRIENDS", "FRIENDS", "there is no list “FRIENDS”"),
    (
        "[encrypted_by, exists]",
        "[x_at, within_days, weeks]",
        "weeks",
        "no number of days called “weeks”",
    ),
    ("days: 30", "days: -1", "days: -1", None),
    (
        "[encrypted_by, exists]",
        "[x_at, before_deadline, final]",
        "final",
        "no deadline called “final”",
    ),
    ("    severity: high", "    severity: high\n    stage: 11", "stage", "1 to 10"),
    (
        "    severity: high",
        "    severity: high\n    fine_tier: huge",
        "huge",
        "there is no fine “huge”",
    ),
    (
        "    severity: high",
        "    severity: high\n    severity: low",
        "severity: low",
        "stands there twice",
    ),
    (
        "    severity: high",
        "    severity: high\n    effective_from: 2026-05-01\n    effective_until: 2026-04-01",
        "effective_until",
        "it would end before it begins",
    ),
    (
        "    severity: high",
        "    severity: high\n    effective_from: 2026-13-01",
        "effective_from",
        "a day that exists",
    ),
    (
        "    severity: high",
        "    severity: high\n    replaces: true",
        "- id: OURS-1",
        "no rule OURS-1 to replace",
    ),
    ("id: OURS-1", "id: GDPR-6-1", "GDPR-6-1", "say “replaces: true”"),
    ("PARTNERS: [DE, FR]", "PARTNERS: [DE, 49]", "PARTNERS", "must be a text"),
    ("PARTNERS: [DE, FR]", "PARTNERS: [DE, NO]", "PARTNERS", "must be a text"),
    (
        "rules:",
        "extends: [desk, moon]\nrules:",
        "extends",
        "extends the pack “moon”, which is not here",
    ),
    (
        "rules:",
        "disabled: {NO-SUCH: it never was}\nrules:",
        "NO-SUCH",
        "no rule NO-SUCH to switch off",
    ),
    ("rules:", "disabled: {GDPR-6-1: ''}\nrules:", "disabled", "must be a text, and not empty"),
    ("rules:", "rules: &all\n  - *all\nmore:", "&all", "points to another part"),
    ("id: ours", "id: [ours", None, None),
    ("id: ours", "? [a, b]\n: 1\nid: ours", "? [a, b]", "a name must be a text"),
]


@pytest.mark.parametrize(("before", "after", "at", "problem"), SLIPS)
def test_a_broken_pack_is_refused_with_the_line(
    before: str, after: str, at: str | None, problem: str | None
) -> None:
    assert before in OWN
    text = OWN.replace(before, after, 1)
    if after == "days: -1":
        text = text.replace("[encrypted_by, exists]", "[x_at, within_days, days]", 1)
        at, problem = "within_days", "no number of days called “days”"
    found = refused(text)

    assert str(found).startswith("The rule pack “0.yaml” cannot be used. Line ")
    if at is not None:
        assert found.facts["line"] == line_of(text, at)
    assert problem is None or problem in str(found)


CLOCK = "      - [answered_at, before_deadline, deadline]"
DEADLINES = [
    ("calendar: EU_1182_71", "calendar: moon", "unknown calendar; there are EU_1182_71"),
    ("        calendar: EU_1182_71\n", "", "unknown calendar"),
    ("start: received_at", "start: 3", "a deadline says the fact that starts it"),
    ("base: {months: 1}", "base: {months: 1.5}", "a whole number of months"),
    ("base: {months: 1}", "base: {moons: 1}", "unknown setting “moons”"),
    ("base: {months: 1}", "base: {months: 1, dayz: 5}", "unknown setting “dayz”"),
    ("base: {months: 1}", "base: {}", "a whole number of months"),
    ("base: {months: 1}", "base: {hours: 1000000000000}", "no law counts more than 9,999"),
    ("base: {months: 1}", "base: {business_days: 10000}", "no law counts more than 9,999"),
    ("base: {months: 1}", "base: {months: 1}\n        extention: {days: 3}", "“extention”"),
    ("start: received_at", "start: ''", "a deadline says the fact that starts it"),
    ("base: {months: 1}", "base: {months: 0}", "a whole number of months"),
    ("base: {months: 1}", "base: a month", "a length of time has months"),
    ("base: {months: 1}", "base: {months: 1}\n        extension: {days: -3}", "a whole number"),
    (
        "base: {months: 1}",
        "base: {months: 1}\n        pause: doubt",
        "“pause” is a list of reasons",
    ),
]


@pytest.mark.parametrize(("before", "after", "problem"), DEADLINES)
def test_a_deadline_that_cannot_be_counted_is_refused(
    before: str, after: str, problem: str
) -> None:
    text = OWN.replace("      - [encrypted_by, exists]", CLOCK)
    joined(text)
    found = refused(text.replace(before, after, 1))

    assert problem in str(found)
    assert int(str(found.facts["line"])) >= line_of(text, "deadline:")


def test_a_deadline_that_no_triple_names_is_checked_too() -> None:
    """`clock` counts by all that a rule sets."""
    assert "unknown calendar" in str(refused(OWN.replace("EU_1182_71", "5", 1)))


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "a pack is a list of settings"),
        (b"- a\n- b\n", "a pack is a list of settings"),
        (b"\xff\xfe\x00", "it is no text in UTF-8"),
        (b"a: " + b"x" * 2**20, "it is larger than 1 MB"),
        (b"[" * 5000, "nested more than 40 deep"),
        (b"a:\n" + b"- " * 500_000, "nested more than 40 deep"),
        (b"id: !!python/object:os.system x\n", "cannot be read as YAML"),
        (b"id: !!bool maybe\n", "cannot be read as YAML"),
    ],
)
def test_a_file_that_is_no_pack_is_refused_in_plain_words(data: bytes, problem: str) -> None:
    with pytest.raises(PackError, match=problem):
        read_part(data, "x.yaml")


@pytest.mark.parametrize("base", ["MOON", "ISLE_LAW", "UK_GDPR"])
def test_a_law_builds_on_one_that_stands_for_itself(base: str) -> None:
    laws = f"laws:\n  ISLE_LAW:\n    name: Of the isle\n    short: Isle\n    builds_on: {base}\n"
    refusal = refused(f"{laws}{OWN}")

    assert f"Line 5: ISLE_LAW cannot build on “{base}”" in str(refusal)


def test_packs_that_extend_each_other_are_refused() -> None:
    one = "id: one\ntitle: One\nversion: '1'\nas_of: 2026-11-20\nextends: [two]\n"
    two = "id: two\ntitle: Two\nversion: '1'\nas_of: 2026-11-20\nextends: [one]\n"
    found = refused(one, two)

    assert "packs extend in a circle: one → two → one" in str(found)
    assert found.facts["line"] == 5


def test_a_pack_that_extends_itself_is_refused() -> None:
    text = "id: one\ntitle: One\nversion: '1'\nas_of: 2026-11-20\nextends: [one]\n"

    assert "in a circle: one → one" in str(refused(text))


def test_one_rule_replaces_another_by_name() -> None:
    text = OWN.replace("id: OURS-1", "id: GDPR-6-1").replace("ref:", "replaces: true\n    ref:")
    pack = joined(text)

    assert len(pack.rules) == len(desk_pack().rules)
    assert pack.rule("GDPR-6-1").title == "Everything is encrypted"  # type: ignore[union-attr]


def test_a_rule_that_is_switched_off_stays_in_sight() -> None:
    pack = joined(OWN + "disabled: {GDPR-6-1: our lawyer says so}\n")

    assert pack.disabled == {"GDPR-6-1": "our lawyer says so"}
    assert pack.rule("GDPR-6-1") is not None


def test_a_pack_written_out_is_the_same_pack_when_read() -> None:
    pack = joined(OWN + "disabled: {GDPR-6-1: our lawyer says so}\n")
    again = join([read_part(to_pack_file(pack).encode(), "all.yaml", base="")])

    assert again.rules == pack.rules
    assert again.disabled == pack.disabled
    assert again.words == pack.words


def test_the_packs_of_the_desk_name_no_rule_twice_and_every_source_they_use() -> None:
    pack = desk_pack()

    assert len(pack.rules) == 187
    for rule in pack.rules:
        source = rule.verified.source
        assert source in pack.sources or " " in source or source == "-", rule.id
        assert rule.as_of


def test_what_is_not_pack_yaml_is_still_plain_yaml() -> None:
    assert from_yaml(to_pack_file(desk_pack()).encode(), ValueError)["id"] == "desk"


def places(plain: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """Every place in a document."""
    found = [path] if path else []
    if isinstance(plain, dict):
        return found + [one for key, value in plain.items() for one in places(value, (*path, key))]
    if isinstance(plain, list):
        return found + [one for n, value in enumerate(plain) for one in places(value, (*path, n))]
    return found


PLAIN = from_yaml(
    OWN.replace("[encrypted_by, exists]", "[x_at, before_deadline, deadline]").encode(), ValueError
)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(places(PLAIN)), JUNK)
def test_whatever_stands_in_a_pack_it_is_refused_or_can_be_used(
    path: tuple[object, ...], junk: object
) -> None:
    plain = copy.deepcopy(PLAIN)
    inner = plain
    for step in path[:-1]:
        inner = inner[step]  # type: ignore[index]
    inner[path[-1]] = junk  # type: ignore[index]
    try:
        pack = joined(to_yaml(plain))
    except PackError:
        return

    thing = Subject(entity="dataset", name="it", facts={"contains_personal_data": True})
    own = tuple(rule for rule in pack.rules if rule.id == "OURS-1")
    assert assess(replace(pack, rules=own), [thing], AT).verdicts or not own
