"""Registers the sites' keys with the SuperLink and starts the run that carries the parcels.

Runs in Flower's environment, in the server's folder. Writes to standard output one line of JSON:
per key file's name, the number of its node.
"""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_ssh_public_key
from flwr.cli.build import build_fab_from_disk
from flwr.cli.typing import SuperLinkConnection
from flwr.cli.utils import init_http_client_from_connection
from flwr.common.serde import fab_to_proto
from flwr.proto.control_pb2 import ListNodesRequest, RegisterNodeRequest, StartRunRequest
from flwr.supercore.control import ControlHttpClient
from flwr.supercore.fab import Fab
from flwr.supercore.primitives.asymmetric import public_key_to_bytes

from compliance.federated.flower.line import LOOPBACK

_PAUSE_S = 0.5


def main(port: int, keys: Path, app: Path, wait_s: float) -> None:
    """Register all keys, say their nodes, wait until these are there, and start the run.

    Args:
        port: where the SuperLink listens on this machine.
        keys: the folder with one public key per site.
        app: what the SuperLink runs.
        wait_s: after that, the run starts with the nodes that are there.
    """
    server = SuperLinkConnection(
        name="desk", address=f"{LOOPBACK}:{port}", root_certificates=str(Path("ca.pem").resolve())
    )
    with redirect_stdout(sys.stderr):  # it tells where it connects
        client = init_http_client_from_connection(server)
    try:
        nodes = {place.stem: _node(client, place) for place in sorted(keys.glob("*.pub"))}
        sys.stdout.write(f"{msgspec.json.encode(nodes).decode()}\n")
        sys.stdout.flush()
        _await(client, nodes, wait_s)
        content = build_fab_from_disk(app)
        fab = Fab(hashlib.sha256(content).hexdigest(), content, {})
        client.StartRun(StartRunRequest(fab=fab_to_proto(fab)))
    finally:
        client.close()


def _node(client: ControlHttpClient, place: Path) -> int:
    """The node of the key at `place`; registered where it was not yet."""
    key = load_ssh_public_key(place.read_bytes())
    if not isinstance(key, EllipticCurvePublicKey):
        raise TypeError(f"{place.name} is no ECDSA key")
    wanted = public_key_to_bytes(key)
    known = {node.public_key: node.node_id for node in _nodes(client)}
    if wanted in known:
        return int(known[wanted])
    return int(client.RegisterNode(RegisterNodeRequest(public_key=wanted)).node_id)


def _await(client: ControlHttpClient, nodes: Mapping[str, int], wait_s: float) -> None:
    until = time.monotonic() + wait_s
    while time.monotonic() < until:
        there = {node.node_id for node in _nodes(client) if node.status == "online"}
        if there.issuperset(nodes.values()):
            return
        time.sleep(_PAUSE_S)


def _nodes(client: ControlHttpClient) -> list[Any]:
    return list(client.ListNodes(ListNodesRequest()).nodes_info)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), float(sys.argv[4]))
