"""Each kind of remedy, tried."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from compliance.dataset.nouns import ColumnName, LegalBasis
from compliance.errors import RemedyError
from compliance.privacy.nouns import Budget
from compliance.rules.nouns import Knowledge, RemedyKind
from compliance.storage import tables
from compliance.workspace import budgets, mending_rows
from compliance.workspace.desk import Act, Desk
from compliance.workspace.making import Step
from compliance.workspace.mending_generalising import Coarser, generalised
from compliance.workspace.mending_ideas import Idea
from compliance.workspace.mending_trials import (
    Trial,
    confirmed,
    described,
    discovered,
    holding_of,
    remade,
)
from compliance.workspace.recent import Recent

Answers = Mapping[str, str]
_LONGEST_ANSWER = 500
_LONGEST_NUMBER = 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Asked:
    """A remedy to be tried on what is known, with what an officer said."""

    desk: Desk
    known: Knowledge
    idea: Idea
    answers: Answers


def tried(
    desk: Desk, known: Knowledge, idea: Idea, answers: Answers, bench: Recent[Coarser]
) -> Generator[Step, None, Trial]:
    """A remedy tried on what is known.

    Args:
        bench: see `generalised`.
        answers: what an officer said, by field; what is not there is supposed.

    Raises:
        RemedyError, DescriptionError, AnonymisationError: it cannot be.
    """
    yield Step(doing=idea.what)
    if idea.kind is RemedyKind.GENERALISE:
        return (yield from generalised(desk, known, idea.target, idea.number("k"), bench))
    said = {**idea.supposed, **answers}
    return _KINDS[idea.kind](_Asked(desk=desk, known=known, idea=idea, answers=said))


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
    table = it.desk.table(holding_of(it.known, it.idea.target).dataset)
    content = mending_rows.without(table, it.idea.columns)
    made = remade(it.desk, it.known, it.idea.target, content, step="columns left out")
    return _telling(made, columns=list(it.idea.columns))


def _mask(it: _Asked) -> Trial:
    holding = holding_of(it.known, it.idea.target)
    if holding.discovery is None:
        raise RemedyError(reason="nobody has looked at the data yet")
    columns = [ColumnName(name) for name in it.idea.columns]
    table = it.desk.table(holding.dataset)
    content = mending_rows.masked(table, holding.dataset, holding.discovery, columns)
    made = remade(
        it.desk, it.known, it.idea.target, content, step="masked", changed=it.idea.columns
    )
    return replace(
        _telling(made, columns=list(it.idea.columns)),
        lost={"columns masked": f"{len(columns)} of {len(holding.dataset.columns)}"},
        detail=dict.fromkeys(columns, 0.0),
    )


def _shorten(it: _Asked) -> Trial:
    first = mending_rows.months_before(it.known.at.date(), it.idea.number("months"))
    table = it.desk.table(holding_of(it.known, it.idea.target).dataset)
    content = mending_rows.since(table, ColumnName(str(it.idea.parameters["column"])), first)
    made = remade(it.desk, it.known, it.idea.target, content, step="rows past retention removed")
    return _telling(made, months=it.idea.number("months"))


def _reconsent(it: _Asked) -> Trial:
    table = it.desk.table(holding_of(it.known, it.idea.target).dataset)
    content = mending_rows.agreeing(table, ColumnName(it.idea.columns[0]))
    said = {"legal_basis": LegalBasis.CONSENT}
    step = "rows without consent removed"
    made = remade(it.desk, it.known, it.idea.target, content, step=step, said=said)
    return _telling(made, columns=list(it.idea.columns))


def _confirm(it: _Asked) -> Trial:
    if it.answers.get("confirmed") != "yes":
        raise RemedyError(reason="say yes where you stand behind these labels")
    return confirmed(it.known, it.idea.target, it.idea.columns)


def _discover(it: _Asked) -> Trial:
    return discovered(it.desk, it.known, it.idea.target)


def _record(it: _Asked) -> Trial:
    return _RECORDS[str(it.idea.parameters["entity"])](it)


def _record_dataset(it: _Asked) -> Trial:
    said = {name: _READ.get(name, str)(text) for name, text in it.answers.items() if text}
    return described(it.known, it.idea.target, **said)


def _record_organisation(it: _Asked) -> Trial:
    said = {name: text for name, text in it.answers.items() if text}
    organisation = replace(it.known.organisation, **said)

    def store(act: Act) -> str:
        act.store(tables.ORGANISATION, organisation)
        return ""

    after = replace(it.known, organisation=organisation)
    return Trial(after=after, store=store, facts={"recorded": sorted(said)})


def _record_population(it: _Asked) -> Trial:
    before = next((b for b in it.known.budgets if b.population == it.idea.target), None)
    if before is None:
        raise RemedyError(reason="these people are not there any more")
    epsilon = _epsilon(it.answers["budget_decided"])
    total = Budget(epsilon=epsilon, delta=before.total.delta)
    after = budgets.would_be(before, epsilon, it.known.at)

    def store(act: Act) -> str:
        budgets.decide_within(act, before.population, total)
        return ""

    changed = tuple(after if b is before else b for b in it.known.budgets)
    return Trial(after=replace(it.known, budgets=changed), store=store)


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
_RECORDS: Mapping[str, _Kind] = {
    "dataset": _record_dataset,
    "organisation": _record_organisation,
    "population": _record_population,
}
_KINDS: Mapping[RemedyKind, _Kind] = {
    RemedyKind.DROP: _drop,
    RemedyKind.MASK: _mask,
    RemedyKind.SHORTEN: _shorten,
    RemedyKind.RECONSENT: _reconsent,
    RemedyKind.CONFIRM: _confirm,
    RemedyKind.DISCOVER: _discover,
    RemedyKind.RECORD: _record,
}
