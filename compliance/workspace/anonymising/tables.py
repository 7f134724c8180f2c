"""Tables made safe to hand on, and stored only where every check holds.

What is measured and attacked is the output as it is read back from its bytes.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Generator, Mapping
from dataclasses import replace
from importlib.metadata import version
from types import MappingProxyType

from sqlalchemy import Connection

from compliance.anonymise.hierarchies import write_hierarchy
from compliance.anonymise.models import measure_table
from compliance.anonymise.nouns import (
    Hierarchy,
    Plan,
)
from compliance.anonymise.nouns.record import Anonymised, AnonymisedBaskets, Proof
from compliance.anonymise.plans import check_plan
from compliance.anonymise.preparing import prepare
from compliance.dataset.nouns import (
    ColumnName,
    Dataset,
    Description,
    Sha256,
    check_dataset_name,
)
from compliance.errors import StillAtRiskError, TakenNameError, WorkspaceError
from compliance.i18n import mark
from compliance.storage import records, tables
from compliance.workspace.anonymising import vaults
from compliance.workspace.anonymising.examining import proof_of
from compliance.workspace.anonymising.making import Made, Step, made
from compliance.workspace.anonymising.subjects import Subject, counting_people, subject
from compliance.workspace.data import datasets
from compliance.workspace.desk import Desk
from compliance.workspace.lineage import steps as lineage_steps
from compliance.workspace.lineage.views import used_node
from compliance.workspace.storing import store_bytes
from compliance.workspace.usage import usable

Hierarchies = Mapping[ColumnName, Hierarchy]


def anonymise(
    desk: Desk, name: str, plan: Plan, hierarchies: Hierarchies, into: str = ""
) -> Generator[Step, None, Anonymised]:
    """Anonymise dataset `name`, store the output as dataset `into`, and give what shows it.

    Columns that the plan does not name are left out of the output where they hold personal data,
    and where single people are found by them alone; other sensitive ones, and those that are not
    personal, stay.

    Args:
        hierarchies: by column, those that the plan reads from files.
        into: the output's name; left out, the dataset's with “-anonymised” behind it.

    Raises:
        AnonymisationError, UnknownColumnError, TakenNameError: refused; nothing was stored.
        StillAtRiskError: the output did not pass a check; nothing was stored.
    """
    into = check_dataset_name(into or f"{name[:64]}-anonymised")
    check_plan(plan)
    about = subject(desk, name, plan.population, is_handed_on=True)
    with desk.database.reading() as connection:
        check_free_for(connection, about.dataset, into)
    yield Step(doing="Reading the table and its hierarchies")
    prepared = prepare(
        about.table,
        about.dataset.columns,
        counting_people(about, plan),
        hierarchies,
        population=about.population,
    )
    finished = yield from made(desk, about, plan, prepared)
    return (yield from looked_at_and_stored(desk, about, plan, finished, into))


def looked_at_and_stored(
    desk: Desk,
    about: Subject,
    plan: Plan,
    finished: Made,
    into: str,
    facts: Mapping[str, object] = MappingProxyType({}),
) -> Generator[Step, None, Anonymised]:
    """Measure and attack an output, and store it as dataset `into` where every check holds.

    Args:
        facts: more that the trail says of it.

    Raises:
        StillAtRiskError: one does not; nothing was stored.
        TakenNameError: something else is called so.
    """
    yield Step(doing="Measuring and attacking the written output")
    proof = _with_others(desk, about, proof_of(about, plan, finished))
    if proof.failed:
        raise StillAtRiskError(reason=" ".join(check.says for check in proof.failed))
    return _stored(desk, about, plan, finished, proof, into, facts)


def _with_others(desk: Desk, about: Subject, proof: Proof) -> Proof:
    """The proof, with a note on other outputs of the same table: together they tell more.

    Source: Ganta, Kasiviswanathan and Smith 2008, doi:10.1145/1401890.1401926.
    """
    with desk.database.reading() as connection:
        made_before = {done.proof.sha256 for done in of(connection, about.dataset)}
    count = len(made_before - {proof.sha256})
    if not count:
        return proof
    note = mark(
        "Other outputs of this table that were made before: {count:,}. What is promised holds of "
        "each by itself; whoever has several can combine them."
    ).format(count=count)
    return replace(proof, notes=(*proof.notes, note))


def output(desk: Desk, sha256: Sha256) -> bytes:
    """An output as CSV: the bytes that were measured and attacked.

    Raises:
        WorkspaceError: its file is missing, or is not what was checked.
    """
    try:
        data = (desk.outputs_folder / f"{sha256}.csv").read_bytes()
    except OSError:
        data = b""
    if hashlib.sha256(data).hexdigest() != sha256:
        reason = "an anonymised output is missing or damaged; restore the folder from its backup"
        raise WorkspaceError(home=desk.settings.home, reason=reason)
    return data


def hand_out(desk: Desk, done: Anonymised | AnonymisedBaskets) -> bytes:
    """An output as CSV for somebody who takes it away; who and how many rows is in the trail.

    Raises:
        WorkspaceError: its file is missing, or is not what was checked.
        NotUsableError: people whose rows are in it stand against it by now.
    """
    told = done if isinstance(done, AnonymisedBaskets) else done.proof
    data = output(desk, told.sha256)
    with desk.database.reading() as connection:
        dataset = datasets.version(connection, done.dataset_id)
        usable.check_still(desk, connection, dataset, done.id)
    with desk.act("output.export", done.made.rpartition("@")[0]) as act:
        act.facts |= {"anonymised": done.id, "rows": told.rows, "output_sha256": told.sha256}
    return data


def k_missing(desk: Desk, connection: Connection, dataset: Dataset) -> int | None:
    """By how many rows the smallest class of an output falls short of its plan, measured now.

    None where `dataset` is not what was anonymised.
    """
    done = records.latest(connection, tables.ANONYMISED, Anonymised, made=dataset.id)
    if done is None:
        return None
    measured = measure_table(desk.table(dataset), done.plan.columns)
    return max(0, done.plan.k - measured.k)


def of(connection: Connection, dataset: Dataset) -> tuple[Anonymised, ...]:
    """All that was made from any version of the dataset, newest first."""
    return datasets.of_any_version(connection, tables.ANONYMISED, Anonymised, dataset, "made_at")


def _stored(
    desk: Desk,
    about: Subject,
    plan: Plan,
    finished: Made,
    proof: Proof,
    into: str,
    facts: Mapping[str, object],
) -> Anonymised:
    used = finished.prepared.every_hierarchy
    files = {column: write_hierarchy(each) for column, each in used.items()}
    hashes = {column: Sha256(hashlib.sha256(data).hexdigest()) for column, data in files.items()}
    with desk.act("dataset.anonymise", about.dataset.name) as act:
        check_free_for(act.connection, about.dataset, into)
        datasets.check_left(act.connection, about.dataset, about.left)
        for column, data in files.items():
            store_bytes(desk.hierarchies_folder / f"{hashes[column]}.csv", data)
        store_bytes(desk.outputs_folder / f"{proof.sha256}.csv", finished.data)
        said = description_of(about.dataset)
        stored = datasets.store(desk, act, finished.intake, into, said)
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
        keys = {"id": done.id, "dataset_id": done.dataset_id, "made": done.made}
        act.store(tables.ANONYMISED, done, **keys)
        vaults.store(desk, act, stored, finished.treated.vault)
        how = lineage_steps.anonymised(about.dataset, stored, done, desk.key)
        origin = used_node(desk, act, about.dataset)
        act.link(origin, datasets.dataset_node(stored), mark("anonymised"), how)
        act.facts |= {**_facts(done), **facts}
        usable.note(desk, act, done.id, about.dataset)
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


def description_of(dataset: Dataset) -> Description:
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


def check_free(connection: Connection, into: str, own: Collection[str]) -> None:
    """Refuse a name under which something other than earlier outputs (`own`) is kept.

    Raises:
        TakenNameError: it is.
    """
    is_taken = records.latest(connection, tables.DATASET, Dataset, name=into) is not None
    if is_taken and into not in own:
        raise TakenNameError(name=into)


def check_free_for(connection: Connection, dataset: Dataset, into: str) -> None:
    """Refuse a name under which something other than outputs of `dataset` is kept.

    Raises:
        TakenNameError: it is.
    """
    own = {done.made.rpartition("@")[0] for done in of(connection, dataset)}
    check_free(connection, into, own)
