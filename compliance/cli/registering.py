"""The register on the command line."""

from __future__ import annotations

import argparse
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path

from compliance.cli import arguments, typed
from compliance.cli.adding import Kinds, group, verb
from compliance.cli.results import Result
from compliance.errors import CannotWriteError, FileMissingError, RecordFieldError
from compliance.plain import to_plain
from compliance.register import Gaps, Shape, kinds
from compliance.register.nouns import Record
from compliance.settings import MAX_FILE_BYTES
from compliance.workspace import Workspace


def add(kinds_: Kinds[argparse.ArgumentParser]) -> None:
    """`record`: everything about the register."""
    inner = group(kinds_, "record", "list, record, import, export what only people know")
    verb(inner, "kinds", show_kinds, "the kinds of record, or the fields of one").add_argument(
        "kind", nargs="?", help="a kind; left out: all kinds"
    )
    verb(inner, "list", list_records, "the records of a kind").add_argument("kind", help="a kind")
    for name, does, help_ in (
        ("show", show, "one record, with what is missing and its history"),
        ("remove", remove, "take a record out of the register"),
    ):
        _one(verb(inner, name, does, help_))
    setting = verb(inner, "set", set_fields, "record some fields; others stay as they are")
    _one(setting)
    setting.add_argument(
        "field", nargs="*", metavar="FIELD=VALUE", help="“FIELD=”: nothing is on record any more"
    )
    setting.add_argument("--called", default="", metavar="NAME", help="its name for people")
    setting.add_argument(
        *("--absent", "-a"), action="append", default=[], metavar="FIELD", help="there is none"
    )
    taking = verb(inner, "import", import_file, "take records in from CSV or JSON; all or none")
    taking.add_argument("file", type=arguments.path, metavar="FILE", help="which file")
    taking.add_argument("--kind", help="of which kind they are; left out: as the file says")
    giving = verb(inner, "export", export, "write records to a file that can be taken in again")
    giving.add_argument("--kind", help="one kind; CSV needs one")
    giving.add_argument(
        "--for-others", action="store_true", help="leave out fields that may name a person"
    )
    ropa = verb(inner, "ropa", record_of_processing, "the record of processing (GDPR Art. 30)")
    ropa.add_argument("--processor", action="store_true", help="as a processor, Art. 30(2)")
    ropa.add_argument("--dataset", default="", metavar="N", help="only activities that use it")
    for added, is_needed in ((giving, True), (ropa, False)):
        added.add_argument(
            "--out",
            type=arguments.path,
            required=is_needed,
            metavar="F",
            help="the file; its ending says whether it is CSV or JSON",
        )
    verb(inner, "scope", show_scope, "the laws in scope, and why they seem to apply")
    verb(inner, "check", check, "what contradicts itself, and what is missing")


def show_kinds(workspace: Workspace, asked: Namespace) -> Result:
    """The kinds, or the fields of one."""
    if asked.kind is None:
        return {
            "kinds": [
                {"kind": kind.id, "name": kind.plural, "fields": len(kind.fields)}
                for kind in kinds().values()
            ]
        }
    workspace.governance.register.records(asked.kind)  # refuses what is no kind
    kind = kinds()[asked.kind]
    fields = [
        {
            "field": field.id,
            "label": field.label,
            "type": str(field.type),
            "choices": list(field.choices),
            "of": field.of,
            "group": field.group,
            "laws": list(field.laws),
        }
        for field in kind.fields
    ]
    return {"kind": kind.id, "name": kind.singular, "help": kind.help, "fields": fields}


def list_records(workspace: Workspace, asked: Namespace) -> Result:
    """The records of a kind, a line each."""
    area = workspace.governance.register
    found, gaps = area.records(asked.kind), area.gaps()
    return {"records": [_line(record, gaps) for record in found]}


def show(workspace: Workspace, asked: Namespace) -> Result:
    """One record, whole."""
    area = workspace.governance.register
    record = area.find(asked.kind, asked.id)
    register = area.register()
    return {
        **_whole(record),
        "missing": [field.id for field in _gaps_of(record, area.gaps()).missing],
        "contradictions": [
            one.says
            for one in register.contradictions
            if (one.kind, one.record) == (record.kind, record.id)
        ],
        "history": [
            {
                "at": f"{past.at:%Y-%m-%dT%H:%M:%SZ}",
                "by": past.by,
                "fields": len(past.record.values),
            }
            for past in area.history(asked.kind, asked.id)
        ],
    }


def set_fields(workspace: Workspace, asked: Namespace) -> Result:
    """Record some fields."""
    given = typed.once(
        [*map(_field, asked.field), *((name, "") for name in dict.fromkeys(asked.absent))]
    )
    forget = {name for name, value in given.items() if not value and name not in asked.absent}
    values: dict[str, object] = {n: v for n, v in given.items() if v} | dict.fromkeys(asked.absent)
    area = workspace.governance.register
    area.record(asked.kind, asked.id, values, name=asked.called, forget=forget)
    return _whole(area.find(asked.kind, asked.id))


def remove(workspace: Workspace, asked: Namespace) -> Result:
    """Take a record out."""
    workspace.governance.register.remove(asked.kind, asked.id)
    return {"kind": asked.kind, "id": asked.id, "removed": True}


def import_file(workspace: Workspace, asked: Namespace) -> Result:
    """Take records in."""
    data = _bytes_of(asked.file)
    found = workspace.governance.register.import_(data, asked.file.name, asked.kind)
    return {"imported": len(found), "records": [{"kind": r.kind, "id": r.id} for r in found]}


def export(workspace: Workspace, asked: Namespace) -> Result:
    """Write records to a file."""
    shape, path = _shape(asked.out), typed.destination(asked.out, workspace.settings)
    area = workspace.governance.register
    return _written(path, area.export(shape, asked.kind, for_others=asked.for_others))


def record_of_processing(workspace: Workspace, asked: Namespace) -> Result:
    """The record of processing, shown or written."""
    area = workspace.governance.register
    if asked.dataset:
        workspace.dataset(asked.dataset)
    ropa = area.ropa(as_processor=asked.processor, dataset=asked.dataset)
    if asked.out is not None:
        shape, path = _shape(asked.out), typed.destination(asked.out, workspace.settings)
        return _written(path, area.export_ropa(ropa, shape))
    labels = [column.label for column in ropa.columns]
    rows = [dict(zip(labels, row, strict=True)) for row in ropa.rows]
    return {"header": dict(ropa.header), "activities": rows}


def show_scope(workspace: Workspace, _: Namespace) -> Result:
    """The laws in scope, with why."""
    area = workspace.governance.register
    proposed = area.scope()
    return {
        "in_scope": list(area.laws_in_scope()),
        "is_decided": "laws_in_scope" in _typed_of_org(workspace),
        "proposed": [{"law": one.law, "because": list(one.because)} for one in proposed],
    }


def check(workspace: Workspace, _: Namespace) -> Result:
    """Contradictions, and how complete each record is."""
    area = workspace.governance.register
    register, gaps = area.register(), area.gaps()
    return {
        "contradictions": [dict(to_plain(one)) for one in register.contradictions],
        "records": [_line(record, gaps) for record in register.records],
    }


def _one(added: argparse.ArgumentParser) -> None:
    added.add_argument("kind", help="a kind")
    added.add_argument("id", help="the record's id")


def _typed_of_org(workspace: Workspace) -> Mapping[str, object]:
    found = workspace.governance.register.typed("org", "org")
    return {} if found is None else found.values


_AllGaps = Mapping[tuple[str, str], Gaps]


def _gaps_of(record: Record, found: _AllGaps) -> Gaps:
    """What is missing of one record; nothing where no rule looks at it."""
    return found.get((record.kind, record.id), Gaps())


def _line(record: Record, found: _AllGaps) -> Result:
    return {
        "kind": record.kind,
        "id": record.id,
        "name": record.name,
        "origin": str(record.origin),
        "recorded": len(record.values),
        "missing": len(_gaps_of(record, found).missing),
    }


def _whole(record: Record) -> Result:
    return {
        "kind": record.kind,
        "id": record.id,
        "name": record.name,
        "origin": str(record.origin),
        "values": dict(to_plain(record.values)),
    }


def _field(text: str) -> tuple[str, str]:
    """The field and the value of `FIELD=VALUE`."""
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise RecordFieldError(field="A field", problem="is given as FIELD=VALUE")
    return name.strip(), value.strip()


def _bytes_of(path: Path) -> bytes:
    try:
        if not path.is_file() or path.stat().st_size > MAX_FILE_BYTES:
            raise FileMissingError(name=path.name)
        return path.read_bytes()
    except (OSError, ValueError):
        raise FileMissingError(name=path.name) from None


def _shape(path: Path) -> Shape:
    """The form that the file's ending names."""
    ending = path.suffix.lower().removeprefix(".")
    if ending not in list(Shape):
        reason = "its name ends neither in .csv nor in .json"
        raise CannotWriteError(name=path.name[: typed.SHOWN_NAME], reason=reason)
    return Shape(ending)


def _written(path: Path, data: bytes) -> Result:
    typed.write(path, data)
    return {"path": str(path), "bytes": len(data)}
