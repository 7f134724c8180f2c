"""Requests carried out on the data, from the command line."""

from __future__ import annotations

import argparse
from argparse import Namespace
from typing import Any

import msgspec

from compliance.cli import arguments, typed
from compliance.cli.adding import Kinds, verb
from compliance.cli.results import Result
from compliance.errors import CorrectionError, FileMissingError, FulfilmentError
from compliance.rights.nouns import Correction, Request
from compliance.rights.requests import to_day
from compliance.workspace import Workspace
from compliance.workspace.fulfilling.fulfilment import Fulfilling

_LARGEST_BYTES = 2**20


def add(inner: Kinds[argparse.ArgumentParser]) -> None:
    """The verbs under `request` that change data or hand them out."""
    package = _one(verb(inner, "package", _package, "what the person gets, as one ZIP"))
    package.add_argument("--out", type=arguments.path, required=True, metavar="F.zip", help="where")
    package.add_argument(
        "--own",
        action="append",
        default=[],
        metavar="DATASET.COLUMN",
        help="a column that was taken for somebody else's and is the person's own",
    )
    _one(verb(inner, "values", _values, "the person's values, masked, to be corrected"))
    rectify = _one(verb(inner, "rectify", _rectify, "put wrong values right"))
    rectify.add_argument(
        "--file", type=arguments.path, required=True, metavar="F.json", help="what is right"
    )
    _one(
        verb(
            inner,
            "restrict",
            _restrict,
            "move the person's rows out; they are only stored",
        )
    )
    objecting = _one(verb(inner, "object", _object, "stop using the person's rows for a purpose"))
    objecting.add_argument("--purpose", default="", metavar="KIND", help="else as the request says")
    opting = _one(verb(inner, "opt-out", _opt_out, "keep the rows out of sale and sharing"))
    opting.add_argument("--on", metavar="DAY", help="since when; else today")
    lifting = _one(
        verb(
            inner,
            "lift",
            _lift,
            "end a restriction (rows come back), objection, opt-out",
        )
    )
    lifting.add_argument("--told-on", required=True, metavar="DAY", help="when the person was told")
    _one(verb(inner, "recipients", _recipients, "who has the data too and has to be told"))
    telling = _one(verb(inner, "told", _told, "mark that one of them was told"))
    telling.add_argument("who", help="one of `request recipients`")
    telling.add_argument("--on", metavar="DAY", help="else today")
    telling.add_argument("--why-not", default="", help="why it is impossible or out of proportion")
    _one(verb(inner, "systems", _systems, "the automated decisions to be looked at again"))
    reviewing = _one(verb(inner, "review", _review, "record what came of looking again"))
    reviewing.add_argument("--system", required=True, help="one of `request systems`")
    reviewing.add_argument(
        "--answer", action="append", default=[], metavar="QUESTION=CHOICE", help="once for each"
    )


def _one(added: argparse.ArgumentParser) -> argparse.ArgumentParser:
    added.add_argument("id", help="the request")
    return added


def _area(workspace: Workspace) -> Fulfilling:
    return workspace.rights.fulfilling


def _package(workspace: Workspace, asked: Namespace) -> Result:
    path = typed.destination(asked.out, workspace.settings)
    own = [_column(asked.id, text) for text in asked.own]
    handed = _area(workspace).package(asked.id, shown=own)
    typed.write(path, handed.data)
    return {
        "path": str(path),
        "manifest_sha256": handed.sha256,
        "datasets": handed.datasets,
        "rows": handed.rows,
        "left_out": handed.withheld,
        "missing": list(handed.missing),
    }


def _column(request: str, text: str) -> tuple[str, str]:
    dataset, dot, column = text.partition(".")
    if not (dataset and dot and column):
        reason = "a column is named as DATASET.COLUMN"
        raise FulfilmentError(request=request[:40], reason=reason)
    return dataset, column


def _values(workspace: Workspace, asked: Namespace) -> Result:
    found = _area(workspace).seen(asked.id)
    workspace.rights.requests.was_read(asked.id, "values, masked")
    return {
        "values": [
            {
                "dataset": one.dataset,
                "column": one.column,
                "type": str(one.type),
                "rows": one.rows,
                "masked": one.masked,
                "seen": one.hash,
                "refused": one.refused,
            }
            for one in found
        ]
    }


def _rectify(workspace: Workspace, asked: Namespace) -> Result:
    done = _area(workspace).rectify(asked.id, _corrections(asked))
    return {
        "made": list(done.made),
        "cells": dict(done.cells),
        "texts": dict(done.texts),
        "before": done.before,
        "after": done.after,
    }


def _corrections(asked: Namespace) -> list[Correction]:
    """What a file says is right: a list of objects with the fields of `Correction`."""
    try:
        if not asked.file.is_file() or asked.file.stat().st_size > _LARGEST_BYTES:
            raise FileMissingError(name=asked.file.name)
        return msgspec.json.decode(asked.file.read_bytes(), type=list[Correction])
    except (OSError, ValueError):
        reason = (
            "the file is no JSON list of objects with dataset, column, seen, value and, if "
            "texts are corrected too, is_in_texts"
        )
        raise CorrectionError(column="any", dataset="any", reason=reason) from None


def _restrict(workspace: Workspace, asked: Namespace) -> Result:
    return _shown(_area(workspace).restrict(asked.id))


def _object(workspace: Workspace, asked: Namespace) -> Result:
    return _shown(_area(workspace).object_to(asked.id, asked.purpose))


def _opt_out(workspace: Workspace, asked: Namespace) -> Result:
    day = to_day("The day", asked.on) if asked.on else None
    return _shown(_area(workspace).opt_out(asked.id, day))


def _lift(workspace: Workspace, asked: Namespace) -> Result:
    return _shown(_area(workspace).lift(asked.id, to_day("The day", asked.told_on)))


def _recipients(workspace: Workspace, asked: Namespace) -> Result:
    return {
        "recipients": [
            {
                "id": one.id,
                "name": one.name,
                "role": one.role,
                "datasets": list(one.datasets),
                "told_on": one.told_on.isoformat() if one.told_on else None,
                "why_not": one.why_not or None,
            }
            for one in _area(workspace).recipients(asked.id)
        ]
    }


def _told(workspace: Workspace, asked: Namespace) -> Result:
    day = to_day("The day", asked.on) if asked.on else None
    return _shown(_area(workspace).tell(asked.id, asked.who, day, why_not=asked.why_not))


def _systems(workspace: Workspace, asked: Namespace) -> Result:
    area = _area(workspace)
    return {
        "systems": [
            {"id": one.id, "name": one.name, "datasets": list(one.datasets), **one.routes}
            for one in area.systems(asked.id)
        ],
        "questions": [
            {"id": one.id, "asks": one.asks, "choices": list(one.choices)}
            for one in area.questions()
        ],
    }


def _review(workspace: Workspace, asked: Namespace) -> Result:
    answers = dict(text.partition("=")[::2] for text in asked.answer)
    return _shown(_area(workspace).review(asked.id, asked.system, answers))


def _shown(request: Request) -> dict[str, Any]:
    return {
        "id": request.id,
        "right": request.right.value,
        "step": request.step.value,
        "recipients": request.recipients,
        "told_recipients": request.told_recipients,
        "made": list(request.changed),
        "what": request.history[-1].what if request.history else "",
    }
