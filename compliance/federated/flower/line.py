"""How the desk and the relay in Flower's process talk: length, then one message, over 127.0.0.1.

Each side first proves that it knows the secret of this run, which the desk keeps in a file that
only its own user may read.
"""

from __future__ import annotations

import socket
from multiprocessing.connection import Connection, answer_challenge, deliver_challenge

import msgspec

LOOPBACK = "127.0.0.1"
DESK_VARIABLE = "PRIVACY_DESK_PROCESS"  # the number of the desk's process, for what it starts
DOOR_VARIABLE = "PRIVACY_DESK_DOOR"  # names the file that says where the desk is


class Ask(msgspec.Struct, frozen=True):
    """From the desk: bring these parcels to these nodes. To nobody: the run is over."""

    number: int
    parcels: dict[int, bytes]


class Told(msgspec.Struct, frozen=True):
    """From the relay: what a node answered to a question; None where it could not, or is gone."""

    number: int
    node: int
    parcel: bytes | None
    is_gone: bool = False


class Door(msgspec.Struct, frozen=True):
    """Where the relay finds the desk, and the secret that both know."""

    port: int
    secret: bytes


def listening() -> socket.socket:
    """A socket at a free port of this machine that waits for the relay."""
    return socket.create_server((LOOPBACK, 0), backlog=1)


def accepted(server: socket.socket, secret: bytes, wait_s: float) -> Connection:
    """The connection to the relay.

    Raises:
        TimeoutError: nobody came.
        multiprocessing.AuthenticationError: somebody came who does not know the secret.
    """
    server.settimeout(wait_s)
    came, _ = server.accept()
    came.settimeout(None)
    line = Connection(came.detach())
    deliver_challenge(line, secret)
    answer_challenge(line, secret)
    return line


def ask(line: Connection, message: Ask) -> None:
    """Send the relay what it is to bring."""
    line.send_bytes(msgspec.msgpack.encode(message))


def told(line: Connection) -> Told:
    """The next message of the relay; waits for it.

    Raises:
        EOFError, OSError: the relay is gone.
    """
    return msgspec.msgpack.decode(line.recv_bytes(), type=Told)
