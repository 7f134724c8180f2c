"""What the registry's fields say of the system: trust, refresh, implementation, the record."""

from __future__ import annotations

from collections.abc import Mapping

from compliance.i18n import mark
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
        "deployment_model.model_name": built_in(mark("Central")),
        "deployment_model.model_name_details": built_in(
            statement("answers_changed_centrally" if is_local(release) else "central")
        ),
        "deployment_model.trust_assumptions": built_in(statement("trust")),
        "deployment_model.actors": computed(_actors(around)),
        "deployment_model.release_type": computed(
            mark("One release" if again == 1 else "Many releases")
        ),
        "deployment_model.release_type_details": computed(_refresh(again, around)),
        "deployment_model.data_source_type": computed(
            mark("Static" if dataset.version == 1 else "Dynamic")
        ),
        "deployment_model.data_source_type_details": computed(_version(around)),
        "deployment_model.access_type": built_in(mark("Non-interactive")),
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
            mark("Release report of Privacy Desk, reference {id}").format(id=release.id)
        ),
        "administrative.status": built_in(mark("Draft")),
        "administrative.registry_authors": computed(
            mark("{author_name}, with Privacy Desk {version}").format(
                author_name=author, version=around.desk_version
            )
        ),
    }


def _version(around: Surroundings) -> str:
    dataset = around.dataset
    text = (
        mark(
            "Computed from version {version} of the data, added on {day}; no other version was "
            "loaded."
        )
        if dataset.version == 1
        else mark(
            "Computed from version {version} of the data, added on {day}; earlier ones remain."
        )
    )
    return text.format(version=dataset.version, day=f"{dataset.added_at:%Y-%m-%d}")


def _same_question(release: Release, around: Surroundings) -> int:
    """How often this question was answered, this release included."""
    others = [r for r in around.releases if r.id != release.id and r.query == release.query]
    return 1 + len(others)


def _actors(around: Surroundings) -> str:
    return statement(
        "actors",
        people=around.dataset.description.data_subjects or NOT_RECORDED,
        curator=around.curator or NOT_RECORDED,
        many_names=counted(len(actors(around)), "name"),
    )


def _refresh(again: int, around: Surroundings) -> str:
    budget = around.budget
    spends = counted(len(budget.spends), "line")
    by = (
        mark("decided by an officer")
        if budget.is_decided
        else mark("the default, not decided by an officer")
    )
    total = mark("ε = {epsilon} at δ = {delta} ({by})").format(
        epsilon=loss(budget.total.epsilon), delta=loss(budget.total.delta), by=by
    )
    holds = (
        mark(
            "The budget begins anew every {period}, with a total of {total}; what one "
            "person loses adds up over time."
        ).format(period=budget.period, total=total)
        if budget.starts
        else mark("No budget is reset: the total of {total} holds for all time.").format(
            total=total
        )
    )
    return mark(
        "This question was answered {times}, and nothing is refreshed by itself. "
        "{holds} Its ledger has {spends} and stands at {standing}; a release that "
        "does not fit is refused."
    ).format(times=counted(again, "time"), holds=holds, spends=spends, standing=standing(budget))


def _split(around: Surroundings) -> str:
    names, capped = counted(len(actors(around)), "name"), len(around.budget.caps)
    divided = (
        mark("{have} a part of the budget as a cap").format(
            have=counted(capped, "name has", "names have")
        )
        if capped
        else mark("The budget is not divided among those who work with the desk")
    )
    return mark(
        "What was published is a fixed table. {divided} ({many_names} in the trail): all "
        "draw on one ledger, so nothing is assumed about whether they work together."
    ).format(divided=divided, many_names=names)


def _mechanisms(release: Release, around: Surroundings) -> str:
    used = dict.fromkeys(parameter.mechanism for parameter in parameters(release))
    drawn = [f"{name} {version}" for name, version in sorted(release.libraries.items())]
    return " ".join(
        [
            sentence(mark("Mechanisms: {used}").format(used=listed(list(used)))),
            sentence(mark("Noise drawn by {drawn}").format(drawn=listed(drawn, NOT_RECORDED))),
            statement("floating_point"),
            statement("timing"),
            statement("access"),
            sentence(mark("Code: Privacy Desk {version}").format(version=around.desk_version)),
        ]
    )


def _composition(around: Surroundings) -> str:
    now = mark("As of {day} that comes to {standing}.").format(
        day=f"{around.at:%Y-%m-%d}", standing=standing(around.budget)
    )
    return f"{statement('composition')} {now}"


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
        mark("± {within} for the {title}").format(
            within=_range(found), title=titles.get(name, name)
        )
        for name, found in margins.items()
    ]
    if not told:
        return mark("No published number has a margin.")
    return statement("utility", margins=listed(told))


def _range(margins: list[float]) -> str:
    low, high = size(min(margins)), size(max(margins))
    return low if low == high else f"{low} to {high}"


def _additional(release: Release, around: Surroundings) -> str:
    entry = entry_of(release, around)
    where = f", entry {entry} of its trail" if entry is not None else ""
    audit = around.audit
    stamp = (
        mark("Newest self-audit, on {day}: {says}").format(
            day=f"{audit.at:%Y-%m-%d}", says=audit.says
        )
        if audit
        else mark("No self-audit is on record")
    )
    told = statement("report", release=release.id, version=around.desk_version, entry=where)
    return f"{told} {sentence(stamp)}"
