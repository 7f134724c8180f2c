"""Anonymisation, as the workspace offers it: measure, plan, survey, anonymise, look up again."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from compliance.anonymise.hierarchies import unmapped
from compliance.anonymise.lattice import surveying
from compliance.anonymise.models import measure_table
from compliance.anonymise.nouns import Curve, Hierarchy, Measures, Plan, QuasiIdentifier, Siege
from compliance.anonymise.nouns.recipe import Drift
from compliance.anonymise.nouns.record import (
    Anonymised,
    AnonymisedBaskets,
    BasketPlan,
    KeptRecipe,
    Vault,
)
from compliance.anonymise.preparing import Prepared, prepare
from compliance.dataset.nouns import ColumnName
from compliance.discovery import singling_out
from compliance.discovery.nouns import SinglingOut
from compliance.errors import NothingAnonymisedError
from compliance.workspace import bare
from compliance.workspace.anonymising import (
    examining,
    histories,
    proposals,
    recipes,
    tables,
    vaults,
)
from compliance.workspace.anonymising.making import Step, told
from compliance.workspace.anonymising.subjects import counting_people, left_out, subject
from compliance.workspace.anonymising.tables import Hierarchies
from compliance.workspace.data import datasets, elsewhere
from compliance.workspace.desk import Desk
from compliance.workspace.guarding import guarded
from compliance.workspace.recent import Recent

_CELLS_KEPT = 10_000_000  # of curves, node × k; at 56 bytes each


@guarded
class Anonymisation:
    """What the desk does to make tables safe to hand on."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._curves: Recent[Curve] = desk.kept("curves", lambda: Recent(_CELLS_KEPT, _cells))

    # Looking

    def risk(
        self,
        name: str,
        quasi: Sequence[ColumnName],
        sensitive: Sequence[ColumnName] = (),
        *,
        population: str = "",
        sampling_fraction: float | None = None,
    ) -> Measures:
        """How well dataset `name` protects the people in it as it stands.

        Where the description says which column tells people apart, people are counted.

        Raises:
            UnknownDatasetError, UnknownColumnError: something is not there.
        """
        with self._desk.database.reading() as connection:
            dataset = datasets.find(connection, name)
            people = datasets.find(connection, population) if population else None
        for column in (*quasi, *sensitive):
            dataset.column(column)
        if dataset.kept is not None and not (sensitive or people):
            desk = self._desk
            return elsewhere.risk(dataset, quasi, desk.settings, desk.key, sampling_fraction)
        return measure_table(
            self._desk.table(dataset),
            quasi,
            sensitive,
            population=self._desk.table(people) if people else None,
            unit=dataset.description.unit,
            sampling_fraction=sampling_fraction,
        )

    def singling_out(self, name: str, columns: Sequence[ColumnName] = ()) -> SinglingOut:
        """Which columns, alone and together, single people out in dataset `name`.

        Args:
            columns: those looked at; left out, all that are not direct identifiers.
        """
        about = subject(self._desk, name)
        return singling_out(
            about.table,
            columns or proposals.lookable(about),
            unit=about.dataset.description.unit,
        )

    def propose(self, name: str) -> Plan:
        """A plan that fits dataset `name`, from what its columns hold; see `propose_plan`."""
        return proposals.propose_plan(subject(self._desk, name))

    def quasi(self, name: str, column: ColumnName) -> QuasiIdentifier:
        """One column of dataset `name` as a quasi-identifier, with the hierarchy that fits it."""
        return proposals.quasi(subject(self._desk, name), column)

    def left_out(self, name: str, plan: Plan) -> tuple[ColumnName, ...]:
        """The columns that `plan` does not name and that are not in the output: see `subjects`."""
        return left_out(subject(self._desk, name), plan)

    def attack(
        self,
        name: str,
        released: str,
        known: Sequence[ColumnName],
        sensitive: Sequence[ColumnName] = (),
    ) -> Siege:
        """What somebody who knows a few columns gets out of any released table, such as an invented
        one, about the people in dataset `name`. The look is in the trail; nothing is stored.

        Args:
            released: the dataset that is handed on.
            known: columns of both that the attacker knows of a person.
            sensitive: columns of both that the attacker wants to know.

        Raises:
            AttackError, UnknownDatasetError: it cannot be tried.
        """
        return examining.besiege(self._desk, name, released, known, sensitive)

    # Before the run

    def prepared(self, name: str, plan: Plan, hierarchies: Hierarchies) -> Prepared:
        """The problem that `plan` sets: the size of its lattice, and what hierarchies lack.

        Raises:
            HierarchyError, UnknownColumnError: the plan does not fit the dataset.
        """
        about = subject(self._desk, name, plan.population)
        return prepare(
            about.table,
            about.dataset.columns,
            counting_people(about, plan),
            hierarchies,
            population=about.population,
        )

    def hierarchy_was_taken(self, name: str, hierarchy: Hierarchy) -> None:
        """Note that a hierarchy was handed out: its finest level is the values of the column."""
        with self._desk.act("hierarchy.export", name) as act:
            act.facts |= {"column": str(hierarchy.column), "values": len(hierarchy.values)}

    def unmapped(self, name: str, hierarchy: Hierarchy) -> tuple[str, ...]:
        """The values of the dataset that `hierarchy` does not hold: for the officer's eyes only."""
        about = subject(self._desk, name)
        return unmapped(hierarchy, about.table.codes(hierarchy.column).texts())

    def curve(
        self, name: str, plan: Plan, hierarchies: Hierarchies, ks: Sequence[int]
    ) -> Generator[Step, None, Curve]:
        """Every node of the plan's lattice at every k; kept, so that asking again is instant.

        Raises:
            TooManyNodesError: the lattice is too large to be looked at whole.
            HierarchyError, UnknownColumnError: the plan does not fit the dataset.
        """
        about = subject(self._desk, name)
        place = (about.dataset.sha256, repr(plan.quasi_identifiers), repr(hierarchies), repr(ks))
        if (kept := self._curves.look(place)) is not None:
            return kept
        problem = self.prepared(name, plan, hierarchies).problem
        steps = surveying(problem, ks)
        curve = yield from told(steps, lambda done: _surveyed(done, problem.nodes))
        return self._curves.get(place, lambda: curve)

    # Doing

    def anonymise(
        self, name: str, plan: Plan, hierarchies: Hierarchies, into: str = ""
    ) -> Generator[Step, None, Anonymised]:
        """Anonymise and store; see `anonymising.anonymise`.

        Raises:
            AnonymisationError, NamingError: refused; nothing was stored.
        """
        return tables.anonymise(self._desk, name, plan, hierarchies, into)

    def done(self, name: str) -> tuple[Anonymised, ...]:
        """All that was made from dataset `name`, newest first."""
        with self._desk.database.reading() as connection:
            found = tables.of(connection, datasets.find(connection, name))
        return found if self._desk.may(bare.ROWS) else tuple(map(bare.without_values, found))

    def latest(self, name: str) -> Anonymised:
        """The last that was made from dataset `name`.

        Raises:
            NothingAnonymisedError: nothing was.
        """
        found = self.done(name)
        if not found:
            raise NothingAnonymisedError(dataset=name)
        return found[0]

    def output(self, done: Anonymised | AnonymisedBaskets) -> bytes:
        """The output as CSV, from what is stored; the same bytes that were checked.

        That it was taken away is in the trail, so never ask while a page is merely shown.

        Raises:
            WorkspaceError: what is stored is not what was checked.
        """
        return tables.hand_out(self._desk, done)

    # Purchase histories

    def anonymise_baskets(
        self, name: str, plan: BasketPlan, into: str = "", hierarchy: Hierarchy | None = None
    ) -> Generator[Step, None, AnonymisedBaskets]:
        """Make purchase histories k^m-anonymous, and store them; see `histories.anonymise`.

        Raises:
            AnonymisationError, NamingError: refused; nothing was stored.
        """
        return histories.anonymise(self._desk, name, plan, into, hierarchy)

    def baskets(self, name: str) -> tuple[AnonymisedBaskets, ...]:
        """All histories made from dataset `name`, newest first."""
        with self._desk.database.reading() as connection:
            return histories.of(connection, datasets.find(connection, name))

    # Recipes

    def keep_recipe(self, done: Anonymised, name: str) -> KeptRecipe:
        """Keep how `done` was made, for the next delivery of such data.

        Raises:
            BadDatasetNameError: a recipe may not be called so.
        """
        return recipes.keep(self._desk, done, name)

    def recipes(self) -> tuple[KeptRecipe, ...]:
        """All recipes, by name."""
        with self._desk.database.reading() as connection:
            return recipes.every(connection)

    def apply_recipe(
        self, recipe: str, name: str, into: str = "", *, accept_drift: bool = False
    ) -> Generator[Step, None, tuple[Anonymised, tuple[Drift, ...]]]:
        """Anonymise dataset `name` as a recipe has it; see `recipes.apply`.

        Raises:
            UnknownRecipeError, DriftedError, AnonymisationError: refused; nothing was stored.
        """
        return recipes.apply(self._desk, recipe, name, into, accept_drift=accept_drift)

    # Vaults

    def vaults(self, name: str) -> tuple[Vault, ...]:
        """The vaults behind pseudonyms of dataset `name`, newest first."""
        with self._desk.database.reading() as connection:
            return vaults.of(connection, datasets.find(connection, name))

    def reveal(
        self, name: str, column: str, pseudonyms: Sequence[str], reason: str
    ) -> dict[str, str]:
        """The originals behind pseudonyms; who asked and why is in the trail first.

        Raises:
            VaultError: there is no such vault or pseudonym, or no reason is given.
        """
        return vaults.reveal(self._desk, name, column, pseudonyms, reason)


def _cells(curve: Curve) -> int:
    return curve.suppressed.size


def _surveyed(done: int, nodes: int) -> Step:
    return Step(
        doing="Looking at every choice of levels",
        share=done / nodes,
        says=f"{done:,} of {nodes:,}",
    )
