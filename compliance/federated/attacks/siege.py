"""All attacks on one run, with and without protection, one finding after another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from compliance.federated.attacks.membership import Attacked, memberships, trained
from compliance.federated.attacks.poisoning import poisonings
from compliance.federated.attacks.reconstruction import reading, reconstructions
from compliance.federated.learners import learner_of
from compliance.federated.nouns import Finding, NoisePlan, Plan, Strategy
from compliance.federated.plans import NOISE_DEFAULTS

_NOISE = NoisePlan(noise_multiplier=1.0)  # of the twin of a run that has none


def twins(plan: Plan) -> tuple[Plan, Plan]:
    """The plan without noise, and with: one of them is `plan` but for the baselines."""
    plain = replace(plan, baselines=False)
    if plan.privacy is None:
        return plain, replace(plain, privacy=_NOISE, **NOISE_DEFAULTS)  # type: ignore[arg-type]
    averaged = {"strategy": Strategy.FEDAVG, "fraction": 1.0, "server_rate": 1.0}
    return replace(plain, privacy=None, **averaged), plain  # type: ignore[arg-type]


def besieged(plain: Attacked, protected: Attacked) -> Iterator[Finding]:
    """What every attack comes to, each as soon as it is known; as long as some twenty runs.

    The same tests are made of both runs, and rows are computed without noise and with. Of the
    protected run half as many shadows are made: its noise drowns what more of them would add.

    Args:
        plain: by the first of `twins`.
        protected: by the second, with secrets.
    """
    if protected.secrets is None:
        raise ValueError("a plan with noise needs secrets")
    learner = learner_of(plain.problem, plain.plan, plain.model)
    model = trained(plain, plain.problem)
    yield reading(learner, model)
    yield from reconstructions(learner, model, protected.plan, protected.secrets, plain.seed)
    yield from memberships(plain, model)
    yield from memberships(replace(protected, repeats=1))
    yield from poisonings(plain.problem, plain.plan, model=plain.model)
