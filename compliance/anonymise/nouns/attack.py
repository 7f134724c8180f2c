"""What an attacker who tries gets out of a released table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from compliance.dataset.nouns import ColumnName


class AttackKind(StrEnum):
    """The attacks, in the words of the Article 29 Working Party's Opinion 05/2014, and one more."""

    LINKAGE = "linkage"  # which released row is this person's?
    SINGLING_OUT = "singling_out"  # a description that fits one person only
    INFERENCE = "inference"  # a sensitive value of somebody whose other values are known
    MEMBERSHIP = "membership"  # was this person in the data at all?


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One attack that was carried out.

    Attributes:
        kind: which.
        known: what the attacker knows of a person.
        target: the sensitive column; None where the attack is not about one.
        attempts: how many people, or descriptions, were tried; above 0.
        successes: how many tries were right.
        low, high: the Clopper-Pearson interval of the share of right ones at 95 %, 0–1.
        baseline: the share that is right without the person's own row, or by guessing, 0–1.
        baseline_is: what that is, in words.
        details: further numbers by name, such as the mean number of rows that fit.
        sentence: the result for officers, with what guessing gives.
    """

    kind: AttackKind
    known: tuple[ColumnName, ...]
    attempts: int
    successes: int
    low: float
    high: float
    baseline: float
    baseline_is: str
    sentence: str
    target: ColumnName | None = None
    details: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.successes <= self.attempts or self.attempts == 0:
            raise ValueError("successes are among the attempts")

    @property
    def share(self) -> float:
        """Right tries among all, 0–1."""
        return self.successes / self.attempts

    @property
    def risk(self) -> float:
        """What the release adds to the baseline, as a share of what it could add; 0–1."""
        return self._added(self.share)

    @property
    def risk_high(self) -> float:
        """The upper end of the interval of `risk`; the baseline counts as exact."""
        return self._added(self.high)

    def _added(self, share: float) -> float:
        if self.baseline >= 1:
            return 0.0
        return max(0.0, (share - self.baseline) / (1 - self.baseline))


@dataclass(frozen=True, slots=True, kw_only=True)
class Siege:
    """All attacks on one release.

    Attributes:
        attacks: those that were carried out.
        not_tried: by kind, why one could not be; it is not assessed, and not passed.
    """

    attacks: tuple[Attack, ...]
    not_tried: Mapping[AttackKind, str] = field(default_factory=dict)

    @property
    def worst(self) -> Attack | None:
        """The attack that gains most; None where none was carried out."""
        return max(self.attacks, key=lambda each: each.risk, default=None)
