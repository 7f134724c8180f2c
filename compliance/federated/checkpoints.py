"""A run on its way, as bytes: to be taken up again later with the same result.

Without noise a run that is taken up gives bit for bit what it would have given without a stop.
With noise it gives what it would have been as likely to give: coins and noise are never stored.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import fields, replace
from zipfile import BadZipFile

import numpy as np

from compliance.errors import CheckpointError
from compliance.federated.features import FloatArray
from compliance.federated.learners.forest import Forest
from compliance.federated.nouns import ModelKind, Plan, Round, Tensor
from compliance.federated.problem import Problem
from compliance.federated.strategies import Server
from compliance.federated.training import Training
from compliance.plain import from_json, to_json

_ARRAYS = ("model", "models_alone", "model_pooled", "times_asked", "times_taken")
_SERVER = tuple(field.name for field in fields(Server))


def to_checkpoint(problem: Problem, plan: Plan, training: Training) -> bytes:
    """`training` with the mark of what it learnt from, as a NumPy archive."""
    told = {
        "mark": _mark(problem, plan),
        "clip": training.clip,
        "rounds": [json.loads(to_json(done)) for done in training.rounds],
    }
    arrays = {name: getattr(training, name) for name in _ARRAYS}
    arrays |= {f"server_{name}": getattr(training.server, name) for name in _SERVER}
    told_bytes = json.dumps(told).encode()
    return _packed({"told": np.frombuffer(told_bytes, dtype=np.uint8), **arrays})


def from_checkpoint(data: bytes, problem: Problem, plan: Plan) -> Training:
    """What `to_checkpoint` packed.

    The plan may differ in its number of rounds, and in nothing else.

    Raises:
        CheckpointError: it is none, or belongs to other rows or another plan.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as found:
            arrays = {name: found[name] for name in found.files}
        told = json.loads(arrays.pop("told").tobytes())
        mark, clip, rounds = told["mark"], float(told["clip"]), told["rounds"]
        done = tuple(from_json(Round, json.dumps(one)) for one in rounds)
        server = Server(**{name: arrays[f"server_{name}"] for name in _SERVER})
        training = Training(
            rounds=done,
            server=server,
            clip=clip,
            **{name: arrays[name] for name in _ARRAYS},
        )
    except (BadZipFile, EOFError, KeyError, OSError, TypeError, ValueError):
        raise CheckpointError(reason="it cannot be read") from None
    if mark != _mark(problem, plan):
        raise CheckpointError(reason="it belongs to other rows or to another plan")
    return _with_room(training, plan) if plan.model is ModelKind.TREES else training


def to_tensors(tensors: tuple[Tensor, ...], model: FloatArray) -> bytes:
    """A model as a NumPy archive with one array for each of its tensors, by name."""
    arrays, at = {}, 0
    for tensor in tensors:
        arrays[tensor.name] = model[at : at + tensor.size].reshape(tensor.shape)
        at += tensor.size
    return _packed(arrays)


def _with_room(training: Training, plan: Plan) -> Training:
    """The same trees in forests for as many rounds as the plan has, which may be others."""
    forest, one = Forest(trees=plan.rounds, depth=plan.depth), Forest(trees=1, depth=plan.depth)
    trees = (len(training.model) - 1) // (one.size - 1)
    if trees == plan.rounds:
        return training
    return replace(
        training,
        model=forest.taken_from(training.model, trees),
        models_alone=forest.taken_from(training.models_alone, trees),
        model_pooled=forest.taken_from(training.model_pooled, trees),
    )


def _mark(problem: Problem, plan: Plan) -> str:
    """A hash of everything that a run follows from, but for how long it is."""
    mark = hashlib.sha256(to_json(replace(plan, rounds=1)).encode())
    for array in (problem.inputs, problem.answers, problem.person, problem.sites.sizes):
        mark.update(np.ascontiguousarray(array).tobytes())
    mark.update(json.dumps(problem.site_names).encode())
    return mark.hexdigest()


def _packed(arrays: Mapping[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]]) -> bytes:
    packed = io.BytesIO()
    np.savez(packed, **arrays)  # type: ignore[arg-type]
    return packed.getvalue()
