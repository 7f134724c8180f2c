"""Which measures of the knowledge base the desk knows to be in place, and by what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from compliance.anonymise.nouns.record import Anonymised
from compliance.anonymise.nouns.treatment import TreatmentKind
from compliance.federated.nouns import Run, Sight
from compliance.i18n import mark
from compliance.impact.scope import Scope
from compliance.impact.words import counted, listed, named, of_dataset

_PSEUDONYMS = (TreatmentKind.PSEUDONYM, TreatmentKind.VAULT, TreatmentKind.FORMAT_PRESERVING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What the desk says of something.

    Attributes:
        text: in words; empty: it knows nothing.
        facts: what it rests on.
        is_whole: it is all that is to be said; else an officer has to go on.
    """

    text: str = ""
    facts: tuple[str, ...] = ()
    is_whole: bool = True


def in_place(scope: Scope) -> Mapping[str, Drawn]:
    """By the name of the fact, the measures that the desk sees; those it does not see are out."""
    found = {name: look(scope) for name, look in _LOOKS.items()}
    return {name: drawn for name, drawn in found.items() if drawn.text}


def run_in_words(run: Run) -> str:
    """What a federated run learnt, and what left its sites."""
    sight = Sight.of(run.plan)
    noise = run.plan.privacy
    protected = mark("without noise")
    if noise:
        with_noise = mark("with noise (multiplier {multiplier:g})")
        protected = with_noise.format(multiplier=noise.noise_multiplier)
    left = sorted({one.name for done in run.outcome.rounds for one in done.sent if one.is_up})
    told = "; " + mark("what left them: {left}").format(left=listed(left)) if left else ""
    return mark("run {id} learnt {what} at {sites}, {protected}; the server saw {sight}").format(
        id=run.id,
        what=run.plan.subject,
        sites=counted(len(run.outcome.sites), "site"),
        protected=protected,
        sight=f"{sight}{told}",
    )


def group_in_words(done: Anonymised) -> str:
    """The smallest group and the highest risk, measured on what was written."""
    after = done.proof.after
    alike = (
        counted(after.k, "row") if after.people is None else mark("{k:,} people").format(k=after.k)
    )
    risk = mark("the highest measured risk of recognising somebody is {max:.1%}").format(
        max=after.prosecutor.max
    )
    return mark("the smallest group has {alike}, {risk}").format(alike=alike, risk=risk)


def _pseudonyms(scope: Scope) -> Drawn:
    told, facts = [], []
    for holding in (*scope.holdings, *scope.outputs):
        done = holding.anonymised
        if done is None:
            continue
        columns = [str(t.column) for t in done.plan.treatments if t.kind in _PSEUDONYMS]
        if columns:
            told.append(
                mark("{dataset} holds pseudonyms in {columns}").format(
                    dataset=named(holding.dataset), columns=listed(columns)
                )
            )
            facts.append(f"anonymised:{done.id}")
    return Drawn(text="; ".join(told), facts=tuple(facts))


def _anonymised(scope: Scope) -> Drawn:
    told, facts = [], []
    for holding in (*scope.outputs, *scope.holdings):
        done = holding.anonymised
        if done is None or f"anonymised:{done.id}" in facts:
            continue
        short = holding.k_missing
        told.append(
            mark("{dataset} was anonymised: {done}").format(
                dataset=named(holding.dataset), done=group_in_words(done)
            )
            + ("; " + mark("it falls short of its promise by {short}").format(short=short))
            * bool(short)
        )
        facts.append(f"anonymised:{done.id}")
    return Drawn(text="; ".join(told), facts=tuple(facts))


def _releases(scope: Scope) -> Drawn:
    releases = [release for holding in scope.holdings for release in holding.releases]
    if not releases:
        return Drawn()
    people = {release.population for release in releases}
    spent = [b for b in scope.knowledge.budgets if b.population in people]
    budgets = "; ".join(
        mark("of {population} ε = {epsilon:.2f} of {total:f} is spent").format(
            population=budget.population,
            epsilon=float(budget.spent.epsilon),
            total=budget.total.epsilon.normalize(),
        )
        for budget in spent
    )
    told = mark("{statistics} with noise left in place of rows").format(
        statistics=counted(len(releases), "statistic")
    )
    return Drawn(
        text=f"{told}; {budgets}" if budgets else told,
        facts=tuple(f"release:{release.id}" for release in releases),
    )


def _synthetic(scope: Scope) -> Drawn:
    made = [holding for holding in (*scope.holdings, *scope.outputs) if holding.synthetic]
    names = [named(holding.dataset) for holding in made]
    text = (
        mark("the rows of {names} were invented under a privacy budget").format(names=listed(names))
        if names
        else ""
    )
    return Drawn(text=text, facts=tuple(of_dataset(holding.dataset) for holding in made))


def _federated(scope: Scope) -> Drawn:
    runs = [run for holding in scope.holdings for run in holding.runs]
    told = "; ".join(run_in_words(run) for run in runs)
    return Drawn(text=told, facts=tuple(f"run:{run.id}" for run in runs))


def _trail(scope: Scope) -> Drawn:
    problems = scope.knowledge.trail.problems
    if problems:
        return Drawn()
    return Drawn(
        text=mark("every act on the desk stands in a trail that is whole"), facts=("trail",)
    )


def _stored(scope: Scope) -> Drawn:
    names = [named(holding.dataset) for holding in scope.holdings]
    told = (
        mark("the desk keeps {names} under the hash of the bytes").format(names=listed(names))
        if names
        else ""
    )
    return Drawn(text=told, facts=tuple(of_dataset(h.dataset) for h in scope.holdings))


def _cleaning(scope: Scope) -> Drawn:
    cleaned = [h for h in scope.holdings if h.dataset.cleaning]
    steps = [counted(len(h.dataset.cleaning), "step") for h in cleaned]
    told = [
        mark("{dataset} was cleaned in {number} on the way in").format(
            dataset=named(h.dataset), number=number
        )
        for h, number in zip(cleaned, steps, strict=True)
    ]
    return Drawn(text="; ".join(told), facts=tuple(of_dataset(h.dataset) for h in cleaned))


_LOOKS: Mapping[str, Callable[[Scope], Drawn]] = {
    "pseudonyms": _pseudonyms,
    "anonymised": _anonymised,
    "releases": _releases,
    "synthetic": _synthetic,
    "federated": _federated,
    "trail": _trail,
    "stored": _stored,
    "cleaning": _cleaning,
}
