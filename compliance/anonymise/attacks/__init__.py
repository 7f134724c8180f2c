"""Attacks carried out: what somebody who knows a few columns gets out of a released table.

The same attacks on the original say what the release is better than. Each is of our own design,
after textbooks; its module draws it and names its sources. Nothing is learnt from the outcome of
one try for the next, and nothing but counts leaves.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from compliance.anonymise.attacks.inference import infer
from compliance.anonymise.attacks.linkage import link
from compliance.anonymise.attacks.membership import tell_members
from compliance.anonymise.attacks.nearest import bounded
from compliance.anonymise.attacks.scenes import Scene, scene_of_recoding, scene_of_tables
from compliance.anonymise.attacks.singling_out import single_out
from compliance.anonymise.nouns import Attack, AttackKind, Siege
from compliance.errors import AttackError
from compliance.i18n import mark

__all__ = ["ATTEMPTS", "Scene", "attack", "scene_of_recoding", "scene_of_tables"]

ATTEMPTS = 500
"""Tries per attack, unless said otherwise: a share is then known to 4.5 points at 95 %."""


def attack(scene: Scene, rng: np.random.Generator, attempts: int = ATTEMPTS) -> Siege:
    """Every attack that the scene allows, and why others were not tried.

    Args:
        scene: what is attacked, and what the attacker knows.
        rng: draws the people who are attacked, and what is left to chance.
        attempts: at most so many tries per attack; 20 at least for membership. Fewer, down to
            100, where many different rows are released.
    """
    attempts = bounded(scene, attempts)
    tries: list[tuple[AttackKind, Callable[[], Attack]]] = [
        (AttackKind.LINKAGE, lambda: link(scene, rng, attempts)),
        (AttackKind.SINGLING_OUT, lambda: single_out(scene, rng, attempts)),
        *(
            (AttackKind.INFERENCE, lambda secret=secret: infer(scene, secret, rng, attempts))
            for secret in scene.secrets
        ),
        (AttackKind.MEMBERSHIP, lambda: tell_members(scene, rng, attempts)),
    ]
    done, not_tried = [], {}
    for kind, carry_out in tries:
        try:
            done.append(carry_out())
        except AttackError as error:
            not_tried[kind] = str(error)
    if not scene.secrets:
        not_tried[AttackKind.INFERENCE] = mark("No sensitive column was named.")
    return Siege(attacks=tuple(done), not_tried=not_tried)
