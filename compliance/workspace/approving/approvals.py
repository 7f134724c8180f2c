"""Acts that a second person approves before they are done."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from compliance.access import deciders, digest_of, is_same_person, is_weaker, may_now, what_of
from compliance.access.nouns import (
    Account,
    Approval,
    FourEyes,
    Matter,
    Sought,
    Stand,
    Word,
)
from compliance.access.separating import DECIDES
from compliance.dataset.nouns import ColumnName, Dataset
from compliance.errors import ApprovalError, UnknownApprovalError
from compliance.federated.nouns import Plan
from compliance.i18n import mark
from compliance.plain import one_line
from compliance.privacy import calibrate, loss_of, price_of, proposing
from compliance.privacy.nouns import Budget, Event, Price
from compliance.privacy.nouns.question import Query
from compliance.rights.nouns import ErasurePlan
from compliance.storage import records, tables
from compliance.workspace import bare
from compliance.workspace.approving import acts as approving_acts
from compliance.workspace.approving import evidence, soughts
from compliance.workspace.approving.acts import Need, Spending, accounts_in
from compliance.workspace.data import datasets, joins
from compliance.workspace.desk import Act, Desk
from compliance.workspace.federating import prices
from compliance.workspace.guarding import guarded
from compliance.workspace.releasing import budgets, releases
from compliance.workspace.usage import usable

__all__ = ["Approving", "Need"]

_LONGEST = 500
_MOST_DAYS = 90
_SUBJECT = "second persons"


@guarded
class Approving:
    """The four-eyes principle where an officer asked for it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def required(self) -> FourEyes:
        """What needs a second person."""
        with self._desk.database.reading() as connection:
            return approving_acts.required(connection)

    def require(self, wanted: FourEyes) -> FourEyes:
        """Decide what needs a second person.

        To ask for less than before, or on other terms, needs a second person itself: otherwise
        one person alone could switch it off.

        Raises:
            ApprovalError: it cannot be so, or there are no two people who could decide.
            ApprovalNeededError: less would be asked for, and nobody else approved that.
        """
        _check(wanted)
        with self._desk.act("approval.require", _SUBJECT) as act:
            before = approving_acts.required(act.connection)
            if is_weaker(before, wanted):
                approving_acts.use(act, _sought(wanted))
            elif len(deciders(accounts_in(act.connection).values())) < 2:
                raise ApprovalError(reason=_NO_TWO)
            decided = replace(wanted, at=act.at, by=act.actor)
            act.store(tables.FOUR_EYES, decided)
            act.facts |= {
                "epsilon": wanted.epsilon,
                "matters": sorted(wanted.matters),
                "days": wanted.days,
            }
        return decided

    def for_requirement(self, wanted: FourEyes) -> Need:
        """Whether deciding so needs a second person."""
        with self._desk.database.reading() as connection:
            if not is_weaker(approving_acts.required(connection), wanted):
                return Need(sought=_sought(wanted))
            return self.need(connection, _sought(wanted))

    def for_release(
        self, name: str, query: Query, epsilon: Decimal, delta: Decimal | None = None
    ) -> Need:
        """Whether a release needs a second person; see `Workspace.release`.

        Raises:
            QueryError, PrivacyParameterError: it cannot be asked.
        """
        with self._desk.database.reading() as connection:
            dataset, others = joins.asked_of(self._desk, connection, name, query)
            asked = releases.budget_of(connection, dataset, epsilon, delta, self._desk.clock())
            sought = soughts.of_release(dataset, others, query, asked)
            return self._spending(
                connection, dataset, sought, asked, calibrate(query, asked).events
            )

    def for_bounds(
        self, name: str, query: Query, columns: Sequence[ColumnName], asked: Budget
    ) -> Need:
        """Whether a look for bounds needs a second person; see `Workspace.propose_bounds`.

        Raises:
            QueryError, PrivacyParameterError: it cannot be asked.
        """
        with self._desk.database.reading() as connection:
            dataset, others = joins.asked_of(self._desk, connection, name, query)
            sought = soughts.of_bounds(dataset, others, query, columns, asked)
            events = proposing.look_events(query, proposing.looks(query, columns), asked)
            return self._spending(connection, dataset, sought, asked, events)

    def for_run(self, name: str, plan: Plan, resume: str | None = None) -> Need | None:
        """Whether a federated run needs a second person; None where it has no noise.

        Raises:
            MalformedPlanError: no theorem covers the noise.
        """
        if plan.privacy is None:
            return None
        price = prices.price(plan)
        with self._desk.database.reading() as connection:
            dataset, _ = usable.required(self._desk, connection, datasets.find(connection, name))
            sought = soughts.of_run(dataset, plan, price, resume)
            events = prices.events_of(plan, plan.rounds * plan.exchanges)
            delta = budgets.state(connection, dataset.population, self._desk.clock()).total.delta
            asked = price_of(loss_of(events), delta) if delta else price
            return self._spending(connection, dataset, sought, asked, events)

    def for_erasure(self, plan: ErasurePlan, backups_until: date | None = None) -> Need:
        """Whether an erasure needs a second person; see `Erasing.erase`."""
        with self._desk.database.reading() as connection:
            return self.need(connection, soughts.of_erasure(plan, backups_until))

    def _spending(
        self,
        connection: Connection,
        dataset: Dataset,
        sought: Sought,
        asked: Budget | Price,
        events: Sequence[Event],
    ) -> Need:
        at = self._desk.clock()
        state = budgets.state(connection, dataset.population, at)
        spending = Spending(state=state, asked=asked, events=tuple(events))
        return approving_acts.need(connection, self._desk.actor, at, sought, spending)

    def need(self, connection: Connection, sought: Sought) -> Need:
        """Whether an act that spends nothing needs a second person, and how far that is."""
        return approving_acts.need(connection, self._desk.actor, self._desk.clock(), sought)

    def ask(self, sought: Sought, why: str = "") -> Approval:
        """Ask others to approve an act, exactly this one.

        Raises:
            ApprovalError: it is asked already, or the reason is too long.
        """
        why = _text(why)
        with self._desk.act("approval.ask", sought.subject) as act:
            digest = digest_of(sought)
            for one in approving_acts.of_digest(act.connection, digest, act.at):
                is_own = (one.asked_by, one.asker) == (act.actor, act.account)
                if is_own and one.stand in (Stand.ASKED, Stand.APPROVED):
                    raise ApprovalError(reason=f"it is {one.stand} already as {one.id}")
            asked = Approval(
                id=f"approval-{secrets.token_hex(4)}",
                sought=sought,
                what=what_of(sought),
                digest=digest,
                why=why,
                stand=Stand.ASKED,
                asked_by=act.actor,
                asker=act.account,
                asked_at=act.at,
            )
            approving_acts.store(act, asked)
            act.facts |= {"approval": asked.id, "matter": str(sought.matter)}
        return asked

    def decide(self, id_: str, *, is_approved: bool, remark: str = "") -> Approval:
        """Say whether somebody else may do what they asked for.

        Raises:
            UnknownApprovalError: there is none of that id.
            ApprovalError: it is decided already, or whoever acts is no second person.
        """
        remark = _text(remark)
        with self._desk.act("approval.decide", id_[:200]) as act:
            approval = self._one(act, id_)
            if approval.stand is not Stand.ASKED:
                raise ApprovalError(reason=f"it is {approval.stand}")
            reason = _no_second_person(approval, act.account, dict(accounts_in(act.connection)))
            if reason:
                raise ApprovalError(reason=reason)
            word = Word(
                is_yes=is_approved,
                remark=remark,
                by=act.actor,
                account=act.account,
                at=act.at,
            )
            words = (*approval.words, word)
            decided = replace(approval, words=words, stand=_stand(words, approval.needed))
            approving_acts.store(act, decided)
            act.facts |= {
                "matter": str(approval.sought.matter),
                "is_approved": is_approved,
                "stand": str(decided.stand),
            }
        return decided

    def withdraw(self, id_: str) -> Approval:
        """Take back what one asked for oneself.

        Raises:
            UnknownApprovalError: there is none of that id.
            ApprovalError: somebody else asked, or it is used, declined or over.
        """
        with self._desk.act("approval.withdraw", id_[:200]) as act:
            approval = self._one(act, id_)
            if (approval.asked_by, approval.asker) != (act.actor, act.account):
                raise ApprovalError(reason=mark("somebody else asked for it"))
            if approval.stand not in (Stand.ASKED, Stand.APPROVED, Stand.LAPSED):
                raise ApprovalError(reason=f"it is {approval.stand}")
            gone = replace(approval, stand=Stand.WITHDRAWN)
            approving_acts.store(act, gone)
            act.facts |= {"matter": str(approval.sought.matter)}
        return gone

    def approvals(self) -> tuple[Approval, ...]:
        """All approvals as they stand, newest first; conditions only for who may see values."""
        with self._desk.database.reading() as connection:
            found = self._all(connection)
        if self._desk.may(bare.ROWS):
            return found
        return tuple(replace(one, sought=replace(one.sought, facts={})) for one in found)

    def waiting(self) -> tuple[Approval, ...]:
        """What whoever acts may decide now, newest first."""
        with self._desk.database.reading() as connection:
            accounts = dict(accounts_in(connection))
            account = self._desk.actor.account
            return tuple(
                one
                for one in self._all(connection)
                if one.stand is Stand.ASKED and not _no_second_person(one, account, accounts)
            )

    def unapproved(self) -> tuple[int, ...]:
        """The entries of acts that needed a second person and had none; there should be none."""
        with self._desk.database.reading() as connection:
            return evidence.unapproved(connection)

    def _all(self, connection: Connection) -> tuple[Approval, ...]:
        every = records.newest_by(connection, tables.APPROVAL, Approval, "id").values()
        return approving_acts.as_they_stand(connection, every, self._desk.clock())[::-1]

    def _one(self, act: Act, id_: str) -> Approval:
        found = records.latest(act.connection, tables.APPROVAL, Approval, id=id_)
        if found is None:
            raise UnknownApprovalError(given=one_line(id_)[:80])
        (approval,) = approving_acts.as_they_stand(act.connection, [found], act.at)
        return approval


def _sought(wanted: FourEyes) -> Sought:
    """To ask for second persons only so."""
    epsilon = wanted.epsilon
    return Sought(
        matter=Matter.REQUIREMENT,
        subject=_SUBJECT,
        facts={
            "epsilon": None if epsilon is None else f"{epsilon.normalize():f}",
            "matters": sorted(wanted.matters),
            "days": wanted.days,
        },
    )


def _check(wanted: FourEyes) -> None:
    epsilon = wanted.epsilon
    if epsilon is not None and not (epsilon.is_finite() and epsilon >= 0):
        raise ApprovalError(reason=mark("the ε is a number from 0 on, such as 1 or 0.5"))
    if not 1 <= wanted.days <= _MOST_DAYS:
        raise ApprovalError(reason=f"an approval may be used for 1 to {_MOST_DAYS} days")
    if not wanted.matters <= {Matter.ERASURE, Matter.TRANSFER}:
        raise ApprovalError(reason=mark("name erasure, transfer or both; releases need an ε"))


def _stand(words: tuple[Word, ...], needed: int) -> Stand:
    if not words[-1].is_yes:
        return Stand.DECLINED
    return Stand.APPROVED if len(words) >= needed else Stand.ASKED


def _no_second_person(approval: Approval, account: str, accounts: dict[str, Account]) -> str:
    """Why whoever acts may not decide; empty where they may."""
    own = accounts.get(account)
    if own is None:
        return _NOBODY
    if not may_now(own, DECIDES):
        return mark("your account may not approve")
    before = [accounts.get(word.account) for word in approval.words]
    if any(one is not None and is_same_person(one, own) for one in before):
        return mark("you approved it already, and another person must, too")
    asker = accounts.get(approval.asker)
    if asker is not None and is_same_person(asker, own):
        return mark("you asked for it yourself, so somebody else must decide")
    return ""


def _text(typed: str) -> str:
    text = " ".join(one_line(typed).split())
    if len(text) > _LONGEST:
        raise ApprovalError(reason=f"at most {_LONGEST} characters are kept of a reason")
    return text


_NOBODY = mark(
    "whoever has this machine in hand may be the one who asked; sign in and decide on the page "
    "“Approvals”"
)
_NO_TWO = mark(
    "nobody could approve anything, for it takes two people with accounts of their own who may "
    "approve; let an administrator add them first"
)
