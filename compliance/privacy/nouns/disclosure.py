"""What is told about a release: who, how protected, what could undermine it, and beside whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from compliance.dataset.nouns import ColumnName, Dataset
from compliance.privacy.nouns import BudgetState, Prices, Release

NOT_RECORDED = "not recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One entry of the trail that concerns a dataset or its people.

    Attributes:
        entry: its number.
        at: when, UTC.
        actor: who.
        act: what, as `noun.verb`.
        subject: on which dataset or population.
        facts: counts, names and parameters.
    """

    entry: int
    at: datetime
    actor: str
    act: str
    subject: str
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherDataset:
    """Another dataset in the desk: whose budget it has, and what tells its people apart."""

    name: str
    population: str
    unit: ColumnName | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditStamp:
    """How the newest self-audit of the noise ended.

    Attributes:
        at: when, UTC.
        passed: whether nothing spoke against the promise.
        says: its result in one sentence, with its numbers.
        desk_version: of Privacy Desk, when it ran.
        libraries: name → version of what drew the noise that was audited.
    """

    at: datetime
    passed: bool
    says: str
    desk_version: str
    libraries: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the desk knows around a release.

    Attributes:
        dataset: the version that it was computed from, as described today.
        curator: the organisation that publishes it; empty where nobody recorded one.
        country: where that is established; empty likewise.
        budget: of the people concerned, as it stands.
        acts: the entries of the trail on this dataset and on these people, oldest first.
        others: the other datasets in the desk.
        releases: all releases from any version of the dataset, this one included.
        audit: the newest self-audit; None where there is none.
        desk_version: of Privacy Desk.
        at: the moment of all this, UTC.
    """

    dataset: Dataset
    curator: str
    country: str
    budget: BudgetState
    acts: tuple[Act, ...]
    others: tuple[OtherDataset, ...]
    releases: tuple[Release, ...]
    audit: AuditStamp | None
    desk_version: str
    at: datetime


class Origin(StrEnum):
    """Where the content of a field comes from."""

    COMPUTED = "computed"  # from the release, its ledger and the trail
    RECORDED = "recorded"  # as an officer entered it
    BUILT_IN = "built in"  # how this version of the desk works
    MISSING = "not recorded"
    INAPPLICABLE = "does not apply"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of the registry's schema.

    Attributes:
        path: below `deployment`, with dots (`basic.name`).
        tier: 1 to 3; 0 for what is said about the record itself.
        value: as text; “not recorded” where nobody can know it.
        origin: where it comes from.
    """

    path: str
    tier: int
    value: str
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """The noise of one part of a release, and what it costs.

    Attributes:
        of: the part, as the ledger names it.
        mechanism: which noise.
        norm: how the move of one person is measured: L1, L2, score, answer, groups, clip or
            tables.
        sensitivity: how far one person can move it.
        scale: of the noise: standard deviation, scale, or the chance of a true answer.
        epsilon, rho: what it costs alone, in the measure that fits the noise.
        delta: what a threshold adds.
    """

    of: str
    mechanism: str
    norm: str
    sensitivity: float
    scale: float
    epsilon: Decimal | None = None
    rho: Decimal | None = None
    delta: Decimal | None = None


class HazardState(StrEnum):
    """Whether a hazard can undermine this release."""

    GUARDED = "guarded"
    EXPOSED = "exposed"
    NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """One thing that undermines guarantees in practice, judged for this release.

    Attributes:
        id: names it.
        title: in a few words.
        level: of the pyramid of NIST SP 800-226: guarantee, system or collection.
        state: computed from the release and its surroundings.
        evidence: what decided, in numbers that may be published.
        to_do: what helps; empty where it is guarded.
        sources: where the theme comes from.
        verified: how far those sources were read.
    """

    id: str
    title: str
    level: str
    state: HazardState
    evidence: str
    to_do: str
    sources: tuple[str, ...]
    verified: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A public use of differential privacy, as the registry records it.

    Attributes:
        id: names it here.
        name, curator: what it is called, and who publishes it.
        year: of publication.
        unit: whose privacy, in the registry's words.
        unit_kind: the same as one of a few kinds that compare (`person`, `person-day` …).
        model: Central or Local.
        neighbours: what tells adjacent tables apart: add or remove, or change.
        epsilon, delta, rho: as stated; None where not.
        note: what a reader must know to compare; may be empty.
        source: the publication.
        record: file and commit in the registry.
        status: of that record.
        verified: how far this row was checked.
    """

    id: str
    name: str
    curator: str
    year: int
    unit: str
    unit_kind: str
    model: str
    neighbours: str
    epsilon: Decimal | None
    delta: Decimal | None
    rho: Decimal | None
    note: str
    source: str
    record: str
    status: str
    verified: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A deployment beside this release.

    Attributes:
        deployment: which.
        epsilon: its ε, or the one that follows from its ρ at the δ given; None where unknown.
        delta: at which δ.
        says: what to keep in mind, or why the two do not compare.
    """

    deployment: Deployment
    epsilon: Decimal | None
    delta: Decimal | None
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Yardstick:
    """The ε of a release beside known deployments.

    Attributes:
        unit_kind: of the release.
        epsilon, delta: of the release, for that unit.
        comparable: those with the same unit, smallest ε first.
        others: the rest, each with the reason.
        says: where the release stands, in one sentence.
        as_of: when the deployments were looked up.
    """

    unit_kind: str
    epsilon: Decimal
    delta: Decimal
    comparable: tuple[Compared, ...]
    others: tuple[Compared, ...]
    says: str
    as_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """Whose schema the fields follow, and which version of it."""

    repository: str
    path: str
    commit: str
    read: str
    verified: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """All that is told about a release. It may be published: no exact count of people is in it.

    Attributes:
        release_id: of which release.
        title: what was published.
        schema: whose fields these are.
        fields: every field of that schema, in its order.
        parameters: per part of the release.
        prices: of all parts together, by every accountant; None in records that do not say.
        hazards: judged for this release.
        yardsticks: beside known deployments: for a person and, where it is so worded, for one
            stretch of time.
        audit: the newest self-audit; None where there is none.
        desk_version: of Privacy Desk.
        at: as of when, UTC.
    """

    release_id: str
    title: str
    schema: Schema
    fields: tuple[Field, ...]
    parameters: tuple[Parameter, ...]
    prices: Prices | None
    hazards: tuple[Hazard, ...]
    yardsticks: tuple[Yardstick, ...]
    audit: AuditStamp | None
    desk_version: str
    at: datetime

    def of_tier(self, tier: int) -> tuple[Field, ...]:
        """The fields of one tier."""
        return tuple(field for field in self.fields if field.tier == tier)

    @property
    def missing(self) -> tuple[Field, ...]:
        """The fields that nobody recorded."""
        return tuple(field for field in self.fields if field.origin is Origin.MISSING)

    def in_state(self, state: HazardState) -> tuple[Hazard, ...]:
        """The hazards in one state."""
        return tuple(hazard for hazard in self.hazards if hazard.state is state)
