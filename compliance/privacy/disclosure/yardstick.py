"""The ε of a release beside known deployments with the same unit, and why others do not compare."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cache, lru_cache

from compliance.i18n import mark
from compliance.plain import from_plain
from compliance.privacy.disclosure.parameters import price_per_stretch, rho_price, stated
from compliance.privacy.disclosure.words import counted, data, loss, sentence
from compliance.privacy.nouns import Release
from compliance.privacy.nouns.disclosure import Compared, Deployment, Yardstick

PERSON = "person"
_CENTRAL = "Central"
_CHANGE = "change one"
_USUAL_DELTA = Decimal(
    "1e-6"
)  # where the release has none, an ε that follows from ρ is read off here


@cache
def deployments() -> tuple[Deployment, ...]:
    """Every known deployment, in the order of the data file."""
    return tuple(_deployment(row) for row in data("deployments.yaml")["deployments"])


def place(release: Release) -> tuple[Yardstick, ...]:
    """Where the ε of `release` lies among deployments that hide a person.

    Where it is worded for one stretch of time, a second yardstick is for what a person loses by
    one stretch alone: the price of a release covers all stretches in which a person may count.
    """
    found = stated(release)
    whole = _yardstick(PERSON, found.epsilon, found.delta or Decimal(0))
    price, period = price_per_stretch(release), release.query.period
    if price is None or period is None:
        return (whole,)
    return whole, _yardstick(f"{PERSON}-{period.per}", price.epsilon, price.delta)


def beside(epsilon: Decimal, delta: Decimal, kind: str = PERSON) -> Yardstick:
    """Where an ε that is thought of would lie among deployments with the same unit.

    Args:
        kind: what is hidden as a whole: person, person-day …, device, site.
    """
    return _yardstick(kind, epsilon, delta)


def _yardstick(kind: str, epsilon: Decimal, delta: Decimal) -> Yardstick:
    at = delta or _USUAL_DELTA
    every = [(_beside(deployment, at), _reason(deployment, kind)) for deployment in deployments()]
    comparable = sorted(
        (compared for compared, reason in every if not reason), key=lambda c: c.epsilon or 0
    )
    return Yardstick(
        unit_kind=kind,
        epsilon=epsilon,
        delta=delta,
        comparable=tuple(comparable),
        others=tuple(
            Compared(
                deployment=c.deployment, epsilon=c.epsilon, delta=c.delta, says=sentence(reason)
            )
            for c, reason in every
            if reason
        ),
        says=_says(kind, epsilon, delta, comparable),
        as_of=data("deployments.yaml")["as_of"],
    )


def _deployment(row: dict[str, object]) -> Deployment:
    nothing = dict.fromkeys(("epsilon", "delta", "rho")) | {"note": ""}
    return from_plain(Deployment, nothing | row)


@lru_cache(maxsize=512)
def _beside(deployment: Deployment, delta: Decimal) -> Compared:
    """A deployment with its own ε, or with the one that its ρ gives at `delta`."""
    epsilon, at, said = deployment.epsilon, deployment.delta, [deployment.note]
    if epsilon is None and deployment.rho is not None:
        epsilon, at = rho_price(deployment.rho, delta), delta
    if deployment.neighbours == _CHANGE:
        said.append(
            mark(
                "its tables are adjacent where one record changes; for that, the ε of this release "
                "would be up to twice as large"
            )
        )
    says = " ".join(sentence(text) for text in said if text)
    return Compared(deployment=deployment, epsilon=epsilon, delta=at, says=says)


def _reason(deployment: Deployment, kind: str) -> str:
    """Why a deployment does not compare with a release of this unit; empty where it does."""
    reasons = data("deployments.yaml")["reasons"]
    name = ""
    if deployment.model != _CENTRAL:
        name = "local"
    elif deployment.unit_kind != kind:
        name = "larger_unit" if deployment.unit_kind == PERSON else "other_unit"
    elif deployment.epsilon is None and deployment.rho is None:
        name = "no_epsilon"
    return str(reasons[name]).format(whose=deployment.unit) if name else ""


def _says(kind: str, epsilon: Decimal, delta: Decimal, comparable: Sequence[Compared]) -> str:
    unit = f"one {kind.replace('-', ' in one ')}"
    ours = mark("ε = {epsilon} at δ = {delta} for {whom}").format(
        epsilon=loss(epsilon), delta=loss(delta), whom=unit
    )
    if not comparable:
        return f"{ours}. " + mark("No known deployment has the same unit.")
    smaller = [c for c in comparable if c.epsilon is not None and c.epsilon < epsilon]
    larger = [c for c in comparable if c not in smaller]
    return " ".join(
        [
            f"{ours}.",
            mark(
                "Of {deployments} with that unit, {smaller} went with a smaller ε{below} and "
                "{larger} with the same or a larger one{above}."
            ).format(
                deployments=counted(len(comparable), "known deployment"),
                smaller=len(smaller),
                below=_nearest(smaller[-1:]),
                larger=len(larger),
                above=_nearest(larger[:1]),
            ),
        ]
    )


def _nearest(found: Sequence[Compared]) -> str:
    named = [
        f"{c.deployment.name} ({c.deployment.curator}), {loss(c.epsilon or Decimal(0))}"
        for c in found
    ]
    return mark(" (nearest: {nearest_name})").format(nearest_name=named[0]) if named else ""
