"""Events of other systems, as a file of JSON lines, to what the desk keeps of them.

Read strictly: one line that is not what OpenLineage says refuses the whole file, with its number.
What other systems say in free words (descriptions, SQL, settings) is not kept: it may hold values.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NoReturn

from compliance.errors import EventFileError
from compliance.lineage.nouns import ColumnEdge, ColumnKind, ColumnSubkind
from compliance.lineage.openlineage.nouns import (
    ANY_COLUMN,
    LARGEST_BYTES,
    Came,
    Event,
    EventKind,
    Line,
    Port,
)
from compliance.plain import one_line

MOST_EVENTS = 200_000
LONGEST_LINE = 2**23
DEEPEST = 60
LONGEST_NAME = 600
MOST_COLUMNS = 10_000

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+\Z")
_SHA256 = re.compile(r"(?:sha256:)?([0-9a-f]{64})\Z")
_KIND_OF = {
    ColumnKind.DIRECT: ColumnSubkind.TRANSFORMATION,
    ColumnKind.INDIRECT: ColumnSubkind.CONDITIONAL,
}


class _UnfitError(Exception):
    """A line is not what it should be; its argument says why."""


def read_events(data: bytes, name: str) -> tuple[Line, ...]:
    """All events of a file, in its order.

    Args:
        name: of the file, for a refusal.

    Raises:
        EventFileError: a line cannot be read, or is no event of OpenLineage, or is too much.
    """
    if len(data) > LARGEST_BYTES:
        raise EventFileError(name=name, line=1, reason=f"the file is over {LARGEST_BYTES:,} bytes")
    return tuple(_lines(data.removeprefix(b"\xef\xbb\xbf"), name))


def _lines(data: bytes, name: str) -> Iterator[Line]:
    found = 0
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        found += 1
        try:
            if found > MOST_EVENTS:
                _unfit(f"a file may hold {MOST_EVENTS:,} events; split it")
            yield Line(number=number, event=_event(_object(line)))
        except _UnfitError as why:
            raise EventFileError(name=name, line=number, reason=str(why)) from None


def _object(line: bytes) -> dict[str, Any]:
    if len(line) > LONGEST_LINE:
        _unfit(f"it is longer than {LONGEST_LINE:,} bytes")
    try:
        found = json.loads(line.decode(), object_pairs_hook=_once, parse_constant=_no_number)
    except UnicodeDecodeError:
        _unfit("it is not UTF-8")
    except RecursionError:
        _unfit(f"it is nested more than {DEEPEST} deep")
    except ValueError:
        _unfit("it is not JSON; each line holds one whole event")
    if not isinstance(found, dict):
        _unfit("it is no JSON object; each line holds one whole event")
    if line.count(b"{") + line.count(b"[") > DEEPEST:
        _check_depth(found)
    return found


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        _unfit("it says a name twice in one object, so that nobody knows which one counts")
    return found


def _no_number(_: str) -> NoReturn:
    _unfit("it holds NaN or Infinity, which are not JSON")


def _check_depth(found: object) -> None:
    level: list[Any] = [found]
    for _ in range(DEEPEST):
        level = [
            inner
            for one in level
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return
    _unfit(f"it is nested more than {DEEPEST} deep")


def _event(said: Mapping[str, Any]) -> Event | None:
    """The event; None where it describes a job or a dataset and tells of no run."""
    if "run" not in said and ("dataset" in said or ("job" in said and "eventType" not in said)):
        return None
    run, job = _inner(said, "run"), _inner(said, "job")
    return Event(
        run=_uuid(run),
        kind=_kind(said),
        at=_moment(said),
        producer=_producer(said),
        namespace=_text(job, "namespace", "job"),
        job=_text(job, "name", "job"),
        inputs=tuple(_port(one, is_made=False) for one in _objects(said, "inputs")),
        outputs=tuple(_port(one, is_made=True) for one in _objects(said, "outputs")),
    )


def _kind(said: Mapping[str, Any]) -> EventKind:
    given = said.get("eventType")
    if given is None:
        _unfit("it has no eventType, so that nobody knows whether the run ended well")
    if given not in list(EventKind):
        _unfit(f"its eventType is none of {', '.join(EventKind)}")
    return EventKind(str(given))


def _moment(said: Mapping[str, Any]) -> datetime:
    given = said.get("eventTime")
    if given is None:
        _unfit("it has no eventTime")
    try:
        found = datetime.fromisoformat(str(given))
        if "t" not in str(given).lower():
            raise ValueError
        if found.tzinfo is None:
            _unfit("its eventTime has no time zone; write Z for UTC, or an offset as +02:00")
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        _unfit("its eventTime is no moment such as 2026-11-26T09:30:00Z")


def _uuid(run: Mapping[str, Any]) -> str:
    given = run.get("runId")
    if given is None:
        _unfit("its run has no runId")
    try:
        return str(uuid.UUID(str(given)))
    except ValueError:
        _unfit("its runId is no UUID")


def _producer(said: Mapping[str, Any]) -> str:
    given = _text(said, "producer", "")
    if not _URI.match(given):
        _unfit("its producer is no URI such as https://example.org/etl")
    return given


def _port(said: Mapping[str, Any], *, is_made: bool) -> Port:
    name, facets = _text(said, "name", "dataset"), _inner(said, "facets", is_needed=False)
    id_ = f"{_text(said, 'namespace', 'dataset')}/{name}"
    version = _inner(facets, "version", is_needed=False).get("datasetVersion")
    told = _SHA256.match(version) if isinstance(version, str) else None
    columns = tuple(dict.fromkeys(_schema(_inner(facets, "schema", is_needed=False))))
    if len(columns) > MOST_COLUMNS:
        _unfit(f"a dataset has more than {MOST_COLUMNS:,} columns")
    lineage = _inner(facets, "columnLineage", is_needed=False) if is_made else {}
    return Port(
        id=id_,
        title=name,
        sha256=told[1] if told else "",
        columns=columns,
        came=tuple(dict.fromkeys(_came(lineage))),
    )


def _schema(schema: Mapping[str, Any], before: str = "") -> Iterator[str]:
    """The columns; those inside another as `address.city`."""
    for one in _objects(schema, "fields"):
        name = before + _text(one, "name", "field of a schema")
        yield name
        yield from _schema(one, f"{name}.")


def _came(lineage: Mapping[str, Any]) -> Iterator[Came]:
    fields = _inner(lineage, "fields", is_needed=bool(lineage))
    for made, one in fields.items():
        if not isinstance(one, dict):
            _unfit("a field of columnLineage is no object")
        if not made.strip():
            _unfit("a field of columnLineage has no name")
        masked = one.get("transformationType") == "MASKED"
        for origin in _objects(one, "inputFields"):
            yield from _ways(origin, one_line(made)[:LONGEST_NAME], is_masked=masked)
    for origin in _objects(lineage, "dataset"):
        yield from _ways(origin, "", is_masked=False)


def _ways(origin: Mapping[str, Any], made: str, *, is_masked: bool) -> Iterator[Came]:
    id_ = f"{_text(origin, 'namespace', 'field')}/{_text(origin, 'name', 'field')}"
    column = _text(origin, "field", "field")
    told = _objects(origin, "transformations") or [{"type": "DIRECT", "masking": is_masked}]
    for one in told:
        subkind = _subkind(one)
        # Values that come into no column that is named may be in any of them.
        is_open = not made and subkind.kind is ColumnKind.DIRECT
        yield Came(
            origin=id_,
            edge=ColumnEdge(
                origin=column,
                made=ANY_COLUMN if is_open else made,
                kind=subkind.kind,
                subkind=subkind,
                masking=one.get("masking") is True,
            ),
        )


def _subkind(one: Mapping[str, Any]) -> ColumnSubkind:
    """How; where type and subtype deny each other, values are taken to go in."""
    kind, subkind = one.get("type"), one.get("subtype")
    if kind not in list(ColumnKind):
        _unfit("the type of a transformation is none of DIRECT, INDIRECT")
    known = ColumnSubkind(str(subkind)) if subkind in list(ColumnSubkind) else None
    if known is None or (kind == ColumnKind.DIRECT and known.kind is not ColumnKind.DIRECT):
        return _KIND_OF[ColumnKind(str(kind))]
    return known


def _inner(said: Mapping[str, Any], key: str, *, is_needed: bool = True) -> dict[str, Any]:
    found = said.get(key)
    if found is None and not is_needed:
        return {}
    if found is None:
        _unfit(f"it has no {key}")
    if not isinstance(found, dict):
        _unfit(f"its {key} is no object")
    return found


def _objects(said: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    found = said.get(key)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        _unfit(f"its {key} is no list of objects")
    return found


def _text(said: Mapping[str, Any], key: str, whose: str) -> str:
    found, of = said.get(key), f"its {whose}" if whose else "it"
    if not isinstance(found, str) or not found.strip():
        _unfit(f"{of} has no {key}")
    if len(found) > LONGEST_NAME:
        _unfit(f"{of} has a {key} longer than {LONGEST_NAME} characters")
    return one_line(found)


def _unfit(why: str) -> NoReturn:
    raise _UnfitError(why)
