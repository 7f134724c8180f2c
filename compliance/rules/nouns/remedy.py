"""What could be done about a finding, what that would change, and what it did change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from compliance.rules.nouns.rule import RuleId
from compliance.rules.nouns.verdict import State

DOES_NOT_END = "does not end this finding"  # what is said of a remedy that mends something else


class RemedyKind(StrEnum):
    """What is done."""

    RECORD = "record"  # say what is so, in the register or in a description
    CONFIRM = "confirm"  # an officer stands behind labels
    DROP = "drop"  # a column
    MASK = "mask"  # a column
    GENERALISE = "generalise"  # to k
    SHORTEN = "shorten"  # remove rows past retention
    RELEASE = "release"  # statistics under differential privacy instead of rows
    FEDERATE = "federate"  # learn where the data lie instead of moving them
    RECONSENT = "re-consent"  # ask people again, and keep only who said yes
    DISCOVER = "discover"  # look at the data
    VERIFY = "verify"  # verify the trail, take a checkpoint, build the audit report


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A verdict that turns.

    Attributes:
        rule, title: which duty.
        subject: on what.
        before, after: the states.
        entity, subject_id: what it is about, as `Verdict.key` has it.
    """

    rule: RuleId
    title: str
    subject: str
    before: State
    after: State
    entity: str = ""
    subject_id: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """As `Verdict.key`."""
        return (self.rule, self.entity, self.subject_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """How easily people are picked out, measured on the rows.

    Attributes:
        k: rows or people in the smallest class.
        highest: the highest chance that an attacker picks the right person, 0–1.
        uniques: share of people who are alone in their class, 0–1.
        personal_columns: how many columns hold personal data.
        people: how many people are in it.
    """

    k: int | None = None
    highest: float | None = None
    uniques: float | None = None
    personal_columns: int = 0
    people: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a remedy changes.

    Attributes:
        turns: the verdicts that turn, for better or worse.
        score_before, score_after: of the whole assessment, in percent.
        risk_before, risk_after: on the rows concerned; None where it does not touch rows.
        lost: what can no longer be learnt from the data, by measure, in words and numbers: rows,
            columns, detail kept, accuracy.
        kept: 0–1, the share of the cells of the rows concerned that say as much as before; None
            where it does not touch rows.
    """

    turns: tuple[Turn, ...]
    score_before: float | None
    score_after: float | None
    risk_before: Risk | None = None
    risk_after: Risk | None = None
    lost: Mapping[str, str] = field(default_factory=dict)
    kept: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """One way to mend a finding, tried on what the desk knows before anybody commits to it.

    Attributes:
        id: names it within its finding: kind and target.
        kind: what is done.
        what: in one sentence.
        target: the dataset or record that changes.
        parameters: columns, k, months …
        asks: what an officer has to say before it can be applied, by field; empty: nothing.
        predicted: what it would change.
        reasons: why it stands where it stands among the others, most telling first.
        can_apply: whether the desk can do it; else it says what people do, and where.
        page: where it is done by hand.
    """

    id: str
    kind: RemedyKind
    what: str
    target: str
    parameters: Mapping[str, object]
    asks: Mapping[str, str]
    predicted: Effect
    reasons: tuple[str, ...]
    can_apply: bool
    page: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """A remedy that was applied, with what was predicted beside what came of it.

    Attributes:
        id: names it.
        finding: the finding's id.
        remedy: as it was proposed.
        actual: what it changed, assessed afterwards.
        made: the dataset version that it made; empty: none.
        applied_at, actor: when, UTC, and who.
    """

    id: str
    finding: str
    remedy: Remedy
    actual: Effect
    made: str
    applied_at: datetime
    actor: str
