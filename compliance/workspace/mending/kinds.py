"""Each kind of remedy, tried."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from compliance.dataset import Table
from compliance.dataset.nouns import ColumnName, LegalBasis
from compliance.errors import RemedyError, UnsaidError
from compliance.privacy.nouns import Budget
from compliance.rules.nouns import Holding, RemedyKind
from compliance.storage import tables
from compliance.workspace.anonymising.making import Step
from compliance.workspace.desk import Act
from compliance.workspace.mending import rows as mending_rows
from compliance.workspace.mending.generalising import Coarser, generalised
from compliance.workspace.mending.ideas import Idea
from compliance.workspace.mending.instead import instead, verified
from compliance.workspace.mending.recording import recorded
from compliance.workspace.mending.trials import (
    Ground,
    Trial,
    confirmed,
    described,
    discovered,
    remade,
)
from compliance.workspace.recent import Recent
from compliance.workspace.releasing import budgets

Answers = Mapping[str, str]
_LONGEST_ANSWER = 500
_LONGEST_NUMBER = 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Asked:
    """A remedy to be tried on what is known, with what an officer said."""

    ground: Ground
    idea: Idea
    answers: Answers

    @property
    def holding(self) -> Holding:
        """The dataset that it changes."""
        return self.ground.holding(self.idea.target)

    @property
    def table(self) -> Table:
        """Its rows."""
        return self.ground.desk.table(self.holding.dataset)


def tried(
    ground: Ground, idea: Idea, answers: Answers, bench: Recent[Coarser]
) -> Generator[Step, None, Trial]:
    """A remedy tried on what is known.

    Args:
        answers: what an officer said, by field; what is not there is supposed.
        bench: see `generalised`.

    Raises:
        RemedyError, DescriptionError, RecordError, AnonymisationError: it cannot be.
    """
    yield Step(doing=idea.what)
    if idea.kind is RemedyKind.GENERALISE:
        return (yield from generalised(ground, idea.target, idea.number("k"), bench))
    said = {**idea.supposed, **answers}
    if unsaid := [label for field, label in idea.asks.items() if not said.get(field)]:
        raise UnsaidError(reason=f"say first: {', '.join(unsaid)}")
    return _KINDS[idea.kind](_Asked(ground=ground, idea=idea, answers=said))


def checked(idea: Idea, answers: Answers) -> Answers:
    """The answers, where all that is asked is said and nothing else.

    Raises:
        RemedyError: something is missing, too long, or was not asked.
    """
    if unasked := [name for name in answers if name not in idea.asks]:
        known = ", ".join(idea.asks) or "nothing"
        raise RemedyError(reason=f"“{unasked[0][:40]}” is not asked; it asks for: {known}")
    given = {name: " ".join(str(text).split()) for name, text in answers.items()}
    if missing := [name for name in idea.asks if not given.get(name)]:
        raise RemedyError(reason=f"say also: {', '.join(missing)}")
    if any(len(text) > _LONGEST_ANSWER for text in given.values()):
        raise RemedyError(reason=f"at most {_LONGEST_ANSWER} characters are kept of an answer")
    return given


def _drop(it: _Asked) -> Trial:
    content = mending_rows.without(it.table, it.idea.columns)
    made = remade(it.ground, it.idea.target, content, step="columns left out")
    return _telling(made, columns=list(it.idea.columns))


def _mask(it: _Asked) -> Trial:
    found, dataset = it.holding.discovery, it.holding.dataset
    if found is None:
        raise RemedyError(reason="nobody has looked at the data yet")
    columns = [ColumnName(name) for name in it.idea.columns]
    content = mending_rows.masked(it.table, dataset, found, columns)
    made = remade(it.ground, it.idea.target, content, step="masked", changed=columns)
    return replace(
        _telling(made, columns=list(it.idea.columns)),
        lost={"columns masked": f"{len(columns)} of {len(dataset.columns)}"},
        detail={str(column): 0.0 for column in columns},
    )


def _shorten(it: _Asked) -> Trial:
    months = it.idea.number("months")
    first = mending_rows.months_before(it.ground.known.at.date(), months)
    column = ColumnName(str(it.idea.parameters["column"]))
    content = mending_rows.since(it.table, column, first)
    step = "rows past retention removed"
    made = remade(it.ground, it.idea.target, content, step=step, by=[column])
    return _telling(made, months=months)


def _reconsent(it: _Asked) -> Trial:
    column = ColumnName(it.idea.columns[0])
    content = mending_rows.agreeing(it.table, column)
    said = {"legal_basis": LegalBasis.CONSENT}
    step = "rows without consent removed"
    made = remade(it.ground, it.idea.target, content, step=step, by=[column], said=said)
    return _telling(made, columns=list(it.idea.columns))


def _confirm(it: _Asked) -> Trial:
    if it.answers.get("confirmed") != "yes":
        raise RemedyError(reason="say yes where you stand behind these labels")
    return confirmed(it.ground, it.idea.target, it.idea.columns)


def _discover(it: _Asked) -> Trial:
    return discovered(it.ground, it.idea.target)


def _record(it: _Asked) -> Trial:
    """What is said in a description, an organisation, a budget or the register; one or several."""
    entity = str(it.idea.parameters["entity"])
    described_ = {f: it.answers[f] for f in it.idea.several("described")}
    registered = {f: it.answers[f] for f in it.idea.several("registered")}
    if not registered:
        return _DESCRIBED[entity](it, described_)
    if not described_:
        return recorded(it.ground, entity, it.idea.target, registered)
    first = _DESCRIBED[entity](it, described_)
    ground = replace(it.ground, known=first.after)
    second = recorded(ground, entity, it.idea.target, registered)

    def store(act: Act) -> str:
        first.store(act)
        return second.store(act)

    return replace(second, store=store, facts={"recorded": sorted({**described_, **registered})})


def _of_dataset(it: _Asked, said: Answers) -> Trial:
    read = {name: _READ.get(name, str)(text) for name, text in said.items()}
    return described(it.ground, it.idea.target, **read)


def _of_organisation(it: _Asked, said: Answers) -> Trial:
    organisation = replace(it.ground.known.organisation, **said)  # type: ignore[arg-type]

    def store(act: Act) -> str:
        act.store(tables.ORGANISATION, organisation)
        return ""

    after = it.ground.after(organisation=organisation)
    return Trial(after=after, store=store, facts={"recorded": sorted(said)})


def _of_population(it: _Asked, said: Answers) -> Trial:
    every = it.ground.known.budgets
    before = next((b for b in every if b.population == it.idea.target), None)
    if before is None:
        raise RemedyError(reason="these people are not there any more")
    epsilon = _epsilon(said["budget_decided"])
    total = Budget(epsilon=epsilon, delta=before.total.delta)
    changed = budgets.would_be(before, epsilon, it.ground.known.at)

    def store(act: Act) -> str:
        budgets.decide_within(act, before.population, total)
        return ""

    after = it.ground.after(budgets=tuple(changed if b is before else b for b in every))
    return Trial(after=after, store=store)


def _epsilon(text: str) -> Decimal:
    try:
        found = Decimal(text[:_LONGEST_NUMBER])
    except InvalidOperation:
        found = Decimal(0)
    if not found.is_finite() or found <= 0:
        raise RemedyError(reason="the total ε is a number above 0, such as 1 or 0.5")
    return found


def _months(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5):
        raise RemedyError(reason="the retention is a number of months, such as 36")
    return int(text)


def _basis(text: str) -> LegalBasis:
    if text not in list(LegalBasis):
        raise RemedyError(reason=f"the legal basis is one of: {', '.join(LegalBasis)}")
    return LegalBasis(text)


def _telling(trial: Trial, **facts: object) -> Trial:
    return replace(trial, facts={**trial.facts, **facts})


_READ: Mapping[str, Callable[[str], Any]] = {
    "retention_months": _months,
    "legal_basis": _basis,
    "region": str.upper,
    "unit": ColumnName,
}
_Kind = Callable[[_Asked], Trial]
_DESCRIBED: Mapping[str, Callable[[_Asked, Answers], Trial]] = {
    "dataset": _of_dataset,
    "org": _of_organisation,
    "organisation": _of_organisation,
    "population": _of_population,
}
_KINDS: Mapping[RemedyKind, _Kind] = {
    RemedyKind.DROP: _drop,
    RemedyKind.MASK: _mask,
    RemedyKind.SHORTEN: _shorten,
    RemedyKind.RECONSENT: _reconsent,
    RemedyKind.CONFIRM: _confirm,
    RemedyKind.DISCOVER: _discover,
    RemedyKind.RECORD: _record,
    RemedyKind.RELEASE: lambda it: instead(it.ground, it.idea),
    RemedyKind.FEDERATE: lambda it: instead(it.ground, it.idea),
    RemedyKind.VERIFY: lambda it: verified(it.ground, it.idea),
}
