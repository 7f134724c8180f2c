"""Reports: evidence gathered at one moment, built, stored under the hash of the PDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from msgspec.structs import replace as replaced
from sqlalchemy import Connection

from compliance import __version__
from compliance.anonymise import from_plan as from_anonymisation_plan
from compliance.anonymise.checking import model_in_words
from compliance.anonymise.nouns import Plan
from compliance.anonymise.nouns.record import Anonymised
from compliance.dataset.nouns import Dataset
from compliance.errors import (
    NothingAnonymisedError,
    NothingToReportError,
    ReportChoiceError,
    UnknownOutputError,
)
from compliance.federated import from_plan
from compliance.federated.nouns import Run
from compliance.i18n import mark
from compliance.lineage.nouns import Node, NodeKind
from compliance.plain import to_json, to_yaml
from compliance.privacy import prices_of, protection_of_units
from compliance.privacy.disclosure import to_document
from compliance.privacy.nouns import Protection, Release, SampledGaussianEvent, Spend
from compliance.register.nouns import Organisation
from compliance.report import build
from compliance.report.nouns import (
    AnonymisationEvidence,
    DatasetEvidence,
    Evidence,
    FederatedEvidence,
    ReleaseEvidence,
    Report,
    ReportKind,
)
from compliance.rules.nouns import Assessment
from compliance.storage import records, tables
from compliance.workspace.anonymising import tables as anonymising
from compliance.workspace.approving import evidence as approving_evidence
from compliance.workspace.bare import without_examples, without_values
from compliance.workspace.data import datasets, labels
from compliance.workspace.desk import Desk
from compliance.workspace.federating import prices, runs
from compliance.workspace.governing import assessments
from compliance.workspace.lineage import edges as lineage_edges
from compliance.workspace.releasing import budgets, disclosures, releases
from compliance.workspace.reporting import audited, impacts, requests, standings
from compliance.workspace.reporting import files as report_files
from compliance.workspace.trails import trails


def make(
    desk: Desk, kind: ReportKind, names: Sequence[str] | None, about: str | None = None
) -> Report:
    """Gather the evidence, build the PDF and store it; for an audit, check every duty first.

    Raises:
        NothingToReportError, UnknownDatasetError: there is no dataset, or none of a name.
        NothingReleasedError, UnknownReleaseError: there is no such release.
        NothingTrainedError, UnknownRunError: there is no such federated run.
        NothingAnonymisedError, UnknownOutputError: there is no such anonymisation.
        NothingAssessedError, UnknownImpactError: there is no such impact assessment.
        WorkspaceError: an anonymised output is not what was checked any more.
        UnknownRequestError, LetterError: there is nothing to write on that request.
        ReportChoiceError: a release or run is named, but the report is about no single one.
    """
    if kind is ReportKind.DPIA:
        return _on_impact(desk, None if names is None else _wanted(desk, names), about)
    if kind is ReportKind.ROPA:
        return _on_processing(desk, () if names is None else _wanted(desk, names), about)
    if kind in requests.KINDS:
        document, subject = requests.built(desk, kind, about)
        return report_files.store(desk, kind, document, (), (), subject)
    wanted = _wanted(desk, names)
    if kind is ReportKind.RELEASE:
        return _on_release(desk, wanted, about)
    if kind is ReportKind.FEDERATED:
        return _on_run(desk, wanted, about)
    if kind is ReportKind.ANONYMISATION:
        return _on_anonymisation(desk, wanted, about)
    if about is not None:
        raise ReportChoiceError(kind=kind)
    if kind is ReportKind.SUMMARY:
        return _on_everything(desk, wanted)
    assessment = assessments.check(desk, names)
    with desk.database.reading() as connection:
        evidence = _evidence(desk, connection, wanted, assessment, names)
    return report_files.store(desk, kind, build(kind, evidence), wanted, ())


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
    return report_files.store(desk, kind, build(kind, evidence), (evidence.dataset,), (node,))


def _on_run(desk: Desk, wanted: Sequence[Dataset], run_id: str | None) -> Report:
    """The report on one federated run on these datasets: that named, or the newest."""
    kind = ReportKind.FEDERATED
    with desk.database.reading() as connection:
        run = runs.chosen(connection, wanted, run_id)
        evidence = _of_run(desk, connection, run)
    node = Node(
        kind=NodeKind.RUN,
        id=run.id,
        title=mark("Model of {target}").format(target=run.plan.subject),
    )
    return report_files.store(desk, kind, build(kind, evidence), (evidence.dataset,), (node,))


def _on_anonymisation(desk: Desk, wanted: Sequence[Dataset], id_: str | None) -> Report:
    """The report on one anonymisation of these datasets, or that made them: named, or newest."""
    kind = ReportKind.ANONYMISATION
    with desk.database.reading() as connection:
        done = _chosen(connection, wanted, id_)
        anonymising.output(desk, done.proof.sha256)  # refuses where it is not what was checked
        evidence = _of_anonymisation(desk, connection, done)
    node = datasets.dataset_node(evidence.output)
    return report_files.store(desk, kind, build(kind, evidence), (evidence.dataset,), (node,))


def _on_impact(desk: Desk, wanted: Sequence[Dataset] | None, id_: str | None) -> Report:
    """The report on one impact assessment, of these datasets or of any: named, or the newest."""
    kind = ReportKind.DPIA
    with desk.database.reading() as connection:
        impact = impacts.chosen(connection, wanted, id_)
        evidence = impacts.gathered(
            desk, connection, impact, _of_dataset, lineage_edges.of_datasets
        )
    concerned = [found.dataset for found in evidence.datasets]
    return report_files.store(desk, kind, build(kind, evidence), concerned, ())


def _on_processing(desk: Desk, wanted: Sequence[Dataset], about: str | None) -> Report:
    """The record of processing, of all activities or of those that use these datasets."""
    if about is not None:
        raise ReportChoiceError(kind=ReportKind.ROPA)
    with desk.database.reading() as connection:
        evidence = standings.processing(desk, connection, [str(d.name) for d in wanted])
    document = build(ReportKind.ROPA, evidence)
    return report_files.store(desk, ReportKind.ROPA, document, wanted, (), "record of processing")


def _on_everything(desk: Desk, wanted: Sequence[Dataset]) -> Report:
    """The management summary, after every duty was checked."""
    assessment = assessments.check(desk)
    with desk.database.reading() as connection:
        evidence = standings.summary(desk, connection, assessment)
    return report_files.store(
        desk, ReportKind.SUMMARY, build(ReportKind.SUMMARY, evidence), wanted, (), "everything"
    )


def _chosen(connection: Connection, wanted: Sequence[Dataset], id_: str | None) -> Anonymised:
    """The anonymisation named, or the newest, whose origin or output is among these datasets.

    Raises:
        NothingAnonymisedError, UnknownOutputError: there is no such anonymisation.
    """
    names = {str(dataset.name) for dataset in wanted}
    where = " and ".join(sorted(names)) if len(names) <= 2 else f"these {len(names)} datasets"
    found = [
        done
        for done in records.newest_by(connection, tables.ANONYMISED, Anonymised, "id").values()
        if names & {datasets.version(connection, i).name for i in (done.dataset_id, done.made)}
    ]
    if not found:
        raise NothingAnonymisedError(dataset=where)
    if id_ is None:
        return found[-1]
    for done in found:
        if done.id == id_:
            return done
    raise UnknownOutputError(anonymised=id_[:80], dataset=where)


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
        lineage=lineage_edges.of_one(connection, release.id),
        trail=trails.verify_signed(desk, connection, disclosure.at),
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
        lineage=lineage_edges.of_one(connection, run.id),
        trail=trails.verify_signed(desk, connection, at.replace(microsecond=0)),
        desk_version=__version__,
        gathered_at=at.replace(microsecond=0),
    )


def _of_anonymisation(
    desk: Desk, connection: Connection, done: Anonymised
) -> AnonymisationEvidence:
    dataset, at = datasets.version(connection, done.dataset_id), desk.clock().replace(microsecond=0)
    entry = (
        act.entry
        for act in disclosures.acts(connection, {dataset.name})
        if act.act == "dataset.anonymise" and act.facts.get("anonymised") == done.id
    )
    return AnonymisationEvidence(
        organisation=records.latest(connection, tables.ORGANISATION, Organisation)
        or Organisation(),
        dataset=dataset,
        output=datasets.version(connection, done.made),
        done=without_values(done),
        criteria=tuple(model_in_words(criterion) for criterion in done.plan.criteria),
        plan=to_yaml(from_anonymisation_plan(_by_hash(without_values(done)))),
        entry=next(entry, 0),
        lineage=lineage_edges.of_one(connection, done.made),
        trail=trails.verify_signed(desk, connection, at),
        desk_version=__version__,
        gathered_at=at,
    )


def _by_hash(done: Anonymised) -> Plan:
    """The plan with each hierarchy under the name by which the desk keeps it."""
    kept = tuple(
        replace(quasi, hierarchy=f"{done.hierarchies[quasi.column]}.csv")
        if quasi.column in done.hierarchies
        else quasi
        for quasi in done.plan.quasi_identifiers
    )
    return replace(done.plan, quasi_identifiers=kept)


def _events(
    run: Run, spend: Spend | None, facts: Mapping[str, object]
) -> tuple[SampledGaussianEvent, ...]:
    """What all rounds of a run drew: its own, and those of the run that it goes on from."""
    if spend is None:
        return ()
    before = facts.get("resumed_after", 0)
    earlier = before * run.plan.exchanges if isinstance(before, int) else 0
    own = [event for event in spend.events if isinstance(event, SampledGaussianEvent)]
    return (*prices.events_of(run.plan, earlier), *own)


def _others(run: Run, events: Sequence[SampledGaussianEvent]) -> tuple[Protection, ...]:
    """What the run costs every kind of unit; nothing where nothing was drawn."""
    plan = prices.of_rows(run.plan) if run.outcome.unit_is_row else run.plan
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


def _evidence(
    desk: Desk,
    connection: Connection,
    wanted: Sequence[Dataset],
    assessment: Assessment,
    names: Sequence[str] | None,
) -> Evidence:
    populations = dict.fromkeys(dataset.population for dataset in wanted)
    at = desk.clock()
    lineage = lineage_edges.of_datasets(connection, wanted)
    return Evidence(
        organisation=records.latest(connection, tables.ORGANISATION, Organisation)
        or Organisation(),
        datasets=tuple(_of_dataset(connection, dataset) for dataset in wanted),
        budgets=tuple(budgets.state(connection, population, at) for population in populations),
        assessment=assessment,
        lineage=lineage,
        trail=trails.verify_signed(desk, connection, at.replace(microsecond=0)),
        desk_version=__version__,
        gathered_at=at.replace(microsecond=0),
        audited=audited.gathered(connection, names, assessment, lineage),
        approved=approving_evidence.second_persons(connection, names),
    )


def _of_dataset(connection: Connection, dataset: Dataset) -> DatasetEvidence:
    discovery = labels.latest(connection, dataset)
    if discovery is not None:  # examples are for the officer's screen only
        discovery = without_examples(discovery)
    return DatasetEvidence(
        dataset=dataset,
        discovery=discovery,
        releases=releases.of(connection, dataset),
        runs=runs.of(connection, dataset),
        anonymised=tuple(map(without_values, anonymising.of(connection, dataset))),
    )
