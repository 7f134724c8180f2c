"""What changes from one assessment to another, in turns."""

from __future__ import annotations

from collections.abc import Mapping

from compliance.rules.nouns import Assessment, Effect, Risk, State, Turn, Verdict

_UNMET = (State.NOT_MET, State.WAIVED)
_ENDED = (State.MET, State.NOT_APPLICABLE)


def effect(
    before: Assessment,
    after: Assessment,
    *,
    risk_before: Risk | None = None,
    risk_after: Risk | None = None,
    lost: Mapping[str, str] | None = None,
    kept: float | None = None,
) -> Effect:
    """What a change of what is known changes in what rules say.

    A verdict whose subject is new, or gone, turns from, or to, not applicable.
    """
    old, new = ({v.key: v for v in each.verdicts} for each in (before, after))
    keys = sorted(old.keys() | new.keys())
    turns = [_turn(old.get(key), new.get(key)) for key in keys]
    return Effect(
        turns=tuple(turn for turn in turns if turn.before is not turn.after),
        score_before=before.score,
        score_after=after.score,
        risk_before=risk_before,
        risk_after=risk_after,
        lost=lost or {},
        kept=kept,
    )


def mended(found: Effect) -> tuple[Turn, ...]:
    """The turns that end a finding. One that nobody can assess any more has not ended."""
    return tuple(t for t in found.turns if t.before in _UNMET and t.after in _ENDED)


def worsened(found: Effect) -> tuple[Turn, ...]:
    """The turns that begin one."""
    return tuple(t for t in found.turns if t.after is State.NOT_MET)


def _turn(before: Verdict | None, after: Verdict | None) -> Turn:
    one = after or before
    if one is None:
        raise ValueError("a turn is of a verdict")
    return Turn(
        rule=one.rule,
        title=one.title,
        subject=one.subject,
        before=before.state if before else State.NOT_APPLICABLE,
        after=after.state if after else State.NOT_APPLICABLE,
        entity=one.entity,
        subject_id=one.subject_id,
    )
