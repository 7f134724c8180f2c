"""Flower carries what the desk asks, and nothing else; the sites answer with their own code."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from compliance.cli import STOPPED
from compliance.dataset import RawFile
from compliance.dataset.nouns import ColumnName, Description
from compliance.federated.exchange import Silence
from compliance.federated.flower.nouns import Deployment
from compliance.federated.nouns import Round, Run
from compliance.settings import Settings
from compliance.trail.nouns import Entry
from compliance.workspace import Workspace
from compliance.workspace.federating.deployments import AGREED, Flower, Order
from tests import federated_cases as cases
from tests.federated_buyers import purchases

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv-distributed"
PLAN = cases.plan(rounds=4)
PROFILE = "{task: profile, sites: {count: 3}, history: {time: when, price: price}, rounds: 50}"
KILLED_AFTER, NODELESS = 2, "shop 1"  # loses its node after the second round …
CRIPPLED_AFTER, CRIPPLED = 3, "shop 2"  # … and this one what answers for it, after the third

needs_flower = pytest.mark.skipif(
    not ENVIRONMENT.is_dir(), reason="Flower's environment is not there; make distributed"
)


@dataclass(kw_only=True)
class Flight:
    """A run by Flower on this machine, and what could be seen of it from outside."""

    deployment: Deployment
    root: Path
    rounds: list[Round] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    during: set[int] = field(default_factory=set)
    after: set[int] = field(default_factory=set)
    peers: set[str] = field(default_factory=set)
    listening: set[str] = field(default_factory=set)
    proxied: list[bytes] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    stranger: int | None = None
    run: Run | None = None
    entry: Entry | None = None


def processes_in(root: Path) -> set[int]:
    """The processes that work somewhere below `root`."""
    found = set()
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if (place / "cwd").readlink().is_relative_to(root):
                found.add(int(place.name))
        except OSError:
            continue
    return found


def sockets_of(pids: set[int]) -> Iterator[tuple[str, str, str]]:
    """Own address, peer's address and state of each IP socket of these processes, in hex."""
    inodes = set()
    for pid in pids:
        try:
            links = [str(fd.readlink()) for fd in Path(f"/proc/{pid}/fd").iterdir()]
        except OSError:
            continue
        inodes |= {link[8:-1] for link in links if link.startswith("socket:[")}
    for kind in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/net/{kind}").read_text().splitlines()[1:]:
            _, own, peer, state, *rest = line.split()
            if rest[5] in inodes:
                yield own.rpartition(":")[0], peer.rpartition(":")[0], state


class Proxy:
    """A proxy of this machine that keeps what it is asked and answers nothing."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        self.asked: list[bytes] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                came, _ = self._server.accept()
            except OSError:
                return
            with came:
                came.settimeout(5)
                self.asked.append(came.recv(200))

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()


def status(flight: Flight, path: str, source: str) -> int:
    """What the server answers to a request from this address of the machine."""
    context = ssl.create_default_context(cafile=str(flight.root / "server" / "ca.pem"))
    to = ("127.0.0.1", flight.deployment.port)
    with (
        closing(socket.create_connection(to, 10, source_address=(source, 0))) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as line,
    ):
        line.sendall(f"POST {path} HTTP/1.1\r\nHost: desk\r\nContent-Length: 0\r\n\r\n".encode())
        return int(line.recv(100).split()[1])


def stranger(flight: Flight) -> int:
    """How a node with a key that nobody has registered ends."""
    known = flight.root / "sites" / flight.deployment.places[0].folder
    folder = flight.root / "stranger"
    folder.mkdir()
    for name in ("start.sh", "keys.sh", "code.zip", "ca.pem"):
        (folder / name).write_bytes((known / name).read_bytes())
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    own = {"PRIVACY_DESK_ENVIRONMENT": str(ENVIRONMENT), "PRIVACY_DESK_NODE_PORT": port}
    for script in ("keys.sh", "start.sh"):
        done = subprocess.run(
            ["sh", script],
            cwd=folder,
            env={**os.environ, **own},
            capture_output=True,
            timeout=120,
            check=False,
        )
    return done.returncode


def look(flight: Flight) -> None:
    """Note which processes run and with whom they talk."""
    pids = processes_in(flight.root)
    flight.during |= pids
    for own, peer, state in sockets_of(pids):
        flight.peers.add(peer)
        if state == "0A":
            flight.listening.add(own)


def kill(flight: Flight, site: str, process: str) -> None:
    """End the node of a site, or its executor, as a lack of memory does."""
    (place,) = (p for p in flight.deployment.places if p.site == site)
    for pid in processes_in(flight.root / "sites" / place.folder):
        if f".{process}".encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
            os.kill(pid, signal.SIGKILL)


def with_shop(
    home: Path, columns: Mapping[str, Sequence[object]] | None = None, unit: str = "person"
) -> Workspace:
    workspace = Workspace(Settings.from_environment({}, home=home))
    columns = columns or cases.shop(sites=3)
    lines = [
        ",".join(columns),
        *(",".join(map(str, row)) for row in zip(*columns.values(), strict=True)),
    ]
    description = Description(population="people", unit=ColumnName(unit))
    file = RawFile(name="shop.csv", data="\n".join(lines).encode())
    workspace.add_files([file], "shop", description)
    return workspace


@pytest.fixture(scope="module")
def flight(tmp_path_factory: pytest.TempPathFactory) -> Flight:
    """Four rounds with three sites, two of which break down on the way."""
    home = tmp_path_factory.mktemp("flight")
    workspace = with_shop(home / "desk")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    order = Order(out=home / "deployment", port=port, is_local=True)
    flight = Flight(deployment=workspace.federation.deploy("shop", PLAN, order), root=order.out)
    by = Flower(folder=order.out, environment=ENVIRONMENT, tell=flight.told.append)
    proxy = Proxy()
    with pytest.MonkeyPatch.context() as patch, closing(proxy):
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            patch.setenv(name, proxy.address)
        with closing(workspace.federation.train("shop", PLAN, by=by)) as rounds:
            for done in rounds:
                flight.rounds.append(done)
                look(flight)
                if done.round == 1:
                    flight.statuses = {
                        "outside, control": status(flight, "/v1/control/list-nodes", "127.0.0.2"),
                        "outside, runtime": status(flight, "/v1/runtime/get-nodes", "127.0.0.2"),
                        "outside, documents": status(flight, "/docs", "127.0.0.2"),
                        "outside, nodes": status(flight, "/v1/fleet/activate-node", "127.0.0.2"),
                        "inside, control": status(flight, "/v1/control/list-nodes", "127.0.0.1"),
                    }
                    flight.stranger = stranger(flight)
                if done.round == KILLED_AFTER:
                    kill(flight, NODELESS, "supernode")
                if done.round == CRIPPLED_AFTER:
                    kill(flight, CRIPPLED, "executor")
        flight.proxied = proxy.asked
    until = time.monotonic() + 3  # one that was just killed may still be on its way out
    while (left := processes_in(flight.root)) and time.monotonic() < until:
        time.sleep(0.1)
    flight.after = left
    flight.run, flight.entry = workspace.federation.runs("shop")[0], workspace.entries(1)[0]
    return flight


@needs_flower
def test_sites_behind_tls_and_registered_keys_answer_as_the_simulation_does(
    flight: Flight, tmp_path: Path
) -> None:
    simulated = list(with_shop(tmp_path).federation.train("shop", PLAN))

    assert flight.entry is not None
    assert flight.entry.facts["transport"] == "flower"
    assert 0 <= float(str(flight.entry.facts["difference"])) <= AGREED
    assert flight.told[-1] == "The sites answered as in a simulation: largest difference 0"
    for flown, expected in zip(flight.rounds[:KILLED_AFTER], simulated, strict=False):
        assert flown.loss == pytest.approx(expected.loss, abs=1e-12)
        assert flown.model_hash == expected.model_hash
        assert (flown.clients, flown.silent) == (3, 0)


@needs_flower
def test_a_run_goes_on_without_sites_that_were_killed_and_notes_it(flight: Flight) -> None:
    assert [done.silent for done in flight.rounds] == [0, 0, 1, 2]
    assert [done.clients for done in flight.rounds] == [3, 3, 2, 1]
    nodeless, crippled = f"{NODELESS}: {Silence.GONE}", f"{CRIPPLED}: {Silence.GONE}"
    assert sorted(flight.told[:-1]) == sorted([nodeless, nodeless, crippled])
    assert flight.run is not None
    assert flight.run.outcome.rounds == tuple(flight.rounds)
    sent = {site.site: site.bytes_up for site in flight.run.outcome.sites}
    assert sent[NODELESS] * 2 == sent["shop 0"]
    assert sent[CRIPPLED] * 4 == sent["shop 0"] * 3


@needs_flower
def test_nothing_that_was_started_outlives_the_run(flight: Flight) -> None:
    assert len(flight.during) > 6
    assert flight.after == set()
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", flight.deployment.port))


@needs_flower
def test_no_process_of_a_run_talks_to_another_machine(flight: Flight) -> None:
    loopback, nobody, mapped = "0100007F", "00000000", "0000000000000000FFFF00000100007F"

    assert flight.listening == {loopback}
    assert loopback in flight.peers
    assert flight.peers <= {loopback, mapped, nobody, 4 * nobody, "0200007F"}
    assert flight.proxied == []


@needs_flower
def test_from_outside_only_the_nodes_traffic_is_answered(flight: Flight) -> None:
    assert flight.statuses["outside, control"] == 403
    assert flight.statuses["outside, runtime"] == 403
    assert flight.statuses["outside, documents"] == 403
    assert flight.statuses["outside, nodes"] not in (403, 404)
    assert flight.statuses["inside, control"] not in (403, 404)


@needs_flower
def test_a_node_whose_key_is_not_registered_is_turned_away(flight: Flight) -> None:
    assert flight.stranger not in (None, 0)


@needs_flower
def test_an_app_that_came_with_the_run_is_never_unpacked_at_a_site(flight: Flight) -> None:
    for place in flight.deployment.places:
        home = flight.root / "sites" / place.folder / "flower"
        assert not any(home.rglob("*.py"))
        assert not (home / "apps").exists()
    assert any((flight.root / "server" / "flower").rglob("relay_app.py"))


@pytest.mark.in_a_file
@needs_flower
def test_ctrl_c_ends_everything_and_stores_what_was_run(tmp_path: Path) -> None:
    """The one command, on a deployment of its own that it removes; here with made-up sites."""
    workspace = with_shop(tmp_path / "desk", purchases(), "customer")
    plan = tmp_path / "plan.yaml"
    plan.write_text(PROFILE, encoding="utf-8")
    typed = [sys.executable, "-m", "compliance", "--home", str(tmp_path / "desk")]
    typed += ["federate", "shop", "--plan", str(plan), "--transport", "flower"]
    (tmp_path / "own").mkdir()
    desk = subprocess.Popen(
        [*typed, "--environment", str(ENVIRONMENT)],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path / "own")},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    assert desk.stderr is not None
    first = desk.stderr.readline()
    during = processes_in(tmp_path / "own")

    desk.send_signal(signal.SIGINT)
    _, rest = desk.communicate(timeout=60)

    assert first.startswith("round 1/50")
    assert len(during) > 6
    assert desk.returncode == STOPPED
    assert "largest difference 0" in rest
    assert processes_in(tmp_path / "own") == set()
    assert list((tmp_path / "own").iterdir()) == []
    (run,) = workspace.federation.runs("shop")
    assert run.outcome.is_stopped
    assert 1 <= len(run.outcome.rounds) <= 2
