"""Linkage: which released row is this person's?

    the person's known values ──▶ distance to every released row ──▶ one of the nearest, by lot

Source: Domingo-Ferrer and Torra 2001, A quantitative comparison of disclosure control methods
(record linkage by distance); here with cells that hold the value (see `facets`).
"""

from __future__ import annotations

import numpy as np

from compliance.anonymise.attacks.judging import judged
from compliance.anonymise.attacks.nearest import nearest
from compliance.anonymise.attacks.scenes import Scene
from compliance.anonymise.nouns import Attack, AttackKind
from compliance.i18n import mark


def link(scene: Scene, rng: np.random.Generator, attempts: int) -> Attack:
    """How often one of the nearest rows, drawn by lot, is the person's own.

    A person whose row was suppressed is never found. Guessing is right once per released row.

    Raises:
        AttackError: released rows belong to no person.
    """
    scene.released_row()  # refuses invented rows
    members = scene.members
    people = rng.choice(members, size=min(attempts, len(members)), replace=False)
    found, fitting = 0, 0
    for some in nearest(scene, people):
        at = np.arange(len(some.people))
        is_near = (some.own >= 0) & some.ties[at, some.own]
        found += int((is_near & (rng.random(len(at)) * some.matches < 1)).sum())
        fitting += int(some.matches.sum())
    return judged(
        AttackKind.LINKAGE,
        scene.known,
        successes=found,
        attempts=len(people),
        baseline=1 / scene.released_rows,
        baseline_is=mark("guessing"),
        says=mark(
            "An attacker who knows {known} finds the right person in {right} of {tries} "
            "tries ({attempts:,} tried); {baseline_is}: {chance} of {chances}."
        ),
        details={"rows_that_fit": fitting / len(people)},
    )
