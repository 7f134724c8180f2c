"""A plan that was carried out once and is kept for the next delivery; and what changed since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from compliance.anonymise.nouns.found import Measures
from compliance.anonymise.nouns.plan import Plan
from compliance.dataset.nouns import Column, ColumnName, Sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnProfile:
    """How a quasi-identifier was spread over its groups. It holds no value and no name.

    Attributes:
        column: which.
        hierarchy: the hash of the hierarchy used, as a file.
        leaves: how many values that has; values of later deliveries come after these.
        level: at which the groups are counted.
        shares: 0–1, of the rows with a value, in each group, by the group's number.
        distinct: how many different values the table had.
        missing_share: 0–1, of all rows.
    """

    column: ColumnName
    hierarchy: Sha256
    leaves: int
    level: int
    shares: tuple[float, ...]
    distinct: int
    missing_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A plan, how it was carried out, and what the data were like.

    Attributes:
        name: what people call it.
        plan: what must hold.
        levels: per quasi-identifier; () after local recoding.
        columns: of the table that it was made on.
        rows: of that table.
        suppressed: rows that were not in the output.
        profiles: one per quasi-identifier, in order.
        sensitive: per sensitive column, how many different values there were.
        measures: of the output.
    """

    name: str
    plan: Plan
    levels: tuple[int, ...]
    columns: tuple[Column, ...]
    rows: int
    suppressed: int
    profiles: tuple[ColumnProfile, ...]
    sensitive: Mapping[ColumnName, int]
    measures: Measures


class DriftKind(StrEnum):
    """What can change from one delivery to the next."""

    COLUMN_MISSING = "column_missing"
    COLUMN_NEW = "column_new"
    TYPE_CHANGED = "type_changed"
    HIERARCHY_CHANGED = "hierarchy_changed"
    NEW_VALUES = "new_values"
    SHIFTED = "shifted"
    MISSING_VALUES = "missing_values"
    SENSITIVE_VALUES = "sensitive_values"
    ROWS = "rows"
    K_FALLEN = "k_fallen"
    CRITERION_BROKEN = "criterion_broken"
    SUPPRESSION = "suppression"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One thing that changed.

    Attributes:
        kind: what.
        column: where, if it is about one.
        before, now: the figure it is about, see `DRIFT_SENTENCES`; names of types for a type.
        is_alarm: nothing should be handed on before somebody looked; else it is good to know.
    """

    kind: DriftKind
    before: float | str
    now: float | str
    column: ColumnName | None = None
    is_alarm: bool = True

    @property
    def sentence(self) -> str:
        """What changed, in words; it names the column and no value."""
        return DRIFT_SENTENCES[self.kind].format(
            column=self.column or "the table", before=self.before, now=self.now
        )


# Blanks: column, before, now. A page translates the sentence and fills the same blanks.
DRIFT_SENTENCES: Mapping[DriftKind, str] = {
    DriftKind.COLUMN_MISSING: "“{column}” is not in the table any more, and the plan needs it.",
    DriftKind.COLUMN_NEW: "“{column}” is new: the recipe says nothing about it, and would hand it "
    "on as it is.",
    DriftKind.TYPE_CHANGED: "“{column}” held values of type {before} and now holds {now}.",
    DriftKind.HIERARCHY_CHANGED: "“{column}” has another hierarchy than the recipe was made with.",
    DriftKind.NEW_VALUES: "{now:.1%} of the rows have a value of “{column}” that its hierarchy "
    "does not hold.",
    DriftKind.SHIFTED: "The rows are spread over “{column}” in another way: its stability index is "
    "{now:.2f}; {before:.2f} is the most that is taken for stable.",
    DriftKind.MISSING_VALUES: "{now:.1%} of the rows have no value of “{column}”; it was "
    "{before:.1%}.",
    DriftKind.SENSITIVE_VALUES: "“{column}” has {now:,} different values; it had {before:,}.",
    DriftKind.ROWS: "There are {now:,} rows; there were {before:,}.",
    DriftKind.K_FALLEN: "The smallest class has {now:,} rows; it had {before:,}.",
    DriftKind.CRITERION_BROKEN: "The plan asks {before:.4g} of “{column}”, and the output has "
    "{now:.4g}.",
    DriftKind.SUPPRESSION: "{now:.1%} of the rows were left out; {before:.1%} are allowed.",
}
