"""Remedies in an order that is explained: each says in words why it stands where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from compliance.i18n import mark
from compliance.rules.nouns import DOES_NOT_END, Assessment, Effect, Finding, Remedy, Risk, State
from compliance.rules.remedies.effects import mended, worsened

NOT_MEASURED = mark("not measured")
REFUSED = mark("cannot be applied as things stand")
_SMALL = 0.005
_NAMED = 2  # findings that a remedy would open


def ranked(remedies: Sequence[Remedy], finding: Finding, before: Assessment) -> tuple[Remedy, ...]:
    """The remedies, best first, each with its reasons.

    First those that end this finding; of these, those that the desk can apply, and that begin no
    other; then those that keep most of the data; then those that end most others.
    """
    explained = [
        replace(remedy, reasons=(*_reasons(remedy, finding, before), *remedy.reasons))
        for remedy in remedies
    ]
    return tuple(sorted(explained, key=lambda remedy: _place(remedy, finding)))


def ends(remedy: Effect, finding: Finding) -> bool:
    """Whether the finding's own duty is no longer unmet afterwards."""
    return any(turn.key == finding.key for turn in mended(remedy))


def _place(remedy: Remedy, finding: Finding) -> tuple[bool, bool, int, float, int, bool, str]:
    found = remedy.predicted
    return (
        not ends(found, finding),
        not remedy.can_apply,
        len(worsened(found)),
        -1.0 if found.kept is None else -round(found.kept, 2),
        -len(mended(found)),
        bool(remedy.asks),
        remedy.id,
    )


def _reasons(remedy: Remedy, finding: Finding, before: Assessment) -> Iterator[str]:
    found = remedy.predicted
    yield from _of_turns(found, finding, before)
    yield from _of_risk(found.risk_before, found.risk_after)
    yield from _of_loss(found)
    if remedy.asks:
        yield mark("needs a person’s word")
    if not remedy.can_apply and not any(said.startswith(REFUSED) for said in remedy.reasons):
        yield mark("done by people; the desk only tests it afterwards")


def _of_turns(found: Effect, finding: Finding, before: Assessment) -> Iterator[str]:
    about = finding.key[1:]
    here = sum(verdict.key[1:] == about for verdict in before.findings)
    turned = [turn for turn in mended(found) if turn.key[1:] == about]
    if not ends(found, finding):
        yield DOES_NOT_END
    if turned:
        yield mark("turns {turned} of {findings} on {subject}").format(
            turned=len(turned), findings=_counted(here, "finding"), subject=finding.subject
        )
    elsewhere = len(mended(found)) - len(turned)
    if elsewhere:
        yield mark("turns {findings} on other subjects").format(
            findings=_counted(elsewhere, "finding")
        )
    begun = worsened(found)
    for turn in begun[:_NAMED]:
        yield mark("opens a finding: {title} ({subject})").format(
            title=turn.title, subject=turn.subject
        )
    if len(begun) > _NAMED:
        yield mark("opens {findings} more").format(
            findings=_counted(len(begun) - _NAMED, "finding")
        )
    unsure = sum(turn.after is State.NOT_ASSESSED for turn in found.turns)
    if unsure:
        yield mark("leaves {verdicts} that could not be assessed afterwards").format(
            verdicts=_counted(unsure, "verdict")
        )


def _of_risk(before: Risk | None, after: Risk | None) -> Iterator[str]:
    if before is None or after is None:
        return
    if before.highest is not None and after.highest is not None:
        if after.highest < before.highest:
            yield mark("risk falls from {before} to {after}").format(
                before=percent(before.highest), after=percent(after.highest)
            )
        else:
            yield mark("risk stays at {share}").format(share=percent(after.highest))
    if after.personal_columns < before.personal_columns:
        yield (
            mark("columns with personal data fall from {before} to {after}").format(
                before=before.personal_columns, after=after.personal_columns
            )
        )


def percent(share: float) -> str:
    """A share as people say it; what is small is not nothing."""
    return mark("under 1%") if 0 < share < _SMALL else f"{share:.0%}"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _of_loss(found: Effect) -> Iterator[str]:
    if not found.lost and found.risk_before is not None:
        yield mark("loses no row and no column")
    elif found.kept is not None:
        yield mark("keeps {kept:.0%} of what the rows say").format(kept=found.kept)
    for measure, said in found.lost.items():
        yield f"{measure}: {said}"
