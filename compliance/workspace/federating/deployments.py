"""Federated runs across processes and machines: their folders written, their runs carried.

A deployment's folder is the officer's: the desk writes it where it was told to, and enters in the
trail that it did. Only a local one holds rows; it is for trying on this machine what will happen
between several.
"""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import msgspec

import compliance
from compliance.access.nouns import Sought
from compliance.dataset.nouns import Dataset
from compliance.dataset.table import to_parquet
from compliance.discovery.nouns import Label
from compliance.errors import CannotWriteError, DeploymentError
from compliance.federated import Problem, prepare
from compliance.federated.exchange import (
    Answers,
    Compared,
    Exchange,
    Here,
    Parcel,
    check_askable,
    draws_at_sites,
)
from compliance.federated.features import IntArray
from compliance.federated.flower import at_site, dividing, writing
from compliance.federated.flower.at_site import Membership
from compliance.federated.flower.nouns import DEPLOYMENT_FILE, Deployment, Folder
from compliance.federated.nouns import ModelKind, Plan, Round, Split
from compliance.federated.preparing import source_of
from compliance.federated.tasks import Source
from compliance.plain import from_json
from compliance.workspace.approving.acts import use
from compliance.workspace.approving.soughts import of_deployment
from compliance.workspace.data import datasets, labels
from compliance.workspace.desk import Desk
from compliance.workspace.federating import runs
from compliance.workspace.governing.residing import Residing
from compliance.workspace.usage import usable

LOOPBACK = "127.0.0.1"
PORT = 8443  # where the server of real sites listens, unless told otherwise
WAIT_S = 300.0
MOST_MADE_UP = 64  # sites that are made up; each takes two processes of this machine

_OPENDP = ("lib/python3*/site-packages/opendp", "Lib/site-packages/opendp")

AGREED = 1e-12  # the largest difference that rounding can make

Tell = Callable[[str], None]
Rounds = Generator[Round, None, None]

__all__ = ["Deployment", "Flower", "Order", "Rounds", "rounds", "write"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What kind of deployment is wanted.

    Attributes:
        out: its folder; empty, or not there yet.
        host: what the sites call the server; unused where it is local.
        port: where the server listens.
        is_local: everything on this machine, with each site's rows written to its folder.
    """

    out: Path
    host: str = LOOPBACK
    port: int = PORT
    is_local: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Flower:
    """That Flower carries a run.

    Attributes:
        folder: of a deployment made before; left out: a local one for this run alone.
        environment: the folder of Flower's environment; left out: the one beside the desk.
        wait_s: how long a round may take; sites that need longer are left out of it.
        tell: is told, in sentences, which site kept silent and why, and in the end how far the
            answers were from those of a simulation.
    """

    folder: Path | None = None
    environment: Path | None = None
    wait_s: float = WAIT_S
    tell: Tell = lambda _: None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """A plan made ready on a dataset."""

    dataset: Dataset
    labels: tuple[Label, ...]
    problem: Problem


def write(desk: Desk, name: str, plan: Plan, order: Order) -> Deployment:
    """Write the folder that server and sites need for `plan` on dataset `name`.

    Raises:
        PlanError: the plan does not fit the data.
        DeploymentError: sites cannot be asked for what the plan needs, or the host is none.
        CannotWriteError: the folder is not empty, or the disk refuses.
        ApprovalNeededError: its sites are abroad, and a second person must approve it first.
    """
    if plan.split is not Split.COLUMN and not order.is_local:
        reason = "its sites are made up, so their rows are this desk’s; try it with --local"
        raise DeploymentError(reason=reason)
    folder = Folder(root=order.out.absolute())
    _check_empty(folder.root)
    prepared = _prepare(desk, name, plan)
    sought = None if order.is_local else _abroad(desk, prepared.dataset, plan, order)
    with desk.act("deployment.write", prepared.dataset.name) as act:
        if sought is not None:
            use(act, sought, used_for=f"deployment {act.entry}")
        made = _write(desk, prepared, plan, order, folder)
        act.facts |= {"sites": len(made.places), "with_rows": made.is_local}
        act.facts |= {"code_sha256": made.code_sha256}
        if made.is_local:
            act.facts["rows"] = prepared.dataset.rows
        usable.note(desk, act, f"deployment {act.entry}", prepared.dataset)
    return made


def _abroad(desk: Desk, dataset: Dataset, plan: Plan, order: Order) -> Sought | None:
    """To have updates go from one country to another, where the sites of a plan are countries."""
    found = Residing(desk).check_plan(str(dataset.name), plan)
    flows = [flow for flow, _ in found.flows] if found else []
    ways = sorted({(f.origin, f.destination) for f in flows if f.origin != f.destination})
    return of_deployment(dataset, plan, ways, order.host) if ways else None


def rounds(
    desk: Desk, name: str, plan: Plan, resume: str | None = None, by: Flower | None = None
) -> Rounds:
    """Train on dataset `name` as `runs.rounds` does; with `by`, Flower carries the sites' answers.

    Raises:
        DeploymentError: the deployment is of another plan, or something did not start or has
            ended; what was run until then is stored.
        PlanError, BudgetExceededError: as for a run without Flower.
    """
    if by is None:
        yield from runs.rounds(desk, name, plan, resume)
        return
    facts: dict[str, object] = {"transport": "flower"}
    connect = partial(_connected, desk, name, plan, by, facts)
    yield from runs.rounds(desk, name, plan, resume, connect, facts)


@contextmanager
def _connected(
    desk: Desk, name: str, plan: Plan, by: Flower, facts: dict[str, object], problem: Problem
) -> Generator[Exchange, None, None]:
    """The way to the sites; what is known of it in the end goes to the trail and to the caller."""
    from compliance.federated.flower.carrying import carrying  # few runs need what it loads

    environment = _environment(by.environment, plan)
    with (
        _deployed(desk, name, plan, by, environment) as (folder, deployment),
        carrying(folder, deployment, wait_s=by.wait_s) as carrier,
    ):
        telling = _Telling(carrier, by.tell)
        if draws_at_sites(plan):
            by.tell(_OWN_DRAWS)
            yield telling
            return
        compared = Compared(telling, Here(problem, plan))
        try:
            yield compared
        finally:
            facts["difference"] = compared.difference
            by.tell(_agreement(compared.difference))


_OWN_DRAWS = "The sites draw who takes part, and the noise; no simulation can tell what they answer"


class _Telling:
    """An exchange that tells which site gave no answer, and why."""

    def __init__(self, exchange: Exchange, tell: Tell) -> None:
        self._exchange, self._tell = exchange, tell

    def ask(self, parcels: Mapping[str, Parcel]) -> Answers:
        answers = self._exchange.ask(parcels)
        for site, why in answers.silent.items():
            self._tell(f"{site}: {why}")
        return answers


def _agreement(difference: float) -> str:
    if difference <= AGREED:
        return f"The sites answered as in a simulation: largest difference {difference:g}"
    return (
        f"The sites’ answers differ from a simulation’s by up to {difference:g}: their rows, or "
        "their versions of NumPy, are not those of this desk"
    )


@contextmanager
def _deployed(
    desk: Desk, name: str, plan: Plan, by: Flower, environment: Path
) -> Generator[tuple[Folder, Deployment], None, None]:
    """The deployment at hand; or one for this run, which is removed with its rows afterwards."""
    if by.folder is not None:
        folder = Folder(root=by.folder.absolute(), environment=environment)
        yield folder, _read(folder, name, plan)
        return
    root = Path(tempfile.mkdtemp(prefix="privacy-desk-"))
    try:
        with closing(socket.create_server((LOOPBACK, 0))) as free:
            port = free.getsockname()[1]
        folder = Folder(root=root / "deployment", environment=environment)
        order = Order(out=folder.root, port=port, is_local=True)
        yield folder, _write(desk, _prepare(desk, name, plan), plan, order, folder)
    finally:
        shutil.rmtree(root)


def _environment(asked: Path | None, plan: Plan) -> Path:
    """Flower's environment, with what sites need for `plan`.

    Raises:
        DeploymentError: there is none, or one of an earlier version.
    """
    beside = Path(compliance.__file__).parents[1] / ".venv-distributed"
    found = (asked or beside).absolute()
    if not Folder(root=found, environment=found).python.exists():
        reason = "Flower’s environment is missing; in the folder of Privacy Desk, run: "
        raise DeploymentError(reason=f"{reason}make distributed")
    if draws_at_sites(plan) and not any(any(found.glob(place)) for place in _OPENDP):
        # Otherwise no site could answer, and the budget would pay for rounds without any.
        reason = "Flower’s environment lacks OpenDP, by which sites draw noise; run again: "
        raise DeploymentError(reason=f"{reason}make distributed")
    return found


def _prepare(desk: Desk, name: str, plan: Plan) -> _Prepared:
    check_askable(plan)
    if plan.split is not Split.COLUMN and plan.site_count > MOST_MADE_UP:
        reason = f"each made-up site takes processes of its own; up to {MOST_MADE_UP} can be tried"
        raise DeploymentError(reason=reason)
    with desk.database.reading() as connection:
        dataset, _ = usable.required(desk, connection, datasets.find(connection, name))
        discovery = labels.latest(connection, dataset)
    found = tuple(discovery.labels) if discovery else ()
    unit = dataset.description.unit
    problem = prepare(desk.table(dataset), dataset.columns, plan, found, unit=unit)
    return _Prepared(dataset=dataset, labels=found, problem=problem)


def _write(desk: Desk, prepared: _Prepared, plan: Plan, order: Order, folder: Folder) -> Deployment:
    dataset, problem = prepared.dataset, prepared.problem
    table, unit = desk.table(dataset), dataset.description.unit
    made = Deployment(
        dataset=dataset.name,
        host=LOOPBACK if order.is_local else writing.check_host(order.host),
        port=order.port,
        places=writing.places(problem.site_names),
        is_local=order.is_local,
        code_sha256=writing.code_sha256(),
    )
    source = source_of(table, dataset.columns, plan, prepared.labels, unit=unit)
    members = dividing.memberships(source, problem)
    try:
        known = to_parquet(dividing.known_values(source, problem))
        writing.write(folder, made, members, known)
        if made.is_local:
            _write_rows(folder, made, source, dividing.rows_at(source, problem), members)
    except OSError:
        reason = "the disk refused it; check the free space and your rights"
        raise CannotWriteError(name=folder.root.name, reason=reason) from None
    return made


def _write_rows(
    folder: Folder,
    made: Deployment,
    source: Source,
    rows: Mapping[str, IntArray],
    members: Sequence[Membership],
) -> None:
    """Write each site's own rows to its folder.

    Raises:
        OSError: the disk refuses.
    """
    whole = source.table.arrow(source.names)
    keys = source.row_keys if source.plan.split is not Split.COLUMN else None
    for place, member in zip(made.places, members, strict=True):
        own, site = rows[place.site], folder.site(place)
        (site / member.rows).write_bytes(to_parquet(whole.take(own)))
        if member.keys is not None and keys is not None:
            (site / member.keys).write_bytes(to_parquet(at_site.keys_as_table(keys[own])))


def _check_empty(root: Path) -> None:
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise CannotWriteError(name=root.name, reason="it is there already; name a new folder")


def _read(folder: Folder, name: str, plan: Plan) -> Deployment:
    """The deployment in `folder`, if it is one of this dataset, plan and code.

    Raises:
        DeploymentError: it is none, or another's.
    """
    try:
        text = (folder.root / DEPLOYMENT_FILE).read_text(encoding="utf-8")
        found = from_json(Deployment, text)
    except (OSError, ValueError, msgspec.MsgspecError):
        raise DeploymentError(reason="that folder holds no deployment; make one first") from None
    if found.dataset != name or found.code_sha256 != writing.code_sha256():
        reason = "the folder is of another dataset or of another version of Privacy Desk"
        raise DeploymentError(reason=f"{reason}; make a new one")
    theirs = writing.plan_of(folder, found)
    # How many rounds there are is the desk's business, but a forest has room for its own only.
    asked = plan if plan.model is ModelKind.TREES else replace(plan, rounds=theirs.rounds)
    if theirs != asked:
        raise DeploymentError(reason="the folder is of another plan; make a new one")
    if draws_at_sites(plan) and plan.rounds > theirs.rounds:
        reason = f"its sites answer for {theirs.rounds:,} rounds and no more; make a new one"
        raise DeploymentError(reason=reason)
    return found
