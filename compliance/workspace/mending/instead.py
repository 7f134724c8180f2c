"""Something else than rows: statistics with noise, model updates; and what is verified.

These are tried here and done on other pages, where what leaves is paid for and recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from compliance.dataset.nouns import Column, ColumnType, Dataset
from compliance.errors import ComplianceError, RemedyError
from compliance.federated.nouns import Run
from compliance.privacy import to_query
from compliance.privacy.nouns import Budget, Preview
from compliance.register.nouns import Record
from compliance.report.nouns import ReportKind
from compliance.rules.nouns import Holding, RemedyKind
from compliance.rules.remedies import NOT_MEASURED, catalogue
from compliance.workspace.desk import Act
from compliance.workspace.mending.ideas import Idea
from compliance.workspace.mending.recording import with_record
from compliance.workspace.mending.trials import Ground, Trial
from compliance.workspace.releasing import releases
from compliance.workspace.reporting import reports

_GROUPS = range(2, 51)
_ROWS_PER_PERSON = 10


def instead(ground: Ground, idea: Idea) -> Trial:
    """A transfer of something else than rows.

    Raises:
        RemedyError: its record is not there any more.
    """
    entity = str(idea.parameters["entity"])
    record = ground.known.register.record(entity, idea.target)
    if record is None:
        raise RemedyError(reason="its record is not there any more")
    noise = {"has_noise": True, "epsilon": float(catalogue().epsilon)}
    values = {**record.values, "form": idea.parameters["form"], **noise}
    typed = with_record(ground.typed, replace(record, values=values))
    lost, reasons = _useful(ground, idea, record)
    return Trial(
        after=ground.after(typed=typed), store=_not_here, lost=lost, reasons=tuple(reasons)
    )


def verified(ground: Ground, idea: Idea) -> Trial:
    """A checkpoint taken, or an audit report built."""
    known, desk = ground.known, ground.desk
    if idea.parameters["does"] == "checkpoint":
        after = ground.after(trail=replace(known.trail, anchored_at=known.at))
        return Trial(after=after, store=_not_here)
    after = ground.after(trail=replace(known.trail, audited_at=known.at))

    def build() -> None:
        reports.make(desk, ReportKind.AUDIT, None, None)

    return Trial(after=after, store=lambda _act: "", check=build, facts={"built": "audit report"})


def _not_here(act: Act) -> str:
    raise ValueError(f"{act.entry} would store what is done on another page")


def _useful(ground: Ground, idea: Idea, record: Record) -> tuple[dict[str, str], list[str]]:
    """What the data are still good for, as far as that can be measured now."""
    names = record.several("datasets")
    held = [h for h in ground.known.holdings if h.dataset.name in names]
    measure = _by_statistics if idea.kind is RemedyKind.RELEASE else _by_updates
    lost: dict[str, str] = {}
    reasons: list[str] = []
    for holding in held:
        said, why = measure(ground, holding)
        lost |= {f"{measure_} of {holding.dataset.name}": text for measure_, text in said.items()}
        reasons += why
    return lost, reasons


def _by_statistics(ground: Ground, holding: Holding) -> tuple[Mapping[str, str], list[str]]:
    """How wrong a count by the main group would be, and what it would cost of the budget."""
    dataset, epsilon = holding.dataset, Decimal(catalogue().epsilon)
    group = main_group(dataset)
    if dataset.description.unit is None or group is None:
        return {"accuracy": f"{NOT_MEASURED}: no unit, or no column that groups its rows"}, []
    state = next((b for b in ground.known.budgets if b.population == dataset.population), None)
    delta = state.total.delta / 10 if state else Decimal("1e-6")
    query = {
        "unit": dataset.description.unit,
        "by": [group.name],
        "max_rows_per_group": _ROWS_PER_PERSON,
        "statistics": [{"count": "rows"}],
    }
    try:
        asked = Budget(epsilon=epsilon, delta=delta)
        seen = releases.look_ahead(ground.desk, dataset.name, to_query(query), asked)
    except ComplianceError:
        return {"accuracy": NOT_MEASURED}, []
    cost = [f"costs ε = {epsilon} of {state.left.epsilon:.3g} left"] if state else []
    return {f"expected error of a count by {group.name}": _error(seen)}, cost


def _error(seen: Preview) -> str:
    """The margin of the middle group, as a share of it."""
    shares = sorted(row.relative for row in seen.rows if row.relative is not None)
    if not shares:
        return NOT_MEASURED
    return f"± {shares[len(shares) // 2]:.1%} of the middle group at ε = {seen.asked.epsilon}"


def _by_updates(_ground: Ground, holding: Holding) -> tuple[Mapping[str, str], list[str]]:
    """How a model of sites that keep their rows did against one of all rows together."""
    run: Run | None = next((r for r in holding.runs if r.outcome.baselines is not None), None)
    if run is None or run.outcome.baselines is None or not run.outcome.rounds:
        return {"accuracy": f"{NOT_MEASURED}: no federated run with a comparison is stored"}, []
    last, metric = run.outcome.rounds[-1].metric, run.outcome.metric
    central = run.outcome.baselines.centralised
    against = NOT_MEASURED if central is None else f"{central:.3f}"
    return {f"{metric} of a federated model": f"{last:.3f} against {against} centralised"}, []


def main_group(dataset: Dataset) -> Column | None:
    """The column of texts with the fewest values that still groups rows."""
    named = [
        column
        for column in dataset.columns
        if column.type in (ColumnType.TEXT, ColumnType.BOOLEAN)
        and column.distinct in _GROUPS
        and column.name != dataset.description.unit
    ]
    return min(named, key=lambda column: column.distinct, default=None)
