"""Recipes: anonymisations that are kept, and done again on the next delivery unless it drifted."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import replace

from sqlalchemy import Connection

from compliance.anonymise.hierarchies import read_hierarchy
from compliance.anonymise.models import measure_table
from compliance.anonymise.nouns import Hierarchy, Measures, Plan, Treatment, TreatmentKind
from compliance.anonymise.nouns.recipe import Drift
from compliance.anonymise.nouns.record import Anonymised, KeptRecipe
from compliance.anonymise.preparing import Prepared, prepare
from compliance.anonymise.recipes import column_drift, drift, to_recipe
from compliance.dataset.nouns import ColumnName, Sha256, check_dataset_name
from compliance.errors import DriftedError, UnknownRecipeError, WorkspaceError
from compliance.storage import records, tables
from compliance.workspace.anonymising import tables as anonymising
from compliance.workspace.anonymising.making import Made, Step, made
from compliance.workspace.anonymising.subjects import Subject, counting_people, named, subject
from compliance.workspace.data import datasets
from compliance.workspace.desk import Desk
from compliance.workspace.usage import usable

_SHOWN = 8


def keep(desk: Desk, done: Anonymised, name: str) -> KeptRecipe:
    """Keep how `done` was made as recipe `name`; one of that name from before gives way.

    Raises:
        BadDatasetNameError: a recipe may not be called so.
        WorkspaceError: a hierarchy is missing.
    """
    check_dataset_name(name)
    with desk.database.reading() as connection:
        dataset = usable.as_used(
            desk, connection, datasets.version(connection, done.dataset_id), done.id
        )
        output = datasets.version(connection, done.made)
    hierarchies = _hierarchies(desk, done.hierarchies)
    prepared = prepare(desk.table(dataset), dataset.columns, done.plan, hierarchies)
    recipe = to_recipe(
        name, done.plan, dataset.columns, prepared, done.proof.found, done.proof.after
    )
    with desk.act("recipe.keep", dataset.name) as act:
        kept = KeptRecipe(
            recipe=recipe,
            hierarchies=done.hierarchies,
            dataset=dataset.name,
            kept_at=act.at,
            actor=act.actor,
            shown=tuple(column.name for column in output.columns),
            unit=dataset.description.unit,
        )
        act.store(tables.RECIPE, kept, name=name)
        act.facts |= {"recipe": name, "anonymised": done.id}
    return kept


def every(connection: Connection) -> tuple[KeptRecipe, ...]:
    """All recipes, the newest of each name, by name."""
    found = records.newest_by(connection, tables.RECIPE, KeptRecipe, "name")
    return tuple(found[name] for name in sorted(found))


def apply(
    desk: Desk, recipe_name: str, name: str, into: str = "", *, accept_drift: bool = False
) -> Generator[Step, None, tuple[Anonymised, tuple[Drift, ...]]]:
    """Anonymise dataset `name` as recipe `recipe_name` has it; the output is checked as any other.

    Args:
        into: as for `anonymising.anonymise`.
        accept_drift: an officer looked at the alarms, and goes on.

    Returns:
        what was made, and what changed since the recipe was made.

    Raises:
        UnknownRecipeError, UnknownColumnError, AnonymisationError: refused; nothing was stored.
        DriftedError: the data are not what they were; nothing was stored.
    """
    into = check_dataset_name(into or f"{name[:64]}-anonymised")
    with desk.database.reading() as connection:
        kept = _named(connection, recipe_name)
    recipe = kept.recipe
    about = _with_unit(subject(desk, name, recipe.plan.population, is_handed_on=True), kept.unit)
    with desk.database.reading() as connection:
        anonymising.check_free_for(connection, about.dataset, into)
    yield Step(doing="Reading the table and its hierarchies")
    changed = column_drift(recipe, about.dataset.columns)
    _check(changed, accept=accept_drift)
    prepared = _prepared(desk, kept, about)
    plan = _as_before(kept, about)
    finished = yield from made(desk, about, plan, prepared, recipe.levels)
    changed += drift(recipe, prepared, _measured(finished, plan))
    _check(changed, accept=accept_drift)
    facts = {"recipe": recipe.name, "accepted_alarms": len(_alarms(changed))}
    done = yield from anonymising.looked_at_and_stored(desk, about, plan, finished, into, facts)
    return done, changed


def _with_unit(about: Subject, unit: ColumnName | None) -> Subject:
    """The subject with people told apart as before, where its description does not say how."""
    said = about.dataset.description
    if said.unit is not None or unit not in about.table.column_names:
        return about
    return replace(about, dataset=replace(about.dataset, description=replace(said, unit=unit)))


def _as_before(kept: KeptRecipe, about: Subject) -> Plan:
    """The plan, and that columns which the first output did not show are not shown now either.

    What a column is labelled can change with its values, and a label decides what is left out.
    """
    plan, known = kept.recipe.plan, {column.name for column in kept.recipe.columns}
    hidden = [
        Treatment(column=name, kind=TreatmentKind.DROP)
        for name in about.table.column_names
        if kept.shown and name in known and name not in kept.shown and name not in named(plan)
    ]
    return replace(plan, treatments=(*plan.treatments, *hidden))


def _prepared(desk: Desk, kept: KeptRecipe, about: Subject) -> Prepared:
    return prepare(
        about.table,
        about.dataset.columns,
        counting_people(about, kept.recipe.plan),
        _hierarchies(desk, kept.hierarchies),
        population=about.population,
    )


def _measured(finished: Made, plan: Plan) -> Measures:
    hidden = [column for column in plan.sensitive if column in finished.shown]
    return measure_table(finished.output, plan.columns, hidden)


def _check(changed: tuple[Drift, ...], *, accept: bool) -> None:
    alarms = _alarms(changed)
    if alarms and not accept:
        raise DriftedError(alarms=" ".join(alarms[:_SHOWN]))


def _alarms(changed: tuple[Drift, ...]) -> list[str]:
    return [each.sentence for each in changed if each.is_alarm]


def _named(connection: Connection, name: str) -> KeptRecipe:
    found = records.latest(connection, tables.RECIPE, KeptRecipe, name=name)
    if found is None:
        known = ", ".join(each.recipe.name for each in every(connection)) or "none yet"
        raise UnknownRecipeError(name=name[:80], known=known)
    return found


def _hierarchies(desk: Desk, hashes: Mapping[ColumnName, Sha256]) -> dict[ColumnName, Hierarchy]:
    """The kept hierarchies by column.

    Raises:
        WorkspaceError: a file is missing or damaged.
    """
    found = {}
    for column, sha256 in hashes.items():
        try:
            data = (desk.hierarchies_folder / f"{sha256}.csv").read_bytes()
        except OSError:
            reason = "a kept hierarchy is missing; restore the folder from its backup"
            raise WorkspaceError(home=desk.settings.home, reason=reason) from None
        found[column] = read_hierarchy(data, column).hierarchy
    return found
