"""The ten stages of the life cycle: where each stands and what to do next."""

from __future__ import annotations

from dataclasses import dataclass, replace

from compliance.i18n import mark
from compliance.rules.nouns import Assessment, Progress, Stage, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What there is in the desk, counted.

    Attributes:
        datasets, described, cleaning_steps, with_region: of datasets.
        discovered, confirmed: datasets with labels, and with none left to confirm.
        releases, runs, anonymised, edges, entries, reports: how many.
        trail_problems: found when the trail was last verified.
        assessment: the latest, if any.
        closed: findings of the assessment before that are gone.
    """

    datasets: int
    described: int
    cleaning_steps: int
    with_region: int
    discovered: int
    confirmed: int
    releases: int
    runs: int
    anonymised: int
    edges: int
    entries: int
    reports: int
    trail_problems: int
    assessment: Assessment | None
    closed: int


def stages(tally: Tally) -> tuple[Stage, ...]:
    """The ring, in order. Nothing is open before there is a dataset, except collecting one."""
    ring = (
        _collection(tally),
        Stage(
            number=2,
            title=mark("Preprocessing"),
            progress=Progress.DONE,
            says=mark("{cleaning_steps} recorded").format(
                cleaning_steps=_n(tally.cleaning_steps, "cleaning step")
            ),
            next_step="",
            page="datasets",
        ),
        _labelling(tally),
        _storage(tally),
        _analysis(tally),
        Stage(
            number=6,
            title="Traceability",
            progress=_progress(tally.edges > 0),
            says=_n(tally.edges, mark("lineage edge")),
            next_step="",
            page="lineage",
        ),
        Stage(
            number=7,
            title=mark("Audit"),
            progress=_progress(tally.trail_problems == 0),
            says=mark("{entries:,} entries in the trail, {problems}").format(
                entries=tally.entries, problems=_n(tally.trail_problems, "problem")
            ),
            next_step=mark("Look at what is wrong with the trail."),
            page="trail",
        ),
        _decision(tally),
        Stage(
            number=9,
            title=mark("Report"),
            progress=_progress(tally.reports > 0),
            says=mark("{reports} built").format(reports=_n(tally.reports, "report")),
            next_step=mark("Build the audit report."),
            page="reports",
        ),
        _improvement(tally),
    )
    return tuple(_waiting(stage, tally) for stage in ring)


def _collection(tally: Tally) -> Stage:
    is_empty = tally.datasets == 0
    said = mark("{described} of {datasets} datasets have purpose and legal basis").format(
        described=tally.described, datasets=tally.datasets
    )
    step = mark("State purpose and legal basis of each dataset.")
    return Stage(
        number=1,
        title=mark("Collection"),
        progress=_progress(not is_empty and tally.described == tally.datasets),
        says=mark("No datasets yet") if is_empty else said,
        next_step=mark("Load a table, or open the demo shop.") if is_empty else step,
        page="datasets",
    )


def _labelling(tally: Tally) -> Stage:
    is_searched = tally.discovered == tally.datasets
    count, what = (
        (tally.confirmed, mark("have confirmed labels"))
        if is_searched
        else (tally.discovered, mark("have been looked at"))
    )
    return Stage(
        number=3,
        title=mark("Labelling and anonymisation"),
        progress=_progress(is_searched and tally.confirmed == tally.datasets),
        says=mark("{count} of {datasets} datasets {what}, {anonymised:,} anonymised").format(
            count=count, datasets=tally.datasets, what=what, anonymised=tally.anonymised
        ),
        next_step=mark("Confirm or correct what was found.")
        if is_searched
        else mark("Find the personal data."),
        page="discovery",
    )


def _storage(tally: Tally) -> Stage:
    return Stage(
        number=4,
        title=mark("Storage and localisation"),
        progress=_progress(tally.with_region == tally.datasets),
        says=mark("{with_region} of {datasets} datasets have a home region").format(
            with_region=tally.with_region, datasets=tally.datasets
        ),
        next_step=mark("Say in which country each dataset lies."),
        page="datasets",
    )


def _analysis(tally: Tally) -> Stage:
    return Stage(
        number=5,
        title=mark("Analysis"),
        progress=_progress(tally.releases + tally.runs > 0),
        says=f"{_n(tally.releases, 'release')}, {_n(tally.runs, 'federated run')}",
        next_step=mark("Try what a release would look like."),
        page="tradeoff",
    )


def _decision(tally: Tally) -> Stage:
    verdicts = tally.assessment.verdicts if tally.assessment else ()
    unmet = sum(v.state is State.NOT_MET for v in verdicts)
    unknown = sum(v.state is State.NOT_ASSESSED for v in verdicts)
    says = mark("{unmet:,} duties not met, {unknown:,} not assessed").format(
        unmet=unmet, unknown=unknown
    )
    return Stage(
        number=8,
        title=mark("Decision"),
        progress=_progress(bool(verdicts) and not unmet and not unknown),
        says=says if verdicts else mark("Duties not checked yet"),
        next_step=mark("Look at the findings.") if verdicts else mark("Check every duty."),
        page="decisions",
    )


def _improvement(tally: Tally) -> Stage:
    unmet = len(tally.assessment.findings) if tally.assessment else 0
    says = mark("{findings} closed since the last check, {unmet:,} duties not met").format(
        findings=_n(tally.closed, "finding"), unmet=unmet
    )
    is_waiting = tally.assessment is None
    return Stage(
        number=10,
        title=mark("Improvement"),
        progress=Progress.WAITING if is_waiting else _progress(unmet == 0),
        says=mark("Waits for decisions") if is_waiting else says,
        next_step=mark("Work on the worst finding."),
        page="decisions",
    )


def _n(count: int, noun: str) -> str:
    """“1 report”, “2 reports”."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _progress(is_done: bool) -> Progress:  # noqa: FBT001 - one obvious meaning
    return Progress.DONE if is_done else Progress.OPEN


def _waiting(stage: Stage, tally: Tally) -> Stage:
    """Without a dataset all but the first stage wait; only an open stage has a next step."""
    if not tally.datasets and stage.number > 1:
        stage = replace(stage, progress=Progress.WAITING)
    return stage if stage.progress is Progress.OPEN else replace(stage, next_step="")
