"""Carries parcels by Flower: starts what is needed, and asks the sites of a deployment."""

from __future__ import annotations

import multiprocessing
import os
import secrets
import socket
import ssl
import subprocess
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from multiprocessing.connection import Connection

import msgspec

from compliance.errors import DeploymentError
from compliance.federated.exchange import Answers, Parcel, Silence
from compliance.federated.flower import line
from compliance.federated.flower.at_site import NO_ANSWER
from compliance.federated.flower.nouns import Deployment, Folder
from compliance.federated.flower.parcels import ParcelError, packed, unpacked
from compliance.federated.flower.processes import Processes
from compliance.federated.flower.secret_files import write_secret

_START_S = 120.0
_LOOK_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """An `Exchange` by Flower, while its processes run.

    Attributes:
        relay: the line to the relay.
        nodes: per site that has a key, its node.
        folders: per site, the name of its process, where it runs on this machine.
        processes: what was started for the run.
        wait_s: how long is waited for answers.
        numbers: of the questions, so that a late answer is not taken for another's.
    """

    relay: Connection
    nodes: Mapping[str, int]
    folders: Mapping[str, str]
    processes: Processes
    wait_s: float
    numbers: Iterator[int] = field(default_factory=partial(count, 1))

    def ask(self, parcels: Mapping[str, Parcel]) -> Answers:
        """Bring each site its parcel and wait for the answers.

        Raises:
            DeploymentError: Flower has ended.
        """
        came: dict[str, Parcel] = {}
        silent = {site: Silence.GONE for site in parcels if site not in self.nodes}
        asked = {self.nodes[site]: site for site in parcels if site in self.nodes}
        data = {node: packed(parcels[site]) for node, site in asked.items()}
        until, number = time.monotonic() + self.wait_s, next(self.numbers)
        try:
            if data:
                line.ask(self.relay, line.Ask(number=number, parcels=data))
            while asked:
                told = line.told(self.relay) if self.relay.poll(_LOOK_S) else None
                if told is not None and told.number == number and told.node in asked:
                    site = asked.pop(told.node)
                    answer = Silence.GONE if told.is_gone else _opened(told.parcel)
                    if isinstance(answer, Silence):
                        silent[site] = answer
                    else:
                        came[site] = answer
                    continue
                late = self._given_up(asked, is_over=time.monotonic() > until)
                silent |= {asked.pop(node): why for node, why in late.items()}
        except (EOFError, OSError):
            raise DeploymentError(reason="Flower has ended in the middle of the run") from None
        return Answers(parcels=came, silent=silent)

    def _given_up(self, asked: Mapping[int, str], *, is_over: bool) -> dict[int, Silence]:
        gone = {
            node: Silence.GONE
            for node, site in asked.items()
            if self.processes.has_ended(self.folders.get(site, ""))
        }
        return {**(dict.fromkeys(asked, Silence.LATE) if is_over else {}), **gone}


@contextmanager
def carrying(
    folder: Folder, deployment: Deployment, *, wait_s: float
) -> Generator[Carrier, None, None]:
    """Flower, for as long as the context lasts; afterwards nothing of it runs any more.

    In a local deployment the sites make their keys, and start, here; otherwise they are waited
    for, and those that do not come give no answers.

    Raises:
        DeploymentError: something did not start.
    """
    secret = secrets.token_bytes(32)
    with Processes() as processes, closing(line.listening()) as door:
        where = folder.server / "door.json"
        where.unlink(missing_ok=True)
        write_secret(where, msgspec.json.encode(line.Door(door.getsockname()[1], secret)))
        processes.start("server", _script("start"), at=folder.server, variables=_own(folder))
        _await_server(folder, deployment, processes)
        if deployment.is_local:
            _make_keys(folder, deployment)
        nodes = _registered(folder, deployment.port, processes)
        if deployment.is_local:
            _start_sites(folder, deployment, processes)
        with closing(_relay(door, secret, processes)) as relay:
            yield Carrier(
                relay=relay,
                nodes={p.site: nodes[p.folder] for p in deployment.places if p.folder in nodes},
                folders={p.site: p.folder for p in deployment.places},
                processes=processes,
                wait_s=wait_s,
            )


def _own(folder: Folder) -> dict[str, str]:
    return {
        **os.environ,
        "PRIVACY_DESK_ENVIRONMENT": str(folder.environment),
        line.DESK_VARIABLE: str(os.getpid()),
    }


def _script(name: str) -> list[str]:
    if os.name == "nt":
        return ["powershell", "-ExecutionPolicy", "Bypass", "-File", f"{name}.ps1"]
    return ["sh", f"{name}.sh"]


def _await_server(folder: Folder, deployment: Deployment, processes: Processes) -> None:
    """Until the server shows the certificate that sites will check."""
    context = ssl.create_default_context(cafile=folder.server / "ca.pem")
    until = time.monotonic() + _START_S
    while time.monotonic() < until and not processes.has_ended("server"):
        try:
            with (
                socket.create_connection((line.LOOPBACK, deployment.port), timeout=5) as plain,
                context.wrap_socket(plain, server_hostname=line.LOOPBACK),
            ):
                return
        except OSError:
            time.sleep(_LOOK_S)
    raise DeploymentError(reason="the server did not start; server/server.log says why")


def _make_keys(folder: Folder, deployment: Deployment) -> None:
    for place in deployment.places:
        site = folder.site(place)
        if not (site / "node.key").exists():
            command, variables = _script("keys"), _own(folder)
            subprocess.run(command, cwd=site, env=variables, capture_output=True, check=True)
        key = (site / "node.key.pub").read_bytes()
        (folder.keys / f"{place.folder}.pub").write_bytes(key)


def _registered(folder: Folder, port: int, processes: Processes) -> dict[str, int]:
    """Per key at the server, its node; the run starts once the nodes are there."""
    command = [str(folder.python), "-P", "-m", "compliance.federated.flower.control"]
    control = processes.start(
        "control",
        [*command, str(port), "keys", "app", str(_START_S / 2)],
        at=folder.server,
        variables=folder.variables(folder.server),
        is_read=True,
    )
    said = control.stdout.readline() if control.stdout else ""
    try:
        nodes = msgspec.json.decode(said, type=dict[str, int])
    except msgspec.MsgspecError:
        reason = "the keys could not be registered; server/control.log says why"
        raise DeploymentError(reason=reason) from None
    if not nodes:
        raise DeploymentError(reason="no site’s key lies in server/keys yet")
    return nodes


def _start_sites(folder: Folder, deployment: Deployment, processes: Processes) -> None:
    for place in deployment.places:
        with closing(line.listening()) as free:
            port = free.getsockname()[1]
        variables = {**_own(folder), "PRIVACY_DESK_NODE_PORT": str(port)}
        at = folder.site(place)
        processes.start(place.folder, _script("start"), at=at, variables=variables)


def _relay(door: socket.socket, secret: bytes, processes: Processes) -> Connection:
    until = time.monotonic() + _START_S
    while time.monotonic() < until and not processes.has_ended("server"):
        try:
            return line.accepted(door, secret, wait_s=1.0)
        except TimeoutError:
            continue
        except (multiprocessing.AuthenticationError, EOFError, OSError):
            continue  # somebody else knocked
    raise DeploymentError(reason="the run did not start; the logs in server/ say why")


def _opened(came: bytes | None) -> Parcel | Silence:
    if came is None or came == NO_ANSWER:
        return Silence.FAILED
    try:
        return unpacked(came)
    except ParcelError:
        return Silence.UNUSABLE
