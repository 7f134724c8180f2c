"""The ε of a release beside known deployments: a chart, a table, and why others do not compare."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.privacy.nouns.disclosure import Compared, Yardstick
from compliance.report import charts
from compliance.report.tables import Cell, Fill, Plain, heading, stacked, table
from compliance.report.wording import loss_up

_OURS = mark("This release")
_ROLES = (("main", mark("known deployment")), ("second", mark("this release")))


def to_yardstick(yardstick: Yardstick) -> Plain:
    """Where the release stands, beside whom, and who is left out of the comparison."""
    return {
        "says": _(yardstick.says),
        "chart": _chart(yardstick),
        "comparable": _comparable(yardstick),
        "others": _others(yardstick.others),
        "as_of": yardstick.as_of,
    }


def _chart(yardstick: Yardstick) -> Plain | None:
    if not yardstick.comparable:
        return None
    beside = [(c.deployment.name, c.epsilon or Decimal(0), "main") for c in yardstick.comparable]
    rows = sorted([*beside, (_(_OURS), yardstick.epsilon, "second")], key=lambda row: row[1])
    bars = [charts.Bar(value=float(epsilon), role=role) for __, epsilon, role in rows]
    unit = _(yardstick.unit_kind.replace("-", " and "))
    return charts.value_chart(
        [label for label, *__ in rows],
        [(_("ε for one {unit}").format(unit=unit), bars)],
        alt=_(yardstick.says),
        caption=_(
            "The ε of this release beside known deployments with the same unit, looked up on "
            "{as_of}."
        ).format(as_of=yardstick.as_of),
        legend=[(role, _(title)) for role, title in _ROLES],
        is_steep=True,
    )


def _comparable(yardstick: Yardstick) -> Plain | None:
    headings = [
        heading(_("Deployment"), 2.6, Fill.NAME),
        heading(_("Unit"), 1.6),
        heading("ε", fill=Fill.NUMBER),
        heading("δ", fill=Fill.NUMBER),
        heading(_("To keep in mind"), 3.4),
        heading(_("Source; status in the registry"), 2.4, Fill.NAME),
    ]
    return table(headings, [_row(compared) for compared in yardstick.comparable])


def _row(compared: Compared) -> list[Cell]:
    deployment = compared.deployment
    return [
        stacked(
            deployment.name,
            _("{curator}, {year}").format(curator=deployment.curator, year=deployment.year),
        ),
        _(deployment.unit),
        _amount(compared.epsilon),
        _amount(compared.delta),
        _(compared.says),
        stacked(deployment.source, _(deployment.status)),
    ]


def _others(others: Sequence[Compared]) -> Plain | None:
    headings = [
        heading(_("Deployment"), 2.6, Fill.NAME),
        heading("ε", fill=Fill.NUMBER),
        heading(_("Why it does not compare"), 4),
        heading(_("Source; status in the registry"), 2.4, Fill.NAME),
    ]
    rows: list[list[Cell]] = [
        [
            stacked(
                c.deployment.name,
                _("{curator}, {year}").format(curator=c.deployment.curator, year=c.deployment.year),
            ),
            _amount(c.epsilon),
            _(c.says),
            stacked(c.deployment.source, _(c.deployment.status)),
        ]
        for c in others
    ]
    return table(headings, rows)


def _amount(amount: Decimal | None) -> str:
    return "–" if amount is None else loss_up(amount)
