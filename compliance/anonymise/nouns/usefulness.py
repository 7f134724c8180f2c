"""What a released table is still good for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from compliance.dataset.nouns import ColumnName


class UseKind(StrEnum):
    """What is tried: a classifier, and the four worked examples of a shop."""

    CLASSIFIER = "classifier"
    PROFILING = "profiling"
    RECOMMENDATION = "recommendation"
    FORECAST = "forecast"
    RESPONSE = "response"


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Which columns play which part; None where there is no such column.

    Attributes:
        target: what is told from the features; with two values also for marketing response.
        features: what it is told from.
        person: the customer.
        product: what was bought.
        date: when.
        amount: the price, or the worth of a row.
        quantity: how many; a row's worth is then amount × quantity.
    """

    target: ColumnName | None = None
    features: tuple[ColumnName, ...] = ()
    person: ColumnName | None = None
    product: ColumnName | None = None
    date: ColumnName | None = None
    amount: ColumnName | None = None
    quantity: ColumnName | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Utility:
    """How well one thing can be done with the released table, against the original.

    Attributes:
        kind: what was tried.
        measure: what the numbers are, in words.
        original, released: the numbers; `original` is None where the use does not apply to the
            table, `released` where it cannot be done with what was released.
        baseline: what one gets who looks at neither; None where that has no meaning.
        higher_is_better: else lower is.
        sentence: the result for officers, or why there is none.
    """

    kind: UseKind
    measure: str
    sentence: str
    original: float | None = None
    released: float | None = None
    baseline: float | None = None
    higher_is_better: bool = True

    @property
    def is_applicable(self) -> bool:
        """Whether it can be tried with the original at all."""
        return self.original is not None

    @property
    def kept(self) -> float | None:
        """What is left of what the original gains on the baseline, 0–1.

        None where it does not apply, or the original gains nothing.
        """
        if self.original is None:
            return None
        if self.released is None:
            return 0.0
        floor = (0.0 if self.higher_is_better else 1.0) if self.baseline is None else self.baseline
        gain = self.original - floor
        if not (gain > 0 if self.higher_is_better else gain < 0):
            return None
        return min(1.0, max(0.0, (self.released - floor) / gain))
