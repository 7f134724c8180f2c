"""The evidence that reports on data and on what was made from them stand on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from compliance.anonymise.nouns.record import Anonymised
from compliance.dataset.nouns import Dataset
from compliance.discovery.nouns import Discovery
from compliance.federated.nouns import Run
from compliance.impact.nouns import (
    Impact,
    Method,
    RiskLevel,
    Screened,
    Status,
)
from compliance.lineage.nouns import Edge
from compliance.privacy.nouns import BudgetState, Prices, Protection, Release, Spend
from compliance.privacy.nouns.disclosure import Disclosure
from compliance.register.nouns import Organisation
from compliance.report.nouns.audited import Audited
from compliance.report.nouns.requests import CertificateEvidence, LetterEvidence, LogEvidence
from compliance.report.nouns.standing import ProcessingEvidence, SummaryEvidence
from compliance.rules.nouns import Assessment
from compliance.trail.nouns import Verification


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetEvidence:
    """All that the desk knows of one dataset.

    Attributes:
        discovery: None where nobody looked yet.
        anonymised: what was made from any version of it to be handed on, without the values that
            a plan may order.
    """

    dataset: Dataset
    discovery: Discovery | None
    releases: tuple[Release, ...]
    runs: tuple[Run, ...]
    anonymised: tuple[Anonymised, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondPerson:
    """An act that was done after others had approved it.

    Attributes:
        what: the act in words and numbers; never a cell value.
        asked_by, approved_by: who did it, and who said that it may be done.
        used_at: when it was done, UTC.
    """

    what: str
    asked_by: str
    approved_by: tuple[str, ...]
    used_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a report says, as plain values; the same evidence gives the same bytes.

    Attributes:
        organisation: who is accountable.
        datasets: the ones reported on, by name.
        budgets: one per population concerned.
        assessment: every duty checked.
        lineage: the edges that touch these datasets.
        trail: verified when the evidence was gathered.
        desk_version: of Privacy Desk.
        gathered_at: when, UTC.
        audited: the rules, earlier results and findings on record.
        approved: what second persons approved and was done.
    """

    organisation: Organisation
    datasets: tuple[DatasetEvidence, ...]
    budgets: tuple[BudgetState, ...]
    assessment: Assessment
    lineage: tuple[Edge, ...]
    trail: Verification
    desk_version: str
    gathered_at: datetime
    audited: Audited = field(default_factory=Audited)
    approved: tuple[SecondPerson, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseEvidence:
    """What the report on one release says, as plain values; the same gives the same bytes.

    Attributes:
        organisation: who is accountable.
        dataset: the version that the release was computed from.
        release: with what bounding left out, which is internal.
        disclosure: what may be told about it.
        published: the same as the JSON text that others get.
        budget: of the people concerned.
        lineage: the edges that lead to or from the release.
        trail: verified when the evidence was gathered.
        desk_version: of Privacy Desk.
        gathered_at: when, UTC.
    """

    organisation: Organisation
    dataset: Dataset
    release: Release
    disclosure: Disclosure
    published: str
    budget: BudgetState
    lineage: tuple[Edge, ...]
    trail: Verification
    desk_version: str
    gathered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FederatedEvidence:
    """What the report on one federated run says, as plain values; the same gives the same bytes.

    Attributes:
        organisation: who is accountable.
        dataset: the version that was learnt from.
        run: the run, whole.
        plan: the same plan as a YAML document, to be run again.
        spend: what the ledger holds for the run; None without noise.
        prices: what all its rounds cost by every accountant, at the plan's δ; those of a run
            that it goes on from as well.
        others: what it costs each kind of unit, also those whom the run was not made for.
        budget: of the people concerned.
        facts: of the trail's entry on the run's end.
        libraries: name → version of what the desk computed with; as the run recorded them or,
            where it did not, as they are now.
        lineage: the edges that lead to or from the run.
        trail: verified when the evidence was gathered.
        desk_version: of Privacy Desk.
        gathered_at: when, UTC.
    """

    organisation: Organisation
    dataset: Dataset
    run: Run
    plan: str
    spend: Spend | None
    prices: Prices | None
    others: tuple[Protection, ...]
    budget: BudgetState
    facts: Mapping[str, object]
    libraries: Mapping[str, str]
    lineage: tuple[Edge, ...]
    trail: Verification
    desk_version: str
    gathered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AnonymisationEvidence:
    """What the report on one anonymisation says, as plain values; the same gives the same bytes.

    Nothing in it is a value of a cell: no names of groups, and no values that a plan orders.

    Attributes:
        organisation: who is accountable.
        dataset: the version that was anonymised.
        output: the version of the dataset that came of it.
        done: the anonymisation, with its proof.
        criteria: what had to hold, in words, in the order of the plan.
        plan: the same as a YAML document, with each hierarchy under its hash.
        entry: the number of the trail's entry on it; 0 where there is none.
        lineage: the edges that lead to or from the output.
        trail: verified when the evidence was gathered.
        desk_version: of Privacy Desk.
        gathered_at: when, UTC; the stored output was read again then, and still has its hash.
    """

    organisation: Organisation
    dataset: Dataset
    output: Dataset
    done: Anonymised
    criteria: tuple[str, ...]
    plan: str
    entry: int
    lineage: tuple[Edge, ...]
    trail: Verification
    desk_version: str
    gathered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactVersion:
    """One version of an assessment, as the review history tells it."""

    version: int
    status: Status
    at: datetime | None
    actor: str
    residual: RiskLevel | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactEvidence:
    """What the report on an impact assessment says, as plain values; the same gives the same bytes.

    Attributes:
        organisation: who is accountable.
        impact: the newest version of the assessment.
        method: what was asked, and what each gauge means.
        screened: whether one is needed; None for a legitimate-interest assessment.
        levels: by feared event, the risk before measures and after; None where not gauged.
        measures: the knowledge base's measures that are named, by id, in words.
        missing: what stands in the way of validating.
        changed: what changed since it was validated or, before that, since it was drawn.
        stands_on: SHA-256 of the facts that it stands on, or was drawn from.
        versions: the review history, oldest first.
        datasets: those concerned, with their columns and labels; examples of values are left out.
        lineage: the edges that touch these datasets.
        trail: verified when the evidence was gathered.
        desk_version: of Privacy Desk.
        gathered_at: when, UTC.
    """

    organisation: Organisation
    impact: Impact
    method: Method
    screened: Screened | None
    levels: Mapping[str, tuple[RiskLevel | None, RiskLevel | None]]
    measures: Mapping[str, str]
    missing: tuple[str, ...]
    changed: tuple[str, ...]
    stands_on: str
    versions: tuple[ImpactVersion, ...]
    datasets: tuple[DatasetEvidence, ...]
    lineage: tuple[Edge, ...]
    trail: Verification
    desk_version: str
    gathered_at: datetime


AnyEvidence = (
    Evidence
    | ReleaseEvidence
    | FederatedEvidence
    | AnonymisationEvidence
    | ImpactEvidence
    | LetterEvidence
    | LogEvidence
    | CertificateEvidence
    | ProcessingEvidence
    | SummaryEvidence
)
