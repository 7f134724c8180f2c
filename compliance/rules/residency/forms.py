"""In what form people's data are there, by what was measured and not by what is claimed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from compliance.discovery.nouns import IdentifierClass, LegalClass
from compliance.federated.nouns import Plan, Run, Sight
from compliance.rules.nouns import Form, Holding, Knowledge

# The first of these that is among several decides for all of them together.
_WORST_FIRST = (
    Form.ROWS,
    Form.PSEUDONYMS,
    Form.UPDATES,
    Form.CLAIMED_ANONYMOUS,
    Form.UNKNOWN,
    Form.PROTECTED_UPDATES,
    Form.NOISY,
    Form.ANONYMOUS,
    Form.NOT_PERSONAL,
)
# What an officer may say of a movement that looking at the dataset does not tell.
_SAID = frozenset({Form.NOISY, Form.UPDATES, Form.PROTECTED_UPDATES})


def form_of(holding: Holding) -> Form:
    """What a dataset holds.

    Anonymous only where the proof holds on the stored table as it is today.
    """
    if holding.synthetic:
        return Form.NOISY
    if holding.anonymised is not None or holding.k_missing is not None:
        proved = holding.anonymised is not None and not holding.anonymised.proof.failed
        return Form.ANONYMOUS if proved and holding.k_missing == 0 else Form.CLAIMED_ANONYMOUS
    if holding.discovery is None:
        return Form.UNKNOWN
    if not holding.discovery.personal:
        return Form.UNKNOWN if holding.discovery.open_rare else Form.NOT_PERSONAL
    is_direct = bool(holding.discovery.columns_of(IdentifierClass.DIRECT))
    return Form.ROWS if is_direct else Form.PSEUDONYMS


def worst(forms: Iterable[Form]) -> Form:
    """What data of several forms are together; with none, nobody has looked."""
    found = set(forms)
    return next((form for form in _WORST_FIRST if form in found), Form.UNKNOWN)


def as_said(said: object, measured: Form) -> Form:
    """What leaves, where an officer says `said` of data that were measured as `measured`.

    A claim of anonymity never makes it; statistics and updates are not the rows.
    """
    try:
        claimed = Form(str(said))
    except ValueError:
        return measured
    if claimed in _SAID:
        return claimed
    if claimed in (Form.ANONYMOUS, Form.CLAIMED_ANONYMOUS, Form.NOT_PERSONAL):
        is_so = measured in (Form.ANONYMOUS, Form.NOT_PERSONAL)
        return measured if is_so or claimed is Form.NOT_PERSONAL else Form.CLAIMED_ANONYMOUS
    return measured if measured is not Form.UNKNOWN else claimed


def updates_of(plan: Plan) -> tuple[Form, bool]:
    """What leaves sites by a plan, and whether noise lies on it before anybody sees it."""
    sight = Sight.of(plan)
    has_noise = sight in (Sight.NOISY_SUMS, Sight.NOISY_PEOPLE)
    is_bare = sight in (Sight.EACH_UPDATE, Sight.EACH_SUM)
    return Form.UPDATES if is_bare else Form.PROTECTED_UPDATES, has_noise


def epsilon_of_run(run: Run) -> float | None:
    """The ε that a run spent; None where it had no noise, or nobody counted."""
    last = next((done.epsilon for done in reversed(run.outcome.rounds)), None)
    return last if run.plan.privacy is not None else None


def epsilon_of(knowledge: Knowledge, holding: Holding) -> float | None:
    """The most ε that was spent on the people of a dataset, or of those that it was made from.

    None where no budget tells.
    """
    made_from: dict[str, list[str]] = {}
    for edge in knowledge.edges:
        made_from.setdefault(edge.made.id, []).append(edge.origin.id)
    ids, ahead = set[str](), [holding.dataset.id]
    while ahead:
        here = ahead.pop()
        if here not in ids:
            ids.add(here)
            ahead += made_from.get(here, [])
    people = {h.dataset.population for h in knowledge.holdings if h.dataset.id in ids}
    spent = [
        float((budget.since_beginning or budget.spent).epsilon)
        for budget in knowledge.budgets
        if budget.population in people and budget.spends
    ]
    return max(spent, default=None)


def people_of(holding: Holding) -> tuple[int | None, int | None]:
    """Distinct people in a dataset, and of those the ones with sensitive data.

    None where that cannot be said.
    """
    if holding.discovery is None:
        return holding.people, None
    is_sensitive = any(
        label.special_category or LegalClass.PIPL_SENSITIVE in label.legal_classes
        for label in holding.discovery.personal
    )
    return holding.people, holding.people if is_sensitive else 0


def is_sensitive(holding: Holding) -> bool | None:
    """Whether it holds sensitive data; None where nobody has looked."""
    if holding.discovery is None:
        return None
    return people_of(holding)[1] != 0


def living_in(held: Iterable[Holding], country: str) -> int | None:
    """How many people of several datasets live in a country, at most; None where nobody can say."""
    total = 0
    for holding in held:
        found = holding.residents
        if found is None:
            return None
        there = sum(
            number
            for place, number in found.counts.items()
            if place == country or place.startswith(f"{country}-")
        )
        if not there and found.unread:
            return None
        total += there
    return total


def by_name(knowledge: Knowledge) -> Mapping[str, Holding]:
    """The holdings by the names of their datasets."""
    return {holding.dataset.name: holding for holding in knowledge.holdings}
