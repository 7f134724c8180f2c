"""The table of cases of every rule, and how a case is assessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from compliance.rules import assess, desk_pack
from compliance.rules.nouns import Rule, State, Subject, Verdict

Facts = dict[str, object]

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
LATER = datetime(2027, 6, 15, 12, tzinfo=UTC)
CASES: Mapping[str, dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("rules_cases.yaml").read_text(encoding="utf-8")
)


# A pack of an organisation’s own.
OWN = """\
id: ours
title: What our shop asks besides
version: "1"
as_of: 2026-11-20
lists:
  PARTNERS: [DE, FR]
words:
  encrypted_by: who encrypted it
rules:
  - id: OURS-1
    law: POLICY
    ref: Shop rule 1
    title: Everything is encrypted
    requirement: Every dataset is encrypted by us.
    entity: dataset
    when:
      - [contains_personal_data, eq, true]
    asserts:
      - [encrypted_by, exists]
      - [storage_country, in_list, PARTNERS]
    severity: high
    verified:
      level: policy
      source: Board of 2026-11-01
    params:
      days: 30
      deadline:
        start: received_at
        base: {months: 1}
        calendar: EU_1182_71
"""


def rule_of(id_: str) -> Rule:
    rule = desk_pack().rule(id_)
    assert rule is not None, id_
    return rule


def facts_of(id_: str, part: Facts) -> Facts:
    """Facts of a case, with “all” and “all but one” written out."""
    wanted = {t[0]: t[2] for t in rule_of(id_).asserts if t[1] == "contains_all"}
    full: dict[object, Any] = {"all": lambda v: list(v), "all but one": lambda v: list(v)[:-1]}
    return {
        fact: full[value](wanted[fact])
        if fact in wanted and value in ("all", "all but one")
        else value
        for fact, value in part.items()
    }


def met_facts(id_: str) -> Facts:
    return facts_of(id_, CASES[id_]["met"])


def when_assessed(rule: Rule) -> datetime:
    return LATER if rule.effective_from and rule.effective_from > AT.date() else AT


def verdict_on(rule: Rule, facts: Facts, at: datetime | None = None) -> Verdict:
    only = replace(desk_pack(), rules=(rule,))
    subject = Subject(entity=rule.entity, name="it", facts=facts)
    (verdict,) = assess(only, [subject], at or when_assessed(rule)).verdicts
    return verdict


def state_of(id_: str, facts: Facts) -> State:
    return verdict_on(rule_of(id_), facts).state
