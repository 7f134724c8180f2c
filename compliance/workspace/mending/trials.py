"""Remedies that change a dataset, tried in memory: what would be known, and how to make it so.

What a trial predicts and what applying it does come from one value, so that they can only differ
by what the re-test measures on the stored rows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from compliance.anonymise.nouns.record import Anonymised
from compliance.dataset import Intake, Table
from compliance.dataset.nouns import Dataset, Description
from compliance.discovery import compare, relabelled
from compliance.discovery.nouns import Changes, Discovery
from compliance.errors import RemedyError
from compliance.privacy.nouns import BudgetState
from compliance.register.nouns import Organisation, Record
from compliance.rules.nouns import Holding, Knowledge, Pack, TrailKnown
from compliance.storage import tables
from compliance.workspace.data import datasets, labels
from compliance.workspace.desk import Act, Desk
from compliance.workspace.governing import knowing, registering
from compliance.workspace.lineage import steps as lineage_steps
from compliance.workspace.mending.rows import table_of, taken_in

Store = Callable[[Act], str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ground:
    """What remedies are tried on.

    Attributes:
        desk: holds the rows.
        pack: the rules in force.
        known: all that is known.
        typed: the records of the register that people typed.
    """

    desk: Desk
    pack: Pack
    known: Knowledge
    typed: tuple[Record, ...]

    def holding(self, name: str) -> Holding:
        """What is known of dataset `name`.

        Raises:
            RemedyError: it is not there any more.
        """
        for holding in self.known.holdings:
            if holding.dataset.name == name:
                return holding
        raise RemedyError(reason="the dataset is not there any more")

    def after(
        self,
        *,
        holding: Holding | None = None,
        organisation: Organisation | None = None,
        typed: Sequence[Record] | None = None,
        budgets: tuple[BudgetState, ...] | None = None,
        trail: TrailKnown | None = None,
    ) -> Knowledge:
        """All that would be known, with what follows from the change."""
        known = self.known
        name = holding.dataset.name if holding else ""
        every = [holding if holding and h.dataset.name == name else h for h in known.holdings]
        changed = knowing.placed(self.desk, [knowing.measured(self.desk, h) for h in every])
        who = organisation or known.organisation
        said = self.typed if typed is None else typed
        asked = (*known.register.of("request"), *known.register.of("complaint"))
        told = (*asked, *known.consents)
        register = registering.register_from(who, changed, said, known.at, told)
        after = replace(
            known,
            organisation=who,
            holdings=tuple(knowing.aged(self.desk, h, register, known.at) for h in changed),
            register=register,
            budgets=known.budgets if budgets is None else budgets,
            trail=trail or known.trail,
        )
        with self.desk.database.reading() as connection:
            return replace(after, impacts=knowing.impacts_of(connection, after))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trial:
    """A remedy tried.

    Attributes:
        after: all that would be known.
        store: makes it so, as part of an act; gives the dataset version that it made, or nothing.
        rows: the changed dataset with its rows; None where no row changes.
        lost: what only the trial knows of the loss, such as the detail kept.
        detail: 0–1, by column that changed, how much of its detail is kept.
        facts: what the trail says of it.
        check: looks closer before anything is stored, and refuses.
        reasons: what else speaks for it or against it.
    """

    after: Knowledge
    store: Store
    rows: tuple[Dataset, Table, Discovery | None] | None = None
    lost: Mapping[str, str] = field(default_factory=dict)
    detail: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, object] = field(default_factory=dict)
    check: Callable[[], None] = lambda: None
    reasons: tuple[str, ...] = ()


def described(ground: Ground, name: str, **said: Any) -> Trial:
    """Something recorded in the description of a dataset.

    Raises:
        DescriptionError, UnknownColumnError: it cannot be so.
    """
    holding = ground.holding(name)
    description = replace(holding.dataset.description, **said)
    if description.unit:
        holding.dataset.column(description.unit)

    def store(act: Act) -> str:
        act.store(tables.DESCRIPTION, description, name=name)
        return ""

    changed = replace(holding, dataset=replace(holding.dataset, description=description))
    after = ground.after(holding=changed)
    return Trial(after=after, store=store, facts={"recorded": sorted(said)})


def confirmed(ground: Ground, name: str, columns: Collection[str]) -> Trial:
    """Labels of a dataset with an officer's word behind them."""
    holding = ground.holding(name)
    if holding.discovery is None:
        raise RemedyError(reason="nobody has looked at the data yet")
    found = replace(
        holding.discovery,
        labels=tuple(
            relabelled(label, label.semantic_type, label.identifier_class)
            if label.column in columns
            else label
            for label in holding.discovery.labels
        ),
    )

    def store(act: Act) -> str:
        act.store(tables.DISCOVERY, found, dataset_id=holding.dataset.id)
        return ""

    after = ground.after(holding=replace(holding, discovery=found))
    return Trial(after=after, store=store, facts={"confirmed": sorted(columns)})


def discovered(ground: Ground, name: str) -> Trial:
    """A dataset that is looked at."""
    holding = ground.holding(name)
    desk, dataset = ground.desk, holding.dataset
    with desk.database.reading() as connection:
        seen = labels.look(desk.table(dataset), dataset, ground.known.at)
        found = labels.with_decided(connection, dataset, seen)
        changes = labels.news(connection, dataset, found)

    def store(act: Act) -> str:
        labels.keep(act, dataset, replace(found, discovered_at=act.at))
        return ""

    looked = replace(holding, discovery=found, changes=changes)
    after = ground.after(holding=looked)
    return Trial(after=after, store=store, facts={"columns": len(found.labels)})


def remade(
    ground: Ground,
    name: str,
    content: Any,
    *,
    step: str,
    changed: Collection[str] = (),
    by: Collection[str] = (),
    said: Mapping[str, Any] | None = None,
) -> Trial:
    """A new version of a dataset from changed rows, with its description and labels.

    Args:
        content: the rows, an Arrow table.
        step: how the lineage calls it.
        changed: columns that hold something else than before, and are looked at again.
        by: columns by which rows were removed.
        said: what its description says otherwise.
    """
    holding = ground.holding(name)
    intake = as_version(taken_in(content, holding.dataset), holding.dataset)
    return new_version(ground, holding, intake, step=step, changed=changed, by=by, said=said)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kept:
    """How a new version was anonymised.

    Attributes:
        done: as it would be kept; what attacks say of it is not known yet.
        k_missing: see `Holding`.
        keep: keeps it, as part of the act that stores the version.
    """

    done: Anonymised
    k_missing: int
    keep: Callable[[Act, Dataset], Anonymised]


def new_version(
    ground: Ground,
    holding: Holding,
    intake: Intake,
    *,
    step: str,
    changed: Collection[str] = (),
    by: Collection[str] = (),
    said: Mapping[str, Any] | None = None,
    made: Kept | None = None,
) -> Trial:
    """The next version of a dataset from an intake; see `remade`."""
    desk, before, at = ground.desk, holding.dataset, ground.known.at
    dataset, table = _next(before, intake, ground.known, said or {}), table_of(intake)
    found = (
        labels.carried(holding.discovery, table, dataset, changed, at)
        if holding.discovery
        else None
    )
    desk.hold(dataset, table)

    def store(act: Act) -> str:
        stored = datasets.store(desk, act, intake, before.name, dataset.description)
        if made is None:
            how = lineage_steps.remade(before, stored, changed, by, step)
        else:
            how = lineage_steps.anonymised(before, stored, made.keep(act, stored), desk.key)
        act.link(datasets.dataset_node(before), datasets.dataset_node(stored), step, how)
        if found is not None:
            labels.keep(act, stored, replace(found, discovered_at=act.at))
        return stored.id

    after = replace(
        holding,
        dataset=dataset,
        discovery=found,
        changes=_news(holding.discovery, found),
        k_missing=made.k_missing if made else None,
        anonymised=made.done if made else None,
        synthetic=False,
    )
    return Trial(
        after=ground.after(holding=after),
        store=store,
        rows=(dataset, table, found),
        facts={"step": step},
    )


def as_version(intake: Intake, before: Dataset) -> Intake:
    """Where the rows came from, and how they were cleaned, is as it was."""
    names = {column.name for column in intake.columns}
    kept = tuple(s for s in before.cleaning if s.column is None or s.column in names)
    return replace(intake, sources=before.sources, cleaning=kept)


def _next(before: Dataset, intake: Intake, known: Knowledge, said: Mapping[str, Any]) -> Dataset:
    description = replace(before.description, **said)
    names = [column.name for column in intake.columns]
    if description.unit is not None and description.unit not in names:
        description = replace(description, unit=None)
    return replace(
        before,
        id=f"{before.name}@{before.version + 1}",
        version=before.version + 1,
        sha256=intake.sha256,
        rows=intake.rows,
        columns=intake.columns,
        cleaning=intake.cleaning,
        sources=intake.sources,
        description=_kept_together(before, description),
        added_at=known.at,
    )


def _kept_together(before: Dataset, description: Description) -> Description:
    """The people stay those whose budget they shared."""
    return replace(description, population=before.description.population)


def _news(before: Discovery | None, after: Discovery | None) -> Changes | None:
    if after is None:
        return None
    return Changes() if before is None else compare(before, after)
