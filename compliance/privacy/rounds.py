"""What the rounds of a federated run are in the ledger, and how many of them still fit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from compliance.errors import PrivacyParameterError
from compliance.privacy.accounting import fits, loss_of
from compliance.privacy.nouns import Budget, BudgetState, Event, SampledGaussianEvent, Spend
from compliance.privacy.nouns.units import NoisePlace


def events_of_run(
    place: NoisePlace,
    *,
    sampling_rate: float,
    noise_multiplier: float,
    rounds: int,
    exchanges: int = 1,
    is_drawn_anew: bool = True,
) -> tuple[SampledGaussianEvent, ...]:
    """What a run does to the protected unit, for the ledger; nothing where there are no rounds.

    `CENTRAL`: the noise is drawn once, on the sum over everybody drawn. Covered by the theorem of
    the Poisson-sampled Gaussian (Mironov et al. 2019, arXiv:1908.10530) against all who see what
    is published; whoever adds up the sums is trusted. With secure aggregation that is nobody who
    sees a single sum.

    `SITE`: each site draws its own units by secret coins and adds noise of the same size to its
    own sum, so the server sees noisy sums only. One unit counts at one site, so it changes one of
    them, by one clip at most, and only its own site knows whether it was drawn: the same theorem
    and the same ε, against the server and the other sites. Every site sends in every round, noise
    alone where nobody was drawn. The total noise is √sites larger. Its own site is trusted. Not
    covered: units whose rows lie at several sites, and a site that is the protected unit itself.

    `LOCAL`: each person adds the noise to the own clipped update. What is protected is what the
    person holds, not that the person takes part, nor where: neighbours replace one person's rows
    by any others that count at the same site. That changes a message by two clips at most, so the
    noise counts half. Not covered: rows as units, whose values decide whether they send.
    The server sees who sends, so sampling brings nothing, and a person may send in every round:
    all messages are composed (Gaussian mechanism, Bun and Steinke 2016, arXiv:1605.02065).

    Args:
        sampling_rate: with which each unit is drawn, above 0, up to 1. Not used where noise is
            local.
        noise_multiplier: standard deviation of one noise, over the clip; above 0.
        rounds: that drew noise.
        exchanges: noisy sums per round.
        is_drawn_anew: each sum of a round has a sample of its own. Otherwise all of them are over
            one sample: together they tell as much as one sum with noise smaller by √exchanges,
            because a unit is in all of them or in none.
    """
    _check(sampling_rate, noise_multiplier)
    if rounds * exchanges == 0:
        return ()
    if place is NoisePlace.LOCAL:
        event = SampledGaussianEvent(
            sampling_rate=1.0, noise_multiplier=noise_multiplier / 2, rounds=rounds * exchanges
        )
    elif is_drawn_anew:
        event = SampledGaussianEvent(
            sampling_rate=sampling_rate,
            noise_multiplier=noise_multiplier,
            rounds=rounds * exchanges,
        )
    else:
        event = SampledGaussianEvent(
            sampling_rate=sampling_rate,
            noise_multiplier=noise_multiplier / math.sqrt(exchanges),
            rounds=rounds,
        )
    return (event,)


def rounds_that_fit(
    spent: Sequence[Event], total: Budget, event: SampledGaussianEvent, most: int
) -> int:
    """How many rounds of `event`, up to `most`, fit into `total` after `spent`.

    Exact: it asks what the ledger will ask, `fits`, so the answer fits and one more does not.

    Args:
        event: what one round does; its own `rounds` is the number of sums in one.
        most: at least 0.
    """
    low, beyond = -1, most + 1  # what fits is monotone: a run costs no more than a longer one
    while beyond - low > 1:
        middle = (low + beyond) // 2
        events = [*spent, replace(event, rounds=event.rounds * middle)] if middle else spent
        if fits(loss_of(events), total):
            low = middle
        else:
            beyond = middle
    return max(low, 0)


def rounds_affordable(
    state: BudgetState, event: SampledGaussianEvent, most: int, *, actor: str = ""
) -> int:
    """The same of a population's budget as it stands, and of the cap of `actor`.

    What `ledger.check_affordable` will say of a run of so many rounds: yes, and no of one more.
    """
    found = rounds_that_fit(_events(state.counted), state.total, event, most)
    for cap in state.caps:
        if cap.actor == actor:
            own = [spend for spend in state.counted if spend.actor == actor]
            part = Budget(epsilon=cap.epsilon, delta=state.total.delta)
            found = rounds_that_fit(_events(own), part, event, found)
    return found


def _events(spends: Iterable[Spend]) -> list[Event]:
    return [event for spend in spends for event in spend.events]


def _check(sampling_rate: float, noise_multiplier: float) -> None:
    if not 0 < sampling_rate <= 1:
        reason = "a probability lies above 0, up to 1"
        raise PrivacyParameterError(name="The sampling rate", given=sampling_rate, reason=reason)
    if not 0 < noise_multiplier < math.inf:
        reason = "it lies above 0"
        raise PrivacyParameterError(name="The noise", given=noise_multiplier, reason=reason)
