"""What the registry's fields say of a release: the product, the variant, the loss."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal

from compliance.i18n import mark
from compliance.privacy.disclosure.parameters import (
    names_of,
    parameters,
    price_per_stretch,
    stated,
)
from compliance.privacy.disclosure.words import (
    bounds,
    conditions,
    counted,
    listed,
    loss,
    part_title,
    question,
    sentence,
    size,
    statement,
    title,
)
from compliance.privacy.nouns import RandomisedResponseEvent, Release, ThresholdEvent
from compliance.privacy.nouns.disclosure import NOT_RECORDED, Origin, Parameter, Surroundings
from compliance.privacy.nouns.question import Mechanism, Query, StatisticKind

Said = tuple[str, Origin]
MISSING: Said = (NOT_RECORDED, Origin.MISSING)
INAPPLICABLE: Said = ("", Origin.INAPPLICABLE)
_SLUG_WIDTH = 60
_PARTS = {
    "L1": mark("{part}: {mechanism}, scale {scale}, L1 sensitivity {most}"),
    "L2": mark("{part}: {mechanism}, scale {scale}, L2 sensitivity {most}"),
    "score": mark("{part}: {mechanism}, scale {scale}, score moved by at most {most}"),
}


def computed(text: str) -> Said:
    """A field made from the release, the ledger and the trail."""
    return text, Origin.COMPUTED


def built_in(text: str) -> Said:
    """A field about this version of the desk."""
    return text, Origin.BUILT_IN


def recorded(text: str) -> Said:
    """A field as an officer entered it; missing where nobody did."""
    return (text.strip(), Origin.RECORDED) if text.strip() else MISSING


def product(release: Release, around: Surroundings) -> Mapping[str, Said]:
    """Tier 1: what was published, by whom, what for."""
    dataset, query = around.dataset, release.query
    groups = len({value.keys for value in release.values})
    numbers = counted(len(release.values), "number")
    named = mark("{title}, from {dataset}").format(title=title(query), dataset=dataset.name)
    return {
        "url_slug": computed(_slug(title(query), around.curator, f"{release.released_at:%Y}")),
        "basic.name": computed(named),
        "basic.data_curators.data_curator_name": recorded(around.curator),
        "basic.data_curators.data_curator_type": MISSING,
        "basic.description": computed(
            f"{sentence(question(query))} "
            + (
                mark("{numbers} with noise, in {groups}.").format(
                    numbers=numbers, groups=counted(groups, "group")
                )
                if query.by
                else mark("{numbers} with noise.").format(numbers=numbers)
            )
        ),
        "basic.intended_use": recorded(dataset.description.purpose),
        "basic.data_product_type": computed(mark("Summary statistics")),
        "basic.data_product_region": recorded(dataset.description.region or around.country),
        "basic.data_product_sector": MISSING,
        "basic.publication_date": computed(f"{release.released_at:%Y-%m-%d}"),
    }


def variant(release: Release, around: Surroundings) -> Mapping[str, Said]:
    """Which kind of guarantee, over which tables, and what it does not cover."""
    return {
        "dp_variant.variant_name": computed(stated(release).variant),
        "dp_variant.data_domain": computed(_domain(release.query, around)),
        "dp_variant.unprotected_quantities": computed(_unprotected(release)),
    }


def privacy_loss(release: Release) -> Mapping[str, Said]:
    """Whose privacy, which tables are adjacent, and the parameters of each part."""
    found = stated(release)
    number = _people(release)
    return {
        "privacy_loss.privacy_unit": computed(_unit(release.query)),
        "privacy_loss.privacy_unit_details": computed(_adjacency(release)),
        "privacy_loss.number_of_privacy_units": MISSING if number is None else computed(number),
        "privacy_loss.privacy_parameters.epsilon": computed(f"{found.epsilon.normalize():f}"),
        "privacy_loss.privacy_parameters.delta": _or_none(found.delta),
        "privacy_loss.privacy_parameters.rho": _or_none(found.rho),
        "privacy_loss.privacy_parameters_details": computed(_details(release)),
    }


def _slug(*texts: str) -> str:
    """An address of ASCII letters and digits; each text gives at most so many signs."""
    pieces = []
    for text in texts:
        plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
        pieces.append(re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_SLUG_WIDTH].strip("-"))
    return "-".join(piece for piece in pieces if piece)


def _or_none(amount: object) -> Said:
    return INAPPLICABLE if amount is None else computed(f"{amount}".lower())


def _domain(query: Query, around: Surroundings) -> str:
    dataset = around.dataset
    people = dataset.description.data_subjects or "people"
    used = dict.fromkeys(
        [query.unit, *query.by, *(s.column for s in query.statistics if s.column)]
        + [condition.column for condition in query.where]
    )
    others = listed([f"{join.dataset} by {join.unit}" for join in query.join])
    joined = f", joined with {others}, of which one row per person counts" if query.join else ""
    return mark(
        "All tables with the columns of {dataset} (version {version}) about any "
        "number of {people}, told apart by {unit}{joined}. Used are "
        "{columns}{conditions}. Rows that name no person do not count."
    ).format(
        dataset=dataset.name,
        version=dataset.version,
        people=people,
        unit=query.unit,
        joined=joined,
        columns=listed(list(used)),
        conditions=conditions(query),
    )


def _unprotected(release: Release) -> str:
    query = release.query
    parts = [mark("the names of the columns and how many rows the table has")]
    typed = sum(len(keys) for keys in query.public_keys.values())
    if typed:
        parts.append(
            mark("the {group_keys} that were typed").format(group_keys=counted(typed, "group key"))
        )
    parts.append(mark("the bounds, conditions, ε and δ that were typed"))
    for event in release.events:
        if isinstance(event, ThresholdEvent):
            parts.append(
                mark("the threshold of {threshold:,} people").format(threshold=event.threshold)
            )
        if isinstance(event, RandomisedResponseEvent):
            parts.append(mark("how many people there are, which the estimates use"))
    bare = _without_noise(release)
    ending = (
        mark("Without noise: {bare_name}").format(bare_name=listed(bare))
        if bare
        else mark("Every published number carries noise")
    )
    return f"{sentence(listed(parts))} {sentence(ending)}"


def _without_noise(release: Release) -> list[str]:
    """Published statistics of which the ledger knows no noise."""
    noisy = {name.rpartition(":")[0] or name for name in names_of(release.events)}
    shown = dict.fromkeys(value.statistic for value in release.values)
    return [name for name in shown if name not in noisy]


def _unit(query: Query) -> str:
    if query.period is None:
        return mark("Person-level ({unit})").format(unit=query.unit)
    stretches = counted(query.period.most, query.period.per)
    return mark("Person-level ({unit}), counting in at most {stretches}").format(
        unit=query.unit, stretches=stretches
    )


def _adjacency(release: Release) -> str:
    query = release.query
    for event in release.events:
        if isinstance(event, RandomisedResponseEvent):
            return statement("adjacency_of_answers", unit=query.unit, answers=event.categories)
    elsewhere = "".join(
        " "
        + mark(
            "The rows of that person in {dataset} (by {unit}) are there or not with them."
        ).format(dataset=join.dataset, unit=join.unit)
        for join in query.join
    )
    return statement("adjacency", unit=query.unit, bounds=bounds(query)) + elsewhere


def _people(release: Release) -> str | None:
    """How many people, where the release itself says it with noise."""
    query = release.query
    for value in release.values:
        is_total = not query.by and value.statistic == StatisticKind.COUNT_UNITS
        if is_total and not query.where and math.isfinite(value.value) and value.value >= 1:
            return f"{round(value.value)}"
    return None


def _details(release: Release) -> str:
    found, asked = stated(release), release.asked
    said = [
        mark("Asked: ε = {epsilon}, δ = {delta}").format(
            epsilon=loss(asked.epsilon), delta=loss(asked.delta)
        ),
        mark("Cost on its own: {price}").format(
            price=_price(found.epsilon, found.delta, found.rho)
        ),
    ]
    said += [_part(release.query, parameter) for parameter in parameters(release)]
    one = price_per_stretch(release)
    if one is not None and release.query.period is not None:
        per = release.query.period.per
        said.append(
            mark("What a person did in one {per} alone costs at most {price}").format(
                per=per, price=_price(one.epsilon, one.delta)
            )
        )
    return " ".join(sentence(text) for text in said)


def _price(epsilon: Decimal | None, delta: Decimal | None, rho: Decimal | None = None) -> str:
    named = [("ε", epsilon), ("δ", delta), ("ρ", rho)]
    return ", ".join(f"{sign} = {loss(amount)}" for sign, amount in named if amount is not None)


def _part(query: Query, parameter: Parameter) -> str:
    of, cost = part_title(query, parameter.of), _price(parameter.epsilon, None, parameter.rho)
    if parameter.delta is not None:
        return mark("{part}: shown above {scale:,.0f}, δ = {delta}").format(
            part=of, scale=parameter.scale, delta=loss(parameter.delta)
        )
    if parameter.norm == "answer":
        return mark("{part}: true answer with probability {scale:.6g}, {cost}").format(
            part=of, scale=parameter.scale, cost=cost
        )
    # A norm without words of its own, such as "clip", is said as the ledger names it.
    text = _PARTS.get(
        parameter.norm, f"{{part}}: {{mechanism}}, scale {{scale}}, {parameter.norm} {{most}}"
    )
    return text.format(
        part=of,
        mechanism=parameter.mechanism,
        scale=size(parameter.scale),
        most=", ".join(filter(None, [size(parameter.sensitivity), cost])),
    )


def kinds(release: Release) -> Sequence[StatisticKind]:
    """The kinds of statistics asked, in order."""
    return list(dict.fromkeys(s.kind for s in release.query.statistics))


def is_local(release: Release) -> bool:
    """Whether each answer was changed before counting."""
    return release.query.mechanism is Mechanism.RANDOMISED_RESPONSE
