"""Events of other systems, as tests write them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from typing import Any

from compliance.workspace import Workspace
from compliance.workspace.lineage.events import Imported

SAFE = {"customer_id": "drop", "email": "drop"}
ETL = "https://example.org/etl"


def dataset(
    name: str,
    columns: Iterable[str] = (),
    came: dict[str, list[dict[str, Any]]] | None = None,
    namespace: str = "postgres://shop",
    **more: Any,
) -> dict[str, Any]:
    """A dataset as an event names it."""
    facets: dict[str, Any] = {}
    if columns:
        facets["schema"] = {"fields": [{"name": column} for column in columns]}
    if came is not None:
        facets["columnLineage"] = {
            "fields": {made: {"inputFields": inputs} for made, inputs in came.items()}
        }
    return {"namespace": namespace, "name": name, "facets": facets | more}


def field(
    name: str,
    column: str,
    *,
    namespace: str = "postgres://shop",
    kind: str = "DIRECT",
    subkind: str = "IDENTITY",
    masking: bool = False,
) -> dict[str, Any]:
    how = {"type": kind, "subtype": subkind, "masking": masking, "description": "Zembla"}
    return {"namespace": namespace, "name": name, "field": column, "transformations": [how]}


def event(
    *outputs: dict[str, Any],
    inputs: Iterable[dict[str, Any]] = (),
    kind: str = "COMPLETE",
    run: int = 1,
    at: str = "2026-01-02T03:04:05Z",
    **more: Any,
) -> dict[str, Any]:
    return {
        "eventType": kind,
        "eventTime": at,
        "producer": ETL,
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": str(uuid.UUID(int=run))},
        "job": {"namespace": "etl", "name": "nightly"},
        "inputs": list(inputs),
        "outputs": list(outputs),
    } | more


def lines(*events: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in events)


def take(desk: Workspace, *events: dict[str, Any], **said: str) -> Imported:
    return desk.proof.lineage.take_in(lines(*events), "events.jsonl", said)
