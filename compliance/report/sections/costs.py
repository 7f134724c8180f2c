"""What an anonymisation cost, and what its output is still good for."""

from __future__ import annotations

from compliance.anonymise.nouns.record import Anonymised
from compliance.anonymise.nouns.usefulness import UseKind, Utility
from compliance.report import wording
from compliance.report.sections.attacks import share_in_words
from compliance.report.tables import Cell, Fill, Plain, fact, heading, stacked, table
from compliance.report.wording import count

_USES = {
    UseKind.CLASSIFIER: "Telling classes",
    UseKind.PROFILING: "Customer profiling",
    UseKind.RECOMMENDATION: "Recommendation",
    UseKind.FORECAST: "Sales forecasting",
    UseKind.RESPONSE: "Marketing response",
}


def to_cost(done: Anonymised) -> Plain:
    """Losses, the uses that were tried, and why others were not."""
    tried = [use for use in done.proof.utility if use.is_applicable]
    return {
        "facts": _losses(done),
        "uses": _uses(tried),
        "others": [use.sentence for use in done.proof.utility if not use.is_applicable],
    }


def _losses(done: Anonymised) -> list[Plain]:
    found, before = done.proof.found, done.proof.before.rows
    losses = found.losses
    left_out = (
        f"{count(found.suppressed)} of {count(before)} ({share_in_words(losses.suppressed_share)})"
    )
    return [
        fact("Detail kept", f"{share_in_words(losses.granularity)} (granularity)"),
        fact("Rows left out", left_out),
        fact("Loss of detail", f"{wording.measured(losses.loss)} (0 is none, 1 is all)"),
        fact("Non-uniform entropy", f"{wording.measured(losses.entropy)} bits (0 is none)"),
        fact("Discernibility", f"{wording.measured(losses.discernibility)} (smaller is better)"),
        fact("Rows per group", f"{wording.measured(losses.class_size)} on average"),
    ]


def _uses(tried: list[Utility]) -> Plain | None:
    headings = [
        heading("Use", 4),
        heading("Before", fill=Fill.NUMBER),
        heading("After", fill=Fill.NUMBER),
        heading("Baseline", fill=Fill.NUMBER),
        heading("Kept", fill=Fill.NUMBER),
        heading("Better is", 1.2),
    ]
    rows: list[list[Cell]] = [
        [
            stacked(_USES[use.kind], use.measure),
            wording.number(use.original, 3),
            "impossible" if use.released is None else wording.number(use.released, 3),
            "none" if use.baseline is None else wording.number(use.baseline, 3),
            "no gain" if use.kept is None else wording.percent(use.kept),
            "more" if use.higher_is_better else "less",
        ]
        for use in tried
    ]
    return table(headings, rows)
