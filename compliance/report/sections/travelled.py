"""What left the sites of a federated run: names, shapes, bytes, and who can read it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from compliance.federated.nouns import Outcome, Plan, Round, Sent
from compliance.i18n import translate as _
from compliance.privacy.nouns import NoisePlace
from compliance.report import charts, wording
from compliance.report.tables import Cell, Fill, Plain, fact, heading, table
from compliance.report.wording import count, size

MOST_NAMES_PRINTED = 100
_BYTES_OF_NUMBER = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """What is the same in all copies of a message."""

    name: str
    shape: tuple[int, ...]
    is_up: bool
    bytes: int


def to_travelled(plan: Plan, outcome: Outcome) -> Plain:
    """All that travelled over all rounds, the same check of every round, and who reads it."""
    copies = _copies(outcome.rounds)
    rows = [_row(kind, number) for kind, number in list(copies.items())[:MOST_NAMES_PRINTED]]
    headings = [
        heading(_("Way"), 1.6),
        heading(_("Name"), 2.4, Fill.NAME),
        heading(_("Shape"), 1.4),
        heading(_("Numbers"), fill=Fill.NUMBER),
        heading(_("Bytes of one"), fill=Fill.NUMBER),
        heading(_("Copies"), fill=Fill.NUMBER),
        heading(_("In all"), fill=Fill.NUMBER),
    ]
    return {
        "table": table(headings, rows),
        "left": len(copies) - len(rows),
        "check": _check(outcome.rounds),
        "chart": _chart(outcome),
        "facts": [
            *_bytes(outcome),
            fact(_("The server can read"), server_reads(plan)),
            _rows_read(outcome.rounds),
            fact(
                _("A site can read"), _("its own rows and the common model, nothing of other sites")
            ),
        ],
    }


def server_reads(plan: Plan) -> str:
    """What the server sees in clear, and so what it is trusted with."""
    by = plan.privacy.place if plan.privacy else None
    if by is NoisePlace.LOCAL:
        return _("sums of updates that each carry noise of their own; it need not be trusted")
    if by is NoisePlace.SITE:
        return _("each site's sum with noise; it need not be trusted, each site is with its own")
    what = _("sum over its drawn units") if plan.privacy else _("update")
    if plan.secure:
        return _(
            "the total over all sites, without noise; each site's {what} is masked. It is "
            "trusted with the total"
        ).format(what=what)
    return _("each site's {what}, without noise; it is trusted with that").format(what=what)


def most_readable(rounds: Sequence[Round]) -> int | None:
    """Of how many sites a row could be read off what the server sees, in the worst round.

    None where no round was looked at.
    """
    return max((r.readable for r in rounds if r.readable is not None), default=None)


def _rows_read(rounds: Sequence[Round]) -> Plain:
    """What looking for rows in what the server sees came to."""
    name, most = _("Rows read off it"), most_readable(rounds)
    looked = sum(r.readable is not None for r in rounds)
    if most is None:
        return fact(name, _("not looked for: with noise, and in void rounds, it is not"))
    if not most:
        return fact(name, _("none, in {all} looked at").format(all=_all(looked)))
    found = sum(bool(r.readable) for r in rounds)
    whose = _("a row of up to {sites}").format(sites=count(most, "site"))
    said = _("{whose}, in {found} of {rounds} looked at").format(
        whose=whose, found=count(found), rounds=count(looked, "round")
    )
    return fact(name, said, missing=True)


def _copies(rounds: Sequence[Round]) -> dict[_Kind, int]:
    """How many copies of each kind of message were sent, those of the sites first."""
    found: dict[_Kind, int] = {}
    for sent in sorted((s for r in rounds for s in r.sent), key=lambda s: not s.is_up):
        kind = _kind(sent)
        found[kind] = found.get(kind, 0) + sent.copies
    return found


def _are_numbers(sent: Sent) -> bool:
    """Whether it is numbers; otherwise keys and shares of masks, as long as there are sites."""
    return sent.bytes == _BYTES_OF_NUMBER * math.prod(sent.shape)


def _kind(sent: Sent) -> _Kind:
    return _Kind(name=sent.name, shape=sent.shape, is_up=sent.is_up, bytes=sent.bytes)


def _row(kind: _Kind, copies: int) -> list[Cell]:
    numbers = math.prod(kind.shape)
    return [
        _("from the sites") if kind.is_up else _("to the sites"),
        _(kind.name),
        " × ".join(count(length) for length in kind.shape) or _("one number"),
        count(numbers),
        size(kind.bytes),
        count(copies),
        size(kind.bytes * copies),
    ]


def _check(rounds: Sequence[Round]) -> Plain:
    """Whether every round sent messages of the same names and shapes."""
    kinds = {frozenset(_kind(s) for s in r.sent if _are_numbers(s)) for r in rounds if r.sent}
    masks = any(not _are_numbers(s) for r in rounds for s in r.sent)
    if not kinds:
        return {"tone": "warn", "says": _("What travelled was not recorded with this run.")}
    unlike = sum(not r.sent for r in rounds)
    if len(kinds) > 1 or unlike:
        says = _("Not every round sent the same names and shapes; see evidence.json.")
        return {"tone": "warn", "says": says}
    says = _(
        "In {all} the same names and shapes travelled, and nothing else{but}: no "
        "message grew or shrank with anybody's rows."
    ).format(all=_all(len(rounds)), but=_(", keys and shares of masks aside") if masks else "")
    return {"tone": "good", "says": says}


def _all(rounds: int) -> str:
    return (
        _("the one round")
        if rounds == 1
        else _("all {rounds}").format(rounds=count(rounds, "round"))
    )


def _totals(outcome: Outcome) -> tuple[int, int, int]:
    """Bytes from the sites, to them, and of the rows that stayed."""
    up, down = (sum(r.bytes_up for r in outcome.rounds), sum(r.bytes_down for r in outcome.rounds))
    return up, down, sum(site.bytes_home for site in outcome.sites)


def _bytes(outcome: Outcome) -> list[Plain]:
    up, down, home = _totals(outcome)
    facts = [
        fact(_("From the sites"), _("{size} in all rounds").format(size=size(up))),
        fact(_("To the sites"), _("{size} in all rounds").format(size=size(down))),
        fact(_("Rows that stayed"), size(home)),
    ]
    return [*facts, fact(_("Against centralising"), _against(up, home))] if up and home else facts


def _against(up: int, home: int) -> str:
    times = max(up, home) / min(up, home)
    if times < 1.05:
        return _("the sites sent about as many bytes as their rows have")
    much = wording.number(times, 1 if times < 100 else 0)
    if up > home:
        return _("the sites sent {n} times more bytes than all rows have").format(n=much)
    return _("the sites sent {n} times fewer bytes than all rows have").format(n=much)


def _chart(outcome: Outcome) -> Plain | None:
    up, down, home = _totals(outcome)
    most = max(up, down, home)
    if not most:
        return None
    amounts = ((_("From the sites"), up), (_("To the sites"), down), (_("All rows, once"), home))
    return charts.share_chart(
        [(name, [("main", amount / most)], size(amount)) for name, amount in amounts],
        [],
        alt=wording.sentence(
            wording.joined(
                _("{name}: {told}").format(name=name, told=size(amount)) for name, amount in amounts
            )
        ),
        caption=_("Bytes that travelled in all rounds, and those of the rows, which stayed."),
    )
