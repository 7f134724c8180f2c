"""From what triples said to verdicts, with the reason for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

from compliance.i18n import mark
from compliance.rules.advice import mended_by
from compliance.rules.checking import Check, Seen
from compliance.rules.nouns import (
    NOTHING,
    Assessment,
    Entity,
    Gap,
    LawId,
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
_NOTHING: Mapping[str, Any] = {"remedy": "", "outcomes": (), "missing": (), "due": None}

Fields = dict[str, Any]


class _Told(NamedTuple):
    """All of a verdict but its subject, made once for those of whom the same was seen."""

    fields: Fields
    pile: list[Verdict]


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
        of_rule = self._of_rule(rule)
        known: dict[tuple[int, ...], _Told] = {}
        unclear = _Unclear(rule.law, of_rule["law_name"])
        kept: list[tuple[Seen, ...]] = []  # so that no two have the same address
        for subject in subjects:
            seen = _look(checks, subject, unclear)
            place = tuple(map(id, seen))
            told = known.get(place)
            if told is None:
                kept.append(seen)
                told = known[place] = self._told(of_rule | _said(rule, seen))
            if self.waivers and told.fields["state"] is State.NOT_MET:
                told = self._waived(rule, subject, told)
            name = subject.name
            told.pile.append(Verdict(subject=name, subject_id=subject.id or name, **told.fields))

    def set_aside(self, rule: Rule, state: State, because: str) -> None:
        """The one verdict of a rule that looks at nothing."""
        said = {**_NOTHING, "state": state, "because": because, "evidence": because}
        told = self._told(self._of_rule(rule) | said)
        told.pile.append(Verdict(subject=self.organisation, subject_id=NOTHING, **told.fields))

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

    def _of_rule(self, rule: Rule) -> Fields:
        """What all verdicts of a rule say."""
        pack, source = self.pack, rule.verified.source
        entity = pack.entities.get(rule.entity, _NO_PLACE)
        return {
            "rule": rule.id,
            "law": rule.law,
            "article": rule.ref,
            "title": rule.title,
            "severity": rule.severity,
            "entity": rule.entity,
            "level": rule.verified.level,
            "page": rule.page or entity.page,
            "stage": rule.stage or entity.stage,
            "source": pack.sources.get(source, source),
            "as_of": rule.as_of or pack.as_of,
            "law_name": pack.law_name(rule.law),
        }

    def _told(self, fields: Fields) -> _Told:
        return _Told(fields, self._piles[fields["state"]])

    def _waived(self, rule: Rule, subject: Subject, told: _Told) -> _Told:
        waiver = self.waivers.get((rule.id, rule.entity, subject.id or subject.name))
        if waiver is None or waiver.until < self.at.date():
            return told
        why = mark("Waived by {by} until {until}: {why}").format(
            by=waiver.by, until=waiver.until.isoformat(), why=waiver.why
        )
        return self._told(told.fields | {"state": State.WAIVED, "because": why})


@dataclass(frozen=True, slots=True)
class _Unclear:
    """Says of subjects that nobody knows whether the law of a rule governs them."""

    law: LawId
    name: str
    _seen: dict[Gap, Seen] = field(default_factory=dict)

    def on(self, subject: Subject) -> tuple[Seen, ...]:
        """One condition that nobody can answer; () where the law does govern it."""
        if subject.governed.by(self.law) is not None:
            return ()
        gap = subject.governed.gap(self.law)
        if gap not in self._seen:
            outcome = Outcome(
                fact=gap.fact or "laws",
                word=mark("laws that govern it"),
                operator="contains_all",
                wanted=self.name,
                known=mark("unknown: {why}").format(why=gap.why),
                holds=None,
            )
            self._seen[gap] = Seen(None, outcome)
        return (self._seen[gap],)


def _look(
    checks: tuple[Sequence[Check], Sequence[Check]], subject: Subject, unclear: _Unclear
) -> tuple[Seen, ...]:
    """What each triple said; of a rule that does not apply only the one that says so."""
    conditions, asserts = checks
    seen = []
    for check in conditions:
        one = check.on(subject)
        if one.holds is False:
            return (one,)
        seen.append(one)
    return (*unclear.on(subject), *seen, *[check.on(subject) for check in asserts])


def _said(rule: Rule, seen: tuple[Seen, ...]) -> Fields:
    """State, reason, evidence and the rest of what follows from what was seen."""
    said = {**_NOTHING, "because": "", "outcomes": tuple(one.outcome for one in seen)}
    if len(seen) < len(rule.when) + len(rule.asserts):
        against = seen[0].outcome
        because = mark("Applies where “{word}” is {wanted}; here it is {known}.").format(
            word=against.word, wanted=against.wanted, known=against.known
        )
        return said | {
            "state": State.NOT_APPLICABLE,
            "because": because,
            "evidence": _evidence(seen),
        }
    conditions, asserts = seen[: -len(rule.asserts)], seen[-len(rule.asserts) :]
    if unclear := [one.outcome for one in conditions if one.holds is None]:
        return said | {
            "state": State.NOT_ASSESSED,
            "because": mark("Whether it applies is not known: {unclear}.").format(
                unclear=_named(unclear)
            ),
            "evidence": _evidence(conditions),
            "remedy": mended_by(unclear),
            "missing": _facts(unclear),
        }
    return said | _asserted(rule, asserts)


def _asserted(rule: Rule, asserts: tuple[Seen, ...]) -> Fields:
    """Of a rule that applies."""
    evidence = _evidence(asserts)
    if all(one.holds for one in asserts):
        return {"state": State.MET, "evidence": evidence, "remedy": rule.remedy}
    failing = [one.outcome for one in asserts if one.holds is False]
    open_ = [one.outcome for one in asserts if one.holds is None]
    return {
        "state": State.NOT_MET if failing else State.NOT_ASSESSED,
        "because": "" if failing else mark("Not known: {open_}.").format(open_=_named(open_)),
        "evidence": evidence,
        "remedy": rule.remedy or mended_by(failing or open_),
        "missing": _facts(open_),
        "due": min((one.due for one in asserts if one.due), default=None),
    }


def _named(outcomes: Iterable[Outcome]) -> str:
    return "; ".join([f"{one.word} ({one.known})" for one in outcomes])


def _facts(outcomes: Iterable[Outcome]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([one.fact for one in outcomes]))


def _evidence(seen: Iterable[Seen]) -> str:
    """What is known of each fact that was looked at, without anything that was typed."""
    said = dict.fromkeys([f"{one.outcome.word}: {one.outcome.known}" for one in seen])
    return "; ".join(said) + "."
