"""However people ask, approve, decline, withdraw, wait and lose their roles: nothing slips past."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from approving_cases import ANNA, BEN, CARL, Clock, account, keep, require, signed_in
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from compliance.access.nouns import Matter, Role, Sought, Stand
from compliance.errors import ApprovalError, ApprovalNeededError, NotPermittedError
from compliance.settings import Settings
from compliance.workspace import Workspace
from compliance.workspace.approving.acts import use

WHO = st.sampled_from([ANNA, BEN, CARL])
THING = st.sampled_from(["one", "two"])
DAYS = 7


def sought(thing: str) -> Sought:
    """An erasure, as far as approving it goes."""
    return Sought(
        matter=Matter.ERASURE,
        subject=thing,
        facts={
            "requests": [thing],
            "versions": 1,
            "rows_removed": 1,
            "rows_blanked": 0,
            "rows_kept": 0,
        },
    )


class Office(RuleBasedStateMachine):
    """Three officers, two things to do, and a model of who may do which now."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = Clock()
        home = Path(self.folder.name) / "desk"
        self.desk = Workspace(Settings.from_environment({}, home=home), self.clock)
        self.accounts = {
            ANNA: account(ANNA, "anna"),
            BEN: account(BEN, "ben"),
            CARL: account(CARL, "carl"),
        }
        keep(self.desk, *self.accounts.values())
        require(self.desk, matters=[Matter.ERASURE], days=DAYS)
        self.asked: dict[str, tuple[str, str]] = {}
        self.yes: dict[str, tuple[str, datetime]] = {}
        self.over: set[str] = set()
        self.done: list[tuple[str, str]] = []

    def teardown(self) -> None:
        self.folder.cleanup()

    def hands(self, who: str) -> Workspace:
        return signed_in(self.desk, self.accounts[who])

    def is_officer(self, who: str) -> bool:
        return Role.OFFICER in self.accounts[who].roles

    def is_good(self, id_: str) -> bool:
        """Whether an approval could be used now."""
        if id_ not in self.yes or id_ in self.over:
            return False
        decider, at = self.yes[id_]
        is_fresh = self.clock.at - at < timedelta(days=DAYS)
        return is_fresh and self.is_officer(decider) and self.is_officer(self.asked[id_][0])

    @rule(who=WHO, thing=THING)
    def ask(self, who: str, thing: str) -> None:
        waiting = [
            id_
            for id_, said in self.asked.items()
            if said == (who, thing)
            and id_ not in self.over
            and (id_ not in self.yes or self.is_good(id_))
        ]
        try:
            made = self.hands(who).access.approving.ask(sought(thing))
        except NotPermittedError:
            assert not self.is_officer(who)
        except ApprovalError:
            assert waiting
        else:
            assert not waiting
            self.asked[made.id] = (who, thing)

    @rule(data=st.data(), who=WHO, is_approved=st.booleans())
    def decide(self, data: st.DataObject, who: str, is_approved: bool) -> None:
        if not self.asked:
            return
        id_ = data.draw(st.sampled_from(list(self.asked)))
        asker = self.asked[id_][0]
        may = who != asker and self.is_officer(who) and self.is_officer(asker)
        try:
            self.hands(who).access.approving.decide(id_, is_approved=is_approved)
        except (ApprovalError, NotPermittedError):
            assert not may or id_ in self.yes or id_ in self.over
            return
        assert may
        assert id_ not in self.yes
        assert id_ not in self.over
        if is_approved:
            self.yes[id_] = (who, self.clock.at)
        else:
            self.over.add(id_)

    @rule(data=st.data(), who=WHO)
    def withdraw(self, data: st.DataObject, who: str) -> None:
        if not self.asked:
            return
        id_ = data.draw(st.sampled_from(list(self.asked)))
        try:
            self.hands(who).access.approving.withdraw(id_)
        except (ApprovalError, NotPermittedError):
            assert who != self.asked[id_][0] or id_ in self.over or not self.is_officer(who)
            return
        assert who == self.asked[id_][0]
        self.over.add(id_)

    @rule(who=WHO, thing=THING, fails=st.booleans())
    def act(self, who: str, thing: str, fails: bool) -> None:
        good = [id_ for id_, s in self.asked.items() if s == (who, thing) and self.is_good(id_)]
        hands = self.hands(who)
        try:
            with hands._desk.act("erasure.begin", thing) as act:
                use(act, sought(thing), used_for=f"erasure-{len(self.done)}")
                if fails:
                    raise RuntimeError
        except (ApprovalNeededError, NotPermittedError):
            assert not good
            return
        except RuntimeError:
            assert len(good) == 1
            return
        assert len(good) == 1
        self.over.add(good[0])
        self.done.append((who, good[0]))

    @rule(who=WHO, role=st.sampled_from([Role.OFFICER, Role.AUDITOR]))
    def change_role(self, who: str, role: Role) -> None:
        self.accounts[who] = replace(self.accounts[who], roles=(role,))
        keep(self.desk, self.accounts[who])

    @rule(days=st.integers(1, 5))
    def wait(self, days: int) -> None:
        self.clock.wait(days=days)

    @rule(who=WHO)
    def switch_off(self, who: str) -> None:
        try:
            require(self.hands(who), epsilon=Decimal(1))
        except (ApprovalNeededError, NotPermittedError):
            return
        raise AssertionError("one person switched it off")

    @invariant()
    def every_act_used_one_approval_of_somebody_else(self) -> None:
        used = [one for one in self.desk.access.approving.approvals() if one.stand is Stand.USED]
        assert sorted(one.id for one in used) == sorted(id_ for _, id_ in self.done)
        assert all(one.asker not in {word.account for word in one.words} for one in used)


TestOffice = Office.TestCase
TestOffice.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
