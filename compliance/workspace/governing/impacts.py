"""Impact assessments, as the workspace offers them: every version is kept."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from compliance import impact as room
from compliance.errors import UnknownImpactError
from compliance.impact.nouns import (
    Decision,
    Difference,
    Gauge,
    Impact,
    ImpactKind,
    Measure,
    Opinion,
    Outcome,
    Screened,
    Status,
)
from compliance.rules.nouns import Knowledge
from compliance.storage import records, tables
from compliance.workspace import bare
from compliance.workspace.desk import Act, Desk
from compliance.workspace.governing import knowing
from compliance.workspace.guarding import guarded

_Change = Callable[[Impact, Act], Impact]


def newest(connection: Connection) -> tuple[Impact, ...]:
    """The newest version of every assessment, in the order in which they were begun."""
    return tuple(records.newest_by(connection, tables.IMPACT, Impact, "id").values())


def known(connection: Connection, knowledge: Knowledge) -> Mapping[str, Mapping[str, object]]:
    """What rules ask of each assessment, by its id; see `compliance.impact.facts_of`."""
    return {one.id: room.facts_of(one, knowledge) for one in newest(connection)}


@guarded
class Impacts:
    """Data-protection impact and legitimate-interest assessments."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def list(self) -> tuple[Impact, ...]:
        """The newest version of every assessment."""
        with self._desk.database.reading() as connection:
            return newest(connection)

    def one(self, id_: str) -> Impact:
        """The newest version of one.

        Raises:
            UnknownImpactError: there is none of that id.
        """
        with self._desk.database.reading() as connection:
            return _find(connection, id_)

    def history(self, id_: str) -> tuple[Impact, ...]:
        """All its versions, oldest first."""
        with self._desk.database.reading() as connection:
            _find(connection, id_)
            return records.every(connection, tables.IMPACT, Impact, id=id_)

    def knowledge(self) -> Knowledge:
        """What the desk knows now, to hold assessments against; without examples of values."""
        with self._desk.database.reading() as connection:
            return bare.knowledge_for(
                self._desk, knowing.known(self._desk, connection, self._desk.clock())
            )

    def changed(self, id_: str) -> tuple[str, ...]:
        """What changed since it was validated or, before that, since it was drawn."""
        return self.changed_in(self.one(id_), self.knowledge())

    @staticmethod
    def changed_in(impact: Impact, knowledge: Knowledge) -> tuple[str, ...]:
        """The same for one at hand, so that many are held against one knowledge."""
        if impact.status is Status.VALIDATED:
            return room.outdated(impact, knowledge)
        return room.stale(impact, knowledge)

    def screen(self, activity: str, template: str = "") -> Screened:
        """Whether an activity needs an assessment, as far as the desk can tell.

        Raises:
            UnknownImpactError: there is no such activity or template.
        """
        chosen = room.template_named(template) if template else None
        return room.screened(self.knowledge(), activity, chosen)

    def needs(self) -> Mapping[str, Screened]:
        """The screening of every activity on record that no DPIA is about, by its id."""
        knowledge = self.knowledge()
        done = {one.activity for one in self.list() if one.kind is ImpactKind.DPIA}
        activities = [r.id for r in knowledge.register.of("activity") if not r.is_removed]
        return {id_: room.screened(knowledge, id_) for id_ in activities if id_ not in done}

    def begin(
        self,
        kind: ImpactKind,
        template: str = "",
        *,
        activity: str = "",
        datasets: Sequence[str] = (),
        title: str = "",
    ) -> Impact:
        """Begin one from what is known.

        Raises:
            UnknownImpactError: template, activity or dataset is not there.
        """
        id_ = f"{kind}-{secrets.token_hex(4)}"
        with self._desk.act("impact.begin", id_) as act:
            knowledge = knowing.known(self._desk, act.connection, act.at)
            made = room.begun(
                kind,
                template,
                knowledge,
                id_=id_,
                activity=activity,
                datasets=datasets,
                title=title,
            )
            act.facts |= {"kind": str(kind), "template": template, "activity": activity}
            return _store(act, replace(made, version=0))

    def answer(self, id_: str, question: str, text: str | None = None) -> Impact:
        """Answer a question; without a text, take over what stands there.

        Raises:
            UnknownImpactError, ImpactInputError: it cannot be answered so.
        """
        return self.answer_all(id_, {question: text})

    def answer_all(self, id_: str, answers: Mapping[str, str | None]) -> Impact:
        """Answer several questions at once; see `answer`."""

        def change(impact: Impact, act: Act) -> Impact:
            for question, text in answers.items():
                impact = room.answered(impact, question, text)
            act.facts["questions"] = sorted(answers)
            return impact

        return self._change("impact.answer", id_, change)

    def screen_by_hand(self, id_: str, criteria: Mapping[str, tuple[bool | None, str]]) -> Impact:
        """Say of criteria of the screening whether they hold, and why.

        Raises:
            UnknownImpactError, ImpactInputError: a criterion is not there, or has no reason.
        """

        def change(impact: Impact, act: Act) -> Impact:
            for criterion, (holds, why) in criteria.items():
                impact = room.screened_by_hand(impact, criterion, holds=holds, why=why)
            act.facts["criteria"] = sorted(criteria)
            return impact

        return self._change("impact.screen", id_, change)

    def gauge(
        self,
        id_: str,
        event: str,
        *,
        severity: Gauge | None = None,
        likelihood: Gauge | None = None,
        after: bool = False,
        why: str = "",
        takes_over: bool = False,
    ) -> Impact:
        """Gauge a feared event, before or after measures.

        Raises:
            UnknownImpactError, ImpactInputError: it cannot be gauged so.
        """

        def change(impact: Impact, act: Act) -> Impact:
            made = room.gauged(
                impact,
                event,
                severity=severity,
                likelihood=likelihood,
                after=after,
                why=why,
                takes_over=takes_over,
            )
            act.facts |= {"event": event, "after": after}
            return made

        return self._change("impact.gauge", id_, change)

    def fear(self, id_: str, title: str = "", *, event: str = "") -> Impact:
        """Add a feared event besides the three: one of the method's others, or one's own.

        Raises:
            UnknownImpactError, ImpactInputError: it cannot be added.
        """
        return self._change(
            "impact.gauge", id_, lambda impact, _: room.feared(impact, title, id_=event)
        )

    def shield(self, id_: str, event: str, measures: Sequence[str]) -> Impact:
        """Say which measures reduce a feared event.

        Raises:
            UnknownImpactError, ImpactInputError: it cannot be.
        """
        return self._change(
            "impact.gauge", id_, lambda impact, _: room.shielded(impact, event, measures)
        )

    def plan(self, id_: str, measure: Measure, *, place: int | None = None) -> Impact:
        """Add a measure to the action plan, or put it in the place of another.

        Raises:
            UnknownImpactError, ImpactInputError: it cannot be planned so.
        """

        def change(impact: Impact, act: Act) -> Impact:
            made = room.planned(impact, measure, place=place)
            act.facts |= {"measures": len(made.measures), "done": measure.is_done}
            return made

        return self._change("impact.plan", id_, change)

    def opinion(self, id_: str, opinion: Opinion) -> Impact:
        """Record what somebody who had to be asked said, or why they were not.

        Raises:
            ImpactInputError: it says nothing, or its day is in the future.
        """

        def change(impact: Impact, act: Act) -> Impact:
            act.facts |= {"of": str(opinion.of), "asked": bool(opinion.text)}
            return room.opined(impact, opinion, act.at.date())

        return self._change("impact.opine", id_, change)

    def decide(
        self,
        id_: str,
        *,
        decision: Decision | None = None,
        because: str = "",
        consulted_at: date | None = None,
        outcome: Outcome | None = None,
    ) -> Impact:
        """Record what comes of it, with the reasons.

        Raises:
            ImpactInputError: no reasons are given, or the day is in the future.
        """

        def change(impact: Impact, act: Act) -> Impact:
            act.facts |= {"decision": str(decision or ""), "outcome": str(outcome or "")}
            return room.decided(
                impact,
                act.at.date(),
                decision=decision,
                because=because,
                consulted_at=consulted_at,
                outcome=outcome,
            )

        return self._change("impact.decide", id_, change)

    def submit(self, id_: str) -> Impact:
        """Hand it on for review.

        Raises:
            ImpactIncompleteError: something is not answered or gauged.
        """
        return self._change("impact.submit", id_, lambda impact, _: room.submitted(impact))

    def validate(self, id_: str) -> Impact:
        """Sign it: from now on it stands on the facts as they are.

        Raises:
            ImpactIncompleteError, ImpactOutdatedError, ConsultationError: it cannot be signed.
        """

        def change(impact: Impact, act: Act) -> Impact:
            knowledge = knowing.known(self._desk, act.connection, act.at)
            made = room.validated(impact, knowledge, by=act.actor, at=act.at)
            act.facts |= {
                "residual": str(made.residual or ""),
                "outcome": str(made.outcome or ""),
                "stands_on": room.hash_of(made.stands_on),
            }
            return made

        return self._change("impact.validate", id_, change)

    def redraw(self, id_: str) -> tuple[Impact, tuple[Difference, ...]]:
        """Draw it again from what is known now; an officer's own words stay.

        Raises:
            UnknownImpactError: there is none of that id.
        """
        found: list[Difference] = []

        def change(impact: Impact, act: Act) -> Impact:
            knowledge = knowing.known(self._desk, act.connection, act.at)
            made, differences = room.redrawn(impact, knowledge)
            found.extend(differences)
            act.facts["differences"] = len(differences)
            return made

        return self._change("impact.redraw", id_, change), tuple(found)

    def differences(self, id_: str) -> tuple[Difference, ...]:
        """What redrawing would change; nothing is written."""
        return room.redrawn(self.one(id_), self.knowledge())[1]

    def export(self, id_: str) -> dict[str, object]:
        """One assessment as a document, to be read in elsewhere; that it was taken is in the trail.

        Raises:
            UnknownImpactError: there is none of that id.
        """
        with self._desk.act("impact.export", id_[:80]) as act:
            impact = _find(act.connection, id_)
            act.facts["version"] = impact.version
        return room.to_document(impact)

    def read_in(self, data: bytes) -> Impact:
        """Keep an exported assessment as the next version of its own.

        It is kept as it was written, but for a validation of another desk: here it is a draft.

        Raises:
            ImpactInputError: it is no such document.
        """
        read = room.from_document(data, self._desk.clock().date())
        with self._desk.act("impact.import", read.id[:80]) as act:
            kept = {one.id: one for one in newest(act.connection)}.get(read.id)
            act.facts |= {"kind": str(read.kind), "version": read.version}
            if kept is not None and _same(kept, read):
                return kept
            made = replace(
                read,
                version=kept.version if kept else 0,
                status=Status.DRAFT,
                stands_on=kept.stands_on if kept else {},
                validated_at=kept.validated_at if kept else None,
                validated_by=kept.validated_by if kept else "",
            )
            return _store(act, made)

    def _change(self, act_name: str, id_: str, change: _Change) -> Impact:
        with self._desk.act(act_name, id_[:80]) as act:
            return _store(act, change(_find(act.connection, id_), act))


def _store(act: Act, impact: Impact) -> Impact:
    made = replace(impact, version=impact.version + 1, at=act.at, actor=act.actor)
    act.store(tables.IMPACT, made, id=made.id)
    act.facts["version"] = made.version
    return made


def _find(connection: Connection, id_: str) -> Impact:
    found = records.latest(connection, tables.IMPACT, Impact, id=id_)
    if found is None:
        ids = [one.id for one in newest(connection)]
        known = f"Known are {', '.join(ids[:12])}" if ids else "None has been begun yet"
        raise UnknownImpactError(what="impact assessment", given=id_[:60], known=known)
    return found


def _same(kept: Impact, read: Impact) -> bool:
    """Whether nothing but the version and who wrote it differs."""
    return replace(read, version=kept.version, at=kept.at, actor=kept.actor) == kept
