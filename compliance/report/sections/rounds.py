"""A federated run round by round: whole in the evidence, abridged in print where it is long."""

from __future__ import annotations

from decimal import Decimal

from compliance.federated.nouns import Outcome, Round
from compliance.i18n import meant
from compliance.i18n import translate as _
from compliance.report import wording
from compliance.report.sections.quality import measured
from compliance.report.tables import Cell, Fill, Plain, heading, table
from compliance.report.wording import count, loss_up, size

MOST_ROUNDS_PRINTED = 60
_AT_END = 10  # rounds at either end that are printed one by one
_HASH_SHOWN = 10


def to_rounds(outcome: Outcome) -> Plain:
    """The table, what it leaves out, and the hash of the last model."""
    shown = printed(outcome.rounds)
    left = len(outcome.rounds) - len(shown)
    says = _(
        "{shown} of {rounds} are printed: the first and last {n}, and some between; "
        "all are in the attached evidence.json."
    ).format(shown=count(len(shown)), rounds=count(len(outcome.rounds), "round"), n=_AT_END)
    last = outcome.rounds[-1].model_hash if outcome.rounds else ""
    return {"table": _table(outcome, shown), "left_says": says if left else "", "last": last}


def printed(rounds: tuple[Round, ...]) -> tuple[Round, ...]:
    """Those that are printed: all, or both ends and every so many between."""
    if len(rounds) <= MOST_ROUNDS_PRINTED:
        return rounds
    middle = rounds[_AT_END:-_AT_END]
    step = -(-len(middle) // (MOST_ROUNDS_PRINTED - 2 * _AT_END))
    return (*rounds[:_AT_END], *middle[step - 1 :: step], *rounds[-_AT_END:])


def _table(outcome: Outcome, shown: tuple[Round, ...]) -> Plain | None:
    has_noise = any(r.epsilon is not None for r in shown)
    has_clip = len({r.clip for r in shown}) > 1  # one that stays the same stands in section 7
    has_notes = any(_notes(r) for r in shown)
    headings = [
        heading(meant("of training", "Round"), fill=Fill.NUMBER),
        heading(_(outcome.metric.written), fill=Fill.NUMBER),
        heading(_("Loss"), fill=Fill.NUMBER),
        heading(_("Took part"), fill=Fill.NUMBER),
        *([heading(_("ε so far"), fill=Fill.NUMBER)] * has_noise),
        *([heading(_("Clip"), fill=Fill.NUMBER)] * has_clip),
        heading(_("Sent"), fill=Fill.NUMBER),
        heading(_("Received"), fill=Fill.NUMBER),
        heading(_("Model hash"), 2.2, Fill.CODE),
        *([heading(_("Sites"), 2.6)] * has_notes),
    ]
    rows = [_row(r, has_noise=has_noise, has_clip=has_clip, has_notes=has_notes) for r in shown]
    return table(headings, rows)


def _row(r: Round, *, has_noise: bool, has_clip: bool, has_notes: bool) -> list[Cell]:
    epsilon = "–" if r.epsilon is None else loss_up(Decimal(str(r.epsilon)))
    clip = "–" if r.clip is None else wording.formatted(r.clip, ".4g")
    return [
        count(r.round),
        measured(r.metric),
        measured(r.loss),
        count(r.clients),
        *([epsilon] * has_noise),
        *([clip] * has_clip),
        size(r.bytes_up),
        size(r.bytes_down),
        r.model_hash[:_HASH_SHOWN] or "–",
        *([_notes(r)] * has_notes),
    ]


def _notes(r: Round) -> str:
    """What went otherwise than asked."""
    told = [
        _("{n} {things}").format(n=count(number), things=what)
        for number, what in (
            (r.silent, _("silent")),
            (r.slow, _("slow")),
            (r.refused, _("refused")),
            (r.readable, _("readable")),
        )
        if number
    ]
    return wording.enumerated([*told, *([_("round is void")] if r.is_void else [])])
