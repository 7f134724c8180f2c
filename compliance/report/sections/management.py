"""The management summary: what is wrong, what is due and what has to be decided, plainly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from compliance.i18n import locales, mark
from compliance.i18n import translate as _
from compliance.report import charts, wording
from compliance.report.nouns import SummaryEvidence
from compliance.report.sections import fines
from compliance.report.sections.duties import severity_badge
from compliance.report.sections.traceability import to_traceability
from compliance.report.tables import Cell, Fill, Plain, fact, heading, stacked, table, tile, toned
from compliance.report.texts import texts
from compliance.report.wording import count
from compliance.rules.nouns import Finding, Severity, State, Verdict

_WORST = 5
_NAMES_SHOWN = 3
_DONE_SHOWN = 6
_CONDITION_SHOWN = 160
_SCORES_DRAWN = 60
_DAY = 86_400  # seconds
_LONG = 3  # days from which on a curve is drawn over time, and not from check to check
_NEARLY_SPENT = 0.8
_GRAVE = (Severity.CRITICAL, Severity.HIGH)
_NOBODY = mark("nobody yet")


def to_management(evidence: SummaryEvidence) -> Plain:
    """All of the summary."""
    return {
        "facts": _facts(evidence),
        "verdict": _verdict(evidence),
        "tiles": _tiles(evidence),
        "trend": _trend(evidence),
        "trend_says": _trend_in_words(evidence),
        "worst": _worst(evidence),
        "worst_left": max(len(_by_rule(evidence)) - _WORST, 0),
        "due": _due(evidence),
        "budgets": _budgets(evidence),
        "done": _done(evidence),
        "decisions": list(_decisions(evidence)),
        "trail": to_traceability((), evidence.trail, evidence.gathered_at),
    }


def _facts(evidence: SummaryEvidence) -> list[Plain]:
    since = evidence.improvement.since
    return [
        fact(_("For"), texts()["summary"]["readers"]),
        fact(_("As of"), wording.when(evidence.gathered_at)),
        fact(_("Compared with"), wording.day(since) if since else _("nothing: this is the first")),
    ]


def _verdict(evidence: SummaryEvidence) -> Plain:
    """How things stand, in one sentence; what is unknown is never counted as well."""
    found = evidence.assessment.findings
    grave = sum(finding.severity in _GRAVE for finding in found)
    if not evidence.trail.ok:
        return {"tone": "bad", "says": _("The desk's own log was tampered with or damaged.")}
    if grave:
        says = _("Open: {points}, of which {n} serious; they need a decision.")
        points = count(len(found), "point")
        return {"tone": "bad", "says": says.format(n=count(grave), points=points)}
    if found:
        says = _("Open: {points}, none of them serious.").format(points=count(len(found), "point"))
        return {"tone": "warn", "says": says}
    states = [verdict.state for verdict in evidence.assessment.verdicts]
    if unknown := states.count(State.NOT_ASSESSED):
        says = _("Nothing was found wrong, but not everything could be checked: {points} not.")
        return {"tone": "warn", "says": says.format(points=count(unknown, "point"))}
    if State.MET not in states:
        return {"tone": "calm", "says": _("Nothing could be decided yet.")}
    return {"tone": "good", "says": _("Everything that could be checked is in order.")}


def _tiles(evidence: SummaryEvidence) -> list[Plain]:
    whole, budgets = evidence.improvement.whole, evidence.budgets
    score = _("not known") if whole.score is None else wording.percent(whole.score / 100)
    left = min((1 - budget.share_spent for budget in budgets), default=None)
    late = _late(evidence)
    return [
        tile(_("Score"), score, _change_in_words(whole.change)),
        tile(
            _("Open points"),
            count(len(evidence.assessment.findings)),
            _("{n} closed since last time").format(n=count(whole.closed)),
        ),
        tile(
            _("Overdue"),
            count(late),
            _("past their day"),
            tone="bad" if late else "",
        ),
        tile(
            _("Budget left"),
            _("none exists") if left is None else wording.percent(max(left, 0.0)),
            _("for publishing figures about people"),
            tone="warn" if left is not None and left < 1 - _NEARLY_SPENT else "",
        ),
    ]


def _late(evidence: SummaryEvidence) -> int:
    """What is past its day: by a finding's own day, or by a clock of the law."""
    today = evidence.gathered_at.date()
    clocks = {v.key for v in evidence.assessment.findings if v.due and v.due < today}
    days = {finding.key for finding in evidence.findings if finding.due < today}
    upcoming = sum(one.is_late for one in evidence.improvement.upcoming)
    return max(len(clocks | days), upcoming)


def _change_in_words(change: float | None) -> str:
    if change is None:
        return _("no earlier score to compare with")
    if change == 0:
        return _("as last time")
    said = _("{n} points up") if change > 0 else _("{n} points down")
    return said.format(n=wording.number(abs(change), 1))


def _trend(evidence: SummaryEvidence) -> Plain | None:
    """The score over time; None where there are not two to join."""
    scores = evidence.improvement.whole.scores[-_SCORES_DRAWN:]
    if len(scores) < 2:
        return None
    last = scores[-1][0]
    ago = [(moment - last).total_seconds() / _DAY for moment, _score in scores]
    is_long = ago[0] < -_LONG
    places = ago if is_long else range(1, len(scores) + 1)
    points = [(float(x), score) for x, (_moment, score) in zip(places, scores, strict=True)]
    line = charts.Line(name=_("Score"), role="main", points=tuple(points))
    under = _("days before the last check") if is_long else _("check")
    return {
        "panels": [charts.line_chart(_("Score, in percent"), under, [line], shown=(0, 100))],
        "legend": [],
        "alt": _("The score went from {first} to {last} in {n} checks.").format(
            first=wording.percent(points[0][1] / 100),
            last=wording.percent(points[-1][1] / 100),
            n=count(len(points)),
        ),
        "caption": _("Score at each check: points in order among those that could be decided."),
    }


def _trend_in_words(evidence: SummaryEvidence) -> str:
    counts = evidence.improvement.whole.duties
    decided = counts[State.MET] + counts[State.NOT_MET]
    if not decided:
        return _("There is no score: nothing could be decided yet.")
    return _(
        "{met} of {decided} points that could be decided are in order. {unknown} could not be "
        "checked for want of facts, and count neither way."
    ).format(
        met=count(counts[State.MET]),
        decided=count(decided),
        unknown=count(counts[State.NOT_ASSESSED]),
    )


def _by_rule(evidence: SummaryEvidence) -> Mapping[str, Sequence[Verdict]]:
    """What is wrong, by duty, worst first."""
    found: dict[str, list[Verdict]] = {}
    for verdict in evidence.assessment.findings:
        found.setdefault(verdict.rule, []).append(verdict)
    return found


def _worst(evidence: SummaryEvidence) -> Plain | None:
    headings = [
        heading(_("Duty that is not met"), 2.6),
        heading(_("If nothing is done"), 2),
        heading(_("What to decide"), 2.2),
        heading(_("Who, until when"), 1.3, Fill.NAME),
    ]
    kept = {finding.key: finding for finding in evidence.findings}
    rows = [
        _wrong(found, [kept[v.key] for v in found if v.key in kept], evidence)
        for found in list(_by_rule(evidence).values())[:_WORST]
    ]
    return table(headings, rows)


def _wrong(
    found: Sequence[Verdict], kept: Sequence[Finding], evidence: SummaryEvidence
) -> list[Cell]:
    first = found[0]
    names = wording.listed([wording.abridged(_(v.subject)) for v in found[:_NAMES_SHOWN]])
    more = len(found) - _NAMES_SHOWN
    where = _("{names} and {n} more").format(names=names, n=count(more)) if more > 0 else names
    badge = severity_badge(first.severity)
    title = _("{severity}: {title}").format(severity=badge["text"], title=_(first.title))
    owners = sorted({finding.owner for finding in kept if finding.owner})
    day = min((finding.due for finding in kept), default=None)
    return [
        {"text": title, "tone": badge["tone"], "below": where, "below_tone": ""},
        stacked(
            _cost(evidence.fines.get(first.rule)),
            _("under {article}").format(article=_(first.reference)),
        ),
        wording.shortened(wording.sentence(_(first.remedy)), _CONDITION_SHOWN),
        stacked(wording.listed(owners, _NOBODY), _day(day) if day else ""),
    ]


def _cost(fine: Mapping[str, Any] | None) -> str:
    """What a breach may cost, from the table of fines that came with the rules."""
    if not fine:
        return _("No fine is on record for it; people may be harmed, and trust is lost.")
    most = fines.amounts(fine)
    if not most:
        return wording.sentence(_(str(fine.get("text", _("a fine")))))
    return wording.sentence(_("A fine of up to {amounts}").format(amounts=most))


def _due(evidence: SummaryEvidence) -> Plain | None:
    headings = [
        heading(_("Until"), 1.4),
        heading(_("What"), 3),
        heading(_("On"), 2, Fill.NAME),
        heading(_("Who"), 1.2, Fill.NAME),
    ]
    rows: list[list[Cell]] = [
        [
            toned(_("{day}, over").format(day=_day(one.day)), "bad")
            if one.is_late
            else _day(one.day),
            _(one.what),
            wording.abridged(_(one.subject)),
            one.owner or _(_NOBODY),
        ]
        for one in evidence.improvement.upcoming
    ]
    return table(headings, rows)


def _day(day: date) -> str:
    return locales.day(day)


def _budgets(evidence: SummaryEvidence) -> Plain | None:
    """What is spent of each budget, in shares alone."""
    budgets = evidence.budgets[: charts.MOST_GROUPS]
    if not budgets:
        return None
    spent = [
        _("{share} spent").format(share=wording.percent(budget.share_spent)) for budget in budgets
    ]
    pairs = list(zip(budgets, spent, strict=True))
    return charts.share_chart(
        [(b.population, [("main", b.share_spent)], said) for b, said in pairs],
        [("main", _("spent")), ("rest", _("left"))],
        alt=wording.sentence(
            wording.joined(
                _("{name}: {note}").format(name=b.population, note=said) for b, said in pairs
            )
        ),
        caption=_("How much of each budget is spent.")
        + charts.only_first(len(evidence.budgets), "populations"),
    )


def _done(evidence: SummaryEvidence) -> list[str]:
    """What happened since last time, in sentences."""
    loop, since = evidence.improvement.whole, evidence.improvement.since
    done = []
    if loop.closed:
        points = count(loop.closed, "point")
        done.append(_("Mended and tested again: {points}.").format(points=points))
    applied = [one for one in evidence.improvement.applied if not since or one.applied_at >= since]
    done += [
        _("{day}: {what}").format(
            day=wording.day(one.applied_at), what=wording.sentence(_(one.remedy.what))
        )
        for one in applied[:_DONE_SHOWN]
    ]
    return done


def _decisions(evidence: SummaryEvidence) -> Iterator[str]:
    """What is asked of the readers, the most pressing first."""
    if not evidence.trail.ok:
        yield _("Have it found out why the desk's own log is not whole.")
    yield from _on_points(evidence)
    yield from _on_budgets(evidence)
    loop = evidence.improvement
    if loop.reopened:
        yield _("Look again at what newer data have overtaken: {decisions}.").format(
            decisions=count(len(loop.reopened), "decision")
        )
    if loop.alarms:
        yield _("Have what is unusual looked into: {acts}.").format(
            acts=count(loop.alarms, "unusual act")
        )
    if unknown := loop.whole.duties.get(State.NOT_ASSESSED):
        yield _("Have the missing facts gathered: {points} could not be checked.").format(
            points=count(unknown, "point")
        )


def _on_points(evidence: SummaryEvidence) -> Iterator[str]:
    whole = evidence.improvement.whole
    if late := _late(evidence):
        yield _("Give what is overdue a new day, or the means to be done: {points}.").format(
            points=count(late, "point")
        )
    worst = next(iter(evidence.assessment.findings), None)
    if worst and worst.severity in _GRAVE:
        yield wording.sentence(_(worst.remedy))
    if unowned := whole.open - whole.owned:
        yield _("Name somebody for what nobody has in hand: {points}.").format(
            points=count(unowned, "point")
        )


def _on_budgets(evidence: SummaryEvidence) -> Iterator[str]:
    for budget in evidence.budgets:
        if budget.share_spent >= _NEARLY_SPENT:
            yield _(
                "Decide whether more may be published about {people}: {share} is spent."
            ).format(people=budget.population, share=wording.percent(budget.share_spent))
