"""Reports: evidence gathered at one moment, built, stored under the hash of the PDF."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace

from msgspec.structs import replace as replaced
from sqlalchemy import Connection

from compliance import __version__
from compliance.dataset.nouns import Dataset
from compliance.errors import NothingToReportError, ReportChoiceError
from compliance.federated import from_plan
from compliance.federated.nouns import Run
from compliance.lineage.nouns import Edge, Node, NodeKind
from compliance.plain import to_json, to_yaml
from compliance.privacy import prices_of, protection_of_units
from compliance.privacy.disclosure import to_document
from compliance.privacy.nouns import Protection, Release, SampledGaussianEvent, Spend
from compliance.report import build
from compliance.report.nouns import (
    DatasetEvidence,
    Document,
    Evidence,
    FederatedEvidence,
    Organisation,
    ReleaseEvidence,
    Report,
    ReportKind,
)
from compliance.rules.nouns import Assessment
from compliance.storage import records, tables
from compliance.workspace import (
    assessments,
    budgets,
    datasets,
    disclosures,
    labels,
    releases,
    run_prices,
    runs,
    trails,
)
from compliance.workspace.desk import Desk, store_bytes


def make(
    desk: Desk, kind: ReportKind, names: Sequence[str] | None, about: str | None = None
) -> Report:
    """Gather the evidence, build the PDF and store it; for an audit, check every duty first.

    Raises:
        NothingToReportError: there is no dataset.
        UnknownDatasetError: a name is not there.
        NothingReleasedError, UnknownReleaseError: there is no such release.
        NothingTrainedError, UnknownRunError: there is no such federated run.
        ReportChoiceError: a release or run is named, but the report is about no single one.
    """
    wanted = _wanted(desk, names)
    if kind is ReportKind.RELEASE:
        return _on_release(desk, wanted, about)
    if kind is ReportKind.FEDERATED:
        return _on_run(desk, wanted, about)
    if about is not None:
        raise ReportChoiceError(kind=kind)
    assessment = assessments.check(desk, names)
    with desk.database.reading() as connection:
        evidence = _evidence(desk, connection, wanted, assessment)
    return _store(desk, kind, build(kind, evidence), wanted, ())


def pdf_of(desk: Desk, report: Report) -> bytes:
    """The stored PDF."""
    return (desk.reports_folder / f"{report.sha256}.pdf").read_bytes()


def edges_of(connection: Connection, wanted: Sequence[Dataset]) -> tuple[Edge, ...]:
    """The lineage that leads to or from these datasets, oldest first."""
    ids = {dataset.id for dataset in wanted}
    return tuple(
        edge
        for edge in records.every(connection, tables.EDGE, Edge)
        if edge.origin.id in ids or edge.made.id in ids
    )


def _wanted(desk: Desk, names: Sequence[str] | None) -> tuple[Dataset, ...]:
    """The datasets that a report is on.

    Raises:
        NothingToReportError: there is none.
        UnknownDatasetError: a name is not there.
    """
    with desk.database.reading() as connection:
        wanted = (
            datasets.newest(connection)
            if names is None
            else tuple(datasets.find(connection, name) for name in names)
        )
    if not wanted:
        raise NothingToReportError
    return wanted


def _on_release(desk: Desk, wanted: Sequence[Dataset], release_id: str | None) -> Report:
    """The report on one release of these datasets: that named, or the newest."""
    kind = ReportKind.RELEASE
    with desk.database.reading() as connection:
        release = disclosures.chosen(connection, wanted, release_id)
        evidence = _of_release(desk, connection, release)
    node = Node(kind=NodeKind.RELEASE, id=release.id, title=evidence.disclosure.title)
    return _store(desk, kind, build(kind, evidence), (evidence.dataset,), (node,))


def _on_run(desk: Desk, wanted: Sequence[Dataset], run_id: str | None) -> Report:
    """The report on one federated run on these datasets: that named, or the newest."""
    kind = ReportKind.FEDERATED
    with desk.database.reading() as connection:
        run = runs.chosen(connection, wanted, run_id)
        evidence = _of_run(desk, connection, run)
    node = Node(kind=NodeKind.RUN, id=run.id, title=f"Model of {run.plan.subject}")
    return _store(desk, kind, build(kind, evidence), (evidence.dataset,), (node,))


def _store(
    desk: Desk,
    kind: ReportKind,
    document: Document,
    wanted: Sequence[Dataset],
    origins: Sequence[Node],
) -> Report:
    """Store a finished report with its entry; `origins` are what it is on beside the datasets."""
    sha256 = hashlib.sha256(document.pdf).hexdigest()
    store_bytes(desk.reports_folder / f"{sha256}.pdf", document.pdf)
    with desk.act("report.build", ", ".join(d.name for d in wanted)) as act:
        report = Report(
            id=f"report-{secrets.token_hex(6)}",
            kind=kind,
            datasets=tuple(str(dataset.name) for dataset in wanted),
            sha256=sha256,
            pages=document.pages,
            size_bytes=len(document.pdf),
            built_at=act.at,
            actor=act.actor,
        )
        act.store(tables.REPORT, report, id=report.id)
        node = Node(kind=NodeKind.REPORT, id=report.id, title=f"{kind.capitalize()} report")
        for origin in (*map(datasets.dataset_node, wanted), *origins):
            act.link(origin, node, "reported")
        act.facts |= {"report": report.id, "sha256": sha256, "pages": report.pages}
    return report


def _of_release(desk: Desk, connection: Connection, release: Release) -> ReleaseEvidence:
    disclosure = disclosures.make(desk, connection, release)
    return ReleaseEvidence(
        organisation=records.latest(connection, tables.ORGANISATION, Organisation)
        or Organisation(),
        dataset=datasets.version(connection, release.dataset_id),
        release=release,
        disclosure=disclosure,
        published=to_json(to_document(disclosure)),
        budget=budgets.state(connection, release.population, disclosure.at),
        lineage=_edges_around(connection, release.id),
        trail=trails.verify(connection),
        desk_version=__version__,
        gathered_at=disclosure.at,
    )


def _of_run(desk: Desk, connection: Connection, run: Run) -> FederatedEvidence:
    at = desk.clock()
    dataset = datasets.version(connection, run.dataset_id)
    budget = budgets.state(connection, dataset.population, at)
    spend = next((spend for spend in budget.spends if spend.purpose == run.id), None)
    privacy, facts = run.plan.privacy, _facts_of(connection, run)
    events = _events(run, spend, facts)
    return FederatedEvidence(
        organisation=records.latest(connection, tables.ORGANISATION, Organisation)
        or Organisation(),
        dataset=dataset,
        run=run,
        plan=to_yaml(from_plan(run.plan)),
        spend=spend,
        prices=prices_of(events, privacy.delta) if privacy and events else None,
        others=_others(run, events),
        budget=budget,
        facts=facts,
        libraries=run.libraries or runs.libraries(),
        lineage=_edges_around(connection, run.id),
        trail=trails.verify(connection),
        desk_version=__version__,
        gathered_at=at.replace(microsecond=0),
    )


def _events(
    run: Run, spend: Spend | None, facts: Mapping[str, object]
) -> tuple[SampledGaussianEvent, ...]:
    """What all rounds of a run drew: its own, and those of the run that it goes on from."""
    if spend is None:
        return ()
    before = facts.get("resumed_after", 0)
    earlier = before * run.plan.exchanges if isinstance(before, int) else 0
    own = [event for event in spend.events if isinstance(event, SampledGaussianEvent)]
    return (*run_prices.events_of(run.plan, earlier), *own)


def _others(run: Run, events: Sequence[SampledGaussianEvent]) -> tuple[Protection, ...]:
    """What the run costs every kind of unit; nothing where nothing was drawn."""
    plan = run_prices.of_rows(run.plan) if run.outcome.unit_is_row else run.plan
    privacy = plan.privacy
    if privacy is None or not events:
        return ()
    event = replaced(events[0], rounds=sum(event.rounds for event in events))
    return protection_of_units(privacy.unit, event, privacy.delta, {}, place=privacy.place)


def _facts_of(connection: Connection, run: Run) -> Mapping[str, object]:
    """What the trail's entry on the end of a run tells; nothing where there is none."""
    name = datasets.version(connection, run.dataset_id).name
    for act in disclosures.acts(connection, {name}):
        if act.act == "run.finish" and act.facts.get("run") == run.id:
            return act.facts
    return {}


def _edges_around(connection: Connection, id_: str) -> tuple[Edge, ...]:
    """The lineage that leads to one thing, one step further back, and from it; oldest first."""
    edges = records.every(connection, tables.EDGE, Edge)
    made = {id_} | {edge.origin.id for edge in edges if edge.made.id == id_}
    return tuple(edge for edge in edges if edge.made.id in made or edge.origin.id == id_)


def _evidence(
    desk: Desk, connection: Connection, wanted: Sequence[Dataset], assessment: Assessment
) -> Evidence:
    populations = dict.fromkeys(dataset.population for dataset in wanted)
    at = desk.clock()
    return Evidence(
        organisation=records.latest(connection, tables.ORGANISATION, Organisation)
        or Organisation(),
        datasets=tuple(_of_dataset(connection, dataset) for dataset in wanted),
        budgets=tuple(budgets.state(connection, population, at) for population in populations),
        assessment=assessment,
        lineage=edges_of(connection, wanted),
        trail=trails.verify(connection),
        desk_version=__version__,
        gathered_at=at.replace(microsecond=0),
    )


def _of_dataset(connection: Connection, dataset: Dataset) -> DatasetEvidence:
    discovery = labels.latest(connection, dataset)
    if discovery is not None:  # examples are for the officer's screen only
        bare = tuple(replace(label, examples=()) for label in discovery.labels)
        discovery = replace(discovery, labels=bare)
    return DatasetEvidence(
        dataset=dataset,
        discovery=discovery,
        releases=releases.of(connection, dataset),
        runs=runs.of(connection, dataset),
    )
