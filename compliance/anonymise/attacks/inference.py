"""Inference: a sensitive value of somebody whose other values are known.

    the person's known values ──▶ the nearest released rows ──▶ their commonest sensitive value

The baseline is what the same attacker tells of people whose row is not there: a control group
that was held out, or else the same people with their own row taken away. Only what a person's own
row adds is a risk of taking part; the rest is knowledge about people like them.

Sources: Taub et al. 2018, doi:10.1007/978-3-319-99771-1_9 (correct attribution probability).
"""

from __future__ import annotations

import numpy as np

from compliance.anonymise.attacks.judging import judged
from compliance.anonymise.attacks.nearest import Nearest, nearest
from compliance.anonymise.attacks.scenes import Scene, Secret
from compliance.anonymise.nouns import Attack, AttackKind
from compliance.anonymise.nouns.problem import Bools, Ints
from compliance.i18n import mark

_TELLS = mark(
    "An attacker who knows {known} tells the right “{target}” in {right} of "
    "{tries} tries ({attempts:,} tried); {baseline_is}: {chance} of {chances}."
)
_TELLS_BAND = mark(
    "An attacker who knows {known} tells the right twentieth of “{target}” in "
    "{right} of {tries} tries ({attempts:,} tried); {baseline_is}: {chance} of "
    "{chances}."
)


def infer(scene: Scene, secret: Secret, rng: np.random.Generator, attempts: int) -> Attack:
    """How often the commonest value among the nearest rows is the person's own.

    Only people who have a value are tried. Details: `commonest`, the share of people who have the
    value that most released rows show; `all_agree`, the share of people whose nearest rows all
    show the same right value, as l-diversity would not let them.
    """
    has_value = secret.original >= 0
    members = scene.members[has_value[scene.members]]
    people = rng.choice(members, size=min(attempts, len(members)), replace=False)
    right, agreed = _right(scene, secret, people, rng)
    baseline, baseline_is = _baseline(scene, secret, people, has_value, rng)
    return judged(
        AttackKind.INFERENCE,
        scene.known,
        target=secret.column,
        successes=int(right.sum()),
        attempts=len(people),
        baseline=baseline,
        baseline_is=baseline_is,
        says=_TELLS_BAND if secret.bands else _TELLS,
        details={
            "commonest": _commonest(secret, people),
            "all_agree": float((right & agreed).mean()),
        },
    )


def _baseline(
    scene: Scene, secret: Secret, people: Ints, has_value: Bools, rng: np.random.Generator
) -> tuple[float, str]:
    if scene.held_out is not None and (scene.held_out & has_value).any():
        others = np.flatnonzero(scene.held_out & has_value)
        control = rng.choice(others, size=min(len(people), len(others)), replace=False)
        return float(_right(scene, secret, control, rng)[0].mean()), mark(
            "for people not in the data"
        )
    if scene.rows is not None:
        alike, _ = _right(scene, secret, people, rng, without_own=True)
        return float(alike.mean()), mark("for the same people without their own row")
    return _commonest(secret, people), mark("by always saying the commonest value")


def _right(
    scene: Scene,
    secret: Secret,
    people: Ints,
    rng: np.random.Generator,
    *,
    without_own: bool = False,
) -> tuple[Bools, Bools]:
    """Whether the guess about each of `people` is right, and whether no nearest row denies it.

    Equally common values are drawn by lot.
    """
    found, agreed = [], []
    for some in nearest(scene, people, without_own=without_own):
        votes = _votes(some, secret)
        true = secret.original[some.people]
        if without_own:
            own_row = scene.released_row()[some.people]
            shown = secret.released[own_row]
            counted = (own_row >= 0) & (shown >= 0) & some.ties[np.arange(len(true)), some.own]
            votes[np.flatnonzero(counted), shown[counted]] -= 1
        lots = rng.random(votes.shape) / 2
        guess = np.argmax(votes + np.where(votes > 0, lots, 0), axis=1)
        found.append((guess == true) & (votes.max(axis=1) > 0))
        agreed.append(votes.max(axis=1) == votes.sum(axis=1))
    return np.concatenate(found), np.concatenate(agreed)


def _votes(some: Nearest, secret: Secret) -> np.ndarray:
    """Person × value: how many of the nearest rows show it."""
    from scipy.sparse import csr_array  # slow to load

    shows = secret.released >= 0
    pairs = some.kinds.of_row[shows], secret.released[shows]
    shape = len(some.kinds.sizes), secret.values
    counts = csr_array((np.ones(int(shows.sum())), pairs), shape=shape)
    return np.asarray((csr_array(some.ties.astype(np.float64)) @ counts).todense())


def _commonest(secret: Secret, people: Ints) -> float:
    shown = secret.released[secret.released >= 0]
    if not len(shown):
        return 0.0
    return float((secret.original[people] == np.bincount(shown).argmax()).mean())
