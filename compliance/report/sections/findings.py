"""Findings as auditors write them: criteria, condition, cause, effect, recommendation.

All of it is on record in the desk. What nobody recorded is said to be so, and never made up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from compliance.i18n import mark, meant
from compliance.i18n import translate as _
from compliance.report import wording
from compliance.report.nouns import DatasetEvidence, Evidence
from compliance.report.nouns.audited import Criterion, Tracked
from compliance.report.sections import fines
from compliance.report.sections.duties import UNSURE, alike, severity_badge, title_of
from compliance.report.sections.exhibits import Exhibit, references, subject_of
from compliance.report.tables import Cell, Fill, Plain, heading, stacked, table, toned
from compliance.report.wording import count
from compliance.rules.nouns import POLICY, Level, Outcome, Status, Verdict

MOST_EARLIER = 200
_LONG = 1_500  # signs from which on a finding may run over a page end
_WANTED_SHOWN = 160
_PLACES_SHOWN = 12
_NOT_RECORDED = frozenset({"not recorded", "unknown"})
_STATUS = {
    Status.OPEN: mark("open"),
    Status.IN_PROGRESS: mark("in progress"),
    Status.CLOSED: mark("closed"),
}


def to_findings(evidence: Evidence, found: Sequence[Exhibit]) -> list[Plain]:
    """Every duty that is not met; those of one rule on the same facts together."""
    unmet = evidence.assessment.findings
    places = {id(verdict): n for n, verdict in enumerate(evidence.assessment.verdicts)}
    tracked = {one.key: one for one in evidence.audited.findings}
    labels = references(found)
    return [
        _finding(number, group, evidence, tracked, _shown_by(group, places, labels))
        for number, group in enumerate(alike(unmet), start=1)
    ]


def _finding(
    number: int,
    group: Sequence[Verdict],
    evidence: Evidence,
    tracked: Mapping[tuple[str, str, str], Tracked],
    shown_by: str,
) -> Plain:
    first = group[0]
    standards = evidence.audited.standards
    criterion = standards.criteria.get(first.rule) if standards else None
    on_record = [tracked[v.key] for v in group if v.key in tracked]
    facts = {
        _("Subject"): wording.enumerated(wording.abridged(_(v.subject), 120) for v in group),
        _("Criteria"): _criteria(first, criterion),
        _("Condition"): wording.sentence(_(first.evidence)),
        _("Cause"): _cause(first),
        _("Effect"): _effect(group, criterion, evidence),
        meant("what ends a finding", "Recommendation"): _recommendation(first),
        _("Owner and due"): _owned(on_record),
        _("Response"): _response(on_record),
    }
    if first.due is not None:
        facts[_("Legal deadline")] = wording.day(first.due)
    shown = [{"name": name, "value": value, "refs": False} for name, value in facts.items()]
    shown.append({"name": _("Evidence"), "value": shown_by, "refs": True})
    return {
        "number": f"F{number}",
        "title": title_of(first),
        "badge": severity_badge(first.severity),
        "is_long": sum(map(len, facts.values())) > _LONG,
        "facts": shown,
    }


def _criteria(verdict: Verdict, criterion: Criterion | None) -> str:
    """The article, the rule, and what it asks for."""
    said = _("{reference} (rule {rule})").format(reference=_(verdict.reference), rule=verdict.rule)
    unsure = _(UNSURE.get(verdict.level, ""))
    said = wording.joined([said, unsure]) if unsure else said
    if criterion is None:
        return said
    return _("{what}: {says}").format(what=said, says=wording.sentence(_(criterion.requirement)))


def _cause(verdict: Verdict) -> str:
    """The facts by which it fails; those that are not on record together."""
    failing = [outcome for outcome in verdict.outcomes if outcome.holds is False]
    absent = [_(one.word) for one in failing if one.known in _NOT_RECORDED]
    said = [_("Nobody has recorded: {facts}.").format(facts="; ".join(absent))] if absent else []
    said += [_failing(one) for one in failing if one.known not in _NOT_RECORDED]
    return wording.run_on(said) if said else _("Not on record.")


def _failing(one: Outcome) -> str:
    """What is known of a fact, and what it has to be, unless what is known says so already."""
    fact, known = wording.capital(_(one.word)), _(one.known)
    if one.operator == "contains_all":
        return wording.sentence(_("{what}: {says}").format(what=fact, says=known))
    return _("{fact} is {known}, and has to be {wanted}.").format(
        fact=fact, known=known, wanted=wording.shortened(_(one.wanted), _WANTED_SHOWN)
    )


def _effect(group: Sequence[Verdict], criterion: Criterion | None, evidence: Evidence) -> str:
    """Whom it concerns, and what the law threatens, as far as either is on record."""
    names = {v.subject_id for v in group if v.entity == "dataset"}
    held = [e for e in evidence.datasets if str(e.dataset.name) in names]
    said = [_concerned(held)] if held else []
    if group[0].law == POLICY:
        said.append(_("The desk's own policy; no law sets a fine for it."))
    elif criterion is not None and (fine := _fine(criterion)):
        said.append(fine)
    else:
        said.append(_("No fine is on record for this duty."))
    return wording.run_on(said)


def _concerned(held: Sequence[DatasetEvidence]) -> str:
    rows = sum(e.dataset.rows for e in held)
    seen = [e.discovery for e in held if e.discovery is not None]
    if len(seen) < len(held):
        return _("It concerns {rows}; nobody has looked yet which columns are personal.").format(
            rows=count(rows, "row")
        )
    personal = sum(len(discovery.personal) for discovery in seen)
    return _("It concerns {rows} with {columns}.").format(
        rows=count(rows, "row"), columns=count(personal, "personal column")
    )


def _fine(criterion: Criterion) -> str:
    """What the pack knows of fines, as a sentence; empty where that is nothing."""
    most = fines.amounts(criterion.fine)
    parts = [_("up to {amount}").format(amount=most)] if most else []
    said = str(criterion.fine.get("text") or criterion.fine.get("basic") or "")
    if said:
        parts.append(_(said))
    if not parts:
        return ""
    ref = str(criterion.fine.get("ref", ""))
    unsure = _(UNSURE.get(criterion.fine_level or Level.POLICY, ""))
    notes = wording.joined(part for part in (_(ref), unsure) if part)
    fine = _("Not meeting it may cost: {fine}").format(fine=wording.joined(parts))
    return wording.sentence(_("{fine} ({notes})").format(fine=fine, notes=notes) if notes else fine)


def _recommendation(verdict: Verdict) -> str:
    where = _("Page “{page}” of the desk; stage {stage} of 10 of the data's life cycle.").format(
        page=_(wording.capital(verdict.page)), stage=verdict.stage
    )
    what = wording.sentence(_(verdict.remedy)) if verdict.remedy.strip() else ""
    return wording.run_on(part for part in (what or _("None is on record."), where) if part)


def _owned(on_record: Sequence[Tracked]) -> str:
    """Who mends it and by when, on every subject that is told apart."""
    if not on_record:
        return _("The finding is not on record as a task.")
    said = dict.fromkeys(
        _("{owner}, by {due}").format(
            owner=one.owner or _("nobody has been named"), due=wording.day(one.due)
        )
        for one in on_record
    )
    ids = wording.enumerated(one.id for one in on_record[:_PLACES_SHOWN])
    more = len(on_record) - _PLACES_SHOWN
    if more > 0:
        ids = _("{ids} and {more} more").format(ids=ids, more=count(more))
    owners = wording.capital(wording.joined(said))
    return _("{owners} (on record as {ids})").format(owners=owners, ids=ids)


def _response(on_record: Sequence[Tracked]) -> str:
    """What those responsible decided or began, as far as it is on record."""
    begun = sum(one.status is Status.IN_PROGRESS for one in on_record)
    said = [
        _("Waived until {day} by {who}: {why}").format(
            day=wording.day(one.waived_until),
            who=one.waived_by,
            why=wording.sentence(one.waived_why),
        )
        for one in on_record
        if one.waived_until is not None
    ]
    if begun and begun == len(on_record):
        said.append(_("Work on it has begun."))
    elif begun:
        said.append(
            _("Work on {begun} of {all} has begun.").format(
                begun=count(begun), all=count(len(on_record))
            )
        )
    return wording.run_on(dict.fromkeys(said)) if said else _("None is on record.")


def _shown_by(
    group: Sequence[Verdict],
    places: Mapping[int, int],
    labels: Mapping[tuple[str, str], tuple[str, ...]],
) -> str:
    """Which exhibits show it: verdicts by their number, and those on what they are about."""
    numbers = [str(places[id(v)]) for v in group]
    shown = wording.enumerated(numbers[:_PLACES_SHOWN])
    if len(numbers) > _PLACES_SHOWN:
        shown = _("{ids} and {more} more").format(
            ids=shown, more=count(len(numbers) - _PLACES_SHOWN)
        )
    verdicts = _("E1 (verdict {numbers})").format(numbers=shown)
    found: dict[str, None] = {}
    for verdict in group:
        entity, __ = subject_of(verdict)
        on = labels.get(subject_of(verdict)) or labels.get((entity, "")) or ()
        found |= dict.fromkeys(on)
    return wording.enumerated([verdicts, *list(found)[:_PLACES_SHOWN]])


def to_earlier(evidence: Evidence) -> Plain:
    """What became of the findings that were on record before this assessment."""
    at = evidence.assessment.assessed_at
    before = [one for one in evidence.audited.findings if one.opened_at < at]
    order = {Status.OPEN: 0, Status.IN_PROGRESS: 1, Status.CLOSED: 2}
    before.sort(key=lambda one: (order[one.status], one.due, one.id))
    headings = [
        heading(_("Finding"), 1.6, Fill.NAME),
        heading(_("Duty"), 2.6),
        heading(_("Subject"), 2.2, Fill.NAME),
        heading(_("Opened"), 1.4),
        heading(_("Due"), 1.4),
        heading(_("How it stands"), 2.2),
    ]
    rows: list[list[Cell]] = [
        [
            one.id,
            stacked(_(one.title), _("rule {rule}").format(rule=one.rule)),
            wording.abridged(_(one.subject)),
            wording.day_stamp(one.opened_at),
            wording.day_stamp(one.due),
            _standing(one, evidence),
        ]
        for one in before[:MOST_EARLIER]
    ]
    return {
        "says": _earlier_says(evidence, before),
        "table": table(headings, rows),
        "left": max(len(before) - MOST_EARLIER, 0),
    }


def _earlier_says(evidence: Evidence, before: Sequence[Tracked]) -> str:
    if not before:
        return _("No finding was on record before this assessment.")
    closed = sum(one.status is Status.CLOSED for one in before)
    late = sum(is_overdue(one, evidence) for one in before)
    return _(
        "On record before this assessment: {before}. Closed by a re-test: {closed}; open: {open}, "
        "of these overdue: {late}."
    ).format(
        before=count(len(before), "finding"),
        closed=count(closed),
        open=count(len(before) - closed),
        late=count(late),
    )


def _standing(one: Tracked, evidence: Evidence) -> Cell:
    if one.status is Status.CLOSED and one.closed_at is not None:
        day = wording.day(one.closed_at)
        return toned(_("closed {day} by {who}").format(day=day, who=one.closed_by), "good")
    if one.waived_until is not None:
        return _("waived until {day} by {who}").format(
            day=wording.day(one.waived_until), who=one.waived_by
        )
    said = _(_STATUS[one.status])
    if is_overdue(one, evidence):
        return toned(_("{status}, overdue").format(status=said), "bad")
    return said


def is_overdue(one: Tracked, evidence: Evidence) -> bool:
    """Whether it is open, not waived, and its day is over."""
    is_left = one.status is not Status.CLOSED and one.waived_until is None
    return is_left and one.due < evidence.assessment.assessed_at.date()


def open_findings(evidence: Evidence) -> list[Tracked]:
    """On record, open and not waived."""
    return [
        one
        for one in evidence.audited.findings
        if one.status is not Status.CLOSED and one.waived_until is None
    ]
