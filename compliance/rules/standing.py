"""An assessment in numbers."""

from __future__ import annotations

from collections import Counter

from compliance.rules.nouns import Assessment, Standing, State

_STAGES = range(1, 11)


def standing(found: Assessment) -> Standing:
    """Verdicts by state, and the score of each stage of the life cycle."""
    met: Counter[int] = Counter(v.stage for v in found.verdicts if v.state is State.MET)
    not_met: Counter[int] = Counter(v.stage for v in found.verdicts if v.state is State.NOT_MET)
    counts = Counter(verdict.state for verdict in found.verdicts)
    return Standing(
        assessed_at=found.assessed_at,
        score=found.score,
        counts={state: counts[state] for state in State},
        stages=tuple(_score(met[stage], not_met[stage]) for stage in _STAGES),
        pack=found.pack,
    )


def _score(met: int, not_met: int) -> float | None:
    decided = met + not_met
    return round(100 * met / decided, 1) if decided else None
