"""Whether a row can be read off what a site sends.

The first layer's part of an update is a sum over rows, each times a number of its own for every
output:

    rows   x₁ x₂ … xₙ ──▶ weights of output o:  a₁·x₁ + a₂·x₂ + … + aₙ·xₙ

Where only one row counts (a site with one record, copies of one, a hidden unit that only one row
wakes) that sum points exactly where the row does, and since every row ends with a 1 for the
intercept, dividing by the last number gives the row. So each output is compared with each of the
site's rows. Histograms of sums over rows show a row's bins where it is alone in one. Besides, no
row may stand in a message number by number.

These are the ways in closed form, and they are looked at in every round; a way that asks for a
search, or for knowledge of the other rows, is not found here: see `attacks`.

Sources: Phong et al. 2017, doi:10.1007/978-981-10-5421-1_9 (a row is the gradient of the weights
over that of the intercept); Boenisch et al. 2023, arXiv:2112.02918 (units that one row wakes).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from compliance.federated.features import FloatArray, IntArray
from compliance.federated.learners import Learner
from compliance.federated.nouns import Tensor
from compliance.federated.problem import Clients
from compliance.federated.records import BoolArray

_COSINE = 1 - 1e-9
_APART = float(np.sqrt(2 * (1 - _COSINE)))  # two directions of that cosine are no farther apart
_TINY = 1e-200
_NUMBERS_AT_ONCE = 2**22


def readable(
    learner: Learner, clients: Clients, messages: FloatArray, *, is_summed: bool = False
) -> BoolArray:
    """Per client, whether one of its rows can be read off what it sends.

    Costs about a pass over the clients' rows.

    Args:
        messages: what each sends; clients × numbers.
        is_summed: whoever looks sees the sum of `messages` alone.

    Raises:
        ValueError: a message has not the shape that the learner says, whoever sends it.
    """
    if messages.shape != (len(clients), sum(tensor.size for tensor in learner.messages)):
        raise ValueError("a message differs in shape from what the learner says")
    seen = messages.sum(axis=0, keepdims=True) if is_summed else messages
    found: BoolArray = (clients.sizes == 1) & (len(seen) == len(clients))
    found |= _carried(learner, clients, seen)
    if learner.adds_up:
        found |= _alone_in_a_histogram(learner.messages, messages, seen)
    layers = first_layers(learner, seen)
    if layers is not None:
        found |= _pointed_at(learner, clients, layers)
    return found


def first_layers(learner: Learner, messages: FloatArray) -> FloatArray | None:
    """The part of each message that meets the rows: messages × outputs × inputs.

    None where the learner has no such layer, or it is not the first.
    """
    inputs, first = learner.problem.inputs.shape[1], learner.messages[0]
    if learner.adds_up or len(first.shape) != 2 or inputs not in first.shape:
        return None
    layers = messages[:, : first.size].reshape(len(messages), *first.shape)
    return layers if first.shape[1] == inputs else layers.transpose(0, 2, 1)


def rows_of(clients: Clients) -> tuple[IntArray, IntArray]:
    """All rows of the clients, and per row the position of its client."""
    owner = np.repeat(np.arange(len(clients)), clients.sizes)
    before = np.cumsum(clients.sizes) - clients.sizes
    rows = np.arange(len(owner)) - before[owner] + clients.starts[owner]
    return rows, owner


def _pointed_at(learner: Learner, clients: Clients, layers: FloatArray) -> BoolArray:
    """Per client, whether an output of its layer (or of the only one) points along its row.

    Directions are first compared by their shadows on a fixed line, which cannot miss any.
    """
    inputs = learner.problem.inputs
    line = _line(inputs.shape[1])
    slack = _APART * float(np.linalg.norm(line))
    layers, lengths = _measured(layers)
    shadows = np.abs(layers @ line) / lengths
    rows, owner = rows_of(clients)
    found = np.zeros(len(clients), dtype=bool)
    group = max(1, _NUMBERS_AT_ONCE // (inputs.shape[1] + layers.shape[1]))
    for first in range(0, len(rows), group):
        client, here = owner[first : first + group], inputs[rows[first : first + group]]
        seen = client if len(layers) == len(clients) else np.zeros_like(client)
        norms = _lengths(here)
        off = shadows[seen]
        off -= (np.abs(here @ line) / norms)[:, None]
        row, output = np.nonzero(np.abs(off, out=off) <= slack)
        along = layers[seen[row], output]
        cosines = np.abs(np.einsum("ij,ij->i", here[row], along))
        is_same = cosines > _COSINE * norms[row] * lengths[seen[row], output]
        found[client[row[is_same]]] = True
    return found


@lru_cache(maxsize=8)
def _line(width: int) -> FloatArray:
    return np.random.Generator(np.random.Philox(key=7)).normal(size=width)


def _measured(layers: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The layers, scaled where their squares are no good numbers, and each output's length."""
    with np.errstate(over="ignore"):
        squares = np.einsum("ijk,ijk->ij", layers, layers)
    if not ((squares > _TINY) & (squares < 1 / _TINY)).all():
        largest = np.abs(layers).max(axis=2, keepdims=True)
        layers = layers / np.where(largest > 0, largest, 1.0)
    return layers, _lengths(layers)


def _lengths(vectors: FloatArray) -> FloatArray:
    """Along the last axis; nothing is near to one of no length."""
    lengths = np.sqrt(np.einsum("...i,...i->...", vectors, vectors))
    return np.where(lengths > 0, lengths, np.nan)


def _alone_in_a_histogram(
    tensors: tuple[Tensor, ...], messages: FloatArray, seen: FloatArray
) -> BoolArray:
    """Per client, whether a histogram that is seen shows the bins of its rows one by one.

    A row adds the same number to one cell for each of its inputs, the always-on one among them.
    So a histogram whose cells are 0 or one and the same number is of one row, or of rows that
    share all their bins.
    """
    found = np.zeros(len(messages), dtype=bool)
    at = 0
    for tensor in tensors:
        if len(tensor.shape) == 2:
            some = slice(at, at + tensor.size)
            own, shown = (
                _is_of_one(part[:, some].reshape(len(part), *tensor.shape))
                for part in (messages, seen)
            )
            found |= (own & shown).any(axis=1)
        at += tensor.size
    return found


def _is_of_one(histograms: FloatArray) -> BoolArray:
    """Per histogram on the last axis, whether two cells or more hold one number and all else 0."""
    sizes = np.abs(histograms)
    largest = sizes.max(axis=-1, keepdims=True)
    is_full = histograms != 0
    is_alike: BoolArray = ((sizes == largest) | ~is_full).all(axis=-1)
    is_alike &= is_full.sum(axis=-1) > 1
    return is_alike


def _carried(learner: Learner, clients: Clients, messages: FloatArray) -> BoolArray:
    """Per client, whether a row of its own stands in any message, number by number.

    Rows of nothing but zeros and ones are not looked for: sums hold such by chance.
    """
    inputs = learner.problem.inputs
    width = inputs.shape[1]
    rows, owner = rows_of(clients)
    found = np.zeros(len(clients), dtype=bool)
    ends = inputs[rows, -1]
    end = ends[:1] if len(ends) and (ends == ends[0]).all() else np.unique(ends)
    tails = messages[:, width - 1 :]
    if len(end) == 1 and end[0]:
        message, last = np.nonzero(tails == end[0])
    else:
        message, last = np.nonzero(np.isin(tails, end[end != 0]))
    if not len(message):
        return found
    sent = {messages[i, at : at + width].tobytes() for i, at in zip(message, last, strict=True)}
    here = inputs[rows]
    is_telling = ((here != 0) & (np.abs(here) != 1)).any(axis=1)
    for row in np.flatnonzero(is_telling).tolist():
        if here[row].tobytes() in sent:
            found[owner[row]] = True
    return found
