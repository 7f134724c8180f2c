"""What each law says of a movement: its decision table, worked through from the top.

A row of which a fact is not known is open. Where an open row would say something else than the
first that is certain, the answer is “not assessed”: so fewer facts never allow more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from compliance.countries import is_country, name_of
from compliance.i18n import mark
from compliance.rules.nouns import Answer, Flow, Form, Judgement, Knowledge, LawId, Level
from compliance.rules.residency import counting
from compliance.rules.residency.conditions import Place, Span, day_of
from compliance.rules.residency.placing import flows as all_flows
from compliance.rules.residency.tables import ANSWERS, Asked, Entry, Exit, LawTable, Row, Tables

OTHER_LAW: LawId = "OTHER"  # of a country of which no table is at hand

_REPORTED_DAYS = 180  # an end within so many days is told
_ADEQUATE = "is_adequate"
_NOT_IN_SCOPE = mark("the law is not among those in scope on record, but data leave from there")
_NOT_BINDING_YET = mark("it binds from {binds_from}; older rules are not in the table")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What judging stands on, gathered once for all movements.

    Attributes:
        tables: what laws say.
        at: the moment.
        counts: of people who left this year, by fact.
        facts: of the organisation as a whole.
        contradicted: transfers on record that contradict themselves, with what is said of it.
        scope: the laws that the organisation is said to be under; None: that is not recorded.
    """

    tables: Tables
    at: datetime
    counts: Mapping[str, Span]
    facts: Mapping[str, object]
    contradicted: Mapping[str, str]
    scope: tuple[LawId, ...] | None = None

    @classmethod
    def of(cls, knowledge: Knowledge, tables: Tables, at: datetime, flows: Iterable[Flow]) -> Bench:
        """For these movements of what is known."""
        whole = [record.values for record in knowledge.register.of("org")]
        scope = whole[0].get("laws_in_scope") if whole else None
        return cls(
            tables=tables,
            at=at,
            counts=counting.counts(flows, tables, at),
            facts=whole[0] if whole else {},
            contradicted={
                found.record: found.says
                for found in knowledge.register.contradictions
                if found.kind == "transfer"
            },
            scope=tuple(map(str, scope)) if isinstance(scope, (list, tuple)) and scope else None,
        )


def judge(
    flow: Flow, laws: Sequence[LawId] | None, tables: Tables, at: datetime, knowledge: Knowledge
) -> tuple[Judgement, ...]:
    """What each law that governs a movement says of it today.

    Those are the laws of the country where it starts, and the one on record as `origin_regime`.

    Args:
        laws: in scope; None: all.
    """
    known = all_flows(knowledge)
    others = [one for one in known if one.id != flow.id]
    return judged(flow, laws, Bench.of(knowledge, tables, at, [*others, flow]))


def judged(flow: Flow, laws: Sequence[LawId] | None, bench: Bench) -> tuple[Judgement, ...]:
    """As `judge`, on what was gathered before."""
    found = [
        _by_law(flow, law, bench)
        for law in governing(flow, bench.tables)
        if laws is None or law in laws
    ]
    if found or governing(flow, bench.tables):
        return tuple(found)
    return (_without_table(flow, bench.tables),)


def governing(flow: Flow, tables: Tables) -> tuple[LawId, ...]:
    """The laws that govern a movement; none where no table is at hand.

    Those of the country where it starts, and the one on record as `origin_regime`: data of people
    in one country may lie in another.
    """
    said, there = flow.facts.get("origin_regime"), tables.law_of(flow.origin)
    if isinstance(said, str) and said in tables.laws and said not in there:
        return (said, *there)
    return there


def may_go(judgements: Iterable[Judgement]) -> bool:
    """Whether every law lets it go; no law at all is no leave."""
    found = [judgement.answer for judgement in judgements]
    return bool(found) and all(counting.is_permissive(answer) for answer in found)


def worst(judgements: Iterable[Judgement]) -> Answer:
    """The answer that weighs most."""
    order = (Answer.BLOCKED, Answer.NEEDS, Answer.UNKNOWN, Answer.ALLOWED, Answer.FREE)
    found = {judgement.answer for judgement in judgements}
    return next((answer for answer in order if answer in found), Answer.UNKNOWN)


def facts_of(flow: Flow, table: LawTable, bench: Bench) -> dict[str, object]:
    """The facts that a law's rows look at. What nobody knows is not among them."""
    facts = {**bench.facts, **flow.facts, **bench.counts}
    facts["destination"] = flow.destination
    if is_country(flow.origin):
        facts["origin"] = flow.origin
    if flow.form is not Form.UNKNOWN:
        facts["form"] = str(flow.form)
    facts["has_noise"] = flow.form is Form.NOISY or facts.get("has_noise") is True
    facts["mechanism"] = flow.mechanism or None
    if table.mechanism:
        own = facts.get(table.mechanism)
        facts[table.mechanism] = own or (
            flow.mechanism if flow.mechanism in table.mechanisms else None
        )
    if "us_persons" not in facts and flow.people == 0:
        facts["us_persons"] = 0
    return facts


def _without_table(flow: Flow, tables: Tables) -> Judgement:
    because = mark("Nobody has recorded where it starts")
    if is_country(flow.origin):
        asks = mark("No table says what the law of {origin} asks for")
        because = asks.format(origin=name_of(flow.origin))
    return Judgement(
        law=OTHER_LAW, answer=Answer.UNKNOWN, tier="no_table", because=because, as_of=tables.as_of
    )


def _by_law(flow: Flow, law: LawId, bench: Bench) -> Judgement:
    table, trouble = bench.tables.laws[law], _trouble(flow, bench)
    if trouble:
        return Judgement(
            law=law,
            answer=Answer.UNKNOWN,
            tier="unsound",
            because=trouble,
            as_of=bench.tables.as_of,
        )
    if flow.origin == flow.destination:
        return Judgement(
            law=law,
            answer=Answer.FREE,
            tier="within",
            because=mark("It stays in {origin}").format(origin=name_of(flow.origin)),
            as_of=bench.tables.as_of,
        )
    facts = facts_of(flow, table, bench)
    rows = (*table.first, *_exits(table, bench.tables), *table.rows)
    found = _Reading(table=table, bench=bench, facts=facts).decide(rows)
    is_free = found.answer is Answer.FREE
    said = found.warnings if is_free else (*_of_form(flow), *found.warnings)
    if law in {counted.law for counted in bench.tables.counters} and not is_free:
        said = (*said, *counting.warnings(bench.counts, bench.tables, law))
    if bench.scope is not None and law not in bench.scope and not is_free:
        said = (*said, _NOT_IN_SCOPE)
    if table.binds_from is not None and bench.at.date() < table.binds_from:
        said = (*said, _NOT_BINDING_YET.format(binds_from=table.binds_from))
    return replace(found, law=law, warnings=said)


def _trouble(flow: Flow, bench: Bench) -> str:
    """Why nothing can be said; empty where something can."""
    record = str(flow.facts.get("record", flow.id))  # one record may be several movements
    if record in bench.contradicted:
        said = mark("Its record contradicts itself: {contradicted}")
        return said.format(contradicted=bench.contradicted[record])
    if not flow.destination:
        return mark("Nobody has recorded where it goes")
    if not is_country(flow.destination):
        return mark("The country that it is said to go to does not exist")
    if flow.origin and not is_country(flow.origin):
        return mark("The country that it is said to start in does not exist")
    if flow.since is not None and flow.since > bench.at.date():
        return mark("It is said to have begun on a day that has not come yet")
    return ""


def _exits(table: LawTable, tables: Tables) -> tuple[Row, ...]:
    """The rows by which data are not personal."""
    found = [
        Row(
            tier="not_personal",
            when=(("form", "eq", str(Form.NOT_PERSONAL)),),
            answer="free",
            because=mark("No personal data were found in it"),
            article="",
            source="policy",
            level=Level.POLICY,
        )
    ]
    if table.anonymous is not None:
        measured = (("form", "eq", str(Form.ANONYMOUS)),)
        found.append(_exit("anonymous", measured, table.anonymous, table.anonymous.because))
    if table.noisy is not None:
        limit = tables.largest_epsilon
        carries = [str(Form.NOISY), str(Form.PROTECTED_UPDATES)]
        noise = (("form", "in", carries), ("has_noise", "eq", True), ("epsilon", "lte", limit))
        because = mark("Noise hides whether anybody is in it")
        found.append(_exit("noisy", noise, table.noisy, because))
    return tuple(found)


def _exit(tier: str, when: tuple[tuple[object, ...], ...], exit_: Exit, because: str) -> Row:
    note = exit_.note or mark(
        "that noise takes data out of the law is the desk’s reading, not the law’s"
    )
    return Row(
        tier=tier,
        when=when,
        answer="allowed",
        because=because,
        article=exit_.article,
        source=exit_.source,
        level=exit_.level,
        warning=note,
    )


def _of_form(flow: Flow) -> tuple[str, ...]:
    """What the form that data are in means for what was said."""
    if flow.form is Form.CLAIMED_ANONYMOUS:
        return (mark("said to be anonymous, and nothing measured says so; it counts as personal"),)
    if flow.form is Form.PSEUDONYMS:
        return (mark("pseudonyms stay personal data"),)
    if flow.form is Form.UPDATES:
        return (mark("rows can be read off bare updates; they count as personal"),)
    if flow.form is Form.PROTECTED_UPDATES and flow.facts.get("has_noise") is not True:
        return (mark("masks hide each site, but their sum is exact; it counts as personal"),)
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """A table read on the facts of one movement."""

    table: LawTable
    bench: Bench
    facts: Mapping[str, object]

    @property
    def place(self) -> Place:
        return Place(tables=self.bench.tables, at=self.bench.at)

    def decide(self, rows: Iterable[Row]) -> Judgement:
        """The first row that holds for certain, unless an open one before says otherwise."""
        open_: list[Row] = []
        for row in rows:
            holds = self.place.all_hold(row.when, self.facts)
            if holds:
                return self._unless(open_, row)
            if holds is None:
                open_.append(row)
        raise ValueError("the last row of a decision table always holds")

    def _unless(self, open_: Sequence[Row], certain: Row) -> Judgement:
        found = self._outcome(certain)
        allows = counting.is_permissive(found.answer)
        others = [self._outcome(row) for row in open_]
        differing = [
            row
            for row, other in zip(open_, others, strict=True)
            if (allows and not counting.is_permissive(other.answer))
            or (not allows and counting.is_permissive(ANSWERS[row.answer]))
        ]
        if not differing:
            return found
        missing = dict.fromkeys(
            fact for row in differing for fact in self._open_facts(row) if fact in self._asked
        )
        return replace(
            found,
            answer=Answer.UNKNOWN,
            because=mark("It depends on what nobody has recorded; otherwise: {because}").format(
                because=_lowered(found.because)
            ),
            needs=(*(self._asked[fact].words for fact in missing), *found.needs),
            until=None,
        )

    @property
    def _asked(self) -> Mapping[str, Asked]:
        return self.bench.tables.facts

    def _open_facts(self, row: Row) -> tuple[str, ...]:
        """The facts that leave a row open."""
        found = [t[0] for t in row.when if self.place.holds(t, self.facts) is None]
        for triple in row.when:
            if triple[1] == _ADEQUATE:
                entry = self.place.entry(triple[2], self.facts.get("destination"))
                scope = (*entry.scope, *entry.beyond_scope) if entry is not None else ()
                found += [t[0] for t in scope if self.place.holds(t, self.facts) is None]
        return tuple(fact for fact in found if fact != "destination")

    def _outcome(self, row: Row) -> Judgement:
        """What a row says if it holds."""
        entry, list_ = self._entry(row)
        asks = (*row.asks, *(entry.asks if entry is not None else ()))
        lacking = [t[0] for t in asks if self.place.holds(t, self.facts) is not True]
        answer = ANSWERS[row.answer]
        if any(self.place.holds(t, self.facts) for t in row.forbids):
            answer, lacking = Answer.BLOCKED, []
        elif lacking and counting.is_permissive(answer):
            answer = Answer.NEEDS
        until = entry.expires if entry is not None else day_of(self.facts.get(row.until))
        return Judgement(
            law="",
            answer=answer,
            tier=row.tier,
            because=self._because(row, entry),
            needs=self._needs(row, answer, lacking),
            warnings=(*self._said(row, entry, until), *self._age(list_)),
            article=row.article,
            until=until if counting.is_permissive(answer) else None,
            as_of=self.bench.tables.as_of,
            level=row.level,
            source=row.source,
        )

    def _entry(self, row: Row) -> tuple[Entry | None, str]:
        """The entry that a row rests on, and the list that it stands on."""
        for triple in row.when:
            if triple[1] == _ADEQUATE:
                return self.place.entry(triple[2], self.facts.get("destination")), triple[2]
        return None, ""

    def _because(self, row: Row, entry: Entry | None) -> str:
        said = row.because
        if entry is not None and entry.scope_says:
            said += f": {entry.scope_says}"
        decision = entry.decision if entry is not None else ""
        return f"{said} ({decision})" if decision else said

    def _needs(self, row: Row, answer: Answer, lacking: Sequence[str]) -> tuple[str, ...]:
        if counting.is_permissive(answer):
            return ()
        words = [self._asked[fact].words if fact in self._asked else fact for fact in lacking]
        names = self.table.mechanisms
        offered = " or ".join(names.get(one, one) for one in row.offers)
        is_offered = offered and (not lacking or self.table.mechanism in lacking)
        kept = [
            word for word, fact in zip(words, lacking, strict=True) if fact != self.table.mechanism
        ]
        one_of = (mark("one of: {offered}").format(offered=offered),) if is_offered else ()
        return (*one_of, *kept)

    def _said(self, row: Row, entry: Entry | None, until: date | None) -> tuple[str, ...]:
        found = [row.warning] if row.warning else []
        if entry is not None and entry.warning:
            found.append(entry.warning)
        if entry is not None and self.facts.get("origin") in entry.beyond:
            found.append(entry.beyond_says)
        today = self.bench.at.date()
        if until is not None and 0 <= (until - today).days <= _REPORTED_DAYS:
            found.append(mark("it ends on {until}").format(until=until))
        if entry is not None and entry.decided is not None and entry.review_years is not None:
            review = entry.decided.replace(year=entry.decided.year + entry.review_years)
            if review < today:
                found.append(mark("its review was due on {review}").format(review=review))
        return tuple(found)

    def _age(self, name: str) -> tuple[str, ...]:
        """Whether somebody should look at a list again."""
        listed = self.bench.tables.lists.get(name)
        if listed is None or listed.recheck_days is None:
            return ()
        days = (self.bench.at.date() - listed.as_of).days
        if days <= listed.recheck_days:
            return ()
        said = mark("the list was last checked on {as_of}, {days:,} days ago; look again")
        return (said.format(as_of=listed.as_of, days=days),)


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]
