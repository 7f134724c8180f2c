"""The workspace: the only object that writes. Pages and the command line ask it.

Writing verbs store result, lineage and trail entry in one transaction that checks the budget.
"""

from __future__ import annotations

import copy
from collections.abc import Generator, Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from compliance.access.nouns import Actor
from compliance.dataset import RawFile, read
from compliance.dataset.nouns import ColumnName, Dataset, Description, check_dataset_name
from compliance.discovery.nouns import Changes, Discovery, IdentifierClass
from compliance.i18n import speaking
from compliance.plain import ended
from compliance.privacy.nouns import Budget, BudgetState, Period, Preview, Prices, Release
from compliance.privacy.nouns.disclosure import Disclosure
from compliance.privacy.nouns.planning import Planned, Proposal, Target
from compliance.privacy.nouns.question import Query
from compliance.privacy.nouns.synthesis import Synthesis, SynthesisPlan
from compliance.register.nouns import Organisation
from compliance.report.nouns import Report, ReportKind
from compliance.rules.nouns import Assessment, Stage
from compliance.settings import Settings
from compliance.storage import records, tables
from compliance.trail.nouns import Entry, Verification
from compliance.workspace import bare, company, halves
from compliance.workspace.anonymising.anonymisation import Anonymisation
from compliance.workspace.anonymising.making import Step
from compliance.workspace.areas import Access, Governance, Proof, Rights
from compliance.workspace.backups.making import Backups
from compliance.workspace.data import datasets, labels, shops
from compliance.workspace.data.keeping import Keeping
from compliance.workspace.data.scanning import Scanning
from compliance.workspace.desk import Clock, Confirm, Desk, now
from compliance.workspace.federating.federation import Federation
from compliance.workspace.governing import assessments
from compliance.workspace.guarding import guarded
from compliance.workspace.guiding import Guiding
from compliance.workspace.loading import load_libraries
from compliance.workspace.releasing import budgets, disclosures, planning, releases, syntheses
from compliance.workspace.releasing.probing import Probing
from compliance.workspace.reporting import files as report_files
from compliance.workspace.reporting import reports
from compliance.workspace.trails import trails
from compliance.workspace.vitals import Vitals

__all__ = ["Workspace", "load_libraries"]


@guarded
class Workspace:
    """One company's datasets, what was done with them, and the proof. Safe to share by threads."""

    def __init__(self, settings: Settings | None = None, clock: Clock = now) -> None:
        """Open the workspace folder; it is made where there is none.

        Raises:
            WorkspaceError: it cannot be used.
        """
        self.settings = settings or Settings.from_environment()
        self._furnish(Desk(self.settings, clock))
        self.rights.erasing.resume()
        halves.sweep(self._desk)

    def _furnish(self, desk: Desk) -> None:
        self._desk = desk
        self.anonymisation = Anonymisation(desk)
        self.scanning = Scanning(desk)
        self.probing = Probing(desk)
        self.governance = Governance(desk)
        self.rights = Rights(desk)
        self.proof = Proof(desk)
        self.keeping = Keeping(desk)
        self.backups = Backups(desk)
        self.vitals = Vitals(desk)
        self.access = Access(desk)
        self.guiding = Guiding(desk)

    # Who acts

    @property
    def actor(self) -> Actor:
        """Who acts through this workspace: whoever has this machine in hand, or an account."""
        return self._desk.actor

    def acting(self, actor: Actor, confirm: Confirm | None = None) -> Workspace:
        """The same workspace in the hands of `actor`, who may do what their roles allow.

        Args:
            confirm: who they are at the time of a look; see `Desk.acting`.
        """
        theirs = copy.copy(self)
        theirs._furnish(self._desk.acting(actor, confirm))
        return theirs

    def may(self, act: str) -> bool:
        """Whether whoever acts has the right to an act or a look; see `compliance.access`."""
        return self._desk.may(act)

    def permit(self, act: str) -> Actor:
        """Let whoever acts look or begin, and say who that is now; see `Desk.permit`."""
        return self._desk.permit(act)

    # Organisation

    def organisation(self) -> Organisation:
        """Who is accountable; blank until somebody said."""
        with self._desk.database.reading() as connection:
            return records.latest(connection, tables.ORGANISATION, Organisation) or Organisation()

    def set_organisation(self, organisation: Organisation) -> None:
        """Record who is accountable.

        Raises:
            DescriptionError: there is no such country.
        """
        company.describe(self._desk, organisation)

    # Datasets

    def datasets(self) -> tuple[Dataset, ...]:
        """The newest version of every dataset."""
        with self._desk.database.reading() as connection:
            return datasets.newest(connection)

    def dataset(self, name: str) -> Dataset:
        """The newest version of dataset `name`.

        Raises:
            UnknownDatasetError: there is none.
        """
        with self._desk.database.reading() as connection:
            return datasets.find(connection, name)

    def add_places(
        self,
        places: Iterable[str | Path],
        name: str,
        description: Description | None = None,
        *,
        table: str | None = None,
    ) -> Dataset:
        """Store the files, folders or database table at `places` as dataset `name`.

        Raises:
            FileError, NamingError: it cannot be taken in; nothing was stored.
        """
        check_dataset_name(name)
        return datasets.add(self._desk, datasets.raw_tables(places, table), name, description)

    def add_files(
        self,
        files: Iterable[RawFile],
        name: str,
        description: Description | None = None,
        *,
        table: str | None = None,
    ) -> Dataset:
        """Store uploaded files of one header as dataset `name`.

        Raises:
            FileError, NamingError: they cannot be taken in; nothing was stored.
        """
        check_dataset_name(name)
        return datasets.add(self._desk, [read(file, table) for file in files], name, description)

    def describe(self, name: str, description: Description) -> Dataset:
        """Record whose data it is, for what purpose, on what basis, from where.

        Raises:
            SecondBudgetError: people who have spent budget would become another population.
        """
        return datasets.describe(self._desk, name, description)

    def build_demo(self) -> tuple[Dataset, ...]:
        """Build the demo shop: an invented company with customers, orders, clicks and reviews."""
        return ended(self.building_demo())

    def building_demo(self) -> Generator[Step, None, tuple[Dataset, ...]]:
        """The same, step by step; whoever stops in between is left with a part of it."""
        return shops.built(self._desk)

    # Discovery

    def discover(self, name: str) -> Discovery:
        """Look at every column of dataset `name` for personal data."""
        return labels.find_labels(self._desk, name)

    def discovery(self, name: str) -> Discovery | None:
        """The labels of dataset `name`; None where nobody has looked yet."""
        with self._desk.database.reading() as connection:
            found = labels.latest(connection, datasets.find(connection, name))
        return bare.labels_for(self._desk, found)

    def changes(self, name: str) -> Changes | None:
        """What dataset `name` holds that its last version did not; None before it is looked at."""
        with self._desk.database.reading() as connection:
            return labels.changes(connection, datasets.find(connection, name))

    def decide_labels(
        self, name: str, decisions: Mapping[str, tuple[str, IdentifierClass]]
    ) -> Discovery:
        """Confirm or correct labels: per column, its meaning and how it can point to a person.

        Raises:
            LabelError, UnknownColumnError: a decision names something that is not there.
        """
        return labels.decide(self._desk, name, decisions)

    # Differential privacy

    def budget(self, population: str) -> BudgetState:
        """The privacy budget of a population as it stands."""
        with self._desk.database.reading() as connection:
            return budgets.shown(self._desk, connection, population)

    def prices(self, population: str) -> Prices:
        """What a population's ledger costs by every accountant, at the budget's δ.

        Nothing is spent. The first time takes about a second: never ask while something slides.
        """
        with self._desk.database.reading() as connection:
            return budgets.prices(connection, population, self._desk.clock())

    def decide_budget(
        self,
        population: str,
        total: Budget | None = None,
        *,
        period: Period | None = None,
        caps: Mapping[str, Decimal | None] | None = None,
    ) -> BudgetState:
        """Set a population's total, how often it begins anew, or the caps of single actors.

        Args:
            total, period: what is left out stays as it is.
            caps: by actor, the ε of the total that this actor may spend; None takes a cap away.

        Raises:
            BudgetBelowSpentError, PrivacyParameterError: more is spent already; a cap cannot be.
        """
        return budgets.decide(self._desk, population, total, period, caps or {})

    def preview(self, name: str, query: Query, asked: Budget) -> Preview:
        """What a release would look like. Nothing is drawn, spent or written.

        Raises:
            QueryError, PrivacyParameterError: it cannot be asked.
        """
        return releases.look_ahead(self._desk, name, query, asked)

    def release(
        self, name: str, query: Query, epsilon: Decimal, delta: Decimal | None = None
    ) -> Release:
        """Publish the answer to `query` with noise and pay (ε, δ) for it.

        Raises:
            BudgetExceededError, CapExceededError, QueryError, PrivacyParameterError: refused,
                nothing was drawn.
            ReservationEndedError: it took too long; nothing is published and nothing spent.
            NothingPublishedError: drawn, paid for and stored, but no group may be shown.
        """
        return releases.release(self._desk, name, query, epsilon, delta)

    def plan(
        self, name: str, query: Query, targets: Sequence[Target], delta: Decimal | None = None
    ) -> Planned:
        """The smallest loss that makes the answer as exact as `targets` say; internal.

        Nothing is drawn, spent or written.

        Raises:
            OutOfReachError: no ε up to 100 does.
            QueryError, PrivacyParameterError: it cannot be asked.
        """
        return planning.plan_ahead(self._desk, name, query, targets, delta)

    def propose_bounds(
        self, name: str, query: Query, columns: Sequence[ColumnName], asked: Budget
    ) -> Proposal:
        """Look for contribution bounds, and the bounds of `columns`, and pay for the look.

        Raises:
            BudgetExceededError, QueryError, PrivacyParameterError: refused, nothing was drawn.
        """
        return planning.propose(self._desk, name, query, columns, asked)

    def proposals(self, name: str) -> tuple[Proposal, ...]:
        """All bounds proposed for dataset `name`, newest first."""
        with self._desk.database.reading() as connection:
            return planning.proposals(connection, datasets.find(connection, name))

    def releases(self, name: str) -> tuple[Release, ...]:
        """All releases from dataset `name`, newest first."""
        with self._desk.database.reading() as connection:
            return releases.of(connection, datasets.find(connection, name))

    def disclosure(self, name: str, release_id: str | None = None) -> Disclosure:
        """What is told about a release from dataset `name`: that named, or the newest.

        Raises:
            NothingReleasedError, UnknownReleaseError: there is no such release.
        """
        return disclosures.of(self._desk, name, release_id)

    def synthesise(self, name: str, plan: SynthesisPlan, asked: Budget, new_name: str) -> Synthesis:
        """Invent rows like those of dataset `name`, as dataset `new_name`, and pay for them.

        Raises:
            MissingGroupError, NamingError, QueryError, BudgetExceededError: nothing was drawn.
            NothingInventedError: drawn and paid for, but no row came of it.
        """
        return syntheses.synthesise(self._desk, name, plan, asked, new_name)

    def syntheses(self, name: str) -> tuple[Synthesis, ...]:
        """All that was invented from dataset `name`, newest first."""
        with self._desk.database.reading() as connection:
            return syntheses.of(connection, datasets.find(connection, name))

    @property
    def federation(self) -> Federation:
        """Federated learning: train, go on, look closer, take the model away."""
        return Federation(self._desk)

    # Duties, lineage, trail, reports

    def assess(self, names: Sequence[str] | None = None) -> Assessment:
        """Check every duty on what the desk knows, and keep the verdicts."""
        if names is not None:
            for name in names:
                self.dataset(name)
        return assessments.check(self._desk, names)

    def assessments(self, names: Sequence[str] | None = None) -> tuple[Assessment, ...]:
        """All assessments of everything, or of the datasets named together; oldest first."""
        with self._desk.database.reading() as connection:
            return assessments.history(connection, names)

    def life_cycle(self) -> tuple[Stage, ...]:
        """The ten stages of the life cycle as they stand."""
        problems = len(self.proof.log.state().verification.problems)
        with self._desk.database.reading() as connection:
            return assessments.life_cycle(connection, problems)

    def entries(self, count: int = 100) -> tuple[Entry, ...]:
        """The last `count` entries of the trail, newest first."""
        with self._desk.database.reading() as connection:
            return trails.newest(connection, count)

    def verify_trail(self, checkpoint: Path | None = None) -> Verification:
        """Whether the whole trail is as it was written and still holds what a checkpoint saw.

        Raises:
            FileMissingError, TrailError: the checkpoint cannot be read.
        """
        return self.proof.log.verify(checkpoint=checkpoint)

    def checkpoint_trail(self) -> str:
        """A signed checkpoint, as JSON, to be kept outside the desk."""
        return trails.checkpoint(self._desk)

    def export_trail(self) -> str:
        """The whole trail as JSON lines, for `verify_trail.py`."""
        return "".join(trails.export(self._desk))

    def build_report(
        self,
        kind: ReportKind,
        names: Sequence[str] | None = None,
        *,
        about: str | None = None,
        language: str = "",
    ) -> Report:
        """Build and store a report on all datasets, or on those named; see `reports.make`.

        It is about the release or run `about`, or their newest; in `language`, or the session's.
        """
        with speaking(language):
            return reports.make(self._desk, kind, names, about)

    def reports(self) -> tuple[Report, ...]:
        """All reports, newest first."""
        with self._desk.database.reading() as connection:
            return records.every(connection, tables.REPORT, Report)[::-1]

    def report_pdf(self, report: Report) -> bytes:
        """The stored PDF of a report."""
        return report_files.pdf_of(self._desk, report)
