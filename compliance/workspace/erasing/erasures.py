"""Erasing people from every version of every dataset: whole or not at all, and proved.

    planned ─▶ new files written beside the old ─▶ switched ─▶ old files destroyed ─▶ proved
       └───────────── forgotten ◀──┘ (killed)         └──────── finished (killed) ──────▲

The switch is one transaction: before it nothing was changed, after it nobody finds the person any
more. Whoever opens the workspace next forgets or finishes what was stopped.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import numpy as np
from sqlalchemy import Connection

from compliance.dataset.nouns import Dataset
from compliance.errors import (
    ErasingBusyError,
    ErasingError,
    RightsError,
    SealedError,
    UndecidedMentionsError,
)
from compliance.i18n import mark
from compliance.lineage.nouns import Node, NodeKind
from compliance.rights.fulfilling import to_tell
from compliance.rights.nouns import Cut, Erasure, ErasurePlan, Request, Stage
from compliance.rights.requests import Action
from compliance.storage import records, tables
from compliance.workspace.anonymising.making import Step
from compliance.workspace.approving.acts import check, use
from compliance.workspace.approving.soughts import of_erasure
from compliance.workspace.data import datasets
from compliance.workspace.desk import Act, Desk
from compliance.workspace.erasing import beyond
from compliance.workspace.erasing import plan as erasing_plan
from compliance.workspace.erasing.copies import files_in_use, rewritten_copies
from compliance.workspace.erasing.files import Journal, alone, destroy, leftovers, unfinished
from compliance.workspace.erasing.writing import Content, keys_gone, made, writing_of
from compliance.workspace.governing.registers import register_in
from compliance.workspace.guarding import guarded
from compliance.workspace.lineage import steps as lineage_steps
from compliance.workspace.recent import let_go
from compliance.workspace.requesting import requested
from compliance.workspace.standing import ERASURES
from compliance.workspace.tracing.views import carry_labels
from compliance.workspace.usage import usable

_Gone = Mapping[str, frozenset[str]]

_WAIT_S = 60.0
_TRIES = 5


@guarded
class Erasing:
    """One person, or many, out of every version and derived copy; and the proof."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def plan(
        self, request_ids: Sequence[str], *, doubtful_mentions: bool | None = None
    ) -> ErasurePlan:
        """What erasing would do and what it cannot reach; nothing is changed.

        Args:
            doubtful_mentions: whether mentions that may be somebody else, and on which nobody
                decided, go as well; None: nobody said so, and the plan tells how many there are.

        Raises:
            ErasingError, UnknownRequestError, RequestStepError, HeldError, SealedError: it
                cannot be done.
        """
        with self._desk.database.reading() as connection:
            return erasing_plan.planned(
                self._desk, connection, request_ids, doubtful_mentions=doubtful_mentions
            )

    def erase(
        self,
        request_ids: Sequence[str],
        backups_until: date | None = None,
        *,
        doubtful_mentions: bool | None = None,
    ) -> Generator[Step, None, Erasure]:
        """Erase those whom these requests are about, and look again; all in one batch.

        Args:
            backups_until: the last day on which a backup still holds what was there; None:
                nobody knows.
            doubtful_mentions: as in `plan`; None: it is refused where some are undecided.

        Raises:
            ErasingError, UnknownRequestError, RequestStepError, HeldError, SealedError: it
                cannot be done; nothing was changed.
            UndecidedMentionsError: texts may mention them or somebody else; nothing was changed.
            ApprovalNeededError: a second person must approve it first; nothing was changed.
            ErasingBusyError: somebody else is erasing; nothing was changed.
        """
        if backups_until is not None and backups_until < self._desk.clock().date():
            raise ErasingError(reason="the last day of backups lies in the past")
        with self._desk.database.reading() as connection:
            erasing_plan.requests_of(self._desk, connection, request_ids)
        with alone(self._desk, _WAIT_S):
            yield from _settled(self._desk.by_itself())
            for _ in range(_TRIES):
                id_ = f"erasure-{secrets.token_hex(6)}"
                yield Step(doing="Looking for the people everywhere")
                plan = self.plan(request_ids, doubtful_mentions=doubtful_mentions)
                if plan.undecided:
                    raise _undecided(plan)
                gone = yield from _switched(self._desk, id_, plan, backups_until)
                if gone is not None:
                    return (yield from _finished(self._desk, id_, gone))
        raise ErasingError(reason="datasets were changed again and again meanwhile; try later")

    def resume(self) -> tuple[str, ...]:
        """Forget or finish erasures that were stopped, but those under way elsewhere; their ids."""
        if not unfinished(self._desk):
            return ()
        try:
            with alone(self._desk, 0.0):
                left = unfinished(self._desk)
                list(_settled(self._desk.by_itself()))
                return left
        except ErasingBusyError:
            return ()

    def erasures(self) -> tuple[Erasure, ...]:
        """All erasures as they stand, newest first; those that were forgotten are left out."""
        with self._desk.database.reading() as connection:
            found = ERASURES.every(connection)
        return tuple(one for one in found if one.stage is not Stage.FORGOTTEN)[::-1]

    def certificate(self, id_: str) -> Erasure:
        """One erasure as it stands: what was done, and that nobody is found any more.

        Raises:
            UnknownErasureError: there is none of that id.
        """
        with self._desk.database.reading() as connection:
            return ERASURES.one(connection, id_)


def _undecided(plan: ErasurePlan) -> UndecidedMentionsError:
    count, people = sum(plan.undecided.values()), len(plan.undecided)
    return UndecidedMentionsError(
        mentions="1 mention in a text" if count == 1 else f"{count:,} mentions in texts",
        requests=f"request {next(iter(plan.undecided))}" if people == 1 else f"{people:,} requests",
        request=next(iter(plan.undecided)),
    )


def _settled(desk: Desk) -> Generator[Step, None, None]:
    """Forget or finish what was stopped; only who is `alone` may."""
    for id_ in unfinished(desk):
        with desk.database.reading() as connection:
            found = records.latest(connection, tables.ERASURE, Erasure, id=id_)
        if found is None or found.stage in (Stage.PLANNED, Stage.FORGOTTEN):
            _forget(desk, id_)
        elif found.stage is Stage.SWITCHED:
            yield from _finished(desk, id_)
        else:
            Journal(desk, id_).end()


def _forget(desk: Desk, id_: str) -> None:
    """Undo what was written; the records are still as they were."""
    journal = Journal(desk, id_)
    # Who writes may be about to store the very same content; so nobody writes meanwhile.
    with desk.act("erasure.forget", id_) as act:
        used = files_in_use(desk, act.connection, datasets.every_version(act.connection))
        for path in journal.made:
            if path not in used:
                destroy(path)
        found = records.latest(act.connection, tables.ERASURE, Erasure, id=id_)
        if found is not None and found.stage is Stage.PLANNED:
            ERASURES.store(act, replace(found, stage=Stage.FORGOTTEN))
    journal.end()


def _switched(
    desk: Desk, id_: str, plan: ErasurePlan, backups_until: date | None
) -> Generator[Step, None, _Gone | None]:
    """Write and switch; None: datasets changed meanwhile, and nothing was done."""
    journal = Journal(desk, id_)
    journal.begin()
    with ExitStack() as undo:
        # Where it was switched already, whoever comes next finishes it.
        undo.callback(_undo, desk, id_)
        begun = _begun(desk, id_, plan, backups_until)
        yield Step(doing="Writing the datasets without them")
        with desk.database.reading() as connection:
            writing = writing_of(desk, connection, journal, plan)
            contents = yield from made(writing, id_, begun)
            kept = rewritten_copies(connection, writing)
            gone = keys_gone(writing)
        yield Step(doing="Switching over")
        with desk.act("erasure.switch", id_) as act:
            # Taken back, or a hold placed, since it was planned: then nothing may go.
            erasing_plan.requests_of(desk, act.connection, plan.requests)
            is_same = erasing_plan.same(act.connection, plan, act.at.date())
            if is_same:
                use(act, of_erasure(plan, backups_until), used_for=id_)
                for one in kept:
                    one.store(act)
                _switch(act, begun, contents, writing.versions, writing.cuts)
        undo.pop_all()
    if not is_same:
        _forget(desk, id_)
    return gone if is_same else None


def _undo(desk: Desk, id_: str) -> None:
    with desk.database.reading() as connection:
        found = records.latest(connection, tables.ERASURE, Erasure, id=id_)
    if found is None or found.stage is Stage.PLANNED:
        _forget(desk, id_)


def _begun(desk: Desk, id_: str, plan: ErasurePlan, backups_until: date | None) -> Erasure:
    """Note that it was begun: counts and hashes only."""
    with desk.act("erasure.begin", id_) as act:
        check(act, of_erasure(plan, backups_until))  # it is used where it cannot be undone
        begun = Erasure(
            id=id_,
            requests=plan.requests,
            begun_at=act.at,
            stage=Stage.PLANNED,
            beyond=(*plan.beyond, *beyond.backups(act.connection, backups_until)),
            typed=plan.typed,
            touched=plan.touched,
            keys_left=plan.requests,
            counts=_counts(plan),
        )
        ERASURES.store(act, begun)
        act.facts |= {"requests": len(begun.requests), **begun.counts}
    return begun


def _counts(plan: ErasurePlan) -> Mapping[str, int]:
    return {
        "versions": sum(cut.changes for cut in plan.cuts),
        "rows_removed": sum(len(cut.removed) for cut in plan.cuts),
        "rows_blanked": sum(cut.blanked_rows for cut in plan.cuts),
        "mentions_redacted": sum(len(cut.redacted) for cut in plan.cuts),
        "mentions_doubtful": plan.doubtful,
        "rows_kept": sum(len(cut.kept) for cut in plan.cuts),
    }


def _switch(
    act: Act,
    begun: Erasure,
    contents: Sequence[Content],
    versions: Mapping[str, Dataset],
    cuts: Mapping[str, Cut],
) -> None:
    """Let every look find the new content, as part of `act`."""
    node = Node(kind=NodeKind.ERASURE, id=begun.id, title=mark("Erasure"))
    for content in contents:
        rewriting = replace(content.rewriting, at=act.at)
        act.store(tables.REWRITING, rewriting, dataset_id=rewriting.dataset_id)
        dataset = versions[rewriting.dataset_id]
        how = lineage_steps.erased(dataset, cuts.get(dataset.id), rewriting)
        act.link(datasets.dataset_node(dataset), node, mark("erased"), how)
    ERASURES.store(
        act,
        replace(
            begun,
            stage=Stage.SWITCHED,
            rewritings=tuple(replace(one.rewriting, at=act.at) for one in contents),
            commitments=tuple(one.commitment for one in contents),
        ),
    )
    act.facts |= {
        "rewritten": [
            {
                "dataset": one.rewriting.dataset_id,
                "before": one.rewriting.before,
                "after": one.rewriting.after,
                "rows": one.rewriting.rows,
            }
            for one in contents
        ],
    }


def _finished(
    desk: Desk, id_: str, gone: _Gone = MappingProxyType({})
) -> Generator[Step, None, Erasure]:
    """Destroy what lies there yet, look again, and say what was found.

    Args:
        gone: by version, the keys of people who must not be in it any more, where it is known.
    """
    yield Step(doing="Destroying the old files")
    journal = Journal(desk, id_)
    with desk.database.reading() as connection:
        erasure = ERASURES.one(connection, id_)
    _clean(desk, journal, erasure)
    yield Step(doing="Looking again")
    with desk.database.reading() as connection:
        seen = _seen_again(desk, connection, erasure)
        seen = replace(seen, left=seen.left + _still_there(desk, connection, gone))
    with desk.act("erasure.prove", id_) as act:
        proved = replace(seen, stage=Stage.PROVED, done_at=act.at)
        if not proved.left:
            _carry_out(desk, act, proved)
        ERASURES.store(act, proved)
        act.facts |= {"rescanned": proved.rescanned, "left": proved.left, "kept": proved.kept}
    journal.end()
    return proved


def _clean(desk: Desk, journal: Journal, erasure: Erasure) -> None:
    """Destroy files that nothing needs any more, and forget what is in memory of them."""
    carry_labels(desk, {one.before: one.after for one in erasure.rewritings})
    before = {one.before for one in erasure.rewritings}
    let_go(before)
    for sha256 in before:
        usable.forget(desk, sha256)
    desk.let_go()
    gone = journal.gone
    # Who writes may be about to store the very same content; so nobody writes meanwhile.
    with desk.act("erasure.clean", erasure.id) as act:
        used = files_in_use(desk, act.connection, datasets.every_version(act.connection))
        found = (*gone, *leftovers(desk, used))
        unused = [path for path in dict.fromkeys(found) if path not in used]
        for path in unused:
            destroy(path)
        act.facts["files_destroyed"] = len(unused)


def _seen_again(desk: Desk, connection: Connection, erasure: Erasure) -> Erasure:
    """The erasure with what is found now of those who were ERASURES."""
    asked = [requested.one(connection, id_) for id_ in erasure.requests]
    try:
        people = erasing_plan.found(desk, connection, asked)
    except SealedError:
        return erasure  # nobody knows any more whom to look for
    every = datasets.every_version(connection)
    _, cuts = erasing_plan.cut_out(desk, connection, every, people)
    return replace(
        erasure,
        rescanned=max((len(one.trace.searched) for one in people), default=0),
        left=sum(len(cut.rows) for cut in cuts),
        kept=sum(len(cut.kept) for cut in cuts),
    )


def _still_there(desk: Desk, connection: Connection, gone: _Gone) -> int:
    """In how many rows a key stands that must not."""
    found = 0
    for id_, keys in gone.items():
        dataset = datasets.version(connection, id_)
        unit = dataset.description.unit
        if unit is None:
            continue
        coded = desk.table(dataset).codes(unit)
        left = [code for code, text in enumerate(coded.texts()) if text in keys]
        found += int(np.isin(coded.codes, left).sum())
    return found


def _carry_out(desk: Desk, act: Act, erasure: Erasure) -> None:
    """Move the requests on; one that a new hold stands against stays where it is."""
    rewritten_ = {one.dataset_id: one for one in erasure.rewritings}
    register = register_in(desk, act.connection, act.at)
    stopped = 0
    for id_ in erasure.requests:
        request: Request = requested.one(act.connection, id_)
        changed = tuple(one for one in erasure.touched.get(id_, ()) if one in rewritten_)
        pairs = "".join(f"{rewritten_[c].before} {rewritten_[c].after}\n" for c in changed)
        facts = {
            "residual_records_without_exception": erasure.left,
            "before_after_hash": hashlib.sha256(pairs.encode()).hexdigest(),
        }
        what = f"erased from {len(changed)} dataset versions ({erasure.id})"
        names = {one.rpartition("@")[0] for one in (*changed, *request.found)}
        changes = {"changed": changed, "recipients": len(to_tell(register, names, {}))}
        try:
            requested.advance(act, request, Action.CARRY_OUT, what, facts=facts, **changes)
        except RightsError:
            stopped += 1
    for fact in ("law", "right", "from", "to"):
        act.facts.pop(fact, None)
    act.facts |= {"requests": len(erasure.requests), "stopped": stopped}
