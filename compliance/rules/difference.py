"""What changed between two assessments."""

from __future__ import annotations

from compliance.rules.nouns import Assessment, State, Verdict
from compliance.rules.nouns.audit import Change, Difference


def difference(before: Assessment | None, after: Assessment) -> Difference:
    """Which findings were opened and closed, and which other duties stand otherwise.

    Without an assessment before, every finding is opened and nothing has turned.
    """
    then = {verdict.key: verdict for verdict in before.verdicts} if before else {}
    now = {verdict.key: verdict for verdict in after.verdicts}
    changes = [
        _change(then.get(key), now.get(key))
        for key in dict.fromkeys((*now, *then))
        if _state(then.get(key)) is not _state(now.get(key))
    ]
    opened = tuple(change for change in changes if change.after is State.NOT_MET)
    closed = tuple(change for change in changes if change.before is State.NOT_MET)
    rest = [change for change in changes if change not in opened and change not in closed]
    return Difference(
        opened=opened,
        closed=closed,
        turned=tuple(rest) if before else (),
        score_before=before.score if before else None,
        score_after=after.score,
    )


def _change(before: Verdict | None, after: Verdict | None) -> Change:
    said = after or before
    assert said is not None  # noqa: S101 - the key came from one of them
    return Change(
        rule=said.rule,
        law=said.law,
        article=said.article,
        title=said.title,
        severity=said.severity,
        subject=said.subject,
        before=_state(before),
        after=_state(after),
        law_name=said.law_name,
    )


def _state(verdict: Verdict | None) -> State | None:
    return verdict.state if verdict else None
