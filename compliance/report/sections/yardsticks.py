"""The ε of a release beside known deployments: a chart, a table, and why others do not compare."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from compliance.privacy.nouns.disclosure import Compared, Yardstick
from compliance.report import charts
from compliance.report.tables import Cell, Fill, Plain, heading, stacked, table
from compliance.report.wording import loss_up

_OURS = "This release"
_ROLES = (("main", "known deployment"), ("second", "this release"))


def to_yardstick(yardstick: Yardstick) -> Plain:
    """Where the release stands, beside whom, and who is left out of the comparison."""
    return {
        "says": yardstick.says,
        "chart": _chart(yardstick),
        "comparable": _comparable(yardstick),
        "others": _others(yardstick.others),
        "as_of": yardstick.as_of,
    }


def _chart(yardstick: Yardstick) -> Plain | None:
    if not yardstick.comparable:
        return None
    beside = [(c.deployment.name, c.epsilon or Decimal(0), "main") for c in yardstick.comparable]
    rows = sorted([*beside, (_OURS, yardstick.epsilon, "second")], key=lambda row: row[1])
    bars = [charts.Bar(value=float(epsilon), role=role) for _, epsilon, role in rows]
    unit = yardstick.unit_kind.replace("-", " and ")
    return charts.value_chart(
        [label for label, _, _ in rows],
        [(f"ε for one {unit}", bars)],
        alt=yardstick.says,
        caption=f"The ε of this release beside known deployments with the same unit, looked up on "
        f"{yardstick.as_of}.",
        legend=_ROLES,
        is_steep=True,
    )


def _comparable(yardstick: Yardstick) -> Plain | None:
    headings = [
        heading("Deployment", 2.6, Fill.NAME),
        heading("Unit", 1.6),
        heading("ε", fill=Fill.NUMBER),
        heading("δ", fill=Fill.NUMBER),
        heading("To keep in mind", 3.4),
        heading("Source; status in the registry", 2.4, Fill.NAME),
    ]
    return table(headings, [_row(compared) for compared in yardstick.comparable])


def _row(compared: Compared) -> list[Cell]:
    deployment = compared.deployment
    return [
        stacked(deployment.name, f"{deployment.curator}, {deployment.year}"),
        deployment.unit,
        _amount(compared.epsilon),
        _amount(compared.delta),
        compared.says,
        stacked(deployment.source, deployment.status),
    ]


def _others(others: Sequence[Compared]) -> Plain | None:
    headings = [
        heading("Deployment", 2.6, Fill.NAME),
        heading("ε", fill=Fill.NUMBER),
        heading("Why it does not compare", 4),
        heading("Source; status in the registry", 2.4, Fill.NAME),
    ]
    rows: list[list[Cell]] = [
        [
            stacked(c.deployment.name, f"{c.deployment.curator}, {c.deployment.year}"),
            _amount(c.epsilon),
            c.says,
            stacked(c.deployment.source, c.deployment.status),
        ]
        for c in others
    ]
    return table(headings, rows)


def _amount(amount: Decimal | None) -> str:
    return "–" if amount is None else loss_up(amount)
