"""Which acts looked at the data before a release, as far as the trail tells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from compliance.dataset.nouns import CleaningStep
from compliance.i18n import mark
from compliance.privacy.disclosure.words import counted, data, listed, sentence
from compliance.privacy.nouns import Release
from compliance.privacy.nouns.disclosure import Act, Surroundings

PROPOSED = "bounds.propose"
_PUBLISHED = "release.publish"


def entry_of(release: Release, around: Surroundings) -> int | None:
    """The number of the trail entry that was written with `release`; None where there is none."""
    for act in around.acts:
        if act.act == _PUBLISHED and act.facts.get("release") == release.id:
            return act.entry
    return None


def acts_before(release: Release, around: Surroundings) -> tuple[Act, ...]:
    """The acts up to `release`, oldest first; by time where the trail lacks its entry."""
    entry = entry_of(release, around)
    if entry is None:
        return tuple(act for act in around.acts if act.at < release.released_at)
    return tuple(act for act in around.acts if act.entry < entry)


def is_on_dataset(act: Act, around: Surroundings) -> bool:
    """Whether an act was on the dataset itself, not only on its people or on others beside it."""
    return act.subject == around.dataset.name


def actors(around: Surroundings) -> tuple[str, ...]:
    """Who acted on the dataset, in the order of their first act."""
    named = [act.actor for act in around.acts if is_on_dataset(act, around)]
    return tuple(dict.fromkeys(named))


def decisions(around: Surroundings) -> tuple[Act, ...]:
    """Each decision on the budget of these people, oldest first."""
    people = around.budget.population
    return tuple(a for a in around.acts if a.act == "budget.decide" and a.subject == people)


def known(act: Act) -> Mapping[str, Any] | None:
    """What this version knows of such an act; None where it does not know it."""
    return _known().get(act.act)


def does(act: str) -> str:
    """What the act of that name does, in words; the name where this version does not know it."""
    return str(_known().get(act, {"does": act})["does"])


def proposed_columns(acts: Iterable[Act]) -> set[str]:
    """The columns whose bounds were looked for with noise."""
    found: set[str] = set()
    for act in acts:
        columns = act.facts.get("columns")
        if act.act == PROPOSED and isinstance(columns, list | tuple):
            found |= {str(column) for column in columns}
    return found


def tuned_exactly(acts: Iterable[Act]) -> tuple[Act, ...]:
    """Acts whose exact result helps to choose bounds or ε."""
    return tuple(act for act in acts if _looks(act) == "exact" and tunes(act))


def tunes(act: Act) -> Sequence[str]:
    """What the result of an act helps to choose; nothing where the act is not known."""
    found: Sequence[str] = (known(act) or {"tunes": ()})["tunes"]
    return found


def in_words(release: Release, around: Surroundings) -> str:
    """What was done with the data before this release, and whether it was paid for."""
    before = [a for a in acts_before(release, around) if is_on_dataset(a, around)]
    exact = [act for act in before if _looks(act) == "exact"]
    noisy = [act for act in before if _looks(act) == "noisy"]
    unknown = sorted({act.act for act in before if known(act) is None})
    said = [
        _cleaned(around.dataset.cleaning),
        mark("Looks at exact values, not published and not charged: {told}").format(
            told=_told(exact)
        ),
        mark("Looks with noise, charged to the budget: {told}").format(told=_told(noisy)),
    ]
    if unknown:
        said.append(
            mark("Acts of kinds that this version does not know: {unknown}").format(
                unknown=listed(unknown)
            )
        )
    said.append(data("acts.yaml")["untold"])
    said.append(_tuning(release, before))
    return " ".join(sentence(text) for text in said)


@cache
def _known() -> Mapping[str, Mapping[str, Any]]:
    return {row["act"]: row for row in data("acts.yaml")["acts"]}


def _looks(act: Act) -> str:
    """How an act looks at values: none, exact, noisy; or unknown."""
    return str((known(act) or {"looks": "unknown"})["looks"])


def _told(acts: Sequence[Act]) -> str:
    counts = Counter(does(act.act) for act in acts)
    return listed([f"{said} ({counted(times, 'time')})" for said, times in counts.items()])


def _cleaned(steps: Sequence[CleaningStep]) -> str:
    """The steps without the numbers of rows, which are exact."""
    columns: dict[str, set[str]] = {}
    for step in steps:
        columns.setdefault(step.step, set()).update({step.column} if step.column else ())
    told = [
        f"{step} ({counted(len(names), 'column')})" if names else step
        for step, names in columns.items()
    ]
    return mark("Cleaning on the way in: {told}").format(
        told=listed(told, mark("nothing was changed"))
    )


def _tuning(release: Release, before: Sequence[Act]) -> str:
    if exact := tuned_exactly(before):
        helped = listed(sorted({what for act in exact for what in tunes(act)}))
        return mark("Not charged, though it helps to choose {helped}: {told}").format(
            helped=helped, told=_told(exact)
        )
    columns = sorted(proposed_columns(before))
    if any(act.act == PROPOSED for act in before):
        if not columns:
            return mark("Bounds were looked for with noise and charged, for contributions")
        return mark(
            "Bounds were looked for with noise and charged, for contributions and for {columns}"
        ).format(columns=listed(columns))
    return mark(
        "Bounds, statistics and ε = {epsilon:f} were given by whoever asked; how "
        "they were chosen is not recorded"
    ).format(epsilon=release.asked.epsilon)
