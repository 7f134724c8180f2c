"""An output looked at before anybody gets it: measured, attacked, checked, put to use."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np

from compliance.anonymise.attacks import attack, scene_of_tables
from compliance.anonymise.checking import (
    checks,
    identifier_check,
    linkage_check,
    people_check,
    row_classes,
)
from compliance.anonymise.models import measure_table
from compliance.anonymise.nouns import (
    Plan,
    Siege,
    Treated,
    Utility,
)
from compliance.anonymise.nouns.record import Check, Proof
from compliance.anonymise.telling import (
    kept_check,
    linked_note,
    most_alone,
    share_alone,
    share_alone_by_rows,
    shown_as_it_was,
    together_note,
)
from compliance.anonymise.utility import roles_of, utility
from compliance.dataset.nouns import (
    ColumnName,
    Sha256,
)
from compliance.discovery import discover
from compliance.discovery.nouns import IdentifierClass, Label, LabelStatus
from compliance.i18n import mark
from compliance.workspace.anonymising.making import Made, generator
from compliance.workspace.anonymising.subjects import (
    Subject,
    named,
    personal_left_out,
    telling_left_out,
)
from compliance.workspace.data import datasets
from compliance.workspace.desk import Desk


def proof_of(about: Subject, plan: Plan, made: Made) -> Proof:
    """All that shows how safe and how useful the output is."""
    shown = [column for column in plan.sensitive if column in made.output.column_names]
    attacked = attacked_after(about, plan, made)
    return Proof(
        found=made.found,
        before=measure_table(
            about.table, plan.columns, plan.sensitive, population=about.population
        ),
        after=measure_table(made.output, plan.columns, shown),
        attacked_before=attacked_before(about, plan),
        attacked_after=attacked,
        utility=_useful(about, plan, made),
        checks=(
            *checks(made.output, about.table, plan, made.prepared.problem, made.recoding),
            _identifiers(about, plan, made),
            _kept(about, plan, made),
            linkage_check(attacked, plan.k),
            *_people(about, plan, made),
        ),
        notes=(*made.prepared.notes, *_notes(about, plan, made.treated), *_open(about, plan, made)),
        sha256=Sha256(hashlib.sha256(made.data).hexdigest()),
        rows=made.output.rows,
    )


def _people(about: Subject, plan: Plan, made: Made) -> tuple[Check, ...]:
    """The check on people, where rows and people are not the same."""
    if about.whose is None or not about.repeats_people:
        return ()
    return (people_check(made.output, plan.columns, about.whose[made.rows], plan.k),)


def attacked_before(about: Subject, plan: Plan) -> Siege:
    """What an attacker gets out of the original itself."""
    everybody = np.arange(about.table.rows)
    scene = scene_of_tables(
        about.table, about.table, plan.columns, sensitive=plan.sensitive, rows=everybody
    )
    return attack(scene, generator())


def attacked_after(about: Subject, plan: Plan, made: Made) -> Siege:
    """What the same attacker gets out of the written output."""
    scene = scene_of_tables(
        about.table,
        made.output,
        plan.columns,
        sensitive=[column for column in plan.sensitive if column in made.output.column_names],
        hierarchies=made.prepared.hierarchies,
        rows=made.rows,
    )
    return attack(scene, generator())


def besiege(
    desk: Desk,
    name: str,
    released: str,
    known: Sequence[ColumnName],
    sensitive: Sequence[ColumnName],
) -> Siege:
    """Every attack on dataset `released` as if it were made from dataset `name`.

    Which row was made from which person is not known here, so that attacks which need it are
    not tried; see `Siege.not_tried`.

    Raises:
        AttackError, UnknownDatasetError: it cannot be tried.
    """
    with desk.database.reading() as connection:
        original, other = (datasets.find(connection, each) for each in (name, released))
    tables = (desk.table(original), desk.table(other))
    scene = scene_of_tables(*tables, known, sensitive=sensitive)
    with desk.act("table.attack", original.name) as act:
        siege = attack(scene, generator())
        act.facts |= {
            "released": other.id,
            "known": list(known),
            "attacks": [str(one.kind) for one in siege.attacks],
            "internal": True,
        }
    return siege


def _useful(about: Subject, plan: Plan, made: Made) -> tuple[Utility, ...]:
    columns = [column for column in about.dataset.columns if column.name in made.shown]
    found = [label for label in about.labels if label.column in made.shown]
    roles = roles_of(
        found,
        columns,
        unit=about.dataset.description.unit
        if about.dataset.description.unit in made.shown
        else None,
        target=_target(plan, found),
    )
    return utility(
        about.table,
        made.output,
        roles,
        generator(),
        hierarchies=made.prepared.hierarchies,
        rows=made.rows,
    )


def _target(plan: Plan, found: Sequence[Label]) -> ColumnName | None:
    """What a classifier is to tell: a column that a criterion is about, else a sensitive one."""
    asked = [criterion.column for criterion in plan.criteria if criterion.column]
    secret = [la.column for la in found if la.identifier_class is IdentifierClass.SENSITIVE]
    shown = {label.column for label in found}
    return next((column for column in (*asked, *secret) if column in shown), None)


def _identifiers(about: Subject, plan: Plan, made: Made) -> Check:
    """The check on direct identifiers; what an officer said is none, is none."""
    said = {label.column: label for label in about.labels}
    direct = {name for name, la in said.items() if la.identifier_class is IdentifierClass.DIRECT}
    cleared = {n for n, la in said.items() if la.status is not LabelStatus.PROPOSED} - direct
    bare = set(shown_as_it_was(plan, made.shown))
    treated = {each.column for each in plan.treatments} - bare
    found = {
        label.column
        for label in discover(made.output, made.intake.columns)
        if label.identifier_class is IdentifierClass.DIRECT
    }
    open_ = (found - treated - cleared - set(plan.columns)) | (bare & direct)
    ordered = [name for name in made.output.column_names if name in open_]
    return identifier_check(ordered, [name for name in made.output.column_names if name in treated])


def _kept(about: Subject, plan: Plan, made: Made) -> Check:
    """The check on columns that stay and by which single people are found."""
    whose = None if about.whose is None else about.whose[made.rows]
    alone = {
        name: share_alone(made.output.codes(name).codes, whose)
        for name in shown_as_it_was(plan, made.output.column_names)
    }
    return kept_check(alone, named(plan), plan.k)


def _notes(about: Subject, plan: Plan, treated: Treated) -> tuple[str, ...]:
    reasons = {
        mark(
            "Left out, for the plan does not name them and they hold personal data: {columns}."
        ): personal_left_out(about, plan),
        mark(
            "Left out, for the plan does not name them and by their values single people are "
            "found: {columns}."
        ): telling_left_out(about, plan),
    }
    gone = [
        reason.format(columns=_listed(columns)) for reason, columns in reasons.items() if columns
    ]
    return (*(note.sentence for note in treated.notes), *gone)


def _open(about: Subject, plan: Plan, made: Made) -> Iterator[str]:
    """What k-anonymity of single rows leaves open: columns together, and rows that are linked."""
    whose = None if about.whose is None else about.whose[made.rows]
    stay = shown_as_it_was(plan, made.output.column_names)
    together = share_alone(row_classes(made.output, stay).astype(np.int32), whose)
    if len(stay) > 1 and together > most_alone(plan.k):
        yield together_note(stay, together)
    unit = about.dataset.description.unit
    if unit is not None and whose is not None and unit in made.shown and unit not in plan.columns:
        linked = share_alone_by_rows(row_classes(made.output, plan.columns), whose)
        if linked > most_alone(plan.k):
            yield linked_note(unit, linked)


def _listed(columns: Sequence[ColumnName]) -> str:
    return ", ".join(f"“{column}”" for column in columns)
