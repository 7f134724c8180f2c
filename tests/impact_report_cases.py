"""What reports on impact assessments stand on: signed, outdated, just begun, and a hostile one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import impact_cases as cases
import report_hostile
import report_samples as samples

from compliance.dataset.nouns import ColumnName, DatasetName
from compliance.impact import (
    feared,
    hash_of,
    level_after,
    level_before,
    measures,
    method,
    missing_in,
    planned,
    shielded,
    validated,
    weighed,
)
from compliance.impact.nouns import (
    Answer,
    Criterion,
    Impact,
    ImpactKind,
    Measure,
    Opinion,
    Origin,
    Status,
    Voice,
)
from compliance.report.nouns import DatasetEvidence, ImpactEvidence, ImpactVersion
from compliance.rules.nouns import Knowledge

KNOWN = cases.knowledge(cases.holding(), cases.output())


def signed(known: Knowledge = KNOWN, **change: Any) -> Impact:
    """A validated assessment with an action plan."""
    impact = cases.complete(known, **change)
    if impact.kind is ImpactKind.DPIA:
        impact = planned(impact, Measure(what="backups", owner="IT", due=cases.TODAY))
        impact = planned(impact, Measure(what="opt_out", owner="Shop", is_done=True))
        impact = shielded(impact, "disappearance", ["backups", "redundancy"])
    done = validated(impact, known, by="A. Officer", at=cases.AT)
    return replace(done, version=4, actor="A. Officer", at=cases.AT)


def evidence(impact: Impact | None = None, **change: Any) -> ImpactEvidence:
    """What the report on one assessment stands on, in a desk in good order."""
    impact, shop = impact or signed(), samples.retail()
    held = cases.holding()
    is_signed = impact.status is Status.VALIDATED
    plain = ImpactEvidence(
        organisation=shop.organisation,
        impact=impact,
        method=method(),
        screened=weighed(impact.screening) if impact.screening else None,
        levels={e.id: (level_before(e), level_after(e)) for e in impact.events},
        measures={one.id: one.title for one in measures()},
        missing=() if is_signed else missing_in(impact),
        changed=(),
        stands_on=hash_of(impact.stands_on or impact.drawn_from),
        versions=tuple(
            ImpactVersion(version=n, status=s, at=cases.AT, actor="A. Officer", residual=None)
            for n, s in enumerate((Status.DRAFT, Status.DRAFT, Status.REVIEW, impact.status), 1)
        ),
        datasets=(
            DatasetEvidence(dataset=held.dataset, discovery=held.discovery, releases=(), runs=()),
        ),
        lineage=shop.lineage,
        trail=shop.trail,
        desk_version="0.1.0",
        gathered_at=samples.NOW,
    )
    return replace(plain, **change)


def interests() -> ImpactEvidence:
    """A legitimate-interest assessment that passed."""
    return evidence(signed(kind=ImpactKind.LIA))


def outdated() -> ImpactEvidence:
    """Signed, and then the facts changed."""
    return evidence(changed=("new columns in patients: phone", "the region of patients changed"))


def begun() -> ImpactEvidence:
    """Just begun without a template, of datasets that are gone, by nobody."""
    impact = cases.begun_one(cases.knowledge(cases.holding(discovery=None)), template="")
    bare = samples.empty()
    return evidence(
        replace(impact, actor=""),
        organisation=bare.organisation,
        datasets=(),
        lineage=(),
        trail=bare.trail,
    )


def hostile() -> ImpactEvidence:
    """Texts that look like markup, are endless, or run from right to left, wherever one can be."""
    texts = report_hostile.HOSTILE

    def text(number: int) -> str:
        return texts[number % len(texts)]

    impact = signed()
    for number, one in enumerate(texts[:6]):
        impact = feared(impact, f"{one[:150]} {number}")
    impact = planned(impact, Measure(what=text(1), events=("access",), owner=text(2)))
    answers = {
        id_: Answer(text=text(n), origin=Origin.TYPED, drawn=text(n + 1), facts=(text(n + 2)[:40],))
        for n, id_ in enumerate(impact.answers)
    }
    screening = {
        id_: Criterion(holds=bool(n % 2), why=text(n), origin=Origin.TYPED)
        for n, id_ in enumerate(impact.screening)
    }
    events = tuple(
        replace(
            event,
            impacts=Answer(text=text(n), origin=Origin.TYPED),
            threats=Answer(text=text(n + 1), origin=Origin.TEMPLATE),
            measures=(*event.measures, text(n + 2)),
        )
        for n, event in enumerate(impact.events)
    )
    opinions = tuple(
        Opinion(of=voice, by=text(n), text=text(n + 1), reason=text(n + 2))
        for n, voice in enumerate(Voice)
    )
    held = cases.holding()
    columns = tuple(
        replace(held.dataset.columns[0], name=ColumnName(f"{one} {n}"))
        for n, one in enumerate(texts)
    )
    dataset = replace(held.dataset, columns=columns, name=DatasetName("Łódź 华东 orders"))
    odd = replace(
        impact,
        title=text(3),
        activity=text(4),
        answers=answers,
        screening=screening,
        events=events,
        opinions=opinions,
        because=text(5),
        validated_by=text(6),
        actor=text(7),
    )
    shop = report_hostile.hostile()
    return evidence(
        odd,
        organisation=shop.organisation,
        changed=tuple(f"changed: {one}" for one in texts),
        datasets=(DatasetEvidence(dataset=dataset, discovery=None, releases=(), runs=()),),
        lineage=shop.lineage,
        trail=shop.trail,
    )
