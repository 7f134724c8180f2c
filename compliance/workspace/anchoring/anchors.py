"""The trail's anchors outside, and the trail verified by itself, as the workspace offers them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from compliance.dataset.nouns import check_dataset_name
from compliance.errors import AnchorError, UnknownAnchorError
from compliance.i18n import of_locale, speaking
from compliance.rules.notices import trail_notice
from compliance.rules.nouns.audit import EVERY, Ran, Schedule, Sending
from compliance.rules.schedules import due_at
from compliance.storage import records, tables
from compliance.trail.nouns import Anchor, Anchored, AnchorKind, Verification, Verified
from compliance.workspace.anchoring.outside import Held, anchors_of, outside
from compliance.workspace.anchoring.places import check_place, put, taken
from compliance.workspace.anchoring.records import newest_verified
from compliance.workspace.desk import Desk
from compliance.workspace.governing import assessments, notifying
from compliance.workspace.guarding import guarded
from compliance.workspace.trails import memory, trails
from compliance.workspace.trails.keys import known_signer

DAY = timedelta(days=1)
_ONCE = timedelta(hours=1)
_KEPT_PROBLEMS = 20
_FAILED = "anchor “{name}” was not reached: {reason}"


@guarded
class Anchoring:
    """Checkpoints that go outside by themselves, and the trail verified by itself."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    # Anchors

    def anchors(self) -> tuple[Anchor, ...]:
        """All anchors that run, by name."""
        with self._desk.database.reading() as connection:
            return anchors_of(connection)

    def keep(
        self, name: str, kind: AnchorKind, to: str, every: str, *, pushes: bool = False
    ) -> Anchor:
        """Let checkpoints go to `to` by themselves; an anchor of that name before gives way.

        Args:
            to: the whole path of a file or folder, of a git clone, or an address.
            every: hour, day, week or month.
            pushes: send on what is committed to a git clone.

        Raises:
            BadDatasetNameError: an anchor may not be called so.
            AnchorError: checkpoints cannot go there, or would stay inside.
        """
        check_dataset_name(name)
        wanted = Anchor(
            name=name, kind=kind, to=to, every=every, pushes=pushes, made_at=self._desk.clock()
        )
        if every not in EVERY:
            raise AnchorError(name=name, reason=f"it runs every {', '.join(EVERY)}")
        check_place(wanted, self._desk.settings)
        self._check_own(wanted)
        with self._desk.act("anchor.keep", name) as act:
            kept = replace(wanted, made_at=act.at)
            act.store(tables.ANCHOR, kept, id=name)
            act.facts |= {"kind": kind.value, "place": kept.place, "every": every}
        return kept

    def _check_own(self, wanted: Anchor) -> None:
        """Whether a file holds checkpoints of this desk only; folders and clones may be shared."""
        with self._desk.database.reading() as connection:
            by = known_signer(self._desk, connection)
        if by is None or not wanted.can_be_read or not Path(wanted.to).exists():
            return
        origins = {one.seen.origin for one in taken(wanted, by.origin) if one.seen}
        if origins - {"", by.origin}:
            raise AnchorError(name=wanted.name, reason="it holds checkpoints of another desk")

    def remove(self, name: str) -> None:
        """Let the anchor of that name run no more; what was taken there stays there.

        Raises:
            UnknownAnchorError: there is none.
        """
        with self._desk.act("anchor.remove", name) as act:
            gone = replace(_named(act.connection, name), is_removed=True)
            act.store(tables.ANCHOR, gone, id=name)

    def run(self, name: str) -> Anchor:
        """Take a checkpoint to an anchor now; `last` says what became of it.

        Raises:
            UnknownAnchorError: there is none.
        """
        with self._desk.database.reading() as connection:
            anchor, end = _named(connection, name), trails.signed(self._desk, connection)
        said = Anchored(at=end.at, entries=end.entries, root=end.root)
        try:
            if not end.is_signed:
                raise AnchorError(name=name, reason="entries of the trail are missing; verify it")
            if stamp := put(anchor, end, self._desk.settings):
                said = replace(said, stamped_by=stamp.by, certificate=stamp.certificate)
        except AnchorError as error:
            said = replace(said, reason=str(error.facts["reason"]))
        with self._desk.act("trail.anchor", name) as act:
            now = _named(act.connection, name)
            kept = replace(now, last=said, last_done=said if said.is_done else now.last_done)
            act.store(tables.ANCHOR, kept, id=name)
            act.facts |= {"kind": anchor.kind.value, "saw": said.entries, "root": said.root}
            act.facts |= {"result": said.reason or "kept", "certificate": said.certificate or None}
        return kept

    def held(self, more: Sequence[Path] = ()) -> tuple[Held, ...]:
        """What every anchor that can be read back holds; see `verify` for whether it fits."""
        return outside(self._desk, more)

    # Verification

    def verify(
        self, *, is_scheduled: bool = False, more: Sequence[Path] = ()
    ) -> tuple[Verified, Verification]:
        """Verify the whole trail, compare it with all anchors, and keep on record what came of it.

        Where something is found every duty is checked, so that it becomes a finding, and those
        whom schedules of audits tell are told.

        Args:
            more: files and folders with checkpoints that the records say nothing of.
        """
        desk = self._desk
        held = outside(desk, more)
        with desk.database.reading() as connection:
            found = trails.verify_outside(desk, connection, held)
        with desk.act("trail.verify", "trail") as act:
            kept = Verified(
                at=act.at,
                actor=act.actor,
                is_scheduled=is_scheduled,
                entries=found.entries,
                root=found.root,
                problems=found.problems[:_KEPT_PROBLEMS],
                count=len(found.problems),
                anchors=sum(not one.unread for one in held),
                unread=tuple(one.anchor.name for one in held if one.is_missed),
            )
            act.store(tables.VERIFIED, kept, at=act.at.isoformat())
            act.facts |= {"entries": kept.entries, "root": kept.root, "problems": kept.count}
            act.facts |= {"anchors": kept.anchors, "unread": len(kept.unread)}
        if not kept.ok:
            Anchoring(desk.by_itself())._alarm(kept)
        return kept, found

    def verify_once(self) -> tuple[Verified, bool]:
        """The same for somebody who asks again and again: at most once an hour.

        Returns:
            what is on record, and whether it was verified just now.
        """
        last = self.last_verified()
        if last and timedelta(0) <= self._desk.clock() - last.at < _ONCE:
            return last, False
        return self.verify()[0], True

    def last_verified(self) -> Verified | None:
        """The newest verification on record; None: never."""
        with self._desk.database.reading() as connection:
            return newest_verified(connection)

    # By themselves

    def run_due(self) -> Iterator[Ran]:
        """Run the anchors that are due, and verify the trail once a day; what failed is told.

        Another worker that asks meanwhile takes no anchor twice.
        """
        failed = []
        for anchor in self.anchors():
            if self._claimed(anchor):
                ran = self.run(anchor.name)
                if ran.last and ran.last.reason:
                    failed.append(_FAILED.format(name=ran.name, reason=ran.last.reason))
        if failed:
            sent = self._tell("A checkpoint of the trail did not get outside", failed)
            yield Ran(schedule="anchors", audit=None, sent=sent, refusal="; ".join(failed))
        last = self.last_verified()
        if last is None or self._desk.clock() - last.at >= DAY:
            kept, _ = self.verify(is_scheduled=True)
            if not kept.ok:
                yield Ran(schedule="trail", audit=None, sent=(), refusal=_sentence(kept))

    def _claimed(self, anchor: Anchor) -> bool:
        """Whether it is due, and this worker is the first to take it up."""
        if not _is_due(anchor, self._desk.clock()):
            return False
        with self._desk.act("anchor.claim", anchor.name) as act:
            now = records.latest(act.connection, tables.ANCHOR, Anchor, id=anchor.name)
            is_due = now is not None and not now.is_removed and _is_due(now, act.at)
            act.facts["due"] = is_due
            if now is None or not is_due:
                return False
            act.store(tables.ANCHOR, replace(now, claimed=act.at), id=now.name)
        return True

    def _alarm(self, kept: Verified) -> None:
        memory.state(self._desk, is_whole=True)
        assessments.check(self._desk)
        self._tell("The trail is not whole", [_sentence(kept)])

    def _tell(self, what: str, said: Sequence[str]) -> tuple[Sending, ...]:
        """Tell everybody whom a schedule of audits tells, once."""
        with self._desk.database.reading() as connection:
            schedules = records.newest_by(connection, tables.SCHEDULE, Schedule, "name").values()
        running = [one for one in schedules if not one.is_removed]
        mails = dict.fromkeys(mail for one in running for mail in one.mails)
        hooks = dict.fromkeys(one.webhook for one in running if one.webhook)
        with speaking(of_locale(self._desk.settings.language)):
            notice = trail_notice(what, said, self._desk.clock())
        to = running[:1]
        wanted = [replace(one, mails=tuple(mails), webhook="") for one in to]
        wanted += [replace(one, mails=(), webhook=hook) for one in to for hook in hooks]
        settings = self._desk.settings
        sent = tuple(s for one in wanted for s in notifying.send(notice, one, settings))
        if sent:
            with self._desk.act("trail.tell", "trail") as act:
                act.facts |= {"about": what, "told": [_told(one) for one in sent]}
        return sent


def _named(connection: Connection, name: str) -> Anchor:
    found = {anchor.name: anchor for anchor in anchors_of(connection)}
    if name not in found:
        raise UnknownAnchorError(name=name[:80], known=", ".join(found) or "none yet")
    return found[name]


def _is_due(anchor: Anchor, now: datetime) -> bool:
    """What never ran is due at once."""
    if anchor.last is None and anchor.claimed is None:
        return True
    from tzlocal import get_localzone

    times = Schedule(
        name=anchor.name,
        cron=EVERY[anchor.every],
        made_at=anchor.made_at,
        claimed=anchor.claimed or (anchor.last.at if anchor.last else None),
    )
    return due_at(times, now, get_localzone()) is not None


def _sentence(kept: Verified) -> str:
    more = f" And {kept.count - 1} more." if kept.count > 1 else ""
    return f"The trail is not whole. {kept.problems[0]}{more}"


def _told(sending: Sending) -> str:
    return f"{sending.way} to {sending.host}: {'sent' if sending.is_sent else sending.reason}"
