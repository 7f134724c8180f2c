"""All that the desk knows at one moment; everything that rules say follows from it.

So a remedy is tried by changing what is known, not what is stored: assess before, assess after,
compare.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from compliance.anonymise.nouns.record import Anonymised
from compliance.dataset.nouns import Dataset
from compliance.discovery.nouns import Changes, Discovery
from compliance.federated.nouns import Run
from compliance.lineage.nouns import Edge, Tag
from compliance.privacy.nouns import BudgetState, Release
from compliance.register.nouns import Organisation, Record, Register
from compliance.rules.nouns.finding import Finding
from compliance.rules.nouns.rule import LawId


@dataclass(frozen=True, slots=True, kw_only=True)
class Retained:
    """How long the rows of a dataset have been kept, counted on the rows themselves.

    Attributes:
        column: the column of dates that was read.
        oldest_months: age of the oldest row, in whole months.
        past: rows older than the retention that its description names.
        undated: rows without a date.
    """

    column: str
    oldest_months: int
    past: int
    undated: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Residents:
    """Where the people of a dataset live, counted on the rows themselves.

    Attributes:
        columns: those that were read.
        counts: distinct people by country, ISO 3166-1 alpha-2, or by region of one, as `US-CA`;
            rows where no column tells people apart.
        is_of_people: people were counted, and not rows.
        unread: people (or rows) whose country is not given, or is no country.
        lacks_regions: countries of which nobody tells the regions, though laws there differ.
    """

    columns: tuple[str, ...]
    counts: Mapping[str, int]
    is_of_people: bool = False
    unread: int = 0
    lacks_regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """An impact assessment, or one of legitimate interests, as far as rules ask for it.

    Attributes:
        id, title: of the assessment.
        kind: `dpia`, `lia`, or what a law has of its own.
        activity: the processing activity that it is about, by its record's id.
        completed: when it was validated; None: not yet.
        is_outdated: what it stands on has changed since.
        facts: what else rules ask for, by fact.
    """

    id: str
    title: str
    kind: str
    activity: str
    completed: date | None = None
    is_outdated: bool = False
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A dataset and all that was found out about it.

    Attributes:
        dataset: the newest version.
        discovery: None where nobody has looked yet.
        changes: what it holds that its last version did not; None where that cannot be said.
        k_missing: rows by which its smallest class falls short of what was promised when it was
            anonymised; None where it was not.
        anonymised: how it was made from another dataset; None where it was not.
        synthetic: its rows were invented under a privacy budget.
        retained: None where no column of dates tells how old its rows are.
        people: distinct people in it; None where no column tells them apart.
        residents: where they live; None where no column says so.
        vaults: how many hold the originals behind its pseudonyms.
        runs: federated runs on it.
        releases: statistics published from it.
    """

    dataset: Dataset
    discovery: Discovery | None
    changes: Changes | None = None
    k_missing: int | None = None
    anonymised: Anonymised | None = None
    synthetic: bool = False
    retained: Retained | None = None
    people: int | None = None
    residents: Residents | None = None
    vaults: int = 0
    runs: tuple[Run, ...] = ()
    releases: tuple[Release, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailKnown:
    """What is known of the trail.

    Attributes:
        problems: found when it was verified just now.
        verified_at: when it was verified last, UTC; None: never.
        anchored_at: when a checkpoint was last taken outside, UTC; None: never.
        anchors_failing: places outside that could not be reached or read back the last time.
        audited_at: when the last audit report was built, UTC; None: never.
        watched_at: when somebody looked for unusual acts last, UTC; None: never.
        open_alarms: those on record that nobody has looked into.
        is_second_person_asked: whether anything needs a second person.
        unapproved: acts that needed one and had none.
    """

    problems: tuple[str, ...] = ()
    verified_at: datetime | None = None
    anchored_at: datetime | None = None
    anchors_failing: int = 0
    audited_at: datetime | None = None
    watched_at: datetime | None = None
    open_alarms: int = 0
    is_second_person_asked: bool = False
    unapproved: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Inherited:
    """What a dataset version took over from what it was made from, by the lineage.

    Attributes:
        tags: by column, what makes it personal data: its own label, or come along edges.
        arrived: of them, those that came from another thing.
        stopped: the ids of the evidence at which tags ended here.
        void: why such evidence does not hold any more; empty where none has ended.
    """

    tags: Mapping[str, frozenset[Tag]] = field(default_factory=dict)
    arrived: Mapping[str, frozenset[Tag]] = field(default_factory=dict)
    stopped: tuple[str, ...] = ()
    void: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What the desk knows.

    Attributes:
        at: the moment, UTC.
        organisation: who is accountable.
        holdings: every dataset looked at.
        register: what people recorded: activities, processors, transfers, …
        budgets: of the populations concerned.
        findings: those on record.
        trail: what is known of it.
        edges: the lineage.
        inherited: by the id of a dataset's newest version, what came to it along the lineage.
        dangling: edges that name a version or a column that is not there.
        is_whole: the whole desk was looked at, not some datasets of it.
        lists: what `in_list` names, and other tables of the pack in force.
        reach: where each law of that pack is in force, as its countries.
        impacts: the newest version of every impact assessment.
        judged: what decision tables say of a transfer, by its record's id and by fact.
        consents: the records that the register of consents is summed up in, one per purpose.
    """

    at: datetime
    organisation: Organisation
    holdings: tuple[Holding, ...]
    register: Register
    budgets: tuple[BudgetState, ...] = ()
    findings: tuple[Finding, ...] = ()
    trail: TrailKnown = field(default_factory=TrailKnown)
    edges: tuple[Edge, ...] = ()
    inherited: Mapping[str, Inherited] = field(default_factory=dict)
    dangling: int = 0
    is_whole: bool = True
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reach: Mapping[LawId, tuple[str, ...]] = field(default_factory=dict)
    impacts: tuple[Assessed, ...] = ()
    judged: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    consents: tuple[Record, ...] = ()
