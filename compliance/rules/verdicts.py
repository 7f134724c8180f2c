"""From what triples said to verdicts, with the reason for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from typing import NamedTuple

from compliance.rules.advice import mended_by
from compliance.rules.checking import Check, Seen
from compliance.rules.nouns import (
    Assessment,
    Entity,
    Outcome,
    Pack,
    Rule,
    State,
    Subject,
    Verdict,
    Waiver,
)

_ORDER = (State.NOT_MET, State.NOT_ASSESSED, State.WAIVED, State.MET, State.NOT_APPLICABLE)
_NO_PLACE = Entity(name="", page="decisions", stage=7)


class _Finding(NamedTuple):
    """What all subjects of which the same was seen have in common."""

    state: State
    because: str
    evidence: str
    remedy: str = ""
    outcomes: tuple[Outcome, ...] = ()
    missing: tuple[str, ...] = ()
    due: date | None = None


@dataclass(slots=True, kw_only=True)
class Judge:
    """Makes verdicts at one moment.

    Attributes:
        pack, at: the rules, and when.
        organisation: the name that verdicts without a subject carry.
        waivers: by `Verdict.key`; the last decided of each.
    """

    pack: Pack
    at: datetime
    organisation: str
    waivers: Mapping[tuple[str, str, str], Waiver] = field(default_factory=dict)
    _piles: Mapping[State, list[Verdict]] = field(
        default_factory=lambda: {state: [] for state in _ORDER}
    )

    def look(
        self,
        rule: Rule,
        checks: tuple[Sequence[Check], Sequence[Check]],
        subjects: Iterable[Subject],
    ) -> None:
        """One verdict of `rule` for each of `subjects`; ask for rules with the worst first."""
        known: dict[tuple[int, ...], tuple[_Finding, list[Verdict]]] = {}
        kept: list[tuple[Seen, ...]] = []  # so that no two have the same address
        for subject in subjects:
            seen = _look(checks, subject)
            place = tuple(map(id, seen))
            met = known.get(place)
            if met is None:
                kept.append(seen)
                finding = _finding(rule, seen)
                met = known[place] = finding, self._piles[finding.state]
            finding, pile = met
            if finding.state is State.NOT_MET and self.waivers:
                finding = self._waived(rule, subject, finding)
                pile = self._piles[finding.state]
            pile.append(self._verdict(rule, subject, finding))

    def set_aside(self, rule: Rule, state: State, because: str) -> None:
        """The one verdict of a rule that looks at nothing."""
        nobody = Subject(entity=rule.entity, name=self.organisation, facts={}, id="-")
        self._piles[state].append(self._verdict(rule, nobody, _Finding(state, because, because)))

    def assessment(self) -> Assessment:
        """All verdicts; findings first."""
        met, not_met = (len(self._piles[state]) for state in (State.MET, State.NOT_MET))
        decided = met + not_met
        return Assessment(
            verdicts=tuple(chain.from_iterable(self._piles.values())),
            score=round(100 * met / decided, 1) if decided else None,
            assessed_at=self.at,
            pack=self.pack.edition,
        )

    def _waived(self, rule: Rule, subject: Subject, finding: _Finding) -> _Finding:
        waiver = self.waivers.get((rule.id, rule.entity, subject.id or subject.name))
        if waiver is None or waiver.until < self.at.date():
            return finding
        why = f"Waived by {waiver.by} until {waiver.until.isoformat()}: {waiver.why}"
        return finding._replace(state=State.WAIVED, because=why)

    def _verdict(self, rule: Rule, subject: Subject, finding: _Finding) -> Verdict:
        entity = self.pack.entities.get(rule.entity, _NO_PLACE)
        law = self.pack.laws.get(rule.law)
        return Verdict(
            rule=rule.id,
            law=rule.law,
            article=rule.ref,
            title=rule.title,
            subject=subject.name,
            state=finding.state,
            evidence=finding.evidence,
            severity=rule.severity,
            remedy=finding.remedy,
            page=rule.page or entity.page,
            stage=rule.stage or entity.stage,
            entity=rule.entity,
            subject_id=subject.id or subject.name,
            because=finding.because,
            outcomes=finding.outcomes,
            missing=finding.missing,
            level=rule.verified.level,
            source=self.pack.sources.get(rule.verified.source, rule.verified.source),
            as_of=rule.as_of or self.pack.as_of,
            due=finding.due,
            law_name=law.short if law else "",
        )


def _look(checks: tuple[Sequence[Check], Sequence[Check]], subject: Subject) -> tuple[Seen, ...]:
    """What each triple said; those of `asserts` are not asked where the rule does not apply."""
    conditions, asserts = checks
    seen = [check.on(subject) for check in conditions]
    for one in seen:
        if one.holds is False:
            return tuple(seen)
    seen += [check.on(subject) for check in asserts]
    return tuple(seen)


def _finding(rule: Rule, seen: tuple[Seen, ...]) -> _Finding:
    conditions, asserts = seen[: len(rule.when)], seen[len(rule.when) :]
    outcomes = tuple(one.outcome for one in seen)
    if against := _those(conditions, holds=False):
        first = against[0]
        because = f"Applies where “{first.word}” is {first.wanted}; here it is {first.known}."
        return _Finding(State.NOT_APPLICABLE, because, _evidence(against), outcomes=outcomes)
    if unclear := _those(conditions, holds=None):
        because = f"Whether it applies is not known: {_named(unclear)}."
        evidence = _evidence(one.outcome for one in conditions)
        remedy, missing = mended_by(unclear), _facts(unclear)
        return _Finding(State.NOT_ASSESSED, because, evidence, remedy, outcomes, missing)
    failing, open_ = _those(asserts, holds=False), _those(asserts, holds=None)
    evidence, missing = _evidence(one.outcome for one in asserts), _facts(open_)
    due = min((one.due for one in asserts if one.due), default=None)
    if failing:
        remedy = rule.remedy or mended_by(failing)
        return _Finding(State.NOT_MET, "", evidence, remedy, outcomes, missing, due)
    if open_:
        because, remedy = f"Not known: {_named(open_)}.", rule.remedy or mended_by(open_)
        return _Finding(State.NOT_ASSESSED, because, evidence, remedy, outcomes, missing, due)
    return _Finding(State.MET, "", evidence, rule.remedy, outcomes)


def _those(seen: Iterable[Seen], *, holds: bool | None) -> list[Outcome]:
    return [one.outcome for one in seen if one.holds is holds]


def _named(outcomes: Iterable[Outcome]) -> str:
    return "; ".join(f"{one.word} ({one.known})" for one in outcomes)


def _facts(outcomes: Iterable[Outcome]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.fact for one in outcomes))


def _evidence(outcomes: Iterable[Outcome]) -> str:
    """What is known of each fact that was looked at, without anything that was typed."""
    said = dict.fromkeys(f"{one.word}: {one.known}" for one in outcomes)
    return "; ".join(said) + "."
