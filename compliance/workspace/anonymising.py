"""Tables made safe to hand on: searched, treated, written, measured again, attacked, then stored.

Everything is looked at before anything is stored. What is measured and attacked is the output as
it is read back from its bytes; where one check fails, nothing is stored or handed on.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version

import numpy as np
import pyarrow as pa
from sqlalchemy import Connection

from compliance.anonymise import local
from compliance.anonymise.attacks import attack, scene_of_tables
from compliance.anonymise.checking import checks, identifier_check, linkage_check
from compliance.anonymise.hierarchies import write_hierarchy
from compliance.anonymise.lattice import Progress, recode, search
from compliance.anonymise.losses import losses_of
from compliance.anonymise.models import classes_of, measure_table
from compliance.anonymise.nouns import (
    Found,
    Hierarchy,
    Keys,
    Method,
    Plan,
    Problem,
    Recoding,
    Siege,
    Treated,
    Treatment,
    TreatmentKind,
)
from compliance.anonymise.nouns.problem import Ints
from compliance.anonymise.nouns.record import Anonymised, Proof
from compliance.anonymise.preparing import Prepared, prepare
from compliance.anonymise.treatments import treat
from compliance.anonymise.writing import read_back, to_csv, written
from compliance.dataset import Intake, RawTable, Table, take_in
from compliance.dataset.nouns import (
    ColumnName,
    Dataset,
    Description,
    Sha256,
    Source,
    check_dataset_name,
)
from compliance.discovery import discover
from compliance.discovery.nouns import IdentifierClass, Label
from compliance.errors import StillAtRiskError, TakenNameError
from compliance.privacy.nouns import GaussianEvent, LaplaceEvent
from compliance.storage import records, tables
from compliance.workspace import datasets, labels, vaults
from compliance.workspace.desk import Desk, store_bytes
from compliance.workspace.keys import key_in

Hierarchies = Mapping[ColumnName, Hierarchy]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How far an anonymisation has come.

    Attributes:
        doing: what is being done, in words.
        share: 0–1 of it; None where that is not known.
        says: more in words, such as how many nodes were looked at.
    """

    doing: str
    share: float | None = None
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Subject:
    """A dataset as it is anonymised.

    Attributes:
        dataset, table: the version and its rows.
        labels: what its columns hold, in their order.
        population: the people that it was drawn from, where the plan names them.
    """

    dataset: Dataset
    table: Table
    labels: tuple[Label, ...]
    population: Table | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Made:
    """An output that is looked at before it is stored.

    Attributes:
        found, recoding, treated: what was found and done.
        data: the output as CSV.
        output: the table as read back from it.
        intake: the same, ready to be stored.
        rows: the original row behind each row of the output.
    """

    found: Found
    recoding: Recoding
    treated: Treated
    data: bytes
    output: Table
    intake: Intake
    rows: Ints


def subject(desk: Desk, name: str, population: str = "") -> Subject:
    """Dataset `name` with its labels; where nobody has looked for personal data, it is done now."""
    with desk.database.reading() as connection:
        dataset = datasets.find(connection, name)
        discovery = labels.latest(connection, dataset)
        people = datasets.find(connection, population) if population else None
    table = desk.table(dataset)
    return Subject(
        dataset=dataset,
        table=table,
        labels=discovery.labels if discovery else discover(table, dataset.columns),
        population=desk.table(people) if people else None,
    )


def anonymise(
    desk: Desk, name: str, plan: Plan, hierarchies: Hierarchies, into: str = ""
) -> Generator[Step, None, Anonymised]:
    """Anonymise dataset `name`, store the output as dataset `into`, and give what shows it.

    Columns that the plan does not name and that hold personal data are left out of the output;
    sensitive ones that a criterion is about, and those that are not personal, stay.

    Args:
        hierarchies: by column, those that the plan reads from files.
        into: the output's name; left out, the dataset's with “-anonymised” behind it.

    Raises:
        AnonymisationError, UnknownColumnError, TakenNameError: refused; nothing was stored.
        StillAtRiskError: the output did not pass a check; nothing was stored.
    """
    into = check_dataset_name(into or f"{name[:64]}-anonymised")
    about = subject(desk, name, plan.population)
    with desk.database.reading() as connection:
        _check_free(connection, about.dataset, into)
    yield Step(doing="Reading the table and its hierarchies")
    prepared = prepare(
        about.table, about.dataset.columns, plan, hierarchies, population=about.population
    )
    made = yield from _made(desk, about, plan, prepared)
    yield Step(doing="Measuring and attacking the written output")
    proof = _proof(about, plan, prepared, made)
    if proof.failed:
        raise StillAtRiskError(reason=" ".join(check.says for check in proof.failed))
    return _stored(desk, about, plan, prepared, made, proof, into)


def of(connection: Connection, dataset: Dataset) -> tuple[Anonymised, ...]:
    """All that was made from any version of the dataset, newest first."""
    return datasets.of_any_version(connection, tables.ANONYMISED, Anonymised, dataset, "made_at")


def recoded(plan: Plan, prepared: Prepared) -> Generator[Step, None, tuple[Found, Recoding]]:
    """The recoding that `plan` asks for, and what it costs."""
    problem = prepared.problem
    if plan.method is Method.LOCAL:
        steps = local.recode_locally(problem)
        recoding = yield from _local_steps(steps)
        return _found_locally(problem, recoding), recoding
    found = yield from _search_steps(search(problem, plan.time_limit_s))
    return found, recode(problem, found.levels)


def treatments_of(plan: Plan, found: tuple[Label, ...]) -> tuple[Treatment, ...]:
    """The plan's treatments, with the meaning of each column for those that go by it."""
    types = {label.column: label.semantic_type for label in found}
    by_type = (TreatmentKind.PSEUDONYM, TreatmentKind.VAULT, TreatmentKind.MASK)
    return tuple(
        replace(each, settings={"type": types[each.column], **each.settings})
        if each.kind in by_type and each.column in types
        else each
        for each in plan.treatments
    )


def left_out(plan: Plan, found: tuple[Label, ...]) -> tuple[ColumnName, ...]:
    """The columns that hold personal data and that the plan does not say anything about."""
    named = {*plan.columns, *(each.column for each in plan.treatments)}
    named |= {criterion.column for criterion in plan.criteria if criterion.column}
    stays = (IdentifierClass.NONE, IdentifierClass.SENSITIVE)
    return tuple(
        label.column
        for label in found
        if label.column not in named and label.identifier_class not in stays
    )


def _made(
    desk: Desk, about: Subject, plan: Plan, prepared: Prepared
) -> Generator[Step, None, Made]:
    found, recoding = yield from recoded(plan, prepared)
    yield Step(doing="Treating the other columns")
    treated = treat(
        about.table,
        about.dataset.columns,
        treatments_of(plan, about.labels),
        keys_of(desk, plan),
        _generator(),
        noise=_noise,
        unit=about.dataset.description.unit,
    )
    gone = {*left_out(plan, about.labels), *treated.dropped}
    content, rows = written(about.table, recoding, treated.columns, gone)
    data = to_csv(content)
    return Made(
        found=found,
        recoding=recoding,
        treated=treated,
        data=data,
        output=read_back(data, content.schema),
        intake=_intake(content, data),
        rows=rows,
    )


def _intake(content: pa.Table, data: bytes) -> Intake:
    digest = Sha256(hashlib.sha256(data).hexdigest())
    source = Source(name="anonymised.csv", sha256=digest, size_bytes=len(data))
    return take_in([RawTable(table=content, steps=(), source=source)])


def _proof(about: Subject, plan: Plan, prepared: Prepared, made: Made) -> Proof:
    """All that shows how safe and how useful the output is."""
    sensitive = [each.column for each in prepared.problem.sensitive]
    shown = [column for column in sensitive if column in made.output.column_names]
    attacked = attacked_after(about, prepared, made)
    return Proof(
        found=made.found,
        before=measure_table(about.table, plan.columns, sensitive, population=about.population),
        after=measure_table(made.output, plan.columns, shown),
        attacked_before=attacked_before(about, plan, sensitive),
        attacked_after=attacked,
        checks=(
            *checks(made.output, about.table, plan, prepared.problem, made.recoding),
            identifier_check(_output_labels(made), _handled(plan)),
            linkage_check(attacked, plan.k),
        ),
        notes=(*prepared.notes, *_notes(about, plan, made.treated)),
        sha256=Sha256(hashlib.sha256(made.data).hexdigest()),
        rows=made.output.rows,
    )


def attacked_before(about: Subject, plan: Plan, sensitive: Sequence[ColumnName]) -> Siege:
    """What an attacker gets out of the original itself."""
    everybody = np.arange(about.table.rows)
    scene = scene_of_tables(
        about.table, about.table, plan.columns, sensitive=sensitive, rows=everybody
    )
    return attack(scene, _generator())


def attacked_after(about: Subject, prepared: Prepared, made: Made) -> Siege:
    """What the same attacker gets out of the written output."""
    names = [ladder.column for ladder in prepared.problem.ladders]
    treated = set(made.treated.columns)
    sensitive = [
        each.column
        for each in prepared.problem.sensitive
        if each.column in made.output.column_names and each.column not in treated
    ]
    scene = scene_of_tables(
        about.table,
        made.output,
        names,
        sensitive=sensitive,
        hierarchies=prepared.hierarchies,
        rows=made.rows,
    )
    return attack(scene, _generator())


def _generator() -> np.random.Generator:
    return np.random.default_rng(secrets.randbits(128))


def _output_labels(made: Made) -> tuple[Label, ...]:
    """Discovery's word on the output."""
    return discover(made.output, made.intake.columns)


def _handled(plan: Plan) -> frozenset[ColumnName]:
    """The columns of which the plan says what happens to them."""
    return frozenset((*plan.columns, *(each.column for each in plan.treatments)))


def _notes(about: Subject, plan: Plan, treated: Treated) -> tuple[str, ...]:
    gone = left_out(plan, about.labels)
    named = ", ".join(f"“{column}”" for column in gone)
    said = f"Left out, for the plan does not name them and they hold personal data: {named}."
    return (*(note.sentence for note in treated.notes), *([said] if gone else []))


def _stored(
    desk: Desk, about: Subject, plan: Plan, prepared: Prepared, made: Made, proof: Proof, into: str
) -> Anonymised:
    files = {column: write_hierarchy(each) for column, each in prepared.hierarchies.items()}
    hashes = {column: Sha256(hashlib.sha256(data).hexdigest()) for column, data in files.items()}
    for column, data in files.items():
        store_bytes(desk.hierarchies_folder / f"{hashes[column]}.csv", data)
    with desk.act("dataset.anonymise", about.dataset.name) as act:
        _check_free(act.connection, about.dataset, into)
        stored = datasets.store(desk, act, made.intake, into, _description(about.dataset))
        done = Anonymised(
            id=f"anonymised-{secrets.token_hex(6)}",
            dataset_id=about.dataset.id,
            made=stored.id,
            plan=plan,
            hierarchies=hashes,
            proof=proof,
            libraries={name: version(name) for name in ("numpy", "pyarrow")},
            made_at=act.at,
            actor=act.actor,
        )
        act.store(tables.ANONYMISED, done, id=done.id, dataset_id=done.dataset_id)
        vaults.store(desk, act, stored, made.treated.vault)
        act.link(datasets.dataset_node(about.dataset), datasets.dataset_node(stored), "anonymised")
        act.facts |= _facts(done)
    return done


def _facts(done: Anonymised) -> dict[str, object]:
    """What the trail says of it: names of columns, numbers and hashes only."""
    proof = done.proof
    return {
        "anonymised": done.id,
        "made": done.made,
        "method": done.plan.method,
        "quasi_identifiers": list(done.plan.columns),
        "levels": dict(done.levels),
        "k_before": proof.before.k,
        "k_after": proof.after.k,
        "rows_suppressed": proof.found.suppressed,
        "optimal": proof.found.optimal,
        "checks": [check.name for check in proof.checks],
        "output_sha256": proof.sha256,
    }


def _description(dataset: Dataset) -> Description:
    """The people are the same, so they share one privacy budget with the original."""
    said = dataset.description
    return Description(
        data_subjects=said.data_subjects,
        purpose=said.purpose,
        legal_basis=said.legal_basis,
        region=said.region,
        retention_months=said.retention_months,
        source=f"anonymised from {dataset.id}",
        population=dataset.population,
    )


def _check_free(connection: Connection, dataset: Dataset, into: str) -> None:
    """Refuse a name under which something else is kept.

    Raises:
        TakenNameError: it is.
    """
    if records.latest(connection, tables.DATASET, Dataset, name=into) is None:
        return
    if into not in {done.made.rpartition("@")[0] for done in of(connection, dataset)}:
        raise TakenNameError(name=into)


def _search_steps(
    steps: Generator[Progress, None, Found],
) -> Generator[Step, None, Found]:
    while True:
        try:
            at = next(steps)
        except StopIteration as end:
            found: Found = end.value
            return found
        yield Step(
            doing="Searching the lattice",
            share=min(1.0, at.nodes_checked / max(at.nodes, 1)),
            says=f"{at.nodes_checked:,} of {at.nodes:,} nodes looked at",
        )


def _local_steps(
    steps: Generator[local.Progress, None, Recoding],
) -> Generator[Step, None, Recoding]:
    while True:
        try:
            at = next(steps)
        except StopIteration as end:
            recoding: Recoding = end.value
            return recoding
        yield Step(doing=f"Local recoding: {at.step}", share=at.share)


def _found_locally(problem: Problem, recoding: Recoding) -> Found:
    """Local recoding is not searched for an optimum, so its bound is no loss at all."""
    losses = losses_of(problem, recoding)
    return Found(
        levels=(),
        classes=len(classes_of(recoding).sizes),
        suppressed=int(recoding.suppressed.sum()),
        losses=losses,
        optimal=False,
        bound=0.0,
        nodes_checked=0,
        nodes=problem.nodes,
    )


def _noise(values: Ints, *, scale: float, distribution: str) -> Ints:
    """Noise on single values, drawn by OpenDP; it is no release and promises no ε."""
    from compliance.privacy.mechanisms import add_noise  # loads OpenDP

    made: LaplaceEvent | GaussianEvent
    if distribution == "gaussian":
        made = GaussianEvent(statistic="cell", sensitivity_squared=1, scale=scale)
    else:
        made = LaplaceEvent(statistic="cell", sensitivity=1, scale=scale)
    return add_noise(values, made)


def keys_of(desk: Desk, plan: Plan) -> Keys:
    """The secrets that the plan's treatments need; those of others are not touched."""
    kinds = {each.kind for each in plan.treatments}
    wanted = {name for name, users in _USERS.items() if kinds & users}
    return Keys(**{name: key_in(desk.settings.home / f"{name}.key") for name in wanted})


_USERS = {
    "pseudonyms": {TreatmentKind.PSEUDONYM, TreatmentKind.VAULT},
    "vault": {TreatmentKind.VAULT},
    "dates": {TreatmentKind.SHIFT_DATES},
    "formats": {TreatmentKind.FORMAT_PRESERVING},
}
