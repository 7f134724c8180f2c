"""Rules on facts: every duty checked, and nothing passed that could not be checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from compliance.rules.nouns import Assessment, Pack, Rule, Severity, State, Subject, Triple, Verdict

_WORST_FIRST = {severity: place for place, severity in enumerate(Severity)}
_STATE_ORDER = (State.NOT_MET, State.NOT_ASSESSED, State.MET, State.WAIVED, State.NOT_APPLICABLE)


def assess(pack: Pack, subjects: Sequence[Subject], at: datetime) -> Assessment:
    """Every rule of `pack` on every subject that it looks at; findings first, worst first.

    Three-valued: a triple on an unknown fact is unknown, and a rule with an unknown triple is
    not assessed unless another triple already decides it.
    """
    verdicts = [
        _verdict(rule, subject, pack.words)
        for rule in pack.rules
        for subject in subjects
        if subject.entity == rule.entity
    ]
    verdicts.sort(key=lambda v: (_STATE_ORDER.index(v.state), _WORST_FIRST[v.severity]))
    met = sum(v.state is State.MET for v in verdicts)
    decided = met + sum(v.state is State.NOT_MET for v in verdicts)
    score = round(100 * met / decided, 1) if decided else None
    return Assessment(verdicts=tuple(verdicts), score=score, assessed_at=at)


def _verdict(rule: Rule, subject: Subject, words: Mapping[str, str]) -> Verdict:
    applies = _all(_holds(triple, subject.facts) for triple in rule.when)
    met = _all(_holds(triple, subject.facts) for triple in rule.asserts)
    if applies is False:
        state, triples = State.NOT_APPLICABLE, rule.when
    elif applies is None or met is None:
        state, triples = State.NOT_ASSESSED, (*rule.when, *rule.asserts)
    else:
        state, triples = (State.MET if met else State.NOT_MET), rule.asserts
    return Verdict(
        rule=rule.id,
        law=rule.law,
        article=rule.ref,
        title=rule.title,
        subject=subject.name,
        state=state,
        evidence=_evidence(triples, subject.facts, words),
        severity=rule.severity,
        remedy=rule.remedy,
        page=rule.page,
        stage=rule.stage,
        entity=rule.entity,
        subject_id=subject.id or subject.name,
        level=rule.verified.level,
        source=rule.verified.source,
        as_of=rule.as_of,
    )


def _all(answers: Iterable[bool | None]) -> bool | None:
    """True where all are, False where one is, unknown otherwise."""
    seen = list(answers)
    if any(answer is False for answer in seen):
        return False
    return None if any(answer is None for answer in seen) else True


def _holds(triple: Triple, facts: Mapping[str, object]) -> bool | None:
    """Whether a triple holds; None where its fact is unknown.

    Raises:
        ValueError: the operator is unknown, so the rule file is wrong.
    """
    fact, operator = triple[0], triple[1]
    if fact not in facts:
        return None
    value = facts[fact]
    wanted = triple[2] if len(triple) > 2 else None
    if operator == "exists":
        return value is not None
    if operator == "nonempty":
        return value not in (None, "", (), [])
    if operator == "eq":
        return value == wanted
    if operator in ("gt", "gte", "lte"):
        return _compares(operator, value, wanted)
    raise ValueError(f"unknown operator {operator} in a rule")


def _compares(operator: str, value: object, wanted: object) -> bool:
    if not isinstance(value, (int, float)) or not isinstance(wanted, (int, float)):
        return False  # recorded as absent
    return {"gt": value > wanted, "gte": value >= wanted, "lte": value <= wanted}[operator]


def _evidence(
    triples: Sequence[Triple], facts: Mapping[str, object], words: Mapping[str, str]
) -> str:
    """What is known of each fact that was looked at, without any value of the data."""
    looked_at = dict.fromkeys(triple[0] for triple in triples)
    return "; ".join(f"{words[fact]}: {_shown(fact, facts)}" for fact in looked_at) + "."


def _shown(fact: str, facts: Mapping[str, object]) -> str:
    if fact not in facts:
        return "unknown"
    value = facts[fact]
    if value in (None, ""):
        return "not recorded"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.0%}"
    return f"{value:,}" if isinstance(value, int) else "recorded"
