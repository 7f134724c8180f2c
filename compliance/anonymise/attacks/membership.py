"""Membership: was this person in the data at all?

    distance to the nearest released row ──▶ below a threshold: “was in”, else “was not”

Half of the people set the threshold, the other half try it. Those who were not in are a control
group that was held out, or else the same people with their own row taken away.

Sources: Shokri et al. 2017, arXiv:1610.05820; Carlini et al. 2022, arXiv:2112.03570 (the share
found at 1 % false alarms).
"""

from __future__ import annotations

import numpy as np

from compliance.anonymise.attacks.judging import judged
from compliance.anonymise.attacks.nearest import nearest
from compliance.anonymise.attacks.scenes import Scene
from compliance.anonymise.nouns import Attack, AttackKind
from compliance.anonymise.nouns.problem import Floats, Ints
from compliance.errors import AttackError
from compliance.i18n import mark

_FALSE_ALARMS = 0.01
_FEWEST = 20


def tell_members(scene: Scene, rng: np.random.Generator, attempts: int) -> Attack:
    """How often the attacker is right about who was in and who was not, as many of each.

    Details: `auc`, the chance that somebody who was in lies nearer than somebody who was not, and
    `found_at_1_percent`, the share of those in who are found with 1 % false alarms.

    Raises:
        AttackError: nobody is known not to be in, or there are too few.
    """
    near_in, near_out = _distances(scene, rng, attempts)
    half = len(near_in) // 2
    threshold = _best_threshold(near_in[:half], near_out[:half])
    right = (near_in[half:] <= threshold).sum() + (near_out[half:] > threshold).sum()
    return judged(
        AttackKind.MEMBERSHIP,
        scene.known,
        successes=int(right),
        attempts=2 * (len(near_in) - half),
        baseline=0.5,
        baseline_is=mark("tossing a coin"),
        says=mark(
            "An attacker who knows {known} tells rightly whether a person was in the data "
            "in {right} of {tries} tries ({attempts:,} tried); {baseline_is}: {chance} of "
            "{chances}."
        ),
        details={
            "auc": _auc(near_in, near_out),
            "found_at_1_percent": _found(near_in, near_out),
        },
    )


def _distances(scene: Scene, rng: np.random.Generator, attempts: int) -> tuple[Floats, Floats]:
    """The distances of people who were in, and of as many who were not, each in random order."""
    members = scene.members
    if scene.held_out is not None:
        others = np.flatnonzero(scene.held_out)
        count = min(attempts, len(members), len(others))
        _check(count)
        people = rng.choice(members, size=count, replace=False)
        control = rng.choice(others, size=count, replace=False)
        return _nearest(scene, people), _nearest(scene, control)
    if scene.rows is None:
        reason = mark("nobody is known not to be in; hold some people out when rows are invented")
        raise AttackError(reason=reason)
    people = rng.choice(members, size=min(attempts, len(members)), replace=False)
    _check(len(people))
    return _nearest(scene, people), _nearest(scene, rng.permutation(people), without_own=True)


def _check(count: int) -> None:
    if count < _FEWEST:
        raise AttackError(
            reason=mark("it takes at least {n} people in the data, and not in it").format(n=_FEWEST)
        )


def _nearest(scene: Scene, people: Ints, *, without_own: bool = False) -> Floats:
    found = [each.distance for each in nearest(scene, people, without_own=without_own)]
    # Where the only released row is the own one, nothing is near without it.
    return np.minimum(np.concatenate(found).astype(np.float64), len(scene.facets) + 1.0)


def _best_threshold(near_in: Floats, near_out: Floats) -> float:
    """The distance up to which saying “was in” is right most often."""
    at = np.unique(np.concatenate((near_in, near_out)))
    said_in = np.searchsorted(np.sort(near_in), at, side="right")
    false_alarms = np.searchsorted(np.sort(near_out), at, side="right")
    return float(at[np.argmax(said_in - false_alarms)])


def _auc(near_in: Floats, near_out: Floats) -> float:
    """The chance that the first is smaller than the second, ties counting half."""
    ordered = np.sort(near_out)
    above = len(ordered) - np.searchsorted(ordered, near_in, side="right")
    same = len(ordered) - np.searchsorted(ordered, near_in, side="left") - above
    return float((above + same / 2).mean() / len(ordered))


def _found(near_in: Floats, near_out: Floats) -> float:
    """The largest share of those in that a threshold finds at no more than 1 % false alarms."""
    at = np.unique(near_in)
    alarms = np.searchsorted(np.sort(near_out), at, side="right") / len(near_out)
    allowed = at[alarms <= _FALSE_ALARMS]
    return float((near_in <= allowed[-1]).mean()) if len(allowed) else 0.0
