"""Residency, as the workspace offers it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as made_by
from itertools import count

import numpy as np

from compliance.countries import name_of
from compliance.errors import MovementFactError, MovementRefusedError
from compliance.federated.nouns import Plan
from compliance.register import kinds
from compliance.register.nouns import Field, FieldType, Record, Register
from compliance.rules.nouns import Answer, Form, Judgement, Knowledge, LawId, Whereabouts
from compliance.rules.residency import (
    Asked,
    Movement,
    to_facts,
    to_mechanism,
    whereabouts,
    world,
    worst,
    would_federate,
    would_move,
)
from compliance.rules.residency import tables as law_tables
from compliance.workspace.approving.acts import Need
from compliance.workspace.data import datasets
from compliance.workspace.desk import Act, Desk
from compliance.workspace.federating import prices
from compliance.workspace.governing.knowing import known
from compliance.workspace.governing.registering import Registering
from compliance.workspace.guarding import guarded

__all__ = [
    "ALTERNATIVES",
    "Asked",
    "Move",
    "Movement",
    "Residing",
    "asked_of",
    "law_name",
    "mechanisms",
    "to_facts",
    "world",
    "worst",
]

_NOISY = (Form.NOISY, Form.PROTECTED_UPDATES)
ALTERNATIVES = (None, Form.ANONYMOUS, Form.NOISY, Form.PROTECTED_UPDATES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A movement that somebody thinks of.

    Attributes:
        names: of the datasets that would move, or be copied, or be read from there.
        destination: ISO 3166-1 alpha-2.
        recipient: who would get it; empty: the organisation itself.
        form: what would move instead of the rows; None: what the datasets hold.
        mechanism: what it would rest on; empty: nothing.
        facts: what else is so, by fact.
    """

    names: tuple[str, ...]
    destination: str
    recipient: str = ""
    form: Form | None = None
    mechanism: str = ""
    facts: Mapping[str, object] = made_by(default_factory=dict)


@guarded
class Residing:
    """Where data lie and go, and whether they may."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def whereabouts(self) -> Whereabouts:
        """Where everything lies and goes, and what each law says of that."""
        return whereabouts(self._known())

    def check_move(self, move: Move) -> Movement:
        """What would be said of a movement. Nothing is stored by asking.

        Raises:
            UnknownDatasetError, UnknownCountryError, MovementFactError: it cannot be said.
        """
        return self._said(self._known(), move)

    def alternatives(self, move: Move) -> tuple[tuple[Form | None, Movement], ...]:
        """What would be said if the rows moved, or what could be made of them instead.

        The rows first, then an anonymised output whose proof holds, statistics with noise, and
        noisy updates of a federated run. Noise is of the ε that `move` names.
        """
        knowledge = self._known()
        return tuple(
            (form, self._said(knowledge, replace(move, form=form))) for form in ALTERNATIVES
        )

    def check_plan(self, name: str, plan: Plan) -> Movement | None:
        """What would be said of a federated run; None where its sites are no countries.

        Nothing is stored by asking.

        Raises:
            UnknownDatasetError, UnknownColumnError: there is no such dataset or column.
        """
        if plan.site_column is None:
            return None
        with self._desk.database.reading() as connection:
            dataset = datasets.find(connection, name)
            codes = self._desk.table(dataset).codes(dataset.column(plan.site_column).name)
            knowledge = known(self._desk, connection, self._desk.clock())
        rows = np.bincount(codes.codes[codes.codes >= 0], minlength=len(codes.labels))
        sites = dict(zip(map(str, codes.labels), map(int, rows), strict=True))
        epsilon = prices.price(plan).epsilon if plan.privacy is not None else None
        found = would_federate(knowledge, name, plan, sites, epsilon)
        return found if found.flows else None

    def before_training(
        self, name: str, plan: Plan, *, is_accepted: bool = False
    ) -> Movement | None:
        """Check a plan and keep in the trail what was said, before anything is trained.

        What cannot be assessed is told and kept, and trained all the same: the sites of this
        process are no machines abroad.

        Args:
            is_accepted: somebody has it trained although a law does not let updates leave.

        Raises:
            MovementRefusedError: a law does not, or it asks for more, and nobody accepts that.
        """
        found = self.check_plan(name, plan)
        if found is None:
            return None
        if found.answer in (Answer.BLOCKED, Answer.NEEDS) and not is_accepted:
            raise _refusal(found)
        with self._desk.act("movement.check", name) as act:
            _tell(act, found)
            act.facts |= {"form": str(found.flows[0][0].form), "is_accepted": is_accepted}
        return found

    def record_move(self, move: Move) -> Record:
        """Put a movement into the register, where every law lets it go.

        What moves is what the datasets hold; a claim does not change that.

        Raises:
            MovementRefusedError: a law does not, or nobody can say that it does.
            RecordsRefusedError: the register does not take what is said of it.
            ApprovalNeededError: a second person must approve it first.
        """
        knowledge, asked = self._known(), replace(move, form=None)
        found = self._said(knowledge, asked)
        if not found.may_go:
            raise _refusal(found)
        register = Registering(self._desk)
        id_, of_it, of_all = _written(knowledge.register, asked, found)
        stored = register.record("transfer", id_, of_it, name=_title(move))
        if of_all:  # what holds of the organisation, whatever moves
            register.record("org", "org", of_all)
        with self._desk.act("movement.check", stored.id) as act:
            _tell(act, found)
        return stored

    def need(self, move: Move) -> Need | None:
        """Whether recording a movement needs a second person; None: nothing goes abroad by it.

        Raises:
            RecordsRefusedError: the register does not take what is said of it.
        """
        knowledge, asked = self._known(), replace(move, form=None)
        found = self._said(knowledge, asked)
        id_, of_it, _ = _written(knowledge.register, asked, found)
        return Registering(self._desk).need("transfer", id_, of_it, name=_title(move))

    def _known(self) -> Knowledge:
        with self._desk.database.reading() as connection:
            return known(self._desk, connection, self._desk.clock())

    def _said(self, knowledge: Knowledge, move: Move) -> Movement:
        with self._desk.database.reading() as connection:
            for name in move.names:
                datasets.find(connection, name)
        return would_move(
            knowledge,
            move.names,
            move.destination,
            recipient=move.recipient,
            form=move.form,
            facts=_facts(move),
        )


def _facts(move: Move) -> dict[str, object]:
    """What is said of it, with the safeguard under the name that each law has for it.

    Raises:
        MovementFactError: a law knows no such safeguard, or there is no noise of that ε.
    """
    epsilon = move.facts.get("epsilon", 1)
    if not isinstance(epsilon, (int, float)) or not 0 < epsilon < math.inf:
        reason = "noise has an ε above 0"
        raise MovementFactError(given="What was given", fact="the ε of the noise", reason=reason)
    noise = {"has_noise": True} if move.form in _NOISY and "epsilon" in move.facts else {}
    return {**(to_mechanism(move.mechanism) if move.mechanism else {}), **noise, **move.facts}


def _values(move: Move, found: Movement) -> dict[str, object]:
    """The fields of the record."""
    return {
        **{fact: value for fact, value in _facts(move).items() if fact != "epsilon"},
        "datasets": list(move.names),
        "destination": move.destination,
        "form": str(found.flows[0][0].form),
    }


def _written(
    register: Register, move: Move, found: Movement
) -> tuple[str, dict[str, object], dict[str, object]]:
    """The id of the record, its fields, and what holds of the organisation whatever moves."""
    values = {**_values(move, found), **_recipient_of(register, move.recipient)}
    whole = kinds()["transfer"]
    of_all = {fact: value for fact, value in values.items() if whole.field(fact) is None}
    of_it = {
        fact: _for_field(whole.field(fact), value)
        for fact, value in values.items()
        if fact not in of_all
    }
    return _free_id(register, move), of_it, of_all


def _for_field(field: Field | None, value: object) -> object:
    """A fact as its field has it: of a text, a check asks only whether there is one."""
    if field is None or field.type is not FieldType.TEXT or not isinstance(value, bool):
        return value
    return "yes" if value else None


def _recipient_of(register: Register, name: str) -> dict[str, object]:
    """The recipient or processor on record that is called so."""
    for kind in ("recipient", "processor"):
        for record in register.of(kind):
            if name and name in (record.id, record.name):
                return {kind: record.id}
    return {}


def _title(move: Move) -> str:
    return f"{', '.join(move.names)} to {move.recipient or name_of(move.destination)}"[:200]


def _free_id(register: Register, move: Move) -> str:
    """A name that no transfer has yet."""
    taken = {record.id for record in register.of("transfer")}
    stem = f"{move.names[0][:50]} to {move.destination}"
    return next(
        id_
        for number in count(1)
        if (id_ := stem if number == 1 else f"{stem} {number}") not in taken
    )


def _tell(act: Act, found: Movement) -> None:
    """What the trail says of a check: countries, laws and answers."""
    act.facts |= {
        "answer": str(found.answer),
        "said": [
            {"from": flow.origin, "to": flow.destination, "law": one.law, "answer": str(one.answer)}
            for flow, judgements in found.flows
            for one in judgements
        ],
    }


def _refusal(found: Movement) -> MovementRefusedError:
    """The first thing that stands against it, in a sentence."""
    flow, said = next(
        (flow, one)
        for flow, judgements in found.flows
        for one in judgements
        if one.answer is found.answer
    )
    return MovementRefusedError(
        what=f"Data of {flow.dataset}",
        origin=name_of(flow.origin) or "an unknown place",
        destination=name_of(flow.destination) or "an unknown place",
        reason=_against(said),
    )


def _against(said: Judgement) -> str:
    where = f" ({said.article})" if said.article else ""
    needs = f"; it needs {', '.join(said.needs)}" if said.needs else ""
    return f"{said.because[:1].lower()}{said.because[1:]}{where}{needs}"


def law_name(law: LawId) -> str:
    """What people call a law of the tables; of a country without one, that."""
    table = law_tables().laws.get(law)
    return table.short if table is not None else "The law there"


def asked_of(facts: Sequence[str]) -> Mapping[str, Asked]:
    """How facts are asked for, by name."""
    return {fact: law_tables().facts[fact] for fact in facts}


def mechanisms() -> Mapping[str, str]:
    """Every safeguard that some law knows, in words."""
    found: dict[str, str] = {}
    for table in law_tables().laws.values():
        for mechanism, words in table.mechanisms.items():
            found.setdefault(mechanism, words)
    return found
