"""What the registry's fields say of the system: trust, refresh, implementation, the record."""

from __future__ import annotations

from collections.abc import Mapping

from compliance.privacy.disclosure.looks import actors, entry_of, in_words
from compliance.privacy.disclosure.parameters import parameters
from compliance.privacy.disclosure.record import (
    MISSING,
    Said,
    built_in,
    computed,
    is_local,
    kinds,
)
from compliance.privacy.disclosure.words import (
    counted,
    listed,
    loss,
    sentence,
    size,
    standing,
    statement,
)
from compliance.privacy.nouns import Release
from compliance.privacy.nouns.disclosure import NOT_RECORDED, Surroundings
from compliance.privacy.nouns.question import StatisticKind

_AFTERWARDS = {
    StatisticKind.MEAN: "mean",
    StatisticKind.VARIANCE: "spread",
    StatisticKind.STANDARD_DEVIATION: "spread",
    StatisticKind.QUANTILE: "quantile",
    StatisticKind.TOP: "ranking",
}


def deployment_model(release: Release, around: Surroundings) -> Mapping[str, Said]:
    """Who must be trusted, how often it is published, and who may ask."""
    again = _same_question(release, around)
    dataset = around.dataset
    return {
        "deployment_model.model_name": built_in("Central"),
        "deployment_model.model_name_details": built_in(
            statement("answers_changed_centrally" if is_local(release) else "central")
        ),
        "deployment_model.trust_assumptions": built_in(statement("trust")),
        "deployment_model.actors": computed(_actors(around)),
        "deployment_model.release_type": computed("One release" if again == 1 else "Many releases"),
        "deployment_model.release_type_details": computed(_refresh(again, around)),
        "deployment_model.data_source_type": computed(
            "Static" if dataset.version == 1 else "Dynamic"
        ),
        "deployment_model.data_source_type_details": computed(
            f"Computed from version {dataset.version} of the data, added on "
            f"{dataset.added_at:%Y-%m-%d}; "
            + ("no other version was loaded." if dataset.version == 1 else "earlier ones remain.")
        ),
        "deployment_model.access_type": built_in("Non-interactive"),
        "deployment_model.access_type_details": computed(_split(around)),
    }


def implementation(release: Release, around: Surroundings) -> Mapping[str, Said]:
    """What was done before, with and after the noise, and how well the numbers hold."""
    return {
        "implementation.preprocessing_and_hyperparameter_tuning": computed(
            in_words(release, around)
        ),
        "implementation.mechanisms": computed(_mechanisms(release, around)),
        "implementation.composition": computed(_composition(around)),
        "implementation.post_processing": computed(_afterwards(release)),
        "implementation.justification": MISSING,
        "implementation.utility": computed(_utility(release)),
        "implementation.additional_information": computed(_additional(release, around)),
    }


def administrative(release: Release, around: Surroundings) -> Mapping[str, Said]:
    """About the record; its tier is put in once all fields are there."""
    author = around.curator or f"Organisation {NOT_RECORDED}"
    return {
        "administrative.evidence_sources": computed(
            f"Release report of Privacy Desk, reference {release.id}"
        ),
        "administrative.status": built_in("Draft"),
        "administrative.registry_authors": computed(
            f"{author}, with Privacy Desk {around.desk_version}"
        ),
    }


def _same_question(release: Release, around: Surroundings) -> int:
    """How often this question was answered, this release included."""
    others = [r for r in around.releases if r.id != release.id and r.query == release.query]
    return 1 + len(others)


def _actors(around: Surroundings) -> str:
    return statement(
        "actors",
        people=around.dataset.description.data_subjects or NOT_RECORDED,
        curator=around.curator or NOT_RECORDED,
        names=counted(len(actors(around)), "name"),
    )


def _refresh(again: int, around: Surroundings) -> str:
    budget = around.budget
    spends = counted(len(budget.spends), "line")
    by = "decided by an officer" if budget.is_decided else "the default, not decided by an officer"
    total = f"ε = {loss(budget.total.epsilon)} at δ = {loss(budget.total.delta)} ({by})"
    holds = (
        f"The budget begins anew every {budget.period}, with a total of {total}; what one "
        "person loses adds up over time."
        if budget.starts
        else f"No budget is reset: the total of {total} holds for all time."
    )
    return (
        f"This question was answered {counted(again, 'time')}, and nothing is refreshed by itself. "
        f"{holds} Its ledger has {spends} and stands at {standing(budget)}; a "
        "release that does not fit is refused."
    )


def _split(around: Surroundings) -> str:
    names, capped = counted(len(actors(around)), "name"), len(around.budget.caps)
    divided = (
        f"{counted(capped, 'name has', 'names have')} a part of the budget as a cap"
        if capped
        else "The budget is not divided among those who work with the desk"
    )
    return (
        f"What was published is a fixed table. {divided} ({names} in the trail): all draw on one "
        "ledger, so nothing is assumed about whether they work together."
    )


def _mechanisms(release: Release, around: Surroundings) -> str:
    used = dict.fromkeys(parameter.mechanism for parameter in parameters(release))
    drawn = [f"{name} {version}" for name, version in sorted(release.libraries.items())]
    return " ".join(
        [
            sentence(f"Mechanisms: {listed(list(used))}"),
            sentence(f"Noise drawn by {listed(drawn, NOT_RECORDED)}"),
            statement("floating_point"),
            statement("timing"),
            statement("access"),
            sentence(f"Code: Privacy Desk {around.desk_version}"),
        ]
    )


def _composition(around: Surroundings) -> str:
    return (
        f"{statement('composition')} As of {around.at:%Y-%m-%d} that comes to "
        f"{standing(around.budget)}."
    )


def _afterwards(release: Release) -> str:
    done = dict.fromkeys(_AFTERWARDS[kind] for kind in kinds(release) if kind in _AFTERWARDS)
    told = [statement(name) for name in done]
    if is_local(release):
        told.append(statement("answers_estimated"))
    return " ".join([statement("post_processing"), *(sentence(text) for text in told)])


def _utility(release: Release) -> str:
    margins: dict[str, list[float]] = {}
    for value in release.values:
        if value.margin is not None:
            margins.setdefault(value.statistic, []).append(value.margin)
    titles = {statistic.name: statistic.title for statistic in release.query.statistics}
    told = [
        f"± {_range(found)} for the {titles.get(name, name)}" for name, found in margins.items()
    ]
    if not told:
        return "No published number has a margin."
    return statement("utility", margins=listed(told))


def _range(margins: list[float]) -> str:
    low, high = size(min(margins)), size(max(margins))
    return low if low == high else f"{low} to {high}"


def _additional(release: Release, around: Surroundings) -> str:
    entry = entry_of(release, around)
    where = f", entry {entry} of its trail" if entry is not None else ""
    audit = around.audit
    stamp = (
        f"Newest self-audit, on {audit.at:%Y-%m-%d}: {audit.says}"
        if audit
        else "No self-audit is on record"
    )
    told = statement("report", release=release.id, version=around.desk_version, entry=where)
    return f"{told} {sentence(stamp)}"
