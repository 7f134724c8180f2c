"""Within an act: whether it needs a second person, and the approval that it uses up.

An approval is used in the transaction of the act that it is for. Writers come one after another,
so two processes cannot use one approval twice, and an act that fails leaves it as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import takewhile

from sqlalchemy import Connection

from compliance.access import digest_of, is_same_person, may_now
from compliance.access.nouns import Account, Actor, Approval, FourEyes, Matter, Sought, Stand
from compliance.access.separating import DECIDES
from compliance.errors import ApprovalNeededError, PrivacyParameterError
from compliance.i18n import mark
from compliance.privacy import loss_delta, loss_of, price_of
from compliance.privacy.nouns import Budget, BudgetState, Event, Price, Spend, SpendState
from compliance.storage import records, tables
from compliance.workspace.desk import Act

ASKS = "approval.ask"
_OPEN = (Stand.ASKED, Stand.APPROVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What an act would spend.

    Attributes:
        state: the budget of the people whom it is about.
        asked: the ε and δ that it may cost.
        events: what would be done.
    """

    state: BudgetState
    asked: Budget | Price
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Whether an act needs a second person, and how far that is.

    Attributes:
        sought: the act.
        because: why it needs one; empty where it does not.
        approval: the newest that whoever acts asked for and has not used; None: not asked yet.
    """

    sought: Sought
    because: str = ""
    approval: Approval | None = None

    @property
    def is_needed(self) -> bool:
        """Whether it needs one."""
        return bool(self.because)

    @property
    def may_go(self) -> bool:
        """Whether the act can be done now."""
        return not self.is_needed or self.is_approved

    @property
    def is_approved(self) -> bool:
        """Whether others approved it, and that still counts."""
        return self.approval is not None and self.approval.stand is Stand.APPROVED

    @property
    def is_asked(self) -> bool:
        """Whether somebody is asked and has not decided yet."""
        return self.approval is not None and self.approval.stand is Stand.ASKED


def use(act: Act, sought: Sought, spending: Spending | None = None, *, used_for: str = "") -> None:
    """Within `act`: use the approval that it needs, if it needs one.

    Args:
        used_for: what comes of it: an entry of a ledger, an erasure.

    Raises:
        ApprovalNeededError: it needs one, and there is none that is still good.
    """
    approval = check(act, sought, spending)
    if approval is None:
        return
    used = replace(approval, stand=Stand.USED, used_at=act.at, used_for=used_for)
    store(act, used)
    act.facts |= {"approval": used.id, "approved_by": list(used.approved_by)}


def check(act: Act, sought: Sought, spending: Spending | None = None) -> Approval | None:
    """The approval that `act` could use; None: it needs none.

    Raises:
        ApprovalNeededError: it needs one, and there is none that is still good.
    """
    who = Actor(name=act.actor, roles=frozenset(), account=act.account)
    found = need(act.connection, who, act.at, sought, spending)
    if not found.is_needed:
        return None
    if not found.is_approved:
        raise ApprovalNeededError(
            because=found.because,
            stands=_STANDS[found.approval.stand if found.approval else None],
            how=_HOW[str(sought.facts.get("does", sought.matter))],
            sought=sought,
        )
    return found.approval


def need(
    connection: Connection,
    who: Actor,
    at: datetime,
    sought: Sought,
    spending: Spending | None = None,
) -> Need:
    """Whether an act of `who` needs a second person, and how far that is."""
    because = _because(connection, who, at, sought.matter, spending)
    if not because:
        return Need(sought=sought)
    digest = digest_of(sought)
    own = [
        one
        for one in of_digest(connection, digest, at)
        if (one.asked_by, one.asker) == (who.name, who.account)
    ]
    waiting = [one for one in own if one.stand in _OPEN]
    unused = waiting or [one for one in own if one.stand is not Stand.USED]
    return Need(sought=sought, because=because, approval=unused[-1] if unused else None)


def required(connection: Connection) -> FourEyes:
    """What needs a second person."""
    return records.latest(connection, tables.FOUR_EYES, FourEyes) or FourEyes()


def accounts_in(connection: Connection) -> Mapping[str, Account]:
    """Every account as it stands, by id."""
    return records.newest_by(connection, tables.ACCOUNT, Account, "id")


def store(act: Act, approval: Approval) -> None:
    """Keep an approval as it is now, as part of `act`."""
    act.store(tables.APPROVAL, approval, id=approval.id, digest=approval.digest)


def of_digest(connection: Connection, digest: str, at: datetime) -> tuple[Approval, ...]:
    """All approvals of exactly one act, as they stand, oldest first."""
    every = records.every(connection, tables.APPROVAL, Approval, digest=digest)
    return as_they_stand(connection, {one.id: one for one in every}.values(), at)


def as_they_stand(
    connection: Connection, approvals: Iterable[Approval], at: datetime
) -> tuple[Approval, ...]:
    """Approvals as they count at the moment `at`.

    One that was used for a spend of which nothing came counts as unused again. One counts no more
    when its days are over, or when somebody of those concerned may not any more.
    """
    days, accounts = timedelta(days=required(connection).days), accounts_in(connection)

    def standing(one: Approval) -> Approval:
        if one.stand is Stand.USED and _came_to_nothing(connection, one.used_for, at):
            one = replace(one, stand=Stand.APPROVED, used_at=None, used_for="")
        is_over = one.stand is Stand.APPROVED and at - (one.decided_at or at) >= days
        is_lost = one.stand in _OPEN and not _still_may(one, accounts)
        return replace(one, stand=Stand.LAPSED) if is_over or is_lost else one

    return tuple(map(standing, approvals))


def _still_may(approval: Approval, accounts: Mapping[str, Account]) -> bool:
    """Whether who asked may still ask, and who approved may still approve."""
    asker_may = not approval.asker or may_now(accounts.get(approval.asker), ASKS)
    return asker_may and all(may_now(accounts.get(w.account), DECIDES) for w in approval.words)


def _came_to_nothing(connection: Connection, used_for: str, at: datetime) -> bool:
    """Whether a spend was given back, or ended by itself."""
    spend = records.latest(connection, tables.SPEND, Spend, id=used_for) if used_for else None
    if spend is None:
        return False
    if spend.state is SpendState.RESERVED:
        return spend.expires_at is not None and at >= spend.expires_at
    return spend.state is SpendState.ABORTED or not spend.events


def _because(
    connection: Connection, who: Actor, at: datetime, matter: Matter, spending: Spending | None
) -> str:
    """Why an act needs a second person; empty where it does not."""
    asked = required(connection)
    if matter is Matter.REQUIREMENT:
        return mark("fewer acts would need a second person than before") if asked.is_any else ""
    if matter is not Matter.RELEASE:
        return _MATTERS[matter] if matter in asked.matters else ""
    if asked.epsilon is None or spending is None:
        return ""
    if spending.asked.epsilon > asked.epsilon:
        return mark("ε = {epsilon} is more than {most}").format(
            epsilon=_plain(spending.asked.epsilon), most=_plain(asked.epsilon)
        )
    window = at - timedelta(days=asked.days) + timedelta.resolution  # its beginning is over
    since = max(window, _asked_since(connection))
    return _split(_unapproved(connection, who, spending.state, since), spending, asked)


def _asked_since(connection: Connection) -> datetime:
    """Since when much spending needs a second person; deciding it again begins nothing anew."""
    every = records.every(connection, tables.FOUR_EYES, FourEyes)
    began = list(takewhile(lambda one: one.epsilon is not None, reversed(every)))[-1].at
    return began or datetime.min.replace(tzinfo=UTC)


def _split(before: tuple[Spend, ...], spending: Spending, asked: FourEyes) -> str:
    """Why a small spend needs a second person after others that nobody approved."""
    if not before or asked.epsilon is None:
        return ""
    events = [*(event for spend in before for event in spend.events), *spending.events]
    # As one act would cost that publishes all of it, with the δ that thresholds took before.
    delta = (spending.asked.delta or spending.state.total.delta) + loss_delta(before)
    try:
        together = price_of(loss_of(events), delta).epsilon
    except PrivacyParameterError:
        together = Decimal("Infinity")
    if together <= asked.epsilon:
        return ""
    return mark(
        "with what you spent on these people within {days} days it comes to ε = {epsilon}, which "
        "is more than {most}"
    ).format(days=asked.days, epsilon=_plain(together), most=_plain(asked.epsilon))


def _unapproved(
    connection: Connection, who: Actor, state: BudgetState, since: datetime
) -> tuple[Spend, ...]:
    """What the same person spent since then, as far as no second person approved it."""
    approvals = records.newest_by(connection, tables.APPROVAL, Approval, "id").values()
    approved = {one.used_for for one in approvals if one.stand is Stand.USED}
    names = _names_of(who, accounts_in(connection))
    return tuple(
        spend
        for spend in state.spends
        if spend.at >= since
        and spend.id not in approved
        and (names is None or spend.actor in names)
    )


def _names_of(who: Actor, accounts: Mapping[str, Account]) -> frozenset[str] | None:
    """By which names the trail knows this person; None: by any, as the machine's operator."""
    own = accounts.get(who.account)
    if own is None:
        return None
    same = (one.name for one in accounts.values() if is_same_person(one, own))
    return frozenset({who.name, *same})


def _plain(number: Decimal) -> str:
    return "∞" if number.is_infinite() else f"{number.normalize():f}"


_MATTERS = {
    Matter.ERASURE: mark("people are to be erased"),
    Matter.TRANSFER: mark("data would go to another country"),
}
_STANDS: Mapping[Stand | None, str] = {
    None: mark("Nobody was asked yet"),
    Stand.ASKED: mark("It was asked for, and nobody has decided"),
    Stand.DECLINED: mark("It was declined"),
    Stand.WITHDRAWN: mark("The question was taken back"),
    Stand.LAPSED: mark("An approval was given and counts no more"),
}
_HOW = {
    "release": mark("on the page “Release”, or with --ask"),
    "bounds": mark("on the page “Trade-off”, or with --ask"),
    "synthesis": mark("with --ask"),
    "run": mark("on the page “Federated”, or with --ask"),
    "deployment": mark("with --ask"),
    "erasure": mark("on the page “Requests”, or with --ask"),
    "transfer": mark("on the page “Residency”, or with --ask"),
    "requirement": mark("on the page “Approvals”, or with --ask"),
}
