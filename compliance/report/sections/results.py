"""The results in numbers: by law, by stage of the life cycle, and over time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from compliance.i18n import meant
from compliance.i18n import translate as _
from compliance.report import wording
from compliance.report.charts import Line, line_chart, share_chart
from compliance.report.nouns import Evidence
from compliance.report.tables import Fill, Plain, heading, table
from compliance.report.wording import count
from compliance.rules.nouns import POLICY, Standing, State, Verdict

_COLUMNS = (
    State.NOT_MET,
    State.NOT_ASSESSED,
    State.WAIVED,
    State.MET,
    State.NOT_APPLICABLE,
)
_ROLES = {
    State.MET: "direct",
    State.NOT_MET: "sensitive",
    State.NOT_ASSESSED: "unseen",
    State.WAIVED: "quasi",
}

Key = TypeVar("Key", str, int)
_Counts = dict[Key, Counter[State]]


def to_results(evidence: Evidence) -> Plain:
    """How many verdicts of each kind there are, by law and by stage, and how the score went."""
    verdicts = evidence.assessment.verdicts
    standards = evidence.audited.standards
    laws = _counted(verdicts, _law)
    titles = standards.stages if standards else ()
    stages = _counted(verdicts, lambda v: v.stage)
    return {
        "laws": _table(_("Law"), {law: laws[law] for law in sorted(laws, key=_last)}),
        "chart": _chart(laws),
        "stages": _table(
            _("Stage of the life cycle"),
            {_stage(number, titles): stages[number] for number in sorted(stages)},
        ),
        "trend": to_trend(evidence),
    }


def to_trend(evidence: Evidence) -> Plain:
    """The score over the last assessments of the same, in words and, from three on, as a chart."""
    scored = [s for s in evidence.audited.standings if s.score is not None]
    return {"says": _trend_says(evidence.audited.standings), "chart": _trend_chart(scored)}


def _trend_says(standings: Sequence[Standing]) -> str:
    if len(standings) < 2:
        return _("There is no earlier assessment of the same to compare with.")
    before, now = standings[-2], standings[-1]
    if before.score is None or now.score is None:
        return _("One of the last two assessments could decide nothing, so they do not compare.")
    said = _("At the assessment before, of {when}, the score was {score}: {change}.").format(
        when=wording.when(before.assessed_at),
        score=wording.percent(before.score / 100),
        change=_change(before, now),
    )
    if before.pack and before.pack != now.pack:
        said = wording.run_on(
            [said, _("The rules changed in between, so the scores compare only in part.")]
        )
    return said


def _change(before: Standing, now: Standing) -> str:
    unmet = now.counts.get(State.NOT_MET, 0) - before.counts.get(State.NOT_MET, 0)
    points = round(now.score or 0) - round(before.score or 0)
    if not points and not unmet:
        return _("unchanged")
    return _("{points} points, {findings} findings").format(
        points=_with_sign(points), findings=_with_sign(unmet)
    )


def _with_sign(number: int) -> str:
    return f"+{number}" if number > 0 else wording.count(number) if number else "±0"


def _trend_chart(scored: Sequence[Standing]) -> Plain | None:
    if len(scored) < 3:
        return None
    points = tuple((float(n), s.score or 0.0) for n, s in enumerate(scored, start=1))
    first, last = scored[0], scored[-1]
    line = Line(name=_("score"), role="main", points=points)
    alt = _(
        "Line of the score over {n} assessments: {first} on {then}, {last} on {now}; "
        "lowest {low}, highest {high}."
    ).format(
        n=len(scored),
        first=wording.percent((first.score or 0) / 100),
        then=wording.day(first.assessed_at),
        last=wording.percent((last.score or 0) / 100),
        now=wording.day(last.assessed_at),
        low=wording.percent(min(y for __, y in points) / 100),
        high=wording.percent(max(y for __, y in points) / 100),
    )
    return {
        "panels": [
            line_chart(
                _("Score, in percent"), _("assessments, this one last"), [line], shown=(0.0, 100.0)
            )
        ],
        "legend": [],
        "alt": alt,
        "caption": _("The score over the last {n} assessments of the same.").format(n=len(scored)),
    }


def _counted(verdicts: Sequence[Verdict], key: Callable[[Verdict], Key]) -> _Counts[Key]:
    found: _Counts[Key] = {}
    for verdict in verdicts:
        found.setdefault(key(verdict), Counter())[verdict.state] += 1
    return found


def _law(verdict: Verdict) -> str:
    if verdict.law == POLICY:
        return _("the desk's own policy")
    return _(verdict.law_name or verdict.law)


def _last(law: str) -> tuple[bool, str]:
    """The policy after the laws."""
    return (law == _("the desk's own policy"), law)


def _stage(number: int, titles: Sequence[str]) -> str:
    title = _(titles[number - 1]) if 0 < number <= len(titles) else _("no stage")
    return f"{number} {title}"


def _table(title: str, counts: Mapping[str, Counter[State]]) -> Plain | None:
    headings = [
        heading(title, 2.4, Fill.NAME),
        *(heading(wording.capital(_(state.value)), fill=Fill.NUMBER) for state in _COLUMNS),
        heading(meant("of verdicts", "All"), fill=Fill.NUMBER),
        heading(_("Score"), fill=Fill.NUMBER),
    ]
    total: Counter[State] = Counter()
    for some in counts.values():
        total += some
    lines = [*counts.items(), (_("All"), total)] if len(counts) > 1 else [*counts.items()]
    rows = [
        [
            name,
            *(count(some[state]) for state in _COLUMNS),
            count(some.total()),
            _score(some),
        ]
        for name, some in lines
    ]
    return table(headings, rows)


def _score(some: Counter[State]) -> str:
    decided = some[State.MET] + some[State.NOT_MET]
    return wording.percent(some[State.MET] / decided) if decided else "–"


def _chart(laws: Mapping[str, Counter[State]]) -> Plain | None:
    """What applies, law by law; what does not apply is left out."""
    rows = []
    for law in sorted(laws, key=_last):
        some = laws[law]
        applies = sum(some[state] for state in _ROLES)
        if applies:
            parts = [(role, some[state] / applies) for state, role in _ROLES.items()]
            note = _("{met} of {all} met").format(met=count(some[State.MET]), all=count(applies))
            rows.append((law, parts, note))
    if not rows:
        return None
    worst = max(laws, key=lambda law: (laws[law][State.NOT_MET], law))
    return share_chart(
        rows,
        [(role, _(state.value)) for state, role in _ROLES.items()],
        alt=_(
            "One bar per law, split into met, not met, not assessed and waived; most unmet "
            "duties: {law}, {n}."
        ).format(law=worst, n=count(laws[worst][State.NOT_MET])),
        caption=_("Verdicts that apply, law by law."),
    )
