"""Flower's side of the server: brings what the desk sends to the nodes, and their answers back.

Runs as Flower's ServerApp, in Flower's environment. It decides nothing: who is asked, how long is
waited and what becomes of an answer is the desk's to say.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from multiprocessing.connection import Client, Connection
from pathlib import Path

import msgspec
from flwr.app import ConfigRecord, Context, Message, MessageType, RecordDict
from flwr.common.constant import ErrorCode
from flwr.serverapp import Grid, ServerApp

from compliance.federated.flower.line import DOOR_VARIABLE, LOOPBACK, Ask, Door, Told

_PAUSE_S = 0.3  # between two looks for answers
_LIFETIME_S = 3600.0  # of a message that nobody fetches


def relay(grid: Grid, _: Context) -> None:
    """Serve one run: until the desk asks nobody, or is gone."""
    door = msgspec.json.decode(Path(os.environ[DOOR_VARIABLE]).read_bytes(), type=Door)
    with Client((LOOPBACK, door.port), authkey=door.secret) as line:
        try:
            _serve(grid, line)
        except EOFError:
            return


def _serve(grid: Grid, line: Connection) -> None:
    waiting: dict[str, int] = {}
    number = 0
    while True:
        if line.poll(_PAUSE_S):
            asked = msgspec.msgpack.decode(line.recv_bytes(), type=Ask)
            if not asked.parcels:
                return
            number, waiting = asked.number, _sent(grid, asked)
        for answer in grid.pull_messages(list(waiting)) if waiting else ():
            node = waiting.pop(answer.metadata.reply_to_message_id, None)
            if node is not None:
                line.send_bytes(msgspec.msgpack.encode(_told(number, node, answer)))


def _told(number: int, node: int, answer: Message) -> Told:
    if not answer.has_error():
        return Told(number=number, node=node, parcel=carried(answer.content))
    # Flower says so in the node's stead, when it has not been heard of for a while.
    is_gone = answer.error.code == ErrorCode.NODE_UNAVAILABLE
    return Told(number=number, node=node, parcel=None, is_gone=is_gone)


def _sent(grid: Grid, asked: Ask) -> dict[str, int]:
    """Per message, the node that it went to."""
    messages = [_message(node, asked.number, data) for node, data in asked.parcels.items()]
    identifiers = list(grid.push_messages(messages))
    return dict(zip(identifiers, asked.parcels, strict=True))


def _message(node: int, number: int, data: bytes) -> Message:
    return Message(
        content=content(data),
        message_type=MessageType.QUERY,
        dst_node_id=node,
        ttl=_LIFETIME_S,
        group_id=str(number),
    )


def content(data: bytes) -> RecordDict:
    """A packed parcel as Flower carries it."""
    return RecordDict({"parcel": ConfigRecord({"bytes": data})})


def carried(content: RecordDict) -> bytes | None:
    """The packed parcel in `content`; None where there is none."""
    record = content.get("parcel")
    data = record.get("bytes") if isinstance(record, Mapping) else None
    return data if isinstance(data, bytes) else None


app = ServerApp()
app.main()(relay)
