"""What an anonymisation cost, and what its output is still good for."""

from __future__ import annotations

from compliance.anonymise.nouns.record import Anonymised
from compliance.anonymise.nouns.usefulness import UseKind, Utility
from compliance.i18n import mark
from compliance.i18n import translate as _
from compliance.report import wording
from compliance.report.sections.attacks import share_in_words
from compliance.report.tables import Cell, Fill, Plain, fact, heading, stacked, table
from compliance.report.wording import count

_USES = {
    UseKind.CLASSIFIER: mark("Telling classes"),
    UseKind.PROFILING: mark("Customer profiling"),
    UseKind.RECOMMENDATION: mark("Recommendation"),
    UseKind.FORECAST: mark("Sales forecasting"),
    UseKind.RESPONSE: mark("Marketing response"),
}


def to_cost(done: Anonymised) -> Plain:
    """Losses, the uses that were tried, and why others were not."""
    tried = [use for use in done.proof.utility if use.is_applicable]
    return {
        "facts": _losses(done),
        "uses": _uses(tried),
        "others": [_(use.sentence) for use in done.proof.utility if not use.is_applicable],
    }


def _losses(done: Anonymised) -> list[Plain]:
    found, before = done.proof.found, done.proof.before.rows
    losses = found.losses
    left_out = _("{rows} of {all_rows} ({share})").format(
        rows=count(found.suppressed),
        all_rows=count(before),
        share=share_in_words(losses.suppressed_share),
    )
    return [
        fact(
            _("Detail kept"),
            _("{share} (granularity)").format(share=share_in_words(losses.granularity)),
        ),
        fact(_("Rows left out"), left_out),
        fact(
            _("Loss of detail"),
            _("{loss} (0 is none, 1 is all)").format(loss=wording.measured(losses.loss)),
        ),
        fact(
            _("Non-uniform entropy"),
            _("{entropy} bits (0 is none)").format(entropy=wording.measured(losses.entropy)),
        ),
        fact(
            _("Discernibility"),
            _("{discernibility} (smaller is better)").format(
                discernibility=wording.measured(losses.discernibility)
            ),
        ),
        fact(
            _("Rows per group"),
            _("{class_size} on average").format(class_size=wording.measured(losses.class_size)),
        ),
    ]


def _uses(tried: list[Utility]) -> Plain | None:
    headings = [
        heading(_("Use"), 4),
        heading(_("Before"), fill=Fill.NUMBER),
        heading(_("After"), fill=Fill.NUMBER),
        heading(_("Baseline"), fill=Fill.NUMBER),
        heading(_("Kept"), fill=Fill.NUMBER),
        heading(_("Better is"), 1.2),
    ]
    rows: list[list[Cell]] = [
        [
            stacked(_(_USES[use.kind]), _(use.measure)),
            wording.number(use.original, 3),
            _("impossible") if use.released is None else wording.number(use.released, 3),
            _("none") if use.baseline is None else wording.number(use.baseline, 3),
            _("no gain") if use.kept is None else wording.percent(use.kept),
            _("more") if use.higher_is_better else _("less"),
        ]
        for use in tried
    ]
    return table(headings, rows)
